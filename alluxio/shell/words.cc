#include "alluxio/shell/words.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/get_conf.h"
#include "alluxio/shell/collect_info.h"
#include "alluxio/shell/doc_gen.h"
#include "alluxio/shell/format.h"
#include "alluxio/shell/fs_table.h"
#include "alluxio/shell/fsadmin.h"
#include "alluxio/shell/job.h"
#include "alluxio/shell/log_level.h"
#include "alluxio/shell/process.h"
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

// Whoever asks for help, or mistypes, does not want to lose anything.
int RefuseToFormat(absl::string_view usage, Environment& env) {
  env.err() << "Usage: alluxio " << usage << "\n";
  return 1;
}
int FormatBoth(Args args, Environment& env) {
  const bool only_new = args.size() == 1 && args[0] == "-s";
  if (!args.empty() && !only_new) return RefuseToFormat("format [-s]", env);
  std::error_code ignored;
  if (only_new && std::filesystem::exists(env.conf().GetString("alluxio.master.journal.folder"), ignored)) return 0;
  return Format(/*master=*/true, /*worker=*/true, env);
}
int FormatTheMaster(Args args, Environment& env) {
  if (!args.empty()) return RefuseToFormat("formatJournal", env);
  return Format(/*master=*/true, /*worker=*/false, env);
}
int FormatTheWorker(Args args, Environment& env) {
  if (!args.empty()) return RefuseToFormat("formatWorker", env);
  return Format(/*master=*/false, /*worker=*/true, env);
}

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

constexpr OptionSpec kVersionOptions[] = {
    {.short_name = "r",
     .long_name = "revision",
     .arg_name = "revision_length",
     .description = "Prints the git revision along with the Alluxio version. Optionally specify the revision length"},
};

// `version [-r [LENGTH]]`.
int Version(Args args, Environment& env) {
  bool wanted = false;
  std::optional<std::string> length;
  for (size_t i = 0; i < args.size(); ++i) {
    absl::string_view arg = args[i];
    if (arg == "-r" || arg == "--revision" || arg == "-revision") {
      wanted = true;
      // What follows is its value, unless it is an option.
      if (i + 1 < args.size() && !absl::StartsWith(args[i + 1], "-")) length = args[++i];
    } else if (absl::ConsumePrefix(&arg, "--revision=") || absl::ConsumePrefix(&arg, "-r")) {
      wanted = true;
      length = std::string(absl::StripPrefix(arg, "="));
    } else if (absl::StartsWith(arg, "-")) {
      env.out() << "usage: version\n" << FormatOptions(kVersionOptions, kHelpWidth) << "\n";
      return 1;
    }
  }
  std::string revision = wanted ? OwnBuildId() : "";
  if (length.has_value()) {
    int64_t characters = 0;
    if (!absl::SimpleAtoi(*length, &characters) || characters < 0) {
      env.out() << "Couldn't parse <" << *length << "> as an integer\nusage: version\n"
                << FormatOptions(kVersionOptions, kHelpWidth) << "\n";
      return 1;
    }
    revision = revision.substr(0, static_cast<size_t>(characters));
  }
  env.out() << kVersion << (wanted ? "-" : "") << revision << "\n";
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
     .description = "Format Alluxio master and all workers (if -s specified, only format if underfs is local and "
                    "doesn't already exist)",
     .options = kFormatOptions,
     .run = FormatBoth},
    {.name = "formatJournal", .description = "Format Alluxio master journal locally", .run = FormatTheMaster},
    {.name = "formatMaster", .description = "The old name of formatJournal", .run = FormatTheMaster, .hidden = true},
    {.name = "formatMasters", .description = "Format Alluxio master nodes", .run = FormatTheMaster},
    {.name = "formatWorker", .description = "Format Alluxio worker nodes", .run = FormatTheWorker},
    {.name = "formatWorkers",
     .description = "Format the storage of all Alluxio workers",
     .run = FormatTheWorker,
     .ours = true},
    {.name = "bootstrapConf", .description = "Generate a config file if one doesn't exist"},
    {.name = "fs", .description = "Command line tool for interacting with the Alluxio filesystem.", .tool = FsTool},
    {.name = "fsadmin", .description = "Command line tool for use by Alluxio filesystem admins.", .tool = FsAdminTool},
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
     .description = "Run the main method of an Alluxio class.",
     .run = RunClass,
     .missing = "the classes that words of this shell stand for"},
    {.name = "runTest",
     .description = "Run an end-to-end test on an Alluxio cluster.",
     .options = kRunTestOptions,
     .run = RunTests},
    {.name = "runTests", .description = "Run all end-to-end tests on an Alluxio cluster.", .run = RunTests},
    {.name = "runUfsTests",
     .description = "Test the integration between Alluxio and the target under filesystem. Try 'alluxio runUfsTests "
                    "-help' for more help.\n                \t NOTE: This command requires a valid ufs path to run "
                    "tests against.",
     .options = kUfsTestsOptions,
     .run = RunUfsTests,
     .missing = "under stores of this machine"},
    {.name = "runUfsIOTest",
     .description = "Test the Alluxio throughput to the UFS path. Try 'alluxio runUfsIOTest -help' for more help.\n"
                    "                \t NOTE: This command requires a valid ufs path to write temporary files into.",
     .options = kUfsIoTestOptions,
     .run = RunUfsIoTest,
     .missing = "under stores of this machine; no `--cluster`"},
    {.name = "runHdfsMountTests",
     .description = "Test the integration between Alluxio and the target HDFS path. ",
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
    {.name = "runMiniBenchmark",
     .description = "Run a small benchmark.",
     .hidden = true,
     .missing = "Speed is measured by this project's own programs (benchmarks), not from a release.",
     .refused = true},
    {.name = "readJournal",
     .description = "Read an Alluxio journal file and write a human-readable version of it.",
     .options = kReadJournalOptions,
     .run = ReadJournal,
     .missing = "reads this version's journal; there is one for all masters, so `-master` chooses nothing"},
    {.name = "upgradeJournal",
     .description =
         "Upgrade an Alluxio journal version 0 (Alluxio version < 1.5.0) to an Alluxio journal version 1 (Alluxio "
         "version >= 1.5.0).",
     .missing = "This version cannot read journals of the original; move the namespace with a backup.",
     .refused = true},
    {.name = "killAll",
     .arguments = "[-s] <WORD>",
     .description = "Kill processes containing the WORD.",
     .run = KillAll},
    {.name = "copyDir", .arguments = "<PATH>", .description = "Copy the PATH to all master/worker nodes."},
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
    {.name = "version",
     .description = "Print Alluxio version and exit.",
     .options = kVersionOptions,
     .run = Version,
     .missing = "`-r` shows the build id of the program, as there is no revision of the original"},
    {.name = "validateConf", .description = "Validate Alluxio conf and exit.", .run = ValidateConf},
    {.name = "validateEnv",
     .description = "Validate Alluxio environment.",
     .choices = kValidateTargets,
     .run = ValidateEnv,
     .missing = "tasks about HDFS and Java are skipped"},
    {.name = "collectInfo",
     .description = "Collects information to troubleshoot an Alluxio cluster.",
     .options = kCollectInfoOptions,
     .choices = kCollectInfoCommands,
     .run = CollectInfo,
     .missing = "`collectJvmInfo` tells of threads as the kernel sees them"},
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
