#ifndef ALLUXIO_WORKER_DATA_WRITE_SINK_H_
#define ALLUXIO_WORKER_DATA_WRITE_SINK_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/worker/data/block_worker_service.h"
#include "grpc/block_worker.pb.h"

namespace alluxio::worker {

// Where the data of one WriteBlock stream goes. Destroyed without Commit it
// leaves nothing behind. One thread at a time.
class WriteSink {
 public:
  virtual ~WriteSink() = default;
  virtual absl::Status Write(absl::string_view bytes) = 0;
  // Before anything was written: begins with the first `bytes` that a client wrote
  // into its temp block of the same id, which stays the client's. Blocks.
  //   INVALID_ARGUMENT  not a sink of a block that goes on in the under store, or
  //                     there are fewer bytes
  //   NOT_FOUND         there is no such temp block
  virtual absl::Status BeginWith(int64_t bytes) {
    return absl::InvalidArgumentError("bytes_in_block_store is for UFS_FALLBACK_BLOCK only");
  }
  // Makes it durable or readable, and known to the master. Returns the content
  // hash that the under store gave, or "". Afterwards the sink is dead.
  virtual absl::StatusOr<std::string> Commit() = 0;
  // After a Commit that went well: removes the block, whose writer has turned out
  // to have given up. What is in the under store stays.
  virtual void TakeBack() {}
  // Whether Write may wait for a disk or for the under store.
  virtual bool may_block() const = 0;
};

// A block of the store: ALLUXIO_BLOCK. Doesn't wait for anything but evictions.
//   INVALID_ARGUMENT no such tier, INTERNAL the id is taken, RESOURCE_EXHAUSTED
absl::StatusOr<std::unique_ptr<WriteSink>> MakeBlockSink(const BlockWorkerOptions& options, int num_tiers,
                                                         const grpc::block::WriteRequestCommand& command);

// A file of the under store: UFS_FILE. Blocks.
absl::StatusOr<std::unique_ptr<WriteSink>> MakeUfsFileSink(const BlockWorkerOptions& options,
                                                           const grpc::block::WriteRequestCommand& command);

// A block of the store that becomes a file of the under store when it finds no
// room: UFS_FALLBACK_BLOCK. Blocks.
absl::StatusOr<std::unique_ptr<WriteSink>> MakeFallbackSink(const BlockWorkerOptions& options, int num_tiers,
                                                            const grpc::block::WriteRequestCommand& command);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_WRITE_SINK_H_
