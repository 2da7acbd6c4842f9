#include "alluxio/master/backup/backup_master.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/backup/backup_file.h"
#include "alluxio/security/permission.h"

namespace alluxio::master {

using grpc::meta::BackupPStatus;

void BackupMaster::Update(const std::string& id, std::function<void(BackupPStatus&)> change) {
  MutexLock lock(&mutex_);
  for (BackupPStatus& status : statuses_) {
    if (status.backupid() == id) change(status);
  }
}

absl::Status BackupMaster::Write(const std::string& id, const std::string& folder, bool local) {
  const Options::Root root = local ? Options::Root{.uri = "file:///"} : options_.root();
  const std::string name = BackupFileName(options_.clock->Now());
  const std::string folder_uri = absl::StrCat(root.uri, absl::StripPrefix(folder, "/"));
  ALLUXIO_ASSIGN_OR_RETURN(const auto ufs, options_.ufs_registry->Create(folder_uri, root.properties));
  if (absl::Status made = ufs->Mkdir("", {}); !made.ok() && !absl::IsAlreadyExists(made)) {
    return Annotate(made, absl::StrCat("Failed to create directory ", folder_uri));
  }
  ALLUXIO_ASSIGN_OR_RETURN(const auto file, ufs->Create(name, {.mode = 0600, .overwrite = false}));
  BackupWriter writer(file.get());
  ALLUXIO_RETURN_IF_ERROR(options_.state->Dump([&](const proto::journal::JournalEntry& entry) {
    constexpr int64_t kTell = 10'000;
    if (writer.entries() % kTell == 0) {
      Update(id, [&](BackupPStatus& status) { status.set_entrycount(writer.entries()); });
    }
    return writer.Add(entry);
  }));
  ALLUXIO_RETURN_IF_ERROR(writer.Finish());
  ALLUXIO_RETURN_IF_ERROR(file->Close().status());
  const std::string uri = ufs->UriOf(name);
  Update(id, [&](BackupPStatus& status) {
    status.set_entrycount(writer.entries());
    status.set_backupuri(uri);
  });
  ALLUXIO_LOG(kInfo, "master/backup", "a backup of ", writer.entries(), " entries is in ", uri);
  return absl::OkStatus();
}

void BackupMaster::Backup(const Caller& caller, const grpc::meta::BackupPRequest& request,
                          Reply<BackupPStatus> reply) {
  if (!options_.is_superuser(caller.user)) return std::move(reply)(security::NotSuperuser(caller.user));
  const std::string folder = request.targetdirectory().empty() ? options_.folder : request.targetdirectory();
  if (!absl::StartsWith(folder, "/") || absl::StrContains(folder, "/../") || absl::EndsWith(folder, "/..")) {
    return std::move(reply)(
        absl::InvalidArgumentError(absl::StrCat("The folder of a backup must be an absolute path, not ", folder)));
  }
  BackupPStatus initial;
  initial.set_backupid(options_.random->NextUuid());
  initial.set_backupstate(grpc::meta::Initiating);
  initial.set_backuphost(options_.hostname);
  initial.set_entrycount(0);
  bool busy;
  {
    MutexLock lock(&mutex_);
    busy = std::exchange(running_, true);
    constexpr size_t kRemembered = 100;
    if (!busy) statuses_.push_back(initial);
    if (statuses_.size() > kRemembered) statuses_.pop_front();
  }
  if (busy) return std::move(reply)(absl::FailedPreconditionError("Backup in progress"));

  const std::string id = initial.backupid();
  const bool async = request.options().runasync();
  const auto shared = std::make_shared<Reply<BackupPStatus>>(std::move(reply));
  const bool accepted = options_.executor->Submit(
      [this, id, folder, shared, async, local = request.options().localfilesystem()] {
        Update(id, [](BackupPStatus& status) { status.set_backupstate(grpc::meta::Running); });
        const absl::Time begun = options_.clock->Now();
        const absl::Status written = Write(id, folder, local);
        const int64_t took_ms = absl::ToInt64Milliseconds(options_.clock->Now() - begun);
        if (!written.ok()) ALLUXIO_LOG(kError, "master/backup", "the backup failed: ", written.ToString());
        BackupPStatus result;
        {
          MutexLock lock(&mutex_);
          running_ = false;
          for (BackupPStatus& status : statuses_) {
            if (status.backupid() != id) continue;
            status.set_backupstate(written.ok() ? grpc::meta::Completed : grpc::meta::Failed);
            if (!written.ok()) status.set_backuperror(std::string(written.message()));
            if (written.ok()) last_ = {.entries = status.entrycount(), .took_ms = took_ms};
            result = status;
          }
        }
        if (async) return;
        if (written.ok()) {
          std::move (*shared)(std::move(result));
        } else {
          std::move (*shared)(written);
        }
      });
  if (!accepted) {
    {
      MutexLock lock(&mutex_);
      running_ = false;
      statuses_.pop_back();
    }
    return std::move (*shared)(absl::ResourceExhaustedError("the master is too busy for a backup"));
  }
  if (async) std::move (*shared)(std::move(initial));
}

BackupMaster::Last BackupMaster::GetLast() const {
  MutexLock lock(&mutex_);
  return last_;
}

void BackupMaster::GetBackupStatus(const Caller& caller, const grpc::meta::BackupStatusPRequest& request,
                                   Reply<BackupPStatus> reply) {
  BackupPStatus answer;
  answer.set_backupid(request.backupid());
  answer.set_backupstate(grpc::meta::None);
  {
    MutexLock lock(&mutex_);
    for (const BackupPStatus& status : statuses_) {
      if (status.backupid() == request.backupid()) answer = status;
    }
  }
  std::move(reply)(std::move(answer));
}

}  // namespace alluxio::master
