#include "alluxio/worker/ufsread/direct_reader.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/ufsread/ufs_block_name.h"

namespace alluxio::worker {
namespace {

std::string NameOf(const ColdBlock& block) {
  return block.in_ufs_tier ? UfsBlockName(block.block_id) : block.ufs_uri;
}

// What the reader and its tasks share.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(DirectReaderOptions options, ColdBlock block, int64_t end_bytes)
      : options_(std::move(options)), block_(std::move(block)), end_(end_bytes) {}

  void Read(int64_t offset, size_t max_bytes, ReadGate::SlotPtr slot) {
    {
      MutexLock lock(&mutex_);
      slot_ = std::move(slot);
      wanted_offset_ = offset;
      wanted_bytes_ = static_cast<int64_t>(max_bytes);
      while (!ranges_.empty() && ranges_.front()->end() <= offset) ranges_.pop_front();
      if (ranges_.empty() || offset < ranges_.front()->offset) {
        ranges_.clear();
        next_offset_ = offset;
      }
    }
    Fill();
    Answer();
  }

  // Tasks under way find nothing left to do.
  void Stop() {
    MutexLock lock(&mutex_);
    stopped_ = true;
    ranges_.clear();
    slot_ = nullptr;
  }

 private:
  struct Range {
    int64_t offset = 0;
    int64_t length = 0;
    std::shared_ptr<char[]> buffer;
    bool done = false;
    absl::Status error;
    int64_t end() const { return offset + length; }
  };
  using RangePtr = std::shared_ptr<Range>;

  // Gets as many ranges under way as there may be: one until the file is open.
  void Fill() {
    while (true) {
      RangePtr range;
      {
        MutexLock lock(&mutex_);
        const size_t window = file_ == nullptr ? 1 : static_cast<size_t>(options_.parallel_ranges);
        if (stopped_ || ranges_.size() >= window || next_offset_ >= end_) return;
        range = std::make_shared<Range>();
        range->offset = next_offset_;
        range->length = std::min(options_.range_bytes, end_ - next_offset_);
        next_offset_ = range->end();
        ranges_.push_back(range);
      }
      if (!options_.tasks->Submit([self = shared_from_this(), range] { self->Run(range); })) {
        MutexLock lock(&mutex_);
        range->error = absl::ResourceExhaustedError("Too many reads of the under store are waiting on this worker.");
        range->done = true;
        return;
      }
    }
  }

  void Run(const RangePtr& range) {
    absl::Status status = Load(*range);
    {
      MutexLock lock(&mutex_);
      range->error = std::move(status);
      range->done = true;
    }
    Answer();
    Fill();
  }

  absl::Status Load(Range& range) {
    std::shared_ptr<ufs::UfsReader> file;
    {
      MutexLock lock(&mutex_);
      if (stopped_) return absl::CancelledError("the reader has gone");
      file = file_;
    }
    if (file == nullptr) {
      ALLUXIO_ASSIGN_OR_RETURN(ColdFile opened, OpenColdFile(*options_.ufs, block_));
      file = std::move(opened.reader);
      MutexLock lock(&mutex_);
      file_ = file;
    }
    const int64_t at = FileOffsetOf(block_) + range.offset;
    // Not zeroed: all of it is read into before anybody sees it.
    range.buffer = std::shared_ptr<char[]>(new char[static_cast<size_t>(range.length)]);
    // Some stores refuse a range beyond the end.
    const auto there = static_cast<size_t>(std::clamp<int64_t>(file->length_bytes() - at, 0, range.length));
    absl::StatusOr<size_t> n = 0;
    if (there > 0) n = file->ReadAt(at, absl::Span<char>(range.buffer.get(), there));
    if (!n.ok()) return ColdError(n.status(), block_);
    const auto bytes = static_cast<int64_t>(*n);
    options_.count_bytes(bytes);
    if (bytes < range.length) EndEarly(range, bytes, at + bytes);
    return absl::OkStatus();
  }

  // The file ends in this range: it has shrunk since the master looked at it.
  void EndEarly(Range& range, int64_t bytes, int64_t file_bytes) {
    bool first;
    {
      MutexLock lock(&mutex_);
      range.length = bytes;
      end_ = std::min(end_, range.end());
      first = !std::exchange(ended_early_, true);
    }
    if (first) ALLUXIO_LOG(kWarning, "worker/ufsread", ShortFile(block_, file_bytes).message());
  }

  void Answer() {
    ReadGate::SlotPtr slot;
    std::optional<absl::StatusOr<ColdBytes>> answer;
    {
      MutexLock lock(&mutex_);
      if (slot_ == nullptr) return;
      answer = AnswerLocked();
      if (!answer.has_value()) return;
      slot = std::exchange(slot_, nullptr);
    }
    slot->Complete(*std::move(answer));
  }

  std::optional<absl::StatusOr<ColdBytes>> AnswerLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (wanted_offset_ >= end_) return ColdBytes{};
    if (ranges_.empty() || !ranges_.front()->done) return std::nullopt;
    const Range& range = *ranges_.front();
    if (!range.error.ok()) return range.error;
    const int64_t skip = wanted_offset_ - range.offset;
    const auto bytes = static_cast<size_t>(std::min(wanted_bytes_, range.length - skip));
    return ColdBytes{absl::string_view(range.buffer.get() + skip, bytes), range.buffer};
  }

  const DirectReaderOptions options_;
  const ColdBlock block_;
  Mutex mutex_;
  int64_t end_ ABSL_GUARDED_BY(mutex_);
  bool ended_early_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ufs::UfsReader> file_ ABSL_GUARDED_BY(mutex_);
  std::deque<RangePtr> ranges_ ABSL_GUARDED_BY(mutex_);  // adjoining, in order; the wanted offset is in the first
  int64_t next_offset_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t wanted_offset_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t wanted_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  ReadGate::SlotPtr slot_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

class DirectReader final : public ColdReader {
 public:
  explicit DirectReader(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~DirectReader() override {
    stream_->Stop();
    gate_->Cancel();
  }
  void Read(int64_t offset, size_t max_bytes, Done done) override {
    stream_->Read(offset, max_bytes, gate_->NewRead(std::move(done)));
  }
  void Cancel() override { gate_->Cancel(); }

 private:
  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<ReadGate> gate_ = std::make_shared<ReadGate>();
};

}  // namespace

absl::Status ColdError(const absl::Status& status, const ColdBlock& block) {
  const std::string text = absl::StrCat("reading block ", block.block_id, " from the under store: ", status.message());
  if (absl::IsNotFound(status)) return absl::NotFoundError(text);
  return absl::UnavailableError(text);
}

absl::Status ShortFile(const ColdBlock& block, int64_t file_bytes) {
  return absl::OutOfRangeError(absl::StrCat(
      "reading block ", block.block_id, " from the under store: ", NameOf(block), " has ", file_bytes,
      " bytes, but the block lies at ", FileOffsetOf(block), " to ", FileOffsetOf(block) + block.length_bytes,
      ". The file was changed there; load its metadata anew."));
}

absl::StatusOr<ColdFile> OpenColdFile(UfsManager& ufs, const ColdBlock& block) {
  absl::StatusOr<UfsManager::Place> place = block.in_ufs_tier ? ufs.ResolveRelative(block.mount_id, NameOf(block))
                                                              : ufs.Resolve(block.mount_id, block.ufs_uri);
  if (!place.ok()) return ColdError(place.status(), block);
  absl::StatusOr<std::unique_ptr<ufs::UfsReader>> file = place->Open();
  if (!file.ok()) return ColdError(file.status(), block);
  return ColdFile{*std::move(file), place->ufs->type() == "local"};
}

std::unique_ptr<ColdReader> NewDirectReader(const DirectReaderOptions& options, const ColdBlock& block,
                                            int64_t end_bytes) {
  return std::make_unique<DirectReader>(std::make_shared<Stream>(options, block, end_bytes));
}

}  // namespace alluxio::worker
