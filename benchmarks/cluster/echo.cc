#include "benchmarks/cluster/echo.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace alluxio::benchmarks {
namespace {

// The request of both calls begins with the size of what is wanted back.
struct Wish {
  uint64_t total_bytes;
  uint64_t chunk_bytes;
};

::grpc::ByteBuffer RequestOf(const Wish& wish, size_t size) {
  std::string bytes(std::max(size, sizeof(wish)), 'q');
  std::memcpy(bytes.data(), &wish, sizeof(wish));
  const ::grpc::Slice slice(bytes);
  return ::grpc::ByteBuffer(&slice, 1);
}

Wish WishOf(const ::grpc::ByteBuffer& buffer) {
  Wish wish{};
  std::vector<::grpc::Slice> slices;
  if (buffer.Dump(&slices).ok() && !slices.empty() && slices[0].size() >= sizeof(wish)) {
    std::memcpy(&wish, slices[0].begin(), sizeof(wish));
  }
  return wish;
}

const std::string& Block() {
  static const auto* const block = new std::string(size_t{4} << 20, 'b');
  return *block;
}

// Serves both calls: answers with messages of `chunk_bytes` that point into one
// block of memory, until `total_bytes` are sent.
class Answer final : public ::grpc::ServerGenericBidiReactor {
 public:
  Answer() { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(::grpc::Status::OK);
    wish_ = WishOf(request_);
    Next();
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(::grpc::Status::CANCELLED);
    Next();
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (wish_.total_bytes == 0) return Finish(::grpc::Status::OK);
    const size_t size = std::min(wish_.total_bytes, wish_.chunk_bytes);
    wish_.total_bytes -= size;
    const ::grpc::Slice slice(Block().data(), size, ::grpc::Slice::STATIC_SLICE);
    message_ = ::grpc::ByteBuffer(&slice, 1);
    StartWrite(&message_);
  }

  Wish wish_{};
  ::grpc::ByteBuffer request_, message_;
};

class Service final : public ::grpc::CallbackGenericService {
  ::grpc::ServerGenericBidiReactor* CreateReactor(::grpc::GenericCallbackServerContext*) override {
    return new Answer;
  }
};

::grpc::ChannelArguments Arguments() {
  ::grpc::ChannelArguments args;
  args.SetMaxReceiveMessageSize(-1);
  args.SetInt("grpc.experimental.tcp_read_chunk_size", 1 << 20);
  args.SetInt("grpc.experimental.tcp_min_read_chunk_size", 256 << 10);
  args.SetInt("grpc.experimental.tcp_max_read_chunk_size", 4 << 20);
  args.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 4 << 20);
  args.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
  args.SetInt(GRPC_ARG_HTTP2_WRITE_BUFFER_SIZE, 4 << 20);
  return args;
}

[[noreturn]] void Serve(int port_fd, const std::string& socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Service service;
  ::grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", ::grpc::InsecureServerCredentials(), &port);
  builder.AddListeningPort("unix:" + socket, ::grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(&service);
  builder.AddChannelArgument("grpc.experimental.tcp_read_chunk_size", 1 << 20);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 4 << 20);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_WRITE_BUFFER_SIZE, 4 << 20);
  auto server = builder.BuildAndStart();
  if (::write(port_fd, &port, sizeof(port)) != sizeof(port)) _exit(1);
  while (true) ::pause();
}

class Client final : public EchoServer {
 public:
  Client(pid_t child, int port, const std::string& socket)
      : child_(child),
        socket_(socket),
        stub_(::grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), ::grpc::InsecureChannelCredentials(), Arguments())),
        socket_stub_(::grpc::CreateCustomChannel("unix:" + socket, ::grpc::InsecureChannelCredentials(), Arguments())) {}
  ~Client() override {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::unlink(socket_.c_str());
  }

  Measured Echo(int in_flight, int64_t total, size_t request_bytes, size_t response_bytes, bool unix_socket) override {
    struct Call {
      ::grpc::ClientContext context;
      ::grpc::ByteBuffer request, response;
    };
    return RunInFlight(in_flight, total, [&](int64_t, OperationDone done) {
      auto* call = new Call;
      call->request = RequestOf({std::max<uint64_t>(response_bytes, 1), std::max<uint64_t>(response_bytes, 1)}, request_bytes);
      (unix_socket ? socket_stub_ : stub_).UnaryCall(&call->context, "/limit/Echo", {}, &call->request, &call->response,
                      [call, done = std::move(done)](::grpc::Status status) {
                        delete call;
                        done(status.ok() ? absl::OkStatus() : absl::UnknownError(status.error_message()));
                      });
    });
  }

  Measured Stream(int64_t total_bytes, size_t chunk_bytes, bool unix_socket) override {
    class Reader final : public ::grpc::ClientBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer> {
     public:
      ::grpc::ClientContext context;
      ::grpc::ByteBuffer request, message;
      std::vector<char> target = std::vector<char>(size_t{4} << 20);
      int64_t bytes = 0;
      Notification done;
      absl::Status status;

      void OnReadDone(bool ok) override {
        if (!ok) return;
        std::vector<::grpc::Slice> slices;
        if (message.Dump(&slices).ok()) {
          size_t at = 0;
          for (const auto& slice : slices) {
            std::memcpy(target.data() + at, slice.begin(), slice.size());
            at += slice.size();
          }
          bytes += static_cast<int64_t>(at);
        }
        StartRead(&message);
      }
      void OnDone(const ::grpc::Status& result) override {
        if (!result.ok()) status = absl::UnknownError(result.error_message());
        done.Notify();
      }
    } reader;
    const absl::Time begin = absl::Now();
    reader.request = RequestOf({static_cast<uint64_t>(total_bytes), chunk_bytes}, sizeof(Wish));
    (unix_socket ? socket_stub_ : stub_).PrepareBidiStreamingCall(&reader.context, "/limit/Stream", {}, &reader);
    reader.StartWriteLast(&reader.request, {});
    reader.StartRead(&reader.message);
    reader.StartCall();
    reader.done.Wait();
    Measured measured;
    measured.operations = reader.bytes;
    measured.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    measured.first_error = reader.status;
    return measured;
  }

 private:
  const pid_t child_;
  const std::string socket_;
  ::grpc::GenericStub stub_;
  ::grpc::GenericStub socket_stub_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Fork() {
  int ends[2];
  if (::pipe(ends) != 0) return absl::InternalError("no pipe");
  const std::string socket = absl::StrCat("/tmp/alluxio-echo-", ::getpid());
  const pid_t child = ::fork();
  if (child < 0) return absl::InternalError("fork failed");
  if (child == 0) {
    ::close(ends[0]);
    Serve(ends[1], socket);
  }
  ::close(ends[1]);
  int port = 0;
  const bool got = ::read(ends[0], &port, sizeof(port)) == sizeof(port);
  ::close(ends[0]);
  if (!got) return absl::InternalError("the echo server did not start");
  return std::make_unique<Client>(child, port, socket);
}

}  // namespace alluxio::benchmarks
