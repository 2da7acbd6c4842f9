// Commands about mounts, the under store and the cluster.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/fs_commands.h"
#include "alluxio/shell/mount_text.h"
#include "alluxio/shell/paths.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {
namespace {

using client::FileSystem;

// `--option key=value`, several times.
absl::StatusOr<std::map<std::string, std::string>> MountProperties(const Arguments& args) {
  std::map<std::string, std::string> properties;
  for (const std::string& option : args.Values("option")) {
    const std::pair<std::string, std::string> property = absl::StrSplit(option, absl::MaxSplits('=', 1));
    if (property.first.empty() || option.find('=') == std::string::npos) {
      return UsageError(absl::StrCat("Mount option \"", option, "\" is not of the form key=value"));
    }
    properties.insert(property);
  }
  return properties;
}

// "host:port" as Java shows an address that it has not looked up.
std::string UnresolvedText(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return std::string(address);
  return absl::StrCat(address.substr(0, colon), "/<unresolved>", address.substr(colon));
}

std::vector<std::string> MasterAddresses(const conf::Configuration& conf) {
  const std::string port = absl::StrCat(conf.GetInt("alluxio.master.rpc.port"));
  std::vector<std::string> addresses = conf.GetList("alluxio.master.rpc.addresses");
  if (!addresses.empty()) return addresses;
  // Those of the journal, with the port of the calls.
  for (const std::string& journal : conf.GetList("alluxio.master.embedded.journal.addresses")) {
    addresses.push_back(absl::StrCat(journal.substr(0, journal.rfind(':')), ":", port));
  }
  if (addresses.empty()) addresses.push_back(absl::StrCat(conf.GetString("alluxio.master.hostname"), ":", port));
  return addresses;
}

// Makes paths say again what the under store says: forgets them and looks there.
class Repairer {
 public:
  Repairer(FileSystem* fs, Environment* env, int threads) : fs_(fs), env_(env), threads_(threads) {}

  // Files first; a folder takes with it what is below.
  absl::Status Repair(const std::vector<std::string>& paths) {
    ForAll(paths, &Repairer::RepairFile);
    ALLUXIO_RETURN_IF_ERROR(Result());
    ForAll(folders(), &Repairer::RepairFolder);
    return Result();
  }

 private:
  void ForAll(const std::vector<std::string>& paths, void (Repairer::*repair)(const std::string&)) {
    const size_t threads = std::min(static_cast<size_t>(threads_), paths.size());
    if (threads == 0) return;
    ThreadPool pool({.name = "repair", .threads = static_cast<int>(threads), .queue_limit = paths.size()});
    for (const std::string& path : paths) pool.Submit([this, repair, &path] { (this->*repair)(path); });
  }

  void RepairFile(const std::string& path) {
    const absl::StatusOr<client::UriStatus> status = fs_->GetStatus(path);
    if (!status.ok()) return Fail(path, status.status());
    if (status->folder) {
      MutexLock lock(&mutex_);
      folders_.push_back(path);
      return;
    }
    LookAgain(path, /*recursive=*/false);
  }
  void RepairFolder(const std::string& path) { LookAgain(path, /*recursive=*/true); }

  void LookAgain(const std::string& path, bool recursive) {
    Say(absl::StrCat("repairing path: ", path, "\n"));
    absl::Status status = fs_->Delete(path, {.recursive = recursive, .alluxio_only = true});
    if (status.ok()) status = fs_->Exists(path, {.load_metadata_type = client::LoadMetadataType::kAlways}).status();
    if (!status.ok()) return Fail(path, status);
    // Without a blank behind a folder, as the original has it.
    Say(absl::StrCat(path, recursive ? "" : " ", "repaired\n\n"));
  }

  void Say(absl::string_view text) {
    MutexLock lock(&mutex_);
    env_->out() << text;
  }
  void Fail(const std::string& path, const absl::Status& status) {
    MutexLock lock(&mutex_);
    env_->err() << path << ": " << status.message() << "\n";
    failed_ = true;
  }
  absl::Status Result() {
    MutexLock lock(&mutex_);
    return failed_ ? absl::UnknownError("Failed to successfully repair all paths") : absl::OkStatus();
  }
  std::vector<std::string> folders() {
    MutexLock lock(&mutex_);
    return folders_;
  }

  FileSystem* const fs_;
  Environment* const env_;
  const int threads_;
  Mutex mutex_;
  std::vector<std::string> folders_ ABSL_GUARDED_BY(mutex_);
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::StatusOr<int> CheckConsistency(Environment& env, const Arguments& args) {
  int threads = 2 * static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (args.Has("t") && (!absl::SimpleAtoi(args.Value("t"), &threads) || threads < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("The threads option must be a positive integer but was \"", args.Value("t"), "\""));
  }
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(std::vector<std::string> different, fs.CheckConsistency(FsPath(path)));
    if (different.empty()) {
      env.out() << path.ToString() << " is consistent with the under storage system.\n";
      return absl::OkStatus();
    }
    std::sort(different.begin(), different.end());
    if (!args.Has("r")) {
      env.out() << "The following files are inconsistent:\n" << absl::StrJoin(different, "\n") << "\n";
      return absl::OkStatus();
    }
    env.out() << path.ToString() << " has: " << different.size() << " inconsistent files. Repairing with " << threads
              << " threads.\n";
    return Repairer(&fs, &env, threads).Repair(different);
  });
}

absl::StatusOr<int> FreeWorker(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(client::BlockMasterClient * blocks, env.blocks());
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers, blocks->GetWorkerInfoList());
  for (const client::WorkerInfo& worker : workers) {
    if (worker.address.host != args[0]) continue;
    ALLUXIO_RETURN_IF_ERROR(blocks->FreeWorker(worker.address));
    env.out() << "Target worker has been freed successfully.\n";
    return 0;
  }
  return absl::NotFoundError(absl::StrCat("Worker ", args[0], " is not found in Alluxio."));
}

absl::StatusOr<int> GetCapacityBytes(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(client::BlockMasterClient * blocks, env.blocks());
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t bytes, blocks->GetCapacityBytes());
  env.out() << "Capacity Bytes: " << bytes << "\n";
  return 0;
}

absl::StatusOr<int> GetUsedBytes(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(client::BlockMasterClient * blocks, env.blocks());
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t bytes, blocks->GetUsedBytes());
  env.out() << "Used Bytes: " << bytes << "\n";
  return 0;
}

absl::StatusOr<int> GetSyncPathList(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<FileSystem::SyncPoint> points, fs->GetSyncPathList());
  env.out() << "The following paths are under active sync\n";
  for (const FileSystem::SyncPoint& point : points) env.out() << point.uri << " " << point.status << "\n";
  return 0;
}

absl::StatusOr<int> Leader(Environment& env, const Arguments& args) {
  env.out() << "This command will be deprecated as of v3.0, please use masterInfo command\n";
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::string address, fs->context()->MasterAddress());
  env.out() << address.substr(0, address.rfind(':')) << "\n";
  return 0;
}

absl::StatusOr<int> LoadMetadata(Environment& env, const Arguments& args) {
  ALLUXIO_RETURN_IF_ERROR(CheckLoadMetadata(args));
  if (args.Has("v2") || args.Value("o", "load") != "load") return SyncMetadata(env, args);
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    const absl::Time start = env.clock()->Now();
    ALLUXIO_RETURN_IF_ERROR(fs.LoadMetadata(FsPath(path), args.Has("R"), args.Has("F")));
    env.out() << "Time elapsed " << absl::ToInt64Milliseconds(env.clock()->Now() - start) << "\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> MasterInfo(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::string leader, fs->context()->MasterAddress());
  env.out() << "Current leader master: " << UnresolvedText(leader) << "\nAll masters: ["
            << absl::StrJoin(
                   MasterAddresses(fs->conf()), ", ",
                   [](std::string* out, const std::string& address) { absl::StrAppend(out, UnresolvedText(address)); })
            << "]\n";
  return 0;
}

absl::StatusOr<int> MountUfs(Environment& env, const Arguments& args) {
  if (args.size() == 0) {
    ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
    ALLUXIO_ASSIGN_OR_RETURN(const auto mounts, fs->GetMountTable());
    PrintMountTable(mounts, env.out());
    return 0;
  }
  if (args.size() != 2) {
    return UsageError(absl::StrCat("Command mount takes 0 or 2 arguments, not ", args.size()));
  }
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri path, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(auto properties, MountProperties(args));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_RETURN_IF_ERROR(fs->Mount(FsPath(path), args[1],
                                    {.read_only = args.Has("readonly"),
                                     .shared = args.Has("shared"),
                                     .remount = args.Has("remount"),
                                     .properties = std::move(properties)}));
  env.out() << "Mounted " << args[1] << " at " << path.ToString() << "\n";
  return 0;
}

absl::StatusOr<int> UpdateMount(Environment& env, const Arguments& args) {
  // One `argument` here, unlike everywhere else.
  if (args.size() != 1) return UsageError(absl::StrCat("Command updateMount takes 1 argument, not ", args.size()));
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri path, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(auto properties, MountProperties(args));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_RETURN_IF_ERROR(fs->UpdateMount(
      FsPath(path),
      {.read_only = args.Has("readonly"), .shared = args.Has("shared"), .properties = std::move(properties)}));
  env.out() << "Updated mount point options at " << path.ToString() << "\n";
  return 0;
}

absl::StatusOr<int> UnmountUfs(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_RETURN_IF_ERROR(fs.Unmount(FsPath(path)));
    env.out() << "Unmounted " << path.ToString() << "\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> NeedsSync(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri path, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_RETURN_IF_ERROR(fs->NeedsSync(FsPath(path)));
  return 0;
}

absl::StatusOr<int> StartSync(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    env.out() << "Starting a full sync of '" << path.ToString()
              << "'. You can check the status of the sync using getSyncPathList cmd\n";
    if (absl::Status status = fs.StartSync(FsPath(path)); !status.ok()) {
      env.out() << "Failed to start automatic syncing of '" << path.ToString() << "'.\n";
      return absl::Status(status.code(), JavaExceptionText(status));
    }
    env.out() << "Started automatic syncing of '" << path.ToString() << "'.\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> StopSync(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_RETURN_IF_ERROR(fs.StopSync(FsPath(path)));
    env.out() << "Stopped automatic syncing of '" << path.ToString() << "'.\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> SyncDirNextTime(Environment& env, const Arguments& args) {
  // As Java reads a boolean: what is not "true" is false.
  const bool sync = absl::EqualsIgnoreCase(args[0], "true");
  return ForEachPath(env, args[1], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_RETURN_IF_ERROR(fs.SetAttribute(FsPath(path), {.direct_children_loaded = !sync}));
    env.out() << "Successfully marked the dir " << path.ToString() << " to "
              << (sync ? "trigger metadata sync on next access" : "skip metadata sync on next access") << "\n";
    return absl::OkStatus();
  });
}

}  // namespace alluxio::shell
