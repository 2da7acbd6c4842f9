#include "alluxio/base/disk.h"

#include <stdlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using ::testing::ElementsAre;

class DiskTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_ = ::testing::TempDir() + "/disk.XXXXXX";
  Disk& disk_ = *Disk::Posix();
};

TEST_F(DiskTest, FilesAreWrittenAtOffsetsAndReadToTheirEnd) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto file, disk_.Open(Path("f"), Disk::Mode::kCreate));
  EXPECT_THAT(file->Write(3, "def"), IsOk());
  EXPECT_THAT(file->Write(0, "abc"), IsOk());
  EXPECT_THAT(file->SyncData(), IsOk());
  char buffer[10];
  EXPECT_THAT(file->Read(1, buffer, sizeof(buffer)), IsOkAndHolds(5u));
  EXPECT_EQ(absl::string_view(buffer, 5), "bcdef");
  EXPECT_THAT(file->Read(6, buffer, sizeof(buffer)), IsOkAndHolds(0u));
  EXPECT_THAT(file->Truncate(2), IsOk());
  EXPECT_THAT(file->Size(), IsOkAndHolds(2));
  EXPECT_THAT(disk_.ReadAll(Path("f")), IsOkAndHolds("ab"));
}

TEST_F(DiskTest, ModesSayWhetherTheFileMayBeThere) {
  EXPECT_THAT(disk_.Open(Path("f"), Disk::Mode::kRead), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk_.Open(Path("f"), Disk::Mode::kReadWrite), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk_.Open(Path("f"), Disk::Mode::kCreate), IsOk());
  EXPECT_THAT(disk_.Open(Path("f"), Disk::Mode::kCreate), StatusIs(absl::StatusCode::kAlreadyExists));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto read_only, disk_.Open(Path("f"), Disk::Mode::kRead));
  EXPECT_FALSE(read_only->Write(0, "x").ok());
}

TEST_F(DiskTest, DirectoriesAreMadeWithTheirParents) {
  EXPECT_THAT(disk_.CreateDirectories(Path("a/b/c")), IsOk());
  EXPECT_THAT(disk_.CreateDirectories(Path("a/b/c")), IsOk());
  EXPECT_THAT(disk_.CreateDirectories(Path("d/e/")), IsOk());
  EXPECT_THAT(disk_.CreateDirectories("/proc/nowhere"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk_.List(folder_), IsOkAndHolds(ElementsAre("a", "d")));
  EXPECT_THAT(disk_.List(Path("d")), IsOkAndHolds(ElementsAre("e")));
  EXPECT_THAT(disk_.Open(Path("file"), Disk::Mode::kCreate), IsOk());
  EXPECT_THAT(disk_.CreateDirectories(Path("file")), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(disk_.SyncDirectory(folder_), IsOk());
  EXPECT_THAT(disk_.List(Path("nosuch")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DiskTest, RenameReplacesAndUnlinkRemoves) {
  EXPECT_THAT((*disk_.Open(Path("a"), Disk::Mode::kCreate))->Write(0, "a"), IsOk());
  EXPECT_THAT((*disk_.Open(Path("b"), Disk::Mode::kCreate))->Write(0, "b"), IsOk());
  EXPECT_THAT(disk_.Rename(Path("a"), Path("b")), IsOk());
  EXPECT_THAT(disk_.ReadAll(Path("b")), IsOkAndHolds("a"));
  EXPECT_THAT(disk_.Unlink(Path("b")), IsOk());
  EXPECT_THAT(disk_.Unlink(Path("b")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DiskTest, ALockHasOneHolder) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto lock, disk_.Lock(Path("lock")));
  EXPECT_THAT(disk_.Lock(Path("lock")), StatusIs(absl::StatusCode::kFailedPrecondition));
  lock.reset();
  EXPECT_THAT(disk_.Lock(Path("lock")), IsOk());
}

}  // namespace
}  // namespace alluxio
