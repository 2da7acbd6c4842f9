// Preloaded into a server (LD_PRELOAD): makes one call site of the file system's
// calls fail, and writes down which call sites there are.
//
//   ALLUXIO_FAULT_FOLDER   only files below it count
//   ALLUXIO_FAULT_SITES    file that gets a line "SITE CALL PATH" for each call
//                          site when it is first visited, and "FAULT ..." lines
//   ALLUXIO_FAULT_SITE     the one that fails (hexadecimal)
//   ALLUXIO_FAULT_CALL     instead of a site: "write", all of them
//   ALLUXIO_FAULT_WHILE    only as long as this file is there
//   ALLUXIO_FAULT_ERRNO    with this errno; 0: reads and writes do half of it
//   ALLUXIO_FAULT_LASTING  1: from then on always, else once
//
// A site is a call with the four callers above it, by their places in the
// binary, hence the same in each run of one binary.
#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

char folder[4096];
size_t folder_size = 0;
int sites_fd = -1;
uint64_t failing_site = 0;
int failing_errno = 0;
char failing_call[32];
char while_path[4096];
bool lasting = false;
std::atomic<bool> active{false};
std::atomic<bool> failed{false};
constexpr size_t kSites = 1 << 14;
std::atomic<uint64_t> seen[kSites];
thread_local bool inside = false;

__attribute__((constructor)) void Configure() {
  const char* where = std::getenv("ALLUXIO_FAULT_FOLDER");
  if (where == nullptr) return;
  folder_size = std::strlen(where);
  if (folder_size >= sizeof(folder)) return;
  std::memcpy(folder, where, folder_size + 1);
  if (const char* sites = std::getenv("ALLUXIO_FAULT_SITES")) {
    sites_fd = static_cast<int>(
        ::syscall(SYS_openat, AT_FDCWD, sites, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  }
  if (const char* site = std::getenv("ALLUXIO_FAULT_SITE")) failing_site = std::strtoull(site, nullptr, 16);
  if (const char* number = std::getenv("ALLUXIO_FAULT_ERRNO")) failing_errno = std::atoi(number);
  if (const char* call = std::getenv("ALLUXIO_FAULT_CALL")) std::snprintf(failing_call, sizeof(failing_call), "%s", call);
  if (const char* path = std::getenv("ALLUXIO_FAULT_WHILE")) std::snprintf(while_path, sizeof(while_path), "%s", path);
  lasting = std::getenv("ALLUXIO_FAULT_LASTING") != nullptr;
  ::unsetenv("LD_PRELOAD");
  void* frames[4];
  ::backtrace(frames, 4);  // loads what it needs now
  active = true;
}

void Line(const char* first, uint64_t site, const char* call, const char* path) {
  if (sites_fd < 0) return;
  char line[4600];
  const int n = std::snprintf(line, sizeof(line), "%s%016lx %s %s\n", first, site, call, path);
  if (n > 0) ::syscall(SYS_write, sites_fd, line, static_cast<size_t>(n));
}

// Of the file's path: whether it counts.
bool PathOf(int dir, const char* name, char* path, size_t size) {
  size_t n = 0;
  if (name == nullptr || name[0] != '/') {
    if (dir == AT_FDCWD) return false;
    char link[64];
    std::snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
    const ssize_t read = ::readlink(link, path, size - 1);
    if (read <= 0) return false;
    n = static_cast<size_t>(read);
  }
  if (name != nullptr) n += static_cast<size_t>(std::snprintf(path + n, size - n, "%s%s", n > 0 ? "/" : "", name));
  path[std::min(n, size - 1)] = '\0';
  return std::strncmp(path, folder, folder_size) == 0;
}

uint64_t SiteOf(const char* call) {
  void* frames[8];
  const int n = ::backtrace(frames, 8);
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](uint64_t value) { hash = (hash ^ value) * 0x100000001b3; };
  for (const char* c = call; *c; ++c) add(static_cast<unsigned char>(*c));
  // Without this function, its caller and the wrapper.
  for (int i = 3; i < n && i < 7; ++i) {
    Dl_info info;
    if (::dladdr(frames[i], &info) == 0) continue;
    add(reinterpret_cast<uint64_t>(frames[i]) - reinterpret_cast<uint64_t>(info.dli_fbase));
  }
  return hash;
}

// True: the call fails now.
__attribute__((noinline)) bool Fails(const char* call, int dir, const char* name) {
  if (!active || inside) return false;
  const int error = errno;
  inside = true;
  char path[4200];
  bool fails = false;
  if (PathOf(dir, name, path, sizeof(path))) {
    const uint64_t site = SiteOf(call);
    if ((site == failing_site || std::strcmp(call, failing_call) == 0) &&
        (while_path[0] == '\0' || ::access(while_path, F_OK) == 0) && (!failed.exchange(true) || lasting)) {
      Line("FAULT ", site, call, path);
      fails = true;
    } else {
      for (size_t i = site % kSites, step = 0; step < kSites; ++step, i = (i + 1) % kSites) {
        uint64_t there = seen[i];
        if (there == site) break;
        if (there == 0 && seen[i].compare_exchange_strong(there, site)) {
          Line("", site, call, path);
          break;
        }
      }
    }
  }
  inside = false;
  errno = error;
  return fails;
}

template <typename Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

#define REAL(name) static const auto real = Real<decltype(&name)>(#name)
#define FAIL_IF(call, dir, name)                     \
  if (Fails(call, dir, name) && failing_errno != 0) { \
    errno = failing_errno;                           \
    return -1;                                       \
  }
// A call of half the bytes, which the caller has to go on from.
#define SHORTEN(call, fd, count)                       \
  if (Fails(call, fd, nullptr)) {                      \
    if (failing_errno != 0) {                          \
      errno = failing_errno;                           \
      return -1;                                       \
    }                                                  \
    if (count > 1) count /= 2;                         \
  }

extern "C" {

#define OPEN(function)                                                                    \
  int function(const char* path, int flags, ...) {                                        \
    va_list more;                                                                         \
    va_start(more, flags);                                                                \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;  \
    va_end(more);                                                                         \
    REAL(function);                                                                       \
    FAIL_IF("open", AT_FDCWD, path);                                                      \
    return real(path, flags, mode);                                                       \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(function)                                                                  \
  int function(int dir, const char* path, int flags, ...) {                               \
    va_list more;                                                                         \
    va_start(more, flags);                                                                \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;  \
    va_end(more);                                                                         \
    REAL(function);                                                                       \
    FAIL_IF("open", dir, path);                                                           \
    return real(dir, path, flags, mode);                                                  \
  }
OPENAT(openat)
OPENAT(openat64)

#define PREAD(function)                                                 \
  ssize_t function(int fd, void* data, size_t count, off_t offset) {    \
    REAL(function);                                                     \
    SHORTEN("read", fd, count);                                         \
    return real(fd, data, count, offset);                               \
  }
PREAD(pread)
PREAD(pread64)

#define PWRITE(function)                                                     \
  ssize_t function(int fd, const void* data, size_t count, off_t offset) {   \
    REAL(function);                                                          \
    SHORTEN("write", fd, count);                                             \
    return real(fd, data, count, offset);                                    \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t read(int fd, void* data, size_t count) {
  REAL(read);
  SHORTEN("read", fd, count);
  return real(fd, data, count);
}
ssize_t write(int fd, const void* data, size_t count) {
  REAL(write);
  SHORTEN("write", fd, count);
  return real(fd, data, count);
}
ssize_t writev(int fd, const iovec* parts, int count) {
  REAL(writev);
  SHORTEN("write", fd, count);
  return real(fd, parts, count);
}

int fsync(int fd) {
  REAL(fsync);
  FAIL_IF("sync", fd, nullptr);
  return real(fd);
}
int fdatasync(int fd) {
  REAL(fdatasync);
  FAIL_IF("sync", fd, nullptr);
  return real(fd);
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
  REAL(fallocate);
  FAIL_IF("fallocate", fd, nullptr);
  return real(fd, mode, offset, length);
}
int ftruncate(int fd, off_t length) noexcept {
  REAL(ftruncate);
  FAIL_IF("ftruncate", fd, nullptr);
  return real(fd, length);
}
int fchmod(int fd, mode_t mode) noexcept {
  REAL(fchmod);
  FAIL_IF("fchmod", fd, nullptr);
  return real(fd, mode);
}
int rename(const char* from, const char* to) noexcept {
  REAL(rename);
  FAIL_IF("rename", AT_FDCWD, from);
  return real(from, to);
}
int renameat(int from_dir, const char* from, int to_dir, const char* to) noexcept {
  REAL(renameat);
  FAIL_IF("rename", from_dir, from);
  return real(from_dir, from, to_dir, to);
}
int renameat2(int from_dir, const char* from, int to_dir, const char* to, unsigned flags) noexcept {
  REAL(renameat2);
  FAIL_IF("rename", from_dir, from);
  return real(from_dir, from, to_dir, to, flags);
}
int unlink(const char* path) noexcept {
  REAL(unlink);
  FAIL_IF("unlink", AT_FDCWD, path);
  return real(path);
}
int unlinkat(int dir, const char* path, int flags) noexcept {
  REAL(unlinkat);
  FAIL_IF("unlink", dir, path);
  return real(dir, path, flags);
}
int mkdir(const char* path, mode_t mode) noexcept {
  REAL(mkdir);
  FAIL_IF("mkdir", AT_FDCWD, path);
  return real(path, mode);
}
int mkdirat(int dir, const char* path, mode_t mode) noexcept {
  REAL(mkdirat);
  FAIL_IF("mkdir", dir, path);
  return real(dir, path, mode);
}
DIR* opendir(const char* path) {
  REAL(opendir);
  if (Fails("opendir", AT_FDCWD, path) && failing_errno != 0) {
    errno = failing_errno;
    return nullptr;
  }
  return real(path);
}

}  // extern "C"
