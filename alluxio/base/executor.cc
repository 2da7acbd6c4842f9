#include "alluxio/base/executor.h"

#include <pthread.h>

#include <utility>

namespace alluxio {

ThreadPool::ThreadPool(Options options) : options_(std::move(options)) {
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Run(); });
    pthread_setname_np(threads_.back().native_handle(), options_.name.substr(0, 15).c_str());
  }
}

ThreadPool::~ThreadPool() { Close(); }

void ThreadPool::Close() {
  {
    MutexLock lock(&mutex_);
    closed_ = true;
    wake_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool ThreadPool::Push(std::function<void()> task, size_t limit) {
  MutexLock lock(&mutex_);
  if (closed_ || queue_.size() >= limit) return false;
  queue_.push_back(std::move(task));
  wake_.Signal();
  return true;
}

size_t ThreadPool::QueueLength() const {
  MutexLock lock(&mutex_);
  return queue_.size();
}

void ThreadPool::Run() {
  while (true) {
    std::function<void()> task;
    {
      MutexLock lock(&mutex_);
      while (queue_.empty() && !closed_) wake_.Wait(&mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace alluxio
