#ifndef ALLUXIO_MASTER_INODE_INODE_H_
#define ALLUXIO_MASTER_INODE_INODE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/security/acl.h"

namespace alluxio::master {

inline constexpr int64_t kRootId = 0;
inline constexpr int64_t kNoParent = -1;
inline constexpr int64_t kNoTtl = -1;

// Relation of an inode to its under store.
enum class PersistenceState : uint8_t { kNotPersisted = 0, kToBePersisted = 1, kPersisted = 2, kLost = 3 };
absl::string_view PersistenceStateName(PersistenceState state);
// nullopt: no such name.
std::optional<PersistenceState> ParsePersistenceState(absl::string_view name);

// What happens when the time to live is over; numbered as on the wire.
enum class TtlAction : uint8_t { kDelete = 0, kFree = 1, kDeleteAlluxio = 2 };

// Ids of blocks and files: PROTOCOL "Ids and addresses". A file's blocks lie in
// the container of the file's own id, so that their count is all to remember.
inline constexpr int64_t kMaxSequence = 0xFFFFFF;
// Of one file; bounds what completing or deleting it writes at once.
inline constexpr int64_t kMaxBlocksOfFile = 1'000'000;
inline int64_t FileIdOfContainer(int64_t container) { return container << 24 | kMaxSequence; }
inline int64_t BlockIdOf(int64_t file_id, int64_t sequence) { return (file_id & ~kMaxSequence) | sequence; }
inline int64_t FileIdOfBlock(int64_t block_id) { return block_id | kMaxSequence; }

// One file or directory. A plain value; shared ones are const.
struct Inode {
  int64_t id = 0;
  int64_t parent_id = kNoParent;
  std::string name;  // "" of the root
  bool directory = false;
  PersistenceState persistence = PersistenceState::kNotPersisted;
  bool pinned = false;
  TtlAction ttl_action = TtlAction::kDelete;
  int64_t ttl_ms = kNoTtl;
  int64_t creation_ms = 0;
  int64_t modified_ms = 0;
  int64_t accessed_ms = 0;
  security::AccessControlList acl;
  std::string ufs_fingerprint;
  std::map<std::string, std::string> xattr;
  std::vector<std::string> medium_types;

  // Directories.
  bool mount_point = false;
  bool direct_children_loaded = false;
  int64_t child_count = 0;
  security::DefaultAccessControlList default_acl;

  // Files.
  bool completed = false;
  bool cacheable = true;
  int64_t block_size_bytes = 0;
  int64_t length_bytes = 0;
  int64_t block_count = 0;
  int32_t replication_durable = 0;
  int32_t replication_min = 0;
  int32_t replication_max = 0;
  int64_t should_persist_ms = 0;
  int64_t persist_job_id = -1;
  // Set before a file is put into place in the under store and until it is PERSISTED:
  // a crash in between leaves it there.
  std::string temp_ufs_path;

  bool persisted() const { return persistence == PersistenceState::kPersisted; }
  // Persisted, or put into place by a persistence whose end a crash may have lost.
  bool maybe_in_ufs() const {
    return persisted() || !temp_ufs_path.empty() || (directory && persistence == PersistenceState::kToBePersisted);
  }
  std::vector<int64_t> BlockIds() const;
  // When the time to live is over; nullopt: never.
  std::optional<int64_t> ExpiryMs() const;
  bool ExpiredAt(int64_t now_ms) const { return ExpiryMs().value_or(now_ms + 1) <= now_ms; }
  // Bytes of memory, roughly.
  size_t MemoryBytes() const;
};
using InodePtr = std::shared_ptr<const Inode>;

// The record of an inode, without what its key says (parent and name).
// Versioned; unknown versions and damage are DATA_LOSS.
std::string EncodeInode(const Inode& inode);
// Reuses the memory of `inode`, and leaves its parent and name alone.
absl::Status DecodeInode(absl::string_view record, Inode* inode);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_INODE_INODE_H_
