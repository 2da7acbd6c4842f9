#include "alluxio/client/block/small_block_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace alluxio::client {
namespace {

// A worker has a folder for each storage directory.
constexpr size_t kMaxFolders = 16;
// Beyond it the oldest are as good as forgotten: a hint, not a ledger.
constexpr size_t kMaxUsed = 10'000;

}  // namespace

void SmallBlockFiles::Learn(const std::string& target, int64_t block_id, absl::string_view path) {
  if (!absl::ConsumeSuffix(&path, absl::StrCat(block_id)) || path.empty() || path.back() != '/') return;
  MutexLock lock(&mutex_);
  Worker& worker = workers_[target];
  if (worker.folders.size() >= kMaxFolders || std::ranges::count(worker.folders, std::string(path)) > 0) return;
  worker.folders.emplace_back(path);
}

UniqueFd SmallBlockFiles::Open(const std::string& target, int64_t block_id, int64_t length) {
  if (length > kMaxBytes) return UniqueFd();
  std::vector<std::string> folders;
  {
    MutexLock lock(&mutex_);
    const auto worker = workers_.find(target);
    if (worker == workers_.end() || worker->second.given_up) return UniqueFd();
    folders = worker->second.folders;
  }
  for (const std::string& folder : folders) {
    UniqueFd fd(::open(absl::StrCat(folder, block_id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd.valid()) continue;
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < length) return UniqueFd();
    // Looked at, not only tried: to root a mode is no hindrance.
    // The sticky bit marks what a writer may still hold.
    if ((info.st_mode & 0444) != 0444 || (info.st_mode & (0222 | S_ISVTX)) != 0) return UniqueFd();
    MutexLock lock(&mutex_);
    std::vector<int64_t>& used = workers_[target].used;
    if (used.size() < kMaxUsed) used.push_back(block_id);
    return fd;
  }
  return UniqueFd();
}

std::map<std::string, std::vector<int64_t>> SmallBlockFiles::TakeUsed() {
  std::map<std::string, std::vector<int64_t>> taken;
  MutexLock lock(&mutex_);
  for (auto& [target, worker] : workers_) {
    if (!worker.used.empty()) taken[target] = std::exchange(worker.used, {});
  }
  return taken;
}

void SmallBlockFiles::GiveUp(const std::string& target) {
  MutexLock lock(&mutex_);
  workers_[target].given_up = true;
}

}  // namespace alluxio::client
