// ListStatus and ListStatusPartial.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/uri/path.h"
#include "google/protobuf/arena.h"

namespace alluxio::master {

using grpc::file::FileInfo;
using security::Bits;

// Walks a directory, or the tree below it with parents before children, and
// makes a FileInfo of each inode. The latch is held for a step at a time.
class FileSystemCore::Lister {
 public:
  Lister(FileSystemCore* core, const Call* call, const grpc::file::ListStatusPOptions& options)
      : core_(core), call_(call), recursive_(options.recursive()), with_mount_(!options.excludemountinfo()) {}

  // Only paths that start with it, seen from the listed directory ("/" first).
  void SetPrefix(absl::string_view prefix) { prefix_ = std::string(prefix); }

  void Start(const Inode& directory, const std::string& path) {
    root_ = path == "/" ? "" : path;
    Enter(directory.id, path, "");
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
      Enter(id, at, "");
    }
    return absl::OkStatus();
  }

  bool done() const { return frames_.empty(); }

  // Adds up to `limit` infos; each to what `add` returns (null: count it only). Fewer,
  // with more to come, where the prefix leaves out many.
  absl::Status Step(size_t limit, absl::FunctionRef<FileInfo*()> add) {
    ReaderMutexLock latch(&core_->ns_.latch);
    constexpr size_t kLooks = 2000;  // while the latch is held
    size_t added = 0;
    size_t looks = 0;
    while (added < limit && looks < kLooks && !frames_.empty()) {
      Frame& frame = frames_.back();
      int64_t inner = -1;
      std::string inner_path;
      bool more = false;
      const absl::Status scanned = core_->ns_.tree.ScanChildren(frame.id, frame.cursor, [&](const Inode& child) {
        if (added == limit || looks == kLooks) {
          more = true;
          return false;
        }
        ++looks;
        path_.assign(frame.path);
        if (path_.size() > 1) path_.push_back('/');
        path_.append(child.name);
        frame.cursor.assign(child.name);
        if (Matches(path_)) {
          Fill(frame, child, add());
          ++added;
        }
        if (!recursive_ || !child.directory || !Descend(child)) return true;
        inner = child.id;
        inner_path = path_;
        return false;
      });
      ALLUXIO_RETURN_IF_ERROR(scanned);
      if (inner >= 0) {
        Enter(inner, inner_path, "");
      } else if (!more) {
        frames_.pop_back();
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Frame {
    int64_t id;
    std::string path;
    std::string cursor;  // name of the last child that was looked at
    MountTable::Place place;
  };

  void Enter(int64_t id, const std::string& path, std::string cursor) {
    Frame& frame = frames_.emplace_back(Frame{id, path, std::move(cursor), {}});
    if (with_mount_) frame.place = core_->ns_.mounts.Resolve(path);
  }
  absl::string_view Relative(absl::string_view path) const { return path.substr(root_.size()); }
  bool Matches(absl::string_view path) const {
    return prefix_.empty() || absl::StartsWith(Relative(path), prefix_);
  }
  bool Descend(const Inode& child) const {
    const absl::string_view relative = Relative(path_);
    if (!prefix_.empty() && !absl::StartsWith(relative, prefix_) &&
        !absl::StartsWith(prefix_, absl::StrCat(relative, "/"))) {
      return false;
    }
    return core_->CheckInode(*call_, child, path_, Bits::kReadExecute).ok();
  }
  void Fill(const Frame& frame, const Inode& child, FileInfo* info) {
    if (info == nullptr) return;
    if (!with_mount_) return core_->FillInfo(child, path_, nullptr, info);
    MountTable::Place place;
    if (child.mount_point) {
      place = core_->ns_.mounts.Resolve(path_);
    } else {
      place.mount = frame.place.mount;
      place.relative.assign(frame.place.relative);
      if (!place.relative.empty()) place.relative.push_back('/');
      place.relative.append(child.name);
    }
    core_->FillInfo(child, path_, &place, info);
  }

  FileSystemCore* const core_;
  const Call* const call_;
  const bool recursive_;
  const bool with_mount_;
  std::string root_;
  std::string prefix_;
  std::string path_;  // of the child at hand
  std::vector<Frame> frames_;
};

// EXECUTE on a directory that is to be listed. Without it a recursive listing is empty and
// any other fails, as in the original.
absl::Status FileSystemCore::CheckEnter(const Call& call, const Lookup& lookup) const {
  return lookup.target()->directory ? CheckTarget(call, lookup, Bits::kExecute) : absl::OkStatus();
}

absl::Status FileSystemCore::ListStatus(Call& call, const grpc::file::ListStatusPRequest& request,
                                        Sink<grpc::file::ListStatusPResponse>& sink) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, options.commonoptions(), options.loadmetadatatype(),
                                       options.recursive() ? MetadataSync::Extent::kAll
                                                           : MetadataSync::Extent::kChildren));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kRead));
  if (options.loadmetadataonly()) return absl::OkStatus();
  if (const absl::Status entered = CheckEnter(call, lookup); !entered.ok()) {
    return options.recursive() ? absl::OkStatus() : entered;
  }
  if (!lookup.target()->directory) {
    grpc::file::ListStatusPResponse response;
    ALLUXIO_ASSIGN_OR_RETURN(*response.add_fileinfos(), InfoOf(lookup));
    if (options.excludemountinfo()) {
      response.mutable_fileinfos(0)->clear_ufspath();
      response.mutable_fileinfos(0)->clear_mountid();
    }
    return sink(response) ? absl::OkStatus() : absl::CancelledError("the caller has gone");
  }
  constexpr size_t kStep = 1000;
  Lister lister(this, &call, options);
  lister.Start(*lookup.target(), path);
  while (!lister.done()) {
    google::protobuf::Arena arena;
    auto* response = google::protobuf::Arena::CreateMessage<grpc::file::ListStatusPResponse>(&arena);
    while (!lister.done()) {
      const size_t room = list_message_length_ - static_cast<size_t>(response->fileinfos_size());
      if (room == 0) break;
      const int before = response->fileinfos_size();
      ALLUXIO_RETURN_IF_ERROR(lister.Step(std::min(room, kStep), [&] { return response->add_fileinfos(); }));
      std::vector<FileInfo*> added;
      for (int i = before; i < response->fileinfos_size(); ++i) added.push_back(response->mutable_fileinfos(i));
      ALLUXIO_RETURN_IF_ERROR(FillBlocks(added));
    }
    if (response->fileinfos_size() == 0) break;
    if (!sink(*response)) return absl::CancelledError("the caller has gone");
  }
  return absl::OkStatus();
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
    int64_t skipped = 0;
    ALLUXIO_RETURN_IF_ERROR(lister.Step(std::min<size_t>(skip, kStep), [&]() -> FileInfo* {
      ++skipped;
      return nullptr;
    }));
    skip -= skipped;
  }
  const size_t limit = partial.batchsize() > 0 ? static_cast<size_t>(partial.batchsize()) : SIZE_MAX;
  while (!lister.done() && static_cast<size_t>(response.fileinfos_size()) < limit) {
    const size_t room = limit - static_cast<size_t>(response.fileinfos_size());
    ALLUXIO_RETURN_IF_ERROR(lister.Step(std::min(room, kStep), [&] { return response.add_fileinfos(); }));
  }
  // Is there one more?
  while (!lister.done() && !response.istruncated()) {
    ALLUXIO_RETURN_IF_ERROR(lister.Step(1, [&]() -> FileInfo* {
      response.set_istruncated(true);
      return nullptr;
    }));
  }
  std::vector<FileInfo*> infos;
  for (FileInfo& info : *response.mutable_fileinfos()) infos.push_back(&info);
  ALLUXIO_RETURN_IF_ERROR(FillBlocks(infos));
  return response;
}

}  // namespace alluxio::master
