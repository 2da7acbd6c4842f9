#ifndef ALLUXIO_STUB_WORKER_METHODS_H_
#define ALLUXIO_STUB_WORKER_METHODS_H_

#include "alluxio/stub/method.h"
#include "alluxio_native/worker.pb.h"
#include "grpc/block_worker.pb.h"

// A worker's unary methods, for CallOnce; its streams have code of their own, but
// for the one that can be used like a call.
namespace alluxio::stub {

// BlockWorker.
inline constexpr Method<grpc::block::AsyncCacheRequest, grpc::block::AsyncCacheResponse> kAsyncCache{
    "/alluxio.grpc.block.BlockWorker/AsyncCache"};
inline constexpr Method<grpc::block::CacheRequest, grpc::block::CacheResponse> kCache{
    "/alluxio.grpc.block.BlockWorker/Cache"};
inline constexpr Method<grpc::block::LoadRequest, grpc::block::LoadResponse> kLoad{
    "/alluxio.grpc.block.BlockWorker/Load"};
inline constexpr Method<grpc::block::RemoveBlockRequest, grpc::block::RemoveBlockResponse> kRemoveBlock{
    "/alluxio.grpc.block.BlockWorker/RemoveBlock"};
inline constexpr Method<grpc::block::MoveBlockRequest, grpc::block::MoveBlockResponse> kMoveBlock{
    "/alluxio.grpc.block.BlockWorker/MoveBlock"};
inline constexpr Method<grpc::block::ClearMetricsRequest, grpc::block::ClearMetricsResponse> kClearWorkerMetrics{
    "/alluxio.grpc.block.BlockWorker/ClearMetrics"};
inline constexpr Method<grpc::block::FreeWorkerRequest, grpc::block::FreeWorkerResponse> kFreeWorker{
    "/alluxio.grpc.block.BlockWorker/FreeWorker"};
// A stream: it ends, and the block's lock with it, when it has answered one request.
inline constexpr Method<grpc::block::OpenLocalBlockRequest, grpc::block::OpenLocalBlockResponse> kOpenLocalBlockOnce{
    "/alluxio.grpc.block.BlockWorker/OpenLocalBlock"};

// NativeWorkerService: between our own programs.
inline constexpr Method<native::PersistFileRequest, native::PersistFileResponse> kPersistFile{
    "/alluxio.native.NativeWorkerService/PersistFile"};
inline constexpr Method<native::UseBlocksRequest, native::UseBlocksResponse> kUseBlocks{
    "/alluxio.native.NativeWorkerService/UseBlocks"};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_WORKER_METHODS_H_
