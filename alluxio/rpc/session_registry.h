#ifndef ALLUXIO_RPC_SESSION_REGISTRY_H_
#define ALLUXIO_RPC_SESSION_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio::rpc {

// The authenticated channels of one server: which user a `channel-id` stands
// for. A channel lives as long as its authentication stream, whichever TCP
// connection its calls come from, and as it is used. Thread-safe.
class SessionRegistry {
 public:
  // `stale_after`: `alluxio.security.stale.channel.purge.interval`; zero or less: never.
  explicit SessionRegistry(const Clock* clock = Clock::System(), absl::Duration stale_after = absl::Hours(72))
      : clock_(clock), stale_after_(stale_after) {}

  // What is held for each channel, and how many there may be.
  static constexpr size_t kMaxUserBytes = 1024;
  static constexpr size_t kMaxSessions = 500'000;

  // Makes `channel_id` stand for `user`; the result names this registration to
  // Forget.
  //
  // Errors:
  //   INTERNAL  not a UUID; or registered already, and then the earlier
  //             registration is dropped too (as in the original: whoever
  //             repeats an id may have stolen it).
  //   UNAUTHENTICATED     a name of more than kMaxUserBytes.
  //   RESOURCE_EXHAUSTED  kMaxSessions.
  absl::StatusOr<uint64_t> Register(absl::string_view channel_id, std::string user);

  // Ends one registration; no effect if it was dropped or replaced meanwhile.
  void Forget(absl::string_view channel_id, uint64_t registration);

  // Forgets the channels that no call has used for too long, and gives their
  // registrations. Looks once in a while; else there are none.
  std::vector<uint64_t> TakeStale();

  // The user of a call's channel; `method` ("package.Service/Method") is for
  // the text only.
  //
  // Errors:
  //   UNAUTHENTICATED  nobody registered it.
  //   UNKNOWN          not a UUID (without text, as in the original).
  absl::StatusOr<std::string> UserOf(absl::string_view channel_id, absl::string_view method) const;

  // What a call without `channel-id` is answered.
  static absl::Status MissingChannelId(absl::string_view method);

  size_t size() const;

 private:
  struct Session {
    std::string user;
    uint64_t registration = 0;
    // Unix milliseconds; orders nothing.
    std::unique_ptr<std::atomic<int64_t>> last_use;
  };
  const Clock* const clock_;
  const absl::Duration stale_after_;
  mutable Mutex mutex_;
  uint64_t last_registration_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time last_look_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::flat_hash_map<std::string, Session> sessions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_SESSION_REGISTRY_H_
