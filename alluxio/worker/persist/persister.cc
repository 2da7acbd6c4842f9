#include "alluxio/worker/persist/persister.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::worker {
namespace {

// Of a block that can't be mapped yet, because a client may still write it.
constexpr size_t kCopyBytes = size_t{1} << 20;

// The under store's NOT_FOUND must not be taken for a missing block.
absl::Status UfsError(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInvalidArgument: return status;
    default: return absl::UnavailableError(status.message());
  }
}

absl::Status WriteBlock(const BlockHandle& block, ufs::UfsWriter& writer) {
  if (const absl::StatusOr<absl::string_view> mapped = block.Map(); mapped.ok()) {
    return UfsError(writer.Write(*mapped));
  }
  std::string buffer(kCopyBytes, '\0');
  for (int64_t at = 0; at < block.length_bytes();) {
    const auto want = std::min(static_cast<int64_t>(buffer.size()), block.length_bytes() - at);
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n,
                             block.ReadAt(at, absl::MakeSpan(buffer).subspan(0, static_cast<size_t>(want))));
    if (n == 0) {
      return absl::UnavailableError(
          absl::StrCat("block ", block.block_id(), " ends at ", at, " of ", block.length_bytes(), " bytes"));
    }
    ALLUXIO_RETURN_IF_ERROR(UfsError(writer.Write(absl::string_view(buffer.data(), n))));
    at += static_cast<int64_t>(n);
  }
  return absl::OkStatus();
}

}  // namespace

void Persister::PersistFile(const rpc::Caller&, const native::PersistFileRequest& request,
                            rpc::Reply<native::PersistFileResponse> reply) {
  // Shared: a task that the executor refuses is gone, and its reply with it.
  const auto answer = std::make_shared<rpc::Reply<native::PersistFileResponse>>(std::move(reply));
  const bool taken = tasks_.Submit([this, request, answer] {
    absl::StatusOr<native::PersistFileResponse> response = Persist(request);
    if (!response.ok()) {
      ALLUXIO_LOG(kWarning, "worker/persist", "file ", request.file_id(), " (", request.ufs_path(),
                  ") is not persisted: ", response.status().message());
    }
    (*answer)(std::move(response));
  });
  if (!taken) {
    (*answer)(absl::ResourceExhaustedError(
        absl::StrCat("File ", request.file_id(), " can't be persisted now: too many others are waiting on this worker.")));
  }
}

absl::StatusOr<Persister::Part> Persister::Find(const native::PersistFileRequest& request, int64_t block_id) const {
  absl::StatusOr<BlockPin> here = options_.store->Open(block_id);
  if (here.ok()) return Part{.here = *std::move(here)};
  if (!absl::IsNotFound(here.status())) return here.status();
  for (const native::BlockSource& source : request.block_sources()) {
    if (source.block_id() != block_id) continue;
    if (source.host().empty() || source.data_port() <= 0 || source.data_port() > 65535 || source.length() < 0) {
      return absl::InvalidArgumentError(absl::StrCat("block ", block_id, " of ", source.length(), " bytes can't be at \"",
                                                     source.host(), ":", source.data_port(), "\""));
    }
    return Part{.source = &source};
  }
  return here.status();
}

absl::Status Persister::Write(const Part& part, ufs::UfsWriter& writer) const {
  if (part.here) return WriteBlock(*part.here, writer);
  return options_.remote->Read(part.source->host(), part.source->data_port(),
                               {.block_id = part.source->block_id(), .length_bytes = part.source->length()},
                               [&writer](absl::string_view bytes) { return UfsError(writer.Write(bytes)); });
}

absl::StatusOr<native::PersistFileResponse> Persister::Persist(const native::PersistFileRequest& request) const {
  if (request.length() < 0 || request.temporary_ufs_path().empty()) {
    return absl::InvalidArgumentError(absl::StrCat("can't persist file ", request.file_id(), " of ", request.length(),
                                                   " bytes under \"", request.temporary_ufs_path(), "\""));
  }
  std::vector<Part> blocks;
  int64_t length = 0;
  for (const int64_t id : request.block_ids()) {
    ALLUXIO_ASSIGN_OR_RETURN(blocks.emplace_back(), Find(request, id));
    const Part& part = blocks.back();
    length += part.here ? part.here->length_bytes() : part.source->length();
  }
  if (length != request.length()) {
    return absl::FailedPreconditionError(absl::StrCat("file ", request.file_id(), " has ", request.length(),
                                                      " bytes, its ", blocks.size(), " blocks have ",
                                                      length));
  }
  ALLUXIO_ASSIGN_OR_RETURN(const UfsManager::Place place,
                           options_.ufs->Resolve(request.mount_id(), request.temporary_ufs_path()));
  if (place.read_only) {
    return absl::PermissionDeniedError(absl::StrCat("the mount of ", request.ufs_path(), " is read-only"));
  }
  ufs::UnderFileSystem::CreateOptions create{.owner = request.owner(), .group = request.group()};
  if (request.has_mode()) create.mode = request.mode();
  absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> writer = place.Create(create);
  if (!writer.ok()) return UfsError(writer.status());
  for (const Part& block : blocks) ALLUXIO_RETURN_IF_ERROR(Write(block, **writer));
  ALLUXIO_RETURN_IF_ERROR(UfsError((*writer)->Close().status()));
  const absl::StatusOr<ufs::UfsStatus> written = place.ufs->Status(place.path);
  if (!written.ok() || written->length_bytes != length) {
    place.ufs->DeleteFile(place.path).IgnoreError();  // the master's next try uses another name or replaces it
    if (!written.ok()) return UfsError(written.status());
    return absl::UnavailableError(absl::StrCat(place.ufs->UriOf(place.path), " has ", written->length_bytes,
                                               " bytes, not the ", length, " that were written"));
  }
  native::PersistFileResponse response;
  response.set_ufs_fingerprint(ufs::Fingerprint(place.ufs->type(), *written));
  response.set_written_bytes(length);
  return response;
}

}  // namespace alluxio::worker
