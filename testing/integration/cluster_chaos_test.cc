// Goal: whatever the order of calls and restarts, a file that was closed with OK
// and is in the under store reads back as it was written, and no file ever reads
// back otherwise. Method: threads of random calls on files of their own, while
// master and workers are restarted; ALLUXIO_TEST_SEED repeats a run's calls.
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/random.h"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio::test {
namespace {

using client::FileSystem;
using client::WriteType;

constexpr int64_t kBlock = 128 << 10;
constexpr int kThreads = 4;
constexpr int kSteps = 60;

struct Expected {
  std::string content;
  bool safe = false;  // in the under store
};

// One thread: its client, its files, what they must hold.
class Actor {
 public:
  Actor(int id, uint64_t seed, std::unique_ptr<FileSystem> fs)
      : id_(id), random_(Random::Seeded(seed + static_cast<uint64_t>(id))), fs_(std::move(fs)) {}

  void Run() {
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      switch (random_->Next() % 6) {
        case 0:
        case 1:
          Write(step);
          break;
        case 2:
          Rename(step);
          break;
        case 3:
          Delete();
          break;
        default:
          Read();
      }
    }
    for (const auto& [path, expected] : files_) CheckFile(path, expected);
  }

 private:
  std::string NameOf(int step) const { return absl::StrCat("/t", id_, "-", step); }
  std::map<std::string, Expected>::iterator Any() {
    auto it = files_.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(random_->Next() % files_.size()));
    return it;
  }

  void Write(int step) {
    constexpr WriteType kTypes[] = {WriteType::kMustCache, WriteType::kThrough, WriteType::kCacheThrough,
                                    WriteType::kAsyncThrough};
    const WriteType type = kTypes[random_->Next() % 4];
    std::string content(random_->Next() % (3 * kBlock), '\0');
    for (char& c : content) c = static_cast<char>(random_->Next());
    auto out = fs_->CreateFile(NameOf(step), {.block_size_bytes = kBlock, .write_type = type});
    if (!out.ok() || !(*out)->Write(content).ok() || !(*out)->Close().ok()) return;  // a restart; nothing was promised
    files_[NameOf(step)] = {std::move(content), type == WriteType::kThrough || type == WriteType::kCacheThrough};
  }

  void Rename(int step) {
    if (files_.empty()) return;
    const auto it = Any();
    const std::string to = NameOf(step);
    const absl::Status renamed = fs_->Rename(it->first, to);
    EXPECT_THAT(renamed, IsOk()) << it->first << " to " << to;
    if (!renamed.ok()) return;
    files_[to] = std::move(it->second);
    files_.erase(it);
  }

  void Delete() {
    if (files_.empty()) return;
    const auto it = Any();
    EXPECT_THAT(fs_->Delete(it->first), IsOk()) << it->first;
    files_.erase(it);
  }

  void Read() {
    if (files_.empty()) return;
    const auto it = Any();
    CheckFile(it->first, it->second);
  }

  void CheckFile(const std::string& path, const Expected& expected) {
    auto in = fs_->OpenFile(path);
    ASSERT_THAT(in, IsOk()) << path;
    ASSERT_EQ((*in)->length(), static_cast<int64_t>(expected.content.size())) << path;
    std::string got(expected.content.size(), '\0');
    const auto read = (*in)->ReadAt(0, std::as_writable_bytes(std::span(got)));
    if (!read.ok()) {
      // A worker that was stopped before a block was sealed drops it.
      EXPECT_FALSE(expected.safe) << path << ": " << read.status();
      return;
    }
    EXPECT_TRUE(got == expected.content) << path << " reads back otherwise";
  }

  const int id_;
  const std::unique_ptr<Random> random_;
  const std::unique_ptr<FileSystem> fs_;
  std::map<std::string, Expected> files_;
};

TEST(ClusterChaosTest, FilesReadBackAsWrittenThroughRestarts) {
  uint64_t seed = Random::System()->Next();
  if (const char* given = std::getenv("ALLUXIO_TEST_SEED")) seed = std::strtoull(given, nullptr, 10);
  std::cerr << "ALLUXIO_TEST_SEED=" << seed << std::endl;
  // Small workers: eviction is part of it.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.num_workers = 2, .worker_bytes = 8 << 20}));
  const Properties ways[kThreads] = {{},
                                     {{"alluxio.user.short.circuit.enabled", "false"}},
                                     {{"alluxio.user.hostname", "elsewhere"}},
                                     {{"alluxio.user.file.passive.cache.enabled", "false"}}};
  std::vector<std::unique_ptr<Actor>> actors;
  for (int i = 0; i < kThreads; ++i) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient(ways[i]));
    actors.push_back(std::make_unique<Actor>(i, seed, std::move(fs)));
  }
  std::vector<std::thread> threads;
  for (auto& actor : actors) threads.emplace_back([&actor] { actor->Run(); });
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(cluster->RestartWorker(0), IsOk());
    EXPECT_THAT(cluster->RestartMaster(), IsOk());
    EXPECT_THAT(cluster->RestartWorker(1), IsOk());
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace alluxio::test
