// The commands on a cluster in memory: what they print and return. The texts
// are those of the recorded original (testing/compat/golden has them all).
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "alluxio/shell/fake_environment.h"
#include "alluxio/shell/format.h"
#include "alluxio/shell/tools.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::shell {
namespace {

using ::alluxio::test::IsOk;
using ::alluxio::test::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ShellTest : public ::testing::Test {
 protected:
  ShellTest() : local_(absl::StrCat(::testing::TempDir(), "shell_test")) {
    std::filesystem::remove_all(local_);
    std::filesystem::create_directories(local_ + "/d/sub");
    WriteLocal("one.txt", "one\n");
    WriteLocal("d/a", "hello\n");
    WriteLocal("d/sub/b", "world\n");
  }

  void WriteLocal(const std::string& name, const std::string& bytes) {
    std::ofstream(local_ + "/" + name, std::ios::binary) << bytes;
  }
  std::string ReadLocal(const std::string& name) {
    std::ifstream in(local_ + "/" + name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  // Runs one command line, split at blanks; L/ is the local folder. Returns
  // "code: output", with L/ put back.
  std::string Run(const std::string& line) {
    std::vector<std::string> args;
    for (absl::string_view arg : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
      args.push_back(absl::StrReplaceAll(arg, {{"L/", local_ + "/"}}));
    }
    const int code = RunShell(args, env_);
    return absl::StrCat(code, ": ", absl::StrReplaceAll(env_.TakeOut(), {{local_ + "/", "L/"}}));
  }

  const std::string local_;
  test::FakeEnvironment env_;
};

TEST_F(ShellTest, FilesGoInAndOutWhole) {
  EXPECT_EQ(Run("fs copyFromLocal L/one.txt /one"), "0: Copied file://L/one.txt to /one\n");
  EXPECT_EQ(Run("fs cat /one"), "0: one\n");
  EXPECT_EQ(Run("fs copyFromLocal L/one.txt /one"),
            "-1: /one already exists. If you want to overwrite the file, you need to specify the overwrite option.\n");
  EXPECT_EQ(Run("fs copyFromLocal L/nosuch /x"), "-1: L/nosuch (No such file or directory)\n");
  EXPECT_EQ(Run("fs test -e /x"), "3: ");
  EXPECT_EQ(Run("fs copyToLocal /one L/back.txt"), "0: Copied /one to file://L/back.txt\n");
  EXPECT_EQ(ReadLocal("back.txt"), "one\n");
  EXPECT_EQ(Run("fs copyToLocal /nosuch L/x"), "-1: Path \"/nosuch\" does not exist.\n");
}

TEST_F(ShellTest, FoldersGoInAndOutWithAllBelow) {
  EXPECT_EQ(Run("fs copyFromLocal --thread 1 L/d /dd"),
            "0: Copied file://L/d/a to /dd/a\nCopied file://L/d/sub/b to /dd/sub/b\nCopied file://L/d to /dd\n");
  EXPECT_EQ(Run("fs cat /dd/*"), "-1: hello\nPath \"/dd/sub\" must be a file.\n");
  EXPECT_EQ(Run("fs copyFromLocal L/one.txt /dd"), "0: Copied file://L/one.txt to /dd\n");
  EXPECT_EQ(Run("fs cat /dd/one.txt"), "0: one\n");
  EXPECT_EQ(Run("fs copyToLocal /dd/sub L/out"),
            "0: Create directory: file://L/out\nCopied /dd/sub/b to file://L/out/b\n");
  EXPECT_EQ(ReadLocal("out/b"), "world\n");
  EXPECT_EQ(Run("fs cp /dd/sub /e"),
            "-1: /dd/sub is a directory, to copy it please use \"cp -R/-r/--recursive <src> <dst>\"\n");
  EXPECT_EQ(Run("fs cp -R /dd/sub /e"), "0: Created directory: /e\nCopied /dd/sub/b to /e/b\n");
  EXPECT_THAT(Run("fs cp -R /e /e/f"), StartsWith("-1: Cannot copy /e into itself"));
  EXPECT_EQ(Run("fs cp file://L/one.txt /one2"), "0: Copied file://L/one.txt to /one2\n");
  EXPECT_EQ(Run("fs cp file://L/one.txt file://L/two"),
            "-1: Schemes must be either file or alluxio, and at most one file scheme is allowed.\n");
}

TEST_F(ShellTest, ListingsHaveTheOriginalsColumns) {
  Run("fs mkdir /g/d");
  Run("fs copyFromLocal L/one.txt /g/one");
  setenv("TZ", "UTC", 1);
  EXPECT_EQ(Run("fs ls /g"),
            "0: drwxr-xr-x  root           root                         0   NOT_PERSISTED 11-14-2023 22:13:20:123  DIR "
            "/g/d \n"
            "-rw-r--r--  root           root                         4   NOT_PERSISTED 11-14-2023 22:13:20:123 100% "
            "/g/one\n");
  EXPECT_EQ(Run("fs ls --sort=size -r /g").find("/g/one") < Run("fs ls --sort=size -r /g").find("/g/d"), true);
  EXPECT_EQ(Run("fs ls --sort=bad /g"), "-1: Invalid sort option `bad` for --sort\n");
  EXPECT_THAT(Run("fs ls --timestamp=bad /g"), StartsWith("-1: Unrecognized timestamp option bad\nUsage: ls [-d|"));
  EXPECT_EQ(Run("fs ls -p /g"), "0: ");
  EXPECT_EQ(Run("fs ls /nosuch/*"),
            "-1: alluxio.exception.FileDoesNotExistException: Path \"/nosuch\" does not exist.\n");
  EXPECT_EQ(Run("fs ls /g/x*"), "-1: /g/x* does not exist.\n");
  EXPECT_EQ(Run("fs ls g/rel"), "-1: Path \"g/rel\" is invalid.\n");
  EXPECT_EQ(Run("fs ls hdfs://localhost:9/g"),
            "-1: Scheme hdfs:// in AlluxioURI is invalid. Schemes in filesystem operations are ignored. \"alluxio://\" "
            "or no scheme at all is valid.\n");
}

TEST_F(ShellTest, SizesAndCounts) {
  Run("fs copyFromLocal L/d /g");
  EXPECT_EQ(Run("fs count /g"),
            "0: File Count               Folder Count             Folder Size    \n"
            "2                        1                        12             \n");
  EXPECT_EQ(Run("fs du -g /g"),
            "0: File Size     In Alluxio       Worker Host Name          Path\n"
            "6             6 (100%)         total                     /g/a\n"
            "              6                localhost                 \n"
            "6             6 (100%)         total                     /g/sub/b\n"
            "              6                localhost                 \n");
  EXPECT_EQ(Run("fs du -h -s /g"), "0: File Size     In Alluxio       Path\n12B           12B (100%)       /g\n");
  EXPECT_EQ(Run("fs du /nosuch"), "-1: File Size     In Alluxio       Path\nPath \"/nosuch\" does not exist.\n");
}

TEST_F(ShellTest, PartsOfFiles) {
  WriteLocal("big", std::string(3000, 'x') + "end");
  Run("fs copyFromLocal L/big /big");
  EXPECT_EQ(Run("fs head -c 3 /big"), "0: xxx");
  EXPECT_EQ(Run("fs tail -c 3 /big"), "0: end");
  EXPECT_EQ(Run("fs head /big"), "0: " + std::string(1024, 'x'));
  EXPECT_EQ(Run("fs head -c -1 /big"), "-1: specified bytes must be > 0\n");
  EXPECT_EQ(Run("fs checksum /big"), "0: md5sum: f100239f0e8ab77ef320240a4c338cfb\n\n");
}

TEST_F(ShellTest, StatShowsEveryField) {
  Run("fs copyFromLocal L/one.txt /one");
  const std::string shown = Run("fs stat /one");
  EXPECT_THAT(shown,
              StartsWith("0: /one is a file path.\nURIStatus{info=FileInfo{fileId=50331647, name=one, path=/one, "
                         "ufsPath=, length=4, blockSizeBytes=67108864, creationTimeMs=1700000000123, "));
  EXPECT_THAT(shown, HasSubstr("acl=user::rw-,group::r--,other::r--, defaultAcl=, xattr=[]}, cacheContext=null}\n"
                               "Containing the following blocks: \nBlockInfo{id=33554432, length=4, locations=["));
  EXPECT_EQ(Run("fs stat -f %N|%z|%b|%u|%g|%y|%Y|%r /one"),
            "0: one|4|1|root|root|2023-11-14 22:13:20|1700000000123|%r\n");
  EXPECT_EQ(Run("fs stat --file-id 99999999"), "-1: inodeId 99999999 does not exist\n");
}

TEST_F(ShellTest, TestAnswersByItsExitCode) {
  Run("fs copyFromLocal L/d /g");
  EXPECT_EQ(Run("fs test -d /g"), "0: ");
  EXPECT_EQ(Run("fs test -d /g/a"), "1: ");
  EXPECT_EQ(Run("fs test -s /g"), "0: ");
  EXPECT_EQ(Run("fs test -s /g/a"), "1: ");
  EXPECT_EQ(Run("fs test -z /g/a"), "1: ");
  EXPECT_EQ(Run("fs test /g"), "-1: ");
  EXPECT_EQ(Run("fs test -d -f /g"), "-1: ");
}

TEST_F(ShellTest, ChangesAreReportedInTheOriginalsWords) {
  Run("fs copyFromLocal L/d /g");
  EXPECT_EQ(Run("fs chmod 640 /g/a"), "0: Changed permission of /g/a to 640\n");
  EXPECT_EQ(Run("fs chmod 999 /g/a"), "-1: Invalid mode 999 - contains invalid segment 999\n");
  EXPECT_EQ(Run("fs chown alice:staff /g/a"), "0: Changed owner:group of /g/a to alice:staff.\n");
  EXPECT_EQ(Run("fs chgrp -R root /g/a"), "0: Changed group of /g/a to root\n");
  EXPECT_EQ(Run("fs setfacl -m user:bob:rwx /g/a"), "0: ");
  EXPECT_THAT(Run("fs getfacl /g/a"), StartsWith("0: # file: /g/a\n# owner: alice\n# group: root\nuser::rw-\n"));
  EXPECT_EQ(Run("fs setfacl -m nonsense /g/a"), "-1: Unexpected acl components: nonsense\n");
  EXPECT_EQ(Run("fs setTtl --action free /g/a 1h"),
            "0: TTL of path '/g/a' was successfully set to 3600000 milliseconds, with expiry action set to FREE\n");
  EXPECT_THAT(Run("fs setTtl --action foo /g/a 1d"),
              StartsWith("-1: TTL action should be DELETE OR FREE, not foo\nUsage"));
  EXPECT_EQ(Run("fs unsetTtl /g/a"), "0: TTL of file '/g/a' was successfully removed.\n");
  EXPECT_EQ(Run("fs pin /g/a MEM"), "0: File '/g/a' was successfully pinned.\n");
  EXPECT_EQ(Run("fs unpin /g/a"), "0: File '/g/a' was successfully unpinned.\n");
  EXPECT_EQ(Run("fs setReplication --min 1 --max 2 /g/a"),
            "0: Changed the replication level of /g/a\nreplicationMax was set to 2\nreplicationMin was set to 1\n\n");
  EXPECT_EQ(Run("fs setReplication --min 3 --max 1 /g/a"), "-1: Invalid values for '--max' and '--min' options\n");
  EXPECT_EQ(Run("fs persist /g"),
            "0: Found 2 files to persist.\n(1/2) Successfully persisted file: /g/a\n(2/2) Successfully persisted file: "
            "/g/sub/b\n");
  EXPECT_EQ(Run("fs free /g/a"), "0: /g/a was successfully freed from Alluxio space.\n");
  EXPECT_EQ(Run("fs load /g/a"), "0: /g/a loaded\n");
  EXPECT_EQ(Run("fs load /g/sub/b"), "0: /g/sub/b already in Alluxio fully\n");
  EXPECT_EQ(Run("fs mv /g/a /g/c"), "0: Renamed /g/a to /g/c\n");
  EXPECT_EQ(Run("fs rm /g"), "-1: /g is a directory, to remove it, please use \"rm -R/-r/--recursive <path>\"\n");
  EXPECT_EQ(Run("fs rmr /g"), "0: /g has been removed\n");
  EXPECT_EQ(Run("fs rm /g"), "-1: Path \"/g\" does not exist.\n");
}

TEST_F(ShellTest, MountsAreListedInColumns) {
  EXPECT_EQ(Run("fs mount --readonly --option a=b --option c=d /mnt2 s3://bucket/x"),
            "0: Mounted s3://bucket/x at /mnt2\n");
  EXPECT_EQ(
      Run("fs mount"),
      "0: /under         on  /      (local, capacity=1000B, used=250B(25%), not read-only, not shared, "
      "properties={})\n"
      "s3://bucket/x  on  /mnt2  (local, capacity=-1B, used=-1B, read-only, not shared, properties={a=b, c=d})\n");
  EXPECT_THAT(Run("fs mount /mnt6"), StartsWith("-1: Command mount takes 0 or 2 arguments, not 1\nUsage: mount"));
}

TEST_F(ShellTest, ReportsHaveTheOriginalsLayout) {
  setenv("TZ", "UTC", 1);
  EXPECT_EQ(Run("fsadmin report"),
            "0: Alluxio cluster summary: \n"
            "    Master Address: localhost/<unresolved>:19998\n"
            "    Web Port: 19999\n"
            "    Rpc Port: 19998\n"
            "    Started: 11-14-2023 22:13:20:123\n"
            "    Uptime: 0 day(s), 0 hour(s), 5 minute(s), and 50 second(s)\n"
            "    Version: 2.9.6\n"
            "    Safe Mode: false\n"
            "    Zookeeper Enabled: false\n"
            "    Raft-based Journal: true\n"
            "    Raft Journal Addresses: \n"
            "        localhost:19200\n"
            "    Master Address                   State    Version                         \n"
            "    localhost:19998                  PRIMARY  2.9.6                           \n"
            "    Live Workers: 1\n"
            "    Lost Workers: 0\n"
            "    Total Capacity: 4096.00MB\n"
            "        Tier: MEM  Size: 4096.00MB\n"
            "    Used Capacity: 1041.39KB\n"
            "        Tier: MEM  Size: 1041.39KB\n"
            "    Free Capacity: 4094.98MB\n");
  EXPECT_EQ(Run("fsadmin report capacity -live"),
            "0: Capacity information for live workers: \n"
            "    Total vCPUs: 2\n"
            "    Total Capacity: 4096.00MB\n"
            "        Tier: MEM  Size: 4096.00MB\n"
            "    Used Capacity: 1041.39KB\n"
            "        Tier: MEM  Size: 1041.39KB\n"
            "    Used Percentage: 0%\n"
            "    Free Percentage: 100%\n"
            "\n"
            "Worker Name      State           Last Heartbeat   Storage       MEM              Version          "
            "Revision        "
            "                        \n"
            "localhost        ACTIVE          0                capacity      4096.00MB        2.9.6            "
            "f61a8b08ee0e0d0bbc357832f11fd84f401bc0cb\n"
            "                                                  used          1041.39KB (0%)                            "
            "        "
            "                        \n");
  EXPECT_EQ(Run("fsadmin report capacity -lost"), "0: No workers found.\n");
  EXPECT_EQ(Run("fsadmin report metrics"),
            "0: Cluster.BytesReadUfsThroughput  (Type: GAUGE, Value: 1780B/MIN)\n"
            "Cluster.CapacityFree  (Type: GAUGE, Value: 4,293,900,910)\n"
            "Cluster.LeaderId  (Type: GAUGE, Value: localhost_19200)\n"
            "Master.FilesCreated  (Type: COUNTER, Value: 16)\n");
  EXPECT_EQ(Run("fsadmin doctor"),
            "0: No server-side configuration errors or warnings.\nAll worker storage paths are in working state.\n");
  EXPECT_EQ(Run("fsadmin journal quorum info -domain MASTER"),
            "0: Journal domain\t: MASTER\nQuorum size\t: 1\nQuorum leader\t: localhost:19200\n\n"
            "STATE       | PRIORITY | SERVER ADDRESS\nAVAILABLE   | 0        | localhost:19200\n");
}

TEST_F(ShellTest, MetricsAreClearedByAsManyAsWasSaid) {
  const std::string cleared =
      "0: Successfully cleared metrics of worker localhost.\n"
      "Successfully cleared metrics of Alluxio leading master.\n";
  EXPECT_EQ(Run("fsadmin metrics clear"), cleared);
  EXPECT_EQ(Run("fsadmin metrics clear --parallelism 3"), cleared);
  for (const char* bad : {"x", "0", "-1", "1.5", "99999999999"}) {
    EXPECT_EQ(Run(absl::StrCat("fsadmin metrics clear --parallelism ", bad)),
              absl::StrCat("-1: --parallelism takes a whole number from 1 on, not \"", bad, "\"\n"));
  }
  EXPECT_EQ(Run("fsadmin metrics clear --workers nosuch"), "-1: Worker nosuch is not found in Alluxio.\n");
}

TEST_F(ShellTest, PathConfigurationIsKeptPerPathAndKey) {
  EXPECT_EQ(Run("fsadmin pathConf add --property nosuch.key=1 /g"), "-1: Invalid property key nosuch.key\n");
  EXPECT_EQ(Run("fsadmin pathConf add --property alluxio.user.file.writetype.default=THROUGH --property "
                "alluxio.user.file.readtype.default=CACHE /g"),
            "0: ");
  EXPECT_EQ(Run("fsadmin pathConf list"), "0: /g\n");
  EXPECT_EQ(Run("fsadmin pathConf remove --keys alluxio.user.file.readtype.default /g"), "0: ");
  EXPECT_EQ(Run("fsadmin pathConf show /g"), "0: alluxio.user.file.writetype.default=THROUGH\n");
  EXPECT_EQ(Run("fsadmin pathConf show /g/below"), "0: ");
  EXPECT_EQ(Run("fsadmin pathConf show --all /g/below"), "0: alluxio.user.file.writetype.default=THROUGH\n");
  EXPECT_EQ(Run("fsadmin pathConf show --all /gg"), "0: ");
}

TEST_F(ShellTest, WrongCommandLinesShowHowToDoIt) {
  EXPECT_EQ(
      Run("fs du"),
      "-1: Command du takes 1 arguments, not 0\nUsage: du [-h|-s|-g|-m] <path>\nDisplays the total size and the in "
      "Alluxio size of the specified file or directory.\n");
  EXPECT_THAT(Run("fs du --worker /g"), StartsWith("-1: Failed to parse args for du: Unrecognized option: --worker\n"));
  EXPECT_THAT(Run("fs"), StartsWith("-1: Usage: alluxio fs [generic options]\n\t [cat <path>]"));
  EXPECT_THAT(Run("fs nosuch"), StartsWith("-1: Usage: alluxio fs"));
  EXPECT_EQ(env_.TakeErr(), "nosuch is an unknown command.\n");
  EXPECT_THAT(Run("fsadmin journal"),
              StartsWith("-1: No sub-command is specified\nUsage: journal [checkpoint] [quorum]\n"));
  EXPECT_THAT(Run("fsadmin journal bad"), StartsWith("-1: Unknown sub-command: bad\n"));
  EXPECT_EQ(Run("fs help nosuch"), "-1: nosuch is an unknown command.\n");
}

TEST_F(ShellTest, CommandsThatNeedNoClusterWorkWithoutOne) {
  env_.Break(absl::UnavailableError("no master"));
  EXPECT_EQ(Run("version"), "0: 2.9.6\n");
  EXPECT_THAT(Run("fs help ls"), StartsWith("0: ls: Displays information"));
  EXPECT_EQ(Run("getConf alluxio.master.rpc.port"), "0: 19998\n");
  EXPECT_EQ(Run("fs ls /"), "-1: no master\n");
}

TEST_F(ShellTest, RunTestsPassAll24Combinations) {
  const std::string shown = Run("runTests");
  EXPECT_THAT(shown, StartsWith("0: runTest --operation BASIC --readType CACHE_PROMOTE --writeType MUST_CACHE\n"
                                "\033[32mPassed the test!\033[0m\n"
                                "runTest --operation BASIC_NON_BYTE_BUFFER --readType CACHE_PROMOTE --writeType "
                                "MUST_CACHE\n"));
  EXPECT_EQ(std::vector<std::string>(absl::StrSplit(shown, "Passed the test!")).size(), 25u);
  EXPECT_EQ(Run("runTest --operation BASIC --readType NO_CACHE --writeType THROUGH"),
            "0: runTest --operation BASIC --readType NO_CACHE --writeType THROUGH\n\033[32mPassed the test!\033[0m\n");
}

TEST_F(ShellTest, RunTestsNoticeWrongBytes) {
  env_.CorruptReads();
  const std::string shown = Run("runTest --readType CACHE --writeType THROUGH");
  EXPECT_THAT(shown, StartsWith("2: "));
  EXPECT_THAT(shown, HasSubstr("\033[31mFailed the test!\033[0m\n"));
  EXPECT_THAT(shown, HasSubstr("Number of failed tests: 2\n"));
  EXPECT_THAT(Run("runTest --readType NEVER"), StartsWith("1: "));
}

TEST_F(ShellTest, ClearFolderKeepsItselfAndWhatLinksLeadTo) {
  std::filesystem::create_symlink(local_ + "/d/sub", local_ + "/d/link");
  std::filesystem::create_directories(local_ + "/clear/x");
  std::filesystem::create_symlink(local_ + "/d", local_ + "/clear/link");
  EXPECT_THAT(ClearFolder(local_ + "/clear"), IsOk());
  EXPECT_TRUE(std::filesystem::is_empty(local_ + "/clear"));
  EXPECT_EQ(ReadLocal("d/a"), "hello\n");
  EXPECT_THAT(ClearFolder("/"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ClearFolder("rel"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ClearFolder("//."), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace alluxio::shell
