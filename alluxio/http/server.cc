#include "alluxio/http/server.h"

#include <chrono>
#include <exception>
#include <list>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "boost/beast/core.hpp"
#include "boost/beast/http.hpp"

namespace alluxio::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;

absl::string_view View(beast::string_view text) { return absl::string_view(text.data(), text.size()); }

class Session;

// The connections of one server, of which there are `limit` at most. Those that
// wait for a request can be closed in favour of others, the longest-waiting first:
// requests that are never finished keep nobody out. Thread-safe.
class Places {
 public:
  using Waiting = std::list<std::weak_ptr<Session>>;

  explicit Places(int limit) : limit_(limit) {}

  // A place for one more, for `*evicted` to be closed if need be. False: none.
  bool Take(std::shared_ptr<Session>* evicted) {
    MutexLock lock(&mutex_);
    if (taken_ < limit_) {
      ++taken_;
      return true;
    }
    while (!waiting_.empty()) {
      *evicted = waiting_.front().lock();
      waiting_.pop_front();
      if (*evicted != nullptr) return true;  // its place goes to the new one
    }
    return false;
  }
  void GiveBack() {
    MutexLock lock(&mutex_);
    --taken_;
  }

  // From here to EndWait() `session` may be evicted.
  void BeginWait(const std::shared_ptr<Session>& session) {
    MutexLock lock(&mutex_);
    waiting_.push_back(session);
  }
  // False: `session` was evicted.
  bool EndWait(const std::weak_ptr<Session>& session) {
    MutexLock lock(&mutex_);
    for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
      if (it->owner_before(session) || session.owner_before(*it)) continue;
      waiting_.erase(it);
      return true;
    }
    return false;
  }

 private:
  const int limit_;
  Mutex mutex_;
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;
  Waiting waiting_ ABSL_GUARDED_BY(mutex_);  // the longest first
};

// What every connection of one server shares; outlives them all.
struct Shared {
  explicit Shared(ServerOptions o) : options(std::move(o)), places(options.max_connections) {}

  const ServerOptions options;
  Router router;
  Places places;
};

// One connection: reads a request, answers it, and again. Has a place.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(asio::ip::tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {}
  ~Session() {
    if (!evicted_) shared_->places.GiveBack();
  }

  void Read() {
    parser_.emplace();
    parser_->header_limit(shared_->options.max_header_bytes);
    parser_->body_limit(shared_->options.max_body_bytes);
    stream_.expires_after(absl::ToChronoMilliseconds(shared_->options.idle_timeout));
    shared_->places.BeginWait(shared_from_this());
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = shared_from_this()](error_code error, size_t) { self->OnRead(error); });
  }

  // Another one has its place.
  void Evict() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] { self->stream_.close(); });
  }

 private:
  void OnRead(error_code error) {
    evicted_ = !shared_->places.EndWait(weak_from_this());
    if (evicted_) {
      Close();
    } else if (!error) {
      Serve();
    } else if (error == bhttp::error::body_limit) {
      Answer(Response::Text("The request's body is too large.\n", 413), false, false);
    } else if (error == bhttp::error::header_limit) {
      Answer(Response::Text("The request's header is too large.\n", 431), false, false);
    } else if (error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
               error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
      Answer(Response::Text("The request is not valid HTTP.\n", 400), false, false);
    } else {
      Close();  // the peer has gone, or was idle too long
    }
  }

  void Serve() {
    const auto& message = parser_->get();
    Request request;
    request.method = std::string(View(message.method_string()));
    request.body = message.body();
    for (const auto& field : message) {
      request.headers[absl::AsciiStrToLower(View(field.name_string()))] = std::string(View(field.value()));
    }
    const bool head = request.method == "HEAD";
    Response response;
    if (!ParseTarget(View(message.target()), &request)) {
      response = Response::Text("The request's path can't be understood.\n", 400);
    } else {
      try {
        response = shared_->router.Handle(request);
      } catch (const std::exception& e) {
        ALLUXIO_LOG(kError, "http", request.method, " ", request.path, " failed: ", e.what());
        response = Response::Text("Internal error; the log says more.\n", 500);
      }
    }
    Answer(std::move(response), message.keep_alive(), head);
  }

  void Answer(Response response, bool keep_alive, bool head) {
    auto message = std::make_shared<bhttp::response<bhttp::string_body>>();
    message->version(11);
    message->result(static_cast<unsigned>(response.status));
    message->set(bhttp::field::content_type, response.content_type);
    message->set("X-Content-Type-Options", "nosniff");
    message->set("Content-Security-Policy",
                 "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; "
                 "connect-src 'self'; form-action 'self'; frame-ancestors 'none'");
    message->set(bhttp::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) message->set(name, value);
    message->keep_alive(keep_alive);
    const size_t size = response.body.size();
    if (!head) message->body() = std::move(response.body);
    message->content_length(size);
    // The time so far was the peer's silence, and the handler's work.
    stream_.expires_after(absl::ToChronoMilliseconds(shared_->options.idle_timeout));
    bhttp::async_write(stream_, *message, [self = shared_from_this(), message, keep_alive](error_code error, size_t) {
      if (error || !keep_alive) {
        self->Close();
      } else {
        self->Read();
      }
    });
  }

  void Close() {
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  const std::shared_ptr<Shared> shared_;
  bool evicted_ = false;
  beast::flat_buffer buffer_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
};

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, Router router)
      : shared_(std::make_shared<Shared>(std::move(options))), acceptor_(context_), retry_(context_) {
    shared_->router = std::move(router);
  }
  ~ServerImpl() override { Stop(); }

  absl::Status Listen() {
    const ServerOptions& options = shared_->options;
    error_code error;
    asio::ip::tcp::resolver resolver(context_);
    const auto found = resolver.resolve(options.host, absl::StrCat(options.port), asio::ip::resolver_base::passive, error);
    if (error || found.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the web server's address ", options.host, " can't be resolved: ", error.message()));
    }
    const asio::ip::tcp::endpoint endpoint = *found.begin();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::FailedPreconditionError(absl::StrCat("the web server can't listen at ", options.host, ":",
                                                        options.port, ": ", error.message(), "; set ",
                                                        options.port_key, " to a free port"));
    }
    port_ = acceptor_.local_endpoint().port();
    Accept();
    for (int i = 0; i < options.threads; ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void Stop() override {
    context_.stop();
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
    threads_.clear();
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](error_code error, asio::ip::tcp::socket socket) {
      std::shared_ptr<Session> evicted;
      if (!error && shared_->places.Take(&evicted)) std::make_shared<Session>(std::move(socket), shared_)->Read();
      if (evicted != nullptr) evicted->Evict();
      if (error == asio::error::operation_aborted) return;
      if (!error) return Accept();
      // To ask again at once would only keep a processor busy.
      if (shared_->options.on_accept_failed) shared_->options.on_accept_failed();
      retry_.expires_after(absl::ToChronoMilliseconds(shared_->options.accept_pause));
      retry_.async_wait([this](error_code error) {
        if (!error) Accept();
      });
    });
  }

  const std::shared_ptr<Shared> shared_;
  // Destroyed after the acceptor, and with it the sessions that wait in it.
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  int port_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

bool ParseTarget(absl::string_view target, Request* request) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(target, absl::MaxSplits('?', 1));
  const auto path = DecodePercent(parts.first, /*plus_is_blank=*/false);
  if (!path.has_value() || path->empty() || path->front() != '/') return false;
  for (const absl::string_view component : absl::StrSplit(*path, '/')) {
    if (component == "." || component == "..") return false;
  }
  request->path = *path;
  for (const absl::string_view pair : absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    auto name = DecodePercent(halves.first, true), value = DecodePercent(halves.second, true);
    if (!name.has_value() || !value.has_value()) return false;
    request->query[*std::move(name)] = *std::move(value);
  }
  return true;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, Router router) {
  auto server = std::make_unique<ServerImpl>(std::move(options), std::move(router));
  if (absl::Status listening = server->Listen(); !listening.ok()) return listening;
  return server;
}

}  // namespace alluxio::http
