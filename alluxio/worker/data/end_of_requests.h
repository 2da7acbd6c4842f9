#ifndef ALLUXIO_WORKER_DATA_END_OF_REQUESTS_H_
#define ALLUXIO_WORKER_DATA_END_OF_REQUESTS_H_

#include <grpcpp/server_context.h>

namespace alluxio::worker {

// Tells a half-close, which commits, from a cancellation or a broken connection,
// which aborts. gRPC ends the read in both cases and says "cancelled" by a
// completion of its own, which the core puts behind that of the read. So the
// first end of a read is not believed: another read is started, whose completion
// comes behind both, and the decision is made there.
class EndOfRequests {
 public:
  enum Verdict { kLookAgain, kCancelled, kHalfClosed };

  Verdict OnEnd(const ::grpc::CallbackServerContext& context) {
    if (context.IsCancelled()) return kCancelled;
    if (++ends_ < 2) return kLookAgain;
    return kHalfClosed;
  }

 private:
  int ends_ = 0;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_END_OF_REQUESTS_H_
