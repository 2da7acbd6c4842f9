#ifndef ALLUXIO_SHELL_FS_COMMANDS_H_
#define ALLUXIO_SHELL_FS_COMMANDS_H_

#include "absl/status/statusor.h"
#include "alluxio/shell/command.h"

// The bodies of `alluxio fs COMMAND`, called through the table (fs_table.h).
// They write what the original writes, byte for byte.
namespace alluxio::shell {

// fs_read.cc: what files and directories hold.
absl::StatusOr<int> Cat(Environment& env, const Arguments& args);
absl::StatusOr<int> Checksum(Environment& env, const Arguments& args);
absl::StatusOr<int> Count(Environment& env, const Arguments& args);
absl::StatusOr<int> Du(Environment& env, const Arguments& args);
absl::StatusOr<int> Getfacl(Environment& env, const Arguments& args);
absl::StatusOr<int> Head(Environment& env, const Arguments& args);
absl::StatusOr<int> Help(Environment& env, const Arguments& args);
absl::StatusOr<int> Location(Environment& env, const Arguments& args);
absl::StatusOr<int> Ls(Environment& env, const Arguments& args);
absl::StatusOr<int> StatPath(Environment& env, const Arguments& args);
absl::StatusOr<int> Tail(Environment& env, const Arguments& args);
absl::StatusOr<int> TestPath(Environment& env, const Arguments& args);

// fs_copy.cc: bytes in and out.
absl::StatusOr<int> CopyFromLocal(Environment& env, const Arguments& args);
absl::StatusOr<int> CopyToLocal(Environment& env, const Arguments& args);
absl::StatusOr<int> Cp(Environment& env, const Arguments& args);
absl::StatusOr<int> DistributedCp(Environment& env, const Arguments& args);
absl::StatusOr<int> Load(Environment& env, const Arguments& args);
absl::StatusOr<int> Touch(Environment& env, const Arguments& args);

// fs_load.cc: `load` with other options than --local.
absl::StatusOr<int> LoadJob(Environment& env, const Arguments& args);

// fs_sync.cc: `loadMetadata` with -v2 or -o; what may stand together.
absl::Status CheckLoadMetadata(const Arguments& args);
absl::StatusOr<int> SyncMetadata(Environment& env, const Arguments& args);

// fs_change.cc: names and attributes.
absl::StatusOr<int> Chgrp(Environment& env, const Arguments& args);
absl::StatusOr<int> Chmod(Environment& env, const Arguments& args);
absl::StatusOr<int> Chown(Environment& env, const Arguments& args);
absl::StatusOr<int> Free(Environment& env, const Arguments& args);
absl::StatusOr<int> Mkdir(Environment& env, const Arguments& args);
absl::StatusOr<int> Mv(Environment& env, const Arguments& args);
absl::StatusOr<int> Persist(Environment& env, const Arguments& args);
absl::StatusOr<int> Pin(Environment& env, const Arguments& args);
absl::StatusOr<int> Rm(Environment& env, const Arguments& args);
absl::StatusOr<int> SetReplication(Environment& env, const Arguments& args);
absl::StatusOr<int> SetTtl(Environment& env, const Arguments& args);
absl::StatusOr<int> Setfacl(Environment& env, const Arguments& args);
absl::StatusOr<int> Unpin(Environment& env, const Arguments& args);
absl::StatusOr<int> UnsetTtl(Environment& env, const Arguments& args);

// fs_cluster.cc: mounts, the under store, the cluster.
absl::StatusOr<int> CheckConsistency(Environment& env, const Arguments& args);
absl::StatusOr<int> FreeWorker(Environment& env, const Arguments& args);
absl::StatusOr<int> GetCapacityBytes(Environment& env, const Arguments& args);
absl::StatusOr<int> GetSyncPathList(Environment& env, const Arguments& args);
absl::StatusOr<int> GetUsedBytes(Environment& env, const Arguments& args);
absl::StatusOr<int> Leader(Environment& env, const Arguments& args);
absl::StatusOr<int> LoadMetadata(Environment& env, const Arguments& args);
absl::StatusOr<int> MasterInfo(Environment& env, const Arguments& args);
absl::StatusOr<int> MountUfs(Environment& env, const Arguments& args);
absl::StatusOr<int> NeedsSync(Environment& env, const Arguments& args);
absl::StatusOr<int> StartSync(Environment& env, const Arguments& args);
absl::StatusOr<int> StopSync(Environment& env, const Arguments& args);
absl::StatusOr<int> SyncDirNextTime(Environment& env, const Arguments& args);
absl::StatusOr<int> UnmountUfs(Environment& env, const Arguments& args);
absl::StatusOr<int> UpdateMount(Environment& env, const Arguments& args);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_FS_COMMANDS_H_
