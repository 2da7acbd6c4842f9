#ifndef ALLUXIO_BASE_EXECUTOR_H_
#define ALLUXIO_BASE_EXECUTOR_H_

#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "alluxio/base/mutex.h"

namespace alluxio {

// Runs tasks later. Implementations: threads in production, one stepped queue
// in tests and simulation.
class Executor {
 public:
  virtual ~Executor() = default;
  // False, and the task is not run, if the queue is full or closed: the caller
  // answers RESOURCE_EXHAUSTED or does the work itself.
  virtual bool Submit(std::function<void()> task) = 0;
  // The same for the rest of a task that has run in part and waited for something:
  // however full the queue is. False: closed.
  virtual bool Resume(std::function<void()> task) { return Submit(std::move(task)); }
};

// A fixed number of named threads before one bounded queue.
//
// Thread-safe, but for Close and the destructor (which closes): one thread's.
class ThreadPool final : public Executor {
 public:
  struct Options {
    std::string name;  // shown by ps and gdb, cut to 15 bytes
    int threads = 1;
    size_t queue_limit = 100'000;
  };
  explicit ThreadPool(Options options);
  ~ThreadPool() override;

  bool Submit(std::function<void()> task) override { return Push(std::move(task), options_.queue_limit); }
  bool Resume(std::function<void()> task) override {
    return Push(std::move(task), std::numeric_limits<size_t>::max());
  }
  // Takes nothing any more, lets what is in the queue finish and joins the threads.
  void Close();
  size_t QueueLength() const;

 private:
  bool Push(std::function<void()> task, size_t limit);
  void Run();

  const Options options_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Runs a task within `Submit`: for tests and for work that needs no thread.
class InlineExecutor final : public Executor {
 public:
  bool Submit(std::function<void()> task) override {
    task();
    return true;
  }
};

}  // namespace alluxio

#endif  // ALLUXIO_BASE_EXECUTOR_H_
