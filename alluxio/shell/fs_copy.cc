// Commands that move bytes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/shell/fs_commands.h"
#include "alluxio/shell/paths.h"
#include "alluxio/shell/progress.h"
#include "alluxio/shell/text.h"
#include "alluxio/uri/path.h"

namespace alluxio::shell {
namespace {

using client::FileSystem;
using client::UriStatus;

constexpr int64_t kFromLocalBufferBytes = int64_t{8} << 20;
constexpr int64_t kToLocalBufferBytes = int64_t{8} << 20;
constexpr int64_t kMaxBufferBytes = int64_t{1} << 30;
constexpr absl::string_view kDestinationIsFile =
    "The destination cannot be an existing file when the source is a directory or a list of files.";

absl::Status DoesNotExist(absl::string_view path) {
  return absl::NotFoundError(absl::StrCat("Path \"", path, "\" does not exist."));
}

std::string LocalUri(absl::string_view path) { return absl::StrCat("file://", path); }

// The status, or nothing if there is no such path.
absl::StatusOr<std::optional<UriStatus>> Find(FileSystem& fs, const std::string& path) {
  absl::StatusOr<UriStatus> status = fs.GetStatus(path);
  if (status.ok()) return std::optional<UriStatus>(*std::move(status));
  if (absl::IsNotFound(status.status())) return std::optional<UriStatus>();
  return status.status();
}

absl::StatusOr<int64_t> BufferBytes(const Arguments& args, int64_t otherwise) {
  if (!args.Has("buffersize")) return otherwise;
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t bytes, ParseSize(args.Value("buffersize")));
  if (bytes < 1 || bytes > kMaxBufferBytes) {
    return absl::InvalidArgumentError(absl::StrCat("--buffersize must be between 1B and 1GB, not ", bytes));
  }
  return bytes;
}

// One run of `cp` in one of its three directions.
class Copier {
 public:
  struct Options {
    bool recursive = false;
    bool preserve = false;
    int threads = 1;
    int64_t buffer_bytes = kFromLocalBufferBytes;
  };
  Copier(Environment& env, FileSystem& fs, const Options& options)
      : env_(env), fs_(fs), options_(options), progress_(env, 0) {}

  // `source`: a local path, perhaps with a `*`.
  absl::Status FromLocal(const std::string& source, const uri::AlluxioUri& destination);
  absl::Status ToLocal(const uri::AlluxioUri& source, const std::string& destination);
  absl::Status Within(const uri::AlluxioUri& source, const uri::AlluxioUri& destination);

 private:
  struct Job {
    std::string source;
    uri::AlluxioUri destination;
  };

  absl::Status FileFromLocal(const std::string& source, const std::string& destination);
  // Makes the folders of `source` and lists its files.
  absl::Status PlanFromLocal(const std::string& source, const uri::AlluxioUri& destination, std::vector<Job>* jobs);
  absl::Status RunJobs(const std::vector<Job>& jobs);

  absl::Status FileToLocal(const UriStatus& source, const uri::AlluxioUri& name, std::string destination);
  absl::Status TreeToLocal(const UriStatus& source, const uri::AlluxioUri& name, const std::string& destination);

  absl::Status TreeWithin(const uri::AlluxioUri& source, uri::AlluxioUri destination);
  absl::Status FileWithin(const UriStatus& source, const uri::AlluxioUri& name, const uri::AlluxioUri& destination);
  absl::Status Preserve(const UriStatus& source, const uri::AlluxioUri& destination);

  // Creates `path` and fills it by `fill`; leaves nothing behind if that fails.
  absl::Status Create(const std::string& path, absl::FunctionRef<absl::Status(client::FileOutStream&)> fill);
  void Say(absl::string_view line) {
    MutexLock lock(&output_);
    env_.out() << line << "\n";
  }

  Environment& env_;
  FileSystem& fs_;
  const Options options_;
  Progress progress_;
  Mutex output_;
};

absl::Status Copier::Create(const std::string& path, absl::FunctionRef<absl::Status(client::FileOutStream&)> fill) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileOutStream> out, fs_.CreateFile(path, {.recursive = true}));
  absl::Status status = fill(*out);
  if (status.ok()) status = out->Close();
  if (status.ok()) return status;
  // The first error is the one to tell; what cleaning up says adds nothing.
  out->Cancel().IgnoreError();
  fs_.Delete(path).IgnoreError();
  return status;
}

absl::Status Copier::FileFromLocal(const std::string& source, const std::string& destination) {
  const UniqueFd file(open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    // As Java words it.
    const int error = errno;
    return absl::Status(ErrnoStatus(error, "").code(), absl::StrCat(source, " (", std::strerror(error), ")"));
  }
  return Create(destination, [&](client::FileOutStream& out) -> absl::Status {
    struct stat info;
    if (fstat(file.get(), &info) != 0) return ErrnoStatus(errno, source);
    const int64_t wanted = std::clamp<int64_t>(info.st_size, 4096, options_.buffer_bytes);
    std::vector<std::byte> buffer(wanted);
    while (true) {
      const ssize_t got = read(file.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoStatus(errno, source);
      if (got == 0) return absl::OkStatus();
      ALLUXIO_RETURN_IF_ERROR(out.Write(std::span<const std::byte>(buffer).first(got)));
      progress_.Add(got);
    }
  });
}

absl::Status Copier::PlanFromLocal(const std::string& source, const uri::AlluxioUri& destination,
                                   std::vector<Job>* jobs) {
  std::error_code error;
  if (!std::filesystem::is_directory(source, error)) {
    jobs->push_back({source, destination});
    return absl::OkStatus();
  }
  ALLUXIO_ASSIGN_OR_RETURN(const std::optional<UriStatus> existing, Find(fs_, FsPath(destination)));
  if (!existing.has_value()) {
    ALLUXIO_RETURN_IF_ERROR(fs_.CreateDirectory(FsPath(destination), {.recursive = true}));
  } else if (!existing->folder) {
    return absl::InvalidArgumentError(kDestinationIsFile);
  }
  std::vector<std::string> children;
  std::filesystem::directory_iterator entries(source, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    children.push_back(entries->path().string());
  }
  if (error) return absl::UnknownError(absl::StrCat("Failed to list files for directory ", source));
  std::sort(children.begin(), children.end());
  for (const std::string& child : children) {
    ALLUXIO_RETURN_IF_ERROR(PlanFromLocal(child, destination.Join(uri::PathName(child)), jobs));
  }
  return absl::OkStatus();
}

absl::Status Copier::RunJobs(const std::vector<Job>& jobs) {
  std::atomic<size_t> next = 0;  // orders nothing but itself
  Mutex mutex;
  std::vector<std::string> errors;
  {
    const int threads = static_cast<int>(std::min<size_t>(options_.threads, jobs.size()));
    ThreadPool pool({.name = "copy", .threads = std::max(threads, 1)});
    for (int i = 0; i < threads; ++i) {
      pool.Submit([&] {
        for (size_t index = next++; index < jobs.size(); index = next++) {
          const Job& job = jobs[index];
          const absl::Status status = FileFromLocal(job.source, FsPath(job.destination));
          if (status.ok()) {
            Say(absl::StrCat("Copied ", LocalUri(job.source), " to ", job.destination.ToString()));
          } else {
            MutexLock lock(&mutex);
            errors.push_back(std::string(status.message()));
          }
        }
      });
    }
  }
  return JoinErrors(errors);
}

absl::Status Copier::FromLocal(const std::string& source, const uri::AlluxioUri& destination) {
  std::vector<std::string> sources = {source};
  if (uri::HasWildcard(source)) {
    sources = ExpandLocal(source);
    if (sources.empty()) return DoesNotExist(LocalUri(source));
  }
  std::error_code error;
  if (sources.size() == 1 && !std::filesystem::is_directory(sources[0], error)) {
    std::string target = FsPath(destination);
    ALLUXIO_ASSIGN_OR_RETURN(const std::optional<UriStatus> existing, Find(fs_, target));
    if (existing.has_value() && existing->folder) target = uri::JoinPath(target, uri::PathName(sources[0]));
    ALLUXIO_RETURN_IF_ERROR(FileFromLocal(sources[0], target));
  } else {
    std::vector<Job> jobs;
    if (!uri::HasWildcard(source)) {
      ALLUXIO_RETURN_IF_ERROR(PlanFromLocal(source, destination, &jobs));
    } else {
      ALLUXIO_ASSIGN_OR_RETURN(const std::optional<UriStatus> existing, Find(fs_, FsPath(destination)));
      if (!existing.has_value()) {
        ALLUXIO_RETURN_IF_ERROR(fs_.CreateDirectory(FsPath(destination), {.recursive = true}));
      } else if (!existing->folder) {
        return absl::InvalidArgumentError(kDestinationIsFile);
      }
      for (const std::string& path : sources) {
        ALLUXIO_RETURN_IF_ERROR(PlanFromLocal(path, destination.Join(uri::PathName(path)), &jobs));
      }
    }
    ALLUXIO_RETURN_IF_ERROR(RunJobs(jobs));
  }
  Say(absl::StrCat("Copied ", LocalUri(source), " to ", destination.ToString()));
  return absl::OkStatus();
}

absl::Status Copier::FileToLocal(const UriStatus& source, const uri::AlluxioUri& name, std::string destination) {
  std::error_code error;
  if (std::filesystem::is_directory(destination, error)) destination = uri::JoinPath(destination, source.name);
  // Whole or not at all: under a name of its own until it is complete.
  const std::string temporary =
      absl::StrCat(destination, ".", Random::System()->NextUuid().substr(0, 8), "_copyToLocal_");
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileInStream> in, fs_.OpenFile(source));
  UniqueFd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file.valid()) return ErrnoStatus(errno, temporary);
  const absl::Status copied = [&]() -> absl::Status {
    std::vector<std::byte> buffer(std::clamp<int64_t>(source.length, 4096, options_.buffer_bytes));
    int64_t left = source.length;
    while (left > 0) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t got, in->Read(buffer));
      if (got == 0) {
        return absl::DataLossError(absl::StrCat("reading ", source.path, ": ended ", left, " bytes early"));
      }
      left -= static_cast<int64_t>(got);
      std::span<const std::byte> rest = std::span<const std::byte>(buffer).first(got);
      while (!rest.empty()) {
        const ssize_t written = write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ErrnoStatus(errno, temporary);
        rest = rest.subspan(written);
      }
      progress_.Add(static_cast<int64_t>(got));
    }
    // Some file systems tell only now that there was no room.
    if (close(file.Release()) != 0) return ErrnoStatus(errno, temporary);
    if (rename(temporary.c_str(), destination.c_str()) != 0) {
      return ErrnoStatus(errno, absl::StrCat("Failed to rename ", temporary, " to destination ", destination));
    }
    return absl::OkStatus();
  }();
  if (!copied.ok()) {
    unlink(temporary.c_str());
    return copied;
  }
  Say(absl::StrCat("Copied ", name.ToString(), " to ", LocalUri(destination)));
  return absl::OkStatus();
}

absl::Status Copier::TreeToLocal(const UriStatus& source, const uri::AlluxioUri& name, const std::string& destination) {
  if (!source.folder) return FileToLocal(source, name, destination);
  std::error_code error;
  if (!std::filesystem::is_directory(destination, error)) {
    if (!std::filesystem::create_directories(destination, error)) {
      return absl::UnknownError(absl::StrCat("mkdir failure for directory: ", LocalUri(destination)));
    }
    Say(absl::StrCat("Create directory: ", LocalUri(destination)));
  }
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<UriStatus> children, fs_.ListStatus(source.path));
  std::vector<std::string> errors;
  for (const UriStatus& child : children) {
    const absl::Status status = TreeToLocal(child, name.WithPath(child.path), uri::JoinPath(destination, child.name));
    if (!status.ok()) errors.push_back(std::string(status.message()));
  }
  return JoinErrors(errors);
}

absl::Status Copier::ToLocal(const uri::AlluxioUri& source, const std::string& destination) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<uri::AlluxioUri> sources, ExpandAlluxio(fs_, source));
  if (sources.empty()) return DoesNotExist(source.ToString());
  if (!source.HasWildcard()) {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs_.GetStatus(FsPath(source)));
    return TreeToLocal(status, source, destination);
  }
  std::error_code error;
  if (!std::filesystem::is_directory(destination, error)) {
    if (std::filesystem::exists(destination, error)) return absl::InvalidArgumentError(kDestinationIsFile);
    if (!std::filesystem::create_directories(destination, error)) {
      return absl::UnknownError(absl::StrCat("mkdir failure for directory: ", LocalUri(destination)));
    }
    Say(absl::StrCat("Create directory: ", LocalUri(destination)));
  }
  std::vector<std::string> errors;
  for (const uri::AlluxioUri& path : sources) {
    const absl::StatusOr<UriStatus> status = fs_.GetStatus(FsPath(path));
    const absl::Status copied =
        status.ok() ? TreeToLocal(*status, path, uri::JoinPath(destination, path.Name())) : status.status();
    if (!copied.ok()) errors.push_back(std::string(copied.message()));
  }
  return JoinErrors(errors);
}

absl::Status Copier::Preserve(const UriStatus& source, const uri::AlluxioUri& destination) {
  if (!options_.preserve) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(
      fs_.SetAttribute(FsPath(destination), {.owner = source.owner, .group = source.group, .mode = source.mode}));
  if (source.acl.entries.empty()) return absl::OkStatus();
  std::vector<client::AclEntry> entries;
  for (const std::string& text : AclEntries(source.acl, source)) {
    ALLUXIO_ASSIGN_OR_RETURN(const security::AclEntry entry, security::AclEntry::ParseCli(text));
    entries.push_back(ToClient(entry));
  }
  return fs_.SetAcl(FsPath(destination), client::SetAclAction::kReplace, entries);
}

absl::Status Copier::FileWithin(const UriStatus& source, const uri::AlluxioUri& name,
                                const uri::AlluxioUri& destination) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileInStream> in, fs_.OpenFile(source));
  ALLUXIO_RETURN_IF_ERROR(Create(FsPath(destination), [&](client::FileOutStream& out) -> absl::Status {
    std::vector<std::byte> buffer(std::clamp<int64_t>(source.length, 4096, options_.buffer_bytes));
    int64_t left = source.length;
    while (left > 0) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t got, in->Read(buffer));
      if (got == 0) {
        return absl::DataLossError(absl::StrCat("reading ", source.path, ": ended ", left, " bytes early"));
      }
      ALLUXIO_RETURN_IF_ERROR(out.Write(std::span<const std::byte>(buffer).first(got)));
      left -= static_cast<int64_t>(got);
      progress_.Add(static_cast<int64_t>(got));
    }
    return absl::OkStatus();
  }));
  Say(absl::StrCat("Copied ", name.ToString(), " to ", destination.ToString()));
  return Preserve(source, destination);
}

absl::Status Copier::TreeWithin(const uri::AlluxioUri& source, uri::AlluxioUri destination) {
  ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs_.GetStatus(FsPath(source)));
  ALLUXIO_ASSIGN_OR_RETURN(const std::optional<UriStatus> existing, Find(fs_, FsPath(destination)));
  if (!status.folder) {
    if (existing.has_value() && existing->folder) destination = destination.Join(source.Name());
    return FileWithin(status, source, destination);
  }
  if (!options_.recursive) {
    return absl::FailedPreconditionError(
        absl::StrCat(source.path(), " is a directory, to copy it please use \"cp -R/-r/--recursive <src> <dst>\""));
  }
  if (existing.has_value()) {
    if (!existing->folder) return absl::InvalidArgumentError(kDestinationIsFile);
    // Into an existing directory, under its own name.
    destination = destination.Join(source.Name());
  }
  // Listed first: a copy into itself must not find what it makes.
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<UriStatus> children, fs_.ListStatus(FsPath(source)));
  ALLUXIO_RETURN_IF_ERROR(fs_.CreateDirectory(FsPath(destination), {.recursive = true}));
  Say(absl::StrCat("Created directory: ", destination.ToString()));
  ALLUXIO_RETURN_IF_ERROR(Preserve(status, destination));
  std::vector<std::string> errors;
  for (const UriStatus& child : children) {
    const absl::Status copied = TreeWithin(source.WithPath(child.path), destination.Join(child.name));
    if (!copied.ok()) errors.push_back(std::string(copied.message()));
  }
  return JoinErrors(errors);
}

absl::Status Copier::Within(const uri::AlluxioUri& source, const uri::AlluxioUri& destination) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<uri::AlluxioUri> sources, ExpandAlluxio(fs_, source));
  if (sources.empty()) return DoesNotExist(source.path());
  if (options_.recursive && uri::HasPathPrefix(destination.path(), source.path()) &&
      destination.path() != source.path()) {
    return absl::InvalidArgumentError(
        absl::StrCat("Cannot copy ", source.path(), " into itself, to ", destination.path()));
  }
  if (!source.HasWildcard()) return TreeWithin(source, destination);
  ALLUXIO_ASSIGN_OR_RETURN(const std::optional<UriStatus> existing, Find(fs_, FsPath(destination)));
  if (existing.has_value() && !existing->folder) return absl::InvalidArgumentError(kDestinationIsFile);
  if (!existing.has_value()) {
    ALLUXIO_RETURN_IF_ERROR(fs_.CreateDirectory(FsPath(destination), {.recursive = true}));
    Say(absl::StrCat("Created directory: ", destination.ToString()));
  }
  std::vector<std::string> errors;
  for (const uri::AlluxioUri& path : sources) {
    const absl::Status copied = TreeWithin(path, destination.Join(path.Name()));
    if (!copied.ok()) errors.push_back(std::string(copied.message()));
  }
  return JoinErrors(errors);
}

absl::StatusOr<int> Copy(Environment& env, const Arguments& args, absl::string_view from, absl::string_view to) {
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri source, uri::AlluxioUri::Parse(from));
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri destination, uri::AlluxioUri::Parse(to));
  const bool from_local = source.scheme() == "file";
  const bool to_local = destination.scheme() == "file";
  if ((from_local && to_local) || (!from_local && !source.IsAlluxio()) || (!to_local && !destination.IsAlluxio())) {
    return absl::InvalidArgumentError(
        "Schemes must be either file or alluxio, and at most one file scheme is allowed.");
  }
  Copier::Options options = {.recursive = args.Has("R") || args.Has("r"), .preserve = args.Has("p")};
  options.threads = 2 * std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (args.Has("thread") &&
      (!absl::SimpleAtoi(args.Value("thread"), &options.threads) || options.threads < 1 || options.threads > 1024)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--thread must be a number between 1 and 1024, not ", args.Value("thread")));
  }
  ALLUXIO_ASSIGN_OR_RETURN(options.buffer_bytes,
                           BufferBytes(args, to_local ? kToLocalBufferBytes : kFromLocalBufferBytes));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  Copier copier(env, *fs, options);
  ALLUXIO_RETURN_IF_ERROR(from_local ? copier.FromLocal(source.path(), destination)
                          : to_local ? copier.ToLocal(source, destination.path())
                                     : copier.Within(source, destination));
  return 0;
}

// A local path as `cp` takes it.
std::string AbsoluteLocalUri(absl::string_view path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(std::string(path), error);
  return LocalUri(error ? std::string(path) : absolute.string());
}

absl::Status CheckTwo(const Arguments& args) {
  if (args.size() == 2) return absl::OkStatus();
  // Both commands are `cp` in the original, and say so.
  return UsageError(absl::StrCat("Command cp takes 2 arguments, not ", args.size()));
}

class Loader {
 public:
  Loader(Environment& env, FileSystem& fs, bool local) : env_(env), fs_(fs), local_(local), progress_(env, 0) {}

  absl::Status Load(const UriStatus& status) {
    if (status.folder) {
      ALLUXIO_ASSIGN_OR_RETURN(const std::vector<UriStatus> children, fs_.ListStatus(status.path));
      for (const UriStatus& child : children) ALLUXIO_RETURN_IF_ERROR(Load(child));
    } else {
      if (!local_ && status.in_alluxio_percentage == 100) {
        env_.out() << status.path << " already in Alluxio fully\n";
        return absl::OkStatus();
      }
      ALLUXIO_RETURN_IF_ERROR(ReadAll(status));
    }
    env_.out() << status.path << " loaded\n";
    return absl::OkStatus();
  }

 private:
  absl::Status ReadAll(const UriStatus& status) {
    ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileInStream> in,
                             fs_.OpenFile(status, {.read_type = client::ReadType::kCachePromote}));
    std::vector<std::byte> buffer(kFromLocalBufferBytes);
    while (true) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t got, in->Read(buffer));
      if (got == 0) return in->Close();
      progress_.Add(static_cast<int64_t>(got));
    }
  }

  Environment& env_;
  FileSystem& fs_;
  const bool local_;
  Progress progress_;
};

}  // namespace

absl::StatusOr<int> Cp(Environment& env, const Arguments& args) { return Copy(env, args, args[0], args[1]); }

absl::StatusOr<int> CopyFromLocal(Environment& env, const Arguments& args) {
  ALLUXIO_RETURN_IF_ERROR(CheckTwo(args));
  return Copy(env, args, AbsoluteLocalUri(args[0]), args[1]);
}

absl::StatusOr<int> CopyToLocal(Environment& env, const Arguments& args) {
  ALLUXIO_RETURN_IF_ERROR(CheckTwo(args));
  return Copy(env, args, args[0], AbsoluteLocalUri(args[1]));
}

absl::StatusOr<int> DistributedCp(Environment& env, const Arguments& args) {
  return absl::UnimplementedError("distributedCp needs a job service, which this version does not have; use cp -R");
}

absl::StatusOr<int> Load(Environment& env, const Arguments& args) {
  const bool plain = args.option_count() == 0 || (args.option_count() == 1 && args.Has("local"));
  if (!plain) return LoadJob(env, args);
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(FsPath(path)));
    return Loader(env, fs, args.Has("local")).Load(status);
  });
}

absl::StatusOr<int> Touch(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri path, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileOutStream> out,
                           fs->CreateFile(FsPath(path), {.recursive = true}));
  ALLUXIO_RETURN_IF_ERROR(out->Close());
  env.out() << path.ToString() << " has been created\n";
  return 0;
}

}  // namespace alluxio::shell
