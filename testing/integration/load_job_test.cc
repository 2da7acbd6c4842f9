// Goal: `fs load --submit` brings a folder that lies in the under store alone into
// the workers' memory, and what it says of that survives the master.
// Method: MiniCluster with two workers; the shell's own commands, as typed.
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "alluxio/shell/connections.h"
#include "alluxio/shell/tools.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class LoadJobTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(
        cluster_, MiniCluster::Start({.num_workers = 2, .conf = {{"alluxio.user.block.size.bytes.default", "256KB"}}}));
  }

  void PutFile(const std::string& path, size_t bytes) {
    const std::filesystem::path file = cluster_->ufs_folder() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << std::string(bytes, 'x');
  }
  // One command line of `alluxio`; "code: output".
  std::string Run(const std::string& line) {
    const auto conf = cluster_->ClientConf();
    if (!conf.ok()) return conf.status().ToString();
    std::ostringstream out;
    shell::Connections connections(*conf, /*interactive=*/false, &out, &out);
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const int code = shell::RunShell(words, connections);
    return absl::StrCat(code, ": ", out.str());
  }
  // The report, once the job is over.
  std::string Ended(const std::string& path) {
    std::string report;
    for (int i = 0; i < 1000; ++i) {
      report = Run(absl::StrCat("fs load ", path, " --progress --verbose"));
      if (!absl::StrContains(report, "RUNNING") && !absl::StrContains(report, "VERIFYING")) break;
      absl::SleepFor(absl::Milliseconds(20));
    }
    return report;
  }

  std::unique_ptr<MiniCluster> cluster_;
};

TEST_F(LoadJobTest, AColdFolderComesIntoMemory) {
  constexpr int kFiles = 30;
  for (int i = 0; i < kFiles; ++i) PutFile(absl::StrCat("/cold/sub", i % 3, "/f", i), 600'000);
  EXPECT_THAT(Run("fs load /cold --submit --verify"),
              MatchesRegex("0: Load '/cold' is successfully submitted. JobId: [0-9a-f-]+\n"));
  const std::string report = Ended("/cold");
  EXPECT_THAT(report, HasSubstr("0: Progress for loading path '/cold':\n\tSettings:\tbandwidth: unlimited\tverify: true\n"
                                "\tJob State: SUCCEEDED\n\tFiles Processed: 30\n\tBytes Loaded: 17.17MB out of "
                                "17.17MB\n"));
  EXPECT_THAT(report, HasSubstr("\tBlock load failure rate: 0.00%\n\tFiles Failed: 0\n"));
  for (int i = 0; i < kFiles; ++i) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const client::UriStatus status,
                                 cluster_->client().GetStatus(absl::StrCat("/cold/sub", i % 3, "/f", i)));
    EXPECT_EQ(status.in_alluxio_percentage, 100) << status.path;
  }
  EXPECT_THAT(Run("fs load /cold --stop"),
              "0: Cannot find load job for path /cold, it might have already been stopped or finished\n");

  ASSERT_THAT(cluster_->RestartMaster(), IsOk());
  EXPECT_THAT(Run("fs load /cold --progress"), HasSubstr("Job State: SUCCEEDED\n"));
  EXPECT_EQ(Run("fs load /other --progress"),
            "-2: Progress for loading path '/other':\nLoad for path '/other' cannot be found.\n");
}

TEST_F(LoadJobTest, WhatCannotBeLoadedIsToldByName) {
  EXPECT_THAT(Run("fs load /nosuch --submit"), HasSubstr("is successfully submitted"));
  EXPECT_THAT(Ended("/nosuch"), HasSubstr("Job State: FAILED (alluxio.exception.runtime.NotFoundRuntimeException: "
                                          "Path \"/nosuch\" does not exist.)\n"));

  PutFile("/two/good", 1000);
  PutFile("/two/gone", 1000);
  EXPECT_THAT(Run("fs ls /two"), HasSubstr("/two/gone"));
  std::filesystem::remove(cluster_->ufs_folder() + "/two/gone");
  EXPECT_THAT(Run("fs load /two --submit"), HasSubstr("is successfully submitted"));
  const std::string report = Ended("/two");
  EXPECT_THAT(report, HasSubstr("Job State: SUCCEEDED\n\tFiles Processed: 2\n\tBytes Loaded: 1000B out of 2000B\n"));
  EXPECT_THAT(report, HasSubstr("\tFiles Failed: 1\n"));
  EXPECT_THAT(report, HasSubstr("/two/gone: Status code: "));
}

TEST_F(LoadJobTest, WhatMakesNoSenseIsRefused) {
  EXPECT_THAT(Run("fs load /g --verify"), HasSubstr("-1: Must have one of submit / stop / progress\n"));
  EXPECT_THAT(Run("fs load /g --submit --stop"), HasSubstr("-1: Must have one of submit / stop / progress\n"));
  EXPECT_EQ(Run("fs load /g* --submit"), "-1: Load does not support wildcard path\n");
  EXPECT_EQ(Run("fs load /g --progress --format XML"),
            "-1: No enum constant alluxio.grpc.JobProgressReportFormat.XML\n");
  EXPECT_THAT(Run("fs load /g --submit --bandwidth much"), HasSubstr("-1: "));
}

}  // namespace
}  // namespace alluxio::test
