#include "alluxio/worker/ufsread/load_pacer.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace alluxio::worker {

void LoadPacer::Submit(absl::string_view tag, int64_t bytes_per_second, int64_t bytes, Start start) {
  bool stopped = false;
  {
    MutexLock lock(&mutex_);
    stopped = stopped_;
    if (!stopped && bytes_per_second > 0 && bytes > 0) {
      const absl::Time now = clock_->Now();
      absl::erase_if(next_, [now](const auto& job) { return job.second <= now; });
      absl::Time& next = next_.try_emplace(tag, now).first->second;
      const absl::Time at = next;
      next += absl::Seconds(static_cast<double>(bytes) / static_cast<double>(bytes_per_second));
      if (at > now) {
        waiting_.emplace(at, std::move(start));
        if (!stepped_ && !thread_.joinable()) thread_ = std::thread([this] { Run(); });
        changed_.SignalAll();
        return;
      }
    }
  }
  start(stopped ? absl::CancelledError("the worker is stopping") : absl::OkStatus());
}

void LoadPacer::RunDue() {
  std::vector<Start> due;
  {
    MutexLock lock(&mutex_);
    const auto end = waiting_.upper_bound(clock_->Now());
    for (auto it = waiting_.begin(); it != end; ++it) due.push_back(std::move(it->second));
    waiting_.erase(waiting_.begin(), end);
  }
  for (Start& start : due) start(absl::OkStatus());
}

void LoadPacer::Run() {
  while (true) {
    {
      MutexLock lock(&mutex_);
      while (!stopped_ && waiting_.empty()) changed_.Wait(&mutex_);
      if (stopped_) return;
      const absl::Duration left = waiting_.begin()->first - clock_->Now();
      if (left > absl::ZeroDuration()) {
        changed_.WaitWithTimeout(&mutex_, left);
        continue;
      }
    }
    RunDue();
  }
}

void LoadPacer::Stop() {
  std::thread thread;
  std::multimap<absl::Time, Start> waiting;
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    thread.swap(thread_);
    waiting.swap(waiting_);
    changed_.SignalAll();
  }
  if (thread.joinable()) thread.join();
  for (auto& [time, start] : waiting) start(absl::CancelledError("the worker is stopping"));
}

}  // namespace alluxio::worker
