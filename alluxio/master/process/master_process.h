#ifndef ALLUXIO_MASTER_PROCESS_MASTER_PROCESS_H_
#define ALLUXIO_MASTER_PROCESS_MASTER_PROCESS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::metrics {
class MetricsRegistry;
}  // namespace alluxio::metrics

namespace alluxio::ufs {
class UfsRegistry;
}  // namespace alluxio::ufs

namespace alluxio::master {

class BlockMaster;
class FileSystemMaster;

struct MasterOptions {
  conf::Configuration conf;
  Clock* clock = Clock::System();
  Random* random = Random::System();
  // Heartbeats run only when asked for (RunHeartbeat).
  bool stepped_heartbeats = false;
  // Safe mode ends as soon as so many workers have registered. 0: as many as there
  // were before the restart; it takes its time if that isn't known either.
  int expected_workers = 0;
  // Serves HTTP as well, at `alluxio.master.web.port`: REST calls, metrics, pages.
  bool web = false;
  // How the pages read files (MasterWebOptions::read_file); null: they don't.
  std::function<absl::StatusOr<std::string>(const std::string& path, int64_t offset, int64_t length)> read_file;
  // Null: one with the local store. Else not owned, outlives the process.
  const ufs::UfsRegistry* ufs_registry = nullptr;
};

// A whole master in this process: journal, metastore, namespace, blocks,
// heartbeats, and the gRPC server before them. What `main` and the test cluster
// start; nothing of it is global, several can live side by side.
//
// Thread-safe.
class MasterProcess {
 public:
  // Serves when it returns. A missing journal or metastore is made. Port 0 takes
  // a free one.
  //
  // Errors: those of StorageOptionsOf, OpenStorage, StateMachine::Replay,
  // FileSystemMaster::Start and rpc::RpcServer::Start; each says in one line what
  // to do.
  static absl::StatusOr<std::unique_ptr<MasterProcess>> Start(MasterOptions options);

  // Stop.
  ~MasterProcess();

  int port() const;
  // 0 while HTTP is not served.
  int web_port() const;
  // host:port for clients: `alluxio.master.hostname`, else localhost.
  std::string address() const;

  // One round of a heartbeat, by the original's name ("Master TTL Check", ...).
  // NOT_FOUND: no such heartbeat.
  absl::Status RunHeartbeat(absl::string_view name);

  // Lets running calls end for `grace`, then stops everything and closes the
  // journal. Idempotent.
  void Stop(absl::Duration grace = absl::Seconds(1));

  FileSystemMaster& file_system();
  BlockMaster& blocks();
  metrics::MetricsRegistry& metrics();

 private:
  struct Parts;
  explicit MasterProcess(std::unique_ptr<Parts> parts);
  const std::unique_ptr<Parts> parts_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_PROCESS_MASTER_PROCESS_H_
