// Goal: after kill -9 at any moment, also during checkpoints, every acknowledged
// change is there, exactly once, and so is every one before it. Method: a child
// commits, acknowledges over a pipe and checkpoints in another thread until it
// is killed; each entry also adds one to a counter that lies in another family.
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "alluxio/base/check.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/local_journal.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/metastore/rocks_kv_store.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using journal::LocalJournal;
using proto::journal::JournalEntry;

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
  static absl::StatusOr<std::unique_ptr<Master>> Start(const std::string& folder) {
    auto master = std::make_unique<Master>();
    ALLUXIO_ASSIGN_OR_RETURN(master->journal,
                             LocalJournal::Open({.folder = folder + "/journal", .segment_bytes = 8192}));
    ALLUXIO_ASSIGN_OR_RETURN(master->store, RocksKvStore::Open({.folder = folder + "/metastore"}));
    master->machine = std::make_unique<StateMachine>(master->journal.get(), master->store.get());
    master->blocks = std::make_unique<CountedBlocks>(master->store.get());
    master->machine->AddPart(master->blocks.get());
    ALLUXIO_RETURN_IF_ERROR(master->machine->Replay());
    return master;
  }

  std::unique_ptr<RocksKvStore> store;
  std::unique_ptr<LocalJournal> journal;
  std::unique_ptr<StateMachine> machine;
  std::unique_ptr<CountedBlocks> blocks;
};

JournalEntry Block(int64_t id) {
  JournalEntry entry;
  entry.mutable_block_info()->set_block_id(id);
  return entry;
}

[[noreturn]] void CommitUntilKilled(const std::string& folder, int acknowledge) {
  auto master = Master::Start(folder);
  if (!master.ok()) ::_exit(1);
  StateMachine& machine = *(*master)->machine;
  std::thread checkpoints([&machine] {
    for (int i = 0;; ++i) {
      if (!machine.Checkpoint(/*force=*/i % 4 == 0, /*max_pending_bytes=*/0).ok()) ::_exit(1);
      ::usleep(200);
    }
  });
  for (int64_t next = (*master)->blocks->Count() + 1;; next += 2) {
    machine.Commit({Block(next), Block(next + 1)}, [acknowledge, next](absl::Status status) {
      const int64_t done = next + 1;
      if (!status.ok() || ::write(acknowledge, &done, sizeof(done)) != sizeof(done)) ::_exit(1);
    });
    if (next % 32 == 1) ::usleep(100);
  }
}

// A program of its own, as RocksDB's threads outlive its databases and a fork
// takes only one thread along.
constexpr int kAcknowledgeFd = 100;
constexpr char kFolderVariable[] = "ALLUXIO_CRASH_TEST_FOLDER";
TEST(CrashTest, Child) {
  const char* const folder = ::getenv(kFolderVariable);
  if (folder == nullptr) GTEST_SKIP() << "the other test starts it";
  CommitUntilKilled(folder, kAcknowledgeFd);
}

TEST(CrashTest, AcknowledgedChangesSurviveKillExactlyOnce) {
  std::string folder = ::testing::TempDir() + "/crash.XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  ASSERT_EQ(::setenv(kFolderVariable, folder.c_str(), 1), 0);
  int64_t acknowledged = 0;
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE(round);
    int pipe_fds[2];
    ASSERT_EQ(::pipe(pipe_fds), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::dup2(pipe_fds[1], kAcknowledgeFd);
      ::close(pipe_fds[0]);
      ::close(pipe_fds[1]);
      ::close(STDOUT_FILENO);
      ::execl("/proc/self/exe", "crash_test", "--gtest_filter=CrashTest.Child", nullptr);
      ::_exit(1);
    }
    ::close(pipe_fds[1]);
    const int64_t stop_at = acknowledged + 500 + round * 333;
    int64_t done;
    bool killed = false;
    while (::read(pipe_fds[0], &done, sizeof(done)) == sizeof(done)) {
      ASSERT_GT(done, acknowledged);
      acknowledged = done;
      if (done >= stop_at && !killed) {
        ::kill(child, SIGKILL);
        killed = true;
      }
    }
    ::close(pipe_fds[0]);
    ASSERT_TRUE(killed);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);

    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(folder));
    const int64_t count = master->blocks->Count();
    EXPECT_GE(count, acknowledged);
    EXPECT_EQ(count % 2, 0) << "half a record was applied";
    int64_t next = 1;
    EXPECT_THAT(master->store->Scan(Family::kBlocks, "", "",
                                    [&](absl::string_view key, absl::string_view) {
                                      EXPECT_EQ(DecodeId(key), next);
                                      ++next;
                                      return true;
                                    }),
                test::IsOk());
    EXPECT_EQ(next, count + 1);
    acknowledged = count;
  }
  ASSERT_EQ(::unsetenv(kFolderVariable), 0);
}

TEST(CrashTest, AJournalThatDoesNotBelongToTheStoreStopsTheStart) {
  std::string folder = ::testing::TempDir() + "/foreign.XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(folder));
    Notification done;
    master->machine->Commit({Block(1)}, [&](absl::Status) { done.Notify(); });
    done.Wait();
    EXPECT_THAT(master->machine->Checkpoint(/*force=*/true), test::IsOk());
  }
  ASSERT_THAT(LocalJournal::Format(Disk::Posix(), folder + "/journal"), test::IsOk());
  EXPECT_THAT(Master::Start(folder).status(), test::StatusIs(absl::StatusCode::kFailedPrecondition))
      << "another journal's name says so before any record";
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open({.folder = folder + "/journal"}));
    journal->Append(Block(1).SerializeAsString(), [](absl::Status) {});
  }
  EXPECT_THAT(Master::Start(folder).status(), test::StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace alluxio::master
