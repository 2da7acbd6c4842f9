#ifndef ALLUXIO_CLIENT_FILE_FILE_SYSTEM_H_
#define ALLUXIO_CLIENT_FILE_FILE_SYSTEM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/client/context.h"
#include "alluxio/client/file/file_in_stream.h"
#include "alluxio/client/file/file_out_stream.h"
#include "alluxio/client/file/options.h"
#include "alluxio/client/types.h"

namespace alluxio::client {

// The file system as users see it: what every other client (shell, FUSE, proxy)
// is built on. Mirrors `alluxio.client.file.FileSystem`.
//
// A path is absolute ("/a/b"), or a URI: of alluxio:// only the path part is
// used, any other scheme goes to the master whole, which finds it in the mount
// table. Errors have the master's code and text (PROTOCOL section 6); calls are
// retried as section 20 says, each under one operation id.
//
// Thread-safe. Streams outlive it.
class FileSystem {
 public:
  // See ClientContext::Create for the errors.
  static absl::StatusOr<std::unique_ptr<FileSystem>> Create(const conf::Configuration& conf);
  static std::unique_ptr<FileSystem> Create(std::shared_ptr<ClientContext> context);

  virtual ~FileSystem() = default;

  virtual const conf::Configuration& conf() const = 0;
  virtual const std::shared_ptr<ClientContext>& context() const = 0;

  virtual absl::StatusOr<std::unique_ptr<FileOutStream>> CreateFile(absl::string_view path,
                                                                    const CreateFileOptions& options = {}) = 0;
  // Errors besides the master's:
  //   INVALID_ARGUMENT     a directory.
  //   FAILED_PRECONDITION  the file is not complete yet.
  virtual absl::StatusOr<std::unique_ptr<FileInStream>> OpenFile(absl::string_view path,
                                                                 const OpenFileOptions& options = {}) = 0;
  // Without a GetStatus: for a status that a listing gave.
  virtual absl::StatusOr<std::unique_ptr<FileInStream>> OpenFile(const UriStatus& status,
                                                                 const OpenFileOptions& options = {}) = 0;

  virtual absl::StatusOr<UriStatus> GetStatus(absl::string_view path, const GetStatusOptions& options = {}) = 0;
  virtual absl::StatusOr<std::vector<UriStatus>> ListStatus(absl::string_view path,
                                                            const ListStatusOptions& options = {}) = 0;
  // Calls `visit` for each entry as it arrives, in the calling thread; it may
  // have been called before an error is returned. Not retried after the first one.
  virtual absl::Status IterateStatus(absl::string_view path, const ListStatusOptions& options,
                                     absl::FunctionRef<void(const UriStatus&)> visit) = 0;
  virtual absl::StatusOr<ListStatusPartialResult> ListStatusPartial(absl::string_view path,
                                                                    const ListStatusPartialOptions& options) = 0;
  virtual absl::StatusOr<bool> Exists(absl::string_view path, const ExistsOptions& options = {}) = 0;

  virtual absl::Status CreateDirectory(absl::string_view path, const CreateDirectoryOptions& options = {}) = 0;
  virtual absl::Status Delete(absl::string_view path, const DeleteOptions& options = {}) = 0;
  virtual absl::Status Rename(absl::string_view source, absl::string_view destination,
                              const RenameOptions& options = {}) = 0;
  virtual absl::Status Free(absl::string_view path, const FreeOptions& options = {}) = 0;
  virtual absl::Status SetAttribute(absl::string_view path, const SetAttributeOptions& options) = 0;
  virtual absl::Status SetAcl(absl::string_view path, SetAclAction action, const std::vector<AclEntry>& entries,
                              const SetAclOptions& options = {}) = 0;
  // `bits` as the last digit of a mode: 4 read, 2 write, 1 execute.
  virtual absl::Status CheckAccess(absl::string_view path, uint32_t bits) = 0;
  // The paths that differ from the under store.
  virtual absl::StatusOr<std::vector<std::string>> CheckConsistency(absl::string_view path) = 0;
  // Schedules the file's persistence; `persistence_state` tells when it is done.
  virtual absl::Status Persist(absl::string_view path, const PersistOptions& options = {}) = 0;
  // Loads what the under store has and Alluxio doesn't know yet. `forced`: what
  // Alluxio knows is compared with the under store as well.
  virtual absl::Status LoadMetadata(absl::string_view path, bool recursive = false, bool forced = false) = 0;
  virtual absl::Status NeedsSync(absl::string_view path) = 0;

  virtual absl::Status Mount(absl::string_view path, absl::string_view ufs_uri, const MountOptions& options = {}) = 0;
  virtual absl::Status UpdateMount(absl::string_view path, const MountOptions& options) = 0;
  virtual absl::Status Unmount(absl::string_view path) = 0;
  // By Alluxio path. With `check_ufs` the under store is asked for its type and space.
  virtual absl::StatusOr<std::map<std::string, MountPointInfo>> GetMountTable(bool check_ufs = true) = 0;
  virtual absl::Status UpdateUfsMode(absl::string_view ufs_uri, UfsMode mode) = 0;
  virtual absl::StatusOr<std::string> ReverseResolve(absl::string_view ufs_uri) = 0;
  virtual absl::StatusOr<std::string> GetFilePath(int64_t file_id) = 0;

  virtual absl::Status StartSync(absl::string_view path) = 0;
  virtual absl::Status StopSync(absl::string_view path) = 0;
  struct SyncPoint {
    std::string uri;
    std::string status;  // Not_Initially_Synced, Syncing, Initially_Synced
  };
  virtual absl::StatusOr<std::vector<SyncPoint>> GetSyncPathList() = 0;
  virtual absl::StatusOr<std::vector<std::string>> GetStateLockHolders() = 0;

  // The live workers that hold blocks of the file, host names, each once.
  virtual absl::StatusOr<std::vector<std::string>> GetBlockHosts(absl::string_view path) = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_FILE_SYSTEM_H_
