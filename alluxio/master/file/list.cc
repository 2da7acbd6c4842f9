// ListStatus and ListStatusPartial.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/master/file/file_info.h"
#include "alluxio/master/file/listing_batch.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {

using grpc::file::FileInfo;
using security::Bits;

// Walks a directory, or the tree below it with parents before children. The latch is
// held for a step at a time.
class FileSystemCore::Lister {
 public:
  // Whether there is room for one more. What it gets lives during the call.
  using Visit = absl::FunctionRef<bool(const Inode&, const ListingBatch::Place&)>;

  Lister(FileSystemCore* core, const Call* call, const grpc::file::ListStatusPOptions& options)
      : core_(core), call_(call), recursive_(options.recursive()), with_mount_(!options.excludemountinfo()) {}

  // Only paths that start with it, seen from the listed directory ("/" first).
  void SetPrefix(absl::string_view prefix) { prefix_ = std::string(prefix); }

  void Start(const Inode& directory, const std::string& path) {
    root_size_ = path == "/" ? 0 : path.size();
    Enter(directory.id, path);
  }
  // Goes on behind `relative` (a path below the directory; need not exist).
  absl::Status StartAfter(const Inode& directory, const std::string& path, absl::string_view relative) {
    Start(directory, path);
    int64_t id = directory.id;
    std::string at = path;
    for (const absl::string_view name : absl::StrSplit(relative, '/', absl::SkipEmpty())) {
      frames_.back().cursor = std::string(name);
      if (!recursive_) break;
      ALLUXIO_ASSIGN_OR_RETURN(const InodePtr child, core_->ns_.tree.Child(id, name));
      if (child == nullptr || !child->directory) break;
      id = child->id;
      at = uri::JoinPath(at, name);
      Enter(id, at);
    }
    return absl::OkStatus();
  }

  bool done() const { return frames_.empty(); }

  // Visits up to `limit` inodes; fewer, with more to come, where the prefix leaves out many.
  absl::Status Step(size_t limit, Visit visit) {
    ReaderMutexLock latch(&core_->ns_.latch);
    constexpr size_t kLooks = 2000;  // while the latch is held
    size_t looks = 0;
    bool room = limit > 0;
    while (room && looks < kLooks && !frames_.empty()) {
      Frame& frame = frames_.back();
      int64_t inner = -1;
      bool more = false;
      const absl::Status scanned = core_->ns_.tree.ScanChildren(frame.id, frame.cursor, [&](const Inode& child) {
        if (!room || looks == kLooks) {
          more = true;
          return false;
        }
        ++looks;
        frame.cursor.assign(child.name);
        if (!prefix_.empty() || child.directory) PathOf(frame, child);
        if (prefix_.empty() || absl::StartsWith(Relative(), prefix_)) {
          room = visit(child, PlaceOf(frame, child));
          if (--limit == 0) room = false;
        }
        if (!recursive_ || !child.directory || !Descend(child)) return true;
        inner = child.id;
        return false;
      });
      ALLUXIO_RETURN_IF_ERROR(scanned);
      if (inner >= 0) {
        Enter(inner, path_);
      } else if (!more) {
        frames_.pop_back();
      }
    }
    return absl::OkStatus();
  }

 private:
  // A directory that is being walked.
  struct Frame {
    int64_t id;
    std::string folder;  // path, with a slash at its end
    std::string cursor;  // name of the last child that was looked at
    std::string ufs_folder;
    std::optional<int64_t> mount_id;
  };

  void Enter(int64_t id, const std::string& path) {
    Frame& frame = frames_.emplace_back();
    frame.id = id;
    frame.folder = path == "/" ? path : absl::StrCat(path, "/");
    if (!with_mount_) return;
    const MountTable::Place place = core_->ns_.mounts.Resolve(path);
    if (place.mount == nullptr) return;
    frame.mount_id = place.mount->id;
    frame.ufs_folder = place.mount->UriOf(place.relative);
    if (!absl::EndsWith(frame.ufs_folder, "/")) frame.ufs_folder.push_back('/');
  }
  void PathOf(const Frame& frame, const Inode& child) {
    path_.assign(frame.folder);
    path_.append(child.name);
  }
  // Of the child at hand, after PathOf.
  absl::string_view Relative() const { return absl::string_view(path_).substr(root_size_); }
  bool Descend(const Inode& child) const {
    if (!prefix_.empty() && !absl::StartsWith(Relative(), prefix_) &&
        !absl::StartsWith(prefix_, absl::StrCat(Relative(), "/"))) {
      return false;
    }
    return core_->CheckInode(*call_, child, path_, Bits::kReadExecute).ok();
  }
  ListingBatch::Place PlaceOf(const Frame& frame, const Inode& child) {
    if (with_mount_ && child.mount_point) {
      if (const MountPtr mount = core_->ns_.mounts.At(path_); mount != nullptr) {
        mount_uri_ = mount->UriOf("");
        return {.folder = frame.folder, .ufs_folder = mount_uri_, .mount_id = mount->id};
      }
    }
    if (!frame.mount_id.has_value()) return {.folder = frame.folder};
    return {.folder = frame.folder, .ufs_folder = frame.ufs_folder, .ufs_name = child.name, .mount_id = frame.mount_id};
  }

  FileSystemCore* const core_;
  const Call* const call_;
  const bool recursive_;
  const bool with_mount_;
  size_t root_size_ = 0;
  std::string prefix_;
  std::string path_;       // of the child at hand, where it is needed
  std::string mount_uri_;  // of the mount point at hand
  std::vector<Frame> frames_;
};

// EXECUTE on a directory that is to be listed. Without it a recursive listing is empty and
// any other fails, as in the original.
absl::Status FileSystemCore::CheckEnter(const Call& call, const Lookup& lookup) const {
  return lookup.target()->directory ? CheckTarget(call, lookup, Bits::kExecute) : absl::OkStatus();
}

class FileSystemCore::ListingImpl final : public Listing {
 public:
  ListingImpl(FileSystemCore* core, std::string user, grpc::file::ListStatusPRequest request)
      : core_(core), user_(std::move(user)), request_(std::move(request)) {}

  absl::StatusOr<std::string> Next() override {
    if (!std::exchange(begun_, true)) {
      ALLUXIO_ASSIGN_OR_RETURN(std::string file, Begin());
      if (!file.empty()) return file;
    }
    if (!lister_.has_value()) return std::string();
    // As many as may be in a message, and about as many bytes as are worth a write: what
    // waits for a slow reader is bounded, and a quick one reads while we go on.
    constexpr size_t kBytes = size_t{128} << 10;
    while (!lister_->done() && batch_.entries() < core_->list_message_length_ && batch_.bytes() < kBytes) {
      ALLUXIO_RETURN_IF_ERROR(lister_->Step(core_->list_message_length_ - batch_.entries(),
                                            [&](const Inode& inode, const ListingBatch::Place& place) {
                                              batch_.Add(inode, place);
                                              return batch_.bytes() < kBytes;
                                            }));
    }
    return batch_.Take(*core_->ns_.blocks);
  }

 private:
  // Finds what is listed. If it is a file, gives the one message.
  absl::StatusOr<std::string> Begin() {
    call_ = core_->MakeCall(user_, /*may_block=*/true);
    const auto& options = request_.options();
    ALLUXIO_ASSIGN_OR_RETURN(const std::string path, core_->PathOfRequest(request_.path()));
    ALLUXIO_RETURN_IF_ERROR(core_->SyncOnAccess(call_, path, options.commonoptions(), options.loadmetadatatype(),
                                                options.recursive() ? MetadataSync::Extent::kAll
                                                                    : MetadataSync::Extent::kChildren));
    Lookup lookup;
    {
      ReaderMutexLock latch(&core_->ns_.latch);
      ALLUXIO_RETURN_IF_ERROR(core_->ns_.tree.Lookup(path, &lookup));
    }
    ALLUXIO_RETURN_IF_ERROR(core_->CheckTraverse(call_, lookup));
    if (!lookup.exists()) return PathDoesNotExist(request_.path());
    ALLUXIO_RETURN_IF_ERROR(core_->CheckTarget(call_, lookup, Bits::kRead));
    if (options.loadmetadataonly()) return std::string();
    if (const absl::Status entered = core_->CheckEnter(call_, lookup); !entered.ok()) {
      if (options.recursive()) return std::string();
      return entered;
    }
    if (lookup.target()->directory) {
      lister_.emplace(core_, &call_, options);
      lister_->Start(*lookup.target(), path);
      return std::string();
    }
    grpc::file::ListStatusPResponse response;
    ALLUXIO_ASSIGN_OR_RETURN(*response.add_fileinfos(), core_->InfoOf(lookup));
    if (options.excludemountinfo()) {
      response.mutable_fileinfos(0)->clear_ufspath();
      response.mutable_fileinfos(0)->clear_mountid();
    }
    return response.SerializeAsString();
  }

  FileSystemCore* const core_;
  const std::string user_;
  const grpc::file::ListStatusPRequest request_;
  Call call_;
  bool begun_ = false;
  std::optional<Lister> lister_;
  ListingBatch batch_;
};

std::unique_ptr<FileSystemCore::Listing> FileSystemCore::List(std::string user,
                                                              grpc::file::ListStatusPRequest request) {
  return std::make_unique<ListingImpl>(this, std::move(user), std::move(request));
}

absl::StatusOr<grpc::file::ListStatusPartialPResponse> FileSystemCore::ListStatusPartial(
    Call& call, const grpc::file::ListStatusPartialPRequest& request) {
  const auto& partial = request.options();
  const auto& options = partial.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  if (!partial.prefix().empty() && partial.prefix().front() != '/') {
    return absl::InvalidArgumentError(absl::StrCat("Path \"", partial.prefix(), "\" is invalid."));
  }
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, options.commonoptions(), options.loadmetadatatype(),
                                       options.recursive() ? MetadataSync::Extent::kAll
                                                           : MetadataSync::Extent::kChildren));
  if (!call.may_block) return call.NeedThread();  // long work does not belong on the network's threads
  Lookup lookup;
  std::string after;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    if (partial.has_offsetid() && partial.offsetid() > 0) {
      ALLUXIO_ASSIGN_OR_RETURN(after, ns_.tree.PathOf(partial.offsetid()));
      if (!uri::HasPathPrefix(after, path)) {
        return absl::NotFoundError(absl::StrCat("inodeId ", partial.offsetid(), " does not exist under ", path));
      }
      after = std::string(uri::RemovePathPrefix(after, path));
    } else if (partial.has_startafter()) {
      after = partial.startafter();
      if (!after.empty() && after.front() == '/') {
        ALLUXIO_ASSIGN_OR_RETURN(after, uri::CleanPath(after));
        if (!uri::HasPathPrefix(after, path)) {
          return absl::InvalidArgumentError(absl::StrCat("The start \"", after, "\" is not below \"", path, "\""));
        }
        after = std::string(uri::RemovePathPrefix(after, path));
      }
    }
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kRead));
  grpc::file::ListStatusPartialPResponse response;
  response.set_istruncated(false);
  if (const absl::Status entered = CheckEnter(call, lookup); !entered.ok()) {
    if (!options.recursive()) return entered;
    response.set_filecount(-1);
    return response;
  }
  if (!lookup.target()->directory) {
    ALLUXIO_ASSIGN_OR_RETURN(*response.add_fileinfos(), InfoOf(lookup));
    response.set_filecount(1);
    return response;
  }
  response.set_filecount(options.recursive() ? -1 : lookup.target()->child_count);
  Lister lister(this, &call, options);
  lister.SetPrefix(partial.prefix() == "/" ? "" : partial.prefix());
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(lister.StartAfter(*lookup.target(), path, after));
  }
  constexpr size_t kStep = 1000;
  for (int64_t skip = partial.offsetcount(); skip > 0 && !lister.done();) {
    ALLUXIO_RETURN_IF_ERROR(
        lister.Step(std::min<size_t>(skip, kStep), [&](const Inode&, const ListingBatch::Place&) { return --skip > 0; }));
  }
  const size_t limit = partial.batchsize() > 0 ? static_cast<size_t>(partial.batchsize()) : SIZE_MAX;
  while (!lister.done() && static_cast<size_t>(response.fileinfos_size()) < limit) {
    const size_t room = limit - static_cast<size_t>(response.fileinfos_size());
    ALLUXIO_RETURN_IF_ERROR(
        lister.Step(std::min(room, kStep), [&](const Inode& inode, const ListingBatch::Place& place) {
          FileInfo* const info = response.add_fileinfos();
          FillFileInfo(inode, absl::StrCat(place.folder, inode.name), info);
          if (!place.mount_id.has_value()) return true;
          info->set_ufspath(absl::StrCat(place.ufs_folder, place.ufs_name));
          info->set_mountid(*place.mount_id);
          return true;
        }));
  }
  // Is there one more?
  while (!lister.done() && !response.istruncated()) {
    ALLUXIO_RETURN_IF_ERROR(lister.Step(1, [&](const Inode&, const ListingBatch::Place&) {
      response.set_istruncated(true);
      return false;
    }));
  }
  std::vector<FileInfo*> infos;
  for (FileInfo& info : *response.mutable_fileinfos()) infos.push_back(&info);
  ALLUXIO_RETURN_IF_ERROR(FillBlocks(infos));
  return response;
}

}  // namespace alluxio::master
