#include "alluxio/shell/command_line.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "alluxio/shell/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::shell {
namespace {

using ::alluxio::test::IsOk;
using ::alluxio::test::IsOkAndHolds;
using ::alluxio::test::StatusIs;
using ::testing::ElementsAre;

constexpr OptionSpec kOptions[] = {
    {.short_name = "R", .long_name = "recursive", .description = "with all below"},
    {.short_name = "c", .arg_name = "arg", .description = "bytes"},
    {.long_name = "max", .arg_name = "num", .description = "at most"},
    {.long_name = "min", .arg_name = "num", .description = "at least"},
    {.long_name = "option", .arg_name = "key=value", .description = "one of several"},
    {.short_name = "v2", .description = "the second version"},
};

absl::StatusOr<Arguments> Parse(std::vector<std::string> args) { return ParseCommandLine(kOptions, args); }

TEST(CommandLineTest, OptionsMayStandAnywhereAndInEveryForm) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      Arguments args, Parse({"/a", "-R", "--max", "-1", "/b", "--min=2", "-c20", "--option", "k=v", "--option=x=y"}));
  EXPECT_THAT(args.positional(), ElementsAre("/a", "/b"));
  EXPECT_TRUE(args.Has("R"));
  EXPECT_EQ(args.Value("max"), "-1");
  EXPECT_EQ(args.Value("min"), "2");
  EXPECT_EQ(args.Value("c"), "20");
  EXPECT_THAT(args.Values("option"), ElementsAre("k=v", "x=y"));
  EXPECT_EQ(args.option_count(), 6);
}

TEST(CommandLineTest, LongNamesTakeOneDashAndMayBeCutShort) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(Arguments args, Parse({"--rec", "-max", "3", "-v2"}));
  EXPECT_TRUE(args.Has("R"));
  EXPECT_EQ(args.Value("max"), "3");
  EXPECT_TRUE(args.Has("v2"));
}

TEST(CommandLineTest, TwoDashesEndOptionsAndLoneDashIsAnArgument) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(Arguments args, Parse({"-", "--", "-R", "--zzz"}));
  EXPECT_THAT(args.positional(), ElementsAre("-", "-R", "--zzz"));
  EXPECT_FALSE(args.Has("R"));
}

TEST(CommandLineTest, RefusalsAreCommonsClis) {
  const auto message = [](std::vector<std::string> args) { return std::string(Parse(args).status().message()); };
  EXPECT_EQ(message({"--worker"}), "Unrecognized option: --worker");
  EXPECT_EQ(message({"-z"}), "Unrecognized option: -z");
  EXPECT_EQ(message({"-Rz"}), "Unrecognized option: -Rz");
  EXPECT_EQ(message({"-c"}), "Missing argument for option: c");
  EXPECT_EQ(message({"--max", "--min", "2"}), "Missing argument for option: max");
  EXPECT_EQ(message({"--m", "2"}), "Ambiguous option: '--m'  (could be: 'max', 'min')");
  constexpr OptionSpec kRequired[] = {{.short_name = "a", .long_name = "addresses", .arg_name = "x", .required = true}};
  EXPECT_EQ(ParseCommandLine(kRequired, {}).status().message(), "Missing required option: a");
}

TEST(CommandLineTest, HelpIsLaidOutAsCommonsCliDoes) {
  EXPECT_EQ(FormatOptions(kOptions),
            " -c <arg>                  bytes\n"
            "    --max <num>            at most\n"
            "    --min <num>            at least\n"
            "    --option <key=value>   one of several\n"
            " -R,--recursive            with all below\n"
            " -v2                       the second version");
  constexpr OptionSpec kLines[] = {{.long_name = "a", .description = "one\ntwo"}};
  EXPECT_EQ(FormatOptions(kLines), "    --a   one\n          two");
  EXPECT_EQ(WrapText("usage: x " + std::string(70, 'a') + " bb cc", 9),
            "usage: x " + std::string(70, 'a') + "\n         bb cc");
  // A word that fits no line is cut.
  EXPECT_EQ(WrapText(std::string(90, 'a'), 4), std::string(80, 'a') + "\n    " + std::string(10, 'a'));
}

TEST(TextTest, SizesAreTheOriginals) {
  EXPECT_EQ(SizeText(5120), "5120B");
  EXPECT_EQ(SizeText(8893), "8.68KB");
  EXPECT_EQ(SizeText(1048576), "1024.00KB");
  EXPECT_EQ(SizeText(int64_t{4} << 30), "4096.00MB");
  EXPECT_EQ(SizeText(-1), "-1B");
  EXPECT_THAT(ParseSize("4KB"), IsOkAndHolds(4096));
  EXPECT_THAT(ParseSize("1.5g"), IsOkAndHolds(int64_t{3} << 29));
  EXPECT_THAT(ParseSize("-1"), IsOkAndHolds(-1));
  EXPECT_THAT(ParseSize("4XB"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseSize(""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TextTest, TimesAreTheOriginals) {
  EXPECT_THAT(ParseMillis("3600000"), IsOkAndHolds(3600000));
  EXPECT_THAT(ParseMillis("1h"), IsOkAndHolds(3600000));
  EXPECT_THAT(ParseMillis("1day"), IsOkAndHolds(86400000));
  EXPECT_EQ(ParseMillis("abc").status().message(), "abc is not valid time");
  EXPECT_EQ(DateText(1'700'000'000'007, "MM-dd-yyyy HH:mm:ss:SSS", absl::UTCTimeZone()), "11-14-2023 22:13:20:007");
  EXPECT_EQ(DateText(1'700'000'000'007, "yy/M/d 'at' H", absl::UTCTimeZone()), "23/11/14 at 22");
}

}  // namespace
}  // namespace alluxio::shell
