#ifndef ALLUXIO_BASE_CGROUP_H_
#define ALLUXIO_BASE_CGROUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alluxio {

// What the control group of a process has of the memory it may use. Pages of
// files are charged to the group of the process that wrote them: those of a
// shared ramdisk too.
struct CgroupMemory {
  int64_t page_cache_bytes = 0;  // of all files; those of tmpfs are in it
  int64_t shmem_bytes = 0;       // of files on tmpfs
};

// The control group (version 1, version 2 or both at once) that this process is
// in: a container's limits, and what is charged against them. Immutable; reads
// the kernel's files anew at each question, so what it says is of now.
class Cgroup {
 public:
  // Finds it by /proc/self/mountinfo and /proc/self/cgroup. `root` stands for "/":
  // tests give a folder of their own. Without control groups nothing is limited.
  static Cgroup OfThisProcess(const std::string& root = "/");

  // The smallest limit of the group and of those above it that can be seen.
  std::optional<int64_t> MemoryLimit() const;
  // nullopt: no memory controller, or one that doesn't count.
  std::optional<CgroupMemory> Memory() const;
  // Processors' worth of time, rounded up; at least 1.
  std::optional<int> CpuLimit() const;

 private:
  // One controller's folders, that of the group first, that of the mount last.
  struct Controller {
    bool version_2 = false;
    std::vector<std::string> folders;
  };
  Controller memory_;
  Controller cpu_;
};

}  // namespace alluxio

#endif  // ALLUXIO_BASE_CGROUP_H_
