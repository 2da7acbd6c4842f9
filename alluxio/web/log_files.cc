#include "alluxio/web/log_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::web {
namespace {

constexpr size_t kMaxFiles = 10000;

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

bool IsLog(absl::string_view name) { return absl::EndsWithIgnoreCase(name, ".log"); }

}  // namespace

std::vector<LogFiles::File> LogFiles::List() const {
  std::vector<File> files;
  const Folder folder(opendir(folder_.c_str()), closedir);
  if (folder == nullptr) return files;
  while (const dirent* entry = readdir(folder.get())) {
    struct stat info;
    if (!IsLog(entry->d_name) || fstatat(dirfd(folder.get()), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode)) {
      continue;
    }
    files.push_back({entry->d_name, info.st_size, info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1'000'000});
    if (files.size() == kMaxFiles) break;
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.name < b.name; });
  return files;
}

absl::StatusOr<LogFiles::Part> LogFiles::Read(absl::string_view name, int64_t offset, bool from_end,
                                              int64_t length) const {
  const absl::Status missing = absl::NotFoundError(absl::StrCat("there is no log file ", name));
  const Folder folder(opendir(folder_.c_str()), closedir);
  if (folder == nullptr) return missing;
  // The name that is opened is one that the folder gave, so it has no slash.
  std::string found;
  while (const dirent* entry = readdir(folder.get())) {
    if (name == entry->d_name && IsLog(name)) found = entry->d_name;
  }
  if (found.empty()) return missing;
  // Not blocking: nobody may make us wait at a pipe of that name.
  const UniqueFd file(
      openat(dirfd(folder.get()), found.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat info;
  if (file.get() < 0 || fstat(file.get(), &info) != 0) {
    return errno == ELOOP ? missing : ErrnoStatus(errno, absl::StrCat("log file ", name));
  }
  if (!S_ISREG(info.st_mode)) return missing;
  Part part;
  part.size_bytes = info.st_size;
  part.offset = PartOffset(offset, from_end, part.size_bytes);
  part.content.resize(static_cast<size_t>(std::clamp<int64_t>(part.size_bytes - part.offset, 0, length)));
  size_t filled = 0;
  while (filled < part.content.size()) {
    const ssize_t n = pread(file.get(), part.content.data() + filled, part.content.size() - filled,
                            part.offset + static_cast<int64_t>(filled));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, absl::StrCat("reading log file ", name));
    if (n == 0) break;
    filled += static_cast<size_t>(n);
  }
  part.content.resize(filled);
  return part;
}

int64_t PartOffset(int64_t offset, bool from_end, int64_t size) {
  offset = std::clamp<int64_t>(offset, 0, size);
  return from_end ? size - offset : offset;
}

}  // namespace alluxio::web
