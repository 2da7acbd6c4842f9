#ifndef ALLUXIO_BASE_DISK_H_
#define ALLUXIO_BASE_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio {

// An open file. Thread-safe as pread and pwrite are; closed by its destructor.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  // Writes all of `data` at `offset`; a hole before it reads as zeros.
  virtual absl::Status Write(int64_t offset, absl::string_view data) = 0;
  // Fills `buffer` from `offset`; fewer than `size` bytes only at the file's end.
  virtual absl::StatusOr<size_t> Read(int64_t offset, char* buffer, size_t size) const = 0;
  virtual absl::StatusOr<int64_t> Size() const = 0;
  // The bytes written and the size survive power loss on return. After an error
  // what was written since the last success is unknown, for ever.
  virtual absl::Status SyncData() = 0;
  virtual absl::Status Truncate(int64_t size) = 0;
};

// Held until destroyed (or until the process dies, however).
class DiskLock {
 public:
  virtual ~DiskLock() = default;
};

// The file operations that durable parts (the journal, indexes) are built of,
// so that tests can put a disk below them that loses unsynced bytes or fails.
//
// Thread-safe. Errors are those of `ErrnoStatus` and name the path.
class Disk {
 public:
  enum class Mode {
    kRead,       // NOT_FOUND if absent
    kReadWrite,  // NOT_FOUND if absent
    kCreate,     // for reading and writing; ALREADY_EXISTS if present
  };

  virtual ~Disk() = default;
  virtual absl::StatusOr<std::unique_ptr<DiskFile>> Open(const std::string& path, Mode mode) = 0;
  // Replaces `to`. Durable once both directories are synced, as are creation and removal.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Unlink(const std::string& path) = 0;
  // Names (not paths) in `directory`, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) = 0;
  // With all parents, each made durable; fine if it is there.
  virtual absl::Status CreateDirectories(const std::string& directory) = 0;
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;
  // Takes the exclusive lock that the file `path` (created if absent) stands for.
  // FAILED_PRECONDITION: somebody holds it.
  virtual absl::StatusOr<std::unique_ptr<DiskLock>> Lock(const std::string& path) = 0;

  // The whole file.
  absl::StatusOr<std::string> ReadAll(const std::string& path);

  // The machine's disks; lives for ever.
  static Disk* Posix();
};

}  // namespace alluxio

#endif  // ALLUXIO_BASE_DISK_H_
