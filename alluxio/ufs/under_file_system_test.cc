#include "alluxio/ufs/under_file_system.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::ufs {
namespace {

using test::IsOk;
using test::StatusIs;

UfsStatus SomeFile() {
  UfsStatus status;
  status.name = "f";
  status.owner = "root";
  status.group = "root";
  status.mode = 0644;
  status.length_bytes = 8893;
  status.modified_ms = 1795361047586;
  status.content_hash = ApproximateContentHash(8893, 1795361047586);
  return status;
}

TEST(FingerprintTest, IsTheTextThatTheOriginalPrints) {
  EXPECT_EQ(Fingerprint("local", SomeFile()),
            "TYPE|FILE UFS|local OWNER|root GROUP|root MODE|420 CONTENT_HASH|(len:8893,_modtime:1795361047586) ");
  UfsStatus folder;
  folder.is_directory = true;
  folder.mode = 0755;
  folder.group = "a b|c";
  EXPECT_EQ(Fingerprint("local", folder), "TYPE|DIRECTORY UFS|local OWNER|_ GROUP|a_b_c MODE|493 ");
}

TEST(FingerprintTest, SameContentLooksAtTypeStoreAndContentOnly) {
  UfsStatus other = SomeFile();
  other.owner = "alice";
  other.mode = 0600;
  const std::string print = Fingerprint("local", SomeFile());
  EXPECT_TRUE(SameContent(print, Fingerprint("local", other)));
  EXPECT_FALSE(SameContent(print, Fingerprint("s3", SomeFile())));
  other.content_hash = ApproximateContentHash(8894, 1795361047586);
  EXPECT_FALSE(SameContent(print, Fingerprint("local", other)));
  EXPECT_FALSE(SameContent(print, kInvalidFingerprint));
  EXPECT_FALSE(SameContent(kInvalidFingerprint, kInvalidFingerprint));
  EXPECT_FALSE(SameContent("damaged", "damaged"));
}

TEST(TemporaryNameTest, HasTheOriginalsForm) {
  EXPECT_EQ(TemporaryName("f", 0x1D91AC0E01AB0165), "f.alluxio.0x1D91AC0E01AB0165.tmp");
  EXPECT_EQ(TemporaryName("f", 0xa), "f.alluxio.0x000000000000000A.tmp");
  EXPECT_LE(TemporaryName(std::string(255, 'n'), 1).size(), kMaxNameBytes);
  EXPECT_TRUE(IsTemporaryName(TemporaryName("f", 1)));
  EXPECT_TRUE(IsTemporaryName(TemporaryName(std::string(255, 'n'), 1)));
  for (absl::string_view name : {"f", "f.tmp", "f.alluxio.tmp", "f.alluxio.0x1D91AC0E01AB016G.tmp",
                                 "f.alluxio.0x1D91AC0E01AB0165.tmp2", ""}) {
    EXPECT_FALSE(IsTemporaryName(name)) << name;
  }
}

TEST(CheckPathTest, TakesOnlyNormalisedRelativePaths) {
  for (absl::string_view good : {"", "a", "a/b", "...", "a\nb", "\xC3\xA4/\xE6\x97\xA5"}) {
    EXPECT_THAT(CheckPath(good), IsOk()) << good;
  }
  EXPECT_THAT(CheckPath(std::string(255, 'n')), IsOk());
  for (const std::string& bad : {std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."),
                                 std::string("a/../b"), std::string("a\0b", 3), std::string(256, 'n')}) {
    EXPECT_THAT(CheckPath(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
}

TEST(UriOfTest, JoinsRootAndPath) {
  EXPECT_EQ(test::MemoryUfs("mem://a").UriOf("b/c"), "mem://a/b/c");
  EXPECT_EQ(test::MemoryUfs("mem://a").UriOf(""), "mem://a");
  EXPECT_EQ(test::MemoryUfs("").UriOf("b"), "/b");
  EXPECT_EQ(test::MemoryUfs("").UriOf(""), "/");
}

TEST(UfsRegistryTest, ChoosesByScheme) {
  UfsRegistry registry;
  const auto factory = [](absl::string_view uri, const std::map<std::string, std::string>&)
      -> absl::StatusOr<std::shared_ptr<UnderFileSystem>> {
    return std::make_shared<test::MemoryUfs>(std::string(uri));
  };
  registry.Register("", factory);
  registry.Register("mem", factory);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto folder, registry.Create("/data", {}));
  EXPECT_EQ(folder->uri(), "/data");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto memory, registry.Create("mem://x", {}));
  EXPECT_EQ(memory->uri(), "mem://x");
  EXPECT_THAT(registry.Create("s3://bucket", {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "No under file system for \"s3://bucket\"; known are: /folder, mem://"));
  EXPECT_THAT(registry.Create("data", {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(registry.Create("", {}), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace alluxio::ufs
