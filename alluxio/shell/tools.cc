#include "alluxio/shell/tools.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/get_conf.h"
#include "alluxio/shell/format.h"
#include "alluxio/shell/fs_table.h"
#include "alluxio/shell/fsadmin.h"
#include "alluxio/shell/run_tests.h"
#include "alluxio/shell/tour/tour.h"

namespace alluxio::shell {
namespace {

constexpr absl::string_view kUsage =
    "Usage: alluxio COMMAND [-Dkey=value] [ARGUMENTS]\n"
    "  fs             files and directories; fs help shows all commands\n"
    "  fsadmin        the cluster: report, doctor, backup, journal, ...\n"
    "  getConf [KEY]  the configuration, or one property of it\n"
    "  format         throw away the master's and the worker's data on this machine\n"
    "  formatMasters  throw away the master's journal and metadata\n"
    "  formatWorker   throw away the worker's cached blocks\n"
    "  runTest        write and read files through the cluster; --help shows the options\n"
    "  runTests       the same in all 24 combinations\n"
    "  version        the version of Alluxio that this is compatible with\n";

int ShowConf(std::span<const std::string> args, Environment& env) {
  const auto ask_master = [&env]() -> absl::StatusOr<std::vector<conf::ShownProperty>> {
    ALLUXIO_ASSIGN_OR_RETURN(client::MetaMasterClient * meta, env.meta());
    ALLUXIO_ASSIGN_OR_RETURN(const client::MetaMasterClient::Configuration answer,
                             meta->GetConfiguration(/*raw_value=*/true, /*ignore_cluster=*/false,
                                                    /*ignore_paths=*/true));
    std::vector<conf::ShownProperty> shown;
    for (const client::ConfigProperty& property : answer.cluster) {
      shown.push_back({.name = property.name,
                       .value = property.value.value_or(""),
                       .is_set = property.value.has_value(),
                       .source = property.source});
    }
    return shown;
  };
  const conf::GetConfResult result = conf::GetConf({args.begin(), args.end()}, env.conf(), ask_master);
  env.out() << result.out;
  env.err() << result.err;
  return result.exit_code;
}

int Format(bool master, bool worker, Environment& env) {
  absl::Status status;
  if (master) status = FormatMaster(env.conf(), env.out());
  if (status.ok() && worker) status = FormatWorker(env.conf(), env.out());
  if (status.ok()) return 0;
  env.err() << "Failed to format: " << status.message() << "\n";
  return 1;
}

// `tour [PATH]`: what the quickstart shows. Waits for the cluster to be complete.
int Tour(std::span<const std::string> args, Environment& env) {
  const auto run = [&]() -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(client::BlockMasterClient * blocks, env.blocks());
    ALLUXIO_RETURN_IF_ERROR(WaitForWorker(*blocks, absl::Seconds(30), env.clock()));
    ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
    TourOptions options{.terminal = isatty(STDOUT_FILENO) == 1, .clock = env.clock()};
    if (!args.empty()) options.path = args[0];
    return RunTour(*fs, options, env.out());
  };
  if (const absl::Status status = run(); !status.ok()) {
    env.out().flush();
    env.err() << status.message() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace

int RunShell(std::span<const std::string> args, Environment& env) {
  if (args.empty()) {
    env.out() << kUsage;
    return 1;
  }
  const std::string& tool = args[0];
  const std::span<const std::string> rest = args.subspan(1);
  if (tool == "fs") return RunTool(FsTool(), rest, env);
  if (tool == "fsadmin") return RunTool(FsAdminTool(), rest, env);
  if (tool == "getConf") return ShowConf(rest, env);
  if (tool == "format") return Format(/*master=*/true, /*worker=*/true, env);
  if (tool == "formatMaster" || tool == "formatMasters" || tool == "formatJournal") {
    return Format(/*master=*/true, /*worker=*/false, env);
  }
  if (tool == "formatWorker" || tool == "formatWorkers") return Format(/*master=*/false, /*worker=*/true, env);
  if (tool == "tour") return Tour(rest, env);
  if (tool == "runTest" || tool == "runTests") return RunTests(rest, env);
  if (tool == "version") {
    env.out() << kVersion << "\n";
    return 0;
  }
  const bool help = tool == "help" || tool == "-h" || tool == "--help";
  if (!help) env.err() << tool << " is an unknown command.\n";
  env.out() << kUsage;
  return help ? 0 : 1;
}

}  // namespace alluxio::shell
