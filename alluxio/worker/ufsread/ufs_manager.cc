#include "alluxio/worker/ufsread/ufs_manager.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::worker {
namespace {

// "file:///a", "file:/a" and "/a" name one place.
absl::string_view WithoutFileScheme(absl::string_view uri) {
  if (absl::StartsWith(uri, "file:///")) return uri.substr(7);
  if (absl::StartsWith(uri, "file:/")) return uri.substr(5);
  return uri;
}

absl::StatusOr<std::string> RelativeTo(absl::string_view root, absl::string_view uri) {
  absl::string_view rest = WithoutFileScheme(uri);
  absl::string_view prefix = WithoutFileScheme(root);
  while (absl::EndsWith(prefix, "/")) prefix.remove_suffix(1);
  if (!absl::StartsWith(rest, prefix) || (rest.size() > prefix.size() && rest[prefix.size()] != '/')) {
    return absl::InvalidArgumentError(absl::StrCat("\"", uri, "\" is not below its mount's \"", root, "\"."));
  }
  rest.remove_prefix(prefix.size());
  return absl::StrJoin(absl::StrSplit(rest, '/', absl::SkipEmpty()), "/");
}

}  // namespace

UfsManager::UfsManager(Options options) : options_(std::move(options)) {}

absl::StatusOr<UfsManager::EntryPtr> UfsManager::Get(int64_t mount_id) {
  EntryPtr entry;
  bool mine = false;
  {
    MutexLock lock(&mutex_);
    EntryPtr& slot = mounts_[mount_id];
    if (slot == nullptr) {
      mine = true;
      slot = std::make_shared<Entry>();
      slot->use = uses_.insert(uses_.begin(), mount_id);
    } else {
      uses_.splice(uses_.begin(), uses_, slot->use);
    }
    entry = slot;
    if (mounts_.size() > options_.max_mounts) {
      mounts_.erase(uses_.back());
      uses_.pop_back();
    }
  }
  if (!mine) {
    entry->looked_up.Wait();
    if (!entry->error.ok()) return entry->error;
    return entry;
  }
  const auto look_up = [&]() -> absl::Status {
    absl::StatusOr<Mount> mount = options_.look_up(mount_id);
    if (!mount.ok()) {
      return absl::UnavailableError(
          absl::StrCat("The master can't say what is mounted as ", mount_id, ": ", mount.status().message()));
    }
    ALLUXIO_ASSIGN_OR_RETURN(entry->ufs, options_.registry->Create(mount->uri, mount->properties));
    entry->mount = *std::move(mount);
    return absl::OkStatus();
  };
  entry->error = look_up();
  if (!entry->error.ok()) {
    // Those who wait get the error; who comes later asks again.
    MutexLock lock(&mutex_);
    const auto it = mounts_.find(mount_id);
    if (it != mounts_.end() && it->second == entry) {
      uses_.erase(entry->use);
      mounts_.erase(it);
    }
  }
  entry->looked_up.Notify();
  if (!entry->error.ok()) return entry->error;
  return entry;
}

absl::StatusOr<UfsManager::Place> UfsManager::Resolve(int64_t mount_id, absl::string_view uri) {
  ALLUXIO_ASSIGN_OR_RETURN(const EntryPtr entry, Get(mount_id));
  ALLUXIO_ASSIGN_OR_RETURN(std::string path, RelativeTo(entry->mount.uri, uri));
  return Place{entry->ufs, std::move(path), entry->mount.read_only};
}

absl::StatusOr<UfsManager::Place> UfsManager::ResolveRelative(int64_t mount_id, absl::string_view path) {
  ALLUXIO_ASSIGN_OR_RETURN(const EntryPtr entry, Get(mount_id));
  return Place{entry->ufs, std::string(path), entry->mount.read_only};
}

void UfsManager::Forget(int64_t mount_id) {
  MutexLock lock(&mutex_);
  const auto it = mounts_.find(mount_id);
  if (it == mounts_.end()) return;
  uses_.erase(it->second->use);
  mounts_.erase(it);
}

}  // namespace alluxio::worker
