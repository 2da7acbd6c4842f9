// A hundred seeds. A seed that fails is run again, alone and as often as needed,
// by simulate_main.cc, and then becomes a test of its own here.
#include "testing/simulation/simulation.h"

#include "alluxio/base/log.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::test {
namespace {

TEST(SimulationTest, AHundredSeeds) {
  SetLogLevel(LogLevel::kError);
  int64_t lost = 0, deaths = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SimulationReport report;
    ASSERT_THAT(RunSimulation({.seed = seed}, &report), IsOk());
    lost += report.lost_messages;
    deaths += report.master_deaths + report.worker_deaths;
  }
  // The faults have happened.
  EXPECT_GT(lost, 1000);
  EXPECT_GT(deaths, 200);
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
