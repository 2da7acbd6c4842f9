#ifndef ALLUXIO_RPC_CALL_H_
#define ALLUXIO_RPC_CALL_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace alluxio::rpc {

// Who calls, as the authenticated channel says.
struct Caller {
  std::string user;
  // host:port of the peer, for logs.
  std::string peer;
};

// Answers a call, exactly once, from any thread. Calls of the servers' parts
// have the form
//   void CreateFile(const Caller&, const grpc::file::CreateFilePRequest&,
//                   Reply<grpc::file::CreateFilePResponse>);
// with the messages of the wire, and never block the calling thread: what needs
// only memory is answered from the journal's callback (or at once, when nothing
// changed), what needs an under store is done on an executor.
template <typename Response>
using Reply = absl::AnyInvocable<void(absl::StatusOr<Response>)>;

// The messages of a streamed answer to somebody in this process: false when no more are
// wanted. May block; called from an executor's thread only. (For a peer: Outlet.)
template <typename Response>
using Sink = absl::AnyInvocable<bool(const Response&)>;

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_CALL_H_
