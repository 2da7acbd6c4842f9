#ifndef ALLUXIO_RPC_VERSION_SERVICE_H_
#define ALLUXIO_RPC_VERSION_SERVICE_H_

#include <set>
#include <utility>

#include "grpc/version.grpc.pb.h"

namespace alluxio::rpc {

// `getServiceVersion`: which version of a service this server has. Needs no
// authentication. -1 for no type, NOT_FOUND for one that isn't served here.
class VersionService final : public grpc::version::ServiceVersionClientService::CallbackService {
 public:
  explicit VersionService(std::set<grpc::version::ServiceType> served) : served_(std::move(served)) {}

  ::grpc::ServerUnaryReactor* getServiceVersion(::grpc::CallbackServerContext* context,
                                                const grpc::version::GetServiceVersionPRequest* request,
                                                grpc::version::GetServiceVersionPResponse* response) override;

 private:
  const std::set<grpc::version::ServiceType> served_;
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_VERSION_SERVICE_H_
