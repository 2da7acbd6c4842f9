// The table of words, and what is made of it: dispatch, usage, the completion
// file, the list in docs/compatibility.md.
#include "alluxio/shell/words.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/shell/fake_environment.h"
#include "alluxio/shell/http_fetch.h"
#include "alluxio/shell/tools.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::shell {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class WordsTest : public ::testing::Test {
 protected:
  int Run(const std::string& line) {
    std::vector<std::string> args = absl::StrSplit(line, ' ', absl::SkipEmpty());
    const int code = RunShell(args, env_);
    out_ = env_.TakeOut();
    err_ = env_.TakeErr();
    return code;
  }

  test::FakeEnvironment env_;
  std::string out_;
  std::string err_;
};

TEST_F(WordsTest, NothingIsFormattedForAnArgument) {
  for (const char* line : {"formatWorker -h", "formatWorkers x", "formatJournal --help", "formatMaster -s",
                           "formatMasters -h", "format -h", "format -s -s"}) {
    EXPECT_EQ(Run(line), 1) << line;
    EXPECT_THAT(err_, StartsWith("Usage: alluxio format")) << line;
    EXPECT_EQ(out_, "") << line;
  }
}

TEST_F(WordsTest, NoWordOrAnUnknownOneShowsAllWords) {
  EXPECT_EQ(Run(""), 1);
  EXPECT_THAT(out_, StartsWith("Usage: alluxio COMMAND [GENERIC_COMMAND_OPTIONS] [COMMAND_ARGS]\n"));
  EXPECT_EQ(err_, "");
  const std::string usage = out_;
  for (const Word& word : Words()) {
    if (word.hidden || word.refused) continue;
    EXPECT_THAT(usage, HasSubstr(absl::StrCat("\n  ", word.name, " "))) << word.name;
  }
  EXPECT_EQ(Run("nosuch"), 1);
  EXPECT_EQ(out_, usage);
  EXPECT_EQ(err_, "Unsupported command nosuch\n");
  EXPECT_EQ(Run("help"), 0);
  EXPECT_EQ(out_, usage);
}

TEST_F(WordsTest, NamesAreThereOnce) {
  std::set<absl::string_view> names;
  for (const Word& word : Words()) EXPECT_TRUE(names.insert(word.name).second) << word.name;
}

TEST_F(WordsTest, RefusedWordsSaySoInOneLine) {
  for (const Word& word : Words()) {
    if (!word.refused) continue;
    EXPECT_EQ(Run(std::string(word.name)), 1) << word.name;
    EXPECT_EQ(err_, absl::StrCat(word.missing, "\n"));
    EXPECT_EQ(out_, "");
  }
}

TEST_F(WordsTest, DocumentListsEveryWordAsTheTableDoes) {
  const std::string document = ReadAll("docs/compatibility.md");
  const std::string text = CompatibilityText();
  const size_t begin = document.find("# Compatibility: every word of the shell\n");
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(document.substr(begin), text) << "put the output of `alluxio completion --words` there";
}

TEST_F(WordsTest, CompletionFileIsMadeOfTheTable) {
  EXPECT_EQ(ReadAll("libexec/alluxio-completion.bash"), BashCompletion())
      << "write the output of `alluxio completion` there";
}

TEST_F(WordsTest, JobServiceIsNotThereAndItsCommandsSaySo) {
  EXPECT_EQ(Run("job ls"), -1);
  EXPECT_EQ(out_, "There is no job service in this version.\n");
  EXPECT_EQ(Run("job stat 12"), -1);
  EXPECT_EQ(out_, "Failed to get status of the job 12\nThere is no job service in this version.\n");
  EXPECT_EQ(Run("job cancel x"), -1);
  EXPECT_EQ(out_, "x is not a valid id format.\n");
}

TEST_F(WordsTest, LogLevelNamesBadTargets) {
  EXPECT_EQ(Run("logLevel --logName=x --target=nosuch"), 1);
  EXPECT_THAT(err_, HasSubstr("Unrecognized target argument: nosuch. Please pass the targets in the form of"));
  EXPECT_EQ(Run("logLevel --logName=x --target=host:1"), 1);
  EXPECT_THAT(err_, HasSubstr("Unrecognized port in 1. "));
  EXPECT_EQ(Run("logLevel --logName=x --target=job_masters"), 1);
  EXPECT_THAT(out_, HasSubstr("Target `job_masters` is replaced with `job_master`.\n"));
  EXPECT_THAT(err_, HasSubstr("no job service"));
  // Nobody listens at port 1.
  EXPECT_EQ(Run("logLevel --logName=x --target=127.0.0.1:1:master"), 1);
  EXPECT_EQ(out_, "Role inferred from port: 127.0.0.1:1[master]\n");
  EXPECT_EQ(err_, "Failed to set log level:\nhttp://127.0.0.1:1: Connection refused\n");
}

TEST_F(WordsTest, RunClassKnowsTheOriginalsClasses) {
  EXPECT_EQ(Run("runClass alluxio.cli.Version"), 0);
  EXPECT_EQ(out_, "2.9.6\n");
  EXPECT_EQ(Run("runClass alluxio.cli.fs.FileSystemShell mkdir /a"), 0);
  EXPECT_EQ(out_, "Successfully created directory /a\n");
  EXPECT_EQ(Run("runClass alluxio.cli.GetConfKey ALLUXIO_MASTER_WEB_PORT"), 0);
  EXPECT_EQ(out_, "alluxio.master.web.port\n");
  EXPECT_EQ(Run("runClass alluxio.cli.GetConfKey NOSUCH"), 1);
  EXPECT_EQ(err_, "NOSUCH is not a valid configuration key.\n");
  EXPECT_EQ(Run("runClass alluxio.nosuch"), 1);
  EXPECT_THAT(err_, StartsWith("Error: Could not find or load main class alluxio.nosuch\n"));
  EXPECT_EQ(Run("runClass"), 1);
}

TEST_F(WordsTest, BackupShowsHowFarItIsAndThenWhereItLies) {
  EXPECT_EQ(Run("fsadmin backup /b --local"), 0);
  const std::string clear = std::string(75, ' ') + "\r";
  EXPECT_EQ(out_, absl::StrCat(clear, " Backup state: Initiating\r", clear, clear, clear,
                               "Backup Host        : localhost\n"
                               "Backup URI         : /b/alluxio-backup-2023-11-14-1700000000000.gz\n"
                               "Backup Entry Count : 30\n"));
}

TEST_F(WordsTest, VersionTellsTheBuild) {
  EXPECT_EQ(Run("version -r"), 0);
  const std::string all = out_;
  EXPECT_THAT(all, StartsWith("2.9.6-"));
  EXPECT_EQ(Run("version --revision 4"), 0);
  EXPECT_EQ(out_, all.substr(0, 10) + "\n");
  EXPECT_EQ(Run("version -r x"), 1);
  EXPECT_EQ(out_,
            "Couldn't parse <x> as an integer\nusage: version\n"
            " -r,--revision <revision_length>   Prints the git revision along with the\n"
            "                                   Alluxio version. Optionally specify the\n"
            "                                   revision length\n");
  EXPECT_EQ(Run("version --nosuch"), 1);
  EXPECT_THAT(out_, StartsWith("usage: version\n"));
}

TEST_F(WordsTest, QueriesAreEscaped) { EXPECT_EQ(EncodeQuery("a.b-c_~ &=/%"), "a.b-c_~%20%26%3D%2F%25"); }

}  // namespace
}  // namespace alluxio::shell
