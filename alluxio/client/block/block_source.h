#ifndef ALLUXIO_CLIENT_BLOCK_BLOCK_SOURCE_H_
#define ALLUXIO_CLIENT_BLOCK_BLOCK_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/client/block/block_view.h"
#include "alluxio/client/block/worker_pool.h"
#include "proto/dataserver/protocol.pb.h"

namespace alluxio::client {

// One block as one worker gives it. Offsets are within the block.
class BlockSource {
 public:
  // After the last byte was read, waits until the worker has kept the block.
  virtual ~BlockSource() = default;

  // Up to `out.size()` bytes at `offset`, at least one, for reading on from
  // there: what is ahead may be fetched already. One caller at a time.
  //
  // Errors:
  //   OUT_OF_RANGE  the block ends before `offset`, though its length says more.
  //   others        as the worker's; this source is useless then.
  virtual absl::StatusOr<size_t> Read(int64_t offset, std::span<std::byte> out) = 0;
  // All of `out`, for one piece alone. Thread-safe.
  virtual absl::Status ReadAt(int64_t offset, std::span<std::byte> out) = 0;
  // FAILED_PRECONDITION: not a mapped, sealed block. Thread-safe.
  virtual absl::StatusOr<BlockView> View(int64_t offset, int64_t length) = 0;
  // Sets out for a `Read` of `offset`, if that takes time: the bytes come
  // meanwhile. Errors are left to the read.
  virtual void Prepare(int64_t offset) {}
  // Whether the bytes come from a file of this host.
  virtual bool is_file() const = 0;
};

struct BlockSourceOptions {
  int64_t block_id = 0;
  int64_t length = 0;
  bool promote = false;
  int64_t chunk_bytes = int64_t{1} << 20;
  // Positioned reads shorter than this are marked as such for the worker.
  int64_t short_read_bytes = int64_t{2} << 20;
  // What the worker needs to read the block from the under store; empty: nothing.
  proto::dataserver::OpenUfsBlockOptions ufs;
  absl::Duration data_timeout = absl::Minutes(3);
  absl::Duration close_timeout = absl::Seconds(5);
};

// By OpenLocalBlock: the block's own file, held against eviction for the life of
// this and of its views; a small one (SmallBlockFiles) without that call, kept by
// its descriptor alone. Mapped (Boost.Interprocess) only for views and only if
// sealed, that is, if nobody may write it any more (no write bit in its mode):
// a mapping of a file that somebody truncates ends in SIGBUS. Else pread.
//
// Errors:
//   NOT_FOUND            the worker has no such block, or its file isn't visible here.
//   FAILED_PRECONDITION  the file isn't what the block should be.
//   others               as the worker's.
absl::StatusOr<std::unique_ptr<BlockSource>> OpenBlockFile(WorkerPool& pool, const std::string& target,
                                                           const BlockSourceOptions& options);

// The same in two steps, the worker's answer coming meanwhile. A block that was
// asked for is held against eviction already; destroyed, this lets it go.
class AskedBlockFile {
 public:
  // Null for a block that is so small that its file is opened without asking.
  static absl::StatusOr<std::unique_ptr<AskedBlockFile>> Ask(WorkerPool& pool, const std::string& target,
                                                             const BlockSourceOptions& options);
  // Asks in any case.
  static absl::StatusOr<std::unique_ptr<AskedBlockFile>> Send(WorkerPool& pool, const std::string& target,
                                                              const BlockSourceOptions& options);
  // Once; as OpenBlockFile.
  absl::StatusOr<std::unique_ptr<BlockSource>> Open();

 private:
  AskedBlockFile(WorkerPool* pool, std::string target, const BlockSourceOptions& options,
                 std::unique_ptr<ByteStream> stream);

  WorkerPool* const pool_;
  const std::string target_;
  const BlockSourceOptions options_;
  std::unique_ptr<ByteStream> stream_;
};

// By ReadBlock, over socket or network: nothing is sent before the first read.
// `pool` is kept.
std::unique_ptr<BlockSource> MakeRemoteBlock(std::shared_ptr<WorkerPool> pool, std::string target,
                                             BlockSourceOptions options);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_BLOCK_SOURCE_H_
