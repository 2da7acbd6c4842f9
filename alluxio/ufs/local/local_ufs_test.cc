#include "alluxio/ufs/local/local_ufs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/conformance/ufs_conformance.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::ufs {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using testing::HasSubstr;

// A new empty folder, deleted at the end of the process with all of TEST_TMPDIR.
std::string NewFolder() {
  static std::atomic<int> count{0};
  const std::string folder = absl::StrCat(testing::TempDir(), "/ufs", ::getpid(), "_", count++);
  std::filesystem::create_directories(folder);
  return folder;
}

// Fails calls with an errno of the test's choice.
class FaultySystem final : public LocalSystem {
 public:
  int OpenAt2(int directory, const char* path, int flags) override {
    return Fails(openat2_errno) ? -1 : LocalSystem::OpenAt2(directory, path, flags);
  }
  ssize_t Pread(int fd, void* buffer, size_t count, off_t offset) override {
    // In small pieces: the kernel may answer with fewer bytes than asked for.
    return Fails(pread_errno) ? -1 : LocalSystem::Pread(fd, buffer, std::min<size_t>(count, 1000), offset);
  }
  ssize_t Write(int fd, const void* buffer, size_t count) override {
    return Fails(write_errno) ? -1 : LocalSystem::Write(fd, buffer, std::min<size_t>(count, 1000));
  }
  int Fdatasync(int fd) override { return Fails(fdatasync_errno) ? -1 : LocalSystem::Fdatasync(fd); }
  int Fsync(int fd) override {
    ++fsyncs;
    return Fails(fsync_errno) ? -1 : LocalSystem::Fsync(fd);
  }
  int Rename(int from_directory, const char* from, int to_directory, const char* to, bool replace) override {
    return Fails(rename_errno) ? -1 : LocalSystem::Rename(from_directory, from, to_directory, to, replace);
  }

  int openat2_errno = 0, pread_errno = 0, write_errno = 0, fdatasync_errno = 0, fsync_errno = 0, rename_errno = 0;
  int fsyncs = 0;

 private:
  static bool Fails(int error_number) {
    if (error_number != 0) errno = error_number;
    return error_number != 0;
  }
};

std::shared_ptr<LocalUfs> NewUfs(const std::string& folder, LocalSystem* system = LocalSystem::Default()) {
  absl::StatusOr<std::shared_ptr<LocalUfs>> ufs = LocalUfs::Create({.uri = folder, .system = system});
  return ufs.ok() ? *std::move(ufs) : nullptr;
}

std::shared_ptr<UnderFileSystem> NewWalkingUfs() {
  static FaultySystem* const system = [] {
    auto* const made = new FaultySystem;
    made->openat2_errno = ENOSYS;
    return made;
  }();
  return NewUfs(NewFolder(), system);
}

absl::Status Put(UnderFileSystem& ufs, absl::string_view path, absl::string_view content) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto writer, ufs.Create(path, {}));
  ALLUXIO_RETURN_IF_ERROR(writer->Write(content));
  return writer->Close().status();
}

std::vector<std::string> Names(UnderFileSystem& ufs, absl::string_view path) {
  std::vector<std::string> names;
  EXPECT_THAT(ufs.List(path, [&names](const UfsStatus& status) {
    names.push_back(status.name);
    return true;
  }), IsOk());
  return names;
}

// What is really in a folder, hidden names too.
std::vector<std::string> OnDisk(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// Both ways of looking up below the root have to behave alike.
class LocalUfsTest : public testing::TestWithParam<bool> {
 protected:
  LocalUfsTest() {
    if (!GetParam()) system_.openat2_errno = ENOSYS;
    ufs_ = NewUfs(folder_, &system_);
  }

  const std::string folder_ = NewFolder();
  FaultySystem system_;
  std::shared_ptr<LocalUfs> ufs_;
};
INSTANTIATE_TEST_SUITE_P(LookUp, LocalUfsTest, testing::Bool(), [](const testing::TestParamInfo<bool>& info) {
  return info.param ? "OpenAt2" : "NameByName";
});

TEST_P(LocalUfsTest, LinksInsideAreFollowed) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "a/b/f", "content"));
  std::filesystem::create_symlink("a/b", folder_ + "/dir");
  std::filesystem::create_symlink("../a/./b/../b/f", folder_ + "/a/file");
  std::filesystem::create_symlink("dir", folder_ + "/chain");
  for (absl::string_view path : {"dir/f", "a/file", "chain/f"}) {
    SCOPED_TRACE(std::string(path));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const UfsStatus status, ufs_->Status(path));
    EXPECT_EQ(status.length_bytes, 7);
    EXPECT_THAT(ufs_->Open(path), IsOk());
  }
  EXPECT_THAT(Names(*ufs_, ""), testing::ElementsAre("a", "chain", "dir"));
  EXPECT_THAT(Names(*ufs_, "chain"), testing::ElementsAre("f"));
  EXPECT_THAT(Put(*ufs_, "dir/g", "x"), IsOk());
  EXPECT_THAT(OnDisk(folder_ + "/a/b"), testing::ElementsAre("f", "g"));
}

TEST_P(LocalUfsTest, NoLinkLeadsOutside) {
  const std::string outside = NewFolder();
  std::ofstream(outside + "/secret") << "secret";
  std::filesystem::create_symlink(outside, folder_ + "/abs");
  std::filesystem::create_symlink("../" + outside.substr(outside.rfind('/') + 1), folder_ + "/rel");
  std::filesystem::create_symlink("..", folder_ + "/up");
  std::filesystem::create_symlink(outside + "/secret", folder_ + "/file");
  std::filesystem::create_symlink("/proc/self/root", folder_ + "/magic");
  const auto refused = StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("outside"));
  for (const std::string path : {"abs/secret", "rel/secret", "up/x", "file", "magic/etc/passwd"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(ufs_->Status(path), refused);
    EXPECT_THAT(ufs_->Open(path), refused);
    EXPECT_THAT(ufs_->SetMode(path, 0777), refused);
    EXPECT_THAT(ufs_->SetOwner(path, "0", "0"), refused);
  }
  for (const std::string path : {"abs/new", "rel/new", "up/new"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(ufs_->Create(path, {}), refused);
    EXPECT_THAT(ufs_->Mkdir(path, {}), refused);
    EXPECT_THAT(ufs_->DeleteFile(path), refused);
    EXPECT_THAT(ufs_->DeleteDirectory(path, true), refused);
    EXPECT_THAT(ufs_->Rename("file", path), refused);
  }
  EXPECT_THAT(ufs_->Rename("abs/secret", "mine"), refused);
  EXPECT_THAT(Names(*ufs_, ""), testing::IsEmpty());
  EXPECT_THAT(OnDisk(outside), testing::ElementsAre("secret"));
}

TEST_P(LocalUfsTest, DeletingALinkKeepsWhatItLeadsTo) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "kept/f", "x"));
  std::filesystem::create_directory(folder_ + "/gone");
  std::filesystem::create_symlink("../kept", folder_ + "/gone/link");
  std::filesystem::create_symlink("kept", folder_ + "/direct");
  EXPECT_THAT(ufs_->DeleteDirectory("gone", true), IsOk());
  EXPECT_THAT(ufs_->DeleteDirectory("direct", true), IsOk());
  EXPECT_THAT(OnDisk(folder_), testing::ElementsAre("kept"));
  EXPECT_THAT(ufs_->Status("kept/f"), IsOk());
}

TEST_P(LocalUfsTest, LinksInACircleAreAnError) {
  std::filesystem::create_symlink("b", folder_ + "/a");
  std::filesystem::create_symlink("a", folder_ + "/b");
  EXPECT_THAT(ufs_->Status("a"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Names(*ufs_, ""), testing::IsEmpty());
}

TEST_P(LocalUfsTest, WritingThroughAFileLinkReplacesTheLink) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "f", "old"));
  std::filesystem::create_symlink("f", folder_ + "/link");
  ALLUXIO_ASSERT_OK(Put(*ufs_, "link", "new"));
  EXPECT_FALSE(std::filesystem::is_symlink(folder_ + "/link"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UfsStatus kept, ufs_->Status("f"));
  EXPECT_EQ(kept.length_bytes, 3);
}

TEST_P(LocalUfsTest, PipesAreNeitherListedNorOpened) {
  ASSERT_EQ(::mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_THAT(Names(*ufs_, ""), testing::IsEmpty());
  EXPECT_THAT(ufs_->Open("pipe"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(LocalUfsTest, HolesOfALargeFileReadAsZeros) {
  constexpr int64_t kLength = (int64_t{6} << 30) + 1;
  {
    const UniqueFd fd(::open((folder_ + "/f").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::pwrite(fd.get(), "z", 1, kLength - 1), 1);
  }
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, ufs_->Open("f"));
  EXPECT_EQ(reader->length_bytes(), kLength);
  std::string buffer(8, 'x');
  EXPECT_THAT(reader->ReadAt(kLength - 4, absl::MakeSpan(buffer)), IsOkAndHolds(4u));
  EXPECT_EQ(buffer.substr(0, 4), std::string("\0\0\0z", 4));
}

TEST_P(LocalUfsTest, RootThatIsMissingIsUnavailable) {
  std::filesystem::remove_all(folder_);
  const auto gone = StatusIs(absl::StatusCode::kUnavailable,
                             testing::AllOf(HasSubstr(folder_), HasSubstr("uid "), HasSubstr("No such file")));
  EXPECT_THAT(ufs_->CheckRoot(), gone);
  EXPECT_THAT(ufs_->Status(""), gone);
  EXPECT_THAT(ufs_->Status("f"), gone);
  EXPECT_THAT(ufs_->List("", [](const UfsStatus&) { return true; }), gone);
  EXPECT_THAT(ufs_->Create("f", {}), gone);
  EXPECT_THAT(ufs_->Open("f"), gone);
  EXPECT_THAT(ufs_->Mkdir("d", {}), gone);
  EXPECT_THAT(ufs_->DeleteFile("f"), gone);
  EXPECT_THAT(ufs_->DeleteDirectory("d", true), gone);
  EXPECT_THAT(ufs_->Rename("f", "g"), gone);
  EXPECT_THAT(ufs_->SetMode("f", 0600), gone);
  EXPECT_THAT(ufs_->SetOwner("f", "", ""), gone);
  EXPECT_THAT(ufs_->GetSpace(), gone);
}

TEST_P(LocalUfsTest, RootThatComesBackIsUsedAnew) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "f", "old"));
  std::filesystem::rename(folder_, folder_ + ".away");
  EXPECT_THAT(ufs_->Status("f"), StatusIs(absl::StatusCode::kUnavailable));
  std::filesystem::create_directory(folder_);
  EXPECT_THAT(ufs_->CheckRoot(), IsOk());
  EXPECT_THAT(ufs_->Status("f"), StatusIs(absl::StatusCode::kNotFound));
  ALLUXIO_ASSERT_OK(Put(*ufs_, "g", "new"));
  EXPECT_THAT(OnDisk(folder_), testing::ElementsAre("g"));
  EXPECT_THAT(OnDisk(folder_ + ".away"), testing::ElementsAre("f"));
}

TEST_P(LocalUfsTest, RootThatIsAFileIsUnavailable) {
  std::filesystem::remove_all(folder_);
  std::ofstream(folder_) << "x";
  EXPECT_THAT(ufs_->CheckRoot(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("Not a directory")));
  EXPECT_THAT(ufs_->Status("f"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_P(LocalUfsTest, ClosedFoldersAreToldFromAClosedRoot) {
  if (::geteuid() == 0 && ::seteuid(65534) != 0) GTEST_SKIP() << "can't become another user";
  const std::string mine = absl::StrCat("/tmp/ufs_closed_", ::getpid(), "_", GetParam());
  std::filesystem::create_directory(mine);
  const auto ufs = NewUfs(mine, &system_);
  ALLUXIO_EXPECT_OK(Put(*ufs, "d/f", "x"));
  EXPECT_EQ(::chmod((mine + "/d").c_str(), 0), 0);
  EXPECT_THAT(ufs->Status("d/f"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(ufs->CheckRoot(), IsOk());
  EXPECT_EQ(::chmod((mine + "/d").c_str(), 0700), 0);
  EXPECT_EQ(::chmod(mine.c_str(), 0), 0);
  EXPECT_THAT(ufs->Status("d/f"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ufs->CheckRoot(), StatusIs(absl::StatusCode::kUnavailable,
                                         testing::AllOf(HasSubstr(mine), HasSubstr("mode 0000"), HasSubstr("uid "))));
  EXPECT_EQ(::chmod(mine.c_str(), 0700), 0);
  EXPECT_THAT(ufs->Status("d/f"), IsOk());
  std::filesystem::remove_all(mine);
  EXPECT_EQ(::seteuid(::getuid()), 0);
}

TEST_P(LocalUfsTest, MkdirOfTheRootMakesIt) {
  const std::string deep = folder_ + "/x/y";
  const auto ufs = NewUfs(deep, &system_);
  EXPECT_THAT(ufs->CheckRoot(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ufs->Mkdir("", {}), IsOk());
  EXPECT_THAT(ufs->CheckRoot(), IsOk());
}

// Each failing step of a write is reported, and leaves the old file and nothing else.
TEST_P(LocalUfsTest, FailedWriteLeavesTheOldFile) {
  struct Case {
    const char* name;
    int FaultySystem::*fault;
    int error_number;
    absl::StatusCode want;
  };
  constexpr Case kCases[] = {
      {"no space", &FaultySystem::write_errno, ENOSPC, absl::StatusCode::kResourceExhausted},
      {"quota", &FaultySystem::write_errno, EDQUOT, absl::StatusCode::kResourceExhausted},
      {"broken disk", &FaultySystem::write_errno, EIO, absl::StatusCode::kUnavailable},
      {"sync", &FaultySystem::fdatasync_errno, EIO, absl::StatusCode::kUnavailable},
      {"server gone", &FaultySystem::fdatasync_errno, ESTALE, absl::StatusCode::kUnavailable},
      {"rename", &FaultySystem::rename_errno, EACCES, absl::StatusCode::kPermissionDenied},
  };
  ALLUXIO_ASSERT_OK(Put(*ufs_, "f", "old"));
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    system_.*c.fault = c.error_number;
    EXPECT_THAT(Put(*ufs_, "f", "newer"), StatusIs(c.want, HasSubstr(folder_ + "/f")));
    system_.*c.fault = 0;
    EXPECT_THAT(OnDisk(folder_), testing::ElementsAre("f"));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const UfsStatus kept, ufs_->Status("f"));
    EXPECT_EQ(kept.length_bytes, 3);
  }
}

// Goal: a writer that dies leaves the old file, and nothing that a listing
// shows. Method: a process that is killed between Write and Close.
TEST_P(LocalUfsTest, KilledWriterLeavesTheOldFile) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "d/f", "old"));
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto writer = ufs_->Create("d/f", {});
    const bool ok = writer.ok() && (*writer)->Write("newer").ok() && ::write(pipe[1], "x", 1) == 1;
    if (ok) ::pause();
    ::_exit(1);
  }
  char written = 0;
  ASSERT_EQ(::read(pipe[0], &written, 1), 1);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(pipe[0]);
  ::close(pipe[1]);
  EXPECT_THAT(Names(*ufs_, "d"), testing::ElementsAre("f"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UfsStatus kept, ufs_->Status("d/f"));
  EXPECT_EQ(kept.length_bytes, 3);
  ALLUXIO_ASSERT_OK(ufs_->DeleteFile("d/f"));
  EXPECT_THAT(ufs_->DeleteDirectory("d", false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("being written")));
  EXPECT_THAT(ufs_->DeleteDirectory("d", true), IsOk());
}

TEST_P(LocalUfsTest, FailedWriteIsRememberedByClose) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto writer, ufs_->Create("f", {}));
  system_.write_errno = ENOSPC;
  EXPECT_THAT(writer->Write("x"), StatusIs(absl::StatusCode::kResourceExhausted));
  system_.write_errno = 0;
  EXPECT_THAT(writer->Close(), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_P(LocalUfsTest, FoldersAreSyncedAfterTheRename) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "f", "x"));
  EXPECT_EQ(system_.fsyncs, 1);
  system_.fsync_errno = EIO;
  EXPECT_THAT(Put(*ufs_, "f", "y"), StatusIs(absl::StatusCode::kUnavailable));
  system_.fsync_errno = EINVAL;  // a file system that can't
  EXPECT_THAT(Put(*ufs_, "f", "y"), IsOk());
}

TEST_P(LocalUfsTest, FoldersAreSyncedAfterADelete) {
  for (const char* path : {"f", "d/f"}) ALLUXIO_ASSERT_OK(Put(*ufs_, path, "x"));
  ALLUXIO_ASSERT_OK(ufs_->Mkdir("e", {}));
  const absl::Status deleted[] = {
      (system_.fsyncs = 0, ufs_->DeleteFile("f")),
      ufs_->DeleteDirectory("d", /*recursive=*/true),
      ufs_->DeleteDirectory("e", /*recursive=*/false),
  };
  for (const absl::Status& status : deleted) EXPECT_THAT(status, IsOk());
  EXPECT_EQ(system_.fsyncs, 3);
}

TEST_P(LocalUfsTest, FailedReadIsUnavailable) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "f", std::string(5000, 'x')));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto reader, ufs_->Open("f"));
  std::string buffer(5000, ' ');
  EXPECT_THAT(reader->ReadAt(0, absl::MakeSpan(buffer)), IsOkAndHolds(5000u));
  EXPECT_EQ(buffer, std::string(5000, 'x'));
  system_.pread_errno = EIO;
  EXPECT_THAT(reader->ReadAt(0, absl::MakeSpan(buffer)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(folder_ + "/f")));
}

TEST_P(LocalUfsTest, OwnersAreNamesOrNumbers) {
  ALLUXIO_ASSERT_OK(Put(*ufs_, "f", "x"));
  EXPECT_THAT(ufs_->SetOwner("f", "no-such-user", ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ufs_->SetOwner("f", "", "no-such-group"), StatusIs(absl::StatusCode::kInvalidArgument));
  if (::chown((folder_ + "/f").c_str(), 54321, 54322) != 0) GTEST_SKIP() << "this user may not give files away";
  EXPECT_THAT(ufs_->SetOwner("f", "54321", "54322"), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UfsStatus status, ufs_->Status("f"));
  EXPECT_EQ(status.owner, "54321");
  EXPECT_EQ(status.group, "54322");
  // What a writer is asked for and can't have is ignored.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto writer, ufs_->Create("g", {.owner = "54321", .group = "no-such-group"}));
  ALLUXIO_ASSERT_OK(writer->Close());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const UfsStatus given, ufs_->Status("g"));
  EXPECT_EQ(given.owner, "54321");
}

TEST(LocalUfsUriTest, TakesTheOriginalsForms) {
  struct Case {
    const char* uri;
    const char* want_root;
    const char* want_child;
  };
  constexpr Case kCases[] = {{"/", "/", "/a/b"},
                             {"/data", "/data", "/data/a/b"},
                             {"/data/", "/data", "/data/a/b"},
                             {"file:///data", "file:///data", "file:///data/a/b"},
                             {"file:///", "file:///", "file:///a/b"}};
  UfsRegistry registry;
  RegisterLocalUfs(registry);
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.uri);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto ufs, registry.Create(c.uri, {}));
    EXPECT_EQ(ufs->UriOf(""), c.want_root);
    EXPECT_EQ(ufs->UriOf("a/b"), c.want_child);
    EXPECT_EQ(ufs->type(), "local");
  }
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto root, registry.Create("file:///", {}));
  EXPECT_THAT(root->Status("proc"), IsOk());
  EXPECT_THAT(registry.Create("file://host/data", {}), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace alluxio::ufs

namespace alluxio::test {

INSTANTIATE_TEST_SUITE_P(
    Stores, UfsConformanceTest,
    testing::Values(UfsMaker{"local", [] { return ufs::NewUfs(ufs::NewFolder()); }},
                    UfsMaker{"localNameByName", ufs::NewWalkingUfs},
                    UfsMaker{"memory", [] { return std::make_shared<MemoryUfs>(); }}),
    UfsMakerName);

}  // namespace alluxio::test
