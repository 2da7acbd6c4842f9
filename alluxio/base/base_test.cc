#include <cerrno>
#include <atomic>

#include "alluxio/base/crc32c.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/heartbeat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio {
namespace {

using test::IsOk;
using test::StatusIs;

TEST(Crc32cTest, MatchesThePublishedVectors) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), 0xE3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(ErrnoStatusTest, KeepsTheCodeThatClientsBranchOn) {
  EXPECT_THAT(ErrnoStatus(ENOENT, "open /x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ErrnoStatus(ENOSPC, "write /x"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ErrnoStatus(EIO, "read /x"), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_EQ(ErrnoStatus(ENOENT, "open /x").message(), "open /x: No such file or directory");
}

TEST(ThreadPoolTest, FinishesWhatWasSubmittedBeforeItEnds) {
  std::atomic<int> done{0};
  {
    ThreadPool pool({.name = "test", .threads = 3});
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.Submit([&done] { ++done; }));
  }
  EXPECT_EQ(done, 1000);
}

TEST(LogTest, ALineStaysOneAndTellsATerminalNothing) {
  ::testing::internal::CaptureStderr();
  ALLUXIO_LOG(kError, "test", absl::string_view("a\nb\x1b[2Jc\0d\te\xc3\xa4", 14));
  FlushLog();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::EndsWith("ERROR test - a\\nb\\x1b[2Jc\\x00d\te\xc3\xa4\n"));
}

TEST(ThreadPoolTest, TakesNothingWhenClosed) {
  std::atomic<int> done{0};
  ThreadPool pool({.name = "test", .threads = 2});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.Submit([&done] { ++done; }));
  pool.Close();
  EXPECT_EQ(done, 100);
  EXPECT_FALSE(pool.Submit([&done] { ++done; }));
  pool.Close();
  EXPECT_EQ(done, 100);
}

TEST(ThreadPoolTest, RefusesWhatDoesNotFitTheQueue) {
  Notification started, go_on;
  ThreadPool pool({.name = "test", .threads = 1, .queue_limit = 1});
  ASSERT_TRUE(pool.Submit([&] {
    started.Notify();
    go_on.Wait();
  }));
  started.Wait();
  EXPECT_TRUE(pool.Submit([] {}));
  EXPECT_FALSE(pool.Submit([] {}));
  EXPECT_TRUE(pool.Resume([] {}));
  go_on.Notify();
}

TEST(HeartbeatSetTest, SteppedBeatsRunOnlyWhenAsked) {
  HeartbeatSet beats(/*stepped=*/true);
  int runs = 0;
  beats.Add("a", absl::Milliseconds(1), [&runs] { ++runs; });
  EXPECT_EQ(runs, 0);
  EXPECT_THAT(beats.Run("a"), IsOk());
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(beats.Run("b"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(HeartbeatSetTest, ThreadedBeatRunsWhenWoken) {
  HeartbeatSet beats(/*stepped=*/false);
  Notification ran;
  beats.Add("a", absl::Hours(1), [&ran] { ran.Notify(); });
  beats.Wake("a");
  EXPECT_TRUE(ran.WaitFor(absl::Seconds(30)));
}

// Goal: an interval changed during a wait ends that wait by the new one.
// Method: the clock stands still, so no round comes by itself; the first beat's
// round is followed by a look at what the second one did not do.
TEST(HeartbeatSetTest, AChangedIntervalCountsFromTheBeginningOfTheWait) {
  test::FakeClock clock;
  HeartbeatSet beats(/*stepped=*/false, &clock);
  Notification first, second;
  beats.Add("first", absl::Hours(10), [&first] {
    if (!first.HasBeenNotified()) first.Notify();
  });
  beats.Add("second", absl::Hours(10), [&second] {
    if (!second.HasBeenNotified()) second.Notify();
  });
  clock.Advance(absl::Hours(1));
  EXPECT_THAT(beats.SetInterval("second", absl::Hours(2)), IsOk());
  EXPECT_THAT(beats.SetInterval("first", absl::Minutes(59)), IsOk());
  EXPECT_TRUE(first.WaitFor(absl::Seconds(30)));
  EXPECT_FALSE(second.HasBeenNotified());
  clock.Advance(absl::Hours(1));
  EXPECT_THAT(beats.SetInterval("second", absl::Hours(2)), IsOk());
  EXPECT_TRUE(second.WaitFor(absl::Seconds(30)));
  EXPECT_THAT(beats.SetInterval("third", absl::Hours(1)), StatusIs(absl::StatusCode::kNotFound));
}

TEST(RandomTest, UuidHasTheTextFormOfVersion4) {
  EXPECT_THAT(Random::System()->NextUuid(),
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(Random::Seeded(7)->NextUuid(), Random::Seeded(7)->NextUuid());
}

}  // namespace
}  // namespace alluxio
