#include "alluxio/stub/master_stub.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/channel.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/rpc/lost_session.h"
#include "grpc/version.pb.h"

namespace alluxio::stub {
namespace {

using rpc::AuthenticatedChannel;

// What the original's polling takes as "not this one, ask the next".
bool IsNotLeader(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsCancelled(status) ||
         absl::IsNotFound(status);
}

// For people: whole seconds, if there are any.
std::string Rounded(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, duration < absl::Seconds(1) ? absl::Milliseconds(1) : absl::Seconds(1)));
}

}  // namespace

struct MasterStub::Impl {
  explicit Impl(MasterStubOptions o) : options(std::move(o)) {}

  std::shared_ptr<AuthenticatedChannel> ChannelTo(const std::string& address) {
    MutexLock lock(&mutex);
    std::shared_ptr<AuthenticatedChannel>& channel = channels[address];
    if (!channel) {
      rpc::ChannelOptions channel_options = options.channel;
      channel_options.target = address;
      channel = AuthenticatedChannel::Create(std::move(channel_options));
    }
    return channel;
  }

  bool Leads(const std::string& address, absl::Status* why) {
    constexpr Method<grpc::version::GetServiceVersionPRequest, grpc::version::GetServiceVersionPResponse> kVersion{
        "/alluxio.grpc.version.ServiceVersionClientService/getServiceVersion", false};
    grpc::version::GetServiceVersionPRequest request;
    request.set_servicetype(grpc::version::META_MASTER_CLIENT_SERVICE);
    *why = CallOnce(*ChannelTo(address), kVersion, request, {.deadline = absl::Now() + options.poll_timeout}).status();
    return why->ok();
  }

  absl::StatusOr<std::string> Leader() {
    if (options.addresses.size() == 1) return options.addresses.front();
    {
      MutexLock lock(&mutex);
      if (!leader.empty()) return leader;
    }
    absl::Status last;
    for (const std::string& address : options.addresses) {
      if (Leads(address, &last)) {
        MutexLock lock(&mutex);
        leader = address;
        return address;
      }
      if (!IsNotLeader(last)) break;
    }
    return absl::UnavailableError(absl::StrCat("None of the masters (", absl::StrJoin(options.addresses, ", "),
                                               ") is the leader: ", last.message()));
  }

  // Forgets who leads, after an error that may mean that it no longer does.
  void LookAgain() {
    MutexLock lock(&mutex);
    leader.clear();
  }

  // Runs `attempt` on the leader's channel until it is done or the time is over.
  absl::Status Retry(const CallOptions& call, absl::FunctionRef<absl::Status(AuthenticatedChannel&)> attempt) {
    rpc::RetryOptions bounds = options.retry;
    if (call.deadline != absl::InfiniteFuture()) {
      bounds.max_duration = std::min(bounds.max_duration, call.deadline - absl::Now());
    }
    rpc::RetryPolicy retry(bounds, options.clock);
    const absl::Time begin = options.clock->Now();
    absl::Status status;
    bool answered = false;
    std::string address = absl::StrJoin(options.addresses, ",");
    while (retry.Attempt()) {
      const auto found = Leader();
      status = found.status();
      answered = false;
      if (found.ok()) {
        address = *found;
        const std::shared_ptr<AuthenticatedChannel> channel = ChannelTo(address);
        status = attempt(*channel);
        if (!rpc::IsRetryable(status) || IsFinal(status)) return status;
        // There is a connection: what can't be had lies behind the master.
        answered = channel->channel()->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY;
        LookAgain();
      }
    }
    if (!absl::IsUnavailable(status)) return status;
    if (answered) {
      return absl::UnavailableError(absl::StrCat("Failed after ", retry.attempts(), " attempts in ",
                                                 Rounded(options.clock->Now() - begin), ": ", status.message()));
    }
    return absl::UnavailableError(absl::StrCat(
        "Failed to connect to master (", address, ") after ", retry.attempts(),
        " attempts. Please check if Alluxio master is currently running on \"", address, "\": ", status.message()));
  }

  // See the class's comment.
  bool IsFinal(const absl::Status& status) const {
    if (absl::IsUnimplemented(status)) return options.addresses.size() == 1;
    return absl::IsUnauthenticated(status) && !rpc::IsLostSession(status);
  }

  const MasterStubOptions options;
  Mutex mutex;
  std::string leader ABSL_GUARDED_BY(mutex);
  std::map<std::string, std::shared_ptr<AuthenticatedChannel>> channels ABSL_GUARDED_BY(mutex);
};

MasterStub::MasterStub(MasterStubOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
MasterStub::~MasterStub() = default;

const MasterStubOptions& MasterStub::options() const { return impl_->options; }

absl::StatusOr<std::string> MasterStub::LeaderAddress() { return impl_->Leader(); }

absl::StatusOr<std::shared_ptr<AuthenticatedChannel>> MasterStub::LeaderChannel() {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string address, impl_->Leader());
  return impl_->ChannelTo(address);
}

absl::Status MasterStub::CallRaw(const char* path, bool authenticated, const MessageLite& request,
                                 MessageLite* response, const CallOptions& options) {
  return impl_->Retry(options, [&](AuthenticatedChannel& channel) {
    return internal::Call(channel, path, authenticated, request, response, options);
  });
}

absl::Status MasterStub::StreamRaw(const char* path, const MessageLite& request, MessageLite* response,
                                   const CallOptions& options, absl::FunctionRef<bool()> each) {
  bool started = false;
  absl::Status result;
  const absl::Status ended = impl_->Retry(options, [&](AuthenticatedChannel& channel) {
    result = internal::Stream(channel, path, request, response, options, [&] {
      started = true;
      return each();
    });
    // What came already must not come twice: final, whatever the code.
    return started ? absl::OkStatus() : result;
  });
  return started ? result : ended;
}

}  // namespace alluxio::stub
