#ifndef ALLUXIO_STUB_REGISTER_WORKER_H_
#define ALLUXIO_STUB_REGISTER_WORKER_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "alluxio/stub/master_stub.h"
#include "grpc/block_master.pb.h"

namespace alluxio::stub {

// Registers a worker by RegisterWorkerStream: `next` fills the next message and
// returns false when there is none (called at least once; the first message
// must be there). At most two messages are unacknowledged. One attempt: OK means
// registered. DEADLINE_EXCEEDED at `deadline` (the original allows 15 min).
absl::Status RegisterWorkerStream(MasterStub& stub,
                                  absl::FunctionRef<bool(grpc::block::RegisterWorkerPRequest*)> next,
                                  absl::Time deadline);

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_REGISTER_WORKER_H_
