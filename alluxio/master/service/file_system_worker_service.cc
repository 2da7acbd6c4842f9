#include <utility>

#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
#include "grpc/file_system_master.grpc.pb.h"

namespace alluxio::master {
namespace {

using namespace grpc::file;  // NOLINT

#define ALLUXIO_SERVICE "alluxio.grpc.file.FileSystemMasterWorkerService/"
class WorkerService final : public FileSystemMasterWorkerService::CallbackService {
 public:
  WorkerService(const rpc::CallEnv& env, FileSystemMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(GetFileInfo, GetFileInfoPRequest, GetFileInfoPResponse)
  ALLUXIO_SERVE(GetPinnedFileIds, GetPinnedFileIdsPRequest, GetPinnedFileIdsPResponse)
  ALLUXIO_SERVE(GetUfsInfo, GetUfsInfoPRequest, GetUfsInfoPResponse)

 private:
  const rpc::CallEnv env_;
  FileSystemMaster* const master_;
};
#undef ALLUXIO_SERVICE

#define ALLUXIO_SERVICE "alluxio.grpc.file.FileSystemMasterJobService/"
class JobService final : public FileSystemMasterJobService::CallbackService {
 public:
  JobService(const rpc::CallEnv& env, FileSystemMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(GetFileInfo, GetFileInfoPRequest, GetFileInfoPResponse)
  ALLUXIO_SERVE(GetUfsInfo, GetUfsInfoPRequest, GetUfsInfoPResponse)

 private:
  const rpc::CallEnv env_;
  FileSystemMaster* const master_;
};
#undef ALLUXIO_SERVICE

}  // namespace

ServicePtr NewFileSystemMasterWorkerService(const rpc::CallEnv& env, FileSystemMaster* master) {
  return {new WorkerService(env, master), std::default_delete<::grpc::Service>()};
}

ServicePtr NewFileSystemMasterJobService(const rpc::CallEnv& env, FileSystemMaster* master) {
  return {new JobService(env, master), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
