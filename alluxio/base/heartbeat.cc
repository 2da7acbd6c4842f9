#include "alluxio/base/heartbeat.h"

#include <pthread.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace alluxio {

struct HeartbeatSet::Beat {
  std::string name;
  absl::Duration interval;
  std::function<void()> work;
  // Held for a round: one at a time, whoever starts it.
  Mutex round;
  Mutex mutex;
  CondVar wake;
  bool woken ABSL_GUARDED_BY(mutex) = false;
  bool stop ABSL_GUARDED_BY(mutex) = false;
  std::thread thread;

  void RunOnce() {
    MutexLock lock(&round);
    work();
  }

  void Loop() {
    while (true) {
      {
        MutexLock lock(&mutex);
        const absl::Time next = absl::Now() + interval;
        while (!woken && !stop) {
          const absl::Duration left = next - absl::Now();
          if (left <= absl::ZeroDuration() || wake.WaitWithTimeout(&mutex, left)) break;
        }
        if (stop) return;
        woken = false;
      }
      RunOnce();
    }
  }
};

void HeartbeatSet::Add(std::string name, absl::Duration interval, std::function<void()> work) {
  auto beat = std::make_shared<Beat>();
  beat->name = std::move(name);
  beat->interval = interval;
  beat->work = std::move(work);
  MutexLock lock(&mutex_);
  if (stopped_) return;
  if (!stepped_) {
    beat->thread = std::thread([raw = beat.get()] { raw->Loop(); });
    pthread_setname_np(beat->thread.native_handle(), beat->name.substr(0, 15).c_str());
  }
  beats_.push_back(std::move(beat));
}

absl::Status HeartbeatSet::Run(absl::string_view name) {
  std::shared_ptr<Beat> found;
  {
    MutexLock lock(&mutex_);
    for (const auto& beat : beats_) {
      if (beat->name == name) found = beat;
    }
  }
  if (found == nullptr) return absl::NotFoundError(absl::StrCat("no heartbeat is called ", name));
  found->RunOnce();
  return absl::OkStatus();
}

void HeartbeatSet::Wake(absl::string_view name) {
  MutexLock lock(&mutex_);
  for (const auto& beat : beats_) {
    if (beat->name != name) continue;
    MutexLock beat_lock(&beat->mutex);
    beat->woken = true;
    beat->wake.Signal();
  }
}

void HeartbeatSet::Stop() {
  std::vector<std::shared_ptr<Beat>> beats;
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    beats.swap(beats_);
  }
  for (const auto& beat : beats) {
    MutexLock lock(&beat->mutex);
    beat->stop = true;
    beat->wake.Signal();
  }
  for (const auto& beat : beats) {
    if (beat->thread.joinable()) beat->thread.join();
  }
}

}  // namespace alluxio
