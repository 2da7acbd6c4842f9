#include "testing/conformance/kv_store_suite.h"

#include <stdlib.h>

#include "alluxio/base/check.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "alluxio/master/metastore/rocks_kv_store.h"

namespace alluxio::test {
namespace {

using master::Family;
using master::HeapKvStore;
using master::KvBatch;
using master::RocksKvStore;

std::string NewFolder() {
  std::string folder = ::testing::TempDir() + "/metastore.XXXXXX";
  ALLUXIO_CHECK(::mkdtemp(folder.data()) != nullptr);
  return folder;
}

class HeapHarness final : public KvStoreHarness {
 public:
  master::KvStore& store() override { return store_; }

 private:
  HeapKvStore store_;
};

// Moves all batches but the last `lag` down to RocksDB, every `every` writes.
class RocksHarness final : public KvStoreHarness {
 public:
  RocksHarness(uint64_t every, uint64_t lag, bool sync) : every_(every), lag_(lag), sync_(sync) {}
  master::KvStore& store() override { return *store_; }
  void AfterWrite(uint64_t sequence) override {
    if (every_ == 0 || sequence % every_ != 0 || sequence <= lag_) return;
    EXPECT_THAT(store_->Persist(sequence - lag_), IsOk());
    if (sync_ && sequence % 64 == 0) {
      EXPECT_THAT(store_->Sync(), IsOk());
    }
  }

 private:
  const uint64_t every_, lag_;
  const bool sync_;
  const std::unique_ptr<RocksKvStore> store_ = *RocksKvStore::Open({.folder = NewFolder()});
};

INSTANTIATE_TEST_SUITE_P(Heap, KvStoreSuite, ::testing::Values([] { return std::make_unique<HeapHarness>(); }));
INSTANTIATE_TEST_SUITE_P(RocksOverlay, KvStoreSuite,
                         ::testing::Values([] { return std::make_unique<RocksHarness>(0, 0, false); }));
INSTANTIATE_TEST_SUITE_P(RocksPersisted, KvStoreSuite,
                         ::testing::Values([] { return std::make_unique<RocksHarness>(1, 0, false); }));
INSTANTIATE_TEST_SUITE_P(RocksMixed, KvStoreSuite,
                         ::testing::Values([] { return std::make_unique<RocksHarness>(5, 3, true); }));

KvBatch Set(std::string key, std::string value) {
  KvBatch batch;
  batch.Put(Family::kInodes, std::move(key), std::move(value));
  return batch;
}

TEST(RocksKvStoreTest, AReopenedStoreHoldsWhatWasPersistedAndNoMore) {
  const std::string folder = NewFolder();
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto store, RocksKvStore::Open({.folder = folder}));
    EXPECT_EQ(store->PersistedSequence(), 0u);
    store->Write(Set("a", "1"), 1);
    store->Write(Set("b", "1"), 2);
    store->Write(Set("a", "2"), 3);  // not durable: must not reach the disk
    EXPECT_THAT(store->Persist(2), IsOk());
    EXPECT_EQ(*store->Get(Family::kInodes, "a"), "2");
    EXPECT_EQ(store->PersistedSequence(), 0u);
    EXPECT_THAT(store->Sync(), IsOk());
    EXPECT_EQ(store->PersistedSequence(), 2u);
    EXPECT_GT(store->PendingBytes(), 0u);
  }
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto store, RocksKvStore::Open({.folder = folder}));
  EXPECT_EQ(store->PersistedSequence(), 2u);
  EXPECT_EQ(*store->Get(Family::kInodes, "a"), "1");
  EXPECT_EQ(*store->Get(Family::kInodes, "b"), "1");
}

TEST(RocksKvStoreTest, BatchesOfOneRecordArePersistedTogether) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto store, RocksKvStore::Open({.folder = NewFolder()}));
  store->Write(Set("a", "1"), 7);
  store->Write(Set("b", "1"), 7);
  EXPECT_THAT(store->Persist(6), IsOk());
  EXPECT_GT(store->PendingBytes(), 0u);
  EXPECT_THAT(store->Persist(7), IsOk());
  EXPECT_EQ(store->PendingBytes(), 0u);
}

TEST(RocksKvStoreTest, OneFolderServesOneMaster) {
  const std::string folder = NewFolder();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto store, RocksKvStore::Open({.folder = folder}));
  EXPECT_THAT(RocksKvStore::Open({.folder = folder}), StatusIs(absl::StatusCode::kFailedPrecondition));
  store.reset();
  EXPECT_THAT(RocksKvStore::Destroy(folder), IsOk());
  EXPECT_THAT(RocksKvStore::Destroy(folder), IsOk());
}

TEST(KvStoreTest, IdsOrderAsKeys) {
  for (const int64_t id : {int64_t{0}, int64_t{255}, int64_t{256}, int64_t{1} << 40, INT64_MAX}) {
    EXPECT_EQ(master::DecodeId(master::EncodeId(id)), id);
  }
  EXPECT_LT(master::EncodeId(255), master::EncodeId(256));
  EXPECT_EQ(master::PrefixEnd("ab"), "ac");
  EXPECT_EQ(master::PrefixEnd(std::string("a\xff", 2)), "b");
  EXPECT_EQ(master::PrefixEnd("\xff"), "");
}

}  // namespace
}  // namespace alluxio::test
