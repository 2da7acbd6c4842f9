#include "alluxio/master/file/sync_tasks.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/master/file/core.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using grpc::file::SyncMetadataTask;

// Each holds a thread that others wait for, too.
constexpr int kMaxRunning = 16;
constexpr size_t kMaxKnown = 1000;

constexpr const char* kOperationNames[SyncStats::kOperations] = {
    "NOOP",   "CREATE", "DELETE", "RECREATE", "UPDATE", "SKIPPED_DUE_TO_CONCURRENT_MODIFICATION", "SKIPPED_ON_MOUNT_POINT",
    "SKIPPED_NON_PERSISTED"};

absl::Status TooMany() { return absl::ResourceExhaustedError("too many metadata syncs run; try again later"); }

absl::Status NoSuchGroup(int64_t id) {
  return absl::NotFoundError(absl::StrCat("Task group id ", id, " not found"));
}

MetadataSync::Extent ExtentOf(const grpc::file::SyncMetadataPOptions& options) {
  switch (options.loaddescendanttype()) {
    case grpc::fscommon::ALL:
      return MetadataSync::Extent::kAll;
    case grpc::fscommon::ONE:
      return MetadataSync::Extent::kChildren;
    default:
      return MetadataSync::Extent::kSelf;
  }
}

std::string StatsText(const SyncStats& stats, int64_t* total) {
  *total = 0;
  std::string counts;
  for (int i = 0; i < SyncStats::kOperations; ++i) {
    const int64_t count = stats.operations[static_cast<size_t>(i)].load(std::memory_order_relaxed);
    *total += count;
    if (count != 0) absl::StrAppend(&counts, "[", kOperationNames[i], ":", count, "]");
  }
  return absl::StrCat("TaskStats{Success op count={", counts, "}, # of batches=", stats.batches.load(),
                      ", # of objects loaded from UFS=", stats.objects.load(),
                      ", # of load requests=", stats.requests.load(), ", # of load errors=", stats.errors.load(), "}");
}

}  // namespace

SyncTasks::TaskPtr SyncTasks::Start(const Caller& caller, const grpc::file::SyncMetadataPRequest& request,
                                    std::function<void(const TaskPtr&)> ended) {
  auto task = std::make_shared<Task>();
  task->user = caller.user;
  task->request = request;
  if (auto path = uri::CleanPath(request.path()); path.ok()) task->path = *std::move(path);
  task->start_ms = core_->ns().clock->NowMillis();
  {
    MutexLock lock(&mutex_);
    if (running_ >= kMaxRunning) return nullptr;
    ++running_;
    task->id = next_id_++;
    tasks_[task->id] = task;
    // Those that run are among the youngest, but for one that runs very long.
    for (auto it = tasks_.begin(); tasks_.size() > kMaxKnown && it != tasks_.end();) {
      const TaskPtr known = it->second;  // outlives its lock
      MutexLock task_lock(&known->mutex);
      it = known->ended ? tasks_.erase(it) : std::next(it);
    }
  }
  const bool submitted = core_->options().executor->Submit([this, task, ended = std::move(ended)] {
    Run(task);
    ended(task);
  });
  if (submitted) return task;
  MutexLock lock(&mutex_);
  --running_;
  tasks_.erase(task->id);
  return nullptr;
}

void SyncTasks::Run(const TaskPtr& task) {
  Call call = core_->MakeCall(task->user, /*may_block=*/true);
  absl::Status status =
      core_->SyncTree(call, task->request.path(), ExtentOf(task->request.options()), &task->stats);
  {
    MutexLock lock(&task->mutex);
    task->ended = true;
    task->end_ms = core_->ns().clock->NowMillis();
    task->status = std::move(status);
  }
  MutexLock lock(&mutex_);
  --running_;
}

SyncTasks::TaskPtr SyncTasks::Find(int64_t id) {
  MutexLock lock(&mutex_);
  const auto task = tasks_.find(id);
  return task == tasks_.end() ? nullptr : task->second;
}

SyncMetadataTask SyncTasks::Describe(Task& task) const {
  SyncMetadataTask described;
  described.set_id(task.id);
  {
    MutexLock lock(&task.mutex);
    described.set_syncdurationms((task.ended ? task.end_ms : core_->ns().clock->NowMillis()) - task.start_ms);
    if (!task.ended) {
      described.set_state(task.stats.cancelled ? grpc::file::CANCELED : grpc::file::RUNNING);
    } else if (task.status.ok()) {
      described.set_state(grpc::file::SUCCEEDED);
    } else if (absl::IsCancelled(task.status)) {
      described.set_state(grpc::file::CANCELED);
    } else {
      described.set_state(grpc::file::FAILED);
      described.mutable_exception()->set_exceptiontype(std::string(absl::StatusCodeToString(task.status.code())));
      described.mutable_exception()->set_exceptionmessage(std::string(task.status.message()));
      described.mutable_exception()->set_stacktrace("");
    }
  }
  const auto& options = task.request.options();
  MountTable::Place place;
  if (!task.path.empty()) place = core_->ns().mounts.Resolve(task.path);
  described.set_taskinfostring(absl::StrCat(
      "TaskInfo{UFS path: ", place.mount == nullptr ? "" : place.mount->UriOf(place.relative),
      ", AlluxioPath: ", task.path,
      ", Descendant Type: ", grpc::fscommon::LoadDescendantPType_Name(options.loaddescendanttype()),
      ", Directory Load Type: ", grpc::fscommon::DirectoryLoadPType_Name(options.directoryloadtype()),
      ", Id: ", task.id, "}"));
  int64_t operations = 0;
  described.set_taskstatstring(StatsText(task.stats, &operations));
  described.set_successopcount(operations);
  return described;
}

void SyncTasks::SyncMetadata(const Caller& caller, const grpc::file::SyncMetadataPRequest& request,
                             Reply<grpc::file::SyncMetadataPResponse> reply) {
  // Shared, as a task must be copyable.
  const auto shared = std::make_shared<Reply<grpc::file::SyncMetadataPResponse>>(std::move(reply));
  const TaskPtr started = Start(caller, request, [this, shared](const TaskPtr& task) {
    grpc::file::SyncMetadataPResponse response;
    *response.add_task() = Describe(*task);
    // What was changed is durable before it is told.
    core_->ns().state->Commit({}, [shared, response = std::move(response)](absl::Status durable) mutable {
      if (!durable.ok()) return (*shared)(std::move(durable));
      (*shared)(std::move(response));
    });
  });
  if (started == nullptr) (*shared)(TooMany());
}

void SyncTasks::SyncMetadataAsync(const Caller& caller, const grpc::file::SyncMetadataPRequest& request,
                                  Reply<grpc::file::SyncMetadataAsyncPResponse> reply) {
  const TaskPtr task = Start(caller, request, [](const TaskPtr&) {});
  if (task == nullptr) return reply(TooMany());
  grpc::file::SyncMetadataAsyncPResponse response;
  response.set_submitted(true);
  response.set_taskgroupid(task->id);
  response.add_taskids(task->id);
  reply(std::move(response));
}

void SyncTasks::GetSyncProgress(const Caller& caller, const grpc::file::GetSyncProgressPRequest& request,
                                Reply<grpc::file::GetSyncProgressPResponse> reply) {
  const TaskPtr task = Find(request.taskgroupid());
  if (task == nullptr) return reply(NoSuchGroup(request.taskgroupid()));
  grpc::file::GetSyncProgressPResponse response;
  *response.add_task() = Describe(*task);
  reply(std::move(response));
}

void SyncTasks::CancelSyncMetadata(const Caller& caller, const grpc::file::CancelSyncMetadataPRequest& request,
                                   Reply<grpc::file::CancelSyncMetadataPResponse> reply) {
  const TaskPtr task = Find(request.taskgroupid());
  if (task == nullptr) return reply(NoSuchGroup(request.taskgroupid()));
  grpc::file::CancelSyncMetadataPResponse response;
  {
    MutexLock lock(&task->mutex);
    if (!task->ended) task->stats.cancelled = true;
    response.set_success(!task->ended);
  }
  reply(std::move(response));
}

void SyncTasks::Cancel() {
  MutexLock lock(&mutex_);
  for (const auto& [id, task] : tasks_) task->stats.cancelled = true;
}

}  // namespace alluxio::master
