#ifndef ALLUXIO_TESTING_CRASH_CRASH_LOOP_H_
#define ALLUXIO_TESTING_CRASH_CRASH_LOOP_H_

#include <cstdint>
#include <string>

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
//   - no block lies in the worker that belongs to no file, soon after;
//   - the under store holds what was written through, whole.
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
};

struct CrashLoopReport {
  int cycles = 0;
  int64_t acknowledged = 0;    // operations that clients were told had happened
  int64_t checked_files = 0;   // read back, byte by byte
  int64_t checked_bytes = 0;
  int64_t unknown = 0;         // operations under way at a death...
  int64_t unknown_done = 0;    // ...of which so many had happened
  int64_t left_open = 0;       // ...and so many had left an open file
  absl::Duration longest_restart;
  absl::Duration longest_cleanup;  // until no block was an orphan

  std::string ToString() const;
};

// The first thing that is wrong ends the loop: DATA_LOSS, with what and where.
// The folder stays as it was then. `report` holds what was done in any case.
absl::Status RunCrashLoop(const CrashLoopOptions& options, CrashLoopReport* report);

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CRASH_CRASH_LOOP_H_
