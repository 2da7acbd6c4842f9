#include "alluxio/master/block/block_master.h"

#include <memory>
#include <optional>

#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using grpc::block::BlockHeartbeatPRequest;
using grpc::block::RegisterWorkerPRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using test::IsOk;
using test::StatusIs;

const Caller kCaller{.user = "root", .peer = "127.0.0.1:4711"};

grpc::WorkerNetAddress Address(const std::string& host, const std::string& socket = "") {
  grpc::WorkerNetAddress address;
  address.set_host(host);
  address.set_rpcport(29999);
  address.set_dataport(29999);
  address.set_webport(30000);
  address.set_domainsocketpath(socket);
  auto* const tier = address.mutable_tieredidentity()->add_tiers();
  tier->set_tiername("node");
  tier->set_value(host);
  return address;
}

template <typename Entries>
void AddBlocksTo(Entries* entries, const std::string& tier, const std::vector<int64_t>& ids) {
  auto* const entry = entries->Add();
  entry->mutable_key()->set_tieralias(tier);
  entry->mutable_key()->set_mediumtype(tier);
  for (const int64_t id : ids) entry->mutable_value()->add_blockid(id);
}

// A block master on a heap store and a journal whose records are durable at once.
class BlockMasterTest : public ::testing::Test {
 protected:
  BlockMasterTest() { Restart(); }

  // A new process: all but the journal is gone.
  void Restart() {
    if (master_ != nullptr) journal_ = journal_->AfterCrash();
    master_.reset();
    store_ = std::make_unique<HeapKvStore>();
    state_ = std::make_unique<StateMachine>(journal_.get(), store_.get());
    options_.state = state_.get();
    options_.clock = &clock_;
    options_.random = random_.get();
    master_ = std::make_unique<BlockMaster>(options_);
    state_->AddPart(master_.get());
    EXPECT_THAT(state_->Replay(), IsOk());
    master_->Start();
  }

  // Calls `method` and gives its answer, which must have come at once.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(void (BlockMaster::*method)(const Caller&, const Request&, Reply<Response>),
                                const Request& request) {
    absl::StatusOr<Response> result = absl::UnknownError("no answer");
    ((*master_).*method)(kCaller, request, [&](absl::StatusOr<Response> answer) { result = std::move(answer); });
    return result;
  }

  int64_t IdOf(const grpc::WorkerNetAddress& address) {
    grpc::block::GetWorkerIdPRequest request;
    *request.mutable_workernetaddress() = address;
    const auto response = Call(&BlockMaster::GetWorkerId, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->workerid() : -1;
  }

  RegisterWorkerPRequest Registration(int64_t id, const std::vector<int64_t>& blocks) {
    RegisterWorkerPRequest request;
    request.set_workerid(id);
    for (const char* tier : {"MEM", "HDD"}) {
      request.add_storagetiers(tier);
      (*request.mutable_totalbytesontiers())[tier] = 1000;
      (*request.mutable_usedbytesontiers())[tier] = 100;
    }
    AddBlocksTo(request.mutable_currentblocks(), "MEM", blocks);
    return request;
  }

  int64_t Register(const grpc::WorkerNetAddress& address, const std::vector<int64_t>& blocks = {}) {
    const int64_t id = IdOf(address);
    const auto registration = master_->RegisterStart(kCaller, Registration(id, blocks));
    EXPECT_THAT(registration, IsOk());
    if (registration.ok()) {
      EXPECT_THAT(master_->RegisterFinish(**registration), IsOk());
    }
    return id;
  }

  grpc::Command Heartbeat(BlockHeartbeatPRequest request) {
    const auto response = Call(&BlockMaster::BlockHeartbeat, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->command() : grpc::Command();
  }
  grpc::Command Heartbeat(int64_t worker) {
    BlockHeartbeatPRequest request;
    request.set_workerid(worker);
    return Heartbeat(std::move(request));
  }

  absl::Status Commit(int64_t worker, int64_t block, int64_t length, const std::string& tier = "MEM") {
    grpc::block::CommitBlockPRequest request;
    request.set_workerid(worker);
    request.set_blockid(block);
    request.set_length(length);
    request.set_tieralias(tier);
    request.set_mediumtype(tier);
    request.set_usedbytesontier(500);
    return Call(&BlockMaster::CommitBlock, request).status();
  }

  // Makes blocks known as the namespace does.
  void AddBlocks(const std::vector<std::pair<int64_t, int64_t>>& blocks) {
    std::vector<proto::journal::JournalEntry> entries;
    master_->AddBlocks(blocks, &entries);
    state_->Commit(std::move(entries), [](absl::Status status) { EXPECT_THAT(status, IsOk()); });
  }
  void ForgetBlocks(const std::vector<int64_t>& blocks) {
    std::vector<proto::journal::JournalEntry> entries;
    master_->ForgetBlocks(blocks, &entries);
    state_->Commit(std::move(entries), [](absl::Status status) { EXPECT_THAT(status, IsOk()); });
    master_->FreeBlocks(blocks);
  }

  std::vector<int64_t> WorkersOf(int64_t block) {
    const auto infos = master_->BlockInfos({&block, 1});
    EXPECT_THAT(infos, IsOk());
    std::vector<int64_t> workers;
    if (infos.ok()) {
      for (const auto& location : infos->front().locations()) workers.push_back(location.workerid());
    }
    return workers;
  }

  test::FakeClock clock_;
  std::unique_ptr<Random> random_ = Random::Seeded(1);
  BlockMaster::Options options_{.safe_mode_wait = absl::ZeroDuration()};
  std::unique_ptr<journal::MemoryJournal> journal_ =
      std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{});
  std::unique_ptr<HeapKvStore> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<BlockMaster> master_;
};

TEST_F(BlockMasterTest, AnAddressKeepsItsIdAndAllSevenFieldsCount) {
  const int64_t id = IdOf(Address("a", "/run/1"));
  EXPECT_GT(id, 0);
  EXPECT_EQ(IdOf(Address("a", "/run/1")), id);
  EXPECT_NE(IdOf(Address("a", "/run/2")), id);
  grpc::WorkerNetAddress other = Address("a", "/run/1");
  other.set_containerhost("c");
  EXPECT_NE(IdOf(other), id);
  EXPECT_THAT(Call(&BlockMaster::GetWorkerId, grpc::block::GetWorkerIdPRequest()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(BlockMasterTest, ContainerIdsAreReservedInTheJournal) {
  std::vector<int64_t> ids;
  for (int i = 0; i < 2500; ++i) {
    std::vector<proto::journal::JournalEntry> entries;
    ids.push_back(master_->NextContainerId(&entries));
    EXPECT_EQ(entries.size(), i % 500 == 0 ? 1u : 0u);
    if (!entries.empty()) state_->Commit(std::move(entries), [](absl::Status) {});
  }
  EXPECT_EQ(ids.front(), 0);
  EXPECT_EQ(ids.back(), 2499);
  Restart();
  std::vector<proto::journal::JournalEntry> entries;
  EXPECT_EQ(master_->NextContainerId(&entries), 3000);
}

// Whoever has seen a file that a crash takes back may have cached blocks of it: its id is gone.
TEST_F(BlockMasterTest, IdsThatWereSeenBeforeTheyWereDurableAreNotUsedAgain) {
  journal_ = std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{.auto_durable = false});
  master_.reset();
  Restart();
  const auto draw = [&] {
    std::vector<proto::journal::JournalEntry> entries;
    const int64_t id = master_->NextContainerId(&entries);
    state_->Commit(std::move(entries), [](absl::Status) {});
    return id;
  };
  EXPECT_EQ(draw(), 0);
  journal_->MakeAllDurable();
  int64_t last = 0;
  while (last < 999) last = draw();
  Restart();
  EXPECT_GT(draw(), last);
}

// Two callers draw ids; the first, whose entry would have covered both, fails.
TEST_F(BlockMasterTest, AnIdIsNeverCoveredByAnEntryThatWasNotCommitted) {
  std::vector<proto::journal::JournalEntry> given_up, entries;
  master_->NextContainerId(&given_up);
  const int64_t id = master_->NextContainerId(&entries);
  ASSERT_EQ(entries.size(), 1u);
  state_->Commit(std::move(entries), [](absl::Status) {});
  Restart();
  EXPECT_GT(master_->NextContainerId(&given_up), id);
}

TEST_F(BlockMasterTest, ACommittedBlockIsFoundOnItsWorkersFastestTierFirst) {
  const int64_t a = Register(Address("a"));
  const int64_t b = Register(Address("b"));
  EXPECT_THAT(Commit(a, 7, 100, "HDD"), IsOk());
  EXPECT_THAT(Commit(b, 7, 100, "MEM"), IsOk());
  EXPECT_EQ(master_->BlockLength(7), 100);
  EXPECT_THAT(WorkersOf(7), ElementsAre(b, a));

  grpc::block::GetBlockInfoPRequest request;
  request.set_blockid(7);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, Call(&BlockMaster::GetBlockInfo, request));
  EXPECT_EQ(response.blockinfo().length(), 100);
  EXPECT_EQ(response.blockinfo().locations(0).workeraddress().SerializeAsString(), Address("b").SerializeAsString());
  EXPECT_EQ(response.blockinfo().locations(0).tieralias(), "MEM");

  request.set_blockid(12345);
  const auto unknown = Call(&BlockMaster::GetBlockInfo, request).status();
  EXPECT_THAT(unknown, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(unknown.message(), "BlockMeta not found for blockId 12345");
}

TEST_F(BlockMasterTest, TheFirstLengthWinsAndSurvivesARestart) {
  const int64_t a = Register(Address("a"));
  EXPECT_THAT(Commit(a, 7, 100), IsOk());
  EXPECT_THAT(Commit(a, 7, 200), IsOk());
  grpc::block::CommitBlockInUfsPRequest in_ufs;
  in_ufs.set_blockid(7);
  in_ufs.set_length(300);
  EXPECT_THAT(Call(&BlockMaster::CommitBlockInUfs, in_ufs), IsOk());
  in_ufs.set_blockid(8);
  EXPECT_THAT(Call(&BlockMaster::CommitBlockInUfs, in_ufs), IsOk());
  Restart();
  EXPECT_EQ(master_->BlockLength(7), 100);
  EXPECT_EQ(master_->BlockLength(8), 300);
  EXPECT_EQ(master_->GetTotals().unique_blocks, 2);
  EXPECT_THAT(WorkersOf(7), ElementsAre());
}

TEST_F(BlockMasterTest, CommitNeedsARegisteredWorker) {
  const auto status = Commit(4711, 7, 100);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(status.message(), "No worker with workerId 4711 is found");
  EXPECT_THAT(Commit(IdOf(Address("a")), 7, 100), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(BlockMasterTest, ACommitIsAnsweredWhenItIsDurable) {
  journal_ = std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{.auto_durable = false});
  master_.reset();
  Restart();
  const int64_t a = Register(Address("a"));
  EXPECT_THAT(Commit(a, 7, 100), StatusIs(absl::StatusCode::kUnknown));  // no answer yet
}

TEST_F(BlockMasterTest, AStreamRegistersInBatches) {
  AddBlocks({{1, 10}, {2, 10}, {3, 10}});
  const int64_t a = IdOf(Address("a"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto registration, master_->RegisterStart(kCaller, Registration(a, {1})));
  RegisterWorkerPRequest batch;
  batch.set_workerid(a);
  AddBlocksTo(batch.mutable_currentblocks(), "HDD", {2, 99});
  EXPECT_THAT(master_->RegisterBatch(*registration, batch), IsOk());
  EXPECT_THAT(WorkersOf(1), ElementsAre());
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Register);
  EXPECT_THAT(master_->RegisterFinish(*registration), IsOk());
  EXPECT_THAT(WorkersOf(1), ElementsAre(a));
  EXPECT_THAT(WorkersOf(2), ElementsAre(a));
  EXPECT_EQ(master_->GetTotals().block_replicas, 2);
  // Nobody knows block 99.
  const grpc::Command command = Heartbeat(a);
  EXPECT_EQ(command.commandtype(), grpc::Free);
  EXPECT_THAT(command.data(), ElementsAre(99));
}

TEST_F(BlockMasterTest, ABrokenStreamLeavesTheEarlierRegistration) {
  AddBlocks({{1, 10}, {2, 10}});
  const int64_t a = Register(Address("a"), {1});
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto broken, master_->RegisterStart(kCaller, Registration(a, {2})));
  }
  EXPECT_THAT(WorkersOf(1), ElementsAre(a));
  EXPECT_THAT(WorkersOf(2), ElementsAre());
  // A later stream makes an earlier one void.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto first, master_->RegisterStart(kCaller, Registration(a, {2})));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto second, master_->RegisterStart(kCaller, Registration(a, {2})));
  EXPECT_THAT(master_->RegisterFinish(*first), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(master_->RegisterFinish(*second), IsOk());
  EXPECT_THAT(WorkersOf(1), ElementsAre());
  EXPECT_THAT(WorkersOf(2), ElementsAre(a));
}

TEST_F(BlockMasterTest, ABlockCommittedDuringReRegistrationIsKept) {
  const int64_t a = Register(Address("a"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto registration, master_->RegisterStart(kCaller, Registration(a, {})));
  EXPECT_THAT(Commit(a, 5, 10), IsOk());
  EXPECT_THAT(master_->RegisterFinish(*registration), IsOk());
  EXPECT_THAT(WorkersOf(5), ElementsAre(a));
}

// The worker's list says 5 before anybody knows that block; its commit comes next.
TEST_F(BlockMasterTest, ABlockCommittedAfterItsListIsNotOrderedAway) {
  const int64_t a = Register(Address("a"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto registration, master_->RegisterStart(kCaller, Registration(a, {5, 6})));
  EXPECT_THAT(Commit(a, 5, 10), IsOk());
  EXPECT_THAT(master_->RegisterFinish(*registration), IsOk());
  EXPECT_THAT(WorkersOf(5), ElementsAre(a));
  EXPECT_THAT(Heartbeat(a).data(), ElementsAre(6));
}

// The namespace's latch is held while `with_file_of` runs: nobody is answered from there.
TEST_F(BlockMasterTest, NobodyIsAnsweredWhileTheFileIsHeld) {
  bool held = false;
  options_.with_file_of = [&](int64_t, absl::FunctionRef<void(bool)> body) {
    held = true;
    body(true);
    held = false;
  };
  Restart();
  const int64_t a = Register(Address("a"));
  EXPECT_THAT(Commit(a, 5, 10), IsOk());
  grpc::block::CommitBlockPRequest commit;
  commit.set_workerid(a);
  commit.set_blockid(5);
  commit.set_length(10);
  int answers = 0;
  master_->CommitBlock(kCaller, commit, [&](auto answer) {
    EXPECT_THAT(answer, IsOk());
    EXPECT_FALSE(held);
    ++answers;
  });
  commit.set_workerid(a + 1);
  master_->CommitBlock(kCaller, commit, [&](auto answer) {
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kNotFound));
    EXPECT_FALSE(held);
    ++answers;
  });
  grpc::block::CommitBlockInUfsPRequest in_ufs;
  in_ufs.set_blockid(5);
  in_ufs.set_length(10);
  master_->CommitBlockInUfs(kCaller, in_ufs, [&](auto answer) {
    EXPECT_THAT(answer, IsOk());
    EXPECT_FALSE(held);
    ++answers;
  });
  EXPECT_EQ(answers, 3);
}

TEST_F(BlockMasterTest, NoBlockHasANegativeLength) {
  const int64_t a = Register(Address("a"));
  EXPECT_THAT(Commit(a, 5, -1), StatusIs(absl::StatusCode::kInvalidArgument));
  grpc::block::CommitBlockInUfsPRequest in_ufs;
  in_ufs.set_blockid(5);
  in_ufs.set_length(-1);
  EXPECT_THAT(Call(&BlockMaster::CommitBlockInUfs, in_ufs), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(master_->BlockLength(5), std::nullopt);
}

TEST_F(BlockMasterTest, RegistrationChecksItsRequest) {
  const int64_t a = IdOf(Address("a"));
  EXPECT_THAT(master_->RegisterStart(kCaller, Registration(4711, {})), StatusIs(absl::StatusCode::kNotFound));
  RegisterWorkerPRequest upside_down = Registration(a, {});
  upside_down.mutable_storagetiers()->SwapElements(0, 1);
  EXPECT_THAT(master_->RegisterStart(kCaller, upside_down), StatusIs(absl::StatusCode::kInternal));
  RegisterWorkerPRequest short_of_usage = Registration(a, {});
  short_of_usage.clear_usedbytesontiers();
  EXPECT_THAT(master_->RegisterStart(kCaller, short_of_usage), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(BlockMasterTest, UnaryRegistrationNeedsALease) {
  options_.lease_count = 1;
  Restart();
  const int64_t a = IdOf(Address("a")), b = IdOf(Address("b"));
  EXPECT_THAT(Call(&BlockMaster::RegisterWorker, Registration(a, {})), StatusIs(absl::StatusCode::kUnavailable));
  grpc::block::GetRegisterLeasePRequest lease;
  lease.set_workerid(a);
  EXPECT_TRUE(Call(&BlockMaster::RequestRegisterLease, lease)->allowed());
  lease.set_workerid(b);
  EXPECT_FALSE(Call(&BlockMaster::RequestRegisterLease, lease)->allowed());
  EXPECT_THAT(Call(&BlockMaster::RegisterWorker, Registration(a, {})), IsOk());
  // Registering gave it back; and a lease ends by itself.
  EXPECT_TRUE(Call(&BlockMaster::RequestRegisterLease, lease)->allowed());
  clock_.Advance(absl::Minutes(2));
  lease.set_workerid(a);
  EXPECT_TRUE(Call(&BlockMaster::RequestRegisterLease, lease)->allowed());
}

TEST_F(BlockMasterTest, HeartbeatsCarryDeltasAndUsage) {
  AddBlocks({{1, 10}, {2, 10}});
  const int64_t a = Register(Address("a"), {1});
  BlockHeartbeatPRequest request;
  request.set_workerid(a);
  request.add_removedblockids(1);
  AddBlocksTo(request.mutable_addedblocks(), "MEM", {2});
  (*request.mutable_usedbytesontiers())["MEM"] = 900;
  (*request.mutable_options()->mutable_capacitybytesontiers())["MEM"] = 5000;
  EXPECT_EQ(Heartbeat(request).commandtype(), grpc::Nothing);
  EXPECT_THAT(WorkersOf(1), ElementsAre());
  EXPECT_THAT(WorkersOf(2), ElementsAre(a));
  const auto totals = master_->GetTotals();
  EXPECT_EQ(totals.capacity_bytes, 6000);
  EXPECT_EQ(totals.used_bytes, 1000);
  EXPECT_EQ(totals.block_replicas, 1);
  EXPECT_EQ(Heartbeat(4711).commandtype(), grpc::Register);
}

TEST_F(BlockMasterTest, ADeletedBlockIsOrderedAwayUntilItIsGone) {
  AddBlocks({{1, 10}});
  const int64_t a = Register(Address("a"), {1});
  ForgetBlocks({1});
  EXPECT_EQ(master_->BlockLength(1), std::nullopt);
  EXPECT_THAT(WorkersOf(1), ElementsAre());
  EXPECT_THAT(Heartbeat(a).data(), ElementsAre(1));
  EXPECT_THAT(Heartbeat(a).data(), ElementsAre(1));
  // Registering anew does not make it forget what is still there.
  Register(Address("a"), {1});
  BlockHeartbeatPRequest request;
  request.set_workerid(a);
  EXPECT_THAT(Heartbeat(request).data(), ElementsAre(1));
  request.add_removedblockids(1);
  EXPECT_EQ(Heartbeat(request).commandtype(), grpc::Nothing);
}

TEST_F(BlockMasterTest, ABlockIsOrderedAwayWhenItsDeleteIsDurable) {
  journal_ = std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{.auto_durable = false});
  master_.reset();
  Restart();
  AddBlocks({{1, 10}});
  const int64_t a = Register(Address("a"), {1});
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Nothing);
  ForgetBlocks({1});
  BlockHeartbeatPRequest request;
  request.set_workerid(a);
  std::optional<grpc::Command> command;
  master_->BlockHeartbeat(kCaller, request, [&](absl::StatusOr<grpc::block::BlockHeartbeatPResponse> answer) {
    ASSERT_THAT(answer, IsOk());
    command = answer->command();
  });
  EXPECT_FALSE(command.has_value());  // a crash would bring the block's file back
  journal_->MakeAllDurable();
  ASSERT_TRUE(command.has_value());
  EXPECT_THAT(command->data(), ElementsAre(1));
}

TEST_F(BlockMasterTest, FreeKeepsTheMetadata) {
  AddBlocks({{1, 10}});
  const int64_t a = Register(Address("a"), {1});
  const int64_t ids[] = {1};
  master_->FreeBlocks(ids);
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Free);
  EXPECT_EQ(master_->BlockLength(1), 10);
  EXPECT_THAT(WorkersOf(1), ElementsAre(a));
}

TEST_F(BlockMasterTest, ASilentWorkerIsLostAndMayComeBack) {
  AddBlocks({{1, 10}});
  const int64_t a = Register(Address("a"), {1});
  const int64_t b = Register(Address("b"), {1});
  clock_.Advance(absl::Minutes(4));
  Heartbeat(b);
  clock_.Advance(absl::Minutes(2));
  master_->DetectLostWorkers();
  EXPECT_THAT(WorkersOf(1), ElementsAre(b));
  EXPECT_EQ(master_->GetTotals().lost_workers, 1);
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Register);
  EXPECT_EQ(Register(Address("a"), {1}), a);
  EXPECT_THAT(WorkersOf(1), UnorderedElementsAre(a, b));
  EXPECT_EQ(master_->GetTotals().lost_workers, 0);

  clock_.Advance(absl::Minutes(6));
  master_->DetectLostWorkers();
  EXPECT_EQ(master_->GetTotals().lost_workers, 2);
  clock_.Advance(absl::Minutes(31));
  master_->DetectLostWorkers();
  EXPECT_EQ(master_->GetTotals().lost_workers, 0);
  EXPECT_NE(IdOf(Address("a")), a);
}

TEST_F(BlockMasterTest, SafeModeEndsWithTimeOrWithTheExpectedWorkers) {
  options_.safe_mode_wait = absl::Seconds(5);
  Restart();
  AddBlocks({{1, 10}});
  const int64_t block = 1;
  const auto status = master_->BlockInfos({&block, 1}).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(status.message(), "Alluxio master is in safe mode. Please try again later.");
  EXPECT_THAT(master_->BlockInfos({}), IsOk());
  EXPECT_THAT(Call(&BlockMaster::GetWorkerInfoList, grpc::block::GetWorkerInfoListPOptions()),
              StatusIs(absl::StatusCode::kUnavailable));
  clock_.Advance(absl::Seconds(5));
  EXPECT_FALSE(master_->InSafeMode());

  options_.expected_workers = 2;
  Restart();
  Register(Address("a"));
  EXPECT_TRUE(master_->InSafeMode());
  Register(Address("b"));
  EXPECT_FALSE(master_->InSafeMode());
}

TEST_F(BlockMasterTest, TheWorkerListHoldsTheAddressOfTheLocations) {
  AddBlocks({{1, 10}});
  RegisterWorkerPRequest request = Registration(IdOf(Address("a", "/run/1")), {1});
  request.mutable_options()->mutable_buildversion()->set_version("2.9.6");
  request.mutable_options()->set_numvcpu(4);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto registration, master_->RegisterStart(kCaller, request));
  ASSERT_THAT(master_->RegisterFinish(*registration), IsOk());
  clock_.Advance(absl::Seconds(3));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto list,
                               Call(&BlockMaster::GetWorkerInfoList, grpc::block::GetWorkerInfoListPOptions()));
  ASSERT_EQ(list.workerinfos_size(), 1);
  const auto& info = list.workerinfos(0);
  EXPECT_EQ(info.address().SerializeAsString(), Address("a", "/run/1").SerializeAsString());
  EXPECT_EQ(info.state(), "ACTIVE");
  EXPECT_EQ(info.lastcontactsec(), 3);
  EXPECT_EQ(info.capacitybytes(), 2000);
  EXPECT_EQ(info.usedbytes(), 200);
  EXPECT_EQ(info.capacitybytesontiers().at("MEM"), 1000);
  EXPECT_EQ(info.buildversion().version(), "2.9.6");
  EXPECT_EQ(info.numvcpu(), 4);
}

TEST_F(BlockMasterTest, ReportsSelectWorkersAndFields) {
  Register(Address("a"));
  Register(Address("b"));
  grpc::block::GetWorkerReportPOptions request;
  request.set_workerrange(grpc::block::SPECIFIED);
  request.add_addresses("b");
  request.add_fieldranges(grpc::block::WORKER_CAPACITY_BYTES);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto report, Call(&BlockMaster::GetWorkerReport, request));
  ASSERT_EQ(report.workerinfos_size(), 1);
  EXPECT_EQ(report.workerinfos(0).capacitybytes(), 2000);
  EXPECT_FALSE(report.workerinfos(0).has_address());
  request.add_addresses("nosuch");
  const auto status = Call(&BlockMaster::GetWorkerReport, request).status();
  EXPECT_EQ(status.message(),
            "Unrecognized worker names: [nosuch]\nSupported worker names: [a, 127.0.0.1, b]\n");
  request.set_workerrange(grpc::block::LOST);
  EXPECT_EQ(Call(&BlockMaster::GetWorkerReport, request)->workerinfos_size(), 0);

  grpc::block::GetBlockMasterInfoPOptions filtered;
  filtered.add_filters(grpc::block::LIVE_WORKER_NUM);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, Call(&BlockMaster::GetBlockMasterInfo, filtered));
  EXPECT_EQ(info.blockmasterinfo().liveworkernum(), 2);
  EXPECT_FALSE(info.blockmasterinfo().has_capacitybytes());
}

TEST_F(BlockMasterTest, ADisabledWorkerStaysOutUntilItIsEnabled) {
  AddBlocks({{1, 10}});
  const int64_t a = Register(Address("a"), {1});
  grpc::block::DecommissionWorkerPOptions decommission;
  decommission.set_workerhostname("a");
  decommission.set_workerwebport(30000);
  EXPECT_THAT(Call(&BlockMaster::DecommissionWorker, decommission), IsOk());
  EXPECT_THAT(WorkersOf(1), ElementsAre());
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Disabled);
  grpc::block::GetWorkerIdPRequest request;
  *request.mutable_workernetaddress() = Address("a");
  EXPECT_THAT(Call(&BlockMaster::GetWorkerId, request), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(master_->RegisterStart(kCaller, Registration(a, {})), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(master_->GetTotals().decommissioned_workers, 1);

  grpc::block::RemoveDisabledWorkerPOptions enable;
  enable.set_workerhostname("a");
  enable.set_workerwebport(30000);
  EXPECT_THAT(Call(&BlockMaster::RemoveDisabledWorker, enable), IsOk());
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Register);
  EXPECT_EQ(Register(Address("a"), {1}), a);
  EXPECT_THAT(WorkersOf(1), ElementsAre(a));

  decommission.set_workerhostname("nosuch");
  EXPECT_THAT(Call(&BlockMaster::DecommissionWorker, decommission), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(BlockMasterTest, ADecommissionedWorkerThatMayComeBackIsToldSo) {
  const int64_t a = Register(Address("a"));
  grpc::block::DecommissionWorkerPOptions decommission;
  decommission.set_workerhostname("a");
  decommission.set_canregisteragain(true);
  EXPECT_THAT(Call(&BlockMaster::DecommissionWorker, decommission), IsOk());
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Decommissioned);
  EXPECT_EQ(Register(Address("a")), a);
  EXPECT_EQ(Heartbeat(a).commandtype(), grpc::Nothing);
}

TEST_F(BlockMasterTest, LostStorageIsListed) {
  const int64_t a = Register(Address("a"));
  BlockHeartbeatPRequest request;
  request.set_workerid(a);
  (*request.mutable_loststorage())["MEM"].add_storage("/mnt/ramdisk");
  Heartbeat(request);
  Heartbeat(request);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto lost,
                               Call(&BlockMaster::GetWorkerLostStorage, grpc::block::GetWorkerLostStoragePOptions()));
  ASSERT_EQ(lost.workerloststorageinfo_size(), 1);
  EXPECT_THAT(lost.workerloststorageinfo(0).loststorage().at("MEM").storage(), ElementsAre("/mnt/ramdisk"));
}

TEST_F(BlockMasterTest, MetricsAndConfigurationsAreHandedOn) {
  std::vector<std::string> seen;
  options_.on_metrics = [&](const std::string& host, const auto& metrics) {
    seen.push_back(host + " " + metrics[0].name());
  };
  options_.on_worker_configuration = [&](const grpc::WorkerNetAddress& address, const auto& configs) {
    seen.push_back(address.host() + " " + configs[0].name());
  };
  Restart();
  const int64_t a = IdOf(Address("a"));
  RegisterWorkerPRequest registration = Registration(a, {});
  registration.mutable_options()->add_configs()->set_name("alluxio.k");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto started, master_->RegisterStart(kCaller, registration));
  ASSERT_THAT(master_->RegisterFinish(*started), IsOk());
  BlockHeartbeatPRequest request;
  request.set_workerid(a);
  request.mutable_options()->add_metrics()->set_name("BytesReadRemote");
  Heartbeat(request);
  EXPECT_THAT(seen, ElementsAre("a alluxio.k", "a BytesReadRemote"));
}

TEST(BlockLocationsTest, SweepingDropsDeadGenerationsAndEmptyBlocks) {
  BlockLocations locations;
  for (int64_t id = 0; id < 1000; ++id) {
    EXPECT_TRUE(locations.Add(id, {.generation = 1}));
    if (id % 2 == 0) {
      EXPECT_TRUE(locations.Add(id, {.generation = 2, .tier = 1}));
    }
  }
  EXPECT_FALSE(locations.Add(0, {.generation = 2, .tier = 3}));
  for (size_t shard = 0; shard < BlockLocations::kShards; ++shard) {
    locations.Sweep(shard, [](uint32_t generation) { return generation == 1; });
  }
  EXPECT_TRUE(locations.Get(1).empty());
  ASSERT_EQ(locations.Get(0).size(), 1u);
  EXPECT_EQ(locations.Get(0)[0].tier, 3);
  EXPECT_FALSE(locations.Remove(0, 1));
  EXPECT_TRUE(locations.Remove(0, 2));
}

}  // namespace
}  // namespace alluxio::master
