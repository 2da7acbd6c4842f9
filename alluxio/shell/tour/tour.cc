#include "alluxio/shell/tour/tour.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/core.h"

namespace alluxio::shell {
namespace {

std::string Bytes(double bytes) {
  constexpr absl::string_view kUnits[] = {"B", "KB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return absl::StrFormat(unit == 0 ? "%.0f %s" : "%.1f %s", bytes, kUnits[unit]);
}

std::string Count(int64_t number, absl::string_view thing) {
  return absl::StrCat(number, " ", thing, number == 1 ? "" : "s");
}

// One pass over the files, with a bar that shows how far it is.
class Pass {
 public:
  Pass(std::string title, int64_t total_bytes, const TourOptions& options, std::ostream& out)
      : title_(std::move(title)), total_(total_bytes), options_(options), out_(out), start_(options.clock->Now()) {}

  void Add(int64_t bytes) {
    done_ += bytes;
    if (!options_.terminal) return;
    const absl::Time now = options_.clock->Now();
    if (now - drawn_ < absl::Milliseconds(50)) return;
    drawn_ = now;
    Draw();
  }

  void Finish() {
    seconds_ = std::max(absl::ToDoubleSeconds(options_.clock->Now() - start_), 1e-6);
    if (options_.terminal) out_ << "\r\033[K";
    out_ << absl::StrFormat("  %-28s %10s in %6.2f s   %s/s\n", title_, Bytes(static_cast<double>(done_)), seconds_,
                            Bytes(rate()));
  }

  double rate() const { return static_cast<double>(done_) / seconds_; }

 private:
  void Draw() {
    constexpr int kWidth = 30;
    const double share = total_ == 0 ? 1.0 : static_cast<double>(done_) / static_cast<double>(total_);
    const int full = std::clamp(static_cast<int>(share * kWidth), 0, kWidth);
    out_ << "\r  " << absl::StrFormat("%-28s", title_) << " [" << std::string(full, '#') << std::string(kWidth - full, ' ')
         << absl::StrFormat("] %3.0f %%", share * 100) << std::flush;
  }

  const std::string title_;
  const int64_t total_;
  const TourOptions& options_;
  std::ostream& out_;
  const absl::Time start_;
  absl::Time drawn_ = absl::InfinitePast();
  int64_t done_ = 0;
  double seconds_ = 0;
};

// How many blocks came by each way so far.
struct Ways {
  int64_t file = 0, socket = 0, tcp = 0;
};

Ways WaysOf(client::FileSystem& fs) {
  const client::ClientCounters& counters = client::ClientCore::Of(fs.context()).counters();
  return {.file = counters.reads_by_file, .socket = counters.reads_by_socket, .tcp = counters.reads_by_tcp};
}

std::string Describe(const Ways& from, const Ways& to) {
  std::vector<std::string> parts;
  const auto add = [&parts](int64_t blocks, absl::string_view way) {
    if (blocks > 0) parts.push_back(absl::StrCat(way, " (", blocks, blocks == 1 ? " block)" : " blocks)"));
  };
  add(to.file - from.file, "the block's own file, without the worker");
  add(to.socket - from.socket, "the worker's Unix socket");
  add(to.tcp - from.tcp, "the worker's TCP port");
  return parts.empty() ? "no block at all: the files are empty" : absl::StrJoin(parts, ", ");
}

absl::Status ReadAll(client::FileSystem& fs, const std::vector<client::UriStatus>& files, std::vector<std::byte>& buffer,
                     Pass& pass) {
  for (const client::UriStatus& file : files) {
    // A fresh status: after the first pass it says where the blocks are now.
    auto stream = fs.OpenFile(file.path);
    if (!stream.ok()) return Annotate(stream.status(), file.path);
    while (true) {
      const auto read = (*stream)->Read(buffer);
      if (!read.ok()) return Annotate(read.status(), file.path);
      if (*read == 0) break;
      pass.Add(static_cast<int64_t>(*read));
    }
    if (absl::Status closed = (*stream)->Close(); !closed.ok()) return Annotate(closed, file.path);
  }
  pass.Finish();
  return absl::OkStatus();
}

}  // namespace

absl::Status RunTour(client::FileSystem& fs, const TourOptions& options, std::ostream& out) {
  std::vector<client::UriStatus> files;
  int64_t total = 0, chosen = 0, cached = 0, file_count = 0, folder_count = 0;
  std::vector<std::string> listed;
  ALLUXIO_RETURN_IF_ERROR(fs.IterateStatus(
      options.path, {.recursive = true}, [&](const client::UriStatus& status) {
        (status.folder ? folder_count : file_count) += 1;
        if (static_cast<int>(listed.size()) < options.max_listed) {
          listed.push_back(status.folder ? absl::StrFormat("  %10s  %s/", "", status.path)
                                         : absl::StrFormat("  %10s  %s", Bytes(static_cast<double>(status.length)),
                                                           status.path));
        }
        if (status.folder || !status.completed) return;
        total += status.length;
        if (chosen + status.length > options.max_bytes) return;
        chosen += status.length;
        cached += status.length * status.in_alluxio_percentage / 100;
        files.push_back(status);
      }));

  out << absl::StrFormat("The namespace holds %s in %s, %s:\n", Count(file_count, "file"), Count(folder_count, "folder"),
                         Bytes(static_cast<double>(total)));
  for (const std::string& line : listed) out << line << "\n";
  if (const int64_t more = file_count + folder_count - static_cast<int64_t>(listed.size()); more > 0) {
    out << absl::StrFormat("  ... and %d more\n", more);
  }
  if (files.empty()) {
    out << "There is nothing to read yet.\n";
    return absl::OkStatus();
  }
  if (chosen < total) {
    out << absl::StrFormat("Reading %s of them, %s.\n", Count(static_cast<int64_t>(files.size()), "file"),
                           Bytes(static_cast<double>(chosen)));
  }

  std::vector<std::byte> buffer(size_t{1} << 20);
  const Ways before = WaysOf(fs);
  if (cached > 0) {
    out << absl::StrFormat("%s of it were in memory already.\n", Bytes(static_cast<double>(cached)));
  }
  Pass cold(cached < chosen ? "first, from the under store" : "first", chosen, options, out);
  ALLUXIO_RETURN_IF_ERROR(ReadAll(fs, files, buffer, cold));
  const Ways between = WaysOf(fs);
  Pass warm("again, from memory", chosen, options, out);
  ALLUXIO_RETURN_IF_ERROR(ReadAll(fs, files, buffer, warm));
  const Ways after = WaysOf(fs);
  out << "  The first read came by " << Describe(before, between) << ".\n";
  out << "  The second read came by " << Describe(between, after) << ".\n";
  return absl::OkStatus();
}

absl::Status WaitForWorker(client::BlockMasterClient& blocks, absl::Duration patience, Clock* clock) {
  const absl::Time deadline = clock->Now() + patience;
  while (true) {
    const auto workers = blocks.GetWorkerInfoList();
    if (workers.ok() && !workers->empty()) return absl::OkStatus();
    if (clock->Now() >= deadline) {
      return absl::UnavailableError(absl::StrCat(
          "no worker has registered: ", workers.ok() ? "the master's list is empty" : workers.status().message()));
    }
    clock->Sleep(absl::Milliseconds(20));
  }
}

}  // namespace alluxio::shell
