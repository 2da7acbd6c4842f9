// The namespace's operations in memory: results, errors, retries,
// what the journal holds of them.
#include "alluxio/master/file/file_system_master.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/fakes/queue_executor.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using grpc::file::FileInfo;
using test::IsOk;
using test::IsOkAndHolds;
using test::NamespaceFixture;
using test::QueueExecutor;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Create = NamespaceFixture::Create;

TEST(FileSystemMasterTest, TheFirstStartMakesTheRoot) {
  NamespaceFixture ns;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo root, ns.Stat("/"));
  EXPECT_EQ(root.fileid(), 0);
  EXPECT_EQ(root.owner(), "root");
  EXPECT_EQ(root.mode(), 0755);
  EXPECT_TRUE(root.folder());
  EXPECT_TRUE(root.mountpoint());
  EXPECT_EQ(root.mountid(), 1);
  EXPECT_EQ(root.ufspath(), "mem://one");
  EXPECT_EQ(root.persistencestate(), "PERSISTED");
  EXPECT_THAT(ns.Ls("/"), IsOkAndHolds(IsEmpty()));
}

TEST(FileSystemMasterTest, IdsFollowTheOriginal) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/g"), IsOk());
  EXPECT_EQ(ns.Stat("/g")->fileid(), 1);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo file, ns.Write("/g/f", 10));
  EXPECT_EQ(file.fileid(), 33554431);
  EXPECT_THAT(file.blockids(), ElementsAre(16777216));
}

TEST(FileSystemMasterTest, AFileHasAllThatClientsNeed) {
  NamespaceFixture ns;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo created, ns.CreateFile("/d/f"));
  EXPECT_FALSE(created.completed());
  EXPECT_EQ(created.ufspath(), "mem://one/d/f");
  EXPECT_EQ(created.mountid(), 1);
  EXPECT_THAT(created.blockids(), IsEmpty());
  grpc::file::GetNewBlockIdForFilePRequest request;
  request.set_path("/d/f");
  for (const int64_t bytes : {1024, 476}) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto block, ns.Do(&FileSystemMaster::GetNewBlockIdForFile, request));
    ns.blocks().Commit(block.id(), bytes);
  }
  ASSERT_THAT(ns.Complete("/d/f"), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo info, ns.Stat("/d/f"));
  EXPECT_TRUE(info.completed());
  EXPECT_EQ(info.length(), 1500);
  EXPECT_EQ(info.blocksizebytes(), 1024);
  ASSERT_EQ(info.fileblockinfos_size(), 2);
  EXPECT_EQ(info.fileblockinfos(1).offset(), 1024);
  EXPECT_EQ(info.fileblockinfos(1).blockinfo().blockid(), info.blockids(1));
  EXPECT_EQ(info.fileblockinfos(1).blockinfo().length(), 476);
  EXPECT_EQ(info.inalluxiopercentage(), 100);
  EXPECT_EQ(info.inmemorypercentage(), 100);
  EXPECT_EQ(info.persistencestate(), "NOT_PERSISTED");
  EXPECT_EQ(info.ttl(), -1);
  EXPECT_EQ(info.replicationmax(), -1);
  EXPECT_EQ(info.mode(), 0644);
  EXPECT_EQ(info.acl().mode(), 0644);
  EXPECT_EQ(info.owner(), "root");
  EXPECT_TRUE(info.cacheable());
  // Of a directory: the number of children.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo directory, ns.Stat("/d"));
  EXPECT_EQ(directory.length(), 1);
  EXPECT_EQ(directory.blocksizebytes(), 0);
  EXPECT_TRUE(directory.completed());
  EXPECT_EQ(directory.mode(), 0755);
}

// Each row runs against: /f completed file, /d empty directory, /t/x file.
TEST(FileSystemMasterTest, ErrorsHaveTheWordsOfTheOriginal) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/f", 1), IsOk());
  ASSERT_THAT(ns.Mkdir("/d"), IsOk());
  ASSERT_THAT(ns.Write("/t/x", 1), IsOk());
  ASSERT_THAT(ns.CreateFile("/open"), IsOk());
  Create not_recursive;
  not_recursive.recursive = false;
  Create overwrite;
  overwrite.overwrite = true;
  Create no_block_size;
  no_block_size.block_size = 0;
  const auto new_block = [&](const std::string& path) {
    grpc::file::GetNewBlockIdForFilePRequest request;
    request.set_path(path);
    return ns.Do(&FileSystemMaster::GetNewBlockIdForFile, request).status();
  };
  const auto path_of = [&](int64_t id) {
    grpc::file::GetFilePathPRequest request;
    request.set_fileid(id);
    return ns.Do(&FileSystemMaster::GetFilePath, request).status();
  };
  const auto free = [&](const std::string& path, bool recursive) {
    grpc::file::FreePRequest request;
    request.set_path(path);
    request.mutable_options()->set_recursive(recursive);
    return ns.Do(&FileSystemMaster::Free, request).status();
  };
  struct Case {
    absl::Status got;
    absl::StatusCode code;
    std::string text;
  };
  const Case cases[] = {
      {ns.Stat("/nosuch").status(), absl::StatusCode::kNotFound, "Path \"/nosuch\" does not exist."},
      {ns.Stat("g/rel").status(), absl::StatusCode::kInvalidArgument, "Path \"g/rel\" is invalid."},
      {ns.Stat("/f/below").status(), absl::StatusCode::kInvalidArgument, "Traversal failed"},
      {ns.CreateFile("/f").status(), absl::StatusCode::kAlreadyExists,
       "/f already exists. If you want to overwrite the file, you need to specify the overwrite option."},
      {ns.CreateFile("/d", overwrite).status(), absl::StatusCode::kAlreadyExists,
       "/d already exists. Directories cannot be overwritten with create"},
      {ns.CreateFile("/", overwrite).status(), absl::StatusCode::kAlreadyExists, "existing root path"},
      {ns.CreateFile("/n/o/p", not_recursive).status(), absl::StatusCode::kNotFound,
       "File /n/o/p creation failed. Component 1(n) does not exist"},
      {ns.CreateFile("/z", no_block_size).status(), absl::StatusCode::kInvalidArgument, "Invalid block size 0"},
      {ns.Mkdir("/d"), absl::StatusCode::kAlreadyExists,
       "Not allowed to create directory because path already exists: /d"},
      {ns.Mkdir("/f", Create(), true), absl::StatusCode::kAlreadyExists, "path already exists: /f"},
      {ns.Complete("/f"), absl::StatusCode::kAlreadyExists, "already been completed"},
      {ns.Complete("/d"), absl::StatusCode::kNotFound, "Path \"/d\" must be a file."},
      {new_block("/d"), absl::StatusCode::kNotFound, "Path \"/d\" must be a file."},
      {new_block("/nosuch"), absl::StatusCode::kNotFound, "Path \"/nosuch\" does not exist."},
      {path_of(99999999), absl::StatusCode::kNotFound, "inodeId 99999999 does not exist"},
      {ns.Rm("/nosuch"), absl::StatusCode::kNotFound, "Path \"/nosuch\" does not exist."},
      {ns.Rm("/t"), absl::StatusCode::kFailedPrecondition,
       "Cannot delete non-empty directory /t because recursive is set to false"},
      {ns.Rm("/", true), absl::StatusCode::kPermissionDenied,
       "Cannot delete path / which is or contains a mount point without --deleteMountPoint/-m option specified"},
      {ns.Mv("/nosuch", "/z"), absl::StatusCode::kNotFound, "Path \"/nosuch\" does not exist."},
      {ns.Mv("/f", "/d"), absl::StatusCode::kAlreadyExists,
       "Cannot rename because destination already exists. src: /f dst: /d"},
      {ns.Mv("/d", "/d/e"), absl::StatusCode::kInvalidArgument, "Cannot rename because /d is a prefix of /d/e"},
      {ns.Mv("/", "/e"), absl::StatusCode::kInvalidArgument, "The root directory cannot be renamed"},
      {ns.Mv("/f", "/"), absl::StatusCode::kInvalidArgument, "Cannot rename a path to the root directory"},
      {ns.Mv("/f", "/no/f"), absl::StatusCode::kNotFound, "Path \"/no\" does not exist."},
      {free("/f", false), absl::StatusCode::kUnknown, "Cannot free file /f which is not persisted"},
      {free("/t", false), absl::StatusCode::kUnknown, "Cannot free directory /t which is not empty."},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.got.code(), c.code) << c.got << "\nwanted: " << c.text;
    EXPECT_THAT(std::string(c.got.message()), HasSubstr(c.text));
  }
}

TEST(FileSystemMasterTest, CompletionChecksTheBlocks) {
  NamespaceFixture ns;
  grpc::file::GetNewBlockIdForFilePRequest request;
  request.set_path("/f");
  ASSERT_THAT(ns.CreateFile("/f"), IsOk());
  const int64_t first = ns.Do(&FileSystemMaster::GetNewBlockIdForFile, request)->id();
  const int64_t second = ns.Do(&FileSystemMaster::GetNewBlockIdForFile, request)->id();
  ns.blocks().Commit(first, 1000);
  EXPECT_THAT(ns.Complete("/f"), StatusIs(absl::StatusCode::kInvalidArgument));  // too small for a first block
  ns.blocks().Commit(first, 1024);
  EXPECT_THAT(ns.Complete("/f"), StatusIs(absl::StatusCode::kInvalidArgument));  // the second isn't committed
  ns.blocks().Commit(second, 1);
  EXPECT_THAT(ns.Complete("/f"), IsOk());
  EXPECT_EQ(ns.Stat("/f")->length(), 1025);
}

TEST(FileSystemMasterTest, ListsAreSortedAndParentsComeFirst) {
  NamespaceFixture ns;
  for (const char* path : {"/b/y", "/a", "/b/c/z", "/b/a", "/c"}) ASSERT_THAT(ns.Write(path), IsOk());
  EXPECT_THAT(ns.Ls("/"), IsOkAndHolds(ElementsAre("/a", "/b", "/c")));
  EXPECT_THAT(ns.Ls("/b"), IsOkAndHolds(ElementsAre("/b/a", "/b/c", "/b/y")));
  EXPECT_THAT(ns.Ls("/a"), IsOkAndHolds(ElementsAre("/a")));
  EXPECT_THAT(ns.Ls("/", {.recursive = true}),
              IsOkAndHolds(ElementsAre("/a", "/b", "/b/a", "/b/c", "/b/c/z", "/b/y", "/c")));
  EXPECT_THAT(ns.Ls("/nosuch"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(FileSystemMasterTest, ListsComeInMessagesOfTheConfiguredLength) {
  NamespaceFixture ns({.properties = {{"alluxio.master.filesystem.liststatus.result.message.length", "3"}}});
  for (int i = 0; i < 7; ++i) ASSERT_THAT(ns.Write(absl::StrCat("/d/", i)), IsOk());
  grpc::file::ListStatusPRequest request;
  request.set_path("/d");
  std::vector<int> sizes;
  absl::Status status = absl::InternalError("not called");
  ns.fs().ListStatus({"root", ""}, request,
                     [&](const auto& response) {
                       sizes.push_back(response.fileinfos_size());
                       return true;
                     },
                     [&](absl::Status result) { status = result; });
  EXPECT_THAT(status, IsOk());
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
  // The caller goes away.
  sizes.clear();
  ns.fs().ListStatus({"root", ""}, request,
                     [&](const auto& response) {
                       sizes.push_back(response.fileinfos_size());
                       return false;
                     },
                     [&](absl::Status result) { status = result; });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(sizes, ElementsAre(3));
}

TEST(FileSystemMasterTest, PartialListsGoOnWhereTheyStopped) {
  NamespaceFixture ns;
  for (const char* path : {"/d/a", "/d/b/x", "/d/b/y", "/d/c", "/d/cc"}) ASSERT_THAT(ns.Write(path), IsOk());
  struct Case {
    const char* name;
    std::function<void(grpc::file::ListStatusPartialPOptions*)> set;
    std::vector<std::string> want;
    bool truncated;
    int64_t count;
  };
  const int64_t b_id = ns.Stat("/d/b")->fileid();
  const Case cases[] = {
      {"batch", [](auto* o) { o->set_batchsize(2); }, {"/d/a", "/d/b"}, true, 4},
      {"exact batch", [](auto* o) { o->set_batchsize(4); }, {"/d/a", "/d/b", "/d/c", "/d/cc"}, false, 4},
      {"offset id", [&](auto* o) { o->set_offsetid(b_id); }, {"/d/c", "/d/cc"}, false, 4},
      {"start after a name", [](auto* o) { o->set_startafter("bb"); }, {"/d/c", "/d/cc"}, false, 4},
      {"start after a path", [](auto* o) { o->set_startafter("/d/a"); }, {"/d/b", "/d/c", "/d/cc"}, false, 4},
      {"offset count", [](auto* o) { o->set_offsetcount(3); }, {"/d/cc"}, false, 4},
      {"prefix", [](auto* o) { o->set_prefix("/c"); }, {"/d/c", "/d/cc"}, false, 4},
      {"recursive after", [](auto* o) {
         o->set_startafter("b/x");
         o->mutable_options()->set_recursive(true);
         o->set_batchsize(2);
       }, {"/d/b/y", "/d/c"}, true, -1},
      {"recursive prefix", [](auto* o) {
         o->set_prefix("/b/");
         o->mutable_options()->set_recursive(true);
       }, {"/d/b/x", "/d/b/y"}, false, -1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    grpc::file::ListStatusPartialPRequest request;
    request.set_path("/d");
    c.set(request.mutable_options());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, ns.Do(&FileSystemMaster::ListStatusPartial, request));
    std::vector<std::string> paths;
    for (const FileInfo& info : response.fileinfos()) paths.push_back(info.path());
    EXPECT_EQ(paths, c.want);
    EXPECT_EQ(response.istruncated(), c.truncated);
    EXPECT_EQ(response.filecount(), c.count);
  }
  grpc::file::ListStatusPartialPRequest request;
  request.set_path("/d");
  request.mutable_options()->set_prefix("c");
  EXPECT_THAT(ns.Do(&FileSystemMaster::ListStatusPartial, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.mutable_options()->clear_prefix();
  request.mutable_options()->set_offsetid(123456);
  EXPECT_THAT(ns.Do(&FileSystemMaster::ListStatusPartial, request), StatusIs(absl::StatusCode::kNotFound));
}

TEST(FileSystemMasterTest, RenameMovesTheSubtree) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/a/b/f", 5), IsOk());
  ASSERT_THAT(ns.Mkdir("/z"), IsOk());
  const int64_t id = ns.Stat("/a/b/f")->fileid();
  ASSERT_THAT(ns.Mv("/a/b", "/z/c"), IsOk());
  EXPECT_EQ(ns.Stat("/z/c/f")->fileid(), id);
  EXPECT_THAT(ns.Stat("/a/b"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(ns.Stat("/a")->length(), 0);
  EXPECT_EQ(ns.Stat("/z")->length(), 1);
  EXPECT_THAT(ns.Mv("/z/c", "/z/c"), IsOk());
  grpc::file::GetFilePathPRequest request;
  request.set_fileid(id);
  EXPECT_EQ(ns.Do(&FileSystemMaster::GetFilePath, request)->path(), "/z/c/f");
}

TEST(FileSystemMasterTest, S3RenameReplacesAFile) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/a", 5), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo replaced, ns.Write("/b", 6));
  grpc::file::RenamePRequest request;
  request.set_path("/a");
  request.set_dstpath("/b");
  request.mutable_options()->mutable_s3syntaxoptions()->set_overwrite(true);
  ASSERT_THAT(ns.Do(&FileSystemMaster::Rename, request), IsOk());
  EXPECT_EQ(ns.Stat("/b")->length(), 5);
  EXPECT_THAT(ns.Ls("/"), IsOkAndHolds(ElementsAre("/b")));
  EXPECT_TRUE(ns.blocks().freed().contains(replaced.blockids(0)));
}

TEST(FileSystemMasterTest, RecursiveRemoveTakesEverythingInSteps) {
  NamespaceFixture ns;
  for (int i = 0; i < 2500; ++i) ASSERT_THAT(ns.CreateFile(absl::StrCat("/d/", i % 3, "/", i)), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo file, ns.Write("/d/with/block", 3));
  ASSERT_THAT(ns.Write("/keep"), IsOk());
  const uint64_t before = ns.journal().LastSequence();
  ASSERT_THAT(ns.Rm("/d", true), IsOk());
  EXPECT_THAT(ns.Ls("/"), IsOkAndHolds(ElementsAre("/keep")));
  EXPECT_TRUE(ns.blocks().freed().contains(file.blockids(0)));
  const uint64_t records = ns.journal().LastSequence() - before;
  EXPECT_GE(records, 2u);
  EXPECT_LE(records, 5u);
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

TEST(FileSystemMasterTest, ARepeatedOperationSucceedsWithoutActingAgain) {
  NamespaceFixture ns;
  Create create;
  create.operation = 42;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo first, ns.CreateFile("/f", create));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const FileInfo second, ns.CreateFile("/f", create));
  EXPECT_EQ(first.fileid(), second.fileid());
  EXPECT_THAT(ns.CreateFile("/f"), StatusIs(absl::StatusCode::kAlreadyExists));
  // Also after a restart.
  ns.Restart();
  EXPECT_EQ(ns.CreateFile("/f", create)->fileid(), first.fileid());
  grpc::file::DeletePRequest remove;
  remove.set_path("/f");
  remove.mutable_options()->mutable_commonoptions()->mutable_operationid()->set_mostsignificantbits(7);
  EXPECT_THAT(ns.Do(&FileSystemMaster::Remove, remove), IsOk());
  EXPECT_THAT(ns.Do(&FileSystemMaster::Remove, remove), IsOk());
  EXPECT_THAT(ns.Rm("/f"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(FileSystemMasterTest, ListsTellOfEachWhatGetStatusTells) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/d/a file of one block", 100), IsOk());
  ASSERT_THAT(ns.Mkdir("/d/b"), IsOk());
  ASSERT_THAT(ns.CreateFile("/d/being written"), IsOk());
  ASSERT_THAT(ns.Write("/d/empty"), IsOk());
  ASSERT_THAT(ns.Mount("/d/mount", "mem://two"), IsOk());
  ASSERT_THAT(ns.Mkdir("/d/mount/inner"), IsOk());
  for (const bool recursive : {false, true}) {
    for (const bool without_mount : {false, true}) {
      grpc::file::ListStatusPRequest request;
      request.set_path("/d");
      request.mutable_options()->set_recursive(recursive);
      request.mutable_options()->set_excludemountinfo(without_mount);
      int seen = 0;
      ns.fs().ListStatus({"root", ""}, request,
                         [&](const auto& response) {
                           for (const grpc::file::FileInfo& info : response.fileinfos()) {
                             ++seen;
                             grpc::file::FileInfo want = *ns.Stat(info.path());
                             if (without_mount) {
                               want.clear_ufspath();
                               want.clear_mountid();
                             }
                             EXPECT_EQ(info.DebugString(), want.DebugString());
                           }
                           return true;
                         },
                         [&](absl::Status status) { EXPECT_THAT(status, IsOk()); });
      EXPECT_EQ(seen, recursive ? 6 : 5);
    }
  }
}

// What a reader has got and what it was told at the end; it has room when a test says so.
class SlowReader final : public rpc::Outlet {
 public:
  struct Log {
    std::vector<std::string> lines;
    Next next;
  };
  explicit SlowReader(Log* log) : log_(log) {}
  ~SlowReader() override { log_->lines.push_back("freed"); }

  void Write(std::string message, Next next) override {
    grpc::file::ListStatusPResponse response;
    ASSERT_TRUE(response.ParseFromString(message));
    log_->lines.push_back(response.fileinfos(0).name());
    log_->next = std::move(next);
  }
  void End(const absl::Status& status) override { log_->lines.push_back(absl::StatusCodeToString(status.code())); }

 private:
  Log* const log_;
};

// Runs tasks at once, until it is full.
class FillingExecutor final : public Executor {
 public:
  bool Submit(std::function<void()> task) override {
    if (!full) task();
    return !full;
  }
  bool full = false;
};

// A listing whose reader stands still is two messages in memory: everything here happens in
// the test's thread, so a listing that waited for its reader would wait for ever.
class SlowListTest : public ::testing::Test {
 protected:
  void List() {
    grpc::file::ListStatusPRequest request;
    request.set_path("/d");
    ns_.fs().ListStatus({"root", ""}, request, std::make_unique<SlowReader>(&log_));
  }
  void Next(bool alive) { std::exchange(log_.next, nullptr)(alive); }

  FillingExecutor executor_;
  NamespaceFixture ns_{{.properties = {{"alluxio.master.filesystem.liststatus.result.message.length", "1"}},
                        .executor = &executor_}};
  SlowReader::Log log_;
};

TEST_F(SlowListTest, GoesOnWhenItsReaderDoes) {
  for (const char* path : {"/d/a", "/d/b", "/d/c", "/d/d"}) ASSERT_THAT(ns_.Write(path), IsOk());
  List();
  EXPECT_THAT(log_.lines, ElementsAre("a"));
  ASSERT_THAT(ns_.Rm("/d/c"), IsOk());  // "b" is made already, more is not
  Next(true);
  EXPECT_THAT(log_.lines, ElementsAre("a", "b"));
  Next(true);
  EXPECT_THAT(log_.lines, ElementsAre("a", "b", "d"));
  Next(true);
  EXPECT_THAT(log_.lines, ElementsAre("a", "b", "d", "OK", "freed"));
}

TEST_F(SlowListTest, EndsWhenItsReaderHasGone) {
  for (const char* path : {"/d/a", "/d/b", "/d/c"}) ASSERT_THAT(ns_.Write(path), IsOk());
  List();
  Next(false);
  EXPECT_THAT(log_.lines, ElementsAre("a", "CANCELLED", "freed"));
}

TEST_F(SlowListTest, TellsAnErrorAfterWhatWasRead) {
  ASSERT_THAT(ns_.Write("/d/a"), IsOk());
  ASSERT_THAT(ns_.Write("/d/b", 100), IsOk());
  ns_.blocks().SetSafeMode(true);
  List();
  EXPECT_THAT(log_.lines, ElementsAre("a"));
  Next(true);
  EXPECT_THAT(log_.lines, ElementsAre("a", "UNAVAILABLE", "freed"));
}

TEST_F(SlowListTest, EndsWhenThereIsNoThreadToGoOn) {
  for (const char* path : {"/d/a", "/d/b", "/d/c"}) ASSERT_THAT(ns_.Write(path), IsOk());
  List();
  executor_.full = true;
  Next(true);
  EXPECT_THAT(log_.lines, ElementsAre("a", "b"));
  Next(true);
  EXPECT_THAT(log_.lines, ElementsAre("a", "b", "RESOURCE_EXHAUSTED", "freed"));
  log_.lines.clear();
  List();
  EXPECT_THAT(log_.lines, ElementsAre("RESOURCE_EXHAUSTED", "freed"));
}

TEST(FileSystemMasterTest, AMessageOfAListIsBoundedInBytes) {
  NamespaceFixture ns;
  constexpr int kFiles = 500;
  for (int i = 0; i < kFiles; ++i) {
    ASSERT_THAT(ns.Write(absl::StrCat("/d/", std::string(300, 'n'), i), i % 2), IsOk());
  }
  grpc::file::ListStatusPRequest request;
  request.set_path("/d");
  int seen = 0;
  int messages = 0;
  ns.fs().ListStatus({"root", ""}, request,
                     [&](const auto& response) {
                       ++messages;
                       seen += response.fileinfos_size();
                       EXPECT_LT(response.ByteSizeLong(), 200u << 10);
                       return true;
                     },
                     [&](absl::Status status) { EXPECT_THAT(status, IsOk()); });
  EXPECT_EQ(seen, kFiles);
  EXPECT_GT(messages, 3);
}

TEST(FileSystemMasterTest, ARepeatedCallSharesTheAnswerOfTheOneThatRuns) {
  QueueExecutor executor;
  NamespaceFixture ns({.executor = &executor});
  grpc::file::CreateDirectoryPRequest request;
  request.set_path("/d");
  request.mutable_options()->set_writetype(grpc::file::CACHE_THROUGH);
  request.mutable_options()->mutable_commonoptions()->mutable_operationid()->set_mostsignificantbits(7);
  std::vector<absl::Status> answers;
  const auto call = [&] {
    ns.fs().CreateDirectory({"root", ""}, request, [&](auto result) { answers.push_back(result.status()); });
  };
  call();
  call();
  EXPECT_THAT(answers, IsEmpty());
  EXPECT_EQ(executor.tasks.size(), 1u);
  while (!executor.tasks.empty()) executor.RunAll();
  EXPECT_THAT(answers, ElementsAre(IsOk(), IsOk()));
  answers.clear();
  // Finished, and by another id.
  call();
  request.mutable_options()->mutable_commonoptions()->mutable_operationid()->set_mostsignificantbits(8);
  call();
  executor.RunAll();
  EXPECT_THAT(answers, ElementsAre(IsOk(), StatusIs(absl::StatusCode::kAlreadyExists)));
}

// Groups may come from a slow directory service.
TEST(FileSystemMasterTest, UnknownGroupsAreLookedUpInAThread) {
  QueueExecutor executor;
  std::optional<std::vector<std::string>> known;
  NamespaceFixture ns({.executor = &executor, .known_groups = [&](const std::string&) { return known; }});
  grpc::file::CheckAccessPRequest request;
  request.set_path("/");
  request.mutable_options()->set_bits(grpc::READ);
  std::vector<absl::Status> answers;
  const auto call = [&] {
    ns.fs().CheckAccess({"alice", ""}, request, [&](auto result) { answers.push_back(result.status()); });
  };
  call();
  EXPECT_THAT(answers, IsEmpty());
  ASSERT_EQ(executor.tasks.size(), 1u);
  executor.RunAll();
  EXPECT_THAT(answers, ElementsAre(IsOk()));
  known = {"staff"};
  call();
  EXPECT_EQ(answers.size(), 2u);
  EXPECT_THAT(executor.tasks, IsEmpty());
}

TEST(FileSystemMasterTest, ACallThatIsDroppedDropsThoseThatJoinedIt) {
  QueueExecutor executor;
  NamespaceFixture ns({.executor = &executor});
  grpc::file::CreateDirectoryPRequest request;
  request.set_path("/d");
  request.mutable_options()->set_writetype(grpc::file::CACHE_THROUGH);
  request.mutable_options()->mutable_commonoptions()->mutable_operationid()->set_mostsignificantbits(7);
  const auto alive = std::make_shared<int>();
  for (int i = 0; i < 2; ++i) ns.fs().CreateDirectory({"root", ""}, request, [alive](auto) { FAIL(); });
  EXPECT_EQ(alive.use_count(), 3);
  executor.tasks.clear();
  EXPECT_EQ(alive.use_count(), 1);
  // The id is free again.
  bool answered = false;
  ns.fs().CreateDirectory({"root", ""}, request, [&](auto result) {
    EXPECT_THAT(result, IsOk());
    answered = true;
  });
  ASSERT_EQ(executor.tasks.size(), 1u);
  while (!executor.tasks.empty()) executor.RunAll();
  EXPECT_TRUE(answered);
}

TEST(FileSystemMasterTest, AnswersWaitForTheJournal) {
  NamespaceFixture ns({.auto_durable = true});
  grpc::file::CreateDirectoryPRequest request;
  request.set_path("/d");
  NamespaceFixture slow({.threads = 0, .auto_durable = false});
  bool answered = false;
  slow.fs().CreateDirectory({"root", ""}, request, [&](auto result) {
    EXPECT_THAT(result, IsOk());
    answered = true;
  });
  EXPECT_FALSE(answered);
  slow.journal().MakeAllDurable();
  EXPECT_TRUE(answered);
}

TEST(FileSystemMasterTest, SetAttributeChangesOnlyWhatIsPresent) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/d/f", 1), IsOk());
  ASSERT_THAT(ns.Write("/d/e/g", 1), IsOk());
  const auto set = [&](const std::string& path, auto change) {
    grpc::file::SetAttributePRequest request;
    request.set_path(path);
    change(request.mutable_options());
    return ns.Do(&FileSystemMaster::SetAttribute, request).status();
  };
  ASSERT_THAT(set("/d/f", [](auto* o) { o->mutable_commonoptions()->set_ttl(1000); }), IsOk());
  EXPECT_EQ(ns.Stat("/d/f")->ttl(), 1000);
  EXPECT_EQ(ns.Stat("/d/f")->mode(), 0644);
  ASSERT_THAT(set("/d", [](auto* o) {
                o->set_owner("alice");
                o->set_recursive(true);
              }), IsOk());
  EXPECT_EQ(ns.Stat("/d/e/g")->owner(), "alice");
  EXPECT_EQ(ns.Stat("/d/f")->ttl(), 1000);
  ASSERT_THAT(set("/d", [](auto* o) { o->set_pinned(true); }), IsOk());
  EXPECT_TRUE(ns.Stat("/d/e/g")->pinned());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto pinned,
                               ns.Do(&FileSystemMaster::GetPinnedFileIds, grpc::file::GetPinnedFileIdsPRequest()));
  EXPECT_EQ(pinned.pinnedfileids_size(), 2);
  EXPECT_TRUE(ns.CreateFile("/d/new")->pinned());  // inherited
  ASSERT_THAT(set("/d/f", [](auto* o) {
                (*o->mutable_xattr())["k"] = "v";
                o->set_xattrupdatestrategy(proto::journal::UNION_REPLACE);
              }), IsOk());
  EXPECT_EQ(ns.Stat("/d/f")->xattr().at("k"), "v");
  EXPECT_THAT(set("/d/f", [](auto* o) {
                o->set_replicationmin(3);
                o->set_replicationmax(1);
              }), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(set("/d/f", [](auto* o) {
                o->set_owner("bob");
                o->set_group("staff");
              }), StatusIs(absl::StatusCode::kUnknown));  // bob isn't in staff
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

// A prefix that leaves out more than one look at the directory takes.
TEST(FileSystemMasterTest, APrefixMayLeaveOutMany) {
  NamespaceFixture ns;
  for (int i = 0; i < 2001; ++i) ASSERT_THAT(ns.CreateFile(absl::StrCat("/d/", i)), IsOk());
  ASSERT_THAT(ns.CreateFile("/d/x"), IsOk());
  grpc::file::ListStatusPartialPRequest request;
  request.set_path("/d");
  request.mutable_options()->set_prefix("/x");
  request.mutable_options()->set_batchsize(1);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, ns.Do(&FileSystemMaster::ListStatusPartial, request));
  ASSERT_EQ(response.fileinfos_size(), 1);
  EXPECT_EQ(response.fileinfos(0).path(), "/d/x");
  EXPECT_FALSE(response.istruncated());
}

// 300 new directories, each with attributes of 1 MB, are no record that a journal takes.
TEST(FileSystemMasterTest, PathsThatNoRecordHoldsAreRefused) {
  NamespaceFixture ns;
  std::string path;
  for (int i = 0; i < 300; ++i) path += "/d";
  grpc::file::CreateFilePRequest request;
  request.set_path(path);
  request.mutable_options()->set_blocksizebytes(1024);
  request.mutable_options()->set_recursive(true);
  request.mutable_options()->set_xattrpropstrat(grpc::file::NEW_PATHS);
  (*request.mutable_options()->mutable_xattr())["big"] = std::string(1 << 20, 'x');
  EXPECT_THAT(ns.Do(&FileSystemMaster::CreateFile, request), StatusIs(absl::StatusCode::kResourceExhausted));
  // No id was taken for it.
  ASSERT_THAT(ns.Mkdir("/g"), IsOk());
  EXPECT_EQ(ns.Stat("/g")->fileid(), 1);
  request.mutable_options()->mutable_xattr()->at("big").resize(1000);
  EXPECT_THAT(ns.Do(&FileSystemMaster::CreateFile, request), IsOk());
  EXPECT_THAT(ns.Stat("/" + std::string(64 << 10, 'x')), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
}

TEST(FileSystemMasterTest, AReplayGivesTheSameState) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/a/b/f", 1), IsOk());
  ASSERT_THAT(ns.Write("/a/g", 2, Create{.ttl_ms = 5000}), IsOk());
  ASSERT_THAT(ns.Mv("/a/b", "/c"), IsOk());
  ASSERT_THAT(ns.Rm("/c/f"), IsOk());
  ASSERT_THAT(ns.Write("/a/g", 3, Create{.overwrite = true}), IsOk());
  EXPECT_EQ(ns.StoreContent(), ns.ReplayedContent());
  ns.Restart();
  EXPECT_THAT(ns.Ls("/", {.recursive = true}), IsOkAndHolds(ElementsAre("/a", "/a/g", "/c")));
  // Ids are not used again.
  EXPECT_GT(ns.CreateFile("/n")->fileid(), ns.Stat("/a/g")->fileid());
  EXPECT_THAT(ns.Mkdir("/m"), IsOk());
}

TEST(FileSystemMasterTest, OpeningUpdatesTheAccessTimeWithinItsPrecision) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/f", 1), IsOk());
  const int64_t at = ns.Stat("/f")->lastaccesstimems();
  grpc::file::GetStatusPRequest request;
  request.set_path("/f");
  request.mutable_options()->set_accessmode(grpc::READ);
  ns.clock().Advance(absl::Hours(1));
  EXPECT_EQ(ns.Do(&FileSystemMaster::GetStatus, request)->fileinfo().lastaccesstimems(), at);
  ns.clock().Advance(absl::Hours(24));
  EXPECT_EQ(ns.Do(&FileSystemMaster::GetStatus, request)->fileinfo().lastaccesstimems(), at + 25 * 3600 * 1000);
}

}  // namespace
}  // namespace alluxio::master
