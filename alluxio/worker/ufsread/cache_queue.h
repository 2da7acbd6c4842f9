#ifndef ALLUXIO_WORKER_UFSREAD_CACHE_QUEUE_H_
#define ALLUXIO_WORKER_UFSREAD_CACHE_QUEUE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/ufsread/block_fetcher.h"
#include "alluxio/worker/ufsread/remote_block_reader.h"

namespace alluxio::worker {

// The worker's calls Cache and AsyncCache: takes blocks in from other workers
// or from the under store.
//
// A block that is queued or being cached is not queued again: who asks gets the
// answer of the first. Thread-safe; the destructor cancels what is queued and
// waits for what is running.
class CacheQueue {
 public:
  struct Options {
    BlockStore* store = nullptr;
    BlockFetcher* fetcher = nullptr;
    RemoteBlockReader* remote = nullptr;
    // Its threads wait for other workers; not the fetcher's.
    Executor* executor = nullptr;
    Random* random = Random::System();
    // As the fetcher's.
    std::function<absl::Status(const BlockPin&)> report;
    // Whether an address is this worker.
    std::function<bool(absl::string_view host, int port)> is_self;
    // Gets the counters `Worker.Cache...Blocks` and `Worker.CacheBlocksSize`: of
    // blocks, however many requests ask for one at a time. A block that is here
    // already is a success of no bytes.
    metrics::MetricsRegistry* metrics = nullptr;
    size_t max_blocks = 10'000;  // queued and under way
    int max_running = 16;
  };
  explicit CacheQueue(Options options);
  ~CacheQueue();

  struct Request {
    ColdBlock block;
    // The worker that has the block; "" for none.
    std::string source_host;
    int source_port = 0;
  };
  // `done` runs when the block is here: at once if it is. Other workers that
  // fail are made up for by the under store, where the block has a place there.
  //   RESOURCE_EXHAUSTED  the queue is full, or there is no room for the block
  //   UNAVAILABLE, NOT_FOUND  no source has it
  using Done = absl::AnyInvocable<void(absl::Status)>;
  void Cache(const Request& request, Done done);
  // Answers when the request is queued; what becomes of it is logged.
  absl::Status CacheAsync(const Request& request);

  size_t blocks_under_way() const;
  // Of them those that wait for their turn.
  size_t blocks_queued() const;

 private:
  // Starts what may run.
  void RunQueue();
  void Run(const Request& request);
  void CopyOrLoad(const Request& request);
  absl::Status CopyFromWorker(const Request& request);
  void LoadFromUfs(const ColdBlock& block);
  // `cached_bytes`: what came here for it.
  void Finish(int64_t block_id, const absl::Status& status, int64_t cached_bytes = 0);

  const Options options_;
  metrics::Counter &succeeded_, &failed_, &rejected_, &from_ufs_, &from_workers_, &bytes_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Request> queue_ ABSL_GUARDED_BY(mutex_);
  // Who waits for a block that is queued or running.
  std::map<int64_t, std::vector<Done>> waiting_ ABSL_GUARDED_BY(mutex_);
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  int finishing_ ABSL_GUARDED_BY(mutex_) = 0;  // no longer running, but still using this object
  bool in_run_queue_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_CACHE_QUEUE_H_
