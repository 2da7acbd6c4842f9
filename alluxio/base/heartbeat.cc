#include "alluxio/base/heartbeat.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace alluxio {

namespace {

// No interval makes a thread spin.
absl::Duration Sane(absl::Duration interval) { return std::max(interval, absl::Milliseconds(1)); }

absl::Status NoSuchBeat(absl::string_view name) {
  return absl::NotFoundError(absl::StrCat("no heartbeat is called ", name));
}

}  // namespace

struct HeartbeatSet::Beat {
  std::string name;
  Clock* clock = nullptr;
  std::function<void()> work;
  // Held for a round: one at a time, whoever starts it.
  Mutex round;
  Mutex mutex;
  CondVar wake;
  absl::Duration interval ABSL_GUARDED_BY(mutex);
  absl::Time waits_since ABSL_GUARDED_BY(mutex);
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
        while (!woken && !stop) {
          const absl::Duration left = waits_since + interval - clock->Now();
          if (left <= absl::ZeroDuration()) break;
          wake.WaitWithTimeout(&mutex, left);
        }
        if (stop) return;
        woken = false;
      }
      RunOnce();
      MutexLock lock(&mutex);
      waits_since = clock->Now();
    }
  }
};

std::shared_ptr<HeartbeatSet::Beat> HeartbeatSet::Find(absl::string_view name) {
  MutexLock lock(&mutex_);
  for (const auto& beat : beats_) {
    if (beat->name == name) return beat;
  }
  return nullptr;
}

void HeartbeatSet::Add(std::string name, absl::Duration interval, std::function<void()> work) {
  auto beat = std::make_shared<Beat>();
  beat->name = std::move(name);
  beat->clock = clock_;
  {
    MutexLock lock(&beat->mutex);
    beat->interval = Sane(interval);
    beat->waits_since = clock_->Now();
  }
  beat->work = std::move(work);
  MutexLock lock(&mutex_);
  if (stopped_) return;
  if (!stepped_) {
    beat->thread = std::thread([raw = beat.get()] { raw->Loop(); });
    pthread_setname_np(beat->thread.native_handle(), beat->name.substr(0, 15).c_str());
  }
  beats_.push_back(std::move(beat));
}

absl::Status HeartbeatSet::SetInterval(absl::string_view name, absl::Duration interval) {
  const std::shared_ptr<Beat> beat = Find(name);
  if (beat == nullptr) return NoSuchBeat(name);
  MutexLock lock(&beat->mutex);
  beat->interval = Sane(interval);
  beat->wake.Signal();
  return absl::OkStatus();
}

absl::Status HeartbeatSet::Run(absl::string_view name) {
  const std::shared_ptr<Beat> beat = Find(name);
  if (beat == nullptr) return NoSuchBeat(name);
  beat->RunOnce();
  return absl::OkStatus();
}

void HeartbeatSet::Wake(absl::string_view name) {
  const std::shared_ptr<Beat> beat = Find(name);
  if (beat == nullptr) return;
  MutexLock lock(&beat->mutex);
  beat->woken = true;
  beat->wake.Signal();
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
