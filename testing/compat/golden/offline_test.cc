// What the shell says without a cluster (usage, help, refused command lines)
// against the recorded original.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "alluxio/shell/fake_environment.h"
#include "alluxio/shell/tools.h"
#include "gtest/gtest.h"
#include "testing/compat/golden/golden.h"

namespace alluxio::test {
namespace {

bool NeedsNoCluster(const std::string& name) {
  for (absl::string_view suffix : {"_noargs", "_extra", "_nosuch", "_badflag", "_ts_bad", "_badaction", "_badtime",
                                   "_onearg", "_journal", "_journal_bad", "_quorum", "_quorum_info_bad"}) {
    if (absl::EndsWith(name, suffix)) return true;
  }
  for (absl::string_view exact : {"version",
                                  "fs",
                                  "fs_help",
                                  "fs_help_ls",
                                  "fs_help_bad",
                                  "fs_du_worker",
                                  "fs_chmod_sym",
                                  "fs_chmod_bad",
                                  "fs_setfacl_bad",
                                  "fs_setReplication_badrange",
                                  "fs_setReplication_none",
                                  "fs_head_c_bad",
                                  "fs_tail_c_bad",
                                  "fs_test_none",
                                  "fsadmin",
                                  "job",
                                  "fsadmin_metrics",
                                  "fsadmin_pathConf",
                                  "fsadmin_pathConf_add_bad",
                                  "fsadmin_report_bad",
                                  "fsadmin_report_h",
                                  "fsadmin_report_nodestatus",
                                  "fsadmin_doctor_bad",
                                  "fsadmin_ufs",
                                  "fsadmin_getBlockInfo_bad",
                                  "fsadmin_updateConf_bad",
                                  "fsadmin_updateConf_noargs",
                                  "getConf_bad",
                                  "getConf_badopt"}) {
    if (name == exact) return true;
  }
  return false;
}

TEST(GoldenOfflineTest, UsageHelpAndRefusalsAreTheOriginals) {
  const auto golden = Golden::FromEnvironment();
  ASSERT_TRUE(golden.ok()) << golden.status();
  if (!golden->has_value()) GTEST_SKIP() << "ALLUXIO_REFERENCE is not set";
  int compared = 0;
  for (const GoldenCommand& command : (*golden)->commands()) {
    const GoldenAnswer* original = (*golden)->Find(command.name);
    if (original == nullptr || !NeedsNoCluster(command.name)) continue;
    if (command.tool != "getConf" && !AcceptedDifference(command.name).empty()) continue;
    FakeEnvironment env;
    env.Break(absl::UnavailableError("this command should not need a cluster"));
    std::vector<std::string> args = {command.tool};
    args.insert(args.end(), command.args.begin(), command.args.end());
    GoldenAnswer ours;
    ours.code = shell::RunShell(args, env) & 0xFF;
    ours.out = env.TakeOut();
    ours.err = env.TakeErr();
    EXPECT_EQ(CompareGolden(command.name, *original, ours), "") << command.name;
    ++compared;
  }
  EXPECT_GT(compared, 60);
}

}  // namespace
}  // namespace alluxio::test
