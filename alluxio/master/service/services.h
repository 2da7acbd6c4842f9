#ifndef ALLUXIO_MASTER_SERVICE_SERVICES_H_
#define ALLUXIO_MASTER_SERVICE_SERVICES_H_

#include <functional>
#include <memory>

#include "alluxio/rpc/call_env.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace alluxio {
class Executor;
}  // namespace alluxio

namespace alluxio::master {

class BackupMaster;
class BlockMaster;
class FileSystemMaster;
class JournalMaster;
class LoadScheduler;
class MetaMaster;
class MetricsMaster;
class SyncTasks;

// A service of the wire for rpc::ServerOptions::services. What it serves
// outlives it; it outlives its server.
using ServicePtr = std::unique_ptr<::grpc::Service, std::function<void(::grpc::Service*)>>;

ServicePtr NewFileSystemMasterClientService(const rpc::CallEnv& env, FileSystemMaster* master, SyncTasks* syncs,
                                            LoadScheduler* loads);
ServicePtr NewFileSystemMasterWorkerService(const rpc::CallEnv& env, FileSystemMaster* master);
ServicePtr NewFileSystemMasterJobService(const rpc::CallEnv& env, FileSystemMaster* master);

ServicePtr NewBlockMasterClientService(const rpc::CallEnv& env, BlockMaster* master);
// Large registrations are taken in on `executor`, which must have run dry before
// `master` goes.
ServicePtr NewBlockMasterWorkerService(const rpc::CallEnv& env, BlockMaster* master, Executor* executor);

// alluxio.native.NativeMasterService, for workers of ours.
ServicePtr NewNativeMasterService(const rpc::CallEnv& env, FileSystemMaster* files, BlockMaster* blocks);

// Needs no authentication.
ServicePtr NewMetaMasterConfigurationService(const rpc::CallEnv& env, MetaMaster* master);
ServicePtr NewMetaMasterClientService(const rpc::CallEnv& env, MetaMaster* master, BackupMaster* backups);
ServicePtr NewMetaMasterProxyService(const rpc::CallEnv& env, MetaMaster* master);
ServicePtr NewJournalMasterClientService(const rpc::CallEnv& env, JournalMaster* master);
ServicePtr NewMetricsMasterClientService(const rpc::CallEnv& env, MetricsMaster* master);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SERVICE_SERVICES_H_
