#ifndef ALLUXIO_WORKER_DATA_END_OF_REQUESTS_H_
#define ALLUXIO_WORKER_DATA_END_OF_REQUESTS_H_

#include <grpcpp/server_context.h>

namespace alluxio::worker {

// Tells a half-close, which commits, from a cancellation or a broken connection,
// which aborts. gRPC ends the read in both cases and says "cancelled" by an event
// of its own, which another thread may be about to tell while this one sees the
// read end; that IsCancelled is still false proves nothing.
//
// As long as nothing was sent there is a proof: the initial metadata can be sent
// after a half-close, while a stream that is reset or has lost its connection
// refuses it. Later there is none. Then several more reads are started, each of
// which ends behind that event in gRPC's queue, and a commit looks again when it is
// done (the master was told meanwhile) and takes the block back.
class EndOfRequests {
 public:
  enum Verdict { kLookAgain, kCancelled, kSendMetadata, kHalfClosed };

  // A read ended; `answered` says whether anything was sent before.
  Verdict OnEnd(const ::grpc::CallbackServerContext& context, bool answered) {
    if (context.IsCancelled()) return kCancelled;
    if (!answered) return kSendMetadata;
    return ++ends_ < kLooks ? kLookAgain : kHalfClosed;
  }
  // The initial metadata was sent, or, `ok` false, refused.
  static Verdict OnMetadata(const ::grpc::CallbackServerContext& context, bool ok) {
    return ok && !context.IsCancelled() ? kHalfClosed : kCancelled;
  }

 private:
  static constexpr int kLooks = 5;
  int ends_ = 0;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_END_OF_REQUESTS_H_
