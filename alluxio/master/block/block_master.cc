#include "alluxio/master/block/block_master.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"

// The namespace's and the clients' side; what workers call: block_master_workers.cc.
namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;

constexpr char kContainerKey[] = "block.container.next";
constexpr char kCountKey[] = "block.count";
// Half of it is more than listings of an under store load while one flush is under way.
constexpr int64_t kSmallestReservation = int64_t{1} << 17;

int64_t ReadCounter(const KvStore& store, absl::string_view key) {
  const auto value = store.Get(Family::kCounters, key);
  ALLUXIO_CHECK(value.ok());  // the store was opened a moment ago
  return value->has_value() ? DecodeId(**value) : 0;
}

// A number written by a newer version of a record may be longer; the length is
// its first 8 bytes.
std::optional<int64_t> ReadLength(const KvStore& store, int64_t block_id) {
  const auto value = store.Get(Family::kBlocks, EncodeId(block_id));
  if (!value.ok()) {
    ALLUXIO_LOG(kError, "master/block", "block ", block_id, ": ", value.status().ToString());
    return std::nullopt;
  }
  return value->has_value() ? std::optional(DecodeId(**value)) : std::nullopt;
}

}  // namespace

BlockMaster::Options BlockMaster::OptionsFrom(const conf::Configuration& conf) {
  Options options;
  options.safe_mode_wait = conf.GetDuration("alluxio.master.worker.connect.wait.time");
  options.worker_timeout = conf.GetDuration("alluxio.master.worker.timeout");
  options.lost_worker_deletion_timeout = conf.GetDuration("alluxio.master.lost.worker.deletion.timeout");
  options.lease_enabled = conf.GetBool("alluxio.master.worker.register.lease.enabled");
  options.lease_count = static_cast<int>(conf.GetInt("alluxio.master.worker.register.lease.count"));
  options.lease_ttl = conf.GetDuration("alluxio.master.worker.register.lease.ttl");
  options.container_id_reservation = std::max<int64_t>(
      conf.GetInt("alluxio.master.container.id.reservation.size"), kSmallestReservation);
  options.global_tiers.clear();
  const int64_t levels = std::min<int64_t>(conf.GetInt("alluxio.master.tieredstore.global.levels"), 3);
  for (int64_t i = 0; i < levels; ++i) {
    options.global_tiers.push_back(
        conf.GetString(absl::StrCat("alluxio.master.tieredstore.global.level", i, ".alias")));
  }
  return options;
}

BlockMaster::BlockMaster(Options options) : options_(std::move(options)), store_(options_.state->store()) {
  Reconfigure(options_);
  reserved_containers_ = ReadCounter(*store_, kContainerKey);
  unique_blocks_ = ReadCounter(*store_, kCountKey);
}

BlockMaster::~BlockMaster() = default;

void BlockMaster::Reconfigure(const Options& options) {
  MutexLock lock(&mutex_);
  worker_timeout_ = options.worker_timeout;
  lost_worker_deletion_timeout_ = options.lost_worker_deletion_timeout;
}

void BlockMaster::Start() {
  {
    MutexLock lock(&ids_mutex_);
    next_container_ = reserved_containers_;
  }
  MutexLock lock(&mutex_);
  safe_mode_end_ = options_.clock->Now() + options_.safe_mode_wait;
}

// --- journal ---------------------------------------------------------------

bool BlockMaster::Apply(const JournalEntry& entry, KvBatch* batch) {
  if (entry.has_block_container_id_generator()) {
    MutexLock lock(&ids_mutex_);
    // Entries of callers that drew ids together may arrive in any order.
    reserved_containers_ =
        std::max(reserved_containers_, entry.block_container_id_generator().next_container_id());
    batch->Put(Family::kCounters, kContainerKey, EncodeId(reserved_containers_));
    return true;
  }
  if (entry.has_block_info()) {
    const int64_t id = entry.block_info().block_id();
    const int64_t length = entry.block_info().length();
    const std::optional<int64_t> known = ReadLength(*store_, id);
    // The first length wins (-1: not known then).
    if (known.has_value() && *known >= 0) return true;
    batch->Put(Family::kBlocks, EncodeId(id), EncodeId(length));
    if (!known.has_value()) batch->Put(Family::kCounters, kCountKey, EncodeId(++unique_blocks_));
    return true;
  }
  if (entry.has_delete_block()) {
    const int64_t id = entry.delete_block().block_id();
    if (!ReadLength(*store_, id).has_value()) return true;
    batch->Delete(Family::kBlocks, EncodeId(id));
    batch->Put(Family::kCounters, kCountKey, EncodeId(--unique_blocks_));
    return true;
  }
  return false;
}

absl::Status BlockMaster::Dump(const KvReader& state, EntryVisitor visit) const {
  JournalEntry entry;
  ALLUXIO_ASSIGN_OR_RETURN(const auto container, state.Get(Family::kCounters, kContainerKey));
  if (container.has_value()) {
    entry.mutable_block_container_id_generator()->set_next_container_id(DecodeId(*container));
    ALLUXIO_RETURN_IF_ERROR(visit(entry));
  }
  entry.Clear();
  absl::Status result;
  ALLUXIO_RETURN_IF_ERROR(
      state.Scan(Family::kBlocks, "", "", [&](absl::string_view key, absl::string_view value) {
        entry.mutable_block_info()->set_block_id(DecodeId(key));
        entry.mutable_block_info()->set_length(DecodeId(value));
        result = visit(entry);
        return result.ok();
      }));
  return result;
}

std::optional<absl::Status> BlockMaster::CheckForeign(const JournalEntry& entry) {
  if (entry.has_block_container_id_generator() || entry.has_block_info()) return absl::OkStatus();
  return std::nullopt;
}

// --- what the namespace needs ----------------------------------------------

int64_t BlockMaster::NextContainerId(std::vector<JournalEntry>* entries) {
  MutexLock lock(&ids_mutex_);
  const int64_t id = next_container_++;
  // Not "the last one drawn" but "no applied reservation covers it": another
  // caller's entry may never be committed. And well before: an id that somebody
  // has seen must not be another file's after a crash, whatever was durable then.
  if (id >= reserved_containers_ - options_.container_id_reservation / 2) {
    entries->emplace_back().mutable_block_container_id_generator()->set_next_container_id(
        id + options_.container_id_reservation);
  }
  return id;
}

std::optional<int64_t> BlockMaster::BlockLength(int64_t block_id) const { return ReadLength(*store_, block_id); }

int BlockMaster::TierOrder(const std::string& tier) const {
  const auto it = std::find(options_.global_tiers.begin(), options_.global_tiers.end(), tier);
  return static_cast<int>(it - options_.global_tiers.begin());
}

BlockMaster::Worker* BlockMaster::VisibleLocked(Generation generation) const {
  const auto it = generations_.find(generation);
  if (it == generations_.end()) return nullptr;
  Worker* const worker = it->second.worker;
  return worker->state == State::kLive && worker->generation == generation ? worker : nullptr;
}

absl::Status BlockMaster::CheckSafeMode() const {
  if (!InSafeMode()) return absl::OkStatus();
  return absl::UnavailableError("Alluxio master is in safe mode. Please try again later.");
}

absl::StatusOr<std::vector<grpc::BlockInfo>> BlockMaster::BlockInfos(absl::Span<const int64_t> block_ids) const {
  std::vector<grpc::BlockInfo> infos(block_ids.size());
  if (block_ids.empty()) return infos;
  ALLUXIO_RETURN_IF_ERROR(CheckSafeMode());
  for (size_t i = 0; i < block_ids.size(); ++i) {
    infos[i].set_blockid(block_ids[i]);
    if (const std::optional<int64_t> length = ReadLength(*store_, block_ids[i])) infos[i].set_length(*length);
  }
  ReaderMutexLock lock(&mutex_);
  for (grpc::BlockInfo& info : infos) {
    // A forgotten block may lie on a worker until that has deleted it.
    if (!info.has_length()) continue;
    for (const BlockLocations::Location& location : locations_.Get(info.blockid())) {
      const Worker* const worker = VisibleLocked(location.generation);
      if (worker == nullptr) continue;
      grpc::BlockLocation* const out = info.add_locations();
      out->set_workerid(worker->id);
      *out->mutable_workeraddress() = worker->address;
      out->set_tieralias(names_[location.tier]);
      out->set_mediumtype(names_[location.medium]);
    }
    if (info.locations_size() > 1) {
      std::stable_sort(info.mutable_locations()->begin(), info.mutable_locations()->end(),
                       [this](const grpc::BlockLocation& a, const grpc::BlockLocation& b) {
                         return TierOrder(a.tieralias()) < TierOrder(b.tieralias());
                       });
    }
  }
  return infos;
}

void BlockMaster::AddBlocks(absl::Span<const std::pair<int64_t, int64_t>> ids_and_lengths,
                            std::vector<JournalEntry>* entries) {
  for (const auto& [id, length] : ids_and_lengths) {
    auto* const info = entries->emplace_back().mutable_block_info();
    info->set_block_id(id);
    info->set_length(length);
  }
}

void BlockMaster::ForgetBlocks(absl::Span<const int64_t> block_ids, std::vector<JournalEntry>* entries) {
  for (const int64_t id : block_ids) entries->emplace_back().mutable_delete_block()->set_block_id(id);
}

void BlockMaster::FreeBlocks(absl::Span<const int64_t> block_ids) {
  constexpr size_t kStep = 256;  // others get the lock in between
  for (size_t begin = 0; begin < block_ids.size(); begin += kStep) {
    MutexLock lock(&mutex_);
    for (const int64_t id : block_ids.subspan(begin, kStep)) {
      for (const BlockLocations::Location& location : locations_.Get(id)) {
        const auto it = generations_.find(location.generation);
        if (it != generations_.end()) it->second.worker->to_remove.insert(id);
      }
    }
  }
}

std::vector<BlockDirectory::LiveWorker> BlockMaster::LiveWorkers() const {
  std::vector<LiveWorker> live;
  ReaderMutexLock lock(&mutex_);
  for (const auto& worker : workers_) {
    if (worker->state == State::kLive) live.push_back({worker->id, worker->address});
  }
  return live;
}

bool BlockMaster::InSafeMode() const {
  ReaderMutexLock lock(&mutex_);
  if (options_.clock->Now() >= safe_mode_end_) return false;
  if (options_.expected_workers <= 0) return true;
  const auto live = std::count_if(workers_.begin(), workers_.end(),
                                  [](const auto& worker) { return worker->state == State::kLive; });
  return live < options_.expected_workers;
}

BlockMaster::Totals BlockMaster::GetTotals() const {
  Totals totals;
  ReaderMutexLock lock(&mutex_);
  for (const auto& worker : workers_) {
    if (worker->state == State::kLost) ++totals.lost_workers;
    if (worker->state == State::kDecommissioned) ++totals.decommissioned_workers;
    if (worker->state != State::kLive) continue;
    ++totals.live_workers;
    for (const auto& [tier, bytes] : worker->capacity_on_tiers) {
      totals.capacity_bytes += bytes;
      totals.capacity_on_tiers[tier] += bytes;
    }
    for (const auto& [tier, bytes] : worker->used_on_tiers) {
      totals.used_bytes += bytes;
      totals.used_on_tiers[tier] += bytes;
    }
    if (const auto it = generations_.find(worker->generation); it != generations_.end()) {
      totals.block_replicas += it->second.blocks;
    }
  }
  totals.unique_blocks = unique_blocks_;
  return totals;
}

std::map<int64_t, int64_t> BlockMaster::BlockCounts() const {
  std::map<int64_t, int64_t> counts;
  ReaderMutexLock lock(&mutex_);
  for (const auto& worker : workers_) {
    if (worker->state != State::kLive) continue;
    const auto it = generations_.find(worker->generation);
    counts[worker->id] = it == generations_.end() ? 0 : it->second.blocks;
  }
  return counts;
}

// --- calls of clients ------------------------------------------------------

void BlockMaster::GetBlockInfo(const Caller& caller, const grpc::block::GetBlockInfoPRequest& request,
                               Reply<grpc::block::GetBlockInfoPResponse> reply) {
  const int64_t id = request.blockid();
  absl::StatusOr<std::vector<grpc::BlockInfo>> infos = BlockInfos({&id, 1});
  if (!infos.ok()) return std::move(reply)(infos.status());
  if (!infos->front().has_length()) {
    return std::move(reply)(absl::InvalidArgumentError(absl::StrCat("BlockMeta not found for blockId ", id)));
  }
  grpc::block::GetBlockInfoPResponse response;
  *response.mutable_blockinfo() = std::move(infos->front());
  std::move(reply)(std::move(response));
}

void BlockMaster::GetBlockMasterInfo(const Caller& caller, const grpc::block::GetBlockMasterInfoPOptions& request,
                                     Reply<grpc::block::GetBlockMasterInfoPResponse> reply) {
  const Totals totals = GetTotals();
  const auto wants = [&request](grpc::block::BlockMasterInfoField field) {
    return request.filters().empty() ||
           std::find(request.filters().begin(), request.filters().end(), field) != request.filters().end();
  };
  grpc::block::GetBlockMasterInfoPResponse response;
  grpc::block::BlockMasterInfo* const info = response.mutable_blockmasterinfo();
  if (wants(grpc::block::CAPACITY_BYTES)) info->set_capacitybytes(totals.capacity_bytes);
  if (wants(grpc::block::CAPACITY_BYTES_ON_TIERS)) {
    info->mutable_capacitybytesontiers()->insert(totals.capacity_on_tiers.begin(), totals.capacity_on_tiers.end());
  }
  if (wants(grpc::block::FREE_BYTES)) info->set_freebytes(totals.capacity_bytes - totals.used_bytes);
  if (wants(grpc::block::LIVE_WORKER_NUM)) info->set_liveworkernum(totals.live_workers);
  if (wants(grpc::block::LOST_WORKER_NUM)) info->set_lostworkernum(totals.lost_workers);
  if (wants(grpc::block::USED_BYTES)) info->set_usedbytes(totals.used_bytes);
  if (wants(grpc::block::USED_BYTES_ON_TIERS)) {
    info->mutable_usedbytesontiers()->insert(totals.used_on_tiers.begin(), totals.used_on_tiers.end());
  }
  if (wants(grpc::block::DECOMMISSIONED_WORKER_NUM)) {
    info->set_decommissionedworkernum(totals.decommissioned_workers);
  }
  std::move(reply)(std::move(response));
}

void BlockMaster::GetCapacityBytes(const Caller& caller, const grpc::block::GetCapacityBytesPOptions& request,
                                   Reply<grpc::block::GetCapacityBytesPResponse> reply) {
  grpc::block::GetCapacityBytesPResponse response;
  response.set_bytes(GetTotals().capacity_bytes);
  std::move(reply)(std::move(response));
}

void BlockMaster::GetUsedBytes(const Caller& caller, const grpc::block::GetUsedBytesPOptions& request,
                               Reply<grpc::block::GetUsedBytesPResponse> reply) {
  grpc::block::GetUsedBytesPResponse response;
  response.set_bytes(GetTotals().used_bytes);
  std::move(reply)(std::move(response));
}

void BlockMaster::FillInfoLocked(const Worker& worker, const std::vector<int>& fields,
                                 grpc::block::WorkerInfo* info) const {
  const auto wants = [&fields](grpc::block::WorkerInfoField field) {
    return fields.empty() || std::find(fields.begin(), fields.end(), field) != fields.end();
  };
  const auto sum = [](const std::map<std::string, int64_t>& tiers) {
    int64_t bytes = 0;
    for (const auto& [tier, value] : tiers) bytes += value;
    return bytes;
  };
  if (wants(grpc::block::ID)) info->set_id(worker.id);
  if (wants(grpc::block::ADDRESS)) *info->mutable_address() = worker.address;
  if (wants(grpc::block::LAST_CONTACT_SEC)) {
    info->set_lastcontactsec(
        static_cast<int32_t>(absl::ToInt64Seconds(options_.clock->Now() - worker.last_contact)));
  }
  if (wants(grpc::block::STATE)) {
    const bool disabled = disabled_.contains(absl::StrCat(worker.address.host(), ":", worker.address.webport()));
    info->set_state(worker.state == State::kLive              ? "ACTIVE"
                    : worker.state != State::kDecommissioned ? "LOST"
                    : disabled                               ? "Disabled"
                                                             : "Decommissioned");
  }
  if (wants(grpc::block::WORKER_CAPACITY_BYTES)) info->set_capacitybytes(sum(worker.capacity_on_tiers));
  if (wants(grpc::block::WORKER_USED_BYTES)) info->set_usedbytes(sum(worker.used_on_tiers));
  if (wants(grpc::block::START_TIME_MS)) info->set_starttimems(absl::ToUnixMillis(worker.start_time));
  if (wants(grpc::block::WORKER_CAPACITY_BYTES_ON_TIERS)) {
    info->mutable_capacitybytesontiers()->insert(worker.capacity_on_tiers.begin(), worker.capacity_on_tiers.end());
  }
  if (wants(grpc::block::WORKER_USED_BYTES_ON_TIERS)) {
    info->mutable_usedbytesontiers()->insert(worker.used_on_tiers.begin(), worker.used_on_tiers.end());
  }
  if (wants(grpc::block::BUILD_VERSION)) *info->mutable_buildversion() = worker.version;
  if (wants(grpc::block::NUM_VCPU)) info->set_numvcpu(worker.num_vcpu);
}

void BlockMaster::GetWorkerInfoList(const Caller& caller, const grpc::block::GetWorkerInfoListPOptions& request,
                                    Reply<grpc::block::GetWorkerInfoListPResponse> reply) {
  if (absl::Status status = CheckSafeMode(); !status.ok()) return std::move(reply)(status);
  grpc::block::GetWorkerInfoListPResponse response;
  {
    ReaderMutexLock lock(&mutex_);
    for (const auto& worker : workers_) {
      if (worker->state == State::kLive) FillInfoLocked(*worker, {}, response.add_workerinfos());
    }
  }
  std::move(reply)(std::move(response));
}

void BlockMaster::GetWorkerReport(const Caller& caller, const grpc::block::GetWorkerReportPOptions& request,
                                  Reply<grpc::block::GetWorkerInfoListPResponse> reply) {
  if (absl::Status status = CheckSafeMode(); !status.ok()) return std::move(reply)(status);
  const grpc::block::WorkerRange range = request.workerrange();
  const std::vector<int> fields(request.fieldranges().begin(), request.fieldranges().end());
  absl::flat_hash_set<std::string> wanted(request.addresses().begin(), request.addresses().end());
  std::vector<std::string> names;
  const auto selected = [&](const Worker& worker) {
    switch (range) {
      case grpc::block::ALL:
        return worker.state != State::kUnregistered;
      case grpc::block::LIVE:
        return worker.state == State::kLive;
      case grpc::block::LOST:
        return worker.state == State::kLost;
      case grpc::block::DECOMMISSIONED:
        return worker.state == State::kDecommissioned;
      case grpc::block::SPECIFIED: {
        if (worker.state == State::kUnregistered) return false;
        for (const std::string& name : {worker.address.host(), worker.ip}) {
          if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
        return wanted.erase(worker.address.host()) + wanted.erase(worker.ip) > 0;
      }
    }
    return false;
  };
  grpc::block::GetWorkerInfoListPResponse response;
  {
    ReaderMutexLock lock(&mutex_);
    for (const auto& worker : workers_) {
      if (selected(*worker)) FillInfoLocked(*worker, fields, response.add_workerinfos());
    }
  }
  if (range == grpc::block::SPECIFIED && !wanted.empty()) {
    std::vector<std::string> unknown(wanted.begin(), wanted.end());
    std::sort(unknown.begin(), unknown.end());
    const auto list = [](const std::vector<std::string>& all) {
      std::string text;
      for (const std::string& name : all) absl::StrAppend(&text, text.empty() ? "" : ", ", name);
      return text;
    };
    return std::move(reply)(absl::InvalidArgumentError(absl::StrCat(
        "Unrecognized worker names: [", list(unknown), "]\nSupported worker names: [", list(names), "]\n")));
  }
  std::move(reply)(std::move(response));
}

void BlockMaster::GetWorkerLostStorage(const Caller& caller, const grpc::block::GetWorkerLostStoragePOptions& request,
                                       Reply<grpc::block::GetWorkerLostStoragePResponse> reply) {
  grpc::block::GetWorkerLostStoragePResponse response;
  {
    ReaderMutexLock lock(&mutex_);
    for (const auto& worker : workers_) {
      if (worker->state != State::kLive || worker->lost_storage.empty()) continue;
      grpc::block::WorkerLostStorageInfo* const info = response.add_workerloststorageinfo();
      *info->mutable_address() = worker->address;
      for (const auto& [tier, paths] : worker->lost_storage) {
        auto& list = (*info->mutable_loststorage())[tier];
        for (const std::string& path : paths) list.add_storage(path);
      }
    }
  }
  std::move(reply)(std::move(response));
}

void BlockMaster::DecommissionWorker(const Caller& caller, const grpc::block::DecommissionWorkerPOptions& request,
                                     Reply<grpc::block::DecommissionWorkerPResponse> reply) {
  bool found = false;
  {
    MutexLock lock(&mutex_);
    for (const auto& worker : workers_) {
      if (worker->state == State::kUnregistered || worker->address.host() != request.workerhostname()) continue;
      if (request.has_workerwebport() && worker->address.webport() != request.workerwebport()) continue;
      found = true;
      if (!request.canregisteragain()) {
        disabled_.insert(absl::StrCat(worker->address.host(), ":", worker->address.webport()));
      }
      worker->state = State::kDecommissioned;
      RetireLocked(&worker->generation);
      RetireLocked(&worker->registering);
    }
  }
  const std::string name = absl::StrCat(request.workerhostname(), ":", request.workerwebport());
  if (!found) {
    return std::move(reply)(absl::NotFoundError(
        absl::StrCat("Worker ", name, " is not known by the master. Please check the hostname or retry later.")));
  }
  ALLUXIO_LOG(kInfo, "master/block", "worker ", name, " is decommissioned",
              request.canregisteragain() ? "" : " and disabled", " by ", caller.user);
  std::move(reply)(grpc::block::DecommissionWorkerPResponse());
}

void BlockMaster::RemoveDisabledWorker(const Caller& caller, const grpc::block::RemoveDisabledWorkerPOptions& request,
                                       Reply<grpc::block::RemoveDisabledWorkerPResponse> reply) {
  {
    MutexLock lock(&mutex_);
    for (const auto& worker : workers_) {
      if (worker->address.host() != request.workerhostname()) continue;
      if (request.has_workerwebport() && worker->address.webport() != request.workerwebport()) continue;
      disabled_.erase(absl::StrCat(worker->address.host(), ":", worker->address.webport()));
      // Its next heartbeat is answered by the order to register.
      if (worker->state == State::kDecommissioned) worker->state = State::kUnregistered;
    }
    // Also one that the master has forgotten by now.
    disabled_.erase(absl::StrCat(request.workerhostname(), ":", request.workerwebport()));
  }
  std::move(reply)(grpc::block::RemoveDisabledWorkerPResponse());
}

}  // namespace alluxio::master
