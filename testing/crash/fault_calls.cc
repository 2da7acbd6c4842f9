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
//
// Wrapped is what the servers, RocksDB and the C++ library import of such calls.
// Not: reading by touching a mapping (there is no call that could fail), hints
// (readahead), and what the C library does within a call of its own (fclose's
// last write, realpath's look-ups).
#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/vfs.h>
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
  constexpr char kOpened[] = "/proc/self/fd/";
  if (name != nullptr && std::strncmp(name, kOpened, sizeof(kOpened) - 1) == 0) {
    dir = std::atoi(name + sizeof(kOpened) - 1);
    name = nullptr;
  }
  if (name == nullptr || name[0] != '/') {
    if (dir == AT_FDCWD) return false;
    char link[64];
    std::snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
    const ssize_t read = ::syscall(SYS_readlink, link, path, size - 1);
    if (read <= 0) return false;
    n = static_cast<size_t>(read);
  }
  if (name != nullptr) n += static_cast<size_t>(std::snprintf(path + n, size - n, "%s%s", n > 0 ? "/" : "", name));
  path[std::min(n, size - 1)] = '\0';
  return std::strncmp(path, folder, folder_size) == 0;
}

__attribute__((noinline)) uint64_t SiteOf(const char* call) {
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
        (while_path[0] == '\0' || ::syscall(SYS_access, while_path, F_OK) == 0) && (!failed.exchange(true) || lasting)) {
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

// Without the guard that a static of a function has: a sanitizer makes calls before it can bear to see one released.
void* Real(std::atomic<void*>& known, const char* name) {
  void* real = known;
  if (real == nullptr) known = real = ::dlsym(RTLD_NEXT, name);
  return real;
}

}  // namespace

#define REAL(name)                                    \
  static constinit std::atomic<void*> known{nullptr}; \
  const auto real = reinterpret_cast<decltype(&name)>(Real(known, #name))

// A function that answers `failure` and sets errno. NOEXCEPT as the C library declares it.
#define WRAP(result, name, parameters, NOEXCEPT, call, dir, path, failure, arguments) \
  result name parameters NOEXCEPT {                                                   \
    REAL(name);                                                                       \
    if (Fails(call, dir, path) && failing_errno != 0) {                               \
      errno = failing_errno;                                                          \
      return failure;                                                                 \
    }                                                                                 \
    return real arguments;                                                            \
  }

extern "C" {

// --- opening -----------------------------------------------------------------

#define OPEN(name, parameters, dir, arguments)                                           \
  int name parameters {                                                                  \
    va_list more;                                                                        \
    va_start(more, flags);                                                               \
    const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;       \
    const mode_t mode = makes ? va_arg(more, mode_t) : 0;                                \
    va_end(more);                                                                        \
    REAL(name);                                                                          \
    if (Fails(makes ? "create" : "open", dir, path) && failing_errno != 0) {             \
      errno = failing_errno;                                                             \
      return -1;                                                                         \
    }                                                                                    \
    return real arguments;                                                               \
  }
OPEN(open, (const char* path, int flags, ...), AT_FDCWD, (path, flags, mode))
OPEN(open64, (const char* path, int flags, ...), AT_FDCWD, (path, flags, mode))
OPEN(openat, (int dir, const char* path, int flags, ...), dir, (dir, path, flags, mode))
OPEN(openat64, (int dir, const char* path, int flags, ...), dir, (dir, path, flags, mode))

// openat2 has no function of its own.
long syscall(long number, ...) noexcept {
  long a[6];
  va_list more;
  va_start(more, number);
  for (long& argument : a) argument = va_arg(more, long);
  va_end(more);
  REAL(syscall);
  if (number == SYS_openat2 && Fails("open", static_cast<int>(a[0]), reinterpret_cast<const char*>(a[1])) &&
      failing_errno != 0) {
    errno = failing_errno;
    return -1;
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

WRAP(FILE*, fopen, (const char* path, const char* mode), , mode[0] == 'r' ? "open" : "create", AT_FDCWD, path, nullptr,
     (path, mode))
WRAP(FILE*, fopen64, (const char* path, const char* mode), , mode[0] == 'r' ? "open" : "create", AT_FDCWD, path,
     nullptr, (path, mode))
WRAP(FILE*, fdopen, (int fd, const char* mode), noexcept, "fdopen", fd, nullptr, nullptr, (fd, mode))
WRAP(DIR*, opendir, (const char* path), , "opendir", AT_FDCWD, path, nullptr, (path))
WRAP(DIR*, fdopendir, (int fd), , "opendir", fd, nullptr, nullptr, (fd))
WRAP(dirent*, readdir, (DIR* dir), , "readdir", ::dirfd(dir), nullptr, nullptr, (dir))
WRAP(dirent64*, readdir64, (DIR* dir), , "readdir", ::dirfd(dir), nullptr, nullptr, (dir))

int close(int fd) {
  REAL(close);
  const bool fails = Fails("close", fd, nullptr) && failing_errno != 0;
  const int result = real(fd);  // it is closed in any case
  if (!fails) return result;
  errno = failing_errno;
  return -1;
}

// --- bytes -------------------------------------------------------------------

// A call of half the bytes, which the caller has to go on from.
#define TRANSFER(name, parameters, call, fd, arguments) \
  ssize_t name parameters {                             \
    REAL(name);                                         \
    if (Fails(call, fd, nullptr)) {                     \
      if (failing_errno != 0) {                         \
        errno = failing_errno;                          \
        return -1;                                      \
      }                                                 \
      if (count > 1) count /= 2;                        \
    }                                                   \
    return real arguments;                              \
  }
TRANSFER(read, (int fd, void* data, size_t count), "read", fd, (fd, data, count))
TRANSFER(pread, (int fd, void* data, size_t count, off_t offset), "read", fd, (fd, data, count, offset))
TRANSFER(pread64, (int fd, void* data, size_t count, off64_t offset), "read", fd, (fd, data, count, offset))
TRANSFER(write, (int fd, const void* data, size_t count), "write", fd, (fd, data, count))
TRANSFER(pwrite, (int fd, const void* data, size_t count, off_t offset), "write", fd, (fd, data, count, offset))
TRANSFER(pwrite64, (int fd, const void* data, size_t count, off64_t offset), "write", fd, (fd, data, count, offset))

// Half of the bytes of all parts: within one of them, also if there is but one.
#define GATHER(name, call)                                                                 \
  ssize_t name(int fd, const iovec* parts, int count) {                                    \
    REAL(name);                                                                            \
    if (!Fails(call, fd, nullptr)) return real(fd, parts, count);                          \
    if (failing_errno != 0) {                                                              \
      errno = failing_errno;                                                               \
      return -1;                                                                           \
    }                                                                                      \
    size_t left = 0;                                                                       \
    for (int i = 0; i < count; ++i) left += parts[i].iov_len;                              \
    left = left > 1 ? left / 2 : left;                                                     \
    iovec some[1024]; /* IOV_MAX */                                                        \
    int n = 0;                                                                             \
    for (; n < std::min(count, 1024) && left > 0; ++n) {                                   \
      some[n] = {parts[n].iov_base, std::min(parts[n].iov_len, left)};                     \
      left -= some[n].iov_len;                                                             \
    }                                                                                      \
    return real(fd, some, n);                                                              \
  }
GATHER(readv, "read")
GATHER(writev, "write")

// Those of stdio are never short without an error.
constexpr int kErrorSeen = 0x20;  // what ferror looks at
#define STREAM(name, pointer, call)                                              \
  size_t name(pointer data, size_t size, size_t count, FILE* file) {             \
    REAL(name);                                                                  \
    if (Fails(call, ::fileno(file), nullptr) && failing_errno != 0) {            \
      file->_flags |= kErrorSeen;                                                \
      errno = failing_errno;                                                     \
      return 0;                                                                  \
    }                                                                            \
    return real(data, size, count, file);                                        \
  }
STREAM(fread, void*, "fread")
STREAM(fread_unlocked, void*, "fread")
STREAM(fwrite, const void*, "fwrite")
WRAP(int, fflush, (FILE* file), , "fwrite", file == nullptr ? -1 : ::fileno(file), nullptr, EOF, (file))
WRAP(int, fputs, (const char* text, FILE* file), , "fwrite", ::fileno(file), nullptr, EOF, (text, file))

WRAP(void*, mmap, (void* at, size_t length, int protection, int flags, int fd, off_t offset), noexcept, "mmap", fd,
     nullptr, MAP_FAILED, (at, length, protection, flags, fd, offset))
WRAP(void*, mmap64, (void* at, size_t length, int protection, int flags, int fd, off64_t offset), noexcept, "mmap", fd,
     nullptr, MAP_FAILED, (at, length, protection, flags, fd, offset))

WRAP(int, fsync, (int fd), , "sync", fd, nullptr, -1, (fd))
WRAP(int, fdatasync, (int fd), , "sync", fd, nullptr, -1, (fd))
WRAP(int, sync_file_range, (int fd, off64_t offset, off64_t length, unsigned flags), , "sync", fd, nullptr, -1,
     (fd, offset, length, flags))
WRAP(int, fallocate, (int fd, int mode, off_t offset, off_t length), , "fallocate", fd, nullptr, -1,
     (fd, mode, offset, length))
WRAP(int, fallocate64, (int fd, int mode, off64_t offset, off64_t length), , "fallocate", fd, nullptr, -1,
     (fd, mode, offset, length))
WRAP(int, posix_fallocate, (int fd, off_t offset, off_t length), , "fallocate", fd, nullptr, failing_errno,
     (fd, offset, length))
WRAP(int, ftruncate, (int fd, off_t length), noexcept, "ftruncate", fd, nullptr, -1, (fd, length))
WRAP(int, ftruncate64, (int fd, off64_t length), noexcept, "ftruncate", fd, nullptr, -1, (fd, length))
WRAP(int, truncate, (const char* path, off_t length), noexcept, "ftruncate", AT_FDCWD, path, -1, (path, length))
WRAP(off_t, lseek, (int fd, off_t offset, int whence), noexcept, "lseek", fd, nullptr, -1, (fd, offset, whence))
WRAP(off64_t, lseek64, (int fd, off64_t offset, int whence), noexcept, "lseek", fd, nullptr, -1, (fd, offset, whence))

// --- names -------------------------------------------------------------------

WRAP(int, rename, (const char* from, const char* to), noexcept, "rename", AT_FDCWD, from, -1, (from, to))
WRAP(int, renameat, (int dir, const char* from, int to_dir, const char* to), noexcept, "rename", dir, from, -1,
     (dir, from, to_dir, to))
WRAP(int, renameat2, (int dir, const char* from, int to_dir, const char* to, unsigned flags), noexcept, "rename", dir,
     from, -1, (dir, from, to_dir, to, flags))
WRAP(int, link, (const char* from, const char* to), noexcept, "link", AT_FDCWD, from, -1, (from, to))
WRAP(int, linkat, (int dir, const char* from, int to_dir, const char* to, int flags), noexcept, "link", dir, from, -1,
     (dir, from, to_dir, to, flags))
WRAP(int, unlink, (const char* path), noexcept, "unlink", AT_FDCWD, path, -1, (path))
WRAP(int, unlinkat, (int dir, const char* path, int flags), noexcept, "unlink", dir, path, -1, (dir, path, flags))
WRAP(int, rmdir, (const char* path), noexcept, "unlink", AT_FDCWD, path, -1, (path))
WRAP(int, remove, (const char* path), noexcept, "unlink", AT_FDCWD, path, -1, (path))
WRAP(int, mkdir, (const char* path, mode_t mode), noexcept, "mkdir", AT_FDCWD, path, -1, (path, mode))
WRAP(int, mkdirat, (int dir, const char* path, mode_t mode), noexcept, "mkdir", dir, path, -1, (dir, path, mode))
WRAP(ssize_t, readlink, (const char* path, char* to, size_t size), noexcept, "readlink", AT_FDCWD, path, -1,
     (path, to, size))
WRAP(ssize_t, readlinkat, (int dir, const char* path, char* to, size_t size), noexcept, "readlink", dir, path, -1,
     (dir, path, to, size))
WRAP(char*, realpath, (const char* path, char* to), noexcept, "readlink", AT_FDCWD, path, nullptr, (path, to))

// --- attributes and locks ----------------------------------------------------

#define STAT(suffix)                                                                                               \
  WRAP(int, stat##suffix, (const char* path, struct stat##suffix* st), noexcept, "stat", AT_FDCWD, path, -1,       \
       (path, st))                                                                                                 \
  WRAP(int, lstat##suffix, (const char* path, struct stat##suffix* st), noexcept, "stat", AT_FDCWD, path, -1,      \
       (path, st))                                                                                                 \
  WRAP(int, fstat##suffix, (int fd, struct stat##suffix* st), noexcept, "stat", fd, nullptr, -1, (fd, st))         \
  WRAP(int, fstatat##suffix, (int dir, const char* path, struct stat##suffix* st, int flags), noexcept, "stat",    \
       dir, path, -1, (dir, path, st, flags))                                                                      \
  WRAP(int, statfs##suffix, (const char* path, struct statfs##suffix* fs), noexcept, "statfs", AT_FDCWD, path, -1, \
       (path, fs))                                                                                                 \
  WRAP(int, fstatfs##suffix, (int fd, struct statfs##suffix* fs), noexcept, "statfs", fd, nullptr, -1, (fd, fs))   \
  WRAP(int, statvfs##suffix, (const char* path, struct statvfs##suffix* fs), noexcept, "statfs", AT_FDCWD, path,   \
       -1, (path, fs))                                                                                             \
  WRAP(int, fstatvfs##suffix, (int fd, struct statvfs##suffix* fs), noexcept, "statfs", fd, nullptr, -1, (fd, fs))
STAT()
STAT(64)

WRAP(int, access, (const char* path, int mode), noexcept, "access", AT_FDCWD, path, -1, (path, mode))
WRAP(int, faccessat, (int dir, const char* path, int mode, int flags), noexcept, "access", dir, path, -1,
     (dir, path, mode, flags))
WRAP(int, chmod, (const char* path, mode_t mode), noexcept, "chmod", AT_FDCWD, path, -1, (path, mode))
WRAP(int, fchmod, (int fd, mode_t mode), noexcept, "chmod", fd, nullptr, -1, (fd, mode))
WRAP(int, fchmodat, (int dir, const char* path, mode_t mode, int flags), noexcept, "chmod", dir, path, -1,
     (dir, path, mode, flags))
WRAP(int, chown, (const char* path, uid_t user, gid_t group), noexcept, "chown", AT_FDCWD, path, -1,
     (path, user, group))
WRAP(int, fchown, (int fd, uid_t user, gid_t group), noexcept, "chown", fd, nullptr, -1, (fd, user, group))
WRAP(int, fchownat, (int dir, const char* path, uid_t user, gid_t group, int flags), noexcept, "chown", dir, path, -1,
     (dir, path, user, group, flags))
WRAP(int, flock, (int fd, int operation), noexcept, "flock", fd, nullptr, -1, (fd, operation))

#define FCNTL(name)                                                                        \
  int name(int fd, int command, ...) {                                                     \
    va_list more;                                                                          \
    va_start(more, command);                                                               \
    void* const argument = va_arg(more, void*);                                            \
    va_end(more);                                                                          \
    REAL(name);                                                                            \
    const bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;                  \
    if (Fails(copies ? "dup" : "fcntl", fd, nullptr) && failing_errno != 0) {              \
      errno = failing_errno;                                                               \
      return -1;                                                                           \
    }                                                                                      \
    return real(fd, command, argument);                                                    \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

}  // extern "C"
