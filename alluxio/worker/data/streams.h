#ifndef ALLUXIO_WORKER_DATA_STREAMS_H_
#define ALLUXIO_WORKER_DATA_STREAMS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "alluxio/worker/data/block_worker_service.h"
#include "alluxio/worker/data/data_metrics.h"

namespace alluxio::worker {

using RawBidiReactor = ::grpc::ServerBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer>;

// What all streams of one service share.
struct StreamEnv {
  BlockWorkerOptions options;
  DataMetrics metrics;
  int num_tiers = 1;
};

// Each makes the reactor of one call; it deletes itself. `refused`, if not OK,
// is all that the call is answered.
RawBidiReactor* StartReadStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);
RawBidiReactor* StartWriteStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);
RawBidiReactor* StartOpenLocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);
RawBidiReactor* StartCreateLocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);

// Whether the peer came over a Unix socket.
inline bool IsDomain(const ::grpc::CallbackServerContext& context) { return context.peer().rfind("unix:", 0) == 0; }

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_STREAMS_H_
