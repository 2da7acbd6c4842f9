#include "alluxio/rpc/channel.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <ctime>
#include <optional>
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

constexpr absl::Duration kReconnectWait = absl::Milliseconds(100);
constexpr absl::Duration kLookInterval = absl::Milliseconds(10);

// One authentication stream: one operation of it is under way at any time.
//
// On a queue of its own that only callers poll, not by gRPC's callbacks: those have
// threads that always wait for the sockets of the whole process, so that the answer to
// each blocking call would wake one of them first, and the caller after it.
class Session final {
 public:
  Session(const std::shared_ptr<::grpc::Channel>& channel, const ChannelOptions& options)
      : target_(options.target),
        channel_id_(Random::System()->NextUuid()),
        stub_(SaslAuthenticationService::NewStub(channel)) {
    SaslMessage request;
    request.set_messagetype(grpc::sasl::CHALLENGE);
    request.set_authenticationscheme(grpc::sasl::SIMPLE);
    request.set_clientid(channel_id_);
    request.set_channelref(absl::StrCat(options.target, " ", channel_id_));
    request.set_message(PlainMessage(options.impersonated_user, options.user, "noPassword"));
    context_.set_initial_metadata_corked(true);  // it leaves with the request
    stream_ = stub_->PrepareAsyncauthenticate(&context_, &queue_);
    stream_->StartCall(nullptr);
    stream_->Write(request, this);
  }
  // The server forgets the session. Waits for what is under way to be given up, not
  // for the server.
  ~Session() {
    context_.TryCancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::string& channel_id() const { return channel_id_; }

  // OK once the server has said SUCCESS, as long as the stream lives.
  absl::Status WaitUntilReady(absl::Time deadline) {
    while (true) {
      {
        MutexLock lock(&mutex_);
        absl::Duration left = deadline - absl::Now();
        while (polling_ && state_ == State::kPending && left > absl::ZeroDuration()) {
          changed_.WaitWithTimeout(&mutex_, left);
          left = deadline - absl::Now();
        }
        if (state_ == State::kReady) return absl::OkStatus();
        if (state_ == State::kEnded) return End();
        if (left <= absl::ZeroDuration()) {
          return absl::DeadlineExceededError(
              absl::StrCat("no answer to the authentication at ", target_, " in time: is it an Alluxio server?"));
        }
        polling_ = true;
      }
      Poll(ToTimespec(deadline));
    }
  }

  // Looks at what has arrived, and doesn't wait. In a row of calls not before each: they see for themselves.
  bool ended() {
    {
      MutexLock lock(&mutex_);
      const absl::Time now = absl::Now();
      if (polling_ || state_ == State::kEnded || now < looked_ + kLookInterval) return state_ == State::kEnded;
      polling_ = true;
      looked_ = now;
    }
    Poll(::gpr_inf_past(GPR_CLOCK_REALTIME));
    MutexLock lock(&mutex_);
    return state_ == State::kEnded;
  }

 private:
  enum class State { kPending, kReady, kEnded };
  enum class Step { kWrite, kRead, kFinish };

  static ::gpr_timespec ToTimespec(absl::Time time) {
    const timespec t = absl::ToTimespec(time);
    return {t.tv_sec, static_cast<int32_t>(t.tv_nsec), GPR_CLOCK_REALTIME};
  }

  // By one thread at a time, which has set `polling_`: takes what ends until `deadline`,
  // at most until the state changes.
  void Poll(::gpr_timespec deadline) {
    std::optional<State> next;
    void* tag = nullptr;
    bool ok = false;
    while (!next && queue_.AsyncNext(&tag, &ok, deadline) == ::grpc::CompletionQueue::GOT_EVENT) next = Advance(ok);
    MutexLock lock(&mutex_);
    polling_ = false;
    if (next) {
      state_ = *next;
      if (state_ == State::kEnded) error_ = FromGrpc(status_);
    }
    changed_.SignalAll();
  }

  // The operation under way has ended: starts the next one.
  std::optional<State> Advance(bool ok) {
    if (step_ == Step::kFinish) return State::kEnded;
    const bool success = step_ == Step::kRead && ok && answer_.messagetype() == grpc::sasl::SUCCESS;
    if (ok) {
      step_ = Step::kRead;
      stream_->Read(&answer_, this);
    } else {
      step_ = Step::kFinish;
      stream_->Finish(&status_, this);
    }
    return success ? std::optional(State::kReady) : std::nullopt;
  }

  // Why it has ended.
  absl::Status End() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (error_.code() == absl::StatusCode::kUnimplemented) {
      return absl::UnauthenticatedError(absl::StrCat("Authentication is disabled on target server: ", target_,
                                                     ". Set alluxio.security.authentication.type=NOSASL"));
    }
    if (error_.ok()) return absl::UnavailableError(absl::StrCat(target_, " closed the authentication: it is stopping"));
    return error_;
  }

  const std::string target_;
  const std::string channel_id_;
  const std::unique_ptr<SaslAuthenticationService::Stub> stub_;
  ::grpc::CompletionQueue queue_;
  ::grpc::ClientContext context_;

  // Of the thread that polls.
  std::unique_ptr<::grpc::ClientAsyncReaderWriter<SaslMessage, SaslMessage>> stream_;
  Step step_ = Step::kWrite;
  SaslMessage answer_;
  ::grpc::Status status_;

  Mutex mutex_;
  CondVar changed_;
  bool polling_ ABSL_GUARDED_BY(mutex_) = false;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kPending;
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

class GrpcChannel final : public AuthenticatedChannel {
 public:
  explicit GrpcChannel(ChannelOptions options) : options_(std::move(options)), channel_(PlainChannel(options_)) {}
  const std::shared_ptr<::grpc::Channel>& channel() const override { return channel_; }
  const ChannelOptions& options() const override { return options_; }

  absl::StatusOr<std::string> PrepareContext(::grpc::ClientContext* context, absl::Time deadline) override {
    Reconnect(deadline);
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

  // A failed channel fails each call at once, so that nobody would be polling for its next attempt to connect.
  void Reconnect(absl::Time deadline) override {
    if (channel_->GetState(false) != GRPC_CHANNEL_TRANSIENT_FAILURE) return;
    ::grpc::experimental::ChannelResetConnectionBackoff(channel_.get());
    channel_->WaitForStateChange(GRPC_CHANNEL_TRANSIENT_FAILURE,
                                 absl::ToChronoTime(std::min(deadline, absl::Now() + kReconnectWait)));
  }

  void Observe(absl::string_view channel_id, const absl::Status& status) override {
    if (status.code() == absl::StatusCode::kUnauthenticated) Drop(channel_id);
  }

 private:
  std::shared_ptr<Session> CurrentSession() {
    std::shared_ptr<Session> session;
    {
      MutexLock lock(&mutex_);
      session = session_;
    }
    if (session && session->ended()) Drop(session->channel_id());
    MutexLock lock(&mutex_);
    if (!session_) session_ = std::make_shared<Session>(channel_, options_);
    return session_;
  }

  void Drop(absl::string_view channel_id) {
    std::shared_ptr<Session> dropped;  // goes after the lock
    MutexLock lock(&mutex_);
    if (session_ && session_->channel_id() == channel_id) dropped = std::move(session_);
  }

  const ChannelOptions options_;
  const std::shared_ptr<::grpc::Channel> channel_;
  Mutex mutex_;
  std::shared_ptr<Session> session_ ABSL_GUARDED_BY(mutex_);
};

int Millis(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1, INT32_MAX));
}

}  // namespace

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

std::shared_ptr<::grpc::Channel> PlainChannel(const ChannelOptions& options) {
  if (options.group == ChannelGroup::kStreaming) KeepCallbackThreads();
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
