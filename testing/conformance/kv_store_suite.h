#ifndef ALLUXIO_TESTING_CONFORMANCE_KV_STORE_SUITE_H_
#define ALLUXIO_TESTING_CONFORMANCE_KV_STORE_SUITE_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "alluxio/base/random.h"
#include "alluxio/master/metastore/kv_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

// What every master::KvStore does, wherever its batches lie:
//
//   INSTANTIATE_TEST_SUITE_P(Heap, KvStoreSuite, ::testing::Values(&MakeHeap));
namespace alluxio::test {

class KvStoreHarness {
 public:
  virtual ~KvStoreHarness() = default;
  virtual master::KvStore& store() = 0;
  // Called after each batch: an implementation may move some to its disk.
  virtual void AfterWrite(uint64_t sequence) {}
};

class KvStoreSuite : public ::testing::TestWithParam<std::function<std::unique_ptr<KvStoreHarness>()>> {
 protected:
  using Family = master::Family;
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override { harness_ = GetParam()(); }
  master::KvStore& store() { return harness_->store(); }

  void Write(master::KvBatch batch) {
    store().Write(std::move(batch), ++sequence_);
    harness_->AfterWrite(sequence_);
  }
  void Put(Family family, std::string key, std::string value) {
    master::KvBatch batch;
    batch.Put(family, std::move(key), std::move(value));
    Write(std::move(batch));
  }
  void Delete(Family family, std::string key) {
    master::KvBatch batch;
    batch.Delete(family, std::move(key));
    Write(std::move(batch));
  }
  std::optional<std::string> Get(Family family, absl::string_view key) {
    auto value = store().Get(family, key);
    EXPECT_THAT(value, IsOk());
    return value.ok() ? *value : std::nullopt;
  }
  Pairs Scan(Family family, absl::string_view begin = "", absl::string_view end = "", size_t at_most = SIZE_MAX) {
    Pairs pairs;
    EXPECT_THAT(store().Scan(family, begin, end,
                             [&](absl::string_view key, absl::string_view value) {
                               pairs.emplace_back(std::string(key), std::string(value));
                               return pairs.size() < at_most;
                             }),
                IsOk());
    return pairs;
  }

 private:
  std::unique_ptr<KvStoreHarness> harness_;
  uint64_t sequence_ = 0;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KvStoreSuite);

TEST_P(KvStoreSuite, TellsWhichOfManyKeysAreThere) {
  std::vector<std::string> keys;
  std::vector<bool> there;
  for (int i = 0; i < 1000; ++i) {
    keys.push_back(master::EncodeId(i));
    there.push_back(i % 3 != 0);
    if (i % 3 != 0 || i % 2 == 0) Put(Family::kBlocks, keys.back(), "x");
    if (i % 3 == 0 && i % 2 == 0) Delete(Family::kBlocks, keys.back());
  }
  EXPECT_THAT(store().Contains(Family::kBlocks, keys), IsOkAndHolds(there));
  EXPECT_THAT(store().Contains(Family::kInodes, keys), IsOkAndHolds(std::vector<bool>(1000)));
  EXPECT_THAT(store().Contains(Family::kBlocks, {}), IsOkAndHolds(std::vector<bool>()));
}

TEST_P(KvStoreSuite, ASnapshotStaysAsItWas) {
  for (int i = 0; i < 100; ++i) Put(Family::kInodes, master::EncodeId(i), "old");
  Put(Family::kMisc, "gone", "old");
  EXPECT_THAT(store().Persist(SIZE_MAX), IsOk());
  const std::unique_ptr<master::KvReader> snapshot = store().PersistedSnapshot();
  for (int i = 50; i < 200; ++i) Put(Family::kInodes, master::EncodeId(i), "new");
  Delete(Family::kMisc, "gone");
  EXPECT_THAT(store().Persist(SIZE_MAX), IsOk());
  int seen = 0;
  EXPECT_THAT(snapshot->Scan(Family::kInodes, master::EncodeId(10), "",
                             [&](absl::string_view key, absl::string_view value) {
                               EXPECT_EQ(key, master::EncodeId(10 + seen++));
                               EXPECT_EQ(value, "old");
                               return true;
                             }),
              IsOk());
  EXPECT_EQ(seen, 90);
  EXPECT_THAT(snapshot->Get(Family::kMisc, "gone"), IsOkAndHolds(std::optional<std::string>("old")));
  EXPECT_THAT(snapshot->Get(Family::kMisc, "none"), IsOkAndHolds(std::optional<std::string>()));
  EXPECT_EQ(Get(Family::kMisc, "gone"), std::nullopt);
}

TEST_P(KvStoreSuite, ReadsWhatWasWritten) {
  EXPECT_EQ(Get(Family::kInodes, "a"), std::nullopt);
  Put(Family::kInodes, "a", "1");
  Put(Family::kBlocks, "a", "2");
  EXPECT_EQ(Get(Family::kInodes, "a"), "1");
  EXPECT_EQ(Get(Family::kBlocks, "a"), "2");
  Put(Family::kInodes, "a", "");
  EXPECT_EQ(Get(Family::kInodes, "a"), "");
  Delete(Family::kInodes, "a");
  EXPECT_EQ(Get(Family::kInodes, "a"), std::nullopt);
  EXPECT_EQ(Get(Family::kBlocks, "a"), "2");
  Delete(Family::kInodes, "never there");
}

TEST_P(KvStoreSuite, TheLastChangeOfABatchWins) {
  master::KvBatch batch;
  batch.Put(Family::kMisc, "k", "1");
  batch.Delete(Family::kMisc, "k");
  batch.Put(Family::kMisc, "k", "2");
  batch.Put(Family::kMisc, "gone", "1");
  batch.Delete(Family::kMisc, "gone");
  Write(std::move(batch));
  EXPECT_EQ(Get(Family::kMisc, "k"), "2");
  EXPECT_THAT(Scan(Family::kMisc), ::testing::ElementsAre(std::pair("k", "2")));
}

TEST_P(KvStoreSuite, ScansAreOrderedAndHalfOpen) {
  for (const char* key : {"b", "a", "c", "bb"}) Put(Family::kTtl, key, key);
  Put(Family::kTtl, std::string("\xff\xff", 2), "high");
  Delete(Family::kTtl, "c");
  EXPECT_EQ(Scan(Family::kTtl).size(), 4u);
  EXPECT_THAT(Scan(Family::kTtl, "a", "bb"), ::testing::ElementsAre(std::pair("a", "a"), std::pair("b", "b")));
  EXPECT_THAT(Scan(Family::kTtl, "b", master::PrefixEnd("b")),
              ::testing::ElementsAre(std::pair("b", "b"), std::pair("bb", "bb")));
  EXPECT_THAT(Scan(Family::kTtl, "", "", 1), ::testing::ElementsAre(std::pair("a", "a")));
  EXPECT_EQ(Scan(Family::kTtl, "\xff", master::PrefixEnd("\xff")).size(), 1u);
  EXPECT_TRUE(Scan(Family::kTtl, "c", "d").empty());
}

TEST_P(KvStoreSuite, AVisitorMayUseTheStore) {
  for (int i = 0; i < 1000; ++i) Put(Family::kInodes, master::EncodeId(i), "v");
  int seen = 0;
  EXPECT_THAT(store().Scan(Family::kInodes, "", "",
                           [&](absl::string_view key, absl::string_view) {
                             EXPECT_EQ(Get(Family::kInodes, key), "v");
                             Delete(Family::kInodes, std::string(key));
                             ++seen;
                             return true;
                           }),
              IsOk());
  EXPECT_EQ(seen, 1000);
  EXPECT_TRUE(Scan(Family::kInodes).empty());
}

// Goal: the merge of layers shows one map. Method: random batches, beside a
// std::map, on few keys so that they are often overwritten and deleted.
TEST_P(KvStoreSuite, BehavesAsAMap) {
  constexpr uint64_t kSeed = 20261122;
  SCOPED_TRACE(kSeed);
  const auto random = Random::Seeded(kSeed);
  std::map<std::string, std::string> model;
  for (int round = 0; round < 400; ++round) {
    master::KvBatch batch;
    for (uint64_t n = random->Next() % 20; n > 0; --n) {
      const std::string key = master::EncodeId(static_cast<int64_t>(random->Next() % 600));
      if (random->Next() % 3 == 0) {
        batch.Delete(Family::kInodes, key);
        model.erase(key);
      } else {
        const std::string value = std::to_string(random->Next() % 1000);
        batch.Put(Family::kInodes, key, value);
        model[key] = value;
      }
    }
    Write(std::move(batch));
    const std::string begin = master::EncodeId(static_cast<int64_t>(random->Next() % 600));
    const std::string end = master::EncodeId(static_cast<int64_t>(random->Next() % 600));
    if (begin < end) {
      ASSERT_EQ(Scan(Family::kInodes, begin, end), Pairs(model.lower_bound(begin), model.lower_bound(end)));
    }
    const auto it = model.find(begin);
    ASSERT_EQ(Get(Family::kInodes, begin), it == model.end() ? std::nullopt : std::optional(it->second));
  }
  EXPECT_EQ(Scan(Family::kInodes), Pairs(model.begin(), model.end()));
}

// Goal: no reader misses a key while it moves from layer to layer. Method: a
// thousand keys are never deleted, only rewritten, while others read them all.
TEST_P(KvStoreSuite, ReadersNeverMissAKeyThatIsThere) {
  constexpr int kKeys = 1000;
  for (int i = 0; i < kKeys; ++i) Put(Family::kInodes, master::EncodeId(i), "0");
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        EXPECT_NE(Get(Family::kInodes, master::EncodeId((i * 7 + t) % kKeys)), std::nullopt);
        if (i % 50 == 0) {
          EXPECT_EQ(Scan(Family::kInodes).size(), size_t{kKeys});
        }
      }
    });
  }
  for (int i = 0; i < 3000; ++i) Put(Family::kInodes, master::EncodeId(i * 13 % kKeys), std::to_string(i));
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CONFORMANCE_KV_STORE_SUITE_H_
