#ifndef ALLUXIO_MASTER_BLOCK_BLOCK_MASTER_H_
#define ALLUXIO_MASTER_BLOCK_BLOCK_MASTER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/block/block_directory.h"
#include "alluxio/master/block/block_locations.h"
#include "alluxio/master/call.h"
#include "alluxio/master/journaled/state_machine.h"
#include "grpc/block_master.pb.h"

namespace alluxio::master {

// Which blocks there are, and which worker holds which.
//
// Lengths of blocks and the counter of container ids are journalled; locations
// are soft state that workers report on registration and as deltas. Each
// registration is a generation of its own: the locations of a lost or registered
// anew worker's earlier generations are invisible at once and swept up later,
// in steps.
//
// Assembly: construct, AddPart, replay, `Start`, then calls; `DetectLostWorkers`
// as a heartbeat. Thread-safe. Nothing blocks, but RegisterWorker and
// RegisterBatch take about a microsecond for each reported block: run those with
// many on an executor. No lock is held while the store or the journal is used.
class BlockMaster final : public BlockDirectory, public Journaled {
 public:
  struct Options {
    StateMachine* state = nullptr;
    Clock* clock = Clock::System();
    Random* random = Random::System();
    // Safe mode ends after this, or once `expected_workers` (if positive) have
    // registered. Zero: there is none.
    absl::Duration safe_mode_wait = absl::Seconds(5);
    int expected_workers = 0;
    absl::Duration worker_timeout = absl::Minutes(5);
    absl::Duration lost_worker_deletion_timeout = absl::Minutes(30);
    bool lease_enabled = true;
    int lease_count = 25;
    absl::Duration lease_ttl = absl::Minutes(1);
    // Twice as many as may be drawn while one flush is under way, or more.
    int64_t container_id_reservation = 1000;
    // Tiers from the fastest down, `alluxio.master.tieredstore.global.*`.
    std::vector<std::string> global_tiers = {"MEM", "SSD", "HDD"};
    // Runs its second argument with whether the file of a block is there, and
    // keeps it as it is meanwhile; empty: all files are. A commit that comes after
    // its file's removal would else leave a block behind that nobody removes.
    std::function<void(int64_t block_id, absl::FunctionRef<void(bool exists)> body)> with_file_of;
    // Receives the metrics of workers' heartbeats, by worker's host name.
    std::function<void(const std::string& host, const google::protobuf::RepeatedPtrField<grpc::Metric>& metrics)>
        on_metrics;
    // Receives each registering worker's configuration, for the consistency report.
    std::function<void(const grpc::WorkerNetAddress& address,
                       const google::protobuf::RepeatedPtrField<grpc::ConfigProperty>& configs)>
        on_worker_configuration;
  };
  // What the properties say; pointers and callbacks are the caller's to set.
  static Options OptionsFrom(const conf::Configuration& conf);

  explicit BlockMaster(Options options);
  ~BlockMaster() override;

  // Takes over the timeouts, for the next look at who is lost; nothing else.
  void Reconfigure(const Options& options);

  // After replay: ids go on behind the reserved ones, safe mode begins.
  void Start();

  // Journaled.
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) override;
  absl::Status Dump(const KvReader& state, EntryVisitor visit) const override;
  std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry) override;

  // BlockDirectory.
  int64_t NextContainerId(std::vector<proto::journal::JournalEntry>* entries) override;
  std::optional<int64_t> BlockLength(int64_t block_id) const override;
  absl::StatusOr<std::vector<grpc::BlockInfo>> BlockInfos(absl::Span<const int64_t> block_ids) const override;
  void AddBlocks(absl::Span<const std::pair<int64_t, int64_t>> ids_and_lengths,
                 std::vector<proto::journal::JournalEntry>* entries) override;
  void ForgetBlocks(absl::Span<const int64_t> block_ids, std::vector<proto::journal::JournalEntry>* entries) override;
  void FreeBlocks(absl::Span<const int64_t> block_ids) override;
  std::vector<LiveWorker> LiveWorkers() const override;

  // BlockMasterClientService.
  void GetBlockInfo(const Caller& caller, const grpc::block::GetBlockInfoPRequest& request,
                    Reply<grpc::block::GetBlockInfoPResponse> reply);
  void GetBlockMasterInfo(const Caller& caller, const grpc::block::GetBlockMasterInfoPOptions& request,
                          Reply<grpc::block::GetBlockMasterInfoPResponse> reply);
  void GetCapacityBytes(const Caller& caller, const grpc::block::GetCapacityBytesPOptions& request,
                        Reply<grpc::block::GetCapacityBytesPResponse> reply);
  void GetUsedBytes(const Caller& caller, const grpc::block::GetUsedBytesPOptions& request,
                    Reply<grpc::block::GetUsedBytesPResponse> reply);
  void GetWorkerInfoList(const Caller& caller, const grpc::block::GetWorkerInfoListPOptions& request,
                         Reply<grpc::block::GetWorkerInfoListPResponse> reply);
  void GetWorkerReport(const Caller& caller, const grpc::block::GetWorkerReportPOptions& request,
                       Reply<grpc::block::GetWorkerInfoListPResponse> reply);
  void GetWorkerLostStorage(const Caller& caller, const grpc::block::GetWorkerLostStoragePOptions& request,
                            Reply<grpc::block::GetWorkerLostStoragePResponse> reply);
  void DecommissionWorker(const Caller& caller, const grpc::block::DecommissionWorkerPOptions& request,
                          Reply<grpc::block::DecommissionWorkerPResponse> reply);
  void RemoveDisabledWorker(const Caller& caller, const grpc::block::RemoveDisabledWorkerPOptions& request,
                            Reply<grpc::block::RemoveDisabledWorkerPResponse> reply);

  // BlockMasterWorkerService.
  void GetWorkerId(const Caller& caller, const grpc::block::GetWorkerIdPRequest& request,
                   Reply<grpc::block::GetWorkerIdPResponse> reply);
  void NotifyWorkerId(const Caller& caller, const grpc::block::NotifyWorkerIdPRequest& request,
                      Reply<grpc::block::NotifyWorkerIdPResponse> reply);
  void RequestRegisterLease(const Caller& caller, const grpc::block::GetRegisterLeasePRequest& request,
                            Reply<grpc::block::GetRegisterLeasePResponse> reply);
  void RegisterWorker(const Caller& caller, const grpc::block::RegisterWorkerPRequest& request,
                      Reply<grpc::block::RegisterWorkerPResponse> reply);
  void BlockHeartbeat(const Caller& caller, const grpc::block::BlockHeartbeatPRequest& request,
                      Reply<grpc::block::BlockHeartbeatPResponse> reply);
  void CommitBlock(const Caller& caller, const grpc::block::CommitBlockPRequest& request,
                   Reply<grpc::block::CommitBlockPResponse> reply);
  void CommitBlockInUfs(const Caller& caller, const grpc::block::CommitBlockInUfsPRequest& request,
                        Reply<grpc::block::CommitBlockInUfsPResponse> reply);

  // RegisterWorkerStream, message by message: `RegisterStart` with the first
  // (known by its storage tiers), `RegisterBatch` with each later one, and
  // `RegisterFinish` when the worker half-closes; each OK is one empty response,
  // but for the last, which ends the stream. Dropping the registration gives it up.
  // One stream's calls come one after the other, from any thread.
  class Registration;
  absl::StatusOr<std::shared_ptr<Registration>> RegisterStart(const Caller& caller,
                                                              const grpc::block::RegisterWorkerPRequest& first);
  absl::Status RegisterBatch(Registration& registration, const grpc::block::RegisterWorkerPRequest& batch);
  absl::Status RegisterFinish(Registration& registration);

  // Heartbeat: workers silent for too long are lost, long lost ones are
  // forgotten, and locations nobody can see any more are swept up.
  void DetectLostWorkers();

  bool InSafeMode() const;

  // For metrics and the web UI.
  struct Totals {
    int live_workers = 0, lost_workers = 0, decommissioned_workers = 0;
    int64_t capacity_bytes = 0, used_bytes = 0;
    std::map<std::string, int64_t> capacity_on_tiers, used_on_tiers;
    int64_t unique_blocks = 0, block_replicas = 0;
  };
  Totals GetTotals() const;
  // Blocks of each live worker, by its id.
  std::map<int64_t, int64_t> BlockCounts() const;

 private:
  enum class State { kUnregistered, kLive, kLost, kDecommissioned };
  using Generation = uint32_t;
  static constexpr Generation kNoGeneration = 0;

  // Tier and medium of reported blocks as interned indexes.
  using Placement = std::pair<uint16_t, uint16_t>;

  struct Worker {
    int64_t id = 0;
    grpc::WorkerNetAddress address;
    std::string key;  // the seven fields of `address`
    std::string ip;   // as it connects from; "" if unknown
    State state = State::kUnregistered;
    Generation generation = kNoGeneration;   // visible while live
    Generation registering = kNoGeneration;  // under way
    absl::Time last_contact;
    absl::Time start_time;
    std::vector<std::string> tiers;
    std::map<std::string, int64_t> capacity_on_tiers, used_on_tiers;
    std::map<std::string, std::vector<std::string>> lost_storage;
    absl::flat_hash_set<int64_t> to_remove;  // blocks that it shall delete
    // Committed while it registers: its lists may have come before.
    absl::flat_hash_map<int64_t, Placement> committed;
    grpc::BuildVersion version;
    int num_vcpu = 0;
  };
  using Workers = std::vector<std::unique_ptr<Worker>>;

  Worker* FindById(int64_t id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  Worker* FindByKey(const std::string& key) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  Worker* FindLive(int64_t id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  Worker* VisibleLocked(Generation generation) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  uint16_t InternLocked(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int TierOrder(const std::string& tier) const;
  void RetireLocked(Generation* generation) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FillInfoLocked(const Worker& worker, const std::vector<int>& fields, grpc::block::WorkerInfo* info) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  absl::Status CheckSafeMode() const;
  bool LeaseHeldLocked(int64_t worker_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Its file is there. Takes `reply` along if something is journalled (`*journalled`); else,
  // and after an error, the answer is the caller's business.
  absl::Status CommitWanted(const grpc::block::CommitBlockPRequest& request,
                            Reply<grpc::block::CommitBlockPResponse>* reply, bool* journalled);
  // Adds locations of one worker's blocks; those nobody knows go to `unknown`.
  void AddLocations(const google::protobuf::RepeatedPtrField<grpc::block::LocationBlockIdListEntry>& blocks,
                    const std::vector<Generation>& generations, std::vector<int64_t>* unknown);
  void Count(Generation generation, int64_t delta);
  void SweepRetired();

  const Options options_;
  KvStore* const store_;
  BlockLocations locations_;

  // Below every other lock but those of `locations_`; never held while the
  // state machine or the store is called.
  mutable Mutex mutex_;
  Workers workers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, Worker*> by_id_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Worker*> by_key_ ABSL_GUARDED_BY(mutex_);
  // Which worker a generation's locations belong to, and how many there are.
  struct GenerationInfo {
    Worker* worker = nullptr;
    int64_t blocks = 0;
  };
  absl::flat_hash_map<Generation, GenerationInfo> generations_ ABSL_GUARDED_BY(mutex_);
  Generation last_generation_ ABSL_GUARDED_BY(mutex_) = kNoGeneration;
  // Generations whose locations wait for being swept.
  absl::flat_hash_set<Generation> retired_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> names_ ABSL_GUARDED_BY(mutex_);  // interned tiers and media
  absl::flat_hash_map<std::string, uint16_t> name_index_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> disabled_ ABSL_GUARDED_BY(mutex_);  // host:web port
  absl::flat_hash_map<int64_t, absl::Time> leases_ ABSL_GUARDED_BY(mutex_);
  absl::Duration worker_timeout_ ABSL_GUARDED_BY(mutex_);
  absl::Duration lost_worker_deletion_timeout_ ABSL_GUARDED_BY(mutex_);
  absl::Time safe_mode_end_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();

  mutable Mutex ids_mutex_;
  int64_t next_container_ ABSL_GUARDED_BY(ids_mutex_) = 0;
  int64_t reserved_containers_ ABSL_GUARDED_BY(ids_mutex_) = 0;  // applied: ids below are covered
  std::atomic<int64_t> unique_blocks_{0};
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_BLOCK_BLOCK_MASTER_H_
