// Words that look after a machine or a cluster: readJournal, docGen, runUfsTests,
// runUfsIOTest, validateEnv, collectInfo, killAll.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/journal/local/local_journal.h"
#include "alluxio/shell/collect_info.h"
#include "alluxio/shell/doc_gen.h"
#include "alluxio/shell/fake_environment.h"
#include "alluxio/shell/process.h"
#include "alluxio/shell/read_journal.h"
#include "alluxio/shell/tools.h"
#include "alluxio/shell/ufs_tests.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "proto/journal/journal.pb.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::shell {
namespace {

using ::alluxio::test::IsOk;
using ::alluxio::test::IsOkAndHolds;
using ::alluxio::test::StatusIs;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class AdminTest : public ::testing::Test {
 protected:
  AdminTest() : folder_(absl::StrCat(::testing::TempDir(), "admin_test")) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  void Write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories(std::filesystem::path(folder_ + "/" + name).parent_path());
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
  }
  int Run(std::vector<std::string> args) {
    const int code = RunShell(args, env_);
    out_ = env_.TakeOut();
    err_ = env_.TakeErr();
    return code;
  }
  std::vector<std::string> Names(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/" + name)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  const std::string folder_;
  test::FakeEnvironment env_;
  std::string out_;
  std::string err_;
};

// Three entries over two segments.
void WriteJournal(const std::string& folder) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto journal,
                               journal::LocalJournal::Open({.folder = folder, .segment_bytes = 80}));
  for (int64_t i = 1; i <= 3; ++i) {
    proto::journal::JournalEntry entry;
    entry.mutable_delete_file()->set_id(100 + i);
    // One write each: a segment is closed between writes.
    Notification written;
    journal->Append(entry.SerializeAsString(), [&written](absl::Status) { written.Notify(); });
    written.Wait();
  }
  journal->Close();
}

TEST_F(AdminTest, ReadJournalWritesEntriesAsText) {
  WriteJournal(folder_ + "/journal");
  EXPECT_EQ(Run({"readJournal", "-inputDir", folder_ + "/journal", "-outputDir", folder_ + "/dump"}), 0);
  EXPECT_THAT(out_, StartsWith("Dumping journal of type EMBEDDED to " + folder_ + "/dump\n3 entries written to "));
  const std::string line(80, '-');
  std::string want;
  for (int i = 1; i <= 3; ++i) {
    absl::StrAppend(&want, line, "\nsequence_number: ", i, "\ndelete_file {\n  id: ", 100 + i, "\n}\n");
  }
  EXPECT_EQ(ReadAll(folder_ + "/dump/edits.txt"), want);

  std::ostringstream part;
  EXPECT_THAT(DumpJournal(Disk::Posix(), folder_ + "/journal", 2, 3, part), IsOkAndHolds(1));
  EXPECT_THAT(part.str(), HasSubstr("sequence_number: 2\n"));
  EXPECT_THAT(DumpJournal(Disk::Posix(), folder_ + "/journal", 0x3, 0x10, part), IsOkAndHolds(1));
}

TEST_F(AdminTest, ReadJournalNamesDamageAndWhatIsMissing) {
  WriteJournal(folder_ + "/journal");
  std::vector<std::string> segments = Names("journal");
  std::erase_if(segments, [](const std::string& name) { return !absl::StartsWith(name, "journal-"); });
  std::sort(segments.begin(), segments.end());
  ASSERT_GT(segments.size(), 1u);
  // The last record's last byte: a write that a crash cut short.
  std::string bytes = ReadAll(folder_ + "/journal/" + segments.back());
  const size_t last = bytes.find_last_not_of('\0');
  bytes[last] ^= 1;
  Write("journal/" + segments.back(), bytes);
  std::ostringstream out;
  EXPECT_THAT(DumpJournal(Disk::Posix(), folder_ + "/journal", 0, 100, out), IsOkAndHolds(2));
  EXPECT_THAT(out.str(), HasSubstr("with a record that is not complete"));
  // In the first segment it is damage.
  bytes = ReadAll(folder_ + "/journal/" + segments.front());
  bytes[bytes.find_last_not_of('\0')] ^= 1;
  Write("journal/" + segments.front(), bytes);
  EXPECT_THAT(DumpJournal(Disk::Posix(), folder_ + "/journal", 0, 100, out), StatusIs(absl::StatusCode::kDataLoss));

  EXPECT_EQ(Run({"readJournal", "-inputDir", folder_, "-outputDir", folder_ + "/dump"}), -1);
  EXPECT_THAT(out_, HasSubstr("Journal tool failed: there is no journal in " + folder_));
  EXPECT_EQ(Run({"readJournal", "-nosuch"}), -1);
  EXPECT_THAT(out_, StartsWith("Failed to parse input args: Unrecognized option: -nosuch\nusage: readJournal [-end"));
  EXPECT_EQ(Run({"readJournal", "-start", "x", "-outputDir", folder_ + "/dump"}), -1);
  EXPECT_THAT(out_, HasSubstr("-start x is not a number"));
  EXPECT_EQ(Run({"readJournal", "-help"}), 0);
}

TEST_F(AdminTest, DocGenWritesTheTables) {
  env_.Configure({{"alluxio.home", folder_}});
  EXPECT_EQ(Run({"docGen"}), 0);
  const std::string tables = folder_ + "/docs/_data/table/";
  EXPECT_THAT(ReadAll(tables + "master-configuration.csv"), StartsWith("propertyName,defaultValue\nalluxio.master."));
  EXPECT_THAT(ReadAll(tables + "master-configuration.csv"), HasSubstr("\nalluxio.master.rpc.port,\"19998\"\n"));
  EXPECT_THAT(ReadAll(tables + "en/user-configuration.yml"), HasSubstr("\nalluxio.user.file.writetype.default:\n  '"));
  EXPECT_THAT(ReadAll(tables + "worker-metrics.csv"), HasSubstr("\nWorker.BlocksCached,GAUGE\n"));
  EXPECT_THAT(ReadAll(tables + "cluster-metrics.csv"), StartsWith("metricName,metricType\nCluster."));
  EXPECT_EQ(MetricTables().size(), 10u);
  EXPECT_EQ(PropertyTables().size(), 12u);
  EXPECT_EQ(Run({"docGen", "--nosuch"}), 1);
  EXPECT_EQ(err_, "Unable to parse input args: Unrecognized option: --nosuch\n");
}

TEST_F(AdminTest, UfsTestsPassWhereTheContractHolds) {
  EXPECT_EQ(Run({"runUfsTests", "--path", folder_}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("Running test: createAtomicTest...Test Passed!\n"));
  EXPECT_THAT(out_, EndsWith("Running test: renameDirectoryTest...Test Passed!\nAll tests passed!\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));

  test::MemoryUfs memory;
  ALLUXIO_ASSERT_OK(memory.Mkdir("t", {}));
  std::ostringstream out;
  EXPECT_THAT(CheckUfsContract(memory, "t", out), IsOk()) << out.str();
  memory.SetReachable(false);
  EXPECT_THAT(CheckUfsContract(memory, "t", out), StatusIs(absl::StatusCode::kUnavailable));

  EXPECT_EQ(Run({"runUfsTests", "--path", folder_ + "/nosuch"}), 1);
  EXPECT_THAT(err_, HasSubstr("nosuch"));
  EXPECT_EQ(Run({"runUfsTests", "--path", "s3://bucket"}), 1);
  EXPECT_THAT(err_, StartsWith("s3://bucket is not a valid path"));
  EXPECT_EQ(Run({"runUfsTests"}), 1);
  EXPECT_THAT(out_, StartsWith("The following option is required: --path\nUsage: runUfsTests [options]\n"));
  EXPECT_EQ(Run({"runUfsTests", "--help"}), 0);
}

TEST_F(AdminTest, UfsIoTestMeasuresBothWays) {
  EXPECT_EQ(Run({"runUfsIOTest", "--path", folder_, "--io-size", "3m", "--threads", "2"}), 0) << err_;
  const auto json = nlohmann::json::parse(out_);
  EXPECT_EQ(json["writeSpeedStat"]["mTotalSizeBytes"], 6 << 20);
  EXPECT_EQ(json["readSpeedStat"]["mTotalSizeBytes"], 6 << 20);
  EXPECT_EQ(json["points"].size(), 4u);
  EXPECT_EQ(json["parameters"]["mThreads"], 2);
  EXPECT_TRUE(json["errors"].empty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_EQ(Run({"runUfsIOTest", "--path", folder_, "--threads", "0"}), 1);
  EXPECT_EQ(err_, "--threads 0 is not in 1..1000\n");
  EXPECT_EQ(Run({"runUfsIOTest", "--path", folder_, "--cluster"}), 1);
  EXPECT_THAT(err_, HasSubstr("job service"));
}

TEST_F(AdminTest, ValidateEnvRunsTasksByNameAndCountsThem) {
  Write("under/f", "");
  env_.Configure({{"alluxio.master.mount.table.root.ufs", folder_ + "/under"}, {"alluxio.conf.dir", folder_}});
  EXPECT_EQ(Run({"validateEnv", "local", "ufs.path.acc"}), 0);
  EXPECT_EQ(out_, absl::StrCat("Validating local environment...\nValidating ufs.path.accessible...\n"
                               "Successfully listed path ",
                               folder_, "/under.\n\033[32mOK\033[0m\nValidation succeeded.\n"));
  EXPECT_EQ(err_, "\n");
  // What is missing is said with what to do.
  env_.Configure({{"alluxio.master.mount.table.root.ufs", folder_ + "/nosuch"}});
  EXPECT_EQ(Run({"validateEnv", "master", "ufs.path.acc"}), -1);
  EXPECT_THAT(out_, HasSubstr("alluxio.master.mount.table.root.ufs.\n\033[31mFAILED\033[0m\n"));
  EXPECT_EQ(err_, "1 failures \n");
  EXPECT_EQ(Run({"validateEnv", "cluster"}), 0);
  EXPECT_THAT(out_, HasSubstr("Validating cluster.conf.consistent...\n\033[32mOK"));
  EXPECT_EQ(Run({"validateEnv", "worker", "master."}), -1);
  EXPECT_EQ(err_, "\nNo validation task matched name \"master.\".\n");
  EXPECT_EQ(Run({"validateEnv", "list"}), 0);
  EXPECT_THAT(out_, StartsWith("The following tasks are available to run on master:\nufs.hdfs.config.correctness: "));
  EXPECT_EQ(Run({"validateEnv"}), -2);
  EXPECT_EQ(err_, "Target not specified.\n");
  EXPECT_THAT(out_, StartsWith("usage: validateEnv COMMAND [NAME] [OPTIONS]\n\nValidate environment for Alluxio.\n"));
  EXPECT_THAT(out_, HasSubstr("\nWhen NAME is given, only tasks with name starts with the prefix will run.\n"));
  EXPECT_EQ(Run({"validateEnv", "local", "ufs.hdfs", "-hadoopConfDir", "/etc/hadoop"}), 0);
  EXPECT_EQ(err_, "4 skipped \n");
  EXPECT_EQ(Run({"validateEnv", "local", "-nosuch"}), -1);
  EXPECT_EQ(err_, "Invalid argument: Failed to parse args for validateEnv: Unrecognized option: -nosuch.\n");
  EXPECT_EQ(Run({"validateEnv", "nosuch"}), -2);
  EXPECT_EQ(err_, "Invalid target.\n");
}

TEST_F(AdminTest, ValidateConfIsContentWithAGoodConfiguration) {
  EXPECT_EQ(Run({"validateConf"}), 0);
  EXPECT_EQ(out_, "Validating configuration.\nConfiguration is valid.\n");
}

TEST_F(AdminTest, CollectInfoPacksWhatItWasAskedFor) {
  Write("conf/masters", "localhost\n");
  Write("conf/alluxio-site.properties", "s3a.secretKey=secret\n");
  Write("logs/master.log", "2026-11-22 10:00:00,123 INFO a - b\n");
  Write("logs/worker.log.1", "x\n");
  Write("logs/other.txt", "x\n");
  env_.Configure({{"alluxio.conf.dir", folder_ + "/conf"}, {"alluxio.logs.dir", folder_ + "/logs"}});
  EXPECT_EQ(Run({"collectInfo", "--local", "collectConfig", folder_ + "/out"}), 0) << err_;
  EXPECT_THAT(Names("out/collectConfig"), ::testing::ElementsAre("masters"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/out/alluxio-info.tar.gz"));
  EXPECT_EQ(Run({"collectInfo", "--local", "collectLog", folder_ + "/out"}), 0) << err_;
  EXPECT_THAT(Names("out/collectLog"), ::testing::UnorderedElementsAre("master.log", "worker.log.1"));
  EXPECT_THAT(out_, HasSubstr("Files to collect: [collectLog]\n"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ProcessResult list,
                               RunProcess({"tar", "-tzf", folder_ + "/out/alluxio-info.tar.gz"}));
  EXPECT_THAT(list.output, HasSubstr("collectLog/master.log\n"));
  // Begins after what is wanted.
  EXPECT_EQ(Run({"collectInfo", "--local", "--include-logs", "master", "--end-time", "2026-11-22T09:00:00",
                 "collectLog", folder_ + "/earlier"}),
            0);
  EXPECT_THAT(Names("earlier/collectLog"), ::testing::IsEmpty());

  EXPECT_EQ(Run({"collectInfo", "collectLog"}), -1);
  EXPECT_EQ(err_, "Command requires at least 2 arguments (1 provided)\n\n");
  EXPECT_EQ(Run({"collectInfo", "nosuch", folder_}), 1);
  EXPECT_EQ(err_, "nosuch is an unknown command.\n");
  EXPECT_EQ(Run({"collectInfo", "--include-logs", "a", "--exclude-logs", "b", "collectLog", folder_}), -1);
  EXPECT_EQ(err_, "ERROR: Please do not use --exclude-logs when --include-logs is specified.\n");
  EXPECT_EQ(Run({"collectInfo", "--help"}), 0);
}

TEST(CollectInfoTest, KnowsTheTimesOfLogs) {
  const absl::CivilSecond want(2026, 11, 22, 15, 24, 5);
  EXPECT_EQ(LeadingTime("2026-11-22 15:24:05,397 INFO  x"), want);
  EXPECT_EQ(LeadingTime("2026-11-22T15:24:05"), want);
  EXPECT_EQ(LeadingTime("26/11/22 15:24:05 x"), want);
  EXPECT_EQ(LeadingTime("2026-11-22 15:24"), absl::CivilSecond(2026, 11, 22, 15, 24, 0));
  EXPECT_EQ(LeadingTime("no time here, but long enough"), std::nullopt);
  EXPECT_EQ(LeadingTime(""), std::nullopt);
}

TEST(ProcessTest, OutputExitCodeAndPatience) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(ProcessResult result, RunProcess({"sh", "-c", "echo a; echo b >&2; exit 3"}));
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.output, "a\nb\n");
  EXPECT_THAT(RunProcess({"no-such-program"}), StatusIs(absl::StatusCode::kNotFound));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(result, RunProcess({"sleep", "100"}, absl::Milliseconds(10)));
  EXPECT_EQ(result.code, 128 + 9);
  EXPECT_THAT(result.output, HasSubstr("(ended after 10ms)"));
}

TEST_F(AdminTest, KillAllEndsOnlyOurProgramsWithTheWord) {
  EXPECT_EQ(Run({"killAll", "no-such-word-anywhere"}), 0);
  EXPECT_THAT(out_, StartsWith("Killed 0 process(es) on "));
  EXPECT_EQ(Run({"killAll"}), 1);
  EXPECT_EQ(out_, "Usage: alluxio killAll [-s] <WORD>\n");
}

}  // namespace
}  // namespace alluxio::shell
