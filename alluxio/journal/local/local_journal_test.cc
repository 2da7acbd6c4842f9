#include "alluxio/journal/local/local_journal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "alluxio/base/check.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/format.h"
#include "testing/conformance/journal_suite.h"

namespace alluxio::test {
namespace {

using journal::LocalJournal;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string NewFolder() {
  std::string folder = ::testing::TempDir() + "/journal.XXXXXX";
  ALLUXIO_CHECK(::mkdtemp(folder.data()) != nullptr);
  return folder;
}

// Small segments, so that a few records fill several.
LocalJournal::Options Small(const std::string& folder) {
  return {.folder = folder, .segment_bytes = 4096, .zero_ahead_bytes = 4096};
}

class LocalHarness final : public JournalHarness {
 public:
  journal::Journal& journal() override { return *journal_; }
  void Restart() override {
    journal_.reset();
    auto journal = LocalJournal::Open(Small(folder_));
    ALLUXIO_CHECK(journal.ok());
    journal_ = *std::move(journal);
  }

 private:
  const std::string folder_ = NewFolder();
  std::unique_ptr<LocalJournal> journal_ = *LocalJournal::Open(Small(folder_));
};

INSTANTIATE_TEST_SUITE_P(Local, JournalSuite, ::testing::Values([] { return std::make_unique<LocalHarness>(); }));

void AppendAndWait(LocalJournal& journal, absl::string_view record) {
  Notification done;
  journal.Append(record, [&](absl::Status) { done.Notify(); });
  done.Wait();
}

std::vector<std::string> Segments(const std::string& folder) {
  std::vector<std::string> names;
  const auto all = Disk::Posix()->List(folder);
  for (const std::string& name : *all) {
    if (journal::ParseSegmentName(name)) names.push_back(folder + "/" + name);
  }
  return names;
}

std::string Read(const std::string& path) { return *Disk::Posix()->ReadAll(path); }
void Write(const std::string& path, const std::string& content) { std::ofstream(path, std::ios::binary) << content; }
void FlipByteAt(const std::string& path, size_t offset) {
  std::string content = Read(path);
  content[offset] = static_cast<char>(content[offset] ^ 0x40);
  Write(path, content);
}

absl::StatusOr<std::vector<std::string>> ReplayAll(LocalJournal& journal, uint64_t after = 0) {
  std::vector<std::string> records;
  ALLUXIO_RETURN_IF_ERROR(journal.Replay(after, [&](uint64_t, absl::string_view record) {
    records.emplace_back(record);
    return absl::OkStatus();
  }));
  return records;
}

// Four records of 100 bytes in one segment, each in a group of its own.
std::string FourRecords(const std::string& folder) {
  auto journal = *LocalJournal::Open(Small(folder));
  for (const char c : {'a', 'b', 'c', 'd'}) AppendAndWait(*journal, std::string(100, c));
  return Segments(folder).front();
}
constexpr size_t RecordAt(size_t n) { return journal::kSegmentHeaderBytes + n * (journal::kRecordHeaderBytes + 100); }

TEST(LocalJournalTest, ATornTailIsCutAtEveryByte) {
  for (size_t cut = RecordAt(3); cut < RecordAt(4); cut += 7) {
    SCOPED_TRACE(cut);
    const std::string folder = NewFolder();
    const std::string file = FourRecords(folder);
    std::string content = Read(file);
    std::fill(content.begin() + static_cast<ptrdiff_t>(cut), content.end(), '\0');
    Write(file, content);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
    EXPECT_EQ(journal->LastSequence(), 3u);
    EXPECT_EQ(journal->recovery().torn_sequence, cut == RecordAt(3) ? 0u : 4u);
    AppendAndWait(*journal, "new");
    EXPECT_EQ(journal->LastSequence(), 4u);
    journal.reset();
    ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(Small(folder)));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto records, ReplayAll(*journal));
    EXPECT_EQ(records.back(), "new");
    EXPECT_EQ(records.size(), 4u);
  }
}

TEST(LocalJournalTest, AFileThatEndsWithinARecordIsATornTail) {
  const std::string folder = NewFolder();
  const std::string file = FourRecords(folder);
  Write(file, Read(file).substr(0, RecordAt(3) + 50));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
  EXPECT_EQ(journal->LastSequence(), 3u);
  EXPECT_EQ(journal->recovery().torn_bytes, 50u);
}

// The sectors of one unsynced write may reach the disk in any order: a good
// record behind a bad one is no damage if both were written together.
TEST(LocalJournalTest, AGroupTornInItsMiddleIsATornTail) {
  const std::string folder = NewFolder();
  const std::string file = FourRecords(folder);
  std::string content = Read(file).substr(0, RecordAt(2));
  journal::AppendRecord(3, 1, std::string(100, 'c'), &content);
  journal::AppendRecord(4, 2, std::string(100, 'd'), &content);
  Write(file, content);
  FlipByteAt(file, RecordAt(2) + 50);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
  EXPECT_EQ(journal->LastSequence(), 2u);
  EXPECT_EQ(journal->recovery().torn_sequence, 3u);
  // The good leftover must not come back behind a record of equal size.
  AppendAndWait(*journal, std::string(100, 'C'));
  journal.reset();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(Small(folder)));
  EXPECT_EQ(journal->LastSequence(), 3u);
}

TEST(LocalJournalTest, DamageBeforeDurableRecordsStopsTheStart) {
  for (const size_t offset : {RecordAt(1), RecordAt(1) + 4, RecordAt(1) + 16, RecordAt(1) + 60}) {
    SCOPED_TRACE(offset);
    const std::string folder = NewFolder();
    const std::string file = FourRecords(folder);
    FlipByteAt(file, offset);
    const absl::Status status = LocalJournal::Open(Small(folder)).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(file), HasSubstr(absl::StrCat("offset ", RecordAt(1))), HasSubstr("record 2"),
                      HasSubstr("alluxio.master.journal.tolerate.corruption")));
  }
}

TEST(LocalJournalTest, ToleratedDamageKeepsWhatCameBeforeAndTheDamagedFile) {
  const std::string folder = NewFolder();
  const std::string file = FourRecords(folder);
  FlipByteAt(file, RecordAt(1) + 60);
  const std::string damaged = Read(file);
  auto options = Small(folder);
  options.tolerate_corruption = true;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(options));
  EXPECT_EQ(journal->LastSequence(), 1u);
  EXPECT_EQ(Read(file + ".damaged"), damaged);
}

std::string ManySegments(const std::string& folder) {
  auto journal = *LocalJournal::Open(Small(folder));
  for (int i = 0; i < 40; ++i) AppendAndWait(*journal, std::string(1000, 'x'));
  EXPECT_GT(Segments(folder).size(), 4u);
  return folder;
}

TEST(LocalJournalTest, DamageInAnEarlierSegmentIsFoundByReplayOnlyWhereNeeded) {
  const std::string folder = ManySegments(NewFolder());
  const std::string second = Segments(folder)[1];
  FlipByteAt(second, 1500);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
  EXPECT_THAT(ReplayAll(*journal), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ReplayAll(*journal, 20), IsOk());
  journal.reset();

  auto options = Small(folder);
  options.tolerate_corruption = true;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(options));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto records, ReplayAll(*journal));
  EXPECT_EQ(journal->LastSequence(), records.size());
  AppendAndWait(*journal, "goes on");
  journal.reset();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(Small(folder)));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto again, ReplayAll(*journal));
  EXPECT_EQ(again.size(), records.size() + 1);
}

// The state was saved with record 30 in it; the damage lies before that.
TEST(LocalJournalTest, AfterToleratedDamageBelowTheSavedStateNumbersGoOnBehindIt) {
  for (const bool in_last_segment : {false, true}) {
    SCOPED_TRACE(in_last_segment);
    const std::string folder = NewFolder();
    uint64_t saved = 30;
    if (in_last_segment) {
      FlipByteAt(FourRecords(folder), RecordAt(1) + 60);
      saved = 3;
    } else {
      ManySegments(folder);
      // Of the segment in which record 31 is, the first record.
      size_t index = 0;
      const auto segments = Segments(folder);
      while (index + 1 < segments.size() &&
             *journal::ParseSegmentName(segments[index + 1].substr(folder.size() + 1)) <= saved) {
        ++index;
      }
      FlipByteAt(segments[index], journal::kSegmentHeaderBytes + 100);
    }
    auto options = Small(folder);
    options.tolerate_corruption = true;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(options));
    EXPECT_THAT(ReplayAll(*journal, saved), IsOkAndHolds(::testing::IsEmpty()));
    EXPECT_EQ(journal->LastSequence(), saved);
    EXPECT_EQ(journal->DurableSequence(), saved);
    AppendAndWait(*journal, "goes on");
    journal.reset();
    ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(Small(folder)));
    EXPECT_EQ(journal->LastSequence(), saved + 1);
    EXPECT_THAT(ReplayAll(*journal, saved), IsOkAndHolds(::testing::ElementsAre("goes on")));
    // Without the saved state the gap is found.
    EXPECT_THAT(ReplayAll(*journal, 0), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(LocalJournalTest, AMissingSegmentIsDamage) {
  const std::string folder = ManySegments(NewFolder());
  const auto segments = Segments(folder);
  ASSERT_EQ(::unlink(segments[2].c_str()), 0);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
  EXPECT_THAT(ReplayAll(*journal), StatusIs(absl::StatusCode::kDataLoss));
  journal.reset();
  ASSERT_EQ(::unlink(segments[0].c_str()), 0);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(journal, LocalJournal::Open(Small(folder)));
  EXPECT_THAT(ReplayAll(*journal), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LocalJournalTest, TrimRemovesWholeSegments) {
  const std::string folder = ManySegments(NewFolder());
  const size_t before = Segments(folder).size();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
  EXPECT_THAT(journal->Trim(20), IsOk());
  EXPECT_LT(Segments(folder).size(), before);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto records, ReplayAll(*journal, 20));
  EXPECT_EQ(records.size(), 20u);
  EXPECT_THAT(journal->Trim(40), IsOk());
  EXPECT_EQ(Segments(folder).size(), 1u);
}

TEST(LocalJournalTest, OneFolderServesOneMaster) {
  const std::string folder = NewFolder();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto first, LocalJournal::Open(Small(folder)));
  const absl::Status second = LocalJournal::Open(Small(folder)).status();
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(second.message()), HasSubstr("another master uses the journal folder"));
  EXPECT_THAT(LocalJournal::Format(Disk::Posix(), folder), StatusIs(absl::StatusCode::kFailedPrecondition));
  first.reset();
  EXPECT_THAT(LocalJournal::Open(Small(folder)), IsOk());
}

TEST(LocalJournalTest, FormatForgetsAll) {
  const std::string folder = ManySegments(NewFolder());
  const std::string id = (*LocalJournal::Open(Small(folder)))->id();
  EXPECT_THAT(LocalJournal::Format(Disk::Posix(), folder), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
  EXPECT_EQ(journal->LastSequence(), 0u);
  EXPECT_NE(journal->id(), id);
}

TEST(LocalJournalTest, ASegmentOfANewerVersionIsNotTouched) {
  const std::string folder = NewFolder();
  const std::string file = FourRecords(folder);
  std::string content = Read(file);
  content[8] = 2;
  Write(file, content);
  auto options = Small(folder);
  options.tolerate_corruption = true;
  EXPECT_THAT(LocalJournal::Open(options), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Read(file), content);
}

// A disk whose files fail to sync once told so.
class FailingDisk final : public Disk {
 public:
  std::atomic<bool> failing{false};

  class File final : public DiskFile {
   public:
    File(std::unique_ptr<DiskFile> file, const std::atomic<bool>* failing) : file_(std::move(file)), failing_(failing) {}
    absl::Status Write(int64_t offset, absl::string_view data) override { return file_->Write(offset, data); }
    absl::StatusOr<size_t> Read(int64_t offset, char* buffer, size_t size) const override {
      return file_->Read(offset, buffer, size);
    }
    absl::StatusOr<int64_t> Size() const override { return file_->Size(); }
    absl::Status SyncData() override { return *failing_ ? absl::UnknownError("syncing: EIO") : file_->SyncData(); }
    absl::Status Truncate(int64_t size) override { return file_->Truncate(size); }

   private:
    const std::unique_ptr<DiskFile> file_;
    const std::atomic<bool>* const failing_;
  };

  absl::StatusOr<std::unique_ptr<DiskFile>> Open(const std::string& path, Mode mode) override {
    ALLUXIO_ASSIGN_OR_RETURN(auto file, Posix()->Open(path, mode));
    return std::make_unique<File>(std::move(file), &failing);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override { return Posix()->Rename(from, to); }
  absl::Status Unlink(const std::string& path) override { return Posix()->Unlink(path); }
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override { return Posix()->List(path); }
  absl::Status CreateDirectories(const std::string& path) override { return Posix()->CreateDirectories(path); }
  absl::Status SyncDirectory(const std::string& path) override { return Posix()->SyncDirectory(path); }
  absl::StatusOr<std::unique_ptr<DiskLock>> Lock(const std::string& path) override { return Posix()->Lock(path); }
};

TEST(LocalJournalTest, AFailedSyncIsFatalAndAcknowledgesNothing) {
  FailingDisk disk;
  auto options = Small(NewFolder());
  options.disk = &disk;
  Notification fatal;
  options.on_fatal = [&](const absl::Status&) { fatal.Notify(); };
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(options));
  AppendAndWait(*journal, "good");
  disk.failing = true;
  absl::Status result;
  Notification done;
  journal->Append("bad", [&](absl::Status status) {
    result = status;
    done.Notify();
  });
  fatal.Wait();
  done.Wait();
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(journal->DurableSequence(), 1u);
  EXPECT_EQ(journal->Append("after", [](absl::Status) {}), 0u);
}

// Goal: what was acknowledged survives kill -9. Method: a child appends and
// writes each acknowledged number to a pipe; it is killed while it does so.
TEST(LocalJournalTest, AcknowledgedRecordsSurviveKill) {
  const std::string folder = NewFolder();
  uint64_t acknowledged = 0;
  for (int round = 0; round < 5; ++round) {
    int pipe_fds[2];
    ASSERT_EQ(::pipe(pipe_fds), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe_fds[0]);
      auto journal = LocalJournal::Open(Small(folder));
      if (!journal.ok()) ::_exit(1);
      while (true) {
        const uint64_t next = (*journal)->LastSequence() + 1;
        (*journal)->Append(absl::StrCat("record ", next), [&, next](absl::Status status) {
          if (!status.ok() || ::write(pipe_fds[1], &next, sizeof(next)) != sizeof(next)) ::_exit(1);
        });
        if (next % 64 == 0) ::usleep(100);
      }
    }
    ::close(pipe_fds[1]);
    const uint64_t stop_at = acknowledged + 300 + static_cast<uint64_t>(round) * 77;
    uint64_t number;
    bool killed = false;
    while (::read(pipe_fds[0], &number, sizeof(number)) == sizeof(number)) {
      ASSERT_GT(number, acknowledged);
      acknowledged = number;
      if (number >= stop_at && !killed) {
        ::kill(child, SIGKILL);
        killed = true;
      }
    }
    ::close(pipe_fds[0]);
    ASSERT_TRUE(killed);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);

    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto journal, LocalJournal::Open(Small(folder)));
    EXPECT_GE(journal->LastSequence(), acknowledged);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto records, ReplayAll(*journal));
    ASSERT_EQ(records.size(), journal->LastSequence());
    for (size_t i = 0; i < records.size(); ++i) ASSERT_EQ(records[i], absl::StrCat("record ", i + 1));
    acknowledged = journal->LastSequence();
  }
}

}  // namespace
}  // namespace alluxio::test
