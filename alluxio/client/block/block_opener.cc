#include "alluxio/client/block/block_opener.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/policy/named_policy.h"
#include "alluxio/client/wire.h"
#include "alluxio/stub/block_methods.h"

namespace alluxio::client {
namespace {

// Of smaller blocks the call would cost about what it saves.
constexpr int64_t kMinAheadBytes = int64_t{4} << 20;
// How long a reader waits for the rest of a block that is being cached ahead.
constexpr absl::Duration kAheadPatience = absl::Milliseconds(50);

// A restarted worker may have the address of the one before, but for its socket.
std::string KeyOf(const WorkerNetAddress& worker) {
  return absl::StrCat(worker.DataAddress(), " ", worker.domain_socket_path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockOpener>> BlockOpener::Create(std::shared_ptr<ClientCore> core, UriStatus status,
                                                                 ReadSettings settings) {
  ALLUXIO_ASSIGN_OR_RETURN(auto chooser, WorkerChooserOf(core->conf(), "alluxio.user.ufs.block.read.location.policy",
                                                         settings.ufs_read_policy, core->policy()));
  return std::unique_ptr<BlockOpener>(
      new BlockOpener(std::move(core), std::move(status), std::move(settings), std::move(chooser)));
}

BlockOpener::BlockOpener(std::shared_ptr<ClientCore> core, UriStatus status, ReadSettings settings,
                         std::unique_ptr<WorkerChooser> chooser)
    : core_(std::move(core)),
      status_(std::move(status)),
      to_be_persisted_(status_.persistence_state == "TO_BE_PERSISTED"),
      settings_(std::move(settings)),
      chooser_(std::move(chooser)),
      opened_(core_->clock()->Now()) {}

absl::StatusOr<OpenBlock> BlockOpener::Open(size_t index) {
  std::optional<Asked> asked;
  {
    MutexLock lock(&mutex_);
    if (asked_.has_value() && asked_->index == index) asked = std::exchange(asked_, std::nullopt);
  }
  if (asked.has_value() && HasFailed(asked->choice.worker)) asked.reset();
  if (!asked.has_value()) asked.emplace();
  ALLUXIO_ASSIGN_OR_RETURN(const BlockInfo block, InfoOf(index));
  if (asked->file == nullptr) {
    if (std::optional<Choice> ahead = ChosenAhead(index); ahead.has_value()) {
      asked->choice = *std::move(ahead);
    } else {
      ALLUXIO_ASSIGN_OR_RETURN(asked->choice, Choose(block));
    }
  }
  absl::StatusOr<OpenBlock> opened = OpenAt(index, block, asked->choice, std::move(asked->file));
  if (!opened.ok()) MarkFailed(asked->choice.worker);
  return opened;
}

bool BlockOpener::Ask(size_t index) {
  const absl::StatusOr<BlockInfo> block = InfoOf(index);
  if (!block.ok()) return false;
  std::optional<Choice> choice = ChosenAhead(index);
  // Being cached: asked again when it is read.
  if (choice.has_value() && !choice->ahead->HasBeenNotified()) return true;
  if (!choice.has_value()) {
    absl::StatusOr<Choice> chosen = Choose(*block);
    if (!chosen.ok() || !chosen->has_block) return false;
    choice = *std::move(chosen);
  }
  const LocalityFacts facts = FactsOf(choice->worker, core_->locality(), PathExists);
  if (DecideRead(facts, core_->locality()).rungs.front() != Rung::kFile) return false;
  auto file = AskedBlockFile::Ask(*core_->workers(), TargetOf(choice->worker, facts), SourceOptionsOf(*block));
  // What is wrong the open finds out.
  if (!file.ok() || *file == nullptr) return true;
  std::optional<Asked> asked = Asked{.index = index, .choice = *std::move(choice), .file = *std::move(file)};
  MutexLock lock(&mutex_);
  asked.swap(asked_);  // one before is let go without the lock
  return true;
}

void BlockOpener::DropAsked() {
  std::optional<Asked> dropped;
  MutexLock lock(&mutex_);
  dropped = std::exchange(asked_, std::nullopt);
}

std::optional<BlockOpener::Choice> BlockOpener::ChosenAhead(size_t index) {
  std::optional<Choice> choice;
  {
    MutexLock lock(&mutex_);
    if (const auto found = ahead_.find(index); found != ahead_.end()) choice = found->second;
  }
  if (choice.has_value() && HasFailed(choice->worker)) choice.reset();
  return choice;
}

void BlockOpener::CacheAhead(size_t index) {
  if (settings_.type == ReadType::kNoCache || !in_ufs() || index >= status_.file_block_infos.size() ||
      (!status_.file_block_infos[index].block.locations.empty() && !lost_blocks_)) {
    return;
  }
  const absl::StatusOr<BlockInfo> block = InfoOf(index);
  if (!block.ok() || block->length < kMinAheadBytes) return;
  {
    MutexLock lock(&mutex_);
    if (!asked_to_cache_.insert(block->block_id).second) return;
  }
  absl::StatusOr<Choice> choice = Choose(*block);
  if (!choice.ok() || (choice->has_block && !lost_blocks_)) return;
  const LocalityFacts facts = FactsOf(choice->worker, core_->locality(), PathExists);
  const Locality locality = DecideRead(facts, core_->locality());
  if (locality.rungs.front() != Rung::kFile) return;
  choice->ahead = std::make_shared<Notification>();
  choice->node_local = locality.node_local;
  grpc::block::CacheRequest request = CacheRequestOf(*block, choice->worker);
  request.set_async(false);  // answered when the block is there
  core_->counters().cache_requests++;
  core_->workers()->CacheInBackground(TargetOf(choice->worker, facts), request,
                                      [answered = choice->ahead](const absl::Status&) { answered->Notify(); });
  MutexLock lock(&mutex_);
  ahead_[index] = *std::move(choice);
}

absl::StatusOr<BlockInfo> BlockOpener::InfoOf(size_t index) {
  if (index >= status_.file_block_infos.size()) {
    return absl::InternalError(absl::StrCat("the master gave no block ", index, " of ", status_.path));
  }
  const BlockInfo& known = status_.file_block_infos[index].block;
  const bool all_failed = !known.locations.empty() && std::ranges::all_of(known.locations, [&](const auto& location) {
    return HasFailed(location.address);
  });
  const bool lost = known.locations.empty() && !in_ufs();
  const bool old = core_->clock()->Now() > opened_ + settings_.status_lifetime;
  if (!all_failed && !lost && !old) return known;
  grpc::block::GetBlockInfoPRequest request;
  request.set_blockid(known.block_id);
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetBlockInfo, request));
  BlockInfo fresh = FromWire(response.blockinfo());
  fresh.block_id = known.block_id;
  fresh.length = known.length;
  return fresh;
}

template <typename T, typename AddressOf>
std::vector<T> BlockOpener::Usable(std::vector<T> candidates, AddressOf address_of) {
  MutexLock lock(&mutex_);
  std::vector<T> fine;
  for (const T& candidate : candidates) {
    if (!failed_.contains(KeyOf(address_of(candidate)))) fine.push_back(candidate);
  }
  if (!fine.empty() || candidates.empty()) return fine;
  return {*std::ranges::min_element(candidates, {}, [&](const T& candidate) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return failed_.at(KeyOf(address_of(candidate)));
  })};
}

absl::StatusOr<BlockOpener::Choice> BlockOpener::Choose(const BlockInfo& block) {
  std::vector<WorkerNetAddress> holders;
  for (const BlockLocation& location : block.locations) holders.push_back(location.address);
  // A holder that failed is asked again only where nobody else could help.
  if (in_ufs()) std::erase_if(holders, [&](const WorkerNetAddress& holder) { return HasFailed(holder); });
  holders = Usable(std::move(holders), [](const WorkerNetAddress& address) { return address; });
  if (!holders.empty()) {
    // Among equally near ones any, so that many clients spread.
    for (size_t i = holders.size(); i > 1; --i) std::swap(holders[i - 1], holders[core_->random()->Next() % i]);
    const auto nearest = NearestHolder(holders, core_->locality(), PathExists);
    return Choice{.worker = holders[nearest->index], .has_block = true, .node_local = nearest->node_local};
  }
  if (!in_ufs()) {
    // It may come back: a worker registers anew after the master's restart.
    return absl::UnavailableError(absl::StrCat("Block ", block.block_id, " is unavailable in both Alluxio and UFS."));
  }
  ALLUXIO_ASSIGN_OR_RETURN(std::vector<BlockWorker> workers, core_->Workers());
  // When all that we know of have failed, there may be others by now.
  if (std::ranges::all_of(workers, [&](const BlockWorker& worker) { return HasFailed(worker.address); })) {
    ALLUXIO_ASSIGN_OR_RETURN(workers, core_->Workers(/*fresh=*/true));
  }
  workers = Usable(std::move(workers), [](const BlockWorker& worker) { return worker.address; });
  auto index = chooser_->Choose(workers, {.block_id = block.block_id, .length = block.length});
  // One without room for the block reads it through, uncached.
  if (!index) index = chooser_->Choose(workers, {.block_id = block.block_id, .length = 0});
  if (!index) return absl::UnavailableError("No available Alluxio worker found");
  return Choice{.worker = workers[*index].address};
}

BlockSourceOptions BlockOpener::SourceOptionsOf(const BlockInfo& block) const {
  return {.block_id = block.block_id,
          .length = block.length,
          .promote = settings_.type == ReadType::kCachePromote,
          .chunk_bytes = settings_.chunk_bytes,
          .short_read_bytes = settings_.short_read_bytes,
          .ufs = UfsOptionsOf(block),
          .data_timeout = settings_.data_timeout,
          .close_timeout = settings_.close_timeout};
}

absl::StatusOr<std::unique_ptr<BlockSource>> BlockOpener::OpenFileOf(const std::string& target,
                                                                     const BlockSourceOptions& options,
                                                                     const Choice& choice,
                                                                     std::unique_ptr<AskedBlockFile> asked) {
  if (asked != nullptr) {
    auto file = asked->Open();
    // Since then the worker may have kept the block, or been started again.
    if (file.ok() || absl::IsDeadlineExceeded(file.status())) return file;
  }
  // Almost there, mostly: then its file is worth more than its stream at once.
  if (choice.ahead != nullptr) choice.ahead->WaitFor(kAheadPatience);
  return OpenBlockFile(*core_->workers(), target, options);
}

absl::StatusOr<OpenBlock> BlockOpener::OpenAt(size_t index, const BlockInfo& block, const Choice& choice,
                                              std::unique_ptr<AskedBlockFile> asked) {
  const LocalityFacts facts = FactsOf(choice.worker, core_->locality(), PathExists);
  Locality locality = DecideRead(facts, core_->locality());
  const std::string target = TargetOf(choice.worker, facts);
  const BlockSourceOptions options = SourceOptionsOf(block);
  OpenBlock opened = {.index = index,
                      .worker = choice.worker,
                      .node_local = choice.node_local,
                      .worker_has_block = choice.has_block};
  Rung taken = locality.rungs.back();
  if (locality.rungs.front() == Rung::kFile) {
    if (!choice.has_block && choice.ahead == nullptr) {
      locality.why_not.emplace_back(Rung::kFile, "the block is not cached");
    } else {
      auto file = OpenFileOf(target, options, choice, std::move(asked));
      if (file.ok()) {
        taken = Rung::kFile;
        opened.source = *std::move(file);
        opened.worker_has_block = true;
      } else if (file.status().code() == absl::StatusCode::kUnavailable ||
                 file.status().code() == absl::StatusCode::kDeadlineExceeded) {
        return Annotate(file.status(), absl::StrCat("worker ", target));
      } else {
        locality.why_not.emplace_back(Rung::kFile, std::string(file.status().message()));
        if (choice.has_block && absl::IsNotFound(file.status())) lost_blocks_ = true;
      }
    }
  }
  if (!opened.source) opened.source = MakeRemoteBlock(core_->workers(), target, options);
  ClientCounters& counters = core_->counters();
  (taken == Rung::kFile ? counters.reads_by_file
                        : taken == Rung::kDomainSocket ? counters.reads_by_socket : counters.reads_by_tcp)++;
  if (core_->debug() || LogEnabled(LogLevel::kDebug)) {
    std::erase_if(locality.why_not, [&](const auto& reason) { return reason.first >= taken; });
    core_->Debug(absl::StrCat("reading block ", block.block_id, " of ", status_.path, " from ", target, " by ",
                              RungName(taken), choice.has_block ? "" : ", through to the under store",
                              locality.why_not.empty() ? "" : "; not by ", Reasons(locality.why_not)));
  }
  return opened;
}

proto::dataserver::OpenUfsBlockOptions BlockOpener::UfsOptionsOf(const BlockInfo& block) const {
  proto::dataserver::OpenUfsBlockOptions options;
  if (!in_ufs()) return options;
  options.set_block_size(block.length);
  options.set_maxufsreadconcurrency(settings_.max_ufs_read_concurrency);
  options.set_no_cache(settings_.type == ReadType::kNoCache);
  options.set_mountid(status_.mount_id);
  if (to_be_persisted_) {
    // Where such a block lies in the under store only the worker can tell.
    options.set_block_in_ufs_tier(true);
    options.set_offset_in_file(0);
  } else {
    options.set_ufs_path(status_.ufs_path);
    options.set_offset_in_file(SequenceNumberOf(block.block_id) * status_.block_size_bytes);
  }
  options.set_user(core_->master().options().channel.user);
  return options;
}

grpc::block::CacheRequest BlockOpener::CacheRequestOf(const BlockInfo& block, const WorkerNetAddress& source) const {
  grpc::block::CacheRequest request;
  request.set_block_id(block.block_id);
  request.set_length(block.length);
  request.set_source_host(source.host);
  request.set_source_port(source.data_port);
  *request.mutable_open_ufs_block_options() = UfsOptionsOf(block);
  request.set_async(true);
  return request;
}

void BlockOpener::Failed(const OpenBlock& block) { MarkFailed(block.worker); }

size_t BlockOpener::NumFailed() {
  MutexLock lock(&mutex_);
  return failed_.size();
}

bool BlockOpener::HasFailed(const WorkerNetAddress& worker) {
  MutexLock lock(&mutex_);
  return failed_.contains(KeyOf(worker));
}

void BlockOpener::MarkFailed(const WorkerNetAddress& worker) {
  MutexLock lock(&mutex_);
  failed_[KeyOf(worker)] = core_->clock()->Now();
}

bool BlockOpener::HasUntried(size_t index) {
  const absl::StatusOr<BlockInfo> block = InfoOf(index);
  if (!block.ok()) return false;
  for (const BlockLocation& location : block->locations) {
    if (!HasFailed(location.address)) return true;
  }
  if (!in_ufs()) return false;
  const auto workers = core_->Workers();
  if (!workers.ok()) return false;
  return std::ranges::any_of(*workers, [&](const BlockWorker& worker) { return !HasFailed(worker.address); });
}

void BlockOpener::CacheAfterwards(const OpenBlock& opened, bool read_whole) {
  if (settings_.type == ReadType::kNoCache) return;
  if (opened.node_local && opened.worker_has_block) return;
  const BlockInfo& block = status_.file_block_infos[opened.index].block;
  if (status_.replication_max > 0 && block.locations.size() >= static_cast<size_t>(status_.replication_max)) return;
  {
    // Whatever becomes of it: reads must not pay for a worker that refuses.
    MutexLock lock(&mutex_);
    if (!asked_to_cache_.insert(block.block_id).second) return;
  }
  WorkerNetAddress to = opened.worker;
  bool holds = opened.worker_has_block || read_whole;
  if (settings_.passive_cache) {
    const auto local = core_->NodeLocalWorker();
    if (local.ok() && *local && **local != opened.worker) {
      to = **local;
      holds = std::ranges::any_of(block.locations, [&](const BlockLocation& l) { return l.address == to; });
    }
  }
  if (holds) return;
  const std::string target = TargetOf(to, FactsOf(to, core_->locality(), PathExists));
  if (const absl::Status status = core_->workers()->Cache(target, CacheRequestOf(block, opened.worker)); !status.ok()) {
    core_->Debug(absl::StrCat("block ", block.block_id, " is not cached afterwards: ", status.message()));
    return;
  }
  core_->counters().cache_requests++;
}

}  // namespace alluxio::client
