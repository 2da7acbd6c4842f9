#ifndef ALLUXIO_WORKER_PROCESS_NATIVE_SERVICE_H_
#define ALLUXIO_WORKER_PROCESS_NATIVE_SERVICE_H_

#include <memory>

#include "alluxio/rpc/call_env.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace alluxio::worker {

class BlockStore;
class Persister;

// alluxio.native.NativeWorkerService: what our own master orders, and what our
// own clients tell. All outlive it.
std::unique_ptr<::grpc::Service> MakeNativeWorkerService(const rpc::CallEnv* env, Persister* persister,
                                                         BlockStore* store);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_PROCESS_NATIVE_SERVICE_H_
