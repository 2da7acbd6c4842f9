// Words of the shell whose work is in the cluster: they are run against a real one,
// with a clock that doesn't wait.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/shell/connections.h"
#include "alluxio/shell/tools.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Connections whose waits end at once.
class Hasty final : public shell::Environment {
 public:
  explicit Hasty(shell::Connections* inner) : Environment(&inner->out(), &inner->err()), inner_(*inner) {}
  const conf::Configuration& conf() override { return inner_.conf(); }
  Clock* clock() override { return &clock_; }
  absl::StatusOr<client::FileSystem*> fs() override { return inner_.fs(); }
  absl::StatusOr<client::BlockMasterClient*> blocks() override { return inner_.blocks(); }
  absl::StatusOr<client::MetaMasterClient*> meta() override { return inner_.meta(); }

 private:
  shell::Connections& inner_;
  FakeClock clock_;
};

class ShellWordsTest : public ::testing::Test {
 protected:
  void Start(MiniClusterOptions options) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(cluster_, MiniCluster::Start(std::move(options)));
  }
  int Run(const std::string& line) {
    const std::vector<std::string> args = absl::StrSplit(line, ' ', absl::SkipEmpty());
    const auto conf = cluster_->ClientConf();
    EXPECT_THAT(conf, IsOk());
    std::ostringstream out;
    std::ostringstream err;
    shell::Connections connections(*conf, /*interactive=*/false, &out, &err);
    Hasty hasty(&connections);
    const int code = shell::RunShell(args, hasty);
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  void WriteUfs(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = cluster_->ufs_folder() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::unique_ptr<MiniCluster> cluster_;
  std::string out_;
  std::string err_;
};

// Goal: what updateConf says it updated is what the master does from then on.
// Method: heartbeats run by themselves, but the TTL checker's comes hourly, until
// it is told to come often; then an expired file goes within the test's time.
TEST_F(ShellWordsTest, AnUpdatedIntervalIsTheOneThatRuns) {
  Start({.conf = {{"alluxio.conf.dynamic.update.enabled", "true"}}});
  const std::string key = "alluxio.master.ttl.checker.interval";
  ASSERT_EQ(Run("fs touch /f"), 0) << err_;
  ASSERT_EQ(Run("fs setTtl /f 1"), 0) << err_;
  ASSERT_EQ(Run("getConf --master --source " + key), 0);
  EXPECT_EQ(out_, "DEFAULT\n");

  EXPECT_EQ(Run(absl::StrCat("fsadmin updateConf ", key, "=0 alluxio.master.rpc.port=5")), -2);
  EXPECT_EQ(out_, absl::StrCat("Updated 2 configs\nFailed to Update alluxio.master.rpc.port\nFailed to Update ", key,
                               "\n"));
  EXPECT_EQ(Run("fs test -e /f"), 0);

  ASSERT_EQ(Run(absl::StrCat("fsadmin updateConf ", key, "=20ms alluxio.user.file.writetype.default=THROUGH")), 0)
      << out_;
  EXPECT_EQ(out_, "Updated 2 configs\n");
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  absl::StatusOr<client::UriStatus> status;
  do {
    status = cluster_->client().GetStatus("/f");
  } while (status.ok() && absl::Now() < deadline);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  ASSERT_EQ(Run("getConf --master " + key), 0);
  EXPECT_EQ(out_, "20ms\n");
  ASSERT_EQ(Run("getConf --master --source " + key), 0);
  EXPECT_EQ(out_, "RUNTIME\n");
  ASSERT_EQ(Run("getConf --master alluxio.user.file.writetype.default"), 0);
  EXPECT_EQ(out_, "THROUGH\n");
  // A client that starts now has it: the file is in the under store at once.
  ASSERT_EQ(Run("fs touch /through"), 0) << err_;
  EXPECT_TRUE(std::filesystem::exists(cluster_->ufs_folder() + "/through"));
}

TEST_F(ShellWordsTest, AStoreWithoutAccessIsNotSynced) {
  Start({});
  WriteUfs("f", "1");
  ASSERT_EQ(Run("fs ls /"), 0) << err_;
  EXPECT_NE(Run("fsadmin ufs --mode noAccess hdfs://nosuch/"), 0);
  EXPECT_THAT(out_ + err_, HasSubstr("Unknown Ufs path hdfs://nosuch/"));
  ASSERT_EQ(Run("fsadmin ufs --mode noAccess /"), 0) << out_ << err_;
  client::ListStatusOptions options;
  options.sync_interval_ms = 0;
  EXPECT_THAT(cluster_->client().ListStatus("/", options), StatusIs(absl::StatusCode::kPermissionDenied));
  // What is known is still there, as the original has it.
  EXPECT_EQ(Run("fs ls /"), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(" /f "));
  ASSERT_EQ(Run("fsadmin ufs --mode readWrite /"), 0);
  EXPECT_THAT(cluster_->client().ListStatus("/", options), IsOk());
}

TEST_F(ShellWordsTest, DecommissionedWorkersAreWatchedUntilTheyAreIdle) {
  Start({.num_workers = 2, .web = true});
  const int port = cluster_->processes().worker(0)->web_port();
  ASSERT_EQ(Run("fsadmin report capacity"), 0);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const conf::Configuration conf, cluster_->ClientConf());
  std::ostringstream ignored;
  shell::Connections connections(conf, false, &ignored, &ignored);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(client::BlockMasterClient * blocks, connections.blocks());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(std::vector<client::WorkerInfo> workers, blocks->GetWorkerInfoList());
  ASSERT_EQ(workers.size(), 2u);
  const std::string address = absl::StrCat(workers[0].address.host, ":", port);

  EXPECT_EQ(Run(absl::StrCat("fsadmin decommissionWorker --addresses ", address, " --disable")), 0) << out_ << err_;
  EXPECT_THAT(out_, StartsWith(absl::StrCat("Decommissioning worker ", address, "\nSet worker ", address,
                                            " decommissioned on master\nSent decommission messages to the master, 0 "
                                            "failed and 1 succeeded\nFailed ones: []\n")));
  EXPECT_THAT(out_, HasSubstr(absl::StrCat("There is no operation on worker ", address, " for 20 times in a row.")));
  EXPECT_THAT(out_, HasSubstr("All workers are successfully decommissioned and now idle."));
  EXPECT_EQ(err_, "");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(workers, blocks->GetWorkerInfoList());
  EXPECT_EQ(workers.size(), 1u);
  // Too little time for twenty polls.
  const std::string other = absl::StrCat(workers[0].address.host, ":", workers[0].address.web_port);
  EXPECT_EQ(Run(absl::StrCat("fsadmin decommissionWorker -a ", other, " -w 3s")), 3);
  EXPECT_THAT(out_,
              HasSubstr(absl::StrCat("Worker ", other, " has Worker.ActiveOperations=0, Worker.RpcQueueLength=0\n")));
  EXPECT_EQ(Run(absl::StrCat("fsadmin enableWorker -a ", address)), 0);
  EXPECT_THAT(out_, HasSubstr(absl::StrCat("Re-enabled worker ", address, " on master\n")));
  EXPECT_EQ(Run("fsadmin decommissionWorker -a nosuch:1"), -1);
  EXPECT_THAT(out_, HasSubstr("Worker nosuch is not known by the master."));
}

TEST_F(ShellWordsTest, ADeadWorkerIsToldApart) {
  Start({.web = true});
  const int port = cluster_->processes().worker(0)->web_port();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const conf::Configuration conf, cluster_->ClientConf());
  std::ostringstream ignored;
  shell::Connections connections(conf, false, &ignored, &ignored);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(client::BlockMasterClient * blocks, connections.blocks());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::vector<client::WorkerInfo> workers, blocks->GetWorkerInfoList());
  ASSERT_EQ(workers.size(), 1u);
  // The master does not know yet.
  cluster_->StopWorker(0);
  EXPECT_EQ(Run(absl::StrCat("fsadmin decommissionWorker -a ", workers[0].address.host, ":", port)), 10) << out_;
  EXPECT_THAT(err_, HasSubstr("There are many reasons why the poll can fail"));
  EXPECT_THAT(out_, HasSubstr("1 workers became inaccessible and we assume there are no operations"));
}

TEST_F(ShellWordsTest, InconsistentPathsAreRepaired) {
  Start({});
  WriteUfs("d/a", "aaa");
  WriteUfs("d/b", "bbb");
  WriteUfs("d/sub/c", "ccc");
  ASSERT_EQ(Run("fs ls -R /d"), 0);
  EXPECT_EQ(Run("fs checkConsistency /d"), 0);
  EXPECT_EQ(out_, "/d is consistent with the under storage system.\n");
  WriteUfs("d/a", "longer");
  std::filesystem::remove_all(cluster_->ufs_folder() + "/d/sub");
  EXPECT_EQ(Run("fs checkConsistency /d"), 0);
  EXPECT_EQ(out_, "The following files are inconsistent:\n/d/a\n/d/sub\n/d/sub/c\n");
  EXPECT_EQ(Run("fs checkConsistency -r -t 1 /d"), 0) << out_ << err_;
  EXPECT_EQ(out_,
            "/d has: 3 inconsistent files. Repairing with 1 threads.\n"
            "repairing path: /d/a\n/d/a repaired\n\n"
            "repairing path: /d/sub/c\n/d/sub/c repaired\n\n"
            "repairing path: /d/sub\n/d/subrepaired\n\n");
  EXPECT_EQ(Run("fs checkConsistency -r /d"), 0);
  EXPECT_EQ(out_, "/d is consistent with the under storage system.\n");
  EXPECT_EQ(Run("fs cat /d/a"), 0);
  EXPECT_EQ(out_, "longer");
  EXPECT_EQ(Run("fs checkConsistency -r -t 0 /d"), -1);
  EXPECT_EQ(out_, "The threads option must be a positive integer but was \"0\"\n");
}

TEST_F(ShellWordsTest, AFolderIsLookedAtAgainWhereItIsMarked) {
  Start({});
  WriteUfs("d/a", "a");
  ASSERT_EQ(Run("fs ls /d"), 0);
  WriteUfs("d/b", "b");
  ASSERT_EQ(Run("fs ls /d"), 0);
  EXPECT_THAT(out_, Not(HasSubstr("/d/b")));
  EXPECT_EQ(Run("fs syncDirNextTime true /d"), 0);
  EXPECT_EQ(out_, "Successfully marked the dir /d to trigger metadata sync on next access\n");
  ASSERT_EQ(Run("fs ls /d"), 0);
  EXPECT_THAT(out_, HasSubstr("/d/b"));
  WriteUfs("d/c", "c");
  EXPECT_EQ(Run("fs syncDirNextTime true /d"), 0);
  EXPECT_EQ(Run("fs syncDirNextTime false /d"), 0);
  EXPECT_EQ(out_, "Successfully marked the dir /d to skip metadata sync on next access\n");
  ASSERT_EQ(Run("fs ls /d"), 0);
  EXPECT_THAT(out_, Not(HasSubstr("/d/c")));
}

}  // namespace
}  // namespace alluxio::test
