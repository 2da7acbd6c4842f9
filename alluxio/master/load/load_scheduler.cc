#include "alluxio/master/load/load_scheduler.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::master {
namespace {

using grpc::block::LoadResponse;
using proto::journal::JournalEntry;
using proto::journal::LoadJobEntry;

constexpr absl::string_view kKeyPrefix = "load.job/";  // and the path, in Family::kMisc
constexpr size_t kMaxRunning = 100;
constexpr size_t kMaxEnded = 1000;  // in the store
constexpr int kPageFiles = 500;
constexpr absl::string_view kLoadType = "load";

std::string KeyOf(const std::string& path) { return absl::StrCat(kKeyPrefix, path); }

// Goes away by itself, mostly.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsAborted(status) || absl::IsCancelled(status);
}

// Answers once the journal has what the answer says.
template <typename Response>
journal::Journal::Done AnswerWith(Reply<Response> reply, Response response) {
  return [reply = std::move(reply), response = std::move(response)](absl::Status status) mutable {
    if (!status.ok()) return reply(std::move(status));
    reply(std::move(response));
  };
}

// A stopped one too, until it is submitted again: it takes room like the others.
bool HasEnded(const LoadJobEntry& entry) { return entry.state() != proto::journal::CREATED; }

}  // namespace

LoadScheduler::Options LoadScheduler::FromConfiguration(const conf::Configuration& conf) {
  Options options;
  options.batch_blocks = static_cast<int>(std::max<int64_t>(1, conf.GetInt("alluxio.job.batch.size")));
  options.retention = conf.GetDuration("alluxio.job.retention.time");
  return options;
}

LoadScheduler::LoadScheduler(Options options) : options_(std::move(options)) {
  // From the beginning, so that a monitor sees them rise.
  for (const char* metric : {metrics::kMasterJobLoadFail, metrics::kMasterJobLoadSuccess,
                             metrics::kMasterJobLoadBlockFail, metrics::kMasterJobLoadBlockCount,
                             metrics::kMasterJobLoadBlockSize}) {
    options_.metrics->GetCounter(metric);
  }
  const absl::Status scanned = options_.state->store()->Scan(
      Family::kMisc, kKeyPrefix, PrefixEnd(kKeyPrefix),
      [this](absl::string_view, absl::string_view value) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        JournalEntry entry;
        ALLUXIO_CHECK(entry.mutable_load_job()->ParseFromArray(value.data(), static_cast<int>(value.size())));
        KvBatch unused;
        return Apply(entry, &unused);
      });
  ALLUXIO_CHECK(scanned.ok());  // the store was opened a moment ago
}

LoadScheduler::~LoadScheduler() { Stop(); }

// --- journal ---------------------------------------------------------------

bool LoadScheduler::Apply(const JournalEntry& entry, KvBatch* batch) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (!entry.has_load_job()) return false;
  const LoadJobEntry& applied = entry.load_job();
  const std::string& path = applied.load_path();
  JobPtr& job = jobs_[path];
  if (job != nullptr && job->id() == applied.job_id()) {
    job->Apply(applied);
  } else {
    job = std::make_shared<LoadJob>(applied, NowMs());
  }
  if (job->IsRunning()) {
    running_[path] = job;
  } else {
    running_.erase(path);
  }
  batch->Put(Family::kMisc, KeyOf(path), applied.SerializeAsString());
  if (const auto before = ended_at_.find(path); before != ended_at_.end()) {
    ended_.erase({before->second, path});
    ended_at_.erase(before);
  }
  if (!HasEnded(applied)) return true;
  ended_.emplace(applied.end_time(), path);
  ended_at_[path] = applied.end_time();
  while (ended_.size() > kMaxEnded) {
    const std::string& oldest = ended_.begin()->second;
    batch->Delete(Family::kMisc, KeyOf(oldest));
    jobs_.erase(oldest);
    ended_at_.erase(oldest);
    ended_.erase(ended_.begin());
  }
  return true;
}

absl::Status LoadScheduler::Dump(const KvReader& state, EntryVisitor visit) const {
  JournalEntry entry;
  absl::Status result;
  ALLUXIO_RETURN_IF_ERROR(state.Scan(Family::kMisc, kKeyPrefix, PrefixEnd(kKeyPrefix),
                                     [&](absl::string_view, absl::string_view value) {
                                       if (entry.mutable_load_job()->ParseFromArray(value.data(),
                                                                                    static_cast<int>(value.size()))) {
                                         result = visit(entry);
                                       } else {
                                         result = absl::DataLossError("the record of a load job is damaged");
                                       }
                                       return result.ok();
                                     }));
  return result;
}

std::optional<absl::Status> LoadScheduler::CheckForeign(const JournalEntry& entry) {
  if (!entry.has_load_job()) return std::nullopt;
  return absl::OkStatus();
}

void LoadScheduler::CommitLocked(const LoadJobEntry& entry, journal::Journal::Done done) {
  std::vector<JournalEntry> entries(1);
  *entries.front().mutable_load_job() = entry;
  options_.state->Commit(std::move(entries), std::move(done));
}

// --- calls -----------------------------------------------------------------

void LoadScheduler::SubmitJob(const Caller& caller, const grpc::file::SubmitJobPRequest& request,
                              Reply<grpc::file::SubmitJobPResponse> reply) {
  const absl::StatusOr<java::LoadJobRequest> job = java::ParseLoadJobRequest(request.request_body());
  if (absl::IsUnimplemented(job.status())) return reply(job.status());
  if (!job.ok()) return reply(absl::InternalError(absl::StrCat("fail to parse job request: ", job.status().message())));
  const auto& options = job->options;
  if (options.has_bandwidth() && options.bandwidth() <= 0) {
    return reply(absl::InternalError(absl::StrCat("bandwidth should be greater than 0 if provided, get OptionalLong[",
                                                  options.bandwidth(), "]")));
  }
  if (!Submit(caller, *job, &reply)) reply(absl::ResourceExhaustedError("Too many jobs running, please submit later."));
}

bool LoadScheduler::Submit(const Caller& caller, const java::LoadJobRequest& request,
                           Reply<grpc::file::SubmitJobPResponse>* reply) {
  const auto& options = request.options;
  MutexLock lock(&mutex_);
  const auto known = jobs_.find(request.path);
  const bool fresh = known == jobs_.end() || known->second->IsDone();
  LoadJobEntry entry;
  if (fresh) {
    if (running_.size() >= kMaxRunning) return false;
    entry.set_load_path(request.path);
    entry.set_job_id(options_.random->NextUuid());
    entry.set_partiallisting(options.partiallisting());
    if (!caller.user.empty()) entry.set_user(caller.user);
  } else {
    entry = known->second->Entry(proto::journal::CREATED, 0);
    entry.clear_bandwidth();
  }
  entry.set_state(proto::journal::CREATED);
  if (options.has_bandwidth()) entry.set_bandwidth(options.bandwidth());
  entry.set_verify(options.verify());
  grpc::file::SubmitJobPResponse response;
  if (fresh) response.set_jobid(entry.job_id());
  CommitLocked(entry, AnswerWith(std::move(*reply), std::move(response)));
  return true;
}

void LoadScheduler::StopJob(const Caller& caller, const grpc::file::StopJobPRequest& request,
                            Reply<grpc::file::StopJobPResponse> reply) {
  grpc::file::StopJobPResponse response;
  {
    MutexLock lock(&mutex_);
    const auto job = running_.find(request.jobdescription().path());
    if (request.jobdescription().type() == kLoadType && job != running_.end()) {
      response.set_jobstopped(true);
      const LoadJobEntry entry = job->second->Entry(proto::journal::STOPPED, NowMs());
      return CommitLocked(entry, AnswerWith(std::move(reply), std::move(response)));
    }
  }
  response.set_jobstopped(false);
  reply(std::move(response));
}

void LoadScheduler::GetJobProgress(const Caller& caller, const grpc::file::GetJobProgressPRequest& request,
                                   Reply<grpc::file::GetJobProgressPResponse> reply) {
  const auto& description = request.jobdescription();
  const bool verbose = request.options().verbose();
  grpc::file::GetJobProgressPResponse response;
  {
    MutexLock lock(&mutex_);
    const auto job = jobs_.find(description.path());
    if (description.type() == kLoadType && job != jobs_.end()) {
      response.set_progressreport(request.options().format() == grpc::file::JSON
                                      ? job->second->JsonReport(verbose, NowMs())
                                      : job->second->TextReport(verbose, NowMs()));
    }
  }
  if (!response.has_progressreport()) {
    return reply(absl::NotFoundError(absl::StrCat("JobDescription{Path=", description.path(),
                                                  ", Type=", description.type(), "} cannot be found.")));
  }
  reply(std::move(response));
}

// --- work ------------------------------------------------------------------

void LoadScheduler::Run() {
  const Workers workers = options_.blocks->LiveWorkers();
  Work work;
  {
    MutexLock lock(&mutex_);
    if (stopped_) return;
    const absl::Time now = options_.clock->Now();
    if (now >= next_forget_) {
      ForgetLocked();
      next_forget_ = now + absl::Hours(1);
    }
    std::vector<JobPtr> running;  // as jobs that end leave the map
    for (const auto& [path, job] : running_) running.push_back(job);
    for (const JobPtr& job : running) AdvanceLocked(job, workers, &work);
  }
  Do(std::move(work));
}

void LoadScheduler::ForgetLocked() {
  const int64_t before_ms = NowMs() - absl::ToInt64Milliseconds(options_.retention);
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const bool old = !job->second->IsRunning() && job->second->end_ms() > 0 && job->second->end_ms() <= before_ms;
    job = old ? jobs_.erase(job) : std::next(job);
  }
}

void LoadScheduler::AdvanceLocked(const JobPtr& job, const Workers& workers, Work* work) {
  if (stopped_ || !job->IsRunning()) return;
  if (!job->IsHealthy()) return FinishLocked(*job, absl::InternalError("Job failed because it's not healthy."));
  if (workers.empty()) return;  // as long as it takes
  if (job->busy_workers().empty() && job->PassDone()) {
    if (!job->NeedsVerification()) return FinishLocked(*job, absl::OkStatus());
    job->BeginVerification();
  }
  if (job->NeedsPage()) {
    job->BeginListing();
    ++under_way_;
    work->listings.push_back(job);
  }
  for (const BlockDirectory::LiveWorker& worker : workers) {
    if (job->busy_workers().contains(worker.id)) continue;
    std::vector<grpc::block::Block> blocks = job->NextBatch(static_cast<size_t>(options_.batch_blocks));
    if (blocks.empty()) break;
    job->busy_workers().insert(worker.id);
    ++under_way_;
    grpc::block::LoadRequest request = job->RequestFor(blocks);
    work->orders.push_back({job, worker, std::move(blocks), std::move(request)});
  }
}

void LoadScheduler::FinishLocked(LoadJob& job, absl::Status status) {
  const bool failed = !status.ok();
  if (failed) {
    ALLUXIO_LOG(kWarning, "master/load", "loading ", job.path(), " failed: ", status.ToString());
    job.set_failure(std::move(status));
  }
  options_.metrics->GetCounter(failed ? metrics::kMasterJobLoadFail : metrics::kMasterJobLoadSuccess).Inc();
  CommitLocked(job.Entry(failed ? proto::journal::FAILED : proto::journal::SUCCEEDED, NowMs()), [](absl::Status) {
    // A journal that can't be written ends the process; one that is closed: the job begins again.
  });
}

void LoadScheduler::Do(Work work) {
  for (const JobPtr& job : work.listings) {
    if (!options_.executor->Submit([this, job] { List(job); })) {
      Listed(job, absl::ResourceExhaustedError("too much waits for under stores"));
    }
  }
  for (Order& order : work.orders) {
    const auto shared = std::make_shared<const Order>(std::move(order));
    options_.client->Load(shared->worker.address, shared->request, [this, shared](absl::StatusOr<LoadResponse> answer) {
      Answered(*shared, answer);
    });
  }
}

void LoadScheduler::List(const JobPtr& job) {
  std::string after;
  {
    MutexLock lock(&mutex_);
    after = job->list_after();
  }
  Listed(job, options_.list(job->user(), job->path(), after, kPageFiles));
}

void LoadScheduler::Listed(const JobPtr& job, const absl::StatusOr<LoadJob::Page>& page) {
  const Workers workers = options_.blocks->LiveWorkers();
  Work work;
  {
    MutexLock lock(&mutex_);
    job->EndListing(page);
    if (page.ok()) {
      AdvanceLocked(job, workers, &work);
    } else if (!IsPassing(page.status()) && job->IsRunning()) {
      FinishLocked(*job, page.status());
    }
  }
  Do(std::move(work));
  // Last: nothing of this is touched behind it.
  MutexLock lock(&mutex_);
  if (--under_way_ == 0) idle_.SignalAll();
}

void LoadScheduler::Answered(const Order& order, const absl::StatusOr<LoadResponse>& answer) {
  const Workers workers = options_.blocks->LiveWorkers();
  if (!answer.ok()) {
    ALLUXIO_LOG(kWarning, "master/load", "worker ", order.worker.address.host(), " did not load ",
                order.blocks.size(), " blocks below ", order.job->path(), ": ", answer.status().ToString());
  }
  Work work;
  {
    MutexLock lock(&mutex_);
    LoadJob& job = *order.job;
    int64_t failures = 0;
    const int64_t bytes = job.TakeAnswer(order.blocks, answer, &failures);
    job.busy_workers().erase(order.worker.id);
    options_.metrics->GetCounter(metrics::kMasterJobLoadBlockFail).Inc(failures);
    options_.metrics->GetCounter(metrics::kMasterJobLoadBlockCount)
        .Inc(static_cast<int64_t>(order.blocks.size()) - failures);
    options_.metrics->GetCounter(metrics::kMasterJobLoadBlockSize).Inc(bytes);
    // A worker that loaded nothing gets its next batch from the heartbeat.
    if (answer.ok() && answer->status() != grpc::block::FAILURE) AdvanceLocked(order.job, workers, &work);
  }
  Do(std::move(work));
  MutexLock lock(&mutex_);
  if (--under_way_ == 0) idle_.SignalAll();
}

void LoadScheduler::Stop() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  while (under_way_ > 0) idle_.Wait(&mutex_);
}

}  // namespace alluxio::master
