#include "alluxio/client/file/sync_task_client.h"

#include "alluxio/base/status_macros.h"
#include "alluxio/client/core.h"
#include "alluxio/stub/file_system_methods.h"

namespace alluxio::client {
namespace {

using Task = SyncTaskClient::Task;

ClientCore& CoreOf(const std::shared_ptr<ClientContext>& context) { return static_cast<ClientCore&>(*context); }

grpc::file::SyncMetadataPRequest RequestOf(const std::string& path, SyncTaskClient::Extent extent,
                                           SyncTaskClient::Order order) {
  grpc::file::SyncMetadataPRequest request;
  request.set_path(path);
  request.mutable_options()->set_loaddescendanttype(static_cast<grpc::fscommon::LoadDescendantPType>(extent));
  request.mutable_options()->set_directoryloadtype(static_cast<grpc::fscommon::DirectoryLoadPType>(order));
  return request;
}

template <typename Response>
std::vector<Task> TasksOf(const Response& response) {
  std::vector<Task> tasks;
  for (const grpc::file::SyncMetadataTask& from : response.task()) {
    Task& task = tasks.emplace_back();
    task.id = from.id();
    task.state = static_cast<SyncTaskClient::State>(from.state());
    task.duration_ms = from.syncdurationms();
    task.operations = from.successopcount();
    if (from.has_exception()) {
      task.exception = Task::Exception{from.exception().exceptiontype(), from.exception().exceptionmessage(),
                                       from.exception().stacktrace()};
    }
    task.info = from.taskinfostring();
    task.stats = from.taskstatstring();
  }
  return tasks;
}

}  // namespace

absl::StatusOr<std::vector<Task>> SyncTaskClient::Sync(const std::string& path, Extent extent, Order order) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto response,
                           CoreOf(context_).master().Call(stub::kSyncMetadata, RequestOf(path, extent, order)));
  return TasksOf(response);
}

absl::StatusOr<SyncTaskClient::Group> SyncTaskClient::SyncAsync(const std::string& path, Extent extent, Order order) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto response,
                           CoreOf(context_).master().Call(stub::kSyncMetadataAsync, RequestOf(path, extent, order)));
  return Group{response.taskgroupid(), {response.taskids().begin(), response.taskids().end()}};
}

absl::StatusOr<std::vector<Task>> SyncTaskClient::Progress(int64_t group_id) {
  grpc::file::GetSyncProgressPRequest request;
  request.set_taskgroupid(group_id);
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, CoreOf(context_).master().Call(stub::kGetSyncProgress, request));
  return TasksOf(response);
}

absl::Status SyncTaskClient::Cancel(int64_t group_id) {
  grpc::file::CancelSyncMetadataPRequest request;
  request.set_taskgroupid(group_id);
  return CoreOf(context_).master().Call(stub::kCancelSyncMetadata, request).status();
}

}  // namespace alluxio::client
