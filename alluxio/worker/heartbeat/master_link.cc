#include "alluxio/worker/heartbeat/master_link.h"

#include <atomic>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/stub/block_methods.h"
#include "alluxio/stub/file_system_methods.h"
#include "alluxio/stub/master_stub.h"
#include "alluxio/stub/native_methods.h"
#include "alluxio/stub/register_worker.h"

namespace alluxio::worker {
namespace {

// `alluxio.worker.master.periodical.rpc.timeout`'s default.
constexpr absl::Duration kCallTimeout = absl::Minutes(5);
// Of one try to commit a block, which its writer waits for: another follows, if
// need be to another master.
constexpr absl::Duration kCommitTimeout = absl::Seconds(10);
// Where there is an old answer to go on with.
constexpr absl::Duration kQuickTimeout = absl::Seconds(5);
constexpr absl::Duration kRegisterTimeout = absl::Minutes(15);

stub::CallOptions Soon(absl::Duration timeout = kCallTimeout) { return {.deadline = absl::Now() + timeout}; }

class WireLink final : public MasterLink {
 public:
  WireLink(stub::MasterStub* once, stub::MasterStub* patient) : once_(once), patient_(patient) {}

  absl::StatusOr<int64_t> GetWorkerId(const grpc::WorkerNetAddress& address) override {
    grpc::block::GetWorkerIdPRequest request;
    *request.mutable_workernetaddress() = address;
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, once_->Call(stub::kGetWorkerId, request, Soon()));
    return response.workerid();
  }
  absl::StatusOr<bool> RequestRegisterLease(int64_t worker_id, int64_t block_count) override {
    grpc::block::GetRegisterLeasePRequest request;
    request.set_workerid(worker_id);
    request.set_blockcount(block_count);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, once_->Call(stub::kRequestRegisterLease, request, Soon()));
    return response.allowed();
  }
  absl::Status Register(absl::FunctionRef<bool(grpc::block::RegisterWorkerPRequest*)> next) override {
    is_original_ = false;  // it may be another one now
    return stub::RegisterWorkerStream(*once_, next, absl::Now() + kRegisterTimeout);
  }
  absl::StatusOr<grpc::Command> BlockHeartbeat(const grpc::block::BlockHeartbeatPRequest& request) override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, once_->Call(stub::kBlockHeartbeat, request, Soon()));
    return response.command();
  }
  absl::StatusOr<ReadAccess> CommitBlock(const grpc::block::CommitBlockPRequest& request) override {
    if (!is_original_) {
      native::CommitBlockRequest native_request;
      *native_request.mutable_commit() = request;
      const auto response = once_->Call(stub::kNativeCommitBlock, native_request, Soon(kCommitTimeout));
      if (response.ok()) {
        return ReadAccess{.generation = response->access_generation(), .readable_by_all = {response->readable_by_all()}};
      }
      if (!absl::IsUnimplemented(response.status())) return response.status();
      is_original_ = true;
    }
    ALLUXIO_RETURN_IF_ERROR(once_->Call(stub::kCommitBlock, request, Soon(kCommitTimeout)).status());
    return ReadAccess{.readable_by_all = {true}};
  }
  absl::StatusOr<ReadAccess> GetReadAccess(const std::vector<int64_t>& file_ids) override {
    native::GetReadAccessRequest request;
    *request.mutable_file_ids() = {file_ids.begin(), file_ids.end()};
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, once_->Call(stub::kGetReadAccess, request, Soon()));
    if (response.readable_by_all_size() != static_cast<int>(file_ids.size())) {
      return absl::InternalError("the master answered for other files");
    }
    return ReadAccess{.generation = response.access_generation(),
                      .readable_by_all = {response.readable_by_all().begin(), response.readable_by_all().end()}};
  }
  absl::Status CommitBlockInUfs(int64_t block_id, int64_t length_bytes) override {
    grpc::block::CommitBlockInUfsPRequest request;
    request.set_blockid(block_id);
    request.set_length(length_bytes);
    return once_->Call(stub::kCommitBlockInUfs, request, Soon(kCommitTimeout)).status();
  }
  absl::StatusOr<std::vector<int64_t>> GetPinnedFileIds() override {
    ALLUXIO_ASSIGN_OR_RETURN(
        const auto response,
        once_->Call(stub::kWorkerGetPinnedFileIds, grpc::file::GetPinnedFileIdsPRequest(), Soon()));
    return std::vector<int64_t>(response.pinnedfileids().begin(), response.pinnedfileids().end());
  }
  absl::StatusOr<UfsManager::Mount> GetUfsInfo(int64_t mount_id, bool patient) override {
    grpc::file::GetUfsInfoPRequest request;
    request.set_mountid(mount_id);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response,
                             patient ? patient_->Call(stub::kWorkerGetUfsInfo, request, Soon())
                                     : once_->Call(stub::kWorkerGetUfsInfo, request,
                                                   {.deadline = absl::Now() + kQuickTimeout}));
    const grpc::file::UfsInfo& info = response.ufsinfo();
    return UfsManager::Mount{.uri = info.uri(),
                             .properties = {info.properties().properties().begin(), info.properties().properties().end()},
                             .read_only = info.properties().readonly()};
  }

 private:
  stub::MasterStub* const once_;
  stub::MasterStub* const patient_;
  // The master has no calls of ours. Orders nothing: whoever misses it asks once more.
  std::atomic<bool> is_original_{false};
};

}  // namespace

std::unique_ptr<MasterLink> MakeMasterLink(stub::MasterStub* once, stub::MasterStub* patient) {
  return std::make_unique<WireLink>(once, patient);
}

}  // namespace alluxio::worker
