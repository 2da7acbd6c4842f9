#include "alluxio/master/backup/restore.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/backup/backup_file.h"

namespace alluxio::master {
namespace {

absl::Status WaitForJournal(StateMachine* state) {
  Notification durable;
  absl::Status result;
  state->Commit({}, [&](absl::Status status) {
    result = std::move(status);
    durable.Notify();
  });
  durable.Wait();
  return result;
}

}  // namespace

absl::StatusOr<bool> RestoreMark::IsSet() const {
  if (file_.empty()) return false;
  const auto file = disk_->Open(file_, Disk::Mode::kRead);
  if (absl::IsNotFound(file.status())) return false;
  ALLUXIO_RETURN_IF_ERROR(file.status());
  return true;
}

absl::Status RestoreMark::Set() {
  if (file_.empty()) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(disk_->Open(file_, Disk::Mode::kCreate).status());
  return disk_->SyncDirectory(folder_);
}

absl::Status RestoreMark::Remove() {
  if (file_.empty()) return absl::OkStatus();
  const absl::Status removed = disk_->Unlink(file_);
  if (absl::IsNotFound(removed)) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(removed);
  return disk_->SyncDirectory(folder_);
}

absl::Status RestoreBackup(const std::string& uri, const std::map<std::string, std::string>& properties,
                           const ufs::UfsRegistry& registry, StateMachine* state) {
  const size_t slash = uri.rfind('/');
  if (slash == std::string::npos || slash + 1 == uri.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("alluxio.master.journal.init.from.backup=", uri, " is not the URI of a backup file"));
  }
  const auto annotate = [&](absl::Status status) {
    return status.ok() ? status : Annotate(std::move(status), absl::StrCat("the backup ", uri, " can't be restored"));
  };
  // With its slash where the folder is a store's root.
  const std::string folder = uri.substr(0, slash == 0 || uri[slash - 1] == '/' ? slash + 1 : slash);
  const auto ufs = registry.Create(folder, properties);
  if (!ufs.ok()) return annotate(ufs.status());
  const auto file = (*ufs)->Open(uri.substr(slash + 1));
  if (!file.ok()) return annotate(file.status());
  int64_t committed = 0;
  const absl::StatusOr<int64_t> entries =
      ReadBackup(**file, [&](const proto::journal::JournalEntry& entry) -> absl::Status {
        // Of the journal that it was written from.
        proto::journal::JournalEntry own = entry;
        own.clear_sequence_number();
        own.clear_operationid();
        ALLUXIO_RETURN_IF_ERROR(state->Restore(own));
        constexpr int64_t kStep = 1000;  // bounds what waits for the journal and the store
        if (++committed % kStep != 0) return absl::OkStatus();
        ALLUXIO_RETURN_IF_ERROR(WaitForJournal(state));
        return state->Checkpoint(/*force=*/false);
      });
  if (!entries.ok()) return annotate(entries.status());
  ALLUXIO_RETURN_IF_ERROR(WaitForJournal(state));
  ALLUXIO_LOG(kInfo, "master/backup", "restored ", *entries, " entries from ", uri);
  return absl::OkStatus();
}

}  // namespace alluxio::master
