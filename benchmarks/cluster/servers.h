#ifndef ALLUXIO_BENCHMARKS_CLUSTER_SERVERS_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_SERVERS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/client/file/file_system.h"

namespace alluxio::benchmarks {

// One program as a child process; its output goes to a file. Killed and waited
// for when this goes.
class Process {
 public:
  static absl::StatusOr<std::unique_ptr<Process>> Start(const std::vector<std::string>& arguments,
                                                        const std::vector<std::string>& environment,
                                                        const std::string& output);
  ~Process();

  // SIGTERM, then waits: exit code, or -signal.
  int Stop();
  // Waits for it to end by itself.
  int Wait();
  // RssAnon + RssFile of now, in MB (10^6 bytes).
  absl::StatusOr<double> MemoryMb() const;

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

struct ServersOptions {
  std::string binary;        // alluxio, the program that is all programs
  std::string folder;        // journal, metastore, under store, logs, socket
  std::string block_parent;  // blocks go to a folder in it; on tmpfs
  int64_t worker_bytes = int64_t{1280} << 20;
};

// A master and a worker of our own, with what a site would configure: durable
// journal and RocksDB on disk, blocks on tmpfs, a domain socket.
class Servers {
 public:
  static absl::StatusOr<std::unique_ptr<Servers>> Create(ServersOptions options);
  ~Servers();

  absl::Status StartMaster();
  // Waits until it has registered: the cluster has the room that it brings.
  absl::Status StartWorker();
  void StopMaster();
  void StopWorker();

  Process& master() { return *master_; }
  Process& worker() { return *worker_; }

  // Where the master serves; and a client of it with `properties` put over.
  std::string master_address() const;
  absl::StatusOr<std::unique_ptr<client::FileSystem>> NewClient(
      const std::vector<std::pair<std::string, std::string>>& properties = {}) const;

  std::string ufs_folder() const { return options_.folder + "/ufs"; }
  std::string journal_folder() const { return options_.folder + "/journal"; }
  const std::string& block_folder() const { return block_folder_; }
  const std::string& binary() const { return options_.binary; }
  const std::string& folder() const { return options_.folder; }

 private:
  explicit Servers(ServersOptions options);
  std::vector<std::string> Common(const std::string& name) const;

  const ServersOptions options_;
  const std::string block_folder_;
  const int master_port_;
  const int worker_port_;
  std::unique_ptr<Process> master_;
  std::unique_ptr<Process> worker_;
};

// A client of any cluster.
absl::StatusOr<std::unique_ptr<client::FileSystem>> ClientOf(
    const std::string& master, const std::string& user, bool authenticated,
    const std::vector<std::pair<std::string, std::string>>& properties);

// Returns when something accepts connections there. UNAVAILABLE: not by `deadline`.
absl::Status WaitForPort(int port, absl::Time deadline);

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_SERVERS_H_
