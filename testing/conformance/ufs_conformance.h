#ifndef ALLUXIO_TESTING_CONFORMANCE_UFS_CONFORMANCE_H_
#define ALLUXIO_TESTING_CONFORMANCE_UFS_CONFORMANCE_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/ufs/under_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::test {

// What every under store promises. A store runs it with
//   INSTANTIATE_TEST_SUITE_P(Local, UfsConformanceTest, testing::Values(UfsMaker{"local", ...}), UfsMakerName);
struct UfsMaker {
  std::string name;
  // An empty store, called once a test.
  std::function<std::shared_ptr<ufs::UnderFileSystem>()> make;
};
inline std::ostream& operator<<(std::ostream& out, const UfsMaker& maker) { return out << maker.name; }
inline std::string UfsMakerName(const testing::TestParamInfo<UfsMaker>& info) { return info.param.name; }

class UfsConformanceTest : public testing::TestWithParam<UfsMaker> {
 protected:
  using CreateOptions = ufs::UnderFileSystem::CreateOptions;

  void SetUp() override {
    ufs_ = GetParam().make();
    ASSERT_NE(ufs_, nullptr);
  }

  absl::Status Put(absl::string_view path, absl::string_view content, const CreateOptions& options = {}) {
    ALLUXIO_ASSIGN_OR_RETURN(const auto writer, ufs_->Create(path, options));
    ALLUXIO_RETURN_IF_ERROR(writer->Write(content));
    return writer->Close().status();
  }
  absl::StatusOr<std::string> Get(absl::string_view path) {
    ALLUXIO_ASSIGN_OR_RETURN(const auto reader, ufs_->Open(path));
    std::string out(static_cast<size_t>(reader->length_bytes()) + 10, 'x');
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, reader->ReadAt(0, absl::MakeSpan(out)));
    out.resize(n);
    return out;
  }
  absl::StatusOr<std::vector<std::string>> Names(absl::string_view path) {
    std::vector<std::string> names;
    ALLUXIO_RETURN_IF_ERROR(ufs_->List(path, [&names](const ufs::UfsStatus& status) {
      names.push_back(status.name);
      return true;
    }));
    return names;
  }

  std::shared_ptr<ufs::UnderFileSystem> ufs_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(UfsConformanceTest);

TEST_P(UfsConformanceTest, RootIsAnEmptyFolder) {
  EXPECT_THAT(ufs_->CheckRoot(), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus root, ufs_->Status(""));
  EXPECT_TRUE(root.is_directory);
  EXPECT_EQ(root.name, "");
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::IsEmpty()));
  EXPECT_THAT(ufs_->GetSpace(), IsOk());
}

TEST_P(UfsConformanceTest, FileIsReadAsWritten) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto writer, ufs_->Create("a/b/f", {}));
  ALLUXIO_ASSERT_OK(writer->Write("hello "));
  ALLUXIO_ASSERT_OK(writer->Write(""));
  ALLUXIO_ASSERT_OK(writer->Write("world"));
  EXPECT_EQ(writer->bytes_written(), 11);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string hash, writer->Close());
  EXPECT_THAT(Get("a/b/f"), IsOkAndHolds(testing::Eq("hello world")));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus status, ufs_->Status("a/b/f"));
  EXPECT_EQ(status.name, "f");
  EXPECT_FALSE(status.is_directory);
  EXPECT_EQ(status.length_bytes, 11);
  EXPECT_EQ(status.mode, 0644);
  EXPECT_EQ(status.content_hash, hash);
}

TEST_P(UfsConformanceTest, ReadAtStopsAtTheEnd) {
  ALLUXIO_ASSERT_OK(Put("f", "0123456789"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, ufs_->Open("f"));
  EXPECT_EQ(reader->length_bytes(), 10);
  std::string buffer(4, ' ');
  EXPECT_THAT(reader->ReadAt(3, absl::MakeSpan(buffer)), IsOkAndHolds(4u));
  EXPECT_EQ(buffer, "3456");
  EXPECT_THAT(reader->ReadAt(8, absl::MakeSpan(buffer)), IsOkAndHolds(2u));
  EXPECT_EQ(buffer.substr(0, 2), "89");
  EXPECT_THAT(reader->ReadAt(10, absl::MakeSpan(buffer)), IsOkAndHolds(0u));
  EXPECT_THAT(reader->ReadAt(100, absl::MakeSpan(buffer)), IsOkAndHolds(0u));
  EXPECT_THAT(reader->ReadAt(0, {}), IsOkAndHolds(0u));
  EXPECT_THAT(reader->ReadAt(-1, absl::MakeSpan(buffer)), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(UfsConformanceTest, EmptyFileIsAFile) {
  ALLUXIO_ASSERT_OK(Put("f", ""));
  EXPECT_THAT(Get("f"), IsOkAndHolds(testing::Eq("")));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus status, ufs_->Status("f"));
  EXPECT_EQ(status.length_bytes, 0);
}

TEST_P(UfsConformanceTest, LargeFileKeepsEveryByte) {
  std::string content;
  for (int i = 0; content.size() < (5u << 20) + 3; ++i) absl::StrAppend(&content, i, ",");
  ALLUXIO_ASSERT_OK(Put("f", content));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string got, Get("f"));
  EXPECT_TRUE(got == content);
}

TEST_P(UfsConformanceTest, NothingIsSeenBeforeClose) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto writer, ufs_->Create("f", {}));
  ALLUXIO_ASSERT_OK(writer->Write("x"));
  EXPECT_THAT(ufs_->Status("f"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::IsEmpty()));
  ALLUXIO_ASSERT_OK(writer->Close());
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::ElementsAre("f")));
}

TEST_P(UfsConformanceTest, WriterThatIsNotClosedLeavesNothing) {
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto writer, ufs_->Create("d/f", {}));
    ALLUXIO_ASSERT_OK(writer->Write("x"));
  }
  // Not even a hidden name: the folder is empty.
  EXPECT_THAT(ufs_->DeleteDirectory("d", /*recursive=*/false), IsOk());
}

TEST_P(UfsConformanceTest, OverwriteReplacesAndOpenReadersKeepTheOldFile) {
  ALLUXIO_ASSERT_OK(Put("f", "old"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, ufs_->Open("f"));
  ALLUXIO_ASSERT_OK(Put("f", "newer"));
  EXPECT_THAT(Get("f"), IsOkAndHolds(testing::Eq("newer")));
  std::string buffer(10, ' ');
  EXPECT_THAT(reader->ReadAt(0, absl::MakeSpan(buffer)), IsOkAndHolds(3u));
  EXPECT_EQ(buffer.substr(0, 3), "old");
}

TEST_P(UfsConformanceTest, CreateRefusesWhatItMustNotReplace) {
  ALLUXIO_ASSERT_OK(Put("f", "old"));
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("d", {}));
  EXPECT_THAT(ufs_->Create("f", {.overwrite = false}), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Create("d", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->Create("", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->Create("f/x", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->Create("missing/x", {.create_parents = false}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Get("f"), IsOkAndHolds(testing::Eq("old")));
}

TEST_P(UfsConformanceTest, SecondOfTwoWritersThatMayNotOverwriteFails) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto first, ufs_->Create("f", {.overwrite = false}));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto second, ufs_->Create("f", {.overwrite = false}));
  ALLUXIO_ASSERT_OK(first->Write("1"));
  ALLUXIO_ASSERT_OK(second->Write("2"));
  ALLUXIO_ASSERT_OK(first->Close());
  EXPECT_THAT(second->Close(), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Get("f"), IsOkAndHolds(testing::Eq("1")));
}

TEST_P(UfsConformanceTest, ListIsInTheOrderOfNamesAndStopsWhenTold) {
  for (absl::string_view name : {"b", "a", "a-", "a0", "B", "\xC3\xA4", "c"}) ALLUXIO_ASSERT_OK(Put(name, name));
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("aa", {.mode = 0700}));
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::ElementsAre("B", "a", "a-", "a0", "aa", "b", "c", "\xC3\xA4")));
  int seen = 0;
  ALLUXIO_ASSERT_OK(ufs_->List("", [&seen](const ufs::UfsStatus& status) {
    EXPECT_EQ(status.is_directory, status.name == "aa");
    return ++seen < 3;
  }));
  EXPECT_EQ(seen, 3);
}

TEST_P(UfsConformanceTest, ListAndStatusSayTheSame) {
  ALLUXIO_ASSERT_OK(Put("d/f", "four", {.mode = 0600}));
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("d/sub", {.mode = 0750}));
  ALLUXIO_ASSERT_OK(ufs_->List("d", [this](const ufs::UfsStatus& listed) {
    const absl::StatusOr<ufs::UfsStatus> status = ufs_->Status(absl::StrCat("d/", listed.name));
    EXPECT_THAT(status, IsOk());
    if (!status.ok()) return false;
    EXPECT_EQ(ufs::Fingerprint(ufs_->type(), *status), ufs::Fingerprint(ufs_->type(), listed));
    EXPECT_EQ(status->modified_ms, listed.modified_ms);
    EXPECT_EQ(status->length_bytes, listed.length_bytes);
    EXPECT_EQ(status->mode, listed.is_directory ? 0750 : 0600);
    return true;
  }));
}

TEST_P(UfsConformanceTest, TemporaryNamesAreHidden) {
  ALLUXIO_ASSERT_OK(Put(ufs::TemporaryName("f", 7), "left over"));
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::IsEmpty()));
  // By its name it is there, or nobody could finish or delete it.
  EXPECT_THAT(ufs_->Rename(ufs::TemporaryName("f", 7), "f"), IsOk());
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::ElementsAre("f")));
}

TEST_P(UfsConformanceTest, MissingPathsAreNotFound) {
  ALLUXIO_ASSERT_OK(Put("f", "x"));
  for (absl::string_view path : {"m", "m/n", "f/x"}) {
    SCOPED_TRACE(std::string(path));
    EXPECT_THAT(ufs_->Status(path), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(ufs_->Open(path), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(ufs_->SetMode(path, 0600), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_THAT(Names("m"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ufs_->DeleteFile("m"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ufs_->DeleteDirectory("m", true), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ufs_->Rename("m", "n"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ufs_->Rename("f", "m/n"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ufs_->Mkdir("m/n", {.create_parents = false}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(UfsConformanceTest, WrongKindsAreRefused) {
  ALLUXIO_ASSERT_OK(Put("f", "x"));
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("d", {}));
  EXPECT_THAT(ufs_->Open("d"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->Open(""), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Names("f"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->DeleteFile("d"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->DeleteDirectory("f", true), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->DeleteDirectory("", true), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::ElementsAre("d", "f")));
}

TEST_P(UfsConformanceTest, MkdirMakesParentsAndRefusesWhatIsThere) {
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("a/b/c", {.mode = 0711}));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus status, ufs_->Status("a/b/c"));
  EXPECT_TRUE(status.is_directory);
  EXPECT_EQ(status.mode, 0711);
  ALLUXIO_ASSERT_OK(Put("f", "x"));
  EXPECT_THAT(ufs_->Mkdir("a/b/c", {}), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Mkdir("f", {}), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Mkdir("", {}), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Mkdir("f/x", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(UfsConformanceTest, DeleteOfAFolderThatIsNotEmptyHasToBeAskedFor) {
  ALLUXIO_ASSERT_OK(Put("d/e/f", "x"));
  ALLUXIO_ASSERT_OK(Put("d/g", "x"));
  EXPECT_THAT(ufs_->DeleteDirectory("d", /*recursive=*/false), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Get("d/e/f"), IsOk());
  EXPECT_THAT(ufs_->DeleteFile("d/g"), IsOk());
  EXPECT_THAT(ufs_->DeleteDirectory("d", /*recursive=*/true), IsOk());
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::IsEmpty()));
}

TEST_P(UfsConformanceTest, RenameMovesAndReplacesFilesOnly) {
  ALLUXIO_ASSERT_OK(Put("a", "1"));
  ALLUXIO_ASSERT_OK(Put("b", "2"));
  ALLUXIO_ASSERT_OK(Put("d/f", "3"));
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("empty", {}));
  EXPECT_THAT(ufs_->Rename("a", "b"), IsOk());
  EXPECT_THAT(Get("b"), IsOkAndHolds(testing::Eq("1")));
  EXPECT_THAT(ufs_->Status("a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ufs_->Rename("d", "e"), IsOk());
  EXPECT_THAT(Get("e/f"), IsOkAndHolds(testing::Eq("3")));
  EXPECT_THAT(ufs_->Rename("b", "b"), IsOk());
  EXPECT_THAT(ufs_->Rename("e", "empty"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Rename("b", "e"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Rename("e/f", "e"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ufs_->Rename("e", "b"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ufs_->Rename("e", "e/g"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ufs_->Rename("", "x"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::ElementsAre("b", "e", "empty")));
}

TEST_P(UfsConformanceTest, SetModeKeepsTheContent) {
  ALLUXIO_ASSERT_OK(Put("f", "x"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus before, ufs_->Status("f"));
  EXPECT_THAT(ufs_->SetMode("f", 0400), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus after, ufs_->Status("f"));
  EXPECT_EQ(after.mode, 0400);
  EXPECT_TRUE(ufs::SameContent(ufs::Fingerprint("t", before), ufs::Fingerprint("t", after)));
  EXPECT_THAT(ufs_->SetOwner("f", before.owner, before.group), IsOk());
  EXPECT_THAT(ufs_->SetOwner("f", "", ""), IsOk());
}

TEST_P(UfsConformanceTest, ChangedContentHasAnotherFingerprint) {
  ALLUXIO_ASSERT_OK(Put("f", "1"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus before, ufs_->Status("f"));
  ALLUXIO_ASSERT_OK(Put("f", "22"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const ufs::UfsStatus after, ufs_->Status("f"));
  EXPECT_FALSE(ufs::SameContent(ufs::Fingerprint("t", before), ufs::Fingerprint("t", after)));
}

TEST_P(UfsConformanceTest, UnusualNamesAreKept) {
  const std::vector<std::string> names = {"\n",  " ",        "%20", "...", "a\\b", "a\nb", "\xE6\x97\xA5\xE6\x9C\xAC",
                                          "\xFF", "-rf", std::string(255, 'n')};
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& name : names) ALLUXIO_ASSERT_OK(Put(name, name));
  EXPECT_THAT(Names(""), IsOkAndHolds(testing::ElementsAreArray(sorted)));
  for (const std::string& name : names) EXPECT_THAT(Get(name), IsOkAndHolds(testing::Eq(name)));
}

TEST_P(UfsConformanceTest, PathsOfAnotherFormAreRefused) {
  for (const std::string& path : {std::string(256, 'n'), std::string(".."), std::string("../x"), std::string("a/../b"),
                                  std::string("."), std::string("/a"), std::string("a/"), std::string("a\0b", 3)}) {
    SCOPED_TRACE(path);
    const auto refused = StatusIs(absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(ufs_->Status(path), refused);
    EXPECT_THAT(Names(path), refused);
    EXPECT_THAT(ufs_->Create(path, {}), refused);
    EXPECT_THAT(ufs_->Open(path), refused);
    EXPECT_THAT(ufs_->Mkdir(path, {}), refused);
    EXPECT_THAT(ufs_->DeleteFile(path), refused);
    EXPECT_THAT(ufs_->DeleteDirectory(path, true), refused);
    EXPECT_THAT(ufs_->Rename(path, "x"), refused);
    EXPECT_THAT(ufs_->SetMode(path, 0600), refused);
  }
}

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CONFORMANCE_UFS_CONFORMANCE_H_
