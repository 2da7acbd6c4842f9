#ifndef ALLUXIO_MASTER_MOUNT_MOUNT_TABLE_H_
#define ALLUXIO_MASTER_MOUNT_MOUNT_TABLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/metastore/kv_store.h"
#include "alluxio/ufs/under_file_system.h"
#include "proto/journal/journal.pb.h"

namespace alluxio::master {

inline constexpr int64_t kRootMountId = 1;
inline constexpr int64_t kNoMountId = -1;

// One under store, and where in the namespace its root lies.
struct Mount {
  std::string path;  // clean
  std::string uri;   // as users wrote it, without a slash at the end
  int64_t id = kNoMountId;
  bool read_only = false;
  bool shared = false;
  std::map<std::string, std::string> properties;

  // URI of what lies at `relative` ("" the root).
  std::string UriOf(absl::string_view relative) const;
};
using MountPtr = std::shared_ptr<const Mount>;

// Which under store a path belongs to. Changed by journal entries alone; handles
// on the stores are made at need and kept.
//
// Thread-safe. Changes come with the namespace's latch held exclusively.
class MountTable {
 public:
  MountTable(const KvStore* store, const ufs::UfsRegistry* registry) : store_(store), registry_(registry) {}

  struct Place {
    MountPtr mount;        // null only before the root mount is there
    std::string relative;  // below the mount; "" its root
  };
  Place Resolve(absl::string_view path);
  // The mount itself, if `path` is a mount point.
  MountPtr At(absl::string_view path);
  MountPtr ById(int64_t id);
  std::vector<MountPtr> All();
  // Whether a mount point other than the root's lies at or below `path`.
  bool HasMountWithin(absl::string_view path);

  // Alluxio path of a URI of an under store. INVALID_ARGUMENT: outside all mounts.
  absl::StatusOr<std::string> ReverseResolve(absl::string_view uri);

  // The store of `mount`; made when it isn't there yet, so it may block. Errors:
  // those of the registry, and UNAVAILABLE.
  absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> Ufs(const Mount& mount);
  // The store of `mount` if it has been made: never blocks.
  std::shared_ptr<ufs::UnderFileSystem> OpenedUfs(const Mount& mount);
  // A store for a mount to be, kept under its id.
  absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> OpenUfs(const Mount& mount);
  void Forget(int64_t mount_id);

  // PERMISSION_DENIED if `path` may not be written: a read-only mount, or a
  // store in maintenance.
  absl::Status CheckWritable(absl::string_view path);
  // The same for reading a store in NO_ACCESS mode.
  absl::Status CheckReadable(absl::string_view path);

  // Applies entries of mounts (false: of another kind).
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch);
  // As Journaled.
  static absl::Status Dump(const KvReader& state,
                           absl::FunctionRef<absl::Status(const proto::journal::JournalEntry&)> visit);
  static std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry);

 private:
  using Table = std::vector<MountPtr>;  // by path
  std::shared_ptr<const Table> Snapshot();
  void LoadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  proto::journal::UfsMode ModeOf(const Mount& mount);

  const KvStore* const store_;
  const ufs::UfsRegistry* const registry_;
  Mutex mutex_;
  bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const Table> table_ ABSL_GUARDED_BY(mutex_) = std::make_shared<Table>();
  std::map<std::string, proto::journal::UfsMode> modes_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, std::shared_ptr<ufs::UnderFileSystem>> stores_ ABSL_GUARDED_BY(mutex_);
};

// Whether one of two URIs of under stores lies within the other, or is the same.
bool UrisNest(absl::string_view a, absl::string_view b);

// scheme://authority/ of a URI; "/" of a local path: what UpdateUfsMode names.
std::string UfsRootOf(absl::string_view uri);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_MOUNT_MOUNT_TABLE_H_
