#include "alluxio/shell/words.h"

#include <unistd.h>

#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/get_conf.h"
#include "alluxio/shell/collect_info.h"
#include "alluxio/shell/doc_gen.h"
#include "alluxio/shell/format.h"
#include "alluxio/shell/fs_table.h"
#include "alluxio/shell/fsadmin.h"
#include "alluxio/shell/job.h"
#include "alluxio/shell/log_level.h"
#include "alluxio/shell/read_journal.h"
#include "alluxio/shell/run_class.h"
#include "alluxio/shell/run_tests.h"
#include "alluxio/shell/tools.h"
#include "alluxio/shell/tour/tour.h"
#include "alluxio/shell/ufs_tests.h"
#include "alluxio/shell/validate.h"

namespace alluxio::shell {
namespace {

using Args = std::span<const std::string>;

int GetConf(Args args, Environment& env) {
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
int FormatBoth(Args args, Environment& env) { return Format(/*master=*/true, /*worker=*/true, env); }
int FormatTheMaster(Args args, Environment& env) { return Format(/*master=*/true, /*worker=*/false, env); }
int FormatTheWorker(Args args, Environment& env) { return Format(/*master=*/false, /*worker=*/true, env); }

// `tour [PATH]`: what the quickstart shows. Waits for the cluster to be complete.
int Tour(Args args, Environment& env) {
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

int Version(Args args, Environment& env) {
  env.out() << kVersion << "\n";
  return 0;
}

int ClearCache(Args args, Environment& env) {
  ::sync();
  std::ofstream file("/proc/sys/vm/drop_caches");
  if (file << "3" << std::flush) return 0;
  env.err() << "/proc/sys/vm/drop_caches cannot be written: clearing the operating system's caches needs root.\n";
  return 1;
}

// `completion [--words]`.
int Completion(Args args, Environment& env) {
  env.out() << (!args.empty() && args[0] == "--words" ? CompatibilityText() : BashCompletion());
  return 0;
}

int Help(Args args, Environment& env) {
  PrintUsage(env.out());
  return 0;
}

constexpr OptionSpec kFormatOptions[] = {
    {.short_name = "s", .description = "only if the journal is not there yet"},
};
constexpr OptionSpec kGetConfOptions[] = {
    {.long_name = "master", .description = "the configuration properties used by the master."},
    {.long_name = "source", .description = "source of the configuration property instead of the value."},
    {.long_name = "unit", .arg_name = "arg", .description = "unit of the value to return."},
};
constexpr OptionSpec kRunTestOptions[] = {
    {.long_name = "directory", .arg_name = "arg", .description = "where the files go"},
    {.long_name = "operation", .arg_name = "arg", .description = "BASIC or BASIC_NON_BYTE_BUFFER"},
    {.long_name = "readType", .arg_name = "arg", .description = "CACHE_PROMOTE, CACHE or NO_CACHE"},
    {.long_name = "writeType", .arg_name = "arg", .description = "MUST_CACHE, CACHE_THROUGH, THROUGH or ASYNC_THROUGH"},
};

constexpr absl::string_view kNoHdfs = "HDFS is not an under store of this version.";

// In the original's order, as its usage shows them.
constexpr Word kWords[] = {
    {.name = "quickstart",
     .arguments = "[FOLDER]",
     .description = "Build if needed, start a cluster on this machine, and show it.",
     .ours = true},
    {.name = "format",
     .arguments = "[-s]",
     .description = "Format Alluxio master and all workers (if -s specified, only format if this host has no journal "
                    "yet)",
     .options = kFormatOptions,
     .run = FormatBoth},
    {.name = "formatJournal", .description = "Format Alluxio master journal locally", .run = FormatTheMaster},
    {.name = "formatMaster", .description = "The old name of formatJournal", .run = FormatTheMaster, .hidden = true},
    {.name = "formatMasters", .description = "Format Alluxio masters", .run = FormatTheMaster},
    {.name = "formatWorker", .description = "Format Alluxio worker storage", .run = FormatTheWorker},
    {.name = "formatWorkers",
     .description = "Format the storage of all Alluxio workers",
     .run = FormatTheWorker,
     .ours = true},
    {.name = "bootstrapConf",
     .arguments = "<alluxio_master_hostname>",
     .description = "Generate a config file if one doesn't exist"},
    {.name = "fs", .description = "Command line input for generic filesystem user client.", .tool = FsTool},
    {.name = "fsadmin", .description = "Command line input for filesystem admin client.", .tool = FsAdminTool},
    {.name = "getConf",
     .arguments = "[key]",
     .description = "Look up a configuration key, or print all configuration.",
     .options = kGetConfOptions,
     .run = GetConf},
    {.name = "job", .description = "Command line tool for interacting with the job service.", .tool = JobTool},
    {.name = "logLevel",
     .description = "Set or get log level of Alluxio servers.",
     .options = kLogLevelOptions,
     .run = LogLevelCommand},
    {.name = "runClass",
     .arguments = "<class>",
     .description = "Run the main method of an Alluxio class.",
     .run = RunClass,
     .missing = "the classes that words of this shell stand for"},
    {.name = "runTest",
     .description = "Run an end-to-end test on an Alluxio cluster.",
     .options = kRunTestOptions,
     .run = RunTests},
    {.name = "runTests", .description = "Run all end-to-end tests on an Alluxio cluster.", .run = RunTests},
    {.name = "runUfsTests",
     .description = "Test the integration between Alluxio and the given UFS to validate UFS semantics",
     .options = kUfsTestsOptions,
     .run = RunUfsTests,
     .missing = "under stores of this machine"},
    {.name = "runUfsIOTest",
     .description = "Test the UFS IO throughput from this machine.",
     .options = kUfsIoTestOptions,
     .run = RunUfsIoTest,
     .missing = "under stores of this machine; no `--cluster`"},
    {.name = "runHdfsMountTests",
     .description = "Run mount tests of an HDFS path.",
     .missing = kNoHdfs,
     .refused = true},
    {.name = "runHmsTests",
     .description = "Test the connection to a Hive metastore.",
     .missing = "There is no catalog service in this version.",
     .refused = true},
    {.name = "runJournalCrashTest",
     .description = "Test the Master Journal System in a crash scenario.",
     .missing = "Crashes are tested by this project's own programs (testing/crash), not from a release.",
     .refused = true},
    {.name = "readJournal",
     .description = "Read an Alluxio journal file and write a human-readable version of it.",
     .options = kReadJournalOptions,
     .run = ReadJournal,
     .missing = "reads this version's journal; there is one for all masters, so `-master` chooses nothing"},
    {.name = "upgradeJournal",
     .description = "Upgrade an Alluxio journal version 0 to version 1.",
     .missing = "This version cannot read journals of the original; move the namespace with a backup.",
     .refused = true},
    {.name = "killAll",
     .arguments = "[-s] <WORD>",
     .description = "Kill processes containing the WORD.",
     .run = KillAll},
    {.name = "copyDir", .arguments = "<PATH>", .description = "Copy the PATH to all worker nodes."},
    {.name = "clearCache", .description = "Clear OS buffer cache of the machine.", .run = ClearCache},
    {.name = "docGen",
     .description = "Generate docs automatically.",
     .options = kDocGenOptions,
     .run = DocGen,
     .missing = "metrics with their kinds instead of descriptions"},
    {.name = "table",
     .description = "Command line tool for the catalog service.",
     .missing = "There is no catalog service in this version.",
     .refused = true},
    {.name = "version", .description = "Print Alluxio version and exit.", .run = Version},
    {.name = "validateConf", .description = "Validate Alluxio conf and exit.", .run = ValidateConf},
    {.name = "validateEnv",
     .arguments = "<TARGET> [NAME]",
     .description = "Validate Alluxio environment.",
     .choices = kValidateTargets,
     .run = ValidateEnv,
     .missing = "no tasks about HDFS, the proxy and Java"},
    {.name = "collectInfo",
     .arguments = "[OPTIONS] <COMMAND> <outputPath>",
     .description = "Collect information to troubleshoot an Alluxio cluster.",
     .options = kCollectInfoOptions,
     .choices = kCollectInfoCommands,
     .run = CollectInfo,
     .missing = "hosts are asked one after another; `collectJvmInfo` tells of threads as the kernel sees them"},
    {.name = "completion",
     .description = "Print the completion for bash.",
     .run = Completion,
     .hidden = true,
     .missing = "libexec/alluxio-completion.bash is made by it",
     .ours = true},
    {.name = "tour",
     .arguments = "[PATH]",
     .description = "Show a running cluster.",
     .run = Tour,
     .hidden = true,
     .missing = "what quickstart shows",
     .ours = true},
    {.name = "help", .description = "Print this text.", .run = Help, .hidden = true},
    {.name = "-h", .run = Help, .hidden = true},
    {.name = "--help", .run = Help, .hidden = true},
};

}  // namespace

std::span<const Word> Words() { return kWords; }

}  // namespace alluxio::shell
