#include <utility>

#include "alluxio/master/block/block_master.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/service/services.h"
#include "alluxio/rpc/unary.h"
#include "alluxio_native/master.grpc.pb.h"

namespace alluxio::master {
namespace {

constexpr int kMaxFileIds = 10'000;
// The file of a block: all bits of the sequence set.
constexpr int64_t kSequenceBits = 0xFFFFFF;

class NativeService final : public native::NativeMasterService::CallbackService {
 public:
  NativeService(const rpc::CallEnv& env, FileSystemMaster* files, BlockMaster* blocks)
      : env_(env), files_(files), blocks_(blocks) {}

  ::grpc::ServerUnaryReactor* CommitBlock(::grpc::CallbackServerContext* context,
                                          const native::CommitBlockRequest* request,
                                          native::CommitBlockResponse* response) override {
    return rpc::ServeUnary(
        env_, "alluxio.native.NativeMasterService/CommitBlock", context, request, response,
        [this](const rpc::Caller& caller, const native::CommitBlockRequest& q,
               rpc::Reply<native::CommitBlockResponse> reply) {
          // Before the commit, whose answer may come with the namespace locked.
          const int64_t file_id = q.commit().blockid() | kSequenceBits;
          const FileSystemMaster::ReadAccess access = files_->GetReadAccess({&file_id, 1});
          native::CommitBlockResponse answer;
          answer.set_readable_by_all(access.readable_by_all[0]);
          answer.set_access_generation(access.generation);
          blocks_->CommitBlock(caller, q.commit(),
                               [answer, reply = std::move(reply)](
                                   absl::StatusOr<grpc::block::CommitBlockPResponse> committed) mutable {
                                 if (!committed.ok()) return std::move(reply)(committed.status());
                                 std::move(reply)(answer);
                               });
        });
  }

  ::grpc::ServerUnaryReactor* GetReadAccess(::grpc::CallbackServerContext* context,
                                            const native::GetReadAccessRequest* request,
                                            native::GetReadAccessResponse* response) override {
    return rpc::ServeUnary(
        env_, "alluxio.native.NativeMasterService/GetReadAccess", context, request, response,
        [this](const rpc::Caller&, const native::GetReadAccessRequest& q,
               rpc::Reply<native::GetReadAccessResponse> reply) {
          if (q.file_ids_size() > kMaxFileIds) {
            return std::move(reply)(absl::InvalidArgumentError("GetReadAccess takes at most 10000 files"));
          }
          const FileSystemMaster::ReadAccess access = files_->GetReadAccess(q.file_ids());
          native::GetReadAccessResponse answer;
          answer.mutable_readable_by_all()->Add(access.readable_by_all.begin(), access.readable_by_all.end());
          answer.set_access_generation(access.generation);
          std::move(reply)(std::move(answer));
        });
  }

 private:
  const rpc::CallEnv env_;
  FileSystemMaster* const files_;
  BlockMaster* const blocks_;
};

}  // namespace

ServicePtr NewNativeMasterService(const rpc::CallEnv& env, FileSystemMaster* files, BlockMaster* blocks) {
  return {new NativeService(env, files, blocks), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
