#include "alluxio/worker/data/write_sink.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/commit_and_report.h"
#include "alluxio/worker/data/commit_block.h"
#include "alluxio/worker/ufsread/ufs_block_name.h"

namespace alluxio::worker {
namespace {

constexpr int64_t kDefaultReserveBytes = int64_t{1} << 20;
constexpr size_t kCopyBytes = 1 << 20;

class BlockSink final : public WriteSink {
 public:
  BlockSink(const BlockWorkerOptions& options, std::unique_ptr<TempBlock> temp)
      : options_(options), temp_(std::move(temp)), in_memory_(temp_->place().medium_type == "MEM") {}

  absl::Status Write(absl::string_view bytes) override { return temp_->Append(bytes); }
  absl::StatusOr<std::string> Commit() override {
    ALLUXIO_RETURN_IF_ERROR(CommitAndReport(*options_.store, *temp_, options_.report));
    return std::string();
  }
  void TakeBack() override { options_.store->Remove(temp_->block_id()).IgnoreError(); }  // may have been freed
  bool may_block() const override { return !in_memory_; }
  const TempBlock& temp() const { return *temp_; }

 private:
  const BlockWorkerOptions& options_;
  const std::unique_ptr<TempBlock> temp_;
  const bool in_memory_;
};

class UfsSink final : public WriteSink {
 public:
  explicit UfsSink(std::unique_ptr<ufs::UfsWriter> writer) : writer_(std::move(writer)) {}

  absl::Status Write(absl::string_view bytes) override { return writer_->Write(bytes); }
  absl::StatusOr<std::string> Commit() override { return writer_->Close(); }
  bool may_block() const override { return true; }

 private:
  const std::unique_ptr<ufs::UfsWriter> writer_;
};

class FallbackSink final : public WriteSink {
 public:
  FallbackSink(const BlockWorkerOptions& options, const grpc::block::WriteRequestCommand& command)
      : options_(options), block_id_(command.id()), mount_id_(command.create_ufs_block_options().mount_id()) {}

  absl::Status Open(int num_tiers, const grpc::block::WriteRequestCommand& command) {
    if (command.create_ufs_block_options().fallback()) return OpenUfs();
    absl::StatusOr<std::unique_ptr<WriteSink>> block = MakeBlockSink(options_, num_tiers, command);
    if (absl::IsResourceExhausted(block.status())) return OpenUfs();
    ALLUXIO_RETURN_IF_ERROR(block.status());
    block_.reset(static_cast<BlockSink*>(block->release()));
    return absl::OkStatus();
  }

  absl::Status Write(absl::string_view bytes) override {
    if (block_ != nullptr) {
      const absl::Status written = block_->Write(bytes);
      if (!absl::IsResourceExhausted(written)) {
        if (written.ok()) written_ += static_cast<int64_t>(bytes.size());
        return written;
      }
      ALLUXIO_RETURN_IF_ERROR(OpenUfs());
      ALLUXIO_RETURN_IF_ERROR(Copy(block_->temp(), written_));
      block_.reset();
    }
    ALLUXIO_RETURN_IF_ERROR(ufs_->Write(bytes));
    written_ += static_cast<int64_t>(bytes.size());
    return absl::OkStatus();
  }

  void TakeBack() override {
    if (block_ != nullptr) block_->TakeBack();
  }

  absl::Status BeginWith(int64_t bytes) override {
    ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<TempReader> temp, options_.store->OpenTemp(block_id_));
    ALLUXIO_ASSIGN_OR_RETURN(const int64_t length, temp->LengthBytes());
    if (written_ != 0 || length < bytes) {
      return absl::InvalidArgumentError(absl::StrCat("block ", block_id_, " can't go on behind ", bytes,
                                                     " bytes in the store: there are ", length, ", and ", written_,
                                                     " were written by this stream"));
    }
    if (ufs_ == nullptr) ALLUXIO_RETURN_IF_ERROR(OpenUfs());
    ALLUXIO_RETURN_IF_ERROR(Copy(*temp, bytes));
    written_ = bytes;
    block_.reset();
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Commit() override {
    if (block_ != nullptr) return block_->Commit();
    ALLUXIO_RETURN_IF_ERROR(ufs_->Commit().status());
    ALLUXIO_RETURN_IF_ERROR(options_.report_in_ufs(block_id_, written_));
    return std::string();
  }
  bool may_block() const override { return true; }

 private:
  absl::Status OpenUfs() {
    ALLUXIO_ASSIGN_OR_RETURN(
        const UfsManager::Place place,
        options_.ufs->ResolveRelative(mount_id_, UfsBlockName(block_id_)));
    if (place.read_only) return absl::PermissionDeniedError(absl::StrCat("mount ", mount_id_, " is read-only"));
    ALLUXIO_ASSIGN_OR_RETURN(auto writer, place.Create({}));
    ufs_ = std::make_unique<UfsSink>(std::move(writer));
    return absl::OkStatus();
  }
  // The first `bytes` of a temp block into the under store.
  template <typename Temp>
  absl::Status Copy(const Temp& temp, int64_t bytes) {
    std::vector<char> buffer(std::min<int64_t>(kCopyBytes, bytes));
    for (int64_t at = 0; at < bytes;) {
      ALLUXIO_ASSIGN_OR_RETURN(
          const size_t n, temp.ReadAt(at, absl::MakeSpan(buffer).subspan(0, std::min<int64_t>(kCopyBytes, bytes - at))));
      if (n == 0) return absl::DataLossError(absl::StrCat("temp block ", block_id_, " became shorter"));
      ALLUXIO_RETURN_IF_ERROR(ufs_->Write(absl::string_view(buffer.data(), n)));
      at += static_cast<int64_t>(n);
    }
    return absl::OkStatus();
  }

  const BlockWorkerOptions& options_;
  const int64_t block_id_;
  const int64_t mount_id_;
  int64_t written_ = 0;
  std::unique_ptr<BlockSink> block_;
  std::unique_ptr<UfsSink> ufs_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WriteSink>> MakeBlockSink(const BlockWorkerOptions& options, int num_tiers,
                                                         const grpc::block::WriteRequestCommand& command) {
  absl::StatusOr<std::unique_ptr<TempBlock>> temp = options.store->Create({
      .session_id = options.random->NextPositiveId(),
      .block_id = command.id(),
      .tier = TierOf(command.tier(), num_tiers),
      .medium_type = command.medium_type(),
      .reserve_bytes = command.has_space_to_reserve() ? command.space_to_reserve() : kDefaultReserveBytes,
      .pin_on_create = command.pin_on_create(),
  });
  if (!temp.ok()) return AsWriteError(temp.status());
  return std::make_unique<BlockSink>(options, *std::move(temp));
}

absl::StatusOr<std::unique_ptr<WriteSink>> MakeUfsFileSink(const BlockWorkerOptions& options,
                                                           const grpc::block::WriteRequestCommand& command) {
  if (options.ufs == nullptr) return absl::UnimplementedError("this worker has no under store");
  const auto& file = command.create_ufs_file_options();
  ALLUXIO_ASSIGN_OR_RETURN(const UfsManager::Place place, options.ufs->Resolve(file.mount_id(), file.ufs_path()));
  if (place.read_only) {
    return absl::PermissionDeniedError(absl::StrCat("the mount of ", file.ufs_path(), " is read-only"));
  }
  ufs::UnderFileSystem::CreateOptions create{.owner = file.owner(), .group = file.group()};
  if (file.has_mode()) create.mode = file.mode();
  ALLUXIO_ASSIGN_OR_RETURN(auto writer, place.Create(create));
  return std::make_unique<UfsSink>(std::move(writer));
}

absl::StatusOr<std::unique_ptr<WriteSink>> MakeFallbackSink(const BlockWorkerOptions& options, int num_tiers,
                                                            const grpc::block::WriteRequestCommand& command) {
  if (options.ufs == nullptr || !options.report_in_ufs) return absl::UnimplementedError("this worker has no under store");
  auto sink = std::make_unique<FallbackSink>(options, command);
  ALLUXIO_RETURN_IF_ERROR(sink->Open(num_tiers, command));
  return sink;
}

}  // namespace alluxio::worker
