#include "alluxio/worker/process/native_service.h"

#include <functional>

#include "alluxio/rpc/unary.h"
#include "alluxio/worker/persist/persister.h"
#include "alluxio_native/worker.grpc.pb.h"

namespace alluxio::worker {
namespace {

class NativeService final : public native::NativeWorkerService::CallbackService {
 public:
  NativeService(const rpc::CallEnv* env, Persister* persister) : env_(env), persister_(persister) {}

  ::grpc::ServerUnaryReactor* PersistFile(::grpc::CallbackServerContext* context,
                                          const native::PersistFileRequest* request,
                                          native::PersistFileResponse* response) override {
    return rpc::ServeUnary(*env_, "alluxio.native.NativeWorkerService/PersistFile", context, request, response,
                           std::bind_front(&Persister::PersistFile, persister_));
  }

 private:
  const rpc::CallEnv* const env_;
  Persister* const persister_;
};

}  // namespace

std::unique_ptr<::grpc::Service> MakeNativeWorkerService(const rpc::CallEnv* env, Persister* persister) {
  return std::make_unique<NativeService>(env, persister);
}

}  // namespace alluxio::worker
