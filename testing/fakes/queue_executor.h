#ifndef ALLUXIO_TESTING_FAKES_QUEUE_EXECUTOR_H_
#define ALLUXIO_TESTING_FAKES_QUEUE_EXECUTOR_H_

#include <functional>
#include <utility>
#include <vector>

#include "alluxio/base/executor.h"

namespace alluxio::test {

// Keeps what was submitted until it is told to run it; while `hold` is false, runs it
// at once. For one thread.
class QueueExecutor final : public Executor {
 public:
  bool Submit(std::function<void()> task) override {
    if (hold) {
      tasks.push_back(std::move(task));
    } else {
      task();
    }
    return true;
  }
  void RunAll() {
    for (auto& task : std::exchange(tasks, {})) task();
  }

  bool hold = true;
  std::vector<std::function<void()>> tasks;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_QUEUE_EXECUTOR_H_
