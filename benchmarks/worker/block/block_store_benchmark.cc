// The block store on /dev/shm without the wire above it: a small block made and committed,
// one opened and read, and one made in a full tier, where another has to go.
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/worker/block/local_block_store.h"
#include "benchmark/benchmark.h"

namespace alluxio::worker {
namespace {

constexpr int64_t kBlockBytes = 4096;

struct Store {
  explicit Store(int64_t room) : folder(absl::StrCat("/dev/shm/block_store_benchmark_", ::getpid())) {
    SetLogLevel(LogLevel::kError);
    std::filesystem::create_directories(folder);
    auto started = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM", .dirs = {{folder, room, "MEM"}}}}}, .stepped = true});
    if (started.ok()) blocks = *std::move(started);
  }
  ~Store() {
    blocks = nullptr;
    std::filesystem::remove_all(folder);
  }
  bool Make(int64_t id) {
    auto temp = blocks->Create({.session_id = 1, .block_id = id, .reserve_bytes = kBlockBytes});
    if (!temp.ok() || !(*temp)->Append(std::string(kBlockBytes, 'x')).ok()) return false;
    const auto pin = (*temp)->Commit();
    if (!pin.ok()) return false;
    blocks->Confirm(id);
    return true;
  }
  const std::string folder;
  std::unique_ptr<LocalBlockStore> blocks;
};

// `range` blocks have room: with few, each new one takes the place of the oldest.
void BM_CreateAndCommit(benchmark::State& state) {
  Store store(state.range(0) * kBlockBytes);
  if (store.blocks == nullptr) return state.SkipWithError("no block store");
  int64_t id = 0;
  for (auto _ : state) {
    if (!store.Make(++id << 24)) {
      state.SkipWithError("no block");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_CreateAndCommit)->ArgName("room_for")->Arg(1000)->Arg(100'000)->Iterations(20'000);

void BM_OpenAndRead(benchmark::State& state) {
  constexpr int64_t kBlocks = 500;
  Store store(2 * kBlocks * kBlockBytes);
  if (store.blocks == nullptr) return state.SkipWithError("no block store");
  for (int64_t id = 1; id <= kBlocks; ++id) {
    if (!store.Make(id << 24)) return state.SkipWithError("no block");
  }
  std::array<char, kBlockBytes> buffer;
  int64_t i = 0;
  for (auto _ : state) {
    const auto pin = store.blocks->Open((1 + ++i * 7919 % kBlocks) << 24);
    if (!pin.ok() || (*pin)->ReadAt(0, absl::MakeSpan(buffer)).value_or(0) != kBlockBytes) {
      state.SkipWithError("not read");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OpenAndRead);

}  // namespace
}  // namespace alluxio::worker
