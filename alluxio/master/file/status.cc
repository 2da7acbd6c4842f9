// Reading: GetStatus and its kin.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/master/file/file_info.h"
#include "alluxio/security/acl_proto.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {

using grpc::file::FileInfo;
using security::Bits;

void FileSystemCore::FillInfo(const Inode& inode, absl::string_view path, const MountTable::Place& place,
                              FileInfo* info) const {
  FillFileInfo(inode, path, info);
  if (place.mount == nullptr) return;
  info->set_ufspath(place.mount->UriOf(place.relative));
  info->set_mountid(place.mount->id);
}

absl::Status FileSystemCore::FillBlocks(absl::Span<FileInfo* const> infos) const {
  std::vector<int64_t> ids;
  for (const FileInfo* info : infos) {
    if (info->folder() || !info->completed()) continue;
    ids.insert(ids.end(), info->blockids().begin(), info->blockids().end());
  }
  if (ids.empty()) return absl::OkStatus();
  ALLUXIO_ASSIGN_OR_RETURN(std::vector<grpc::BlockInfo> blocks, ns_.blocks->BlockInfos(ids));
  if (blocks.size() != ids.size()) return absl::InternalError("the block master answered for other blocks");
  auto next = blocks.begin();
  for (FileInfo* info : infos) {
    if (info->folder() || !info->completed() || info->blockids_size() == 0) continue;
    FileBlocks file(info->fileid(), info->blocksizebytes(), info->length());
    for (int i = 0; i < info->blockids_size(); ++i) file.Next(std::move(*next++), info->add_fileblockinfos());
    if (const auto in_alluxio = file.InAlluxioPercentage()) {
      info->set_inalluxiopercentage(*in_alluxio);
      info->set_inmemorypercentage(*file.InMemoryPercentage());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<FileInfo> FileSystemCore::InfoOf(const Lookup& lookup) {
  FileInfo info;
  const MountTable::Place place = ns_.mounts.Resolve(lookup.path);
  FillInfo(*lookup.target(), lookup.path, place, &info);
  FileInfo* const infos[] = {&info};
  ALLUXIO_RETURN_IF_ERROR(FillBlocks(infos));
  return info;
}

absl::StatusOr<grpc::file::GetStatusPResponse> FileSystemCore::GetStatus(
    Call& call, const grpc::file::GetStatusPRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, options.commonoptions(), options.loadmetadatatype(),
                                       MetadataSync::Extent::kSelf));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  // Access times are kept to a precision, so that reads seldom write.
  const int64_t now_ms = ns_.clock->NowMillis();
  const bool opens = options.accessmode() != grpc::NONE && options.has_accessmode();
  if (opens && options.updatetimestamps() &&
      now_ms - lookup.target()->accessed_ms >= std::max<int64_t>(access_time_precision_ms_.load(std::memory_order_relaxed), 1)) {
    MutexLock latch(&ns_.latch);
    ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(lookup.target()->id));
    if (inode != nullptr) {
      JournalEntries entries;
      auto* update = entries.emplace_back().mutable_update_inode();
      update->set_id(inode->id);
      update->set_last_access_time_ms(now_ms);
      ns_.Commit(std::move(entries));
      lookup.inodes.back() = *ns_.tree.ById(inode->id);
    }
  }
  grpc::file::GetStatusPResponse response;
  ALLUXIO_ASSIGN_OR_RETURN(*response.mutable_fileinfo(), InfoOf(lookup));
  return response;
}

absl::StatusOr<grpc::file::ExistsPResponse> FileSystemCore::Exists(Call& call,
                                                                   const grpc::file::ExistsPRequest& request) {
  grpc::file::ExistsPResponse response;
  response.set_exists(false);
  const auto path = PathOfRequest(request.path());
  if (!path.ok()) return response;
  const absl::Status synced =
      SyncOnAccess(call, *path, request.options().commonoptions(), request.options().loadmetadatatype(),
                   MetadataSync::Extent::kSelf);
  if (absl::IsInvalidArgument(synced)) return response;
  ALLUXIO_RETURN_IF_ERROR(synced);
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    if (const absl::Status found = ns_.tree.Lookup(*path, &lookup); !found.ok()) {
      if (absl::IsInvalidArgument(found)) return response;
      return found;
    }
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  response.set_exists(lookup.exists());
  return response;
}

absl::StatusOr<grpc::file::CheckAccessPResponse> FileSystemCore::CheckAccess(
    Call& call, const grpc::file::CheckAccessPRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, request.options().commonoptions(), grpc::file::ONCE,
                                       MetadataSync::Extent::kSelf));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, security::BitsFromProto(request.options().bits())));
  return grpc::file::CheckAccessPResponse();
}

absl::StatusOr<grpc::file::GetFilePathPResponse> FileSystemCore::GetFilePath(
    Call& call, const grpc::file::GetFilePathPRequest& request) {
  grpc::file::GetFilePathPResponse response;
  ReaderMutexLock latch(&ns_.latch);
  ALLUXIO_ASSIGN_OR_RETURN(*response.mutable_path(), ns_.tree.PathOf(request.fileid()));
  return response;
}

absl::StatusOr<grpc::file::GetFileInfoPResponse> FileSystemCore::GetFileInfo(
    Call& call, const grpc::file::GetFileInfoPRequest& request) {
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_ASSIGN_OR_RETURN(const std::string path, ns_.tree.PathOf(request.fileid()));
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  if (!lookup.exists()) return InodeDoesNotExist(request.fileid());
  grpc::file::GetFileInfoPResponse response;
  ALLUXIO_ASSIGN_OR_RETURN(*response.mutable_fileinfo(), InfoOf(lookup));
  return response;
}

absl::StatusOr<grpc::file::GetPinnedFileIdsPResponse> FileSystemCore::GetPinnedFileIds(
    Call& call, const grpc::file::GetPinnedFileIdsPRequest&) {
  // What must not be evicted: what is pinned, and what lies nowhere else yet.
  // The store alone is read, so that a long list needs no latch; it may be as old
  // as its beginning for a file that changes meanwhile. Intents come first, as a
  // file that is pinned late counts from the next call on anyway.
  std::vector<int64_t> ids;
  // What is not in the list may be evicted: a crash must not take back why it isn't.
  call.wait_durable = true;
  for (const Family family : {Family::kToPersist, Family::kPinned}) {
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.ScanIds(family, [&](int64_t id) {
      ids.push_back(id);
      return true;
    }));
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  grpc::file::GetPinnedFileIdsPResponse response;
  response.mutable_pinnedfileids()->Add(ids.begin(), ids.end());
  return response;
}

}  // namespace alluxio::master
