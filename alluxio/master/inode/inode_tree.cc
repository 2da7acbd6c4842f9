#include "alluxio/master/inode/inode_tree.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/inode/inode_proto.h"
#include "alluxio/security/acl_proto.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;

constexpr absl::string_view kDirectoryIdKey = "inode_directory_id";

std::string ChildKey(int64_t parent_id, absl::string_view name) {
  std::string key = EncodeId(parent_id);
  key.append(name.data(), name.size());
  return key;
}

std::string TtlKey(int64_t expiry_ms, int64_t id) { return EncodeId(expiry_ms) + EncodeId(id); }

// Apply alone changes numbers, so a load and a store are enough.
void Add(std::atomic<int64_t>* number, int64_t change) {
  number->store(number->load(std::memory_order_relaxed) + change, std::memory_order_relaxed);
}

}  // namespace

absl::string_view InodePath::PathOf(size_t i) const {
  if (i == 0) return "/";
  const absl::string_view name = names[i - 1];
  return absl::string_view(path).substr(0, name.data() + name.size() - path.data());
}

absl::StatusOr<InodePtr> InodeTree::Child(int64_t parent_id, absl::string_view name) {
  if (InodePtr cached = cache_.Get(parent_id, name)) return cached;
  ALLUXIO_ASSIGN_OR_RETURN(const auto record, store_->Get(Family::kInodes, ChildKey(parent_id, name)));
  if (!record.has_value()) return InodePtr();
  auto inode = std::make_shared<Inode>();
  inode->parent_id = parent_id;
  inode->name = std::string(name);
  ALLUXIO_RETURN_IF_ERROR(DecodeInode(*record, inode.get()));
  cache_.Put(inode);
  return InodePtr(std::move(inode));
}

absl::StatusOr<InodePtr> InodeTree::ById(int64_t id) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto place, store_->Get(Family::kInodeIds, EncodeId(id)));
  if (!place.has_value()) return InodePtr();
  if (place->size() < 8) return absl::DataLossError(absl::StrCat("the place of inode ", id, " is damaged"));
  return Child(DecodeId(*place), absl::string_view(*place).substr(8));
}

absl::Status InodeTree::Lookup(absl::string_view path, InodePath* out) {
  out->path = std::string(path);
  out->names.clear();
  out->inodes.clear();
  const absl::string_view own = out->path;
  for (size_t begin = 1; begin < own.size();) {
    const size_t end = std::min(own.find('/', begin), own.size());
    out->names.push_back(own.substr(begin, end - begin));
    begin = end + 1;
  }
  ALLUXIO_ASSIGN_OR_RETURN(InodePtr inode, Child(kNoParent, ""));
  if (inode == nullptr) return absl::FailedPreconditionError("the namespace has no root yet");
  out->inodes.push_back(std::move(inode));
  for (const absl::string_view name : out->names) {
    const Inode& parent = *out->inodes.back();
    if (!parent.directory) {
      return absl::InvalidArgumentError(absl::StrCat("Traversal failed for path ", path, ". Component ",
                                                     out->inodes.size() - 1, "(", parent.name,
                                                     ") is a file, not a directory."));
    }
    ALLUXIO_ASSIGN_OR_RETURN(InodePtr child, Child(parent.id, name));
    if (child == nullptr) break;
    out->inodes.push_back(std::move(child));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> InodeTree::PathOf(int64_t id) {
  std::vector<std::string> names;
  for (int64_t at = id; at != kRootId;) {
    ALLUXIO_ASSIGN_OR_RETURN(const auto place, store_->Get(Family::kInodeIds, EncodeId(at)));
    if (!place.has_value() || place->size() < 8) {
      return absl::NotFoundError(absl::StrCat("inodeId ", id, " does not exist"));
    }
    names.push_back(place->substr(8));
    at = DecodeId(*place);
  }
  if (names.empty()) return std::string("/");
  std::string path;
  for (auto name = names.rbegin(); name != names.rend(); ++name) absl::StrAppend(&path, "/", *name);
  return path;
}

absl::Status InodeTree::ScanChildren(int64_t parent_id, absl::string_view after,
                                     absl::FunctionRef<bool(const Inode&)> visit) {
  const std::string prefix = EncodeId(parent_id);
  std::string begin = prefix;
  if (!after.empty()) {
    begin.append(after.data(), after.size());
    begin.push_back('\0');
  }
  Inode inode;
  inode.parent_id = parent_id;
  absl::Status result;
  const absl::Status scanned =
      store_->Scan(Family::kInodes, begin, PrefixEnd(prefix), [&](absl::string_view key, absl::string_view record) {
        inode.name.assign(key.data() + 8, key.size() - 8);
        result = DecodeInode(record, &inode);
        return result.ok() && visit(inode);
      });
  return scanned.ok() ? result : scanned;
}

absl::Status InodeTree::ScanTtl(int64_t until_ms, absl::FunctionRef<bool(int64_t, int64_t)> visit) const {
  return store_->Scan(Family::kTtl, "", EncodeId(until_ms + 1), [&](absl::string_view key, absl::string_view) {
    return key.size() < 16 || visit(DecodeId(key), DecodeId(key.substr(8)));
  });
}

absl::Status InodeTree::ScanIds(Family family, absl::FunctionRef<bool(int64_t)> visit) const {
  return store_->Scan(family, "", "", [&](absl::string_view key, absl::string_view) {
    return key.size() < 8 || visit(DecodeId(key));
  });
}

void InodeTree::Load() {
  if (std::exchange(counters_loaded_, true)) return;
  const auto place = store_->Get(Family::kCounters, kDirectoryIdKey);
  ALLUXIO_CHECK(place.ok());
  if (place->has_value() && (*place)->size() == 16) {
    directory_container_ = DecodeId(**place);
    directory_sequence_ = DecodeId(absl::string_view(**place).substr(8));
  }
  const absl::Status scanned = store_->Scan(
      Family::kOperations, "", "", [&](absl::string_view, absl::string_view value) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        if (value.size() != 24) return true;
        const auto order = static_cast<uint64_t>(DecodeId(value.substr(16)));
        finished_[{DecodeId(value), DecodeId(value.substr(8))}] = order;
        next_operation_ = std::max(next_operation_, order + 1);
        return true;
      });
  ALLUXIO_CHECK(scanned.ok());
}

int64_t InodeTree::NextDirectoryId(absl::FunctionRef<int64_t()> next_container, std::vector<JournalEntry>* entries) {
  Load();
  int64_t container = directory_container_;
  int64_t sequence = directory_sequence_;
  // Entries of this same commit that are not applied yet count too.
  for (const JournalEntry& entry : *entries) {
    if (!entry.has_inode_directory_id_generator()) continue;
    container = entry.inode_directory_id_generator().container_id();
    sequence = entry.inode_directory_id_generator().sequence_number();
  }
  if (container < 0) {
    container = next_container();
    sequence = 0;
  }
  const int64_t id = container << 24 | sequence;
  if (sequence == kMaxSequence - 1) {  // the last one would be a file's
    container = next_container();
    sequence = 0;
  } else {
    ++sequence;
  }
  auto* taken = entries->emplace_back().mutable_inode_directory_id_generator();
  taken->set_container_id(container);
  taken->set_sequence_number(sequence);
  return id;
}

bool InodeTree::IsFinished(const proto::journal::JournalOpPId& id) {
  return finished_.contains({id.mostsignificantbits(), id.leastsignificantbits()});
}

void InodeTree::Finish(const proto::journal::JournalOpPId& id, KvBatch* batch) {
  const OperationId key(id.mostsignificantbits(), id.leastsignificantbits());
  if (finished_.contains(key)) return;
  // A ring of slots: the newest takes the place of the oldest.
  const std::string slot = EncodeId(static_cast<int64_t>(next_operation_ % kFinishedOperations));
  if (next_operation_ >= kFinishedOperations) {
    const auto oldest = store_->Get(Family::kOperations, slot);
    ALLUXIO_CHECK(oldest.ok());
    if (oldest->has_value() && (*oldest)->size() == 24) {
      finished_.erase({DecodeId(**oldest), DecodeId(absl::string_view(**oldest).substr(8))});
    }
  }
  finished_[key] = next_operation_;
  batch->Put(Family::kOperations, slot,
             EncodeId(key.first) + EncodeId(key.second) + EncodeId(static_cast<int64_t>(next_operation_)));
  ++next_operation_;
}

bool InodeTree::Apply(const JournalEntry& entry, KvBatch* batch) {
  Load();
  if (entry.has_inode_file()) {
    ApplyCreate(InodeFromEntry(entry.inode_file()), batch);
  } else if (entry.has_inode_directory()) {
    ApplyCreate(InodeFromEntry(entry.inode_directory()), batch);
  } else if (entry.has_update_inode()) {
    ApplyUpdate(entry.update_inode(), batch);
  } else if (entry.has_update_inode_file()) {
    ApplyUpdateFile(entry.update_inode_file(), batch);
  } else if (entry.has_update_inode_directory()) {
    ApplyUpdateDirectory(entry.update_inode_directory(), batch);
  } else if (entry.has_delete_file()) {
    ApplyDelete(entry.delete_file(), batch);
  } else if (entry.has_rename()) {
    ApplyRename(entry.rename(), batch);
  } else if (entry.has_set_acl()) {
    ApplySetAcl(entry.set_acl(), batch);
  } else if (entry.has_new_block()) {
    Update(entry.new_block().id(), "new_block", batch, [](Inode& inode) { ++inode.block_count; });
  } else if (entry.has_inode_directory_id_generator()) {
    directory_container_ = entry.inode_directory_id_generator().container_id();
    directory_sequence_ = entry.inode_directory_id_generator().sequence_number();
    batch->Put(Family::kCounters, std::string(kDirectoryIdKey),
               EncodeId(directory_container_) + EncodeId(directory_sequence_));
  } else {
    return false;
  }
  if (entry.has_operationid()) Finish(entry.operationid(), batch);
  return true;
}

absl::Status InodeTree::Dump(const KvReader& state, absl::FunctionRef<absl::Status(const JournalEntry&)> visit) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto next_id, state.Get(Family::kCounters, kDirectoryIdKey));
  if (next_id.has_value() && next_id->size() == 16) {
    JournalEntry entry;
    entry.mutable_inode_directory_id_generator()->set_container_id(DecodeId(*next_id));
    entry.mutable_inode_directory_id_generator()->set_sequence_number(DecodeId(absl::string_view(*next_id).substr(8)));
    ALLUXIO_RETURN_IF_ERROR(visit(entry));
  }
  std::vector<int64_t> directories = {kNoParent};
  while (!directories.empty()) {
    const int64_t parent = directories.back();
    directories.pop_back();
    const std::string prefix = EncodeId(parent);
    absl::Status result;
    ALLUXIO_RETURN_IF_ERROR(state.Scan(
        Family::kInodes, prefix, PrefixEnd(prefix), [&](absl::string_view key, absl::string_view record) {
          Inode inode;
          inode.parent_id = parent;
          inode.name.assign(key.data() + 8, key.size() - 8);
          result = DecodeInode(record, &inode);
          if (!result.ok()) return false;
          JournalEntry entry;
          if (inode.directory) {
            directories.push_back(inode.id);
            InodeToEntry(inode, entry.mutable_inode_directory());
          } else {
            InodeToEntry(inode, entry.mutable_inode_file());
          }
          result = visit(entry);
          return result.ok();
        }));
    ALLUXIO_RETURN_IF_ERROR(result);
  }
  return absl::OkStatus();
}

std::optional<absl::Status> InodeTree::CheckForeign(const JournalEntry& entry) {
  if (entry.has_inode_directory_id_generator()) return absl::OkStatus();
  if (entry.has_inode_file()) {
    const auto& file = entry.inode_file();
    return CheckForeignInode(file.id(), file.parent_id(), file.name(), file.persistence_state());
  }
  if (entry.has_inode_directory()) {
    const auto& directory = entry.inode_directory();
    return CheckForeignInode(directory.id(), directory.parent_id(), directory.name(), directory.persistence_state());
  }
  return std::nullopt;
}

absl::Status InodeTree::CheckForeignInode(int64_t id, int64_t parent_id, absl::string_view name,
                                          const std::string& state) {
  const auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(
        absl::StrCat("inode ", id, " \"", name, "\" below inode ", parent_id, " does not fit: ", why));
  };
  if (!ParsePersistenceState(state).has_value()) return wrong(absl::StrCat("its state is \"", state, "\""));
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr same, ById(id));
  if (same != nullptr) return wrong("its number is taken");
  if (id == kRootId) {
    return parent_id == kNoParent && name.empty() ? absl::OkStatus() : wrong("0 is the root's number");
  }
  if (id < 0 || name.empty() || name == "." || name == ".." || absl::StrContains(name, "/")) {
    return wrong("its name or number");
  }
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr parent, ById(parent_id));
  if (parent == nullptr || !parent->directory) return wrong("there is no such directory");
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr namesake, Child(parent_id, name));
  return namesake == nullptr ? absl::OkStatus() : wrong("its name is taken");
}

InodePtr InodeTree::Need(int64_t id, absl::string_view what) {
  auto inode = ById(id);
  if (!inode.ok() || *inode == nullptr) {
    ALLUXIO_LOG(kError, "master/inode", what, " of inode ", id, ": ",
                inode.ok() ? "it does not exist" : inode.status().ToString());
  }
  ALLUXIO_CHECK(inode.ok() && *inode != nullptr);
  return *std::move(inode);
}

InodeCounts InodeTree::Changes() const {
  const auto read = [](const std::atomic<int64_t>& number) { return number.load(std::memory_order_relaxed); };
  return {.paths = read(changed_.paths),
          .pinned = read(changed_.pinned),
          .to_persist = read(changed_.to_persist),
          .ttl = read(changed_.ttl),
          .replication = read(changed_.replication)};
}

absl::StatusOr<InodeCounts> InodeTree::Count(const KvReader& state, const std::function<bool()>& stop) {
  InodeCounts counts;
  const struct {
    Family family;
    int64_t* count;
  } kParts[] = {{Family::kInodeIds, &counts.paths},
                {Family::kPinned, &counts.pinned},
                {Family::kToPersist, &counts.to_persist},
                {Family::kTtl, &counts.ttl},
                {Family::kReplication, &counts.replication}};
  for (const auto& part : kParts) {
    bool stopped = false;
    ALLUXIO_RETURN_IF_ERROR(state.Scan(part.family, "", "", [&](absl::string_view, absl::string_view) {
      constexpr int64_t kAsk = 4096;
      stopped = ++*part.count % kAsk == 0 && stop();
      return !stopped;
    }));
    if (stopped) return absl::CancelledError("the master stops");
  }
  return counts;
}

void InodeTree::Write(const Inode& inode, const Inode* before, KvBatch* batch) {
  const std::string id = EncodeId(inode.id);
  const bool moved = before == nullptr || before->parent_id != inode.parent_id || before->name != inode.name;
  if (before != nullptr && moved) {
    batch->Delete(Family::kInodes, ChildKey(before->parent_id, before->name));
    cache_.Erase(before->parent_id, before->name);
  }
  batch->Put(Family::kInodes, ChildKey(inode.parent_id, inode.name), EncodeInode(inode));
  if (moved) batch->Put(Family::kInodeIds, id, ChildKey(inode.parent_id, inode.name));

  // -1: none. An optional here makes an optimising g++ 12 see a use of nothing.
  const int64_t old_expiry = before == nullptr ? -1 : before->ExpiryMs().value_or(-1);
  const int64_t expiry = inode.ExpiryMs().value_or(-1);
  if (old_expiry != expiry) {
    if (old_expiry >= 0) batch->Delete(Family::kTtl, TtlKey(old_expiry, inode.id));
    if (expiry >= 0) batch->Put(Family::kTtl, TtlKey(expiry, inode.id), "");
    Add(&changed_.ttl, (expiry >= 0 ? 1 : 0) - (old_expiry >= 0 ? 1 : 0));
  }
  if (before == nullptr) Add(&changed_.paths, 1);
  // Membership of a list of ids: written where it changed.
  const auto list = [&](Family family, std::atomic<int64_t>* count, const auto& belongs) {
    const bool was = before != nullptr && !before->directory && belongs(*before);
    const bool is = !inode.directory && belongs(inode);
    if (is && !was) batch->Put(family, id, "");
    if (was && !is) batch->Delete(family, id);
    if (was != is) Add(count, is ? 1 : -1);
  };
  list(Family::kPinned, &changed_.pinned, [](const Inode& i) { return i.pinned; });
  list(Family::kToPersist, &changed_.to_persist,
       [](const Inode& i) { return i.persistence == PersistenceState::kToBePersisted; });
  list(Family::kReplication, &changed_.replication,
       [](const Inode& i) { return i.replication_min > 0 || i.replication_max > 0; });
  if (on_persisted_ && before != nullptr && !inode.directory && inode.persisted() && !before->persisted()) {
    on_persisted_();
  }
  cache_.Put(std::make_shared<const Inode>(inode));
}

void InodeTree::Update(int64_t id, absl::string_view what, KvBatch* batch, absl::FunctionRef<void(Inode&)> change) {
  const InodePtr before = Need(id, what);
  Inode after = *before;
  change(after);
  Write(after, before.get(), batch);
}

void InodeTree::ChangeParent(int64_t parent_id, int64_t modified_ms, int children, KvBatch* batch) {
  Update(parent_id, "a change of children", batch, [&](Inode& parent) {
    parent.child_count += children;
    parent.modified_ms = std::max(parent.modified_ms, modified_ms);
  });
}

void InodeTree::ApplyCreate(Inode inode, KvBatch* batch) {
  const auto existing = Child(inode.parent_id, inode.name);
  ALLUXIO_CHECK(existing.ok() && *existing == nullptr);
  // The parent's times are changed by an entry of its own.
  if (inode.id != kRootId) ChangeParent(inode.parent_id, 0, 1, batch);
  Write(inode, nullptr, batch);
}

void InodeTree::ApplyDelete(const proto::journal::DeleteFileEntry& entry, KvBatch* batch) {
  const InodePtr inode = Need(entry.id(), "delete_file");
  ALLUXIO_CHECK(inode->child_count == 0);  // children go first
  const std::string id = EncodeId(inode->id);
  batch->Delete(Family::kInodes, ChildKey(inode->parent_id, inode->name));
  batch->Delete(Family::kInodeIds, id);
  Add(&changed_.paths, -1);
  if (const auto expiry = inode->ExpiryMs()) {
    batch->Delete(Family::kTtl, TtlKey(*expiry, inode->id));
    Add(&changed_.ttl, -1);
  }
  if (!inode->directory) {
    const auto leave = [&](bool was, Family family, std::atomic<int64_t>* count) {
      if (!was) return;
      batch->Delete(family, id);
      Add(count, -1);
    };
    leave(inode->pinned, Family::kPinned, &changed_.pinned);
    leave(inode->persistence == PersistenceState::kToBePersisted, Family::kToPersist, &changed_.to_persist);
    leave(inode->replication_min > 0 || inode->replication_max > 0, Family::kReplication, &changed_.replication);
  }
  cache_.Erase(inode->parent_id, inode->name);
  ChangeParent(inode->parent_id, entry.op_time_ms(), -1, batch);
}

void InodeTree::ApplyRename(const proto::journal::RenameEntry& entry, KvBatch* batch) {
  const InodePtr before = Need(entry.id(), "rename");
  Inode after = *before;
  after.parent_id = entry.new_parent_id();
  after.name = entry.new_name();
  Write(after, before.get(), batch);
  if (before->parent_id == after.parent_id) {
    ChangeParent(after.parent_id, entry.op_time_ms(), 0, batch);
  } else {
    ChangeParent(before->parent_id, entry.op_time_ms(), -1, batch);
    ChangeParent(after.parent_id, entry.op_time_ms(), 1, batch);
  }
}

void InodeTree::ApplySetAcl(const proto::journal::SetAclEntry& entry, KvBatch* batch) {
  Update(entry.id(), "set_acl", batch, [&](Inode& inode) {
    std::vector<security::AclEntry> entries;
    for (const auto& acl : entry.entries()) entries.push_back(security::AclEntryFromShared(acl));
    const absl::Status applied =
        security::ApplySetAcl(static_cast<security::SetAclAction>(entry.action()), entries, &inode.acl,
                              inode.directory ? &inode.default_acl : nullptr);
    ALLUXIO_CHECK(applied.ok());
    inode.modified_ms = std::max(inode.modified_ms, entry.op_time_ms());
  });
}

void InodeTree::ApplyUpdate(const proto::journal::UpdateInodeEntry& entry, KvBatch* batch) {
  Update(entry.id(), "update_inode", batch, [&](Inode& inode) {
    if (entry.has_persistence_state()) {
      const auto state = ParsePersistenceState(entry.persistence_state());
      ALLUXIO_CHECK(state.has_value());
      inode.persistence = *state;
    }
    if (entry.has_pinned()) inode.pinned = entry.pinned();
    if (entry.has_creation_time_ms()) inode.creation_ms = entry.creation_time_ms();
    if (entry.has_last_modification_time_ms()) {
      const int64_t at = entry.last_modification_time_ms();
      inode.modified_ms = entry.overwrite_modification_time() ? at : std::max(inode.modified_ms, at);
    }
    if (entry.has_last_access_time_ms()) {
      const int64_t at = entry.last_access_time_ms();
      inode.accessed_ms = entry.overwrite_access_time() ? at : std::max(inode.accessed_ms, at);
    }
    if (entry.has_acl()) inode.acl = security::AclFromShared(entry.acl());
    if (entry.has_owner()) inode.acl.set_owner(entry.owner());
    if (entry.has_group()) inode.acl.set_group(entry.group());
    if (entry.has_mode()) inode.acl.set_mode(security::Mode(entry.mode()));
    if (entry.has_ttl()) inode.ttl_ms = entry.ttl();
    if (entry.has_ttlaction()) inode.ttl_action = static_cast<TtlAction>(entry.ttlaction());
    if (entry.has_ufs_fingerprint()) inode.ufs_fingerprint = entry.ufs_fingerprint();
    // An empty text says "no media", as no element says "unchanged".
    if (entry.medium_type_size() > 0) {
      inode.medium_types.clear();
      for (const std::string& medium : entry.medium_type()) {
        if (!medium.empty()) inode.medium_types.push_back(medium);
      }
    }
    if (entry.xattr_size() > 0 || entry.has_xattr_update_strategy()) {
      const auto strategy = entry.xattr_update_strategy();
      if (strategy == proto::journal::TRUNCATE) inode.xattr.clear();
      for (const auto& [key, value] : entry.xattr()) {
        if (strategy == proto::journal::DELETE_KEYS) {
          inode.xattr.erase(key);
        } else if (strategy == proto::journal::UNION_PRESERVE) {
          inode.xattr.emplace(key, value);
        } else {
          inode.xattr[key] = value;
        }
      }
    }
  });
}

void InodeTree::ApplyUpdateDirectory(const proto::journal::UpdateInodeDirectoryEntry& entry, KvBatch* batch) {
  Update(entry.id(), "update_inode_directory", batch, [&](Inode& inode) {
    if (entry.has_mount_point()) inode.mount_point = entry.mount_point();
    if (entry.has_direct_children_loaded()) inode.direct_children_loaded = entry.direct_children_loaded();
    if (entry.has_defaultacl()) inode.default_acl = security::DefaultAclFromShared(entry.defaultacl());
  });
}

void InodeTree::ApplyUpdateFile(const proto::journal::UpdateInodeFileEntry& entry, KvBatch* batch) {
  Update(entry.id(), "update_inode_file", batch, [&](Inode& inode) {
    if (entry.has_block_size_bytes()) inode.block_size_bytes = entry.block_size_bytes();
    if (entry.has_length()) inode.length_bytes = entry.length();
    if (entry.has_completed()) inode.completed = entry.completed();
    if (entry.has_cacheable()) inode.cacheable = entry.cacheable();
    // An empty file has none, whatever its writer had asked for.
    const bool empty = entry.completed() && entry.has_length() && entry.length() == 0;
    if (entry.set_blocks_size() > 0 || empty) inode.block_count = entry.set_blocks_size();
    if (entry.has_replication_max()) inode.replication_max = entry.replication_max();
    if (entry.has_replication_min()) inode.replication_min = entry.replication_min();
    if (entry.has_persist_job_id()) inode.persist_job_id = entry.persist_job_id();
    if (entry.has_temp_ufs_path()) inode.temp_ufs_path = entry.temp_ufs_path();
  });
}

}  // namespace alluxio::master
