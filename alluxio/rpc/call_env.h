#ifndef ALLUXIO_RPC_CALL_ENV_H_
#define ALLUXIO_RPC_CALL_ENV_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/rpc/call.h"
#include "alluxio/rpc/session_registry.h"

namespace alluxio::rpc {

// Told of every call when it ends. Thread-safe, never blocks.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // `method` is "package.Service/Method" and lives for ever.
  virtual void Finished(absl::string_view method, const Caller& caller, const absl::Status& status,
                        absl::Duration duration) = 0;
};

// What all services of one server share; outlives the server.
struct CallEnv {
  // Null with NOSASL: every caller is the user "".
  const SessionRegistry* sessions = nullptr;
  CallObserver* observer = nullptr;  // may be null
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_CALL_ENV_H_
