#include "alluxio/ufs/local/local_system.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <deque>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::ufs {
namespace {

// As many as the kernel follows in one look-up.
constexpr int kMaxLinks = 40;
// Of a look-up that raced with a rename, which the kernel refuses with EAGAIN.
constexpr int kMaxTries = 128;

int Fail(int error) {
  errno = error;
  return -1;
}

// The target of the link `name` in `directory`. "" with errno 0: it is no link; with another errno: the error.
std::string LinkTarget(int directory, const std::string& name) {
  char buffer[PATH_MAX];
  const ssize_t length = ::readlinkat(directory, name.c_str(), buffer, sizeof(buffer));
  if (length >= 0) return std::string(buffer, static_cast<size_t>(length));
  if (errno == EINVAL) errno = 0;
  return "";
}

void PushFront(std::deque<std::string>& pending, const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  pending.insert(pending.begin(), parts.begin(), parts.end());
}

}  // namespace

int LocalSystem::OpenAt2(int directory, const char* path, int flags) {
  open_how how = {};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof(how)));
}

ssize_t LocalSystem::Pread(int fd, void* buffer, size_t count, off_t offset) {
  return ::pread(fd, buffer, count, offset);
}
ssize_t LocalSystem::Write(int fd, const void* buffer, size_t count) { return ::write(fd, buffer, count); }
int LocalSystem::Fdatasync(int fd) { return ::fdatasync(fd); }
int LocalSystem::Fsync(int fd) { return ::fsync(fd); }

int LocalSystem::Rename(int from_directory, const char* from, int to_directory, const char* to, bool replace) {
  if (replace) return ::renameat(from_directory, from, to_directory, to);
  const int result = ::renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
  if (result == 0 || (errno != EINVAL && errno != ENOSYS)) return result;
  // File systems without the flag (NFS): a second name for the file, then the first one goes.
  if (::linkat(from_directory, from, to_directory, to, 0) != 0) return -1;
  return ::unlinkat(from_directory, from, 0);
}

LocalSystem* LocalSystem::Default() {
  static LocalSystem* const system = new LocalSystem;
  return system;
}

int OpenBeneath(LocalSystem& system, bool use_openat2, int root, const std::string& path, int flags) {
  if (!use_openat2) return WalkBeneath(root, path, flags);
  for (int i = 0; i < kMaxTries; ++i) {
    const int fd = system.OpenAt2(root, path.empty() ? "." : path.c_str(), flags | O_CLOEXEC);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) return fd;
  }
  return WalkBeneath(root, path, flags);
}

int WalkBeneath(int root, const std::string& path, int flags) {
  std::deque<std::string> pending;
  PushFront(pending, path);
  std::vector<UniqueFd> stack;  // the folders from below the root to where we are
  for (int links = 0; !pending.empty();) {
    const int here = stack.empty() ? root : stack.back().get();
    const std::string name = pending.front();
    pending.pop_front();
    if (name == ".") continue;
    if (name == "..") {
      if (stack.empty()) return Fail(EXDEV);
      stack.pop_back();
      continue;
    }
    const std::string target = LinkTarget(here, name);
    if (target.empty() && errno != 0) return -1;
    if (!target.empty()) {
      if (++links > kMaxLinks) return Fail(ELOOP);
      if (target.front() == '/') return Fail(EXDEV);
      PushFront(pending, target);
      continue;
    }
    // A link put here meanwhile is not followed: ELOOP, or the link itself with O_PATH.
    if (pending.empty()) return ::openat(here, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
    UniqueFd next(::openat(here, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid()) return -1;
    stack.push_back(std::move(next));
  }
  return ::openat(stack.empty() ? root : stack.back().get(), ".", flags | O_CLOEXEC);
}

}  // namespace alluxio::ufs
