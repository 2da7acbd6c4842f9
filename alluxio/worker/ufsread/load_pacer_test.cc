#include "alluxio/worker/ufsread/load_pacer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

class LoadPacerTest : public ::testing::Test {
 protected:
  void Submit(const std::string& job, int64_t bytes_per_second, int64_t bytes) {
    pacer_.Submit(job, bytes_per_second, bytes, [this, job](const absl::Status& status) {
      started_.push_back(status.ok() ? job : absl::StrCat(job, ":", absl::StatusCodeToString(status.code())));
    });
  }
  std::vector<std::string> After(absl::Duration time) {
    clock_.Advance(time);
    pacer_.RunDue();
    return std::exchange(started_, {});
  }

  test::FakeClock clock_;
  std::vector<std::string> started_;
  LoadPacer pacer_{/*stepped=*/true, &clock_};  // cancels what waits when it goes
};

using Jobs = std::vector<std::string>;

TEST_F(LoadPacerTest, EachBlockWaitsForTheOnesBeforeIt) {
  for (int i = 0; i < 3; ++i) Submit("a", 100, 200);
  EXPECT_EQ(After(absl::ZeroDuration()), Jobs{"a"});
  EXPECT_EQ(After(absl::Milliseconds(1999)), Jobs{});
  EXPECT_EQ(After(absl::Milliseconds(1)), Jobs{"a"});
  EXPECT_EQ(After(absl::Seconds(2)), Jobs{"a"});
  // The last one's time counts for those that come later.
  Submit("a", 100, 200);
  EXPECT_EQ(After(absl::Seconds(1)), Jobs{});
  EXPECT_EQ(After(absl::Seconds(1)), Jobs{"a"});
  // What was not used is not saved up.
  EXPECT_EQ(After(absl::Hours(1)), Jobs{});
  Submit("a", 100, 200);
  Submit("a", 100, 200);
  EXPECT_EQ(After(absl::ZeroDuration()), Jobs{"a"});
}

TEST_F(LoadPacerTest, JobsDontWaitForEachOtherAndUnlimitedOnesNotAtAll) {
  Submit("a", 1, 1000);
  Submit("a", 1, 1000);
  Submit("b", 1000, 1000);
  Submit("b", 1000, 1000);
  for (int i = 0; i < 2; ++i) Submit("free", 0, int64_t{1} << 40);
  for (int i = 0; i < 2; ++i) Submit("empty", 1, 0);
  EXPECT_EQ(After(absl::ZeroDuration()), (Jobs{"a", "b", "free", "free", "empty", "empty"}));
  EXPECT_EQ(After(absl::Seconds(1)), Jobs{"b"});
  EXPECT_EQ(After(absl::Seconds(999)), Jobs{"a"});
}

TEST_F(LoadPacerTest, WhatWaitsIsCancelledByTheStop) {
  Submit("a", 1, INT64_MAX);
  Submit("a", 1, INT64_MAX);
  pacer_.Stop();
  Submit("b", 1, 1);
  EXPECT_EQ(After(absl::Seconds(1)), (Jobs{"a", "a:CANCELLED", "b:CANCELLED"}));
}

TEST(LoadPacerThreadTest, StartsByItself) {
  LoadPacer pacer;
  absl::Notification second;
  pacer.Submit("a", 1000, 1, [](const absl::Status&) {});
  pacer.Submit("a", 1000, 1, [&](const absl::Status&) { second.Notify(); });
  second.WaitForNotification();
}

}  // namespace
}  // namespace alluxio::worker
