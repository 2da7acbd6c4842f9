#ifndef ALLUXIO_TESTING_SIMULATION_WORKER_H_
#define ALLUXIO_TESTING_SIMULATION_WORKER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "testing/simulation/world.h"

namespace alluxio::test {

// Keeps blocks over its deaths, and tells the master as MasterReporter does: a
// block is named in reports only once the master has answered its commit.
class SimulatedWorker {
 public:
  SimulatedWorker(World* world, int number) : world_(world) {
    address_.set_host(absl::StrCat("worker", number));
    address_.set_rpcport(29999);
    address_.set_dataport(29999);
  }

  bool up() const { return up_; }
  const std::map<int64_t, int64_t>& blocks() const { return blocks_; }

  void Start();
  void Kill();

  // Its folders come up empty.
  std::map<int64_t, int64_t> LoseDisk();

  // A client's write, as the worker gets it. `done` runs here, once or never.
  void Write(int64_t block_id, int64_t length, std::function<void(absl::Status)> done);

 private:
  template <typename Request, typename Response>
  void CallMaster(void (master::BlockMaster::*method)(const master::Caller&, const Request&, master::Reply<Response>),
                  const Request& request, std::function<void(absl::StatusOr<Response>)> done);
  std::function<void()> Mine(std::function<void()> work);
  void Commit(int64_t block_id, int64_t length, int tries, std::function<void(absl::Status)> done);

  // One round of the heartbeat, and the next.
  void Tick();
  void Obey(const grpc::Command& command);
  void Register(const std::function<void()>& next);
  void Lease(const grpc::block::RegisterWorkerPRequest& request, const std::function<void()>& next);

  World* const world_;
  grpc::WorkerNetAddress address_;
  bool up_ = false;
  bool registered_ = false;
  int64_t id_ = -1;
  uint64_t life_ = 0;
  std::map<int64_t, int64_t> blocks_;  // as they lie in its folders
  std::set<int64_t> confirmed_;
  std::set<int64_t> added_, removed_;  // since the last report
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_SIMULATION_WORKER_H_
