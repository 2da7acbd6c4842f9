#ifndef ALLUXIO_WORKER_UFSREAD_READ_GATE_H_
#define ALLUXIO_WORKER_UFSREAD_READ_GATE_H_

#include <memory>
#include <utility>

#include "alluxio/base/mutex.h"
#include "alluxio/worker/ufsread/cold_block.h"

namespace alluxio::worker {

// Lets the answers of one reader through to its callbacks until it is closed.
// Thread-safe; no lock is held over a callback.
class ReadGate : public std::enable_shared_from_this<ReadGate> {
 public:
  // One read's answer: the first Complete counts.
  class Slot {
   public:
    void Complete(absl::StatusOr<ColdBytes> result) { gate_->Complete(this, std::move(result)); }
    bool cancelled() const {
      MutexLock lock(&gate_->mutex_);
      return done_ == nullptr;
    }

   private:
    friend class ReadGate;
    Slot(std::shared_ptr<ReadGate> gate, ColdReader::Done done) : gate_(std::move(gate)), done_(std::move(done)) {}
    const std::shared_ptr<ReadGate> gate_;
    ColdReader::Done done_;  // null once answered or cancelled; guarded by the gate's mutex
  };
  using SlotPtr = std::shared_ptr<Slot>;

  SlotPtr NewRead(ColdReader::Done done) {
    SlotPtr slot(new Slot(shared_from_this(), std::move(done)));
    MutexLock lock(&mutex_);
    current_ = slot;
    return slot;
  }

  // No callback runs once this has returned.
  void Cancel() {
    ColdReader::Done dropped;  // destroyed without the lock: it may own anything
    MutexLock lock(&mutex_);
    if (const SlotPtr slot = current_.lock(); slot != nullptr) dropped = std::exchange(slot->done_, nullptr);
    while (running_ > 0) idle_.Wait(&mutex_);
  }

 private:
  void Complete(Slot* slot, absl::StatusOr<ColdBytes> result) {
    ColdReader::Done done;
    {
      MutexLock lock(&mutex_);
      if (slot->done_ == nullptr) return;
      done = std::exchange(slot->done_, nullptr);
      ++running_;
    }
    done(std::move(result));
    done = nullptr;
    MutexLock lock(&mutex_);
    if (--running_ == 0) idle_.SignalAll();
  }

  Mutex mutex_;
  CondVar idle_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  std::weak_ptr<Slot> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_READ_GATE_H_
