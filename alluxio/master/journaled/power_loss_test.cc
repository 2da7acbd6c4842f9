// Goal: whatever power loss does to what was not synced, every acknowledged
// change is there afterwards, once, in order, and no change is there in part.
// Method: before each sync of a workload, and within recovery again, the disk is
// crashed many times over, each time with another subset of the unsynced writes
// and names, torn; a new journal (and state machine) starts on each.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/local_journal.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "gtest/gtest.h"
#include "testing/fakes/simulated_disk.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using journal::LocalJournal;
using proto::journal::JournalEntry;
using test::SimulatedDisk;

constexpr uint64_t kSeed = 20260401;
constexpr int kOperations = 200;

LocalJournal::Options Options(Disk* disk, Random* random) {
  return {.folder = "/journal", .disk = disk, .random = random, .segment_bytes = 2048, .zero_ahead_bytes = 1024};
}

// Appends in groups of sizes that are the same in every run: the writer is held
// within the `done` of the first record until the others are appended.
class Groups {
 public:
  using Append = std::function<void(journal::Journal::Done)>;

  void Run(int size, const Append& append) {
    Notification all_appended, last_done;
    int left = size;
    for (int i = 0; i < size; ++i) {
      append([&, i](absl::Status status) {
        ALLUXIO_CHECK(status.ok());
        ++acknowledged;
        if (i == 0) all_appended.Wait();
        if (--left == 0) last_done.Notify();
      });
    }
    all_appended.Notify();
    last_done.Wait();
  }

  std::atomic<uint64_t> acknowledged{0};
};

// --- the journal alone, with trimming ---------------------------------------

std::string RecordText(uint64_t sequence) {
  return absl::StrCat("record ", sequence, std::string(sequence * 37 % 700, static_cast<char>('a' + sequence % 26)));
}

class JournalPowerLoss {
 public:
  // Starts on `disk` as it is; then goes on, and starts again.
  void Check(SimulatedDisk& disk, uint64_t acknowledged, uint64_t trimmed, int depth) {
    ++states;
    std::unique_ptr<Random> ids = Random::Seeded(states);
    if (depth > 0) {
      disk.SetBeforeSync([&, depth] {
        const std::unique_ptr<SimulatedDisk> again = disk.Crash(*random);
        Check(*again, acknowledged, trimmed, depth - 1);
      });
    }
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Options(&disk, ids.get())));
    disk.SetBeforeSync(nullptr);
    const uint64_t last = journal->LastSequence();
    ASSERT_GE(last, acknowledged);
    ExpectRecords(*journal, trimmed, last);
    Notification done;
    journal->Append(RecordText(last + 1), [&](absl::Status status) {
      EXPECT_THAT(status, test::IsOk());
      done.Notify();
    });
    done.Wait();
    journal.reset();
    ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(Options(&disk, ids.get())));
    ASSERT_EQ(journal->LastSequence(), last + 1);
    ExpectRecords(*journal, trimmed, last + 1);
  }

  const std::unique_ptr<Random> random = Random::Seeded(kSeed);
  uint64_t states = 0;

 private:
  static void ExpectRecords(LocalJournal& journal, uint64_t after, uint64_t last) {
    uint64_t next = after + 1;
    ASSERT_THAT(journal.Replay(after,
                               [&](uint64_t sequence, absl::string_view record) {
                                 EXPECT_EQ(sequence, next);
                                 EXPECT_EQ(record, RecordText(sequence));
                                 ++next;
                                 return absl::OkStatus();
                               }),
                test::IsOk());
    ASSERT_EQ(next, last + 1);
  }
};

TEST(PowerLossTest, TheJournalKeepsWhatWasAcknowledged) {
  SetLogLevel(LogLevel::kError);  // each state has its warning
  JournalPowerLoss check;
  SimulatedDisk disk;
  Groups groups;
  std::atomic<uint64_t> trimmed{0};
  int syncs = 0;
  disk.SetBeforeSync([&] {
    ++syncs;
    for (int i = 0; i < 6; ++i) {
      const std::unique_ptr<SimulatedDisk> crashed = disk.Crash(*check.random);
      check.Check(*crashed, groups.acknowledged, trimmed, /*depth=*/i == 0 ? 1 : 0);
      if (::testing::Test::HasFatalFailure()) return;
    }
  });
  std::unique_ptr<Random> ids = Random::Seeded(kSeed);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Options(&disk, ids.get())));
  for (int i = 0; i < kOperations && !HasFatalFailure(); ++i) {
    groups.Run(1 + i % 4, [&](journal::Journal::Done done) {
      journal->Append(RecordText(journal->LastSequence() + 1), std::move(done));
    });
    if (i % 25 == 24) {
      // Once trimming has begun, nobody asks for those records any more.
      trimmed = journal->DurableSequence() - 5;
      EXPECT_THAT(journal->Trim(trimmed), test::IsOk());
    }
  }
  EXPECT_GT(syncs, kOperations);
  RecordProperty("states", static_cast<int>(check.states));
  EXPECT_GT(check.states, 1000u);
}

// --- with the state machine (with the namespace: alluxio/master/file) -----------

class CountedBlocks final : public Journaled {
 public:
  explicit CountedBlocks(KvStore* store) : store_(store) {}
  int64_t Count() const {
    const auto count = store_->Get(Family::kCounters, "count");
    ALLUXIO_CHECK(count.ok());
    return count->has_value() ? DecodeId(**count) : 0;
  }
  bool Apply(const JournalEntry& entry, KvBatch* batch) override {
    if (!entry.has_block_info()) return false;
    batch->Put(Family::kBlocks, EncodeId(entry.block_info().block_id()), "");
    batch->Put(Family::kCounters, "count", EncodeId(Count() + 1));
    return true;
  }

 private:
  KvStore* const store_;
};

struct Master {
  static absl::StatusOr<std::unique_ptr<Master>> Start(Disk* disk) {
    auto master = std::make_unique<Master>();
    ALLUXIO_ASSIGN_OR_RETURN(master->journal, LocalJournal::Open(Options(disk, Random::System())));
    master->machine = std::make_unique<StateMachine>(master->journal.get(), &master->store);
    master->machine->AddPart(&master->blocks);
    ALLUXIO_RETURN_IF_ERROR(master->machine->Replay());
    return master;
  }

  HeapKvStore store;
  CountedBlocks blocks{&store};
  std::unique_ptr<LocalJournal> journal;
  std::unique_ptr<StateMachine> machine;
};

// Operation n makes blocks 3n+1 to 3n+3, in one record of three entries.
std::vector<JournalEntry> Operation(int64_t n) {
  std::vector<JournalEntry> entries(3);
  for (int64_t i = 0; i < 3; ++i) entries[static_cast<size_t>(i)].mutable_block_info()->set_block_id(3 * n + i + 1);
  return entries;
}

TEST(PowerLossTest, TheStateIsThatOfWholeOperations) {
  SetLogLevel(LogLevel::kError);
  const std::unique_ptr<Random> random = Random::Seeded(kSeed);
  SimulatedDisk disk;
  Groups groups;
  int states = 0;
  const auto check = [&](SimulatedDisk& crashed) {
    ++states;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(&crashed));
    const int64_t count = master->blocks.Count();
    EXPECT_EQ(count % 3, 0) << "half an operation was applied";
    ASSERT_GE(count / 3, static_cast<int64_t>(groups.acknowledged));
    int64_t next = 1;
    EXPECT_THAT(master->store.Scan(Family::kBlocks, "", "",
                                   [&](absl::string_view key, absl::string_view) {
                                     EXPECT_EQ(DecodeId(key), next);
                                     ++next;
                                     return true;
                                   }),
                test::IsOk());
    ASSERT_EQ(next, count + 1);
  };
  disk.SetBeforeSync([&] {
    for (int i = 0; i < 3 && !::testing::Test::HasFatalFailure(); ++i) check(*disk.Crash(*random));
  });
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(&disk));
  int64_t n = 0;
  while (n < kOperations && !HasFatalFailure()) {
    groups.Run(1 + static_cast<int>(n % 3),
               [&](journal::Journal::Done done) { master->machine->Commit(Operation(n++), std::move(done)); });
  }
  disk.SetBeforeSync(nullptr);
  EXPECT_GE(states, 400);
  RecordProperty("states", states);
}

}  // namespace
}  // namespace alluxio::master
