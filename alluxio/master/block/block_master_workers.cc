#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/block/block_master.h"

// What workers call, and what becomes of them.
namespace alluxio::master {
namespace {

// Blocks named in one answer to a heartbeat; the rest follows in the next.
constexpr int kMaxFreedPerHeartbeat = 100'000;

// The seven fields that make two addresses equal, absent ones as empty ones.
std::string KeyOf(const grpc::WorkerNetAddress& address) {
  std::string key = absl::StrCat(address.host(), "\n", address.rpcport(), "\n", address.dataport(), "\n",
                                 address.webport(), "\n", address.domainsocketpath(), "\n", address.containerhost());
  for (const grpc::LocalityTier& tier : address.tieredidentity().tiers()) {
    absl::StrAppend(&key, "\n", tier.tiername(), "=", tier.has_value() ? tier.value() : "\n");
  }
  return key;
}

std::string DisabledName(const grpc::WorkerNetAddress& address) {
  return absl::StrCat(address.host(), ":", address.webport());
}

// The host of "host:port"; "" of a Unix socket's peer.
std::string HostOf(const std::string& peer) {
  const size_t colon = peer.rfind(':');
  if (colon == std::string::npos || absl::StartsWith(peer, "unix")) return "";
  return peer.substr(0, colon);
}

absl::Status NoWorker(int64_t id) {
  return absl::NotFoundError(absl::StrCat("No worker with workerId ", id, " is found"));
}

absl::Status DisabledStatus(const grpc::WorkerNetAddress& address) {
  return absl::UnavailableError(absl::StrCat("Worker ", DisabledName(address),
                                             " is disabled; `alluxio fsadmin enableWorker` lets it register again"));
}

void MergeLostStorage(const google::protobuf::Map<std::string, grpc::block::StorageList>& from,
                      std::map<std::string, std::vector<std::string>>* to) {
  for (const auto& [tier, list] : from) {
    std::vector<std::string>& paths = (*to)[tier];
    for (const std::string& path : list.storage()) {
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
  }
}

absl::Status NegativeLength(int64_t block_id, int64_t length) {
  return absl::InvalidArgumentError(absl::StrCat("block ", block_id, " cannot have a length of ", length, " bytes"));
}

// Answers once `entries`, and all that came before, are durable.
template <typename Response>
void Confirm(StateMachine* state, std::vector<proto::journal::JournalEntry> entries, Reply<Response> reply,
             Response response = {}) {
  state->Commit(std::move(entries),
                [reply = std::move(reply), response = std::move(response)](absl::Status status) mutable {
                  if (!status.ok()) return std::move(reply)(status);
                  std::move(reply)(std::move(response));
                });
}

}  // namespace

class BlockMaster::Registration {
 public:
  Registration(BlockMaster* master, int64_t worker_id, Generation generation)
      : master(master), worker_id(worker_id), generation(generation) {}
  ~Registration() {
    if (finished) return;
    MutexLock lock(&master->mutex_);
    Worker* const worker = master->FindById(worker_id);
    if (worker != nullptr && worker->registering == generation) master->RetireLocked(&worker->registering);
  }

  BlockMaster* const master;
  const int64_t worker_id;
  const Generation generation;
  std::vector<int64_t> unknown;  // reported blocks that nobody knows
  bool finished = false;
};

// --- bookkeeping -----------------------------------------------------------

BlockMaster::Worker* BlockMaster::FindById(int64_t id) const {
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

BlockMaster::Worker* BlockMaster::FindByKey(const std::string& key) const {
  const auto it = by_key_.find(key);
  return it == by_key_.end() ? nullptr : it->second;
}

BlockMaster::Worker* BlockMaster::FindLive(int64_t id) const {
  Worker* const worker = FindById(id);
  return worker != nullptr && worker->state == State::kLive ? worker : nullptr;
}

uint16_t BlockMaster::InternLocked(const std::string& name) {
  // Names come from workers: a bound, behind which they are called "".
  constexpr size_t kMaxNames = 1000;
  if (names_.empty()) names_.emplace_back();
  const auto it = name_index_.find(name);
  if (it != name_index_.end()) return it->second;
  if (name.empty() || names_.size() >= kMaxNames) return 0;
  names_.push_back(name);
  return name_index_[name] = static_cast<uint16_t>(names_.size() - 1);
}

void BlockMaster::RetireLocked(Generation* generation) {
  if (*generation == kNoGeneration) return;
  generations_.erase(*generation);
  retired_.insert(*generation);
  *generation = kNoGeneration;
}

void BlockMaster::Count(Generation generation, int64_t delta) {
  MutexLock lock(&mutex_);
  const auto it = generations_.find(generation);
  if (it != generations_.end()) {
    it->second.blocks += delta;
  } else {
    // Lost meanwhile, maybe swept already: what was added must not stay for ever.
    retired_.insert(generation);
  }
}

void BlockMaster::AddLocations(const google::protobuf::RepeatedPtrField<grpc::block::LocationBlockIdListEntry>& blocks,
                               const std::vector<Generation>& generations, std::vector<int64_t>* unknown) {
  std::vector<Placement> placements;
  {
    MutexLock lock(&mutex_);
    for (const auto& entry : blocks) {
      placements.emplace_back(InternLocked(entry.key().tieralias()), InternLocked(entry.key().mediumtype()));
    }
  }
  std::vector<int64_t> added(generations.size(), 0);
  constexpr size_t kStep = 4096;
  std::vector<int64_t> ids;
  std::vector<std::string> keys;
  for (int i = 0; i < blocks.size(); ++i) {
    const auto& list = blocks[i].value().blockid();
    for (auto at = list.begin(); at != list.end();) {
      const auto end = list.end() - at > static_cast<ptrdiff_t>(kStep) ? at + kStep : list.end();
      ids.assign(at, end);
      at = end;
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
      // First the location, then the question: whoever deletes the block in
      // between sees one or the other, so the worker is told.
      for (const int64_t id : ids) {
        for (size_t g = 0; g < generations.size(); ++g) {
          added[g] += locations_.Add(id, {generations[g], placements[i].first, placements[i].second});
        }
      }
      keys.clear();
      for (const int64_t id : ids) keys.push_back(EncodeId(id));
      const absl::StatusOr<std::vector<bool>> known = store_->Contains(Family::kBlocks, keys);
      if (!known.ok()) {
        // Nothing is deleted because of a store that can't be read.
        ALLUXIO_LOG(kError, "master/block", "reading ", ids.size(), " blocks: ", known.status().ToString());
        continue;
      }
      for (size_t k = 0; k < ids.size(); ++k) {
        if ((*known)[k]) continue;
        for (size_t g = 0; g < generations.size(); ++g) added[g] -= locations_.Remove(ids[k], generations[g]);
        unknown->push_back(ids[k]);
      }
    }
  }
  for (size_t g = 0; g < generations.size(); ++g) Count(generations[g], added[g]);
}

// --- registration ----------------------------------------------------------

void BlockMaster::GetWorkerId(const Caller& caller, const grpc::block::GetWorkerIdPRequest& request,
                              Reply<grpc::block::GetWorkerIdPResponse> reply) {
  const grpc::WorkerNetAddress& address = request.workernetaddress();
  if (address.host().empty()) {
    return std::move(reply)(absl::InvalidArgumentError("a worker's address needs a host name"));
  }
  const std::string key = KeyOf(address);
  grpc::block::GetWorkerIdPResponse response;
  {
    MutexLock lock(&mutex_);
    if (disabled_.contains(DisabledName(address))) return std::move(reply)(DisabledStatus(address));
    Worker* worker = FindByKey(key);
    if (worker == nullptr) {
      worker = workers_.emplace_back(std::make_unique<Worker>()).get();
      do {
        worker->id = options_.random->NextPositiveId();
      } while (by_id_.contains(worker->id));
      worker->address = address;
      worker->key = key;
      worker->start_time = options_.clock->Now();
      by_id_[worker->id] = worker;
      by_key_[key] = worker;
      worker->last_contact = options_.clock->Now();
    }
    worker->ip = HostOf(caller.peer);
    response.set_workerid(worker->id);
  }
  std::move(reply)(std::move(response));
}

void BlockMaster::NotifyWorkerId(const Caller& caller, const grpc::block::NotifyWorkerIdPRequest& request,
                                 Reply<grpc::block::NotifyWorkerIdPResponse> reply) {
  const grpc::WorkerNetAddress& address = request.workernetaddress();
  if (address.host().empty() || request.workerid() <= 0) {
    return std::move(reply)(absl::InvalidArgumentError("a worker needs a host name and a positive id"));
  }
  {
    MutexLock lock(&mutex_);
    const std::string key = KeyOf(address);
    Worker* const same_id = FindById(request.workerid());
    Worker* const same_address = FindByKey(key);
    if (same_id != same_address) {
      return std::move(reply)(absl::FailedPreconditionError(absl::StrCat(
          "worker id ", request.workerid(), " does not fit ", DisabledName(address), ": one of them is in use")));
    }
    if (same_id == nullptr) {
      Worker* const worker = workers_.emplace_back(std::make_unique<Worker>()).get();
      worker->id = request.workerid();
      worker->address = address;
      worker->key = key;
      worker->ip = HostOf(caller.peer);
      worker->start_time = worker->last_contact = options_.clock->Now();
      by_id_[worker->id] = worker;
      by_key_[key] = worker;
    }
  }
  std::move(reply)(grpc::block::NotifyWorkerIdPResponse());
}

bool BlockMaster::LeaseHeldLocked(int64_t worker_id) {
  const absl::Time now = options_.clock->Now();
  for (auto it = leases_.begin(); it != leases_.end();) {
    if (it->second <= now) {
      leases_.erase(it++);
    } else {
      ++it;
    }
  }
  return leases_.contains(worker_id);
}

void BlockMaster::RequestRegisterLease(const Caller& caller, const grpc::block::GetRegisterLeasePRequest& request,
                                       Reply<grpc::block::GetRegisterLeasePResponse> reply) {
  grpc::block::GetRegisterLeasePResponse response;
  response.set_workerid(request.workerid());
  {
    MutexLock lock(&mutex_);
    const bool held = LeaseHeldLocked(request.workerid());
    const bool allowed = held || static_cast<int>(leases_.size()) < options_.lease_count;
    if (allowed && !held) leases_[request.workerid()] = options_.clock->Now() + options_.lease_ttl;
    response.set_allowed(allowed);
    if (allowed) response.set_expiryms(absl::ToUnixMillis(leases_[request.workerid()]));
  }
  std::move(reply)(std::move(response));
}

void BlockMaster::RegisterWorker(const Caller& caller, const grpc::block::RegisterWorkerPRequest& request,
                                 Reply<grpc::block::RegisterWorkerPResponse> reply) {
  if (options_.lease_enabled) {
    MutexLock lock(&mutex_);
    if (!LeaseHeldLocked(request.workerid())) {
      return std::move(reply)(absl::UnavailableError(
          absl::StrCat("Worker ", request.workerid(),
                       " does not have a lease or the lease has expired. The worker should acquire a new lease and "
                       "retry to register.")));
    }
  }
  absl::StatusOr<std::shared_ptr<Registration>> registration = RegisterStart(caller, request);
  if (!registration.ok()) return std::move(reply)(registration.status());
  if (absl::Status status = RegisterFinish(**registration); !status.ok()) return std::move(reply)(status);
  std::move(reply)(grpc::block::RegisterWorkerPResponse());
}

absl::StatusOr<std::shared_ptr<BlockMaster::Registration>> BlockMaster::RegisterStart(
    const Caller& caller, const grpc::block::RegisterWorkerPRequest& first) {
  const auto& tiers = first.storagetiers();
  for (int i = 0; i + 1 < tiers.size(); ++i) {
    if (TierOrder(tiers[i]) >= TierOrder(tiers[i + 1]) &&
        TierOrder(tiers[i + 1]) < static_cast<int>(options_.global_tiers.size())) {
      return absl::InternalError(
          absl::StrCat("Worker cannot place storage tier ", tiers[i], " above ", tiers[i + 1], " in the hierarchy"));
    }
  }
  if (first.totalbytesontiers_size() != tiers.size() || first.usedbytesontiers_size() != tiers.size()) {
    return absl::InternalError(
        "totalBytesOnTiers and usedBytesOnTiers should have the same number of tiers as storageTierAliases, "
        "which has " +
        std::to_string(tiers.size()));
  }
  std::shared_ptr<Registration> registration;
  grpc::WorkerNetAddress address;
  {
    MutexLock lock(&mutex_);
    Worker* const worker = FindById(first.workerid());
    if (worker == nullptr) return NoWorker(first.workerid());
    if (disabled_.contains(DisabledName(worker->address))) return DisabledStatus(worker->address);
    RetireLocked(&worker->registering);  // an earlier stream, given up
    worker->registering = ++last_generation_;
    worker->committed.clear();
    generations_[worker->registering].worker = worker;
    registration = std::make_shared<Registration>(this, worker->id, worker->registering);
    worker->last_contact = options_.clock->Now();
    worker->tiers.assign(tiers.begin(), tiers.end());
    worker->capacity_on_tiers = {first.totalbytesontiers().begin(), first.totalbytesontiers().end()};
    worker->used_on_tiers = {first.usedbytesontiers().begin(), first.usedbytesontiers().end()};
    worker->lost_storage.clear();
    MergeLostStorage(first.loststorage(), &worker->lost_storage);
    worker->version = first.options().buildversion();
    worker->num_vcpu = first.options().numvcpu();
    address = worker->address;
  }
  if (options_.on_worker_configuration && first.options().configs_size() > 0) {
    options_.on_worker_configuration(address, first.options().configs());
  }
  ALLUXIO_RETURN_IF_ERROR(RegisterBatch(*registration, first));
  return registration;
}

absl::Status BlockMaster::RegisterBatch(Registration& registration, const grpc::block::RegisterWorkerPRequest& batch) {
  if (batch.workerid() != registration.worker_id) {
    return absl::InvalidArgumentError(absl::StrCat("a registration of worker ", registration.worker_id,
                                                   " goes on with worker ", batch.workerid()));
  }
  AddLocations(batch.currentblocks(), {registration.generation}, &registration.unknown);
  MutexLock lock(&mutex_);
  Worker* const worker = FindById(registration.worker_id);
  if (worker == nullptr) return NoWorker(registration.worker_id);
  if (worker->registering != registration.generation) {
    return absl::AbortedError("the worker has begun another registration");
  }
  worker->last_contact = options_.clock->Now();
  return absl::OkStatus();
}

absl::Status BlockMaster::RegisterFinish(Registration& registration) {
  std::string host;
  int64_t blocks;
  absl::flat_hash_map<int64_t, Placement> committed;
  {
    MutexLock lock(&mutex_);
    Worker* const worker = FindById(registration.worker_id);
    if (worker == nullptr) return NoWorker(registration.worker_id);
    if (worker->registering != registration.generation) {
      return absl::AbortedError("the worker has begun another registration");
    }
    committed.swap(worker->committed);
    // Orders to delete outlive a registration for what the worker still has.
    absl::flat_hash_set<int64_t> to_remove;
    for (const int64_t id : registration.unknown) {
      if (!committed.contains(id)) to_remove.insert(id);
    }
    for (const int64_t id : worker->to_remove) {
      for (const BlockLocations::Location& location : locations_.Get(id)) {
        if (location.generation == registration.generation) to_remove.insert(id);
      }
    }
    worker->to_remove = std::move(to_remove);
    RetireLocked(&worker->generation);
    worker->generation = std::exchange(worker->registering, kNoGeneration);
    worker->state = State::kLive;
    worker->last_contact = options_.clock->Now();
    leases_.erase(worker->id);
    registration.finished = true;
    host = DisabledName(worker->address);
    blocks = generations_[worker->generation].blocks;
  }
  // Where the list was read just before the commit, it has taken the location away.
  int64_t added = 0;
  for (const int64_t id : registration.unknown) {
    const auto it = committed.find(id);
    if (it == committed.end() || !BlockLength(id).has_value()) continue;
    added += locations_.Add(id, {registration.generation, it->second.first, it->second.second});
  }
  Count(registration.generation, added);
  ALLUXIO_LOG(kInfo, "master/block", "worker ", registration.worker_id, " (", host, ") registered with ", blocks,
              " blocks", registration.unknown.empty() ? "" : absl::StrCat("; ", registration.unknown.size(),
                                                                          " that nobody knows will be deleted"));
  return absl::OkStatus();
}

// --- life of a worker ------------------------------------------------------

void BlockMaster::BlockHeartbeat(const Caller& caller, const grpc::block::BlockHeartbeatPRequest& request,
                                 Reply<grpc::block::BlockHeartbeatPResponse> reply) {
  grpc::block::BlockHeartbeatPResponse response;
  grpc::Command* const command = response.mutable_command();
  std::vector<Generation> generations;
  std::string host;
  {
    MutexLock lock(&mutex_);
    Worker* const worker = FindById(request.workerid());
    if (worker == nullptr || worker->state == State::kUnregistered || worker->state == State::kLost) {
      command->set_commandtype(grpc::Register);
      return std::move(reply)(std::move(response));
    }
    worker->last_contact = options_.clock->Now();
    if (worker->state == State::kDecommissioned) {
      command->set_commandtype(disabled_.contains(DisabledName(worker->address)) ? grpc::Disabled
                                                                                 : grpc::Decommissioned);
      return std::move(reply)(std::move(response));
    }
    MergeLostStorage(request.loststorage(), &worker->lost_storage);
    for (const auto& [tier, bytes] : request.usedbytesontiers()) worker->used_on_tiers[tier] = bytes;
    for (const auto& [tier, bytes] : request.options().capacitybytesontiers()) worker->capacity_on_tiers[tier] = bytes;
    generations.push_back(worker->generation);
    if (worker->registering != kNoGeneration) generations.push_back(worker->registering);
    host = worker->address.host();
  }
  if (options_.on_metrics && request.options().metrics_size() > 0) options_.on_metrics(host, request.options().metrics());

  if (request.removedblockids_size() > 0) {
    for (const Generation generation : generations) {
      int64_t removed = 0;
      for (const int64_t id : request.removedblockids()) removed += locations_.Remove(id, generation);
      Count(generation, -removed);
    }
  }
  std::vector<int64_t> unknown;
  if (request.addedblocks_size() > 0) AddLocations(request.addedblocks(), generations, &unknown);

  {
    MutexLock lock(&mutex_);
    Worker* const worker = FindLive(request.workerid());
    if (worker == nullptr) {
      command->set_commandtype(grpc::Register);
    } else {
      for (const int64_t id : request.removedblockids()) {
        worker->to_remove.erase(id);
        worker->committed.erase(id);
      }
      worker->to_remove.insert(unknown.begin(), unknown.end());
      command->set_commandtype(worker->to_remove.empty() ? grpc::Nothing : grpc::Free);
      for (const int64_t id : worker->to_remove) {
        if (command->data_size() >= kMaxFreedPerHeartbeat) break;
        command->add_data(id);
      }
    }
  }
  if (command->commandtype() != grpc::Free) return std::move(reply)(std::move(response));
  // Deletes are visible before they are durable: a crash would bring back files whose blocks are gone.
  Confirm(options_.state, {}, std::move(reply), std::move(response));
}

void BlockMaster::CommitBlock(const Caller& caller, const grpc::block::CommitBlockPRequest& request,
                              Reply<grpc::block::CommitBlockPResponse> reply) {
  if (request.length() < 0) return std::move(reply)(NegativeLength(request.blockid(), request.length()));
  bool wanted = true;
  bool journalled = false;
  absl::Status status;
  const auto commit = [&](bool exists) {
    wanted = exists;
    if (exists) status = CommitWanted(request, &reply, &journalled);
  };
  if (options_.with_file_of) {
    options_.with_file_of(request.blockid(), commit);
  } else {
    commit(true);
  }
  if (journalled) return;
  if (!wanted) {
    MutexLock lock(&mutex_);
    Worker* const worker = FindLive(request.workerid());
    if (worker == nullptr) {
      status = NoWorker(request.workerid());
    } else {
      worker->last_contact = options_.clock->Now();
      worker->to_remove.insert(request.blockid());
    }
  }
  if (!status.ok()) return std::move(reply)(status);
  Confirm(options_.state, {}, std::move(reply));
}

absl::Status BlockMaster::CommitWanted(const grpc::block::CommitBlockPRequest& request,
                                       Reply<grpc::block::CommitBlockPResponse>* reply, bool* journalled) {
  const int64_t id = request.blockid();
  std::vector<Generation> generations;
  Placement placement;
  {
    MutexLock lock(&mutex_);
    Worker* const worker = FindLive(request.workerid());
    if (worker == nullptr) return NoWorker(request.workerid());
    worker->last_contact = options_.clock->Now();
    worker->used_on_tiers[request.tieralias()] = request.usedbytesontier();
    placement = {InternLocked(request.tieralias()), InternLocked(request.mediumtype())};
    generations.push_back(worker->generation);
    if (worker->registering != kNoGeneration) {
      generations.push_back(worker->registering);
      worker->committed[id] = placement;
    }
    // Written again: an earlier order to delete it is void.
    worker->to_remove.erase(id);
  }
  for (const Generation generation : generations) {
    const bool added = locations_.Add(id, {generation, placement.first, placement.second});
    Count(generation, added ? 1 : 0);
  }
  std::vector<proto::journal::JournalEntry> entries;
  const std::optional<int64_t> known = BlockLength(id);
  if (!known.has_value() || *known < 0) {
    AddBlocks({{std::pair(id, request.length())}}, &entries);
  } else if (*known != request.length()) {
    ALLUXIO_LOG(kWarning, "master/block", "block ", id, " keeps its length ", *known, "; worker ", request.workerid(),
                " committed it with ", request.length());
  }
  // An answer that waits for nothing would come here, with the file's latch held.
  if (entries.empty()) return absl::OkStatus();
  *journalled = true;
  Confirm(options_.state, std::move(entries), std::move(*reply));
  return absl::OkStatus();
}

void BlockMaster::CommitBlockInUfs(const Caller& caller, const grpc::block::CommitBlockInUfsPRequest& request,
                                   Reply<grpc::block::CommitBlockInUfsPResponse> reply) {
  if (request.length() < 0) return std::move(reply)(NegativeLength(request.blockid(), request.length()));
  bool journalled = false;
  const auto commit = [&](bool wanted) {
    if (!wanted || BlockLength(request.blockid()).has_value()) return;
    std::vector<proto::journal::JournalEntry> entries;
    AddBlocks({{std::pair(request.blockid(), request.length())}}, &entries);
    journalled = true;
    Confirm(options_.state, std::move(entries), std::move(reply));
  };
  if (options_.with_file_of) {
    options_.with_file_of(request.blockid(), commit);
  } else {
    commit(true);
  }
  if (!journalled) Confirm(options_.state, {}, std::move(reply));
}

void BlockMaster::DetectLostWorkers() {
  std::vector<std::string> lost;
  {
    MutexLock lock(&mutex_);
    const absl::Time now = options_.clock->Now();
    for (const auto& worker : workers_) {
      const absl::Duration silent = now - worker->last_contact;
      if (worker->state != State::kLive || silent <= worker_timeout_) continue;
      worker->state = State::kLost;
      RetireLocked(&worker->generation);
      RetireLocked(&worker->registering);
      lost.push_back(absl::StrCat("worker ", worker->id, " (", DisabledName(worker->address), ") is lost: silent for ",
                                  absl::ToInt64Seconds(silent), " s"));
    }
    const auto forget = std::remove_if(workers_.begin(), workers_.end(), [&](const std::unique_ptr<Worker>& worker) {
      mutex_.AssertHeld();
      if (worker->state == State::kLive ||
          now - worker->last_contact <= worker_timeout_ + lost_worker_deletion_timeout_) {
        return false;
      }
      RetireLocked(&worker->generation);
      RetireLocked(&worker->registering);
      by_id_.erase(worker->id);
      by_key_.erase(worker->key);
      return true;
    });
    workers_.erase(forget, workers_.end());
  }
  for (const std::string& line : lost) ALLUXIO_LOG(kError, "master/block", line);
  SweepRetired();
}

void BlockMaster::SweepRetired() {
  absl::flat_hash_set<Generation> retired;
  {
    MutexLock lock(&mutex_);
    retired.swap(retired_);
  }
  if (retired.empty()) return;
  for (size_t shard = 0; shard < BlockLocations::kShards; ++shard) {
    locations_.Sweep(shard, [&retired](Generation generation) { return retired.contains(generation); });
  }
}

}  // namespace alluxio::master
