#include "alluxio/worker/data/block_worker_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/rpc/unary.h"
#include "alluxio/worker/data/streams.h"
#include "grpc/block_worker.grpc.pb.h"

namespace alluxio::worker {
namespace {

namespace wire = grpc::block;
using Service = wire::BlockWorker;
using UnaryReactor = ::grpc::ServerUnaryReactor;
using Context = ::grpc::CallbackServerContext;

#define ALLUXIO_METHOD(name) "alluxio.grpc.block.BlockWorker/" name

using RawService = Service::WithRawCallbackMethod_ReadBlock<
    Service::WithRawCallbackMethod_WriteBlock<Service::WithRawCallbackMethod_OpenLocalBlock<
        Service::WithRawCallbackMethod_CreateLocalBlock<Service::WithCallbackMethod_AsyncCache<
            Service::WithCallbackMethod_Cache<Service::WithCallbackMethod_Load<Service::WithCallbackMethod_RemoveBlock<
                Service::WithCallbackMethod_MoveBlock<Service::WithCallbackMethod_ClearMetrics<
                    Service::WithCallbackMethod_FreeWorker<Service::Service>>>>>>>>>>>;

ColdBlock ColdBlockOf(int64_t block_id, int64_t length, const proto::dataserver::OpenUfsBlockOptions& ufs) {
  return {.block_id = block_id,
          .length_bytes = length,
          .mount_id = ufs.mountid(),
          .ufs_uri = ufs.ufs_path(),
          .offset_in_file = ufs.offset_in_file(),
          .in_ufs_tier = ufs.block_in_ufs_tier()};
}

// Collects the answers for the blocks of one Load.
class LoadAnswer {
 public:
  LoadAnswer(wire::LoadRequest request, rpc::Reply<wire::LoadResponse> reply)
      : request_(std::move(request)), left_(request_.blocks_size()), reply_(std::move(reply)) {}
  const wire::LoadRequest& request() const { return request_; }

  void Done(int index, const absl::Status& status) {
    MutexLock lock(&mutex_);
    if (!status.ok()) {
      wire::BlockStatus* const failed = response_.add_block_status();
      *failed->mutable_block() = request_.blocks(index);
      failed->set_code(static_cast<int>(status.code()));
      failed->set_message(std::string(status.message()));
      failed->set_retryable(absl::IsUnavailable(status) || absl::IsResourceExhausted(status));
    }
    if (--left_ > 0) return;
    const int failures = response_.block_status_size();
    response_.set_status(failures == 0                        ? wire::SUCCESS
                         : failures < request_.blocks_size() ? wire::PARTIAL_FAILURE
                                                             : wire::FAILURE);
    reply_(std::move(response_));
  }

 private:
  const wire::LoadRequest request_;
  Mutex mutex_;
  int left_ ABSL_GUARDED_BY(mutex_);
  wire::LoadResponse response_ ABSL_GUARDED_BY(mutex_);
  rpc::Reply<wire::LoadResponse> reply_ ABSL_GUARDED_BY(mutex_);
};

class BlockWorkerService final : public RawService {
 public:
  explicit BlockWorkerService(const BlockWorkerOptions& options)
      : env_{.options = options,
             .metrics = DataMetrics(*options.metrics),
             .num_tiers = static_cast<int>(options.store->Usage().size())} {
    if (env_.options.commit_executor == nullptr) env_.options.commit_executor = env_.options.executor;
  }

  RawBidiReactor* ReadBlock(Context* context) override {
    return StartReadStream(&env_, context, Refusal(*context, ALLUXIO_METHOD("ReadBlock")));
  }
  RawBidiReactor* WriteBlock(Context* context) override {
    return StartWriteStream(&env_, context, Refusal(*context, ALLUXIO_METHOD("WriteBlock")));
  }
  RawBidiReactor* OpenLocalBlock(Context* context) override {
    return StartOpenLocalStream(&env_, context, Refusal(*context, ALLUXIO_METHOD("OpenLocalBlock")));
  }
  RawBidiReactor* CreateLocalBlock(Context* context) override {
    return StartCreateLocalStream(&env_, context, Refusal(*context, ALLUXIO_METHOD("CreateLocalBlock")));
  }

  UnaryReactor* RemoveBlock(Context* context, const wire::RemoveBlockRequest* request,
                            wire::RemoveBlockResponse* response) override {
    return Serve(ALLUXIO_METHOD("RemoveBlock"), context, request, response, [this](const auto& request, auto reply) {
      OnExecutor(std::move(reply), [this, id = request.block_id()]() -> absl::StatusOr<wire::RemoveBlockResponse> {
        const absl::Status status = env_.options.store->Remove(id);
        if (status.ok()) env_.metrics.blocks_deleted.Inc();
        if (!status.ok() && !absl::IsNotFound(status)) return status;
        return wire::RemoveBlockResponse();
      });
    });
  }

  UnaryReactor* MoveBlock(Context* context, const wire::MoveBlockRequest* request,
                          wire::MoveBlockResponse* response) override {
    return Serve(ALLUXIO_METHOD("MoveBlock"), context, request, response, [this](const auto& request, auto reply) {
      OnExecutor(std::move(reply), [this, request]() -> absl::StatusOr<wire::MoveBlockResponse> {
        if (request.medium_type().empty()) return absl::InvalidArgumentError("MoveBlock needs a medium type");
        ALLUXIO_RETURN_IF_ERROR(env_.options.store->Move(request.block_id(), kAnyTier, request.medium_type()));
        return wire::MoveBlockResponse();
      });
    });
  }

  UnaryReactor* Cache(Context* context, const wire::CacheRequest* request, wire::CacheResponse* response) override {
    return Serve(ALLUXIO_METHOD("Cache"), context, request, response, [this](const auto& request, auto reply) {
      CountCache(request.async());
      if (request.async()) return CacheAsync<wire::CacheResponse>(request, std::move(reply));
      if (!env_.options.cache) return reply(absl::UnimplementedError("this worker caches nothing"));
      env_.options.cache(CacheRequestOf(request), [reply = std::move(reply)](absl::Status status) mutable {
        if (!status.ok()) return reply(std::move(status));
        reply(wire::CacheResponse());
      });
    });
  }

  UnaryReactor* AsyncCache(Context* context, const wire::AsyncCacheRequest* request,
                           wire::AsyncCacheResponse* response) override {
    return Serve(ALLUXIO_METHOD("AsyncCache"), context, request, response, [this](const auto& request, auto reply) {
      CountCache(true);
      CacheAsync<wire::AsyncCacheResponse>(request, std::move(reply));
    });
  }

  UnaryReactor* Load(Context* context, const wire::LoadRequest* request, wire::LoadResponse* response) override {
    return Serve(ALLUXIO_METHOD("Load"), context, request, response, [this](const auto& request, auto reply) {
      if (env_.options.fetcher == nullptr) return reply(absl::UnimplementedError("this worker caches nothing"));
      if (request.blocks_size() == 0) return reply(absl::InvalidArgumentError("Load without blocks"));
      auto answer = std::make_shared<LoadAnswer>(request, std::move(reply));
      const wire::UfsReadOptions& options = answer->request().options();
      for (int i = 0; i < answer->request().blocks_size(); ++i) {
        const auto start = [this, answer, i](const absl::Status& status) {
          if (!status.ok()) return answer->Done(i, status);
          const wire::Block& block = answer->request().blocks(i);
          env_.options.fetcher->Cache({.block_id = block.block_id(),
                                       .length_bytes = block.length(),
                                       .mount_id = block.mountid(),
                                       .ufs_uri = block.ufs_path(),
                                       .offset_in_file = block.offset_in_file()},
                                      [answer, i](absl::Status result) { answer->Done(i, result); });
        };
        if (env_.options.pacer == nullptr || options.bandwidth() <= 0) {
          start(absl::OkStatus());
        } else {
          env_.options.pacer->Submit(options.tag(), options.bandwidth(), answer->request().blocks(i).length(), start);
        }
      }
    });
  }

  UnaryReactor* ClearMetrics(Context* context, const wire::ClearMetricsRequest* request,
                             wire::ClearMetricsResponse* response) override {
    return Serve(ALLUXIO_METHOD("ClearMetrics"), context, request, response, [this](const auto&, auto reply) {
      env_.options.metrics->Reset();
      reply(wire::ClearMetricsResponse());
    });
  }

  // Drops all that may be evicted; blocks of pinned files stay.
  UnaryReactor* FreeWorker(Context* context, const wire::FreeWorkerRequest* request,
                           wire::FreeWorkerResponse* response) override {
    return Serve(ALLUXIO_METHOD("FreeWorker"), context, request, response, [this](const auto&, auto reply) {
      OnExecutor(std::move(reply), [this]() -> absl::StatusOr<wire::FreeWorkerResponse> {
        env_.metrics.blocks_deleted.Inc(env_.options.store->EvictAll());
        return wire::FreeWorkerResponse();
      });
    });
  }

 private:
  absl::Status Refusal(const Context& context, absl::string_view method) const {
    return rpc::CallerOf(*env_.options.env, method, context).status();
  }

  // ServeUnary without the caller, whom no call here asks for.
  template <typename Request, typename Response, typename F>
  UnaryReactor* Serve(absl::string_view method, Context* context, const Request* request, Response* response, F call) {
    return rpc::ServeUnary(*env_.options.env, method, context, request, response,
                           [&call](const rpc::Caller&, const Request& request, rpc::Reply<Response> reply) {
                             call(request, std::move(reply));
                           });
  }

  template <typename Response, typename F>
  void OnExecutor(rpc::Reply<Response> reply, F work) {
    // std::function is copied, a reply isn't.
    auto shared = std::make_shared<rpc::Reply<Response>>(std::move(reply));
    if (!env_.options.executor->Submit([shared, work = std::move(work)] { (*shared)(work()); })) {
      (*shared)(absl::ResourceExhaustedError("the worker has no thread free; try again"));
    }
  }

  template <typename Request>
  static CacheQueue::Request CacheRequestOf(const Request& request) {
    const int64_t length = request.has_length() ? request.length() : request.open_ufs_block_options().block_size();
    return {.block = ColdBlockOf(request.block_id(), length, request.open_ufs_block_options()),
            .source_host = request.source_host(),
            .source_port = request.source_port()};
  }
  template <typename Response, typename Request>
  void CacheAsync(const Request& request, rpc::Reply<Response> reply) {
    if (!env_.options.cache_async) return reply(absl::UnimplementedError("this worker caches nothing"));
    absl::Status queued = env_.options.cache_async(CacheRequestOf(request));
    if (!queued.ok()) return reply(std::move(queued));
    reply(Response());
  }
  void CountCache(bool async) {
    env_.metrics.cache_requests.Inc();
    (async ? env_.metrics.cache_requests_async : env_.metrics.cache_requests_sync).Inc();
  }

  StreamEnv env_;
};

}  // namespace

std::unique_ptr<::grpc::Service> MakeBlockWorkerService(const BlockWorkerOptions& options) {
  return std::make_unique<BlockWorkerService>(options);
}

}  // namespace alluxio::worker
