#ifndef ALLUXIO_WORKER_DATA_DATA_METRICS_H_
#define ALLUXIO_WORKER_DATA_DATA_METRICS_H_

#include "alluxio/metrics/metric_names.h"
#include "alluxio/metrics/metrics.h"

namespace alluxio::worker {

// The counters of a worker's streams, looked up once.
struct DataMetrics {
  explicit DataMetrics(metrics::MetricsRegistry& registry)
      : bytes_read_cache(registry.GetCounter(metrics::kWorkerBytesReadCache)),
        bytes_read_domain(registry.GetCounter(metrics::kWorkerBytesReadDomain)),
        bytes_read_remote(registry.GetCounter(metrics::kWorkerBytesReadRemote)),
        bytes_written_domain(registry.GetCounter(metrics::kWorkerBytesWrittenDomain)),
        bytes_written_remote(registry.GetCounter(metrics::kWorkerBytesWrittenRemote)),
        blocks_accessed(registry.GetCounter(metrics::kWorkerBlocksAccessed)),
        blocks_read_local(registry.GetCounter(metrics::kWorkerBlocksReadLocal)),
        blocks_read_remote(registry.GetCounter(metrics::kWorkerBlocksReadRemote)),
        blocks_read_ufs(registry.GetCounter(metrics::kWorkerBlocksReadUfs)),
        blocks_cancelled(registry.GetCounter(metrics::kWorkerBlocksCancelled)),
        blocks_deleted(registry.GetCounter(metrics::kWorkerBlocksDeleted)),
        cache_requests(registry.GetCounter(metrics::kWorkerCacheRequests)),
        cache_requests_async(registry.GetCounter(metrics::kWorkerCacheRequestsAsync)),
        cache_requests_sync(registry.GetCounter(metrics::kWorkerCacheRequestsSync)),
        active_clients(registry.GetCounter(metrics::kWorkerActiveClients)),
        active_reads(registry.GetCounter(metrics::kWorkerActiveRpcReadCount)),
        active_writes(registry.GetCounter(metrics::kWorkerActiveRpcWriteCount)) {
    // No client runs within a worker, so that these stay 0.
    registry.GetCounter(metrics::kWorkerBytesReadDirect);
    registry.GetCounter(metrics::kWorkerBytesWrittenDirect);
  }

  metrics::Counter& bytes_read_cache;
  metrics::Counter& bytes_read_domain;
  metrics::Counter& bytes_read_remote;
  metrics::Counter& bytes_written_domain;
  metrics::Counter& bytes_written_remote;
  metrics::Counter& blocks_accessed;
  metrics::Counter& blocks_read_local;
  metrics::Counter& blocks_read_remote;
  metrics::Counter& blocks_read_ufs;
  metrics::Counter& blocks_cancelled;
  metrics::Counter& blocks_deleted;
  metrics::Counter& cache_requests;
  metrics::Counter& cache_requests_async;
  metrics::Counter& cache_requests_sync;
  metrics::Counter& active_clients;  // streams of whatever kind
  metrics::Counter& active_reads;
  metrics::Counter& active_writes;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_DATA_METRICS_H_
