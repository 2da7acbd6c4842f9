#include "testing/crash/crash_client.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>

#include "alluxio/base/status_macros.h"
#include "testing/crash/crash_servers.h"

namespace alluxio::test {
namespace {

using client::FileSystem;
using client::UriStatus;
using client::WriteType;

constexpr size_t kFilesPerClient = 24;

}  // namespace

std::string ContentOf(const CrashFile& file) {
  std::string content(static_cast<size_t>(file.length), '\0');
  uint64_t state = file.seed | 1;
  for (size_t i = 0; i < content.size(); i += 8) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    std::memcpy(&content[i], &state, std::min<size_t>(8, content.size() - i));
  }
  return content;
}

absl::Status Wrong(absl::string_view what, const std::string& path, const absl::Status& status) {
  return absl::DataLossError(absl::StrCat(path, ": ", what, status.ok() ? "" : ": ", status.ToString()));
}

void CrashClient::Work(FileSystem& fs, const std::atomic<bool>& stop, std::atomic<int64_t>* acknowledged) {
  while (!stop) {
    const absl::Status done = Step(fs);
    if (!done.ok()) {
      error_ = done;
      return;
    }
    ++*acknowledged;
  }
}

void CrashClient::WorkOnErrors(FileSystem& fs, const std::atomic<bool>& stop, std::atomic<int64_t>* acknowledged) {
  CrashLoopReport ignored;
  while (!stop) {
    const absl::Status done = Step(fs);
    if (done.ok()) {
      ++*acknowledged;
      continue;
    }
    error_ = done;
    if (absl::IsDataLoss(done) || ++errors_ > 3) break;
    const std::optional<Unknown> kept = unknown_;
    if (!Settle(fs, &ignored).ok()) {
      unknown_ = kept;
      break;
    }
  }
  errors_ = 0;
}

absl::Status CrashClient::Settle(FileSystem& fs, CrashLoopReport* report) {
  error_ = absl::OkStatus();
  if (!unknown_.has_value()) return absl::OkStatus();
  const Unknown op = *std::exchange(unknown_, std::nullopt);
  ++report->unknown;
  // A change of a persisted file is one in the under store, then one in the
  // journal. A death in between shows until the next sync, as in the original.
  for (const std::string& path : {op.source, op.target}) {
    if (!path.empty()) fs.GetStatus(path, {.sync_interval_ms = 0}).status().IgnoreError();
  }
  if (op.mode.has_value()) {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(op.source));
    if (status.mode == *op.mode) {
      files_.at(op.source).mode = op.mode;
      ++report->unknown_done;
    }
    return absl::OkStatus();
  }
  if (op.target.empty()) {
    ALLUXIO_ASSIGN_OR_RETURN(const bool there, fs.Exists(op.source));
    if (op.file.has_value()) return SettleWrite(fs, op, there, report);
    if (!there) {
      files_.erase(op.source);
      ++report->unknown_done;
    }
    return absl::OkStatus();  // what is still there is checked with the others
  }
  ALLUXIO_ASSIGN_OR_RETURN(const bool before, fs.Exists(op.source));
  ALLUXIO_ASSIGN_OR_RETURN(const bool after, fs.Exists(op.target));
  if (before == after) return Wrong(before ? "is there under both names" : "is gone from both names", op.source);
  if (after) {
    Rename(op.source, op.target);
    ++report->unknown_done;
  }
  return absl::OkStatus();
}

absl::Status CrashClient::RemoveEvicted(FileSystem& fs, CrashLoopReport* report) {
  for (auto it = files_.begin(); it != files_.end();) {
    const auto& [path, file] = *it;
    if (file.type == WriteType::kMustCache && file.length > 0) {
      const auto status = fs.GetStatus(path);
      if (status.ok() && status->in_alluxio_percentage < 100) {
        ALLUXIO_RETURN_IF_ERROR(fs.Delete(path));
        ++report->evicted;
        it = files_.erase(it);
        continue;
      }
    }
    ++it;
  }
  return absl::OkStatus();
}

absl::Status CrashClient::Check(FileSystem& fs, std::set<int64_t>* blocks, CrashLoopReport* report) const {
  const auto listing = fs.ListStatus(folder_);
  if (!listing.ok()) return Wrong("can't be listed", folder_, listing.status());
  std::set<std::string> listed;
  for (const UriStatus& status : *listing) {
    listed.insert(status.path);
    const auto known = files_.find(status.path);
    if (known == files_.end()) return Wrong("is there, though it was never made, or was removed", status.path);
    ALLUXIO_RETURN_IF_ERROR(CheckFile(fs, status, known->second, report));
    blocks->insert(status.block_ids.begin(), status.block_ids.end());
  }
  for (const auto& [path, file] : files_) {
    if (listed.count(path) == 0) return Wrong("was acknowledged and is lost", path);
  }
  return absl::OkStatus();
}

absl::Status CrashClient::CheckFile(FileSystem& fs, const UriStatus& status, const CrashFile& file,
                                    CrashLoopReport* report) {
  if (!status.completed) return Wrong("was acknowledged as complete, and is open", status.path);
  if (status.length != file.length) {
    return Wrong(absl::StrCat("has ", status.length, " bytes instead of ", file.length), status.path);
  }
  if (file.type == WriteType::kCacheThrough && !status.persisted) return Wrong("is not persisted", status.path);
  if (file.mode.has_value() && status.mode != *file.mode) {
    return Wrong(absl::StrCat("has mode ", status.mode, " instead of ", *file.mode), status.path);
  }
  const std::string expected = ContentOf(file);
  std::string content(expected.size(), '\0');
  const auto in = fs.OpenFile(status);
  if (!in.ok()) return Annotate(in.status(), status.path + " can't be opened");
  const auto n = (*in)->ReadAt(0, std::as_writable_bytes(std::span(content.data(), content.size())));
  if (!n.ok()) return Annotate(n.status(), status.path + " can't be read");
  if (*n != expected.size() || content != expected) {
    const size_t at = static_cast<size_t>(
        std::mismatch(content.begin(), content.end(), expected.begin()).first - content.begin());
    return Wrong(absl::StrCat("has a wrong byte at ", at, " of ", expected.size(), " (", *n, " were read)"),
                 status.path);
  }
  ++report->checked_files;
  report->checked_bytes += file.length;
  return absl::OkStatus();
}

absl::Status CrashClient::SettleWrite(FileSystem& fs, const Unknown& op, bool there, CrashLoopReport* report) {
  if (!there) return absl::OkStatus();
  ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(op.source));
  if (status.completed) {
    files_[op.source] = *op.file;  // and so it is checked with the others
    ++report->unknown_done;
    return absl::OkStatus();
  }
  ++report->left_open;
  const absl::Status removed = fs.Delete(op.source);
  return removed.ok() ? removed : Wrong("was left open and can't be removed", op.source, removed);
}

absl::Status CrashClient::Step(FileSystem& fs) {
  const uint64_t kind = random_->Next() % 9;
  if (files_.size() < 2 || (kind < 4 && files_.size() < kFilesPerClient)) return Write(fs);
  const auto file = std::next(files_.begin(), static_cast<ptrdiff_t>(random_->Next() % files_.size()));
  const std::string path = file->first;
  if (kind < 6) {
    unknown_ = {.source = path};
    ALLUXIO_RETURN_IF_ERROR(Annotate(fs.Delete(path), absl::StrCat("removing ", path)));
    unknown_.reset();
    files_.erase(path);
  } else if (kind == 6) {
    const std::string target = NewPath();
    unknown_ = {.source = path, .target = target};
    ALLUXIO_RETURN_IF_ERROR(Annotate(fs.Rename(path, target), absl::StrCat("renaming ", path)));
    unknown_.reset();
    Rename(path, target);
  } else if (kind == 7) {
    const uint32_t mode = file->second.mode == 0600u ? 0640 : 0600;
    unknown_ = {.source = path, .mode = mode};
    ALLUXIO_RETURN_IF_ERROR(Annotate(fs.SetAttribute(path, {.mode = mode}), absl::StrCat("chmod of ", path)));
    unknown_.reset();
    file->second.mode = mode;
  } else {
    CrashLoopReport ignored;
    const auto status = fs.GetStatus(path);
    ALLUXIO_RETURN_IF_ERROR(Annotate(status.status(), absl::StrCat("looking at ", path)));
    return CheckFile(fs, *status, file->second, &ignored);
  }
  return absl::OkStatus();
}

absl::Status CrashClient::Write(FileSystem& fs) {
  static constexpr WriteType types[] = {WriteType::kMustCache, WriteType::kMustCache, WriteType::kCacheThrough,
                                        WriteType::kAsyncThrough};
  const std::string path = NewPath();
  const uint64_t size = random_->Next();
  const CrashFile file{.seed = random_->Next(),
                  .length = static_cast<int64_t>(size % 4 == 0 ? size / 4 % (3 * kCrashBlockBytes) : size / 4 % 5000),
                  .type = types[random_->Next() % std::size(types)]};
  unknown_ = {.source = path, .file = file};
  const auto write = [&]() -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const auto out, fs.CreateFile(path, {.recursive = true, .write_type = file.type}));
    const std::string content = ContentOf(file);
    if (absl::Status written = out->Write(absl::string_view(content)); !written.ok()) {
      out->Cancel().IgnoreError();  // the first error counts
      return written;
    }
    return out->Close();
  };
  ALLUXIO_RETURN_IF_ERROR(Annotate(write(), absl::StrCat("writing ", path)));
  unknown_.reset();
  files_[path] = file;
  return absl::OkStatus();
}

}  // namespace alluxio::test
