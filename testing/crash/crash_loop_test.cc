// Short forms of the loops; the long ones: crash_loop_main.cc.
#include "testing/crash/crash_loop.h"

#include <string>

#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::test {
namespace {

void Loop(const std::string& name, int cycles, bool master, bool worker) {
  CrashLoopReport report;
  EXPECT_THAT(RunCrashLoop({.folder = ::testing::TempDir() + "/" + name,
                            .cycles = cycles,
                            .kill_master = master,
                            .kill_worker = worker},
                           &report),
              IsOk());
  EXPECT_EQ(report.cycles, cycles);
  EXPECT_GT(report.checked_files, 0);
  ::testing::Test::RecordProperty("report", report.ToString());
}

TEST(CrashLoopTest, Master) { Loop("master", 20, true, false); }
TEST(CrashLoopTest, Worker) { Loop("worker", 20, false, true); }
TEST(CrashLoopTest, Both) { Loop("both", 20, true, true); }

// Some of the call sites, always the same ones.
TEST(CrashLoopTest, FailingCallsOfTheFileSystem) {
#if defined(ALLUXIO_TSAN)
  GTEST_SKIP() << "with the library before ThreadSanitizer, a server doesn't come up now and then";
#endif
  CrashLoopReport report;
  EXPECT_THAT(RunCrashLoop({.folder = ::testing::TempDir() + "/faults",
                            .cycles = 12,
                            .fault_library = "testing/crash/libfault_calls.so"},
                           &report),
              IsOk());
  EXPECT_EQ(report.cycles, 12);
  EXPECT_GT(report.sites, 250);
  EXPECT_GT(report.planned, 400);
  // Some are of moments that not every stretch of work has.
  EXPECT_EQ(report.faults + static_cast<int64_t>(report.not_met.size()), 12) << report.ToString();
  EXPECT_GE(report.faults, 6) << report.ToString();
  ::testing::Test::RecordProperty("report", report.ToString());
}

}  // namespace
}  // namespace alluxio::test
