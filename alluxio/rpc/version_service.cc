#include "alluxio/rpc/version_service.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace alluxio::rpc {
namespace {

using grpc::version::ServiceType;

int64_t VersionOf(ServiceType type) {
  switch (type) {
    case grpc::version::UNKNOWN_SERVICE:
    case grpc::version::META_MASTER_BACKUP_MESSAGING_SERVICE:
      return -1;
    case grpc::version::FILE_SYSTEM_MASTER_CLIENT_SERVICE:
    case grpc::version::FILE_SYSTEM_MASTER_WORKER_SERVICE:
    case grpc::version::FILE_SYSTEM_MASTER_JOB_SERVICE:
    case grpc::version::BLOCK_MASTER_CLIENT_SERVICE:
    case grpc::version::BLOCK_MASTER_WORKER_SERVICE:
    case grpc::version::META_MASTER_CONFIG_SERVICE:
    case grpc::version::META_MASTER_CLIENT_SERVICE:
    case grpc::version::METRICS_MASTER_CLIENT_SERVICE:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

::grpc::ServerUnaryReactor* VersionService::getServiceVersion(::grpc::CallbackServerContext* context,
                                                              const grpc::version::GetServiceVersionPRequest* request,
                                                              grpc::version::GetServiceVersionPResponse* response) {
  auto* reactor = context->DefaultReactor();
  const ServiceType type = request->servicetype();
  const int64_t version = VersionOf(type);
  if (version != -1 && !served_.contains(type)) {
    reactor->Finish(::grpc::Status(::grpc::StatusCode::NOT_FOUND,
                                   absl::StrCat("Service ", grpc::version::ServiceType_Name(type), " is not found.")));
    return reactor;
  }
  response->set_version(version);
  reactor->Finish(::grpc::Status::OK);
  return reactor;
}

}  // namespace alluxio::rpc
