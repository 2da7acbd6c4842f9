#include "alluxio/worker/ufsread/block_fetcher.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/commit_and_report.h"
#include "alluxio/worker/ufsread/direct_reader.h"
#include "alluxio/worker/ufsread/read_gate.h"
#include "alluxio/worker/ufsread/task_group.h"

namespace alluxio::worker {
namespace {

// Of a local under store: small enough that the bytes are still in the
// processor's cache when they are written to the block.
constexpr int64_t kCachedBytes = int64_t{256} << 10;
// Far beyond any block, and so small that no sum of what a request says overflows.
constexpr int64_t kMaxBlockBytes = int64_t{1} << 40;

// A block comes as a client describes it.
absl::Status CheckBlock(const ColdBlock& block) {
  if (block.block_id < 0 || block.length_bytes < 0 || block.length_bytes > kMaxBlockBytes || block.offset_in_file < 0 ||
      block.offset_in_file > INT64_MAX - block.length_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("block ", block.block_id, " can't have ", block.length_bytes,
                                                   " bytes at ", block.offset_in_file, " of its file"));
  }
  if (block.ufs_uri.empty() && !block.in_ufs_tier) {
    return absl::InvalidArgumentError(absl::StrCat("block ", block.block_id, " has no place in the under store"));
  }
  return absl::OkStatus();
}

class Fetcher;

// One block on its way into the store. Lives as long as its tasks and readers.
class Fetch : public std::enable_shared_from_this<Fetch> {
 public:
  Fetch(Fetcher* fetcher, ColdBlock block, int64_t range_bytes)
      : fetcher_(fetcher),
        block_(std::move(block)),
        range_bytes_(range_bytes),
        ranges_(static_cast<size_t>((block_.length_bytes + range_bytes - 1) / range_bytes), RangeState::kIdle) {}

  const ColdBlock& block() const { return block_; }

  // The first task; it becomes the first pump.
  void Start();
  void Read(int64_t offset, int64_t max_bytes, ReadGate::SlotPtr slot);
  // Nobody waits any more: what is under way comes to an end.
  void Stop() { Fail({absl::CancelledError("reading the block was given up"), /*only_caching=*/true}); }

  // Instead of Start: there is no thread for it. Who joined it meanwhile hears so.
  void Refuse() {
    Fail({absl::ResourceExhaustedError("too many reads of the under store are waiting on this worker"), true});
    Finish();
  }

  // Whether readers should go to the under store themselves after an error: it
  // keeps the block from being cached, not from being read.
  bool only_caching() const {
    MutexLock lock(&mutex_);
    return failure_.only_caching;
  }
  // Once finished: whether the block is in the store.
  absl::Status result() const {
    MutexLock lock(&mutex_);
    return result_;
  }

  // All guarded by the fetcher's mutex.
  int readers = 0;
  bool abandoned = false;  // no reader; counted
  bool stopped = false;

 private:
  enum class RangeState : char { kIdle, kRunning, kDone };
  struct Failure {
    absl::Status status;
    bool only_caching = false;
  };
  struct Waiter {
    int64_t offset;
    int64_t max_bytes;
    ReadGate::SlotPtr slot;
  };
  using Answer = absl::StatusOr<ColdBytes>;
  using Answers = std::vector<std::pair<ReadGate::SlotPtr, Answer>>;

  Failure Prepare();
  bool UseCommitted();
  // Reads ranges, one a task, so that the blocks under way take turns.
  void Pump();
  Failure LoadRange(size_t index);
  void Fail(Failure failure);
  void Finish();
  void CommitAndEnd();
  // The readers hear of the end.
  void End(absl::Status result, bool cached);
  std::optional<size_t> NextRangeLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsCompleteLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ranges_done_ == ranges_.size(); }
  std::optional<Answer> AnswerLocked(int64_t offset, int64_t max_bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Answers TakeAnswersLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Deliver(Answers answers) {
    for (auto& [slot, answer] : answers) slot->Complete(std::move(answer));
  }

  Fetcher* const fetcher_;
  const ColdBlock block_;
  const int64_t range_bytes_;

  // Set by Prepare, before there are other pumps; dropped by End, after the last one.
  std::unique_ptr<ufs::UfsReader> file_;
  int64_t step_bytes_ = 0;
  std::unique_ptr<TempBlock> temp_;

  mutable Mutex mutex_;
  absl::string_view memory_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const void> owner_ ABSL_GUARDED_BY(mutex_);
  std::vector<RangeState> ranges_ ABSL_GUARDED_BY(mutex_);
  size_t cursor_ ABSL_GUARDED_BY(mutex_) = 0;  // where to look for the next idle range
  size_t ranges_done_ ABSL_GUARDED_BY(mutex_) = 0;
  int pumps_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  Failure failure_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status result_ ABSL_GUARDED_BY(mutex_);
};
using FetchPtr = std::shared_ptr<Fetch>;

class Fetcher final : public BlockFetcher {
 public:
  explicit Fetcher(Options options)
      : options_(std::move(options)),
        commits_(options_.commit_executor != nullptr ? options_.commit_executor : options_.executor),
        tasks_(options_.executor) {
    direct_ = {.ufs = options_.ufs,
               .tasks = &tasks_,
               .count_bytes = [this](int64_t bytes) { CountBytes(bytes); },
               .range_bytes = options_.range_bytes,
               .parallel_ranges = options_.parallel_ranges};
    for (const TierUsage& tier : options_.store->Usage()) {
      for (const TierUsage::Dir& dir : tier.dirs) largest_dir_bytes_ = std::max(largest_dir_bytes_, dir.capacity_bytes);
    }
  }
  ~Fetcher() override {
    std::vector<FetchPtr> fetches;
    {
      MutexLock lock(&mutex_);
      for (const auto& [id, fetch] : fetches_) fetches.push_back(fetch);
    }
    for (const FetchPtr& fetch : fetches) fetch->Stop();
    tasks_.Wait();
    commits_.Wait();
  }

  absl::StatusOr<std::unique_ptr<ColdReader>> Open(const ColdBlock& block, int64_t offset, int64_t length) override;
  void Cache(const ColdBlock& block, absl::AnyInvocable<void(absl::Status)> done) override;
  Stats stats() const override {
    MutexLock lock(&mutex_);
    return {.fetches = static_cast<int>(fetches_.size()),
            .abandoned = abandoned_,
            .blocks_cached = blocks_cached_,
            .ufs_bytes_read = ufs_bytes_read_.load(std::memory_order_relaxed)};
  }

  const Options& options() const { return options_; }
  TaskGroup& tasks() { return tasks_; }
  TaskGroup& commits() { return commits_; }
  void CountBytes(int64_t bytes) { ufs_bytes_read_.fetch_add(bytes, std::memory_order_relaxed); }
  std::unique_ptr<ColdReader> Direct(const ColdBlock& block, int64_t end) const {
    return NewDirectReader(direct_, block, end);
  }
  // Between a read of the under store and the write to the block; as many as there are tasks.
  std::unique_ptr<char[]> TakeBuffer() {
    {
      MutexLock lock(&mutex_);
      if (!buffers_.empty()) {
        std::unique_ptr<char[]> buffer = std::move(buffers_.back());
        buffers_.pop_back();
        return buffer;
      }
    }
    return std::unique_ptr<char[]>(new char[static_cast<size_t>(options_.range_bytes)]);
  }
  void ReturnBuffer(std::unique_ptr<char[]> buffer) {
    MutexLock lock(&mutex_);
    buffers_.push_back(std::move(buffer));
  }
  // One reader less.
  void Leave(const FetchPtr& fetch);
  // The fetch is over.
  void Forget(const Fetch& fetch, bool cached);

 private:
  // The block's fetch with one reader more; a new one if `start`. Null if there is none, or too many.
  FetchPtr Join(const ColdBlock& block, bool start);

  const Options options_;
  int64_t largest_dir_bytes_ = 0;  // a block that is longer isn't cached
  DirectReaderOptions direct_;
  std::atomic<int64_t> ufs_bytes_read_{0};
  mutable Mutex mutex_;  // never held together with a fetch's
  std::unordered_map<int64_t, FetchPtr> fetches_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<char[]>> buffers_ ABSL_GUARDED_BY(mutex_);
  int abandoned_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t blocks_cached_ ABSL_GUARDED_BY(mutex_) = 0;
  // Last: their tasks use all of the above, and those of the second the first.
  TaskGroup commits_, tasks_;
};

// A reader of a fetch, which goes on by itself when the block can't be cached.
class FetchReader final : public ColdReader {
 public:
  FetchReader(Fetcher* fetcher, FetchPtr fetch, int64_t end)
      : fetcher_(fetcher), fetch_(std::move(fetch)), end_(end) {}
  ~FetchReader() override {
    gate_->Cancel();
    direct_ = nullptr;
    fetcher_->Leave(fetch_);
  }

  void Read(int64_t offset, size_t max_bytes, Done done) override {
    if (direct_ != nullptr) return direct_->Read(offset, max_bytes, std::move(done));
    // The end of a part has nothing to do with the end of the fetch.
    if (offset >= end_ && end_ < fetch_->block().length_bytes) return done(ColdBytes{});
    const int64_t most = std::clamp(static_cast<int64_t>(max_bytes), int64_t{1}, std::max(int64_t{1}, end_ - offset));
    fetch_->Read(offset, most,
                 gate_->NewRead([this, offset, max_bytes, done = std::move(done)](
                                    absl::StatusOr<ColdBytes> bytes) mutable {
                   if (bytes.ok() || !fetch_->only_caching()) return done(std::move(bytes));
                   direct_ = fetcher_->Direct(fetch_->block(), end_);
                   direct_->Read(offset, max_bytes, std::move(done));
                 }));
  }
  void Cancel() override {
    gate_->Cancel();
    if (direct_ != nullptr) direct_->Cancel();
  }

 private:
  Fetcher* const fetcher_;
  const FetchPtr fetch_;
  const int64_t end_;
  const std::shared_ptr<ReadGate> gate_ = std::make_shared<ReadGate>();
  std::unique_ptr<ColdReader> direct_;
};

void Fetch::Start() {
  if (Failure failure = Prepare(); !failure.status.ok()) Fail(std::move(failure));
  Answers answers;
  int others = 0;
  {
    MutexLock lock(&mutex_);
    answers = TakeAnswersLocked();
    if (failure_.status.ok() && !IsCompleteLocked()) {
      others = std::min(fetcher_->options().parallel_ranges, static_cast<int>(ranges_.size())) - 1;
      pumps_ += others;
    }
  }
  Deliver(std::move(answers));
  for (; others > 0; --others) {
    if (!fetcher_->tasks().Submit([self = shared_from_this()] { self->Pump(); })) break;
  }
  {
    MutexLock lock(&mutex_);
    pumps_ -= others;  // those that the executor did not take; this thread is one itself
  }
  Pump();
}

// True if the block came into the store by another way meanwhile, and can be read there.
bool Fetch::UseCommitted() {
  absl::StatusOr<BlockPin> pin = fetcher_->options().store->Open(block_.block_id);
  if (!pin.ok() || (*pin)->length_bytes() != block_.length_bytes) return false;
  const absl::StatusOr<absl::string_view> mapped = (*pin)->Map();
  if (!mapped.ok()) return false;
  MutexLock lock(&mutex_);
  memory_ = *mapped;
  owner_ = *std::move(pin);
  std::fill(ranges_.begin(), ranges_.end(), RangeState::kDone);
  ranges_done_ = ranges_.size();
  return true;
}

Fetch::Failure Fetch::Prepare() {
  if (UseCommitted()) return {};
  const BlockFetcher::Options& options = fetcher_->options();
  absl::StatusOr<ColdFile> file = OpenColdFile(*options.ufs, block_);
  if (!file.ok()) return {file.status()};
  if (const int64_t bytes = file->reader->length_bytes(); bytes < FileOffsetOf(block_) + block_.length_bytes) {
    return {ShortFile(block_, bytes), /*only_caching=*/true};
  }
  absl::StatusOr<std::unique_ptr<TempBlock>> temp = options.store->Create({.session_id = options.random->NextPositiveId(),
                                                                           .block_id = block_.block_id,
                                                                           .fixed_length_bytes = block_.length_bytes});
  if (!temp.ok()) return {temp.status(), /*only_caching=*/true};
  std::shared_ptr<const void> owner;
  const absl::StatusOr<absl::string_view> memory = (*temp)->Map(&owner);
  if (!memory.ok()) return {memory.status(), /*only_caching=*/true};
  // One request for a range where requests cost; a local file in pieces.
  step_bytes_ = file->is_local ? std::min(kCachedBytes, range_bytes_) : range_bytes_;
  file_ = std::move(file->reader);
  temp_ = *std::move(temp);
  MutexLock lock(&mutex_);
  memory_ = *memory;
  owner_ = std::move(owner);
  return {};
}

void Fetch::Pump() {
  while (true) {
    std::optional<size_t> index;
    bool last = false;
    {
      MutexLock lock(&mutex_);
      if (failure_.status.ok()) index = NextRangeLocked();
      if (!index.has_value()) last = --pumps_ == 0;
    }
    if (!index.has_value()) {
      if (last) Finish();
      return;
    }
    if (Failure failure = LoadRange(*index); !failure.status.ok()) {
      Fail(std::move(failure));
      continue;
    }
    Answers answers;
    bool more;
    {
      MutexLock lock(&mutex_);
      ranges_[*index] = RangeState::kDone;
      ++ranges_done_;
      answers = TakeAnswersLocked();
      more = !IsCompleteLocked();
    }
    Deliver(std::move(answers));
    if (more && fetcher_->tasks().Submit([self = shared_from_this()] { self->Pump(); })) return;
  }
}

std::optional<size_t> Fetch::NextRangeLocked() {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const size_t index = (cursor_ + i) % ranges_.size();
    if (ranges_[index] != RangeState::kIdle) continue;
    ranges_[index] = RangeState::kRunning;
    cursor_ = index + 1;
    return index;
  }
  return std::nullopt;
}

Fetch::Failure Fetch::LoadRange(size_t index) {
  const int64_t begin = static_cast<int64_t>(index) * range_bytes_;
  const int64_t end = std::min(begin + range_bytes_, block_.length_bytes);
  std::unique_ptr<char[]> buffer = fetcher_->TakeBuffer();
  Failure failure;
  for (int64_t at = begin; at < end && failure.status.ok();) {
    const absl::Span<char> part(buffer.get(), static_cast<size_t>(std::min(step_bytes_, end - at)));
    const absl::StatusOr<size_t> n = file_->ReadAt(FileOffsetOf(block_) + at, part);
    if (!n.ok()) {
      failure.status = ColdError(n.status(), block_);
      break;
    }
    fetcher_->CountBytes(static_cast<int64_t>(*n));
    if (*n < part.size()) {
      failure = {ShortFile(block_, FileOffsetOf(block_) + at + static_cast<int64_t>(*n)), /*only_caching=*/true};
      break;
    }
    failure.status = temp_->WriteAt(at, absl::string_view(part.data(), part.size()));
    failure.only_caching = !failure.status.ok();
    at += static_cast<int64_t>(part.size());
  }
  fetcher_->ReturnBuffer(std::move(buffer));
  return failure;
}

void Fetch::Read(int64_t offset, int64_t max_bytes, ReadGate::SlotPtr slot) {
  std::optional<Answer> answer;
  {
    MutexLock lock(&mutex_);
    answer = AnswerLocked(offset, max_bytes);
    if (!answer.has_value()) {
      std::erase_if(waiters_, [](const Waiter& waiter) { return waiter.slot->cancelled(); });
      waiters_.push_back({offset, max_bytes, std::move(slot)});
      // What somebody waits for comes first.
      const auto range = static_cast<size_t>(offset / range_bytes_);
      if (range < ranges_.size() && ranges_[range] == RangeState::kIdle) cursor_ = range;
      return;
    }
  }
  slot->Complete(*std::move(answer));
}

std::optional<Fetch::Answer> Fetch::AnswerLocked(int64_t offset, int64_t max_bytes) const {
  if (offset >= block_.length_bytes) {
    if (!finished_) return std::nullopt;
    return IsCompleteLocked() ? Answer(ColdBytes{}) : Answer(failure_.status);
  }
  int64_t end = offset / range_bytes_ * range_bytes_;
  for (auto i = static_cast<size_t>(offset / range_bytes_);
       i < ranges_.size() && ranges_[i] == RangeState::kDone && end < offset + max_bytes; ++i) {
    end += range_bytes_;
  }
  end = std::min({end, block_.length_bytes, offset + max_bytes});
  if (end > offset) {
    return ColdBytes{memory_.substr(static_cast<size_t>(offset), static_cast<size_t>(end - offset)), owner_};
  }
  if (!failure_.status.ok()) return failure_.status;
  return std::nullopt;
}

Fetch::Answers Fetch::TakeAnswersLocked() {
  Answers answers;
  std::erase_if(waiters_, [&](Waiter& waiter) {
    std::optional<Answer> answer = AnswerLocked(waiter.offset, waiter.max_bytes);
    if (!answer.has_value()) return false;
    answers.emplace_back(std::move(waiter.slot), *std::move(answer));
    return true;
  });
  return answers;
}

void Fetch::Fail(Failure failure) {
  Answers answers;
  {
    MutexLock lock(&mutex_);
    if (!failure_.status.ok()) return;
    failure_ = std::move(failure);
    answers = TakeAnswersLocked();
  }
  Deliver(std::move(answers));
}

void Fetch::Finish() {
  absl::Status result;
  bool complete;
  std::shared_ptr<const void> dropped;
  {
    MutexLock lock(&mutex_);
    complete = IsCompleteLocked();
    if (!complete) {
      // The room goes back at once, not when the last reader has seen the error.
      result = failure_.status;
      ranges_.assign(ranges_.size(), RangeState::kIdle);
      memory_ = {};
      dropped = std::move(owner_);
    }
  }
  // What is not committed is gone before anybody hears of it.
  dropped = nullptr;
  if (!complete || temp_ == nullptr) return End(std::move(result), /*cached=*/false);
  if (!fetcher_->commits().Submit([self = shared_from_this()] { self->CommitAndEnd(); })) CommitAndEnd();
}

void Fetch::CommitAndEnd() {
  const BlockFetcher::Options& options = fetcher_->options();
  absl::Status result = CommitAndReport(*options.store, *temp_, options.report);
  const bool cached = result.ok();
  if (!cached) {
    ALLUXIO_LOG(kWarning, "worker/ufsread", "block ", block_.block_id, " was read, but not cached: ", result.message());
  }
  End(std::move(result), cached);
}

void Fetch::End(absl::Status result, bool cached) {
  temp_ = nullptr;
  file_ = nullptr;
  fetcher_->Forget(*this, cached);
  Answers answers;
  {
    MutexLock lock(&mutex_);
    finished_ = true;
    result_ = std::move(result);
    answers = TakeAnswersLocked();
  }
  Deliver(std::move(answers));
}

absl::StatusOr<std::unique_ptr<ColdReader>> Fetcher::Open(const ColdBlock& block, int64_t offset, int64_t length) {
  ALLUXIO_RETURN_IF_ERROR(CheckBlock(block));
  if (offset < 0 || length < 0 || offset > block.length_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("can't read ", length, " bytes at ", offset, " of block ",
                                                   block.block_id, ", which has ", block.length_bytes));
  }
  const int64_t end = std::min(length, block.length_bytes - offset) + offset;
  const bool whole = block.cache && offset == 0 && end == block.length_bytes && end > 0 && end <= largest_dir_bytes_;
  if (FetchPtr fetch = Join(block, /*start=*/whole); fetch != nullptr) {
    return std::make_unique<FetchReader>(this, std::move(fetch), end);
  }
  return Direct(block, end);
}

void Fetcher::Cache(const ColdBlock& block, absl::AnyInvocable<void(absl::Status)> done) {
  if (options_.store->Contains(block.block_id)) return done(absl::OkStatus());
  if (absl::Status status = CheckBlock(block); !status.ok()) return done(std::move(status));
  if (block.length_bytes == 0) {
    return done(absl::InvalidArgumentError(absl::StrCat("block ", block.block_id, " has no bytes to cache")));
  }
  if (block.length_bytes > largest_dir_bytes_) {
    return done(absl::ResourceExhaustedError(absl::StrCat("block ", block.block_id, " of ", block.length_bytes,
                                                          " bytes fits into no storage directory of this worker")));
  }
  const FetchPtr fetch = Join(block, /*start=*/true);
  if (fetch == nullptr) {
    return done(absl::ResourceExhaustedError(
        absl::StrCat("block ", block.block_id, " can't be cached now: too many blocks are on their way")));
  }
  const auto gate = std::make_shared<ReadGate>();
  // A reader that wants the end only.
  fetch->Read(block.length_bytes, 0,
              gate->NewRead([this, fetch, done = std::move(done)](const absl::StatusOr<ColdBytes>&) mutable {
                absl::Status result = fetch->result();
                // Somebody else writes it, or has: that is what was asked for.
                if (absl::IsAlreadyExists(result)) result = absl::OkStatus();
                Leave(fetch);
                done(std::move(result));
              }));
}

FetchPtr Fetcher::Join(const ColdBlock& block, bool start) {
  FetchPtr fetch;
  {
    MutexLock lock(&mutex_);
    if (const auto it = fetches_.find(block.block_id); it != fetches_.end()) {
      fetch = it->second;
      if (fetch->stopped || fetch->block().length_bytes != block.length_bytes) return nullptr;
      ++fetch->readers;
      if (std::exchange(fetch->abandoned, false)) --abandoned_;
      return fetch;
    }
    if (!start || fetches_.size() >= static_cast<size_t>(options_.max_fetches)) return nullptr;
    fetch = std::make_shared<Fetch>(this, block, options_.range_bytes);
    fetch->readers = 1;
    fetches_[block.block_id] = fetch;
  }
  if (tasks_.Submit([fetch] { fetch->Start(); })) return fetch;
  fetch->Refuse();
  return nullptr;
}

void Fetcher::Leave(const FetchPtr& fetch) {
  {
    MutexLock lock(&mutex_);
    if (--fetch->readers > 0) return;
    const auto it = fetches_.find(fetch->block().block_id);
    if (it == fetches_.end() || it->second != fetch) return;
    if (abandoned_ < options_.max_abandoned) {
      ++abandoned_;
      fetch->abandoned = true;
      return;
    }
    fetch->stopped = true;
  }
  fetch->Stop();
}

void Fetcher::Forget(const Fetch& fetch, bool cached) {
  FetchPtr dropped;  // freed without the lock
  MutexLock lock(&mutex_);
  if (cached) ++blocks_cached_;
  const auto it = fetches_.find(fetch.block().block_id);
  if (it == fetches_.end() || it->second.get() != &fetch) return;
  dropped = std::move(it->second);
  fetches_.erase(it);
  if (std::exchange(dropped->abandoned, false)) --abandoned_;
}

}  // namespace

std::unique_ptr<BlockFetcher> BlockFetcher::Create(Options options) {
  return std::make_unique<Fetcher>(std::move(options));
}

}  // namespace alluxio::worker
