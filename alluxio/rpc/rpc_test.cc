// Goal: what PROTOCOL.md sections 3 to 6 ask of a server and of a channel.
// Method: a real server and real channels over loopback and Unix sockets.
#include <grpcpp/grpcpp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "alluxio/base/executor.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/status_conversion.h"
#include "alluxio/rpc/stream.h"
#include "alluxio/rpc/unary.h"
#include "grpc/file_system_master.grpc.pb.h"
#include "grpc/sasl_server.grpc.pb.h"
#include "grpc/version.grpc.pb.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using namespace alluxio::grpc::file;  // NOLINT
using FsService = FileSystemMasterClientService;

constexpr char kId[] = "11111111-2222-4333-8444-555555555555";
constexpr char kExists[] = "alluxio.grpc.file.FileSystemMasterClientService/Exists";
constexpr char kGetStatus[] = "alluxio.grpc.file.FileSystemMasterClientService/GetStatus";
constexpr char kListStatus[] = "alluxio.grpc.file.FileSystemMasterClientService/ListStatus";

// Exists: answered from another thread, true for the caller's own name.
// GetStatus: loses its reply. ListStatus: streams until told to stop.
class TestService final : public FsService::WithRawCallbackMethod_ListStatus<FsService::CallbackService> {
 public:
  explicit TestService(CallEnv env) : env_(env) {}

  ::grpc::ServerUnaryReactor* Exists(::grpc::CallbackServerContext* context, const ExistsPRequest* request,
                                     ExistsPResponse* response) override {
    return ServeUnary(env_, kExists, context, request, response,
                      [this](const Caller& caller, const ExistsPRequest& q, Reply<ExistsPResponse> reply) {
                        auto shared = std::make_shared<Reply<ExistsPResponse>>(std::move(reply));
                        pool_.Submit([shared, user = caller.user, path = q.path()] {
                          if (path == "/long") return (*shared)(absl::NotFoundError(std::string(100'000, 'x')));
                          ExistsPResponse r;
                          r.set_exists(path == "/" + user);
                          (*shared)(r);
                        });
                      });
  }
  ::grpc::ServerUnaryReactor* GetStatus(::grpc::CallbackServerContext* context, const GetStatusPRequest* request,
                                        GetStatusPResponse* response) override {
    return ServeUnary(env_, kGetStatus, context, request, response,
                      [](const Caller&, const GetStatusPRequest&, Reply<GetStatusPResponse>) {});
  }
  StreamReactor* ListStatus(::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request) override {
    return ServeStream<ListStatusPRequest>(
        env_, kListStatus, context, *request,
        [this](const Caller&, const ListStatusPRequest& q, std::unique_ptr<Outlet> outlet) {
          if (q.path() == "/dropped") return;
          auto list = std::make_shared<List>(List{std::move(outlet), q.path() == "/endless"});
          pool_.Submit([this, list] { Send(list); });
        });
  }
  struct List {
    std::unique_ptr<Outlet> outlet;
    bool endless = false;
    int count = 0;
  };
  void Send(std::shared_ptr<List> list) {
    if (!list->endless && list->count == 50) return list->outlet->End(absl::NotFoundError("at the end"));
    ListStatusPResponse message;
    message.add_fileinfos()->set_name(std::string(10'000, 'n'));
    message.mutable_fileinfos(0)->set_fileid(list->count++);
    list->outlet->Write(message.SerializeAsString(), [this, list](bool alive) {
      if (alive) {
        ++sent_;
        pool_.Submit([this, list] { Send(list); });
      } else {
        list->outlet->End(absl::CancelledError("the peer has gone"));
        stopped_.Notify();
      }
    });
  }

  std::atomic<int> sent_{0};
  Notification stopped_;

 private:
  const CallEnv env_;
  ThreadPool pool_{{.name = "test", .threads = 2}};
};

struct Observed final : CallObserver {
  void Finished(absl::string_view method, const Caller& caller, const absl::Status& status, absl::Duration) override {
    MutexLock lock(&mutex);
    lines.push_back(absl::StrCat(method, " ", caller.user, " ", static_cast<int>(status.code())));
  }
  Mutex mutex;
  std::vector<std::string> lines;
};

// A short path: socket names are limited to 107 bytes, which TEST_TMPDIR exceeds.
std::string TempPath(const std::string& name) {
  static const struct Folder {
    Folder() : path(mkdtemp(name)) {}
    ~Folder() { std::filesystem::remove_all(path); }
    char name[32] = "/tmp/alluxio.XXXXXX";
    std::string path;
  } folder;
  return folder.path + "/" + name;
}

struct Cluster {
  explicit Cluster(AuthenticationType type = AuthenticationType::kSimple, std::vector<std::string> unix_paths = {})
      : env{type == AuthenticationType::kSimple ? &sessions : nullptr, &observed}, service(env) {
    ServerOptions options;
    options.host = "127.0.0.1";
    options.unix_paths = std::move(unix_paths);
    options.services = {&service};
    options.service_types = {grpc::version::FILE_SYSTEM_MASTER_CLIENT_SERVICE};
    options.authentication = type;
    options.sessions = &sessions;
    auto started = RpcServer::Start(std::move(options));
    EXPECT_THAT(started, IsOk());
    server = *std::move(started);
  }
  std::string target() const { return "127.0.0.1:" + std::to_string(server->port()); }
  std::shared_ptr<AuthenticatedChannel> Channel(AuthenticationType type = AuthenticationType::kSimple,
                                                std::string target_override = "") const {
    ChannelOptions options;
    options.target = target_override.empty() ? target() : target_override;
    options.authentication = type;
    options.user = "alice";
    return AuthenticatedChannel::Create(options);
  }

  SessionRegistry sessions;
  Observed observed;
  CallEnv env;
  TestService service;
  std::unique_ptr<RpcServer> server;
};

absl::StatusOr<bool> Exists(AuthenticatedChannel& channel, const std::string& path) {
  ::grpc::ClientContext context;
  const auto id = channel.PrepareContext(&context);
  if (!id.ok()) return id.status();
  ExistsPRequest request;
  request.set_path(path);
  ExistsPResponse response;
  const absl::Status status = FromGrpc(FsService::NewStub(channel.channel())->Exists(&context, request, &response));
  channel.Observe(*id, status);
  if (!status.ok()) return status;
  return response.exists();
}

// One hand-made authentication stream.
struct RawStream {
  explicit RawStream(const std::shared_ptr<::grpc::Channel>& channel)
      : stub(grpc::sasl::SaslAuthenticationService::NewStub(channel)), stream(stub->authenticate(&context)) {}
  bool Send(const grpc::sasl::SaslMessage& message, grpc::sasl::SaslMessage* answer) {
    return stream->Write(message) && stream->Read(answer);
  }
  std::unique_ptr<grpc::sasl::SaslAuthenticationService::Stub> stub;
  ::grpc::ClientContext context;
  std::unique_ptr<::grpc::ClientReaderWriter<grpc::sasl::SaslMessage, grpc::sasl::SaslMessage>> stream;
};

grpc::sasl::SaslMessage Challenge(const std::string& id, const std::string& plain) {
  grpc::sasl::SaslMessage m;
  m.set_messagetype(grpc::sasl::CHALLENGE);
  m.set_authenticationscheme(grpc::sasl::SIMPLE);
  m.set_clientid(id);
  m.set_message(plain);
  return m;
}

absl::Status RawExists(const std::shared_ptr<::grpc::Channel>& channel, const char* id) {
  ::grpc::ClientContext context;
  if (id) context.AddMetadata("channel-id", id);
  ExistsPResponse response;
  return FromGrpc(FsService::NewStub(channel)->Exists(&context, ExistsPRequest(), &response));
}

TEST(SaslTest, SuccessIsTwoBytesAndTheStreamIsTheSession) {
  Cluster cluster;
  const auto channel = PlainChannel({.target = cluster.target()});
  RawStream raw(channel);
  grpc::sasl::SaslMessage answer;
  ASSERT_TRUE(raw.Send(Challenge(kId, PlainMessage("", "bob", "noPassword")), &answer));
  EXPECT_EQ(answer.SerializeAsString(), std::string("\x08\x01"));
  // Another connection may use the id while the stream lives.
  const auto other = PlainChannel({.target = cluster.target(), .connection_index = 1});
  EXPECT_THAT(RawExists(other, kId), IsOk());
  raw.stream->WritesDone();
  EXPECT_TRUE(raw.stream->Finish().ok());
  EXPECT_THAT(RawExists(other, kId),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       std::string("Channel: ") + kId + " is not authenticated for call: " + kExists));
  EXPECT_THAT(RawExists(other, nullptr), StatusIs(absl::StatusCode::kUnauthenticated,
                                                  std::string("Channel Id is missing for call: ") + kExists + "."));
  EXPECT_THAT(RawExists(other, "nonsense"), StatusIs(absl::StatusCode::kUnknown, std::string()));
}

TEST(SaslTest, ErrorsEndTheStream) {
  Cluster cluster;
  const auto channel = PlainChannel({.target = cluster.target()});
  const std::string good = PlainMessage("", "bob", "noPassword");
  auto no_scheme = Challenge(kId, good);
  no_scheme.clear_authenticationscheme();
  auto nosasl = Challenge(kId, good);
  nosasl.set_authenticationscheme(grpc::sasl::NOSASL);
  auto success = Challenge(kId, good);
  success.set_messagetype(grpc::sasl::SUCCESS);
  struct Case {
    const char* name;
    grpc::sasl::SaslMessage message;
    absl::StatusCode want;
    const char* text;
  };
  const Case cases[] = {
      {"no password", Challenge(kId, PlainMessage("", "bob", "")), absl::StatusCode::kUnauthenticated,
       "Plain authentication failed: "},
      {"no user", Challenge(kId, PlainMessage("", "", "x")), absl::StatusCode::kUnauthenticated,
       "Plain authentication failed: "},
      {"two parts", Challenge(kId, "bob"), absl::StatusCode::kUnauthenticated, "Plain authentication failed: "},
      {"impersonation", Challenge(kId, PlainMessage("eve", "bob", "x")), absl::StatusCode::kUnauthenticated,
       "impersonationUser=\"eve\""},
      {"scheme absent", no_scheme, absl::StatusCode::kUnauthenticated, ""},
      {"scheme NOSASL", nosasl, absl::StatusCode::kUnauthenticated, ""},
      {"type SUCCESS", success, absl::StatusCode::kUnauthenticated, ""},
      {"no UUID", Challenge("me", good), absl::StatusCode::kInternal, "me"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    RawStream raw(channel);
    grpc::sasl::SaslMessage answer;
    EXPECT_FALSE(raw.Send(c.message, &answer));
    EXPECT_THAT(FromGrpc(raw.stream->Finish()), StatusIs(c.want, HasSubstr(c.text)));
    EXPECT_EQ(cluster.sessions.size(), 0u);
  }
}

TEST(SaslTest, RepeatedIdVoidsBothAndCustomIsTakenAsSimple) {
  Cluster cluster;
  const auto channel = PlainChannel({.target = cluster.target()});
  auto message = Challenge(kId, PlainMessage("", "bob", "noPassword"));
  message.set_authenticationscheme(grpc::sasl::CUSTOM);
  RawStream first(channel);
  RawStream second(channel);
  grpc::sasl::SaslMessage answer;
  ASSERT_TRUE(first.Send(message, &answer));
  EXPECT_FALSE(second.Send(message, &answer));
  EXPECT_THAT(FromGrpc(second.stream->Finish()), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(RawExists(channel, kId), StatusIs(absl::StatusCode::kUnauthenticated));
  first.stream->WritesDone();
  EXPECT_TRUE(first.stream->Finish().ok());
}

TEST(SaslTest, CancelledStreamIsForgotten) {
  Cluster cluster;
  const auto channel = PlainChannel({.target = cluster.target()});
  RawStream raw(channel);
  grpc::sasl::SaslMessage answer;
  ASSERT_TRUE(raw.Send(Challenge(kId, PlainMessage("", "bob", "noPassword")), &answer));
  raw.context.TryCancel();
  raw.stream->Finish();
  // The server learns of it a moment later; each call asks it.
  while (RawExists(channel, kId).ok()) std::this_thread::yield();
  EXPECT_THAT(RawExists(channel, kId), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(VersionTest, AnswersWithoutAuthentication) {
  Cluster cluster;
  const auto stub = grpc::version::ServiceVersionClientService::NewStub(PlainChannel({.target = cluster.target()}));
  const auto ask = [&](std::optional<grpc::version::ServiceType> type) -> absl::StatusOr<int64_t> {
    ::grpc::ClientContext context;
    grpc::version::GetServiceVersionPRequest request;
    if (type) request.set_servicetype(*type);
    grpc::version::GetServiceVersionPResponse response;
    const absl::Status status = FromGrpc(stub->getServiceVersion(&context, request, &response));
    if (!status.ok()) return status;
    return response.version();
  };
  EXPECT_THAT(ask(grpc::version::FILE_SYSTEM_MASTER_CLIENT_SERVICE), IsOkAndHolds(2));
  EXPECT_THAT(ask(grpc::version::META_MASTER_BACKUP_MESSAGING_SERVICE), IsOkAndHolds(-1));
  EXPECT_THAT(ask(std::nullopt), IsOkAndHolds(-1));
  EXPECT_THAT(ask(grpc::version::JOB_MASTER_CLIENT_SERVICE),
              StatusIs(absl::StatusCode::kNotFound, std::string("Service JOB_MASTER_CLIENT_SERVICE is not found.")));
}

TEST(ChannelTest, CallsAsItsUserOverTcpAndUnixSocket) {
  const std::string path = TempPath("deep/er/s.sock");
  Cluster cluster(AuthenticationType::kSimple, {path});
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0777u);
  for (const std::string& target : {std::string(), "unix:" + path}) {
    SCOPED_TRACE(target);
    const auto channel = cluster.Channel(AuthenticationType::kSimple, target);
    EXPECT_THAT(Exists(*channel, "/alice"), IsOkAndHolds(true));
    EXPECT_THAT(Exists(*channel, "/bob"), IsOkAndHolds(false));
  }
  {
    MutexLock lock(&cluster.observed.mutex);
    EXPECT_EQ(cluster.observed.lines.at(0), absl::StrCat(kExists, " alice 0"));
  }
  cluster.server->Stop(absl::Seconds(5));
  EXPECT_NE(stat(path.c_str(), &info), 0);
}

TEST(ChannelTest, AuthenticatesAnewWhenItsSessionIsLost) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string id, channel->PrepareContext(&context));
  // A second registration of the same id makes the server forget the first.
  EXPECT_THAT(cluster.sessions.Register(id, "x"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Exists(*channel, "/alice"), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Exists(*channel, "/alice"), IsOkAndHolds(true));
}

TEST(ChannelTest, SurvivesARestartOfTheServer) {
  const std::string path = TempPath("r.sock");
  auto cluster = std::make_unique<Cluster>(AuthenticationType::kSimple, std::vector{path});
  const auto channel = cluster->Channel(AuthenticationType::kSimple, "unix:" + path);
  EXPECT_THAT(Exists(*channel, "/alice"), IsOkAndHolds(true));
  cluster.reset();
  EXPECT_THAT(Exists(*channel, "/alice"), StatusIs(absl::StatusCode::kUnavailable));
  Cluster again(AuthenticationType::kSimple, {path});
  // gRPC waits a moment before it connects again.
  absl::StatusOr<bool> result = absl::UnavailableError("");
  while (absl::IsUnavailable(result.status())) result = Exists(*channel, "/alice");
  EXPECT_THAT(result, IsOkAndHolds(true));
}

TEST(ChannelTest, NoSaslHasNoUserAndSimpleClientsAreTold) {
  Cluster cluster(AuthenticationType::kNoSasl);
  EXPECT_THAT(Exists(*cluster.Channel(AuthenticationType::kNoSasl), "/"), IsOkAndHolds(true));
  EXPECT_THAT(Exists(*cluster.Channel(), "/"),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("Authentication is disabled on target server")));
}

TEST(ChannelTest, NobodyThere) {
  const auto channel = AuthenticatedChannel::Create({.target = "unix:" + TempPath("nobody"), .user = "alice"});
  EXPECT_THAT(Exists(*channel, "/"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(UnaryTest, ErrorTextsAreCutAndLostRepliesAnswered) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  const auto result = Exists(*channel, "/long");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(result.status().message().size(), kMaxErrorText);

  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK(channel->PrepareContext(&context).status());
  GetStatusPResponse response;
  const auto status = FsService::NewStub(channel->channel())->GetStatus(&context, GetStatusPRequest(), &response);
  EXPECT_THAT(FromGrpc(status), StatusIs(absl::StatusCode::kInternal));
}

TEST(UnaryTest, UnbuiltMethodIsUnimplemented) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK(channel->PrepareContext(&context).status());
  RenamePResponse response;
  const auto status = FsService::NewStub(channel->channel())->Rename(&context, RenamePRequest(), &response);
  EXPECT_THAT(FromGrpc(status), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(StreamTest, DeliversAllMessagesThenTheStatus) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK(channel->PrepareContext(&context).status());
  const auto reader = FsService::NewStub(channel->channel())->ListStatus(&context, ListStatusPRequest());
  ListStatusPResponse message;
  int count = 0;
  while (reader->Read(&message)) EXPECT_EQ(message.fileinfos(0).fileid(), count++);
  EXPECT_EQ(count, 50);
  EXPECT_THAT(FromGrpc(reader->Finish()), StatusIs(absl::StatusCode::kNotFound, std::string("at the end")));
}

TEST(StreamTest, WaitsForASlowReaderAndNoticesThatItHasGone) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK(channel->PrepareContext(&context).status());
  ListStatusPRequest request;
  request.set_path("/endless");
  const auto reader = FsService::NewStub(channel->channel())->ListStatus(&context, request);
  ListStatusPResponse message;
  ASSERT_TRUE(reader->Read(&message));
  context.TryCancel();
  cluster.service.stopped_.Wait();
  EXPECT_THAT(FromGrpc(reader->Finish()), StatusIs(absl::StatusCode::kCancelled));
  // Windows and buffers hold some; an unbounded queue would hold far more.
  EXPECT_LT(cluster.service.sent_.load(), 10'000);
}

TEST(StreamTest, ALostEndIsAnswered) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  ::grpc::ClientContext context;
  ALLUXIO_ASSERT_OK(channel->PrepareContext(&context).status());
  ListStatusPRequest request;
  request.set_path("/dropped");
  const auto reader = FsService::NewStub(channel->channel())->ListStatus(&context, request);
  ListStatusPResponse message;
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_THAT(FromGrpc(reader->Finish()), StatusIs(absl::StatusCode::kInternal));
}

TEST(StreamTest, NeedsAuthenticationToo) {
  Cluster cluster;
  ::grpc::ClientContext context;
  const auto reader =
      FsService::NewStub(PlainChannel({.target = cluster.target()}))->ListStatus(&context, ListStatusPRequest());
  ListStatusPResponse message;
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_THAT(FromGrpc(reader->Finish()), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("missing")));
}

TEST(ServerTest, PortInUseIsSaidClearly) {
  Cluster cluster;
  SessionRegistry sessions;
  const auto second =
      RpcServer::Start({.host = "127.0.0.1", .port = cluster.server->port(), .sessions = &sessions});
  EXPECT_THAT(second.status(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                        AllOf(HasSubstr(absl::StrCat("port ", cluster.server->port())),
                                              HasSubstr("in use"), HasSubstr("set alluxio.master.rpc.port"))));
}

TEST(ServerTest, SocketInUseAndBadSocketsAreRefusedStaleOnesReplaced) {
  const std::string path = TempPath("u.sock");
  Cluster cluster(AuthenticationType::kSimple, {path});
  SessionRegistry sessions;
  const auto start = [&](const std::string& p) {
    return RpcServer::Start({.host = "127.0.0.1", .unix_paths = {p}, .sessions = &sessions}).status();
  };
  EXPECT_THAT(start(path), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use")));
  EXPECT_THAT(start("relative"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(start("/" + std::string(200, 'a')), StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string file = TempPath("file");
  std::fclose(std::fopen(file.c_str(), "w"));
  EXPECT_THAT(start(file), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is not a socket")));

  const std::string stale = TempPath("stale.sock");
  {
    // A socket that was bound and never removed.
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    stale.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    close(fd);
  }
  EXPECT_THAT(start(stale), IsOk());
}

TEST(ServerTest, StopEndsAuthenticationStreamsAtOnce) {
  Cluster cluster;
  const auto channel = cluster.Channel();
  EXPECT_THAT(Exists(*channel, "/alice"), IsOkAndHolds(true));
  // Were the open stream waited for, this would take the hour of grace.
  cluster.server->Stop(absl::Hours(1));
  EXPECT_EQ(cluster.sessions.size(), 0u);
  EXPECT_THAT(Exists(*channel, "/alice"), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace alluxio::rpc
