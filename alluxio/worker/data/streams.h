#ifndef ALLUXIO_WORKER_DATA_STREAMS_H_
#define ALLUXIO_WORKER_DATA_STREAMS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/worker/data/block_worker_service.h"
#include "alluxio/worker/data/data_metrics.h"

namespace alluxio::worker {

// A stream is passed from thread to thread by gRPC: what one reaction did is
// seen by the next. The system's gRPC isn't instrumented, so ThreadSanitizer
// doesn't know; under it, and only there, a lock says so.
#if defined(ALLUXIO_TSAN)
class Handoff {
 public:
  void Pass() { MutexLock lock(&mutex_); }

 private:
  Mutex mutex_;
};
#else
class Handoff {
 public:
  void Pass() {}
};
#endif

// A stream of raw messages whose operations and reactions pass it on.
class RawBidiReactor : public ::grpc::ServerBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer> {
 public:
  void OnReadDone(bool ok) final {
    handoff_.Pass();
    OnRead(ok);
  }
  void OnWriteDone(bool ok) final {
    handoff_.Pass();
    OnWritten(ok);
  }
  void OnSendInitialMetadataDone(bool ok) final {
    handoff_.Pass();
    OnMetadataSent(ok);
  }
  void OnCancel() final {
    OnCancelled();
    handoff_.Pass();
  }
  void OnDone() final {
    handoff_.Pass();
    delete this;
  }

 protected:
  using Base = ::grpc::ServerBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer>;

  virtual void OnRead(bool ok) = 0;
  virtual void OnWritten(bool ok) = 0;
  virtual void OnMetadataSent(bool) {}
  // Beside the others.
  virtual void OnCancelled() {}

  void StartRead(::grpc::ByteBuffer* message) {
    handoff_.Pass();
    Base::StartRead(message);
  }
  void StartSendInitialMetadata() {
    handoff_.Pass();
    Base::StartSendInitialMetadata();
  }
  void StartWrite(const ::grpc::ByteBuffer* message) {
    answered_ = true;
    handoff_.Pass();
    Base::StartWrite(message);
  }
  void StartWriteAndFinish(const ::grpc::ByteBuffer* message, const ::grpc::Status& status) {
    handoff_.Pass();
    Base::StartWriteAndFinish(message, ::grpc::WriteOptions(), status);
  }
  void Finish(const ::grpc::Status& status) {
    handoff_.Pass();
    Base::Finish(status);
  }
  bool answered() const { return answered_; }

 private:
  Handoff handoff_;
  bool answered_ = false;  // a write was started
};

// What all streams of one service share.
struct StreamEnv {
  BlockWorkerOptions options;
  DataMetrics metrics;
  int num_tiers = 1;
};

// Each makes the reactor of one call; it deletes itself. `refused`, if not OK,
// is all that the call is answered.
RawBidiReactor* StartReadStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);
RawBidiReactor* StartWriteStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);
RawBidiReactor* StartOpenLocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);
RawBidiReactor* StartCreateLocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused);

// Whether the peer came over a Unix socket.
inline bool IsDomain(const ::grpc::CallbackServerContext& context) { return context.peer().rfind("unix:", 0) == 0; }

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_STREAMS_H_
