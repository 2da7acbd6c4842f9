#include "alluxio/client/file/file_reader.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/block/block_opener.h"
#include "alluxio/client/wire.h"
#include "alluxio/rpc/lost_session.h"
#include "alluxio/rpc/retry.h"
#include "alluxio/stub/file_system_methods.h"

namespace alluxio::client {
namespace {

// Open blocks that positioned reads keep: each holds a descriptor here and a
// lock on the block at its worker.
constexpr size_t kMaxPositioned = 32;

// So close to the end of a block the next one's file is asked for, or its stream
// opened: it costs the worker some milliseconds if the block is cold.
constexpr int64_t kPrepareBytes = int64_t{8} << 20;

// Cold blocks that are cached ahead of a sequential reader: one from a quarter of
// the first block on, more once a block was read whole.
constexpr int64_t kAheadFraction = 4;
constexpr size_t kAheadBlocks = 2;

// How long to wait for the master's second look at a file that isn't as it said.
constexpr absl::Duration kSynchroniseTime = absl::Seconds(10);

// Errors that another worker or another time won't mend.
bool IsFinal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kNotFound:
      return true;
    case absl::StatusCode::kUnauthenticated:
      return !rpc::IsLostSession(status);
    default:
      return false;
  }
}

class FileReader final : public FileInStream {
 public:
  FileReader(std::shared_ptr<ClientCore> core, std::unique_ptr<BlockOpener> opener, rpc::RetryOptions retry,
             std::function<void()> outdated)
      : core_(std::move(core)), opener_(std::move(opener)), retry_(retry), outdated_(std::move(outdated)) {}
  ~FileReader() override { Close().IgnoreError(); }

  absl::StatusOr<size_t> Read(std::span<std::byte> buffer) override {
    if (closed_) return Closed();
    if (buffer.empty() || position_ == length()) return 0;
    const auto index = static_cast<size_t>(position_ / block_size());
    const int64_t offset = position_ % block_size();
    const std::span<std::byte> part = buffer.first(std::min(buffer.size(), static_cast<size_t>(LengthOf(index) - offset)));
    if (part.empty()) return ShortBlock(index);
    size_t n = 0;
    ALLUXIO_RETURN_IF_ERROR(Try(index, [&]() -> absl::Status {
      if (!current_.source || current_.index != index) {
        LeaveCurrent();
        if (next_.source && next_.index == index) {
          current_ = std::exchange(next_, {});
        } else {
          next_ = {};
          ALLUXIO_ASSIGN_OR_RETURN(current_, opener_->Open(index));
        }
        whole_so_far_ = offset == 0;
        if (!whole_so_far_ || index != first_whole_ + whole_blocks_) {
          first_whole_ = index;
          whole_blocks_ = 0;
        }
      }
      const absl::StatusOr<size_t> read = current_.source->Read(offset, part);
      if (!read.ok()) {
        if (!IsFinal(read.status()) || IsLostBlock(read.status())) opener_->Failed(current_);
        current_ = {};
        return read.status();
      }
      n = *read;
      return absl::OkStatus();
    }));
    if (current_.source->is_file()) core_->counters().bytes_read_local += static_cast<int64_t>(n);
    position_ += static_cast<int64_t>(n);
    if (whole_so_far_) ReadAhead(index, offset + static_cast<int64_t>(n));
    if (offset + static_cast<int64_t>(n) == LengthOf(index)) {
      if (whole_so_far_) whole_blocks_ = index + 1 - first_whole_;
      // The worker keeps what it read while the next block comes already.
      LeaveEnding();
      ending_ = std::exchange(current_, {});
      ending_whole_ = whole_so_far_;
      if (position_ == length()) LeaveEnding();
    } else if (whole_so_far_ && offset + static_cast<int64_t>(n) + kPrepareBytes >= LengthOf(index)) {
      PrepareNext(index + 1);
    }
    return n;
  }

  absl::StatusOr<size_t> ReadAt(int64_t offset, std::span<std::byte> buffer) override {
    if (closed_) return Closed();
    if (offset < 0) return absl::InvalidArgumentError(absl::StrCat("reading at a negative offset: ", offset));
    size_t done = 0;
    while (done < buffer.size() && offset < length()) {
      const auto index = static_cast<size_t>(offset / block_size());
      const int64_t in_block = offset % block_size();
      const size_t part = std::min(buffer.size() - done, static_cast<size_t>(std::max<int64_t>(0, LengthOf(index) - in_block)));
      if (part == 0) return ShortBlock(index);
      ALLUXIO_RETURN_IF_ERROR(WithPositioned(index, [&](BlockSource& source) {
        return source.ReadAt(in_block, buffer.subspan(done, part));
      }));
      done += part;
      offset += static_cast<int64_t>(part);
    }
    return done;
  }

  absl::StatusOr<BlockView> View(int64_t offset, int64_t bytes) override {
    if (closed_) return Closed();
    if (offset < 0 || bytes < 0 || offset > length() - bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("no view of ", bytes, " bytes at ", offset, ": the file has ", length()));
    }
    if (bytes == 0) return BlockView();
    const auto index = static_cast<size_t>(offset / block_size());
    if (static_cast<int64_t>(index) != (offset + bytes - 1) / block_size()) {
      return absl::InvalidArgumentError("a view can't cross blocks");
    }
    BlockView view;
    absl::Status no_view;
    ALLUXIO_RETURN_IF_ERROR(WithPositioned(index, [&](BlockSource& source) {
      auto result = source.View(offset % block_size(), bytes);
      if (result.ok()) {
        view = *std::move(result);
      } else {
        no_view = result.status();  // nothing is wrong with the source
      }
      return absl::OkStatus();
    }));
    if (!no_view.ok()) return no_view;
    core_->counters().bytes_read_local += bytes;
    return view;
  }

  absl::Status Seek(int64_t offset) override {
    if (closed_) return Closed();
    if (offset < 0 || offset > length()) {
      return absl::InvalidArgumentError(absl::StrCat("seek to ", offset, " in a file of ", length(), " bytes"));
    }
    if (offset != position_) whole_so_far_ = false;
    position_ = offset;
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> Skip(int64_t bytes) override {
    const int64_t skipped = std::clamp<int64_t>(bytes, 0, Remaining());
    ALLUXIO_RETURN_IF_ERROR(Seek(position_ + skipped));
    return skipped;
  }

  int64_t position() const override { return position_; }
  int64_t length() const override { return status().length; }

  absl::Status Close() override {
    if (closed_) return absl::OkStatus();
    closed_ = true;
    next_ = {};
    opener_->DropAsked();
    LeaveCurrent();
    LeaveEnding();
    MutexLock lock(&mutex_);
    positioned_.clear();
    return absl::OkStatus();
  }

 private:
  static absl::Status Closed() { return absl::FailedPreconditionError("the stream is closed"); }

  const UriStatus& status() const { return opener_->status(); }
  int64_t block_size() const { return status().block_size_bytes; }
  int64_t LengthOf(size_t index) const {
    return index < status().file_block_infos.size() ? status().file_block_infos[index].block.length : 0;
  }
  absl::Status ShortBlock(size_t index) const {
    return absl::OutOfRangeError(absl::StrCat("block ", index, " of ", status().path, " has ", LengthOf(index),
                                              " bytes, the file has ", length()));
  }

  // A worker lost the block (evicted it), and the under store doesn't have it:
  // another worker may.
  bool IsLostBlock(const absl::Status& error) const {
    return error.code() == absl::StatusCode::kNotFound && !status().persisted;
  }

  // The under store's file is no longer what the master said when it was opened.
  bool HasChanged(const absl::Status& error) const {
    return absl::IsOutOfRange(error) || (absl::IsNotFound(error) && status().persisted);
  }

  // Runs `once` until it succeeds, at once as long as there are workers that
  // haven't failed, then with pauses.
  absl::Status Try(size_t index, absl::FunctionRef<absl::Status()> once) {
    size_t failed = opener_->NumFailed();
    absl::Status status = once();
    if (status.ok()) return status;
    rpc::RetryPolicy retry(retry_, core_->clock());
    retry.Attempt();
    while (true) {
      if (HasChanged(status)) return Annotate(SynchroniseMetadata(status), absl::StrCat("block ", index));
      const bool untried = opener_->HasUntried(index);
      if (IsFinal(status) && !(IsLostBlock(status) && untried)) return status;
      ALLUXIO_LOG(kWarning, "client", "reading ", this->status().path, ", block ", index, ", failed: ",
                  status.message());
      // Going on at once is right only while each attempt rules a worker out.
      const size_t now_failed = opener_->NumFailed();
      if ((!untried || now_failed == failed) && !retry.Attempt()) {
        return Annotate(status, absl::StrCat("reading ", this->status().path, ", block ", index));
      }
      failed = now_failed;
      status = once();
      if (status.ok()) return status;
    }
  }

  absl::Status WithPositioned(size_t index, absl::FunctionRef<absl::Status(BlockSource&)> use) {
    return Try(index, [&]() -> absl::Status {
      std::shared_ptr<const OpenBlock> block;
      {
        MutexLock lock(&mutex_);
        if (const auto found = positioned_.find(index); found != positioned_.end()) block = found->second;
      }
      if (!block) {
        ALLUXIO_ASSIGN_OR_RETURN(OpenBlock opened, opener_->Open(index));
        block = std::make_shared<const OpenBlock>(std::move(opened));
        MutexLock lock(&mutex_);
        if (positioned_.size() >= kMaxPositioned) positioned_.erase(positioned_.begin());
        positioned_[index] = block;
      }
      const absl::Status status = use(*block->source);
      if (!status.ok()) {
        if (!IsFinal(status) || IsLostBlock(status)) opener_->Failed(*block);
        MutexLock lock(&mutex_);
        positioned_.erase(index);
        return status;
      }
      if (!block->source->is_file()) opener_->CacheAfterwards(*block, false);
      return absl::OkStatus();
    });
  }

  void LeaveCurrent() {
    if (!current_.source) return;
    const OpenBlock block = std::exchange(current_, {});
    opener_->CacheAfterwards(block, false);
  }

  // Who reads from the start of a block on will want the next ones: those that are
  // cold are cached meanwhile, so that they can be read by their files.
  void ReadAhead(size_t index, int64_t offset) {
    if (whole_blocks_ == 0 && offset < LengthOf(index) / kAheadFraction) return;
    const size_t until = index + (whole_blocks_ == 0 ? 1 : kAheadBlocks);
    for (size_t next = std::max(ahead_until_, index) + 1; next <= until; ++next) opener_->CacheAhead(next);
    ahead_until_ = std::max(ahead_until_, until);
  }

  // Ahead of reading it. What fails is found by the read.
  void PrepareNext(size_t index) {
    if (next_.source || prepared_ == index) return;
    prepared_ = index;
    if (static_cast<int64_t>(index) * block_size() >= length()) return;
    if (opener_->Ask(index) || current_.source->is_file()) return;
    absl::StatusOr<OpenBlock> next = opener_->Open(index);
    if (!next.ok()) return;
    next_ = *std::move(next);
    next_.source->Prepare(0);
  }

  void LeaveEnding() {
    if (!ending_.source) return;
    ending_.source.reset();  // waits
    opener_->CacheAfterwards(std::exchange(ending_, {}), ending_whole_);
  }

  // The under store's file has changed under us: the next open sees the new one.
  // `error` with what is known of it.
  absl::Status SynchroniseMetadata(const absl::Status& error) {
    const std::string& path = status().path;
    const stub::CallOptions soon = {.deadline = absl::Now() + kSynchroniseTime};
    grpc::file::ListStatusPRequest request;
    request.set_path(path);
    auto* options = request.mutable_options();
    options->set_loadmetadataonly(true);
    options->mutable_commonoptions()->set_syncintervalms(0);
    const absl::Status synchronised =
        core_->master().Stream(stub::kListStatus, request, [](grpc::file::ListStatusPResponse&) { return true; }, soon);
    outdated_();
    const auto with = [&](absl::string_view what) {
      return absl::Status(error.code(), absl::StrCat(error.message(), ". ", what));
    };
    if (!synchronised.ok() && !absl::IsNotFound(synchronised)) {
      return with(absl::StrCat("Failed to force a metadata sync on path ", path,
                               ". Please manually sync metadata by `bin/alluxio fs loadMetadata -f ", path,
                               "` before you retry reading this file."));
    }
    grpc::file::GetStatusPRequest now_request;
    now_request.set_path(path);
    const auto now = core_->master().Call(stub::kGetStatus, now_request, soon);
    if (absl::IsNotFound(now.status())) return with(absl::StrCat(path, " is no longer there."));
    if (!now.ok()) return error;
    if (now->fileinfo().fileid() == status().file_id && now->fileinfo().length() == length()) return error;
    return with(absl::StrCat(path, " has changed in the under store: it had ", length(), " bytes when it was opened and has ",
                             now->fileinfo().length(), " now; open it again."));
  }

  const std::shared_ptr<ClientCore> core_;
  const std::unique_ptr<BlockOpener> opener_;
  const rpc::RetryOptions retry_;
  const std::function<void()> outdated_;

  int64_t position_ = 0;
  OpenBlock current_;
  OpenBlock next_;       // opened ahead
  size_t prepared_ = 0;  // the last block that was to be opened ahead
  OpenBlock ending_;     // read to its end
  // Whether `current_` was read from its start without a seek; `ending_` was.
  bool whole_so_far_ = false;
  // How many blocks were read so, one after the other, and from which on.
  size_t first_whole_ = 0;
  size_t whole_blocks_ = 0;
  size_t ahead_until_ = 0;  // the last block that was to be cached ahead
  bool ending_whole_ = false;
  bool closed_ = false;

  Mutex mutex_;
  std::map<size_t, std::shared_ptr<const OpenBlock>> positioned_ ABSL_GUARDED_BY(mutex_);
};

ReadType ReadTypeOf(const std::string& name) {
  if (name == "NO_CACHE") return ReadType::kNoCache;
  if (name == "CACHE_PROMOTE") return ReadType::kCachePromote;
  return ReadType::kCache;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileInStream>> OpenFileReader(std::shared_ptr<ClientCore> core, UriStatus status,
                                                             const OpenFileOptions& options,
                                                             std::function<void()> outdated) {
  const conf::Configuration conf = core->ConfOf(status.path);
  ReadSettings settings = {
      .type = options.read_type.value_or(ReadTypeOf(conf.GetEnum("alluxio.user.file.readtype.default"))),
      .max_ufs_read_concurrency = options.max_ufs_read_concurrency.value_or(
          static_cast<int>(conf.GetInt("alluxio.user.ufs.block.read.concurrency.max"))),
      .passive_cache = conf.GetBool("alluxio.user.file.passive.cache.enabled"),
      .chunk_bytes = conf.GetBytes("alluxio.user.streaming.reader.chunk.size.bytes"),
      .short_read_bytes = conf.GetBytes("alluxio.user.file.sequential.pread.threshold"),
      .data_timeout = conf.GetDuration("alluxio.user.streaming.data.read.timeout"),
      .close_timeout = conf.GetDuration("alluxio.user.streaming.reader.close.timeout"),
      .status_lifetime = conf.GetDuration("alluxio.user.file.in.stream.status.expiration.time"),
      .ufs_read_policy = conf.GetString("alluxio.user.ufs.block.read.location.policy")};
  if (settings.chunk_bytes <= 0) return absl::InvalidArgumentError("alluxio.user.streaming.reader.chunk.size.bytes must be positive");
  const rpc::RetryOptions retry = {.max_duration = conf.GetDuration("alluxio.user.block.read.retry.max.duration"),
                                   .base_sleep = conf.GetDuration("alluxio.user.block.read.retry.sleep.base"),
                                   .max_sleep = conf.GetDuration("alluxio.user.block.read.retry.sleep.max")};
  if (status.length > 0 && status.block_size_bytes <= 0) {
    return absl::InternalError(absl::StrCat("the master gave no block size of ", status.path));
  }
  ALLUXIO_ASSIGN_OR_RETURN(auto opener, BlockOpener::Create(core, std::move(status), std::move(settings)));
  core->StartReporting();
  return std::make_unique<FileReader>(std::move(core), std::move(opener), retry, std::move(outdated));
}

}  // namespace alluxio::client
