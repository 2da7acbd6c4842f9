#include "alluxio/master/load/load_job.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/human.h"
#include "alluxio/java/text.h"

namespace alluxio::master {
namespace {

using grpc::block::Block;
using proto::journal::LoadJobEntry;

constexpr int64_t kFailureCountLimit = 100;
constexpr double kFailureRatioLimit = 0.05;
constexpr size_t kRetryBlocks = 1000;
// From so many on, blocks that failed go before new ones.
constexpr size_t kRetryFirst = 800;

LoadJob::State StateOf(proto::journal::PJobState state) {
  switch (state) {
    case proto::journal::STOPPED:
      return LoadJob::State::kStopped;
    case proto::journal::SUCCEEDED:
      return LoadJob::State::kSucceeded;
    case proto::journal::FAILED:
      return LoadJob::State::kFailed;
    default:
      return LoadJob::State::kRunning;
  }
}

absl::string_view NameOf(LoadJob::State state) {
  switch (state) {
    case LoadJob::State::kRunning:
      return "RUNNING";
    case LoadJob::State::kVerifying:
      return "VERIFYING";
    case LoadJob::State::kStopped:
      return "STOPPED";
    case LoadJob::State::kSucceeded:
      return "SUCCEEDED";
    case LoadJob::State::kFailed:
      return "FAILED";
  }
  return "";
}

// The class that the original's report names a failure by.
std::string ExceptionOf(const absl::Status& status) {
  const absl::string_view name = [&] {
    switch (status.code()) {
      case absl::StatusCode::kNotFound:
        return "NotFound";
      case absl::StatusCode::kPermissionDenied:
      case absl::StatusCode::kUnauthenticated:
        return "Unauthenticated";
      case absl::StatusCode::kInvalidArgument:
        return "InvalidArgument";
      case absl::StatusCode::kFailedPrecondition:
        return "FailedPrecondition";
      case absl::StatusCode::kUnavailable:
        return "Unavailable";
      case absl::StatusCode::kInternal:
        return "Internal";
      default:
        return "Unknown";
    }
  }();
  return absl::StrCat("alluxio.exception.runtime.", name, "RuntimeException");
}

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
      quoted.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04X", c);
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + '"';
}

// What is worth loading: all of it lies in the under store, not all of it in Alluxio.
bool IsCold(const grpc::file::FileInfo& file) {
  return !file.folder() && file.completed() && file.persisted() && file.inalluxiopercentage() != 100;
}

}  // namespace

LoadJob::LoadJob(const LoadJobEntry& entry, int64_t now_ms)
    : path_(entry.load_path()),
      id_(entry.job_id()),
      user_(entry.user()),
      partial_listing_(entry.partiallisting()),
      start_ms_(now_ms) {
  Apply(entry);
}

LoadJobEntry LoadJob::Entry(proto::journal::PJobState state, int64_t end_ms) const {
  LoadJobEntry entry;
  entry.set_load_path(path_);
  entry.set_state(state);
  if (bandwidth_.has_value()) entry.set_bandwidth(*bandwidth_);
  entry.set_verify(verify_);
  if (!user_.empty()) entry.set_user(user_);
  entry.set_partiallisting(partial_listing_);
  entry.set_job_id(id_);
  if (end_ms > 0) entry.set_end_time(end_ms);
  return entry;
}

void LoadJob::Apply(const LoadJobEntry& entry) {
  const State state = StateOf(entry.state());
  // The journal doesn't tell a verifying job from a running one.
  if (state != State::kRunning || !IsRunning()) state_ = state;
  bandwidth_.reset();
  if (entry.has_bandwidth()) bandwidth_ = entry.bandwidth();
  verify_ = entry.verify();
  end_ms_ = entry.end_time();
}

bool LoadJob::IsHealthy() const {
  return (state_ != State::kFailed && current_failures_ <= kFailureCountLimit) ||
         static_cast<double>(current_failures_) <= kFailureRatioLimit * static_cast<double>(current_blocks_);
}

void LoadJob::EndListing(const absl::StatusOr<Page>& page) {
  listing_ = false;
  if (!page.ok()) return;
  ever_listed_ = true;
  list_after_ = page->last_path;
  listed_ = !page->more;
  int files = 0;
  for (const grpc::file::FileInfo& file : page->files) {
    if (!IsCold(file)) continue;
    ++files;
    for (const grpc::file::FileBlockInfo& info : file.fileblockinfos()) {
      if (!info.blockinfo().locations().empty()) continue;
      Ready& ready = ready_.emplace_back();
      ready.files = std::exchange(files, 0);
      ready.block.set_block_id(info.blockinfo().blockid());
      ready.block.set_length(info.blockinfo().length());
      ready.block.set_ufs_path(file.ufspath());
      ready.block.set_offset_in_file(info.offset());
      ready.block.set_mountid(file.mountid());
    }
  }
  processed_files_ += files;
}

std::vector<Block> LoadJob::NextBatch(size_t count) {
  std::vector<Block> batch;
  if (retry_.size() > kRetryFirst || (listed_ && ready_.empty())) {
    for (; batch.size() < count && !retry_.empty(); retry_.pop_front()) batch.push_back(std::move(retry_.front()));
  }
  for (; batch.size() < count && !ready_.empty(); ready_.pop_front()) {
    Ready& ready = ready_.front();
    processed_files_ += ready.files;
    ++current_blocks_;
    total_bytes_ += ready.block.length();
    batch.push_back(std::move(ready.block));
  }
  return batch;
}

grpc::block::LoadRequest LoadJob::RequestFor(const std::vector<Block>& blocks) const {
  grpc::block::LoadRequest request;
  request.mutable_blocks()->Add(blocks.begin(), blocks.end());
  request.mutable_options()->set_tag(id_);
  request.mutable_options()->set_position_short(false);
  if (bandwidth_.has_value()) request.mutable_options()->set_bandwidth(*bandwidth_);
  if (!user_.empty()) request.mutable_options()->set_user(user_);
  return request;
}

int64_t LoadJob::TakeAnswer(const std::vector<Block>& blocks, const absl::StatusOr<grpc::block::LoadResponse>& answer,
                            int64_t* failures) {
  *failures = 0;
  if (!answer.ok()) {
    // The worker, not the blocks.
    *failures = static_cast<int64_t>(blocks.size());
    for (const Block& block : blocks) {
      if (!IsHealthy() || !Retry(block)) {
        Fail(block, static_cast<int>(answer.status().code()), std::string(answer.status().message()));
      }
    }
    return 0;
  }
  int64_t bytes = 0;
  for (const Block& block : blocks) bytes += block.length();
  if (answer->status() != grpc::block::SUCCESS) {
    for (const grpc::block::BlockStatus& failed : answer->block_status()) {
      // Answers come from afar: only what was asked for counts.
      const auto asked = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) {
        return block.block_id() == failed.block().block_id();
      });
      if (asked == blocks.end()) continue;
      ++*failures;
      bytes -= asked->length();
      if (!IsHealthy() || !failed.retryable() || !Retry(*asked)) Fail(*asked, failed.code(), failed.message());
    }
  }
  loaded_bytes_ += bytes;
  return bytes;
}

bool LoadJob::Retry(const Block& block) {
  if (retry_.size() >= kRetryBlocks) return false;
  retry_.push_back(block);
  ++current_failures_;
  return true;
}

void LoadJob::Fail(const Block& block, int code, const std::string& message) {
  failed_files_.try_emplace(block.ufs_path(), absl::StrCat("Status code: ", code, ", message: ", message));
  ++current_failures_;
  ++current_lost_;
}

void LoadJob::BeginVerification() {
  listed_ = false;
  list_after_.clear();
  earlier_blocks_ += std::exchange(current_blocks_, 0);
  earlier_failures_ += std::exchange(current_failures_, 0);
  current_lost_ = 0;
  state_ = State::kVerifying;
}

std::optional<int64_t> LoadJob::Throughput(int64_t now_ms) const {
  const int64_t seconds = ((end_ms_ > 0 ? end_ms_ : now_ms) - start_ms_) / 1000;
  if (seconds <= 0) return std::nullopt;
  return loaded_bytes_ / seconds;
}

std::optional<int64_t> LoadJob::TotalBytes() const {
  if (partial_listing_ || !ever_listed_) return std::nullopt;
  return total_bytes_;
}

double LoadJob::FailurePercentage() const {
  const int64_t blocks = earlier_blocks_ + current_blocks_;
  if (blocks == 0) return 0;
  return static_cast<double>(earlier_failures_ + current_failures_) / static_cast<double>(blocks) * 100;
}

std::string LoadJob::TextReport(bool verbose, int64_t now_ms) const {
  std::string text = absl::StrCat("\tSettings:\tbandwidth: ");
  if (bandwidth_.has_value()) {
    absl::StrAppend(&text, *bandwidth_);
  } else {
    absl::StrAppend(&text, "unlimited");
  }
  absl::StrAppend(&text, "\tverify: ", verify_ ? "true" : "false", "\n\tJob State: ", NameOf(state_));
  if (!failure_.ok()) absl::StrAppend(&text, " (", ExceptionOf(failure_), ": ", failure_.message(), ")");
  absl::StrAppend(&text, "\n\tFiles Processed: ", processed_files_, "\n\tBytes Loaded: ", SizeText(loaded_bytes_));
  if (const auto total = TotalBytes(); total.has_value()) absl::StrAppend(&text, " out of ", SizeText(*total));
  if (const auto rate = Throughput(now_ms); rate.has_value()) {
    absl::StrAppend(&text, "\n\tThroughput: ", SizeText(*rate), "/s");
  }
  absl::StrAppendFormat(&text, "\n\tBlock load failure rate: %.2f%%\n\tFiles Failed: %d\n", FailurePercentage(),
                        failed_files_.size());
  if (verbose) {
    for (const auto& [file, reason] : failed_files_) absl::StrAppend(&text, "\t\t", file, ": ", reason, "\n");
  }
  return text;
}

// Members in the order, and left out where, the original's fields are.
std::string LoadJob::JsonReport(bool verbose, int64_t now_ms) const {
  std::string json = absl::StrCat("{\"mVerbose\":", verbose ? "true" : "false", ",\"mJobState\":\"", NameOf(state_), "\"");
  if (bandwidth_.has_value()) absl::StrAppend(&json, ",\"mBandwidth\":", *bandwidth_);
  absl::StrAppend(&json, ",\"mVerificationEnabled\":", verify_ ? "true" : "false",
                  ",\"mProcessedFileCount\":", processed_files_, ",\"mLoadedByteCount\":", loaded_bytes_);
  if (const auto total = TotalBytes(); total.has_value()) absl::StrAppend(&json, ",\"mTotalByteCount\":", *total);
  if (const auto rate = Throughput(now_ms); rate.has_value()) absl::StrAppend(&json, ",\"mThroughput\":", *rate);
  absl::StrAppend(&json, ",\"mFailurePercentage\":", java::DoubleText(FailurePercentage()));
  if (!failure_.ok()) absl::StrAppend(&json, ",\"mFailureReason\":{\"message\":", Quoted(failure_.message()), "}");
  absl::StrAppend(&json, ",\"mFailedFileCount\":", failed_files_.size());
  if (verbose && !failed_files_.empty()) {
    absl::StrAppend(&json, ",\"mFailedFilesWithReasons\":{");
    const char* separator = "";
    for (const auto& [file, reason] : failed_files_) {
      absl::StrAppend(&json, std::exchange(separator, ","), Quoted(file), ":", Quoted(reason));
    }
    json.push_back('}');
  }
  json.push_back('}');
  return json;
}

}  // namespace alluxio::master
