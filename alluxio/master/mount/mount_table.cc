#include "alluxio/master/mount/mount_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "alluxio/base/check.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using proto::journal::AddMountPointEntry;

constexpr absl::string_view kModePrefix = "ufs_mode:";

MountPtr FromEntry(const AddMountPointEntry& entry) {
  auto mount = std::make_shared<Mount>();
  mount->path = entry.alluxio_path();
  mount->uri = entry.ufs_path();
  mount->id = entry.mount_id();
  mount->read_only = entry.readonly();
  mount->shared = entry.shared();
  for (const auto& property : entry.properties()) mount->properties[property.key()] = property.value();
  return mount;
}

// "file:///a" and "/a" are the same place.
absl::string_view Comparable(absl::string_view uri) {
  if (absl::StartsWith(uri, "file:///")) uri.remove_prefix(7);
  while (uri.size() > 1 && uri.back() == '/' && !absl::EndsWith(uri, "://")) uri.remove_suffix(1);
  return uri;
}

}  // namespace

std::string Mount::UriOf(absl::string_view relative) const {
  if (relative.empty()) return uri;
  if (absl::EndsWith(uri, "/")) return absl::StrCat(uri, relative);
  return absl::StrCat(uri, "/", relative);
}

bool UrisNest(absl::string_view a, absl::string_view b) {
  a = Comparable(a);
  b = Comparable(b);
  if (a.size() > b.size()) std::swap(a, b);
  if (!absl::StartsWith(b, a)) return false;
  return a.size() == b.size() || absl::EndsWith(a, "/") || b[a.size()] == '/';
}

std::string UfsRootOf(absl::string_view uri) {
  const size_t scheme = uri.find("://");
  if (scheme == absl::string_view::npos) return "/";
  return absl::StrCat(uri.substr(0, uri.find('/', scheme + 3)), "/");
}

void MountTable::LoadLocked() {
  if (std::exchange(loaded_, true)) return;
  auto table = std::make_shared<Table>();
  const absl::Status mounts =
      store_->Scan(Family::kMounts, "", "", [&](absl::string_view, absl::string_view value) {
        AddMountPointEntry entry;
        ALLUXIO_CHECK(entry.ParseFromArray(value.data(), static_cast<int>(value.size())));
        table->push_back(FromEntry(entry));
        return true;
      });
  ALLUXIO_CHECK(mounts.ok());
  table_ = std::move(table);
  const absl::Status modes = store_->Scan(
      Family::kMisc, kModePrefix, PrefixEnd(kModePrefix),
      [&](absl::string_view key, absl::string_view value) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        if (value.size() == 1 && proto::journal::UfsMode_IsValid(value[0])) {
          modes_[std::string(key.substr(kModePrefix.size()))] = static_cast<proto::journal::UfsMode>(value[0]);
        }
        return true;
      });
  ALLUXIO_CHECK(modes.ok());
}

std::shared_ptr<const MountTable::Table> MountTable::Snapshot() {
  MutexLock lock(&mutex_);
  LoadLocked();
  return table_;
}

MountTable::Place MountTable::Resolve(absl::string_view path) {
  const auto table = Snapshot();
  Place place;
  for (const MountPtr& mount : *table) {
    if (!uri::HasPathPrefix(path, mount->path)) continue;
    if (place.mount == nullptr || mount->path.size() > place.mount->path.size()) place.mount = mount;
  }
  if (place.mount != nullptr) place.relative = std::string(uri::RemovePathPrefix(path, place.mount->path));
  return place;
}

MountPtr MountTable::At(absl::string_view path) {
  for (const MountPtr& mount : *Snapshot()) {
    if (mount->path == path) return mount;
  }
  return nullptr;
}

MountPtr MountTable::ById(int64_t id) {
  for (const MountPtr& mount : *Snapshot()) {
    if (mount->id == id) return mount;
  }
  return nullptr;
}

std::vector<MountPtr> MountTable::All() { return *Snapshot(); }

bool MountTable::HasMountWithin(absl::string_view path) {
  const auto table = Snapshot();
  return std::any_of(table->begin(), table->end(), [&](const MountPtr& mount) {
    return mount->path != "/" && uri::HasPathPrefix(mount->path, path);
  });
}

absl::StatusOr<std::string> MountTable::ReverseResolve(absl::string_view uri) {
  const absl::string_view wanted = Comparable(uri);
  const auto table = Snapshot();
  MountPtr best;
  size_t best_size = 0;
  for (const MountPtr& mount : *table) {
    const absl::string_view root = Comparable(mount->uri);
    if (!absl::StartsWith(wanted, root)) continue;
    const bool whole = wanted.size() == root.size() || absl::EndsWith(root, "/") || wanted[root.size()] == '/';
    if (!whole || (best != nullptr && root.size() <= best_size)) continue;
    best = mount;
    best_size = root.size();
  }
  if (best == nullptr) return absl::InvalidArgumentError(absl::StrCat(uri, " is not mounted in Alluxio."));
  return uri::JoinPath(best->path, absl::StripPrefix(wanted.substr(best_size), "/"));
}

absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> MountTable::OpenUfs(const Mount& mount) {
  ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<ufs::UnderFileSystem> ufs, registry_->Create(mount.uri, mount.properties));
  MutexLock lock(&mutex_);
  const auto [it, inserted] = stores_.try_emplace(mount.id, ufs);
  return it->second;
}

std::shared_ptr<ufs::UnderFileSystem> MountTable::OpenedUfs(const Mount& mount) {
  MutexLock lock(&mutex_);
  const auto it = stores_.find(mount.id);
  return it == stores_.end() ? nullptr : it->second;
}

absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> MountTable::Ufs(const Mount& mount) {
  if (auto opened = OpenedUfs(mount)) return opened;
  return OpenUfs(mount);
}

void MountTable::Forget(int64_t mount_id) {
  std::shared_ptr<ufs::UnderFileSystem> forgotten;  // destroyed outside of the lock
  MutexLock lock(&mutex_);
  if (const auto it = stores_.find(mount_id); it != stores_.end()) {
    forgotten = std::move(it->second);
    stores_.erase(it);
  }
}

proto::journal::UfsMode MountTable::ModeOf(const Mount& mount) {
  MutexLock lock(&mutex_);
  if (modes_.empty()) return proto::journal::READ_WRITE;
  const auto it = modes_.find(UfsRootOf(mount.uri));
  return it == modes_.end() ? proto::journal::READ_WRITE : it->second;
}

absl::Status MountTable::CheckWritable(absl::string_view path) {
  const Place place = Resolve(path);
  if (place.mount == nullptr) return absl::OkStatus();
  if (place.mount->read_only) {
    return absl::PermissionDeniedError(absl::StrCat("A write operation on ", path,
                                                    " under a readonly mount point ", place.mount->path,
                                                    " is not allowed"));
  }
  if (ModeOf(*place.mount) != proto::journal::READ_WRITE) {
    return absl::PermissionDeniedError(absl::StrCat("Operation WRITE not allowed on ufs path ",
                                                    place.mount->UriOf(place.relative), " under maintenance mode ",
                                                    proto::journal::UfsMode_Name(ModeOf(*place.mount))));
  }
  return absl::OkStatus();
}

absl::Status MountTable::CheckReadable(absl::string_view path) {
  const Place place = Resolve(path);
  if (place.mount == nullptr || ModeOf(*place.mount) != proto::journal::NO_ACCESS) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("Operation READ not allowed on ufs path ",
                                                  place.mount->UriOf(place.relative),
                                                  " under maintenance mode NO_ACCESS"));
}

absl::Status MountTable::Dump(const KvReader& state,
                              absl::FunctionRef<absl::Status(const proto::journal::JournalEntry&)> visit) {
  absl::Status result;
  proto::journal::JournalEntry entry;
  ALLUXIO_RETURN_IF_ERROR(state.Scan(Family::kMounts, "", "", [&](absl::string_view, absl::string_view value) {
    if (!entry.mutable_add_mount_point()->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      result = absl::DataLossError("a mount's record is damaged");
    } else {
      result = visit(entry);
    }
    return result.ok();
  }));
  ALLUXIO_RETURN_IF_ERROR(result);
  entry.Clear();
  ALLUXIO_RETURN_IF_ERROR(state.Scan(
      Family::kMisc, kModePrefix, PrefixEnd(kModePrefix), [&](absl::string_view key, absl::string_view value) {
        if (value.size() != 1 || !proto::journal::UfsMode_IsValid(value[0])) return true;
        entry.mutable_update_ufs_mode()->set_ufspath(std::string(key.substr(kModePrefix.size())));
        entry.mutable_update_ufs_mode()->set_ufsmode(static_cast<proto::journal::UfsMode>(value[0]));
        result = visit(entry);
        return result.ok();
      }));
  return result;
}

std::optional<absl::Status> MountTable::CheckForeign(const proto::journal::JournalEntry& entry) {
  if (entry.has_update_ufs_mode()) return absl::OkStatus();
  if (!entry.has_add_mount_point()) return std::nullopt;
  const auto& mount = entry.add_mount_point();
  if (uri::IsCleanPath(mount.alluxio_path()) && !mount.ufs_path().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a mount of \"", mount.ufs_path(), "\" at \"", mount.alluxio_path(), "\""));
}

bool MountTable::Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) {
  if (!entry.has_add_mount_point() && !entry.has_delete_mount_point() && !entry.has_update_ufs_mode()) return false;
  MutexLock lock(&mutex_);
  LoadLocked();
  if (entry.has_update_ufs_mode()) {
    const auto& update = entry.update_ufs_mode();
    modes_[update.ufspath()] = update.ufsmode();
    batch->Put(Family::kMisc, absl::StrCat(kModePrefix, update.ufspath()),
               std::string(1, static_cast<char>(update.ufsmode())));
    return true;
  }
  const std::string& path =
      entry.has_add_mount_point() ? entry.add_mount_point().alluxio_path() : entry.delete_mount_point().alluxio_path();
  Table table = *table_;
  std::erase_if(table, [&](const MountPtr& mount) { return mount->path == path; });
  if (entry.has_add_mount_point()) {
    table.push_back(FromEntry(entry.add_mount_point()));
    std::sort(table.begin(), table.end(), [](const MountPtr& a, const MountPtr& b) { return a->path < b->path; });
    batch->Put(Family::kMounts, path, entry.add_mount_point().SerializeAsString());
  } else {
    batch->Delete(Family::kMounts, path);
  }
  table_ = std::make_shared<const Table>(std::move(table));
  return true;
}

}  // namespace alluxio::master
