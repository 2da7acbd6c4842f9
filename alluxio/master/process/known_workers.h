#ifndef ALLUXIO_MASTER_PROCESS_KNOWN_WORKERS_H_
#define ALLUXIO_MASTER_PROCESS_KNOWN_WORKERS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "alluxio/base/disk.h"

namespace alluxio::master {

// How many workers a master had, in a small file of its own: so that safe mode
// after a restart ends as soon as they are all back. A hint and no more: without
// it, or with a damaged one, safe mode takes its time.
//
// One thread at a time.
class KnownWorkers {
 public:
  // `file` empty: nothing is kept.
  KnownWorkers(Disk* disk, std::string file) : disk_(disk), file_(std::move(file)) {}

  // 0: not known.
  int Read();
  // Whole and durable, or not at all; nothing happens while `count` stays what
  // was read or written last.
  absl::Status Write(int count);

  // For a formatted master.
  static absl::Status Remove(Disk& disk, const std::string& file);

 private:
  Disk* const disk_;
  const std::string file_;
  int stored_ = -1;  // -1: not known
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_PROCESS_KNOWN_WORKERS_H_
