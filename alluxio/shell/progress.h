#ifndef ALLUXIO_SHELL_PROGRESS_H_
#define ALLUXIO_SHELL_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "alluxio/base/mutex.h"
#include "alluxio/shell/command.h"

namespace alluxio::shell {

// One line on the terminal that says how far a long copy is, rewritten in place
// and wiped at the end. Silent where nobody watches and in the first second.
// Thread-safe.
class Progress {
 public:
  // `total_bytes` 0: not known.
  Progress(Environment& env, int64_t total_bytes);
  ~Progress();

  void Add(int64_t bytes);

 private:
  void DrawLocked(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Environment& env_;
  const bool enabled_;
  const int64_t total_bytes_;
  const absl::Time start_;
  Mutex mutex_;
  int64_t done_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time last_draw_ ABSL_GUARDED_BY(mutex_);
  bool drawn_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_PROGRESS_H_
