#include "alluxio/master/process/call_metrics.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::master {
namespace {

// User names come from clients: beyond these they share one timer per method.
constexpr size_t kMaxTimers = 10'000;

}  // namespace

CallMetrics::CallMetrics(metrics::MetricsRegistry* registry)
    : registry_(registry), all_(registry->GetTimer(metrics::kMasterTotalRpcs)) {
  using namespace metrics;  // NOLINT
  struct Row {
    const char* method;
    const char* asked;
    const char* done;
  };
  constexpr Row kRows[] = {
      {"CompleteFile", kMasterCompleteFileOps, kMasterFilesCompleted},
      {"CreateDirectory", kMasterCreateDirectoriesOps, kMasterDirectoriesCreated},
      {"CreateFile", kMasterCreateFilesOps, kMasterFilesCreated},
      {"Free", kMasterFreeFileOps, kMasterFilesFreed},
      {"GetNewBlockIdForFile", kMasterGetNewBlockOps, kMasterNewBlocksGot},
      {"GetStatus", kMasterGetFileInfoOps, kMasterFileInfosGot},
      {"ListStatus", kMasterGetFileInfoOps, kMasterFileInfosGot},
      {"Mount", kMasterMountOps, kMasterPathsMounted},
      {"Remove", kMasterDeletePathsOps, kMasterPathsDeleted},
      {"Rename", kMasterRenamePathOps, kMasterPathsRenamed},
      {"SetAcl", kMasterSetAclOps, nullptr},
      {"SetAttribute", kMasterSetAttributeOps, nullptr},
      {"Unmount", kMasterUnmountOps, kMasterPathsUnmounted},
  };
  for (const Row& row : kRows) {
    Operation& operation = operations_[absl::StrCat("alluxio.grpc.file.FileSystemMasterClientService/", row.method)];
    operation.asked = &registry_->GetCounter(row.asked);
    if (row.done) operation.done = &registry_->GetCounter(row.done);
  }
}

metrics::Timer& CallMetrics::TimerOf(absl::string_view method, const std::string& user) {
  std::pair<std::string, std::string> key(method, user);
  {
    ReaderMutexLock lock(&mutex_);
    const auto found = timers_.find(key);
    if (found != timers_.end()) return *found->second;
    if (timers_.size() >= kMaxTimers) key.second.clear();
  }
  const absl::string_view short_name = method.substr(method.rfind('/') + 1);
  const std::string name = absl::StrCat("Master.", short_name);
  metrics::Timer& timer =
      registry_->GetTimer(key.second.empty() ? name : metrics::NameWithTags(name, {{"User", key.second}}));
  MutexLock lock(&mutex_);
  timers_[key] = &timer;
  return timer;
}

void CallMetrics::Finished(absl::string_view method, const rpc::Caller& caller, const absl::Status& status,
                           absl::Duration duration) {
  // Not authenticated: it was no call of anybody's.
  if (absl::IsUnauthenticated(status)) return;
  const auto operation = operations_.find(method);
  if (operation != operations_.end()) {
    operation->second.asked->Inc();
    if (status.ok() && operation->second.done) operation->second.done->Inc();
  }
  all_.Record(duration);
  TimerOf(method, caller.user).Record(duration);
}

}  // namespace alluxio::master
