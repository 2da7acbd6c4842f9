#ifndef ALLUXIO_MASTER_SYNC_METADATA_SYNC_H_
#define ALLUXIO_MASTER_SYNC_METADATA_SYNC_H_

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/inode/inode.h"
#include "alluxio/master/mount/namespace_state.h"
#include "alluxio/master/sync/sync_stats.h"
#include "alluxio/master/sync/ufs_tree.h"
#include "alluxio/metrics/metrics.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::master {

// A bounded map from path to a number; the oldest entry goes first. Not locked.
class PathTimes {
 public:
  explicit PathTimes(size_t capacity) : capacity_(capacity) {}
  void Put(absl::string_view path, int64_t value);
  void Erase(absl::string_view path);
  // `path` and all below it; looks at every entry.
  void EraseWithin(absl::string_view path);
  const int64_t* Find(absl::string_view path) const;
  size_t size() const { return values_.size(); }

 private:
  struct Entry {
    int64_t value = 0;
    std::list<std::string>::iterator order;
  };
  const size_t capacity_;
  std::list<std::string> order_;  // oldest first
  absl::flat_hash_map<absl::string_view, Entry> values_;  // keys live in order_
};

// Brings the namespace into step with the under stores, on access.
//
// What a path access finds in its under store and Alluxio does not know becomes
// an inode (load); where a sync is due, changed files get new inodes without
// cached blocks, and what is gone there disappears, except what was never
// persisted. A store that can't be reached is an error, nothing changes then.
//
// Thread-safe. `Run` blocks and takes its own claims: callers hold none.
class MetadataSync {
 public:
  enum class Extent { kSelf, kChildren, kAll };
  struct Request {
    std::string path;
    // -1: sync only what was invalidated; 0: always; n: if older.
    int64_t interval_ms = -1;
    // For what Alluxio does not know (yet).
    grpc::file::LoadMetadataPType load = grpc::file::NEVER;
    Extent extent = Extent::kSelf;
    // Of loaded inodes.
    int64_t ttl_ms = kNoTtl;
    TtlAction ttl_action = TtlAction::kDelete;
    // Counts what is done; a sync that it cancels ends CANCELLED. May be null.
    SyncStats* stats = nullptr;
  };

  explicit MetadataSync(NamespaceState* ns);

  // Takes over what may change at run time: the block size of files loaded from
  // now on.
  void Reconfigure(const conf::Configuration& conf);

  // Counts there from now on; outlives this. Before there are other calls.
  void UseMetrics(metrics::MetricsRegistry* metrics);

  // Whether `Run` would talk to an under store. Memory only.
  absl::StatusOr<bool> Needed(const Request& request);
  // UNAVAILABLE: the store can't be reached; other errors are its own. A path that
  // is not there is none: what is to be answered then is the caller's business.
  absl::Status Run(const Request& request);

  // What an access did not need (Needed said so), for metrics.
  void NoteSkipped();

  struct AbsentStats {
    int64_t hits = 0, misses = 0;
    int64_t size = 0;
  };
  AbsentStats GetAbsentStats() const;

  // The next access to `path`, or below it, syncs.
  void Invalidate(const std::string& path);
  // `path` was created: it is not absent any more.
  void NoteExists(absl::string_view path);
  // A directory with unknown content has come to `path`.
  void NoteMoved(absl::string_view path);

 private:
  struct Child {
    std::string name;
    InodePtr inode;
  };

  // What NeedsSync and its like said of a path.
  struct Invalid {
    uint64_t sequence = 0;  // when: one that comes during a sync outlives it
    bool self = true;       // false: the inode itself was compared since, only what is below is left
  };

  // Of the metrics whose names they have.
  struct Metrics {
    Metrics(metrics::MetricsRegistry* registry, const MetadataSync* sync);
    metrics::Counter &ops, &skipped, &success, &fail, &time_ms;
    metrics::Counter &paths_success, &paths_fail;
    // Gauges, not counters as the original's: those that are set to 0 in between would
    // be wrong from then on.
    const metrics::GaugeHandle active, pending;
  };

  // `pending`: directories found that wait for their turn.
  absl::Status RunSteps(const Request& request, int64_t* paths, int64_t* pending);
  bool SyncDue(const Request& request);
  // `started`: the last invalidation that came before the sync began.
  void NoteSynced(const Request& request, int64_t at_ms, uint64_t started);
  bool KnownAbsent(const InodePath& lookup);

  absl::Status LoadMissing(const Request& request);
  // Compares one existing path with its under store.
  absl::Status Reconcile(const Request& request, const std::string& path);
  absl::Status SyncChildren(const Request& request, const std::string& path, bool compare);
  absl::Status MergeChunk(const Request& request, const Inode& directory, absl::string_view path,
                          const UfsPlace& place, std::vector<ufs::UfsStatus>& chunk, bool last, bool compare,
                          std::string* cursor, std::vector<std::string>* suspicious);
  // Of a file to load; the default, unless that makes too many blocks.
  int64_t BlockSizeOf(const ufs::UfsStatus& status) const;
  // The inode of what lies at `relative` of the place; the latch is held exclusively.
  void AddLoaded(const Request& request, int64_t parent_id, absl::string_view name, absl::string_view ufs_type,
                 const ufs::UfsStatus& status, std::vector<proto::journal::JournalEntry>* entries);

  NamespaceState* const ns_;
  std::atomic<int64_t> block_size_bytes_;  // orders nothing

  mutable Mutex mutex_;  // below the latch
  PathTimes absent_ ABSL_GUARDED_BY(mutex_);
  AbsentStats absent_stats_ ABSL_GUARDED_BY(mutex_);  // without the size
  PathTimes synced_[3] ABSL_GUARDED_BY(mutex_);  // by extent
  std::map<std::string, Invalid> invalidated_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_invalid_ ABSL_GUARDED_BY(mutex_) = 0;

  std::atomic<int64_t> active_{0}, pending_{0};  // order nothing
  std::unique_ptr<const Metrics> metrics_;       // null: nobody counts; last: its gauges read the others
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SYNC_METADATA_SYNC_H_
