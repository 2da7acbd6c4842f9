#ifndef ALLUXIO_MASTER_INODE_INODE_TREE_H_
#define ALLUXIO_MASTER_INODE_INODE_TREE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/master/inode/inode.h"
#include "alluxio/master/inode/inode_cache.h"
#include "alluxio/master/metastore/kv_store.h"
#include "proto/journal/journal.pb.h"

namespace alluxio::master {

// The inodes on a path, from the root down, as far as they exist.
struct InodePath {
  std::string path;                                  // clean
  absl::InlinedVector<absl::string_view, 8> names;   // components of `path`
  absl::InlinedVector<InodePtr, 9> inodes;           // inodes[0] is the root

  bool exists() const { return inodes.size() == names.size() + 1; }
  // Of an existing path.
  const InodePtr& target() const { return inodes.back(); }
  // The deepest one there is.
  const InodePtr& deepest() const { return inodes.back(); }
  // Path of inodes[i].
  absl::string_view PathOf(size_t i) const;
  // The first component that is missing, as a path; only if !exists().
  absl::string_view FirstMissing() const { return PathOf(inodes.size()); }

  InodePath() = default;
  InodePath(const InodePath&) = delete;  // `names` look into `path`
  InodePath& operator=(const InodePath&) = delete;
};

// How many inodes there are, and how many of them are in the lists of their kinds.
struct InodeCounts {
  int64_t paths = 0;  // the root included
  int64_t pinned = 0;
  int64_t to_persist = 0;
  int64_t ttl = 0;
  int64_t replication = 0;  // files with a minimum or maximum
};

// The inodes in the store: what is where, and how journal entries change it.
//
// Not locked by itself: reading needs the namespace's latch (shared), Apply needs
// it exclusively. Several readers at a time are fine.
class InodeTree {
 public:
  InodeTree(const KvStore* store, size_t cache_bytes) : store_(store), cache_(cache_bytes) {}

  // Null: no such inode. Errors are those of the store.
  absl::StatusOr<InodePtr> Child(int64_t parent_id, absl::string_view name);
  absl::StatusOr<InodePtr> ById(int64_t id);

  // Follows `path` (clean). Errors: INVALID_ARGUMENT "Traversal failed ..." where a
  // component lies below a file.
  absl::Status Lookup(absl::string_view path, InodePath* out);

  // NOT_FOUND `inodeId n does not exist`.
  absl::StatusOr<std::string> PathOf(int64_t id);

  // Children in the order of their names, those after `after` (exclusive; "" is
  // all), until `visit` returns false. The inode lives during the call only.
  absl::Status ScanChildren(int64_t parent_id, absl::string_view after, absl::FunctionRef<bool(const Inode&)> visit);

  // Families that list inodes: TTL, pinned, to persist. These need no latch: what
  // they give is to be checked anyway.
  absl::Status ScanTtl(int64_t until_ms, absl::FunctionRef<bool(int64_t expiry_ms, int64_t id)> visit) const;
  absl::Status ScanIds(Family family, absl::FunctionRef<bool(int64_t id)> visit) const;

  // By how much Apply has changed the numbers since this was made; needs no latch.
  InodeCounts Changes() const;
  // What `state` holds: with a snapshot from before the first Apply, and Changes(),
  // the numbers of now. Reads all ids; ends early (CANCELLED) once `stop` says so.
  static absl::StatusOr<InodeCounts> Count(const KvReader& state, const std::function<bool()>& stop);
  InodeCache::Stats CacheStats() const { return cache_.GetStats(); }
  // Called from Apply for each file that is persisted from then on, but was not before.
  // Set it where nothing is applied.
  void set_on_persisted(std::function<void()> on_persisted) { on_persisted_ = std::move(on_persisted); }

  // The next directory id; `entries` gets the journal entry that takes it.
  // `next_container` gives a fresh container id where one is needed.
  int64_t NextDirectoryId(absl::FunctionRef<int64_t()> next_container,
                          std::vector<proto::journal::JournalEntry>* entries);

  // Whether an operation with this id has finished.
  bool IsFinished(const proto::journal::JournalOpPId& id);

  // Reads counters and finished operations from the store; before the first
  // call that needs them, at the latest Apply does it.
  void Load();

  // Applies entries of inodes (false: of another kind) and takes their operation id.
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch);

  // As Journaled: parents before children. Finished operations are left out.
  static absl::Status Dump(const KvReader& state,
                           absl::FunctionRef<absl::Status(const proto::journal::JournalEntry&)> visit);
  std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry);

 private:
  using OperationId = std::pair<int64_t, int64_t>;

  absl::Status CheckForeignInode(int64_t id, int64_t parent_id, absl::string_view name, const std::string& state);
  InodePtr Need(int64_t id, absl::string_view what);
  // Writes `inode` under its key, with what the other families say of it.
  void Write(const Inode& inode, const Inode* before, KvBatch* batch);
  void Update(int64_t id, absl::string_view what, KvBatch* batch, absl::FunctionRef<void(Inode&)> change);
  void ChangeParent(int64_t parent_id, int64_t modified_ms, int children, KvBatch* batch);
  void ApplyCreate(Inode inode, KvBatch* batch);
  void ApplyDelete(const proto::journal::DeleteFileEntry& entry, KvBatch* batch);
  void ApplyRename(const proto::journal::RenameEntry& entry, KvBatch* batch);
  void ApplySetAcl(const proto::journal::SetAclEntry& entry, KvBatch* batch);
  void ApplyUpdate(const proto::journal::UpdateInodeEntry& entry, KvBatch* batch);
  void ApplyUpdateDirectory(const proto::journal::UpdateInodeDirectoryEntry& entry, KvBatch* batch);
  void ApplyUpdateFile(const proto::journal::UpdateInodeFileEntry& entry, KvBatch* batch);
  void Finish(const proto::journal::JournalOpPId& id, KvBatch* batch);

  // What Apply changes and metrics read; orders nothing.
  struct Changed {
    std::atomic<int64_t> paths{0}, pinned{0}, to_persist{0}, ttl{0}, replication{0};
  };

  const KvStore* const store_;
  InodeCache cache_;
  Changed changed_;
  std::function<void()> on_persisted_;
  // Copies of what the store holds, read at first use.
  // (`Load` does it before there are readers.)
  bool counters_loaded_ = false;
  int64_t directory_container_ = -1;  // -1: none taken yet
  int64_t directory_sequence_ = 0;
  absl::flat_hash_map<OperationId, uint64_t> finished_;
  uint64_t next_operation_ = 0;
};

// How many finished operation ids are remembered.
inline constexpr uint64_t kFinishedOperations = 100'000;

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_INODE_INODE_TREE_H_
