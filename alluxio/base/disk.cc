#include "alluxio/base/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio {
namespace {

absl::Status Failed(absl::string_view what, const std::string& path) {
  return ErrnoStatus(errno, absl::StrCat(what, " ", path));
}

class PosixFile final : public DiskFile {
 public:
  PosixFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  absl::Status Write(int64_t offset, absl::string_view data) override {
    while (!data.empty()) {
      const ssize_t n = ::pwrite(fd_.get(), data.data(), data.size(), offset);
      if (n < 0) {
        if (errno == EINTR) continue;
        return Failed("writing to", path_);
      }
      data.remove_prefix(static_cast<size_t>(n));
      offset += n;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Read(int64_t offset, char* buffer, size_t size) const override {
    size_t done = 0;
    while (done < size) {
      const ssize_t n = ::pread(fd_.get(), buffer + done, size - done, offset + static_cast<int64_t>(done));
      if (n < 0) {
        if (errno == EINTR) continue;
        return Failed("reading", path_);
      }
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  absl::StatusOr<int64_t> Size() const override {
    struct stat st;
    if (::fstat(fd_.get(), &st) != 0) return Failed("looking at", path_);
    return static_cast<int64_t>(st.st_size);
  }

  absl::Status SyncData() override {
    if (::fdatasync(fd_.get()) != 0) return Failed("syncing", path_);
    return absl::OkStatus();
  }

  absl::Status Truncate(int64_t size) override {
    if (::ftruncate(fd_.get(), size) != 0) return Failed("cutting", path_);
    return absl::OkStatus();
  }

 private:
  const UniqueFd fd_;
  const std::string path_;
};

class PosixLock final : public DiskLock {
 public:
  explicit PosixLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  const UniqueFd fd_;
};

class PosixDisk final : public Disk {
 public:
  absl::StatusOr<std::unique_ptr<DiskFile>> Open(const std::string& path, Mode mode) override {
    const int flags = mode == Mode::kRead        ? O_RDONLY
                      : mode == Mode::kReadWrite ? O_RDWR
                                                 : O_RDWR | O_CREAT | O_EXCL;
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, 0640));
    if (!fd.valid()) return Failed("opening", path);
    return std::make_unique<PosixFile>(std::move(fd), path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return Failed(absl::StrCat("renaming ", from, " to"), to);
    return absl::OkStatus();
  }

  absl::Status Unlink(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return Failed("removing", path);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    DIR* const dir = ::opendir(directory.c_str());
    if (dir == nullptr) return Failed("listing", directory);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(dir)) {
      const absl::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    const int error = errno;
    ::closedir(dir);
    if (error != 0) return ErrnoStatus(error, absl::StrCat("listing ", directory));
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status CreateDirectories(const std::string& directory) override {
    if (::mkdir(directory.c_str(), 0750) == 0) {
      const size_t slash = directory.find_last_of('/');
      return SyncDirectory(slash == std::string::npos ? "." : slash == 0 ? "/" : directory.substr(0, slash));
    }
    if (errno == EEXIST) {
      struct stat st;
      if (::stat(directory.c_str(), &st) != 0) return Failed("looking at", directory);
      if (S_ISDIR(st.st_mode)) return absl::OkStatus();
      return absl::FailedPreconditionError(absl::StrCat(directory, " is not a directory"));
    }
    const size_t slash = directory.find_last_of('/');
    if (errno != ENOENT || slash == std::string::npos || slash == 0) return Failed("creating directory", directory);
    ALLUXIO_RETURN_IF_ERROR(CreateDirectories(directory.substr(0, slash)));
    // "a/b/": what is left is there now.
    if (slash + 1 == directory.size()) return absl::OkStatus();
    // Once, and not as before: /proc says "no such file" whatever its parent is.
    if (::mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) return Failed("creating directory", directory);
    return SyncDirectory(directory.substr(0, slash));
  }

  absl::Status SyncDirectory(const std::string& directory) override {
    UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid()) return Failed("opening", directory);
    // Some file systems have nothing to sync in a directory and say so.
    if (::fsync(fd.get()) != 0 && errno != EINVAL) return Failed("syncing", directory);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<DiskLock>> Lock(const std::string& path) override {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    if (!fd.valid()) return Failed("opening", path);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) {
        return absl::FailedPreconditionError(absl::StrCat(path, " is locked by another process"));
      }
      return Failed("locking", path);
    }
    return std::make_unique<PosixLock>(std::move(fd));
  }
};

}  // namespace

absl::StatusOr<std::string> Disk::ReadAll(const std::string& path) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<DiskFile> file, Open(path, Mode::kRead));
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t size, file->Size());
  std::string content(static_cast<size_t>(size), '\0');
  ALLUXIO_ASSIGN_OR_RETURN(const size_t n, file->Read(0, content.data(), content.size()));
  content.resize(n);
  return content;
}

Disk* Disk::Posix() {
  static PosixDisk* const disk = new PosixDisk;
  return disk;
}

}  // namespace alluxio
