#ifndef ALLUXIO_CONTAINER_ENTRYPOINT_MAIN_H_
#define ALLUXIO_CONTAINER_ENTRYPOINT_MAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace alluxio::container {

// One folder of the worker's top tier, and what was found there.
struct TierFolder {
  std::string path;
  int64_t wanted_bytes = 0;
  bool in_memory = false;
  int64_t size_bytes = 0;  // 0: the file system does not say (ramfs)
};

// Whether what a container was given is as large as it was told.
//   FAILED_PRECONDITION  a memory file system is smaller than what is wanted of
//                        it: names both sizes and the flag to add
// `memory_limit` is the cgroup's; too little of it is a line in `notes`.
absl::Status CheckMemory(const std::vector<TierFolder>& folders, std::optional<int64_t> memory_limit,
                         std::vector<std::string>* notes);

// `alluxio entrypoint VERB [--no-format]`: carries PlanStart's plan out and becomes
// the service, in the same process. Returns only on failure: 1, after one line.
int EntrypointMain(int argc, char** argv);

// `GetConfKey VARIABLE`: prints the property that a variable names; 1 if none.
int GetConfKeyMain(int argc, char** argv);

}  // namespace alluxio::container

#endif  // ALLUXIO_CONTAINER_ENTRYPOINT_MAIN_H_
