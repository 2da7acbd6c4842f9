#ifndef ALLUXIO_WORKER_UFSREAD_UFS_BLOCK_NAME_H_
#define ALLUXIO_WORKER_UFSREAD_UFS_BLOCK_NAME_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace alluxio::worker {

// Where, below the root of its mount, a block lies in the under store that has no
// file there yet: the temporary name of the folder `.alluxio_ufs_blocks`, as the
// original forms it. Other parts of the system leave it out of listings by this name.
inline std::string UfsBlockName(int64_t block_id) {
  return absl::StrCat(".alluxio_ufs_blocks.alluxio.0x1D91AC0E01AB0165.tmp/", block_id);
}

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_UFS_BLOCK_NAME_H_
