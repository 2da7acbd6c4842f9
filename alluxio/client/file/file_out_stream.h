#ifndef ALLUXIO_CLIENT_FILE_FILE_OUT_STREAM_H_
#define ALLUXIO_CLIENT_FILE_FILE_OUT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace alluxio::client {

// Writes one new file, from its start to its end (PROTOCOL section 15 says what
// each write type does). One thread at a time.
//
// A file is readable after `Close` returned OK, not before. The destructor of a
// stream that was neither closed nor cancelled cancels it.
class FileOutStream {
 public:
  virtual ~FileOutStream() = default;

  // Takes all of `data`, or fails: then the stream can only be cancelled.
  //
  // Errors:
  //   RESOURCE_EXHAUSTED  no worker has room for the block.
  //   UNAVAILABLE         no live worker, or it was lost and the write type has
  //                       no under store to go on with.
  virtual absl::Status Write(std::span<const std::byte> data) = 0;
  absl::Status Write(absl::string_view data) {
    return Write(std::span(reinterpret_cast<const std::byte*>(data.data()), data.size()));
  }

  // Waits until the workers have all that was written.
  virtual absl::Status Flush() = 0;

  // Commits the blocks, then completes the file. Twice is once.
  virtual absl::Status Close() = 0;

  // Throws away what was written. The incomplete file stays in the namespace,
  // as the original leaves it; its maker deletes it.
  virtual absl::Status Cancel() = 0;

  virtual int64_t bytes_written() const = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_FILE_OUT_STREAM_H_
