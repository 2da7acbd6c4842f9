#include "benchmarks/cluster/data_rows.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/file/file_system.h"
#include "benchmarks/cluster/limits.h"
#include "benchmarks/cluster/servers.h"

namespace alluxio::benchmarks {
namespace {

namespace fs = std::filesystem;
using client::FileSystem;

constexpr size_t kPiece = size_t{1} << 20;
constexpr size_t kSmall = 4096;
constexpr double kGb = 1e9;
// A gRPC client asks for one chunk per message: the default of
// alluxio.user.streaming.reader.chunk.size.bytes.
constexpr size_t kChunk = size_t{1} << 20;

using Rate = std::function<absl::StatusOr<double>()>;

double SecondsSince(absl::Time begin) { return absl::ToDoubleSeconds(absl::Now() - begin); }

std::string SmallFile(absl::string_view folder, int64_t index) { return absl::StrCat(folder, "/", index); }

// Opened by name, no listing before, one after the other: how many in a second.
absl::StatusOr<double> ReadSmallFiles(FileSystem& client, absl::string_view folder, int64_t count) {
  std::vector<std::byte> buffer(kSmall);
  const absl::Time begin = absl::Now();
  for (int64_t i = 0; i < count; ++i) {
    ALLUXIO_ASSIGN_OR_RETURN(auto in, client.OpenFile(SmallFile(folder, i)));
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in->Read(buffer));
    if (n != kSmall) return absl::InternalError("a small file was short");
    ALLUXIO_RETURN_IF_ERROR(in->Close());
  }
  return static_cast<double>(count) / SecondsSince(begin);
}

// What makes a client read by file.
std::vector<std::pair<std::string, std::string>> ByFile() {
  return {{"alluxio.user.short.circuit.preferred", "true"}, {"alluxio.user.hostname", "127.0.0.1"}};
}

class Rows {
 public:
  Rows(const DataOptions& options, EchoServer& echo, Report& report)
      : options_(options), echo_(echo), report_(report), run_(absl::StrCat(options.folder, "/", Random::System()->NextUuid())) {}

  absl::Status Run() {
    // The host's name decides which rungs are tried; a worker's own calls are
    // the same for all.
    ALLUXIO_ASSIGN_OR_RETURN(tcp_, Client({{"alluxio.user.hostname", "elsewhere"}}));
    if (!options_.wire_only) {
      ALLUXIO_ASSIGN_OR_RETURN(socket_, Client({}));
      ALLUXIO_ASSIGN_OR_RETURN(file_, Client(ByFile()));
    }
    ALLUXIO_RETURN_IF_ERROR(tcp_->CreateDirectory(
        run_, {.recursive = true, .allow_exists = true, .write_type = client::WriteType::kMustCache}));
    ALLUXIO_RETURN_IF_ERROR(Writes());
    ALLUXIO_RETURN_IF_ERROR(Reads());
    if (Wants(SmallRowName("by file")) || Wants(SmallRowName("TCP"))) ALLUXIO_RETURN_IF_ERROR(SmallFiles());
    ALLUXIO_RETURN_IF_ERROR(tcp_->Delete(run_, {.recursive = true}));
    return options_.ufs_folder.empty() || !Wants(ColdRowName()) ? absl::OkStatus() : ColdReads();
  }

 private:
  absl::StatusOr<std::unique_ptr<FileSystem>> Client(std::vector<std::pair<std::string, std::string>> properties) {
    properties.emplace_back("alluxio.user.block.size.bytes.default", absl::StrCat(options_.block_bytes));
    return ClientOf(options_.master, options_.user, options_.authenticated, properties);
  }

  bool Wants(absl::string_view name) const { return absl::StrContains(name, options_.only); }

  // Takes turns; leaves the best of both in the row.
  absl::Status Measure(Row row, const Rate& measure, const Rate& limit) {
    if (!Wants(row.name)) return absl::OkStatus();
    for (int i = 0; i < options_.rounds; ++i) {
      ALLUXIO_ASSIGN_OR_RETURN(const double value, measure());
      row.value = std::max(row.value, value);
      if (limit == nullptr) continue;
      ALLUXIO_ASSIGN_OR_RETURN(const double most, limit());
      row.limit = std::max(row.limit.value_or(0), most);
    }
    report_.Add(std::move(row));
    return absl::OkStatus();
  }
  static Rate Scaled(std::function<absl::StatusOr<double>()> rate) {
    return [rate = std::move(rate)]() -> absl::StatusOr<double> {
      ALLUXIO_ASSIGN_OR_RETURN(const double value, rate());
      return value / kGb;
    };
  }

  absl::Status Write(FileSystem& client, const std::string& path, int64_t bytes) {
    ALLUXIO_ASSIGN_OR_RETURN(auto out, client.CreateFile(path, {.write_type = client::WriteType::kMustCache}));
    for (int64_t left = bytes; left > 0; left -= static_cast<int64_t>(kPiece)) {
      ALLUXIO_RETURN_IF_ERROR(
          out->Write(absl::string_view(piece_).substr(0, static_cast<size_t>(std::min<int64_t>(left, kPiece)))));
    }
    return out->Close();
  }

  // From create to the end of complete; the removal isn't counted.
  Rate WriteRate(FileSystem& client) {
    return [this, &client]() -> absl::StatusOr<double> {
      const std::string path = absl::StrCat(run_, "/written-", ++counter_);
      const absl::Time begin = absl::Now();
      ALLUXIO_RETURN_IF_ERROR(Write(client, path, options_.file_bytes));
      const double seconds = SecondsSince(begin);
      ALLUXIO_RETURN_IF_ERROR(client.Delete(path));
      ALLUXIO_RETURN_IF_ERROR(WaitForRoom());
      return static_cast<double>(options_.file_bytes) / seconds / kGb;
    };
  }

  // A removed file's room is free once its worker was told, by a heartbeat.
  absl::Status WaitForRoom() {
    if (options_.block_folder.empty()) {
      absl::SleepFor(absl::Seconds(2));
      return absl::OkStatus();
    }
    for (const absl::Time deadline = absl::Now() + absl::Seconds(30); absl::Now() < deadline; ::usleep(20'000)) {
      if (BlockFiles().size() <= kept_blocks_) return absl::OkStatus();
    }
    return absl::DeadlineExceededError("the worker keeps blocks of removed files");
  }

  absl::Status Writes() {
    if (!options_.wire_only) {
      ALLUXIO_RETURN_IF_ERROR(Measure({.name = absl::StrCat("write ", options_.file_bytes >> 20, " MiB MUST_CACHE, by file"),
                                       .unit = "GB/s",
                                       .limit_name = "write() to new tmpfs files",
                                       .goal_share = 0.8,
                                       .original = 1.25},
                                      WriteRate(*file_), Scaled([this] {
                                        return WriteNewRate(options_.memory_folder, options_.file_bytes,
                                                            options_.block_bytes, kPiece);
                                      })));
      ALLUXIO_RETURN_IF_ERROR(
          Measure({.name = absl::StrCat("write ", options_.file_bytes >> 20, " MiB MUST_CACHE, domain socket"),
                   .unit = "GB/s",
                   .limit_name = "gRPC stream of slices, domain socket (downwards, not stored)"},
                  WriteRate(*socket_), StreamLimit(true)));
    }
    return Measure({.name = absl::StrCat("write ", options_.file_bytes >> 20, " MiB MUST_CACHE, by TCP"),
                    .unit = "GB/s",
                    .limit_name = "gRPC stream of slices (downwards, not stored)"},
                   WriteRate(*tcp_), StreamLimit(false));
  }

  Rate StreamLimit(bool unix_socket) {
    return [this, unix_socket]() -> absl::StatusOr<double> {
      const Measured measured = echo_.Stream(options_.file_bytes, kChunk, unix_socket);
      ALLUXIO_RETURN_IF_ERROR(measured.first_error);
      return measured.PerSecond() / kGb;
    };
  }
  // One call after the other, an answer of 4 KiB.
  Rate EchoLimit(bool unix_socket) {
    return [this, unix_socket]() -> absl::StatusOr<double> {
      const Measured measured = echo_.Echo(1, 4000, 100, kSmall, unix_socket);
      ALLUXIO_RETURN_IF_ERROR(measured.first_error);
      return measured.PerSecond();
    };
  }

  Rate ReadRate(FileSystem& client, const std::string& path) {
    return [this, &client, path]() -> absl::StatusOr<double> {
      const absl::Time begin = absl::Now();
      ALLUXIO_ASSIGN_OR_RETURN(auto in, client.OpenFile(path));
      while (true) {
        ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in->Read(std::as_writable_bytes(std::span(buffer_))));
        if (n == 0) break;
      }
      if (in->position() != options_.file_bytes) return absl::InternalError("a read was short");
      return static_cast<double>(options_.file_bytes) / SecondsSince(begin) / kGb;
    };
  }

  Rate RandomRate(client::FileInStream& in, int64_t reads) {
    return [this, &in, reads]() -> absl::StatusOr<double> {
      const auto random = Random::Seeded(1);
      const std::span<std::byte> target = std::as_writable_bytes(std::span(buffer_)).first(kSmall);
      const absl::Time begin = absl::Now();
      for (int64_t i = 0; i < reads; ++i) {
        const uint64_t at = (random->Next() >> 16) % (static_cast<uint64_t>(options_.file_bytes) - kSmall);
        ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in.ReadAt(static_cast<int64_t>(at), target));
        if (n != kSmall) return absl::InternalError("a random read was short");
      }
      return static_cast<double>(reads) / SecondsSince(begin);
    };
  }

  // Views of up to `size` bytes, copied out; `at` gives the places.
  absl::StatusOr<size_t> CopyView(client::FileInStream& in, int64_t at, size_t size) {
    const int64_t in_block = options_.block_bytes - at % options_.block_bytes;
    const int64_t part = std::min({static_cast<int64_t>(size), in_block, options_.file_bytes - at});
    ALLUXIO_ASSIGN_OR_RETURN(const client::BlockView view, in.View(at, part));
    std::memcpy(buffer_.data(), view.bytes().data(), view.size());
    asm volatile("" : : "r"(buffer_.data()) : "memory");
    return view.size();
  }

  absl::Status Mapped(const std::string& path, const std::vector<std::string>& files) {
    ALLUXIO_ASSIGN_OR_RETURN(auto in, file_->OpenFile(path));
    const auto lap = [&]() -> absl::StatusOr<double> {
      const absl::Time begin = absl::Now();
      for (int64_t at = 0; at < options_.file_bytes;) {
        ALLUXIO_ASSIGN_OR_RETURN(const size_t n, CopyView(*in, at, kPiece));
        at += static_cast<int64_t>(n);
      }
      return static_cast<double>(options_.file_bytes) / SecondsSince(begin) / kGb;
    };
    ALLUXIO_RETURN_IF_ERROR(lap().status());  // pages are touched for the first time
    ALLUXIO_RETURN_IF_ERROR(Measure({.name = "sequential read, mapped view, warm",
                                     .unit = "GB/s",
                                     .limit_name = "copy from a mapping of the same files",
                                     .goal_share = 0.9,
                                     .original = 5.6},
                                    lap, Scaled([&] { return MappedCopyRate(files, kPiece); })));
    return Measure({.name = "random 4 KiB, mapped view",
                    .unit = "/s",
                    .limit_name = "copies from a mapping of the same files"},
                   [&]() -> absl::StatusOr<double> {
                     const auto random = Random::Seeded(1);
                     const absl::Time begin = absl::Now();
                     for (int64_t i = 0; i < options_.random_reads; ++i) {
                       const uint64_t at = (random->Next() >> 16) % (static_cast<uint64_t>(options_.file_bytes) - kSmall);
                       ALLUXIO_RETURN_IF_ERROR(CopyView(*in, static_cast<int64_t>(at), kSmall).status());
                     }
                     return static_cast<double>(options_.random_reads) / SecondsSince(begin);
                   },
                   [&] { return MappedRandomRate(files, kSmall, options_.random_reads); });
  }

  absl::Status Reads() {
    const std::string path = run_ + "/big";
    ALLUXIO_RETURN_IF_ERROR(Write(*tcp_, path, options_.file_bytes));
    if (!options_.wire_only) {
      ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesOf(path));
      if (!files.empty()) {
        ALLUXIO_RETURN_IF_ERROR(Mapped(path, files));
        ALLUXIO_RETURN_IF_ERROR(Measure({.name = "sequential read, by file, warm",
                                         .unit = "GB/s",
                                         .limit_name = "read() of the same files",
                                         .goal_share = 0.9,
                                         .original = 5.6},
                                        ReadRate(*file_, path), Scaled([&] { return ReadFilesRate(files, buffer_); })));
        ALLUXIO_ASSIGN_OR_RETURN(auto in, file_->OpenFile(path));
        ALLUXIO_RETURN_IF_ERROR(Measure({.name = "random 4 KiB, by file",
                                         .unit = "/s",
                                         .limit_name = "pread() of the same files"},
                                        RandomRate(*in, options_.random_reads),
                                        [&] { return RandomReadRate(files, kSmall, options_.random_reads); }));
        ALLUXIO_RETURN_IF_ERROR(Measure({.name = "sequential read, domain socket",
                                         .unit = "GB/s",
                                         .limit_name = "gRPC stream of slices, domain socket"},
                                        ReadRate(*socket_, path), StreamLimit(true)));
        ALLUXIO_ASSIGN_OR_RETURN(auto by_socket, socket_->OpenFile(path));
        ALLUXIO_RETURN_IF_ERROR(Measure({.name = "random 4 KiB, domain socket",
                                         .unit = "/s",
                                         .limit_name = "gRPC echo of 4 KiB, domain socket"},
                                        RandomRate(*by_socket, options_.random_reads / 50), EchoLimit(true)));
      }
    }
    ALLUXIO_RETURN_IF_ERROR(Measure({.name = "sequential read, TCP",
                                     .unit = "GB/s",
                                     .limit_name = "gRPC stream of slices",
                                     .goal_share = 0.7,
                                     .original = 1.0,
                                     .goal_factor = 2},
                                    ReadRate(*tcp_, path), StreamLimit(false)));
    ALLUXIO_ASSIGN_OR_RETURN(auto in, tcp_->OpenFile(path));
    ALLUXIO_RETURN_IF_ERROR(Measure({.name = "random 4 KiB, TCP", .unit = "/s", .limit_name = "gRPC echo of 4 KiB"},
                                    RandomRate(*in, options_.random_reads / 50), EchoLimit(false)));
    ALLUXIO_RETURN_IF_ERROR(in->Close());
    ALLUXIO_RETURN_IF_ERROR(tcp_->Delete(path));
    return WaitForRoom();
  }

  std::string SmallRowName(absl::string_view way) const {
    return absl::StrCat("open+read+close ", options_.small_files, " x 4 KiB, ", way);
  }
  std::string ColdRowName() const {
    return absl::StrCat("cold read of ", options_.cold_bytes >> 20, " MiB, second lap on");
  }

  std::string SmallFolder() const { return run_ + "/small"; }

  // By a process that does nothing else. One that has streams to workers, as ours has by now, has
  // threads of gRPC for them, which wait for its sockets and hand each answer on.
  absl::StatusOr<double> SmallRateOfAProcess() {
    const std::string output = absl::StrCat(options_.memory_folder, "/alluxio-benchmark-small-", ::getpid());
    std::vector<std::string> arguments = {"/proc/self/exe", "--read-small", SmallFolder(), "--small-files",
                                          absl::StrCat(options_.small_files), "--master", options_.master, "--user",
                                          options_.user};
    if (!options_.authenticated) arguments.push_back("--nosasl");
    ALLUXIO_ASSIGN_OR_RETURN(const auto process, Process::Start(arguments, {}, output));
    const int code = process->Wait();
    std::ifstream in(output);
    const std::string said(std::istreambuf_iterator<char>(in), {});
    std::error_code ignored;
    fs::remove(output, ignored);
    double rate = 0;
    if (code == 0 && absl::SimpleAtod(said, &rate)) return rate;
    return absl::InternalError(absl::StrCat("the process that reads small files said: ", said));
  }

  absl::Status SmallFiles() {
    constexpr int kWriters = 8;
    std::vector<absl::Status> results(kWriters);
    {
      std::vector<std::jthread> writers;
      for (int w = 0; w < kWriters; ++w) {
        writers.emplace_back([this, w, &results] {
          for (int64_t i = w; i < options_.small_files && results[w].ok(); i += kWriters) {
            auto out = tcp_->CreateFile(SmallFile(SmallFolder(), i), {.recursive = true, .write_type = client::WriteType::kMustCache});
            if (out.ok()) results[w] = (*out)->Write(absl::string_view(piece_).substr(0, kSmall));
            results[w].Update(out.ok() ? (*out)->Close() : out.status());
          }
        });
      }
    }
    for (const absl::Status& result : results) ALLUXIO_RETURN_IF_ERROR(result);
    if (!options_.wire_only && !options_.block_folder.empty()) {
      ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesOf(SmallFile(SmallFolder(), 0)));
      if (files.empty()) return absl::InternalError("the worker has no file of a small block");
      const std::vector<std::string> all = BlockFiles();
      // What the goal allows: one and a half echo round trips and the open.
      const Rate allowed = [&]() -> absl::StatusOr<double> {
        const Measured echo = echo_.Echo(1, 2000, 150, 600, false);
        ALLUXIO_RETURN_IF_ERROR(echo.first_error);
        ALLUXIO_ASSIGN_OR_RETURN(const double opens, OpenReadCloseRate(all, kSmall));
        return 1 / (1.5 / echo.PerSecond() + 1 / opens);
      };
      ALLUXIO_RETURN_IF_ERROR(Measure({.name = SmallRowName("by file"),
                                       .unit = "/s",
                                       .limit_name = "1.5 gRPC echoes plus open, read and close of the file",
                                       .goal_share = 1,
                                       .original = 820,
                                       .goal_factor = 4},
                                      [this] { return SmallRateOfAProcess(); }, allowed));
    }
    return Measure({.name = SmallRowName("TCP"), .unit = "/s", .limit_name = "two gRPC echoes", .original = 820},
                   [this] { return ReadSmallFiles(*tcp_, SmallFolder(), options_.small_files); },
                   [this]() -> absl::StatusOr<double> {
                     const Measured status = echo_.Echo(1, 2000, 150, 600, false);
                     const Measured read = echo_.Echo(1, 2000, 100, kSmall, false);
                     ALLUXIO_RETURN_IF_ERROR(status.first_error);
                     ALLUXIO_RETURN_IF_ERROR(read.first_error);
                     return 1 / (1 / status.PerSecond() + 1 / read.PerSecond());
                   });
  }

  // Two files that don't fit in the tier together, read in turns: from the
  // second lap on each read evicts the other file's blocks.
  absl::Status ColdReads() {
    const std::string folder = absl::StrCat("cold-", ::getpid());
    const std::string ufs = options_.ufs_folder + "/" + folder;
    std::error_code error;
    fs::create_directories(ufs, error);
    std::vector<std::string> files;
    for (const char* name : {"a", "b"}) {
      files.push_back(ufs + "/" + name);
      std::ofstream out(files.back(), std::ios::binary);
      for (int64_t left = options_.cold_bytes; left > 0; left -= static_cast<int64_t>(kPiece)) {
        out.write(piece_.data(), std::min<int64_t>(left, kPiece));
      }
      if (!out.flush()) return absl::UnavailableError(absl::StrCat("cannot write ", files.back()));
    }
    Row row = {.name = ColdRowName(),
               .unit = "GB/s",
               .limit_name = "read() of the under store's file",
               .original = 0.53,
               .goal_factor = 3};
    absl::Status status = [&]() -> absl::Status {
      for (int lap = 0; lap <= options_.rounds; ++lap) {
        for (size_t i = 0; i < files.size(); ++i) {
          ALLUXIO_RETURN_IF_ERROR(ReadFilesRate({files[i]}, buffer_).status());  // into the page cache
          const absl::Time begin = absl::Now();
          ALLUXIO_ASSIGN_OR_RETURN(auto in, file_->OpenFile(absl::StrCat("/", folder, "/", i == 0 ? "a" : "b")));
          while (true) {
            ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in->Read(std::as_writable_bytes(std::span(buffer_))));
            if (n == 0) break;
          }
          const double rate = static_cast<double>(options_.cold_bytes) / SecondsSince(begin) / kGb;
          if (in->position() != options_.cold_bytes) return absl::InternalError("a cold read was short");
          ALLUXIO_RETURN_IF_ERROR(in->Close());
          if (lap > 0) row.value = std::max(row.value, rate);
          ALLUXIO_ASSIGN_OR_RETURN(const double raw, ReadFilesRate({files[i]}, buffer_));
          row.limit = std::max(row.limit.value_or(0), raw / kGb);
        }
      }
      return absl::OkStatus();
    }();
    if (status.ok()) {
      report_.Add(std::move(row));
      status = file_->Delete("/" + folder, {.recursive = true, .alluxio_only = true});
    }
    fs::remove_all(ufs, error);
    return status;
  }

  // The worker's committed blocks, as files.
  std::vector<std::string> BlockFiles() const {
    std::vector<std::string> found;
    std::error_code error;
    for (fs::recursive_directory_iterator it(options_.block_folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      const bool hidden = name[0] == '.';
      if (hidden && it->is_directory(error)) it.disable_recursion_pending();
      if (!hidden && it->is_regular_file(error)) found.push_back(it->path().string());
    }
    return found;
  }

  // The files that hold the blocks of `path`, in order; none where the worker's
  // folder is unknown.
  absl::StatusOr<std::vector<std::string>> FilesOf(const std::string& path) {
    if (options_.block_folder.empty()) return std::vector<std::string>();
    ALLUXIO_ASSIGN_OR_RETURN(const client::UriStatus status, tcp_->GetStatus(path));
    const std::vector<std::string> all = BlockFiles();
    std::vector<std::string> found;
    for (const int64_t id : status.block_ids) {
      const auto file = std::ranges::find_if(
          all, [&](const std::string& name) { return fs::path(name).filename() == absl::StrCat(id); });
      if (file == all.end()) return absl::NotFoundError(absl::StrCat("no file of block ", id, " in ", options_.block_folder));
      found.push_back(*file);
    }
    return found;
  }

  const DataOptions& options_;
  EchoServer& echo_;
  Report& report_;
  const std::string run_;
  const std::string piece_ = std::string(kPiece, 'x');
  std::vector<char> buffer_ = std::vector<char>(kPiece);
  std::unique_ptr<FileSystem> tcp_, socket_, file_;
  int64_t counter_ = 0;
  size_t kept_blocks_ = 0;
};

}  // namespace

absl::Status RunDataRows(const DataOptions& options, EchoServer& echo, Report& report) {
  return Rows(options, echo, report).Run();
}

absl::StatusOr<double> SmallFilesRate(const DataOptions& options, absl::string_view folder) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto client, ClientOf(options.master, options.user, options.authenticated, ByFile()));
  return ReadSmallFiles(*client, folder, options.small_files);
}

}  // namespace alluxio::benchmarks
