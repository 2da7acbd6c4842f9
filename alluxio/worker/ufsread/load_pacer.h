#ifndef ALLUXIO_WORKER_UFSREAD_LOAD_PACER_H_
#define ALLUXIO_WORKER_UFSREAD_LOAD_PACER_H_

#include <cstdint>
#include <map>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio::worker {

// Holds load jobs to their bandwidth (`fs load --bandwidth`, of each worker): a
// block is started when those of its job before it have had their time, bytes /
// bandwidth each. So a job takes at least as long as it should, block by block;
// within a block it reads as fast as it can.
//
// Thread-safe. Has a thread from the first block on that must wait.
class LoadPacer {
 public:
  // `stepped`: without a thread; a test calls RunDue(). Both must outlive this.
  explicit LoadPacer(bool stepped = false, Clock* clock = Clock::System()) : stepped_(stepped), clock_(clock) {}
  ~LoadPacer() { Stop(); }

  // Gets OK when the block may be read (at once, within Submit, if that is now);
  // CANCELLED if the worker stops before. Must not block.
  using Start = absl::AnyInvocable<void(absl::Status)>;
  // `tag` names the job.
  void Submit(absl::string_view tag, int64_t bytes_per_second, int64_t bytes, Start start);

  // Starts what is due.
  void RunDue();
  // Cancels what waits. From now on everything is cancelled.
  void Stop();

 private:
  void Run();

  const bool stepped_;
  Clock* const clock_;
  Mutex mutex_;
  CondVar changed_;
  // When the next block of a job may be started; past ones are dropped.
  absl::flat_hash_map<std::string, absl::Time> next_ ABSL_GUARDED_BY(mutex_);
  std::multimap<absl::Time, Start> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_LOAD_PACER_H_
