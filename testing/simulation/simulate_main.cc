// Simulations as a command: one seed, or many.
//   bazel run -c opt //testing/simulation -- --seed 1 --runs 10000
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "alluxio/base/log.h"
#include "testing/simulation/simulation.h"

int main(int argc, char** argv) {
  alluxio::test::SimulationOptions options;
  uint64_t runs = 1;
  CLI::App app("Runs a cluster in virtual time, with faults that a seed decides");
  app.add_option("--seed", options.seed, "The first seed");
  app.add_option("--runs", runs, "How many seeds");
  app.add_option("--operations", options.operations, "Of each client");
  app.add_option("--clients", options.clients, "Clients")->check(CLI::Range(1, 64));
  app.add_option("--workers", options.workers, "Workers")->check(CLI::Range(1, 16));
  app.add_option("--lost", options.lost_messages, "Messages lost, in a thousand")->check(CLI::Range(0, 500));
  app.add_option("--disk-errors", options.disk_errors, "Writes to disks that fail, in a thousand")
      ->check(CLI::Range(0, 500));
  app.add_option("--slow", options.slow_messages, "Messages, and flushes of the journal, that take up to a second, in a thousand")
      ->check(CLI::Range(0, 1000));
  CLI11_PARSE(app, argc, argv);
  alluxio::SetLogLevel(alluxio::LogLevel::kError);
  int failed = 0;
  for (uint64_t i = 0; i < runs; ++i, ++options.seed) {
    alluxio::test::SimulationReport report;
    const absl::Status status = alluxio::test::RunSimulation(options, &report);
    if (runs == 1 || !status.ok()) {
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(options.seed), report.ToString().c_str());
    }
    if (!status.ok()) {
      std::printf("FAILED: %s\n", status.ToString().c_str());
      ++failed;
    }
  }
  std::printf("%llu runs, %d failed\n", static_cast<unsigned long long>(runs), failed);
  return failed == 0 ? 0 : 1;
}
