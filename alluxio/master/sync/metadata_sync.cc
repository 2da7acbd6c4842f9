#include "alluxio/master/sync/metadata_sync.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/inode/inode_proto.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using grpc::file::LoadMetadataPType;
using proto::journal::JournalEntry;

constexpr size_t kChunk = 500;
constexpr size_t kMaxInvalidated = 10'000;

// What is not in the under store, though it should be visible there, stays.
bool KeepUnpersisted(const Inode& inode) {
  return inode.mount_point || (!inode.directory && (!inode.persisted() || !inode.completed));
}

bool SameAttributes(const Inode& inode, const ufs::UfsStatus& status) {
  return inode.acl.owner() == status.owner && inode.acl.group() == status.group &&
         inode.acl.mode().value() == (status.mode & 0777);
}

// Whether the data at `status` is that of `inode`.
bool SameData(const Inode& inode, const ufs::UfsStatus& status, absl::string_view ufs_type) {
  if (inode.directory != status.is_directory) return false;
  if (inode.directory) return true;
  if (inode.ufs_fingerprint.empty()) return inode.length_bytes == status.length_bytes;
  return ufs::SameContent(inode.ufs_fingerprint, ufs::Fingerprint(ufs_type, status));
}

void AddAttributes(const Inode& inode, const ufs::UfsStatus& status, absl::string_view ufs_type,
                   std::vector<JournalEntry>* entries) {
  auto* update = entries->emplace_back().mutable_update_inode();
  update->set_id(inode.id);
  update->set_owner(status.owner);
  update->set_group(status.group);
  update->set_mode(status.mode & 0777);
  update->set_ufs_fingerprint(ufs::Fingerprint(ufs_type, status));
}

void Count(const MetadataSync::Request& request, SyncStats::Operation operation) {
  if (request.stats != nullptr) request.stats->Count(operation);
}

}  // namespace

void PathTimes::Put(absl::string_view path, int64_t value) {
  Erase(path);
  order_.emplace_back(path);
  values_[order_.back()] = {value, std::prev(order_.end())};
  if (values_.size() > capacity_) Erase(std::string(order_.front()));
}

void PathTimes::Erase(absl::string_view path) {
  const auto it = values_.find(path);
  if (it == values_.end()) return;
  const auto order = it->second.order;
  values_.erase(it);
  order_.erase(order);
}

void PathTimes::EraseWithin(absl::string_view path) {
  for (auto entry = order_.begin(); entry != order_.end();) {
    const auto next = std::next(entry);
    if (uri::HasPathPrefix(*entry, path)) {
      values_.erase(*entry);
      order_.erase(entry);
    }
    entry = next;
  }
}

const int64_t* PathTimes::Find(absl::string_view path) const {
  const auto it = values_.find(path);
  return it == values_.end() ? nullptr : &it->second.value;
}

MetadataSync::Metrics::Metrics(metrics::MetricsRegistry* registry, const MetadataSync* sync)
    : ops(registry->GetCounter(metrics::kMasterMetadataSyncOpsCount)),
      skipped(registry->GetCounter(metrics::kMasterMetadataSyncSkipped)),
      success(registry->GetCounter(metrics::kMasterMetadataSyncSuccess)),
      fail(registry->GetCounter(metrics::kMasterMetadataSyncFail)),
      time_ms(registry->GetCounter(metrics::kMasterMetadataSyncTimeMs)),
      paths_success(registry->GetCounter(metrics::kMasterMetadataSyncPathsSuccess)),
      paths_fail(registry->GetCounter(metrics::kMasterMetadataSyncPathsFail)),
      active(registry->RegisterGauge(metrics::kMasterMetadataSyncActivePaths, [sync] { return sync->active_.load(); })),
      pending(registry->RegisterGauge(metrics::kMasterMetadataSyncPendingPaths,
                                      [sync] { return sync->pending_.load(); })) {}

MetadataSync::MetadataSync(NamespaceState* ns)
    : ns_(ns),
      block_size_bytes_(ns->conf.GetBytes("alluxio.user.block.size.bytes.default")),
      absent_(static_cast<size_t>(ns->conf.GetInt("alluxio.master.ufs.path.cache.capacity"))),
      synced_{PathTimes(static_cast<size_t>(ns->conf.GetInt("alluxio.master.ufs.path.cache.capacity"))),
              PathTimes(static_cast<size_t>(ns->conf.GetInt("alluxio.master.ufs.path.cache.capacity"))),
              PathTimes(static_cast<size_t>(ns->conf.GetInt("alluxio.master.ufs.path.cache.capacity")))} {}

void MetadataSync::Reconfigure(const conf::Configuration& conf) {
  block_size_bytes_.store(conf.GetBytes("alluxio.user.block.size.bytes.default"), std::memory_order_relaxed);
}

void MetadataSync::UseMetrics(metrics::MetricsRegistry* metrics) {
  metrics_ = std::make_unique<const Metrics>(metrics, this);
}

void MetadataSync::Invalidate(const std::string& path) {
  MutexLock lock(&mutex_);
  if (invalidated_.size() >= kMaxInvalidated) {
    // Rather too much than too little: everything syncs once.
    invalidated_.clear();
    invalidated_["/"] = {.sequence = ++last_invalid_};
    return;
  }
  invalidated_[path] = {.sequence = ++last_invalid_};
}

void MetadataSync::NoteExists(absl::string_view path) {
  MutexLock lock(&mutex_);
  if (absent_.size() > 0) absent_.Erase(path);
}

void MetadataSync::NoteMoved(absl::string_view path) {
  MutexLock lock(&mutex_);
  absent_.EraseWithin(path);
}

bool MetadataSync::SyncDue(const Request& request) {
  if (request.interval_ms == 0) return true;
  MutexLock lock(&mutex_);
  for (const auto& [path, invalid] : invalidated_) {
    if (path == request.path) {
      if (invalid.self || request.extent != Extent::kSelf) return true;
    } else if (uri::HasPathPrefix(request.path, path)) {
      return true;
    } else if (request.extent == Extent::kAll && uri::HasPathPrefix(path, request.path)) {
      return true;
    } else if (request.extent == Extent::kChildren && invalid.self && uri::ParentPath(path) == request.path) {
      return true;
    }
  }
  if (request.interval_ms < 0) return false;
  const int64_t since = ns_->clock->NowMillis() - request.interval_ms;
  const auto fresh = [&](absl::string_view path, Extent least) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (int extent = static_cast<int>(least); extent < 3; ++extent) {
      const int64_t* at = synced_[extent].Find(path);
      if (at != nullptr && *at > since) return true;
    }
    return false;
  };
  absl::string_view path = request.path;
  if (fresh(path, request.extent)) return false;
  for (bool direct = true; path != "/"; direct = false) {
    path = uri::ParentPath(path);
    if (fresh(path, direct && request.extent == Extent::kSelf ? Extent::kChildren : Extent::kAll)) return false;
  }
  return true;
}

void MetadataSync::NoteSynced(const Request& request, int64_t at_ms, uint64_t started) {
  std::vector<std::string> compared;  // those whose own inode was, but perhaps not what is below
  {
    MutexLock lock(&mutex_);
    synced_[static_cast<int>(request.extent)].Put(request.path, at_ms);
    for (auto it = invalidated_.begin(); it != invalidated_.end();) {
      const std::string& path = it->first;
      const bool fresh = it->second.sequence > started;
      const bool covered = request.extent == Extent::kAll        ? uri::HasPathPrefix(path, request.path)
                           : request.extent == Extent::kChildren ? path == request.path
                                                                 : false;
      const bool self = request.extent == Extent::kSelf ? path == request.path : uri::ParentPath(path) == request.path;
      if (!fresh && !covered && self) compared.push_back(path);
      it = !fresh && covered ? invalidated_.erase(it) : std::next(it);
    }
  }
  for (const std::string& path : compared) {
    bool directory = true;
    {
      ReaderMutexLock latch(&ns_->latch);
      InodePath lookup;
      if (ns_->tree.Lookup(path, &lookup).ok()) directory = lookup.exists() && lookup.target()->directory;
    }
    MutexLock lock(&mutex_);
    const auto it = invalidated_.find(path);
    if (it == invalidated_.end() || it->second.sequence > started) continue;
    if (directory) {
      it->second.self = false;
    } else {
      invalidated_.erase(it);
    }
  }
}

bool MetadataSync::KnownAbsent(const InodePath& lookup) {
  MutexLock lock(&mutex_);
  if (absent_.size() > 0) {
    for (size_t i = lookup.inodes.size(); i <= lookup.names.size(); ++i) {
      if (absent_.Find(lookup.PathOf(i)) == nullptr) continue;
      ++absent_stats_.hits;
      return true;
    }
  }
  ++absent_stats_.misses;
  return false;
}

void MetadataSync::NoteSkipped() {
  if (metrics_ == nullptr) return;
  metrics_->ops.Inc();
  metrics_->skipped.Inc();
}

MetadataSync::AbsentStats MetadataSync::GetAbsentStats() const {
  MutexLock lock(&mutex_);
  AbsentStats stats = absent_stats_;
  stats.size = static_cast<int64_t>(absent_.size());
  return stats;
}

absl::StatusOr<bool> MetadataSync::Needed(const Request& request) {
  const bool due = SyncDue(request);
  if (!due && request.load == LoadMetadataPType::NEVER) return false;
  InodePath lookup;
  {
    ReaderMutexLock latch(&ns_->latch);
    ALLUXIO_RETURN_IF_ERROR(ns_->tree.Lookup(request.path, &lookup));
  }
  const Inode& deepest = *lookup.deepest();
  // Below what is not in an under store there is nothing to find there.
  if (!lookup.exists()) {
    if (!deepest.directory || !deepest.persisted()) return false;
    if (due || request.load == LoadMetadataPType::ALWAYS) return true;
    return request.load == LoadMetadataPType::ONCE && !KnownAbsent(lookup);
  }
  if (!deepest.persisted()) return false;
  if (due) return true;
  if (!deepest.directory || request.extent == Extent::kSelf) return false;
  if (request.load == LoadMetadataPType::ALWAYS) return true;
  return !deepest.direct_children_loaded || request.extent == Extent::kAll;
}

absl::Status MetadataSync::Run(const Request& request) {
  const int64_t started_ms = ns_->clock->NowMillis();
  ++active_;
  int64_t paths = 0, pending = 0;
  absl::Status status = RunSteps(request, &paths, &pending);
  pending_ -= pending;
  --active_;
  if (metrics_ == nullptr) return status;
  metrics_->ops.Inc();
  (status.ok() ? metrics_->success : metrics_->fail).Inc();
  metrics_->paths_success.Inc(paths);
  if (!status.ok()) metrics_->paths_fail.Inc();
  metrics_->time_ms.Inc(ns_->clock->NowMillis() - started_ms);
  return status;
}

absl::Status MetadataSync::RunSteps(const Request& request, int64_t* paths, int64_t* pending) {
  const int64_t started_ms = ns_->clock->NowMillis();
  uint64_t started;
  {
    MutexLock lock(&mutex_);
    started = last_invalid_;
  }
  const bool due = SyncDue(request);
  ALLUXIO_RETURN_IF_ERROR(ns_->mounts.CheckReadable(request.path));
  InodePath lookup;
  {
    ReaderMutexLock latch(&ns_->latch);
    ALLUXIO_RETURN_IF_ERROR(ns_->tree.Lookup(request.path, &lookup));
  }
  if (lookup.exists()) {
    if (due) ALLUXIO_RETURN_IF_ERROR(Reconcile(request, request.path));
    if (due) ++*paths;
  } else if (due || request.load != LoadMetadataPType::NEVER) {
    ALLUXIO_RETURN_IF_ERROR(LoadMissing(request));
    ++*paths;
  }
  std::vector<std::string> directories;
  if (request.extent != Extent::kSelf) directories.push_back(request.path);
  while (!directories.empty()) {
    if (request.stats != nullptr && request.stats->cancelled) return absl::CancelledError("Task was cancelled");
    const std::string path = std::move(directories.back());
    directories.pop_back();
    InodePath at;
    {
      ReaderMutexLock latch(&ns_->latch);
      ALLUXIO_RETURN_IF_ERROR(ns_->tree.Lookup(path, &at));
    }
    if (!at.exists() || !at.target()->directory) continue;
    const Inode& directory = *at.target();
    const bool load = request.load == LoadMetadataPType::ALWAYS ||
                      (request.load == LoadMetadataPType::ONCE && !directory.direct_children_loaded);
    if (directory.persisted() && (due || load)) {
      ALLUXIO_RETURN_IF_ERROR(SyncChildren(request, path, due));
      ++*paths;
    }
    if (request.extent != Extent::kAll) break;
    std::string cursor;
    for (bool more = true; more;) {
      size_t seen = 0;
      ReaderMutexLock latch(&ns_->latch);
      ALLUXIO_RETURN_IF_ERROR(ns_->tree.ScanChildren(directory.id, cursor, [&](const Inode& child) {
        cursor = child.name;
        if (child.directory && child.persisted()) directories.push_back(uri::JoinPath(path, child.name));
        return ++seen < kSubtreeStep;
      }));
      more = seen == kSubtreeStep;
    }
    const auto waiting = static_cast<int64_t>(directories.size());
    pending_ += waiting - std::exchange(*pending, waiting);
  }
  if (due) NoteSynced(request, started_ms, started);
  return absl::OkStatus();
}

absl::Status MetadataSync::LoadMissing(const Request& request) {
  const PathLocks::Holder claims = ns_->locks.Acquire({{request.path, PathLock::kSubtree}});
  InodePath lookup;
  {
    ReaderMutexLock latch(&ns_->latch);
    ALLUXIO_RETURN_IF_ERROR(ns_->tree.Lookup(request.path, &lookup));
  }
  if (lookup.exists() || !lookup.deepest()->directory || !lookup.deepest()->persisted()) return absl::OkStatus();
  int64_t parent_id = lookup.deepest()->id;
  for (size_t i = lookup.inodes.size(); i <= lookup.names.size(); ++i) {
    const absl::string_view path = lookup.PathOf(i);
    ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(ns_, path));
    auto status = place.ufs->Status(place.relative);
    const bool absent = absl::IsNotFound(status.status());
    {
      MutexLock lock(&mutex_);
      if (absent) absent_.Put(path, ns_->clock->NowMillis());
      else absent_.Erase(path);
    }
    if (absent) return absl::OkStatus();
    ALLUXIO_RETURN_IF_ERROR(status.status());
    MutexLock latch(&ns_->latch);
    // Claims on siblings don't overlap with ours, so a parent may have come meanwhile.
    ALLUXIO_ASSIGN_OR_RETURN(InodePtr inode, ns_->tree.Child(parent_id, lookup.names[i - 1]));
    if (inode == nullptr) {
      ALLUXIO_ASSIGN_OR_RETURN(const InodePtr parent, ns_->tree.ById(parent_id));
      if (parent == nullptr || !parent->directory) return absl::OkStatus();
      std::vector<JournalEntry> entries;
      AddLoaded(request, parent_id, lookup.names[i - 1], place.ufs->type(), *status, &entries);
      ns_->Commit(std::move(entries));
      Count(request, SyncStats::kCreate);
      ALLUXIO_ASSIGN_OR_RETURN(inode, ns_->tree.Child(parent_id, lookup.names[i - 1]));
    }
    if (!inode->directory) return absl::OkStatus();
    parent_id = inode->id;
  }
  return absl::OkStatus();
}

absl::Status MetadataSync::Reconcile(const Request& request, const std::string& path) {
  const PathLocks::Holder claims = ns_->locks.Acquire({{path, PathLock::kSubtree}});
  InodePath lookup;
  {
    ReaderMutexLock latch(&ns_->latch);
    ALLUXIO_RETURN_IF_ERROR(ns_->tree.Lookup(path, &lookup));
  }
  if (!lookup.exists()) return absl::OkStatus();
  const Inode& inode = *lookup.target();
  if (!inode.persisted() || (!inode.directory && !inode.completed)) {
    Count(request, SyncStats::kSkippedNotPersisted);
    return absl::OkStatus();
  }
  ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(ns_, path));
  auto status = place.ufs->Status(place.relative);
  if (place.relative.empty()) {
    // The root of a store does not go away by itself.
    if (absl::IsNotFound(status.status())) {
      return absl::UnavailableError(absl::StrCat("the under store ", place.mount->uri, " has lost its root"));
    }
    if (status.ok()) Count(request, SyncStats::kNoop);
    return status.status();
  }
  const int64_t now_ms = ns_->clock->NowMillis();
  if (absl::IsNotFound(status.status())) {
    ALLUXIO_LOG(kInfo, "master/sync", path, " is gone from ", place.mount->UriOf(place.relative));
    Count(request, SyncStats::kDelete);
    return RemoveSubtree(ns_, inode, {.op_time_ms = now_ms, .keep = KeepUnpersisted});
  }
  ALLUXIO_RETURN_IF_ERROR(status.status());
  if (SameData(inode, *status, place.ufs->type())) {
    if (SameAttributes(inode, *status)) {
      Count(request, SyncStats::kNoop);
      return absl::OkStatus();
    }
    Count(request, SyncStats::kUpdate);
    std::vector<JournalEntry> entries;
    AddAttributes(inode, *status, place.ufs->type(), &entries);
    MutexLock latch(&ns_->latch);
    ns_->Commit(std::move(entries));
    return absl::OkStatus();
  }
  ALLUXIO_LOG(kInfo, "master/sync", path, " has changed at ", place.mount->UriOf(place.relative));
  ALLUXIO_RETURN_IF_ERROR(RemoveSubtree(ns_, inode, {.op_time_ms = now_ms, .keep = KeepUnpersisted}));
  MutexLock latch(&ns_->latch);
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr kept, ns_->tree.Child(inode.parent_id, inode.name));
  if (kept != nullptr) return absl::OkStatus();
  std::vector<JournalEntry> entries;
  AddLoaded(request, inode.parent_id, inode.name, place.ufs->type(), *status, &entries);
  ns_->Commit(std::move(entries));
  Count(request, SyncStats::kRecreate);
  return absl::OkStatus();
}

absl::Status MetadataSync::SyncChildren(const Request& request, const std::string& path, bool compare) {
  // What has to go, or to be replaced, is settled one by one after the listing.
  std::vector<std::string> suspicious;
  {
    const PathLocks::Holder claims = ns_->locks.Acquire({{path, PathLock::kNode}});
    InodePath lookup;
    {
      ReaderMutexLock latch(&ns_->latch);
      ALLUXIO_RETURN_IF_ERROR(ns_->tree.Lookup(path, &lookup));
    }
    if (!lookup.exists() || !lookup.target()->directory || !lookup.target()->persisted()) return absl::OkStatus();
    const Inode& directory = *lookup.target();
    // Others waited for the same listing and find it done.
    if (!compare && request.load == LoadMetadataPType::ONCE && directory.direct_children_loaded) {
      return absl::OkStatus();
    }
    ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(ns_, path));
    std::vector<ufs::UfsStatus> chunk;
    std::string cursor;
    int64_t blocks = 0;  // of the chunk
    absl::Status merged;
    if (request.stats != nullptr) ++request.stats->requests;
    const absl::Status listed = place.ufs->List(place.relative, [&](const ufs::UfsStatus& status) {
      if (status.name.empty() || status.name == kPersistFolder) return true;
      chunk.push_back(status);
      if (!status.is_directory) blocks += status.length_bytes / BlockSizeOf(status);
      if (chunk.size() < kChunk && blocks < static_cast<int64_t>(kMaxRecordEntries)) return true;
      blocks = 0;
      merged = MergeChunk(request, directory, path, place, chunk, false, compare, &cursor, &suspicious);
      chunk.clear();
      return merged.ok();
    });
    if (request.stats != nullptr && !listed.ok()) ++request.stats->errors;
    if (absl::IsNotFound(listed) && !place.relative.empty()) {
      // Gone. Without a comparison that is not ours to decide.
      if (!compare) return absl::OkStatus();
      suspicious = {path};
    } else {
      if (absl::IsNotFound(listed)) {
        return absl::UnavailableError(absl::StrCat("the under store ", place.mount->uri, " has lost its root"));
      }
      ALLUXIO_RETURN_IF_ERROR(listed);
      ALLUXIO_RETURN_IF_ERROR(merged);
      ALLUXIO_RETURN_IF_ERROR(
          MergeChunk(request, directory, path, place, chunk, true, compare, &cursor, &suspicious));
    }
  }
  for (const std::string& changed : suspicious) ALLUXIO_RETURN_IF_ERROR(Reconcile(request, changed));
  return absl::OkStatus();
}

absl::Status MetadataSync::MergeChunk(const Request& request, const Inode& directory, absl::string_view path,
                                      const UfsPlace& place, std::vector<ufs::UfsStatus>& chunk, bool last,
                                      bool compare, std::string* cursor, std::vector<std::string>* suspicious) {
  // The order and uniqueness of names are the store's promise; a wrong one must
  // not end the master.
  std::sort(chunk.begin(), chunk.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  chunk.erase(std::unique(chunk.begin(), chunk.end(), [](const auto& a, const auto& b) { return a.name == b.name; }),
              chunk.end());
  if (request.stats != nullptr) {
    ++request.stats->batches;
    request.stats->objects += static_cast<int64_t>(chunk.size());
  }
  std::vector<JournalEntry> entries;
  auto next = chunk.begin();
  MutexLock latch(&ns_->latch);
  const auto add = [&](const ufs::UfsStatus& status) {
    if (status.name <= *cursor) return;
    AddLoaded(request, directory.id, status.name, place.ufs->type(), status, &entries);
    Count(request, SyncStats::kCreate);
    MutexLock lock(&mutex_);
    if (absent_.size() > 0) absent_.Erase(uri::JoinPath(path, status.name));
  };
  const absl::Status scanned = ns_->tree.ScanChildren(directory.id, *cursor, [&](const Inode& child) {
    if (!last && child.name > chunk.back().name) return false;
    for (; next != chunk.end() && next->name < child.name; ++next) add(*next);
    if (next != chunk.end() && next->name == child.name) {
      const ufs::UfsStatus& status = *next++;
      if (child.mount_point) {
        Count(request, SyncStats::kSkippedMountPoint);
        return true;
      }
      if (!child.persisted()) {
        Count(request, SyncStats::kSkippedNotPersisted);
        // Made in Alluxio, and in the store by somebody else: the same directory.
        if (child.directory && status.is_directory) SetPersistence(child.id, PersistenceState::kPersisted, &entries);
        return true;
      }
      if (!compare || (!child.directory && !child.completed)) return true;
      if (!SameData(child, status, place.ufs->type())) {
        suspicious->push_back(uri::JoinPath(path, child.name));
      } else if (!SameAttributes(child, status)) {
        AddAttributes(child, status, place.ufs->type(), &entries);
        Count(request, SyncStats::kUpdate);
      } else {
        Count(request, SyncStats::kNoop);
      }
    } else if (compare && child.persisted() && !child.mount_point) {
      suspicious->push_back(uri::JoinPath(path, child.name));
    } else if (!child.persisted()) {
      Count(request, SyncStats::kSkippedNotPersisted);
    }
    return true;
  });
  ALLUXIO_RETURN_IF_ERROR(scanned);
  for (; next != chunk.end(); ++next) add(*next);
  if (!chunk.empty()) *cursor = std::max(*cursor, chunk.back().name);
  if (last && !directory.direct_children_loaded) {
    auto* update = entries.emplace_back().mutable_update_inode_directory();
    update->set_id(directory.id);
    update->set_direct_children_loaded(true);
  }
  ns_->Commit(std::move(entries));
  return absl::OkStatus();
}

int64_t MetadataSync::BlockSizeOf(const ufs::UfsStatus& status) const {
  return std::max(block_size_bytes_.load(std::memory_order_relaxed), status.length_bytes / kMaxBlocksOfFile + 1);
}

void MetadataSync::AddLoaded(const Request& request, int64_t parent_id, absl::string_view name,
                             absl::string_view ufs_type, const ufs::UfsStatus& status,
                             std::vector<JournalEntry>* entries) {
  Inode inode;
  inode.parent_id = parent_id;
  inode.name = std::string(name);
  inode.directory = status.is_directory;
  inode.persistence = PersistenceState::kPersisted;
  inode.creation_ms = ns_->clock->NowMillis();
  inode.modified_ms = inode.accessed_ms = status.modified_ms;
  inode.acl = security::AccessControlList(status.owner, status.group, security::Mode(status.mode));
  inode.ufs_fingerprint = ufs::Fingerprint(ufs_type, status);
  if (request.ttl_ms > 0) {
    inode.ttl_ms = request.ttl_ms;
    inode.ttl_action = request.ttl_action;
  }
  if (status.is_directory) {
    inode.id = ns_->NextDirectoryId(entries);
    auto* entry = entries->emplace_back().mutable_inode_directory();
    InodeToEntry(inode, entry);
    return;
  }
  inode.id = ns_->NextFileId(entries);
  inode.completed = true;
  inode.cacheable = true;
  const int64_t block_size = BlockSizeOf(status);
  inode.block_size_bytes = block_size;
  inode.length_bytes = status.length_bytes;
  inode.block_count = status.length_bytes / block_size + (status.length_bytes % block_size != 0 ? 1 : 0);
  inode.replication_max = -1;
  InodeToEntry(inode, entries->emplace_back().mutable_inode_file());
  std::vector<std::pair<int64_t, int64_t>> blocks;
  for (int64_t i = 0; i < inode.block_count; ++i) {
    blocks.emplace_back(BlockIdOf(inode.id, i), std::min(block_size, status.length_bytes - i * block_size));
  }
  if (!blocks.empty()) ns_->blocks->AddBlocks(blocks, entries);
}

}  // namespace alluxio::master
