// What reading and writing costs a client, by each rung of the locality ladder,
// beside the machine's own limits measured in the same run: copying memory, and
// reading a file of shared memory. A cluster in this process serves; its blocks
// lie in /dev/shm. Compare rows of one run only.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio {
namespace {

using client::BlockView;
using client::FileInStream;
using client::FileSystem;
using client::WriteType;

constexpr int64_t kBlock = int64_t{64} << 20;
constexpr int64_t kFile = 4 * kBlock;

enum Rung { kFileRung, kSocketRung, kTcpRung };
constexpr const char* kRungs[] = {"file", "socket", "TCP"};

[[noreturn]] void Die(const absl::Status& status) {
  std::cerr << status << std::endl;
  std::abort();
}
void Check(const absl::Status& status) {
  if (!status.ok()) Die(status);
}
template <typename T>
T Check(absl::StatusOr<T> result) {
  if (!result.ok()) Die(result.status());
  return *std::move(result);
}

// One cluster with a socket, and a client for each rung; made when first used.
struct World {
  std::unique_ptr<test::MiniCluster> cluster = Check(test::MiniCluster::Start(
      {.worker_bytes = 16 * kBlock, .block_parent = "/dev/shm", .domain_sockets = true}));
  std::unique_ptr<FileSystem> clients[3];

  World() {
    clients[kFileRung] = Check(cluster->NewClient({{"alluxio.user.short.circuit.preferred", "true"}}));
    clients[kSocketRung] = Check(cluster->NewClient());
    clients[kTcpRung] = Check(cluster->NewClient({{"alluxio.user.hostname", "elsewhere"}}));
    Write(*clients[kTcpRung], "/big", kFile);
    Write(*clients[kTcpRung], "/small", 4096);
  }

  static void Write(FileSystem& fs, const std::string& path, int64_t bytes) {
    static const std::string chunk(1 << 20, 'x');
    auto out = Check(fs.CreateFile(path, {.block_size_bytes = kBlock, .write_type = WriteType::kMustCache}));
    for (int64_t left = bytes; left > 0; left -= static_cast<int64_t>(chunk.size())) {
      Check(out->Write(absl::string_view(chunk).substr(0, static_cast<size_t>(left))));
    }
    Check(out->Close());
  }

  static World& Get() {
    static World world;  // destroyed at the end: it owns memory in /dev/shm
    return world;
  }
};

void BM_Memcpy(benchmark::State& state) {
  std::vector<char> from(static_cast<size_t>(state.range(0)), 'x');
  std::vector<char> to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Memcpy)->Arg(1 << 20)->Arg(64 << 20);

void BM_PreadSharedMemory(benchmark::State& state) {
  const int fd = ::open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
  std::vector<char> buffer(static_cast<size_t>(state.range(0)), 'x');
  for (int64_t at = 0; at < kBlock; at += state.range(0)) {
    if (::pwrite(fd, buffer.data(), buffer.size(), at) < 0) state.SkipWithError("cannot write /dev/shm");
  }
  int64_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(::pread(fd, buffer.data(), buffer.size(), at));
    at = (at + state.range(0)) % kBlock;
  }
  ::close(fd);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_PreadSharedMemory)->Arg(4 << 10)->Arg(1 << 20);

// A whole file of four blocks, in pieces of 1 MiB.
void BM_ReadFile(benchmark::State& state) {
  FileSystem& fs = *World::Get().clients[state.range(0)];
  std::vector<std::byte> buffer(1 << 20);
  for (auto _ : state) {
    auto in = Check(fs.OpenFile("/big"));
    while (Check(in->Read(buffer)) > 0) {
    }
  }
  state.SetBytesProcessed(state.iterations() * kFile);
  state.SetLabel(kRungs[state.range(0)]);
}
BENCHMARK(BM_ReadFile)->DenseRange(kFileRung, kTcpRung)->UseRealTime();

// Views of 64 KiB over an open file, each byte looked at: no copy, no call.
void BM_View(benchmark::State& state) {
  FileSystem& fs = *World::Get().clients[kFileRung];
  auto in = Check(fs.OpenFile("/big"));
  int64_t at = 0;
  for (auto _ : state) {
    const BlockView view = Check(in->View(at, 64 << 10));
    benchmark::DoNotOptimize(std::memchr(view.bytes().data(), 'y', view.size()));
    at = (at + (64 << 10)) % kFile;
  }
  state.SetBytesProcessed(state.iterations() * (64 << 10));
}
BENCHMARK(BM_View)->UseRealTime();

// Random 4 KiB of an open file.
void BM_ReadAt4K(benchmark::State& state) {
  FileSystem& fs = *World::Get().clients[state.range(0)];
  auto in = Check(fs.OpenFile("/big", {.read_type = client::ReadType::kNoCache}));
  std::vector<std::byte> buffer(4096);
  uint64_t random = 1;
  for (auto _ : state) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    Check(in->ReadAt(static_cast<int64_t>((random >> 20) % (kFile - 4096)), buffer).status());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(kRungs[state.range(0)]);
}
BENCHMARK(BM_ReadAt4K)->DenseRange(kFileRung, kTcpRung)->UseRealTime();

// Open, read, close a file of 4 KiB: what many small files cost.
void BM_OpenReadClose4K(benchmark::State& state) {
  FileSystem& fs = *World::Get().clients[state.range(0)];
  std::vector<std::byte> buffer(4096);
  for (auto _ : state) {
    auto in = Check(fs.OpenFile("/small"));
    Check(in->Read(buffer).status());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(kRungs[state.range(0)]);
}
BENCHMARK(BM_OpenReadClose4K)->DenseRange(kFileRung, kTcpRung)->UseRealTime();

// Create, write two blocks, complete; the deletion isn't counted.
void BM_WriteFile(benchmark::State& state) {
  FileSystem& fs = *World::Get().clients[state.range(0)];
  for (auto _ : state) {
    World::Write(fs, "/written", 2 * kBlock);
    state.PauseTiming();
    Check(fs.Delete("/written"));
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * 2 * kBlock);
  state.SetLabel(kRungs[state.range(0)]);
}
BENCHMARK(BM_WriteFile)->DenseRange(kFileRung, kTcpRung)->UseRealTime();

void BM_GetStatus(benchmark::State& state) {
  FileSystem& fs = World::Get().cluster->client();
  for (auto _ : state) Check(fs.GetStatus("/big").status());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_GetStatus)->UseRealTime();

// A new client and its first call: what a command of the shell waits for.
void BM_StartAndGetStatus(benchmark::State& state) {
  World& world = World::Get();
  for (auto _ : state) {
    auto fs = Check(world.cluster->NewClient());
    Check(fs->GetStatus("/big").status());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_StartAndGetStatus)->UseRealTime();

}  // namespace
}  // namespace alluxio
