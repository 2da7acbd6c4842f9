#ifndef ALLUXIO_CLIENT_BLOCK_BLOCK_WRITER_H_
#define ALLUXIO_CLIENT_BLOCK_BLOCK_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/client/block/worker_pool.h"
#include "proto/dataserver/protocol.pb.h"

namespace alluxio::client {

// Writes one block, or one under store file, at one worker. One thread at a
// time. After an error only `Cancel` makes sense; the destructor cancels what
// was not committed.
class BlockWriter {
 public:
  virtual ~BlockWriter() = default;

  virtual absl::Status Write(std::span<const std::byte> data) = 0;
  // Waits until the worker has all of it.
  virtual absl::Status Flush() = 0;
  // Starts the commit; `Finish` waits for it. Nothing can be written after it.
  virtual void StartCommit() = 0;
  virtual absl::Status Finish() = 0;
  // Waits (for a few seconds) until the worker has thrown the block away, so
  // that its id may be used again.
  virtual void Cancel() = 0;
  // Of an under store file, after Finish; "" if there is none.
  virtual std::string content_hash() const { return ""; }
};

struct BlockWriterOptions {
  int64_t block_id = 0;
  int64_t block_size = 0;
  int tier = 0;
  std::string medium_type;
  bool pin_on_create = false;
  int64_t space_to_reserve = 0;
  int64_t chunk_bytes = int64_t{1} << 20;
  absl::Duration data_timeout = absl::Minutes(3);
  absl::Duration flush_timeout = absl::Minutes(30);
  absl::Duration close_timeout = absl::Minutes(30);
};

// By CreateLocalBlock: writes the worker's file itself.
// RESOURCE_EXHAUSTED: the worker has no room. NOT_FOUND: its file isn't visible
// here, and the block was given up: write it by stream.
absl::StatusOr<std::unique_ptr<BlockWriter>> CreateBlockFile(WorkerPool& pool, const std::string& target,
                                                             const BlockWriterOptions& options);

// By WriteBlock. The worker's refusal shows at a later call.
absl::StatusOr<std::unique_ptr<BlockWriter>> OpenBlockStream(WorkerPool& pool, const std::string& target,
                                                             const BlockWriterOptions& options);

// By WriteBlock, an under store file: `block_id` and `block_size` are unused.
absl::StatusOr<std::unique_ptr<BlockWriter>> OpenUfsFileStream(WorkerPool& pool, const std::string& target,
                                                               const BlockWriterOptions& options,
                                                               const proto::dataserver::CreateUfsFileOptions& file);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_BLOCK_WRITER_H_
