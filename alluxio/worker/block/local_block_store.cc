#include "alluxio/worker/block/local_block_store.h"

#include <thread>
#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/block_core.h"

namespace alluxio::worker {
namespace {

class Store final : public LocalBlockStore {
 public:
  explicit Store(std::shared_ptr<internal::Core> core) : core_(std::move(core)) {}
  ~Store() override {
    core_->StopSealer();
    if (sealer_.joinable()) sealer_.join();
    core_->Close();
  }
  void StartSealer() {
    sealer_ = std::thread([core = core_.get()] { core->RunSealer(); });
  }

  absl::StatusOr<std::unique_ptr<TempBlock>> Create(const CreateBlockOptions& options) override {
    return core_->Create(options);
  }
  absl::StatusOr<BlockPin> Open(int64_t block_id) override { return core_->OpenBlock(block_id); }
  absl::StatusOr<std::unique_ptr<TempReader>> OpenTemp(int64_t block_id) override {
    absl::StatusOr<std::unique_ptr<TempReader>> temp = core_->OpenTemp(block_id);
    if (absl::IsNotFound(temp.status())) return NoTempBlock(block_id);
    return temp;
  }
  bool Contains(int64_t block_id) const override { return core_->Contains(block_id); }
  absl::Status Remove(int64_t block_id) override { return core_->Remove(block_id); }
  absl::Status Move(int64_t block_id, int tier, absl::string_view medium) override {
    return core_->Move(block_id, tier, medium);
  }
  int64_t EvictAll() override { return core_->EvictAll(); }
  void SetPinnedFiles(const std::vector<int64_t>& file_ids) override { core_->SetPinnedFiles(file_ids); }
  void Confirm(int64_t block_id) override { core_->Confirm(block_id); }
  void SetReadableByAll(int64_t block_id, bool readable) override { core_->SetReadableByAll(block_id, readable); }
  std::vector<PlacedBlocks> TakeAllForReport() override { return core_->TakeAllForReport(); }
  BlockDelta TakeDelta() override { return core_->TakeDelta(); }
  void ReturnDelta(BlockDelta delta) override { core_->ReturnDelta(delta); }
  void CheckStorage() override { core_->CheckStorage(); }
  std::vector<std::pair<std::string, std::string>> LostStorage() const override { return core_->LostStorage(); }
  std::vector<TierUsage> Usage() const override { return core_->Usage(); }
  int64_t num_blocks() const override { return core_->num_blocks(); }
  std::vector<BlockSummary> List(int64_t after, int64_t limit) const override { return core_->List(after, limit); }
  int64_t SealRound() override { return core_->SealRound(); }
  Recovered recovered() const override { return recovered_; }
  Recovered recovered_;

 private:
  const std::shared_ptr<internal::Core> core_;
  std::thread sealer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LocalBlockStore>> LocalBlockStore::Start(Options options) {
  if (options.layout.tiers.empty() || options.layout.tiers[0].dirs.empty()) {
    return absl::InvalidArgumentError("a block store needs at least one tier with one directory");
  }
  const bool stepped = options.stepped;
  auto core = std::make_shared<internal::Core>(std::move(options));
  auto store = std::make_unique<Store>(core);
  ALLUXIO_RETURN_IF_ERROR(core->OpenDirs(&store->recovered_));
  if (!stepped) store->StartSealer();
  return store;
}

}  // namespace alluxio::worker
