// Every recorded command, in its order, against a cluster like the recorded one:
// one worker with a MEM tier of 4 GB, an empty folder as the root under store.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/log.h"
#include "alluxio/shell/connections.h"
#include "alluxio/shell/tools.h"
#include "gtest/gtest.h"
#include "testing/compat/golden/golden.h"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio::test {
namespace {

// Takes the -Dkey=value out of `words`.
Properties TakeProperties(std::vector<std::string>* words) {
  Properties properties;
  std::erase_if(*words, [&properties](const std::string& word) {
    const size_t equals = word.find('=');
    if (!absl::StartsWith(word, "-D") || equals == std::string::npos) return false;
    properties.emplace_back(word.substr(2, equals - 2), word.substr(equals + 1));
    return true;
  });
  return properties;
}

GoldenAnswer RunCommand(MiniCluster& cluster, GoldenCommand command) {
  GoldenAnswer answer;
  Properties properties = TakeProperties(&command.args);
  if (command.tool == "logLevel") {
    SetLogLevel(LogLevel::kInfo);  // what servers begin with
    // Where the pages are, instead of the recording's ports.
    const int worker = cluster.processes().worker(0)->web_port();
    properties.emplace_back("alluxio.master.web.port", absl::StrCat(cluster.processes().master()->web_port()));
    properties.emplace_back("alluxio.worker.web.port", absl::StrCat(worker));
    for (std::string& arg : command.args) arg = absl::StrReplaceAll(arg, {{":30000", absl::StrCat(":", worker)}});
  }
  const auto conf = cluster.ClientConf(properties);
  if (!conf.ok()) {
    answer.code = 1;
    answer.err = absl::StrCat(conf.status().message(), "\n");
    return answer;
  }
  std::ostringstream out;
  std::ostringstream err;
  std::vector<std::string> args = {command.tool};
  args.insert(args.end(), command.args.begin(), command.args.end());
  shell::Connections connections(*conf, /*interactive=*/false, &out, &err);
  answer.code = shell::RunShell(args, connections) & 0xFF;
  answer.out = out.str();
  answer.err = err.str();
  return answer;
}

// What the recorded one did where ours cannot: its effect, for later commands.
GoldenCommand InsteadOf(GoldenCommand command) {
  if (command.name == "fs_distributedCp") command.args = {"cp", "-R", "/g/dd", "/g/dcp"};
  return command;
}

// Lets what the cluster does in the background come to its end, as it had while
// the original's commands started: files freed, persisted, cached again.
void Settle(MiniCluster& cluster, const std::string& name) {
  const auto settled = [&cluster, &name] {
    const std::string listing = RunCommand(cluster, {.tool = "fs", .args = {"ls", "-R", "/g"}}).out;
    if (absl::StrContains(listing, "TO_BE_PERSISTED")) return false;
    if (name == "fs_free_f" || name == "fs_free") return absl::StrContains(listing, "  0% /g/seq.txt");
    if (name == "fs_cat_after_free_head") return absl::StrContains(listing, "100% /g/seq.txt");
    return true;
  };
  for (absl::string_view background :
       {"fs_copyFromLocal_intodir", "fs_touch", "fs_free_f", "fs_free", "fs_cat_after_free_head", "fs_cp_from_local"}) {
    if (name != background) continue;
    for (int i = 0; i < 300 && !settled(); ++i) absl::SleepFor(absl::Milliseconds(20));
  }
}

// Shows what workers report once a second (a free or a delete just before may not
// be in it yet), or how far a job has come.
bool ShowsProgress(const std::string& name) {
  return name == "fs_getUsedBytes" || (absl::StartsWith(name, "fsadmin_report") && name != "fsadmin_report_metrics") ||
         absl::StartsWith(name, "fs_load_progress");
}

TEST(GoldenClusterTest, EveryRecordedCommandAnswersAsTheOriginal) {
  const auto golden = Golden::FromEnvironment();
  ASSERT_TRUE(golden.ok()) << golden.status();
  if (!golden->has_value()) GTEST_SKIP() << "ALLUXIO_REFERENCE is not set";
  // The recording's is at the root of its machine.
  const std::string backups = absl::StrCat(::testing::TempDir(), "alluxio_backups");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<MiniCluster> cluster,
      MiniCluster::Start(
          {.conf = {{"alluxio.master.backup.directory", backups}}, .worker_bytes = int64_t{4} << 30, .web = true}));
  const std::string root = cluster->ufs_folder();

  // The recording's folder of local files becomes one of this test.
  const std::string local = absl::StrCat(::testing::TempDir(), "alxg");
  const auto to_ours = [&local, &root](absl::string_view text) {
    return absl::StrReplaceAll(text, {{"/tmp/alxg", local}, {"@BASE@/ufs", root}});
  };
  const auto to_theirs = [&local, &root, &backups](absl::string_view text) {
    return absl::StrReplaceAll(text, {{local, "/tmp/alxg"}, {root, "BASE/ufs"}, {backups, "/alluxio_backups"}});
  };
  int compared = 0;
  for (GoldenCommand command : (*golden)->commands()) {
    for (std::string& arg : command.args) arg = to_ours(arg);
    if (command.tool == "sh") {
      // Waits of the recording are for a Java job service.
      if (!absl::StartsWith(command.args[0], "sleep")) {
        ASSERT_EQ(std::system(command.args[0].c_str()), 0);
      }
      continue;
    }
    // What has no transcript had no effect either: later ones don't show it.
    const GoldenAnswer* original = (*golden)->Find(command.name);
    if (original == nullptr) continue;
    // Accepted ones run all the same: later commands may see what they did.
    const bool accepted = !AcceptedDifference(command.name).empty();
    if (accepted && command.tool != "fs") continue;
    const auto difference = [&] {
      GoldenAnswer ours = RunCommand(*cluster, InsteadOf(command));
      ours.out = to_theirs(ours.out);
      ours.err = to_theirs(ours.err);
      return accepted ? std::string() : CompareGolden(command.name, *original, ours);
    };
    std::string found = difference();
    for (int i = 0; i < 300 && !found.empty() && ShowsProgress(command.name); ++i) {
      absl::SleepFor(absl::Milliseconds(50));
      found = difference();
    }
    Settle(*cluster, command.name);
    // It forgot what the under store does not have.
    if (command.name == "fs_loadMetadata_v2") {
      ASSERT_EQ(RunCommand(*cluster, {.tool = "fs", .args = {"rm", "-R", "--alluxioOnly", "/g/a"}}).code, 0);
    }
    if (accepted) continue;
    EXPECT_EQ(found, "") << command.name;
    ++compared;
  }
  EXPECT_GT(compared, 200);
}

}  // namespace
}  // namespace alluxio::test
