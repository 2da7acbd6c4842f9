#ifndef ALLUXIO_SHELL_TOUR_TOUR_H_
#define ALLUXIO_SHELL_TOUR_TOUR_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "alluxio/base/clock.h"
#include "alluxio/client/block/block_master_client.h"
#include "alluxio/client/file/file_system.h"

namespace alluxio::shell {

struct TourOptions {
  std::string path = "/";
  // At most this much is read (the rest of the namespace is only listed), so
  // that a first look at a large folder ends.
  int64_t max_bytes = int64_t{2} << 30;
  int max_listed = 10;
  // Draws a progress bar over itself (a terminal), else prints no progress.
  bool terminal = false;
  Clock* clock = Clock::System();
};

// What the quickstart shows of a running cluster: lists the namespace, reads
// the files once (which caches them), reads them again, and prints what was
// read, both rates and by which ways the bytes came. An empty namespace is no
// error. Errors: those of the file system, with the path.
absl::Status RunTour(client::FileSystem& fs, const TourOptions& options, std::ostream& out);

// Waits until a worker is there. UNAVAILABLE: none came within `patience`.
absl::Status WaitForWorker(client::BlockMasterClient& blocks, absl::Duration patience, Clock* clock);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_TOUR_TOUR_H_
