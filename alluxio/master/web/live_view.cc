#include "alluxio/master/web/live_view.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/meta/meta_master.h"

namespace alluxio::master {
namespace {

// Entries that a walk for FilesInAlluxio looks at, at most.
constexpr int64_t kMaxWalked = 100'000;

absl::Status TooLate(absl::Duration timeout) {
  return absl::DeadlineExceededError(absl::StrCat("the master did not answer within ", absl::FormatDuration(timeout)));
}

// Runs a call and waits for its answer.
template <typename Response, typename Call>
absl::StatusOr<Response> Await(absl::Duration timeout, Call call) {
  struct State {
    Notification done;
    absl::StatusOr<Response> result = absl::UnknownError("");
  };
  auto state = std::make_shared<State>();
  call([state](absl::StatusOr<Response> result) {
    state->result = std::move(result);
    state->done.Notify();
  });
  if (!state->done.WaitFor(timeout)) return TooLate(timeout);
  return std::move(state->result);
}

// Gathers a window of a listing while the rest streams by.
struct Gathering {
  Notification done;
  std::atomic<bool> abandoned{false};  // nobody waits any more
  absl::Status status;
  MasterView::Listing listing;
  int64_t walked = 0;
};

class LiveView final : public MasterView {
 public:
  explicit LiveView(LiveViewOptions options) : options_(std::move(options)) {}

  absl::StatusOr<grpc::file::FileInfo> GetStatus(const std::string& path) override {
    grpc::file::GetStatusPRequest request;
    request.set_path(path);
    // Looking at a file is no use of it.
    request.mutable_options()->set_updatetimestamps(false);
    ALLUXIO_ASSIGN_OR_RETURN(auto response,
                             Await<grpc::file::GetStatusPResponse>(options_.timeout, [&](auto reply) {
                               options_.files->GetStatus(options_.caller, request, std::move(reply));
                             }));
    return std::move(*response.mutable_fileinfo());
  }

  absl::StatusOr<Listing> List(const std::string& path, int64_t offset, int64_t limit) override {
    grpc::file::ListStatusPRequest request;
    request.set_path(path);
    return Gather(request, offset, limit, INT64_MAX, [](const grpc::file::FileInfo&) { return true; });
  }

  absl::StatusOr<Listing> FilesInAlluxio(int64_t offset, int64_t limit) override {
    grpc::file::ListStatusPRequest request;
    request.set_path("/");
    request.mutable_options()->set_recursive(true);
    request.mutable_options()->set_loadmetadatatype(grpc::file::NEVER);
    return Gather(request, offset, limit, kMaxWalked, [](const grpc::file::FileInfo& info) {
      return !info.folder() && info.inalluxiopercentage() == 100;
    });
  }

  absl::StatusOr<std::map<std::string, grpc::file::MountPointInfo>> MountTable() override {
    grpc::file::GetMountTablePRequest request;
    request.set_checkufs(true);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response,
                             Await<grpc::file::GetMountTablePResponse>(options_.timeout, [&](auto reply) {
                               options_.files->GetMountTable(options_.caller, request, std::move(reply));
                             }));
    return std::map<std::string, grpc::file::MountPointInfo>(response.mountpoints().begin(),
                                                             response.mountpoints().end());
  }

  absl::StatusOr<std::vector<Worker>> LiveWorkers() override { return Workers(grpc::block::LIVE); }
  absl::StatusOr<std::vector<Worker>> LostWorkers() override { return Workers(grpc::block::LOST); }

  Totals GetTotals() override {
    const BlockMaster::Totals totals = options_.blocks->GetTotals();
    return {.live_workers = totals.live_workers,
            .lost_workers = totals.lost_workers,
            .capacity_bytes = totals.capacity_bytes,
            .used_bytes = totals.used_bytes,
            .capacity_on_tiers = totals.capacity_on_tiers,
            .used_on_tiers = totals.used_on_tiers,
            .unique_blocks = totals.unique_blocks,
            .block_replicas = totals.block_replicas};
  }

  grpc::meta::ConfigCheckReport ConfigReport() override {
    auto response = Await<grpc::meta::GetConfigReportPResponse>(options_.timeout, [&](auto reply) {
      options_.meta->GetConfigReport(options_.caller, grpc::meta::GetConfigReportPOptions(), std::move(reply));
    });
    if (response.ok()) return response->report();
    grpc::meta::ConfigCheckReport failed;
    failed.set_status(grpc::meta::FAILED);
    return failed;
  }

  std::string ClusterId() override { return options_.meta->cluster_id(); }

 private:
  absl::StatusOr<Listing> Gather(const grpc::file::ListStatusPRequest& request, int64_t offset, int64_t limit,
                                 int64_t max_walked, bool (*wanted)(const grpc::file::FileInfo&)) {
    auto state = std::make_shared<Gathering>();
    options_.files->ListStatus(
        options_.caller, request,
        [state, offset, limit, max_walked, wanted](const grpc::file::ListStatusPResponse& response) {
          if (state->abandoned.load(std::memory_order_relaxed)) return false;
          for (const grpc::file::FileInfo& info : response.fileinfos()) {
            if (++state->walked > max_walked) return false;
            if (!wanted(info)) continue;
            Listing& listing = state->listing;
            if (listing.total >= offset && listing.total < offset + limit) listing.files.push_back(info);
            ++listing.total;
          }
          return true;
        },
        [state](absl::Status status) {
          state->status = std::move(status);
          state->done.Notify();
        });
    if (!state->done.WaitFor(options_.timeout)) {
      state->abandoned.store(true, std::memory_order_relaxed);
      return TooLate(options_.timeout);
    }
    if (!state->status.ok() && state->walked <= max_walked) return state->status;
    return std::move(state->listing);
  }

  absl::StatusOr<std::vector<Worker>> Workers(grpc::block::WorkerRange range) {
    grpc::block::GetWorkerReportPOptions request;
    request.set_workerrange(range);
    ALLUXIO_ASSIGN_OR_RETURN(auto response,
                             Await<grpc::block::GetWorkerInfoListPResponse>(options_.timeout, [&](auto reply) {
                               options_.blocks->GetWorkerReport(options_.caller, request, std::move(reply));
                             }));
    const auto counts = options_.blocks->BlockCounts();
    std::vector<Worker> workers;
    for (grpc::block::WorkerInfo& info : *response.mutable_workerinfos()) {
      const auto count = counts.find(info.id());
      workers.push_back({std::move(info), count == counts.end() ? 0 : count->second});
    }
    std::sort(workers.begin(), workers.end(), [](const Worker& a, const Worker& b) {
      return std::pair(a.info.address().host(), a.info.address().rpcport()) <
             std::pair(b.info.address().host(), b.info.address().rpcport());
    });
    return workers;
  }

  const LiveViewOptions options_;
};

}  // namespace

std::unique_ptr<MasterView> NewLiveView(LiveViewOptions options) {
  return std::make_unique<LiveView>(std::move(options));
}

}  // namespace alluxio::master
