#include "alluxio/client/block/block_master_client.h"

#include <unistd.h>

#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/client/core.h"
#include "alluxio/client/wire.h"
#include "alluxio/stub/block_methods.h"

namespace alluxio::client {
namespace {

class Client final : public BlockMasterClient {
 public:
  explicit Client(std::shared_ptr<ClientContext> context)
      : core_(std::static_pointer_cast<ClientCore>(std::move(context))) {}

  absl::StatusOr<std::vector<WorkerInfo>> GetWorkerInfoList() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetWorkerInfoList, {}));
    return ListOf(response);
  }

  absl::StatusOr<std::vector<WorkerInfo>> GetWorkerReport(WorkerRange range,
                                                          const std::vector<std::string>& addresses) override {
    grpc::block::GetWorkerReportPOptions request;
    request.set_workerrange(static_cast<grpc::block::WorkerRange>(range));
    for (const std::string& address : addresses) request.add_addresses(address);
    for (int field = grpc::block::WorkerInfoField_MIN; field <= grpc::block::WorkerInfoField_MAX; ++field) {
      request.add_fieldranges(static_cast<grpc::block::WorkerInfoField>(field));
    }
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetWorkerReport, request));
    return ListOf(response);
  }

  absl::StatusOr<std::vector<LostStorage>> GetWorkerLostStorage() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetWorkerLostStorage, {}));
    std::vector<LostStorage> all;
    for (const auto& worker : response.workerloststorageinfo()) {
      LostStorage lost = {.address = FromWire(worker.address())};
      for (const auto& [tier, paths] : worker.loststorage()) {
        lost.paths_by_tier[tier] = {paths.storage().begin(), paths.storage().end()};
      }
      all.push_back(std::move(lost));
    }
    return all;
  }

  absl::StatusOr<BlockInfo> GetBlockInfo(int64_t block_id) override {
    grpc::block::GetBlockInfoPRequest request;
    request.set_blockid(block_id);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetBlockInfo, request));
    return FromWire(response.blockinfo());
  }

  absl::StatusOr<BlockMasterInfo> GetBlockMasterInfo() override {
    grpc::block::GetBlockMasterInfoPOptions request;
    for (int field = grpc::block::BlockMasterInfoField_MIN; field <= grpc::block::BlockMasterInfoField_MAX; ++field) {
      request.add_filters(static_cast<grpc::block::BlockMasterInfoField>(field));
    }
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetBlockMasterInfo, request));
    return FromWire(response.blockmasterinfo());
  }

  absl::StatusOr<int64_t> GetCapacityBytes() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetCapacityBytes, {}));
    return response.bytes();
  }

  absl::StatusOr<int64_t> GetUsedBytes() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetUsedBytes, {}));
    return response.bytes();
  }

  absl::Status DecommissionWorker(const std::string& host, int web_port, bool can_register_again) override {
    grpc::block::DecommissionWorkerPOptions request;
    request.set_workerhostname(host);
    request.set_workerwebport(web_port);
    request.set_canregisteragain(can_register_again);
    return core_->master().Call(stub::kDecommissionWorker, request).status();
  }

  absl::Status RemoveDisabledWorker(const std::string& host, int web_port) override {
    grpc::block::RemoveDisabledWorkerPOptions request;
    request.set_workerhostname(host);
    request.set_workerwebport(web_port);
    return core_->master().Call(stub::kRemoveDisabledWorker, request).status();
  }

  absl::Status FreeWorker(const WorkerNetAddress& worker) override {
    return core_->workers()->FreeWorker(Target(worker));
  }
  absl::Status ClearWorkerMetrics(const WorkerNetAddress& worker) override {
    return core_->workers()->ClearMetrics(Target(worker));
  }

 private:
  static std::vector<WorkerInfo> ListOf(const grpc::block::GetWorkerInfoListPResponse& response) {
    std::vector<WorkerInfo> list;
    for (const auto& info : response.workerinfos()) list.push_back(FromWire(info));
    return list;
  }

  std::string Target(const WorkerNetAddress& worker) const {
    const auto exists = [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; };
    return TargetOf(worker, FactsOf(worker, core_->locality(), exists));
  }

  const std::shared_ptr<ClientCore> core_;
};

}  // namespace

std::unique_ptr<BlockMasterClient> BlockMasterClient::Create(std::shared_ptr<ClientContext> context) {
  return std::make_unique<Client>(std::move(context));
}

}  // namespace alluxio::client
