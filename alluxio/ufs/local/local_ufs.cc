#include "alluxio/ufs/local/local_ufs.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/user_name.h"

namespace alluxio::ufs {
namespace {

constexpr size_t kMaxCachedNames = 10'000;
constexpr absl::Duration kNameLifetime = absl::Minutes(1);

// Calls `get(buffer, size)` with ever more room until it answers something else than ERANGE.
template <typename Get>
void WithRoom(Get get) {
  for (size_t size = 1024; size <= size_t{1} << 20; size *= 4) {
    std::vector<char> buffer(size);
    if (get(buffer.data(), buffer.size()) != ERANGE) return;
  }
}

std::string LookUpUser(uint32_t uid) { return UserNameOf(uid).value_or(absl::StrCat(uid)); }

std::string LookUpGroup(uint32_t gid) {
  std::string name = absl::StrCat(gid);
  WithRoom([&](char* buffer, size_t size) {
    group entry, *found = nullptr;
    const int error = ::getgrgid_r(gid, &entry, buffer, size, &found);
    if (found != nullptr) name = found->gr_name;
    return error;
  });
  return name;
}

constexpr uint32_t kUnchanged = static_cast<uint32_t>(-1);

// The number of a name, or of a number as text; kUnchanged for "".
absl::StatusOr<uint32_t> UserId(const std::string& name) {
  uint32_t id = kUnchanged;
  if (name.empty()) return id;
  WithRoom([&](char* buffer, size_t size) {
    passwd entry, *found = nullptr;
    const int error = ::getpwnam_r(name.c_str(), &entry, buffer, size, &found);
    if (found != nullptr) id = found->pw_uid;
    return error;
  });
  if (id != kUnchanged || absl::SimpleAtoi(name, &id)) return id;
  return absl::InvalidArgumentError(absl::StrCat("User \"", name, "\" is not known on this host."));
}

absl::StatusOr<uint32_t> GroupId(const std::string& name) {
  uint32_t id = kUnchanged;
  if (name.empty()) return id;
  WithRoom([&](char* buffer, size_t size) {
    group entry, *found = nullptr;
    const int error = ::getgrnam_r(name.c_str(), &entry, buffer, size, &found);
    if (found != nullptr) id = found->gr_gid;
    return error;
  });
  if (id != kUnchanged || absl::SimpleAtoi(name, &id)) return id;
  return absl::InvalidArgumentError(absl::StrCat("Group \"", name, "\" is not known on this host."));
}

// Gives a new file its owner as far as this process may: failures are ignored, as in the original.
void TryChown(int fd, const std::string& owner, const std::string& group) {
  const absl::StatusOr<uint32_t> uid = UserId(owner);
  const absl::StatusOr<uint32_t> gid = GroupId(group);
  const uint32_t user = uid.ok() ? *uid : kUnchanged;
  const uint32_t members = gid.ok() ? *gid : kUnchanged;
  if (user == kUnchanged && members == kUnchanged) return;
  if (::fchown(fd, user, members) != 0) return;
}

// The store itself failed, not the path: a disk that broke, a server that does not answer.
bool IsStoreFailure(int error_number) {
  switch (error_number) {
    case EIO:
    case ENXIO:
    case ENODEV:
    case ESTALE:
    case EREMOTEIO:
    case ENOTCONN:
    case ETIMEDOUT:
    case ECONNREFUSED:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN: return true;
    default: return false;
  }
}

// Makes a folder's entries durable. Not every file system can sync a folder, nor every descriptor (O_PATH).
int SyncFolder(LocalSystem& system, int folder) {
  if (system.Fsync(folder) == 0 || errno == EBADF || errno == EINVAL) return 0;
  return -1;
}

// The names in a folder, unsorted; takes the descriptor. False, with errno, if it can't be read.
bool ReadNames(UniqueFd folder, std::vector<std::string>* names) {
  DIR* const stream = ::fdopendir(folder.get());
  if (stream == nullptr) return false;
  folder.Release();
  errno = 0;
  while (const dirent* const entry = ::readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names->emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(stream);
  errno = error;
  return error == 0;
}

// Deletes `name` and all below it, following no link. What vanishes meanwhile is no error.
bool RemoveTree(int parent, const char* name) {
  if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) return true;
  if (errno != EISDIR && errno != EPERM) return false;
  UniqueFd folder(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) return errno == ENOENT;
  std::vector<std::string> names;
  UniqueFd reading(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0));
  if (!reading.valid() || !ReadNames(std::move(reading), &names)) return false;
  for (const std::string& child : names) {
    if (!RemoveTree(folder.get(), child.c_str())) return false;
  }
  return ::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

class Reader final : public UfsReader {
 public:
  Reader(LocalSystem* system, UniqueFd fd, int64_t length_bytes, std::string uri)
      : system_(system), fd_(std::move(fd)), length_bytes_(length_bytes), uri_(std::move(uri)) {}

  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) override {
    if (offset < 0) return absl::InvalidArgumentError(absl::StrCat("reading ", uri_, ": negative offset ", offset));
    size_t done = 0;
    while (done < buffer.size()) {
      const ssize_t n = system_->Pread(fd_.get(), buffer.data() + done, buffer.size() - done,
                                       static_cast<off_t>(offset) + static_cast<off_t>(done));
      if (n == 0) break;
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return absl::UnavailableError(ErrnoStatus(errno, absl::StrCat("reading ", uri_)).message());
      done += static_cast<size_t>(n);
    }
    return done;
  }
  int64_t length_bytes() const override { return length_bytes_; }

 private:
  LocalSystem* const system_;
  const UniqueFd fd_;
  const int64_t length_bytes_;
  const std::string uri_;
};

int64_t ModifiedMillis(const struct stat& attributes) {
  return int64_t{attributes.st_mtim.tv_sec} * 1000 + attributes.st_mtim.tv_nsec / 1'000'000;
}

class Writer final : public UfsWriter {
 public:
  Writer(LocalSystem* system, UniqueFd folder, std::string name, UnderFileSystem::CreateOptions options,
         std::string uri)
      : system_(system),
        folder_(std::move(folder)),
        name_(std::move(name)),
        options_(std::move(options)),
        uri_(std::move(uri)) {}
  ~Writer() override {
    if (!temporary_.empty()) ::unlinkat(folder_.get(), temporary_.c_str(), 0);
  }

  // Makes the temporary file.
  absl::Status Start(Random& random) {
    for (int i = 0; i < 10; ++i) {
      std::string name = TemporaryName(name_, random.Next());
      fd_ = UniqueFd(::openat(folder_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (fd_.valid()) {
        temporary_ = std::move(name);
        return absl::OkStatus();
      }
      if (errno != EEXIST) break;
    }
    return Error(errno, "creating ");
  }

  absl::Status Write(absl::string_view bytes) override {
    ALLUXIO_RETURN_IF_ERROR(error_);
    while (!bytes.empty()) {
      const ssize_t n = system_->Write(fd_.get(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return error_ = Error(errno, "writing ");
      bytes.remove_prefix(static_cast<size_t>(n));
      bytes_written_ += n;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Close() override {
    ALLUXIO_RETURN_IF_ERROR(error_);
    error_ = absl::FailedPreconditionError(absl::StrCat(uri_, " is closed."));
    TryChown(fd_.get(), options_.owner, options_.group);
    if (::fchmod(fd_.get(), static_cast<mode_t>(options_.mode & 0777)) != 0 && errno != EPERM) {
      return Error(errno, "setting the mode of ");
    }
    if (system_->Fdatasync(fd_.get()) != 0) return Error(errno, "syncing ");
    struct stat attributes;
    if (::fstat(fd_.get(), &attributes) != 0) return Error(errno, "closing ");
    if (system_->Rename(folder_.get(), temporary_.c_str(), folder_.get(), name_.c_str(), options_.overwrite) != 0) {
      return Error(errno, "renaming to ");
    }
    temporary_.clear();
    if (SyncFolder(*system_, folder_.get()) != 0) return Error(errno, "syncing the folder of ");
    return ApproximateContentHash(attributes.st_size, ModifiedMillis(attributes));
  }
  int64_t bytes_written() const override { return bytes_written_; }

 private:
  absl::Status Error(int error_number, absl::string_view doing) const {
    const absl::Status status = ErrnoStatus(error_number, absl::StrCat(doing, uri_));
    if (IsStoreFailure(error_number)) return absl::UnavailableError(status.message());
    return status;
  }

  LocalSystem* const system_;
  const UniqueFd folder_;
  const std::string name_;
  const UnderFileSystem::CreateOptions options_;
  const std::string uri_;
  UniqueFd fd_;
  std::string temporary_;  // "" when there is none to delete
  int64_t bytes_written_ = 0;
  absl::Status error_;
};

}  // namespace

std::string NameCache::Get(Names& names, uint32_t id, std::string (*look_up)(uint32_t)) {
  const absl::Time now = clock_->Now();
  {
    MutexLock lock(&mutex_);
    const auto it = names.find(id);
    if (it != names.end() && now < it->second.until) return it->second.name;
  }
  std::string name = look_up(id);
  MutexLock lock(&mutex_);
  if (names.size() >= kMaxCachedNames) names.clear();
  names[id] = {name, now + kNameLifetime};
  return name;
}
std::string NameCache::User(uint32_t uid) { return Get(users_, uid, LookUpUser); }
std::string NameCache::Group(uint32_t gid) { return Get(groups_, gid, LookUpGroup); }

absl::StatusOr<std::shared_ptr<LocalUfs>> LocalUfs::Create(Options options) {
  absl::string_view path = options.uri;
  if (absl::StartsWith(path, "file:///")) {
    path.remove_prefix(7);
  } else if (absl::StartsWith(path, "file:/") && !absl::StartsWith(path, "file://")) {
    path.remove_prefix(5);
  }
  if (!absl::StartsWith(path, "/") || path.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", options.uri, "\" is not a local folder: write /folder or file:///folder."));
  }
  std::string root(path);
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  options.uri = absl::StrCat(options.uri.substr(0, options.uri.size() - path.size()), root == "/" ? "" : root);
  return std::shared_ptr<LocalUfs>(new LocalUfs(std::move(options), std::move(root)));
}

LocalUfs::LocalUfs(Options options, std::string root_path)
    : options_(std::move(options)), root_path_(std::move(root_path)), names_(options_.clock) {}

absl::Status LocalUfs::Unreachable(int error_number) const {
  std::string about;
  struct stat attributes;
  if (::stat(root_path_.c_str(), &attributes) == 0) {
    about = absl::StrFormat(" (owner %s, group %s, mode %04o)", LookUpUser(attributes.st_uid),
                            LookUpGroup(attributes.st_gid), attributes.st_mode & 07777);
  }
  return absl::UnavailableError(absl::StrCat("The under store's folder ", root_path_, about, " can't be used by user ",
                                             LookUpUser(::geteuid()), " (uid ", ::geteuid(),
                                             "): ", std::generic_category().message(error_number),
                                             ". Check that it is there, mounted and accessible on this host."));
}

absl::StatusOr<LocalUfs::RootPtr> LocalUfs::OpenRoot() {
  struct stat attributes;
  if (::stat(root_path_.c_str(), &attributes) != 0) return Unreachable(errno);
  if (!S_ISDIR(attributes.st_mode)) return Unreachable(ENOTDIR);
  {
    MutexLock lock(&mutex_);
    if (root_ != nullptr && root_->device == attributes.st_dev && root_->inode == attributes.st_ino) return root_;
  }
  auto root = std::make_shared<Root>();
  root->fd = UniqueFd(::open(root_path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root->fd.valid() || ::fstat(root->fd.get(), &attributes) != 0) return Unreachable(errno);
  root->device = attributes.st_dev;
  root->inode = attributes.st_ino;
  const UniqueFd probe(options_.system->OpenAt2(root->fd.get(), ".", O_PATH | O_CLOEXEC));
  root->use_openat2 = probe.valid() || (errno != ENOSYS && errno != EPERM);
  MutexLock lock(&mutex_);
  root_ = root;
  return root;
}

absl::Status LocalUfs::Failed(int error_number, absl::string_view doing, absl::string_view path) {
  const std::string what = absl::StrCat(doing, " ", UriOf(path));
  if (error_number == EXDEV) {
    return absl::PermissionDeniedError(absl::StrCat(what, ": the path leads outside of the under store."));
  }
  if (IsStoreFailure(error_number)) {
    return absl::UnavailableError(ErrnoStatus(error_number, what).message());
  }
  if (error_number == ENOENT || error_number == EACCES) {
    // Perhaps it is not the path that is gone or closed, but all of the store.
    ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
    if (error_number == EACCES && ::faccessat(root->fd.get(), ".", X_OK, AT_EACCESS) != 0) return Unreachable(errno);
  }
  return ErrnoStatus(error_number, what);
}

absl::StatusOr<UniqueFd> LocalUfs::OpenPath(const Root& root, absl::string_view path, int flags,
                                            absl::string_view doing) {
  UniqueFd fd(OpenBeneath(*options_.system, root.use_openat2, root.fd.get(), std::string(path), flags));
  if (fd.valid()) return fd;
  // A file on the way: what was asked for is not there.
  return Failed(errno == ENOTDIR && (flags & O_DIRECTORY) == 0 ? ENOENT : errno, doing, path);
}

absl::Status LocalUfs::CheckRoot() {
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  const UniqueFd listing(::openat(root->fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listing.valid()) return Unreachable(errno);
  if (::faccessat(root->fd.get(), ".", R_OK | X_OK, AT_EACCESS) != 0) return Unreachable(errno);
  return absl::OkStatus();
}

UfsStatus LocalUfs::ToStatus(const struct stat& attributes, std::string name) {
  UfsStatus status;
  status.name = std::move(name);
  status.is_directory = S_ISDIR(attributes.st_mode);
  status.modified_ms = ModifiedMillis(attributes);
  status.owner = names_.User(attributes.st_uid);
  status.group = names_.Group(attributes.st_gid);
  status.mode = static_cast<int32_t>(attributes.st_mode & 0777);
  if (!status.is_directory) {
    status.length_bytes = attributes.st_size;
    status.content_hash = ApproximateContentHash(status.length_bytes, status.modified_ms);
  }
  return status;
}

absl::StatusOr<UfsStatus> LocalUfs::Status(absl::string_view path) {
  ALLUXIO_RETURN_IF_ERROR(CheckPath(path));
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, OpenPath(*root, path, O_PATH, "looking up"));
  struct stat attributes;
  if (::fstat(fd.get(), &attributes) != 0) return Failed(errno, "looking up", path);
  return ToStatus(attributes, std::string(path.substr(path.rfind('/') + 1)));
}

absl::Status LocalUfs::List(absl::string_view path, absl::FunctionRef<bool(const UfsStatus&)> visit) {
  ALLUXIO_RETURN_IF_ERROR(CheckPath(path));
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, OpenPath(*root, path, O_PATH, "listing"));
  std::vector<std::string> names;
  UniqueFd folder(::openat(fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || !ReadNames(std::move(folder), &names)) {
    return path.empty() && errno == EACCES ? Unreachable(errno) : Failed(errno, "listing", path);
  }
  std::sort(names.begin(), names.end());
  for (std::string& name : names) {
    if (IsTemporaryName(name)) continue;
    struct stat attributes;
    if (::fstatat(fd.get(), name.c_str(), &attributes, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;  // deleted meanwhile
      return Failed(errno, "listing", path);
    }
    if (S_ISLNK(attributes.st_mode)) {
      const std::string link = path.empty() ? name : absl::StrCat(path, "/", name);
      const UniqueFd target(OpenBeneath(*options_.system, root->use_openat2, root->fd.get(), link, O_PATH));
      if (!target.valid() || ::fstat(target.get(), &attributes) != 0) continue;
    }
    if (!S_ISDIR(attributes.st_mode) && !S_ISREG(attributes.st_mode)) continue;
    if (!visit(ToStatus(attributes, std::move(name)))) break;
  }
  return absl::OkStatus();
}

absl::Status LocalUfs::MakeFolder(int folder, const std::string& name, const MkdirOptions& options,
                                  absl::string_view path) {
  if (::mkdirat(folder, name.c_str(), 0700) != 0) return Failed(errno, "creating", path);
  const UniqueFd made(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made.valid()) return Failed(errno, "creating", path);
  TryChown(made.get(), options.owner, options.group);
  if (::fchmod(made.get(), static_cast<mode_t>(options.mode & 0777)) != 0 && errno != EPERM) {
    return Failed(errno, "setting the mode of", path);
  }
  return absl::OkStatus();
}

absl::StatusOr<LocalUfs::Place> LocalUfs::OpenPlace(absl::string_view path, bool make_parents,
                                                    const MkdirOptions* like, absl::string_view doing) {
  ALLUXIO_RETURN_IF_ERROR(CheckPath(path));
  if (path.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(doing, " ", UriOf(""), ": it is the root of the under store."));
  }
  ALLUXIO_ASSIGN_OR_RETURN(RootPtr root, OpenRoot());
  const size_t slash = path.rfind('/');
  const std::string folder(slash == absl::string_view::npos ? "" : path.substr(0, slash));
  const std::string name(path.substr(slash + 1));
  const auto open = [&](const std::string& at) {
    const int fd = OpenBeneath(*options_.system, root->use_openat2, root->fd.get(), at, O_RDONLY | O_DIRECTORY);
    if (fd >= 0 || errno != EACCES) return UniqueFd(fd);
    // A folder that may be written and not read: enough for all but syncing it.
    return UniqueFd(OpenBeneath(*options_.system, root->use_openat2, root->fd.get(), at, O_PATH | O_DIRECTORY));
  };
  UniqueFd fd = open(folder);
  if (!fd.valid() && errno == ENOENT && make_parents) {
    fd = open("");
    std::string walked;
    for (absl::string_view part : absl::StrSplit(folder, '/')) {
      if (!fd.valid()) break;
      const std::string next = walked.empty() ? std::string(part) : absl::StrCat(walked, "/", part);
      UniqueFd child = open(next);
      if (!child.valid() && errno == ENOENT) {
        if (like == nullptr) {
          if (::mkdirat(fd.get(), std::string(part).c_str(), 0777) != 0 && errno != EEXIST) {
            return Failed(errno, "creating", next);
          }
        } else if (absl::Status made = MakeFolder(fd.get(), std::string(part), *like, next);
                   !made.ok() && !absl::IsAlreadyExists(made)) {
          return made;
        }
        // What is made has to last as long as what will be put there.
        if (SyncFolder(*options_.system, fd.get()) != 0) return Failed(errno, "syncing the folder of", next);
        child = open(next);
      }
      fd = std::move(child);
      walked = next;
    }
  }
  if (!fd.valid()) return Failed(errno, doing, path);
  return Place{std::move(root), std::move(fd), name};
}

absl::StatusOr<struct stat> LocalUfs::StatPlace(const Place& place, absl::string_view path, absl::string_view doing) {
  struct stat attributes;
  if (::fstatat(place.folder.get(), place.name.c_str(), &attributes, AT_SYMLINK_NOFOLLOW) != 0) {
    return Failed(errno, doing, path);
  }
  if (S_ISLNK(attributes.st_mode)) {
    const UniqueFd target(OpenBeneath(*options_.system, place.root->use_openat2, place.root->fd.get(),
                                      std::string(path), O_PATH));
    struct stat followed;
    if (target.valid() && ::fstat(target.get(), &followed) == 0) return followed;
  }
  return attributes;
}

absl::StatusOr<std::unique_ptr<UfsWriter>> LocalUfs::Create(absl::string_view path, const CreateOptions& options) {
  ALLUXIO_ASSIGN_OR_RETURN(Place place, OpenPlace(path, options.create_parents, nullptr, "creating"));
  const absl::StatusOr<struct stat> there = StatPlace(place, path, "creating");
  if (there.ok() && S_ISDIR(there->st_mode)) return Failed(EISDIR, "creating", path);
  if (there.ok() && !options.overwrite) return Failed(EEXIST, "creating", path);
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  auto writer =
      std::make_unique<Writer>(options_.system, std::move(place.folder), std::move(place.name), options, UriOf(path));
  ALLUXIO_RETURN_IF_ERROR(writer->Start(*options_.random));
  return writer;
}

absl::StatusOr<std::unique_ptr<UfsReader>> LocalUfs::Open(absl::string_view path) {
  ALLUXIO_RETURN_IF_ERROR(CheckPath(path));
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  // Not to wait for the other end of a pipe.
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, OpenPath(*root, path, O_RDONLY | O_NONBLOCK, "opening"));
  struct stat attributes;
  if (::fstat(fd.get(), &attributes) != 0) return Failed(errno, "opening", path);
  if (S_ISDIR(attributes.st_mode)) return Failed(EISDIR, "opening", path);
  if (!S_ISREG(attributes.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("opening ", UriOf(path), ": it is not a regular file."));
  }
  return std::make_unique<Reader>(options_.system, std::move(fd), attributes.st_size, UriOf(path));
}

absl::Status LocalUfs::Mkdir(absl::string_view path, const MkdirOptions& options) {
  if (path.empty()) {
    if (OpenRoot().ok()) return absl::AlreadyExistsError(absl::StrCat("creating ", UriOf(""), ": it is there already."));
    for (size_t end = 1; options.create_parents && (end = root_path_.find('/', end)) != std::string::npos; ++end) {
      if (::mkdir(root_path_.substr(0, end).c_str(), 0777) != 0 && errno != EEXIST) return Unreachable(errno);
    }
    if (::mkdir(root_path_.c_str(), 0777) != 0) return Unreachable(errno);
    if (::chmod(root_path_.c_str(), static_cast<mode_t>(options.mode & 0777)) != 0) return Unreachable(errno);
    return absl::OkStatus();
  }
  ALLUXIO_ASSIGN_OR_RETURN(const Place place, OpenPlace(path, options.create_parents, &options, "creating"));
  ALLUXIO_RETURN_IF_ERROR(MakeFolder(place.folder.get(), place.name, options, path));
  if (SyncFolder(*options_.system, place.folder.get()) != 0) return Failed(errno, "syncing the folder of", path);
  return absl::OkStatus();
}

absl::Status LocalUfs::DeleteFile(absl::string_view path) {
  ALLUXIO_ASSIGN_OR_RETURN(const Place place, OpenPlace(path, false, nullptr, "deleting"));
  ALLUXIO_ASSIGN_OR_RETURN(const struct stat there, StatPlace(place, path, "deleting"));
  if (S_ISDIR(there.st_mode)) return Failed(EISDIR, "deleting", path);
  if (::unlinkat(place.folder.get(), place.name.c_str(), 0) != 0) return Failed(errno, "deleting", path);
  return SyncDeleted(place, path);
}

// What came back after a loss of power would be taken for new files of somebody else's.
absl::Status LocalUfs::SyncDeleted(const Place& place, absl::string_view path) {
  if (SyncFolder(*options_.system, place.folder.get()) == 0) return absl::OkStatus();
  return Failed(errno, "syncing the folder of", path);
}

absl::Status LocalUfs::DeleteDirectory(absl::string_view path, bool recursive) {
  ALLUXIO_ASSIGN_OR_RETURN(const Place place, OpenPlace(path, false, nullptr, "deleting"));
  ALLUXIO_ASSIGN_OR_RETURN(const struct stat there, StatPlace(place, path, "deleting"));
  if (!S_ISDIR(there.st_mode)) return Failed(ENOTDIR, "deleting", path);
  const char* const name = place.name.c_str();
  // A link to a folder goes, what it leads to stays.
  if (recursive) {
    if (!RemoveTree(place.folder.get(), name)) return Failed(errno, "deleting", path);
    return SyncDeleted(place, path);
  }
  if (::unlinkat(place.folder.get(), name, AT_REMOVEDIR) == 0) return SyncDeleted(place, path);
  if (errno == ENOTDIR && ::unlinkat(place.folder.get(), name, 0) == 0) return SyncDeleted(place, path);
  const int error = errno;
  if (error == ENOTEMPTY) {
    // To its users a folder of hidden files looks empty: say why it can't go.
    std::vector<std::string> names;
    UniqueFd folder(::openat(place.folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.valid() && ReadNames(std::move(folder), &names) && !names.empty() &&
        std::all_of(names.begin(), names.end(), IsTemporaryName)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "deleting ", UriOf(path), ": it holds ", names.size(), " files that are being written, or were when a writer ",
          "died, such as ", names.front(), ". Delete it recursively, or delete them there."));
    }
  }
  return Failed(error, "deleting", path);
}

absl::Status LocalUfs::Rename(absl::string_view from, absl::string_view to) {
  ALLUXIO_ASSIGN_OR_RETURN(const Place source, OpenPlace(from, false, nullptr, "renaming"));
  ALLUXIO_RETURN_IF_ERROR(StatPlace(source, from, "renaming").status());
  ALLUXIO_ASSIGN_OR_RETURN(const Place target, OpenPlace(to, false, nullptr, "renaming to"));
  if (from == to) return absl::OkStatus();
  const absl::StatusOr<struct stat> there = StatPlace(target, to, "renaming to");
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  if (there.ok() && S_ISDIR(there->st_mode)) return Failed(EEXIST, "renaming to", to);
  if (options_.system->Rename(source.folder.get(), source.name.c_str(), target.folder.get(), target.name.c_str(),
                              /*replace=*/true) != 0) {
    // EXDEV: another file system is mounted below the root; the path itself stays inside.
    const int error = errno;
    if (error == EXDEV) return ErrnoStatus(error, absl::StrCat("renaming ", UriOf(from), " to ", UriOf(to)));
    return Failed(error == ENOTEMPTY ? EEXIST : error, "renaming", from);
  }
  if (SyncFolder(*options_.system, target.folder.get()) != 0 || SyncFolder(*options_.system, source.folder.get()) != 0) {
    return Failed(errno, "syncing the folder of", to);
  }
  return absl::OkStatus();
}

absl::Status LocalUfs::SetOwner(absl::string_view path, absl::string_view owner, absl::string_view group) {
  ALLUXIO_RETURN_IF_ERROR(CheckPath(path));
  ALLUXIO_ASSIGN_OR_RETURN(const uint32_t uid, UserId(std::string(owner)));
  ALLUXIO_ASSIGN_OR_RETURN(const uint32_t gid, GroupId(std::string(group)));
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, OpenPath(*root, path, O_PATH, "setting the owner of"));
  if (::fchownat(fd.get(), "", uid, gid, AT_EMPTY_PATH) != 0) return Failed(errno, "setting the owner of", path);
  return absl::OkStatus();
}

absl::Status LocalUfs::SetMode(absl::string_view path, int32_t mode) {
  ALLUXIO_RETURN_IF_ERROR(CheckPath(path));
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, OpenPath(*root, path, O_PATH, "setting the mode of"));
  const auto bits = static_cast<mode_t>(mode & 0777);
  // fchmod takes no O_PATH descriptor; its name under /proc leads to just this file, whoever renames meanwhile.
  if (::chmod(absl::StrCat("/proc/self/fd/", fd.get()).c_str(), bits) == 0) return absl::OkStatus();
  if (errno != ENOENT) return Failed(errno, "setting the mode of", path);
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd open, OpenPath(*root, path, O_RDONLY | O_NONBLOCK, "setting the mode of"));
  if (::fchmod(open.get(), bits) != 0) return Failed(errno, "setting the mode of", path);
  return absl::OkStatus();
}

absl::StatusOr<UnderFileSystem::Space> LocalUfs::GetSpace() {
  ALLUXIO_ASSIGN_OR_RETURN(const RootPtr root, OpenRoot());
  struct statvfs space;
  if (::fstatvfs(root->fd.get(), &space) != 0) return Unreachable(errno);
  const auto unit = static_cast<int64_t>(space.f_frsize);
  return Space{.total_bytes = unit * static_cast<int64_t>(space.f_blocks),
               .used_bytes = unit * static_cast<int64_t>(space.f_blocks - space.f_bfree)};
}

void RegisterLocalUfs(UfsRegistry& registry) {
  const UfsRegistry::Factory factory =
      [](absl::string_view uri,
         const std::map<std::string, std::string>&) -> absl::StatusOr<std::shared_ptr<UnderFileSystem>> {
    return LocalUfs::Create({.uri = std::string(uri)});
  };
  registry.Register("", factory);
  registry.Register("file", factory);
}

}  // namespace alluxio::ufs
