#ifndef ALLUXIO_WORKER_TIER_STORAGE_IO_H_
#define ALLUXIO_WORKER_TIER_STORAGE_IO_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::worker {

// The system calls by which block files are made, filled, named and removed:
// the seam where tests let a disk be full or broken. Names are relative to a
// directory descriptor and a symbolic link as last component is never followed.
//
// Thread-safe. Errors are those of ErrnoStatus, with the name in the text.
class StorageIo {
 public:
  virtual ~StorageIo() = default;

  virtual absl::StatusOr<UniqueFd> OpenAt(int dir, const std::string& name, int flags, mode_t mode);
  // All of `bytes`, or an error.
  virtual absl::Status WriteAt(int fd, int64_t offset, absl::string_view bytes);
  // Fewer bytes than asked for only at the end of the file.
  virtual absl::StatusOr<size_t> ReadAt(int fd, int64_t offset, absl::Span<char> buffer);
  // Gives the file this length and, where the file system can, its room.
  virtual absl::Status Allocate(int fd, int64_t length_bytes);
  // Frees what is beyond; a file that is shorter gets zeroes.
  virtual absl::Status Truncate(int fd, int64_t length_bytes);
  virtual absl::Status Chmod(int fd, mode_t mode);
  virtual absl::Status RenameAt(int from_dir, const std::string& from, int to_dir, const std::string& to);
  virtual absl::Status UnlinkAt(int dir, const std::string& name);
  // No name: of the descriptor itself.
  virtual absl::StatusOr<struct stat> StatAt(int dir, const std::string& name);
  // Whether bytes before `length_bytes` were never written, as far as the file
  // system keeps account of that. False where it can't tell.
  virtual bool HasHole(int fd, int64_t length_bytes);
  // The file system that a file or folder lies on.
  struct FileSystem {
    bool in_memory = false;  // tmpfs or ramfs
    int64_t size_bytes = 0;  // 0: unlimited, as ramfs says
    uint64_t device = 0;
  };
  virtual absl::StatusOr<FileSystem> FileSystemOf(int fd);
  // Whether no descriptor or mapping anywhere can write the file. Only a lease
  // tells; it is given back at once. False as well where leases don't work.
  virtual bool NobodyWrites(int fd);
  // Whether this descriptor is the only thing anywhere that knows the file: no
  // other descriptor, no mapping, no second name. As above.
  virtual bool NobodyElseUses(int fd);

  // The machine's; lives for ever.
  static StorageIo* System();
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_TIER_STORAGE_IO_H_
