// Twenty kills of the real servers; many more: crash_loop_main.cc.
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

TEST(CrashLoopTest, Master) { Loop("master", 10, true, false); }
TEST(CrashLoopTest, Worker) { Loop("worker", 5, false, true); }
TEST(CrashLoopTest, Both) { Loop("both", 5, true, true); }

}  // namespace
}  // namespace alluxio::test
