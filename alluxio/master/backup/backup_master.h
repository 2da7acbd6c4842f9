#ifndef ALLUXIO_MASTER_BACKUP_BACKUP_MASTER_H_
#define ALLUXIO_MASTER_BACKUP_BACKUP_MASTER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/master/call.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/ufs/under_file_system.h"
#include "grpc/meta_master.pb.h"

namespace alluxio::master {

// The calls about backups of MetaMasterClientService. A backup is made of a
// snapshot while the master serves, under its final name only once it is whole
// and durable. One at a time.
//
// Thread-safe. Let the executor run dry before this goes.
class BackupMaster {
 public:
  struct Options {
    StateMachine* state = nullptr;
    Clock* clock = Clock::System();
    Random* random = Random::System();
    // Writes backups: may block.
    Executor* executor = nullptr;
    std::string hostname;
    // Who may have files written on the master's behalf.
    std::function<bool(const std::string& user)> is_superuser;
    // `alluxio.master.backup.directory`: where no folder is named.
    std::string folder;
    const ufs::UfsRegistry* ufs_registry = nullptr;
    // The root's under store: its scheme and authority with a slash behind ("/" of
    // a local one), and its properties.
    struct Root {
      std::string uri;
      std::map<std::string, std::string> properties;
    };
    std::function<Root()> root;
  };

  explicit BackupMaster(Options options) : options_(std::move(options)) {}

  // Answers at once (`runAsync`) or when the backup is made. Errors:
  //   PERMISSION_DENIED    not the superuser.
  //   INVALID_ARGUMENT     the folder is no absolute path.
  //   FAILED_PRECONDITION  one is being made.
  void Backup(const Caller& caller, const grpc::meta::BackupPRequest& request,
              Reply<grpc::meta::BackupPStatus> reply);
  // State `None` of an id that is not known (any more).
  void GetBackupStatus(const Caller& caller, const grpc::meta::BackupStatusPRequest& request,
                       Reply<grpc::meta::BackupPStatus> reply);

  // The last backup that was made by this process; -1: none was.
  struct Last {
    int64_t entries = -1;
    int64_t took_ms = -1;
  };
  Last GetLast() const;

 private:
  absl::Status Write(const std::string& id, const std::string& folder, bool local);
  void Update(const std::string& id, std::function<void(grpc::meta::BackupPStatus&)> change);

  const Options options_;
  mutable Mutex mutex_;
  Last last_ ABSL_GUARDED_BY(mutex_);
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<grpc::meta::BackupPStatus> statuses_ ABSL_GUARDED_BY(mutex_);  // the latest last
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_BACKUP_BACKUP_MASTER_H_
