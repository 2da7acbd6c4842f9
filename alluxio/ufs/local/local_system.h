#ifndef ALLUXIO_UFS_LOCAL_LOCAL_SYSTEM_H_
#define ALLUXIO_UFS_LOCAL_LOCAL_SYSTEM_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace alluxio::ufs {

// The system calls of the local store that fail in ways a test must be able to
// bring about. Each answers as the call does: -1 and errno. Thread-safe.
class LocalSystem {
 public:
  virtual ~LocalSystem() = default;

  // openat2 with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS; ENOSYS where the
  // kernel has none (before 5.6), EPERM where a container's filter hides it.
  virtual int OpenAt2(int directory, const char* path, int flags);
  virtual ssize_t Pread(int fd, void* buffer, size_t count, off_t offset);
  virtual ssize_t Write(int fd, const void* buffer, size_t count);
  virtual int Fdatasync(int fd);
  virtual int Fsync(int fd);
  // renameat; if not `replace`, EEXIST when something is at `to`.
  virtual int Rename(int from_directory, const char* from, int to_directory, const char* to, bool replace);

  static LocalSystem* Default();
};

// Opens `path`, relative to `root`, never leaving the tree below `root`: a
// symbolic link may lead to another place inside, one that leads outside (or is
// absolute) gives EXDEV. `flags` as for open, without O_CREAT; O_CLOEXEC is
// added. With `use_openat2` the kernel does it, else it is done name by name.
int OpenBeneath(LocalSystem& system, bool use_openat2, int root, const std::string& path, int flags);
// Name by name, for kernels without openat2.
int WalkBeneath(int root, const std::string& path, int flags);

}  // namespace alluxio::ufs

#endif  // ALLUXIO_UFS_LOCAL_LOCAL_SYSTEM_H_
