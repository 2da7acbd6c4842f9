#ifndef ALLUXIO_RPC_SASL_SERVICE_H_
#define ALLUXIO_RPC_SASL_SERVICE_H_

#include "absl/container/flat_hash_set.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/authentication.h"
#include "alluxio/rpc/session_registry.h"
#include "grpc/sasl_server.grpc.pb.h"

namespace alluxio::rpc {

// The authentication stream, for SIMPLE. The stream is the session: its
// channel is known to `sessions` from SUCCESS to the stream's end, however it
// ends; a channel that no call uses for days is ended when others come. Thread-safe.
//
// A stream ends with
//   OK               the client half-closed, the channel was stale, or the server stops.
//   UNAUTHENTICATED  the message is malformed, is no CHALLENGE, its scheme is
//                    neither SIMPLE nor CUSTOM, or the impersonation is refused.
//   INTERNAL         `clientId` is no UUID, or is registered already.
class SaslService final : public grpc::sasl::SaslAuthenticationService::CallbackService {
 public:
  // Both outlive this.
  SaslService(SessionRegistry* sessions, const ImpersonationRules* impersonation)
      : sessions_(sessions), impersonation_(impersonation) {}

  ::grpc::ServerBidiReactor<grpc::sasl::SaslMessage, grpc::sasl::SaslMessage>* authenticate(
      ::grpc::CallbackServerContext* context) override;

  // Ends all streams with OK; later ones are refused UNAVAILABLE.
  void Close();

 private:
  class Stream;
  // False after Close.
  bool Add(Stream* stream);
  void Remove(Stream* stream);
  void EndStale();

  SessionRegistry* const sessions_;
  const ImpersonationRules* const impersonation_;
  Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_SASL_SERVICE_H_
