#include "alluxio/rpc/sasl_service.h"

#include <cstdint>
#include <string>
#include <vector>

#include "alluxio/rpc/status_conversion.h"

namespace alluxio::rpc {

using grpc::sasl::SaslMessage;

// One stream. gRPC may run a reaction while Close ends the stream from outside;
// `mutex_` makes sure that nothing is started after Finish.
class SaslService::Stream final : public ::grpc::ServerBidiReactor<SaslMessage, SaslMessage> {
 public:
  explicit Stream(SaslService* service) : service_(service) {
    if (service_->Add(this)) {
      StartRead(&in_);
    } else {
      End(absl::UnavailableError("the server is shutting down"));
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(absl::OkStatus());  // half-closed, cancelled or broken
    const absl::Status accepted = Accept();
    if (!accepted.ok()) return End(accepted);
    service_->EndStale();
    MutexLock lock(&mutex_);
    in_ = SaslMessage();  // for as long as the channel lives
    if (ended_) return;
    out_.set_messagetype(grpc::sasl::SUCCESS);
    StartWrite(&out_);
    StartRead(&in_);
  }

  void OnDone() override {
    Forget();
    service_->Remove(this);
    delete this;
  }

  bool IsOneOf(const absl::flat_hash_set<uint64_t>& registrations) {
    MutexLock lock(&mutex_);
    return registrations.contains(registration_);
  }

  // Once counts. The object may be gone on return.
  void End(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (ended_) return;
      ended_ = true;
    }
    Forget();
    Finish(ToGrpc(status));
  }

 private:
  absl::Status Accept() {
    if (in_.messagetype() != grpc::sasl::CHALLENGE) {
      return absl::UnauthenticatedError("Received an unexpected SASL message of type SUCCESS from the client");
    }
    const auto scheme = in_.authenticationscheme();
    if (scheme != grpc::sasl::SIMPLE && scheme != grpc::sasl::CUSTOM) {
      return absl::UnauthenticatedError("Authentication scheme NOSASL is not accepted by this server: use SIMPLE");
    }
    MutexLock lock(&mutex_);
    if (registration_ != 0) return absl::UnauthenticatedError("PLAIN authentication has completed");
    absl::StatusOr<std::string> user = CheckPlainMessage(in_.message(), *service_->impersonation_);
    if (!user.ok()) return user.status();
    const auto registration = service_->sessions_->Register(in_.clientid(), *std::move(user));
    if (!registration.ok()) return registration.status();
    channel_id_ = in_.clientid();
    registration_ = *registration;
    return absl::OkStatus();
  }

  void Forget() {
    MutexLock lock(&mutex_);
    if (registration_ != 0) service_->sessions_->Forget(channel_id_, registration_);
  }

  SaslService* const service_;
  SaslMessage in_;
  SaslMessage out_;
  Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::string channel_id_ ABSL_GUARDED_BY(mutex_);
  uint64_t registration_ ABSL_GUARDED_BY(mutex_) = 0;
};

::grpc::ServerBidiReactor<SaslMessage, SaslMessage>* SaslService::authenticate(
    ::grpc::CallbackServerContext* /*context*/) {
  return new Stream(this);
}

bool SaslService::Add(Stream* stream) {
  MutexLock lock(&mutex_);
  if (closed_) return false;
  streams_.insert(stream);
  return true;
}

void SaslService::Remove(Stream* stream) {
  MutexLock lock(&mutex_);
  streams_.erase(stream);
}

void SaslService::EndStale() {
  const std::vector<uint64_t> stale = sessions_->TakeStale();
  if (stale.empty()) return;
  const absl::flat_hash_set<uint64_t> registrations(stale.begin(), stale.end());
  MutexLock lock(&mutex_);  // as in Close
  for (Stream* stream : streams_) {
    if (stream->IsOneOf(registrations)) stream->End(absl::OkStatus());
  }
}

void SaslService::Close() {
  // Under the lock: a stream leaves the set before it is deleted, and gRPC runs
  // OnDone in a thread of its own.
  MutexLock lock(&mutex_);
  closed_ = true;
  for (Stream* stream : streams_) stream->End(absl::OkStatus());
}

}  // namespace alluxio::rpc
