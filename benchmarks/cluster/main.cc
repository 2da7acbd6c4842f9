// Measures a cluster end to end and prints a table and, with --json, a file.
// Beside each row stands the machine's limit taken in the same minute.
//
//   bazel run //benchmarks:cluster                     own servers, all rows
//   bazel run //benchmarks:cluster -- --short          a minute or two
//   bazel run //benchmarks:cluster -- --master H:P     servers that run already
//   bazel run //benchmarks:cluster -- --original H:P   the wire's rows of these as well
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "alluxio/base/status_macros.h"
#include "benchmarks/cluster/data_rows.h"
#include "benchmarks/cluster/echo.h"
#include "benchmarks/cluster/metadata_rows.h"
#include "benchmarks/cluster/process_rows.h"
#include "benchmarks/cluster/report.h"
#include "benchmarks/cluster/servers.h"

namespace alluxio::benchmarks {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string binary;  // empty: beside this program, in its runfiles
  std::string work = "/tmp";
  std::string json;
  std::string original;
  std::string rows = "all";
  bool own = true;
  bool brief = false;
  bool nosasl = false;
  std::string read_small;
  MetadataOptions metadata;
  DataOptions data;
  ProcessOptions process;

  bool Wants(absl::string_view group) const {
    return rows == "all" || absl::StrContains(absl::StrCat(",", rows, ","), absl::StrCat(",", group, ","));
  }
};

// Sizes with which all rows take a minute or two: to see that they work.
void MakeShort(Options& options) {
  options.metadata.operations = 2'000;
  options.metadata.listed = 1'000;
  options.metadata.rounds = 1;
  options.data.file_bytes = int64_t{64} << 20;
  options.data.cold_bytes = int64_t{64} << 20;
  options.data.block_bytes = int64_t{16} << 20;
  options.data.random_reads = 10'000;
  options.data.small_files = 200;
  options.data.rounds = 1;
  options.process = {.files_for_memory = 2'000, .files_for_restart = 4'000, .starts = 1};
}

// The program that `bazel run` and `bazel test` built along with this one.
std::string BinaryInRunfiles(const char* self) {
  const std::string path = "alluxio/multicall/alluxio-multicall";
  if (::access(path.c_str(), X_OK) == 0) return fs::absolute(path).string();
  std::error_code error;
  const fs::path exe = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& folder : {fs::path(absl::StrCat(self, ".runfiles")), fs::path(exe.string() + ".runfiles")}) {
    for (const auto& workspace : fs::directory_iterator(folder, error)) {
      if (const fs::path found = workspace.path() / path; ::access(found.c_str(), X_OK) == 0) return found.string();
    }
  }
  return "";
}

absl::Status RunOwn(Options& options, EchoServer& echo, Report& report) {
  if (options.binary.empty()) return absl::NotFoundError("no alluxio program beside this one: name it by --binary");
  const std::string folder = absl::StrCat(options.work, "/alluxio-benchmark-", ::getpid());
  // Room for one cold file and a little, so that two evict each other.
  const int64_t worker_bytes = std::max(options.data.file_bytes, options.data.cold_bytes) * 5 / 4 +
                               options.data.small_files * 8192 + (int64_t{64} << 20);
  const absl::Status status = [&]() -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(auto servers, Servers::Create({.binary = options.binary,
                                                            .folder = folder,
                                                            .block_parent = options.data.memory_folder,
                                                            .worker_bytes = worker_bytes}));
    ALLUXIO_RETURN_IF_ERROR(servers->StartMaster());
    ALLUXIO_RETURN_IF_ERROR(servers->StartWorker());
    if (options.Wants("process")) {
      report.PrintSection("memory and starts");
      ALLUXIO_RETURN_IF_ERROR(RunIdleRows(options.process, *servers, report));
    }
    options.metadata.master = servers->master_address();
    options.metadata.journal_folder = servers->journal_folder();
    options.data.master = servers->master_address();
    options.data.block_folder = servers->block_folder();
    options.data.ufs_folder = servers->ufs_folder();
    if (options.Wants("data")) {
      report.PrintSection("data");
      ALLUXIO_RETURN_IF_ERROR(RunDataRows(options.data, echo, report));
    }
    if (options.Wants("metadata")) {
      report.PrintSection("metadata, over TCP");
      ALLUXIO_RETURN_IF_ERROR(RunMetadataRows(options.metadata, echo, report));
    }
    if (options.Wants("many")) {
      report.PrintSection("many files");
      ALLUXIO_RETURN_IF_ERROR(RunManyFilesRows(options.process, *servers, report));
    }
    return absl::OkStatus();
  }();
  // What went wrong is in the servers' logs.
  std::error_code ignored;
  if (status.ok()) fs::remove_all(folder, ignored);
  return status;
}

// Servers that run already, ours or the original's: what the wire shows.
absl::Status RunAgainst(const std::string& master, Options& options, EchoServer& echo, Report& report) {
  options.metadata.master = options.data.master = master;
  options.metadata.journal_folder = "";
  options.data.wire_only = true;
  options.data.block_folder = options.data.ufs_folder = "";
  report.PrintSection(absl::StrCat("on the wire, ", master));
  if (options.Wants("metadata")) ALLUXIO_RETURN_IF_ERROR(RunMetadataRows(options.metadata, echo, report));
  if (options.Wants("data")) ALLUXIO_RETURN_IF_ERROR(RunDataRows(options.data, echo, report));
  return absl::OkStatus();
}

absl::Status Run(Options& options) {
  if (!options.read_small.empty()) {
    ALLUXIO_ASSIGN_OR_RETURN(const double rate, SmallFilesRate(options.data, options.read_small));
    std::cout << rate << "\n";
    return absl::OkStatus();
  }
  ALLUXIO_ASSIGN_OR_RETURN(const auto echo, EchoServer::Fork());
  Report report(std::cout, DescribeMachine());
  report.PrintHead();
  absl::Status status =
      options.own ? RunOwn(options, *echo, report) : RunAgainst(options.metadata.master, options, *echo, report);
  Report original(std::cout, absl::StrCat("the original at ", options.original));
  if (status.ok() && !options.original.empty()) status = RunAgainst(options.original, options, *echo, original);
  if (!options.json.empty()) {
    std::ofstream out(options.json);
    out << (options.original.empty() ? report.Json()
                                     : absl::StrCat("{\"ours\": ", report.Json(), ",\n\"original\": ", original.Json(), "}"))
        << "\n";
    if (!out.flush()) status.Update(absl::UnavailableError(absl::StrCat("cannot write ", options.json)));
  }
  return status;
}

int Main(int argc, char** argv) {
  Options options;
  options.binary = BinaryInRunfiles(argv[0]);
  std::string master;
  CLI::App app("Measures a cluster beside the machine's limits.");
  auto* const address = app.add_option("--master", master, "host:port of a running master; else own servers are started");
  app.add_option("--original", options.original, "host:port of an original's master, for the rows of the wire");
  auto* const brief = app.add_flag("--short", options.brief, "small sizes: see that it works, not how fast");
  app.add_option("--rows", options.rows, "some of process,data,metadata,many")->capture_default_str();
  app.add_option("--only", options.data.only, "of the data rows only those with this in their name");
  app.add_option("--json", options.json, "also write the rows to this file");
  app.add_option("--binary", options.binary, "the alluxio program of own servers")->capture_default_str();
  app.add_option("--work", options.work, "own servers' journal, under store and logs: a disk")->capture_default_str();
  app.add_option("--memory", options.data.memory_folder, "own servers' blocks: a tmpfs")->capture_default_str();
  std::string user = "root", folder = "/benchmark";
  app.add_option("--user", user, "who we say we are")->capture_default_str();
  app.add_option("--folder", folder, "where in the namespace to work")->capture_default_str();
  app.add_flag("--nosasl", options.nosasl, "the cluster runs without authentication");
  // Sizes; over those of --short where both are given.
  std::optional<int64_t> operations, listed, small_files, memory_files, restart_files, mib, rounds;
  app.add_option("--operations", operations, "calls per metadata row at 64 in flight");
  app.add_option("--listed", listed, "entries of the list row");
  app.add_option("--file-mib", mib, "size of the big files");
  app.add_option("--small-files", small_files, "how many files of 4 KiB");
  app.add_option("--memory-files", memory_files, "files for the memory row");
  app.add_option("--restart-files", restart_files, "files for the restart row");
  app.add_option("--rounds", rounds, "measurements of each row; the best counts");
  app.add_option("--read-small", options.read_small, "only read the small files of this folder, and print how many in a second")
      ->needs(address);
  CLI11_PARSE(app, argc, argv);
  if (brief->count() > 0) MakeShort(options);
  options.own = address->count() == 0;
  options.metadata.master = options.data.master = master;
  options.metadata.user = options.data.user = user;
  options.metadata.folder = options.data.folder = folder;
  options.metadata.authenticated = options.data.authenticated = !options.nosasl;
  if (operations) options.metadata.operations = *operations;
  if (listed) options.metadata.listed = *listed;
  if (small_files) options.data.small_files = *small_files;
  if (memory_files) options.process.files_for_memory = *memory_files;
  if (restart_files) options.process.files_for_restart = *restart_files;
  if (mib) options.data.file_bytes = options.data.cold_bytes = *mib << 20;
  if (rounds) options.metadata.rounds = options.data.rounds = static_cast<int>(*rounds);
  if (const absl::Status status = Run(options); !status.ok()) {
    std::cerr << "stopped: " << status << "\n";
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace alluxio::benchmarks

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return alluxio::benchmarks::Main(argc, argv);
}
