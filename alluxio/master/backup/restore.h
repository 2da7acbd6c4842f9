#ifndef ALLUXIO_MASTER_BACKUP_RESTORE_H_
#define ALLUXIO_MASTER_BACKUP_RESTORE_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/base/disk.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::master {

// A file that says that a journal is only part of a backup: there from before the
// first entry until all are durable. Whoever finds it at the start throws journal
// and metastore away.
class RestoreMark {
 public:
  // Lies in `folder`; "": nothing outlives the process, and there is no mark.
  RestoreMark(Disk* disk, const std::string& folder)
      : disk_(disk), folder_(folder), file_(folder.empty() ? "" : folder + "/restoring") {}
  absl::StatusOr<bool> IsSet() const;
  absl::Status Set();
  absl::Status Remove();

 private:
  Disk* const disk_;
  const std::string folder_;
  const std::string file_;
};

// Fills an empty state from the backup at `uri` (of an under store; a local path
// too), durably on return. Before anything else uses the parts. Errors name the
// backup: NOT_FOUND, DATA_LOSS, INVALID_ARGUMENT where an entry does not fit.
absl::Status RestoreBackup(const std::string& uri, const std::map<std::string, std::string>& properties,
                           const ufs::UfsRegistry& registry, StateMachine* state);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_BACKUP_RESTORE_H_
