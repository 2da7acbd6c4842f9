#include "alluxio/client/file/load_job_client.h"

#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/client/core.h"
#include "alluxio/java/load_job_request.h"
#include "alluxio/stub/file_system_methods.h"

namespace alluxio::client {
namespace {

ClientCore& CoreOf(const std::shared_ptr<ClientContext>& context) { return static_cast<ClientCore&>(*context); }

grpc::file::JobDescription DescriptionOf(const std::string& path) {
  grpc::file::JobDescription description;
  description.set_type("load");
  description.set_path(path);
  return description;
}

}  // namespace

absl::StatusOr<std::string> LoadJobClient::Submit(const std::string& path, const Options& options) {
  java::LoadJobRequest job = {.path = path};
  if (options.bandwidth.has_value()) job.options.set_bandwidth(*options.bandwidth);
  job.options.set_verify(options.verify);
  job.options.set_partiallisting(options.partial_listing);
  grpc::file::SubmitJobPRequest request;
  ALLUXIO_ASSIGN_OR_RETURN(*request.mutable_request_body(), java::SerializeLoadJobRequest(job));
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, CoreOf(context_).master().Call(stub::kSubmitJob, request));
  return response.jobid();
}

absl::StatusOr<bool> LoadJobClient::Stop(const std::string& path) {
  grpc::file::StopJobPRequest request;
  *request.mutable_jobdescription() = DescriptionOf(path);
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, CoreOf(context_).master().Call(stub::kStopJob, request));
  return response.jobstopped();
}

absl::StatusOr<std::string> LoadJobClient::Progress(const std::string& path, Format format, bool verbose) {
  grpc::file::GetJobProgressPRequest request;
  *request.mutable_jobdescription() = DescriptionOf(path);
  request.mutable_options()->set_format(format == Format::kJson ? grpc::file::JSON : grpc::file::TEXT);
  request.mutable_options()->set_verbose(verbose);
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, CoreOf(context_).master().Call(stub::kGetJobProgress, request));
  return response.progressreport();
}

}  // namespace alluxio::client
