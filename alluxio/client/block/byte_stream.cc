#include "alluxio/client/block/byte_stream.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/rpc/status_conversion.h"

namespace alluxio::client {

using ::grpc::ByteBuffer;

// The call itself. It keeps itself alive until OnDone, holding the call open for
// operations from outside (AddHold) until the read side has ended. Operations
// are started under the mutex: gRPC runs no reaction within the Start calls.
class ByteStream::Reactor final : public ::grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  Reactor(std::shared_ptr<rpc::AuthenticatedChannel> channel, Options options)
      : channel_(std::move(channel)), options_(std::move(options)) {}

  absl::Status Start(const std::shared_ptr<Reactor>& self, absl::Time deadline) {
    ALLUXIO_ASSIGN_OR_RETURN(channel_id_, channel_->PrepareContext(&context_, deadline));
    self_ = self;
    ::grpc::TemplatedGenericStub<ByteBuffer, ByteBuffer> stub(channel_->channel());
    stub.PrepareBidiStreamingCall(&context_, options_.method, ::grpc::StubOptions(), this);
    AddHold();
    {
      MutexLock lock(&mutex_);
      reading_ = true;
    }
    StartRead(&incoming_);
    StartCall();
    return absl::OkStatus();
  }

  absl::Status Write(ByteBuffer message, absl::Time deadline) {
    MutexLock lock(&mutex_);
    while (!ended_ && !write_failed_ && outgoing_.size() >= options_.write_queue) {
      if (WaitLocked(deadline)) return Late("sending to");
    }
    if (ended_ || write_failed_) return EndedLocked(deadline);
    if (half_closed_) return absl::FailedPreconditionError("the stream is half-closed already");
    outgoing_.push_back(std::move(message));
    StartNextWriteLocked();
    return absl::OkStatus();
  }

  void WriteOrDrop(ByteBuffer message) {
    MutexLock lock(&mutex_);
    if (ended_ || write_failed_ || half_closed_ || outgoing_.size() >= options_.write_queue) return;
    outgoing_.push_back(std::move(message));
    StartNextWriteLocked();
  }

  void WritesDone() {
    MutexLock lock(&mutex_);
    if (half_closed_ || ended_) return;
    half_closed_ = true;
    StartNextWriteLocked();
  }

  absl::StatusOr<std::optional<ByteBuffer>> Read(absl::Time deadline) {
    MutexLock lock(&mutex_);
    while (arrived_.empty() && !done_) {
      if (WaitLocked(deadline)) return Late("receiving from");
    }
    if (arrived_.empty()) {
      if (!status_.ok()) return status_;
      return std::optional<ByteBuffer>();
    }
    ByteBuffer message = std::move(arrived_.front());
    arrived_.pop_front();
    StartNextReadLocked();
    return std::optional<ByteBuffer>(std::move(message));
  }

  absl::Status Finish(absl::Time deadline) {
    MutexLock lock(&mutex_);
    draining_ = true;
    arrived_.clear();
    StartNextReadLocked();
    while (!done_) {
      if (WaitLocked(deadline)) return Late("waiting for the end of");
    }
    return status_;
  }

  void Cancel() {
    context_.TryCancel();
    MutexLock lock(&mutex_);
    draining_ = true;
    arrived_.clear();
    StartNextReadLocked();
  }

  void EndInBackground() {
    WritesDone();
    MutexLock lock(&mutex_);
    in_background_ = true;
    draining_ = true;
    arrived_.clear();
    StartNextReadLocked();
  }

  bool NeedsCancel() const {
    MutexLock lock(&mutex_);
    return !done_ && !in_background_;
  }

  void OnReadDone(bool ok) override {
    MutexLock lock(&mutex_);
    reading_ = false;
    if (ok) {
      if (!draining_) arrived_.push_back(std::exchange(incoming_, ByteBuffer()));
      StartNextReadLocked();
    } else {
      ended_ = true;
      RemoveHold();
    }
    changed_.SignalAll();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(&mutex_);
    writing_ = false;
    if (!outgoing_.empty()) outgoing_.pop_front();
    if (!ok) {
      write_failed_ = true;
      outgoing_.clear();
    } else {
      StartNextWriteLocked();
    }
    changed_.SignalAll();
  }

  void OnDone(const ::grpc::Status& status) override {
    std::shared_ptr<Reactor> self;
    const absl::Status converted = rpc::FromGrpc(status);
    channel_->Observe(channel_id_, converted);
    {
      MutexLock lock(&mutex_);
      self = std::move(self_);
      status_ = converted;
      done_ = true;
      ended_ = true;
      changed_.SignalAll();
    }
  }

 private:
  // True if the deadline has passed.
  bool WaitLocked(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return true;
    changed_.WaitWithTimeout(&mutex_, left);
    return false;
  }

  absl::Status Late(const char* what) const {
    return absl::DeadlineExceededError(absl::StrCat("no progress in ", what, " ", channel_->options().target));
  }

  // A failed write says nothing; the call's status does, and comes at once.
  absl::Status EndedLocked(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    draining_ = true;
    arrived_.clear();
    StartNextReadLocked();
    while (!done_) {
      if (WaitLocked(deadline)) return Late("waiting for the end of");
    }
    if (!status_.ok()) return status_;
    return absl::UnavailableError(absl::StrCat(channel_->options().target, " ended the stream early"));
  }

  void StartNextReadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (reading_ || ended_) return;
    if (!draining_ && arrived_.size() >= options_.read_ahead) return;
    reading_ = true;
    StartRead(&incoming_);
  }

  void StartNextWriteLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || ended_ || write_failed_) return;
    if (!outgoing_.empty()) {
      writing_ = true;
      StartWrite(&outgoing_.front());
    } else if (half_closed_ && !half_close_sent_) {
      half_close_sent_ = true;
      StartWritesDone();
    }
  }

  const std::shared_ptr<rpc::AuthenticatedChannel> channel_;
  const Options options_;
  ::grpc::ClientContext context_;
  std::string channel_id_;
  ByteBuffer incoming_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::shared_ptr<Reactor> self_ ABSL_GUARDED_BY(mutex_);
  std::deque<ByteBuffer> arrived_ ABSL_GUARDED_BY(mutex_);
  std::deque<ByteBuffer> outgoing_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool in_background_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_close_sent_ ABSL_GUARDED_BY(mutex_) = false;
  bool write_failed_ ABSL_GUARDED_BY(mutex_) = false;
  // No operation may be started from outside any more.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

ByteStream::ByteStream(std::shared_ptr<Reactor> reactor) : reactor_(std::move(reactor)) {}

absl::StatusOr<std::unique_ptr<ByteStream>> ByteStream::Open(std::shared_ptr<rpc::AuthenticatedChannel> channel,
                                                             Options options, absl::Time deadline) {
  auto reactor = std::make_shared<Reactor>(std::move(channel), std::move(options));
  ALLUXIO_RETURN_IF_ERROR(reactor->Start(reactor, deadline));
  return std::unique_ptr<ByteStream>(new ByteStream(std::move(reactor)));
}

ByteStream::~ByteStream() {
  if (reactor_->NeedsCancel()) reactor_->Cancel();
}

absl::Status ByteStream::Write(ByteBuffer message, absl::Time deadline) {
  return reactor_->Write(std::move(message), deadline);
}
void ByteStream::WriteOrDrop(ByteBuffer message) { reactor_->WriteOrDrop(std::move(message)); }
void ByteStream::WritesDone() { reactor_->WritesDone(); }
absl::StatusOr<std::optional<ByteBuffer>> ByteStream::Read(absl::Time deadline) { return reactor_->Read(deadline); }
absl::Status ByteStream::Finish(absl::Time deadline) { return reactor_->Finish(deadline); }
void ByteStream::Cancel() { reactor_->Cancel(); }
void ByteStream::EndInBackground() { reactor_->EndInBackground(); }

}  // namespace alluxio::client
