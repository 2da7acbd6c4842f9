#include "alluxio/conf/get_conf.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::conf {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<std::vector<ShownProperty>> NoMaster() { return absl::UnavailableError("no master"); }

GetConfResult Answer(const std::string& site, const std::vector<std::string>& arguments) {
  Sources sources;
  sources.site_properties = site;
  sources.site_file = "/c/alluxio-site.properties";
  const absl::StatusOr<Configuration> configuration = Configuration::Create(sources);
  EXPECT_TRUE(configuration.ok()) << configuration.status();
  if (!configuration.ok()) return {};
  return GetConf(arguments, *configuration, NoMaster);
}

TEST(GetConfTest, PrintsOneKey) {
  EXPECT_EQ(Answer("", {"alluxio.master.rpc.port"}).out, "19998\n");
  EXPECT_EQ(Answer("", {"alluxio.master.port"}).out, "19998\n");
  EXPECT_EQ(Answer("", {"alluxio.master.hostname"}).out, "\n");
  EXPECT_EQ(Answer("", {"--source", "alluxio.master.hostname"}).out, "DEFAULT\n");
  EXPECT_EQ(Answer("alluxio.master.hostname=h", {"-source", "alluxio.master.hostname"}).out,
            "SITE_PROPERTY (/c/alluxio-site.properties)\n");
  EXPECT_EQ(Answer("", {"--unit", "kb", "alluxio.user.block.size.bytes.default"}).out, "65536\n");
  EXPECT_EQ(Answer("", {"--unit=M", "alluxio.master.worker.timeout"}).out, "5\n");
  EXPECT_EQ(Answer("s3a.secretKey=abc", {"s3a.secretKey"}).out, "******\n");
  EXPECT_EQ(Answer("", {"s3a.secretKey"}).out, "\n");
  EXPECT_EQ(Answer("alluxio.worker.tieredstore.level5.alias=X", {"alluxio.worker.tieredstore.level5.alias"}).out,
            "X\n");
}

TEST(GetConfTest, RefusesWithTheUsage) {
  const auto expect = [](const GetConfResult& result, const std::string& err) {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err, err + "\n");
    EXPECT_THAT(result.out, StartsWith("usage: USAGE: GetConf"));
  };
  expect(Answer("", {"nosuch"}), "nosuch is not a valid configuration key");
  expect(Answer("", {"alluxio.web.threads", "--source"}),
         "More arguments than expected. Args: [alluxio.web.threads, --source]");
  expect(Answer("", {"--unit"}), "Unable to parse input args: Missing argument for option: unit");
  expect(Answer("", {"--unit", "x", "alluxio.web.threads"}), "X is not a valid unit");
  expect(Answer("", {"--unit", "S", "alluxio.locality.order"}), "S is not a valid unit");
  expect(Answer("", {"alluxio.worker.tieredstore.level5.alias"}),
         "alluxio.worker.tieredstore.level5.alias is not found");
  const GetConfResult no_master = Answer("", {"--master"});
  EXPECT_EQ(no_master.exit_code, 255);
  EXPECT_EQ(no_master.out, "Unable to get master-side configuration: no master\n");
}

TEST(GetConfTest, ListsAllButUndeclaredKeys) {
  const GetConfResult result = Answer("alluxio.nosuch=1\nfs.oss.accessKeySecret=s\n", {"--source"});
  EXPECT_THAT(result.out, HasSubstr("\nalluxio.debug=false (DEFAULT)\n"));
  EXPECT_THAT(result.out, HasSubstr("\nfs.oss.accessKeySecret=****** (SITE_PROPERTY (/c/alluxio-site.properties))\n"));
  EXPECT_THAT(result.out, ::testing::Not(HasSubstr("nosuch")));
}

// The recorded answers of an original cluster. Its configuration is set up again
// here from what the recordings' README says of it.
class TranscriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* reference = std::getenv("ALLUXIO_REFERENCE");
    if (reference == nullptr) GTEST_SKIP() << "ALLUXIO_REFERENCE does not name the folder of recorded answers";
    folder_ = std::string(reference) + "/golden/transcripts/";
  }

  static Configuration Cluster(bool master) {
    Sources sources;
    sources.machine = {.user_home = "/root", .cores = 2, .memory_bytes = int64_t{24} << 30};
    sources.machine.process_memory_bytes = master ? int64_t{8} << 30 : int64_t{1580204} * 4000;
    sources.site_file = "BASE/home/conf/alluxio-site.properties";
    sources.site_properties =
        "alluxio.master.hostname=localhost\nalluxio.worker.hostname=localhost\nalluxio.user.hostname=localhost\n"
        "alluxio.job.master.hostname=localhost\nalluxio.proxy.hostname=localhost\nalluxio.worker.ramdisk.size=4GB\n"
        "alluxio.user.metrics.collection.enabled=false\nalluxio.master.journal.folder=BASE/journal\n"
        "alluxio.master.journal.type=EMBEDDED\nalluxio.master.metastore.dir=BASE/metastore\n"
        "alluxio.master.mount.table.root.ufs=BASE/ufs\nalluxio.security.authorization.permission.enabled=true\n"
        "alluxio.worker.tieredstore.level0.alias=MEM\n"
        "alluxio.worker.tieredstore.level0.dirs.path=/dev/shm/alx-ramdisk\nalluxio.worker.tieredstore.levels=1\n";
    if (!master) sources.site_properties += "alluxio.proxy.web.port=37999\n";  // the recorder's proxy moved
    sources.system_properties = {{"alluxio.home", "BASE/home"},
                                 {"alluxio.conf.dir", "BASE/home/conf"},
                                 {"alluxio.logs.dir", "BASE/home/logs"},
                                 {"alluxio.user.logs.dir", "BASE/home/logs/user"},
                                 {"alluxio.logger.type", master ? "MASTER_LOGGER" : "USER_LOGGER"}};
    return *Configuration::Create(sources);
  }

  void ExpectAsRecorded(const std::string& name, const std::vector<std::string>& arguments) {
    SCOPED_TRACE(name);
    std::ifstream file(folder_ + name + ".txt");
    std::stringstream recorded;
    recorded << file.rdbuf();
    ASSERT_FALSE(recorded.str().empty());
    const GetConfResult result = GetConf(arguments, Cluster(/*master=*/false), [] {
      return absl::StatusOr<std::vector<ShownProperty>>(ShownProperties(Cluster(/*master=*/true), ShownValue::kRaw));
    });
    std::string command = "$ alluxio getConf ";
    for (size_t i = 0; i < arguments.size(); ++i) absl::StrAppend(&command, i > 0 ? " " : "", arguments[i]);
    const std::string ours =
        absl::StrCat(command, "\nrc: ", result.exit_code, "\n--- stdout\n", result.out, "--- stderr\n", result.err);
    // Line by line, so that a difference can be read.
    const std::vector<std::string> expected = absl::StrSplit(recorded.str(), '\n');
    const std::vector<std::string> actual = absl::StrSplit(ours, '\n');
    for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) EXPECT_EQ(actual[i], expected[i]);
    EXPECT_EQ(actual.size(), expected.size());
  }

  std::string folder_;
};

TEST_F(TranscriptTest, AnswersAsRecorded) {
  ExpectAsRecorded("getConf_all", {});
  ExpectAsRecorded("getConf_bad", {"nosuch.key"});
  ExpectAsRecorded("getConf_badopt", {"--zzz"});
  ExpectAsRecorded("getConf_key", {"alluxio.master.hostname"});
  ExpectAsRecorded("getConf_source", {"--source", "alluxio.master.hostname"});
  ExpectAsRecorded("getConf_unit", {"--unit", "KB", "alluxio.worker.ramdisk.size"});
  ExpectAsRecorded("getConf_unit_s", {"--unit", "S", "alluxio.master.worker.timeout"});
  ExpectAsRecorded("getConf_master", {"--master", "alluxio.worker.ramdisk.size"});
  ExpectAsRecorded("getConf_master_source", {"--master", "--source", "alluxio.master.hostname"});
  ExpectAsRecorded("getConf_master_all", {"--master", "--source"});
}

}  // namespace
}  // namespace alluxio::conf
