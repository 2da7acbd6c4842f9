#ifndef ALLUXIO_WORKER_UFSREAD_UFS_MANAGER_H_
#define ALLUXIO_WORKER_UFSREAD_UFS_MANAGER_H_

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::worker {

// The under stores of the mounts that this worker was asked about.
//
// A mount is looked up at the master on its first use and kept; the least
// recently used ones go when there are too many. A use after `max_age` looks it up
// again: what has changed (UpdateMount, or another mount of this id) counts from
// then on, and whoever uses the old store keeps it for as long as he likes. A
// master that can't say leaves all as it is. Thread-safe; concurrent uses make one
// look-up.
class UfsManager {
 public:
  struct Mount {
    std::string uri;
    std::map<std::string, std::string> properties;
    bool read_only = false;

    friend bool operator==(const Mount&, const Mount&) = default;
  };
  // Asks the master (FileSystemMasterWorkerService.GetUfsInfo); blocks.
  using LookUp = std::function<absl::StatusOr<Mount>(int64_t mount_id)>;

  struct Options {
    const ufs::UfsRegistry* registry = nullptr;
    LookUp look_up;
    // Looks a known mount up again, without waiting for a master; null: `look_up`.
    LookUp look_up_again;
    absl::Duration max_age = absl::Minutes(1);
    Clock* clock = Clock::System();
    size_t max_mounts = 1000;
    // Where Place::Open and Create count, as `Worker.BytesReadPerUfs` and
    // `Worker.BytesWrittenPerUfs` with the mount's URI as the tag UFS; null: nowhere.
    // Outlives what they made.
    metrics::MetricsRegistry* metrics = nullptr;
    // Under stores beyond these are counted together, without the tag.
    size_t max_counted = 1000;
  };
  explicit UfsManager(Options options);

  // Null, each, where nothing is counted.
  struct Traffic {
    metrics::Counter* read = nullptr;
    metrics::Counter* written = nullptr;
  };
  // A file or folder in its under store.
  struct Place {
    std::shared_ptr<ufs::UnderFileSystem> ufs;
    std::string path;  // relative to the mount's root
    bool read_only = false;
    Traffic traffic;

    // The file there, for reading or to be written. The bytes count as this
    // worker's traffic: all its data goes these ways.
    absl::StatusOr<std::unique_ptr<ufs::UfsReader>> Open() const;
    absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> Create(const ufs::UnderFileSystem::CreateOptions& options) const;
  };
  // Blocks while the master is asked.
  //   UNAVAILABLE       the mount can't be looked up now
  //   INVALID_ARGUMENT  `uri` is not below the mount's, or no store has this scheme
  absl::StatusOr<Place> Resolve(int64_t mount_id, absl::string_view uri);
  // The same for a path relative to the mount's root.
  absl::StatusOr<Place> ResolveRelative(int64_t mount_id, absl::string_view path);

  // Asks anew at the next use: the mount's properties have changed.
  void Forget(int64_t mount_id);

 private:
  struct Entry {
    Notification looked_up;
    absl::Status error;
    Mount mount;
    std::shared_ptr<ufs::UnderFileSystem> ufs;
    Traffic traffic;
    // Guarded by the manager's mutex; the rest is written before `looked_up` alone.
    std::list<int64_t>::iterator use;
    absl::Time fresh_until = absl::InfiniteFuture();
  };
  using EntryPtr = std::shared_ptr<Entry>;

  absl::StatusOr<EntryPtr> Get(int64_t mount_id);
  absl::StatusOr<EntryPtr> LookUpAgain(int64_t mount_id, EntryPtr entry);

  Traffic TrafficOf(const std::string& uri);

  const Options options_;
  Mutex mutex_;
  std::map<int64_t, EntryPtr> mounts_ ABSL_GUARDED_BY(mutex_);
  std::list<int64_t> uses_ ABSL_GUARDED_BY(mutex_);  // most recent first
  std::set<std::string> counted_ ABSL_GUARDED_BY(mutex_);  // URIs with counters of their own
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_UFS_MANAGER_H_
