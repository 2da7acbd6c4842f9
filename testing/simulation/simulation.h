#ifndef ALLUXIO_TESTING_SIMULATION_SIMULATION_H_
#define ALLUXIO_TESTING_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace alluxio::test {

struct SimulationOptions {
  uint64_t seed = 1;
  int workers = 2;
  int clients = 4;
  int operations = 60;  // of each client
  // Chances in a thousand.
  int lost_messages = 20;
  int slow_messages = 50;
  bool crashes = true;
};

struct SimulationReport {
  int64_t events = 0;
  int64_t operations = 0;
  int64_t given_up = 0;  // writes that the network or a death ended
  int64_t lost_messages = 0;
  int master_deaths = 0;
  int worker_deaths = 0;
  uint64_t digest = 0;  // the same for the same options

  std::string ToString() const;
};

// A cluster in one thread: the real FileSystemMaster and BlockMaster on a
// journal whose unsynced end a crash loses, workers in memory that register,
// report, commit and delete as real ones do, and clients that repeat calls under
// one operation id. Time is virtual; messages are delayed, so that they overtake
// one another, and lost; masters and workers die and come back. What happens is
// decided by the seed alone.
//
// Each answer is held against what the client knows. From time to time the
// faults stop, and the whole state is held against the model: every acknowledged
// operation and nothing else, no id twice, no block of a removed file remembered
// by the master or kept by a worker, each block's place known, the pinned files,
// and a state from the journal alone equal to the one in memory.
//
// INTERNAL: what is wrong, with the seed.
absl::Status RunSimulation(const SimulationOptions& options, SimulationReport* report);

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_SIMULATION_SIMULATION_H_
