#ifndef ALLUXIO_WORKER_UFSREAD_DIRECT_READER_H_
#define ALLUXIO_WORKER_UFSREAD_DIRECT_READER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/ufs/under_file_system.h"
#include "alluxio/worker/ufsread/cold_block.h"
#include "alluxio/worker/ufsread/read_gate.h"
#include "alluxio/worker/ufsread/task_group.h"
#include "alluxio/worker/ufsread/ufs_manager.h"

namespace alluxio::worker {

// Opens the file of a block, which may have become shorter than the block wants;
// blocks. Errors as those of ColdReader::Read.
struct ColdFile {
  std::unique_ptr<ufs::UfsReader> reader;
  bool is_local = false;  // a folder of this host: requests cost little
};
absl::StatusOr<ColdFile> OpenColdFile(UfsManager& ufs, const ColdBlock& block);

// Where a block begins in the file that OpenColdFile opens.
inline int64_t FileOffsetOf(const ColdBlock& block) { return block.in_ufs_tier ? 0 : block.offset_in_file; }

// What the under store's failure means for a reader of a block.
absl::Status ColdError(const absl::Status& status, const ColdBlock& block);
// OUT_OF_RANGE: the file ends before the block does. Such a block isn't cached;
// who reads it gets what there is.
absl::Status ShortFile(const ColdBlock& block, int64_t file_bytes);

// Reads the range [.., end) of a block from the under store into buffers, up to
// `parallel_ranges` of them ahead of the reader, without caching anything. A file
// that is shorter ends the range early.
struct DirectReaderOptions {
  UfsManager* ufs = nullptr;
  TaskGroup* tasks = nullptr;
  std::function<void(int64_t)> count_bytes;
  int64_t range_bytes = int64_t{1} << 20;
  int parallel_ranges = 4;
};
std::unique_ptr<ColdReader> NewDirectReader(const DirectReaderOptions& options, const ColdBlock& block,
                                            int64_t end_bytes);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_DIRECT_READER_H_
