#ifndef ALLUXIO_UFS_LOCAL_LOCAL_UFS_H_
#define ALLUXIO_UFS_LOCAL_LOCAL_UFS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/ufs/local/local_system.h"
#include "alluxio/ufs/under_file_system.h"

struct stat;

namespace alluxio::ufs {

// Names of users and groups, each looked up at most once a minute; the number
// as text where the host knows none. Thread-safe.
class NameCache {
 public:
  explicit NameCache(const Clock* clock) : clock_(clock) {}
  std::string User(uint32_t uid);
  std::string Group(uint32_t gid);

 private:
  struct Entry {
    std::string name;
    absl::Time until;
  };
  using Names = std::map<uint32_t, Entry>;
  std::string Get(Names& names, uint32_t id, std::string (*look_up)(uint32_t));

  const Clock* const clock_;
  Mutex mutex_;
  Names users_ ABSL_GUARDED_BY(mutex_);
  Names groups_ ABSL_GUARDED_BY(mutex_);
};

// A folder of this host (or a network file system mounted on it).
//
// Every path is looked up below the root's descriptor and can't leave it, by
// openat2 or, on kernels without, name by name. Symbolic links inside are
// followed; links that lead outside are PERMISSION_DENIED, and a listing leaves
// them out, with dangling links and files that are neither regular nor folders.
// The root is compared with its path at each call and opened anew when another
// folder is there, so that a mount that went and came back just works; a missing
// root is UNAVAILABLE.
//
// Files are written under a temporary name beside, made durable (fdatasync, then
// the folder after the rename), and replace a file of that name in one step.
// `Mkdir("")` makes the root itself. Type "local", as in the original.
class LocalUfs final : public UnderFileSystem {
 public:
  struct Options {
    std::string uri;  // "/folder", "file:///folder"
    LocalSystem* system = LocalSystem::Default();
    Random* random = Random::System();
    const Clock* clock = Clock::System();
  };
  // INVALID_ARGUMENT if the URI is not an absolute folder's. The folder need not exist yet.
  static absl::StatusOr<std::shared_ptr<LocalUfs>> Create(Options options);

  absl::string_view type() const override { return "local"; }
  const std::string& uri() const override { return options_.uri; }
  absl::Status CheckRoot() override;
  absl::StatusOr<UfsStatus> Status(absl::string_view path) override;
  absl::Status List(absl::string_view path, absl::FunctionRef<bool(const UfsStatus&)> visit) override;
  absl::StatusOr<std::unique_ptr<UfsWriter>> Create(absl::string_view path, const CreateOptions& options) override;
  absl::StatusOr<std::unique_ptr<UfsReader>> Open(absl::string_view path) override;
  absl::Status Mkdir(absl::string_view path, const MkdirOptions& options) override;
  absl::Status DeleteFile(absl::string_view path) override;
  absl::Status DeleteDirectory(absl::string_view path, bool recursive) override;
  absl::Status Rename(absl::string_view from, absl::string_view to) override;
  absl::Status SetOwner(absl::string_view path, absl::string_view owner, absl::string_view group) override;
  absl::Status SetMode(absl::string_view path, int32_t mode) override;
  absl::StatusOr<Space> GetSpace() override;

 private:
  // The root as it was when it was opened.
  struct Root {
    UniqueFd fd;
    uint64_t device = 0;
    uint64_t inode = 0;
    bool use_openat2 = true;
  };
  using RootPtr = std::shared_ptr<const Root>;
  // The folder of a path, and the path's last name in it.
  struct Place {
    RootPtr root;
    UniqueFd folder;
    std::string name;
  };

  LocalUfs(Options options, std::string root_path);

  absl::StatusOr<RootPtr> OpenRoot();
  absl::Status Unreachable(int error_number) const;
  // The status of a failed call: what the codes of UnderFileSystem ask for.
  absl::Status Failed(int error_number, absl::string_view doing, absl::string_view path);
  absl::StatusOr<UniqueFd> OpenPath(const Root& root, absl::string_view path, int flags, absl::string_view doing);
  // `make_parents`: missing folders on the way are made like `like`, or by the process's umask if it is null.
  absl::StatusOr<Place> OpenPlace(absl::string_view path, bool make_parents, const MkdirOptions* like,
                                  absl::string_view doing);
  absl::Status MakeFolder(int folder, const std::string& name, const MkdirOptions& options, absl::string_view path);
  // The kind and attributes of a name, its link followed inside the root.
  absl::StatusOr<struct stat> StatPlace(const Place& place, absl::string_view path, absl::string_view doing);
  absl::Status SyncDeleted(const Place& place, absl::string_view path);
  UfsStatus ToStatus(const struct stat& attributes, std::string name);

  const Options options_;
  const std::string root_path_;
  NameCache names_;
  Mutex mutex_;
  RootPtr root_ ABSL_GUARDED_BY(mutex_);
};

// Makes `registry` know "/folder" and "file:///folder".
void RegisterLocalUfs(UfsRegistry& registry);

}  // namespace alluxio::ufs

#endif  // ALLUXIO_UFS_LOCAL_LOCAL_UFS_H_
