// The metastore without the inodes above it: reads of what is there and of what isn't, small
// batches, and taking batches to disk. In RocksDB below the temporary folder, and on the heap.
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "alluxio/master/metastore/rocks_kv_store.h"
#include "benchmark/benchmark.h"

namespace alluxio::master {
namespace {

constexpr int64_t kKeys = 100'000;
constexpr size_t kRecordBytes = 100;  // an inode

std::string Key(int64_t i) { return EncodeId(7) + absl::StrCat("file-", i); }

// A store with kKeys records: of RocksDB, all of them on disk.
struct Filled {
  explicit Filled(bool rocks) {
    SetLogLevel(LogLevel::kError);
    if (rocks) {
      folder = std::filesystem::temp_directory_path() / absl::StrCat("metastore_benchmark_", ::getpid());
      auto opened = RocksKvStore::Open({.folder = folder});
      if (!opened.ok()) return;
      store = *std::move(opened);
    } else {
      store = std::make_unique<HeapKvStore>();
    }
    for (int64_t i = 0; i < kKeys; ++i) {
      KvBatch batch;
      batch.Put(Family::kInodes, Key(i), std::string(kRecordBytes, 'x'));
      store->Write(std::move(batch), ++sequence);
      if (i % 10'000 == 0 && !store->Persist(sequence).ok()) store = nullptr;
      if (store == nullptr) return;
    }
    if (!store->Persist(sequence).ok() || !store->Sync().ok()) store = nullptr;
  }
  ~Filled() {
    store = nullptr;
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }
  std::filesystem::path folder;
  std::unique_ptr<KvStore> store;
  uint64_t sequence = 0;
};

void Get(benchmark::State& state, int64_t first) {
  const Filled filled(state.range(0) != 0);
  if (filled.store == nullptr) return state.SkipWithError("no store");
  int64_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(filled.store->Get(Family::kInodes, Key(first + ++i * 7919 % kKeys)));
  state.SetItemsProcessed(state.iterations());
}
void BM_GetPresent(benchmark::State& state) { Get(state, 0); }
void BM_GetMissing(benchmark::State& state) { Get(state, kKeys); }
BENCHMARK(BM_GetPresent)->ArgName("rocks")->Arg(0)->Arg(1);
BENCHMARK(BM_GetMissing)->ArgName("rocks")->Arg(0)->Arg(1);

// What a rename writes, persisted each 10,000 as the upkeep does.
void BM_WriteAndPersist(benchmark::State& state) {
  Filled filled(state.range(0) != 0);
  if (filled.store == nullptr) return state.SkipWithError("no store");
  int64_t i = 0;
  for (auto _ : state) {
    KvBatch batch;
    batch.Delete(Family::kInodes, Key(i % kKeys));
    batch.Put(Family::kInodes, Key(kKeys + i), std::string(kRecordBytes, 'y'));
    batch.Put(Family::kInodeIds, EncodeId(i), Key(kKeys + i));
    filled.store->Write(std::move(batch), ++filled.sequence);
    if (++i % 10'000 == 0 && !filled.store->Persist(filled.sequence).ok()) state.SkipWithError("not persisted");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_WriteAndPersist)->ArgName("rocks")->Arg(0)->Arg(1);

}  // namespace
}  // namespace alluxio::master
