// Times to live and persistence, with a worker that is played by the test.
#include <deque>

#include "alluxio/master/upkeep/persistence_scheduler.h"
#include "alluxio/master/upkeep/ttl_checker.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::NamespaceFixture;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Create = NamespaceFixture::Create;

TEST(TtlCheckerTest, EachActionDoesItsPart) {
  NamespaceFixture ns;
  TtlChecker checker(ns.fs().core());
  Create create;
  create.write_type = grpc::file::CACHE_THROUGH;
  create.ttl_ms = 60'000;
  const auto write = [&](const std::string& path, grpc::TtlAction action) {
    create.ttl_action = action;
    ns.ufs().PutFile(path.substr(1), "x");
    return ns.Write(path, 1, create);
  };
  ASSERT_THAT(ns.Mkdir("/d", Create{.write_type = grpc::file::THROUGH, .mode = 0755}), IsOk());
  ASSERT_THAT(write("/d/delete", grpc::DELETE), IsOk());
  ASSERT_THAT(write("/d/alluxio", grpc::DELETE_ALLUXIO), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto freed, write("/d/free", grpc::FREE));
  ASSERT_THAT(ns.Write("/d/never", 1), IsOk());
  ns.clock().Advance(absl::Seconds(59));
  checker.Run();
  EXPECT_EQ(ns.Ls("/d")->size(), 4u);
  ns.clock().Advance(absl::Seconds(1));
  checker.Run();
  EXPECT_THAT(ns.Ls("/d", {.load = grpc::file::NEVER}), IsOkAndHolds(ElementsAre("/d/free", "/d/never")));
  EXPECT_THAT(ns.ufs().Status("d/delete"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ns.ufs().Status("d/alluxio"), IsOk());
  EXPECT_TRUE(ns.blocks().freed().contains(freed.blockids(0)));
  EXPECT_EQ(ns.Stat("/d/free")->ttl(), -1);
  const uint64_t before = ns.journal().LastSequence();
  checker.Run();
  EXPECT_EQ(ns.journal().LastSequence(), before);
}

// The id is what was seen when the time was over; by the turn of its path much may have
// changed.
TEST(TtlCheckerTest, WhatIsAtThePathByThenIsLeftAlone) {
  NamespaceFixture ns;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto old, ns.Write("/f", 1, Create{.ttl_ms = 60'000}));
  ns.clock().Advance(absl::Minutes(1));
  const int64_t now_ms = ns.clock().NowMillis();
  grpc::file::SetAttributePRequest extend;
  extend.set_path("/f");
  extend.mutable_options()->mutable_commonoptions()->set_ttl(120'000);
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAttribute, extend), IsOk());
  FileSystemCore* const core = ns.fs().core();
  EXPECT_THAT(core->RemoveExpired(old.fileid(), /*alluxio_only=*/false, now_ms), IsOk());
  EXPECT_THAT(core->FreeExpired(old.fileid(), now_ms), IsOk());
  EXPECT_EQ(ns.Stat("/f")->ttl(), 120'000);
  ASSERT_THAT(ns.Write("/f", 1, Create{.overwrite = true, .ttl_ms = 0}), IsOk());
  EXPECT_THAT(core->RemoveExpired(old.fileid(), /*alluxio_only=*/false, now_ms), IsOk());
  EXPECT_THAT(ns.Stat("/f"), IsOk());
}

TEST(TtlCheckerTest, WhatCannotBeFreedKeepsNothingElseFromGoing) {
  NamespaceFixture ns;
  TtlChecker checker(ns.fs().core());
  Create create{.ttl_ms = 60'000, .ttl_action = grpc::FREE};
  ASSERT_THAT(ns.Mkdir("/d", Create{.write_type = grpc::file::THROUGH, .mode = 0755}), IsOk());
  ASSERT_THAT(ns.Write("/d/alluxio", 1), IsOk());
  ns.ufs().PutFile("d/persisted", "x");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const auto persisted, ns.Write("/d/persisted", 1, Create{.write_type = grpc::file::CACHE_THROUGH, .overwrite = true}));
  grpc::file::SetAttributePRequest set;
  set.set_path("/d");
  set.mutable_options()->mutable_commonoptions()->set_ttl(60'000);
  set.mutable_options()->mutable_commonoptions()->set_ttlaction(grpc::FREE);
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAttribute, set), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto alone, ns.Write("/alone", 1, create));
  ns.clock().Advance(absl::Minutes(1));
  for (int round = 0; round < 7; ++round) checker.Run();
  EXPECT_TRUE(ns.blocks().freed().contains(persisted.blockids(0)));
  EXPECT_EQ(ns.Stat("/d")->ttl(), -1);
  EXPECT_FALSE(ns.blocks().freed().contains(alone.blockids(0)));
  EXPECT_EQ(ns.Stat("/alone")->ttl(), 60'000);
}

TEST(TtlCheckerTest, AStopEndsTheRound) {
  NamespaceFixture ns;
  TtlChecker checker(ns.fs().core());
  ASSERT_THAT(ns.Write("/f", 1, Create{.ttl_ms = 0}), IsOk());
  checker.Stop();
  checker.Run();
  EXPECT_THAT(ns.Stat("/f"), IsOk());
}

// Collects the orders; the test lets the "worker" write and answers.
class FakeWorker final : public PersistClient {
 public:
  explicit FakeWorker(test::MemoryUfs* ufs) : ufs_(ufs) {}

  struct Order {
    std::string host;
    native::PersistFileRequest request;
    Done done;
  };

  void Persist(const grpc::WorkerNetAddress& worker, const native::PersistFileRequest& request, Done done) override {
    orders.push_back({worker.host(), request, std::move(done)});
  }

  // Writes the file where the oldest order says, and answers.
  void Obey() {
    Order order = Take();
    ufs_->PutFile(Temporary(order), std::string(order.request.length(), 'x'));
    std::move(order.done)(native::PersistFileResponse());
  }
  void Fail(absl::Status status) { Take().done(status); }

  std::string Temporary(const Order& order) const {
    return order.request.temporary_ufs_path().substr(ufs_->uri().size() + 1);
  }

  std::deque<Order> orders;

 private:
  Order Take() {
    Order order = std::move(orders.front());
    orders.pop_front();
    return order;
  }
  test::MemoryUfs* const ufs_;
};

class PersistenceTest : public ::testing::Test {
 protected:
  PersistenceTest() { Make(); }

  void Make() {
    ns_.blocks().AddWorker(1, "w1");
    PersistenceScheduler::Options options = PersistenceScheduler::FromConfiguration(conf::Configuration());
    options.core = ns_.fs().core();
    options.client = &worker_;
    options.executor = &executor_;
    options.metrics = &metrics_;
    ns_.fs().core()->UseMetrics(&metrics_);
    scheduler_ = std::make_unique<PersistenceScheduler>(options);
  }
  absl::Status Write(const std::string& path, int64_t bytes) {
    return ns_.Write(path, bytes, Create{.write_type = grpc::file::ASYNC_THROUGH}, /*persist=*/true).status();
  }
  std::string State(const std::string& path) { return ns_.Stat(path)->persistencestate(); }
  std::vector<std::string> UfsNames(const std::string& path) {
    std::vector<std::string> names;
    ns_.ufs().List(path, [&](const ufs::UfsStatus& status) {
               names.push_back(status.name);
               return true;
             }).IgnoreError();
    return names;
  }

  metrics::MetricsRegistry metrics_;
  NamespaceFixture ns_;
  FakeWorker worker_{&ns_.ufs()};
  InlineExecutor executor_;
  std::unique_ptr<PersistenceScheduler> scheduler_;
};

TEST_F(PersistenceTest, AFileIsWrittenAndPutIntoPlace) {
  ASSERT_THAT(Write("/a/b/f", 7), IsOk());
  EXPECT_EQ(State("/a/b/f"), "TO_BE_PERSISTED");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto pinned,
                               ns_.Do(&FileSystemMaster::GetPinnedFileIds, grpc::file::GetPinnedFileIdsPRequest()));
  EXPECT_EQ(pinned.pinnedfileids_size(), 1);  // must not be evicted now
  scheduler_->Run();
  ASSERT_EQ(worker_.orders.size(), 1u);
  const auto& order = worker_.orders.front();
  EXPECT_EQ(order.host, "w1");
  EXPECT_EQ(order.request.ufs_path(), "mem://one/a/b/f");
  EXPECT_EQ(order.request.length(), 7);
  EXPECT_EQ(order.request.block_ids_size(), 1);
  EXPECT_EQ(order.request.mode(), 0644);
  scheduler_->Run();
  EXPECT_EQ(worker_.orders.size(), 1u);  // not twice
  worker_.Obey();
  EXPECT_EQ(State("/a/b/f"), "PERSISTED");
  EXPECT_EQ(State("/a/b"), "PERSISTED");
  EXPECT_THAT(ns_.ufs().Content("a/b/f"), IsOkAndHolds("xxxxxxx"));
  EXPECT_FALSE(ns_.Stat("/a/b/f")->ufsfingerprint().empty());
  EXPECT_EQ(ns_.Do(&FileSystemMaster::GetPinnedFileIds, grpc::file::GetPinnedFileIdsPRequest())->pinnedfileids_size(),
            0);
  EXPECT_EQ(scheduler_->pending(), 0u);
  // Nothing of ours is left in the store.
  scheduler_->Run();
  EXPECT_THAT(UfsNames(""), ElementsAre("a"));
  // It is in step with the store.
  EXPECT_THAT(ns_.Stat("/a/b/f", "root", 0), IsOk());
  EXPECT_TRUE(ns_.blocks().freed().empty());
  EXPECT_EQ(ns_.StoreContent(), ns_.ReplayedContent());
}

TEST_F(PersistenceTest, AnEmptyFileNeedsNoWorker) {
  ASSERT_THAT(Write("/e", 0), IsOk());
  scheduler_->Run();
  EXPECT_EQ(State("/e"), "PERSISTED");
  EXPECT_THAT(ns_.ufs().Content("e"), IsOkAndHolds(""));
}

TEST_F(PersistenceTest, FailuresAreTriedAgainWithBackOff) {
  ASSERT_THAT(Write("/f", 3), IsOk());
  for (const int wait_s : {1, 2, 4}) {
    scheduler_->Run();
    ASSERT_EQ(worker_.orders.size(), 1u);
    worker_.Fail(absl::UnavailableError("down"));
    ns_.clock().Advance(absl::Seconds(wait_s) - absl::Milliseconds(1));
    scheduler_->Run();
    EXPECT_EQ(worker_.orders.size(), 0u);
    ns_.clock().Advance(absl::Milliseconds(1));
  }
  // The under store fails at the last step.
  scheduler_->Run();
  ns_.faults().Fail("Rename", absl::UnavailableError("gone"));
  worker_.Obey();
  EXPECT_EQ(State("/f"), "TO_BE_PERSISTED");
  ns_.clock().Advance(absl::Seconds(8));
  scheduler_->Run();
  worker_.Obey();
  EXPECT_EQ(State("/f"), "PERSISTED");
  EXPECT_EQ(metrics_.GetCounter("Master.AsyncPersistFail").Value(), 4);
  EXPECT_EQ(metrics_.GetCounter("Master.AsyncPersistSuccess").Value(), 1);
  EXPECT_EQ(metrics_.GetCounter("Master.AsyncPersistFileSize").Value(), 3);
  EXPECT_EQ(metrics_.GetCounter("Master.FilesPersisted").Value(), 1);
}

// A file of three blocks, the larger part of it on w2.
TEST_F(PersistenceTest, TheWorkerThatHoldsMostIsToldWhereTheRestIs) {
  ns_.blocks().AddWorker(2, "w2");
  ASSERT_THAT(ns_.CreateFile("/f", Create{.write_type = grpc::file::ASYNC_THROUGH}), IsOk());
  std::vector<int64_t> ids;
  const std::pair<int64_t, int64_t> lengths_and_workers[] = {{1024, 1}, {1024, 2}, {100, 2}};
  for (const auto& [length, worker] : lengths_and_workers) {
    grpc::file::GetNewBlockIdForFilePRequest request;
    request.set_path("/f");
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto block, ns_.Do(&FileSystemMaster::GetNewBlockIdForFile, request));
    ids.push_back(block.id());
    ns_.blocks().Commit(block.id(), length, worker);
  }
  ASSERT_THAT(ns_.Complete("/f", std::nullopt, /*persist=*/true), IsOk());
  scheduler_->Run();
  ASSERT_EQ(worker_.orders.size(), 1u);
  {
    const auto& order = worker_.orders.front();
    EXPECT_EQ(order.host, "w2");
    EXPECT_THAT(order.request.block_ids(), ElementsAre(ids[0], ids[1], ids[2]));
    ASSERT_EQ(order.request.block_sources_size(), 1);
    const native::BlockSource& source = order.request.block_sources(0);
    EXPECT_EQ(source.block_id(), ids[0]);
    EXPECT_EQ(source.length(), 1024);
    EXPECT_EQ(source.host(), "w1");
    EXPECT_EQ(source.data_port(), 1001);
  }
  // The other one, the next time.
  worker_.Fail(absl::UnavailableError("down"));
  ns_.clock().Advance(absl::Seconds(1));
  scheduler_->Run();
  ASSERT_EQ(worker_.orders.size(), 1u);
  EXPECT_EQ(worker_.orders.front().host, "w1");
  ASSERT_EQ(worker_.orders.front().request.block_sources_size(), 2);
  EXPECT_EQ(worker_.orders.front().request.block_sources(1).block_id(), ids[2]);
  EXPECT_EQ(worker_.orders.front().request.block_sources(1).length(), 100);
  EXPECT_EQ(worker_.orders.front().request.block_sources(1).host(), "w2");
  worker_.Obey();
  EXPECT_EQ(State("/f"), "PERSISTED");
}

TEST_F(PersistenceTest, AFileWithALostBlockWaits) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info,
                               ns_.Write("/f", 3, Create{.write_type = grpc::file::ASYNC_THROUGH}, true));
  ns_.blocks().Lose(info.blockids(0));
  scheduler_->Run();
  EXPECT_EQ(worker_.orders.size(), 0u);
  ns_.blocks().Commit(info.blockids(0), 3);
  ns_.clock().Advance(absl::Seconds(1));
  scheduler_->Run();
  worker_.Obey();
  EXPECT_EQ(State("/f"), "PERSISTED");
}

TEST_F(PersistenceTest, AnIntentIsGivenUpAfterTheLongestWait) {
  ASSERT_THAT(Write("/f", 3), IsOk());
  scheduler_->Run();
  ns_.clock().Advance(absl::Hours(25));
  worker_.Fail(absl::UnavailableError("down"));
  EXPECT_EQ(State("/f"), "NOT_PERSISTED");
  EXPECT_EQ(scheduler_->pending(), 0u);
}

TEST_F(PersistenceTest, IntentsSurviveARestart) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, ns_.Write("/f", 3, Create{}, true));
  scheduler_.reset();
  ns_.Restart();
  Make();
  EXPECT_EQ(State("/f"), "TO_BE_PERSISTED");
  ns_.blocks().Commit(info.blockids(0), 3);
  scheduler_->Run();
  ASSERT_EQ(worker_.orders.size(), 1u);
  worker_.Obey();
  EXPECT_EQ(State("/f"), "PERSISTED");
}

// The master dies between the rename in the under store and the journal: the file is there,
// and TO_BE_PERSISTED.
TEST_F(PersistenceTest, WhatACrashLeftInPlaceGoesWithTheFile) {
  ASSERT_THAT(Write("/d/moved", 3), IsOk());
  ASSERT_THAT(Write("/d/removed", 3), IsOk());
  ASSERT_THAT(Write("/d/replaced", 3), IsOk());
  for (const char* name : {"moved", "removed", "replaced"}) {
    const std::string path = absl::StrCat("/d/", name);
    FileSystemCore* const core = ns_.fs().core();
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto plan, core->PlanPersist(ns_.Stat(path)->fileid()));
    ns_.ufs().PutFile(plan->temporary, "xxx");
    do {  // once for its folder, where that is not there yet
      ASSERT_THAT(core->FinishPersist(*plan), IsOkAndHolds(FileSystemCore::PersistStep::kAnnounced));
    } while (!ns_.ufs().Status("d").ok());
    ASSERT_THAT(ns_.ufs().Rename(plan->temporary, absl::StrCat("d/", name)), IsOk());
  }
  scheduler_.reset();
  ns_.Restart();
  Make();
  EXPECT_EQ(State("/d/moved"), "TO_BE_PERSISTED");
  ASSERT_THAT(ns_.Mv("/d/moved", "/d/f"), IsOk());
  ASSERT_THAT(ns_.Rm("/d/removed"), IsOk());
  ASSERT_THAT(ns_.Write("/d/replaced", 1, Create{.overwrite = true}), IsOk());
  EXPECT_THAT(UfsNames("d"), IsEmpty());
  EXPECT_THAT(ns_.Ls("/d", {.load = grpc::file::ALWAYS}), IsOkAndHolds(ElementsAre("/d/f", "/d/replaced")));
}

TEST_F(PersistenceTest, ADeleteMeanwhileWins) {
  ASSERT_THAT(Write("/d/f", 3), IsOk());
  scheduler_->Run();
  ASSERT_THAT(ns_.Rm("/d/f"), IsOk());
  worker_.Obey();
  scheduler_->Run();
  EXPECT_THAT(ns_.Stat("/d/f"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(UfsNames(""), IsEmpty());
  EXPECT_EQ(scheduler_->pending(), 0u);
}

TEST_F(PersistenceTest, AFileReplacedMeanwhileIsPersistedInItsNewForm) {
  ASSERT_THAT(Write("/f", 3), IsOk());
  scheduler_->Run();
  ASSERT_THAT(ns_.Write("/f", 5, Create{.overwrite = true}, true), IsOk());
  worker_.Obey();  // the old one
  EXPECT_THAT(ns_.ufs().Status("f"), StatusIs(absl::StatusCode::kNotFound));
  scheduler_->Run();
  worker_.Obey();
  EXPECT_THAT(ns_.ufs().Content("f"), IsOkAndHolds("xxxxx"));
  scheduler_->Run();
  EXPECT_THAT(UfsNames(""), ElementsAre("f"));
}

TEST_F(PersistenceTest, ARenamedFileIsPutUnderItsNewName) {
  ASSERT_THAT(Write("/d/f", 3), IsOk());
  ASSERT_THAT(ns_.Mkdir("/e"), IsOk());
  scheduler_->Run();
  ASSERT_THAT(ns_.Mv("/d", "/e/d2"), IsOk());
  worker_.Obey();
  EXPECT_EQ(State("/e/d2/f"), "PERSISTED");
  EXPECT_THAT(ns_.ufs().Content("e/d2/f"), IsOkAndHolds("xxx"));
  EXPECT_THAT(ns_.ufs().Status("d"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(PersistenceTest, AMountThatChangesMeanwhileCostsATryAndNotTheIntent) {
  ASSERT_THAT(ns_.Mount("/m", "mem://two"), IsOk());
  ASSERT_THAT(Write("/m/f", 3), IsOk());
  scheduler_->Run();
  grpc::file::UpdateMountPRequest update;
  update.set_alluxiopath("/m");
  ASSERT_THAT(ns_.Do(&FileSystemMaster::UpdateMount, update), IsOk());
  worker_.Obey();  // with the mount's old id
  EXPECT_EQ(State("/m/f"), "TO_BE_PERSISTED");
  EXPECT_EQ(scheduler_->pending(), 1u);
  ns_.clock().Advance(absl::Seconds(1));
  scheduler_->Run();
  ASSERT_EQ(worker_.orders.size(), 1u);
  FakeWorker::Order order = std::move(worker_.orders.front());
  worker_.orders.pop_front();
  ns_.second_ufs().PutFile(worker_.Temporary(order), "xxx");
  std::move(order.done)(native::PersistFileResponse());
  EXPECT_EQ(State("/m/f"), "PERSISTED");
  EXPECT_EQ(scheduler_->pending(), 0u);
}

TEST_F(PersistenceTest, ChmodMeanwhileReachesTheStore) {
  ASSERT_THAT(Write("/f", 3), IsOk());
  scheduler_->Run();
  grpc::file::SetAttributePRequest request;
  request.set_path("/f");
  request.mutable_options()->mutable_mode()->set_ownerbits(grpc::ALL);
  request.mutable_options()->mutable_mode()->set_groupbits(grpc::NONE);
  request.mutable_options()->mutable_mode()->set_otherbits(grpc::NONE);
  ASSERT_THAT(ns_.Do(&FileSystemMaster::SetAttribute, request), IsOk());
  worker_.Obey();
  EXPECT_EQ(ns_.ufs().Status("f")->mode, 0700);
}

TEST_F(PersistenceTest, ScheduleAsyncPersistenceAndItsErrors) {
  const auto persist = [&](const std::string& path) {
    grpc::file::ScheduleAsyncPersistencePRequest request;
    request.set_path(path);
    return ns_.Do(&FileSystemMaster::ScheduleAsyncPersistence, request).status();
  };
  ASSERT_THAT(ns_.CreateFile("/open"), IsOk());
  EXPECT_THAT(persist("/open"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(persist("/nosuch"), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(ns_.Write("/f", 2), IsOk());
  EXPECT_THAT(persist("/f"), IsOk());
  EXPECT_EQ(State("/f"), "TO_BE_PERSISTED");
  scheduler_->Run();
  worker_.Obey();
  EXPECT_THAT(persist("/f"), IsOk());
  EXPECT_EQ(State("/f"), "PERSISTED");
}

}  // namespace
}  // namespace alluxio::master
