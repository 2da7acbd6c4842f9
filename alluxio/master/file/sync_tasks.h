#ifndef ALLUXIO_MASTER_FILE_SYNC_TASKS_H_
#define ALLUXIO_MASTER_FILE_SYNC_TASKS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/call.h"
#include "alluxio/master/sync/sync_stats.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::master {

class FileSystemCore;

// Syncs that were asked for by name (`alluxio fs loadMetadata -v2`): each compares
// a path, and what is asked for below it, with the under store, whatever was synced
// before; it can be watched and cancelled.
//
// A task has a group of its own, of the same number. They live in memory: the last
// thousand that ended are remembered until a restart. Thread-safe. Tasks run on the
// namespace's executor, which must have run dry before this goes: `Cancel` first.
class SyncTasks {
 public:
  explicit SyncTasks(FileSystemCore* core) : core_(core) {}

  // FileSystemMasterClientService. SyncMetadata answers when the task has ended, an
  // error of it being part of the answer. NOT_FOUND: no such group.
  void SyncMetadata(const Caller& caller, const grpc::file::SyncMetadataPRequest& request,
                    Reply<grpc::file::SyncMetadataPResponse> reply);
  void SyncMetadataAsync(const Caller& caller, const grpc::file::SyncMetadataPRequest& request,
                         Reply<grpc::file::SyncMetadataAsyncPResponse> reply);
  void GetSyncProgress(const Caller& caller, const grpc::file::GetSyncProgressPRequest& request,
                       Reply<grpc::file::GetSyncProgressPResponse> reply);
  void CancelSyncMetadata(const Caller& caller, const grpc::file::CancelSyncMetadataPRequest& request,
                          Reply<grpc::file::CancelSyncMetadataPResponse> reply);

  // All tasks end soon.
  void Cancel();

 private:
  struct Task {
    int64_t id = 0;
    std::string user;
    grpc::file::SyncMetadataPRequest request;
    std::string path;  // clean; "" if it can't be
    int64_t start_ms = 0;
    SyncStats stats;
    Mutex mutex;
    bool ended ABSL_GUARDED_BY(mutex) = false;
    int64_t end_ms ABSL_GUARDED_BY(mutex) = 0;
    absl::Status status ABSL_GUARDED_BY(mutex);
  };
  using TaskPtr = std::shared_ptr<Task>;

  // Null: too many run. `ended` runs in an executor's thread.
  TaskPtr Start(const Caller& caller, const grpc::file::SyncMetadataPRequest& request,
                std::function<void(const TaskPtr&)> ended);
  void Run(const TaskPtr& task);
  TaskPtr Find(int64_t id);
  grpc::file::SyncMetadataTask Describe(Task& task) const;

  FileSystemCore* const core_;
  Mutex mutex_;
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 0;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, TaskPtr> tasks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_SYNC_TASKS_H_
