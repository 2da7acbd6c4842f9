#include "alluxio/worker/ufsread/cache_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/worker/block/commit_and_report.h"

namespace alluxio::worker {

CacheQueue::CacheQueue(Options options)
    : options_(std::move(options)),
      succeeded_(options_.metrics->GetCounter(metrics::kWorkerCacheSucceededBlocks)),
      failed_(options_.metrics->GetCounter(metrics::kWorkerCacheFailedBlocks)),
      rejected_(options_.metrics->GetCounter(metrics::kWorkerCacheRejectedBlocks)),
      from_ufs_(options_.metrics->GetCounter(metrics::kWorkerCacheUfsBlocks)),
      from_workers_(options_.metrics->GetCounter(metrics::kWorkerCacheRemoteBlocks)),
      bytes_(options_.metrics->GetCounter(metrics::kWorkerCacheBlocksSize)) {}

CacheQueue::~CacheQueue() {
  std::deque<Request> dropped;
  {
    MutexLock lock(&mutex_);
    closed_ = true;
    dropped.swap(queue_);
    running_ += static_cast<int>(dropped.size());
  }
  for (const Request& request : dropped) {
    Finish(request.block.block_id, absl::CancelledError("the worker is stopping"));
  }
  MutexLock lock(&mutex_);
  while (running_ > 0 || finishing_ > 0 || in_run_queue_) changed_.Wait(&mutex_);
}

void CacheQueue::Cache(const Request& request, Done done) {
  const int64_t block_id = request.block.block_id;
  if (options_.store->Contains(block_id)) {
    succeeded_.Inc();
    return done(absl::OkStatus());
  }
  absl::Status refused;
  {
    MutexLock lock(&mutex_);
    if (const auto it = waiting_.find(block_id); it != waiting_.end()) {
      it->second.push_back(std::move(done));
      return;
    }
    if (closed_) {
      refused = absl::CancelledError("the worker is stopping");
    } else if (waiting_.size() >= options_.max_blocks) {
      refused = absl::ResourceExhaustedError(
          absl::StrCat("block ", block_id, " can't be cached now: ", waiting_.size(), " blocks are waiting already"));
    } else {
      waiting_[block_id].push_back(std::move(done));
      queue_.push_back(request);
    }
  }
  if (!refused.ok()) {
    rejected_.Inc();
    return done(std::move(refused));
  }
  RunQueue();
}

absl::Status CacheQueue::CacheAsync(const Request& request) {
  const int64_t block_id = request.block.block_id;
  {
    MutexLock lock(&mutex_);
    if (waiting_.contains(block_id)) return absl::OkStatus();
    if (waiting_.size() >= options_.max_blocks) {
      rejected_.Inc();
      return absl::ResourceExhaustedError(
          absl::StrCat("block ", block_id, " can't be cached now: ", waiting_.size(), " blocks are waiting already"));
    }
  }
  Cache(request, [block_id](const absl::Status& status) {
    if (status.ok()) return;
    ALLUXIO_LOG(kWarning, "worker/ufsread", "block ", block_id, " was to be cached: ", status.message());
  });
  return absl::OkStatus();
}

size_t CacheQueue::blocks_under_way() const {
  MutexLock lock(&mutex_);
  return waiting_.size();
}

size_t CacheQueue::blocks_queued() const {
  MutexLock lock(&mutex_);
  return queue_.size();
}

void CacheQueue::RunQueue() {
  while (true) {
    Request request;
    {
      MutexLock lock(&mutex_);
      // A block that is done at once comes back here from Run: no recursion as deep as the queue.
      if (in_run_queue_ || queue_.empty() || running_ >= options_.max_running) return;
      in_run_queue_ = true;
      ++running_;
      request = std::move(queue_.front());
      queue_.pop_front();
    }
    Run(request);
    MutexLock lock(&mutex_);
    in_run_queue_ = false;
    changed_.SignalAll();
  }
}

void CacheQueue::Run(const Request& request) {
  if (options_.store->Contains(request.block.block_id)) return Finish(request.block.block_id, absl::OkStatus());
  if (request.source_host.empty() || options_.is_self(request.source_host, request.source_port)) {
    return LoadFromUfs(request.block);
  }
  from_workers_.Inc();
  if (!options_.executor->Submit([this, request] { CopyOrLoad(request); })) {
    Finish(request.block.block_id, absl::ResourceExhaustedError("no thread is free to read from other workers"));
  }
}

void CacheQueue::LoadFromUfs(const ColdBlock& block) {
  from_ufs_.Inc();
  options_.fetcher->Cache(block, [this, id = block.block_id, length = block.length_bytes](const absl::Status& status) {
    Finish(id, status, length);
  });
}

void CacheQueue::CopyOrLoad(const Request& request) {
  absl::Status status = CopyFromWorker(request);
  const int64_t cached_bytes = status.ok() ? request.block.length_bytes : 0;
  if (absl::IsAlreadyExists(status)) status = absl::OkStatus();  // it came, or comes, by another way
  const bool has_file = !request.block.ufs_uri.empty() || request.block.in_ufs_tier;
  if (status.ok() || absl::IsResourceExhausted(status) || !has_file) {
    return Finish(request.block.block_id, status, cached_bytes);
  }
  ALLUXIO_LOG(kInfo, "worker/ufsread", "block ", request.block.block_id, " comes from the under store, not from ",
              request.source_host, ":", request.source_port, ": ", status.message());
  LoadFromUfs(request.block);
}

absl::Status CacheQueue::CopyFromWorker(const Request& request) {
  const ColdBlock& block = request.block;
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<TempBlock> temp,
                           options_.store->Create({.session_id = options_.random->NextPositiveId(),
                                                   .block_id = block.block_id,
                                                   .reserve_bytes = block.length_bytes}));
  ALLUXIO_RETURN_IF_ERROR(options_.remote->Read(request.source_host, request.source_port, block,
                                                [&temp](absl::string_view bytes) { return temp->Append(bytes); }));
  if (temp->bytes_written() != block.length_bytes) {
    return absl::UnavailableError(absl::StrCat(request.source_host, ":", request.source_port, " sent ",
                                               temp->bytes_written(), " bytes of block ", block.block_id,
                                               ", which has ", block.length_bytes));
  }
  return CommitAndReport(*options_.store, *temp, options_.report);
}

void CacheQueue::Finish(int64_t block_id, const absl::Status& status, int64_t cached_bytes) {
  (status.ok() ? succeeded_ : failed_).Inc();
  if (status.ok()) bytes_.Inc(cached_bytes);
  std::vector<Done> waiting;
  {
    MutexLock lock(&mutex_);
    const auto it = waiting_.find(block_id);
    waiting = std::move(it->second);
    waiting_.erase(it);
  }
  for (Done& done : waiting) done(status);
  {
    MutexLock lock(&mutex_);
    --running_;
    ++finishing_;
  }
  RunQueue();
  MutexLock lock(&mutex_);
  --finishing_;
  changed_.SignalAll();
}

}  // namespace alluxio::worker
