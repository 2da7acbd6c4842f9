#ifndef ALLUXIO_MASTER_SERVICE_SERVICES_H_
#define ALLUXIO_MASTER_SERVICE_SERVICES_H_

#include <functional>
#include <memory>

#include "alluxio/rpc/call_env.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace alluxio::master {

class FileSystemMaster;

// A service of the wire for rpc::ServerOptions::services. What it serves
// outlives it; it outlives its server.
using ServicePtr = std::unique_ptr<::grpc::Service, std::function<void(::grpc::Service*)>>;

ServicePtr NewFileSystemMasterClientService(const rpc::CallEnv& env, FileSystemMaster* master);
ServicePtr NewFileSystemMasterWorkerService(const rpc::CallEnv& env, FileSystemMaster* master);
ServicePtr NewFileSystemMasterJobService(const rpc::CallEnv& env, FileSystemMaster* master);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SERVICE_SERVICES_H_
