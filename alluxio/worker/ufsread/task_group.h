#ifndef ALLUXIO_WORKER_UFSREAD_TASK_GROUP_H_
#define ALLUXIO_WORKER_UFSREAD_TASK_GROUP_H_

#include <functional>
#include <utility>

#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"

namespace alluxio::worker {

// Submits tasks to an executor and waits, when destroyed, for those under way.
// Thread-safe.
class TaskGroup {
 public:
  explicit TaskGroup(Executor* executor) : executor_(executor) {}
  ~TaskGroup() { Wait(); }

  // False if the executor took no more; the task has not run then.
  bool Submit(std::function<void()> task) {
    {
      MutexLock lock(&mutex_);
      ++tasks_;
    }
    const bool taken = executor_->Submit([this, task = std::move(task)]() mutable {
      task();
      task = nullptr;  // what it holds goes before anybody may believe that all is over
      Leave();
    });
    if (!taken) Leave();
    return taken;
  }
  void Wait() {
    MutexLock lock(&mutex_);
    while (tasks_ > 0) idle_.Wait(&mutex_);
  }

 private:
  void Leave() {
    MutexLock lock(&mutex_);
    if (--tasks_ == 0) idle_.SignalAll();
  }

  Executor* const executor_;
  Mutex mutex_;
  CondVar idle_;
  int tasks_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_TASK_GROUP_H_
