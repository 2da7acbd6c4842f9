#include "alluxio/master/load/list_files.h"

#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"

namespace alluxio::master {

LoadScheduler::ListFiles ListFilesOf(FileSystemCore* core) {
  return [core](const std::string& user, const std::string& path, const std::string& after,
                int limit) -> absl::StatusOr<LoadJob::Page> {
    grpc::file::ListStatusPartialPRequest request;
    request.set_path(path);
    grpc::file::ListStatusPartialPOptions& partial = *request.mutable_options();
    partial.set_batchsize(limit);
    partial.mutable_options()->set_recursive(true);
    partial.mutable_options()->set_loadmetadatatype(grpc::file::ONCE);
    if (!after.empty()) {
      partial.set_startafter(after);
      partial.mutable_options()->set_loadmetadatatype(grpc::file::NEVER);
      partial.mutable_options()->mutable_commonoptions()->set_syncintervalms(-1);
    }
    Call call = user.empty() ? core->SystemCall() : core->MakeCall(user, /*may_block=*/true);
    ALLUXIO_ASSIGN_OR_RETURN(auto response, core->ListStatusPartial(call, request));
    LoadJob::Page page;
    page.more = response.istruncated() && !response.fileinfos().empty();
    page.files.assign(std::make_move_iterator(response.mutable_fileinfos()->begin()),
                      std::make_move_iterator(response.mutable_fileinfos()->end()));
    if (!page.files.empty()) page.last_path = page.files.back().path();
    return page;
  };
}

}  // namespace alluxio::master
