#ifndef ALLUXIO_TESTING_CRASH_CRASH_LOOP_H_
#define ALLUXIO_TESTING_CRASH_CRASH_LOOP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace alluxio::test {

// A real master and a real worker are killed (SIGKILL) and started again, over
// and over, while clients work. What the clients were told is kept beside the
// processes, and after each restart it must be what is there:
//
//   - every acknowledged file is there, complete, with its bytes; every
//     acknowledged removal and rename has happened; nothing else is there;
//   - the one operation a client could not learn the end of has happened wholly
//     or not at all (a file may be left open, and can be removed then);
//   - no block lies in the worker that belongs to no file, nor a temporary one,
//     once its next heartbeat (every 200 ms) is answered and 200 ms have passed;
//   - the under store holds what was written through, whole, and in the end what
//     was to be persisted in the background, and no other file.
struct CrashLoopOptions {
  std::string master_binary = "alluxio/master/alluxio-master";
  std::string worker_binary = "alluxio/worker/alluxio-worker";
  std::string folder;  // empty, made if absent
  int cycles = 20;
  bool kill_master = true;
  bool kill_worker = false;
  int clients = 4;
  uint64_t seed = 1;  // of the operations; the moments of death are the machine's
  bool verbose = false;

  // Given (fault_calls.so): nobody is killed at work. Instead, in each cycle, one
  // call site of one server's file system calls fails, out of all that a run
  // without faults visits: EIO once, and EMFILE (once), ENOSPC and half of a read
  // or write (from then on) where they can be. What clients are told then may be
  // errors; a server that has not ended must answer; after a restart without faults
  // all the above must hold, but that a full disk of the worker may have cost blocks
  // that were nowhere else (MUST_CACHE). `cycles` 0: every site with every fault, tried three
  // times before it counts as not met.
  std::string fault_library;
  std::string only;  // of the faults those whose line has this text; empty: all
};

struct CrashLoopReport {
  int cycles = 0;
  int64_t acknowledged = 0;    // operations that clients were told had happened
  int64_t checked_files = 0;   // read back, byte by byte
  int64_t checked_bytes = 0;
  int64_t unknown = 0;         // operations under way at a death...
  int64_t unknown_done = 0;    // ...of which so many had happened
  int64_t left_open = 0;       // ...and so many had left an open file
  int64_t sites = 0, planned = 0;  // with a fault library: call sites, faults to try at them
  int64_t faults = 0;              // ...that the work has met
  int64_t stopped = 0;             // ...at which a server ended
  int64_t evicted = 0;             // files whose only copy went for a full disk of the worker
  std::vector<std::string> not_met;  // the others that were tried
  absl::Duration longest_restart;
  absl::Duration longest_cleanup;  // until no block was an orphan

  std::string ToString() const;
};

// The first thing that is wrong ends the loop: DATA_LOSS, with what and where.
// The folder stays as it was then. `report` holds what was done in any case.
absl::Status RunCrashLoop(const CrashLoopOptions& options, CrashLoopReport* report);

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CRASH_CRASH_LOOP_H_
