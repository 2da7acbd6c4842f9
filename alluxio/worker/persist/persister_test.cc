#include "alluxio/worker/persist/persister.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/worker/block/local_block_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/faulty_ufs.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using testing::HasSubstr;

[[maybe_unused]] const bool kQuiet = (SetLogLevel(LogLevel::kError), true);

// Workers of host names and what they hold; each byte is a piece of its own.
class FakeRemote final : public RemoteBlockReader {
 public:
  absl::Status Read(const std::string& host, int port, const ColdBlock& block,
                    absl::FunctionRef<absl::Status(absl::string_view)> sink) override {
    EXPECT_EQ(port, 29999);
    EXPECT_EQ(block.ufs_uri, "");  // from the worker, not from the under store
    ++reads;
    const auto held = blocks.find({host, block.block_id});
    if (held == blocks.end()) return absl::NotFoundError("not at " + host);
    for (const char& c : held->second) {
      if (c == '!') return absl::UnavailableError("the other worker died");
      ALLUXIO_RETURN_IF_ERROR(sink(absl::string_view(&c, 1)));
    }
    return absl::OkStatus();
  }
  std::map<std::pair<std::string, int64_t>, std::string> blocks;
  std::atomic<int> reads{0};
};

native::BlockSource Source(int64_t block_id, int64_t length, const std::string& host, int port = 29999) {
  native::BlockSource source;
  source.set_block_id(block_id);
  source.set_length(length);
  source.set_host(host);
  source.set_data_port(port);
  return source;
}

class PersisterTest : public testing::Test {
 protected:
  PersisterTest() {
    static std::atomic<int> count{0};
    const std::string folder = absl::StrCat(testing::TempDir(), "/persist-", ::getpid(), "-", count++);
    std::filesystem::create_directories(folder);
    registry_.Register("mem", [this](absl::string_view, const std::map<std::string, std::string>&)
                                  -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> { return ufs_; });
    manager_.emplace(UfsManager::Options{.registry = &registry_,
                                         .look_up = [this](int64_t) -> absl::StatusOr<UfsManager::Mount> {
                                           return UfsManager::Mount{.uri = "mem://root", .read_only = read_only_};
                                         },
                                         .metrics = &metrics_});
    auto store = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM", .dirs = {{folder, 1 << 23, "MEM"}}}}}, .stepped = true});
    EXPECT_THAT(store, IsOk());
    store_ = *std::move(store);
    persister_.emplace(Persister::Options{
        .store = store_.get(), .ufs = &*manager_, .remote = &remote_, .executor = &threads_});
  }

  void PutBlock(int64_t id, const std::string& content) {
    auto temp = store_->Create({.session_id = 1, .block_id = id, .reserve_bytes = 100});
    ASSERT_THAT(temp, IsOk());
    ASSERT_THAT((*temp)->Append(content), IsOk());
    ASSERT_THAT((*temp)->Commit(), IsOk());
  }
  native::PersistFileRequest Request(int64_t length, const std::vector<int64_t>& block_ids) const {
    native::PersistFileRequest request;
    request.set_file_id(33554431);
    request.set_mount_id(1);
    request.set_ufs_path("mem://root/d/f");
    request.set_temporary_ufs_path("mem://root/d/" + temporary_);
    request.set_length(length);
    for (int64_t id : block_ids) request.add_block_ids(id);
    request.set_owner("alice");
    request.set_group("staff");
    request.set_mode(0640);
    return request;
  }
  absl::StatusOr<native::PersistFileResponse> Persist(const native::PersistFileRequest& request) {
    absl::StatusOr<native::PersistFileResponse> result = absl::InternalError("not answered");
    Notification answered;
    persister_->PersistFile({}, request, [&](absl::StatusOr<native::PersistFileResponse> response) {
      result = std::move(response);
      answered.Notify();
    });
    answered.Wait();
    return result;
  }
  test::UfsFaults& faults() { return ufs_->faults(); }

  const std::string temporary_ = ufs::TemporaryName("f", 7);
  const std::shared_ptr<test::MemoryUfs> memory_ = std::make_shared<test::MemoryUfs>("mem://root");
  const std::shared_ptr<test::FaultyUfs> ufs_ = std::make_shared<test::FaultyUfs>(memory_);
  metrics::MetricsRegistry metrics_;
  ufs::UfsRegistry registry_;
  bool read_only_ = false;
  std::optional<UfsManager> manager_;
  std::unique_ptr<LocalBlockStore> store_;
  FakeRemote remote_;
  ThreadPool threads_{{.name = "persist", .threads = 1, .queue_limit = 1}};
  std::optional<Persister> persister_;
};

TEST_F(PersisterTest, WritesBlocksInOrderUnderTheTemporaryName) {
  PutBlock(1, "first ");
  PutBlock(2, "second");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, Persist(Request(12, {1, 2})));
  EXPECT_EQ(response.written_bytes(), 12);
  EXPECT_THAT(memory_->Content("d/" + temporary_), IsOkAndHolds(testing::Eq("first second")));
  EXPECT_EQ(metrics_.GetCounter("Worker.BytesWrittenPerUfs.UFS:mem:%2F%2Froot").Value(), 12);
  EXPECT_THAT(memory_->Status("d/f"), StatusIs(absl::StatusCode::kNotFound));
  // The fingerprint is still the file's when the master has given it its name.
  ASSERT_THAT(memory_->Rename("d/" + temporary_, "d/f"), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus status, memory_->Status("d/f"));
  EXPECT_EQ(status.owner, "alice");
  EXPECT_EQ(status.group, "staff");
  EXPECT_EQ(status.mode, 0640);
  EXPECT_EQ(response.ufs_fingerprint(), ufs::Fingerprint("memory", status));
}

TEST_F(PersisterTest, EmptyFileHasNoBlocks) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, Persist(Request(0, {})));
  EXPECT_EQ(response.written_bytes(), 0);
  EXPECT_THAT(memory_->Content("d/" + temporary_), IsOkAndHolds(testing::Eq("")));
}

TEST_F(PersisterTest, UnsealedBlockIsCopied) {
  std::string content;
  for (int i = 0; content.size() < (3u << 20) + 1; ++i) absl::StrAppend(&content, i, ",");
  auto temp = store_->Create({.session_id = 1, .block_id = 1, .reserve_bytes = 4 << 20, .client_writes = true});
  ASSERT_THAT(temp, IsOk());
  std::FILE* const file = std::fopen((*temp)->path().c_str(), "r+");  // stays open: not sealed
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fwrite(content.data(), 1, content.size(), file), content.size());
  ASSERT_EQ(std::fflush(file), 0);
  ASSERT_THAT((*temp)->Commit(), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const BlockPin pin, store_->Open(1));
  ASSERT_FALSE(pin->Map().ok());
  EXPECT_THAT(Persist(Request(static_cast<int64_t>(content.size()), {1})), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string written, memory_->Content("d/" + temporary_));
  EXPECT_TRUE(written == content);
  std::fclose(file);
}

TEST_F(PersisterTest, BlocksStayWhileTheyAreWritten) {
  PutBlock(1, "first ");
  PutBlock(2, "second");
  faults().Block("Write");
  Notification answered;
  persister_->PersistFile({}, Request(12, {1, 2}), [&](const absl::StatusOr<native::PersistFileResponse>& response) {
    EXPECT_THAT(response, IsOk());
    answered.Notify();
  });
  faults().WaitUntilBlocked("Write");
  EXPECT_EQ(store_->EvictAll(), 0);
  faults().Release("Write");
  answered.Wait();
}

TEST_F(PersisterTest, WhatCannotBePersistedIsRefused) {
  PutBlock(1, "first ");
  EXPECT_THAT(Persist(Request(12, {1, 2})), StatusIs(absl::StatusCode::kNotFound, "BlockMeta not found for blockId 2"));
  EXPECT_THAT(Persist(Request(7, {1})), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                 testing::AllOf(HasSubstr("has 7 bytes"), HasSubstr("have 6"))));
  EXPECT_THAT(Persist(Request(-1, {})), StatusIs(absl::StatusCode::kInvalidArgument));
  native::PersistFileRequest elsewhere = Request(6, {1});
  elsewhere.set_temporary_ufs_path("mem://other/f");
  EXPECT_THAT(Persist(elsewhere), StatusIs(absl::StatusCode::kInvalidArgument));
  elsewhere.clear_temporary_ufs_path();
  EXPECT_THAT(Persist(elsewhere), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(faults().calls("Create"), 0);
  read_only_ = true;
  manager_->Forget(1);
  EXPECT_THAT(Persist(Request(6, {1})), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(faults().calls("Create"), 0);
}

TEST_F(PersisterTest, BlocksOfOtherWorkersFlowThroughInOrder) {
  PutBlock(2, "second ");
  remote_.blocks = {{{"a", 1}, "first "}, {{"b", 3}, "third"}};
  native::PersistFileRequest request = Request(18, {1, 2, 3});
  *request.add_block_sources() = Source(3, 5, "b");
  *request.add_block_sources() = Source(1, 6, "a");
  *request.add_block_sources() = Source(2, 7, "gone");  // the master does not know that it is here
  EXPECT_THAT(Persist(request), IsOk());
  EXPECT_THAT(memory_->Content("d/" + temporary_), IsOkAndHolds(testing::Eq("first second third")));
  EXPECT_EQ(remote_.reads, 2);
  EXPECT_EQ(store_->num_blocks(), 1);  // not kept
}

TEST_F(PersisterTest, FailuresOfOtherWorkersLeaveNothing) {
  PutBlock(1, "first ");
  remote_.blocks = {{{"dies", 2}, "sec!nd"}, {{"lies", 2}, "second and more"}, {{"good", 2}, "second"}};
  struct Case {
    native::BlockSource source;
    absl::StatusCode want;
  };
  const Case cases[] = {
      {Source(2, 6, "dies"), absl::StatusCode::kUnavailable},
      {Source(2, 6, "lies"), absl::StatusCode::kUnavailable},
      {Source(2, 6, "empty"), absl::StatusCode::kNotFound},
      {Source(3, 6, "good"), absl::StatusCode::kNotFound},  // of another block
      {Source(2, 5, "good"), absl::StatusCode::kFailedPrecondition},
      {Source(2, 6, ""), absl::StatusCode::kInvalidArgument},
      {Source(2, 6, "good", 0), absl::StatusCode::kInvalidArgument},
      {Source(2, 6, "good", 65536), absl::StatusCode::kInvalidArgument},
      {Source(2, -6, "good"), absl::StatusCode::kInvalidArgument},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.source.ShortDebugString());
    native::PersistFileRequest request = Request(12, {1, 2});
    *request.add_block_sources() = c.source;
    EXPECT_THAT(Persist(request), StatusIs(c.want));
    EXPECT_THAT(memory_->Status("d/" + temporary_), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_EQ(memory_->writers_open(), 0);
  }
  native::PersistFileRequest request = Request(12, {1, 2});
  *request.add_block_sources() = Source(2, 6, "good");
  faults().Fail("Write", absl::ResourceExhaustedError("full"), 3);
  EXPECT_THAT(Persist(request), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  EXPECT_THAT(memory_->Status("d/" + temporary_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Persist(request), IsOk());
}

TEST_F(PersisterTest, FailuresOfTheUnderStoreLeaveNothing) {
  struct Case {
    const char* method;
    absl::Status fault;
    absl::StatusCode want;
  };
  const Case cases[] = {
      {"Create", absl::NotFoundError("no parent"), absl::StatusCode::kUnavailable},
      {"Create", absl::PermissionDeniedError("closed"), absl::StatusCode::kPermissionDenied},
      {"Write", absl::ResourceExhaustedError("full"), absl::StatusCode::kResourceExhausted},
      {"Write", absl::UnknownError("broken"), absl::StatusCode::kUnavailable},
      {"Close", absl::UnavailableError("broken"), absl::StatusCode::kUnavailable},
      {"Status", absl::UnavailableError("broken"), absl::StatusCode::kUnavailable},
  };
  PutBlock(1, "first ");
  PutBlock(2, "second");
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.method, " ", c.fault.ToString()));
    faults().Fail(c.method, c.fault, absl::string_view(c.method) == "Write" ? 2 : 1);
    EXPECT_THAT(Persist(Request(12, {1, 2})), StatusIs(c.want, std::string(c.fault.message())));
    EXPECT_THAT(memory_->Status("d/" + temporary_), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_EQ(memory_->writers_open(), 0);
  }
  EXPECT_THAT(Persist(Request(12, {1, 2})), IsOk());
  EXPECT_THAT(Persist(Request(12, {1, 2})), IsOk());  // again: replaces
}

TEST_F(PersisterTest, FullQueueIsResourceExhausted) {
  PutBlock(1, "first ");
  faults().Block("Write");
  std::atomic<int> answered{0};
  const auto count = [&answered](const absl::StatusOr<native::PersistFileResponse>& response) {
    EXPECT_THAT(response, IsOk());
    ++answered;
  };
  persister_->PersistFile({}, Request(6, {1}), count);
  faults().WaitUntilBlocked("Write");
  persister_->PersistFile({}, Request(6, {1}), count);
  EXPECT_THAT(Persist(Request(6, {1})), StatusIs(absl::StatusCode::kResourceExhausted));
  faults().Release("Write");
  persister_.reset();
  EXPECT_EQ(answered, 2);
}

}  // namespace
}  // namespace alluxio::worker
