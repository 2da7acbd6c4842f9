#include "alluxio/base/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace alluxio {

int64_t RaiseOpenFileLimit() {
  // Where the hard limit is "none", some libraries make tables of that size.
  constexpr rlim_t kEnough = 1 << 20;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t wanted = std::min(limit.rlim_max, kEnough);
  if (limit.rlim_cur < wanted) {
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = wanted;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  }
  return static_cast<int64_t>(std::min(limit.rlim_cur, kEnough));
}

}  // namespace alluxio
