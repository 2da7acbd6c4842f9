// A hundred seeds. A seed that fails is run again, alone and as often as needed,
// by `bazel run //testing/simulation -- --seed N`, and then becomes a test of its own here.
#include "testing/simulation/simulation.h"

#include "alluxio/base/log.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::test {
namespace {

class SimulationSeedsTest : public ::testing::TestWithParam<int> {};

TEST_P(SimulationSeedsTest, TwentyFiveSeeds) {
  SetLogLevel(LogLevel::kError);
  SimulationReport all;
  for (int i = 1; i <= 25; ++i) {
    SimulationReport report;
    ASSERT_THAT(RunSimulation({.seed = static_cast<uint64_t>(GetParam() + i), .operations = 40}, &report), IsOk());
    all.lost_messages += report.lost_messages;
    all.master_deaths += report.master_deaths;
    all.worker_deaths += report.worker_deaths;
    all.journal_errors += report.journal_errors;
    all.block_errors += report.block_errors;
    all.lost_disks += report.lost_disks;
    all.under_store_errors += report.under_store_errors;
    all.checks += report.checks;
  }
  // The faults have happened.
  EXPECT_GT(all.lost_messages, 200);
  EXPECT_GT(all.master_deaths, 25);
  EXPECT_GT(all.worker_deaths, 25);
  EXPECT_GT(all.journal_errors, 10);
  EXPECT_GT(all.block_errors, 5);
  EXPECT_GT(all.lost_disks, 2);
  EXPECT_GT(all.under_store_errors, 10);
  EXPECT_GT(all.checks, 2000);
  RecordProperty("report", all.ToString());
}

INSTANTIATE_TEST_SUITE_P(AHundredSeeds, SimulationSeedsTest, ::testing::Values(0, 25, 50, 75));

// Seeds that failed once: a delete whose blocks workers dropped before it was durable (33, 130);
// "it is gone", found in the under store, said before that was (39).
TEST(SimulationTest, SeedsThatFailed) {
  SetLogLevel(LogLevel::kError);
  SimulationReport report;
  EXPECT_THAT(RunSimulation({.seed = 33, .slow_messages = 200}, &report), IsOk());
  EXPECT_THAT(RunSimulation({.seed = 130, .slow_messages = 200}, &report), IsOk());
  EXPECT_THAT(RunSimulation({.seed = 39, .slow_messages = 200, .disk_errors = 40}, &report), IsOk());
}

TEST(SimulationTest, ASeedReproducesARun) {
  SetLogLevel(LogLevel::kError);
  SimulationReport first, second, other;
  ASSERT_THAT(RunSimulation({.seed = 42}, &first), IsOk());
  ASSERT_THAT(RunSimulation({.seed = 42}, &second), IsOk());
  ASSERT_THAT(RunSimulation({.seed = 43}, &other), IsOk());
  EXPECT_EQ(first.ToString(), second.ToString());
  EXPECT_NE(first.digest, other.digest);
}

}  // namespace
}  // namespace alluxio::test
