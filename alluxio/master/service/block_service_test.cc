// Goal: the block services carry the domain's answers over a real connection,
// above all the registration stream, which is the only one with logic of its own.
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "alluxio/base/executor.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "alluxio/master/service/services.h"
#include "alluxio/rpc/server.h"
#include "alluxio/stub/block_methods.h"
#include "alluxio/stub/master_stub.h"
#include "alluxio/stub/register_worker.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using namespace grpc::block;  // NOLINT
using test::IsOk;
using test::StatusIs;

class BlockServiceTest : public ::testing::Test {
 protected:
  BlockServiceTest() {
    BlockMaster::Options options;
    options.state = &state_;
    options.clock = &clock_;
    options.safe_mode_wait = absl::ZeroDuration();
    master_ = std::make_unique<BlockMaster>(options);
    state_.AddPart(master_.get());
    EXPECT_THAT(state_.Replay(), IsOk());
    master_->Start();
    env_.sessions = &sessions_;
    services_.push_back(NewBlockMasterClientService(env_, master_.get()));
    services_.push_back(NewBlockMasterWorkerService(env_, master_.get(), &executor_));
    rpc::ServerOptions server;
    server.host = "127.0.0.1";
    server.sessions = &sessions_;
    for (const ServicePtr& service : services_) server.services.push_back(service.get());
    auto started = rpc::RpcServer::Start(std::move(server));
    EXPECT_THAT(started, IsOk());
    server_ = *std::move(started);
    stub::MasterStubOptions stub;
    stub.addresses = {"127.0.0.1:" + std::to_string(server_->port())};
    stub.channel.user = "root";
    stub.clock = &clock_;
    stub_ = std::make_unique<stub::MasterStub>(stub);
  }

  int64_t NewWorker() {
    GetWorkerIdPRequest request;
    auto* address = request.mutable_workernetaddress();
    address->set_host("h");
    address->set_dataport(1);
    const auto response = stub_->Call(stub::kGetWorkerId, request);
    EXPECT_THAT(response, IsOk());
    return response->workerid();
  }
  absl::Status Register(const std::vector<RegisterWorkerPRequest>& messages) {
    size_t i = 0;
    return stub::RegisterWorkerStream(
        *stub_,
        [&](RegisterWorkerPRequest* request) {
          if (i == messages.size()) return false;
          *request = messages[i++];
          return true;
        },
        absl::InfiniteFuture());
  }
  static RegisterWorkerPRequest First(int64_t id) {
    RegisterWorkerPRequest request;
    request.set_workerid(id);
    request.add_storagetiers("MEM");
    (*request.mutable_totalbytesontiers())["MEM"] = 1000;
    (*request.mutable_usedbytesontiers())["MEM"] = 0;
    return request;
  }
  static RegisterWorkerPRequest Batch(int64_t id, int64_t first_block, int count) {
    RegisterWorkerPRequest request;
    request.set_workerid(id);
    auto* entry = request.add_currentblocks();
    entry->mutable_key()->set_tieralias("MEM");
    entry->mutable_key()->set_mediumtype("MEM");
    for (int i = 0; i < count; ++i) entry->mutable_value()->add_blockid(first_block + i);
    return request;
  }

  test::FakeClock clock_;
  journal::MemoryJournal journal_{journal::MemoryJournal::Options{}};
  HeapKvStore store_;
  StateMachine state_{&journal_, &store_};
  std::unique_ptr<BlockMaster> master_;
  rpc::SessionRegistry sessions_;
  rpc::CallEnv env_;
  ThreadPool executor_{{.name = "test", .threads = 1}};
  std::vector<ServicePtr> services_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::unique_ptr<stub::MasterStub> stub_;
};

TEST_F(BlockServiceTest, AStreamRegistersWhenItIsHalfClosed) {
  const int64_t id = NewWorker();
  BlockHeartbeatPRequest beat;
  beat.set_workerid(id);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto answer, stub_->Call(stub::kBlockHeartbeat, beat));
  EXPECT_EQ(answer.command().commandtype(), grpc::CommandType::Register);

  // One small batch, and one that goes to the executor.
  EXPECT_THAT(Register({First(id), Batch(id, 1, 5), Batch(id, 100, 5000)}), IsOk());
  EXPECT_EQ(master_->GetTotals().live_workers, 1);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(answer, stub_->Call(stub::kBlockHeartbeat, beat));
  // Nobody knows these blocks: they are to go.
  EXPECT_EQ(answer.command().commandtype(), grpc::CommandType::Free);
  EXPECT_EQ(answer.command().data_size(), 5005);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto list, stub_->Call(stub::kGetWorkerInfoList, GetWorkerInfoListPOptions()));
  ASSERT_EQ(list.workerinfos_size(), 1);
  EXPECT_EQ(list.workerinfos(0).id(), id);
}

TEST_F(BlockServiceTest, AStreamThatIsNotOneIsRefused) {
  EXPECT_THAT(Register({First(4711)}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Register({}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(master_->GetTotals().live_workers, 0);
}

TEST_F(BlockServiceTest, ACommittedBlockIsSeenByClients) {
  const int64_t id = NewWorker();
  ALLUXIO_ASSERT_OK(Register({First(id)}));
  CommitBlockPRequest commit;
  commit.set_workerid(id);
  commit.set_blockid(16777216);
  commit.set_length(7);
  commit.set_tieralias("MEM");
  commit.set_mediumtype("MEM");
  ALLUXIO_ASSERT_OK(stub_->Call(stub::kCommitBlock, commit).status());
  GetBlockInfoPRequest request;
  request.set_blockid(16777216);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, stub_->Call(stub::kGetBlockInfo, request));
  EXPECT_EQ(info.blockinfo().length(), 7);
  ASSERT_EQ(info.blockinfo().locations_size(), 1);
  EXPECT_EQ(info.blockinfo().locations(0).workerid(), id);
}

}  // namespace
}  // namespace alluxio::master
