#include "alluxio/worker/process/native_service.h"

#include <functional>

#include "alluxio/rpc/unary.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/persist/persister.h"
#include "alluxio_native/worker.grpc.pb.h"

namespace alluxio::worker {
namespace {

class NativeService final : public native::NativeWorkerService::CallbackService {
 public:
  NativeService(const rpc::CallEnv* env, Persister* persister, BlockStore* store)
      : env_(env), persister_(persister), store_(store) {}

  ::grpc::ServerUnaryReactor* PersistFile(::grpc::CallbackServerContext* context,
                                          const native::PersistFileRequest* request,
                                          native::PersistFileResponse* response) override {
    return rpc::ServeUnary(*env_, "alluxio.native.NativeWorkerService/PersistFile", context, request, response,
                           std::bind_front(&Persister::PersistFile, persister_));
  }

  ::grpc::ServerUnaryReactor* UseBlocks(::grpc::CallbackServerContext* context, const native::UseBlocksRequest* request,
                                        native::UseBlocksResponse* response) override {
    return rpc::ServeUnary(*env_, "alluxio.native.NativeWorkerService/UseBlocks", context, request, response,
                           [this](const rpc::Caller&, const native::UseBlocksRequest& used,
                                  rpc::Reply<native::UseBlocksResponse> reply) {
                             // Opened is used; what isn't here is no error.
                             for (const int64_t id : used.block_ids()) store_->Open(id).status().IgnoreError();
                             reply(native::UseBlocksResponse());
                           });
  }

 private:
  const rpc::CallEnv* const env_;
  Persister* const persister_;
  BlockStore* const store_;
};

}  // namespace

std::unique_ptr<::grpc::Service> MakeNativeWorkerService(const rpc::CallEnv* env, Persister* persister,
                                                         BlockStore* store) {
  return std::make_unique<NativeService>(env, persister, store);
}

}  // namespace alluxio::worker
