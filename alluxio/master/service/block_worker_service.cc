#include <functional>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
#include "alluxio/rpc/status_conversion.h"
#include "grpc/block_master.grpc.pb.h"

#define ALLUXIO_SERVICE "alluxio.grpc.block.BlockMasterWorkerService/"

namespace alluxio::master {
namespace {

using namespace grpc::block;  // NOLINT

// Registering takes about a microsecond for each block: a message with more
// than these must not hold up one of gRPC's threads.
constexpr int kInlineBlocks = 1000;

int BlocksIn(const RegisterWorkerPRequest& request) {
  int blocks = 0;
  for (const auto& entry : request.currentblocks()) blocks += entry.value().blockid_size();
  return blocks;
}

// Runs `work` here if it is small, else on `executor`, or here if that is full.
void RunSized(Executor* executor, int blocks, std::function<void()> work) {
  if (blocks > kInlineBlocks && executor->Submit(work)) return;
  work();
}

// One registration: a response for each message, then, after the half-close, the
// stream's end says whether the worker is registered. One step at a time: the
// next message is read when the response to this one has left.
class RegisterStream final : public ::grpc::ServerBidiReactor<RegisterWorkerPRequest, RegisterWorkerPResponse> {
 public:
  RegisterStream(const rpc::CallEnv& env, ::grpc::CallbackServerContext* context, BlockMaster* master,
                 Executor* executor)
      : env_(env), context_(context), master_(master), executor_(executor), start_(absl::Now()) {
    absl::StatusOr<rpc::Caller> caller = rpc::CallerOf(env, kMethod, *context);
    if (!caller.ok()) {
      End(caller.status());
      return;
    }
    caller_ = *std::move(caller);
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      RunSized(executor_, BlocksIn(request_), [this] { Take(); });
    } else if (context_->IsCancelled()) {
      End(absl::CancelledError("the worker gave up its registration"));
    } else if (!registration_) {
      End(absl::InvalidArgumentError("a registration needs at least one message"));
    } else {
      End(master_->RegisterFinish(*registration_));
    }
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End(absl::CancelledError("the worker gave up its registration"));
    request_.Clear();
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  static constexpr absl::string_view kMethod = ALLUXIO_SERVICE "RegisterWorkerStream";

  void Take() {
    if (registration_) {
      if (absl::Status taken = master_->RegisterBatch(*registration_, request_); !taken.ok()) return End(taken);
    } else {
      auto registration = master_->RegisterStart(caller_, request_);
      if (!registration.ok()) return End(registration.status());
      registration_ = *std::move(registration);
    }
    StartWrite(&response_);
  }
  void End(const absl::Status& status) {
    if (env_.observer) env_.observer->Finished(kMethod, caller_, status, absl::Now() - start_);
    Finish(rpc::ToGrpc(status));
  }

  const rpc::CallEnv env_;
  ::grpc::CallbackServerContext* const context_;
  BlockMaster* const master_;
  Executor* const executor_;
  const absl::Time start_;
  rpc::Caller caller_;
  RegisterWorkerPRequest request_;
  RegisterWorkerPResponse response_;
  std::shared_ptr<BlockMaster::Registration> registration_;
};

class Service final : public BlockMasterWorkerService::CallbackService {
 public:
  Service(const rpc::CallEnv& env, BlockMaster* master, Executor* executor)
      : env_(env), master_(master), executor_(executor) {}

  ALLUXIO_SERVE(BlockHeartbeat, BlockHeartbeatPRequest, BlockHeartbeatPResponse)
  ALLUXIO_SERVE(CommitBlock, CommitBlockPRequest, CommitBlockPResponse)
  ALLUXIO_SERVE(CommitBlockInUfs, CommitBlockInUfsPRequest, CommitBlockInUfsPResponse)
  ALLUXIO_SERVE(GetWorkerId, GetWorkerIdPRequest, GetWorkerIdPResponse)
  ALLUXIO_SERVE(NotifyWorkerId, NotifyWorkerIdPRequest, NotifyWorkerIdPResponse)
  ALLUXIO_SERVE(RequestRegisterLease, GetRegisterLeasePRequest, GetRegisterLeasePResponse)

  ::grpc::ServerUnaryReactor* RegisterWorker(::grpc::CallbackServerContext* context,
                                             const RegisterWorkerPRequest* request,
                                             RegisterWorkerPResponse* response) override {
    using R = rpc::Reply<RegisterWorkerPResponse>;
    return rpc::ServeUnary(env_, ALLUXIO_SERVICE "RegisterWorker", context, request, response,
                           [this](const rpc::Caller& caller, const RegisterWorkerPRequest& q, R reply) {
                             auto shared = std::make_shared<R>(std::move(reply));
                             RunSized(executor_, BlocksIn(q), [this, caller, &q, shared] {
                               master_->RegisterWorker(caller, q, std::move(*shared));
                             });
                           });
  }
  ::grpc::ServerBidiReactor<RegisterWorkerPRequest, RegisterWorkerPResponse>* RegisterWorkerStream(
      ::grpc::CallbackServerContext* context) override {
    return new RegisterStream(env_, context, master_, executor_);
  }

 private:
  const rpc::CallEnv env_;
  BlockMaster* const master_;
  Executor* const executor_;
};

}  // namespace

ServicePtr NewBlockMasterWorkerService(const rpc::CallEnv& env, BlockMaster* master, Executor* executor) {
  return {new Service(env, master, executor), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
