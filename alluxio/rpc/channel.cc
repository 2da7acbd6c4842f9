#include "alluxio/rpc/channel.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/rpc/status_conversion.h"
#include "grpc/sasl_server.grpc.pb.h"

namespace alluxio::rpc {
namespace {

using grpc::sasl::SaslAuthenticationService;
using grpc::sasl::SaslMessage;

// One authentication stream. Owns itself until the stream has ended, so that
// whoever drops it needs not wait.
class Session final : public ::grpc::ClientBidiReactor<SaslMessage, SaslMessage> {
 public:
  static std::shared_ptr<Session> Start(const std::shared_ptr<::grpc::Channel>& channel,
                                        const ChannelOptions& options) {
    auto session = std::shared_ptr<Session>(new Session(channel, options));
    session->self_ = session;
    session->stub_->async()->authenticate(&session->context_, session.get());
    session->StartWrite(&session->request_);
    session->StartRead(&session->answer_);
    session->StartCall();
    return session;
  }

  const std::string& channel_id() const { return channel_id_; }

  // OK once the server has said SUCCESS, as long as the stream lives.
  absl::Status WaitUntilReady(absl::Time deadline) {
    MutexLock lock(&mutex_);
    while (state_ == State::kPending) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) {
        return absl::DeadlineExceededError(
            absl::StrCat("no answer to the authentication at ", target_, " in time: is it an Alluxio server?"));
      }
      changed_.WaitWithTimeout(&mutex_, left);
    }
    if (state_ == State::kReady) return absl::OkStatus();
    if (error_.code() == absl::StatusCode::kUnimplemented) {
      return absl::UnauthenticatedError(absl::StrCat("Authentication is disabled on target server: ", target_,
                                                     ". Set alluxio.security.authentication.type=NOSASL"));
    }
    if (error_.ok()) return absl::UnavailableError(absl::StrCat(target_, " closed the authentication: it is stopping"));
    return error_;
  }

  bool ended() const {
    MutexLock lock(&mutex_);
    return state_ == State::kEnded;
  }

  // The server forgets the session; OnDone follows. Thread-safe.
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;  // OnDone brings the status
    MutexLock lock(&mutex_);
    if (answer_.messagetype() == grpc::sasl::SUCCESS && state_ == State::kPending) {
      state_ = State::kReady;
      changed_.SignalAll();
    }
    StartRead(&answer_);
  }

  void OnDone(const ::grpc::Status& status) override {
    std::shared_ptr<Session> self;  // freed after the lock
    MutexLock lock(&mutex_);
    state_ = State::kEnded;
    error_ = FromGrpc(status);
    changed_.SignalAll();
    self = std::move(self_);
    // `lock` is released first: destroyed before `self`.
  }

 private:
  enum class State { kPending, kReady, kEnded };

  Session(const std::shared_ptr<::grpc::Channel>& channel, const ChannelOptions& options)
      : target_(options.target),
        channel_id_(Random::System()->NextUuid()),
        stub_(SaslAuthenticationService::NewStub(channel)) {
    request_.set_messagetype(grpc::sasl::CHALLENGE);
    request_.set_authenticationscheme(grpc::sasl::SIMPLE);
    request_.set_clientid(channel_id_);
    request_.set_channelref(absl::StrCat(options.target, " ", channel_id_));
    request_.set_message(PlainMessage(options.impersonated_user, options.user, "noPassword"));
  }

  const std::string target_;
  const std::string channel_id_;
  const std::unique_ptr<SaslAuthenticationService::Stub> stub_;
  ::grpc::ClientContext context_;
  SaslMessage request_;
  SaslMessage answer_;
  mutable Mutex mutex_;
  CondVar changed_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kPending;
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Session> self_ ABSL_GUARDED_BY(mutex_);
};

class GrpcChannel final : public AuthenticatedChannel {
 public:
  explicit GrpcChannel(ChannelOptions options) : options_(std::move(options)), channel_(PlainChannel(options_)) {}
  ~GrpcChannel() override {
    if (session_) session_->Cancel();
  }

  const std::shared_ptr<::grpc::Channel>& channel() const override { return channel_; }
  const ChannelOptions& options() const override { return options_; }

  absl::StatusOr<std::string> PrepareContext(::grpc::ClientContext* context, absl::Time deadline) override {
    if (options_.authentication == AuthenticationType::kNoSasl) return std::string();
    const std::shared_ptr<Session> session = CurrentSession();
    const absl::Status ready =
        session->WaitUntilReady(std::min(deadline, absl::Now() + options_.authentication_timeout));
    if (!ready.ok()) {
      Drop(session->channel_id());
      return ready;
    }
    context->AddMetadata("channel-id", session->channel_id());
    return session->channel_id();
  }

  void Observe(absl::string_view channel_id, const absl::Status& status) override {
    if (status.code() == absl::StatusCode::kUnauthenticated) Drop(channel_id);
  }

 private:
  std::shared_ptr<Session> CurrentSession() {
    MutexLock lock(&mutex_);
    if (!session_ || session_->ended()) session_ = Session::Start(channel_, options_);
    return session_;
  }

  void Drop(absl::string_view channel_id) {
    std::shared_ptr<Session> dropped;
    {
      MutexLock lock(&mutex_);
      if (session_ && session_->channel_id() == channel_id) dropped = std::move(session_);
    }
    if (dropped) dropped->Cancel();
  }

  const ChannelOptions options_;
  const std::shared_ptr<::grpc::Channel> channel_;
  Mutex mutex_;
  std::shared_ptr<Session> session_ ABSL_GUARDED_BY(mutex_);
};

int Millis(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1, INT32_MAX));
}

// gRPC joins its callback threads when the last channel or server that uses them
// goes; if that happens in one of these threads (a session's end drops the last
// reference to its channel) the process aborts. One channel that never goes
// keeps the threads: made used by a call that is cancelled before it starts.
void KeepCallbackThreads() {
  struct Keeper {
    std::shared_ptr<::grpc::Channel> channel =
        ::grpc::CreateChannel("unix:/nonexistent", ::grpc::InsecureChannelCredentials());
    ::grpc::ClientContext context;
    SaslMessage unused;
  };
  // volatile: kept in memory, where leak checkers see that it isn't lost.
  static Keeper* volatile keeper = [] {
    auto* k = new Keeper;
    k->context.TryCancel();
    ::grpc::internal::CallbackUnaryCall<SaslMessage, SaslMessage, SaslMessage, SaslMessage>(
        k->channel.get(), ::grpc::internal::RpcMethod("/none", ::grpc::internal::RpcMethod::NORMAL_RPC), &k->context,
        &k->unused, &k->unused, [](const ::grpc::Status&) {});
    return k;
  }();
  (void)keeper;
}

}  // namespace

std::shared_ptr<::grpc::Channel> PlainChannel(const ChannelOptions& options) {
  KeepCallbackThreads();
  ::grpc::ChannelArguments args;
  args.SetMaxReceiveMessageSize(static_cast<int>(std::min<int64_t>(options.max_inbound_message_bytes, INT32_MAX)));
  args.SetMaxSendMessageSize(-1);
  // Direct connections, no lookups beside the address: a first call costs milliseconds.
  args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  args.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // (The "minimum backoff" stays at its 20 s: it is how long a connect may take.)
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 3000);
  if (options.group == ChannelGroup::kRpc) {
    // Faster than 30 s and the original's servers cut the connection.
    args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(std::max(options.keepalive_time, absl::Seconds(30))));
    args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(options.keepalive_timeout));
    args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  } else {
    args.SetInt("grpc.experimental.tcp_read_chunk_size", 1 << 20);
    args.SetInt("grpc.experimental.tcp_min_read_chunk_size", 256 << 10);
    args.SetInt("grpc.experimental.tcp_max_read_chunk_size", 4 << 20);
    args.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 4 << 20);
    args.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
    args.SetInt(GRPC_ARG_HTTP2_WRITE_BUFFER_SIZE, 4 << 20);
  }
  // gRPC shares connections of channels with equal targets and arguments.
  args.SetInt("alluxio.connection_index", options.connection_index);
  return ::grpc::CreateCustomChannel(options.target, ::grpc::InsecureChannelCredentials(), args);
}

std::shared_ptr<AuthenticatedChannel> AuthenticatedChannel::Create(ChannelOptions options) {
  return std::make_shared<GrpcChannel>(std::move(options));
}

}  // namespace alluxio::rpc
