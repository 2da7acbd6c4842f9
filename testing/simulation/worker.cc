#include "testing/simulation/worker.h"

#include <string>
#include <utility>

namespace alluxio::test {
namespace {

using namespace grpc::block;  // NOLINT: messages
using master::BlockMaster;

template <typename Entries>
void FillBlocks(const std::set<int64_t>& ids, Entries* entries) {
  if (ids.empty()) return;
  auto* const entry = entries->Add();
  entry->mutable_key()->set_tieralias("MEM");
  entry->mutable_key()->set_mediumtype("MEM");
  for (const int64_t id : ids) entry->mutable_value()->add_blockid(id);
}

}  // namespace

// One connection keeps its order: what was given up doesn't overtake what was sent next.
template <typename Request, typename Response>
void SimulatedWorker::CallMaster(void (BlockMaster::*method)(const master::Caller&, const Request&,
                                                             master::Reply<Response>),
                                 const Request& request, std::function<void(absl::StatusOr<Response>)> done) {
  world_->Call<BlockMaster, Request, Response>(method, request, std::move(done), /*runs_late=*/false);
}

void SimulatedWorker::Start() {
  if (up_) return;
  up_ = true;
  // What lies in its folders is found again, known to the master or not.
  for (const auto& [id, length] : blocks_) confirmed_.insert(id);
  Tick();
}

void SimulatedWorker::Kill() {
  up_ = registered_ = false;
  ++life_;
  added_.clear();
  removed_.clear();
}

std::map<int64_t, int64_t> SimulatedWorker::LoseDisk() {
  Kill();
  confirmed_.clear();
  return std::exchange(blocks_, {});
}

void SimulatedWorker::Write(int64_t block_id, int64_t length, std::function<void(absl::Status)> done) {
  if (!up_) return;
  if (world_->DiskFails(/*factor=*/5)) {
    ++world_->report().block_errors;
    return done(absl::ResourceExhaustedError("no space left on device"));
  }
  blocks_[block_id] = length;
  Commit(block_id, length, 40, std::move(done));
}

std::function<void()> SimulatedWorker::Mine(std::function<void()> work) {
  return [this, life = life_, work = std::move(work)] {
    if (life == life_) work();
  };
}

void SimulatedWorker::Commit(int64_t block_id, int64_t length, int tries, std::function<void(absl::Status)> done) {
  const auto again = [this, block_id, length, tries, done](absl::Status why) {
    if (tries == 0 || blocks_.count(block_id) == 0) {
      blocks_.erase(block_id);
      return done(why);
    }
    world_->At(50 * kMilli, Mine([this, block_id, length, tries, done] { Commit(block_id, length, tries - 1, done); }));
  };
  if (!registered_) return again(absl::UnavailableError("not registered"));
  CommitBlockPRequest request;
  request.set_workerid(id_);
  request.set_usedbytesontier(1);
  request.set_tieralias("MEM");
  request.set_mediumtype("MEM");
  request.set_blockid(block_id);
  request.set_length(length);
  CallMaster<CommitBlockPRequest, CommitBlockPResponse>(
      &BlockMaster::CommitBlock, request,
      [this, life = life_, block_id, done, again](absl::StatusOr<CommitBlockPResponse> answer) {
        if (life != life_) return;
        if (answer.ok()) {
          if (blocks_.count(block_id) == 0) return done(absl::NotFoundError("removed meanwhile"));
          if (confirmed_.insert(block_id).second) added_.insert(block_id);
          return done(absl::OkStatus());
        }
        if (absl::IsNotFound(answer.status())) registered_ = false;
        again(answer.status());
      });
}

void SimulatedWorker::Tick() {
  const auto next = Mine([this] { Tick(); });
  if (!registered_) return Register(next);
  BlockHeartbeatPRequest request;
  request.set_workerid(id_);
  (*request.mutable_usedbytesontiers())["MEM"] = 1;
  const std::set<int64_t> added = std::exchange(added_, {}), removed = std::exchange(removed_, {});
  FillBlocks(added, request.mutable_addedblocks());
  for (const int64_t id : removed) request.add_removedblockids(id);
  CallMaster<BlockHeartbeatPRequest, BlockHeartbeatPResponse>(
      &BlockMaster::BlockHeartbeat, request,
      [this, life = life_, added, removed, next](absl::StatusOr<BlockHeartbeatPResponse> answer) {
        if (life != life_) return;
        world_->At(100 * kMilli, next);
        if (answer.ok()) return Obey(answer->command());
        // Merged into the next report; what changed since counts more.
        for (const int64_t id : added) {
          if (blocks_.count(id) > 0) added_.insert(id);
        }
        for (const int64_t id : removed) {
          if (blocks_.count(id) == 0) removed_.insert(id);
        }
        if (absl::IsNotFound(answer.status())) registered_ = false;
      });
}

void SimulatedWorker::Obey(const grpc::Command& command) {
  if (command.commandtype() == grpc::Register) registered_ = false;
  if (command.commandtype() != grpc::Free && command.commandtype() != grpc::Delete) return;
  for (const int64_t id : command.data()) {
    if (blocks_.erase(id) == 0 && confirmed_.count(id) == 0) continue;
    confirmed_.erase(id);
    added_.erase(id);
    removed_.insert(id);
  }
}

void SimulatedWorker::Register(const std::function<void()>& next) {
  GetWorkerIdPRequest who;
  *who.mutable_workernetaddress() = address_;
  CallMaster<GetWorkerIdPRequest, GetWorkerIdPResponse>(
      &BlockMaster::GetWorkerId, who, [this, life = life_, next](absl::StatusOr<GetWorkerIdPResponse> answer) {
        if (life != life_) return;
        if (!answer.ok()) return world_->At(100 * kMilli, next);
        id_ = answer->workerid();
        RegisterWorkerPRequest request;
        request.set_workerid(id_);
        request.add_storagetiers("MEM");
        (*request.mutable_totalbytesontiers())["MEM"] = int64_t{1} << 30;
        (*request.mutable_usedbytesontiers())["MEM"] = 1;
        FillBlocks(confirmed_, request.mutable_currentblocks());
        added_.clear();
        removed_.clear();
        Lease(request, next);
      });
}

void SimulatedWorker::Lease(const RegisterWorkerPRequest& request, const std::function<void()>& next) {
  GetRegisterLeasePRequest lease;
  lease.set_workerid(id_);
  lease.set_blockcount(static_cast<int64_t>(confirmed_.size()));
  CallMaster<GetRegisterLeasePRequest, GetRegisterLeasePResponse>(
      &BlockMaster::RequestRegisterLease, lease,
      [this, life = life_, request, next](absl::StatusOr<GetRegisterLeasePResponse> lease) {
        if (life != life_) return;
        if (!lease.ok() || !lease->allowed()) return world_->At(100 * kMilli, next);
        CallMaster<RegisterWorkerPRequest, RegisterWorkerPResponse>(
            &BlockMaster::RegisterWorker, request,
            [this, life, next](absl::StatusOr<RegisterWorkerPResponse> answer) {
              if (life != life_) return;
              registered_ = answer.ok();
              world_->At(100 * kMilli, next);
            });
      });
}

}  // namespace alluxio::test
