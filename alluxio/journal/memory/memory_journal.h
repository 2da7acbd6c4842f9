#ifndef ALLUXIO_JOURNAL_MEMORY_MEMORY_JOURNAL_H_
#define ALLUXIO_JOURNAL_MEMORY_MEMORY_JOURNAL_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/journal/journal.h"

namespace alluxio::journal {

// A journal in memory: for tests, which say when a record is durable and what a
// crash leaves, and (with `keep` off) the NOOP journal, which forgets at once.
//
// Thread-safe.
class MemoryJournal final : public Journal {
 public:
  struct Options {
    // Off: records are dropped; nothing can be replayed.
    bool keep = true;
    // Off: a record is durable only after MakeDurable (its `done` runs there).
    bool auto_durable = true;
  };
  explicit MemoryJournal(Options options) : options_(options) {}

  uint64_t Append(absl::string_view record, Done done) override;
  void Flush(Done done) override;
  bool inline_done() const override { return options_.auto_durable; }
  uint64_t LastSequence() const override;
  uint64_t DurableSequence() const override;
  absl::Status Replay(uint64_t after,
                      absl::FunctionRef<absl::Status(uint64_t sequence, absl::string_view record)> visit) override;
  absl::Status Trim(uint64_t sequence) override;
  void Close() override;

  // All records up to `sequence` become durable; runs their `done`s, in order.
  void MakeDurable(uint64_t sequence);
  void MakeAllDurable() { MakeDurable(LastSequence()); }

  // What a restart after a crash at this moment would find: all that is durable,
  // and up to `luckily` records more that had reached the disk unacknowledged.
  std::unique_ptr<MemoryJournal> AfterCrash(uint64_t luckily = 0) const;

 private:
  struct Waiter {
    uint64_t sequence;  // runs once this one is durable
    Done done;
  };

  const Options options_;
  mutable Mutex mutex_;
  std::deque<std::string> records_ ABSL_GUARDED_BY(mutex_);  // numbers from first_ on
  uint64_t first_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t durable_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::journal

#endif  // ALLUXIO_JOURNAL_MEMORY_MEMORY_JOURNAL_H_
