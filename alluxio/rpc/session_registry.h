#ifndef ALLUXIO_RPC_SESSION_REGISTRY_H_
#define ALLUXIO_RPC_SESSION_REGISTRY_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"

namespace alluxio::rpc {

// The authenticated channels of one server: which user a `channel-id` stands
// for. A channel lives as long as its authentication stream, whichever TCP
// connection its calls come from. Thread-safe.
class SessionRegistry {
 public:
  // Makes `channel_id` stand for `user`; the result names this registration to
  // Forget.
  //
  // Errors:
  //   INTERNAL  not a UUID; or registered already, and then the earlier
  //             registration is dropped too (as in the original: whoever
  //             repeats an id may have stolen it).
  absl::StatusOr<uint64_t> Register(absl::string_view channel_id, std::string user);

  // Ends one registration; no effect if it was dropped or replaced meanwhile.
  void Forget(absl::string_view channel_id, uint64_t registration);

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
  };
  mutable Mutex mutex_;
  uint64_t last_registration_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, Session> sessions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_SESSION_REGISTRY_H_
