#ifndef ALLUXIO_CLIENT_FILE_STATUS_CACHE_H_
#define ALLUXIO_CLIENT_FILE_STATUS_CACHE_H_

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/client/types.h"

namespace alluxio::client {

// What the master said of complete files lately (alluxio.user.metadata.cache.*):
// saves the call of an open. Others' changes show when an entry is too old; the
// client's own ones are told to Forget. Thread-safe.
class StatusCache {
 public:
  StatusCache(size_t max_entries, absl::Duration lifetime, Clock* clock)
      : max_entries_(max_entries), lifetime_(lifetime), clock_(clock) {}

  std::optional<UriStatus> Get(absl::string_view path);
  // Directories and incomplete files are not kept. The entry used the longest
  // time ago makes room.
  void Put(const UriStatus& status);
  // The path and everything below it.
  void Forget(absl::string_view path);

 private:
  struct Entry;
  using Map = std::map<std::string, Entry, std::less<>>;
  struct Entry {
    UriStatus status;
    absl::Time until;
    std::list<Map::iterator>::iterator place;
  };

  void EraseLocked(Map::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_entries_;
  const absl::Duration lifetime_;
  Clock* const clock_;
  Mutex mutex_;
  Map entries_ ABSL_GUARDED_BY(mutex_);
  std::list<Map::iterator> used_ ABSL_GUARDED_BY(mutex_);  // latest first
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_STATUS_CACHE_H_
