#include "alluxio/master/process/known_workers.h"

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/crc32c.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::master {
namespace {

// "<count> <CRC-32C of the count's digits>\n"
std::string Encode(int count) {
  const std::string digits = absl::StrCat(count);
  return absl::StrCat(digits, " ", absl::Hex(Crc32c(digits), absl::kZeroPad8), "\n");
}

// -1 of what Encode has not written.
int Decode(absl::string_view content) {
  int count = 0;
  const std::vector<absl::string_view> parts = absl::StrSplit(content, absl::MaxSplits(' ', 1));
  if (!absl::SimpleAtoi(parts[0], &count) || count < 0 || Encode(count) != content) return -1;
  return count;
}

}  // namespace

int KnownWorkers::Read() {
  if (file_.empty()) return 0;
  const absl::StatusOr<std::string> content = disk_->ReadAll(file_);
  stored_ = content.ok() ? Decode(*content) : -1;
  return stored_ > 0 ? stored_ : 0;
}

absl::Status KnownWorkers::Write(int count) {
  if (file_.empty() || count == stored_) return absl::OkStatus();
  const std::string folder = file_.substr(0, file_.rfind('/'));
  const std::string fresh = absl::StrCat(file_, ".new");
  ALLUXIO_RETURN_IF_ERROR(disk_->CreateDirectories(folder));
  disk_->Unlink(fresh).IgnoreError();  // of a master that died here
  {
    ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<DiskFile> file, disk_->Open(fresh, Disk::Mode::kCreate));
    ALLUXIO_RETURN_IF_ERROR(file->Write(0, Encode(count)));
    ALLUXIO_RETURN_IF_ERROR(file->SyncData());
  }
  ALLUXIO_RETURN_IF_ERROR(disk_->Rename(fresh, file_));
  stored_ = count;
  return disk_->SyncDirectory(folder);
}

absl::Status KnownWorkers::Remove(Disk& disk, const std::string& file) {
  if (file.empty()) return absl::OkStatus();
  const absl::Status removed = disk.Unlink(file);
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

}  // namespace alluxio::master
