// Persistence of files that were written to Alluxio alone: the namespace's half.
// alluxio/master/upkeep has the other, which decides when and who.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

// Where in the under store the file may be from now on; empty: where PERSISTED says.
void SetPlacing(int64_t file_id, const std::string& place, std::vector<proto::journal::JournalEntry>* entries) {
  auto* file = entries->emplace_back().mutable_update_inode_file();
  file->set_id(file_id);
  file->set_temp_ufs_path(place);
}

}  // namespace

bool FileSystemCore::IsPersistBlacklisted(absl::string_view path) const {
  return std::any_of(persist_blacklist_.begin(), persist_blacklist_.end(),
                     [&](const std::string& pattern) { return absl::StrContains(path, pattern); });
}

void FileSystemCore::NotePersist(int64_t file_id, int64_t due_ms) {
  MutexLock lock(&intents_mutex_);
  intents_.emplace_back(file_id, due_ms);
}

std::vector<std::pair<int64_t, int64_t>> FileSystemCore::TakePersistIntents() {
  std::vector<std::pair<int64_t, int64_t>> taken;
  bool load = false;
  {
    MutexLock lock(&intents_mutex_);
    taken.swap(intents_);
    load = !std::exchange(intents_loaded_, true);
  }
  if (!load) return taken;
  // Those from before the start.
  ReaderMutexLock latch(&ns_.latch);
  const absl::Status scanned = ns_.tree.ScanIds(Family::kToPersist, [&](int64_t id) {
    const auto inode = ns_.tree.ById(id);
    if (inode.ok() && *inode != nullptr) {
      taken.emplace_back(id, std::max((*inode)->should_persist_ms, (*inode)->persist_job_id));
    }
    return true;
  });
  if (!scanned.ok()) ALLUXIO_LOG(kError, "master/upkeep", "reading the intents to persist: ", scanned.ToString());
  return taken;
}

absl::Status FileSystemCore::SchedulePersist(Call& call, const std::string& path, int64_t wait_ms) {
  Claims claims(&ns_, &call, {{path, PathLock::kNode}});
  const int64_t now_ms = ns_.clock->NowMillis();
  MutexLock latch(&ns_.latch);
  ALLUXIO_RETURN_IF_ERROR(claims.Check());
  Lookup lookup;
  ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(path);
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, security::Bits::kWrite));
  const Inode& inode = *lookup.target();
  if (inode.directory) return PathMustBeFile(path);
  if (!inode.completed) {
    return absl::InvalidArgumentError(absl::StrCat("Cannot persist an incomplete Alluxio file: ", path));
  }
  ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(path));
  if (inode.persisted()) return absl::OkStatus();
  const int64_t id = inode.id;
  const int64_t due_ms = now_ms + std::max<int64_t>(0, wait_ms);
  JournalEntries entries;
  if (inode.persistence != PersistenceState::kToBePersisted) {
    SetPersistence(id, PersistenceState::kToBePersisted, &entries);
  }
  // The time outlives a restart in the field of the original's job, of which there is none.
  if (wait_ms > 0 || inode.persist_job_id > due_ms) {
    auto* file = entries.emplace_back().mutable_update_inode_file();
    file->set_id(id);
    file->set_persist_job_id(due_ms);
  }
  if (!entries.empty()) {
    ns_.Commit(std::move(entries));
    call.wait_durable = true;
  }
  NotePersist(id, due_ms);
  return absl::OkStatus();
}

absl::StatusOr<grpc::file::ScheduleAsyncPersistencePResponse> FileSystemCore::ScheduleAsyncPersistence(
    Call& call, const grpc::file::ScheduleAsyncPersistencePRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  ALLUXIO_RETURN_IF_ERROR(SchedulePersist(call, path, request.options().persistencewaittime()));
  return grpc::file::ScheduleAsyncPersistencePResponse();
}

absl::StatusOr<std::optional<FileSystemCore::PersistPlan>> FileSystemCore::PlanPersist(int64_t file_id) {
  PersistPlan plan;
  ReaderMutexLock latch(&ns_.latch);
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(file_id));
  if (inode == nullptr || inode->persistence != PersistenceState::kToBePersisted || !inode->completed) {
    return std::optional<PersistPlan>();
  }
  ALLUXIO_ASSIGN_OR_RETURN(plan.path, ns_.tree.PathOf(file_id));
  MountTable::Place place = ns_.mounts.Resolve(plan.path);
  plan.file_id = file_id;
  plan.mount = std::move(place.mount);
  plan.relative = std::move(place.relative);
  plan.temporary = absl::StrCat(kPersistFolder, "/", file_id, "-", inode->creation_ms);
  plan.length_bytes = inode->length_bytes;
  plan.block_ids = inode->BlockIds();
  plan.owner = inode->acl.owner();
  plan.group = inode->acl.group();
  plan.mode = inode->acl.mode().value();
  return std::optional<PersistPlan>(std::move(plan));
}

absl::StatusOr<FileSystemCore::PersistStep> FileSystemCore::FinishPersist(PersistPlan& plan) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto ufs, ns_.mounts.Ufs(*plan.mount));
  const auto discard = [&] { ufs->DeleteFile(plan.temporary).IgnoreError(); };  // it may not be there
  for (;;) {
    std::string path;
    {
      ReaderMutexLock latch(&ns_.latch);
      auto current = ns_.tree.PathOf(plan.file_id);
      if (absl::IsNotFound(current.status())) {
        discard();
        return PersistStep::kUnwanted;
      }
      ALLUXIO_ASSIGN_OR_RETURN(path, std::move(current));
    }
    const PathLocks::Holder claims = ns_.locks.Acquire({{path, PathLock::kSubtree}});
    Lookup lookup;
    {
      ReaderMutexLock latch(&ns_.latch);
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    }
    // Renamed while we waited: once more, under its new name.
    if (!lookup.exists() || lookup.target()->id != plan.file_id) continue;
    const Inode& inode = *lookup.target();
    const MountTable::Place place = ns_.mounts.Resolve(path);
    if (inode.persistence != PersistenceState::kToBePersisted || inode.length_bytes != plan.length_bytes) {
      discard();
      return PersistStep::kUnwanted;
    }
    if (place.mount->id != plan.mount->id) {
      discard();
      if (ns_.mounts.ById(plan.mount->id) == nullptr) ns_.mounts.Forget(plan.mount->id);
      return absl::AbortedError(absl::StrCat("persisting ", path, ": the mount was changed meanwhile"));
    }
    ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(path));
    ALLUXIO_ASSIGN_OR_RETURN(const ufs::UfsStatus written, ufs->Status(plan.temporary));
    if (written.length_bytes != inode.length_bytes) {
      discard();
      return absl::DataLossError(absl::StrCat("persisting ", path, ": ", written.length_bytes, " of ",
                                              inode.length_bytes, " bytes were written"));
    }
    ALLUXIO_ASSIGN_OR_RETURN(const bool there,
                             PersistDirectories(&ns_, std::string(uri::ParentPath(path)), &plan.announced));
    if (!there) return PersistStep::kAnnounced;
    JournalEntries entries;
    if (std::string& where = plan.announced[inode.id]; where != path) {
      where = path;
      // After those of its folders, so that a journal which has this one has those too.
      SetPlacing(inode.id, place.relative, &entries);
      MutexLock latch(&ns_.latch);
      ns_.Commit(std::move(entries));
      return PersistStep::kAnnounced;
    }
    if (inode.acl.mode().value() != plan.mode) {
      ALLUXIO_RETURN_IF_ERROR(ufs->SetMode(plan.temporary, inode.acl.mode().value()));
    }
    if (inode.acl.owner() != plan.owner || inode.acl.group() != plan.group) {
      // As at creation: a store that can't is no reason not to persist.
      ufs->SetOwner(plan.temporary, inode.acl.owner(), inode.acl.group()).IgnoreError();
    }
    ALLUXIO_RETURN_IF_ERROR(ufs->Rename(plan.temporary, place.relative));
    const auto status = ufs->Status(place.relative);
    SetPersistence(inode.id, PersistenceState::kPersisted, &entries);
    if (status.ok()) {
      entries.back().mutable_update_inode()->set_ufs_fingerprint(ufs::Fingerprint(ufs->type(), *status));
    }
    SetPlacing(inode.id, "", &entries);
    MutexLock latch(&ns_.latch);
    ns_.Commit(std::move(entries));
    return PersistStep::kPersisted;
  }
}

absl::Status FileSystemCore::AbandonPersist(int64_t file_id) {
  MutexLock latch(&ns_.latch);
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(file_id));
  if (inode == nullptr || inode->persistence != PersistenceState::kToBePersisted) return absl::OkStatus();
  JournalEntries entries;
  SetPersistence(file_id, PersistenceState::kNotPersisted, &entries);
  ns_.Commit(std::move(entries));
  return absl::OkStatus();
}

void FileSystemCore::TidyPersistFolders() {
  for (const MountPtr& mount : ns_.mounts.All()) {
    const auto ufs = ns_.mounts.OpenedUfs(*mount);
    // Refused while something lies in it.
    if (ufs != nullptr) ufs->DeleteDirectory(kPersistFolder, /*recursive=*/false).IgnoreError();
  }
}

}  // namespace alluxio::master
