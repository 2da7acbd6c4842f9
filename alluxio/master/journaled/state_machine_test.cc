#include "alluxio/master/journaled/state_machine.h"

#include <memory>

#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;

// Keeps each block's length, and how many blocks there were when it came.
class Blocks final : public Journaled {
 public:
  explicit Blocks(KvStore* store) : store_(store) {}
  bool Apply(const JournalEntry& entry, KvBatch* batch) override {
    if (!entry.has_block_info()) return false;
    int before = 0;
    EXPECT_THAT(store_->Scan(Family::kBlocks, "", "",
                             [&](absl::string_view, absl::string_view) {
                               ++before;
                               return true;
                             }),
                test::IsOk());
    seen_before.push_back(before);
    batch->Put(Family::kBlocks, EncodeId(entry.block_info().block_id()), EncodeId(entry.block_info().length()));
    return true;
  }
  std::vector<int> seen_before;

 private:
  KvStore* const store_;
};

JournalEntry Block(int64_t id, int64_t length) {
  JournalEntry entry;
  entry.mutable_block_info()->set_block_id(id);
  entry.mutable_block_info()->set_length(length);
  return entry;
}

struct Master {
  explicit Master(journal::Journal* journal) : machine(journal, &store), blocks(&store) { machine.AddPart(&blocks); }
  std::optional<std::string> Length(int64_t id) { return *store.Get(Family::kBlocks, EncodeId(id)); }

  HeapKvStore store;
  StateMachine machine;
  Blocks blocks;
};

TEST(StateMachineTest, ChangesAreVisibleAtOnceAndAnsweredWhenDurable) {
  journal::MemoryJournal journal({.auto_durable = false});
  Master master(&journal);
  std::vector<std::string> answers;
  master.machine.Commit({Block(1, 10)}, [&](absl::Status) { answers.push_back("1"); });
  master.machine.Commit({}, [&](absl::Status) { answers.push_back("flush"); });
  master.machine.Commit({Block(2, 20), Block(3, 30)}, [&](absl::Status) { answers.push_back("2"); });
  EXPECT_EQ(master.Length(3), EncodeId(30));
  EXPECT_TRUE(answers.empty());
  journal.MakeDurable(1);
  EXPECT_EQ(answers, (std::vector<std::string>{"1", "flush"}));
  journal.MakeDurable(2);
  EXPECT_EQ(answers, (std::vector<std::string>{"1", "flush", "2"}));
  // Each entry of a record saw those before it.
  EXPECT_EQ(master.blocks.seen_before, (std::vector<int>{0, 1, 2}));
}

TEST(StateMachineTest, ACrashKeepsWholeDurableRecordsOnly) {
  journal::MemoryJournal journal({.auto_durable = false});
  Master before(&journal);
  before.machine.Commit({Block(1, 10), Block(2, 20)}, [](absl::Status) {});
  before.machine.Commit({Block(3, 30), Block(4, 40)}, [](absl::Status) {});
  journal.MakeDurable(1);

  const auto recovered = journal.AfterCrash();
  Master after(recovered.get());
  ASSERT_THAT(after.machine.Replay(), test::IsOk());
  EXPECT_EQ(after.Length(2), EncodeId(20));
  EXPECT_EQ(after.Length(3), std::nullopt);
  EXPECT_EQ(recovered->LastSequence(), 1u);
}

// The answer of a journal that keeps nothing runs inside Commit, but with the
// state machine's own lock released.
TEST(StateMachineTest, AJournalThatKeepsNothingAnswersInline) {
  journal::MemoryJournal journal({.keep = false});
  Master master(&journal);
  bool nested = false;
  master.machine.Commit({Block(1, 10)}, [&](absl::Status status) {
    EXPECT_THAT(status, test::IsOk());
    master.machine.Commit({Block(2, 20)}, [&](absl::Status) { nested = true; });
  });
  EXPECT_TRUE(nested);
  EXPECT_THAT(master.machine.Checkpoint(/*force=*/true), test::IsOk());
}

TEST(StateMachineTest, AnUnknownEntryStopsTheReplay) {
  journal::MemoryJournal journal({});
  JournalEntry entry;
  entry.mutable_attach_db()->set_db_name("db");
  journal.Append(entry.SerializeAsString(), [](absl::Status) {});
  const auto recovered = journal.AfterCrash();
  Master master(recovered.get());
  EXPECT_THAT(master.machine.Replay(), test::StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(StateMachineTest, AClosedJournalRefuses) {
  journal::MemoryJournal journal({.auto_durable = false});
  Master master(&journal);
  absl::Status first = absl::UnknownError("not called"), second = first;
  master.machine.Commit({Block(1, 10)}, [&](absl::Status status) { first = status; });
  journal.Close();
  EXPECT_THAT(first, test::IsOk());
  master.machine.Commit({Block(2, 10)}, [&](absl::Status status) { second = status; });
  EXPECT_THAT(second, test::StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace alluxio::master
