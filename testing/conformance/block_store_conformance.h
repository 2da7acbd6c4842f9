#ifndef ALLUXIO_TESTING_CONFORMANCE_BLOCK_STORE_CONFORMANCE_H_
#define ALLUXIO_TESTING_CONFORMANCE_BLOCK_STORE_CONFORMANCE_H_

#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "alluxio/worker/block/block_store.h"
#include "testing/matchers/status_matchers.h"

// What every block store does. Instantiate with a factory of stores of one tier
// and one directory with room for 1000 bytes:
//   INSTANTIATE_TEST_SUITE_P(Local, BlockStoreConformanceTest, testing::Values(...));
namespace alluxio::test {

struct BlockStoreUnderTest {
  std::unique_ptr<worker::BlockStore> store;
  // Makes a committed block of a client readable as fast as it can be.
  std::function<void()> settle;
};

class BlockStoreConformanceTest : public testing::TestWithParam<std::function<BlockStoreUnderTest()>> {
 protected:
  static constexpr int64_t kCapacity = 1000;

  BlockStoreConformanceTest() : under_test_(GetParam()()) {}
  worker::BlockStore& store() { return *under_test_.store; }

  // The first block of file number `file`.
  static int64_t Id(int64_t file) { return file << 24; }

  worker::BlockPin Put(int64_t id, const std::string& content, bool pin_on_create = false) {
    auto temp = store().Create({.session_id = 7, .block_id = id, .pin_on_create = pin_on_create});
    EXPECT_THAT(temp, IsOk());
    if (!temp.ok()) return nullptr;
    EXPECT_THAT((*temp)->Append(content), IsOk());
    auto pin = (*temp)->Commit();
    EXPECT_THAT(pin, IsOk());
    store().Confirm(id);
    return pin.ok() ? *std::move(pin) : nullptr;
  }
  std::string Read(int64_t id) {
    auto pin = store().Open(id);
    if (!pin.ok()) return pin.status().ToString();
    std::string content((*pin)->length_bytes() + 10, '?');
    const auto n = (*pin)->ReadAt(0, absl::MakeSpan(content));
    if (!n.ok()) return n.status().ToString();
    return content.substr(0, *n);
  }
  int64_t used() { return store().Usage()[0].used_bytes; }

  BlockStoreUnderTest under_test_;
};

TEST_P(BlockStoreConformanceTest, ABlockIsThereOnceItIsCommittedAndNotBefore) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store().Create({.session_id = 7, .block_id = Id(1), .reserve_bytes = 100}));
  ALLUXIO_ASSERT_OK(temp->Append("hello "));
  ALLUXIO_ASSERT_OK(temp->Append("world"));
  EXPECT_EQ(temp->bytes_written(), 11);
  EXPECT_FALSE(store().Contains(Id(1)));
  EXPECT_THAT(store().Open(Id(1)), StatusIs(absl::StatusCode::kNotFound, "BlockMeta not found for blockId 16777216"));
  EXPECT_EQ(used(), 100);

  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto pin, temp->Commit());
  EXPECT_EQ(pin->length_bytes(), 11);
  EXPECT_TRUE(store().Contains(Id(1)));
  EXPECT_EQ(Read(Id(1)), "hello world");
  EXPECT_EQ(used(), 11);  // what was reserved and not used is free again
}

TEST_P(BlockStoreConformanceTest, AnAbortedBlockLeavesNothing) {
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store().Create({.session_id = 7, .block_id = Id(1), .reserve_bytes = 900}));
    ALLUXIO_ASSERT_OK(temp->Append("half"));
  }
  EXPECT_EQ(used(), 0);
  EXPECT_FALSE(store().Contains(Id(1)));
  Put(Id(1), "whole");  // the id may be used again
  EXPECT_EQ(Read(Id(1)), "whole");
}

TEST_P(BlockStoreConformanceTest, AnIdIsTakenOnce) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store().Create({.session_id = 7, .block_id = Id(1)}));
  EXPECT_THAT(store().Create({.session_id = 8, .block_id = Id(1)}),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "Temp blockId 16777216 is not available, because it already exists"));
  ALLUXIO_ASSERT_OK(temp->Commit());
  EXPECT_THAT(store().Create({.session_id = 8, .block_id = Id(1)}),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "Temp blockId 16777216 is not available, because it is already committed"));
}

TEST_P(BlockStoreConformanceTest, RequestsAreChecked) {
  const struct {
    const char* name;
    worker::CreateBlockOptions options;
  } kCases[] = {
      {"negative id", {.session_id = 7, .block_id = -1}},
      {"no session", {.session_id = 0, .block_id = 1}},
      {"negative room", {.session_id = 7, .block_id = 1, .reserve_bytes = -1}},
      {"unknown tier", {.session_id = 7, .block_id = 1, .tier = 5}},
      {"unknown medium", {.session_id = 7, .block_id = 1, .medium_type = "TAPE"}},
      {"client with fixed length", {.session_id = 7, .block_id = 1, .client_writes = true, .fixed_length_bytes = 5}},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(store().Create(c.options), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_P(BlockStoreConformanceTest, ABlockOfFixedLengthIsFilledInAnyOrderAndReadMeanwhile) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp,
                               store().Create({.session_id = 7, .block_id = Id(1), .fixed_length_bytes = 10}));
  EXPECT_EQ(used(), 10);
  std::shared_ptr<const void> owner;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view view, temp->Map(&owner));
  ASSERT_EQ(view.size(), 10u);
  ALLUXIO_ASSERT_OK(temp->WriteAt(5, "fghij"));
  EXPECT_EQ(view.substr(5), "fghij");
  ALLUXIO_ASSERT_OK(temp->WriteAt(0, "abcde"));
  EXPECT_THAT(temp->WriteAt(8, "xyz"), StatusIs(absl::StatusCode::kInvalidArgument));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto pin, temp->Commit());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view whole, pin->Map());
  EXPECT_EQ(whole, "abcdefghij");
  temp.reset();
  pin.reset();
  ALLUXIO_ASSERT_OK(store().Remove(Id(1)));
  EXPECT_EQ(view, "abcdefghij");  // the memory lives as long as its owner
  EXPECT_EQ(used(), 10);
  owner.reset();
  EXPECT_EQ(used(), 0);
}

TEST_P(BlockStoreConformanceTest, AClientWritesByPathAndTheBlockIsMappedOnceNobodyCanWrite) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      auto temp, store().Create({.session_id = 7, .block_id = Id(1), .reserve_bytes = 10, .client_writes = true}));
  EXPECT_THAT(temp->Append("x"), StatusIs(absl::StatusCode::kFailedPrecondition));
  std::ofstream writer(temp->path(), std::ios::app);
  writer << "by the client, more than reserved" << std::flush;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto pin, temp->Commit());
  EXPECT_EQ(pin->length_bytes(), 33);
  EXPECT_EQ(used(), 33);
  under_test_.settle();
  EXPECT_THAT(pin->Map(), StatusIs(absl::StatusCode::kFailedPrecondition));  // the writer is still there
  EXPECT_EQ(Read(Id(1)), "by the client, more than reserved");
  writer.close();
  under_test_.settle();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view view, pin->Map());
  EXPECT_EQ(view, "by the client, more than reserved");
}

TEST_P(BlockStoreConformanceTest, ARemovedBlockStaysReadableForWhoHoldsIt) {
  worker::BlockPin pin = Put(Id(1), "still here");
  ALLUXIO_ASSERT_OK(store().Remove(Id(1)));
  EXPECT_FALSE(store().Contains(Id(1)));
  EXPECT_THAT(store().Remove(Id(1)), StatusIs(absl::StatusCode::kNotFound));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view view, pin->Map());
  EXPECT_EQ(view, "still here");
  EXPECT_EQ(used(), 10);  // as long as the memory is in use
  Put(Id(1), "another");  // and the id is free
  EXPECT_EQ(view, "still here");
  pin.reset();
  EXPECT_EQ(used(), 7);
}

// Each row: blocks 1 to 4 of 250 bytes fill the store; then `touch` is read,
// `pinned` is in the master's list, `held` is open, `created` was pinned on
// creation; room for `ask` more is wanted. What is left?
TEST_P(BlockStoreConformanceTest, EvictionFollowsUseAndSparesWhatIsPinned) {
  struct Case {
    const char* name;
    std::vector<int64_t> touch, pinned, held, created;
    int64_t ask;
    bool fits;
    std::vector<int64_t> left;
  };
  const Case kCases[] = {
      {"oldest first", {}, {}, {}, {}, 250, true, {2, 3, 4}},
      {"as many as needed", {}, {}, {}, {}, 251, true, {3, 4}},
      {"everything", {}, {}, {}, {}, 1000, true, {}},
      {"more than there is", {}, {}, {}, {}, 1001, false, {1, 2, 3, 4}},
      {"the read one stays", {1}, {}, {}, {}, 250, true, {1, 3, 4}},
      {"read order counts", {2, 1}, {}, {}, {}, 500, true, {1, 2}},
      {"the pinned one stays", {}, {1}, {}, {}, 250, true, {1, 3, 4}},
      {"all but one pinned", {}, {1, 2, 4}, {}, {}, 250, true, {1, 2, 4}},
      {"all but one pinned, asking more", {}, {1, 2, 4}, {}, {}, 251, false, {1, 2, 3, 4}},
      {"the open one stays", {}, {}, {1}, {}, 250, true, {1, 3, 4}},
      {"all open", {}, {}, {1, 2, 3, 4}, {}, 1, false, {1, 2, 3, 4}},
      {"the unpersisted one stays", {}, {}, {}, {1, 2}, 250, true, {1, 2, 4}},
      {"all kinds together", {}, {1}, {2}, {3}, 250, true, {1, 2, 3}},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    under_test_ = {};
    under_test_ = GetParam()();
    std::vector<worker::BlockPin> held;
    for (int64_t file = 1; file <= 4; ++file) {
      const bool created = std::count(c.created.begin(), c.created.end(), file) > 0;
      worker::BlockPin pin = Put(Id(file), std::string(250, 'x'), created);
      if (std::count(c.held.begin(), c.held.end(), file) > 0) held.push_back(std::move(pin));
    }
    std::vector<int64_t> pinned_files;
    for (const int64_t file : c.pinned) pinned_files.push_back(worker::FileIdOf(Id(file)));
    store().SetPinnedFiles(pinned_files);
    for (const int64_t file : c.touch) EXPECT_THAT(store().Open(Id(file)), IsOk());

    const auto temp = store().Create({.session_id = 7, .block_id = Id(9), .reserve_bytes = c.ask});
    if (c.fits) {
      EXPECT_THAT(temp, IsOk());
    } else {
      EXPECT_THAT(temp, StatusIs(absl::StatusCode::kResourceExhausted, testing::HasSubstr("capacity 1000")));
    }
    std::vector<int64_t> left;
    for (int64_t file = 1; file <= 4; ++file) {
      if (store().Contains(Id(file))) left.push_back(file);
    }
    EXPECT_EQ(left, c.left);
    EXPECT_LE(used(), kCapacity);
  }
}

TEST_P(BlockStoreConformanceTest, APinOfTheMasterEndsWithItsList) {
  Put(Id(1), std::string(600, 'x'));
  store().SetPinnedFiles({worker::FileIdOf(Id(1))});
  EXPECT_THAT(store().Create({.session_id = 7, .block_id = Id(2), .reserve_bytes = 500}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(store().EvictAll(), 0);
  store().SetPinnedFiles({});
  EXPECT_THAT(store().Create({.session_id = 7, .block_id = Id(2), .reserve_bytes = 500}), IsOk());
  EXPECT_FALSE(store().Contains(Id(1)));
}

TEST_P(BlockStoreConformanceTest, ABlockPinnedOnCreationIsFreeOnceTheMasterListedItsFileAndDroppedIt) {
  Put(Id(1), "not persisted yet", /*pin_on_create=*/true);
  store().SetPinnedFiles({});  // the file isn't complete: the master doesn't know
  EXPECT_EQ(store().EvictAll(), 0);
  store().SetPinnedFiles({worker::FileIdOf(Id(1))});
  store().SetPinnedFiles({});  // persisted
  EXPECT_EQ(store().EvictAll(), 1);
}

TEST_P(BlockStoreConformanceTest, AWriterThatOutgrowsItsRoomGetsMoreOrAnError) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store().Create({.session_id = 7, .block_id = Id(1), .reserve_bytes = 10}));
  ALLUXIO_ASSERT_OK(temp->Append(std::string(600, 'a')));
  EXPECT_EQ(used(), 600);
  ALLUXIO_ASSERT_OK(temp->Reserve(400));
  EXPECT_THAT(temp->Reserve(1), StatusIs(absl::StatusCode::kResourceExhausted));
  ALLUXIO_ASSERT_OK(temp->Append(std::string(400, 'b')));
  EXPECT_THAT(temp->Append("c"), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_P(BlockStoreConformanceTest, ReportsNameWhatChangedOnce) {
  Put(Id(1), "one");
  Put(Id(2), "two");
  worker::BlockDelta delta = store().TakeDelta();
  ASSERT_EQ(delta.added.size(), 1u);
  EXPECT_THAT(delta.added[0].block_ids, testing::ElementsAre(Id(1), Id(2)));
  EXPECT_THAT(delta.removed, testing::IsEmpty());
  EXPECT_THAT(store().TakeDelta().added, testing::IsEmpty());

  store().ReturnDelta(delta);  // the report was lost, and meanwhile:
  ALLUXIO_ASSERT_OK(store().Remove(Id(1)));
  delta = store().TakeDelta();
  ASSERT_EQ(delta.added.size(), 1u);
  EXPECT_THAT(delta.added[0].block_ids, testing::ElementsAre(Id(2)));
  EXPECT_THAT(delta.removed, testing::ElementsAre(Id(1)));
}

TEST_P(BlockStoreConformanceTest, ABlockThatTheMasterDoesNotKnowYetIsNotReported) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store().Create({.session_id = 7, .block_id = Id(1)}));
  ALLUXIO_ASSERT_OK(temp->Commit());
  EXPECT_THAT(store().TakeDelta().added, testing::IsEmpty());
  EXPECT_THAT(store().TakeAllForReport(), testing::IsEmpty());
  store().Confirm(Id(1));
  const auto all = store().TakeAllForReport();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].block_ids, testing::ElementsAre(Id(1)));
  EXPECT_THAT(store().TakeDelta().added, testing::IsEmpty());  // the registration named it
}

TEST_P(BlockStoreConformanceTest, ManyThreadsNeverExceedTheRoomOrMixBytes) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 100; ++i) {
        const int64_t id = Id(1 + (i * 7 + t) % 12);
        const std::string content(100 + id / Id(1), static_cast<char>('a' + id / Id(1)));
        if (auto pin = store().Open(id); pin.ok()) {
          const auto view = (*pin)->Map();
          EXPECT_THAT(view, IsOk());
          EXPECT_EQ(*view, content);
          if (i % 5 == 0) store().Remove(id).IgnoreError();
          EXPECT_EQ(*view, content);
        } else if (auto temp = store().Create({.session_id = t + 1, .block_id = id, .reserve_bytes = 50}); temp.ok()) {
          if ((*temp)->Append(content).ok()) {
            EXPECT_THAT((*temp)->Commit(), IsOk());
          }
        }
        EXPECT_LE(used(), kCapacity);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int64_t sum = 0;
  for (const worker::BlockSummary& block : store().List(-1, 100)) sum += block.length_bytes;
  EXPECT_EQ(used(), sum);
}

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CONFORMANCE_BLOCK_STORE_CONFORMANCE_H_
