#include "alluxio/master/file/sync_tasks.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/fakes/queue_executor.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using test::IsOk;
using test::NamespaceFixture;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SyncTasksTest : public ::testing::Test {
 protected:
  SyncTasksTest() : fixture_({.executor = &executor_}), tasks_(fixture_.fs().core()) {
    executor_.hold = false;
  }

  static grpc::file::SyncMetadataPRequest RequestOf(const std::string& path, bool recursive = true) {
    grpc::file::SyncMetadataPRequest request;
    request.set_path(path);
    request.mutable_options()->set_loaddescendanttype(recursive ? grpc::fscommon::ALL : grpc::fscommon::ONE);
    request.mutable_options()->set_directoryloadtype(grpc::fscommon::SINGLE_LISTING);
    return request;
  }
  grpc::file::SyncMetadataTask Sync(const std::string& path, bool recursive = true, const std::string& user = "root") {
    grpc::file::SyncMetadataTask task;
    tasks_.SyncMetadata({user, "test"}, RequestOf(path, recursive),
                        [&](absl::StatusOr<grpc::file::SyncMetadataPResponse> response) {
                          ASSERT_THAT(response, IsOk());
                          ASSERT_EQ(response->task_size(), 1);
                          task = response->task(0);
                        });
    return task;
  }
  absl::StatusOr<grpc::file::SyncMetadataTask> Progress(int64_t group) {
    grpc::file::GetSyncProgressPRequest request;
    request.set_taskgroupid(group);
    absl::StatusOr<grpc::file::SyncMetadataTask> task;
    tasks_.GetSyncProgress({"root", "test"}, request,
                           [&](absl::StatusOr<grpc::file::GetSyncProgressPResponse> response) {
                             if (!response.ok()) {
                               task = response.status();
                             } else {
                               task = response->task(0);
                             }
                           });
    return task;
  }

  test::QueueExecutor executor_;
  NamespaceFixture fixture_;
  SyncTasks tasks_;
};

TEST_F(SyncTasksTest, ComparesATreeAndSaysWhatItDid) {
  fixture_.ufs().PutFile("g/a", "a");
  fixture_.ufs().PutFile("g/sub/b", "b");
  const auto first = Sync("/g");
  EXPECT_EQ(first.state(), grpc::file::SUCCEEDED);
  EXPECT_EQ(first.id(), 0);
  EXPECT_EQ(first.taskinfostring(),
            "TaskInfo{UFS path: mem://one/g, AlluxioPath: /g, Descendant Type: ALL, Directory Load Type: "
            "SINGLE_LISTING, Id: 0}");
  EXPECT_EQ(first.taskstatstring(),
            "TaskStats{Success op count={[CREATE:4]}, # of batches=2, # of objects loaded from UFS=3, # of load "
            "requests=2, # of load errors=0}");
  EXPECT_EQ(first.successopcount(), 4);
  EXPECT_THAT(fixture_.Ls("/g", {.recursive = true, .load = grpc::file::NEVER}).value(),
              ElementsAre("/g/a", "/g/sub", "/g/sub/b"));

  fixture_.ufs().PutFile("g/sub/b", "other");
  ASSERT_THAT(fixture_.ufs().DeleteFile("g/a"), IsOk());
  const auto second = Sync("/g");
  EXPECT_EQ(second.id(), 1);
  EXPECT_THAT(second.taskstatstring(), HasSubstr("[DELETE:1]"));
  EXPECT_THAT(second.taskstatstring(), HasSubstr("[RECREATE:1]"));
  EXPECT_THAT(fixture_.Ls("/g", {.recursive = true, .load = grpc::file::NEVER}).value(),
              ElementsAre("/g/sub", "/g/sub/b"));
  // It is there for who asks later.
  EXPECT_EQ(Progress(1)->state(), grpc::file::SUCCEEDED);
}

TEST_F(SyncTasksTest, AFailureIsPartOfTheAnswer) {
  const auto missing = Sync("/nosuch");
  EXPECT_EQ(missing.state(), grpc::file::FAILED);
  EXPECT_EQ(missing.exception().exceptionmessage(), "Path \"/nosuch\" does not exist.");
  EXPECT_EQ(Sync("not a path").state(), grpc::file::FAILED);
  fixture_.ufs().SetReachable(false);
  EXPECT_EQ(Sync("/").state(), grpc::file::FAILED);
  EXPECT_THAT(Progress(99), StatusIs(absl::StatusCode::kNotFound, HasSubstr("Task group id 99 not found")));
}

TEST_F(SyncTasksTest, WhoMayNotReadAFolderMayNotSyncIt) {
  ASSERT_THAT(fixture_.Mkdir("/private", {.mode = 0700}), IsOk());
  EXPECT_EQ(Sync("/private", true, "bob").state(), grpc::file::FAILED);
}

TEST_F(SyncTasksTest, AnAsynchronousOneIsWatchedAndCancelled) {
  fixture_.ufs().PutFile("g/a", "a");
  executor_.hold = true;
  int64_t group = -1;
  tasks_.SyncMetadataAsync({"root", "test"}, RequestOf("/g"),
                           [&](absl::StatusOr<grpc::file::SyncMetadataAsyncPResponse> response) {
                             ASSERT_THAT(response, IsOk());
                             EXPECT_TRUE(response->submitted());
                             group = response->taskgroupid();
                             EXPECT_THAT(response->taskids(), ElementsAre(group));
                           });
  EXPECT_EQ(Progress(group)->state(), grpc::file::RUNNING);
  bool cancelled = false;
  grpc::file::CancelSyncMetadataPRequest cancel;
  cancel.set_taskgroupid(group);
  tasks_.CancelSyncMetadata({"root", "test"}, cancel,
                            [&](absl::StatusOr<grpc::file::CancelSyncMetadataPResponse> response) {
                              cancelled = response.ok() && response->success();
                            });
  EXPECT_TRUE(cancelled);
  executor_.RunAll();
  EXPECT_EQ(Progress(group)->state(), grpc::file::CANCELED);
  EXPECT_FALSE(Progress(group)->has_exception());
}

}  // namespace
}  // namespace alluxio::master
