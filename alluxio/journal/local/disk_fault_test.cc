// Goal: no failing call of the disk, whichever it is and whatever it answers,
// makes the journal acknowledge what a restart does not find. Method: a short
// workload is run once for each of its disk calls, with that call failing.
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/local_journal.h"
#include "gtest/gtest.h"
#include "testing/fakes/simulated_disk.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::journal {
namespace {

using test::SimulatedDisk;

std::string RecordText(uint64_t sequence) { return absl::StrCat("record ", sequence, std::string(300, 'x')); }

struct Outcome {
  uint64_t acknowledged = 0;
  std::vector<absl::Status> errors;  // whatever anybody was told
  int fatal = 0;
};

absl::StatusOr<std::unique_ptr<LocalJournal>> Open(Disk* disk, std::function<void(const absl::Status&)> on_fatal = {}) {
  return LocalJournal::Open({.folder = "/journal",
                             .disk = disk,
                             .segment_bytes = 1000,
                             .zero_ahead_bytes = 500,
                             .on_fatal = std::move(on_fatal)});
}

// Opens, appends with rolls and a trim, closes, opens again and replays.
void Workload(SimulatedDisk& disk, uint64_t trim_to, Outcome* run) {
  for (int round = 0; round < 2; ++round) {
    auto journal = Open(&disk, [run](const absl::Status&) { ++run->fatal; });
    if (!journal.ok()) return run->errors.push_back(journal.status());
    const absl::Status replayed =
        (*journal)->Replay(round == 0 ? 0 : trim_to, [](uint64_t, absl::string_view) { return absl::OkStatus(); });
    if (!replayed.ok()) return run->errors.push_back(replayed);
    for (int i = 0; i < 8; ++i) {
      const uint64_t sequence = (*journal)->LastSequence() + 1;
      Notification done;
      (*journal)->Append(RecordText(sequence), [&](absl::Status status) {
        if (status.ok()) {
          run->acknowledged = sequence;
        } else {
          run->errors.push_back(status);
        }
        done.Notify();
      });
      done.Wait();
    }
    if (const absl::Status trimmed = (*journal)->Trim(trim_to); !trimmed.ok()) run->errors.push_back(trimmed);
  }
}

class DiskFaultTest : public ::testing::TestWithParam<int> {};

TEST_P(DiskFaultTest, NothingIsAcknowledgedThatARestartDoesNotFind) {
  SetLogLevel(LogLevel::kError);
  constexpr uint64_t kTrimTo = 4;
  uint64_t all_calls;
  {
    SimulatedDisk disk;
    Outcome run;
    Workload(disk, kTrimTo, &run);
    ASSERT_TRUE(run.errors.empty()) << run.errors.front();
    ASSERT_EQ(run.acknowledged, 16u);
    all_calls = disk.calls();
  }
  const std::unique_ptr<Random> random = Random::Seeded(99);
  for (uint64_t nth = 1; nth <= all_calls; ++nth) {
    for (const bool lasting : {false, true}) {
      SCOPED_TRACE(absl::StrCat("call ", nth, " of ", all_calls, lasting ? " and all after it" : ""));
      SimulatedDisk disk(nth);
      disk.SetFault({.nth = nth, .error = GetParam(), .lasting = lasting});
      Outcome run;
      Workload(disk, kTrimTo, &run);
      EXPECT_TRUE(disk.failed());
      ASSERT_FALSE(run.errors.empty()) << "a failed call went unnoticed";
      for (const absl::Status& error : run.errors) {
        EXPECT_TRUE(absl::StrContains(error.message(), "/journal") || run.fatal > 0) << error;
      }
      disk.SetFault({});
      // The process ends, or power does too.
      for (int loss = 0; loss < 3; ++loss) {
        const std::unique_ptr<SimulatedDisk> after = disk.Crash(*random);
        ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto journal, Open(after.get()));
        ASSERT_GE(journal->LastSequence(), run.acknowledged);
        uint64_t next = run.acknowledged >= kTrimTo ? kTrimTo + 1 : 1;
        ASSERT_THAT(journal->Replay(next - 1,
                                    [&](uint64_t sequence, absl::string_view record) {
                                      EXPECT_EQ(sequence, next++);
                                      EXPECT_EQ(record, RecordText(sequence));
                                      return absl::OkStatus();
                                    }),
                    test::IsOk());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Errors, DiskFaultTest, ::testing::Values(ENOSPC, EIO, EMFILE));

}  // namespace
}  // namespace alluxio::journal
