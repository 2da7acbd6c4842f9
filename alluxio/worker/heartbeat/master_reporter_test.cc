#include "alluxio/worker/heartbeat/master_reporter.h"

#include <filesystem>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/worker/block/local_block_store.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;
using testing::ElementsAre;
using testing::IsEmpty;

// A master that remembers what it was told and can be switched off.
class FakeMaster final : public MasterLink {
 public:
  bool there = true;
  bool lease = true;
  int64_t id = 41;
  bool knows_worker = false;
  int registrations = 0;
  std::vector<grpc::block::RegisterWorkerPRequest> registration;
  std::vector<grpc::block::BlockHeartbeatPRequest> heartbeats;
  std::vector<grpc::block::CommitBlockPRequest> commits;
  std::vector<int64_t> free;
  std::vector<int64_t> pinned;
  bool is_original = false;
  int64_t access_generation = 100;
  std::set<int64_t> closed_files;
  std::vector<std::vector<int64_t>> access_asked;

  absl::StatusOr<int64_t> GetWorkerId(const grpc::WorkerNetAddress& address) override {
    if (!there) return Away();
    EXPECT_EQ(address.host(), "worker-1");
    return id;
  }
  absl::StatusOr<bool> RequestRegisterLease(int64_t, int64_t) override {
    if (!there) return Away();
    return lease;
  }
  absl::Status Register(absl::FunctionRef<bool(grpc::block::RegisterWorkerPRequest*)> next) override {
    if (!there) return Away();
    registration.clear();
    grpc::block::RegisterWorkerPRequest request;
    while (next(&request)) {
      registration.push_back(request);
      request.Clear();
    }
    ++registrations;
    knows_worker = true;
    return absl::OkStatus();
  }
  absl::StatusOr<grpc::Command> BlockHeartbeat(const grpc::block::BlockHeartbeatPRequest& request) override {
    if (!there) return Away();
    heartbeats.push_back(request);
    grpc::Command command;
    command.set_commandtype(!knows_worker ? grpc::Register : free.empty() ? grpc::Nothing : grpc::Free);
    if (command.commandtype() == grpc::Free) *command.mutable_data() = {free.begin(), free.end()};
    return command;
  }
  absl::StatusOr<ReadAccess> CommitBlock(const grpc::block::CommitBlockPRequest& request) override {
    if (!there) return Away();
    if (!knows_worker || request.workerid() != id) return absl::NotFoundError("no such worker");
    commits.push_back(request);
    return ReadAccess{.generation = access_generation,
                      .readable_by_all = {!closed_files.contains(FileIdOf(request.blockid()))}};
  }
  absl::StatusOr<ReadAccess> GetReadAccess(const std::vector<int64_t>& file_ids) override {
    if (!there) return Away();
    if (is_original) return absl::UnimplementedError("");
    access_asked.push_back(file_ids);
    ReadAccess access{.generation = access_generation};
    for (const int64_t file_id : file_ids) access.readable_by_all.push_back(!closed_files.contains(file_id));
    return access;
  }
  absl::Status CommitBlockInUfs(int64_t, int64_t) override { return there ? absl::OkStatus() : Away(); }
  absl::StatusOr<std::vector<int64_t>> GetPinnedFileIds() override {
    if (!there) return Away();
    return pinned;
  }
  absl::StatusOr<UfsManager::Mount> GetUfsInfo(int64_t, bool) override { return Away(); }

  // A new master process, which knows nobody.
  void Restart() {
    knows_worker = false;
    ++id;
  }

 private:
  static absl::Status Away() { return absl::UnavailableError("no master"); }
};

class MasterReporterTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = absl::StrCat(testing::TempDir(), "/reporter-", getpid());
    std::filesystem::remove_all(folder);
    auto store = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "SSD", .dirs = {{folder, 1000, "SSD"}}}}},
         .clock = &clock_,
         .guard_files = true,
         .stepped = true});
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
    Restarted();
  }
  void Restarted(int64_t batch_size = 1'000'000) {
    grpc::WorkerNetAddress address;
    address.set_host("worker-1");
    reporter_ = std::make_unique<MasterReporter>(MasterReporter::Options{
        .store = store_.get(),
        .link = &master_,
        .version = "2.9.6",
        .metrics = &metrics_,
        .executor = &executor_,
        .clock = &clock_,
        .batch_size = batch_size,
        .access_batch = 2,
        .give_up = [this] { ++gave_up_; },
    });
    reporter_->SetAddress(address);
  }
  BlockPin Put(int64_t id) {
    auto temp = store_->Create({.session_id = 7, .block_id = id});
    EXPECT_THAT(temp, IsOk());
    EXPECT_THAT((*temp)->Append("12345"), IsOk());
    auto pin = (*temp)->Commit();
    EXPECT_THAT(pin, IsOk());
    return *std::move(pin);
  }
  bool IsReadable(int64_t id) {
    auto pin = store_->Open(id);
    EXPECT_THAT(pin, IsOk());
    return pin.ok() && (*pin)->readable_by_all();
  }
  const grpc::block::BlockHeartbeatPRequest& last() { return master_.heartbeats.back(); }

  test::FakeClock clock_;
  FakeMaster master_;
  InlineExecutor executor_;
  metrics::MetricsRegistry metrics_;
  std::unique_ptr<LocalBlockStore> store_;
  std::unique_ptr<MasterReporter> reporter_;
  int gave_up_ = 0;
};

TEST_F(MasterReporterTest, AWorkerWaitsForItsMasterAndRegistersWithWhatItHas) {
  Put(1);
  Put(2);
  store_->Confirm(1);  // 2 was never confirmed: the master would order its removal
  master_.there = false;
  reporter_->Round();
  EXPECT_FALSE(reporter_->registered());
  master_.there = true;
  master_.lease = false;
  reporter_->Round();
  EXPECT_FALSE(reporter_->registered());
  master_.lease = true;
  reporter_->Round();
  EXPECT_TRUE(reporter_->registered());
  EXPECT_EQ(reporter_->worker_id(), 41);
  ASSERT_EQ(master_.registration.size(), 1u);
  const auto& first = master_.registration[0];
  EXPECT_THAT(first.storagetiers(), ElementsAre("SSD"));
  EXPECT_EQ(first.totalbytesontiers().at("SSD"), 1000);
  EXPECT_EQ(first.usedbytesontiers().at("SSD"), 10);
  ASSERT_EQ(first.currentblocks_size(), 1);
  EXPECT_EQ(first.currentblocks(0).key().tieralias(), "SSD");
  EXPECT_EQ(first.currentblocks(0).key().mediumtype(), "SSD");
  EXPECT_THAT(first.currentblocks(0).value().blockid(), ElementsAre(1));
  EXPECT_EQ(first.options().buildversion().version(), "2.9.6");
  ASSERT_EQ(master_.heartbeats.size(), 1u);  // at once
  EXPECT_THAT(last().addedblocks(), IsEmpty());
}

TEST_F(MasterReporterTest, ARegistrationComesInBatchesAndAtLeastOneMessage) {
  reporter_->Round();
  ASSERT_EQ(master_.registration.size(), 1u);
  EXPECT_EQ(master_.registration[0].currentblocks_size(), 1);
  EXPECT_THAT(master_.registration[0].currentblocks(0).value().blockid(), IsEmpty());

  for (int64_t id = 1; id <= 5; ++id) {
    Put(id);
    store_->Confirm(id);
  }
  Restarted(2);
  reporter_->Round();
  std::vector<std::vector<int64_t>> batches;
  for (const auto& message : master_.registration) {
    EXPECT_EQ(message.workerid(), 41);
    EXPECT_EQ(message.storagetiers_size() > 0, batches.empty());  // marks the first
    const auto& ids = message.currentblocks(0).value().blockid();
    batches.emplace_back(ids.begin(), ids.end());
  }
  EXPECT_THAT(batches, ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4), ElementsAre(5)));
}

TEST_F(MasterReporterTest, HeartbeatsCarryWhatChangedAndTakeItAlongWhenOneIsLost) {
  reporter_->Round();
  ALLUXIO_ASSERT_OK(reporter_->Report(Put(1)));
  ASSERT_EQ(master_.commits.size(), 1u);
  EXPECT_EQ(master_.commits[0].tieralias(), "SSD");
  EXPECT_EQ(master_.commits[0].length(), 5);
  EXPECT_EQ(master_.commits[0].usedbytesontier(), 5);
  master_.there = false;
  reporter_->Round();
  ALLUXIO_ASSERT_OK(reporter_->registered() ? absl::OkStatus() : absl::InternalError("forgotten"));
  master_.there = true;
  reporter_->Round();
  ASSERT_EQ(last().addedblocks_size(), 1);
  EXPECT_THAT(last().addedblocks(0).value().blockid(), ElementsAre(1));
  EXPECT_EQ(last().options().capacitybytesontiers().at("SSD"), 1000);
  ALLUXIO_ASSERT_OK(store_->Remove(1));
  reporter_->Round();
  EXPECT_THAT(last().addedblocks(), IsEmpty());
  EXPECT_THAT(last().removedblockids(), ElementsAre(1));
  reporter_->Round();
  EXPECT_THAT(last().removedblockids(), IsEmpty());
}

TEST_F(MasterReporterTest, AMasterThatRestartedGetsTheWorkerBackByTheHeartbeatOrByACommit) {
  reporter_->Round();
  ALLUXIO_ASSERT_OK(reporter_->Report(Put(1)));
  master_.Restart();
  reporter_->Round();
  EXPECT_EQ(master_.registrations, 2);
  EXPECT_EQ(reporter_->worker_id(), 42);
  EXPECT_THAT(master_.registration[0].currentblocks(0).value().blockid(), ElementsAre(1));

  master_.Restart();
  ALLUXIO_ASSERT_OK(reporter_->Report(Put(2)));
  EXPECT_EQ(master_.registrations, 3);
  EXPECT_EQ(master_.commits.back().workerid(), 43);
  reporter_->Round();
  EXPECT_EQ(master_.registrations, 3);
}

TEST_F(MasterReporterTest, ACommitWaitsForAMasterButNotForEver) {
  master_.there = false;
  EXPECT_THAT(reporter_->Report(Put(1)), StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("2m")));
  EXPECT_THAT(store_->TakeAllForReport(), IsEmpty());
  reporter_->Stop();
  const absl::Time before = clock_.Now();
  EXPECT_THAT(reporter_->Report(Put(2)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(clock_.Now(), before);
}

TEST_F(MasterReporterTest, BlocksAreFreedOnTheMastersOrder) {
  reporter_->Round();
  ALLUXIO_ASSERT_OK(reporter_->Report(Put(1)));
  ALLUXIO_ASSERT_OK(reporter_->Report(Put(2)));
  master_.free = {1, 99};
  reporter_->Round();
  EXPECT_FALSE(store_->Contains(1));
  EXPECT_TRUE(store_->Contains(2));
  master_.free.clear();
  reporter_->Round();
  EXPECT_THAT(last().removedblockids(), ElementsAre(1));
  EXPECT_EQ(metrics_.GetCounter("Worker.BlockRemoverTryRemoveCount").Value(), 2);
  EXPECT_EQ(metrics_.GetCounter("Worker.BlockRemoverBlocksRemovedCount").Value(), 1);
  EXPECT_EQ(metrics_.GetCounter("Worker.MasterRegistrationSuccessCount").Value(), 1);
  EXPECT_EQ(reporter_->blocks_to_free(), 0);
}

TEST_F(MasterReporterTest, PinsComeFromTheMasterAndOutliveIt) {
  ALLUXIO_ASSERT_OK(reporter_->Report(Put(int64_t{1} << 24)));
  master_.pinned = {FileIdOf(int64_t{1} << 24)};
  reporter_->SyncPins();
  EXPECT_EQ(store_->EvictAll(), 0);
  master_.there = false;
  reporter_->SyncPins();
  EXPECT_EQ(store_->EvictAll(), 0);
  master_.there = true;
  master_.pinned.clear();
  reporter_->SyncPins();
  EXPECT_EQ(store_->EvictAll(), 1);
}

TEST_F(MasterReporterTest, WhoMayReadComesWithTheCommitAndIsAskedForOnlyAfterChanges) {
  const auto block = [](int64_t file, int64_t sequence) { return file << 24 | sequence; };
  master_.closed_files = {FileIdOf(block(2, 0))};
  for (const int64_t id : {block(1, 0), block(1, 1), block(2, 0), block(3, 0)}) {
    ALLUXIO_ASSERT_OK(reporter_->Report(Put(id)));
  }
  EXPECT_TRUE(IsReadable(block(1, 1)));
  EXPECT_FALSE(IsReadable(block(2, 0)));
  for (int round = 0; round < 5; ++round) reporter_->SyncReadAccess();
  // A question, two batches and one that found nothing more; then the question alone.
  EXPECT_THAT(master_.access_asked,
              ElementsAre(IsEmpty(), ElementsAre(FileIdOf(block(1, 0))),
                          ElementsAre(FileIdOf(block(2, 0)), FileIdOf(block(3, 0))), IsEmpty(), IsEmpty()));

  master_.closed_files = {FileIdOf(block(1, 0))};
  ++master_.access_generation;
  reporter_->SyncReadAccess();
  ++master_.access_generation;  // changes without end don't keep it from coming to the last block
  reporter_->SyncReadAccess();
  EXPECT_FALSE(IsReadable(block(1, 0)));
  EXPECT_FALSE(IsReadable(block(1, 1)));
  EXPECT_FALSE(IsReadable(block(2, 0)));
  ++master_.access_generation;
  reporter_->SyncReadAccess();
  EXPECT_TRUE(IsReadable(block(2, 0)));

  // A master that is away leaves all as it is.
  master_.there = false;
  reporter_->SyncReadAccess();
  EXPECT_TRUE(IsReadable(block(2, 0)));
  master_.there = true;
  master_.is_original = true;
  for (int round = 0; round < 5; ++round) reporter_->SyncReadAccess();
  EXPECT_TRUE(IsReadable(block(1, 0)));
}

TEST_F(MasterReporterTest, MetricsAreReportedAsIncreases) {
  metrics_.GetCounter("Worker.BytesReadRemote").Inc(100);
  metrics_.GetCounter("Worker.BytesReadPerUfs.UFS:%2Fdata").Inc(7);
  metrics_.GetCounter("Worker.BlocksAccessed").Inc(3);  // not one of those that are sent
  reporter_->Round();
  ASSERT_EQ(last().options().metrics_size(), 2);
  EXPECT_EQ(last().options().metrics(0).name(), "BytesReadPerUfs");
  EXPECT_EQ(last().options().metrics(0).tags().at("UFS"), "%2Fdata");
  EXPECT_EQ(last().options().metrics(1).name(), "BytesReadRemote");
  EXPECT_EQ(last().options().metrics(1).value(), 100);
  EXPECT_EQ(last().options().metrics(1).instance(), "Worker");
  metrics_.GetCounter("Worker.BytesReadRemote").Inc(5);
  master_.there = false;
  reporter_->Round();  // lost, and so said again
  master_.there = true;
  reporter_->Round();
  ASSERT_EQ(last().options().metrics_size(), 1);
  EXPECT_EQ(last().options().metrics(0).value(), 5);
}

TEST_F(MasterReporterTest, AWorkerThatIsAloneTooLongGivesUpOnce) {
  reporter_->Round();
  master_.there = false;
  clock_.Advance(absl::Minutes(59));
  reporter_->Round();
  EXPECT_EQ(gave_up_, 0);
  clock_.Advance(absl::Minutes(2));
  reporter_->Round();
  reporter_->Round();
  EXPECT_EQ(gave_up_, 1);
}

}  // namespace
}  // namespace alluxio::worker
