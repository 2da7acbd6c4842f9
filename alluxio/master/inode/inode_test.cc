#include "alluxio/master/inode/inode.h"

#include <thread>

#include "alluxio/base/mutex.h"
#include "alluxio/master/inode/inode_tree.h"
#include "alluxio/master/inode/path_locks.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using test::IsOk;
using test::StatusIs;

Inode FullFile() {
  Inode inode;
  inode.id = FileIdOfContainer(77);
  inode.persistence = PersistenceState::kToBePersisted;
  inode.pinned = true;
  inode.ttl_action = TtlAction::kFree;
  inode.ttl_ms = 5000;
  inode.creation_ms = 1'700'000'000'000;
  inode.modified_ms = 1'600'000'000'000;  // before the creation: loaded files have that
  inode.accessed_ms = 1'700'000'000'001;
  inode.acl = security::AccessControlList("alice", "staff", security::Mode(0640));
  inode.acl.SetEntry({security::AclEntryType::kNamedUser, "bob", security::Bits::kRead});
  inode.acl.SetEntry({security::AclEntryType::kMask, "", security::Bits::kReadWrite});
  inode.ufs_fingerprint = "TYPE|FILE ";
  inode.xattr = {{"k", std::string("\0v", 2)}};
  inode.medium_types = {"MEM", "SSD"};
  inode.completed = true;
  inode.block_size_bytes = 64 << 20;
  inode.length_bytes = 3;
  inode.block_count = 1;
  inode.replication_durable = 1;
  inode.replication_max = -1;
  inode.should_persist_ms = 12;
  inode.temp_ufs_path = "/t";
  return inode;
}

Inode FullDirectory() {
  Inode inode;
  inode.id = 5;
  inode.directory = true;
  inode.persistence = PersistenceState::kPersisted;
  inode.mount_point = true;
  inode.direct_children_loaded = true;
  inode.child_count = 1234567;
  inode.acl = security::AccessControlList("o", "g", security::Mode(0755));
  inode.default_acl.SetEntry({security::AclEntryType::kNamedUser, "carol", security::Bits::kAll, true}, inode.acl);
  inode.default_acl.SetEntry({security::AclEntryType::kMask, "", security::Bits::kAll, true}, inode.acl);
  return inode;
}

TEST(InodeCodecTest, WhatIsEncodedIsDecoded) {
  for (const Inode& inode : {FullFile(), FullDirectory(), Inode()}) {
    // Into an inode with other content, whose memory is reused.
    Inode decoded = FullFile();
    const std::string record = EncodeInode(inode);
    ASSERT_THAT(DecodeInode(record, &decoded), IsOk());
    EXPECT_EQ(EncodeInode(decoded), record);
    EXPECT_EQ(decoded.id, inode.id);
    EXPECT_EQ(decoded.modified_ms, inode.modified_ms);
    EXPECT_EQ(decoded.ttl_ms, inode.ttl_ms);
    EXPECT_EQ(decoded.acl, inode.acl);
    EXPECT_EQ(decoded.xattr, inode.xattr);
    EXPECT_EQ(decoded.default_acl.CliEntries(), inode.default_acl.CliEntries());
    EXPECT_EQ(decoded.child_count, inode.child_count);
    EXPECT_EQ(decoded.block_count, inode.block_count);
    EXPECT_EQ(decoded.length_bytes, inode.length_bytes);
  }
}

TEST(InodeCodecTest, DamageIsDataLoss) {
  const std::string record = EncodeInode(FullFile());
  Inode inode;
  for (size_t size = 0; size < record.size(); ++size) {
    EXPECT_THAT(DecodeInode(record.substr(0, size), &inode), StatusIs(absl::StatusCode::kDataLoss)) << size;
  }
  EXPECT_THAT(DecodeInode(record + "x", &inode), StatusIs(absl::StatusCode::kDataLoss));
  std::string newer = record;
  newer[0] = 2;
  EXPECT_THAT(DecodeInode(newer, &inode), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(InodeTest, IdsAreTheOriginals) {
  EXPECT_EQ(FileIdOfContainer(1), 33554431);
  EXPECT_EQ(BlockIdOf(33554431, 0), 16777216);
  EXPECT_EQ(BlockIdOf(33554431, 2), 16777218);
  EXPECT_EQ(FileIdOfBlock(16777218), 33554431);
}

TEST(InodeCacheTest, StaysWithinItsBudget) {
  InodeCache cache(16 * 4096);
  for (int i = 0; i < 10'000; ++i) {
    auto inode = std::make_shared<Inode>();
    inode->parent_id = 1;
    inode->name = std::to_string(i);
    cache.Put(inode);
  }
  int found = 0;
  for (int i = 0; i < 10'000; ++i) found += cache.Get(1, std::to_string(i)) != nullptr;
  EXPECT_GT(found, 16);
  EXPECT_LT(found, 16 * 4096 / static_cast<int>(sizeof(Inode)) + 16);
}

TEST(InodeCacheTest, PutReplacesAndEraseForgets) {
  InodeCache cache(1 << 20);
  for (const int64_t id : {1, 2}) {
    auto inode = std::make_shared<Inode>();
    inode->id = id;
    inode->parent_id = 9;
    inode->name = "x";
    cache.Put(inode);
    ASSERT_NE(cache.Get(9, "x"), nullptr);
    EXPECT_EQ(cache.Get(9, "x")->id, id);
  }
  cache.Erase(9, "x");
  EXPECT_EQ(cache.Get(9, "x"), nullptr);
}

TEST(PathLocksTest, ClaimsOverlapByTheirExtent) {
  constexpr auto kNode = PathLock::kNode;
  constexpr auto kSubtree = PathLock::kSubtree;
  struct Case {
    PathLock a;
    PathLock b;
    bool want;
  };
  const Case cases[] = {
      {{"/a", kSubtree}, {"/a", kSubtree}, true},       {{"/a", kSubtree}, {"/a/b/c", kSubtree}, true},
      {{"/a", kSubtree}, {"/ab", kSubtree}, false},     {{"/", kSubtree}, {"/a", kNode}, true},
      {{"/a/b", kSubtree}, {"/a", kNode}, true},        {{"/a/b/c", kSubtree}, {"/a", kNode}, false},
      {{"/a", kSubtree}, {"/a/b/c", kNode}, true},      {{"/a", kNode}, {"/a", kNode}, true},
      {{"/a", kNode}, {"/a/b", kNode}, false},          {{"/a/b", kSubtree}, {"/a/c", kSubtree}, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Overlap(c.a, c.b), c.want) << c.a.path << " " << c.b.path;
    EXPECT_EQ(Overlap(c.b, c.a), c.want) << c.b.path << " " << c.a.path;
  }
}

TEST(PathLocksTest, AWaiterGetsItsTurnWhenTheHolderIsDone) {
  PathLocks locks;
  PathLocks::Holder first = locks.Acquire({{"/a", PathLock::kSubtree}});
  EXPECT_FALSE(locks.TryAcquire({{"/a/b", PathLock::kSubtree}}).held());
  EXPECT_TRUE(locks.TryAcquire({{"/b", PathLock::kSubtree}}).held());
  Notification acquired;
  std::thread waiter([&] {
    const PathLocks::Holder second = locks.Acquire({{"/a/b", PathLock::kSubtree}, {"/c", PathLock::kSubtree}});
    acquired.Notify();
  });
  // The waiter's claims count as soon as it waits.
  while (locks.IsFree({{"/c", PathLock::kSubtree}}) && !acquired.HasBeenNotified()) std::this_thread::yield();
  EXPECT_FALSE(acquired.HasBeenNotified());
  first.Release();
  acquired.Wait();
  waiter.join();
  EXPECT_TRUE(locks.IsFree({{"/", PathLock::kSubtree}}));
}

// The ring of finished operations keeps the newest and forgets the oldest.
TEST(InodeTreeTest, FinishedOperationsAreBounded) {
  HeapKvStore store;
  uint64_t sequence = 0;
  const auto apply = [&](InodeTree& tree, const proto::journal::JournalEntry& entry) {
    KvBatch batch;
    ASSERT_TRUE(tree.Apply(entry, &batch));
    store.Write(std::move(batch), ++sequence);
  };
  InodeTree tree(&store, 1 << 20);
  proto::journal::JournalEntry root;
  root.mutable_inode_directory()->set_id(kRootId);
  root.mutable_inode_directory()->set_parent_id(kNoParent);
  root.mutable_inode_directory()->set_persistence_state("PERSISTED");
  apply(tree, root);
  const auto id_of = [](int64_t n) {
    proto::journal::JournalOpPId id;
    id.set_mostsignificantbits(n);
    id.set_leastsignificantbits(-n);
    return id;
  };
  const int64_t count = kFinishedOperations + 10;
  for (int64_t n = 0; n < count; ++n) {
    proto::journal::JournalEntry entry;
    entry.mutable_update_inode()->set_id(kRootId);
    *entry.mutable_operationid() = id_of(n);
    apply(tree, entry);
  }
  InodeTree reopened(&store, 1 << 20);  // as after a restart
  reopened.Load();
  for (InodeTree* t : {&tree, &reopened}) {
    EXPECT_FALSE(t->IsFinished(id_of(9)));
    EXPECT_TRUE(t->IsFinished(id_of(10)));
    EXPECT_TRUE(t->IsFinished(id_of(count - 1)));
    EXPECT_FALSE(t->IsFinished(id_of(count)));
  }
}

}  // namespace
}  // namespace alluxio::master
