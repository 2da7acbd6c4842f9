#include "benchmarks/cluster/servers.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/client/block/block_master_client.h"

namespace alluxio::benchmarks {
namespace {

constexpr absl::Duration kStartPatience = absl::Seconds(60);

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int FreePort() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 0;
  }
  return ntohs(address.sin_port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const std::vector<std::string>& arguments,
                                                        const std::vector<std::string>& environment,
                                                        const std::string& output) {
  std::vector<char*> argv, envp;
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  for (const std::string& e : environment) envp.push_back(const_cast<char*>(e.c_str()));
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return ErrnoStatus(error, absl::StrCat("starting ", arguments[0]));
  return std::unique_ptr<Process>(new Process(pid));
}

Process::~Process() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  Wait();
}

int Process::Stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  return Wait();
}

int Process::Wait() {
  if (pid_ <= 0) return 0;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

absl::StatusOr<double> Process::MemoryMb() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/status"));
  int64_t kib = 0;
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "RssAnon:") && !absl::StartsWith(line, "RssFile:")) continue;
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t part = 0;
    if (words.size() >= 2 && absl::SimpleAtoi(words[1], &part)) kib += part;
  }
  if (kib == 0) return absl::UnavailableError("the process has ended: see its log");
  return static_cast<double>(kib) * 1024 / 1e6;
}

absl::Status WaitForPort(int port, absl::Time deadline) {
  const sockaddr_in address = Loopback(port);
  while (absl::Now() < deadline) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return absl::OkStatus();
    ::usleep(1000);  // there is nothing to be told by
  }
  return absl::UnavailableError(absl::StrCat("nothing listens on port ", port));
}

absl::StatusOr<std::unique_ptr<client::FileSystem>> ClientOf(
    const std::string& master, const std::string& user, bool authenticated,
    const std::vector<std::pair<std::string, std::string>>& properties) {
  const std::pair<std::string, std::string> address = absl::StrSplit(master, absl::MaxSplits(':', 1));
  std::vector<std::pair<std::string, std::string>> all = {
      {"alluxio.master.hostname", address.first},
      {"alluxio.master.rpc.port", address.second},
      {"alluxio.security.login.username", user},
      {"alluxio.security.authentication.type", authenticated ? "SIMPLE" : "NOSASL"}};
  all.insert(all.end(), properties.begin(), properties.end());
  ALLUXIO_ASSIGN_OR_RETURN(const conf::Configuration conf, conf::Configuration().With(all));
  return client::FileSystem::Create(conf);
}

absl::StatusOr<std::unique_ptr<Servers>> Servers::Create(ServersOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder + "/ufs", error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot make ", options.folder, ": ", error.message()));
  return std::unique_ptr<Servers>(new Servers(std::move(options)));
}

Servers::Servers(ServersOptions options)
    : options_(std::move(options)),
      block_folder_(absl::StrCat(options_.block_parent, "/alluxio-benchmark-blocks-", ::getpid())),
      master_port_(FreePort()),
      worker_port_(FreePort()) {}

Servers::~Servers() {
  StopWorker();
  StopMaster();
  std::error_code ignored;
  std::filesystem::remove_all(block_folder_, ignored);
}

std::string Servers::master_address() const { return absl::StrCat("127.0.0.1:", master_port_); }

std::vector<std::string> Servers::Common(const std::string& name) const {
  return {options_.binary,
          name,
          "-Dalluxio.master.hostname=127.0.0.1",
          absl::StrCat("-Dalluxio.master.rpc.port=", master_port_),
          absl::StrCat("-Dalluxio.work.dir=", options_.folder),
          absl::StrCat("-Dalluxio.logs.dir=", options_.folder, "/logs")};
}

absl::Status Servers::StartMaster() {
  std::vector<std::string> arguments = Common("master");
  for (const std::string& more : {std::string("-Dalluxio.master.bind.host=127.0.0.1"),
                                  std::string("-Dalluxio.master.web.port=0"),
                                  absl::StrCat("-Dalluxio.master.journal.folder=", journal_folder()),
                                  absl::StrCat("-Dalluxio.master.metastore.dir=", options_.folder, "/metastore"),
                                  absl::StrCat("-Dalluxio.master.mount.table.root.ufs=", ufs_folder())}) {
    arguments.push_back(more);
  }
  ALLUXIO_ASSIGN_OR_RETURN(master_, Process::Start(arguments, {}, options_.folder + "/master.out"));
  return Annotate(WaitForPort(master_port_, absl::Now() + kStartPatience),
                  absl::StrCat("the master (see ", options_.folder, "/master.out)"));
}

absl::Status Servers::StartWorker() {
  std::vector<std::string> arguments = Common("worker");
  for (const std::string& more :
       {std::string("-Dalluxio.worker.bind.host=127.0.0.1"), std::string("-Dalluxio.worker.hostname=127.0.0.1"),
        absl::StrCat("-Dalluxio.worker.rpc.port=", worker_port_), std::string("-Dalluxio.worker.web.port=0"),
        absl::StrCat("-Dalluxio.worker.ramdisk.size=", options_.worker_bytes),
        absl::StrCat("-Dalluxio.worker.tieredstore.level0.dirs.path=", block_folder_),
        absl::StrCat("-Dalluxio.worker.data.server.domain.socket.address=", options_.folder, "/worker.sock")}) {
    arguments.push_back(more);
  }
  ALLUXIO_ASSIGN_OR_RETURN(worker_, Process::Start(arguments, {}, options_.folder + "/worker.out"));
  ALLUXIO_ASSIGN_OR_RETURN(const auto fs, NewClient());
  const auto blocks = client::BlockMasterClient::Create(fs->context());
  for (const absl::Time deadline = absl::Now() + kStartPatience; absl::Now() < deadline; ::usleep(20'000)) {
    const auto workers = blocks->GetWorkerInfoList();
    if (workers.ok() && !workers->empty()) return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("the worker did not register: see ", options_.folder, "/worker.out"));
}

void Servers::StopMaster() {
  if (master_) master_->Stop();
  master_.reset();
}

void Servers::StopWorker() {
  if (worker_) worker_->Stop();
  worker_.reset();
}

absl::StatusOr<std::unique_ptr<client::FileSystem>> Servers::NewClient(
    const std::vector<std::pair<std::string, std::string>>& properties) const {
  return ClientOf(master_address(), "root", true, properties);
}

}  // namespace alluxio::benchmarks
