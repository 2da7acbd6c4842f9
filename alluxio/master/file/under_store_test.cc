// The namespace and its under stores: loading, syncing, mounts, and operations
// that reach into a store.
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/file_system_master.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using grpc::file::FileInfo;
using test::IsOk;
using test::IsOkAndHolds;
using test::NamespaceFixture;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Create = NamespaceFixture::Create;
using List = NamespaceFixture::List;

constexpr auto kThrough = grpc::file::CACHE_THROUGH;

TEST(LoadTest, FilesPutIntoTheStoreAppear) {
  NamespaceFixture ns;
  ns.ufs().PutFile("dir/sub/f", "12345");
  ns.ufs().PutFile("top", "");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo info, ns.Stat("/dir/sub/f"));
  EXPECT_EQ(info.length(), 5);
  EXPECT_TRUE(info.completed());
  EXPECT_TRUE(info.persisted());
  EXPECT_EQ(info.persistencestate(), "PERSISTED");
  EXPECT_EQ(info.ufspath(), "mem://one/dir/sub/f");
  EXPECT_EQ(info.mountid(), 1);
  ASSERT_EQ(info.fileblockinfos_size(), 1);
  EXPECT_EQ(info.fileblockinfos(0).blockinfo().length(), 5);
  EXPECT_EQ(info.fileblockinfos(0).blockinfo().blockid(), info.fileid() & ~0xFFFFFF);
  EXPECT_EQ(info.inalluxiopercentage(), 0);
  EXPECT_FALSE(info.ufsfingerprint().empty());
  EXPECT_THAT(ns.Ls("/"), IsOkAndHolds(ElementsAre("/dir", "/top")));
  EXPECT_THAT(ns.Ls("/", {.recursive = true}),
              IsOkAndHolds(ElementsAre("/dir", "/dir/sub", "/dir/sub/f", "/top")));
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

TEST(LoadTest, AListingIsLoadedOnce) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/a", "");
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/a")));
  const int lists = ns.faults().calls("List");
  ns.ufs().PutFile("d/b", "");
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/a")));
  EXPECT_EQ(ns.faults().calls("List"), lists);
  // ALWAYS looks again.
  EXPECT_THAT(ns.Ls("/d", {.load = grpc::file::ALWAYS}), IsOkAndHolds(ElementsAre("/d/a", "/d/b")));
  // NEVER doesn't look at all.
  ns.ufs().PutFile("e/x", "");
  EXPECT_THAT(ns.Ls("/e", {.load = grpc::file::NEVER}), StatusIs(absl::StatusCode::kNotFound));
}

TEST(LoadTest, KnownAbsencesAreRemembered) {
  NamespaceFixture ns;
  EXPECT_THAT(ns.Stat("/no/such"), StatusIs(absl::StatusCode::kNotFound));
  const int asked = ns.faults().calls("Status");
  EXPECT_THAT(ns.Stat("/no/such"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.Stat("/no/other"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(ns.faults().calls("Status"), asked);
  // A sync looks, and so does ALWAYS.
  ns.ufs().PutFile("no/such", "x");
  EXPECT_THAT(ns.Stat("/no/such", "root", 0), IsOk());
}

TEST(LoadTest, AStoreThatCannotBeReachedIsAnErrorAndNeverAnAbsence) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/f", "x");
  ASSERT_THAT(ns.Stat("/d/f"), IsOk());
  ns.ufs().SetReachable(false);
  EXPECT_THAT(ns.Stat("/other"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ns.Ls("/d"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ns.Stat("/d/f", "root", 0), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ns.Ls("/d", List{.sync_interval_ms = 0}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ns.Rm("/d/f"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ns.Stat("/d/f"), IsOk());
  ns.ufs().SetReachable(true);
  EXPECT_THAT(ns.Ls("/d", List{.sync_interval_ms = 0}), IsOkAndHolds(ElementsAre("/d/f")));
}

TEST(LoadTest, ManyChildrenAreMergedInChunks) {
  NamespaceFixture ns;
  std::vector<std::string> want;
  for (int i = 1000; i < 2300; ++i) {
    want.push_back(absl::StrCat("/d/", i));
    if (i % 7 == 0) {
      ASSERT_THAT(ns.Mkdir(absl::StrCat("/d/", i)), IsOk());  // in Alluxio alone
    } else {
      ns.ufs().PutFile(absl::StrCat("d/", i), "");
    }
  }
  // The directory of Alluxio alone becomes the store's too, once a sync sees it.
  ASSERT_THAT(ns.Ls("/", List{.sync_interval_ms = 0}), IsOkAndHolds(ElementsAre("/d")));
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(want));
  EXPECT_THAT(ns.Ls("/d", List{.sync_interval_ms = 0}), IsOkAndHolds(want));
}

TEST(SyncTest, AChangedFileGetsANewInodeWithoutCachedBlocks) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/f", "12345");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo before, ns.Stat("/d/f"));
  ns.blocks().Commit(before.blockids(0), 5);
  EXPECT_EQ(ns.Stat("/d/f")->inalluxiopercentage(), 100);
  ns.ufs().PutFile("d/f", "changed");
  EXPECT_EQ(ns.Stat("/d/f")->length(), 5);  // -1: no sync
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo after, ns.Stat("/d/f", "root", 0));
  EXPECT_EQ(after.length(), 7);
  EXPECT_NE(after.fileid(), before.fileid());
  EXPECT_EQ(after.inalluxiopercentage(), 0);
  EXPECT_TRUE(ns.blocks().freed().contains(before.blockids(0)));
  EXPECT_FALSE(ns.blocks().BlockLength(before.blockids(0)).has_value());
  // Unchanged: nothing is journalled.
  const uint64_t sequence = ns.journal().LastSequence();
  EXPECT_EQ(ns.Stat("/d/f", "root", 0)->fileid(), after.fileid());
  EXPECT_EQ(ns.journal().LastSequence(), sequence);
}

TEST(SyncTest, WhatIsGoneFromTheStoreDisappearsUnlessItWasNeverThere) {
  NamespaceFixture ns;
  for (const char* path : {"d/a", "d/b", "d/sub/x"}) ns.ufs().PutFile(path, "1");
  ASSERT_THAT(ns.Ls("/d", List{.recursive = true}), IsOk());
  ASSERT_THAT(ns.Write("/d/mine", 1), IsOk());
  ASSERT_THAT(ns.Write("/d/sub/mine", 1), IsOk());
  ASSERT_THAT(ns.ufs().DeleteFile("d/a"), IsOk());
  ASSERT_THAT(ns.ufs().DeleteDirectory("d/sub", true), IsOk());
  EXPECT_THAT(ns.Ls("/d", List{.sync_interval_ms = 0}), IsOkAndHolds(ElementsAre("/d/b", "/d/mine", "/d/sub")));
  EXPECT_THAT(ns.Ls("/d/sub"), IsOkAndHolds(ElementsAre("/d/sub/mine")));
  EXPECT_EQ(ns.Stat("/d/sub")->persistencestate(), "NOT_PERSISTED");
  // One path alone.
  ASSERT_THAT(ns.ufs().DeleteFile("d/b"), IsOk());
  EXPECT_THAT(ns.Stat("/d/b"), IsOk());
  EXPECT_THAT(ns.Stat("/d/b", "root", 0), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

TEST(SyncTest, TheIntervalAndNeedsSyncDecide) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/a", "1");
  ASSERT_THAT(ns.Ls("/d", List{.sync_interval_ms = 10'000}), IsOkAndHolds(ElementsAre("/d/a")));
  ns.ufs().PutFile("d/b", "1");
  ns.clock().Advance(absl::Seconds(9));
  EXPECT_THAT(ns.Ls("/d", List{.sync_interval_ms = 10'000}), IsOkAndHolds(ElementsAre("/d/a")));
  ns.clock().Advance(absl::Seconds(2));
  EXPECT_THAT(ns.Ls("/d", List{.sync_interval_ms = 10'000}), IsOkAndHolds(ElementsAre("/d/a", "/d/b")));
  ns.ufs().PutFile("d/c", "1");
  grpc::file::NeedsSyncRequest request;
  request.set_path("/d");
  EXPECT_THAT(ns.Do(&FileSystemMaster::NeedsSync, request), IsOk());
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/a", "/d/b", "/d/c")));
}

absl::Status NeedsSync(NamespaceFixture& ns, const std::string& path) {
  grpc::file::NeedsSyncRequest request;
  request.set_path(path);
  return ns.Do(&FileSystemMaster::NeedsSync, request).status();
}

TEST(SyncTest, LookingAtADirectoryItselfDoesNotSettleWhatIsBelow) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/a", "1");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  ns.ufs().PutFile("d/b", "1");
  ASSERT_THAT(NeedsSync(ns, "/d"), IsOk());
  EXPECT_THAT(ns.Stat("/d"), IsOk());
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/a", "/d/b")));
}

TEST(SyncTest, AListingSettlesItsFilesAndLooksAtItsDirectoriesOnce) {
  NamespaceFixture ns;
  for (const char* path : {"d/f", "d/sub/a"}) ns.ufs().PutFile(path, "1");
  ASSERT_THAT(ns.Ls("/d", List{.recursive = true}), IsOk());
  ns.ufs().PutFile("d/sub/b", "1");
  ASSERT_THAT(NeedsSync(ns, "/d/f"), IsOk());
  ASSERT_THAT(NeedsSync(ns, "/d/sub"), IsOk());
  int lists = ns.faults().calls("List");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  EXPECT_EQ(ns.faults().calls("List"), lists + 1);
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  EXPECT_EQ(ns.faults().calls("List"), lists + 1);
  EXPECT_THAT(ns.Ls("/d/sub"), IsOkAndHolds(ElementsAre("/d/sub/a", "/d/sub/b")));
}

TEST(SyncTest, AnInvalidationDuringASyncOutlivesIt) {
  NamespaceFixture ns({.threads = 2});
  ns.ufs().PutFile("d/a", "1");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  ASSERT_THAT(NeedsSync(ns, "/d"), IsOk());
  ns.faults().Block("List");
  std::thread lister([&] { EXPECT_THAT(ns.Ls("/d"), IsOk()); });
  ns.faults().WaitUntilBlocked("List");
  ASSERT_THAT(NeedsSync(ns, "/d"), IsOk());
  ns.faults().Release("List");
  lister.join();
  const int lists = ns.faults().calls("List");
  EXPECT_THAT(ns.Ls("/d"), IsOk());
  EXPECT_EQ(ns.faults().calls("List"), lists + 1);
  EXPECT_THAT(ns.Ls("/d"), IsOk());
  EXPECT_EQ(ns.faults().calls("List"), lists + 1);
}

// With blocks of one byte: files of 6,000 blocks each, of which one record of the
// journal takes two.
TEST(SyncTest, RecordsAreBoundedByTheBlocksOfTheFiles) {
  NamespaceFixture ns({.properties = {{"alluxio.user.block.size.bytes.default", "1"}}});
  for (int i = 0; i < 6; ++i) ns.ufs().PutFile(absl::StrCat("d/", i), std::string(6'000, 'x'));
  ASSERT_THAT(ns.Stat("/d"), IsOk());
  uint64_t sequence = ns.journal().LastSequence();
  EXPECT_EQ(ns.Ls("/d")->size(), 6u);
  EXPECT_GE(ns.journal().LastSequence(), sequence + 3);
  EXPECT_EQ(ns.Stat("/d/5")->blockids_size(), 6'000);
  sequence = ns.journal().LastSequence();
  ASSERT_THAT(ns.Rm("/d", true, "root", /*alluxio_only=*/true), IsOk());
  EXPECT_GE(ns.journal().LastSequence(), sequence + 3);
}

TEST(SyncTest, OwnersAndModesFollowTheStore) {
  NamespaceFixture ns;
  ns.ufs().PutFile("f", "1");
  const int64_t id = ns.Stat("/f")->fileid();
  ASSERT_THAT(ns.ufs().SetMode("f", 0600), IsOk());
  EXPECT_EQ(ns.Stat("/f", "root", 0)->mode(), 0600);
  EXPECT_EQ(ns.Stat("/f")->fileid(), id);
}

TEST(ThroughTest, ParentsAreMadeInTheStoreAndTheFileIsPersistedAtOnce) {
  NamespaceFixture ns;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo created, ns.CreateFile("/a/b/f", Create{.write_type = kThrough}));
  EXPECT_EQ(created.persistencestate(), "PERSISTED");
  EXPECT_TRUE(ns.ufs().Status("a/b")->is_directory);
  EXPECT_EQ(ns.Stat("/a")->persistencestate(), "PERSISTED");
  ns.ufs().PutFile("a/b/f", std::string(2500, 'x'));  // the client's write
  ASSERT_THAT(ns.Complete("/a/b/f", 2500), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo info, ns.Stat("/a/b/f"));
  EXPECT_EQ(info.length(), 2500);
  EXPECT_EQ(info.blockids_size(), 3);
  EXPECT_EQ(info.fileblockinfos(2).blockinfo().length(), 452);
  EXPECT_FALSE(info.ufsfingerprint().empty());
  EXPECT_EQ(ns.Stat("/a/b/f", "root", 0)->fileid(), info.fileid());
}

// What the client says is not what its blocks can be.
TEST(ThroughTest, ALengthOfTooManyBlocksIsRefused) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.CreateFile("/f", Create{.write_type = kThrough, .block_size = 1}), IsOk());
  for (const int64_t length : {int64_t{1} << 40, INT64_MAX, int64_t{-1}}) {
    EXPECT_THAT(ns.Complete("/f", length), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_FALSE(ns.Stat("/f")->completed());
  EXPECT_THAT(ns.Complete("/f", 3), IsOk());
  EXPECT_EQ(ns.Stat("/f")->blockids_size(), 3);
}

TEST(ThroughTest, AnEmptyFileHasNoBlockThoughOneWasAskedFor) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.CreateFile("/f", Create{.write_type = kThrough}), IsOk());
  grpc::file::GetNewBlockIdForFilePRequest request;
  request.set_path("/f");
  ASSERT_THAT(ns.Do(&FileSystemMaster::GetNewBlockIdForFile, request), IsOk());
  ASSERT_THAT(ns.Complete("/f", 0), IsOk());
  EXPECT_EQ(ns.Stat("/f")->blockids_size(), 0);
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

// The store has lost a part of the directory when the delete fails.
TEST(ThroughTest, AfterADeleteThatFailedHalfwayTheStoreIsLookedAt) {
  NamespaceFixture ns;
  for (const char* path : {"d/a", "d/b"}) ns.ufs().PutFile(path, "1");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  ASSERT_THAT(ns.ufs().DeleteFile("d/a"), IsOk());
  ns.faults().Fail("DeleteDirectory", absl::InternalError("broken"));
  EXPECT_THAT(ns.Rm("/d", true), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/b")));
}

TEST(ThroughTest, AfterARenameThatFailedTooLateTheStoreIsLookedAt) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/f", "1");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  ASSERT_THAT(ns.ufs().Rename("d/f", "d/g"), IsOk());
  ns.faults().Fail("Rename", absl::InternalError("broken"));
  EXPECT_THAT(ns.Mv("/d/f", "/d/g"), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT(ns.Stat("/d/f"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.Stat("/d/g"), IsOk());
}

TEST(ThroughTest, ARenameSeesWhatOnlyTheStoreHas) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/sub/taken", "1");
  ASSERT_THAT(ns.Write("/new"), IsOk());
  EXPECT_THAT(ns.Mv("/new", "/d/sub/taken"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ns.Mv("/new", "/d/other/f"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.Mv("/new", "/d/sub/free"), IsOk());
  EXPECT_THAT(ns.Stat("/d/sub/free"), IsOk());
}

// Goal: what the store did is not refused because of an ACL that changed meanwhile.
// Method: a store that blocks in Rename, and a chmod of the grandparent.
TEST(ThroughTest, PermissionsAreAskedBeforeTheStoreRenames) {
  NamespaceFixture ns({.threads = 2});
  ASSERT_THAT(ns.Mkdir("/p", Create{.write_type = kThrough, .mode = 0777}), IsOk());
  ASSERT_THAT(ns.Mkdir("/p/q", Create{.write_type = kThrough, .mode = 0777}), IsOk());
  ns.ufs().PutFile("p/q/f", "1");
  ASSERT_THAT(ns.Stat("/p/q/f", "root", 0), IsOk());
  ns.faults().Block("Rename");
  grpc::file::RenamePRequest rename;
  rename.set_path("/p/q/f");
  rename.set_dstpath("/p/q/g");
  Notification renamed;
  absl::Status status;
  ns.fs().Rename({"bob", ""}, rename, [&](auto result) {
    status = result.status();
    renamed.Notify();
  });
  ns.faults().WaitUntilBlocked("Rename");
  grpc::file::SetAttributePRequest chmod;
  chmod.set_path("/p");
  chmod.mutable_options()->mutable_mode()->set_ownerbits(grpc::ALL);
  EXPECT_THAT(ns.Do(&FileSystemMaster::SetAttribute, chmod), IsOk());
  ns.faults().Release("Rename");
  renamed.Wait();
  EXPECT_THAT(status, IsOk());
  EXPECT_THAT(ns.Stat("/p/q/g"), IsOk());
}

TEST(ThroughTest, AFailedMkdirLeavesNothingBehind) {
  NamespaceFixture ns;
  ns.faults().Fail("Mkdir", absl::PermissionDeniedError("no"));
  EXPECT_THAT(ns.Mkdir("/d", Create{.write_type = kThrough}), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(ns.Stat("/d"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.Mkdir("/d", Create{.write_type = kThrough, .mode = 0700}), IsOk());
  EXPECT_EQ(ns.ufs().Status("d")->mode, 0700);
}

// A namespace whose journal gets to the disk record by record, as far as a test lets it.
class StepByStep {
 public:
  StepByStep() { ns.journal().MakeAllDurable(); }

  // Starts a call; it goes on while at most `records` more become durable.
  template <typename Request, typename Response>
  void Start(void (FileSystemMaster::*method)(const Caller&, const Request&, Reply<Response>), const Request& request,
             int records) {
    answer = std::nullopt;
    (ns.fs().*method)({"root", ""}, request, [this](absl::StatusOr<Response> result) { answer = result.status(); });
    for (; records > 0 && !answer.has_value(); --records) {
      ns.journal().MakeDurable(ns.journal().DurableSequence() + 1);
    }
  }

  NamespaceFixture ns{{.auto_durable = false}};
  std::optional<absl::Status> answer;
};

template <typename Request>
Request Recursive(const std::string& path) {
  Request request;
  request.set_path(path);
  request.mutable_options()->set_recursive(true);
  return request;
}

// Goal: wherever a crash comes, a directory of the under store that belongs to one
// of the namespace goes with it. Method: calls that make directories there, a crash
// after each record of each, then the folder is removed.
TEST(ThroughTest, NoCrashLeavesADirectoryThatARemovalForgets) {
  auto make = Recursive<grpc::file::CreateDirectoryPRequest>("/d/e");
  auto through = Recursive<grpc::file::CreateDirectoryPRequest>("/d/e/f/g");
  through.mutable_options()->set_writetype(kThrough);
  auto source = Recursive<grpc::file::CreateDirectoryPRequest>("/s");
  source.mutable_options()->set_writetype(kThrough);
  grpc::file::RenamePRequest rename;
  rename.set_path("/s");
  rename.set_dstpath("/d/e/s");
  bool complete = false;
  for (int crash = 0; !complete; ++crash) {
    ASSERT_LT(crash, 30);
    complete = true;
    for (const bool renames : {false, true}) {
      StepByStep steps;
      NamespaceFixture& ns = steps.ns;
      steps.Start(&FileSystemMaster::CreateDirectory, make, 100);
      ASSERT_THAT(steps.answer.value(), IsOk());
      EXPECT_THAT(ns.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound));
      if (renames) {
        steps.Start(&FileSystemMaster::CreateDirectory, source, 100);
        ASSERT_THAT(steps.answer.value(), IsOk());
        steps.Start(&FileSystemMaster::Rename, rename, crash);
      } else {
        steps.Start(&FileSystemMaster::CreateDirectory, through, crash);
      }
      complete = complete && steps.answer.has_value();
      EXPECT_TRUE(!steps.answer.has_value() || ns.ufs().Status("d/e").ok());
      ns.Restart();
      auto remove = Recursive<grpc::file::DeletePRequest>("/d");
      // A rename in the store whose record is lost stays unknown until the paths are compared.
      remove.mutable_options()->set_unchecked(renames);
      steps.Start(&FileSystemMaster::Remove, remove, 100);
      ASSERT_THAT(steps.answer.value(), IsOk()) << "crash after " << crash;
      EXPECT_THAT(ns.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound)) << "crash after " << crash;
    }
  }
}

// The same below a directory that is there already, where each new one is in a record with others.
TEST(ThroughTest, NoCrashLeavesADirectoryOfWhichNobodyKnows) {
  auto make = Recursive<grpc::file::CreateDirectoryPRequest>("/d");
  make.mutable_options()->set_writetype(kThrough);
  auto below = Recursive<grpc::file::CreateDirectoryPRequest>("/d/f/g");
  below.mutable_options()->set_writetype(kThrough);
  bool complete = false;
  for (int crash = 0; !complete; ++crash) {
    ASSERT_LT(crash, 30);
    StepByStep steps;
    NamespaceFixture& ns = steps.ns;
    steps.Start(&FileSystemMaster::CreateDirectory, make, 100);
    ASSERT_THAT(steps.answer.value(), IsOk());
    steps.Start(&FileSystemMaster::CreateDirectory, below, crash);
    complete = steps.answer.has_value();
    EXPECT_TRUE(!complete || ns.ufs().Status("d/f/g").ok());
    ns.Restart();
    steps.Start(&FileSystemMaster::Remove, Recursive<grpc::file::DeletePRequest>("/d"), 100);
    ASSERT_THAT(steps.answer.value(), IsOk()) << "crash after " << crash;
    EXPECT_THAT(ns.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound)) << "crash after " << crash;
  }
}

// A second call must not take the first one's word for durable.
TEST(ThroughTest, EachCallWaitsForTheDirectoriesItself) {
  StepByStep steps;
  NamespaceFixture& ns = steps.ns;
  steps.Start(&FileSystemMaster::CreateDirectory, Recursive<grpc::file::CreateDirectoryPRequest>("/d"), 100);
  for (const char* path : {"/d/a", "/d/b"}) {
    auto make = Recursive<grpc::file::CreateDirectoryPRequest>(path);
    make.mutable_options()->set_writetype(kThrough);
    steps.Start(&FileSystemMaster::CreateDirectory, make, 0);
    EXPECT_THAT(ns.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound));
  }
  while (!steps.answer.has_value()) ns.journal().MakeAllDurable();
  EXPECT_THAT(*steps.answer, IsOk());
  EXPECT_THAT(ns.ufs().Status("d/b"), IsOk());
}

TEST(ThroughTest, AFileInTheWayIsNotTouched) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/d"), IsOk());
  ns.ufs().PutFile("d", "somebody's");
  EXPECT_THAT(ns.CreateFile("/d/f", {.write_type = kThrough}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a file of that name is there")));
  EXPECT_EQ(ns.Stat("/d")->persistencestate(), "NOT_PERSISTED");
  ASSERT_THAT(ns.Mv("/d", "/e"), IsOk());
  ASSERT_THAT(ns.Rm("/e"), IsOk());
  EXPECT_THAT(ns.ufs().Content("d"), IsOkAndHolds("somebody's"));
}

// `mkdirs` of a client completes what a crash has left.
TEST(ThroughTest, MakingADirectoryAgainMakesItInTheStore) {
  StepByStep steps;
  NamespaceFixture& ns = steps.ns;
  auto make = Recursive<grpc::file::CreateDirectoryPRequest>("/d");
  make.mutable_options()->set_writetype(kThrough);
  steps.Start(&FileSystemMaster::CreateDirectory, make, 1);
  ns.Restart();
  ASSERT_THAT(ns.ufs().DeleteDirectory("d", false), IsOk());  // as if the crash had come before
  make.mutable_options()->set_allowexists(true);
  steps.Start(&FileSystemMaster::CreateDirectory, make, 100);
  ASSERT_THAT(steps.answer.value(), IsOk());
  EXPECT_THAT(ns.ufs().Status("d"), IsOk());
}

TEST(ThroughTest, ADirectoryAboutToBeMadeIsRenamed) {
  StepByStep steps;
  NamespaceFixture& ns = steps.ns;
  auto make = Recursive<grpc::file::CreateDirectoryPRequest>("/d");
  make.mutable_options()->set_writetype(kThrough);
  steps.Start(&FileSystemMaster::CreateDirectory, make, 1);
  ASSERT_FALSE(steps.answer.has_value());
  ns.Restart();
  ASSERT_THAT(ns.ufs().Status("d"), IsOk());
  grpc::file::RenamePRequest rename;
  rename.set_path("/d");
  rename.set_dstpath("/e");
  steps.Start(&FileSystemMaster::Rename, rename, 100);
  ASSERT_THAT(steps.answer.value(), IsOk());
  EXPECT_THAT(ns.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.ufs().Status("e"), IsOk());
}

TEST(ThroughTest, CreatingNeverOverwritesAnUnseenFile) {
  NamespaceFixture ns;
  ns.ufs().PutFile("f", "precious");
  EXPECT_THAT(ns.CreateFile("/f"), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_THAT(ns.Write("/g", 1), IsOk());
  EXPECT_THAT(ns.Mv("/g", "/f"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ns.ufs().Content("f"), IsOkAndHolds("precious"));
}

TEST(ThroughTest, RenamesReachTheStore) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/f", "data");
  ASSERT_THAT(ns.Mkdir("/new"), IsOk());  // not in the store yet
  ASSERT_THAT(ns.Mv("/d/f", "/new/g"), IsOk());
  EXPECT_THAT(ns.ufs().Content("new/g"), IsOkAndHolds("data"));
  EXPECT_EQ(ns.Stat("/new/g")->length(), 4);
  ns.faults().Fail("Rename", absl::InternalError("broken"));
  EXPECT_THAT(ns.Mv("/new/g", "/d/h"), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT(ns.Stat("/new/g"), IsOk());
  EXPECT_THAT(ns.Stat("/d/h"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(ThroughTest, DeletesReachTheStoreUnlessAskedNotTo) {
  NamespaceFixture ns;
  for (const char* path : {"d/f", "d/e/g", "k/f"}) ns.ufs().PutFile(path, "1");
  ASSERT_THAT(ns.Ls("/", List{.recursive = true}), IsOk());
  ASSERT_THAT(ns.Rm("/k", true, "root", /*alluxio_only=*/true), IsOk());
  EXPECT_THAT(ns.ufs().Content("k/f"), IsOk());
  // What nobody here has seen stops a checked delete.
  ns.ufs().PutFile("d/e/unseen", "1");
  EXPECT_THAT(ns.Rm("/d", true), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          "Cannot delete /d because the UFS has contents not loaded into Alluxio. Sync "
                                          "Alluxio with UFS or run delete with unchecked flag to forcibly delete"));
  EXPECT_THAT(ns.Rm("/d", true, "root", false, /*unchecked=*/true), IsOk());
  EXPECT_THAT(ns.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.Stat("/d"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(ThroughTest, ChownThatTheStoreRefusesChangesNothing) {
  NamespaceFixture ns;
  ns.ufs().PutFile("g/seq.txt", "1");
  ns.faults().Fail("SetOwner", absl::InvalidArgumentError("no such user"));
  grpc::file::SetAttributePRequest request;
  request.set_path("/g/seq.txt");
  request.mutable_options()->set_owner("nosuchuser");
  const std::string owner = ns.Stat("/g/seq.txt")->owner();
  EXPECT_THAT(ns.Do(&FileSystemMaster::SetAttribute, request),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       "Could not setOwner for UFS file mem://one/g/seq.txt . Aborting the setAttribute operation in "
                       "Alluxio."));
  EXPECT_EQ(ns.Stat("/g/seq.txt")->owner(), owner);
}

TEST(ThroughTest, FreeDropsBlocksOfPersistedFilesOnly) {
  NamespaceFixture ns;
  ns.ufs().PutFile("d/f", "1");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo info, ns.Stat("/d/f"));
  grpc::file::FreePRequest request;
  request.set_path("/d");
  request.mutable_options()->set_recursive(true);
  ASSERT_THAT(ns.Do(&FileSystemMaster::Free, request), IsOk());
  EXPECT_TRUE(ns.blocks().freed().contains(info.blockids(0)));
  grpc::file::SetAttributePRequest pin;
  pin.set_path("/d/f");
  pin.mutable_options()->set_pinned(true);
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAttribute, pin), IsOk());
  EXPECT_THAT(ns.Do(&FileSystemMaster::Free, request),
              StatusIs(absl::StatusCode::kUnknown,
                       "Cannot free file /d/f which is pinned. Please unpin it first or set the \"forced\" flag of free "
                       "operation to true"));
  request.mutable_options()->set_forced(true);
  EXPECT_THAT(ns.Do(&FileSystemMaster::Free, request), IsOk());
  EXPECT_FALSE(ns.Stat("/d/f")->pinned());
}

TEST(MountTest, AMountedStoreIsSeenAndComesBackAfterARestart) {
  NamespaceFixture ns;
  ns.second_ufs().PutFile("x/m.txt", "mounted");
  ASSERT_THAT(ns.Mount("/mnt2", "mem://two"), IsOk());
  EXPECT_THAT(ns.Ls("/mnt2", List{.recursive = true}), IsOkAndHolds(ElementsAre("/mnt2/x", "/mnt2/x/m.txt")));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo file, ns.Stat("/mnt2/x/m.txt"));
  EXPECT_EQ(file.ufspath(), "mem://two/x/m.txt");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo point, ns.Stat("/mnt2"));
  EXPECT_TRUE(point.mountpoint());
  EXPECT_EQ(point.ufspath(), "mem://two");
  EXPECT_EQ(point.mountid(), file.mountid());
  ns.Restart();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto table,
                               ns.Do(&FileSystemMaster::GetMountTable, grpc::file::GetMountTablePRequest()));
  EXPECT_EQ(table.mountpoints().size(), 2u);
  EXPECT_EQ(table.mountpoints().at("/mnt2").ufsuri(), "mem://two");
  EXPECT_EQ(table.mountpoints().at("/mnt2").ufstype(), "memory");
  grpc::file::GetUfsInfoPRequest ufs_info;
  ufs_info.set_mountid(point.mountid());
  EXPECT_EQ(ns.Do(&FileSystemMaster::GetUfsInfo, ufs_info)->ufsinfo().uri(), "mem://two");
  grpc::file::ReverseResolvePRequest resolve;
  resolve.set_ufsuri("mem://two/x/y");
  EXPECT_EQ(ns.Do(&FileSystemMaster::ReverseResolve, resolve)->alluxiopath(), "/mnt2/x/y");
  resolve.set_ufsuri("mem://twofold/x");
  EXPECT_THAT(ns.Do(&FileSystemMaster::ReverseResolve, resolve), StatusIs(absl::StatusCode::kInvalidArgument));
  // Not across mounts, not away with the parent.
  ASSERT_THAT(ns.Write("/f", 1), IsOk());
  EXPECT_THAT(ns.Mv("/f", "/mnt2/f"), StatusIs(absl::StatusCode::kInvalidArgument,
                                               "Renaming /f to /mnt2/f is a cross mount operation"));
  grpc::file::UnmountPRequest unmount;
  unmount.set_alluxiopath("/mnt2");
  ASSERT_THAT(ns.Do(&FileSystemMaster::Unmount, unmount), IsOk());
  EXPECT_THAT(ns.Stat("/mnt2"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.second_ufs().Content("x/m.txt"), IsOkAndHolds("mounted"));
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

TEST(MountTest, ErrorsHaveTheWordsOfTheOriginal) {
  NamespaceFixture ns;
  const std::string options = "option MountContext{ProtoOptions=readOnly: false\nshared: false\ncommonOptions {\n  ttl: "
                              "-1\n  ttlAction: FREE\n}\n}\n";
  ASSERT_THAT(ns.Mkdir("/g"), IsOk());
  const absl::Status exists = ns.Mount("/g", "mem://two");
  EXPECT_EQ(exists, absl::UnknownError("mount command: alluxio fs mount /g mem://two " + options +
                                       "Mount point target path /g already exists in Alluxio namespace. Try mounting "
                                       "to another path."));
  const absl::Status scheme = ns.Mount("/mnt5", "foo://bar/");
  EXPECT_EQ(scheme.code(), absl::StatusCode::kUnknown);
  EXPECT_THAT(std::string(scheme.message()), HasSubstr("alluxio fs mount /mnt5 foo://bar/ " + options +
                                                       "Acquired mount ID for the new mount point: "));
  EXPECT_THAT(std::string(scheme.message()), HasSubstr("\nNo Under File System Factory found for: foo://bar/"));
  EXPECT_THAT(std::string(ns.Mount("/mnt4", "mem://nosuch").message()),
              HasSubstr("\nUfs path mem://nosuch does not exist"));
  EXPECT_THAT(std::string(ns.Mount("/mnt6", "mem://one/sub").message()), HasSubstr("is a prefix of"));
  ns.ufs().PutFile("shadowed/f", "");
  EXPECT_THAT(std::string(ns.Mount("/shadowed", "mem://two").message()),
              HasSubstr("Mount path /shadowed shadows an existing path mem://one/shadowed in the parent underlying "
                        "filesystem"));
  const auto unmount = [&](const std::string& path) {
    grpc::file::UnmountPRequest request;
    request.set_alluxiopath(path);
    return ns.Do(&FileSystemMaster::Unmount, request).status();
  };
  EXPECT_EQ(unmount("/"), absl::InvalidArgumentError(
                              "Failed to unmount /. Please ensure the path is an existing mount point and not root."));
  EXPECT_EQ(unmount("/mnt2"), absl::NotFoundError("Failed to unmount: Path /mnt2 does not exist"));
  grpc::file::UpdateMountPRequest update;
  update.set_alluxiopath("/g");
  EXPECT_EQ(ns.Do(&FileSystemMaster::UpdateMount, update).status(),
            absl::InvalidArgumentError("Failed to update mount properties for /g. Please ensure the path is an existing "
                                       "mount point."));
}

TEST(MountTest, CredentialsAreForWorkersOnly) {
  NamespaceFixture ns;
  grpc::file::MountPRequest request;
  request.set_alluxiopath("/m");
  request.set_ufspath("mem://nosuch");
  (*request.mutable_options()->mutable_properties())["s3a.secretKey"] = "hush";
  (*request.mutable_options()->mutable_properties())["plain"] = "shown";
  const absl::Status failed = ns.Do(&FileSystemMaster::Mount, request).status();
  EXPECT_THAT(std::string(failed.message()), ::testing::Not(HasSubstr("hush")));
  EXPECT_THAT(std::string(failed.message()), HasSubstr("shown"));
  request.set_ufspath("mem://two");
  ASSERT_THAT(ns.Do(&FileSystemMaster::Mount, request), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto table,
                               ns.Do(&FileSystemMaster::GetMountTable, grpc::file::GetMountTablePRequest(), "bob"));
  EXPECT_EQ(table.mountpoints().at("/m").properties().at("s3a.secretKey"), "******");
  EXPECT_EQ(table.mountpoints().at("/m").properties().at("plain"), "shown");
  grpc::file::GetUfsInfoPRequest ufs_info;
  ufs_info.set_mountid(ns.Stat("/m")->mountid());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, ns.Do(&FileSystemMaster::GetUfsInfo, ufs_info));
  EXPECT_EQ(info.ufsinfo().properties().properties().at("s3a.secretKey"), "hush");
  ufs_info.set_mountid(12345);
  EXPECT_THAT(ns.Do(&FileSystemMaster::GetUfsInfo, ufs_info),
              StatusIs(absl::StatusCode::kNotFound, "mount id 12345 does not exist"));
}

TEST(MountTest, AMountThatHoldsAnotherIsNotUnmounted) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mount("/m", "mem://two"), IsOk());
  ASSERT_THAT(ns.Mount("/m/n", "mem://three"), IsOk());
  const auto unmount = [&](const std::string& path) {
    grpc::file::UnmountPRequest request;
    request.set_alluxiopath(path);
    return ns.Do(&FileSystemMaster::Unmount, request).status();
  };
  EXPECT_EQ(unmount("/m"), absl::InvalidArgumentError(
                               "Failed to unmount /m. Please ensure the path is an existing mount point and not root."));
  EXPECT_THAT(ns.Stat("/m/n"), IsOk());
  EXPECT_THAT(unmount("/m/n"), IsOk());
  EXPECT_THAT(unmount("/m"), IsOk());
}

TEST(MountTest, NothingIsMountedInsideAReadOnlyMount) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mount("/m", "mem://two"), IsOk());
  grpc::file::UpdateMountPRequest update;
  update.set_alluxiopath("/m");
  update.mutable_options()->set_readonly(true);
  ASSERT_THAT(ns.Do(&FileSystemMaster::UpdateMount, update), IsOk());
  EXPECT_THAT(ns.Mount("/m/n", "mem://three"), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(MountTest, AStoreThatCannotBeUsedKeepsItsOldOptions) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mount("/m", "mem://two"), IsOk());
  const int64_t id = ns.Stat("/m")->mountid();
  ns.second_ufs().SetReachable(false);
  grpc::file::UpdateMountPRequest update;
  update.set_alluxiopath("/m");
  EXPECT_THAT(ns.Do(&FileSystemMaster::UpdateMount, update), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ns.Stat("/m")->mountid(), id);
  ns.second_ufs().SetReachable(true);
  EXPECT_THAT(ns.Do(&FileSystemMaster::UpdateMount, update), IsOk());
  EXPECT_NE(ns.Stat("/m")->mountid(), id);
}

// Both have passed the first checks when they are let go on.
TEST(MountTest, OfTwoMountsOfAStoreAtTheSameTimeOneFails) {
  NamespaceFixture ns({.threads = 2});
  ns.faults().Block("Status");
  std::vector<absl::Status> statuses(2);
  std::vector<std::thread> mounters;
  for (int i = 0; i < 2; ++i) {
    mounters.emplace_back([&, i] { statuses[i] = ns.Mount(absl::StrCat("/m", i), "mem://two"); });
  }
  ns.faults().WaitUntilBlocked("Status", 2);
  ns.faults().Release("Status");
  for (std::thread& mounter : mounters) mounter.join();
  EXPECT_NE(statuses[0].ok(), statuses[1].ok());
  EXPECT_THAT(std::string(statuses[statuses[0].ok() ? 1 : 0].message()), HasSubstr("is a prefix of"));
  EXPECT_EQ(ns.fs().core()->ns().mounts.All().size(), 2u);
}

TEST(MountTest, UrisNestWhateverTheirSpelling) {
  EXPECT_TRUE(UrisNest("file:///opt/u", "/opt/u"));
  EXPECT_TRUE(UrisNest("/opt/u/", "file:///opt/u/v"));
  EXPECT_TRUE(UrisNest("s3://b/x", "s3://b"));
  EXPECT_FALSE(UrisNest("/opt/u", "/opt/uv"));
  EXPECT_FALSE(UrisNest("s3://b", "s3://bc"));
}

TEST(MountTest, ReadOnlyMountsAndMaintenanceModesRefuseWrites) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mount("/m", "mem://two"), IsOk());
  grpc::file::UpdateMountPRequest update;
  update.set_alluxiopath("/m");
  update.mutable_options()->set_readonly(true);
  ASSERT_THAT(ns.Do(&FileSystemMaster::UpdateMount, update), IsOk());
  EXPECT_THAT(ns.CreateFile("/m/f"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       "A write operation on /m/f under a readonly mount point /m is not allowed"));
  grpc::file::UpdateUfsModePRequest mode;
  mode.mutable_options()->set_ufsmode(grpc::file::READ_ONLY);
  mode.set_ufspath("mem://three/");
  EXPECT_THAT(ns.Do(&FileSystemMaster::UpdateUfsMode, mode),
              StatusIs(absl::StatusCode::kInvalidArgument, "Unknown Ufs path mem://three/"));
  mode.set_ufspath("mem://one/");
  EXPECT_THAT(ns.Do(&FileSystemMaster::UpdateUfsMode, mode, "bob"), StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(ns.Do(&FileSystemMaster::UpdateUfsMode, mode), IsOk());
  ns.Restart();
  EXPECT_THAT(ns.CreateFile("/f"), StatusIs(absl::StatusCode::kPermissionDenied));
  mode.mutable_options()->set_ufsmode(grpc::file::READ_WRITE);
  ASSERT_THAT(ns.Do(&FileSystemMaster::UpdateUfsMode, mode), IsOk());
  EXPECT_THAT(ns.CreateFile("/f"), IsOk());
}

TEST(MountTest, CheckConsistencyNamesWhatDiffers) {
  NamespaceFixture ns;
  for (const char* path : {"d/a", "d/b", "d/c"}) ns.ufs().PutFile(path, "1");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  grpc::file::CheckConsistencyPRequest request;
  request.set_path("/d");
  EXPECT_EQ(ns.Do(&FileSystemMaster::CheckConsistency, request)->inconsistentpaths_size(), 0);
  ns.ufs().PutFile("d/b", "22");
  ASSERT_THAT(ns.ufs().DeleteFile("d/c"), IsOk());
  EXPECT_THAT(ns.Do(&FileSystemMaster::CheckConsistency, request)->inconsistentpaths(), ElementsAre("/d/b", "/d/c"));
}

// Goal: a slow under store stops neither readers nor writers of memory elsewhere,
// and a writer below what is being changed waits for its turn. Method: a store
// that blocks in Rename, and threads.
TEST(ConcurrencyTest, ASlowStoreHoldsUpOnlyItsOwnPaths) {
  NamespaceFixture ns({.threads = 4});
  ns.ufs().PutFile("d/f", "1");
  ASSERT_THAT(ns.Ls("/d"), IsOk());
  ns.faults().Block("Rename");
  Notification renamed;
  grpc::file::RenamePRequest rename;
  rename.set_path("/d");
  rename.set_dstpath("/e");
  absl::Status rename_status = absl::InternalError("not answered");
  ns.fs().Rename({"root", ""}, rename, [&](auto result) {
    rename_status = result.status();
    renamed.Notify();
  });
  ns.faults().WaitUntilBlocked("Rename");
  EXPECT_THAT(ns.Stat("/d/f"), IsOk());
  EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/f")));
  EXPECT_THAT(ns.Write("/elsewhere/x", 1), IsOk());
  Notification created;
  absl::Status create_status;
  grpc::file::CreateFilePRequest create;
  create.set_path("/d/new");
  create.mutable_options()->set_blocksizebytes(1);
  ns.fs().CreateFile({"root", ""}, create, [&](auto result) {
    create_status = result.status();
    created.Notify();
  });
  EXPECT_FALSE(created.HasBeenNotified());
  EXPECT_FALSE(renamed.HasBeenNotified());
  ns.faults().Release("Rename");
  renamed.Wait();
  created.Wait();
  EXPECT_THAT(rename_status, IsOk());
  EXPECT_THAT(create_status, StatusIs(absl::StatusCode::kNotFound));  // its parent has moved
  EXPECT_THAT(ns.Stat("/e/f"), IsOk());
}

TEST(ConcurrencyTest, OneListingServesAllThatWaitForIt) {
  NamespaceFixture ns({.threads = 4});
  ns.ufs().PutFile("d/f", "1");
  ASSERT_THAT(ns.Stat("/d"), IsOk());
  ns.faults().Block("List");
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] { EXPECT_THAT(ns.Ls("/d"), IsOkAndHolds(ElementsAre("/d/f"))); });
  }
  ns.faults().WaitUntilBlocked("List");
  ns.faults().Release("List");
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(ns.faults().calls("List"), 1);
}

TEST(ConcurrencyTest, AFullQueueIsAnsweredAtOnce) {
  class Full final : public Executor {
   public:
    bool Submit(std::function<void()>) override { return false; }
  };
  Full full;
  NamespaceFixture ns({.executor = &full});
  EXPECT_THAT(ns.Ls("/"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ns.Stat("/unknown"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ns.Stat("/"), IsOk());
}

}  // namespace
}  // namespace alluxio::master
