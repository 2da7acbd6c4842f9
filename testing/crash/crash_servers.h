#ifndef ALLUXIO_TESTING_CRASH_CRASH_SERVERS_H_
#define ALLUXIO_TESTING_CRASH_CRASH_SERVERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/client/file/file_system.h"
#include "testing/crash/crash_loop.h"
#include "testing/integration/child_process.h"

namespace alluxio::test {

// Blocks of the clients' files.
inline constexpr int64_t kCrashBlockBytes = 64 << 10;
// A client's calls are cut short there, so that no fault hangs the loop.
inline constexpr absl::Duration kCrashPatience = absl::Seconds(60);

// One master and one worker, at ports that stay theirs over all restarts.
class CrashServers {
 public:
  // Of the worker's reports to the master.
  static constexpr absl::Duration kHeartbeat = absl::Milliseconds(200);

  // `options` outlives this.
  explicit CrashServers(const CrashLoopOptions& options);

  // For what is started from now on.
  void SetEnvironment(std::map<std::string, std::string> environment) { environment_ = std::move(environment); }

  absl::Status StartMaster();
  absl::Status StartWorker();
  void KillMaster() { Kill(&master_); }
  void KillWorker() { Kill(&worker_); }
  bool MasterRuns() const { return master_->Running(); }
  bool BothRun() const { return master_->Running() && worker_->Running(); }

  // How many of the worker's heartbeats this master has answered.
  absl::StatusOr<int64_t> HeartbeatsAnswered() const;
  // Whether the worker's metrics can be read.
  absl::Status WorkerWebAnswers() const;

  // Patient: its calls outlast a restart. Local: it opens block files itself.
  absl::StatusOr<std::unique_ptr<client::FileSystem>> Client(bool patient, bool local) const;

 private:
  std::vector<std::string> Common(const std::string& binary, const std::string& name) const;
  absl::Status StartProcess(const std::vector<std::string>& arguments, std::unique_ptr<ChildProcess>* process);
  static void Kill(std::unique_ptr<ChildProcess>* process);

  const CrashLoopOptions& options_;
  const int port_, master_web_port_;
  const int worker_port_, worker_web_port_;  // both are part of its identity
  std::map<std::string, std::string> environment_;
  std::unique_ptr<ChildProcess> master_;
  std::unique_ptr<ChildProcess> worker_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CRASH_CRASH_SERVERS_H_
