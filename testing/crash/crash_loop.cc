#include "testing/crash/crash_loop.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/client/file/file_system.h"
#include "testing/integration/child_process.h"

namespace alluxio::test {
namespace {

namespace fs = std::filesystem;
using client::FileSystem;
using client::UriStatus;
using client::WriteType;

constexpr int64_t kBlockBytes = 64 << 10;
constexpr size_t kFilesPerClient = 24;
constexpr char kUser[] = "crash";
// A client's calls are cut short there, so that no fault hangs the loop.
constexpr absl::Duration kPatience = absl::Seconds(60);

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

struct File {
  uint64_t seed = 0;
  int64_t length = 0;
  WriteType type = WriteType::kMustCache;
  std::optional<uint32_t> mode;  // once it was changed
};

std::string ContentOf(const File& file) {
  std::string content(static_cast<size_t>(file.length), '\0');
  uint64_t state = file.seed | 1;
  for (size_t i = 0; i < content.size(); i += 8) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    std::memcpy(&content[i], &state, std::min<size_t>(8, content.size() - i));
  }
  return content;
}

// Regular files, while others come and go.
std::vector<std::string> FilesBelow(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  do {
    files.clear();
    error.clear();
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      std::error_code gone;
      if (at->is_regular_file(gone)) files.push_back(at->path());
    }
  } while (error);
  return files;
}

// Sees the operation's place in the run in every message.
absl::Status Wrong(absl::string_view what, const std::string& path, const absl::Status& status = absl::OkStatus()) {
  return absl::DataLossError(absl::StrCat(path, ": ", what, status.ok() ? "" : ": ", status.ToString()));
}

// --- the two processes -------------------------------------------------------

class Servers {
 public:
  explicit Servers(const CrashLoopOptions& options) : options_(options), port_(FreePort()) {}

  // For what is started from now on.
  void SetEnvironment(std::map<std::string, std::string> environment) { environment_ = std::move(environment); }

  absl::Status StartMaster() {
    std::vector<std::string> arguments = Common(options_.master_binary, "master");
    for (const std::string& more :
         {std::string("-Dalluxio.master.bind.host=127.0.0.1"), std::string("-Dalluxio.master.web.port=0"),
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
  absl::Status StartWorker() {
    std::vector<std::string> arguments = Common(options_.worker_binary, "worker");
    for (const std::string& more :
         {std::string("-Dalluxio.worker.bind.host=127.0.0.1"), std::string("-Dalluxio.worker.hostname=127.0.0.1"),
          absl::StrCat("-Dalluxio.worker.rpc.port=", worker_port_), absl::StrCat("-Dalluxio.worker.web.port=", worker_web_port_),
          std::string("-Dalluxio.worker.block.heartbeat.interval=200ms"),
          std::string("-Dalluxio.worker.ramdisk.size=256MB"),
          absl::StrCat("-Dalluxio.worker.tieredstore.level0.dirs.path=", options_.folder, "/ram")}) {
      arguments.push_back(more);
    }
    return StartProcess(arguments, &worker_);
  }
  void KillMaster() { Kill(&master_); }
  void KillWorker() { Kill(&worker_); }
  bool BothRun() const { return master_->Running() && worker_->Running(); }

  absl::StatusOr<std::unique_ptr<FileSystem>> Client(bool patient, bool local) const {
    ALLUXIO_ASSIGN_OR_RETURN(
        const conf::Configuration conf,
        conf::Configuration().With(
            {{"alluxio.master.hostname", "127.0.0.1"},
             {"alluxio.master.rpc.port", absl::StrCat(port_)},
             {"alluxio.security.login.username", kUser},
             {"alluxio.user.block.size.bytes.default", absl::StrCat(kBlockBytes)},
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

 private:
  std::vector<std::string> Common(const std::string& binary, const std::string& name) const {
    return {binary,
            "-Dalluxio.master.hostname=127.0.0.1",
            absl::StrCat("-Dalluxio.master.rpc.port=", port_),
            absl::StrCat("-Dalluxio.security.login.username=", kUser),
            absl::StrCat("-Dalluxio.work.dir=", options_.folder),
            absl::StrCat("-Dalluxio.logs.dir=", options_.folder, "/logs/", name)};
  }
  absl::Status StartProcess(const std::vector<std::string>& arguments, std::unique_ptr<ChildProcess>* process) {
    ALLUXIO_ASSIGN_OR_RETURN(*process, ChildProcess::Start(arguments, environment_));
    return absl::OkStatus();
  }
  static void Kill(std::unique_ptr<ChildProcess>* process) {
    if (*process == nullptr) return;
    (*process)->Signal(SIGKILL);
    (*process)->Wait();
  }

  const CrashLoopOptions& options_;
  const int port_;
  const int worker_port_ = FreePort();
  const int worker_web_port_ = FreePort();  // part of its identity, as the other
  std::map<std::string, std::string> environment_;
  std::unique_ptr<ChildProcess> master_;
  std::unique_ptr<ChildProcess> worker_;
};

// --- one client, and what it was told ----------------------------------------

class Client {
 public:
  Client(int number, uint64_t seed) : folder_(absl::StrCat("/c", number)), random_(Random::Seeded(seed)) {}

  const std::string& folder() const { return folder_; }
  const std::map<std::string, File>& files() const { return files_; }

  // Works until `stop`, or until an operation's end can't be known.
  void Work(FileSystem& fs, const std::atomic<bool>& stop, std::atomic<int64_t>* acknowledged) {
    while (!stop) {
      const absl::Status done = Step(fs);
      if (!done.ok()) {
        error_ = done;
        return;
      }
      ++*acknowledged;
    }
  }
  const absl::Status& error() const { return error_; }

  // The same where errors are expected: it goes on after them as long as it knows
  // what became of the operation.
  void WorkOnErrors(FileSystem& fs, const std::atomic<bool>& stop, std::atomic<int64_t>* acknowledged) {
    CrashLoopReport ignored;
    while (!stop) {
      const absl::Status done = Step(fs);
      if (done.ok()) {
        ++*acknowledged;
        continue;
      }
      error_ = done;
      if (absl::IsDataLoss(done) || ++errors_ > 3) break;
      const std::optional<Unknown> kept = unknown_;
      if (!Settle(fs, &ignored).ok()) {
        unknown_ = kept;
        break;
      }
    }
    errors_ = 0;
  }

  // After the restart: finds out what became of the operation under way.
  absl::Status Settle(FileSystem& fs, CrashLoopReport* report) {
    error_ = absl::OkStatus();
    if (!unknown_.has_value()) return absl::OkStatus();
    const Unknown op = *std::exchange(unknown_, std::nullopt);
    ++report->unknown;
    // A change of a persisted file is one in the under store, then one in the
    // journal. A death in between shows until the next sync, as in the original.
    for (const std::string& path : {op.source, op.target}) {
      if (!path.empty()) fs.GetStatus(path, {.sync_interval_ms = 0}).status().IgnoreError();
    }
    if (op.mode.has_value()) {
      ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(op.source));
      if (status.mode == *op.mode) {
        files_.at(op.source).mode = op.mode;
        ++report->unknown_done;
      }
      return absl::OkStatus();
    }
    if (op.target.empty()) {
      ALLUXIO_ASSIGN_OR_RETURN(const bool there, fs.Exists(op.source));
      if (op.file.has_value()) return SettleWrite(fs, op, there, report);
      if (!there) {
        files_.erase(op.source);
        ++report->unknown_done;
      }
      return absl::OkStatus();  // what is still there is checked with the others
    }
    ALLUXIO_ASSIGN_OR_RETURN(const bool before, fs.Exists(op.source));
    ALLUXIO_ASSIGN_OR_RETURN(const bool after, fs.Exists(op.target));
    if (before == after) return Wrong(before ? "is there under both names" : "is gone from both names", op.source);
    if (after) {
      Rename(op.source, op.target);
      ++report->unknown_done;
    }
    return absl::OkStatus();
  }

  // Everything that was acknowledged is there, and nothing else. Adds the blocks.
  absl::Status Check(FileSystem& fs, std::set<int64_t>* blocks, CrashLoopReport* report) const {
    const auto listing = fs.ListStatus(folder_);
    if (!listing.ok()) return Wrong("can't be listed", folder_, listing.status());
    std::set<std::string> listed;
    for (const UriStatus& status : *listing) {
      listed.insert(status.path);
      const auto known = files_.find(status.path);
      if (known == files_.end()) return Wrong("is there, though it was never made, or was removed", status.path);
      ALLUXIO_RETURN_IF_ERROR(CheckFile(fs, status, known->second, report));
      blocks->insert(status.block_ids.begin(), status.block_ids.end());
    }
    for (const auto& [path, file] : files_) {
      if (listed.count(path) == 0) return Wrong("was acknowledged and is lost", path);
    }
    return absl::OkStatus();
  }

 private:
  // An operation whose answer was not received.
  struct Unknown {
    std::string source;
    std::string target;        // of a rename
    std::optional<File> file;  // of a write
    std::optional<uint32_t> mode;  // of a chmod
  };

  static absl::Status CheckFile(FileSystem& fs, const UriStatus& status, const File& file, CrashLoopReport* report) {
    if (!status.completed) return Wrong("was acknowledged as complete, and is open", status.path);
    if (status.length != file.length) {
      return Wrong(absl::StrCat("has ", status.length, " bytes instead of ", file.length), status.path);
    }
    if (file.type == WriteType::kCacheThrough && !status.persisted) return Wrong("is not persisted", status.path);
    if (file.mode.has_value() && status.mode != *file.mode) {
      return Wrong(absl::StrCat("has mode ", status.mode, " instead of ", *file.mode), status.path);
    }
    const std::string expected = ContentOf(file);
    std::string content(expected.size(), '\0');
    const auto in = fs.OpenFile(status);
    if (!in.ok()) return Annotate(in.status(), status.path + " can't be opened");
    const auto n = (*in)->ReadAt(0, std::as_writable_bytes(std::span(content.data(), content.size())));
    if (!n.ok()) return Annotate(n.status(), status.path + " can't be read");
    if (*n != expected.size() || content != expected) {
      const size_t at = static_cast<size_t>(
          std::mismatch(content.begin(), content.end(), expected.begin()).first - content.begin());
      return Wrong(absl::StrCat("has a wrong byte at ", at, " of ", expected.size(), " (", *n, " were read)"),
                   status.path);
    }
    ++report->checked_files;
    report->checked_bytes += file.length;
    return absl::OkStatus();
  }

  absl::Status SettleWrite(FileSystem& fs, const Unknown& op, bool there, CrashLoopReport* report) {
    if (!there) return absl::OkStatus();
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(op.source));
    if (status.completed) {
      files_[op.source] = *op.file;  // and so it is checked with the others
      ++report->unknown_done;
      return absl::OkStatus();
    }
    ++report->left_open;
    const absl::Status removed = fs.Delete(op.source);
    return removed.ok() ? removed : Wrong("was left open and can't be removed", op.source, removed);
  }

  absl::Status Step(FileSystem& fs) {
    const uint64_t kind = random_->Next() % 9;
    if (files_.size() < 2 || (kind < 4 && files_.size() < kFilesPerClient)) return Write(fs);
    const auto file = std::next(files_.begin(), static_cast<ptrdiff_t>(random_->Next() % files_.size()));
    const std::string path = file->first;
    if (kind < 6) {
      unknown_ = {.source = path};
      ALLUXIO_RETURN_IF_ERROR(Annotate(fs.Delete(path), absl::StrCat("removing ", path)));
      unknown_.reset();
      files_.erase(path);
    } else if (kind == 6) {
      const std::string target = NewPath();
      unknown_ = {.source = path, .target = target};
      ALLUXIO_RETURN_IF_ERROR(Annotate(fs.Rename(path, target), absl::StrCat("renaming ", path)));
      unknown_.reset();
      Rename(path, target);
    } else if (kind == 7) {
      const uint32_t mode = file->second.mode == 0600u ? 0640 : 0600;
      unknown_ = {.source = path, .mode = mode};
      ALLUXIO_RETURN_IF_ERROR(Annotate(fs.SetAttribute(path, {.mode = mode}), absl::StrCat("chmod of ", path)));
      unknown_.reset();
      file->second.mode = mode;
    } else {
      CrashLoopReport ignored;
      const auto status = fs.GetStatus(path);
      ALLUXIO_RETURN_IF_ERROR(Annotate(status.status(), absl::StrCat("looking at ", path)));
      return CheckFile(fs, *status, file->second, &ignored);
    }
    return absl::OkStatus();
  }

  absl::Status Write(FileSystem& fs) {
    static constexpr WriteType types[] = {WriteType::kMustCache, WriteType::kMustCache, WriteType::kCacheThrough,
                                          WriteType::kAsyncThrough};
    const std::string path = NewPath();
    const uint64_t size = random_->Next();
    const File file{.seed = random_->Next(),
                    .length = static_cast<int64_t>(size % 4 == 0 ? size / 4 % (3 * kBlockBytes) : size / 4 % 5000),
                    .type = types[random_->Next() % std::size(types)]};
    unknown_ = {.source = path, .file = file};
    const auto write = [&]() -> absl::Status {
      ALLUXIO_ASSIGN_OR_RETURN(const auto out, fs.CreateFile(path, {.recursive = true, .write_type = file.type}));
      const std::string content = ContentOf(file);
      if (absl::Status written = out->Write(absl::string_view(content)); !written.ok()) {
        out->Cancel().IgnoreError();  // the first error counts
        return written;
      }
      return out->Close();
    };
    ALLUXIO_RETURN_IF_ERROR(Annotate(write(), absl::StrCat("writing ", path)));
    unknown_.reset();
    files_[path] = file;
    return absl::OkStatus();
  }

  std::string NewPath() { return absl::StrCat(folder_, "/f", ++last_name_); }
  void Rename(const std::string& from, const std::string& to) {
    files_[to] = files_.at(from);
    files_.erase(from);
  }

  const std::string folder_;
  const std::unique_ptr<Random> random_;
  std::map<std::string, File> files_;
  std::optional<Unknown> unknown_;
  int last_name_ = 0;
  absl::Status error_;
  int errors_ = 0;  // of one stretch of work
};

// --- the loop ----------------------------------------------------------------

class Loop {
 public:
  Loop(const CrashLoopOptions& options, CrashLoopReport* report)
      : options_(options), report_(report), servers_(options), random_(Random::Seeded(options.seed)) {
    for (int i = 0; i < options_.clients; ++i) clients_.emplace_back(i, random_->Next());
  }

  absl::Status Run() {
    fs::create_directories(options_.folder + "/ufs");
    ALLUXIO_RETURN_IF_ERROR(servers_.StartMaster());
    ALLUXIO_RETURN_IF_ERROR(servers_.StartWorker());
    ALLUXIO_RETURN_IF_ERROR(WaitUntilServing());
    for (const Client& client : clients_) ALLUXIO_RETURN_IF_ERROR(observer_->CreateDirectory(client.folder()));
    if (!options_.fault_library.empty()) return RunFaults();
    for (int cycle = 0; cycle < options_.cycles; ++cycle) {
      if (absl::Status status = Cycle(); !status.ok()) {
        return Annotate(status, absl::StrCat("cycle ", cycle, " (folder ", options_.folder, ")"));
      }
      ++report_->cycles;
      if (options_.verbose) std::fprintf(stderr, "%s\n", report_->ToString().c_str());
    }
    return CheckPersisted();
  }

 private:
  struct Fault {
    std::string site, call, path;
    int error;
    bool lasting;
    std::string ToString() const {
      return absl::StrCat(call, " at ", site, " (", path, ") ", error == 0 ? "is short" : std::strerror(error),
                          lasting ? ", from then on" : "");
    }
  };

  // What is worth trying at each call site that a run without faults visits.
  absl::StatusOr<std::vector<Fault>> PlanFaults() {
    const std::string sites = options_.folder + "/sites";
    servers_.KillMaster();
    servers_.KillWorker();
    // Twice: what only the first start does (making folders) is not met again.
    for (int round = 0; round < 2; ++round) {
      fs::remove(sites);
      servers_.SetEnvironment(FaultEnvironment({{"ALLUXIO_FAULT_SITES", sites}}));
      ALLUXIO_RETURN_IF_ERROR(servers_.StartMaster());
      ALLUXIO_RETURN_IF_ERROR(servers_.StartWorker());
      ALLUXIO_RETURN_IF_ERROR(WaitUntilServing());
      ALLUXIO_RETURN_IF_ERROR(FaultyWork(/*enough=*/200, /*patience=*/absl::Seconds(30)));
      ALLUXIO_RETURN_IF_ERROR(RestartAndCheck());
    }
    std::map<std::string, Fault> found;
    std::ifstream in(sites);
    for (std::string site, call, path; in >> site >> call && std::getline(in, path);) {
      found.try_emplace(site, Fault{.site = site, .call = call, .path = path.substr(1)});
    }
    std::vector<Fault> plan;
    for (const auto& [site, fault] : found) {
      const auto add = [&plan, &fault = fault](int error, bool lasting) {
        plan.push_back(fault);
        plan.back().error = error;
        plan.back().lasting = lasting;
      };
      add(EIO, false);
      if (fault.call == "write" || fault.call == "fallocate" || fault.call == "mkdir" || fault.call == "rename") {
        add(ENOSPC, true);
      }
      if (fault.call == "write" || fault.call == "read") add(0, true);
      if (fault.call == "open" || fault.call == "opendir") add(EMFILE, false);
    }
    report_->sites = static_cast<int64_t>(found.size());
    report_->planned = static_cast<int64_t>(plan.size());
    for (size_t i = plan.size(); i > 1; --i) std::swap(plan[i - 1], plan[random_->Next() % i]);
    return plan;
  }

  std::map<std::string, std::string> FaultEnvironment(std::map<std::string, std::string> more) const {
    more["LD_PRELOAD"] = options_.fault_library;
    more["ALLUXIO_FAULT_FOLDER"] = options_.folder;
    return more;
  }

  absl::Status RunFaults() {
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<Fault> plan, PlanFaults());
    for (const Fault& fault : plan) {
      if (options_.cycles > 0 && report_->cycles == options_.cycles) break;
      if (options_.verbose) std::fprintf(stderr, "%d: %s\n", report_->cycles, fault.ToString().c_str());
      if (absl::Status status = FaultCycle(fault); !status.ok()) {
        return Annotate(status, absl::StrCat("after: ", fault.ToString(), " (folder ", options_.folder, ")"));
      }
      ++report_->cycles;
    }
    return CheckPersisted();
  }

  absl::Status FaultCycle(const Fault& fault) {
    const std::string met = options_.folder + "/met";
    fs::remove(met);
    std::map<std::string, std::string> environment = {{"ALLUXIO_FAULT_SITES", met},
                                                      {"ALLUXIO_FAULT_SITE", fault.site},
                                                      {"ALLUXIO_FAULT_ERRNO", absl::StrCat(fault.error)}};
    if (fault.lasting) environment["ALLUXIO_FAULT_LASTING"] = "1";
    observer_.reset();
    servers_.KillMaster();
    servers_.KillWorker();
    servers_.SetEnvironment(FaultEnvironment(environment));
    ALLUXIO_RETURN_IF_ERROR(servers_.StartMaster());
    ALLUXIO_RETURN_IF_ERROR(servers_.StartWorker());
    ALLUXIO_RETURN_IF_ERROR(FaultyWork(/*enough=*/60, /*patience=*/absl::Seconds(3)));
    std::stringstream text;
    text << std::ifstream(met).rdbuf();
    if (absl::StrContains(text.str(), "FAULT ")) ++report_->faults;
    if (!servers_.BothRun()) ++report_->stopped;
    return RestartAndCheck();
  }

  // Clients work until they have done enough, or each has met an error, or a
  // server has ended, or time is over: all of it is fine.
  absl::Status FaultyWork(int64_t enough, absl::Duration patience) {
    absl::Time give_up = absl::Now() + patience;
    std::vector<std::unique_ptr<FileSystem>> connections;
    bool ready = false;  // both are; a fault may keep them from it
    while (connections.size() < clients_.size() && absl::Now() < give_up && servers_.BothRun()) {
      auto fs = servers_.Client(/*patient=*/false, /*local=*/connections.size() % 2 == 0);
      if (!fs.ok()) continue;
      while (!ready && absl::Now() < give_up && servers_.BothRun()) {
        ready = ProbeWrite(**fs).ok();
        if (!ready) absl::SleepFor(absl::Milliseconds(5));
      }
      connections.push_back(*std::move(fs));
    }
    give_up = absl::Now() + patience;
    std::atomic<bool> stop{false};
    std::atomic<int64_t> acknowledged{0};
    std::atomic<int> working{static_cast<int>(connections.size())};
    std::vector<std::thread> threads;
    for (size_t i = 0; i < connections.size(); ++i) {
      threads.emplace_back([&, i] {
        clients_[i].WorkOnErrors(*connections[i], stop, &acknowledged);
        --working;
      });
    }
    while (acknowledged < enough && working > 0 && absl::Now() < give_up && servers_.BothRun()) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    report_->acknowledged += acknowledged;
    for (const Client& client : clients_) {
      if (absl::IsDataLoss(client.error())) return client.error();
    }
    return absl::OkStatus();
  }

  // Both are killed and started again without faults: everything is as it was told.
  absl::Status RestartAndCheck() {
    servers_.KillMaster();
    servers_.KillWorker();
    servers_.SetEnvironment({});
    ALLUXIO_RETURN_IF_ERROR(servers_.StartMaster());
    ALLUXIO_RETURN_IF_ERROR(servers_.StartWorker());
    ALLUXIO_RETURN_IF_ERROR(WaitUntilServing());
    return CheckAll();
  }

  absl::Status CheckAll() {
    std::set<int64_t> blocks;
    for (Client& client : clients_) {
      ALLUXIO_RETURN_IF_ERROR(client.Settle(*observer_, report_));
      ALLUXIO_RETURN_IF_ERROR(client.Check(*observer_, &blocks, report_));
    }
    ALLUXIO_RETURN_IF_ERROR(CheckOrphans(blocks));
    return CheckUnderStore();
  }

  // In the end all that shall be persisted is.
  absl::Status CheckPersisted() {
    const absl::Time give_up = absl::Now() + kPatience;
    for (const Client& client : clients_) {
      for (const auto& [path, file] : client.files()) {
        if (file.type != WriteType::kAsyncThrough) continue;
        while (true) {
          ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, observer_->GetStatus(path));
          if (status.persisted) break;
          if (absl::Now() > give_up) return Wrong("is not persisted in the background", path);
          absl::SleepFor(absl::Milliseconds(20));
        }
      }
    }
    return CheckUnderStore();
  }

  absl::Status Cycle() {
    std::vector<std::unique_ptr<FileSystem>> connections;
    for (size_t i = 0; i < clients_.size(); ++i) {
      // Every other one goes on across the restart, with the same operation ids.
      ALLUXIO_ASSIGN_OR_RETURN(auto fs, servers_.Client(/*patient=*/i % 2 == 0, /*local=*/i % 4 < 2));
      connections.push_back(std::move(fs));
    }
    std::atomic<bool> stop{false};
    std::atomic<int64_t> acknowledged{0};
    std::atomic<int> working{static_cast<int>(clients_.size())};
    std::vector<std::thread> threads;
    for (size_t i = 0; i < clients_.size(); ++i) {
      threads.emplace_back([&, i] {
        clients_[i].Work(*connections[i], stop, &acknowledged);
        --working;
      });
    }
    const int64_t enough = 20 + static_cast<int64_t>(random_->Next() % 60);
    const absl::Time give_up = absl::Now() + kPatience;
    while (acknowledged < enough && working == static_cast<int>(clients_.size()) && absl::Now() < give_up) {
      absl::SleepFor(absl::Microseconds(200));
    }
    const bool died_early = working != static_cast<int>(clients_.size());
    const bool slow = acknowledged < enough;
    absl::SleepFor(absl::Microseconds(static_cast<int64_t>(random_->Next() % 5000)));
    if (options_.kill_master) servers_.KillMaster();
    if (options_.kill_worker) servers_.KillWorker();
    const absl::Time killed = absl::Now();
    stop = true;
    absl::Status started;
    if (options_.kill_master) started.Update(servers_.StartMaster());
    if (options_.kill_worker) started.Update(servers_.StartWorker());
    if (started.ok()) started = WaitUntilServing();
    report_->longest_restart = std::max(report_->longest_restart, absl::Now() - killed);
    for (std::thread& thread : threads) thread.join();
    report_->acknowledged += acknowledged;
    for (const Client& client : clients_) {
      // Before the kill nothing may fail, and wrong bytes never.
      if (died_early || absl::IsDataLoss(client.error())) ALLUXIO_RETURN_IF_ERROR(client.error());
    }
    ALLUXIO_RETURN_IF_ERROR(started);
    if (slow) return absl::DeadlineExceededError(absl::StrCat("only ", acknowledged.load(), " operations in ", absl::FormatDuration(kPatience)));

    return CheckAll();
  }

  // A file system whose calls outlast a restart, once both servers do their work.
  absl::Status WaitUntilServing() {
    observer_.reset();
    absl::Status last;
    for (const absl::Time give_up = absl::Now() + kPatience; absl::Now() < give_up;
         absl::SleepFor(absl::Milliseconds(5))) {
      auto fs = servers_.Client(/*patient=*/true, /*local=*/true);
      if (!fs.ok()) {
        last = fs.status();
        continue;
      }
      last = ProbeWrite(**fs);
      if (!last.ok()) continue;
      observer_ = *std::move(fs);
      return absl::OkStatus();
    }
    return Annotate(last, "the servers don't come back");
  }

  // The worker is there when a block can be written.
  static absl::Status ProbeWrite(FileSystem& fs) {
    const std::string path = "/serving";
    fs.Delete(path).IgnoreError();
    ALLUXIO_ASSIGN_OR_RETURN(const auto out, fs.CreateFile(path, {.write_type = WriteType::kMustCache}));
    absl::Status written = out->Write("x");
    if (written.ok()) {
      written = out->Close();
    } else {
      out->Cancel().IgnoreError();  // the first error counts
    }
    ALLUXIO_RETURN_IF_ERROR(written);
    return fs.Delete(path);
  }

  // The worker's folder holds only blocks of files, soon.
  absl::Status CheckOrphans(const std::set<int64_t>& blocks) {
    const absl::Time start = absl::Now();
    while (true) {
      std::string orphan;
      for (const std::string& path : FilesBelow(options_.folder + "/ram")) {
        int64_t id;
        // A temporary one is of a write that has ended.
        if (absl::StrContains(path, "/.tmp_blocks/") ||
            (absl::SimpleAtoi(path.substr(path.rfind('/') + 1), &id) && blocks.count(id) == 0)) {
          orphan = path;
        }
      }
      report_->longest_cleanup = std::max(report_->longest_cleanup, absl::Now() - start);
      if (orphan.empty()) return absl::OkStatus();
      if (absl::Now() - start > absl::Seconds(10)) return Wrong("is a block of no file", orphan);
      absl::SleepFor(absl::Milliseconds(10));
    }
  }

  absl::Status CheckUnderStore() const {
    std::map<std::string, const File*> through, background;
    for (const Client& client : clients_) {
      for (const auto& [path, file] : client.files()) {
        if (file.type == WriteType::kCacheThrough) through[options_.folder + "/ufs" + path] = &file;
        if (file.type == WriteType::kAsyncThrough) background[options_.folder + "/ufs" + path] = &file;
      }
    }
    for (const std::string& path : FilesBelow(options_.folder + "/ufs")) {
      const auto known = through.find(path);
      const auto soon = background.find(path);
      const File* const file =
          known != through.end() ? known->second : soon != background.end() ? soon->second : nullptr;
      if (file == nullptr) {
        // What a killed worker was writing has a name that no listing shows.
        if (absl::StrContains(path, ".alluxio.0x") || absl::StrContains(path, "/.")) continue;
        return Wrong("lies in the under store and belongs to no file", path);
      }
      std::stringstream content;
      content << std::ifstream(path, std::ios::binary).rdbuf();
      if (content.str() != ContentOf(*file)) return Wrong("has other bytes in the under store", path);
      through.erase(path);
    }
    if (!through.empty()) return Wrong("is missing from the under store", through.begin()->first);
    return absl::OkStatus();
  }

  const CrashLoopOptions& options_;
  CrashLoopReport* const report_;
  Servers servers_;
  const std::unique_ptr<Random> random_;
  std::deque<Client> clients_;
  std::unique_ptr<FileSystem> observer_;
};

}  // namespace

std::string CrashLoopReport::ToString() const {
  return absl::StrCat(cycles, " cycles: ", acknowledged, " operations acknowledged, ", unknown,
                      " under way at a death (", unknown_done, " had happened, ", left_open, " left an open file); ",
                      checked_files, " files (", checked_bytes >> 20, " MiB) read back; longest restart ",
                      absl::ToInt64Milliseconds(longest_restart), " ms, last orphan gone after ",
                      absl::ToInt64Milliseconds(longest_cleanup), " ms",
                      sites == 0 ? ""
                                 : absl::StrCat("; ", sites, " call sites, ", planned, " faults planned, ", faults,
                                                " met, which stopped a server ", stopped, " times"));
}

absl::Status RunCrashLoop(const CrashLoopOptions& options, CrashLoopReport* report) {
  return Loop(options, report).Run();
}

}  // namespace alluxio::test
