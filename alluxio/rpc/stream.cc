#include "alluxio/rpc/stream.h"

#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace alluxio::rpc {
namespace {

// gRPC calls OnDone after every other reaction has returned. A write of a cancelled
// call is done as well, as failed: OnCancel has nothing to do.
class Stream final : public StreamReactor {
 public:
  Stream(const CallEnv& env, absl::string_view method, const Caller& caller)
      : observer_(env.observer), method_(method), caller_(caller), start_(absl::Now()) {}

  void Write(std::string message, Outlet::Next next) {
    next_ = std::move(next);
    // gRPC gives the bytes back when the last of them have left.
    auto* const bytes = new std::string(std::move(message));
    const ::grpc::Slice slice(bytes->data(), bytes->size(), [](void* p) { delete static_cast<std::string*>(p); }, bytes);
    buffer_ = ::grpc::ByteBuffer(&slice, 1);
    StartWrite(&buffer_);
  }
  // The object may be gone on return.
  void End(const absl::Status& status) {
    if (observer_) observer_->Finished(method_, caller_, status, absl::Now() - start_);
    Finish(ToGrpc(status));
  }

  void OnWriteDone(bool ok) override {
    buffer_.Clear();
    std::exchange(next_, nullptr)(ok);
  }
  void OnDone() override { delete this; }

 private:
  CallObserver* const observer_;
  const absl::string_view method_;
  const Caller caller_;
  const absl::Time start_;
  // Of the write under way: one at a time, so they need no lock.
  ::grpc::ByteBuffer buffer_;
  Outlet::Next next_;
};

class StreamOutlet final : public Outlet {
 public:
  explicit StreamOutlet(Stream* stream) : stream_(stream) {}
  ~StreamOutlet() override {
    if (stream_) End(absl::InternalError("the server dropped the call"));
  }
  void Write(std::string message, Next next) override { stream_->Write(std::move(message), std::move(next)); }
  void End(const absl::Status& status) override { std::exchange(stream_, nullptr)->End(status); }

 private:
  Stream* stream_;
};

}  // namespace

std::pair<StreamReactor*, std::unique_ptr<Outlet>> NewStream(const CallEnv& env, absl::string_view method,
                                                             const Caller& caller) {
  auto* const stream = new Stream(env, method, caller);
  return {stream, std::make_unique<StreamOutlet>(stream)};
}

}  // namespace alluxio::rpc
