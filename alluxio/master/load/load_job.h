#ifndef ALLUXIO_MASTER_LOAD_LOAD_JOB_H_
#define ALLUXIO_MASTER_LOAD_LOAD_JOB_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpc/block_worker.pb.h"
#include "grpc/file_system_master.pb.h"
#include "proto/journal/job.pb.h"

namespace alluxio::master {

// One load job: what is still to do, what was done, and how it is reported. Whose
// turn it is, and when, is the LoadScheduler's; it also guards this.
//
// A job goes over the files of its path in passes. A pass takes the listing page by
// page, hands out the blocks that no worker holds in batches, and those that failed
// for the moment once more. With `verify` a pass that loaded something is followed
// by another. Counters and limits are the original's.
class LoadJob {
 public:
  enum class State { kRunning, kVerifying, kStopped, kSucceeded, kFailed };

  // From the journal; one that was under way begins again with a first pass.
  LoadJob(const proto::journal::LoadJobEntry& entry, int64_t now_ms);

  const std::string& path() const { return path_; }
  const std::string& id() const { return id_; }
  // Empty: of nobody in particular (no authentication).
  const std::string& user() const { return user_; }
  State state() const { return state_; }
  bool IsRunning() const { return state_ == State::kRunning || state_ == State::kVerifying; }
  bool IsDone() const { return state_ == State::kSucceeded || state_ == State::kFailed; }
  // 0: it has not ended.
  int64_t end_ms() const { return end_ms_; }

  // The entry that brings the job to `state`.
  proto::journal::LoadJobEntry Entry(proto::journal::PJobState state, int64_t end_ms) const;
  // Takes over what the entry says of state, bandwidth and verification.
  void Apply(const proto::journal::LoadJobEntry& entry);
  // Why it failed, for the reports of this process: the journal doesn't keep it.
  void set_failure(absl::Status reason) { failure_ = std::move(reason); }

  // False: too much of this pass failed for it to go on.
  bool IsHealthy() const;

  // One page of the listing.
  struct Page {
    std::vector<grpc::file::FileInfo> files;
    bool more = false;
    std::string last_path;  // where the next one goes on
  };
  // The pass needs its next page (after `list_after`; empty: the first one).
  bool NeedsPage() const { return !listed_ && !listing_ && ready_.size() < kReadyBlocks; }
  const std::string& list_after() const { return list_after_; }
  void BeginListing() { listing_ = true; }
  // A page that could not be had is asked for again.
  void EndListing(const absl::StatusOr<Page>& page);

  // Up to `count` blocks for a worker, or none.
  std::vector<grpc::block::Block> NextBatch(size_t count);
  grpc::block::LoadRequest RequestFor(const std::vector<grpc::block::Block>& blocks) const;
  // What became of such a batch. Returns the bytes loaded; `*failures` gets the
  // number of blocks that weren't.
  int64_t TakeAnswer(const std::vector<grpc::block::Block>& blocks,
                     const absl::StatusOr<grpc::block::LoadResponse>& answer, int64_t* failures);

  bool PassDone() const { return listed_ && ready_.empty() && retry_.empty(); }
  // What can't be loaded is not looked for for ever.
  bool NeedsVerification() const { return verify_ && current_blocks_ > current_lost_; }
  void BeginVerification();

  // Workers that have a batch of this job.
  absl::flat_hash_set<int64_t>& busy_workers() { return busy_workers_; }

  // `alluxio fs load --progress`.
  std::string TextReport(bool verbose, int64_t now_ms) const;
  std::string JsonReport(bool verbose, int64_t now_ms) const;

 private:
  // Blocks of the listing that wait; another page is taken below this.
  static constexpr size_t kReadyBlocks = 1000;

  bool Retry(const grpc::block::Block& block);
  void Fail(const grpc::block::Block& block, int code, const std::string& message);
  // Nothing: less than a second has passed.
  std::optional<int64_t> Throughput(int64_t now_ms) const;
  // Nothing: nobody knows, or it was not to be counted.
  std::optional<int64_t> TotalBytes() const;
  double FailurePercentage() const;

  const std::string path_;
  const std::string id_;
  const std::string user_;
  const bool partial_listing_;
  const int64_t start_ms_;
  State state_ = State::kRunning;
  std::optional<int64_t> bandwidth_;
  bool verify_ = false;
  int64_t end_ms_ = 0;
  absl::Status failure_;

  // The pass.
  struct Ready {
    grpc::block::Block block;
    int files = 0;  // files that begin with it, or had no cold block before it
  };
  bool listing_ = false;  // a page is on its way
  bool listed_ = false;   // there are no more
  bool ever_listed_ = false;
  std::string list_after_;
  std::deque<Ready> ready_;
  std::deque<grpc::block::Block> retry_;
  int64_t current_blocks_ = 0;
  int64_t current_failures_ = 0;
  int64_t current_lost_ = 0;  // blocks given up
  absl::flat_hash_set<int64_t> busy_workers_;

  // Of all passes.
  int64_t processed_files_ = 0;
  int64_t loaded_bytes_ = 0;
  int64_t total_bytes_ = 0;
  int64_t earlier_blocks_ = 0;    // of the passes before
  int64_t earlier_failures_ = 0;  // likewise
  std::map<std::string, std::string> failed_files_;  // under store's path -> the first reason
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_LOAD_LOAD_JOB_H_
