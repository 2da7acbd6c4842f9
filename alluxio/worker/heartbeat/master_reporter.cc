#include "alluxio/worker/heartbeat/master_reporter.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::worker {
namespace {

constexpr char kArea[] = "worker/heartbeat";
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(3);

// The worker's counters that the master sums up over the cluster (PROTOCOL.md §9).
constexpr absl::string_view kReported[] = {
    "ActiveClients",      "ActiveRpcReadCount", "ActiveRpcWriteCount", "BytesReadCache",     "BytesReadDirect",
    "BytesReadDomain",    "BytesReadRemote",    "BytesReadPerUfs",     "BytesWrittenDirect", "BytesWrittenDomain",
    "BytesWrittenRemote", "BytesWrittenPerUfs", "BlocksEvictionRate",
};

// Worth another try: the master isn't there, or is another than a moment ago.
bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) || absl::IsUnauthenticated(status) ||
         absl::IsDeadlineExceeded(status);
}

template <typename Entries>
void AddPlaced(const PlacedBlocks& group, size_t from, size_t to, Entries* entries) {
  grpc::block::LocationBlockIdListEntry* const entry = entries->Add();
  entry->mutable_key()->set_tieralias(group.place.tier_alias);
  entry->mutable_key()->set_mediumtype(group.place.medium_type);
  entry->mutable_value()->mutable_blockid()->Add(group.block_ids.begin() + from, group.block_ids.begin() + to);
}

void AddLost(const std::vector<std::pair<std::string, std::string>>& lost,
             google::protobuf::Map<std::string, grpc::block::StorageList>* lists) {
  for (const auto& [tier, path] : lost) (*lists)[tier].add_storage(path);
}

}  // namespace

MasterReporter::MasterReporter(Options options) : options_(std::move(options)), last_success_(options_.clock->Now()) {}

void MasterReporter::SetAddress(grpc::WorkerNetAddress address) {
  MutexLock lock(&mutex_);
  address_ = std::move(address);
}

bool MasterReporter::registered() const {
  MutexLock lock(&mutex_);
  return registered_;
}

int64_t MasterReporter::worker_id() const {
  MutexLock lock(&mutex_);
  return worker_id_;
}

int64_t MasterReporter::blocks_to_free() const {
  MutexLock lock(&mutex_);
  return static_cast<int64_t>(freeing_.size());
}

void MasterReporter::Stop() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  changed_.SignalAll();
}

void MasterReporter::Log(absl::string_view what, const absl::Status& status) {
  const std::string text = status.ToString();
  {
    MutexLock lock(&mutex_);
    std::string& last = last_errors_[std::string(what)];
    if (text == last) return;
    last = text;
  }
  ALLUXIO_LOG(kWarning, kArea, what, ": ", text, "; trying again");
}

absl::Status MasterReporter::EnsureRegistered() {
  {
    MutexLock lock(&mutex_);
    while (registering_ && !stopped_) changed_.Wait(&mutex_);
    if (registered_) return absl::OkStatus();
    if (stopped_) return absl::UnavailableError("the worker is stopping");
    if (address_.host().empty()) return absl::UnavailableError("the worker is starting");
    registering_ = true;
  }
  const absl::Status status = Register();
  MutexLock lock(&mutex_);
  registering_ = false;
  if (status.ok()) {
    registered_ = true;
    last_success_ = options_.clock->Now();
    last_errors_.clear();
  }
  changed_.SignalAll();
  return status;
}

template <typename Request>
void MasterReporter::FillUsage(Request* request, google::protobuf::Map<std::string, int64_t>* capacity) const {
  for (const TierUsage& tier : options_.store->Usage()) {
    (*capacity)[tier.alias] = tier.capacity_bytes;
    (*request->mutable_usedbytesontiers())[tier.alias] = tier.used_bytes;
  }
}

absl::Status MasterReporter::Register() {
  MasterLink& link = *options_.link;
  grpc::WorkerNetAddress address;
  {
    MutexLock lock(&mutex_);
    address = address_;
  }
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t worker_id, link.GetWorkerId(address));
  {
    MutexLock lock(&mutex_);
    worker_id_ = worker_id;
  }
  if (options_.ask_for_lease) {
    ALLUXIO_ASSIGN_OR_RETURN(const bool allowed, link.RequestRegisterLease(worker_id, options_.store->num_blocks()));
    if (!allowed) return absl::UnavailableError("the master is busy with other workers' registrations");
  }
  const std::vector<PlacedBlocks> all = options_.store->TakeAllForReport();
  size_t group = 0, at = 0;
  bool first = true;
  const absl::Status status = link.Register([&](grpc::block::RegisterWorkerPRequest* request) {
    if (!first && group == all.size()) return false;
    request->set_workerid(worker_id);
    if (first) {
      for (const TierUsage& tier : options_.store->Usage()) request->add_storagetiers(tier.alias);
      FillUsage(request, request->mutable_totalbytesontiers());
      grpc::block::RegisterWorkerPOptions* const options = request->mutable_options();
      *options->mutable_configs() = {options_.configuration.begin(), options_.configuration.end()};
      options->mutable_buildversion()->set_version(options_.version);
      options->mutable_buildversion()->set_revision(options_.revision);
      AddLost(options_.store->LostStorage(), request->mutable_loststorage());
      options->set_numvcpu(static_cast<int32_t>(std::thread::hardware_concurrency()));
    }
    first = false;
    // Each place once in a message.
    for (int64_t room = options_.batch_size; room > 0 && group < all.size();) {
      const size_t to = std::min<size_t>(all[group].block_ids.size(), at + room);
      AddPlaced(all[group], at, to, request->mutable_currentblocks());
      room -= static_cast<int64_t>(to - at);
      at = to;
      if (at == all[group].block_ids.size()) {
        ++group;
        at = 0;
      }
    }
    if (request->currentblocks_size() == 0) {  // as the original: one entry even without blocks
      AddPlaced({.place = {request->storagetiers(0), request->storagetiers(0)}}, 0, 0, request->mutable_currentblocks());
    }
    return true;
  });
  if (status.ok()) {
    int64_t blocks = 0;
    for (const PlacedBlocks& placed : all) blocks += static_cast<int64_t>(placed.block_ids.size());
    if (options_.metrics != nullptr) options_.metrics->GetCounter(metrics::kWorkerMasterRegistrationSuccessCount).Inc();
    ALLUXIO_LOG(kInfo, kArea, "registered with the master as worker ", worker_id, " with ", blocks, " blocks");
  }
  return status;
}

void MasterReporter::Forget(int64_t worker_id) {
  MutexLock lock(&mutex_);
  if (worker_id_ == worker_id) registered_ = false;
}

void MasterReporter::Round() {
  if (absl::Status status = EnsureRegistered(); !status.ok()) {
    Log("registering with the master failed", status);
  } else {
    const int64_t worker_id = this->worker_id();
    grpc::block::BlockHeartbeatPRequest request;
    request.set_workerid(worker_id);
    FillUsage(&request, request.mutable_options()->mutable_capacitybytesontiers());
    BlockDelta delta = options_.store->TakeDelta();
    for (const PlacedBlocks& group : delta.added) {
      AddPlaced(group, 0, group.block_ids.size(), request.mutable_addedblocks());
    }
    AddLost(delta.lost_storage, request.mutable_loststorage());
    *request.mutable_removedblockids() = {delta.removed.begin(), delta.removed.end()};
    const std::map<std::string, double> before = reported_metrics_;
    for (grpc::Metric& metric : Metrics()) *request.mutable_options()->add_metrics() = std::move(metric);

    absl::StatusOr<grpc::Command> command = options_.link->BlockHeartbeat(request);
    if (command.ok()) {
      {
        MutexLock lock(&mutex_);
        last_success_ = options_.clock->Now();
        last_errors_.clear();
      }
      return Obey(*command, worker_id);
    }
    options_.store->ReturnDelta(std::move(delta));
    reported_metrics_ = before;
    if (absl::IsNotFound(command.status())) Forget(worker_id);
    Log("the heartbeat to the master failed", command.status());
  }
  {
    MutexLock lock(&mutex_);
    if (gave_up_ || options_.clock->Now() - last_success_ < options_.heartbeat_timeout) return;
    gave_up_ = true;
  }
  ALLUXIO_LOG(kError, kArea, "no heartbeat to the master succeeded for ", absl::FormatDuration(options_.heartbeat_timeout),
              " (alluxio.worker.block.heartbeat.timeout); giving up");
  if (options_.give_up) options_.give_up();
}

void MasterReporter::Obey(const grpc::Command& command, int64_t worker_id) {
  bool news;
  {
    MutexLock lock(&mutex_);
    news = std::exchange(last_command_, command.commandtype()) != command.commandtype();
  }
  switch (command.commandtype()) {
    case grpc::Nothing:
      return;
    case grpc::Register:
      ALLUXIO_LOG(kInfo, kArea, "the master does not know this worker; registering again");
      Forget(worker_id);
      if (absl::Status status = EnsureRegistered(); !status.ok()) Log("registering with the master failed", status);
      return;
    case grpc::Free:
      return Free({command.data().begin(), command.data().end()});
    case grpc::Decommissioned:
    case grpc::Disabled:
      if (news) ALLUXIO_LOG(kWarning, kArea, "the master has taken this worker out of service");
      return;
    default:
      if (news) ALLUXIO_LOG(kWarning, kArea, "unknown command ", command.commandtype(), " of the master");
  }
}

void MasterReporter::Free(std::vector<int64_t> block_ids) {
  // Every answer repeats the order until a heartbeat names the blocks as removed.
  auto todo = std::make_shared<std::vector<int64_t>>();
  {
    MutexLock lock(&mutex_);
    for (const int64_t id : block_ids) {
      if (freeing_.insert(id).second) todo->push_back(id);
    }
  }
  if (todo->empty()) return;
  if (options_.metrics != nullptr) {
    options_.metrics->GetCounter(metrics::kWorkerBlockRemoverTryRemoveCount).Inc(static_cast<int64_t>(todo->size()));
  }
  const auto remove = [this, todo] {
    int64_t removed = 0;
    for (const int64_t id : *todo) removed += options_.store->Remove(id).ok();
    if (options_.metrics != nullptr) options_.metrics->GetCounter(metrics::kWorkerBlockRemoverRemovedCount).Inc(removed);
    MutexLock lock(&mutex_);
    for (const int64_t id : *todo) freeing_.erase(id);
  };
  if (options_.executor->Submit(remove)) return;
  MutexLock lock(&mutex_);  // the next answer says it again
  for (const int64_t id : *todo) freeing_.erase(id);
}

void MasterReporter::SyncPins() {
  absl::StatusOr<std::vector<int64_t>> pinned = options_.link->GetPinnedFileIds();
  if (!pinned.ok()) return Log("asking the master for pinned files failed", pinned.status());
  options_.store->SetPinnedFiles(*pinned);
}

void MasterReporter::SyncReadAccess() {
  bool syncing;
  int64_t after;
  {
    MutexLock lock(&mutex_);
    syncing = access_syncing_.has_value();
    after = access_after_;
  }
  std::vector<BlockSummary> blocks;
  if (syncing) blocks = options_.store->List(after, options_.access_batch);
  std::vector<int64_t> files;
  for (const BlockSummary& block : blocks) {
    const int64_t file_id = FileIdOf(block.block_id);
    if (files.empty() || files.back() != file_id) files.push_back(file_id);  // sorted by id
  }
  absl::StatusOr<MasterLink::ReadAccess> access = options_.link->GetReadAccess(files);
  if (absl::IsUnimplemented(access.status())) {
    // The original gives every block out.
    access = MasterLink::ReadAccess{.generation = -1, .readable_by_all = std::vector<bool>(files.size(), true)};
  }
  if (!access.ok()) return Log("asking the master who may read files failed", access.status());
  size_t file = 0;
  for (const BlockSummary& block : blocks) {
    if (files[file] != FileIdOf(block.block_id)) ++file;
    options_.store->SetReadableByAll(block.block_id, access->readable_by_all[file]);
  }
  MutexLock lock(&mutex_);
  if (!syncing) {
    if (access_synced_ == access->generation) return;
    access_syncing_ = access->generation;
    access_stale_ = false;
    access_after_ = -1;
  } else if (static_cast<int64_t>(blocks.size()) == options_.access_batch) {
    access_after_ = blocks.back().block_id;
  } else {
    // What changed meanwhile the next round notices.
    access_synced_ = access_stale_ ? std::nullopt : access_syncing_;
    access_syncing_.reset();
  }
}

absl::Status MasterReporter::Persist(absl::FunctionRef<absl::Status(int64_t worker_id)> call) {
  const absl::Time deadline = options_.clock->Now() + options_.commit_patience;
  for (absl::Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    absl::Status status = EnsureRegistered();
    if (status.ok()) {
      const int64_t worker_id = this->worker_id();
      status = call(worker_id);
      if (status.ok()) return status;
      if (absl::IsNotFound(status)) {
        Forget(worker_id);
      } else if (!IsAway(status)) {
        return status;
      }
    } else if (!IsAway(status) && !absl::IsNotFound(status)) {
      return status;
    }
    if (options_.clock->Now() + pause > deadline) {
      return absl::UnavailableError(absl::StrCat("no master took it for ", absl::FormatDuration(options_.commit_patience),
                                                 ": ", status.message()));
    }
    {
      MutexLock lock(&mutex_);
      if (stopped_) return absl::UnavailableError("the worker is stopping");
    }
    options_.clock->Sleep(pause);
  }
}

absl::Status MasterReporter::Report(const BlockPin& pin) {
  MasterLink::ReadAccess access;
  const absl::Status status = Persist([&](int64_t worker_id) {
    grpc::block::CommitBlockPRequest request;
    request.set_workerid(worker_id);
    for (const TierUsage& tier : options_.store->Usage()) {
      if (tier.alias == pin->place().tier_alias) request.set_usedbytesontier(tier.used_bytes);
    }
    request.set_tieralias(pin->place().tier_alias);
    request.set_mediumtype(pin->place().medium_type);
    request.set_blockid(pin->block_id());
    request.set_length(pin->length_bytes());
    ALLUXIO_ASSIGN_OR_RETURN(access, options_.link->CommitBlock(request));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  options_.store->SetReadableByAll(pin->block_id(), access.readable_by_all[0]);
  options_.store->Confirm(pin->block_id());
  MutexLock lock(&mutex_);
  // Between a newer answer and this one there may have been a round.
  if (access_syncing_.value_or(access.generation) != access.generation) access_stale_ = true;
  if (access_synced_ != access.generation) access_synced_.reset();
  return status;
}

absl::Status MasterReporter::ReportInUfs(int64_t block_id, int64_t length_bytes) {
  return Persist([&](int64_t) { return options_.link->CommitBlockInUfs(block_id, length_bytes); });
}

std::vector<grpc::Metric> MasterReporter::Metrics() {
  std::vector<grpc::Metric> metrics;
  if (options_.metrics == nullptr) return metrics;
  std::string source;
  {
    MutexLock lock(&mutex_);
    source = address_.host();
  }
  for (const auto& [full_name, value] : options_.metrics->Collect()) {
    absl::string_view name = full_name;
    if (value.type != metrics::MetricType::kCounter || !absl::ConsumePrefix(&name, "Worker.")) continue;
    // "BytesReadPerUfs.UFS:%2Fdata.User:alice": a name and its tags.
    const std::vector<absl::string_view> parts = absl::StrSplit(name, '.');
    if (std::find(std::begin(kReported), std::end(kReported), parts[0]) == std::end(kReported)) continue;
    double& last = reported_metrics_[full_name];
    const double now = value.AsDouble();
    // Reported is the increase; a counter that was cleared begins anew.
    const double increase = now < last && !absl::StartsWith(name, "Active") ? now : now - last;
    if (increase == 0) continue;
    last = now;
    grpc::Metric& metric = metrics.emplace_back();
    metric.set_instance("Worker");
    metric.set_source(source);
    metric.set_name(std::string(parts[0]));
    metric.set_metrictype(grpc::COUNTER);
    metric.set_value(increase);
    for (size_t i = 1; i < parts.size(); ++i) {
      const std::pair<absl::string_view, absl::string_view> tag = absl::StrSplit(parts[i], absl::MaxSplits(':', 1));
      (*metric.mutable_tags())[std::string(tag.first)] = std::string(tag.second);
    }
  }
  return metrics;
}

}  // namespace alluxio::worker
