#include "alluxio/client/block/small_block_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace alluxio::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kWorker[] = "unix:/worker";

class SmallBlockFilesTest : public ::testing::Test {
 protected:
  SmallBlockFilesTest() {
    std::string name = absl::StrCat(std::getenv("TEST_TMPDIR"), "/blocks-XXXXXX");
    folder_ = absl::StrCat(::mkdtemp(name.data()), "/");
  }
  // A block's file; sealed unless the mode says otherwise.
  std::string Make(int64_t id, const std::string& bytes, mode_t mode = 0444) {
    const std::string path = absl::StrCat(folder_, id);
    std::ofstream(path) << bytes;
    ::chmod(path.c_str(), mode);
    return path;
  }
  SmallBlockFiles files_;
  std::string folder_;
};

TEST_F(SmallBlockFilesTest, NothingIsOpenedBeforeTheWorkerShowedAFile) {
  const std::string path = Make(1, "one");
  EXPECT_FALSE(files_.Open(kWorker, 1, 3).valid());
  files_.Learn(kWorker, 1, path);
  EXPECT_FALSE(files_.Open("elsewhere:29999", 1, 3).valid());
  EXPECT_TRUE(files_.Open(kWorker, 1, 3).valid());
}

TEST_F(SmallBlockFilesTest, TheWorkersOtherBlocksAreFoundBesideIt) {
  files_.Learn(kWorker, 1, Make(1, "one"));
  Make(22, "twenty-two");
  const UniqueFd fd = files_.Open(kWorker, 22, 10);
  ASSERT_TRUE(fd.valid());
  char bytes[10];
  ASSERT_EQ(::pread(fd.get(), bytes, 10, 0), 10);
  EXPECT_EQ(std::string(bytes, 10), "twenty-two");
}

TEST_F(SmallBlockFilesTest, OnlyWholeSmallFilesForEverybodyAreTheBlock) {
  files_.Learn(kWorker, 1, Make(1, "one"));
  Make(2, "writable", 0644);
  Make(3, "short");
  Make(6, "guarded", 0400);
  Make(7, "held", 01444);
  ASSERT_EQ(::symlink(absl::StrCat(folder_, 1).c_str(), absl::StrCat(folder_, 4).c_str()), 0);
  EXPECT_FALSE(files_.Open(kWorker, 2, 8).valid());
  EXPECT_FALSE(files_.Open(kWorker, 3, 6).valid());
  EXPECT_FALSE(files_.Open(kWorker, 6, 7).valid());
  EXPECT_FALSE(files_.Open(kWorker, 7, 4).valid());
  EXPECT_FALSE(files_.Open(kWorker, 4, 3).valid());
  EXPECT_FALSE(files_.Open(kWorker, 5, 1).valid());
  EXPECT_FALSE(files_.Open(kWorker, 1, SmallBlockFiles::kMaxBytes + 1).valid());
  EXPECT_THAT(files_.TakeUsed(), IsEmpty());
}

TEST_F(SmallBlockFilesTest, APathThatIsNotNamedByTheBlockTeachesNothing) {
  Make(1, "one");
  files_.Learn(kWorker, 1, absl::StrCat(folder_, "a1"));
  files_.Learn(kWorker, 1, "1");
  EXPECT_FALSE(files_.Open(kWorker, 1, 3).valid());
}

TEST_F(SmallBlockFilesTest, WhatWasUsedIsTakenOnce) {
  files_.Learn(kWorker, 1, Make(1, "one"));
  Make(2, "two");
  files_.Open(kWorker, 2, 3);
  files_.Open(kWorker, 1, 3);
  EXPECT_THAT(files_.TakeUsed(), ElementsAre(Pair(kWorker, ElementsAre(2, 1))));
  EXPECT_THAT(files_.TakeUsed(), IsEmpty());
  files_.GiveUp(kWorker);
  EXPECT_FALSE(files_.Open(kWorker, 1, 3).valid());
}

}  // namespace
}  // namespace alluxio::client
