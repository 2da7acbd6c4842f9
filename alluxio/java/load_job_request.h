#ifndef ALLUXIO_JAVA_LOAD_JOB_REQUEST_H_
#define ALLUXIO_JAVA_LOAD_JOB_REQUEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::java {

// `alluxio.job.LoadJobRequest` of 2.9: what SubmitJobPRequest.request_body holds,
// serialised by Java, for `fs load --submit`.
struct LoadJobRequest {
  std::string path;
  grpc::file::LoadJobPOptions options;
};

// INVALID_ARGUMENT: not such an object, of another version of its class, or
// incomplete. UNIMPLEMENTED: another kind of job of the original (a copy).
absl::StatusOr<LoadJobRequest> ParseLoadJobRequest(absl::string_view body);

// The very bytes that the original's shell sends. INVALID_ARGUMENT: the path is not
// UTF-8, or longer than Java's short strings (64 KiB).
absl::StatusOr<std::string> SerializeLoadJobRequest(const LoadJobRequest& request);

}  // namespace alluxio::java

#endif  // ALLUXIO_JAVA_LOAD_JOB_REQUEST_H_
