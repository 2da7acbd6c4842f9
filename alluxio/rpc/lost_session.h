#ifndef ALLUXIO_RPC_LOST_SESSION_H_
#define ALLUXIO_RPC_LOST_SESSION_H_

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace alluxio::rpc {

// Whether a server refused a call because it doesn't know the session (the texts are
// SessionRegistry's): it was restarted, perhaps under a channel that connected again by
// itself. The next call makes a session. Any other UNAUTHENTICATED stays one.
inline bool IsLostSession(const absl::Status& status) {
  return absl::IsUnauthenticated(status) && absl::StartsWith(status.message(), "Channel");
}

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_LOST_SESSION_H_
