#ifndef ALLUXIO_RPC_STATUS_CONVERSION_H_
#define ALLUXIO_RPC_STATUS_CONVERSION_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace alluxio::rpc {

// The longest error text on the wire. Java refuses more than 8 KiB of trailers,
// and a text that is not ASCII grows threefold by percent encoding.
inline constexpr size_t kMaxErrorText = 2000;

// The codes are the same numbers on both sides; a longer text is cut (at a
// character's border) and ends in "...".
::grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const ::grpc::Status& status);

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_STATUS_CONVERSION_H_
