#include <grpcpp/grpcpp.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/strings/str_split.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/stream.h"
#include "alluxio/rpc/unary.h"
#include "alluxio/stub/block_methods.h"
#include "alluxio/stub/file_system_methods.h"
#include "alluxio/stub/master_stub.h"
#include "alluxio/stub/meta_methods.h"
#include "alluxio/stub/metrics_methods.h"
#include "alluxio/stub/native_methods.h"
#include "alluxio/stub/register_worker.h"
#include "alluxio/stub/worker_methods.h"
#include "grpc/block_master.grpc.pb.h"
#include "grpc/file_system_master.grpc.pb.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::stub {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using test::FakeClock;
using test::IsOk;
using test::StatusIs;
using namespace grpc::file;  // NOLINT
using grpc::block::RegisterWorkerPRequest;
using grpc::block::RegisterWorkerPResponse;

// ------------------------------------------------------------- the paths

struct Row {
  std::string path, types, streaming;
};
template <typename Q, typename R>
Row RowOf(const Method<Q, R>& m) {
  return {m.path, Q::descriptor()->full_name() + "->" + R::descriptor()->full_name(), "unary"};
}
template <typename Q, typename R>
Row RowOf(const StreamMethod<Q, R>& m) {
  return {m.path, Q::descriptor()->full_name() + "->" + R::descriptor()->full_name(), "server"};
}

// Every method of the services that have stubs is in the wire's table with the
// same messages, and none of the table's is missing here.
TEST(MethodsTest, AgreeWithTheWiresTable) {
  std::map<std::string, std::pair<std::string, std::string>> table;
  std::ifstream file("alluxio/proto/wire/descriptors.tsv");
  ASSERT_TRUE(file.good());
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> c = absl::StrSplit(line, '\t');
    if (c[0] == "method") table["/" + c[2] + "/" + c[3]] = {c[6], c[7]};
  }
  std::set<std::string> services, seen;
  for (const Row& row : {RowOf(kGetBlockInfo), RowOf(kGetBlockMasterInfo), RowOf(kGetCapacityBytes), RowOf(kGetUsedBytes),
            RowOf(kGetWorkerInfoList), RowOf(kRemoveDisabledWorker), RowOf(kGetWorkerReport),
            RowOf(kGetWorkerLostStorage), RowOf(kDecommissionWorker), RowOf(kBlockHeartbeat), RowOf(kCommitBlock),
            RowOf(kCommitBlockInUfs), RowOf(kGetWorkerId), RowOf(kNotifyWorkerId), RowOf(kRegisterWorker),
            RowOf(kRequestRegisterLease), RowOf(kCheckAccess), RowOf(kCheckConsistency), RowOf(kExists),
            RowOf(kCompleteFile), RowOf(kCreateDirectory), RowOf(kCreateFile), RowOf(kFree), RowOf(kGetFilePath),
            RowOf(kGetMountTable), RowOf(kGetSyncPathList), RowOf(kGetNewBlockIdForFile), RowOf(kGetStatus),
            RowOf(kListStatus), RowOf(kListStatusPartial), RowOf(kMount), RowOf(kRemove), RowOf(kRename),
            RowOf(kReverseResolve), RowOf(kScheduleAsyncPersistence), RowOf(kSetAcl), RowOf(kSetAttribute),
            RowOf(kStartSync), RowOf(kStopSync), RowOf(kUnmount), RowOf(kUpdateMount), RowOf(kUpdateUfsMode),
            RowOf(kGetStateLockHolders), RowOf(kNeedsSync), RowOf(kSubmitJob), RowOf(kStopJob), RowOf(kGetJobProgress),
            RowOf(kSyncMetadata), RowOf(kSyncMetadataAsync), RowOf(kGetSyncProgress), RowOf(kCancelSyncMetadata),
            RowOf(kWorkerFileSystemHeartbeat), RowOf(kWorkerGetFileInfo), RowOf(kWorkerGetPinnedFileIds),
            RowOf(kWorkerGetUfsInfo), RowOf(kGetConfiguration), RowOf(kSetPathConfiguration),
            RowOf(kRemovePathConfiguration), RowOf(kGetConfigHash), RowOf(kUpdateConfiguration), RowOf(kBackup),
            RowOf(kGetBackupStatus), RowOf(kGetConfigReport), RowOf(kGetMasterInfo), RowOf(kCheckpoint),
            RowOf(kListProxyStatus), RowOf(kClearMetrics), RowOf(kMetricsHeartbeat), RowOf(kGetMetrics),
            RowOf(kAsyncCache), RowOf(kCache), RowOf(kLoad), RowOf(kRemoveBlock), RowOf(kMoveBlock),
            RowOf(kClearWorkerMetrics), RowOf(kFreeWorker)}) {
    SCOPED_TRACE(row.path);
    EXPECT_TRUE(seen.insert(row.path).second);
    services.insert(row.path.substr(0, row.path.rfind('/')));
    ASSERT_TRUE(table.contains(row.path));
    EXPECT_EQ(table[row.path], std::make_pair(row.types, row.streaming));
  }
  for (const auto& [path, facts] : table) {
    const bool ours = services.contains(path.substr(0, path.rfind('/')));
    EXPECT_TRUE(!ours || facts.second == "bidi" || seen.contains(path)) << path;
  }
  const std::string native = "/" + native::CommitBlockRequest::descriptor()->file()->package() + ".NativeMasterService/";
  EXPECT_EQ(kNativeCommitBlock.path, native + "CommitBlock");
  EXPECT_EQ(kGetReadAccess.path, native + "GetReadAccess");
  EXPECT_EQ(std::string(kPersistFile.path), "/" + native::PersistFileRequest::descriptor()->file()->package() +
                                                ".NativeWorkerService/PersistFile");
}

// --------------------------------------------------------------- the calls

class FakeMaster final : public FileSystemMasterClientService::WithRawCallbackMethod_ListStatus<
                             FileSystemMasterClientService::CallbackService> {
 public:
  explicit FakeMaster(rpc::CallEnv env) : env_(env) {}

  ::grpc::ServerUnaryReactor* Exists(::grpc::CallbackServerContext* context, const ExistsPRequest* request,
                                     ExistsPResponse* response) override {
    return rpc::ServeUnary(
        env_, "Exists", context, request, response,
        [this](const rpc::Caller& caller, const ExistsPRequest& q, rpc::Reply<ExistsPResponse> reply) {
          ++calls_;
          if (hold_) {
            held_reply_ = std::move(reply);
            return held_.Notify();
          }
          if (failures_ > 0) {
            --failures_;
            return reply(absl::Status(code_, "not now"));
          }
          ExistsPResponse r;
          r.set_exists(q.path() == "/" + caller.user);
          reply(r);
        });
  }
  rpc::StreamReactor* ListStatus(::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request) override {
    return rpc::ServeStream<ListStatusPRequest>(
        env_, "ListStatus", context, *request,
        [this](const rpc::Caller&, const ListStatusPRequest& q, std::unique_ptr<rpc::Outlet> outlet) {
          ++calls_;
          if (q.path() == "/early" && calls_ < 3) return outlet->End(absl::UnavailableError("early"));
          Send(std::move(outlet), q.path() == "/late", 0);
        });
  }
  static void Send(std::shared_ptr<rpc::Outlet> outlet, bool late, int count) {
    if (count == 3) return outlet->End(late ? absl::UnavailableError("late") : absl::OkStatus());
    ListStatusPResponse m;
    m.add_fileinfos()->set_fileid(count);
    outlet->Write(m.SerializeAsString(), [outlet, late, count](bool alive) { Send(outlet, late, alive ? count + 1 : 3); });
  }

  std::atomic<int> calls_{0};
  std::atomic<int> failures_{0};
  absl::StatusCode code_ = absl::StatusCode::kUnavailable;
  // Keeps the next call of Exists unanswered until the end.
  bool hold_ = false;
  Notification held_;
  rpc::Reply<ExistsPResponse> held_reply_;

 private:
  const rpc::CallEnv env_;
};

// Acknowledges each message of a registration; ends OK after the half-close.
class FakeRegistrar final : public grpc::block::BlockMasterWorkerService::CallbackService {
 public:
  ::grpc::ServerBidiReactor<RegisterWorkerPRequest, RegisterWorkerPResponse>* RegisterWorkerStream(
      ::grpc::CallbackServerContext*) override {
    struct Reactor final : ::grpc::ServerBidiReactor<RegisterWorkerPRequest, RegisterWorkerPResponse> {
      explicit Reactor(FakeRegistrar* owner) : owner(owner) { StartRead(&request); }
      void OnReadDone(bool ok) override {
        if (!ok) return Finish(::grpc::Status::OK);
        owner->workers.push_back(request.workerid());
        if (request.workerid() == -1) return Finish({::grpc::StatusCode::NOT_FOUND, "no such worker"});
        StartWrite(&response);
      }
      void OnWriteDone(bool ok) override {
        if (ok) StartRead(&request);
      }
      void OnDone() override { delete this; }
      FakeRegistrar* owner;
      RegisterWorkerPRequest request;
      RegisterWorkerPResponse response;
    };
    return new Reactor(this);
  }
  std::vector<int64_t> workers;
};

struct Server {
  explicit Server(bool leads = true) {
    rpc::ServerOptions options;
    options.host = "127.0.0.1";
    if (leads) {
      options.services = {&master, &registrar};
      options.service_types = {grpc::version::META_MASTER_CLIENT_SERVICE};
    }
    options.sessions = &sessions;
    auto started = rpc::RpcServer::Start(std::move(options));
    EXPECT_THAT(started, IsOk());
    server = *std::move(started);
  }
  ~Server() {
    if (master.held_reply_) master.held_reply_(ExistsPResponse());
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(server->port()); }

  rpc::SessionRegistry sessions;
  FakeMaster master{rpc::CallEnv{&sessions, nullptr}};
  FakeRegistrar registrar;
  std::unique_ptr<rpc::RpcServer> server;
};

class StubTest : public ::testing::Test {
 protected:
  MasterStubOptions Options(std::vector<std::string> addresses) {
    MasterStubOptions options;
    options.addresses = std::move(addresses);
    options.channel.user = "alice";
    options.clock = &clock_;
    return options;
  }
  static ExistsPRequest Path(const std::string& path) {
    ExistsPRequest request;
    request.set_path(path);
    return request;
  }
  FakeClock clock_;
};

TEST_F(StubTest, RepeatsWhatTheOriginalRepeats) {
  Server server;
  MasterStub stub(Options({server.address()}));
  for (const auto code : {absl::StatusCode::kUnavailable, absl::StatusCode::kCancelled}) {
    server.master.calls_ = 0;
    server.master.code_ = code;
    server.master.failures_ = 3;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, stub.Call(kExists, Path("/alice")));
    EXPECT_TRUE(response.exists());
    EXPECT_EQ(server.master.calls_, 4);
  }
  for (const auto code : {absl::StatusCode::kNotFound, absl::StatusCode::kInternal}) {
    server.master.calls_ = 0;
    server.master.code_ = code;
    server.master.failures_ = 1;
    EXPECT_THAT(stub.Call(kExists, Path("/alice")), StatusIs(code, std::string("not now")));
    EXPECT_EQ(server.master.calls_, 1);
  }
}

TEST_F(StubTest, GivesUpWhenTheTimeIsOver) {
  std::string nobody;
  {
    Server server;
    nobody = server.address();
  }
  MasterStub stub(Options({nobody}));
  const absl::Time start = clock_.Now();
  EXPECT_THAT(stub.Call(kExists, Path("/")),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("Failed to connect to master (" + nobody + ") after"),
                             HasSubstr("Please check if Alluxio master is currently running on \"" + nobody + "\""))));
  EXPECT_EQ(clock_.Now() - start, absl::Minutes(2));
}

// A master that is there isn't to blame for what it can't reach itself.
TEST_F(StubTest, WhatTheMasterAnswersToTheEndIsPassedOn) {
  Server server;
  MasterStub stub(Options({server.address()}));
  server.master.failures_ = 1'000'000;
  EXPECT_THAT(stub.Call(kExists, Path("/")),
              StatusIs(absl::StatusCode::kUnavailable,
                       ::testing::MatchesRegex("Failed after [0-9]+ attempts in 2m: not now")));
}

TEST_F(StubTest, SessionLostByTheServerIsRenewed) {
  Server server;
  MasterStub stub(Options({server.address()}));
  ALLUXIO_ASSERT_OK(stub.Call(kExists, Path("/")).status());
  server.master.code_ = absl::StatusCode::kUnauthenticated;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto channel, stub.LeaderChannel());
  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string id, channel->PrepareContext(&context));
  EXPECT_FALSE(server.sessions.Register(id, "eve").ok());  // drops it
  EXPECT_THAT(stub.Call(kExists, Path("/")), IsOk());
}

TEST_F(StubTest, WhatRepeatingCannotHealIsFinal) {
  Server server;
  MasterStub stub(Options({server.address()}));
  const absl::Time start = clock_.Now();
  EXPECT_THAT(stub.Call(kRename, RenamePRequest()), StatusIs(absl::StatusCode::kUnimplemented));
  MasterStubOptions options = Options({server.address()});
  options.channel.impersonated_user = "bob";
  MasterStub impersonating(options);
  EXPECT_THAT(impersonating.Call(kExists, Path("/")),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("impersonationUser=\"bob\"")));
  EXPECT_EQ(clock_.Now(), start);
}

TEST_F(StubTest, FindsTheLeaderAmongSeveral) {
  Server standby(false);
  std::string dead;
  {
    Server server;
    dead = server.address();
  }
  Server leader;
  MasterStub stub(Options({dead, standby.address(), leader.address()}));
  EXPECT_THAT(stub.Call(kExists, Path("/")), IsOk());
  EXPECT_THAT(stub.LeaderAddress(), test::IsOkAndHolds(leader.address()));
}

TEST_F(StubTest, AsynchronousCallAnswersElsewhere) {
  Server server;
  MasterStub stub(Options({server.address()}));
  Notification done;
  absl::StatusOr<ExistsPResponse> result;
  stub.CallAsync(kExists, Path("/alice"), [&](absl::StatusOr<ExistsPResponse> r) {
    result = std::move(r);
    done.Notify();
  });
  done.Wait();
  ALLUXIO_ASSERT_OK(result.status());
  EXPECT_TRUE(result->exists());
}

TEST_F(StubTest, AGroupOfCallsIsGivenUpTogether) {
  Server server;
  server.master.hold_ = true;
  MasterStub stub(Options({server.address()}));
  CallGroup group;
  Notification done;
  absl::Status result;
  stub.CallAsync(
      kExists, Path("/alice"),
      [&](absl::StatusOr<ExistsPResponse> r) {
        result = r.status();
        done.Notify();
      },
      {.group = &group});
  server.master.held_.Wait();
  group.Cancel();
  done.Wait();
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kCancelled));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto channel, stub.LeaderChannel());
  EXPECT_THAT(CallOnce(*channel, kExists, Path("/alice"), {.group = &group}), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(StubTest, StreamIsRepeatedOnlyBeforeItsFirstMessage) {
  for (const auto& [path, want_calls, want] :
       {std::tuple{"/early", 3, absl::StatusCode::kOk}, std::tuple{"/late", 1, absl::StatusCode::kUnavailable}}) {
    SCOPED_TRACE(path);
    Server server;
    MasterStub stub(Options({server.address()}));
    ListStatusPRequest request;
    request.set_path(path);
    std::vector<int64_t> ids;
    const absl::Status status = stub.Stream(kListStatus, request, [&](ListStatusPResponse& m) {
      ids.push_back(m.fileinfos(0).fileid());
      return true;
    });
    EXPECT_THAT(status, StatusIs(want));
    EXPECT_THAT(ids, ElementsAre(0, 1, 2));
    EXPECT_EQ(server.master.calls_, want_calls);
  }
}

TEST_F(StubTest, StreamCanBeCutShort) {
  Server server;
  MasterStub stub(Options({server.address()}));
  EXPECT_THAT(stub.Stream(kListStatus, ListStatusPRequest(), [](ListStatusPResponse&) { return false; }), IsOk());
}

TEST_F(StubTest, RegistersAWorkerMessageByMessage) {
  Server server;
  MasterStub stub(Options({server.address()}));
  int64_t id = 0;
  EXPECT_THAT(RegisterWorkerStream(
                  stub,
                  [&](RegisterWorkerPRequest* request) {
                    request->set_workerid(++id);
                    return id <= 5;
                  },
                  absl::InfiniteFuture()),
              IsOk());
  EXPECT_THAT(server.registrar.workers, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(RegisterWorkerStream(
                  stub,
                  [&](RegisterWorkerPRequest* request) {
                    request->set_workerid(-1);
                    return true;
                  },
                  absl::InfiniteFuture()),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace alluxio::stub
