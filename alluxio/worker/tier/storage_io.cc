#include "alluxio/worker/tier/storage_io.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"

namespace alluxio::worker {
namespace {

constexpr uint32_t kTmpfsMagic = 0x01021994;
constexpr uint32_t kRamfsMagic = 0x858458f6;
constexpr uint32_t kZfsMagic = 0x2fc12fc1;

}  // namespace

absl::StatusOr<UniqueFd> StorageIo::OpenAt(int dir, const std::string& name, int flags, mode_t mode) {
  UniqueFd fd(::openat(dir, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd.valid()) return ErrnoStatus(errno, absl::StrCat("opening block file ", name));
  return fd;
}

absl::Status StorageIo::WriteAt(int fd, int64_t offset, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (n < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, absl::StrCat("writing ", bytes.size(), " bytes of a block at ", offset));
    }
    offset += n;
    bytes.remove_prefix(n);
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> StorageIo::ReadAt(int fd, int64_t offset, absl::Span<char> buffer) {
  size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t n = ::pread(fd, buffer.data() + done, buffer.size() - done, offset + done);
    if (n < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, absl::StrCat("reading ", buffer.size(), " bytes of a block at ", offset));
    }
    if (n == 0) break;
    done += n;
  }
  return done;
}

absl::Status StorageIo::Allocate(int fd, int64_t length_bytes) {
  if (length_bytes == 0) return absl::OkStatus();
  // Room first: a page that is missing when a mapping is touched ends in
  // SIGBUS. ramfs can't allocate ahead, and doesn't run full either.
  if (::fallocate(fd, 0, 0, length_bytes) == 0) return absl::OkStatus();
  if (errno != EOPNOTSUPP && errno != ENOSYS) {
    return ErrnoStatus(errno, absl::StrCat("allocating ", length_bytes, " bytes for a block"));
  }
  if (::ftruncate(fd, length_bytes) != 0) {
    return ErrnoStatus(errno, absl::StrCat("setting the length of a block to ", length_bytes));
  }
  return absl::OkStatus();
}

absl::Status StorageIo::Truncate(int fd, int64_t length_bytes) {
  if (::ftruncate(fd, length_bytes) == 0) return absl::OkStatus();
  return ErrnoStatus(errno, absl::StrCat("setting the length of a block to ", length_bytes));
}

absl::Status StorageIo::Chmod(int fd, mode_t mode) {
  if (::fchmod(fd, mode) != 0) return ErrnoStatus(errno, "setting the mode of a block file");
  return absl::OkStatus();
}

absl::Status StorageIo::RenameAt(int from_dir, const std::string& from, int to_dir, const std::string& to) {
  if (::renameat(from_dir, from.c_str(), to_dir, to.c_str()) != 0) {
    return ErrnoStatus(errno, absl::StrCat("renaming block file ", from, " to ", to));
  }
  return absl::OkStatus();
}

absl::Status StorageIo::UnlinkAt(int dir, const std::string& name) {
  if (::unlinkat(dir, name.c_str(), 0) != 0) return ErrnoStatus(errno, absl::StrCat("removing block file ", name));
  return absl::OkStatus();
}

absl::StatusOr<struct stat> StorageIo::StatAt(int dir, const std::string& name) {
  struct stat st;
  if (::fstatat(dir, name.c_str(), &st, AT_SYMLINK_NOFOLLOW | (name.empty() ? AT_EMPTY_PATH : 0)) != 0) {
    return ErrnoStatus(errno, absl::StrCat("looking at block file ", name));
  }
  return st;
}

bool StorageIo::HasHole(int fd, int64_t length_bytes) {
  if (length_bytes == 0) return false;
  struct statfs fs;
  // ZFS makes holes of zeros by itself.
  if (::fstatfs(fd, &fs) != 0 || static_cast<uint32_t>(fs.f_type) == kZfsMagic) return false;
  const off_t hole = ::lseek(fd, 0, SEEK_HOLE);  // room that was allocated only counts as a hole
  return hole >= 0 && hole < length_bytes;
}

absl::StatusOr<StorageIo::FileSystem> StorageIo::FileSystemOf(int fd) {
  struct statfs fs;
  struct stat st;
  if (::fstatfs(fd, &fs) != 0 || ::fstat(fd, &st) != 0) return ErrnoStatus(errno, "asking for a storage directory's file system");
  const auto type = static_cast<uint32_t>(fs.f_type);
  return FileSystem{.in_memory = type == kTmpfsMagic || type == kRamfsMagic,
                    .size_bytes = static_cast<int64_t>(fs.f_blocks) * static_cast<int64_t>(fs.f_bsize),
                    .device = st.st_dev};
}

namespace {

bool GrantsLease(int fd, int kind) {
  // A lease that breaks sends SIGIO, which ends a process that doesn't expect
  // it: SIGURG, ignored by default, takes its place.
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return false;
  if (::fcntl(fd, F_SETLEASE, kind) != 0) return false;
  ::fcntl(fd, F_SETLEASE, F_UNLCK);
  return true;
}

}  // namespace

bool StorageIo::NobodyWrites(int fd) { return GrantsLease(fd, F_RDLCK); }

bool StorageIo::NobodyElseUses(int fd) {
  struct stat st;
  return ::fstat(fd, &st) == 0 && st.st_nlink == 1 && GrantsLease(fd, F_WRLCK);
}

StorageIo* StorageIo::System() {
  static StorageIo* const io = new StorageIo;
  return io;
}

}  // namespace alluxio::worker
