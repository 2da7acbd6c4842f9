#ifndef ALLUXIO_MASTER_SYNC_UFS_TREE_H_
#define ALLUXIO_MASTER_SYNC_UFS_TREE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/master/inode/inode.h"
#include "alluxio/master/mount/namespace_state.h"
#include "alluxio/ufs/under_file_system.h"
#include "proto/journal/journal.pb.h"

// Steps that several operations take on the namespace and its under stores. They
// block, and expect the caller's claims (PathLocks) on what they change.
namespace alluxio::master {

// Children of a directory that are looked at, and changed, in one step.
inline constexpr size_t kSubtreeStep = 1000;
// Entries of one journal record: the blocks of large files are many.
inline constexpr size_t kMaxRecordEntries = 10'000;

// Where files lie in an under store while they are persisted; no part of the namespace.
inline constexpr absl::string_view kPersistFolder = ".alluxio_ufs_persistence";

// Where `path` lies in its under store, and that store.
struct UfsPlace {
  MountPtr mount;
  std::string relative;
  std::shared_ptr<ufs::UnderFileSystem> ufs;
};
absl::StatusOr<UfsPlace> OpenPlace(NamespaceState* ns, absl::string_view path);
// False: nothing lies there, or a file.
absl::StatusOr<bool> IsDirectoryInUfs(const UfsPlace& place);

// What lies where in the namespace, and whether that is durable is known to the
// operation that keeps this: paths of inodes, as they were before its last wait.
using Announced = absl::flat_hash_map<int64_t, std::string>;

// Makes `directory` and its ancestors real in the under store where they are
// not, with their owners and modes, and marks them PERSISTED. Nothing is made,
// and false returned, where one is not in `announced`: it is TO_BE_PERSISTED and
// in there now, and the caller waits until all that can be seen is durable and
// calls again. So a crash leaves no directory in the under store that a removal
// from the namespace would forget. Where one can't be made (but for UNAVAILABLE)
// it is NOT_PERSISTED again, and those below it.
absl::StatusOr<bool> PersistDirectories(NamespaceState* ns, const std::string& directory, Announced* announced);

// Adds the entries for a change of persistence state.
void SetPersistence(int64_t id, PersistenceState state, std::vector<proto::journal::JournalEntry>* entries);

// Deletes the inode and everything below it, children before parents, in steps
// of kSubtreeStep (fewer where files have many blocks); nothing else is stopped in between. Blocks of deleted files
// are freed and forgotten, mounts below are unmounted (their stores stay).
struct SubtreeRemoval {
  int64_t op_time_ms = 0;
  // Goes with the last entry, the one that deletes the top.
  const proto::journal::JournalOpPId* operation = nullptr;
  // Files (and mount points) to leave; directories above them stay too and become
  // NOT_PERSISTED. Null: nothing is left.
  bool (*keep)(const Inode&) = nullptr;
};
absl::Status RemoveSubtree(NamespaceState* ns, const Inode& top, const SubtreeRemoval& removal);

// Entries that delete one inode without children, and its blocks (`freed` gets
// their ids, for FreeBlocks after the commit).
void AddDelete(NamespaceState* ns, const Inode& inode, int64_t op_time_ms,
               std::vector<proto::journal::JournalEntry>* entries, std::vector<int64_t>* freed);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SYNC_UFS_TREE_H_
