#ifndef ALLUXIO_MASTER_LOAD_LOAD_SCHEDULER_H_
#define ALLUXIO_MASTER_LOAD_LOAD_SCHEDULER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/java/load_job_request.h"
#include "alluxio/master/block/block_directory.h"
#include "alluxio/master/call.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/load/load_client.h"
#include "alluxio/master/load/load_job.h"
#include "alluxio/metrics/metrics.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::master {

// The load jobs of `alluxio fs load --submit`: one for each path, which gets what
// lies in its under store alone into the workers.
//
// Jobs are journalled (LoadJobEntry): after a restart those that were under way
// begin again, and skip what was loaded. Of those that have ended the journal keeps
// the last thousand, the reports `retention`.
//
// Assembly: construct, AddPart, replay, then calls and `Run` as a heartbeat. `Stop`
// after the client's calls were cancelled, while `executor` still works. Thread-safe;
// nothing blocks but Stop. No lock is held while a page is listed or a worker ordered.
class LoadScheduler final : public Journaled {
 public:
  // One page of the files below `path`, as `user` (empty: the master itself) sees
  // them, of about `limit` files, behind `after` (empty: from the start). May block.
  using ListFiles = std::function<absl::StatusOr<LoadJob::Page>(const std::string& user, const std::string& path,
                                                                const std::string& after, int limit)>;
  struct Options {
    StateMachine* state = nullptr;
    BlockDirectory* blocks = nullptr;  // for who is there
    LoadClient* client = nullptr;
    ListFiles list;
    Executor* executor = nullptr;  // where `list` runs
    Clock* clock = Clock::System();
    Random* random = Random::System();
    metrics::MetricsRegistry* metrics = nullptr;
    int batch_blocks = 20;  // of one order to a worker
    absl::Duration retention = absl::Hours(24);
  };
  // `alluxio.job.batch.size` and `alluxio.job.retention.time`.
  static Options FromConfiguration(const conf::Configuration& conf);

  explicit LoadScheduler(Options options);
  ~LoadScheduler() override;

  // Journaled.
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) override;
  absl::Status Dump(const KvReader& state, EntryVisitor visit) const override;
  std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry) override;

  // FileSystemMasterClientService (submitJob, StopJob, GetJobProgress). INTERNAL: the
  // body is no job request; UNIMPLEMENTED: one of another kind than load.
  // RESOURCE_EXHAUSTED: 100 jobs run. A path that has a job under way keeps it, with
  // the new bandwidth and verification; a stopped one goes on: no id is answered then.
  void SubmitJob(const Caller& caller, const grpc::file::SubmitJobPRequest& request,
                 Reply<grpc::file::SubmitJobPResponse> reply);
  void StopJob(const Caller& caller, const grpc::file::StopJobPRequest& request,
               Reply<grpc::file::StopJobPResponse> reply);
  void GetJobProgress(const Caller& caller, const grpc::file::GetJobProgressPRequest& request,
                      Reply<grpc::file::GetJobProgressPResponse> reply);

  // Heartbeat: gives every free worker its next batch of each job, ends what is done,
  // forgets what ended long ago.
  void Run();

  // Nothing new begins; waits for what is under way. Idempotent.
  void Stop();

 private:
  using JobPtr = std::shared_ptr<LoadJob>;
  using Workers = std::vector<BlockDirectory::LiveWorker>;

  // What is to be done once the lock is released.
  struct Order {
    JobPtr job;
    BlockDirectory::LiveWorker worker;
    std::vector<grpc::block::Block> blocks;
    grpc::block::LoadRequest request;
  };
  struct Work {
    std::vector<Order> orders;
    std::vector<JobPtr> listings;
  };

  int64_t NowMs() const { return absl::ToUnixMillis(options_.clock->Now()); }
  // False: too many run; nothing was done, nor `*reply` taken.
  bool Submit(const Caller& caller, const java::LoadJobRequest& request,
              Reply<grpc::file::SubmitJobPResponse>* reply);
  // `done` as StateMachine::Commit has it.
  void CommitLocked(const proto::journal::LoadJobEntry& entry, journal::Journal::Done done)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishLocked(LoadJob& job, absl::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AdvanceLocked(const JobPtr& job, const Workers& workers, Work* work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Do(Work work);
  void List(const JobPtr& job);
  void Listed(const JobPtr& job, const absl::StatusOr<LoadJob::Page>& page);
  void Answered(const Order& order, const absl::StatusOr<grpc::block::LoadResponse>& answer);

  const Options options_;
  // The part's latch: beside that of the meta master, above the state machine's.
  Mutex mutex_;
  CondVar idle_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;  // listings and orders
  std::map<std::string, JobPtr> jobs_ ABSL_GUARDED_BY(mutex_);     // by path
  std::map<std::string, JobPtr> running_ ABSL_GUARDED_BY(mutex_);  // likewise
  // Ended jobs that the store has, by time and path: changed by entries alone.
  std::set<std::pair<int64_t, std::string>> ended_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> ended_at_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_forget_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_LOAD_LOAD_SCHEDULER_H_
