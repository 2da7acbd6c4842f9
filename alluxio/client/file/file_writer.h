#ifndef ALLUXIO_CLIENT_FILE_FILE_WRITER_H_
#define ALLUXIO_CLIENT_FILE_FILE_WRITER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "alluxio/client/core.h"
#include "alluxio/client/file/file_out_stream.h"
#include "alluxio/client/types.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::client {

// What a file's writer needs besides what CreateFile answered.
struct WriterSettings {
  WriteType type = WriteType::kAsyncThrough;
  int initial_copies = 1;
  std::string location_policy;
  // What CreateFile was sent: asynchronous persistence repeats it.
  grpc::file::FileSystemMasterCommonPOptions common;
  int64_t persistence_wait_ms = 0;
  int write_tier = 0;
};

// The stream behind FileSystem::CreateFile. `path` as the master was told it,
// `status` its answer.
// INVALID_ARGUMENT: no such policy. UNAVAILABLE: THROUGH, and there is no worker.
absl::StatusOr<std::unique_ptr<FileOutStream>> OpenFileWriter(std::shared_ptr<ClientCore> core, std::string path,
                                                              UriStatus status, WriterSettings settings);

// A random operation id (PROTOCOL section 11.1).
grpc::file::FsOpPId NewOperationId(Random& random);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_FILE_WRITER_H_
