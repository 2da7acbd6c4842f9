#include "alluxio/master/sync/ufs_tree.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;

// Removes one subtree depth-first, scanning each directory once.
class Remover {
 public:
  Remover(NamespaceState* ns, const SubtreeRemoval& removal) : ns_(ns), removal_(removal) {}

  absl::Status Run(const Inode& top) {
    if (!top.directory) {
      Delete(top);
      return Flush(top.id);
    }
    frames_.push_back({top, "", false});
    while (!frames_.empty()) {
      ALLUXIO_ASSIGN_OR_RETURN(const bool finished, Advance());
      if (finished) Leave();
      if (pending_.size() >= kSubtreeStep) ALLUXIO_RETURN_IF_ERROR(Flush(-1));
    }
    return Flush(top.id);
  }

 private:
  struct Frame {
    Inode directory;
    std::string cursor;  // name of the last child that was looked at
    bool kept = false;
  };

  // Looks at the next children of the innermost directory: to the end (true), or
  // up to a directory, which becomes the innermost.
  absl::StatusOr<bool> Advance() {
    std::vector<Inode> files;
    Inode inner;
    bool entered = false;
    size_t seen = 0;
    {
      ReaderMutexLock latch(&ns_->latch);
      Frame& frame = frames_.back();
      ALLUXIO_RETURN_IF_ERROR(ns_->tree.ScanChildren(frame.directory.id, frame.cursor, [&](const Inode& child) {
        frame.cursor = child.name;
        if (removal_.keep != nullptr && (!child.directory || child.mount_point) && removal_.keep(child)) {
          frame.kept = true;
        } else if (child.directory) {
          inner = child;
          entered = true;
          return false;
        } else {
          files.push_back(child);
        }
        return ++seen < kSubtreeStep;
      }));
    }
    for (const Inode& file : files) {
      Delete(file);
      if (pending_.size() >= kMaxRecordEntries) ALLUXIO_RETURN_IF_ERROR(Flush(-1));
    }
    if (entered) frames_.push_back({std::move(inner), "", false});
    return !entered && seen < kSubtreeStep;
  }

  // The innermost directory is done.
  void Leave() {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.kept) {
      if (!frames_.empty()) frames_.back().kept = true;
      if (frame.directory.persisted() && !frame.directory.mount_point) {
        SetPersistence(frame.directory.id, PersistenceState::kNotPersisted, &pending_);
      }
      return;
    }
    Delete(frame.directory);
  }

  void Delete(const Inode& inode) {
    if (inode.mount_point) mounts_.push_back(inode.id);
    AddDelete(ns_, inode, removal_.op_time_ms, &pending_, &freed_);
  }

  absl::Status Flush(int64_t top_id) {
    if (pending_.empty()) return absl::OkStatus();
    std::vector<JournalEntry> entries = std::move(pending_);
    pending_.clear();
    if (removal_.operation != nullptr && top_id >= 0) {
      for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (!entry->has_delete_file()) continue;
        *entry->mutable_operationid() = *removal_.operation;
        break;
      }
    }
    {
      MutexLock latch(&ns_->latch);
      // The path of a mount point is known as long as its inode is there.
      for (const int64_t id : mounts_) {
        ALLUXIO_ASSIGN_OR_RETURN(const std::string path, ns_->tree.PathOf(id));
        const MountPtr mount = ns_->mounts.At(path);
        if (mount == nullptr) continue;
        entries.emplace_back().mutable_delete_mount_point()->set_alluxio_path(path);
        ns_->mounts.Forget(mount->id);
      }
      ns_->Commit(std::move(entries));
    }
    mounts_.clear();
    if (!freed_.empty()) ns_->blocks->FreeBlocks(freed_);
    freed_.clear();
    return absl::OkStatus();
  }

  NamespaceState* const ns_;
  const SubtreeRemoval& removal_;
  std::vector<Frame> frames_;
  std::vector<JournalEntry> pending_;
  std::vector<int64_t> freed_;
  std::vector<int64_t> mounts_;
};

// Makes one directory in its under store, whose parent is there. Adds the entries
// that say so.
absl::Status MakeDirectory(NamespaceState* ns, absl::string_view path, const Inode& inode,
                           std::vector<JournalEntry>* entries) {
  ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(ns, path));
  ufs::UnderFileSystem::MkdirOptions options;
  options.owner = inode.acl.owner();
  options.group = inode.acl.group();
  options.mode = inode.acl.mode().value();
  options.create_parents = false;
  const absl::Status made = place.ufs->Mkdir(place.relative, options);
  if (!made.ok() && !absl::IsAlreadyExists(made)) {
    return Annotate(made, absl::StrCat("Failed to create ", place.mount->UriOf(place.relative),
                                       " in the under file system"));
  }
  if (absl::IsAlreadyExists(made)) {
    ALLUXIO_ASSIGN_OR_RETURN(const ufs::UfsStatus status, place.ufs->Status(place.relative));
    if (!status.is_directory) {
      return absl::FailedPreconditionError(absl::StrCat("Failed to create ", place.mount->UriOf(place.relative),
                                                        " in the under file system: a file of that name is there"));
    }
  }
  SetPersistence(inode.id, PersistenceState::kPersisted, entries);
  if (made.ok()) {
    auto* update = entries->emplace_back().mutable_update_inode_directory();
    update->set_id(inode.id);
    update->set_direct_children_loaded(true);  // it is new, hence empty
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<UfsPlace> OpenPlace(NamespaceState* ns, absl::string_view path) {
  MountTable::Place place = ns->mounts.Resolve(path);
  if (place.mount == nullptr) return absl::UnavailableError("the root under store is not mounted yet");
  ALLUXIO_ASSIGN_OR_RETURN(auto ufs, ns->mounts.Ufs(*place.mount));
  return UfsPlace{std::move(place.mount), std::move(place.relative), std::move(ufs)};
}

absl::StatusOr<bool> IsDirectoryInUfs(const UfsPlace& place) {
  const absl::StatusOr<ufs::UfsStatus> status = place.ufs->Status(place.relative);
  if (absl::IsNotFound(status.status())) return false;
  ALLUXIO_RETURN_IF_ERROR(status.status());
  return status->is_directory;
}

void SetPersistence(int64_t id, PersistenceState state, std::vector<JournalEntry>* entries) {
  auto* update = entries->emplace_back().mutable_update_inode();
  update->set_id(id);
  update->set_persistence_state(std::string(PersistenceStateName(state)));
}

absl::StatusOr<bool> PersistDirectories(NamespaceState* ns, const std::string& directory, Announced* announced) {
  InodePath lookup;
  size_t first;  // that is not there yet
  {
    MutexLock latch(&ns->latch);
    ALLUXIO_RETURN_IF_ERROR(ns->tree.Lookup(directory, &lookup));
    if (!lookup.exists()) return absl::NotFoundError(absl::StrCat("Path \"", directory, "\" does not exist."));
    // What lies above a mount point has nothing to do with it.
    first = lookup.inodes.size();
    while (first > 0 && !lookup.inodes[first - 1]->persisted()) --first;
    bool all = true;
    std::vector<JournalEntry> intents;
    for (size_t i = first; i < lookup.inodes.size(); ++i) {
      const Inode& inode = *lookup.inodes[i];
      if (!inode.directory) continue;
      if (!inode.maybe_in_ufs()) SetPersistence(inode.id, PersistenceState::kToBePersisted, &intents);
      std::string& where = (*announced)[inode.id];
      all &= inode.maybe_in_ufs() && where == lookup.PathOf(i);
      where = std::string(lookup.PathOf(i));
    }
    if (!intents.empty()) ns->Commit(std::move(intents));
    if (!all) return false;
  }
  for (size_t i = first; i < lookup.inodes.size(); ++i) {
    const Inode& inode = *lookup.inodes[i];
    if (!inode.directory) continue;
    std::vector<JournalEntry> entries;
    const absl::Status made = MakeDirectory(ns, lookup.PathOf(i), inode, &entries);
    if (!made.ok() && !absl::IsUnavailable(made)) {
      for (size_t k = i; k < lookup.inodes.size(); ++k) {
        SetPersistence(lookup.inodes[k]->id, PersistenceState::kNotPersisted, &entries);
      }
    }
    MutexLock latch(&ns->latch);
    // Whatever has gone or changed since.
    std::vector<JournalEntry> current;
    for (JournalEntry& entry : entries) {
      const int64_t id = entry.has_update_inode() ? entry.update_inode().id() : entry.update_inode_directory().id();
      ALLUXIO_ASSIGN_OR_RETURN(const InodePtr still, ns->tree.ById(id));
      if (still != nullptr && still->persistence == PersistenceState::kToBePersisted) {
        current.push_back(std::move(entry));
      }
    }
    ns->Commit(std::move(current));
    ALLUXIO_RETURN_IF_ERROR(made);
  }
  return true;
}

void AddDelete(NamespaceState* ns, const Inode& inode, int64_t op_time_ms, std::vector<JournalEntry>* entries,
               std::vector<int64_t>* freed) {
  if (!inode.directory && inode.block_count > 0) {
    const std::vector<int64_t> blocks = inode.BlockIds();
    ns->blocks->ForgetBlocks(blocks, entries);
    freed->insert(freed->end(), blocks.begin(), blocks.end());
  }
  auto* deletion = entries->emplace_back().mutable_delete_file();
  deletion->set_id(inode.id);
  deletion->set_op_time_ms(op_time_ms);
  deletion->set_recursive(false);
}

absl::Status RemoveSubtree(NamespaceState* ns, const Inode& top, const SubtreeRemoval& removal) {
  return Remover(ns, removal).Run(top);
}

}  // namespace alluxio::master
