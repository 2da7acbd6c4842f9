#include "testing/crash/crash_servers.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/shell/http_fetch.h"

namespace alluxio::test {
namespace {

using client::FileSystem;

constexpr char kUser[] = "crash";

int FreePort() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 0;
  }
  return ntohs(address.sin_port);
}

}  // namespace

CrashServers::CrashServers(const CrashLoopOptions& options)
    : options_(options),
      port_(FreePort()),
      master_web_port_(FreePort()),
      worker_port_(FreePort()),
      worker_web_port_(FreePort()) {}

absl::Status CrashServers::StartMaster() {
  std::vector<std::string> arguments = Common(options_.master_binary, "master");
  for (const std::string& more :
       {std::string("-Dalluxio.master.bind.host=127.0.0.1"), absl::StrCat("-Dalluxio.master.web.port=", master_web_port_),
        std::string("-Dalluxio.master.lost.worker.detection.interval=1s"),
        std::string("-Dalluxio.master.worker.connect.wait.time=300ms"),
        std::string("-Dalluxio.master.persistence.scheduler.interval=100ms"),
        std::string("-Dalluxio.master.persistence.checker.interval=100ms"),
        std::string("-Dalluxio.master.persistence.initial.interval=100ms"),
        std::string("-Dalluxio.master.persistence.max.interval=1s"),
        absl::StrCat("-Dalluxio.master.journal.folder=", options_.folder, "/journal"),
        absl::StrCat("-Dalluxio.master.metastore.dir=", options_.folder, "/metastore"),
        // So small that segments roll, are checkpointed and trimmed under the kills.
        std::string("-Dalluxio.master.journal.log.size.bytes.max=64KB"),
        absl::StrCat("-Dalluxio.master.mount.table.root.ufs=", options_.folder, "/ufs")}) {
    arguments.push_back(more);
  }
  return StartProcess(arguments, &master_);
}

absl::Status CrashServers::StartWorker() {
  std::vector<std::string> arguments = Common(options_.worker_binary, "worker");
  for (const std::string& more :
       {std::string("-Dalluxio.worker.bind.host=127.0.0.1"), std::string("-Dalluxio.worker.hostname=127.0.0.1"),
        absl::StrCat("-Dalluxio.worker.rpc.port=", worker_port_), absl::StrCat("-Dalluxio.worker.web.port=", worker_web_port_),
        absl::StrCat("-Dalluxio.worker.block.heartbeat.interval=", absl::ToInt64Milliseconds(kHeartbeat), "ms"),
        std::string("-Dalluxio.worker.ramdisk.size=256MB"),
        absl::StrCat("-Dalluxio.worker.tieredstore.level0.dirs.path=", options_.folder, "/ram")}) {
    arguments.push_back(more);
  }
  return StartProcess(arguments, &worker_);
}

absl::StatusOr<int64_t> CrashServers::HeartbeatsAnswered() const {
  ALLUXIO_ASSIGN_OR_RETURN(
      const std::string metrics,
      shell::HttpFetch({.host = "127.0.0.1", .port = master_web_port_, .target = "/metrics/prometheus/"}));
  int64_t beats = 0;
  for (const absl::string_view line : absl::StrSplit(metrics, '\n')) {
    if (!absl::StartsWith(line, "Master_BlockHeartbeat")) continue;
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, ' ');
    int64_t count = 0;
    if (absl::EndsWith(parts.first, "_count") && absl::SimpleAtoi(parts.second, &count)) beats += count;
  }
  return beats;
}

absl::Status CrashServers::WorkerWebAnswers() const {
  return shell::HttpFetch({.host = "127.0.0.1", .port = worker_web_port_, .target = "/metrics/prometheus/"}).status();
}

absl::StatusOr<std::unique_ptr<FileSystem>> CrashServers::Client(bool patient, bool local) const {
  ALLUXIO_ASSIGN_OR_RETURN(
      const conf::Configuration conf,
      conf::Configuration().With(
          {{"alluxio.master.hostname", "127.0.0.1"},
           {"alluxio.master.rpc.port", absl::StrCat(port_)},
           {"alluxio.security.login.username", kUser},
           {"alluxio.user.block.size.bytes.default", absl::StrCat(kCrashBlockBytes)},
           {"alluxio.user.short.circuit.enabled", local ? "true" : "false"},
           {"alluxio.user.rpc.retry.base.sleep", "10ms"},
           {"alluxio.user.rpc.retry.max.sleep", "50ms"},
           {"alluxio.user.rpc.retry.max.duration", patient ? "60s" : "100ms"},
           {"alluxio.user.file.write.init.max.duration", patient ? "60s" : "200ms"},
           {"alluxio.user.block.read.retry.sleep.base", "10ms"},
           {"alluxio.user.block.read.retry.sleep.max", "100ms"},
           {"alluxio.user.block.read.retry.max.duration", patient ? "20s" : "200ms"}}));
  return FileSystem::Create(conf);
}

std::vector<std::string> CrashServers::Common(const std::string& binary, const std::string& name) const {
  return {binary,
          "-Dalluxio.master.hostname=127.0.0.1",
          absl::StrCat("-Dalluxio.master.rpc.port=", port_),
          absl::StrCat("-Dalluxio.security.login.username=", kUser),
          absl::StrCat("-Dalluxio.work.dir=", options_.folder),
          absl::StrCat("-Dalluxio.logs.dir=", options_.folder, "/logs/", name)};
}

absl::Status CrashServers::StartProcess(const std::vector<std::string>& arguments,
                                        std::unique_ptr<ChildProcess>* process) {
  ALLUXIO_ASSIGN_OR_RETURN(*process, ChildProcess::Start(arguments, environment_));
  return absl::OkStatus();
}

void CrashServers::Kill(std::unique_ptr<ChildProcess>* process) {
  if (*process == nullptr) return;
  (*process)->Signal(SIGKILL);
  (*process)->Wait();
}

}  // namespace alluxio::test
