#ifndef ALLUXIO_MASTER_BACKUP_BACKUP_FILE_H_
#define ALLUXIO_MASTER_BACKUP_BACKUP_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/ufs/under_file_system.h"
#include "proto/journal/journal.pb.h"

// The original's backup: one gzip member; in it journal entries, each after its
// length as a varint, parents before children.
namespace alluxio::master {

// `alluxio-backup-2026-11-22-1795361098501.gz`: the day in UTC, then milliseconds.
std::string BackupFileName(absl::Time now);

// One thread at a time.
class BackupWriter {
 public:
  // `out` outlives it.
  explicit BackupWriter(ufs::UfsWriter* out);
  ~BackupWriter();

  absl::Status Add(const proto::journal::JournalEntry& entry);
  // Ends the member; `out` is still the caller's to close.
  absl::Status Finish();
  int64_t entries() const { return entries_; }

 private:
  struct Streams;
  absl::Status Failed() const;
  const std::unique_ptr<Streams> streams_;
  int64_t entries_ = 0;
};

// Visits the entries of a backup in their order, until one is refused; returns
// their number. DATA_LOSS: it is cut short, damaged or no backup; some entries may
// have been visited by then. Entries of one operation come one by one.
absl::StatusOr<int64_t> ReadBackup(ufs::UfsReader& in,
                                   absl::FunctionRef<absl::Status(const proto::journal::JournalEntry&)> visit);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_BACKUP_BACKUP_FILE_H_
