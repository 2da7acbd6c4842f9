#ifndef ALLUXIO_WORKER_TIER_TIER_OPTIONS_H_
#define ALLUXIO_WORKER_TIER_TIER_OPTIONS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::worker {

struct DirOptions {
  std::string path;
  int64_t capacity_bytes = 0;
  std::string medium_type;  // MEM, SSD, HDD
  // Nobody asked for this capacity: it is 2/3 of the memory, or what of that a
  // smaller memory file system has. A capacity that somebody asked for is kept or
  // the start fails.
  bool capacity_is_default = false;
};

struct TierOptions {
  std::string alias;  // MEM, SSD, HDD
  std::vector<DirOptions> dirs;
};

enum class EvictionOrderKind { kLru, kLrfu };
enum class AllocatorKind { kMaxFree, kGreedy, kRoundRobin };

// Where a worker keeps its blocks and by which rules.
struct StoreLayout {
  std::vector<TierOptions> tiers;  // top first
  std::string data_folder = "alluxioworker";
  std::string tmp_folder = ".tmp_blocks";
  // Set only if the user did (then with the sticky bit, as the original).
  std::optional<mode_t> folder_mode;
  EvictionOrderKind order = EvictionOrderKind::kLru;
  AllocatorKind allocator = AllocatorKind::kMaxFree;
};

// The layout that the properties ask for: `alluxio.worker.tieredstore.levels`,
// `...level{N}.alias|dirs.path|dirs.quota|dirs.mediumtype`,
// `alluxio.worker.data.folder(.tmp|.permissions)`, `alluxio.worker.allocator.class`,
// `alluxio.worker.block.annotator.class`.
// A list of quotas or media shorter than the list of folders goes on with its
// last entry, as in the original.
//   INVALID_ARGUMENT     names the key, the value, where it came from and what is allowed
//   FAILED_PRECONDITION  names a key that must be set and isn't
absl::StatusOr<StoreLayout> LayoutFrom(const conf::Configuration& configuration);

// "rwxrwxrwx" or "0755".
absl::StatusOr<mode_t> ParseFolderMode(absl::string_view text);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_TIER_TIER_OPTIONS_H_
