#ifndef ALLUXIO_MASTER_WEB_MASTER_VIEW_H_
#define ALLUXIO_MASTER_WEB_MASTER_VIEW_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpc/block_master.pb.h"
#include "grpc/file_system_master.pb.h"
#include "grpc/meta_master.pb.h"

namespace alluxio::master {

// What the web pages see of a master. Calls block, but not for long: with
// DEADLINE_EXCEEDED they give up. Thread-safe.
class MasterView {
 public:
  virtual ~MasterView() = default;

  // With block locations. Errors as of the call GetStatus.
  virtual absl::StatusOr<grpc::file::FileInfo> GetStatus(const std::string& path) = 0;

  struct Listing {
    std::vector<grpc::file::FileInfo> files;  // [offset, offset + limit) of them
    int64_t total = 0;
  };
  // By name.
  virtual absl::StatusOr<Listing> List(const std::string& path, int64_t offset, int64_t limit) = 0;
  // All files whose blocks are all in workers, by path, as far as a bounded walk
  // through the namespace finds them.
  virtual absl::StatusOr<Listing> FilesInAlluxio(int64_t offset, int64_t limit) = 0;

  // By Alluxio path.
  virtual absl::StatusOr<std::map<std::string, grpc::file::MountPointInfo>> MountTable() = 0;

  struct Worker {
    grpc::block::WorkerInfo info;
    int64_t blocks = 0;
  };
  // UNAVAILABLE in safe mode.
  virtual absl::StatusOr<std::vector<Worker>> LiveWorkers() = 0;
  virtual absl::StatusOr<std::vector<Worker>> LostWorkers() = 0;

  struct Totals {
    int live_workers = 0, lost_workers = 0;
    int64_t capacity_bytes = 0, used_bytes = 0;
    std::map<std::string, int64_t> capacity_on_tiers, used_on_tiers;
    int64_t unique_blocks = 0, block_replicas = 0;
  };
  virtual Totals GetTotals() = 0;

  virtual grpc::meta::ConfigCheckReport ConfigReport() = 0;
  virtual std::string ClusterId() = 0;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_WEB_MASTER_VIEW_H_
