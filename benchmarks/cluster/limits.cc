#include "benchmarks/cluster/limits.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::benchmarks {
namespace {

double SecondsSince(absl::Time begin) { return absl::ToDoubleSeconds(absl::Now() - begin); }

absl::StatusOr<UniqueFd> Open(const std::string& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (!fd.valid()) return ErrnoStatus(errno, path);
  return fd;
}

absl::StatusOr<int64_t> SizeOf(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return ErrnoStatus(errno, "fstat");
  return info.st_size;
}

class Mapping {
 public:
  static absl::StatusOr<Mapping> Of(const std::string& path) {
    ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, Open(path, O_RDONLY));
    ALLUXIO_ASSIGN_OR_RETURN(const int64_t size, SizeOf(fd.get()));
    void* const data = ::mmap(nullptr, static_cast<size_t>(size), PROT_READ, MAP_SHARED, fd.get(), 0);
    if (data == MAP_FAILED) return ErrnoStatus(errno, path);
    return Mapping(static_cast<const char*>(data), static_cast<size_t>(size));
  }
  Mapping(Mapping&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
  ~Mapping() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
  }
  const char* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  Mapping(const char* data, size_t size) : data_(data), size_(size) {}
  const char* data_;
  size_t size_;
};

// The compiler must not leave out copies that nobody reads.
void Use(const void* data) { asm volatile("" : : "r"(data) : "memory"); }

absl::StatusOr<std::vector<Mapping>> MapAll(const std::vector<std::string>& files) {
  std::vector<Mapping> all;
  for (const std::string& file : files) {
    ALLUXIO_ASSIGN_OR_RETURN(Mapping mapping, Mapping::Of(file));
    all.push_back(std::move(mapping));
  }
  return all;
}

}  // namespace

absl::StatusOr<double> ReadFilesRate(const std::vector<std::string>& files, std::span<char> buffer) {
  int64_t bytes = 0;
  const absl::Time begin = absl::Now();
  for (const std::string& file : files) {
    ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, Open(file, O_RDONLY));
    for (ssize_t n; (n = ::read(fd.get(), buffer.data(), buffer.size())) > 0;) bytes += n;
  }
  return static_cast<double>(bytes) / SecondsSince(begin);
}

absl::StatusOr<double> RandomReadRate(const std::vector<std::string>& files, size_t size, int64_t reads) {
  std::vector<UniqueFd> open;
  for (const std::string& file : files) {
    ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, Open(file, O_RDONLY));
    open.push_back(std::move(fd));
  }
  if (open.empty()) return absl::InvalidArgumentError("no files to read");
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t length, SizeOf(open.front().get()));
  std::vector<char> buffer(size);
  const auto random = Random::Seeded(1);
  const absl::Time begin = absl::Now();
  for (int64_t i = 0; i < reads; ++i) {
    const uint64_t r = random->Next();
    const auto at = static_cast<off_t>((r >> 16) % static_cast<uint64_t>(length - static_cast<int64_t>(size) + 1));
    if (::pread(open[r % open.size()].get(), buffer.data(), size, at) < 0) return ErrnoStatus(errno, "pread");
  }
  return static_cast<double>(reads) / SecondsSince(begin);
}

absl::StatusOr<double> MappedCopyRate(const std::vector<std::string>& files, size_t chunk) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<Mapping> maps, MapAll(files));
  std::vector<char> buffer(chunk, 'x');
  double rate = 0;
  for (int lap = 0; lap < 2; ++lap) {
    size_t bytes = 0;
    const absl::Time begin = absl::Now();
    for (const Mapping& map : maps) {
      for (size_t at = 0; at < map.size(); at += chunk) {
        std::memcpy(buffer.data(), map.data() + at, std::min(chunk, map.size() - at));
        Use(buffer.data());
      }
      bytes += map.size();
    }
    rate = static_cast<double>(bytes) / SecondsSince(begin);
  }
  return rate;
}

absl::StatusOr<double> MappedRandomRate(const std::vector<std::string>& files, size_t size, int64_t copies) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<Mapping> maps, MapAll(files));
  if (maps.empty()) return absl::InvalidArgumentError("no files to map");
  std::vector<char> buffer(size);
  for (const Mapping& map : maps) {
    for (size_t at = 0; at < map.size(); at += 4096) Use(std::memcpy(buffer.data(), map.data() + at, 1));
  }
  const auto random = Random::Seeded(1);
  const absl::Time begin = absl::Now();
  for (int64_t i = 0; i < copies; ++i) {
    const uint64_t r = random->Next();
    const Mapping& map = maps[r % maps.size()];
    Use(std::memcpy(buffer.data(), map.data() + (r >> 16) % (map.size() - size + 1), size));
  }
  return static_cast<double>(copies) / SecondsSince(begin);
}

absl::StatusOr<double> WriteNewRate(const std::string& folder, int64_t total, int64_t file_bytes, size_t chunk) {
  const std::vector<char> buffer(chunk, 'w');
  std::vector<std::string> made;
  absl::Status status;
  const absl::Time begin = absl::Now();
  for (int64_t left = total; left > 0 && status.ok();) {
    made.push_back(absl::StrCat(folder, "/limit-", ::getpid(), "-", made.size()));
    ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, Open(made.back(), O_WRONLY | O_CREAT | O_TRUNC));
    for (int64_t in_file = std::min(left, file_bytes); in_file > 0 && status.ok();) {
      const ssize_t n = ::write(fd.get(), buffer.data(), static_cast<size_t>(std::min<int64_t>(in_file, static_cast<int64_t>(chunk))));
      if (n <= 0) status = ErrnoStatus(errno, made.back());
      in_file -= n;
      left -= n;
    }
  }
  const double seconds = SecondsSince(begin);
  for (const std::string& file : made) ::unlink(file.c_str());
  ALLUXIO_RETURN_IF_ERROR(status);
  return static_cast<double>(total) / seconds;
}

absl::StatusOr<double> OpenReadCloseRate(const std::vector<std::string>& files, size_t size) {
  std::vector<char> buffer(size);
  const absl::Time begin = absl::Now();
  for (const std::string& file : files) {
    ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, Open(file, O_RDONLY));
    if (::pread(fd.get(), buffer.data(), size, 0) < 0) return ErrnoStatus(errno, file);
  }
  return static_cast<double>(files.size()) / SecondsSince(begin);
}

absl::StatusOr<double> FdatasyncRate(const std::string& folder) {
  constexpr int kBlocks = 256;
  const std::string path = absl::StrCat(folder, "/limit-sync-", ::getpid());
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, Open(path, O_RDWR | O_CREAT | O_TRUNC));
  ::unlink(path.c_str());
  const std::vector<char> block(4096, 's');
  for (int i = 0; i < kBlocks; ++i) {
    if (::pwrite(fd.get(), block.data(), block.size(), i * 4096) < 0) return ErrnoStatus(errno, path);
  }
  if (::fsync(fd.get()) != 0) return ErrnoStatus(errno, path);
  int calls = 0;
  const absl::Time begin = absl::Now();
  while (SecondsSince(begin) < 0.3) {
    if (::pwrite(fd.get(), block.data(), block.size(), calls++ % kBlocks * 4096) < 0 || ::fdatasync(fd.get()) != 0) {
      return ErrnoStatus(errno, path);
    }
  }
  return calls / SecondsSince(begin);
}

absl::StatusOr<double> SpawnMillis() {
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    char name[] = "/bin/true";
    char* const argv[] = {name, nullptr};
    const absl::Time begin = absl::Now();
    pid_t pid = 0;
    if (const int error = ::posix_spawn(&pid, name, nullptr, nullptr, argv, nullptr); error != 0) return ErrnoStatus(error, name);
    ::waitpid(pid, nullptr, 0);
    best = std::min(best, SecondsSince(begin) * 1000);
  }
  return best;
}

}  // namespace alluxio::benchmarks
