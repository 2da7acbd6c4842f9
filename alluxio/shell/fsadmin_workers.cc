// `fsadmin decommissionWorker` and `enableWorker`, word for word the original's.
#include <algorithm>
#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/fsadmin.h"
#include "alluxio/shell/http_fetch.h"
#include "alluxio/shell/text.h"
#include "nlohmann/json.hpp"

namespace alluxio::shell {
namespace {

using client::BlockMasterClient;
using client::WorkerInfo;

// Polls in a row after which a worker counts as idle, or as lost.
constexpr int kQuietPolls = 20;
constexpr int kFailedPolls = 5;

// What scripts learn of how it ended.
enum DecommissionCode { kOk = 0, kDecommissionFailed = 1, kLostMaster = 2, kNotIdle = 3, kLostSomeWorkers = 10 };

struct HostAndPort {
  std::string host;
  int port = 0;           // of the web pages
  bool has_port = false;  // else `port` is the configured one

  std::string ToString() const { return absl::StrCat(host, ":", port); }
};

std::string WebAddress(const WorkerInfo& worker) {
  return absl::StrCat(worker.address.host, ":", worker.address.web_port);
}

// --addresses: hosts with or without the port of the web pages.
absl::StatusOr<std::vector<HostAndPort>> WorkerAddresses(Environment& env, const Arguments& args) {
  std::vector<HostAndPort> addresses;
  for (absl::string_view text : absl::StrSplit(args.Value("a"), ',', absl::SkipEmpty())) {
    HostAndPort address = {.port = static_cast<int>(env.conf().GetInt("alluxio.worker.web.port"))};
    const size_t colon = text.rfind(':');
    address.host = std::string(text.substr(0, colon));
    address.has_port = colon != absl::string_view::npos;
    if (address.has_port && !absl::SimpleAtoi(text.substr(colon + 1), &address.port)) {
      return absl::InvalidArgumentError(absl::StrCat("worker address ", text, " cannot be recognized"));
    }
    addresses.push_back(std::move(address));
  }
  if (addresses.empty()) return absl::InvalidArgumentError("Worker addresses must be specified");
  return addresses;
}

std::string ListText(const std::vector<std::string>& addresses) {
  return absl::StrCat("[", absl::StrJoin(addresses, ", "), "]");
}

// What a worker is doing, as /api/v1/worker/operations tells.
struct Activity {
  int64_t operations = 0;
  int64_t queue_length = 0;
};

absl::StatusOr<Activity> AskActivity(const WorkerInfo& worker) {
  ALLUXIO_ASSIGN_OR_RETURN(
      const std::string body,
      HttpFetch({.host = worker.address.host, .port = worker.address.web_port, .target = "/api/v1/worker/operations"}));
  const nlohmann::json json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  const auto number = [&json](const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_number();
  };
  if (!number("operationCount") || !number("rpcQueueLength")) {
    return absl::DataLossError("the answer does not tell the worker's operations");
  }
  return Activity{.operations = json["operationCount"].get<int64_t>(),
                  .queue_length = json["rpcQueueLength"].get<int64_t>()};
}

// Decommissions workers and waits until they do nothing any more.
class Decommission {
 public:
  Decommission(Environment* env, BlockMasterClient* blocks) : env_(*env), blocks_(*blocks) {}

  absl::StatusOr<int> Run(const std::vector<HostAndPort>& addresses, const std::vector<WorkerInfo>& available,
                          bool can_register_again, absl::Duration patience) {
    ALLUXIO_RETURN_IF_ERROR(Send(addresses, available, can_register_again));
    env_.out() << "Sent decommission messages to the master, " << failed_.size() << " failed and " << waiting_.size()
               << " succeeded\nFailed ones: " << ListText(failed_) << "\n";
    if (waiting_.empty()) {
      env_.out() << "Failed to decommission all workers. The admin should double check the worker addresses and the "
                    "primary master status.\n";
      return kDecommissionFailed;
    }
    LetClientsLearn();
    const absl::Time start = env_.clock()->Now();
    WaitUntilIdle(start + patience);
    env_.out() << "Waited " << absl::ToInt64Minutes(env_.clock()->Now() - start) << " minutes for workers to be idle\n";
    return Conclude();
  }

 private:
  struct Waiting {
    WorkerInfo worker;
    int quiet = 0;   // polls in a row
    int failed = 0;  // polls in a row
    Activity seen;
  };

  absl::Status Send(const std::vector<HostAndPort>& addresses, const std::vector<WorkerInfo>& available,
                    bool can_register_again) {
    for (const HostAndPort& address : addresses) {
      env_.out() << "Decommissioning worker " << address.ToString() << "\n";
      const auto by_port = [&address](const WorkerInfo& worker) {
        return worker.address.host == address.host && worker.address.web_port == address.port;
      };
      const auto by_host = [&address](const WorkerInfo& worker) { return worker.address.host == address.host; };
      auto found = std::find_if(available.begin(), available.end(), by_port);
      if (found == available.end() && !address.has_port)
        found = std::find_if(available.begin(), available.end(), by_host);
      if (found == available.end()) {
        std::string known;
        for (const WorkerInfo& worker : available) absl::StrAppend(&known, "\t", WebAddress(worker));
        return absl::NotFoundError(absl::StrCat("Worker ", address.host,
                                                " is not known by the master. Please check the hostname or retry "
                                                "later. Available workers are: ",
                                                known));
      }
      const absl::Status status =
          blocks_.DecommissionWorker(found->address.host, found->address.web_port, can_register_again);
      if (status.ok()) {
        env_.out() << "Set worker " << WebAddress(*found) << " decommissioned on master\n";
        waiting_.push_back({.worker = *found});
      } else {
        env_.err() << "Failed to decommission worker " << WebAddress(*found) << "\n" << status.message() << "\n";
        failed_.push_back(WebAddress(*found));
      }
    }
    return absl::OkStatus();
  }

  // Clients ask for the list of workers once in a while, and go on using the old one until then.
  void LetClientsLearn() {
    constexpr char kInterval[] = "alluxio.user.worker.list.refresh.interval";
    env_.out() << "Clients take " << kInterval << "=" << env_.conf().GetString(kInterval)
               << " to be updated on the new worker list so this command will block for the same amount of time to "
                  "ensure the update propagates to clients in the cluster.\n"
               << std::flush;
    env_.clock()->Sleep(env_.conf().GetDuration(kInterval));
    env_.out() << "Verifying the decommission has taken effect by listing all available workers on the master\n";
    const absl::StatusOr<std::vector<WorkerInfo>> workers = blocks_.GetWorkerInfoList();
    if (!workers.ok()) {
      env_.err() << "Failed to refresh the available worker list from master: " << workers.status().message()
                 << "\nThe command will skip this check and continue. If we observe the workers become idle, that "
                    "suggests the decommission is successful and no clients will be using this batch of workers, and "
                    "this error can be ignored.\n";
      return;
    }
    std::vector<std::string> available;
    for (const WorkerInfo& worker : *workers) available.push_back(WebAddress(worker));
    env_.out() << "Now on master the available workers are: " << (available.empty() ? "" : "\n") << ListText(available)
               << "\n";
    for (const Waiting& waiting : waiting_) {
      const std::string address = WebAddress(waiting.worker);
      if (std::find(available.begin(), available.end(), address) == available.end()) continue;
      env_.err() << "Worker " << address
                 << " is still showing available on the master. Please check why the decommission did not work.\n"
                    "This command will still continue, but the admin should manually verify the state of this worker "
                    "afterwards.\n";
    }
  }

  void WaitUntilIdle(absl::Time deadline) {
    while (!waiting_.empty()) {
      for (Waiting& waiting : waiting_) Poll(waiting);
      waiting_.remove_if([this](const Waiting& waiting) { return IsDone(waiting); });
      env_.out() << std::flush;
      const absl::Time next = env_.clock()->Now() + absl::Seconds(1);
      if (waiting_.empty() || next >= deadline) return;
      env_.clock()->Sleep(absl::Seconds(1));
    }
  }

  void Poll(Waiting& waiting) {
    env_.out() << "Polling status from worker " << WebAddress(waiting.worker) << "\n";
    const absl::StatusOr<Activity> activity = AskActivity(waiting.worker);
    if (!activity.ok()) {
      waiting.quiet = 0;
      ++waiting.failed;
      env_.err() << "Failed to poll progress from worker " << waiting.worker.address.host << ": "
                 << activity.status().message() << "\n";
      if (!std::exchange(reasons_told_, true)) {
        env_.err() << "There are many reasons why the poll can fail, including but not limited to:\n"
                      "1. Worker is running with a low version which does not contain this endpoint\n"
                      "2. alluxio.worker.web.port is not configured correctly or is not accessible by firewall rules\n"
                      "3. Some other transient network errors\n";
      }
      return;
    }
    waiting.failed = 0;
    waiting.seen = *activity;
    if (activity->operations == 0 && activity->queue_length == 0) {
      ++waiting.quiet;
      return;
    }
    waiting.quiet = 0;
    env_.out() << "Worker ActiveOperations=" << activity->operations << ", RpcQueueLength=" << activity->queue_length
               << "\n";
  }

  bool IsDone(const Waiting& waiting) {
    const std::string address = WebAddress(waiting.worker);
    if (waiting.quiet >= kQuietPolls) {
      env_.out() << "There is no operation on worker " << address << " for " << kQuietPolls
                 << " times in a row. Worker is considered safe to stop.\n";
      finished_.push_back(address);
      return true;
    }
    if (waiting.failed >= kFailedPolls) {
      env_.out() << "Failed to poll status from worker " << address << " for " << kFailedPolls
                 << " times in a row. Worker is considered inaccessible and not functioning. If the worker is not "
                    "functioning, it probably does not currently have ongoing I/O and can be stopped. But the admin is "
                    "advised to manually double check the working before stopping it. \n";
      lost_.push_back(address);
      return true;
    }
    return false;
  }

  int Conclude() {
    if (waiting_.empty() && lost_.empty()) {
      env_.out() << "All workers are successfully decommissioned and now idle. Safe to kill or restart this batch of "
                    "workers now.\n";
      return kOk;
    }
    if (!waiting_.empty()) {
      std::vector<std::string> addresses;
      for (const Waiting& waiting : waiting_) addresses.push_back(WebAddress(waiting.worker));
      env_.out() << ListText(addresses)
                 << " workers still have not finished all their operations\n"
                    "The admin should manually intervene and check those workers, before shutting them down.\n";
      for (const Waiting& waiting : waiting_) {
        env_.out() << "Worker " << WebAddress(waiting.worker)
                   << " has Worker.ActiveOperations=" << waiting.seen.operations
                   << ", Worker.RpcQueueLength=" << waiting.seen.queue_length << "\n";
      }
    }
    if (!lost_.empty()) {
      env_.out() << finished_.size() << " workers finished all their operations successfully:\n"
                 << ListText(finished_) << "\n"
                 << lost_.size()
                 << " workers became inaccessible and we assume there are no operations, but we still recommend the "
                    "admin to double check:\n"
                 << ListText(lost_) << "\n";
    }
    return waiting_.empty() ? kLostSomeWorkers : kNotIdle;
  }

  Environment& env_;
  BlockMasterClient& blocks_;
  std::list<Waiting> waiting_;
  std::vector<std::string> failed_;
  std::vector<std::string> finished_;
  std::vector<std::string> lost_;
  bool reasons_told_ = false;
};

}  // namespace

absl::StatusOr<int> DecommissionWorker(Environment& env, const Arguments& args) {
  int64_t patience_ms = absl::ToInt64Milliseconds(absl::Minutes(5));
  if (args.Has("w")) {
    ALLUXIO_ASSIGN_OR_RETURN(patience_ms, ParseMillis(args.Value("w")));
  }
  ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
  const absl::StatusOr<std::vector<WorkerInfo>> available = blocks->GetWorkerInfoList();
  if (!available.ok()) {
    env.err() << "Cannot get available worker list from master: " << available.status().message() << "\n";
    return kLostMaster;
  }
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<HostAndPort> addresses, WorkerAddresses(env, args));
  return Decommission(&env, blocks).Run(addresses, *available, !args.Has("d"), absl::Milliseconds(patience_ms));
}

absl::StatusOr<int> EnableWorker(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<HostAndPort> addresses, WorkerAddresses(env, args));
  ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
  std::vector<std::string> failed;
  for (const HostAndPort& address : addresses) {
    env.out() << "Re-enabling worker " << address.ToString() << "\n";
    const absl::Status status = blocks->RemoveDisabledWorker(address.host, address.port);
    if (status.ok()) {
      env.out() << "Re-enabled worker " << address.ToString() << " on master\n";
    } else {
      env.err() << "Failed to re-enable worker " << address.ToString() << "\n" << status.message() << "\n";
      failed.push_back(address.ToString());
    }
  }
  if (failed.empty()) {
    env.out() << "Successfully re-enabled all workers on the master. The workers should be able to register to the "
                 "master and then serve normally.Note there is a short gap defined by "
                 "alluxio.user.worker.list.refresh.interval before the clients become aware of this worker and start "
                 "to use it.\n";
    return 0;
  }
  env.out() << failed.size() << " failed to be re-enabled on the master: " << ListText(failed)
            << "\nThe admin needs to manually check and fix the problem. Those workers are not able to register to the "
               "master and serve requests.\n";
  return 1;
}

}  // namespace alluxio::shell
