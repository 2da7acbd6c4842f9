#include "alluxio/worker/tier/storage_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/crc32c.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/user_name.h"

namespace alluxio::worker {
namespace {

constexpr char kArea[] = "worker/tier";
constexpr char kIndexName[] = ".block_index";
constexpr char kNewIndexName[] = ".block_index.new";
constexpr char kAsideFolder[] = ".recycled";
constexpr char kIndexMagic[] = "ALXBIX01";
constexpr int64_t kTempSubfolders = 1024;
constexpr mode_t kOwnFolderMode = 0711;

// A record of the index, little-endian as x86-64 and aarch64 are. A record
// whose sum is wrong (torn, or never written) is skipped: its file, if there is
// one, counts as unnamed.
struct IndexRecord {
  char magic[8];
  int64_t block_id;
  int64_t length_bytes;
  uint32_t flags;
  uint32_t crc32c;  // over all before
};
static_assert(sizeof(IndexRecord) == 32 && offsetof(IndexRecord, crc32c) == 28);
constexpr uint32_t kPinOnCreate = 1;

std::string EncodeRecord(int64_t block_id, int64_t length_bytes, uint32_t flags) {
  IndexRecord record{};
  std::memcpy(record.magic, kIndexMagic, sizeof(record.magic));
  record.block_id = block_id;
  record.length_bytes = length_bytes;
  record.flags = flags;
  record.crc32c =
      Crc32c(absl::string_view(reinterpret_cast<const char*>(&record), offsetof(IndexRecord, crc32c)));
  return std::string(reinterpret_cast<const char*>(&record), sizeof(record));
}

bool DecodeRecord(absl::string_view bytes, IndexRecord* record) {
  std::memcpy(record, bytes.data(), sizeof(*record));
  return std::memcmp(record->magic, kIndexMagic, sizeof(record->magic)) == 0 &&
         record->crc32c == Crc32c(bytes.substr(0, offsetof(IndexRecord, crc32c))) && record->length_bytes >= 0;
}

std::string UserName() {
  const uid_t uid = ::geteuid();
  const std::optional<std::string> name = UserNameOf(uid);
  return name.has_value() ? absl::StrCat(*name, " (uid ", uid, ")") : absl::StrCat("uid ", uid);
}

// "storage directory /x can't be used: WHAT (user u, mode 0755 owned by uid 0)".
absl::Status Unusable(const std::string& path, absl::string_view what) {
  struct stat st;
  std::string mode = "it does not exist";
  if (::stat(path.c_str(), &st) == 0) {
    mode = absl::StrFormat("%s has mode %04o and is owned by uid %d", path, st.st_mode & 07777, st.st_uid);
  }
  return absl::FailedPreconditionError(absl::StrCat("storage directory ", path, " can't be used: ", what,
                                                    " (the worker runs as ", UserName(), "; ", mode, ")"));
}

// mkdir -p; existing folders stay as they are.
int MakeFolders(const std::string& path) {
  for (size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at + 1);
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) return errno;
  }
  return 0;
}

// Visits the names in a folder, without "." and "..".
absl::Status ListFolder(int dir, absl::FunctionRef<void(const char*)> visit) {
  const int copy = ::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = copy < 0 ? nullptr : ::fdopendir(copy);
  if (stream == nullptr) {
    const int error = errno;
    if (copy >= 0) ::close(copy);
    return ErrnoStatus(error, "listing a storage directory");
  }
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) visit(entry->d_name);
  }
  const int error = errno;
  ::closedir(stream);
  return error == 0 ? absl::OkStatus() : ErrnoStatus(error, "listing a storage directory");
}

}  // namespace

absl::StatusOr<std::unique_ptr<StorageDir>> StorageDir::Open(Options options, Recovery* recovery) {
  std::unique_ptr<StorageDir> dir(new StorageDir(std::move(options)));
  ALLUXIO_RETURN_IF_ERROR(dir->Prepare());
  ALLUXIO_RETURN_IF_ERROR(dir->RemoveTempFiles(recovery));
  ALLUXIO_RETURN_IF_ERROR(dir->Recover(recovery));
  return dir;
}

StorageDir::~StorageDir() = default;

absl::Status StorageDir::Prepare() {
  const std::string& path = options_.path;
  if (path.empty() || path[0] != '/') return Unusable(path, "the path is not absolute");
  folder_path_ = absl::StrCat(path == "/" ? "" : path, "/", options_.data_folder);
  if (const int error = MakeFolders(folder_path_); error != 0) {
    return Unusable(path, absl::StrCat("making ", folder_path_, ": ", std::strerror(error)));
  }
  const mode_t mode = options_.folder_mode.value_or(kOwnFolderMode);
  const auto open_folder = [&](int at, const std::string& name, UniqueFd* fd) -> absl::Status {
    *fd = UniqueFd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd->valid()) return Unusable(path, absl::StrCat("opening ", name, ": ", std::strerror(errno)));
    struct stat st;
    if (::fstat(fd->get(), &st) != 0) return Unusable(path, std::strerror(errno));
    if ((st.st_mode & 07777) != mode && ::fchmod(fd->get(), mode) != 0 && st.st_uid == ::geteuid()) {
      return Unusable(path, absl::StrFormat("setting mode %04o on %s: %s", mode, name, std::strerror(errno)));
    }
    return absl::OkStatus();
  };
  ALLUXIO_RETURN_IF_ERROR(open_folder(AT_FDCWD, folder_path_, &folder_));
  if (::faccessat(folder_.get(), ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    return Unusable(path, absl::StrCat("no right to write in ", folder_path_));
  }
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
    return Unusable(path, "another worker uses it; give each worker a directory of its own");
  }
  if (::mkdirat(folder_.get(), options_.tmp_folder.c_str(), mode) != 0 && errno != EEXIST) {
    return Unusable(path, absl::StrCat("making ", options_.tmp_folder, ": ", std::strerror(errno)));
  }
  ALLUXIO_RETURN_IF_ERROR(open_folder(folder_.get(), options_.tmp_folder, &tmp_));
  // The worker's alone, whatever the others are.
  ::mkdirat(folder_.get(), kAsideFolder, 0700);  // or it is there
  aside_ = UniqueFd(::openat(folder_.get(), kAsideFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  struct stat st;
  if (!aside_.valid() || ::fstat(aside_.get(), &st) != 0 || st.st_uid != ::geteuid() ||
      ::fchmod(aside_.get(), 0700) != 0) {
    // Left by a worker of another user, say: nothing is set aside then.
    ALLUXIO_LOG(kWarning, kArea, folder_path_, "/", kAsideFolder, " can't be used, memory is always taken anew: ",
                "remove it while no worker runs");
    aside_.Reset();
  }
  return absl::OkStatus();
}

void StorageDir::Unlock() { ::flock(folder_.get(), LOCK_UN); }

absl::Status StorageDir::RemoveTempFiles(Recovery* recovery) {
  std::vector<std::string> aside;
  if (aside_.valid()) {
    ALLUXIO_RETURN_IF_ERROR(ListFolder(aside_.get(), [&](const char* name) { aside.push_back(name); }));
  }
  for (const std::string& name : aside) recovery->temp_files_removed += ::unlinkat(aside_.get(), name.c_str(), 0) == 0;
  std::vector<std::string> subfolders;
  ALLUXIO_RETURN_IF_ERROR(ListFolder(tmp_.get(), [&](const char* name) { subfolders.push_back(name); }));
  for (const std::string& subfolder : subfolders) {
    const UniqueFd fd(::openat(tmp_.get(), subfolder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.valid()) {
      std::vector<std::string> names;
      ALLUXIO_RETURN_IF_ERROR(ListFolder(fd.get(), [&](const char* name) { names.push_back(name); }));
      for (const std::string& name : names) recovery->temp_files_removed += ::unlinkat(fd.get(), name.c_str(), 0) == 0;
    } else {
      recovery->temp_files_removed += ::unlinkat(tmp_.get(), subfolder.c_str(), 0) == 0;
    }
  }
  return absl::OkStatus();
}

absl::Status StorageDir::Recover(Recovery* recovery) {
  StorageIo* const io = options_.io;
  absl::flat_hash_map<int64_t, IndexRecord> named;
  absl::StatusOr<UniqueFd> old = io->OpenAt(folder_.get(), kIndexName, O_RDONLY, 0);
  if (!old.ok() && !absl::IsNotFound(old.status())) {
    // Without it every block would be a stray file, to be deleted.
    return Annotate(old.status(), absl::StrCat("reading the block index in ", folder_path_));
  }
  if (old.ok()) {
    const absl::StatusOr<struct stat> attributes = io->StatAt(old->get(), "");
    if (!attributes.ok()) return Annotate(attributes.status(), absl::StrCat("reading the block index in ", folder_path_));
    const struct stat& st = *attributes;
    if (S_ISREG(st.st_mode) && st.st_uid == ::geteuid()) {
      std::string bytes(st.st_size, '\0');
      const absl::StatusOr<size_t> size = io->ReadAt(old->get(), 0, absl::MakeSpan(bytes));
      if (!size.ok()) return Annotate(size.status(), absl::StrCat("reading the block index in ", folder_path_));
      for (size_t at = 0; at + sizeof(IndexRecord) <= *size; at += sizeof(IndexRecord)) {
        IndexRecord record;
        if (DecodeRecord(absl::string_view(bytes).substr(at, sizeof(record)), &record)) named[record.block_id] = record;
      }
    }
  }
  // Name and length of a block may reach a disk before its bytes, which read as
  // zeros after a loss of power then. What the kernel still holds is no hole.
  ALLUXIO_ASSIGN_OR_RETURN(const StorageIo::FileSystem file_system, GetFileSystem());
  const auto has_lost_bytes = [&](const std::string& name, int64_t length) {
    if (file_system.in_memory) return false;
    const absl::StatusOr<UniqueFd> fd = io->OpenAt(folder_.get(), name, O_RDONLY, 0);
    return fd.ok() && io->HasHole(fd->get(), length);
  };
  std::vector<std::string> names;
  ALLUXIO_RETURN_IF_ERROR(ListFolder(folder_.get(), [&](const char* name) { names.push_back(name); }));
  std::string records;
  for (const std::string& name : names) {
    int64_t block_id = 0;
    // Only what looks like a block of ours is judged, and deleted if unnamed.
    if (!absl::SimpleAtoi(name, &block_id) || block_id < 0 || absl::StrCat(block_id) != name) continue;
    const auto it = named.find(block_id);
    const absl::StatusOr<struct stat> attributes = io->StatAt(folder_.get(), name);
    if (absl::IsNotFound(attributes.status())) continue;
    // Left out here, it would be missing from the new index: a stray file for the next start.
    if (!attributes.ok()) return Annotate(attributes.status(), absl::StrCat("looking for blocks in ", folder_path_));
    const struct stat& st = *attributes;
    if (S_ISDIR(st.st_mode)) continue;
    if (it == named.end() || !S_ISREG(st.st_mode) || st.st_uid != ::geteuid() || st.st_nlink != 1 ||
        st.st_size != it->second.length_bytes || has_lost_bytes(name, st.st_size)) {
      if (absl::Status removed = io->UnlinkAt(folder_.get(), name); removed.ok()) {
        ++recovery->block_files_removed;
      } else {
        ALLUXIO_LOG(kWarning, kArea, "a stray file stays in ", folder_path_, ": ", removed.ToString());
      }
      continue;
    }
    recovery->blocks.push_back({.block_id = block_id,
                                .length_bytes = st.st_size,
                                .modified_ns = st.st_mtim.tv_sec * int64_t{1'000'000'000} + st.st_mtim.tv_nsec,
                                .pin_on_create = (it->second.flags & kPinOnCreate) != 0,
                                .readable_by_all = (st.st_mode & S_IROTH) != 0});
    records += EncodeRecord(block_id, st.st_size, it->second.flags);
  }
  std::sort(recovery->blocks.begin(), recovery->blocks.end(),
            [](const Found& a, const Found& b) { return a.modified_ns < b.modified_ns; });
  MutexLock lock(&index_mutex_);
  return WriteIndex(records, &index_);
}

absl::Status StorageDir::WriteIndex(const std::string& records, UniqueFd* fd) {
  StorageIo* const io = options_.io;
  io->UnlinkAt(folder_.get(), kNewIndexName).IgnoreError();  // of a run that was killed here
  absl::StatusOr<UniqueFd> opened = io->OpenAt(folder_.get(), kNewIndexName, O_RDWR | O_CREAT | O_EXCL, 0600);
  if (!opened.ok()) return Annotate(opened.status(), absl::StrCat("writing the block index in ", folder_path_));
  UniqueFd fresh = *std::move(opened);
  absl::Status written = io->WriteAt(fresh.get(), 0, records);
  if (written.ok()) written = io->RenameAt(folder_.get(), kNewIndexName, folder_.get(), kIndexName);
  if (!written.ok()) {
    io->UnlinkAt(folder_.get(), kNewIndexName).IgnoreError();
    return Annotate(written, absl::StrCat("writing the block index in ", folder_path_));
  }
  *fd = std::move(fresh);
  index_records_ = static_cast<int64_t>(records.size() / sizeof(IndexRecord));
  return absl::OkStatus();
}

absl::Status StorageDir::AppendToIndex(int64_t block_id, int64_t length_bytes, bool pin_on_create) {
  const std::string record = EncodeRecord(block_id, length_bytes, pin_on_create ? kPinOnCreate : 0);
  ReaderMutexLock lock(&index_mutex_);
  // A place of its own for each record: one that fails leaves a gap that no
  // reader believes, and moves nothing else.
  const int64_t offset = index_records_.fetch_add(1) * static_cast<int64_t>(sizeof(IndexRecord));
  return Annotate(options_.io->WriteAt(index_.get(), offset, record), "block index");
}

absl::Status StorageDir::CompactIndex(int64_t live_blocks, absl::FunctionRef<bool(int64_t)> is_live) {
  if (index_records_ < 2 * live_blocks + 4096) return absl::OkStatus();
  MutexLock lock(&index_mutex_);
  std::string bytes(index_records_ * sizeof(IndexRecord), '\0');
  ALLUXIO_ASSIGN_OR_RETURN(const size_t size, options_.io->ReadAt(index_.get(), 0, absl::MakeSpan(bytes)));
  absl::flat_hash_map<int64_t, IndexRecord> live;
  for (size_t at = 0; at + sizeof(IndexRecord) <= size; at += sizeof(IndexRecord)) {
    IndexRecord record;
    if (DecodeRecord(absl::string_view(bytes).substr(at, sizeof(record)), &record) && is_live(record.block_id)) {
      live[record.block_id] = record;
    }
  }
  std::string records;
  for (const auto& [id, record] : live) records.append(reinterpret_cast<const char*>(&record), sizeof(record));
  return WriteIndex(records, &index_);
}

std::string StorageDir::BlockPath(int64_t block_id) const { return absl::StrCat(folder_path_, "/", block_id); }

std::string StorageDir::TempName(int64_t session_id, int64_t block_id) const {
  return absl::StrCat(session_id % kTempSubfolders, "/", absl::Hex(session_id), "-", block_id);
}

std::string StorageDir::TempPath(int64_t session_id, int64_t block_id) const {
  return absl::StrCat(folder_path_, "/", options_.tmp_folder, "/", TempName(session_id, block_id));
}

absl::Status StorageDir::MakeTempSubfolder(int64_t session_id) {
  const std::string subfolder = absl::StrCat(session_id % kTempSubfolders);
  const mode_t folder_mode = options_.folder_mode.value_or(kOwnFolderMode);
  if (::mkdirat(tmp_.get(), subfolder.c_str(), folder_mode) == 0) {
    // Whatever the umask is.
    if (::fchmodat(tmp_.get(), subfolder.c_str(), folder_mode, 0) != 0) {
      return ErrnoStatus(errno, absl::StrCat("setting the mode of a folder for temp blocks in ", folder_path_));
    }
  } else if (errno != EEXIST) {
    return ErrnoStatus(errno, absl::StrCat("making a folder for temp blocks in ", folder_path_));
  }
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> StorageDir::CreateTemp(int64_t session_id, int64_t block_id, bool client_writes) {
  ALLUXIO_RETURN_IF_ERROR(MakeTempSubfolder(session_id));
  const std::string name = TempName(session_id, block_id);
  const int flags = (client_writes ? O_RDONLY : O_RDWR) | O_CREAT | O_EXCL;
  absl::StatusOr<UniqueFd> fd = options_.io->OpenAt(tmp_.get(), name, flags, client_writes ? 0666 : 0600);
  if (fd.ok() && client_writes) {
    if (absl::Status status = options_.io->Chmod(fd->get(), 0666); !status.ok()) {
      RemoveTemp(session_id, block_id);
      return status;
    }
  }
  return fd;
}

void StorageDir::RemoveTemp(int64_t session_id, int64_t block_id) {
  const absl::Status status = options_.io->UnlinkAt(tmp_.get(), TempName(session_id, block_id));
  // A client may have removed it first; the next start removes what stays.
  if (!status.ok() && !absl::IsNotFound(status)) {
    ALLUXIO_LOG(kWarning, kArea, "a temp block stays in ", folder_path_, ": ", status.ToString());
  }
}

absl::Status StorageDir::CommitTemp(int64_t session_id, int64_t block_id, int fd, int64_t length_bytes,
                                    CommitOptions options) {
  ALLUXIO_RETURN_IF_ERROR(AppendToIndex(block_id, length_bytes, options.pin_on_create));
  ALLUXIO_RETURN_IF_ERROR(options_.io->Chmod(fd, options.mode));
  return options_.io->RenameAt(tmp_.get(), TempName(session_id, block_id), folder_.get(), absl::StrCat(block_id));
}

absl::StatusOr<UniqueFd> StorageDir::OpenTemp(int64_t session_id, int64_t block_id) {
  return options_.io->OpenAt(tmp_.get(), TempName(session_id, block_id), O_RDONLY, 0);
}

absl::StatusOr<UniqueFd> StorageDir::OpenBlock(int64_t block_id) {
  return options_.io->OpenAt(folder_.get(), absl::StrCat(block_id), O_RDONLY, 0);
}

absl::Status StorageDir::SetBlockMode(int64_t block_id, mode_t mode) {
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd fd, OpenBlock(block_id));
  return options_.io->Chmod(fd.get(), mode);
}

absl::Status StorageDir::RemoveBlock(int64_t block_id) {
  return options_.io->UnlinkAt(folder_.get(), absl::StrCat(block_id));
}

absl::StatusOr<int64_t> StorageDir::SetAside(int64_t block_id) {
  if (!aside_.valid()) return absl::FailedPreconditionError("there is no folder to set blocks aside in");
  const int64_t number = next_aside_.fetch_add(1);
  ALLUXIO_RETURN_IF_ERROR(
      options_.io->RenameAt(folder_.get(), absl::StrCat(block_id), aside_.get(), absl::StrCat(number)));
  return number;
}

absl::StatusOr<UniqueFd> StorageDir::ClaimAside(int64_t number) {
  StorageIo* const io = options_.io;
  const std::string name = absl::StrCat(number);
  {
    // The mode first, then the lease: who waits to open it by a path that he
    // found before must not get in afterwards.
    ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd reader, io->OpenAt(aside_.get(), name, O_RDONLY, 0));
    ALLUXIO_RETURN_IF_ERROR(io->Chmod(reader.get(), 0600));
  }
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, io->OpenAt(aside_.get(), name, O_RDWR, 0));
  if (!io->NobodyElseUses(fd.get())) return absl::FailedPreconditionError("the file of a removed block is in use");
  return fd;
}

absl::Status StorageDir::ReuseAside(int64_t number, int fd, int64_t session_id, int64_t block_id) {
  if (!options_.io->NobodyElseUses(fd)) return absl::FailedPreconditionError("the file of a removed block is in use");
  ALLUXIO_RETURN_IF_ERROR(MakeTempSubfolder(session_id));
  return options_.io->RenameAt(aside_.get(), absl::StrCat(number), tmp_.get(), TempName(session_id, block_id));
}

void StorageDir::DropAside(int64_t number) {
  const absl::Status status = options_.io->UnlinkAt(aside_.get(), absl::StrCat(number));
  if (!status.ok()) ALLUXIO_LOG(kWarning, kArea, "a removed block's file stays in ", folder_path_, ": ", status.ToString());
}

absl::StatusOr<StorageIo::FileSystem> StorageDir::GetFileSystem() const {
  absl::StatusOr<StorageIo::FileSystem> file_system = options_.io->FileSystemOf(folder_.get());
  if (!file_system.ok()) return Annotate(file_system.status(), folder_path_);
  return file_system;
}

bool StorageDir::IsThere() const {
  struct stat named, opened;
  if (::stat(folder_path_.c_str(), &named) != 0) {
    // What may pass, such as too many open files, says nothing against the disk.
    return errno != ENOENT && errno != ENOTDIR && errno != EIO && errno != ESTALE && errno != ENODEV && errno != ENXIO;
  }
  return ::fstat(folder_.get(), &opened) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

}  // namespace alluxio::worker
