// Goal: what a client sends and how it goes on when servers fail. Method: a
// master and workers of the testing kind over loopback (FakeCluster), which
// record their calls and fail on command.
#include "alluxio/client/file/file_system.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "alluxio/client/core.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_cluster.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::client {
namespace {

using ::alluxio::test::FakeCluster;
using ::alluxio::test::IsOk;
using ::alluxio::test::IsOkAndHolds;
using ::alluxio::test::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int64_t kBlock = 64 << 10;

std::string Bytes(size_t size, int seed = 0) {
  std::string bytes(size, '\0');
  uint32_t state = 12345 + static_cast<uint32_t>(seed);
  for (char& c : bytes) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

int Count(const std::vector<std::string>& calls, const std::string& prefix) {
  return static_cast<int>(std::ranges::count_if(calls, [&](const auto& call) { return call.starts_with(prefix); }));
}

class FileSystemTest : public testing::Test {
 protected:
  void Start(FakeCluster::Options options = {}) {
    options.folder = absl::StrCat(testing::TempDir(), "/",
                                  testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(options.folder);
    std::filesystem::create_directories(options.folder);
    cluster_ = std::make_unique<FakeCluster>(std::move(options));
  }

  // A client with small blocks, quick retries and these properties.
  std::unique_ptr<FileSystem> Client(std::vector<std::pair<std::string, std::string>> properties = {}) {
    const std::string address = cluster_->master_address();
    std::vector<std::pair<std::string, std::string>> all = {
        {"alluxio.master.hostname", "127.0.0.1"},
        {"alluxio.master.rpc.port", address.substr(address.rfind(':') + 1)},
        {"alluxio.user.hostname", "localhost"},
        {"alluxio.user.block.size.bytes.default", absl::StrCat(kBlock)},
        {"alluxio.user.file.writetype.default", "MUST_CACHE"},
        {"alluxio.user.block.read.retry.max.duration", "200ms"},
        {"alluxio.user.block.read.retry.sleep.base", "1ms"},
        {"alluxio.user.rpc.retry.max.duration", "2s"}};
    for (auto& property : properties) all.push_back(std::move(property));
    auto conf = conf::Configuration().With(all);
    EXPECT_THAT(conf, IsOk());
    auto fs = FileSystem::Create(*conf);
    EXPECT_THAT(fs, IsOk());
    return *std::move(fs);
  }

  static absl::Status Write(FileSystem& fs, const std::string& path, const std::string& content,
                            const CreateFileOptions& options = {}, size_t step = 100'000) {
    ALLUXIO_ASSIGN_OR_RETURN(auto out, fs.CreateFile(path, options));
    for (size_t at = 0; at < content.size(); at += step) {
      ALLUXIO_RETURN_IF_ERROR(out->Write(absl::string_view(content).substr(at, step)));
    }
    return out->Close();
  }

  static absl::StatusOr<std::string> ReadAll(FileInStream& in, size_t step = 10'000) {
    std::string all;
    std::string buffer(step, '\0');
    while (true) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in.Read(std::as_writable_bytes(std::span(buffer))));
      if (n == 0) return all;
      all.append(buffer, 0, n);
    }
  }
  static absl::StatusOr<std::string> Read(FileSystem& fs, const std::string& path, const OpenFileOptions& options = {}) {
    ALLUXIO_ASSIGN_OR_RETURN(auto in, fs.OpenFile(path, options));
    return ReadAll(*in);
  }
  static absl::StatusOr<std::string> ReadAt(FileInStream& in, int64_t offset, size_t length) {
    std::string buffer(length, '\0');
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, in.ReadAt(offset, std::as_writable_bytes(std::span(buffer))));
    buffer.resize(n);
    return buffer;
  }
  static ClientCounters& CountersOf(FileSystem& fs) { return ClientCore::Of(fs.context()).counters(); }

  std::unique_ptr<FakeCluster> cluster_;
};

TEST_F(FileSystemTest, StartingAndOneGetStatusTakesTwoCalls) {
  Start();
  auto fs = Client();
  EXPECT_THAT(fs->GetStatus("/none"), StatusIs(absl::StatusCode::kNotFound, "Path \"/none\" does not exist."));
  EXPECT_THAT(cluster_->master_calls(), ElementsAre("GetConfiguration", "GetStatus /none"));
}

TEST_F(FileSystemTest, TheMastersConfigurationLiesUnderTheClientsOwn) {
  Start({.configuration = {{"alluxio.user.file.writetype.default", "THROUGH"},
                           {"alluxio.user.file.readtype.default", "NO_CACHE"},
                           {"alluxio.master.web.port", "1"}}});
  auto fs = Client();
  EXPECT_EQ(fs->conf().GetEnum("alluxio.user.file.writetype.default"), "MUST_CACHE");
  EXPECT_EQ(fs->conf().GetEnum("alluxio.user.file.readtype.default"), "NO_CACHE");
  EXPECT_EQ(fs->conf().GetInt("alluxio.master.web.port"), 19999) << "not a client's property";
}

TEST_F(FileSystemTest, CreateFileIsSentComplete) {
  Start();
  auto fs = Client({{"alluxio.security.authorization.permission.umask", "027"}});
  ASSERT_THAT(Write(*fs, "/a", ""), IsOk());
  const auto options = cluster_->last_create().options();
  EXPECT_EQ(options.blocksizebytes(), kBlock);
  EXPECT_EQ(options.mode().ownerbits(), grpc::READ_WRITE);
  EXPECT_EQ(options.mode().groupbits(), grpc::READ);
  EXPECT_EQ(options.mode().otherbits(), grpc::NONE);
  EXPECT_TRUE(options.has_recursive());
  EXPECT_EQ(options.replicationmax(), -1);
  EXPECT_TRUE(options.has_replicationmin());
  EXPECT_EQ(options.replicationdurable(), 1);
  EXPECT_EQ(options.writetype(), grpc::file::MUST_CACHE);
  EXPECT_TRUE(options.has_writetier());
  EXPECT_TRUE(options.has_persistencewaittime());
  EXPECT_EQ(options.commonoptions().ttl(), -1);
  EXPECT_EQ(options.commonoptions().ttlaction(), grpc::FREE);
  EXPECT_TRUE(options.commonoptions().has_operationid());
  EXPECT_FALSE(options.commonoptions().has_syncintervalms());
  EXPECT_FALSE(cluster_->last_complete().options().has_ufslength());
}

// Every write type is read back over every rung, at sizes around the block's.
TEST_F(FileSystemTest, WhatIsWrittenIsReadBackOverEveryRung) {
  struct Way {
    const char* name;
    bool socket;
    std::vector<std::pair<std::string, std::string>> properties;
  };
  const Way ways[] = {
      {"file", false, {}},
      {"socket", true, {}},
      {"file beside a socket", true, {{"alluxio.user.short.circuit.preferred", "true"}}},
      {"TCP", false, {{"alluxio.user.short.circuit.enabled", "false"}}},
      {"other host", true, {{"alluxio.user.hostname", "elsewhere"}}},
  };
  for (const Way& way : ways) {
    Start({.domain_sockets = way.socket});
    auto fs = Client(way.properties);
    for (const WriteType type : {WriteType::kMustCache, WriteType::kThrough, WriteType::kCacheThrough, WriteType::kAsyncThrough}) {
      for (const int64_t size : {int64_t{0}, int64_t{1}, kBlock - 1, kBlock, kBlock + 1, 5 * kBlock + 7}) {
        SCOPED_TRACE(testing::Message() << way.name << ", write type " << static_cast<int>(type) << ", " << size << " bytes");
        const std::string path = absl::StrCat("/", static_cast<int>(type), "-", size);
        const std::string content = Bytes(static_cast<size_t>(size));
        ASSERT_THAT(Write(*fs, path, content, {.write_type = type}), IsOk());
        ASSERT_THAT(Read(*fs, path), IsOkAndHolds(content));
        ALLUXIO_ASSERT_OK_AND_ASSIGN(const UriStatus status, fs->GetStatus(path));
        EXPECT_EQ(status.length, size);
        EXPECT_EQ(status.persistence_state, type == WriteType::kMustCache      ? "NOT_PERSISTED"
                                            : type == WriteType::kAsyncThrough ? "TO_BE_PERSISTED"
                                                                               : "PERSISTED");
      }
    }
    const ClientCounters& counters = CountersOf(*fs);
    const std::string name = way.name;
    EXPECT_EQ(counters.writes_by_file > 0, name.starts_with("file"));
    EXPECT_EQ(counters.writes_by_socket > 0, name == "socket");
    EXPECT_EQ(counters.reads_by_file > 0, name.starts_with("file"));
    EXPECT_EQ(counters.reads_by_tcp > 0, name == "TCP" || name == "other host" || name == "file");
  }
}

TEST_F(FileSystemTest, SeekSkipAndPositionedReadsGiveTheRightBytes) {
  Start();
  for (const char* short_circuit : {"true", "false"}) {
    auto fs = Client({{"alluxio.user.short.circuit.enabled", short_circuit},
                      {"alluxio.user.streaming.reader.chunk.size.bytes", "4KB"}});
    const std::string path = absl::StrCat("/f-", short_circuit);
    const std::string content = Bytes(3 * kBlock + 11);
    ASSERT_THAT(Write(*fs, path, content), IsOk());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile(path));
    for (const auto& [offset, length] : std::vector<std::pair<int64_t, size_t>>{
             {0, 10}, {kBlock - 5, 10}, {kBlock, kBlock}, {5, 2 * kBlock}, {3 * kBlock, 100}, {1 << 20, 5}}) {
      const auto from = std::min(content.size(), static_cast<size_t>(offset));
      EXPECT_THAT(ReadAt(*in, offset, length), IsOkAndHolds(content.substr(from, length))) << offset << "+" << length;
    }
    EXPECT_EQ(in->position(), 0);
    std::string ten(10, '\0');
    for (const int64_t offset : {int64_t{20}, int64_t{25}, int64_t{0}, 2 * kBlock + 1, kBlock - 1, 3 * kBlock + 1}) {
      ASSERT_THAT(in->Seek(offset), IsOk());
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const size_t n, in->Read(std::as_writable_bytes(std::span(ten))));
      ASSERT_GT(n, 0u);
      EXPECT_EQ(ten.substr(0, n), content.substr(static_cast<size_t>(offset), n)) << offset;
    }
    ASSERT_THAT(in->Seek(kBlock), IsOk());
    EXPECT_THAT(in->Skip(5), IsOkAndHolds(5));
    EXPECT_THAT(in->Skip(1 << 20), IsOkAndHolds(2 * kBlock + 6));
    EXPECT_EQ(in->Remaining(), 0);
    EXPECT_THAT(in->Seek(in->length() + 1), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(in->ReadAt(-1, {}), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(FileSystemTest, SeveralThreadsReadOneStreamByPosition) {
  Start();
  for (const char* short_circuit : {"true", "false"}) {
    auto fs = Client({{"alluxio.user.short.circuit.enabled", short_circuit}});
    const std::string path = absl::StrCat("/f-", short_circuit);
    const std::string content = Bytes(4 * kBlock);
    ASSERT_THAT(Write(*fs, path, content), IsOk());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile(path));
    std::vector<std::thread> readers;
    std::atomic<int> right{0};
    for (int t = 0; t < 4; ++t) {
      readers.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const size_t offset = static_cast<size_t>((t * 20 + i) * 3001) % (content.size() - 5000);
          const auto got = ReadAt(*in, static_cast<int64_t>(offset), 5000);
          if (got.ok() && *got == content.substr(offset, 5000)) ++right;
        }
      });
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(right, 80);
  }
}

TEST_F(FileSystemTest, AViewIsMappedMemoryAndHoldsTheBlock) {
  Start();
  constexpr int64_t kBig = int64_t{2} << 20;  // the descriptor alone keeps a small one
  for (const int64_t block : {kBig, kBlock}) {
    auto fs = Client({{"alluxio.user.block.size.bytes.default", absl::StrCat(block)}});
    const std::string content = Bytes(2 * block), path = absl::StrCat("/f", block);
    ASSERT_THAT(Write(*fs, path, content), IsOk());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile(path));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(BlockView view, in->View(100, 1000));
    EXPECT_EQ(std::string(view.text()), content.substr(100, 1000));
    EXPECT_THAT(in->View(block - 1, 2), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(in->View(2 * block, 1), StatusIs(absl::StatusCode::kInvalidArgument));
    in.reset();
    fs.reset();
    EXPECT_EQ(cluster_->open_local_blocks(0), block == kBig ? 1 : 0);
    EXPECT_EQ(std::string(view.text()), content.substr(100, 1000));
  }
}

TEST_F(FileSystemTest, UnsealedAndRemoteBlocksAreReadNotViewed) {
  Start();
  cluster_->LeaveBlocksUnsealed(true);
  auto fs = Client();
  ASSERT_THAT(Write(*fs, "/f", "hello"), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile("/f"));
  EXPECT_THAT(in->View(0, 5), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not sealed")));
  EXPECT_THAT(ReadAll(*in), IsOkAndHolds("hello"));
  auto remote = Client({{"alluxio.user.hostname", "elsewhere"}});
  ALLUXIO_ASSERT_OK_AND_ASSIGN(in, remote->OpenFile("/f"));
  EXPECT_THAT(in->View(0, 5), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(FileSystemTest, ColdBlocksAreReadThroughAWorkerAndCached) {
  Start();
  const std::string content = Bytes(2 * kBlock + 5);
  cluster_->AddUfsFile("/cold", content, kBlock);
  auto fs = Client();
  EXPECT_THAT(Read(*fs, "/cold", {.read_type = ReadType::kNoCache}), IsOkAndHolds(content));
  EXPECT_TRUE(cluster_->last_read(0).open_ufs_block_options().no_cache());
  const auto status = cluster_->Status("/cold");
  EXPECT_FALSE(cluster_->HasBlock(0, status.blockids(0)));
  EXPECT_THAT(Read(*fs, "/cold"), IsOkAndHolds(content));
  EXPECT_TRUE(cluster_->HasBlock(0, status.blockids(0)));
  const auto ufs = cluster_->last_read(0).open_ufs_block_options();
  EXPECT_EQ(ufs.ufs_path(), cluster_->ufs_folder() + "/cold");
  EXPECT_EQ(ufs.offset_in_file(), 2 * kBlock);
  EXPECT_EQ(ufs.block_size(), 5);
  EXPECT_EQ(ufs.mountid(), 1);
  EXPECT_FALSE(ufs.no_cache());
  // Cached now, hence a file.
  EXPECT_THAT(Read(*fs, "/cold"), IsOkAndHolds(content));
  EXPECT_EQ(CountersOf(*fs).reads_by_file, 3);
}

TEST_F(FileSystemTest, AWorkerThatFailsMidwayIsReplacedByAnotherReplica) {
  Start({.workers = 2, .worker_hosts = {"a", "b"}});
  auto fs = Client({{"alluxio.user.hostname", "a"}, {"alluxio.user.short.circuit.enabled", "false"},
                    {"alluxio.user.streaming.reader.chunk.size.bytes", "8KB"}});
  const std::string content = Bytes(2 * kBlock);
  ASSERT_THAT(Write(*fs, "/f", content, {.replication_min = 2}), IsOk());
  const auto status = cluster_->Status("/f");
  EXPECT_TRUE(cluster_->HasBlock(0, status.blockids(0)));
  EXPECT_TRUE(cluster_->HasBlock(1, status.blockids(0)));
  cluster_->FailReads(0, absl::UnavailableError("out of order"), kBlock / 2);
  EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds(content));
  EXPECT_THAT(cluster_->worker_calls(0), Contains(StartsWith("ReadBlock")));
  EXPECT_THAT(cluster_->worker_calls(1), Contains(StartsWith("ReadBlock")));
  // One that was restarted doesn't know our session; one that refuses us stays so.
  cluster_->FailReads(0, absl::UnauthenticatedError("Channel: 1 is not authenticated for call: x"), kBlock / 2);
  EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds(content));
  cluster_->FailReads(0, absl::UnauthenticatedError("Plain authentication failed: no"), 0);
  EXPECT_THAT(Read(*fs, "/f"), StatusIs(absl::StatusCode::kUnauthenticated));
  // Positioned reads as well, and a worker that is gone.
  cluster_->StopWorker(0);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile("/f"));
  EXPECT_THAT(ReadAt(*in, 10, kBlock), IsOkAndHolds(content.substr(10, kBlock)));
}

TEST_F(FileSystemTest, WithoutAReplicaThePersistedBlockComesFromTheUnderStore) {
  Start({.workers = 2, .worker_hosts = {"a", "b"}});
  auto fs = Client({{"alluxio.user.hostname", "a"}, {"alluxio.user.short.circuit.enabled", "false"}});
  const std::string content = Bytes(kBlock);
  ASSERT_THAT(Write(*fs, "/f", content, {.write_type = WriteType::kCacheThrough}), IsOk());
  cluster_->FailReads(0, absl::UnavailableError("out of order"), 0);
  EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds(content));
  EXPECT_TRUE(cluster_->HasBlock(1, cluster_->Status("/f").blockids(0))) << "read through the other worker";
}

TEST_F(FileSystemTest, ABlockForWhichNoWorkerHasRoomIsReadThrough) {
  Start({.worker_capacity = kBlock / 2});
  const std::string content = Bytes(2 * kBlock + 5);
  cluster_->AddUfsFile("/cold", content, kBlock);
  auto fs = Client();
  EXPECT_THAT(Read(*fs, "/cold"), IsOkAndHolds(content));
}

// Although there is a worker that has never failed.
TEST_F(FileSystemTest, AReadForWhichNoWorkerIsChosenGivesUpInTime) {
  Start();
  cluster_->AddUfsFile("/cold", Bytes(5), kBlock);
  auto fs = Client({{"alluxio.user.ufs.block.read.location.policy",
                     "alluxio.client.block.policy.SpecificHostPolicy"},
                    {"alluxio.worker.hostname", "nowhere"}});
  EXPECT_THAT(Read(*fs, "/cold"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("No available Alluxio worker found")));
}

TEST_F(FileSystemTest, WithNoSourceLeftTheErrorSaysSo) {
  Start();
  auto fs = Client({{"alluxio.user.short.circuit.enabled", "false"}});
  ASSERT_THAT(Write(*fs, "/f", "hello"), IsOk());
  const int64_t block = cluster_->Status("/f").blockids(0);
  cluster_->FailReads(0, absl::UnavailableError("out of order"), 0);
  EXPECT_THAT(Read(*fs, "/f"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("out of order")));
  cluster_->FailReads(0, absl::OkStatus(), 0);
  cluster_->RemoveBlock(0, block);
  EXPECT_THAT(Read(*fs, "/f"), StatusIs(absl::StatusCode::kUnavailable,
                                        absl::StrCat("reading /f, block 0: Block ", block,
                                                     " is unavailable in both Alluxio and UFS.")));
}

TEST_F(FileSystemTest, AFileThatCantBeOpenedForWritingIsNotLeftBehind) {
  Start({.workers = 0});
  auto fs = Client({{"alluxio.user.file.write.init.max.duration", "50ms"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(fs->CreateFile("/f", {.write_type = WriteType::kThrough}),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("No available Alluxio worker found")));
  }
  EXPECT_THAT(fs->GetStatus("/f"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("")));
}

TEST_F(FileSystemTest, AShortBlockEndsInAnErrorAndASync) {
  Start();
  const std::string content = Bytes(100);
  cluster_->AddUfsFile("/cold", content, kBlock);
  cluster_->Edit("/cold", [](grpc::file::FileInfo& info) { info.set_length(100); });
  std::filesystem::resize_file(cluster_->ufs_folder() + "/cold", 60);
  auto fs = Client();
  EXPECT_THAT(Read(*fs, "/cold"), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("is expected to be 100 bytes")));
  EXPECT_THAT(cluster_->master_calls(), Contains("ListStatus /cold"));
}

TEST_F(FileSystemTest, AFileThatIsNotTheBlockIsNotTrusted) {
  Start();
  auto fs = Client();
  const std::string content = Bytes(1000);
  ASSERT_THAT(Write(*fs, "/f", content, {.write_type = WriteType::kCacheThrough}), IsOk());
  cluster_->TruncateBlock(0, cluster_->Status("/f").blockids(0), 500);
  // The worker's stream says the same, and that it is too short.
  EXPECT_THAT(Read(*fs, "/f"), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(CountersOf(*fs).reads_by_file, 0);
}

TEST_F(FileSystemTest, AWorkerWithoutRoomIsPassedOver) {
  Start({.workers = 2, .worker_hosts = {"a", "b"}});
  auto fs = Client({{"alluxio.user.hostname", "a"}});
  cluster_->FailWrites(0, absl::ResourceExhaustedError("full"));
  ASSERT_THAT(Write(*fs, "/f", "hello"), IsOk());
  EXPECT_TRUE(cluster_->HasBlock(1, cluster_->Status("/f").blockids(0)));
  EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds("hello"));
}

TEST_F(FileSystemTest, CopiesNeedAsManyHosts) {
  Start({.workers = 2, .worker_hosts = {"a", "a"}});
  auto fs = Client();
  EXPECT_THAT(Write(*fs, "/f", "hello", {.replication_min = 2}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("Not enough workers for replications, 1 workers selected but 2 required")));
}

TEST_F(FileSystemTest, WhenTheCacheFailsThroughWritesGoOn) {
  Start();
  auto fs = Client({{"alluxio.user.short.circuit.enabled", "false"}});
  const std::string content = Bytes(3 * kBlock);
  ASSERT_THAT(Write(*fs, "/before", content, {.write_type = WriteType::kCacheThrough}), IsOk());
  EXPECT_EQ(cluster_->last_complete().options().contenthash(), "hash");
  EXPECT_EQ(cluster_->last_complete().options().ufslength(), 3 * kBlock);
  cluster_->FailWrites(0, absl::ResourceExhaustedError("full"));
  EXPECT_THAT(Write(*fs, "/cache", content), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/cache")));
  EXPECT_EQ(Count(cluster_->master_calls(), "CompleteFile /cache"), 0);
}

TEST_F(FileSystemTest, BlocksAreCommittedLastFirstWhenTheFileCloses) {
  Start();
  auto fs = Client();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto out, fs->CreateFile("/f"));
  ASSERT_THAT(out->Write(Bytes(3 * kBlock)), IsOk());
  EXPECT_THAT(cluster_->worker_calls(0), Not(Contains(StartsWith("commit"))));
  ASSERT_THAT(out->Close(), IsOk());
  ASSERT_THAT(out->Close(), IsOk());
  std::vector<std::string> commits = cluster_->worker_calls(0);
  std::erase_if(commits, [](const std::string& call) { return !call.starts_with("commit"); });
  ASSERT_EQ(commits.size(), 3u);
  EXPECT_EQ(commits[0], absl::StrCat("commit ", cluster_->Status("/f").blockids(2)));
}

TEST_F(FileSystemTest, CancelThrowsTheBlocksAwayAndDoesNotComplete) {
  Start();
  for (const char* short_circuit : {"true", "false"}) {
    auto fs = Client({{"alluxio.user.short.circuit.enabled", short_circuit}});
    const std::string path = absl::StrCat("/f-", short_circuit);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto out, fs->CreateFile(path));
    ASSERT_THAT(out->Write(Bytes(kBlock + 1)), IsOk());
    ASSERT_THAT(out->Cancel(), IsOk());
    EXPECT_THAT(out->Write("x"), StatusIs(absl::StatusCode::kFailedPrecondition));
    out.reset();
    EXPECT_FALSE(cluster_->Status(path).completed());
    EXPECT_THAT(fs->OpenFile(path), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_THAT(cluster_->worker_calls(0), Not(Contains(StartsWith("commit"))));
}

TEST_F(FileSystemTest, ALocalWriteReservesMoreThanItWasGiven) {
  Start();
  auto fs = Client({{"alluxio.user.block.size.bytes.default", "32MB"}, {"alluxio.user.file.reserved.bytes", "1MB"}});
  const std::string content = Bytes(20 << 20);
  ASSERT_THAT(Write(*fs, "/f", content, {}, 3 << 20), IsOk());
  EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds(content));
}

TEST_F(FileSystemTest, AsyncThroughPinsBlocksAndAsksForPersistence) {
  Start();
  auto fs = Client({{"alluxio.user.short.circuit.enabled", "false"}});
  ASSERT_THAT(Write(*fs, "/f", "hello", {.write_type = WriteType::kAsyncThrough}), IsOk());
  EXPECT_TRUE(cluster_->last_write(0).pin_on_create());
  EXPECT_EQ(cluster_->last_write(0).space_to_reserve(), kBlock);
  const auto options = cluster_->last_complete().options();
  ASSERT_TRUE(options.has_asyncpersistoptions());
  EXPECT_EQ(options.asyncpersistoptions().commonoptions().operationid().mostsignificantbits(),
            cluster_->last_create().options().commonoptions().operationid().mostsignificantbits());
  ASSERT_THAT(Write(*fs, "/g", "hello", {.write_type = WriteType::kAsyncThrough, .persistence_wait_ms = -1}), IsOk());
  EXPECT_FALSE(cluster_->last_complete().options().has_asyncpersistoptions());
}

TEST_F(FileSystemTest, ReadsFromAfarAskTheWorkerHereToCache) {
  Start({.workers = 2, .worker_hosts = {"far", "near"}});
  auto writer = Client({{"alluxio.user.hostname", "far"}});
  ASSERT_THAT(Write(*writer, "/f", "hello"), IsOk());
  const int64_t block = cluster_->Status("/f").blockids(0);
  auto fs = Client({{"alluxio.user.hostname", "near"}});
  EXPECT_THAT(Read(*fs, "/f", {.read_type = ReadType::kNoCache}), IsOkAndHolds("hello"));
  EXPECT_EQ(Count(cluster_->worker_calls(1), "Cache"), 0);
  EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds("hello"));
  EXPECT_THAT(cluster_->worker_calls(1), Contains(StartsWith(absl::StrCat("Cache ", block, " from far:"))));
  auto elsewhere = Client({{"alluxio.user.hostname", "elsewhere"}});
  EXPECT_THAT(Read(*elsewhere, "/f"), IsOkAndHolds("hello"));
  EXPECT_EQ(Count(cluster_->worker_calls(0), "Cache"), 0) << "it has the block already";
}

TEST_F(FileSystemTest, PositionedReadsSayThatTheyAreShort) {
  Start();
  auto fs = Client({{"alluxio.user.short.circuit.enabled", "false"}});
  ASSERT_THAT(Write(*fs, "/f", Bytes(1000)), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto in, fs->OpenFile("/f"));
  ASSERT_THAT(ReadAt(*in, 5, 10), IsOk());
  EXPECT_TRUE(cluster_->last_read(0).position_short());
  EXPECT_EQ(cluster_->last_read(0).length(), 10);
  ASSERT_THAT(ReadAll(*in), IsOk());
  EXPECT_FALSE(cluster_->last_read(0).position_short());
  EXPECT_GT(cluster_->last_read(0).chunk_size(), 0);
}

TEST_F(FileSystemTest, NoWorkersIsAClearError) {
  Start({.workers = 0});
  auto fs = Client();
  EXPECT_THAT(Write(*fs, "/f", "hello"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("No available Alluxio worker found")));
  ASSERT_THAT(Write(*fs, "/empty", ""), IsOk());
  EXPECT_THAT(Read(*fs, "/empty"), IsOkAndHolds(""));
}

TEST_F(FileSystemTest, WhatWasReadAndWrittenIsReportedAtTheEnd) {
  Start();
  auto fs = Client();
  ASSERT_THAT(Write(*fs, "/f", "hello"), IsOk());
  ASSERT_THAT(Read(*fs, "/f"), IsOkAndHolds("hello"));
  fs.reset();
  EXPECT_THAT(cluster_->master_calls(), Contains("MetricsHeartbeat BytesReadLocal=5 BytesWrittenLocal=5 "));
}

TEST_F(FileSystemTest, TheMetadataCacheSavesCallsUntilAChangeOfOurs) {
  Start();
  auto fs = Client({{"alluxio.user.metadata.cache.enabled", "true"}});
  ASSERT_THAT(Write(*fs, "/f", "hello"), IsOk());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Read(*fs, "/f"), IsOkAndHolds("hello"));
  EXPECT_EQ(Count(cluster_->master_calls(), "GetStatus"), 1);
  ASSERT_THAT(fs->ListStatus("/"), IsOk());
  ASSERT_THAT(fs->GetStatus("/f", {.sync_interval_ms = 0}), IsOk());
  EXPECT_EQ(Count(cluster_->master_calls(), "GetStatus"), 2);
  ASSERT_THAT(fs->Delete("/f"), IsOk());
  EXPECT_THAT(fs->GetStatus("/f"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("does not exist")));
  EXPECT_EQ(Count(cluster_->master_calls(), "GetStatus"), 3);
}

TEST_F(FileSystemTest, UrisOfAlluxioAreSentAsPaths) {
  Start();
  auto fs = Client();
  ASSERT_THAT(Write(*fs, "alluxio://somewhere:19998/f", "hello"), IsOk());
  EXPECT_THAT(cluster_->master_calls(), Contains("CreateFile /f"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto all, fs->ListStatus("/"));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].path, "/f");
}

TEST_F(FileSystemTest, FollowsTheClustersConfiguration) {
  constexpr char kBlockSize[] = "alluxio.user.block.size.bytes.default";
  Start({.configuration = {{kBlockSize, "1MB"}}});
  const std::string address = cluster_->master_address();
  const auto conf = conf::Configuration().With({{"alluxio.master.hostname", "127.0.0.1"},
                                                {"alluxio.master.rpc.port", address.substr(address.rfind(':') + 1)},
                                                {"alluxio.user.file.writetype.default", "MUST_CACHE"},
                                                {"alluxio.user.rpc.retry.max.duration", "2s"}});
  ASSERT_THAT(conf, IsOk());
  test::FakeClock clock;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto context, ClientContext::Create(*conf, {.clock = &clock}));
  const auto fs = FileSystem::Create(context);
  int files = 0;
  const auto block_size = [&] {
    EXPECT_THAT(fs->CreateFile(absl::StrCat("/", ++files)), IsOk());
    return cluster_->last_create().options().blocksizebytes();
  };
  EXPECT_EQ(block_size(), 1 << 20);
  cluster_->SetConfiguration({{kBlockSize, "2MB"}});
  clock.Advance(absl::Seconds(59));
  EXPECT_EQ(block_size(), 1 << 20);
  EXPECT_EQ(Count(cluster_->master_calls(), "GetConfigHash"), 0);
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(block_size(), 2 << 20);
  EXPECT_EQ(block_size(), 2 << 20);
  EXPECT_EQ(Count(cluster_->master_calls(), "GetConfigHash"), 1);
  // The same content is not loaded again; what the cluster sets no more is the default.
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(block_size(), 2 << 20);
  EXPECT_EQ(Count(cluster_->master_calls(), "GetConfiguration"), 2);
  cluster_->SetConfiguration({});
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(block_size(), 64 << 20);
  EXPECT_EQ(Count(cluster_->master_calls(), "GetConfigHash"), 3);
}

TEST_F(FileSystemTest, RefusesZooKeeperInOneSentence) {
  EXPECT_THAT(FileSystem::Create(*conf::Configuration().With({{"alluxio.zookeeper.enabled", "true"}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is not supported by this version: set it to false and name the master")));
}

}  // namespace
}  // namespace alluxio::client
