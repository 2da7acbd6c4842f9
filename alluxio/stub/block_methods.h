#ifndef ALLUXIO_STUB_BLOCK_METHODS_H_
#define ALLUXIO_STUB_BLOCK_METHODS_H_

#include "alluxio/stub/method.h"
#include "grpc/block_master.pb.h"

// The block master's methods. RegisterWorkerStream: register_worker.h.
namespace alluxio::stub {

// BlockMasterClientService, for clients.
inline constexpr Method<grpc::block::GetBlockInfoPRequest, grpc::block::GetBlockInfoPResponse> kGetBlockInfo{
    "/alluxio.grpc.block.BlockMasterClientService/GetBlockInfo"};
inline constexpr Method<grpc::block::GetBlockMasterInfoPOptions, grpc::block::GetBlockMasterInfoPResponse>
    kGetBlockMasterInfo{"/alluxio.grpc.block.BlockMasterClientService/GetBlockMasterInfo"};
inline constexpr Method<grpc::block::GetCapacityBytesPOptions, grpc::block::GetCapacityBytesPResponse>
    kGetCapacityBytes{"/alluxio.grpc.block.BlockMasterClientService/GetCapacityBytes"};
inline constexpr Method<grpc::block::GetUsedBytesPOptions, grpc::block::GetUsedBytesPResponse> kGetUsedBytes{
    "/alluxio.grpc.block.BlockMasterClientService/GetUsedBytes"};
inline constexpr Method<grpc::block::GetWorkerInfoListPOptions, grpc::block::GetWorkerInfoListPResponse>
    kGetWorkerInfoList{"/alluxio.grpc.block.BlockMasterClientService/GetWorkerInfoList"};
inline constexpr Method<grpc::block::RemoveDisabledWorkerPOptions, grpc::block::RemoveDisabledWorkerPResponse>
    kRemoveDisabledWorker{"/alluxio.grpc.block.BlockMasterClientService/RemoveDisabledWorker"};
inline constexpr Method<grpc::block::GetWorkerReportPOptions, grpc::block::GetWorkerInfoListPResponse> kGetWorkerReport{
    "/alluxio.grpc.block.BlockMasterClientService/GetWorkerReport"};
inline constexpr Method<grpc::block::GetWorkerLostStoragePOptions, grpc::block::GetWorkerLostStoragePResponse>
    kGetWorkerLostStorage{"/alluxio.grpc.block.BlockMasterClientService/GetWorkerLostStorage"};
inline constexpr Method<grpc::block::DecommissionWorkerPOptions, grpc::block::DecommissionWorkerPResponse>
    kDecommissionWorker{"/alluxio.grpc.block.BlockMasterClientService/DecommissionWorker"};

// BlockMasterWorkerService, for workers.
inline constexpr Method<grpc::block::BlockHeartbeatPRequest, grpc::block::BlockHeartbeatPResponse> kBlockHeartbeat{
    "/alluxio.grpc.block.BlockMasterWorkerService/BlockHeartbeat"};
inline constexpr Method<grpc::block::CommitBlockPRequest, grpc::block::CommitBlockPResponse> kCommitBlock{
    "/alluxio.grpc.block.BlockMasterWorkerService/CommitBlock"};
inline constexpr Method<grpc::block::CommitBlockInUfsPRequest, grpc::block::CommitBlockInUfsPResponse>
    kCommitBlockInUfs{"/alluxio.grpc.block.BlockMasterWorkerService/CommitBlockInUfs"};
inline constexpr Method<grpc::block::GetWorkerIdPRequest, grpc::block::GetWorkerIdPResponse> kGetWorkerId{
    "/alluxio.grpc.block.BlockMasterWorkerService/GetWorkerId"};
inline constexpr Method<grpc::block::NotifyWorkerIdPRequest, grpc::block::NotifyWorkerIdPResponse> kNotifyWorkerId{
    "/alluxio.grpc.block.BlockMasterWorkerService/NotifyWorkerId"};
inline constexpr Method<grpc::block::RegisterWorkerPRequest, grpc::block::RegisterWorkerPResponse> kRegisterWorker{
    "/alluxio.grpc.block.BlockMasterWorkerService/RegisterWorker"};
inline constexpr Method<grpc::block::GetRegisterLeasePRequest, grpc::block::GetRegisterLeasePResponse>
    kRequestRegisterLease{"/alluxio.grpc.block.BlockMasterWorkerService/RequestRegisterLease"};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_BLOCK_METHODS_H_
