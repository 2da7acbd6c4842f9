#ifndef ALLUXIO_LOCAL_FILE_CONTENTS_H_
#define ALLUXIO_LOCAL_FILE_CONTENTS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::local {

// Reads parts of files as a client of the cluster that `conf` names, for the
// master's pages: a master has no data path of its own, so its assembly lends it
// this one. Nothing is cached by it, and it is no use of the file.
//
// `conf` is called, and the client made, with the first read. Reads block, but
// give up soon. Thread-safe.
std::function<absl::StatusOr<std::string>(const std::string& path, int64_t offset, int64_t length)> FileContents(
    std::function<conf::Configuration()> conf);

}  // namespace alluxio::local

#endif  // ALLUXIO_LOCAL_FILE_CONTENTS_H_
