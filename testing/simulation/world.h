#ifndef ALLUXIO_TESTING_SIMULATION_WORLD_H_
#define ALLUXIO_TESTING_SIMULATION_WORLD_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/random.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/faulty_ufs.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/simulation/simulation.h"

namespace alluxio::test {

using Micros = int64_t;
inline constexpr Micros kMilli = 1000;
inline constexpr Micros kSecond = 1'000'000;

// Time, chance, the network and the master's process: what everybody in a
// simulation stands on. One thread.
class World {
 public:
  World(const SimulationOptions& options, SimulationReport* report);
  ~World();

  // --- time and chance
  Micros now() const { return now_; }
  void At(Micros delay, std::function<void()> event) { events_.emplace(now_ + delay, std::move(event)); }
  uint64_t Below(uint64_t n) { return random_->Next() % n; }
  bool Chance(int in_a_thousand) { return static_cast<int>(Below(1000)) < in_a_thousand; }
  // Runs events until `done`; false: none is left, or `limit` of time is over, or something failed.
  bool RunUntil(const std::function<bool()>& done, Micros limit);

  // Runs after each event, outside all of them.
  void SetAfterEvent(std::function<void()> check) { after_event_ = std::move(check); }
  // Adds to the report's digest.
  void Digest(absl::string_view bytes);

  // The first failure counts, and ends the run.
  void Fail(std::string what);
  const absl::Status& status() const { return status_; }
  SimulationReport& report() { return *report_; }

  // --- faults
  void SetFaults(bool on) { faults_ = on; }
  bool faults() const { return faults_; }
  // Whether the disk asked for now fails.
  bool DiskFails(int factor = 1) { return faults_ && Chance(factor * options_.disk_errors); }
  MemoryUfs& ufs() { return *ufs_; }
  // The next `times` calls of the under store's `method` fail.
  void FailUfs(const std::string& method, int times) {
    faulty_ufs_->faults().Fail(method, absl::UnavailableError("the under store is away"), 1, times);
  }
  void NoUfsFaults() { faulty_ufs_->faults().Clear(); }
  // A message: delayed or lost.
  void Send(std::function<void()> deliver);

  // --- the master's process
  struct Master {
    explicit Master(World* world, std::unique_ptr<journal::MemoryJournal> journal);
    std::map<std::string, std::string> Content() const;

    class Queue final : public Executor {
     public:
      explicit Queue(World* world) : world_(world) {}
      bool Submit(std::function<void()> task) override;
      void RunDry();
      std::deque<std::function<void()>> tasks;

     private:
      void RunOne();
      World* const world_;
      std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    };

    std::unique_ptr<journal::MemoryJournal> journal;
    master::HeapKvStore store;
    master::StateMachine state;
    Queue queue;
    std::unique_ptr<master::BlockMaster> blocks;
    std::unique_ptr<master::FileSystemMaster> files;
  };
  Master* master() { return master_.get(); }
  // Tells a master's process from the ones before it.
  uint64_t life() const { return life_; }
  void KillMaster();  // of what the journal had not synced any part is there afterwards
  void StartMaster();
  // Lets the records appended so far reach the disk, some time later.
  void ScheduleFlush();

  // `runs_late` false: an attempt that its caller has given up is not run any more,
  // for calls that the master does not remember by their operation id.
  //
  // One attempt of a call over the network; `done` gets UNAVAILABLE when no
  // answer comes in time (the master may still act on it, later).
  template <typename Part, typename Request, typename Response>
  void Call(void (Part::*method)(const master::Caller&, const Request&, master::Reply<Response>), const Request& request,
            std::function<void(absl::StatusOr<Response>)> done, bool runs_late = true) {
    struct State {
      Request request;
      std::function<void(absl::StatusOr<Response>)> done;
      void Answer(absl::StatusOr<Response> answer) {
        if (auto once = std::exchange(done, nullptr)) once(std::move(answer));
      }
    };
    auto state = std::make_shared<State>(State{request, std::move(done)});
    Send([this, method, state, runs_late] {
      if (master_ == nullptr || (!runs_late && state->done == nullptr)) return;
      const uint64_t life = life_;
      // Each delivery has a message of its own: the reply of the last may come when the master is gone.
      auto message = std::make_shared<Request>(state->request);
      (Find<Part>()->*method)({"root", "simulation"}, *message,
                              [this, life, state, message](absl::StatusOr<Response> answer) {
                                if (life != life_) return;  // a dead master says nothing
                                Send([state, answer = std::move(answer)] { state->Answer(answer); });
                              });
      ScheduleFlush();
    });
    At(kCallTimeout, [state] { state->Answer(absl::UnavailableError("no answer")); });
  }

  // Repeats it until there is an answer, as clients do.
  template <typename Part, typename Request, typename Response>
  void CallUntilAnswered(void (Part::*method)(const master::Caller&, const Request&, master::Reply<Response>),
                         const Request& request, std::function<void(absl::StatusOr<Response>)> done,
                         bool runs_late = true) {
    const auto again = [this, method, request, done, runs_late](absl::StatusOr<Response> answer) {
      if (!absl::IsUnavailable(answer.status())) return done(std::move(answer));
      At(static_cast<Micros>(Below(100'000)), [this, method, request, done, runs_late] {
        CallUntilAnswered<Part, Request, Response>(method, request, done, runs_late);
      });
    };
    Call<Part, Request, Response>(method, request, again, runs_late);
  }

  static constexpr Micros kCallTimeout = 300'000;

 private:
  template <typename Part>
  Part* Find() {
    if constexpr (std::is_same_v<Part, master::FileSystemMaster>) {
      return master_->files.get();
    } else {
      return master_->blocks.get();
    }
  }

  const SimulationOptions options_;
  SimulationReport* const report_;
  absl::Status status_;
  const std::unique_ptr<Random> random_;
  // What the master draws from; apart, so that it has its own sequence.
  const std::unique_ptr<Random> master_random_;
  FakeClock clock_;
  Micros now_ = 0;
  bool faults_ = true;
  std::multimap<Micros, std::function<void()>> events_;  // equal times: in order of arrival
  ufs::UfsRegistry registry_;
  std::shared_ptr<MemoryUfs> ufs_ = std::make_shared<MemoryUfs>("mem://one", &clock_);
  std::shared_ptr<FaultyUfs> faulty_ufs_ = std::make_shared<FaultyUfs>(ufs_);
  std::function<void()> after_event_;
  std::unique_ptr<Master> master_;
  std::unique_ptr<journal::MemoryJournal> disk_;  // the journal while no master runs
  uint64_t life_ = 0;                             // of the master
  bool flushing_ = false;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_SIMULATION_WORLD_H_
