#ifndef ALLUXIO_CLIENT_FILE_LOAD_JOB_CLIENT_H_
#define ALLUXIO_CLIENT_FILE_LOAD_JOB_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "alluxio/client/context.h"

namespace alluxio::client {

// The load jobs of the master (`alluxio fs load PATH --submit`), one for each path.
// Thread-safe; errors as the master's.
class LoadJobClient {
 public:
  explicit LoadJobClient(std::shared_ptr<ClientContext> context) : context_(std::move(context)) {}

  struct Options {
    std::optional<int64_t> bandwidth;  // bytes a second of each worker
    bool verify = false;
    bool partial_listing = false;
  };
  // The new job's id; empty: one was under way or stopped, and goes on with this
  // bandwidth and verification. Works with masters of the original, too.
  absl::StatusOr<std::string> Submit(const std::string& path, const Options& options);
  // False: there is none under way.
  absl::StatusOr<bool> Stop(const std::string& path);
  enum class Format { kText, kJson };
  // NOT_FOUND: the path has no job.
  absl::StatusOr<std::string> Progress(const std::string& path, Format format, bool verbose);

 private:
  const std::shared_ptr<ClientContext> context_;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_LOAD_JOB_CLIENT_H_
