#ifndef ALLUXIO_WORKER_UFSREAD_REMOTE_BLOCK_READER_H_
#define ALLUXIO_WORKER_UFSREAD_REMOTE_BLOCK_READER_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "alluxio/worker/ufsread/cold_block.h"

namespace alluxio::worker {

// Reads blocks of other workers. Thread-safe.
class RemoteBlockReader {
 public:
  virtual ~RemoteBlockReader() = default;
  // Hands the whole block to `sink`, in order, piece by piece; blocks. Stops at
  // the sink's error and returns it.
  virtual absl::Status Read(const std::string& host, int port, const ColdBlock& block,
                            absl::FunctionRef<absl::Status(absl::string_view)> sink) = 0;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_REMOTE_BLOCK_READER_H_
