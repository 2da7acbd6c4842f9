#ifndef ALLUXIO_WORKER_PERSIST_PERSISTER_H_
#define ALLUXIO_WORKER_PERSIST_PERSISTER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "alluxio/base/executor.h"
#include "alluxio/rpc/call.h"
#include "alluxio/ufs/under_file_system.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/ufsread/remote_block_reader.h"
#include "alluxio/worker/ufsread/task_group.h"
#include "alluxio/worker/ufsread/ufs_manager.h"
#include "alluxio_native/worker.pb.h"

namespace alluxio::worker {

// Writes files that are only cached into the under store, when the master asks.
//
// All blocks of a file that are here are pinned first, so that none is evicted
// half-way; the others flow from the workers that the request names, and are not
// kept. The bytes go to the request's temporary name, whole and durable, or not
// at all. It is the master that gives the file its name. Thread-safe; the
// destructor waits for what is under way.
class Persister {
 public:
  struct Options {
    BlockStore* store = nullptr;
    UfsManager* ufs = nullptr;
    RemoteBlockReader* remote = nullptr;
    // Runs the writes; its queue is the bound of what may wait.
    Executor* executor = nullptr;
  };
  explicit Persister(const Options& options) : options_(options), tasks_(options.executor) {}

  // NativeWorkerService.PersistFile. A request for a name that is there replaces it.
  //   INVALID_ARGUMENT     a path, a length, or a block's source, that can't be
  //   NOT_FOUND            a block is neither on this worker nor on its source
  //   FAILED_PRECONDITION  the blocks' lengths are not the file's
  //   PERMISSION_DENIED    the mount is read-only, or the under store refuses
  //   RESOURCE_EXHAUSTED   too many files are waiting, or the under store is full
  //   UNAVAILABLE          the under store failed in any other way, or the
  //                        source of a block did
  void PersistFile(const rpc::Caller& caller, const native::PersistFileRequest& request,
                   rpc::Reply<native::PersistFileResponse> reply);

 private:
  absl::StatusOr<native::PersistFileResponse> Persist(const native::PersistFileRequest& request) const;
  // A block of the file: here, or at another worker.
  struct Part {
    BlockPin here;  // null: at `source`
    const native::BlockSource* source = nullptr;
  };
  absl::StatusOr<Part> Find(const native::PersistFileRequest& request, int64_t block_id) const;
  absl::Status Write(const Part& part, ufs::UfsWriter& writer) const;

  const Options options_;
  TaskGroup tasks_;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_PERSIST_PERSISTER_H_
