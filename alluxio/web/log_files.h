#ifndef ALLUXIO_WEB_LOG_FILES_H_
#define ALLUXIO_WEB_LOG_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::web {

// The log files of one folder, for reading. Nothing else can be read through
// it: a file is found by its name in a listing, never by a path, and symbolic
// links are not followed. Thread-safe.
class LogFiles {
 public:
  explicit LogFiles(std::string folder) : folder_(std::move(folder)) {}

  struct File {
    std::string name;
    int64_t size_bytes = 0;
    int64_t modified_ms = 0;
  };
  // The regular files that end in ".log", by name; empty if there is no folder.
  std::vector<File> List() const;

  struct Part {
    int64_t offset = 0;
    int64_t size_bytes = 0;  // of the file
    std::string content;
  };
  // At most `length` bytes from `offset`, or from `offset` before the end; what
  // lies outside the file is brought into it. NOT_FOUND: no such log file.
  absl::StatusOr<Part> Read(absl::string_view name, int64_t offset, bool from_end, int64_t length) const;

 private:
  const std::string folder_;
};

// Where a part begins that was asked for as `offset` of a file of `size` bytes.
int64_t PartOffset(int64_t offset, bool from_end, int64_t size);

}  // namespace alluxio::web

#endif  // ALLUXIO_WEB_LOG_FILES_H_
