#include "absl/strings/str_cat.h"
#include "alluxio/uri/alluxio_uri.h"
#include "alluxio/uri/path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::uri {
namespace {

using ::alluxio::test::IsOkAndHolds;
using ::alluxio::test::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PathTest, CleanPathResolvesWhatTheOriginalResolves) {
  struct Case {
    absl::string_view path, want;
  };
  constexpr Case kCases[] = {
      {"/", "/"},         {"//", "/"},           {"/a", "/a"},
      {"/a/", "/a"},      {"//a///b//", "/a/b"}, {"/a/./b", "/a/b"},
      {"/a/../b", "/b"},  {"/a/b/../..", "/"},   {"/.", "/"},
      {"/a\\b", "/a\\b"}, {"/...", "/..."},      {"/ a /b ", "/ a /b "},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.path);
    EXPECT_THAT(CleanPath(c.path), IsOkAndHolds(std::string(c.want)));
    EXPECT_EQ(IsCleanPath(c.path), c.path == c.want);
    EXPECT_TRUE(IsCleanPath(c.want));
  }
}

TEST(PathTest, InvalidPathsAreNamed) {
  for (absl::string_view path : {absl::string_view(""), absl::string_view("g/rel"), absl::string_view("/.."),
                                 absl::string_view("/a/../.."), absl::string_view("/a\0b", 4)}) {
    SCOPED_TRACE(path);
    const auto cleaned = CleanPath(path);
    ASSERT_THAT(cleaned, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_EQ(cleaned.status().message(), absl::StrCat("Path \"", path, "\" is invalid."));
    EXPECT_FALSE(IsCleanPath(path));
  }
}

TEST(PathTest, PartsOfAPath) {
  EXPECT_THAT(PathComponents("/"), IsEmpty());
  EXPECT_THAT(PathComponents("/a/bc"), ElementsAre("a", "bc"));
  EXPECT_EQ(PathDepth("/"), 0);
  EXPECT_EQ(PathDepth("/a/bc"), 2);
  EXPECT_EQ(ParentPath("/"), "/");
  EXPECT_EQ(ParentPath("/a"), "/");
  EXPECT_EQ(ParentPath("/a/bc"), "/a");
  EXPECT_EQ(PathName("/"), "");
  EXPECT_EQ(PathName("/a/bc"), "bc");
}

TEST(PathTest, JoinPutsOneSeparatorBetween) {
  EXPECT_EQ(JoinPath("/", ""), "/");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(JoinPath("/a", ""), "/a");
  EXPECT_EQ(JoinPath("/a/", "/b/"), "/a/b");
  EXPECT_EQ(JoinPath("s3://bucket/", "b"), "s3://bucket/b");
  EXPECT_EQ(JoinPath("s3://", "b"), "s3://b");
  EXPECT_EQ(JoinPath("/a:", "b"), "/a:/b");
  EXPECT_EQ(JoinPath("s3://", "bucket"), "s3://bucket");
}

TEST(PathTest, PrefixesGoByWholeComponents) {
  EXPECT_TRUE(HasPathPrefix("/dir/file", "/dir"));
  EXPECT_TRUE(HasPathPrefix("/dir", "/dir"));
  EXPECT_TRUE(HasPathPrefix("/dir", "/"));
  EXPECT_FALSE(HasPathPrefix("/dir/file", "/di"));
  EXPECT_FALSE(HasPathPrefix("/dir", "/dir/file"));
  EXPECT_EQ(RemovePathPrefix("/dir/file", "/dir"), "file");
  EXPECT_EQ(RemovePathPrefix("/dir/file", "/"), "dir/file");
  EXPECT_EQ(RemovePathPrefix("/dir", "/dir"), "");
}

TEST(PathTest, StarStandsForAnyBytesAndNothingElseIsSpecial) {
  EXPECT_TRUE(MatchesWildcard("part-0001.gz", "part-*.gz"));
  EXPECT_TRUE(MatchesWildcard("", "*"));
  EXPECT_TRUE(MatchesWildcard("abab", "*ab"));
  EXPECT_TRUE(MatchesWildcard("a.b", "a.b"));
  EXPECT_FALSE(MatchesWildcard("aXb", "a.b"));
  EXPECT_FALSE(MatchesWildcard("part-1", "part-?"));
  // Must not take time exponential in the number of stars.
  EXPECT_FALSE(MatchesWildcard(std::string(5000, 'a'), "*a*a*a*a*a*a*a*a*a*a*a*b"));
}

TEST(PathTest, TemporaryNamesAreTheOriginals) {
  EXPECT_EQ(TemporaryFileName(255, "/x"), "/x.alluxio.0x00000000000000FF.tmp");
  EXPECT_TRUE(IsTemporaryFileName("/x.alluxio.0x00000000000000FF.tmp"));
  EXPECT_FALSE(IsTemporaryFileName("/x.alluxio.0x00000000000000fg.tmp"));
  EXPECT_FALSE(IsTemporaryFileName(".tmp"));
}

TEST(AlluxioUriTest, PartsAndTextOfWhatUsersGive) {
  struct Case {
    absl::string_view text, scheme, authority, path, back;
  };
  constexpr Case kCases[] = {
      {"", "", "", "", ""},
      {"/", "", "", "/", "/"},
      {"/a//b/../c/", "", "", "/a/c", "/a/c"},
      {"rel/x", "", "", "rel/x", "rel/x"},
      {"../x", "", "", "../x", "../x"},
      {"alluxio://host:19998/a b", "alluxio", "host:19998", "/a b", "alluxio://host:19998/a b"},
      {"alluxio://h1:1,h2:2", "alluxio", "h1:1,h2:2", "", "alluxio://h1:1,h2:2"},
      {"alluxio:///a", "alluxio", "", "/a", "alluxio:///a"},
      {"s3a://bucket/k?x#y", "s3a", "bucket", "/k?x#y", "s3a://bucket/k?x#y"},
      {"file:///tmp/x", "file", "", "/tmp/x", "file:///tmp/x"},
      {"/a:b", "", "", "/a:b", "/a:b"},
      {"//auth/x", "", "auth", "/x", "//auth/x"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(AlluxioUri uri, AlluxioUri::Parse(c.text));
    EXPECT_EQ(uri.scheme(), c.scheme);
    EXPECT_EQ(uri.authority(), c.authority);
    EXPECT_EQ(uri.path(), c.path);
    EXPECT_EQ(uri.ToString(), c.back);
  }
  EXPECT_THAT(AlluxioUri::Parse("a b:/x"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AlluxioUriTest, AuthoritiesTellHowToFindTheMaster) {
  using Kind = Authority::Kind;
  EXPECT_EQ(Authority::Parse("").kind, Kind::kNone);
  EXPECT_EQ(Authority::Parse("bucket").kind, Kind::kUnknown);
  EXPECT_EQ(Authority::Parse("bucket").name, "bucket");
  const Authority single = Authority::Parse("host:19998");
  EXPECT_EQ(single.kind, Kind::kSingleMaster);
  EXPECT_THAT(single.hosts, ElementsAre(Authority::HostPort{"host", 19998}));
  for (absl::string_view text : {"h1:1,h2:2", "h1:1;h2:2", "h1:1+h2:2"}) {
    EXPECT_EQ(Authority::Parse(text).kind, Kind::kMultiMaster) << text;
  }
  const Authority zk = Authority::Parse("zk@z1:2181,z2:2181");
  EXPECT_EQ(zk.kind, Kind::kZookeeper);
  EXPECT_EQ(zk.hosts.size(), 2u);
  EXPECT_EQ(Authority::Parse("zk@cluster").kind, Kind::kLogicalZookeeper);
  EXPECT_EQ(Authority::Parse("ebj@cluster").kind, Kind::kLogicalMaster);
  EXPECT_EQ(Authority::Parse("host:99999").kind, Kind::kUnknown);
}

TEST(AlluxioUriTest, ParentNameAndJoin) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(AlluxioUri uri, AlluxioUri::Parse("alluxio://h:1/a/b*"));
  EXPECT_EQ(uri.Name(), "b*");
  EXPECT_TRUE(uri.HasWildcard());
  EXPECT_EQ(uri.Parent().ToString(), "alluxio://h:1/a");
  EXPECT_EQ(uri.Parent().Parent().Parent().path(), "/");
  EXPECT_EQ(uri.Parent().Join("x/../c").ToString(), "alluxio://h:1/a/c");
}

}  // namespace
}  // namespace alluxio::uri
