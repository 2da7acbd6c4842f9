#include "alluxio/master/upkeep/persistence_scheduler.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::master {
namespace {

// A worker and how much of a file it holds.
struct Holder {
  int64_t id = 0;
  const grpc::WorkerNetAddress* address = nullptr;
  int64_t bytes = 0;
};

}  // namespace

PersistenceScheduler::Options PersistenceScheduler::FromConfiguration(const conf::Configuration& conf) {
  Options options;
  options.initial_interval_ms =
      std::max<int64_t>(1, conf.GetMillis("alluxio.master.persistence.initial.interval"));
  options.max_interval_ms = std::max<int64_t>(1, conf.GetMillis("alluxio.master.persistence.max.interval"));
  options.max_total_wait_ms = conf.GetMillis("alluxio.master.persistence.max.total.wait.time");
  return options;
}

void PersistenceScheduler::Reconfigure(const Options& options) {
  MutexLock lock(&mutex_);
  initial_interval_ms_ = options.initial_interval_ms;
  max_interval_ms_ = options.max_interval_ms;
  max_total_wait_ms_ = options.max_total_wait_ms;
}

PersistenceScheduler::PersistenceScheduler(Options options) : options_(options) {
  Reconfigure(options);
  // From the beginning, so that a monitor sees them rise.
  for (const char* metric : {metrics::kMasterAsyncPersistSuccess, metrics::kMasterAsyncPersistFail,
                             metrics::kMasterAsyncPersistFileCount, metrics::kMasterAsyncPersistFileSize}) {
    Count(metric, 0);
  }
}

void PersistenceScheduler::Count(const char* metric, int64_t n) const {
  if (options_.metrics != nullptr) options_.metrics->GetCounter(metric).Inc(n);
}

PersistenceScheduler::~PersistenceScheduler() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  while (!under_way_.empty()) idle_.Wait(&mutex_);
}

size_t PersistenceScheduler::pending() const {
  MutexLock lock(&mutex_);
  return known_.size();
}

void PersistenceScheduler::Run() {
  const int64_t now_ms = options_.core->ns().clock->NowMillis();
  std::vector<Job> due;
  bool tidy = false;
  {
    const auto intents = options_.core->TakePersistIntents();
    MutexLock lock(&mutex_);
    if (stopped_) return;
    for (const auto& [file_id, due_ms] : intents) {
      if (!known_.insert(file_id).second) {
        if (under_way_.contains(file_id)) renoted_[file_id] = due_ms;
        continue;
      }
      queue_.emplace(due_ms, Job{file_id, 0, std::max(due_ms, now_ms)});
    }
    while (!queue_.empty() && queue_.begin()->first <= now_ms && under_way_.size() < options_.max_in_flight) {
      due.push_back(queue_.begin()->second);
      queue_.erase(queue_.begin());
      under_way_.insert(due.back().file_id);
    }
    untidy_ = untidy_ || !due.empty();
    if (known_.empty()) tidy = std::exchange(untidy_, false);
  }
  // Our folders in the under stores go with the last file.
  if (tidy) {
    options_.executor->Submit([core = options_.core] { core->TidyPersistFolders(); });
  }
  for (const Job& job : due) Start(job);
}

void PersistenceScheduler::Start(const Job& job) {
  if (!options_.executor->Submit([this, job] { Try(job); })) {
    Done(job, absl::ResourceExhaustedError("too much waits for under stores"));
  }
}

void PersistenceScheduler::Try(const Job& job) {
  auto plan = options_.core->PlanPersist(job.file_id);
  if (!plan.ok()) return Done(job, plan.status());
  if (!plan->has_value()) return Done(job, absl::OkStatus());  // not wanted any more
  if ((*plan)->block_ids.empty()) {
    if (const absl::Status written = WriteEmpty(**plan); !written.ok()) return Done(job, written);
    return Complete(job, **plan);
  }
  if (const absl::Status ordered = Order(job, **plan); !ordered.ok()) Done(job, ordered);
}

absl::Status PersistenceScheduler::WriteEmpty(const Plan& plan) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto ufs, options_.core->ns().mounts.Ufs(*plan.mount));
  ALLUXIO_ASSIGN_OR_RETURN(const auto writer, ufs->Create(plan.temporary, {.owner = plan.owner,
                                                                           .group = plan.group,
                                                                           .mode = plan.mode,
                                                                           .create_parents = true,
                                                                           .overwrite = true}));
  return writer->Close().status();
}

absl::Status PersistenceScheduler::Order(const Job& job, const Plan& plan) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto blocks, options_.core->ns().blocks->BlockInfos(plan.block_ids));
  std::vector<Holder> holders;  // the first block's first
  for (const grpc::BlockInfo& block : blocks) {
    if (block.locations().empty()) {
      return absl::UnavailableError(absl::StrCat("no live worker holds block ", block.blockid(), " of ", plan.path));
    }
    for (const auto& location : block.locations()) {
      auto holder = std::find_if(holders.begin(), holders.end(),
                                 [&](const Holder& other) { return other.id == location.workerid(); });
      if (holder == holders.end()) {
        holder = holders.insert(holder, {.id = location.workerid(), .address = &location.workeraddress()});
      }
      holder->bytes += block.length();
    }
  }
  if (holders.empty()) return absl::UnavailableError(absl::StrCat("nothing is known of the blocks of ", plan.path));
  std::stable_sort(holders.begin(), holders.end(), [](const Holder& a, const Holder& b) { return a.bytes > b.bytes; });
  // Another one at each try, so that a broken worker holds nothing up.
  const auto turn = static_cast<size_t>(job.tries);
  const Holder& worker = holders[turn % holders.size()];
  native::PersistFileRequest request;
  for (const grpc::BlockInfo& block : blocks) {
    const auto& locations = block.locations();
    if (std::any_of(locations.begin(), locations.end(),
                    [&](const auto& location) { return location.workerid() == worker.id; })) {
      continue;
    }
    const auto& from = locations[static_cast<int>(turn % static_cast<size_t>(locations.size()))].workeraddress();
    native::BlockSource& source = *request.add_block_sources();
    source.set_block_id(block.blockid());
    source.set_length(block.length());
    source.set_host(from.host());
    source.set_data_port(from.dataport());
  }
  request.set_file_id(plan.file_id);
  request.set_ufs_path(plan.mount->UriOf(plan.relative));
  request.set_temporary_ufs_path(plan.mount->UriOf(plan.temporary));
  request.set_mount_id(plan.mount->id);
  request.set_length(plan.length_bytes);
  request.mutable_block_ids()->Add(plan.block_ids.begin(), plan.block_ids.end());
  request.set_owner(plan.owner);
  request.set_group(plan.group);
  request.set_mode(plan.mode);
  options_.client->Persist(*worker.address, request, [this, job, plan](absl::StatusOr<native::PersistFileResponse> response) {
    if (!response.ok()) return Done(job, response.status());
    if (!options_.executor->Submit([this, job, plan] { Complete(job, plan); })) {
      Done(job, absl::ResourceExhaustedError("too much waits for under stores"));
    }
  });
  return absl::OkStatus();
}

void PersistenceScheduler::Complete(const Job& job, Plan plan) {
  using Step = FileSystemCore::PersistStep;
  const absl::StatusOr<Step> step = options_.core->FinishPersist(plan);
  if (step.ok() && *step == Step::kPersisted) {
    Count(metrics::kMasterAsyncPersistSuccess, 1);
    Count(metrics::kMasterAsyncPersistFileCount, 1);
    Count(metrics::kMasterAsyncPersistFileSize, plan.length_bytes);
  }
  if (!step.ok() || *step != Step::kAnnounced) return Done(job, step.status());
  options_.core->ns().state->Commit({}, [this, job, plan](const absl::Status& durable) {
    if (!durable.ok()) return Done(job, durable);
    if (!options_.executor->Submit([this, job, plan] { Complete(job, plan); })) {
      Done(job, absl::ResourceExhaustedError("too much waits for under stores"));
    }
  });
}

void PersistenceScheduler::Done(const Job& job, const absl::Status& status) {
  const int64_t now_ms = options_.core->ns().clock->NowMillis();
  bool abandon = false;
  if (!status.ok()) {
    Count(metrics::kMasterAsyncPersistFail, 1);
    int64_t max_total_wait_ms;
    {
      MutexLock lock(&mutex_);
      max_total_wait_ms = max_total_wait_ms_;
    }
    abandon = now_ms - job.first_ms >= max_total_wait_ms;
    ALLUXIO_LOG(kWarning, "master/upkeep", "persisting file ", job.file_id, " failed (try ", job.tries + 1,
                abandon ? ", the last" : "", "): ", status.ToString());
    if (abandon) {
      const absl::Status given_up = options_.core->AbandonPersist(job.file_id);
      ALLUXIO_LOG(kError, "master/upkeep", "file ", job.file_id, " could not be persisted within ",
                  max_total_wait_ms / 1000, " s and lies in Alluxio only; `alluxio fs persist` tries again",
                  given_up.ok() ? "" : absl::StrCat(" (", given_up.ToString(), ")"));
    }
  }
  MutexLock lock(&mutex_);
  if (status.ok() || abandon) {
    if (const auto again = renoted_.find(job.file_id); again != renoted_.end()) {
      queue_.emplace(again->second, Job{job.file_id, 0, std::max(again->second, now_ms)});
      renoted_.erase(again);
    } else {
      known_.erase(job.file_id);
    }
  } else {
    renoted_.erase(job.file_id);
    Job next = job;
    const int doublings = std::min(next.tries++, 30);
    const int64_t wait_ms = std::min(max_interval_ms_, initial_interval_ms_ << doublings);
    queue_.emplace(now_ms + wait_ms, next);
  }
  under_way_.erase(job.file_id);
  if (under_way_.empty()) idle_.SignalAll();
}

}  // namespace alluxio::master
