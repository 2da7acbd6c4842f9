#include <utility>

#include "alluxio/master/block/block_master.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
#include "grpc/block_master.grpc.pb.h"

#define ALLUXIO_SERVICE "alluxio.grpc.block.BlockMasterClientService/"

namespace alluxio::master {
namespace {

using namespace grpc::block;  // NOLINT

class Service final : public BlockMasterClientService::CallbackService {
 public:
  Service(const rpc::CallEnv& env, BlockMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(GetBlockInfo, GetBlockInfoPRequest, GetBlockInfoPResponse)
  ALLUXIO_SERVE(GetBlockMasterInfo, GetBlockMasterInfoPOptions, GetBlockMasterInfoPResponse)
  ALLUXIO_SERVE(GetCapacityBytes, GetCapacityBytesPOptions, GetCapacityBytesPResponse)
  ALLUXIO_SERVE(GetUsedBytes, GetUsedBytesPOptions, GetUsedBytesPResponse)
  ALLUXIO_SERVE(GetWorkerInfoList, GetWorkerInfoListPOptions, GetWorkerInfoListPResponse)
  ALLUXIO_SERVE(RemoveDisabledWorker, RemoveDisabledWorkerPOptions, RemoveDisabledWorkerPResponse)
  ALLUXIO_SERVE(GetWorkerReport, GetWorkerReportPOptions, GetWorkerInfoListPResponse)
  ALLUXIO_SERVE(GetWorkerLostStorage, GetWorkerLostStoragePOptions, GetWorkerLostStoragePResponse)
  ALLUXIO_SERVE(DecommissionWorker, DecommissionWorkerPOptions, DecommissionWorkerPResponse)

 private:
  const rpc::CallEnv env_;
  BlockMaster* const master_;
};

}  // namespace

ServicePtr NewBlockMasterClientService(const rpc::CallEnv& env, BlockMaster* master) {
  return {new Service(env, master), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
