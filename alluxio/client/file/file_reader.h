#ifndef ALLUXIO_CLIENT_FILE_FILE_READER_H_
#define ALLUXIO_CLIENT_FILE_FILE_READER_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "alluxio/client/core.h"
#include "alluxio/client/file/file_in_stream.h"
#include "alluxio/client/file/options.h"
#include "alluxio/client/types.h"

namespace alluxio::client {

// The stream behind FileSystem::OpenFile. `status` is a complete file's;
// `outdated` runs when it proves to be older than the under store's file.
// INVALID_ARGUMENT: the configuration names an unknown policy.
absl::StatusOr<std::unique_ptr<FileInStream>> OpenFileReader(std::shared_ptr<ClientCore> core, UriStatus status,
                                                             const OpenFileOptions& options,
                                                             std::function<void()> outdated);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_FILE_READER_H_
