#ifndef ALLUXIO_CLIENT_FILE_FILE_IN_STREAM_H_
#define ALLUXIO_CLIENT_FILE_FILE_IN_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/client/block/block_view.h"

namespace alluxio::client {

// Reads one complete file. Each block is read from the cheapest place that can
// be opened (alluxio/client/block/locality.h); a lost worker is replaced by
// another replica, then by the under store, unseen by the caller.
//
// `Read`, `Seek` and `Skip` share one position: one thread at a time. `ReadAt`
// and `View` don't touch it and may be called from several threads at once.
// The destructor closes.
class FileInStream {
 public:
  virtual ~FileInStream() = default;

  // Up to `buffer.size()` bytes from the position on; 0 only at the end of the
  // file (or for an empty buffer). May return less than asked before the end.
  //
  // Errors:
  //   UNAVAILABLE  no replica and no under store could give the bytes.
  //   OUT_OF_RANGE a block is shorter than the file says: the under store's file
  //                has changed; its metadata is synchronised then.
  virtual absl::StatusOr<size_t> Read(std::span<std::byte> buffer) = 0;

  // As `Read` from `offset`, but full: less than asked only at the end of the file.
  // INVALID_ARGUMENT: `offset` is negative. At or beyond the end: 0 bytes.
  virtual absl::StatusOr<size_t> ReadAt(int64_t offset, std::span<std::byte> buffer) = 0;

  // A view of [offset, offset + length), without a copy.
  //
  // Errors:
  //   INVALID_ARGUMENT     the range isn't within the file, or crosses blocks.
  //   FAILED_PRECONDITION  the block isn't a sealed block of this host: read it.
  virtual absl::StatusOr<BlockView> View(int64_t offset, int64_t length) = 0;

  // INVALID_ARGUMENT: not within [0, length].
  virtual absl::Status Seek(int64_t offset) = 0;
  // Moves on by up to `bytes`, not beyond the end; answers how many.
  virtual absl::StatusOr<int64_t> Skip(int64_t bytes) = 0;
  virtual int64_t position() const = 0;
  virtual int64_t length() const = 0;
  int64_t Remaining() const { return length() - position(); }

  // Ends streams and lets go of blocks; later calls fail FAILED_PRECONDITION.
  virtual absl::Status Close() = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_FILE_IN_STREAM_H_
