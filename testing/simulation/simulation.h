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
  int slow_messages = 50;  // and flushes of the journal
  int disk_errors = 10;  // of the journal's flushes; five times as many of blocks that are written
  bool crashes = true;   // of processes; also lost disks and failing calls of the under store
};

struct SimulationReport {
  int64_t events = 0;
  int64_t operations = 0;
  int64_t given_up = 0;  // writes that the network or a death ended
  int64_t lost_messages = 0;
  int master_deaths = 0;
  int worker_deaths = 0;
  int journal_errors = 0;      // flushes that failed, each the end of a master
  int block_errors = 0;        // blocks that a worker's disk did not take
  int lost_disks = 0;          // of workers, with all their blocks
  int under_store_errors = 0;  // calls of the under store that failed
  int64_t checks = 0;          // of the whole namespace, one after each change
  uint64_t digest = 0;         // of all times and of what was stored: the same for the same options

  std::string ToString() const;
};

// A cluster in one thread: the real FileSystemMaster and BlockMaster on a journal of
// whose unsynced end a crash leaves any part, workers in memory that register, report,
// commit and delete as real ones do, and clients that repeat calls under one operation
// id. Time is virtual; messages are delayed, so that they overtake one another (but a
// worker's that it has given up), and lost; masters and workers die and come back; the
// journal's disk fails (which ends the master), workers' disks refuse blocks or are
// lost with all of them, calls of the under store fail. What happens is decided by the
// seed alone.
//
// Each answer is held against what the client knows. After each event that changed the
// master's state, its inodes must be a tree with right counts, and everything in it
// what the clients were told, but for the paths of operations under way; a rename's
// file is under one of its two names; a file's blocks are with some worker. From time
// to time the faults stop, and the whole is held against the model: every acknowledged
// operation and nothing else, no id twice, no block of a removed file remembered by
// the master or kept by a worker, each block's place known, the pinned files, the
// under store, and a state from the journal alone equal to the one in memory.
//
// INTERNAL: what is wrong, with the seed.
absl::Status RunSimulation(const SimulationOptions& options, SimulationReport* report);

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_SIMULATION_SIMULATION_H_
