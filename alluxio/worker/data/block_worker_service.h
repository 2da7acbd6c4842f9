#ifndef ALLUXIO_WORKER_DATA_BLOCK_WORKER_SERVICE_H_
#define ALLUXIO_WORKER_DATA_BLOCK_WORKER_SERVICE_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/random.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/ufsread/block_fetcher.h"
#include "alluxio/worker/ufsread/cache_queue.h"
#include "alluxio/worker/ufsread/load_pacer.h"
#include "alluxio/worker/ufsread/ufs_manager.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace alluxio::rpc {
struct CallEnv;
}  // namespace alluxio::rpc

namespace alluxio::worker {

// What the streams and calls of a worker need. All of it outlives the service,
// and the service the server.
struct BlockWorkerOptions {
  BlockStore* store = nullptr;
  // Null, each: what would need it is answered NOT_FOUND (a cold block) or
  // UNIMPLEMENTED.
  BlockFetcher* fetcher = nullptr;
  UfsManager* ufs = nullptr;
  // Null: load jobs are not held to their bandwidth.
  LoadPacer* pacer = nullptr;
  // CacheQueue::Cache and CacheAsync.
  std::function<void(const CacheQueue::Request&, CacheQueue::Done)> cache;
  std::function<absl::Status(const CacheQueue::Request&)> cache_async;

  // Runs what waits for a disk or the under store.
  Executor* executor = nullptr;
  // Runs commits, which may wait for a master long: nothing else should wait
  // behind them. Null: `executor`.
  Executor* commit_executor = nullptr;
  // Tells the master of a committed block and then the store (Confirm). Blocks.
  std::function<absl::Status(const BlockPin&)> report;
  // The same for a block that lies in the under store alone (CommitBlockInUfs).
  std::function<absl::Status(int64_t block_id, int64_t length_bytes)> report_in_ufs;

  const rpc::CallEnv* env = nullptr;
  metrics::MetricsRegistry* metrics = nullptr;
  Random* random = Random::System();
  int64_t max_chunk_bytes = int64_t{2} << 20;  // `alluxio.worker.network.reader.max.chunk.size.bytes`
};

// alluxio.grpc.block.BlockWorker, by gRPC's callback API; raw where block data
// passes. Texts and codes are section 13 of the protocol's description.
//
// A read is served from the mapped block without copying a byte; memory is
// bounded by HTTP/2's flow control, as one message of each stream is under way.
// A stream that ends in any other way than its protocol says leaves no trace.
std::unique_ptr<::grpc::Service> MakeBlockWorkerService(const BlockWorkerOptions& options);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_BLOCK_WORKER_SERVICE_H_
