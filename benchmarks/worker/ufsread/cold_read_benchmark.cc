// Cold reads of blocks from a local under store whose pages are in memory: what
// the worker adds to reading the file. The last rows are the machine's limits.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/log.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/ufs/local/local_ufs.h"
#include "alluxio/worker/block/local_block_store.h"
#include "alluxio/worker/ufsread/block_fetcher.h"
#include "benchmark/benchmark.h"

namespace alluxio::worker {
namespace {

constexpr int64_t kBlockBytes = int64_t{64} << 20;
constexpr int kBlocks = 8;

// Files of the benchmark, in memory; gone with the process.
struct Folders {
  Folders() : root(absl::StrCat("/dev/shm/cold_read_", ::getpid())) {
    std::filesystem::create_directories(root + "/ufs");
    const UniqueFd fd(::open((root + "/ufs/f").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const std::string piece(1 << 20, 'x');
    for (int64_t at = 0; at < kBlockBytes * kBlocks; at += static_cast<int64_t>(piece.size())) {
      if (::write(fd.get(), piece.data(), piece.size()) < 0) std::abort();
    }
  }
  ~Folders() { std::filesystem::remove_all(root); }
  const std::string root;
};

// Reads the file's blocks one after the other, as a client does; `touch`: and
// looks at every page, as a client in this process would.
void ReadCold(benchmark::State& state, bool second_lap) {
  SetLogLevel(LogLevel::kError);
  Folders folders;
  ufs::UfsRegistry registry;
  ufs::RegisterLocalUfs(registry);
  UfsManager manager({.registry = &registry, .look_up = [&](int64_t) -> absl::StatusOr<UfsManager::Mount> {
                        return UfsManager::Mount{.uri = folders.root + "/ufs"};
                      }});
  ThreadPool threads({.name = "ufs", .threads = static_cast<int>(state.range(0))});
  const std::string data = folders.root + "/worker";
  std::filesystem::create_directories(data);
  const int64_t room = kBlockBytes * (second_lap ? kBlocks / 2 : kBlocks + 1);
  auto store = LocalBlockStore::Start({.layout = {.tiers = {{.alias = "MEM", .dirs = {{data, room, "MEM"}}}}},
                                       .stepped = true,
                                       .max_spare_bytes = second_lap && state.range(1) != 0 ? kBlockBytes : 0});
  if (!store.ok()) return state.SkipWithError("no block store");
  std::unique_ptr<BlockFetcher> fetcher =
      BlockFetcher::Create({.store = store->get(),
                            .ufs = &manager,
                            .executor = &threads,
                            .report = [](const BlockPin&) { return absl::OkStatus(); },
                            .parallel_ranges = static_cast<int>(state.range(0))});
  for (auto _ : state) {
    for (int i = 0; i < kBlocks; ++i) {
      const ColdBlock block = {.block_id = i + 1,
                               .length_bytes = kBlockBytes,
                               .mount_id = 1,
                               .ufs_uri = folders.root + "/ufs/f",
                               .offset_in_file = i * kBlockBytes,
                               .cache = second_lap || state.range(1) != 0};
      auto reader = fetcher->Open(block, 0, kBlockBytes);
      for (int64_t at = 0; at < kBlockBytes;) {
        const auto bytes = (*reader)->ReadBlocking(at, 1 << 20, absl::InfiniteFuture());
        if (!bytes.ok()) return state.SkipWithError(std::string(bytes.status().message()).c_str());
        for (size_t page = 0; page < bytes->bytes.size(); page += 4096) benchmark::DoNotOptimize(bytes->bytes[page]);
        at += static_cast<int64_t>(bytes->bytes.size());
      }
      if (!(*reader)->ReadBlocking(kBlockBytes, 1, absl::InfiniteFuture()).ok()) return state.SkipWithError("end");
    }
    if (second_lap) continue;
    state.PauseTiming();
    (*store)->EvictAll();
    for (int i = 0; i < kBlocks; ++i) (*store)->Remove(i + 1).IgnoreError();  // already evicted
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * kBlockBytes * kBlocks);
}
void BM_ColdRead(benchmark::State& state) { ReadCold(state, false); }
BENCHMARK(BM_ColdRead)
    ->ArgNames({"threads", "cache"})
    ->ArgsProduct({{1, 2, 4, 8}, {0, 1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// The same where each block takes the place of another one, whose pages are used
// again or not.
void BM_ColdReadSecondLap(benchmark::State& state) { ReadCold(state, true); }
BENCHMARK(BM_ColdReadSecondLap)
    ->ArgNames({"threads", "recycle"})
    ->ArgsProduct({{8}, {0, 1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// Writes of whole blocks through the worker (WriteBlock without its wire), each in
// the place of another one.
void BM_WriteSecondLap(benchmark::State& state) {
  SetLogLevel(LogLevel::kError);
  const std::string data = absl::StrCat("/dev/shm/write_", ::getpid());
  std::filesystem::create_directories(data);
  {
    auto store = LocalBlockStore::Start({.layout = {.tiers = {{.alias = "MEM", .dirs = {{data, kBlockBytes * 4, "MEM"}}}}},
                                         .stepped = true,
                                         .max_spare_bytes = state.range(0) != 0 ? kBlockBytes : 0});
    if (!store.ok()) return state.SkipWithError("no block store");
    const std::string piece(1 << 20, 'x');
    int64_t id = 0;
    for (auto _ : state) {
      auto temp = (*store)->Create({.session_id = 1, .block_id = ++id, .reserve_bytes = kBlockBytes});
      for (int64_t at = 0; temp.ok() && at < kBlockBytes; at += static_cast<int64_t>(piece.size())) {
        if (!(*temp)->Append(piece).ok()) return state.SkipWithError("append");
      }
      if (!temp.ok() || !(*temp)->Commit().ok()) return state.SkipWithError("no block");
    }
    state.SetBytesProcessed(state.iterations() * kBlockBytes);
  }
  std::filesystem::remove_all(data);
}
BENCHMARK(BM_WriteSecondLap)->ArgName("recycle")->Arg(0)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);

// The limit of one copy: the same file into one warm buffer.
void BM_Pread(benchmark::State& state) {
  Folders folders;
  const UniqueFd fd(::open((folders.root + "/ufs/f").c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<char> buffer(1 << 20);
  for (auto _ : state) {
    for (int64_t at = 0; at < kBlockBytes * kBlocks; at += static_cast<int64_t>(buffer.size())) {
      benchmark::DoNotOptimize(::pread(fd.get(), buffer.data(), buffer.size(), at));
    }
  }
  state.SetBytesProcessed(state.iterations() * kBlockBytes * kBlocks);
}
BENCHMARK(BM_Pread)->UseRealTime()->Unit(benchmark::kMillisecond);

// The limit of two copies and first touches: the file into a new one, by one thread.
void BM_CopyFile(benchmark::State& state) {
  Folders folders;
  const UniqueFd fd(::open((folders.root + "/ufs/f").c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<char> buffer(256 << 10);
  const auto size = static_cast<int64_t>(buffer.size());
  for (auto _ : state) {
    const UniqueFd copy(::open((folders.root + "/copy").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    for (int64_t at = 0; at < kBlockBytes * kBlocks; at += size) {
      if (::pread(fd.get(), buffer.data(), buffer.size(), at) != size) std::abort();
      if (::pwrite(copy.get(), buffer.data(), buffer.size(), at) != size) std::abort();
    }
  }
  state.SetBytesProcessed(state.iterations() * kBlockBytes * kBlocks);
}
BENCHMARK(BM_CopyFile)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace alluxio::worker
