#ifndef ALLUXIO_MASTER_FILE_RUNNING_LIST_H_
#define ALLUXIO_MASTER_FILE_RUNNING_LIST_H_

#include <memory>
#include <optional>
#include <string>

#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/file/core.h"
#include "alluxio/rpc/outlet.h"

namespace alluxio::master {

// A listing on its way to its reader.
//
// While one message leaves, an executor's thread makes the next. If it is ready before
// there is room for it, it is put down and the thread goes: a reader that stands still
// holds two messages and nothing else. One that has gone ends the listing at its next write.
class RunningList : public std::enable_shared_from_this<RunningList> {
 public:
  static void Start(Executor* executor, std::unique_ptr<FileSystemCore::Listing> listing,
                    std::unique_ptr<rpc::Outlet> outlet);

 private:
  RunningList(Executor* executor, std::unique_ptr<FileSystemCore::Listing> listing,
              std::unique_ptr<rpc::Outlet> outlet)
      : executor_(executor), listing_(std::move(listing)), outlet_(std::move(outlet)) {}

  void SubmitMake();
  // Makes messages until one has to wait.
  void Make();
  // Does what can be done now: writes, or ends. True: another message is to be made.
  bool GoOn();
  void Written(bool alive);

  Executor* const executor_;
  const std::unique_ptr<FileSystemCore::Listing> listing_;  // of whoever is making
  const std::unique_ptr<rpc::Outlet> outlet_;               // of whoever begins to write, or ends

  Mutex mutex_;
  bool making_ ABSL_GUARDED_BY(mutex_) = true;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::string ready_ ABSL_GUARDED_BY(mutex_);  // empty: none
  // How it ends once `ready_` has left; set when there is nothing more to make.
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_RUNNING_LIST_H_
