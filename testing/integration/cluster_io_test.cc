// Goal: data written by a client comes back, whatever the way and whatever
// happens meanwhile. Method: real processes in one (MiniCluster), a cluster for
// each test, small blocks, heartbeats stepped where their effect matters.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/client/core.h"
#include "alluxio/metrics/metrics.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio::test {
namespace {

using client::BlockView;
using client::CreateFileOptions;
using client::FileInStream;
using client::FileSystem;
using client::OpenFileOptions;
using client::ReadType;
using client::UriStatus;
using client::WriteType;

constexpr int64_t kBlock = 256 << 10;

std::string Bytes(int64_t size, uint32_t seed = 1) {
  std::string bytes(static_cast<size_t>(size), '\0');
  for (char& c : bytes) c = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  return bytes;
}

absl::Status Write(FileSystem& fs, const std::string& path, const std::string& content, CreateFileOptions options = {}) {
  if (!options.block_size_bytes) options.block_size_bytes = kBlock;
  ALLUXIO_ASSIGN_OR_RETURN(auto out, fs.CreateFile(path, options));
  for (size_t at = 0; at < content.size(); at += 100'000) {
    ALLUXIO_RETURN_IF_ERROR(out->Write(absl::string_view(content).substr(at, 100'000)));
  }
  return out->Close();
}

absl::StatusOr<std::string> ReadAll(FileInStream& in) {
  std::string all;
  std::string buffer(70'000, '\0');
  while (true) {
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in.Read(std::as_writable_bytes(std::span(buffer))));
    if (n == 0) return all;
    all.append(buffer, 0, n);
  }
}

absl::StatusOr<std::string> Read(FileSystem& fs, const std::string& path, const OpenFileOptions& options = {}) {
  ALLUXIO_ASSIGN_OR_RETURN(auto in, fs.OpenFile(path, options));
  return ReadAll(*in);
}

void WriteUfs(const MiniCluster& cluster, const std::string& path, const std::string& content) {
  const std::filesystem::path file = cluster.ufs_folder() + path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

std::string ReadUfs(const MiniCluster& cluster, const std::string& path) {
  std::ifstream in(cluster.ufs_folder() + path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

client::ClientCounters& CountersOf(FileSystem& fs) { return client::ClientCore::Of(fs.context()).counters(); }

int64_t BlocksHeld(const UriStatus& status) {
  return std::ranges::count_if(status.file_block_infos, [](const auto& b) { return !b.block.locations.empty(); });
}

TEST(ClusterIoTest, EveryWriteTypeComesBackByEveryReadType) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  FileSystem& fs = cluster->client();
  for (const WriteType write :
       {WriteType::kMustCache, WriteType::kThrough, WriteType::kCacheThrough, WriteType::kAsyncThrough}) {
    for (const int64_t size : {int64_t{0}, int64_t{1}, kBlock, kBlock + 1, 3 * kBlock + 17}) {
      const std::string path = absl::StrCat("/w", static_cast<int>(write), "-", size);
      const std::string content = Bytes(size);
      SCOPED_TRACE(path);
      ASSERT_THAT(Write(fs, path, content, {.write_type = write}), IsOk());
      for (const ReadType read : {ReadType::kNoCache, ReadType::kCache, ReadType::kCachePromote}) {
        SCOPED_TRACE(static_cast<int>(read));
        ASSERT_THAT(Read(fs, path, {.read_type = read}), IsOkAndHolds(content));
      }
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs.GetStatus(path));
      EXPECT_EQ(status.length, size);
      EXPECT_TRUE(status.completed);
      EXPECT_EQ(static_cast<int64_t>(status.block_ids.size()), (size + kBlock - 1) / kBlock);
      EXPECT_EQ(BlocksHeld(status), (size + kBlock - 1) / kBlock) << "cached by the write, or by the read";
      if (write == WriteType::kThrough || write == WriteType::kCacheThrough) {
        EXPECT_EQ(status.persistence_state, "PERSISTED");
        EXPECT_EQ(ReadUfs(*cluster, path), content);
      }
    }
  }
}

TEST(ClusterIoTest, TheMasterAddsUpWhatAWorkerExchangesWithTheUnderStore) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.stepped_heartbeats = true}));
  // All reads pass the worker.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient({{"alluxio.user.short.circuit.enabled", "false"}}));
  const std::string tag = ".UFS:" + metrics::EscapeTag(cluster->ufs_folder());
  const auto value = [&](const std::string& name) {
    const metrics::Snapshot snapshot = cluster->processes().master()->metrics().Collect();
    const auto it = snapshot.find(name);
    return it == snapshot.end() ? -1.0 : it->second.AsDouble();
  };
  const auto report = [&] { ASSERT_THAT(cluster->RunHeartbeat("Worker Block Sync"), IsOk()); };

  const std::string content = Bytes(3 * kBlock + 17);
  WriteUfs(*cluster, "/cold", content);
  ASSERT_THAT(Read(*fs, "/cold", {.read_type = ReadType::kCache}), IsOkAndHolds(content));
  report();
  const auto size = static_cast<double>(content.size());
  EXPECT_EQ(value("Cluster.BytesReadUfsAll"), size);
  EXPECT_EQ(value("Cluster.BytesReadPerUfs" + tag), size);
  EXPECT_EQ(value("Cluster.BytesReadRemote"), size);
  EXPECT_EQ(value("Cluster.CacheHitRate"), 0);
  EXPECT_EQ(value("Cluster.BytesWrittenUfsAll"), 0);

  ASSERT_THAT(Read(*fs, "/cold", {.read_type = ReadType::kCache}), IsOkAndHolds(content));  // warm now
  ASSERT_THAT(Write(*fs, "/through", content, {.write_type = WriteType::kThrough}), IsOk());
  for (int round = 0; round < 2; ++round) report();  // nothing is said twice
  EXPECT_EQ(value("Cluster.BytesReadUfsAll"), size);
  EXPECT_EQ(value("Cluster.CacheHitRate"), 0.5);
  EXPECT_EQ(value("Cluster.BytesWrittenUfsAll"), size);
  EXPECT_EQ(value("Cluster.BytesWrittenPerUfs" + tag), size);

  // What a worker persists in the background counts as well.
  ASSERT_THAT(Write(*fs, "/later", content, {.write_type = WriteType::kAsyncThrough}), IsOk());
  for (bool persisted = false; !persisted;) {
    ASSERT_THAT(cluster->RunHeartbeat("Master Persistence Scheduler"), IsOk());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus("/later"));
    persisted = status.persistence_state == "PERSISTED";
    std::this_thread::yield();
  }
  report();
  EXPECT_EQ(value("Cluster.BytesWrittenUfsAll"), 2 * size);
  EXPECT_EQ(value("Cluster.BytesReadUfsAll"), size);
}

TEST(ClusterIoTest, EveryWayToTheWorkerGivesTheSameBytes) {
  struct Case {
    const char* name;
    bool sockets, uuid;
    Properties client;
    const char* rung;
  };
  const Case cases[] = {
      {"file", false, false, {}, "file"},
      {"short circuit off", false, false, {{"alluxio.user.short.circuit.enabled", "false"}}, "tcp"},
      {"other host", false, false, {{"alluxio.user.hostname", "elsewhere"}}, "tcp"},
      {"socket", true, false, {}, "socket"},
      {"socket, file preferred", true, false, {{"alluxio.user.short.circuit.preferred", "true"}}, "file"},
      {"UUID socket, other host name", true, true, {{"alluxio.user.hostname", "elsewhere"}}, "socket"},
  };
  const std::string content = Bytes(2 * kBlock + 3);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster,
                                 MiniCluster::Start({.domain_sockets = c.sockets, .socket_as_uuid = c.uuid}));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient(c.client));
    ASSERT_THAT(Write(*fs, "/f", content, {.write_type = WriteType::kMustCache}), IsOk());
    ASSERT_THAT(Read(*fs, "/f"), IsOkAndHolds(content));
    const auto& counters = CountersOf(*fs);
    EXPECT_EQ(counters.reads_by_file, std::string(c.rung) == "file" ? 3 : 0);
    EXPECT_EQ(counters.reads_by_socket, std::string(c.rung) == "socket" ? 3 : 0);
    EXPECT_EQ(counters.reads_by_tcp, std::string(c.rung) == "tcp" ? 3 : 0);
  }
}

TEST(ClusterIoTest, PositionedReadsAndViewsOfCachedBlocks) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  FileSystem& fs = cluster->client();
  const std::string content = Bytes(3 * kBlock);
  // Through the stream the worker itself writes: sealed at once.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto writer, cluster->NewClient({{"alluxio.user.short.circuit.enabled", "false"}}));
  ASSERT_THAT(Write(*writer, "/f", content, {.write_type = WriteType::kMustCache}), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs.OpenFile("/f"));
  for (const auto& [offset, length] : std::vector<std::pair<int64_t, int64_t>>{
           {0, 1}, {kBlock - 2, 4}, {7, 3 * kBlock}, {3 * kBlock - 1, 10}, {2 * kBlock, kBlock}}) {
    std::string buffer(static_cast<size_t>(length), '\0');
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const size_t n, in->ReadAt(offset, std::as_writable_bytes(std::span(buffer))));
    EXPECT_EQ(buffer.substr(0, n), content.substr(static_cast<size_t>(offset), static_cast<size_t>(length)));
  }
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const BlockView view, in->View(kBlock + 5, 1000));
  in.reset();
  ASSERT_THAT(fs.Delete("/f"), IsOk());
  EXPECT_EQ(std::string(view.text()), content.substr(kBlock + 5, 1000)) << "a view outlives its file";
}

TEST(ClusterIoTest, ColdFilesOfTheUnderStoreAreSeenReadAndCached) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  const std::string content = Bytes(3 << 20);
  WriteUfs(*cluster, "/data/cold", content);
  WriteUfs(*cluster, "/data/empty", "");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient({{"alluxio.user.block.size.bytes.default", "1MB"}}));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto listed, fs->ListStatus("/data"));
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].path, "/data/cold");
  EXPECT_EQ(listed[0].length, 3 << 20);
  EXPECT_THAT(Read(*fs, "/data/cold"), IsOkAndHolds(content));
  EXPECT_THAT(Read(*fs, "/data/empty"), IsOkAndHolds(""));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus("/data/cold"));
  EXPECT_EQ(status.in_alluxio_percentage, 100);
  std::filesystem::remove(cluster->ufs_folder() + "/data/cold");
  EXPECT_THAT(Read(*fs, "/data/cold"), IsOkAndHolds(content)) << "from the cache";
}

// The under store's file is changed behind our back: what was opened before ends at
// once with an error that says so, and the next open sees the new file.
TEST(ClusterIoTest, AFileThatChangedInTheUnderStoreIsNoticedByItsReader) {
  constexpr char kOld[] = "the old content";  // 15 bytes
  const struct {
    const char* name;
    std::string now;  // "": it has gone
    absl::StatusCode code;
    std::string says;
  } cases[] = {
      {"shrank", "a", absl::StatusCode::kOutOfRange, "it had 15 bytes when it was opened and has 1 now"},
      {"vanished", "", absl::StatusCode::kNotFound, "is no longer there"},
      {"grew", "some new content, longer", absl::StatusCode::kOk, ""},
  };
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.stepped_heartbeats = true}));
  for (const char* metadata_cache : {"false", "true"}) {
    for (const char* short_circuit : {"true", "false"}) {
      ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient({{"alluxio.user.short.circuit.enabled", short_circuit},
                                                                {"alluxio.user.metadata.cache.enabled", metadata_cache}}));
      for (const bool positioned : {false, true}) {
        for (const auto& c : cases) {
          const std::string path = absl::StrCat("/", c.name, short_circuit, metadata_cache, positioned);
          SCOPED_TRACE(path);
          WriteUfs(*cluster, path, kOld);
          ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile(path));
          const std::filesystem::path file = cluster->ufs_folder() + path;
          c.now.empty() ? (void)std::filesystem::remove(file) : WriteUfs(*cluster, path, c.now);
          const absl::Time begin = absl::Now();
          std::string old(sizeof(kOld) - 1, '\0');
          absl::StatusOr<std::string> got = old;
          if (positioned) {
            const auto n = in->ReadAt(0, std::as_writable_bytes(std::span(old)));
            got = n.ok() ? absl::StatusOr<std::string>(old) : n.status();
          } else {
            got = ReadAll(*in);
          }
          EXPECT_LT(absl::Now() - begin, absl::Seconds(30)) << "tried again and again";
          if (!c.says.empty()) {
            EXPECT_THAT(got, StatusIs(c.code, testing::HasSubstr(c.says)));
          } else {
            // As in the original, nobody can tell: the block's bytes are there.
            EXPECT_THAT(got, IsOkAndHolds(c.now.substr(0, sizeof(kOld) - 1)));
            ALLUXIO_ASSERT_OK(fs->ListStatus(path, {.sync_interval_ms = 0}).status());
          }
          ASSERT_THAT(in->Close(), IsOk());
          // Twice: from the under store, then from what was cached of it.
          for (int i = 0; i < 2; ++i) {
            if (c.now.empty()) {
              EXPECT_THAT(Read(*fs, path), StatusIs(absl::StatusCode::kNotFound));
            } else {
              EXPECT_THAT(Read(*fs, path), IsOkAndHolds(c.now));
            }
          }
        }
      }
    }
  }
}

constexpr char kBlockSize[] = "alluxio.user.block.size.bytes.default";

TEST(ClusterIoTest, ColdBlocksAreCachedAheadOfASequentialReader) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.conf = {{kBlockSize, "4MB"}}}));
  const std::string content = Bytes((20 << 20) + 5);
  WriteUfs(*cluster, "/cold", content);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient());
  const auto& counters = CountersOf(*fs);
  EXPECT_THAT(Read(*fs, "/cold"), IsOkAndHolds(content));
  // Blocks 1 to 4; the last one has five bytes, which aren't worth it.
  EXPECT_EQ(counters.cache_requests, 4);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus("/cold"));
  EXPECT_EQ(status.in_alluxio_percentage, 100);
}

TEST(ClusterIoTest, BlocksThatWentSinceTheFileWasOpenedAreCachedAheadToo) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster,
                               MiniCluster::Start({.stepped_heartbeats = true, .conf = {{kBlockSize, "4MB"}}}));
  const std::string content = Bytes(16 << 20);
  WriteUfs(*cluster, "/cold", content);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient());
  ASSERT_THAT(Read(*fs, "/cold"), IsOkAndHolds(content));
  const auto& counters = CountersOf(*fs);
  const int64_t before = counters.cache_requests;
  EXPECT_THAT(Read(*fs, "/cold"), IsOkAndHolds(content));
  EXPECT_EQ(counters.cache_requests, before) << "they are all there";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile("/cold"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus("/cold"));
  ASSERT_THAT(fs->Free("/cold"), IsOk());
  const auto is_there = [&](int64_t id) {
    return std::filesystem::exists(absl::StrCat(cluster->block_folder(0), "/alluxioworker/", id));
  };
  // The worker hears of it by a heartbeat.
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (std::ranges::any_of(status.block_ids, is_there) && absl::Now() < deadline) {
    ASSERT_THAT(cluster->RunHeartbeat("Worker Block Sync"), IsOk());
  }
  EXPECT_THAT(ReadAll(*in), IsOkAndHolds(content));
  EXPECT_GT(counters.cache_requests, before);
}

TEST(ClusterIoTest, ManyReadersOfOneColdFileAllGetIt) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  const std::string content = Bytes(4 << 20);
  WriteUfs(*cluster, "/cold", content);
  std::atomic<int> right{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      const auto got = Read(cluster->client(), "/cold");
      if (got.ok() && *got == content) ++right;
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(right, 8);
}

TEST(ClusterIoTest, PersistedFilesSurviveEviction) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.worker_bytes = 4 << 20}));
  FileSystem& fs = cluster->client();
  std::vector<std::string> contents;
  for (int i = 0; i < 4; ++i) {
    contents.push_back(Bytes(2 << 20, static_cast<uint32_t>(i)));
    ASSERT_THAT(Write(fs, absl::StrCat("/f", i), contents.back(),
                      {.block_size_bytes = 1 << 20, .write_type = WriteType::kCacheThrough}),
                IsOk());
  }
  for (int i = 0; i < 4; ++i) EXPECT_THAT(Read(fs, absl::StrCat("/f", i)), IsOkAndHolds(contents[static_cast<size_t>(i)]));
}

TEST(ClusterIoTest, ReplicasStandInForALostWorker) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      auto cluster, MiniCluster::Start({.num_workers = 2,
                                        .worker_conf = {{{"alluxio.worker.hostname", "127.0.0.1"}},
                                                        {{"alluxio.worker.hostname", "localhost"}}}}));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient({{"alluxio.user.hostname", "127.0.0.1"}}));
  const std::string content = Bytes(2 * kBlock);
  ASSERT_THAT(Write(*fs, "/two", content, {.write_type = WriteType::kMustCache, .replication_min = 2}), IsOk());
  ASSERT_THAT(Write(*fs, "/through", content, {.write_type = WriteType::kCacheThrough}), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus("/two"));
  EXPECT_EQ(status.file_block_infos[0].block.locations.size(), 2u);
  cluster->StopWorker(0);
  EXPECT_THAT(Read(*fs, "/two"), IsOkAndHolds(content));
  EXPECT_THAT(Read(*fs, "/through"), IsOkAndHolds(content)) << "through the other worker";
}

TEST(ClusterIoTest, AWorkerFindsItsBlocksAgain) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  FileSystem& fs = cluster->client();
  const std::string content = Bytes(2 * kBlock);
  // Written by the worker itself, hence sealed when the file is complete.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto writer, cluster->NewClient({{"alluxio.user.short.circuit.enabled", "false"}}));
  ASSERT_THAT(Write(*writer, "/f", content, {.write_type = WriteType::kMustCache}), IsOk());
  EXPECT_THAT(Read(fs, "/f"), IsOkAndHolds(content));
  EXPECT_THAT(Read(*writer, "/f"), IsOkAndHolds(content));
  ASSERT_THAT(cluster->RestartWorker(0), IsOk());
  // Both over connections that broke: the file's lock stream and ReadBlock.
  EXPECT_THAT(Read(fs, "/f"), IsOkAndHolds(content));
  EXPECT_THAT(Read(*writer, "/f"), IsOkAndHolds(content));
  ASSERT_THAT(Write(*writer, "/after", content, {.write_type = WriteType::kMustCache}), IsOk());
  EXPECT_THAT(Read(fs, "/after"), IsOkAndHolds(content));
}

TEST(ClusterIoTest, TheNamespaceSurvivesTheMaster) {
  for (const bool rocks : {false, true}) {
    SCOPED_TRACE(rocks ? "RocksDB" : "heap");
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.rocks = rocks}));
    FileSystem& fs = cluster->client();
    const std::string content = Bytes(kBlock + 1);
    ASSERT_THAT(fs.CreateDirectory("/d/e", {.recursive = true}), IsOk());
    ASSERT_THAT(Write(fs, "/d/e/f", content, {.write_type = WriteType::kCacheThrough}), IsOk());
    ASSERT_THAT(Write(fs, "/d/gone", content, {.write_type = WriteType::kMustCache}), IsOk());
    ASSERT_THAT(fs.Delete("/d/gone"), IsOk());
    ASSERT_THAT(cluster->RestartMaster(), IsOk());
    EXPECT_THAT(fs.Exists("/d/gone"), IsOkAndHolds(false));
    EXPECT_THAT(Read(fs, "/d/e/f"), IsOkAndHolds(content));
    ASSERT_THAT(Write(fs, "/after", content, {.write_type = WriteType::kMustCache}), IsOk());
    EXPECT_THAT(Read(fs, "/after"), IsOkAndHolds(content));
  }
}

TEST(ClusterIoTest, ACancelledWriteLeavesNothingToRead) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  FileSystem& fs = cluster->client();
  for (const WriteType type : {WriteType::kMustCache, WriteType::kThrough}) {
    const std::string path = absl::StrCat("/f", static_cast<int>(type));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto out, fs.CreateFile(path, {.block_size_bytes = kBlock, .write_type = type}));
    ASSERT_THAT(out->Write(Bytes(kBlock + 5)), IsOk());
    ASSERT_THAT(out->Cancel(), IsOk());
    EXPECT_THAT(fs.OpenFile(path), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_FALSE(std::filesystem::exists(cluster->ufs_folder() + path));
    ASSERT_THAT(fs.Delete(path), IsOk());
  }
}

// The scheduler starts what is due and doesn't wait for the worker, so rounds are
// repeated until the effect is there.
TEST(ClusterIoTest, AsyncThroughIsPersistedInTheBackground) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.stepped_heartbeats = true}));
  FileSystem& fs = cluster->client();
  const std::string content = Bytes(2 * kBlock + 3);
  ASSERT_THAT(Write(fs, "/f", content, {.write_type = WriteType::kAsyncThrough}), IsOk());
  ASSERT_THAT(Write(fs, "/kept", content, {.write_type = WriteType::kAsyncThrough, .persistence_wait_ms = -1}), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(UriStatus status, fs.GetStatus("/f"));
  EXPECT_EQ(status.persistence_state, "TO_BE_PERSISTED");
  EXPECT_FALSE(std::filesystem::exists(cluster->ufs_folder() + "/f"));
  EXPECT_THAT(fs.Free("/f"), testing::Not(IsOk())) << "nobody else has it";
  EXPECT_THAT(Read(fs, "/f"), IsOkAndHolds(content));
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (status.persistence_state != "PERSISTED" && absl::Now() < deadline) {
    ASSERT_THAT(cluster->RunHeartbeat("Master Persistence Scheduler"), IsOk());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(status, fs.GetStatus("/f"));
  }
  EXPECT_EQ(status.persistence_state, "PERSISTED");
  EXPECT_EQ(ReadUfs(*cluster, "/f"), content);
  EXPECT_THAT(fs.Free("/f"), IsOk());
  EXPECT_THAT(Read(fs, "/f"), IsOkAndHolds(content));
  EXPECT_FALSE(std::filesystem::exists(cluster->ufs_folder() + "/kept"));
}

TEST(ClusterIoTest, AsyncThroughOfBlocksOnSeveralWorkersIsPersisted) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.num_workers = 2, .stepped_heartbeats = true}));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient({{"alluxio.user.block.write.location.policy.class",
                                                             "alluxio.client.block.policy.RoundRobinPolicy"}}));
  const std::string content = Bytes(5 * kBlock + 3);
  ASSERT_THAT(Write(*fs, "/f", content, {.write_type = WriteType::kAsyncThrough}), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(UriStatus status, fs->GetStatus("/f"));
  std::vector<int64_t> held;
  for (const auto& block : status.file_block_infos) {
    ASSERT_EQ(block.block.locations.size(), 1u);
    held.push_back(block.block.locations[0].worker_id);
  }
  ASSERT_EQ(held.size(), 6u);
  EXPECT_EQ(std::ranges::count(held, held[0]), 3) << "in turn";
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (status.persistence_state != "PERSISTED" && absl::Now() < deadline) {
    ASSERT_THAT(cluster->RunHeartbeat("Master Persistence Scheduler"), IsOk());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(status, fs->GetStatus("/f"));
  }
  EXPECT_EQ(status.persistence_state, "PERSISTED");
  EXPECT_TRUE(ReadUfs(*cluster, "/f") == content);
  // Nothing was copied from worker to worker to stay.
  for (const auto& block : status.file_block_infos) EXPECT_EQ(block.block.locations.size(), 1u);
}

// A worker that showed where its blocks lie isn't needed for the next small one;
// what it didn't see it is told, and evicts by it.
TEST(ClusterIoTest, SmallBlocksAreReadWithoutAskingAndCountForEviction) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster,
                               MiniCluster::Start({.stepped_heartbeats = true, .worker_bytes = 4 << 20}));
  // Through the stream the worker itself writes: sealed at once.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto writer, cluster->NewClient({{"alluxio.user.short.circuit.enabled", "false"}}));
  const auto file_of = [&](const std::string& path) {
    const auto status = writer->GetStatus(path);
    if (!status.ok() || status->block_ids.size() != 1) return std::string("none");
    return absl::StrCat(cluster->block_folder(0), "/alluxioworker/", status->block_ids[0]);
  };
  std::map<std::string, std::string> contents;
  for (const std::string path : {"/oldest", "/older", "/old", "/new"}) {
    contents[path] = Bytes(1 << 20, static_cast<uint32_t>(path.size()));
    ASSERT_THAT(Write(*writer, path, contents[path], {.block_size_bytes = 1 << 20, .write_type = WriteType::kMustCache}),
                IsOk());
    ASSERT_TRUE(std::filesystem::exists(file_of(path))) << file_of(path);
  }
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto reader, cluster->NewClient());
  ASSERT_THAT(Read(*reader, "/new"), IsOkAndHolds(contents["/new"]));
  ASSERT_THAT(Read(*reader, "/oldest"), IsOkAndHolds(contents["/oldest"]));
  EXPECT_EQ(CountersOf(*reader).reads_by_file, 2);
  reader.reset();  // tells, at the latest

  ASSERT_THAT(Write(*writer, "/e", "bytes", {.block_size_bytes = 1 << 20, .write_type = WriteType::kMustCache}), IsOk());
  EXPECT_TRUE(std::filesystem::exists(file_of("/oldest"))) << "it was read just now";
  EXPECT_FALSE(std::filesystem::exists(file_of("/older")));

  ALLUXIO_ASSERT_OK_AND_ASSIGN(reader, cluster->NewClient());
  ASSERT_THAT(Read(*reader, "/new"), IsOkAndHolds(contents["/new"]));
  cluster->StopWorker(0);
  EXPECT_THAT(Read(*reader, "/oldest"), IsOkAndHolds(contents["/oldest"]));
}

TEST(ClusterIoTest, FilesWhoseTimeIsOverGo) {
  FakeClock clock;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start({.clock = &clock}));
  FileSystem& fs = cluster->client();
  ASSERT_THAT(Write(fs, "/a", "hello",
                    {.write_type = WriteType::kCacheThrough, .ttl_ms = 300'000, .ttl_action = client::TtlAction::kDelete}),
              IsOk());
  ASSERT_THAT(Write(fs, "/b", "hello", {.write_type = WriteType::kCacheThrough}), IsOk());
  clock.Advance(absl::Minutes(4));
  ASSERT_THAT(cluster->RunHeartbeat("Master TTL Check"), IsOk());
  EXPECT_THAT(fs.Exists("/a"), IsOkAndHolds(true));
  clock.Advance(absl::Hours(2));
  ASSERT_THAT(cluster->RunHeartbeat("Master TTL Check"), IsOk());
  EXPECT_THAT(fs.GetStatus("/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(fs.Exists("/b"), IsOkAndHolds(true));
}

TEST(ClusterIoTest, UnpersistedPinnedBlocksAreNotEvicted) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster,
                               MiniCluster::Start({.stepped_heartbeats = true, .worker_bytes = 4 << 20}));
  FileSystem& fs = cluster->client();
  const std::string content = Bytes(3 << 20);
  const CreateFileOptions async = {.block_size_bytes = 1 << 20, .write_type = WriteType::kAsyncThrough};
  ASSERT_THAT(Write(fs, "/pinned", content, async), IsOk());
  EXPECT_THAT(Write(fs, "/more", content, async), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Read(fs, "/pinned"), IsOkAndHolds(content));
  // What has an under store goes on without the cache.
  ASSERT_THAT(Write(fs, "/through", content, {.block_size_bytes = 1 << 20, .write_type = WriteType::kCacheThrough}), IsOk());
  EXPECT_THAT(Read(fs, "/through"), IsOkAndHolds(content));
}

// Only a pin or a wait for the under store keeps a block: as in the original, what
// was written with MUST_CACHE alone gives way, and is lost then.
TEST(ClusterIoTest, BlocksOfMustCacheFilesAreOrdinaryVictims) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster,
                               MiniCluster::Start({.stepped_heartbeats = true,
                                                   .conf = {{"alluxio.user.block.read.retry.max.duration", "1ms"}},
                                                   .worker_bytes = 4 << 20}));
  FileSystem& fs = cluster->client();
  const std::string content = Bytes(3 << 20);
  const CreateFileOptions must_cache = {.block_size_bytes = 1 << 20, .write_type = WriteType::kMustCache};
  ASSERT_THAT(Write(fs, "/once", content, must_cache), IsOk());
  ASSERT_THAT(Write(fs, "/more", content, must_cache), IsOk());
  EXPECT_THAT(Read(fs, "/more"), IsOkAndHolds(content));
  ASSERT_THAT(cluster->RunHeartbeat("Worker Block Sync"), IsOk());  // the master hears of it
  EXPECT_THAT(Read(fs, "/once"), StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("in both Alluxio and UFS")));
}

TEST(ClusterIoTest, AFileOfManyBlocksIsCommittedWhenItCloses) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  const std::string content = Bytes(200 * (32 << 10) + 1);
  for (const char* short_circuit : {"true", "false"}) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto fs, cluster->NewClient({{"alluxio.user.short.circuit.enabled", short_circuit}}));
    const std::string path = absl::StrCat("/many-", short_circuit);
    ASSERT_THAT(Write(*fs, path, content, {.block_size_bytes = 32 << 10, .write_type = WriteType::kMustCache}), IsOk());
    EXPECT_THAT(Read(*fs, path), IsOkAndHolds(content));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus(path));
    EXPECT_EQ(status.block_ids.size(), 201u);
  }
}

TEST(ClusterIoTest, WithoutAuthenticationDataFlowsAsWell) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster,
                               MiniCluster::Start({.conf = {{"alluxio.security.authentication.type", "NOSASL"},
                                                            {"alluxio.security.authorization.permission.enabled", "false"}}}));
  FileSystem& fs = cluster->client();
  ASSERT_THAT(Write(fs, "/f", "hello", {.write_type = WriteType::kCacheThrough}), IsOk());
  EXPECT_THAT(Read(fs, "/f"), IsOkAndHolds("hello"));
}

TEST(ClusterIoTest, TheChannelsUserDecidesWhatIsAllowed) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  FileSystem& root = cluster->client();
  ASSERT_THAT(root.CreateDirectory("/mine", {.mode = 0700}), IsOk());
  ASSERT_THAT(Write(root, "/mine/f", "secret", {.write_type = WriteType::kMustCache}), IsOk());
  ASSERT_THAT(root.CreateDirectory("/open", {.mode = 0777}), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto alice, cluster->NewClient({}, "alice"));
  EXPECT_THAT(alice->OpenFile("/mine/f"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Write(*alice, "/mine/g", "x"), StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(Write(*alice, "/open/f", "hers", {.write_type = WriteType::kMustCache}), IsOk());
  EXPECT_THAT(Read(*alice, "/open/f"), IsOkAndHolds("hers"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, root.GetStatus("/open/f"));
  EXPECT_EQ(status.owner, "alice");
  // As in the original, a file's own read bit keeps nobody who may enter its folder
  // from its bytes by stream; its block's file isn't given out (docs/architecture.md).
  ASSERT_THAT(Write(root, "/open/unreadable", "told", {.mode = 0600, .write_type = WriteType::kMustCache}), IsOk());
  const int64_t by_file = CountersOf(*alice).reads_by_file;
  EXPECT_THAT(Read(*alice, "/open/unreadable"), IsOkAndHolds("told"));
  EXPECT_EQ(CountersOf(*alice).reads_by_file, by_file);
}

// Files that everybody may read are read by their path, others by the stream, as
// soon as a heartbeat later; an open folder mode leaves all to the original's ways.
TEST(ClusterIoTest, BlockFilesAreGivenOutOnlyWhereEverybodyMayReadTheFile) {
  for (const bool opened : {false, true}) {
    SCOPED_TRACE(opened);
    FakeClock clock;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(
        auto cluster,
        MiniCluster::Start({.clock = &clock,
                            .conf = opened ? Properties{{"alluxio.worker.data.folder.permissions", "rwxrwxrwx"}}
                                           : Properties{}}));
    FileSystem& fs = cluster->client();
    const auto by_file = [&](const std::string& path) {
      const int64_t before = CountersOf(fs).reads_by_file;
      EXPECT_THAT(Read(fs, path), IsOkAndHolds("content"));
      return CountersOf(fs).reads_by_file > before;
    };
    ASSERT_THAT(fs.CreateDirectory("/mine", {.mode = 0700}), IsOk());
    for (const char* path : {"/f", "/mine/f"}) {
      ASSERT_THAT(Write(fs, path, "content", {.write_type = WriteType::kMustCache}), IsOk());
    }
    EXPECT_TRUE(by_file("/f"));
    EXPECT_EQ(by_file("/mine/f"), opened);
    ASSERT_THAT(fs.SetAttribute("/f", {.mode = 0640}), IsOk());
    ASSERT_THAT(fs.Rename("/mine/f", "/g"), IsOk());
    for (int round = 0; round < 2; ++round) ASSERT_THAT(cluster->RunHeartbeat("Worker Pin List Sync"), IsOk());
    EXPECT_EQ(by_file("/f"), opened);
    EXPECT_TRUE(by_file("/g"));
  }
}

TEST(ClusterIoTest, NamespaceCallsOfAClient) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto cluster, MiniCluster::Start());
  FileSystem& fs = cluster->client();
  ASSERT_THAT(fs.CreateDirectory("/a/b", {.recursive = true}), IsOk());
  EXPECT_THAT(fs.CreateDirectory("/a/b"), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_THAT(Write(fs, "/a/b/c", "hello", {.write_type = WriteType::kCacheThrough}), IsOk());
  EXPECT_THAT(Write(fs, "/a/b/c", "again"), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_THAT(Write(fs, "/a/b/c", "again", {.write_type = WriteType::kCacheThrough, .overwrite = true}), IsOk());
  ASSERT_THAT(fs.Rename("/a/b/c", "/a/d"), IsOk());
  EXPECT_THAT(Read(fs, "/a/d"), IsOkAndHolds("again"));
  EXPECT_EQ(ReadUfs(*cluster, "/a/d"), "again");
  EXPECT_THAT(fs.GetStatus("/a/b/c"),
              StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr("Path \"/a/b/c\" does not exist.")));
  EXPECT_THAT(fs.Delete("/a"), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(fs.Free("/a/d"), IsOk());
  EXPECT_THAT(Read(fs, "/a/d"), IsOkAndHolds("again")) << "from the under store";
  ASSERT_THAT(fs.SetAttribute("/a/d", {.mode = 0600}), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs.GetStatus("/a/d"));
  EXPECT_EQ(status.mode, 0600u);
  ASSERT_THAT(fs.Delete("/a", {.recursive = true}), IsOk());
  EXPECT_THAT(fs.Exists("/a"), IsOkAndHolds(false));
  EXPECT_FALSE(std::filesystem::exists(cluster->ufs_folder() + "/a"));
}

}  // namespace
}  // namespace alluxio::test
