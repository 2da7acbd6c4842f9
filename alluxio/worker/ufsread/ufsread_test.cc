#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "alluxio/base/mutex.h"
#include "alluxio/worker/ufsread/ufsread_fixture.h"
#include "gmock/gmock.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using testing::HasSubstr;

TEST_F(UfsReadTest, MountsAreLookedUpOnceAndErrorsAreNotKept) {
  master_error_ = absl::UnavailableError("the master is away");
  EXPECT_THAT(manager_->Resolve(kMount, "mem://test/root/a"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("the master is away")));
  master_error_ = absl::OkStatus();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto place, manager_->Resolve(kMount, "mem://test/root/a//b"));
  EXPECT_EQ(place.path, "a/b");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto root, manager_->Resolve(kMount, "mem://test/root"));
  EXPECT_EQ(root.path, "");
  EXPECT_EQ(look_ups_, 2);
  for (absl::string_view other : {"mem://test/rooted/a", "mem://test", "/root/a", ""}) {
    EXPECT_THAT(manager_->Resolve(kMount, other), StatusIs(absl::StatusCode::kInvalidArgument)) << other;
  }
  EXPECT_THAT(manager_->Resolve(7, "mem://test/root/a"), StatusIs(absl::StatusCode::kUnavailable));
  manager_->Forget(kMount);
  EXPECT_THAT(manager_->Resolve(kMount, "mem://test/root/a"), IsOk());
  EXPECT_EQ(look_ups_, 4);
}

TEST_F(UfsReadTest, LeastRecentlyUsedMountGoesFirst) {
  int look_ups = 0;
  UfsManager manager({.registry = &registry_,
                      .look_up = [&look_ups](int64_t) -> absl::StatusOr<UfsManager::Mount> {
                        ++look_ups;
                        return UfsManager::Mount{.uri = "mem://m"};
                      },
                      .max_mounts = 2});
  for (int64_t id : {1, 2, 1, 3, 1}) EXPECT_THAT(manager.Resolve(id, "mem://m/a"), IsOk());
  EXPECT_EQ(look_ups, 3);
  EXPECT_THAT(manager.Resolve(2, "mem://m/a"), IsOk());
  EXPECT_EQ(look_ups, 4);
}

TEST_F(UfsReadTest, AMountIsLookedUpAgainAfterAWhileAndOldHandlesLiveOn) {
  test::FakeClock clock;
  ufs::UfsRegistry registry;
  int stores = 0;
  registry.Register("mem", [&](absl::string_view uri,
                               const auto&) -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> {
    ++stores;
    return std::make_shared<test::MemoryUfs>(std::string(uri));
  });
  int look_ups = 0;
  absl::StatusOr<UfsManager::Mount> mount = UfsManager::Mount{.uri = "mem://m"};
  UfsManager manager({.registry = &registry,
                      .look_up = [&](int64_t) {
                        ++look_ups;
                        return mount;
                      },
                      .clock = &clock});
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto before, manager.Resolve(1, "mem://m/a"));
  clock.Advance(absl::Seconds(59));
  mount->read_only = true;
  EXPECT_THAT(manager.Resolve(1, "mem://m/a"), IsOk());
  EXPECT_EQ(look_ups, 1);
  clock.Advance(absl::Seconds(1));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto place, manager.Resolve(1, "mem://m/a"));
  EXPECT_TRUE(place.read_only);
  EXPECT_EQ(place.ufs, before.ufs);  // for what is the same store still
  EXPECT_EQ(look_ups, 2);

  mount->properties["key"] = "another";
  clock.Advance(absl::Minutes(1));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(place, manager.Resolve(1, "mem://m/a"));
  EXPECT_NE(place.ufs, before.ufs);
  EXPECT_EQ(before.ufs.use_count(), 1);  // ours alone, and good
  EXPECT_THAT(before.ufs->CheckRoot(), IsOk());

  mount = absl::UnavailableError("the master is away");
  clock.Advance(absl::Minutes(1));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(manager.Resolve(1, "mem://m/a"), IsOk());
  EXPECT_EQ(look_ups, 4);
  mount = absl::NotFoundError("no such mount");
  clock.Advance(absl::Minutes(1));
  EXPECT_THAT(manager.Resolve(1, "mem://m/a"), StatusIs(absl::StatusCode::kNotFound));
  mount = UfsManager::Mount{.uri = "mem://other"};
  EXPECT_THAT(manager.Resolve(1, "mem://other/a"), IsOk());
  EXPECT_EQ(look_ups, 6);
  EXPECT_EQ(stores, 3);
}

TEST_F(UfsReadTest, BytesAreCountedForTheMountTheyPass) {
  constexpr char kRead[] = "Worker.BytesReadPerUfs.UFS:mem:%2F%2Ftest%2Froot";
  constexpr char kWritten[] = "Worker.BytesWrittenPerUfs.UFS:mem:%2F%2Ftest%2Froot";
  const std::string content = Pattern(3 * kRange + 7);
  ColdBlock block = Put(1, content);
  EXPECT_THAT(ReadAll(block), IsOk());
  EXPECT_THAT(ReadAll(block), IsOk());  // again, now from the store
  const int64_t whole = fetcher_->stats().ufs_bytes_read;
  EXPECT_EQ(whole, block.length_bytes);
  EXPECT_EQ(Count(kRead), whole);
  ColdBlock other = Put(2, content);
  other.cache = false;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(other, 10, 20));
  EXPECT_THAT(ReadAll(*reader, 10, 30), IsOk());
  EXPECT_EQ(Count(kRead), whole + 20);
  faults().Fail("ReadAt", absl::UnavailableError("broken"));
  EXPECT_FALSE(ReadAll(other).ok());

  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto place, manager_->Resolve(kMount, "mem://test/root/d/f"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto writer, place.Create({}));
  EXPECT_THAT(writer->Write("12345"), IsOk());
  faults().Fail("Write", absl::UnavailableError("broken"));
  EXPECT_FALSE(writer->Write("678").ok());
  EXPECT_EQ(Count(kWritten), 5);
}

TEST_F(UfsReadTest, SoManyMountsAreCountedEachAndTheRestTogether) {
  UfsManager manager({.registry = &registry_,
                      .look_up = [](int64_t id) { return UfsManager::Mount{.uri = absl::StrCat("mem://m", id)}; },
                      .metrics = &metrics_,
                      .max_counted = 2});
  memory_->PutFile("f", "1234");
  for (int64_t id : {1, 2, 3, 4, 1}) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto place, manager.ResolveRelative(id, "f"));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, place.Open());
    std::string buffer(4, '?');
    EXPECT_THAT(reader->ReadAt(0, absl::MakeSpan(buffer)), IsOkAndHolds(4u));
  }
  EXPECT_EQ(Count("Worker.BytesReadPerUfs.UFS:mem:%2F%2Fm1"), 8);
  EXPECT_EQ(Count("Worker.BytesReadPerUfs.UFS:mem:%2F%2Fm2"), 4);
  EXPECT_EQ(Count("Worker.BytesReadPerUfs"), 8);
}

TEST_F(UfsReadTest, WholeBlockIsReadCachedAndReported) {
  const std::string content = Pattern(5 * kRange + 1);
  const ColdBlock block = Put(42, content);
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq(content)));
  EXPECT_THAT(Cached(42), IsOkAndHolds(testing::Eq(content)));
  EXPECT_EQ(reported_, 1);
  EXPECT_EQ(fetcher_->stats().ufs_bytes_read, block.length_bytes);
  EXPECT_EQ(fetcher_->stats().blocks_cached, 1);
}

TEST_F(UfsReadTest, BytesStayValidWithTheirOwner) {
  const std::string content = Pattern(kRange);
  const ColdBlock block = Put(42, content);
  ColdBytes bytes;
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(bytes, reader->ReadBlocking(0, kRange, kNoDeadline));
  }
  WaitForFetches();
  ASSERT_THAT(store_->Remove(42), IsOk());
  fetcher_ = nullptr;
  store_ = nullptr;
  EXPECT_EQ(bytes.bytes, content);
}

TEST_F(UfsReadTest, EndComesAfterTheReport) {
  hold_report_ = true;
  const ColdBlock block = Put(42, Pattern(kRange));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
  EXPECT_THAT(reader->ReadBlocking(0, kRange, kNoDeadline), IsOk());
  EXPECT_THAT(reader->ReadBlocking(kRange, 1, absl::Now()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  hold_report_ = false;
  may_report_.Notify();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ColdBytes end, reader->ReadBlocking(kRange, 1, kNoDeadline));
  EXPECT_TRUE(end.bytes.empty());
  EXPECT_EQ(reported_, 1);
}

TEST_F(UfsReadTest, ReportsThatWaitForAMasterKeepNoReadWaiting) {
  hold_report_ = true;
  std::vector<std::unique_ptr<ColdReader>> readers;
  for (int64_t id = 1; id <= 5; ++id) {
    const ColdBlock block = Put(id, Pattern(kRange));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto reader, fetcher_->Open(block, 0, block.length_bytes));
    // The first four are complete, and as many threads as there are could wait for their reports.
    EXPECT_THAT(reader->ReadBlocking(0, kRange, absl::Now() + absl::Seconds(30)), IsOk()) << id;
    while (id <= 4 && !store_->Contains(id)) std::this_thread::yield();
    readers.push_back(std::move(reader));
  }
  EXPECT_EQ(reported_, 0);
  may_report_.Notify();
  for (const auto& reader : readers) EXPECT_THAT(reader->ReadBlocking(kRange, 1, kNoDeadline), IsOk());
  EXPECT_EQ(reported_, 5);
}

TEST_F(UfsReadTest, FailedReportDoesNotSpoilTheRead) {
  report_error_ = absl::UnavailableError("the master is away");
  const ColdBlock block = Put(42, Pattern(kRange));
  EXPECT_THAT(ReadAll(block), IsOk());
  EXPECT_FALSE(store_->Contains(42));
}

TEST_F(UfsReadTest, ReadersOfOneBlockShareOneRead) {
  const std::string content = Pattern(20 * kRange);
  const ColdBlock block = Put(42, content);
  faults().Block("ReadAt");
  std::vector<std::unique_ptr<ColdReader>> readers;
  for (int i = 0; i < 8; ++i) {
    // Parts of the block and readers that want no caching join as well.
    ColdBlock joined = block;
    joined.cache = i % 2 == 0;
    const int64_t offset = i * kRange;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto reader, fetcher_->Open(joined, offset, block.length_bytes - offset));
    readers.push_back(std::move(reader));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      EXPECT_THAT(ReadAll(*readers[i], i * kRange, block.length_bytes),
                  IsOkAndHolds(testing::Eq(content.substr(i * kRange))));
    });
  }
  faults().Release("ReadAt");
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults().calls("Open"), 1);
  EXPECT_EQ(faults().calls("ReadAt"), 20);
  EXPECT_EQ(reported_, 1);
}

TEST_F(UfsReadTest, FirstBytesDoNotWaitForTheRest) {
  Restart({.parallel_ranges = 1});
  const ColdBlock block = Put(42, Pattern(3 * kRange));
  faults().Block("ReadAt", /*after=*/1);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ColdBytes first, reader->ReadBlocking(0, 3 * kRange, kNoDeadline));
  EXPECT_EQ(first.bytes, Pattern(kRange));
  EXPECT_THAT(reader->ReadBlocking(kRange, 10, absl::Now()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(reader->ReadBlocking(kRange - 1, 10, kNoDeadline), IsOk());
  faults().Release("ReadAt");
  EXPECT_THAT(ReadAll(*reader, 0, block.length_bytes), IsOk());
}

TEST_F(UfsReadTest, WhatSomebodyWaitsForIsReadFirst) {
  Restart({.parallel_ranges = 1});
  const ColdBlock block = Put(42, Pattern(100 * kRange));
  faults().Block("ReadAt");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto first, fetcher_->Open(block, 0, block.length_bytes));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto jumps, fetcher_->Open(block, 90 * kRange, kRange));
  faults().WaitUntilBlocked("ReadAt");
  int calls = 0;
  Notification answered;
  jumps->Read(90 * kRange, 10, [&](const absl::StatusOr<ColdBytes>& bytes) {
    EXPECT_THAT(bytes, IsOk());
    calls = faults().calls("ReadAt");
    answered.Notify();
  });
  faults().Release("ReadAt");
  answered.Wait();
  EXPECT_EQ(calls, 2);
}

TEST_F(UfsReadTest, ErrorsReachEveryReaderAndLeaveNothing) {
  struct Case {
    const char* name;
    absl::Status fault;
    absl::StatusCode want;
  };
  const Case cases[] = {
      {"missing", absl::NotFoundError("f1 is not there"), absl::StatusCode::kNotFound},
      {"broken", absl::UnavailableError("no answer"), absl::StatusCode::kUnavailable},
      {"refused", absl::PermissionDeniedError("closed"), absl::StatusCode::kUnavailable},
  };
  const ColdBlock block = Put(42, Pattern(5 * kRange));
  for (const Case& c : cases) {
    for (const char* method : {"Open", "ReadAt"}) {
      SCOPED_TRACE(absl::StrCat(c.name, " in ", method));
      faults().Fail(method, c.fault, /*nth=*/1, /*times=*/-1);
      EXPECT_THAT(ReadAll(block), StatusIs(c.want, HasSubstr("block 42")));
      EXPECT_THAT(ReadAll(block), StatusIs(c.want));
      faults().Fail(method, absl::OkStatus(), 1, 0);
      WaitForFetches();
      EXPECT_FALSE(store_->Contains(42));
      EXPECT_EQ(Used(), 0);
    }
  }
  EXPECT_THAT(ReadAll(block), IsOk());
}

TEST_F(UfsReadTest, FailureInTheMiddleEndsTheRead) {
  Restart({.parallel_ranges = 1});
  const ColdBlock block = Put(42, Pattern(5 * kRange));
  faults().Fail("ReadAt", absl::UnavailableError("no answer"), /*nth=*/3);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
  EXPECT_THAT(reader->ReadBlocking(block.length_bytes, 10, kNoDeadline), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(reader->ReadBlocking(4 * kRange, 10, kNoDeadline), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(store_->Contains(42));
  EXPECT_EQ(Used(), 0);
  EXPECT_THAT(ReadAll(block), IsOk());
}

// Its readers get what there is; nothing of it is cached, and who asks for that
// hears both lengths.
TEST_F(UfsReadTest, AFileThatShrankEndsEarlyAndIsNotCached) {
  const std::string content = Pattern(6 * kRange);
  const ColdBlock block = Put(42, content);
  const std::string whole = absl::StrCat("before", content);
  for (const bool cache : {true, false}) {
    // In the middle of a range, at its end, at the block's begin, before it.
    for (const size_t bytes : {2500u, 3006u, 6u, 2u, 0u}) {
      SCOPED_TRACE(absl::StrCat("cache ", cache, ", ", bytes, " bytes left"));
      memory_->PutFile("f42", absl::string_view(whole).substr(0, bytes));
      ColdBlock read = block;
      read.cache = cache;
      const auto there = static_cast<int64_t>(std::max<size_t>(bytes, 6) - 6);
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(read, 0, block.length_bytes));
      EXPECT_THAT(ReadAll(*reader, 0, there), IsOkAndHolds(content.substr(0, static_cast<size_t>(there))));
      // From behind what is left on there is the end at once.
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto behind, fetcher_->Open(read, 5 * kRange, kRange));
      EXPECT_THAT(ReadAll(*behind, 5 * kRange, 5 * kRange), IsOkAndHolds(""));
    }
  }
  absl::Status cached;
  Notification done;
  fetcher_->Cache(block, [&](absl::Status status) {
    cached = std::move(status);
    done.Notify();
  });
  done.Wait();
  EXPECT_THAT(cached, StatusIs(absl::StatusCode::kOutOfRange, testing::AllOf(HasSubstr("has 0 bytes"), HasSubstr("6 to 6006"))));
  WaitForFetches();
  EXPECT_FALSE(store_->Contains(42));
  EXPECT_EQ(Used(), 0);
}

// A file that grew is read as long as the block was, whatever is cached under its id.
TEST_F(UfsReadTest, AFileThatGrewIsReadAsLongAsTheBlock) {
  const std::string content = Pattern(3 * kRange);
  const ColdBlock block = Put(42, content);
  memory_->PutFile("f42", absl::StrCat("before", content, Pattern(5 * kRange)));
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(content));
  WaitForFetches();
  EXPECT_THAT(Cached(42), IsOkAndHolds(content));
}

TEST_F(UfsReadTest, ImpossibleReadsAreRefused) {
  ColdBlock block = Put(42, Pattern(kRange));
  EXPECT_THAT(fetcher_->Open(block, -1, 1), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(fetcher_->Open(block, 0, -1), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(fetcher_->Open(block, kRange + 1, 1), StatusIs(absl::StatusCode::kInvalidArgument));
  // Beyond the end there is what there is.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, kRange - 5, INT64_MAX));
  EXPECT_THAT(ReadAll(*reader, kRange - 5, kRange), IsOk());
  block.ufs_uri = "";
  EXPECT_THAT(fetcher_->Open(block, 0, 1), StatusIs(absl::StatusCode::kInvalidArgument));
}

// What a client says of a block is only what it says: the worker goes on.
TEST_F(UfsReadTest, ImpossibleBlocksAreRefused) {
  const ColdBlock good = Put(42, Pattern(kRange));
  struct Case {
    const char* name;
    int64_t block_id, length, offset_in_file;
  };
  constexpr Case kCases[] = {
      {"negative id", -1, kRange, 0},
      {"negative length", 42, -1, 0},
      {"a length that no memory holds the state of", 42, int64_t{1} << 62, 0},
      {"more than a block can have", 42, (int64_t{1} << 40) + 1, 0},
      {"negative offset", 42, kRange, -1},
      {"an end beyond all numbers", 42, kRange, INT64_MAX - kRange + 1},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    ColdBlock block = good;
    block.block_id = c.block_id;
    block.length_bytes = c.length;
    block.offset_in_file = c.offset_in_file;
    EXPECT_THAT(fetcher_->Open(block, 0, 1), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(fetcher_->Open(block, 0, INT64_MAX), StatusIs(absl::StatusCode::kInvalidArgument));
    absl::Status cached;
    fetcher_->Cache(block, [&cached](absl::Status status) { cached = std::move(status); });
    EXPECT_THAT(cached, StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_EQ(fetcher_->stats().fetches, 0);
  EXPECT_THAT(ReadAll(good), IsOk());
}

TEST_F(UfsReadTest, ABlockLargerThanEveryDirectoryIsNotFetched) {
  StartStore(3 * kRange);
  Restart({});
  const std::string content = Pattern(3 * kRange + 1);
  const ColdBlock block = Put(42, content);
  faults().Block("Open");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
  EXPECT_EQ(fetcher_->stats().fetches, 0);
  absl::Status cached;
  fetcher_->Cache(block, [&cached](absl::Status status) { cached = std::move(status); });
  EXPECT_THAT(cached, StatusIs(absl::StatusCode::kResourceExhausted));
  faults().Release("Open");
  EXPECT_THAT(ReadAll(*reader, 0, block.length_bytes), IsOkAndHolds(testing::Eq(content)));
}

TEST_F(UfsReadTest, BlocksOfTheUfsTierHaveTheOriginalsName) {
  memory_->PutFile(".alluxio_ufs_blocks.alluxio.0x1D91AC0E01AB0165.tmp/42", "content");
  const ColdBlock block = {.block_id = 42, .length_bytes = 7, .mount_id = kMount, .in_ufs_tier = true};
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq("content")));
}

TEST_F(UfsReadTest, UncachedAndPartialReadsLeaveNothing) {
  const std::string content = Pattern(10 * kRange);
  ColdBlock block = Put(42, content);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto part, fetcher_->Open(block, 1234, 5000));
  EXPECT_THAT(ReadAll(*part, 1234, 6234), IsOkAndHolds(testing::Eq(content.substr(1234, 5000))));
  block.cache = false;
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq(content)));
  EXPECT_FALSE(store_->Contains(42));
  EXPECT_EQ(fetcher_->stats().fetches, 0);
}

TEST_F(UfsReadTest, PositionedReadTakesOnlyItsRange) {
  const std::string content = Pattern(100 * kRange);
  const ColdBlock block = Put(42, content);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 50'000, 100));
  EXPECT_THAT(ReadAll(*reader, 50'000, 50'100), IsOkAndHolds(testing::Eq(content.substr(50'000, 100))));
  EXPECT_EQ(fetcher_->stats().ufs_bytes_read, 100);
  EXPECT_EQ(faults().calls("ReadAt"), 1);
}

TEST_F(UfsReadTest, DirectReaderJumps) {
  const std::string content = Pattern(20 * kRange);
  ColdBlock block = Put(42, content);
  block.cache = false;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
  for (int64_t offset : {0, 15'500, 300, 301, 19'999, 0}) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const ColdBytes bytes, reader->ReadBlocking(offset, 10, kNoDeadline));
    EXPECT_EQ(bytes.bytes, content.substr(offset, bytes.bytes.size())) << offset;
  }
}

TEST_F(UfsReadTest, NoRoomMeansReadingWithoutCaching) {
  StartStore(10 * kRange);
  Restart({});
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto other,
                               store_->Create({.session_id = 5, .block_id = 7, .reserve_bytes = 3 * kRange}));
  const std::string content = Pattern(10 * kRange);
  const ColdBlock block = Put(42, content);
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq(content)));
  EXPECT_FALSE(store_->Contains(42));
  absl::Status cached;
  fetcher_->Cache(block, [&cached](absl::Status status) { cached = std::move(status); });
  WaitForFetches();
  fetcher_ = nullptr;
  EXPECT_THAT(cached, StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(UfsReadTest, DiskThatBreaksDoesNotBreakTheRead) {
  const std::string content = Pattern(10 * kRange);
  const ColdBlock block = Put(42, content);
  for (int writes : {0, 3, 9}) {
    disk_.writes_left = writes;
    EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq(content))) << writes;
    WaitForFetches();
    EXPECT_FALSE(store_->Contains(42));
  }
}

TEST_F(UfsReadTest, BlockBeingWrittenBySomebodyElseIsReadBesides) {
  const std::string content = Pattern(3 * kRange);
  const ColdBlock block = Put(42, content);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto other, store_->Create({.session_id = 5, .block_id = 42}));
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq(content)));
  ALLUXIO_ASSERT_OK(other->Append(content));
  ALLUXIO_ASSERT_OK(other->Commit());
  other = nullptr;
  // Committed meanwhile: from the store, not from below.
  const int opens = faults().calls("Open");
  EXPECT_THAT(ReadAll(block), IsOkAndHolds(testing::Eq(content)));
  EXPECT_EQ(faults().calls("Open"), opens);
}

TEST_F(UfsReadTest, ReaderThatLeavesDoesNotStopTheOthers) {
  const std::string content = Pattern(10 * kRange);
  const ColdBlock block = Put(42, content);
  faults().Block("ReadAt");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto leaves, fetcher_->Open(block, 0, block.length_bytes));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto stays, fetcher_->Open(block, 0, block.length_bytes));
  bool called = false;
  leaves->Read(0, 10, [&called](const absl::StatusOr<ColdBytes>&) { called = true; });
  leaves = nullptr;
  faults().Release("ReadAt");
  EXPECT_THAT(ReadAll(*stays, 0, block.length_bytes), IsOkAndHolds(testing::Eq(content)));
  EXPECT_FALSE(called);
}

TEST_F(UfsReadTest, AbandonedFetchesFinishUpToABound) {
  Restart({.max_abandoned = 1});
  faults().Block("ReadAt");
  for (int64_t id : {1, 2}) {
    const ColdBlock block = Put(id, Pattern(10 * kRange));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
  }
  EXPECT_EQ(fetcher_->stats().abandoned, 1);
  faults().Release("ReadAt");
  WaitForFetches();
  EXPECT_TRUE(store_->Contains(1));
  EXPECT_FALSE(store_->Contains(2));
  EXPECT_EQ(fetcher_->stats().abandoned, 0);
  EXPECT_EQ(Used(), 10 * kRange);
}

TEST_F(UfsReadTest, TooManyFetchesReadWithoutCaching) {
  Restart({.max_fetches = 1});
  faults().Block("ReadAt");
  const ColdBlock first = Put(1, Pattern(kRange));
  const ColdBlock second = Put(2, Pattern(kRange));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto a, fetcher_->Open(first, 0, kRange));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto b, fetcher_->Open(second, 0, kRange));
  faults().Release("ReadAt");
  EXPECT_THAT(ReadAll(*a, 0, kRange), IsOk());
  EXPECT_THAT(ReadAll(*b, 0, kRange), IsOk());
  EXPECT_TRUE(store_->Contains(1));
  EXPECT_FALSE(store_->Contains(2));
}

// Goal: no schedule of readers that come, jump, give up and leave loses or mixes
// up bytes, or leaves room taken. Method: random readers on few blocks, a store
// too small for all of them, now and then a failing read.
TEST_F(UfsReadTest, RandomReadersSeeTheRightBytes) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  StartStore(25 * kRange);
  Restart({.max_fetches = 3, .max_abandoned = 1});
  std::vector<ColdBlock> blocks;
  const std::string content = Pattern(9 * kRange + 17);
  for (int64_t id = 1; id <= 5; ++id) blocks.push_back(Put(id, content));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + static_cast<uint32_t>(t));
      for (int i = 0; i < 150; ++i) {
        ColdBlock block = blocks[random() % blocks.size()];
        block.cache = random() % 4 != 0;
        const int64_t offset = random() % 2 == 0 ? 0 : static_cast<int64_t>(random() % content.size());
        auto reader = fetcher_->Open(block, offset, block.length_bytes - offset);
        ASSERT_THAT(reader, IsOk());
        if (random() % 10 == 0) faults().Fail("ReadAt", absl::UnavailableError("now and then"));
        for (int64_t at = offset; at <= block.length_bytes;) {
          const absl::Time deadline = random() % 20 == 0 ? absl::Now() : kNoDeadline;
          const auto bytes = (*reader)->ReadBlocking(at, 1 + random() % 3000, deadline);
          if (absl::IsDeadlineExceeded(bytes.status())) continue;
          if (!bytes.ok()) {
            EXPECT_THAT(bytes, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("now and then")));
            break;
          }
          ASSERT_EQ(bytes->bytes, absl::string_view(content).substr(at, bytes->bytes.size()));
          at += static_cast<int64_t>(bytes->bytes.size());
          if (bytes->bytes.empty() || random() % 15 == 0) break;
        }
        if (random() % 5 == 0) store_->Remove(block.block_id).IgnoreError();  // may not be there
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  WaitForFetches();
  fetcher_ = nullptr;
  EXPECT_EQ(Used(), store_->num_blocks() * static_cast<int64_t>(content.size()));
  for (const ColdBlock& block : blocks) {
    if (!store_->Contains(block.block_id)) continue;
    EXPECT_THAT(Cached(block.block_id), IsOkAndHolds(testing::Eq(content)));
  }
}

}  // namespace
}  // namespace alluxio::worker
