// `alluxio fs loadMetadata` in its second implementation: syncs that the master
// runs as tasks, to wait for or to watch.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/file/file_system.h"
#include "alluxio/client/file/sync_task_client.h"
#include "alluxio/java/text.h"
#include "alluxio/shell/fs_commands.h"
#include "alluxio/shell/paths.h"

namespace alluxio::shell {
namespace {

using client::SyncTaskClient;

constexpr char kGreen[] = "\x1b[32m";
constexpr char kRed[] = "\x1b[31m";
constexpr char kPlain[] = "\x1b[0m";

void PrintTask(const SyncTaskClient::Task& task, std::ostream& out) {
  using State = SyncTaskClient::State;
  out << "Task id: " << task.id << "\n";
  switch (task.state) {
    case State::kSucceeded:
      out << kGreen << "State: SUCCEEDED" << kPlain << "\n";
      break;
    case State::kFailed:
      out << kRed << "State: FAILED" << kPlain << "\n";
      break;
    default:
      out << "State: "
          << (task.state == State::kRunning    ? "RUNNING"
              : task.state == State::kCanceled ? "CANCELED"
                                               : "UNKNOWN")
          << "\n";
  }
  const double seconds = static_cast<double>(task.duration_ms) / 1000;
  out << "Sync duration: " << task.duration_ms << "\nOps/sec: "
      << java::DoubleText(task.duration_ms == 0 ? 0 : static_cast<double>(task.operations) / seconds) << "\n";
  if (task.exception.has_value()) {
    out << kRed << "Exception: " << kPlain << "\n";
    for (const std::string& part : {task.exception->type, task.exception->message, task.exception->stack_trace}) {
      out << kRed << "\t" << part << kPlain << "\n";
    }
  }
  out << "Task info: \n\t" << task.info << "\nTask stats: \n\t" << task.stats << "\n";
  if (task.state == State::kSucceeded) out << kGreen << "Load Metadata Completed." << kPlain << "\n";
  if (task.state == State::kFailed) {
    out << kRed << "Load Metadata Failed. Please check the server log or retry!" << kPlain << "\n";
  }
  if (task.state == State::kCanceled) out << "Load Metadata Canceled.\n";
}

absl::StatusOr<int64_t> Number(const Arguments& args, absl::string_view key, absl::string_view otherwise) {
  const std::string text = args.Value(key, otherwise);
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("For input string: \"", text, "\""));
  }
  return number;
}

absl::Status SyncAndWatch(Environment& env, SyncTaskClient& syncs, const std::string& path,
                          SyncTaskClient::Extent extent, SyncTaskClient::Order order, int64_t polling_ms) {
  std::ostream& out = env.out();
  out << "Submitting metadata sync task...\n";
  ALLUXIO_ASSIGN_OR_RETURN(const SyncTaskClient::Group group, syncs.SyncAsync(path, extent, order));
  out << "Task group " << group.id << " has been submitted successfully.\nTask ids: ["
      << absl::StrJoin(group.task_ids, ", ") << "]\nPolling sync progress every " << polling_ms
      << "ms\nYou can also poll the sync progress in another terminal using:\n\t$bin/alluxio fs loadMetadata -o get -id "
      << group.id
      << "\nSync is being executed asynchronously. Ctrl+C or closing the terminal does not stop the task group. To "
         "cancel the task, you can use: \n\t$bin/alluxio fs loadMetadata -o cancel -id "
      << group.id << "\n";
  while (true) {
    out << "------------------------------------------------------\n";
    ALLUXIO_ASSIGN_OR_RETURN(std::vector<SyncTaskClient::Task> tasks, syncs.Progress(group.id));
    std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    out << "Task group id: " << group.id << "\n";
    for (const SyncTaskClient::Task& task : tasks) {
      PrintTask(task, out);
      out << "\n";
    }
    if (std::none_of(tasks.begin(), tasks.end(),
                     [](const auto& task) { return task.state == SyncTaskClient::State::kRunning; })) {
      return absl::OkStatus();
    }
    out.flush();
    env.clock()->Sleep(absl::Milliseconds(polling_ms));
  }
}

}  // namespace

absl::Status CheckLoadMetadata(const Arguments& args) {
  const std::string operation = args.Value("o", "load");
  if (operation != "load" && operation != "get" && operation != "cancel") {
    return UsageError(absl::StrCat("Operation value ", operation, " invalid. Possible values: load/cancel/get"));
  }
  if (operation == "load") {
    if (args.size() == 0) return UsageError("Command loadMetadata requires at least 1 arguments (0 provided)");
  } else {
    if (args.size() > 0) {
      return UsageError(absl::StrCat("Command loadMetadata requires at most 0 arguments (", args.size(), " provided)"));
    }
    if (args.Has("F") || args.Has("a") || args.Has("d")) return UsageError("-o load/cancel only supports -id option");
    if (!args.Has("id")) return UsageError("-o load/cancel only comes with an -id option");
  }
  if (args.Has("F") && args.Has("v2")) return UsageError("LoadMetadata v2 does not support -F option.");
  if (args.Has("a") && !args.Has("v2")) return UsageError("LoadMetadata v1 does not support -a/--async option.");
  if (args.Has("id") && operation == "load") {
    return UsageError("-id option only works with get and cancel operation type");
  }
  return absl::OkStatus();
}

absl::StatusOr<int> SyncMetadata(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t polling_ms, Number(args, "p", "10000"));
  if (polling_ms <= 0) return absl::InvalidArgumentError(absl::StrCat("-p must be positive, not ", polling_ms));
  SyncTaskClient::Order order = SyncTaskClient::Order::kSingleListing;
  if (const std::string name = args.Value("d", "SINGLE_LISTING"); name == "BFS") {
    order = SyncTaskClient::Order::kBreadthFirst;
  } else if (name == "DFS") {
    order = SyncTaskClient::Order::kDepthFirst;
  } else if (name != "SINGLE_LISTING") {
    return absl::InvalidArgumentError(absl::StrCat("No enum constant alluxio.grpc.DirectoryLoadPType.", name));
  }
  if (const std::string operation = args.Value("o", "load"); operation != "load") {
    ALLUXIO_ASSIGN_OR_RETURN(const int64_t group, Number(args, "id", ""));
    ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
    SyncTaskClient syncs(fs->context());
    if (operation == "cancel") {
      ALLUXIO_RETURN_IF_ERROR(syncs.Cancel(group));
      env.out() << "Task group " << group << " cancelled\n";
      return 0;
    }
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<SyncTaskClient::Task> tasks, syncs.Progress(group));
    for (const SyncTaskClient::Task& task : tasks) PrintTask(task, env.out());
    return 0;
  }
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri uri, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  SyncTaskClient syncs(fs->context());
  const SyncTaskClient::Extent extent =
      args.Has("R") ? SyncTaskClient::Extent::kAll : SyncTaskClient::Extent::kChildren;
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<uri::AlluxioUri> paths, ExpandAlluxio(*fs, uri));
  for (const uri::AlluxioUri& path : paths) {
    if (args.Has("a")) {
      ALLUXIO_RETURN_IF_ERROR(SyncAndWatch(env, syncs, FsPath(path), extent, order, polling_ms));
      continue;
    }
    env.out() << "Starting metadata sync..\n";
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<SyncTaskClient::Task> tasks, syncs.Sync(FsPath(path), extent, order));
    env.out() << "Sync Metadata finished\n";
    for (const SyncTaskClient::Task& task : tasks) PrintTask(task, env.out());
  }
  return 0;
}

}  // namespace alluxio::shell
