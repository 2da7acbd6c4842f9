#include "alluxio/client/file/file_writer.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/block/block_writer.h"
#include "alluxio/client/policy/named_policy.h"
#include "alluxio/client/wire.h"
#include "alluxio/rpc/retry.h"
#include "alluxio/stub/file_system_methods.h"

namespace alluxio::client {
namespace {

constexpr int64_t kNoAutoPersist = -1;

// All copies of one block, written together.
struct BlockCopies {
  std::vector<std::unique_ptr<BlockWriter>> writers;
  int64_t written = 0;
  bool by_file = false;  // the first copy

  absl::Status Write(std::span<const std::byte> data) {
    for (auto& writer : writers) ALLUXIO_RETURN_IF_ERROR(writer->Write(data));
    written += static_cast<int64_t>(data.size());
    return absl::OkStatus();
  }
  absl::Status Flush() {
    for (auto& writer : writers) ALLUXIO_RETURN_IF_ERROR(writer->Flush());
    return absl::OkStatus();
  }
  void StartCommit() {
    for (auto& writer : writers) writer->StartCommit();
  }
  absl::Status Finish() {
    for (auto& writer : writers) ALLUXIO_RETURN_IF_ERROR(writer->Finish());
    return absl::OkStatus();
  }
  void Cancel() {
    for (auto& writer : writers) writer->Cancel();
  }
};

class FileWriter final : public FileOutStream {
 public:
  FileWriter(std::shared_ptr<ClientCore> core, std::string path, UriStatus status, WriterSettings settings,
             std::unique_ptr<WorkerChooser> chooser)
      : core_(std::move(core)),
        path_(std::move(path)),
        status_(std::move(status)),
        settings_(std::move(settings)),
        conf_(core_->ConfOf(path_)),
        chooser_(std::move(chooser)),
        to_cache_(settings_.type != WriteType::kThrough && settings_.type != WriteType::kNone),
        to_ufs_(settings_.type == WriteType::kThrough || settings_.type == WriteType::kCacheThrough) {}

  ~FileWriter() override {
    if (state_ == State::kOpen || state_ == State::kFailed) Cancel().IgnoreError();
  }

  absl::Status Start() { return to_ufs_ ? OpenUfsFile() : absl::OkStatus(); }

  absl::Status Write(std::span<const std::byte> data) override {
    ALLUXIO_RETURN_IF_ERROR(CheckOpen());
    if (data.empty()) return absl::OkStatus();
    if (to_cache_ && !cache_given_up_) {
      const absl::Status cached = WriteBlocks(data);
      if (!cached.ok()) ALLUXIO_RETURN_IF_ERROR(CacheFailed(cached));
    }
    if (to_ufs_) {
      if (const absl::Status written = ufs_->Write(data); !written.ok()) return Fail(written);
      core_->counters().bytes_written_ufs += static_cast<int64_t>(data.size());
    }
    bytes_written_ += static_cast<int64_t>(data.size());
    return absl::OkStatus();
  }

  absl::Status Flush() override {
    ALLUXIO_RETURN_IF_ERROR(CheckOpen());
    if (current_.written > 0 && !cache_given_up_) {
      if (const absl::Status flushed = current_.Flush(); !flushed.ok()) ALLUXIO_RETURN_IF_ERROR(CacheFailed(flushed));
    }
    if (to_ufs_ && bytes_written_ > 0) {
      if (const absl::Status flushed = ufs_->Flush(); !flushed.ok()) return Fail(flushed);
    }
    return absl::OkStatus();
  }

  absl::Status Close() override {
    if (state_ == State::kClosed) return absl::OkStatus();
    ALLUXIO_RETURN_IF_ERROR(CheckOpen());
    if (settings_.type == WriteType::kNone) {
      state_ = State::kClosed;
      return absl::OkStatus();
    }
    grpc::file::CompleteFilePRequest request;
    request.set_path(path_);
    auto* options = request.mutable_options();
    *options->mutable_commonoptions()->mutable_operationid() = NewOperationId(*core_->random());
    // The under store first: if it fails, nothing is committed.
    if (to_ufs_) {
      ufs_->StartCommit();
      if (const absl::Status closed = ufs_->Finish(); !closed.ok()) return Fail(closed);
      options->set_ufslength(bytes_written_);
      if (const std::string hash = ufs_->content_hash(); !hash.empty()) options->set_contenthash(hash);
    }
    if (to_cache_) {
      if (const absl::Status committed = CommitBlocks(); !committed.ok()) ALLUXIO_RETURN_IF_ERROR(CacheFailed(committed));
    }
    if (settings_.type == WriteType::kAsyncThrough && settings_.persistence_wait_ms != kNoAutoPersist) {
      auto* persist = options->mutable_asyncpersistoptions();
      *persist->mutable_commonoptions() = settings_.common;
      persist->set_persistencewaittime(settings_.persistence_wait_ms);
    }
    if (const auto completed = core_->master().Call(stub::kCompleteFile, request); !completed.ok()) {
      return Fail(completed.status());
    }
    state_ = State::kClosed;
    return absl::OkStatus();
  }

  absl::Status Cancel() override {
    if (state_ == State::kClosed || state_ == State::kCancelled) return absl::OkStatus();
    state_ = State::kCancelled;
    if (ufs_) ufs_->Cancel();
    CancelBlocks();
    return absl::OkStatus();
  }

  int64_t bytes_written() const override { return bytes_written_; }

 private:
  enum class State { kOpen, kFailed, kClosed, kCancelled };

  absl::Status CheckOpen() const {
    switch (state_) {
      case State::kOpen:
        return absl::OkStatus();
      case State::kFailed:
        return failure_;
      default:
        return absl::FailedPreconditionError(absl::StrCat("writing ", path_, ": the stream is closed"));
    }
  }

  absl::Status Fail(const absl::Status& status) {
    state_ = State::kFailed;
    failure_ = Annotate(status, absl::StrCat("writing ", path_));
    return failure_;
  }

  // With an under store copy the file goes on without the cache.
  absl::Status CacheFailed(const absl::Status& status) {
    CancelBlocks();
    if (!to_ufs_) return Fail(status);
    ALLUXIO_LOG(kWarning, "client", path_, " is written to the under store only: ", status.message());
    cache_given_up_ = true;
    return absl::OkStatus();
  }

  void CancelBlocks() {
    current_.Cancel();
    current_ = {};
    for (BlockCopies& block : previous_) block.Cancel();
    previous_.clear();
  }

  absl::Status WriteBlocks(std::span<const std::byte> data) {
    while (!data.empty()) {
      if (current_.writers.empty() || current_.written == status_.block_size_bytes) ALLUXIO_RETURN_IF_ERROR(NextBlock());
      const size_t part = std::min(data.size(), static_cast<size_t>(status_.block_size_bytes - current_.written));
      ALLUXIO_RETURN_IF_ERROR(current_.Write(data.first(part)));
      if (current_.by_file) core_->counters().bytes_written_local += static_cast<int64_t>(part);
      data = data.subspan(part);
    }
    return absl::OkStatus();
  }

  absl::Status NextBlock() {
    if (!current_.writers.empty()) {
      ALLUXIO_RETURN_IF_ERROR(current_.Flush());
      previous_.push_back(std::exchange(current_, {}));
    }
    grpc::file::GetNewBlockIdForFilePRequest request;
    request.set_path(path_);
    // Asked again after a lost answer, the master gives the same one.
    *request.mutable_options()->mutable_commonoptions()->mutable_operationid() = NewOperationId(*core_->random());
    ALLUXIO_ASSIGN_OR_RETURN(const auto answer, core_->master().Call(stub::kGetNewBlockIdForFile, request));
    return OpenBlock(answer.id());
  }

  // The writers of one block's copies. A worker that can't take it (no answer, no
  // room) is passed over, as nothing has been written yet.
  absl::Status OpenBlock(int64_t block_id) {
    const absl::Status opened = OpenBlockAt(block_id, /*fresh=*/false);
    // The list of workers may be old; one that was restarted has a new address.
    return absl::IsUnavailable(opened) ? OpenBlockAt(block_id, /*fresh=*/true) : opened;
  }

  absl::Status OpenBlockAt(int64_t block_id, bool fresh) {
    ALLUXIO_ASSIGN_OR_RETURN(std::vector<BlockWorker> workers, core_->Workers(fresh));
    if (workers.empty()) return absl::UnavailableError("No available Alluxio worker found");
    const int copies = std::max(1, settings_.initial_copies);
    const BlockToPlace block = {.block_id = block_id, .length = status_.block_size_bytes};
    absl::Status last = absl::UnavailableError(
        absl::StrCat("There is no worker with enough space for a new block of size ", block.length));
    while (static_cast<int>(current_.writers.size()) < copies) {
      const std::vector<size_t> chosen =
          ChooseWorkers(*chooser_, workers, block, copies - static_cast<int>(current_.writers.size()));
      if (chosen.empty()) break;
      std::vector<WorkerNetAddress> tried;
      for (size_t index : chosen) {
        const WorkerNetAddress& worker = workers[index].address;
        auto writer = OpenCopy(worker, block_id);
        tried.push_back(worker);
        if (writer.ok()) {
          current_.writers.push_back(*std::move(writer));
        } else {
          last = Annotate(writer.status(), absl::StrCat("worker ", worker.DataAddress()));
          ALLUXIO_LOG(kWarning, "client", "block ", block_id, " of ", path_, ": ", last.message());
        }
      }
      // Copies go to different hosts.
      std::erase_if(workers, [&](const BlockWorker& worker) {
        return std::ranges::any_of(tried, [&](const WorkerNetAddress& a) {
          return copies > 1 ? a.host == worker.address.host : a == worker.address;
        });
      });
    }
    if (static_cast<int>(current_.writers.size()) == copies) return absl::OkStatus();
    if (copies > 1 && !current_.writers.empty()) {
      const size_t got = current_.writers.size();
      current_.Cancel();
      current_ = {};
      return absl::ResourceExhaustedError(absl::StrCat("Not enough workers for replications, ", got,
                                                       " workers selected but ", copies, " required"));
    }
    current_ = {};
    return last;
  }

  BlockWriterOptions OptionsOf(int64_t block_id) const {
    return {.block_id = block_id,
            .block_size = status_.block_size_bytes,
            .tier = settings_.write_tier,
            .medium_type = conf_.GetString("alluxio.user.file.target.media"),
            .pin_on_create = settings_.type == WriteType::kAsyncThrough,
            .space_to_reserve = std::min(status_.block_size_bytes, conf_.GetBytes("alluxio.user.file.reserved.bytes")),
            .chunk_bytes = conf_.GetBytes("alluxio.user.streaming.writer.chunk.size.bytes"),
            .data_timeout = conf_.GetDuration("alluxio.user.streaming.data.write.timeout"),
            .flush_timeout = conf_.GetDuration("alluxio.user.streaming.writer.flush.timeout"),
            .close_timeout = conf_.GetDuration("alluxio.user.streaming.writer.close.timeout")};
  }

  absl::StatusOr<std::unique_ptr<BlockWriter>> OpenCopy(const WorkerNetAddress& worker, int64_t block_id) {
    const LocalityFacts facts = FactsOf(worker, core_->locality(), PathExists);
    Locality locality = DecideWrite(facts, core_->locality());
    const std::string target = TargetOf(worker, facts);
    const BlockWriterOptions options = OptionsOf(block_id);
    if (locality.rungs.front() == Rung::kFile) {
      auto file = CreateBlockFile(*core_->workers(), target, options);
      const absl::StatusCode code = file.status().code();
      if (file.ok()) {
        Opened(block_id, target, Rung::kFile, locality);
        current_.by_file = current_.writers.empty();
        return file;
      }
      // The worker answered, but its folder can't be seen or written from here.
      if (code != absl::StatusCode::kNotFound && code != absl::StatusCode::kPermissionDenied) return file.status();
      locality.why_not.emplace_back(Rung::kFile, std::string(file.status().message()));
    }
    Opened(block_id, target, locality.rungs.back(), locality);
    if (locality.rungs.front() == Rung::kFile) return OpenStreamAfterFile(target, options);
    return OpenBlockStream(*core_->workers(), target, options);
  }

  // The worker gives up what was begun by file when it hears of our cancelling,
  // and no answer tells us when: until then it refuses the same block as a stream.
  absl::StatusOr<std::unique_ptr<BlockWriter>> OpenStreamAfterFile(const std::string& target,
                                                                   const BlockWriterOptions& options) {
    rpc::RetryPolicy retry({.max_duration = absl::Seconds(5),
                            .base_sleep = absl::Milliseconds(2),
                            .max_sleep = absl::Milliseconds(200)},
                           core_->clock());
    absl::Status last = absl::UnavailableError("the worker was not asked");
    while (retry.Attempt()) {
      ALLUXIO_ASSIGN_OR_RETURN(auto writer, OpenBlockStream(*core_->workers(), target, options));
      last = writer->Flush();
      if (last.ok()) return writer;
      writer->Cancel();
      if (last.code() != absl::StatusCode::kAlreadyExists) break;
    }
    return last;
  }

  void Opened(int64_t block_id, const std::string& target, Rung rung, const Locality& locality) {
    ClientCounters& counters = core_->counters();
    (rung == Rung::kFile ? counters.writes_by_file
                         : rung == Rung::kDomainSocket ? counters.writes_by_socket : counters.writes_by_tcp)++;
    if (!core_->debug() && !LogEnabled(LogLevel::kDebug)) return;
    auto reasons = locality.why_not;
    std::erase_if(reasons, [&](const auto& reason) { return reason.first >= rung; });
    core_->Debug(absl::StrCat("writing block ", block_id, " of ", path_, " to ", target, " by ", RungName(rung),
                              reasons.empty() ? "" : "; not by ", Reasons(reasons)));
  }

  absl::Status OpenUfsFile() {
    rpc::RetryPolicy retry({.max_duration = conf_.GetDuration("alluxio.user.file.write.init.max.duration"),
                            .base_sleep = conf_.GetDuration("alluxio.user.file.write.init.sleep.min"),
                            .max_sleep = conf_.GetDuration("alluxio.user.file.write.init.sleep.max")},
                           core_->clock());
    proto::dataserver::CreateUfsFileOptions file;
    file.set_ufs_path(status_.ufs_path);
    file.set_owner(status_.owner);
    file.set_group(status_.group);
    file.set_mode(static_cast<int>(status_.mode));
    file.set_mount_id(status_.mount_id);
    *file.mutable_acl() = ToSharedAcl(status_.acl);
    absl::Status last = absl::UnavailableError("No available Alluxio worker found");
    while (retry.Attempt()) {
      ALLUXIO_ASSIGN_OR_RETURN(std::vector<BlockWorker> workers, core_->Workers(retry.attempts() > 1));
      // Nothing is stored there, so room doesn't matter.
      while (const auto index = chooser_->Choose(workers, {.block_id = -1, .length = 0})) {
        const WorkerNetAddress worker = workers[*index].address;
        const std::string target =
            TargetOf(worker, FactsOf(worker, core_->locality(), PathExists));
        auto writer = OpenUfsFileStream(*core_->workers(), target, OptionsOf(-1), file);
        if (writer.ok()) {
          ufs_ = *std::move(writer);
          return absl::OkStatus();
        }
        last = Annotate(writer.status(), absl::StrCat("worker ", target));
        workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(*index));
      }
    }
    return last;
  }

  // The last block first and alone, so that committing the others can't make a
  // worker evict what is still being written; then all others at once.
  absl::Status CommitBlocks() {
    if (cache_given_up_ || current_.writers.empty()) return absl::OkStatus();
    current_.StartCommit();
    ALLUXIO_RETURN_IF_ERROR(current_.Finish());
    for (BlockCopies& block : previous_) block.StartCommit();
    for (BlockCopies& block : previous_) ALLUXIO_RETURN_IF_ERROR(block.Finish());
    current_ = {};
    previous_.clear();
    return absl::OkStatus();
  }

  const std::shared_ptr<ClientCore> core_;
  const std::string path_;
  const UriStatus status_;
  const WriterSettings settings_;
  const conf::Configuration conf_;
  const std::unique_ptr<WorkerChooser> chooser_;
  const bool to_cache_;
  const bool to_ufs_;

  State state_ = State::kOpen;
  absl::Status failure_;
  int64_t bytes_written_ = 0;
  bool cache_given_up_ = false;
  BlockCopies current_;
  std::vector<BlockCopies> previous_;
  std::unique_ptr<BlockWriter> ufs_;
};

}  // namespace

grpc::file::FsOpPId NewOperationId(Random& random) {
  grpc::file::FsOpPId id;
  // The bits of a version 4 UUID.
  id.set_mostsignificantbits(static_cast<int64_t>((random.Next() & ~uint64_t{0xF000}) | 0x4000));
  id.set_leastsignificantbits(static_cast<int64_t>((random.Next() >> 2) | (uint64_t{1} << 63)));
  return id;
}

absl::StatusOr<std::unique_ptr<FileOutStream>> OpenFileWriter(std::shared_ptr<ClientCore> core, std::string path,
                                                              UriStatus status, WriterSettings settings) {
  if (status.block_size_bytes <= 0) return absl::InternalError(absl::StrCat("the master gave no block size of ", path));
  ALLUXIO_ASSIGN_OR_RETURN(auto chooser, WorkerChooserOf(core->conf(), "alluxio.user.block.write.location.policy.class",
                                                         settings.location_policy, core->policy()));
  core->StartReporting();
  auto writer = std::make_unique<FileWriter>(std::move(core), std::move(path), std::move(status),
                                             std::move(settings), std::move(chooser));
  ALLUXIO_RETURN_IF_ERROR(writer->Start());
  return writer;
}

}  // namespace alluxio::client
