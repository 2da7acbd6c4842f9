#include "alluxio/journal/memory/memory_journal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::journal {

uint64_t MemoryJournal::Append(absl::string_view record, Done done) {
  uint64_t sequence = 0;
  absl::Status result;
  {
    MutexLock lock(&mutex_);
    if (closed_) {
      result = absl::FailedPreconditionError("the journal is closed");
    } else {
      sequence = ++last_;
      if (options_.keep) records_.emplace_back(record);
      if (options_.auto_durable) {
        durable_ = last_;
      } else {
        waiters_.push_back({sequence, std::move(done)});
        return sequence;
      }
    }
  }
  std::move(done)(std::move(result));
  return sequence;
}

void MemoryJournal::Flush(Done done) {
  {
    MutexLock lock(&mutex_);
    if (durable_ < last_) {
      waiters_.push_back({last_, std::move(done)});
      return;
    }
  }
  std::move(done)(absl::OkStatus());
}

uint64_t MemoryJournal::LastSequence() const {
  MutexLock lock(&mutex_);
  return last_;
}

uint64_t MemoryJournal::DurableSequence() const {
  MutexLock lock(&mutex_);
  return durable_;
}

absl::Status MemoryJournal::Replay(uint64_t after,
                                   absl::FunctionRef<absl::Status(uint64_t, absl::string_view)> visit) {
  std::deque<std::string> records;
  uint64_t sequence;
  {
    MutexLock lock(&mutex_);
    if (!options_.keep) return absl::OkStatus();
    if (after + 1 < first_) {
      return absl::DataLossError(absl::StrCat("journal record ", after + 1, " is missing: the first is ", first_));
    }
    records = records_;
    sequence = first_;
  }
  for (const std::string& record : records) {
    if (sequence > after) ALLUXIO_RETURN_IF_ERROR(visit(sequence, record));
    ++sequence;
  }
  return absl::OkStatus();
}

absl::Status MemoryJournal::Trim(uint64_t sequence) {
  MutexLock lock(&mutex_);
  while (!records_.empty() && first_ <= std::min(sequence, durable_)) {
    records_.pop_front();
    ++first_;
  }
  return absl::OkStatus();
}

void MemoryJournal::MakeDurable(uint64_t sequence) {
  std::vector<Done> ready;
  {
    MutexLock lock(&mutex_);
    durable_ = std::max(durable_, std::min(sequence, last_));
    while (!waiters_.empty() && waiters_.front().sequence <= durable_) {
      ready.push_back(std::move(waiters_.front().done));
      waiters_.pop_front();
    }
  }
  for (Done& done : ready) std::move(done)(absl::OkStatus());
}

void MemoryJournal::Close() {
  {
    MutexLock lock(&mutex_);
    closed_ = true;
  }
  MakeAllDurable();
}

std::unique_ptr<MemoryJournal> MemoryJournal::AfterCrash(uint64_t luckily) const {
  auto result = std::make_unique<MemoryJournal>(options_);
  MutexLock lock(&mutex_);
  MutexLock other(&result->mutex_);
  if (!options_.keep) return result;
  result->first_ = first_;
  result->last_ = result->durable_ = durable_ + std::min(luckily, last_ - durable_);
  result->records_ = records_;
  while (result->records_.size() > result->durable_ + 1 - first_) result->records_.pop_back();
  return result;
}

}  // namespace alluxio::journal
