#include "testing/crash/crash_loop.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/file/file_system.h"
#include "testing/crash/crash_client.h"
#include "testing/crash/crash_servers.h"

namespace alluxio::test {
namespace {

namespace fs = std::filesystem;
using client::FileSystem;
using client::UriStatus;
using client::WriteType;

// From the answer to a heartbeat until the worker has removed what it named.
constexpr absl::Duration kOrphanMargin = absl::Milliseconds(200);

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
    for (const CrashClient& client : clients_) ALLUXIO_RETURN_IF_ERROR(observer_->CreateDirectory(client.folder()));
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
    int tries = 0;
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
      ALLUXIO_RETURN_IF_ERROR(FaultyWork(/*enough=*/400, /*patience=*/absl::Seconds(60), /*awaited=*/[] { return true; }));
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
      const auto is_one_of = [&call = fault.call](std::initializer_list<absl::string_view> calls) {
        return std::find(calls.begin(), calls.end(), call) != calls.end();
      };
      add(fault.call == "mmap" ? ENOMEM : EIO, false);
      if (is_one_of({"create", "write", "fwrite", "sync", "fallocate", "ftruncate", "rename", "link", "mkdir"})) {
        add(ENOSPC, true);
      }
      if (is_one_of({"open", "create", "opendir", "fdopen", "dup"})) add(EMFILE, false);
      if (is_one_of({"write", "read"})) add(0, true);
    }
    report_->sites = static_cast<int64_t>(found.size());
    std::erase_if(plan, [this](const Fault& fault) { return !absl::StrContains(fault.ToString(), options_.only); });
    report_->planned = static_cast<int64_t>(plan.size());
    for (size_t i = plan.size(); i > 1; --i) std::swap(plan[i - 1], plan[random_->Next() % i]);
    return plan;
  }

  std::map<std::string, std::string> FaultEnvironment(std::map<std::string, std::string> more) const {
    more["LD_PRELOAD"] = options_.fault_library;
    // A sanitizer has to take a library before its own.
    if (const char* const sanitizer = std::getenv("ASAN_OPTIONS")) more["ASAN_OPTIONS"] = sanitizer;
    more["ALLUXIO_FAULT_FOLDER"] = options_.folder;
    return more;
  }

  // How often a fault is tried that the work does not meet.
  static constexpr int kTries = 3;

  absl::Status RunFaults() {
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<Fault> plan, PlanFaults());
    std::deque<Fault> queue(plan.begin(), plan.end());
    while (!queue.empty() && (options_.cycles == 0 || report_->cycles < options_.cycles)) {
      Fault fault = std::move(queue.front());
      queue.pop_front();
      if (options_.verbose) std::fprintf(stderr, "%d: %s\n", report_->cycles, fault.ToString().c_str());
      const absl::StatusOr<bool> met = FaultCycle(fault);
      if (!met.ok()) {
        return Annotate(met.status(), absl::StrCat("after: ", fault.ToString(), " (folder ", options_.folder, ")"));
      }
      ++report_->cycles;
      if (*met) {
        ++report_->faults;
      } else if (++fault.tries < kTries && options_.cycles == 0) {
        queue.push_back(std::move(fault));
      } else {
        report_->not_met.push_back(fault.ToString());
        if (options_.verbose) std::fprintf(stderr, "not met: %s\n", fault.ToString().c_str());
      }
    }
    return CheckPersisted();
  }

  // Whether the fault was met.
  absl::StatusOr<bool> FaultCycle(const Fault& fault) {
    const std::string met_file = options_.folder + "/met";
    fs::remove(met_file);
    std::map<std::string, std::string> environment = {{"ALLUXIO_FAULT_SITES", met_file},
                                                      {"ALLUXIO_FAULT_SITE", fault.site},
                                                      {"ALLUXIO_FAULT_ERRNO", absl::StrCat(fault.error)}};
    if (fault.lasting) environment["ALLUXIO_FAULT_LASTING"] = "1";
    observer_.reset();
    servers_.KillMaster();
    servers_.KillWorker();
    servers_.SetEnvironment(FaultEnvironment(environment));
    ALLUXIO_RETURN_IF_ERROR(servers_.StartMaster());
    ALLUXIO_RETURN_IF_ERROR(servers_.StartWorker());
    const auto is_met = [&met_file] {
      std::stringstream text;
      text << std::ifstream(met_file).rdbuf();
      return absl::StrContains(text.str(), "FAULT ");
    };
    // Longer than it takes to see the fault, if it is not of the start.
    ALLUXIO_RETURN_IF_ERROR(FaultyWork(/*enough=*/40, /*patience=*/absl::Seconds(5), is_met));
    const bool met = is_met();
    if (met) ALLUXIO_RETURN_IF_ERROR(CheckAnswers(fault));
    if (!servers_.BothRun()) ++report_->stopped;
    // A worker whose disk is full makes room: blocks that are nowhere else may go, as in the original.
    const bool may_evict = fault.error == ENOSPC && absl::StartsWith(fault.path, options_.folder + "/ram/");
    ALLUXIO_RETURN_IF_ERROR(RestartAndCheck(may_evict));
    return met;
  }

  // A server may end at a fault. One that runs does its work: the master answers
  // calls, both answer at their web ports, and after a fault that was but once a
  // file can be written.
  absl::Status CheckAnswers(const Fault& fault) {
    // A worker leaves a folder that it can't look at out until its next start.
    const bool loses_folder = fault.call == "stat" && absl::EndsWith(fault.path, "/ram/alluxioworker");
    absl::Status last = absl::UnknownError("was not asked");
    for (const absl::Time give_up = absl::Now() + kCrashPatience; absl::Now() < give_up;
         absl::SleepFor(absl::Milliseconds(20))) {
      if (!servers_.MasterRuns()) return absl::OkStatus();  // and nothing can be asked of a worker alone
      last = Probe(/*write=*/!fault.lasting && !loses_folder);
      if (last.ok()) return absl::OkStatus();
    }
    return Wrong(servers_.BothRun() ? "(both servers run) does not answer" : "(the master runs) does not answer",
                 options_.folder, last);
  }

  absl::Status Probe(bool write) {
    ALLUXIO_ASSIGN_OR_RETURN(const auto fs, servers_.Client(/*patient=*/false, /*local=*/false));
    ALLUXIO_RETURN_IF_ERROR(Annotate(fs->GetStatus("/").status(), "the master"));
    ALLUXIO_RETURN_IF_ERROR(Annotate(servers_.HeartbeatsAnswered().status(), "the master's web port"));
    if (!servers_.BothRun()) return absl::OkStatus();
    ALLUXIO_RETURN_IF_ERROR(Annotate(servers_.WorkerWebAnswers(), "the worker's web port"));
    return write ? Annotate(ProbeWrite(*fs), "writing a file") : absl::OkStatus();
  }

  // Clients work until they have done enough and `awaited` has happened, or far
  // more, or each has met errors, or a server has ended, or time is over: then
  // the servers are asked (CheckAnswers).
  absl::Status FaultyWork(int64_t enough, absl::Duration patience, const std::function<bool()>& awaited) {
    std::vector<std::unique_ptr<FileSystem>> connections;
    // Until both serve, which a fault may keep them from.
    absl::Time give_up = absl::Now() + kCrashPatience;
    const auto may_serve = [&] {
      if (awaited()) give_up = std::min(give_up, absl::Now() + patience);
      return absl::Now() < give_up && servers_.BothRun();
    };
    bool ready = false;
    while (connections.size() < clients_.size() && may_serve()) {
      auto fs = servers_.Client(/*patient=*/false, /*local=*/connections.size() % 2 == 0);
      if (!fs.ok()) continue;
      while (!ready && may_serve()) {
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
    while ((acknowledged < enough || (acknowledged < 10 * enough && !awaited())) && working > 0 &&
           absl::Now() < give_up && servers_.BothRun()) {
      absl::SleepFor(absl::Milliseconds(2));
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    report_->acknowledged += acknowledged;
    for (const CrashClient& client : clients_) {
      if (absl::IsDataLoss(client.error())) return client.error();
    }
    return absl::OkStatus();
  }

  // Both are killed and started again without faults: everything is as it was told.
  absl::Status RestartAndCheck(bool may_evict = false) {
    servers_.KillMaster();
    servers_.KillWorker();
    servers_.SetEnvironment({});
    ALLUXIO_RETURN_IF_ERROR(servers_.StartMaster());
    ALLUXIO_RETURN_IF_ERROR(servers_.StartWorker());
    ALLUXIO_RETURN_IF_ERROR(WaitUntilServing());
    return CheckAll(may_evict);
  }

  absl::Status CheckAll(bool may_evict = false) {
    std::set<int64_t> blocks;
    for (CrashClient& client : clients_) {
      ALLUXIO_RETURN_IF_ERROR(client.Settle(*observer_, report_));
      if (may_evict) ALLUXIO_RETURN_IF_ERROR(client.RemoveEvicted(*observer_, report_));
      ALLUXIO_RETURN_IF_ERROR(client.Check(*observer_, &blocks, report_));
    }
    ALLUXIO_RETURN_IF_ERROR(CheckOrphans(blocks));
    return CheckUnderStore();
  }

  // In the end all that shall be persisted is.
  absl::Status CheckPersisted() {
    const absl::Time give_up = absl::Now() + kCrashPatience;
    for (const CrashClient& client : clients_) {
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
    const absl::Time give_up = absl::Now() + kCrashPatience;
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
    for (const CrashClient& client : clients_) {
      // Before the kill nothing may fail, and wrong bytes never.
      if (died_early || absl::IsDataLoss(client.error())) ALLUXIO_RETURN_IF_ERROR(client.error());
    }
    ALLUXIO_RETURN_IF_ERROR(started);
    if (slow) return absl::DeadlineExceededError(absl::StrCat("only ", acknowledged.load(), " operations in ", absl::FormatDuration(kCrashPatience)));

    return CheckAll();
  }

  // A file system whose calls outlast a restart, once both servers do their work.
  absl::Status WaitUntilServing() {
    observer_.reset();
    absl::Status last;
    for (const absl::Time give_up = absl::Now() + kCrashPatience; absl::Now() < give_up;
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

  // A file in the worker's folder that no acknowledged file needs; "" for none.
  std::string Orphan(const std::set<int64_t>& blocks) const {
    for (const std::string& path : FilesBelow(options_.folder + "/ram")) {
      int64_t id;
      // A temporary one is of a write that has ended.
      if (absl::StrContains(path, "/.tmp_blocks/") ||
          (absl::SimpleAtoi(path.substr(path.rfind('/') + 1), &id) && blocks.count(id) == 0)) {
        return path;
      }
    }
    return "";
  }

  // After the worker's next whole heartbeat its folder holds only blocks of files.
  absl::Status CheckOrphans(const std::set<int64_t>& blocks) {
    const absl::Time start = absl::Now();
    ALLUXIO_ASSIGN_OR_RETURN(const int64_t before, servers_.HeartbeatsAnswered());
    for (absl::Time give_up = absl::InfiniteFuture();; absl::SleepFor(absl::Milliseconds(10))) {
      if (give_up == absl::InfiniteFuture()) {
        ALLUXIO_ASSIGN_OR_RETURN(const int64_t beats, servers_.HeartbeatsAnswered());
        // One may have been under way at the start. The answer to the other is on
        // its way to the worker, which then has files to remove.
        if (beats >= before + 2) give_up = absl::Now() + kOrphanMargin;
        if (absl::Now() - start > kCrashPatience) return Wrong("no heartbeat comes", options_.folder);
      }
      const bool last = absl::Now() > give_up;
      const std::string orphan = Orphan(blocks);
      report_->longest_cleanup = std::max(report_->longest_cleanup, absl::Now() - start);
      if (orphan.empty()) return absl::OkStatus();
      if (last) return Wrong("is a block of no file, and a heartbeat has passed", orphan);
    }
  }

  absl::Status CheckUnderStore() const {
    std::map<std::string, const CrashFile*> through, background;
    for (const CrashClient& client : clients_) {
      for (const auto& [path, file] : client.files()) {
        if (file.type == WriteType::kCacheThrough) through[options_.folder + "/ufs" + path] = &file;
        if (file.type == WriteType::kAsyncThrough) background[options_.folder + "/ufs" + path] = &file;
      }
    }
    for (const std::string& path : FilesBelow(options_.folder + "/ufs")) {
      const auto known = through.find(path);
      const auto soon = background.find(path);
      const CrashFile* const file =
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
  CrashServers servers_;
  const std::unique_ptr<Random> random_;
  std::deque<CrashClient> clients_;
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
                                                " met, which stopped a server ", stopped, " times, ", not_met.size(),
                                                " not met; ", evicted, " files evicted for full disks"));
}

absl::Status RunCrashLoop(const CrashLoopOptions& options, CrashLoopReport* report) {
  // As the kernel names what is open.
  CrashLoopOptions normal = options;
  std::error_code error;
  fs::create_directories(options.folder, error);
  normal.folder = fs::canonical(options.folder, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat(options.folder, ": ", error.message()));
  return Loop(normal, report).Run();
}

}  // namespace alluxio::test
