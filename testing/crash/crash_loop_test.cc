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
#if defined(__SANITIZE_ADDRESS__) || defined(ALLUXIO_TSAN)
  GTEST_SKIP() << "a sanitizer's runtime must be the first library";
#endif
  CrashLoopReport report;
  EXPECT_THAT(RunCrashLoop({.folder = ::testing::TempDir() + "/faults",
                            .cycles = 12,
                            .fault_library = "testing/crash/libfault_calls.so"},
                           &report),
              IsOk());
  EXPECT_EQ(report.cycles, 12);
  EXPECT_GT(report.sites, 50);
  EXPECT_GE(report.faults, 5);  // some are of moments that not every stretch of work has
  ::testing::Test::RecordProperty("report", report.ToString());
}

}  // namespace
}  // namespace alluxio::test
