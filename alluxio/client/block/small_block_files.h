#ifndef ALLUXIO_CLIENT_BLOCK_SMALL_BLOCK_FILES_H_
#define ALLUXIO_CLIENT_BLOCK_SMALL_BLOCK_FILES_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::client {

// Opens small blocks of workers on this host without asking them.
//
// A worker that named one block's file (OpenLocalBlock) has shown in which folder
// its files lie, each named by its block's id. A file there that everybody may
// read and nobody may write any more is the block, and one that the worker would
// give out: its bytes never change, and a descriptor keeps
// them when the worker evicts it. What the worker doesn't see it is told in bulk,
// so that its order of eviction stays right.
//
// Small ones only: the call is most of what they cost, and a big one that is
// evicted while somebody reads would hold memory that the worker counts as free.
//
// Thread-safe.
class SmallBlockFiles {
 public:
  static constexpr int64_t kMaxBytes = int64_t{1} << 20;

  // `path` is the file that the worker at `target` named for the block.
  void Learn(const std::string& target, int64_t block_id, absl::string_view path);

  // The block's file if it is where the worker's others are, has at least
  // `length` bytes, and its mode is 0444; else an invalid descriptor. Notes
  // the block as used.
  UniqueFd Open(const std::string& target, int64_t block_id, int64_t length);

  // What was used since the last time, by target.
  std::map<std::string, std::vector<int64_t>> TakeUsed();

  // That worker doesn't understand being told: it is asked for each block again.
  void GiveUp(const std::string& target);

 private:
  struct Worker {
    std::vector<std::string> folders;  // with '/' at the end
    bool given_up = false;
    std::vector<int64_t> used;
  };

  Mutex mutex_;
  std::map<std::string, Worker> workers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_SMALL_BLOCK_FILES_H_
