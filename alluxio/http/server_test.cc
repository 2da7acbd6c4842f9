#include "alluxio/http/server.h"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <chrono>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::http {
namespace {

using test::StatusIs;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

bool Connect(int fd, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

// Sends `text` and returns all that comes until the server closes.
std::string Exchange(int fd, const std::string& text) {
  size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t n = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += static_cast<size_t>(n);
  }
  std::string answer;
  char buffer[4096];
  ssize_t n;
  while ((n = ::recv(fd, buffer, sizeof(buffer), 0)) > 0) answer.append(buffer, static_cast<size_t>(n));
  return answer;
}

std::string ExchangeWith(int port, const std::string& text) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  return Connect(fd.get(), port) ? Exchange(fd.get(), text) : "no connection";
}

std::string Get(int port, const std::string& target) {
  return ExchangeWith(port, absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    Router router;
    router.Get("/hello", [](const Request& request) {
      return Response::Text(absl::StrCat("hello ", request.Query("name").value_or("nobody")));
    });
    router.Post("/change", [](const Request& request) { return Response::Text("changed by " + request.body); });
    router.Get("/throws", [](const Request&) -> Response { throw std::runtime_error("inside"); });
    router.GetPrefix("/files/", [](const Request& request) { return Response::Text("file " + request.path); });
    auto server = Server::Start({.host = "127.0.0.1", .max_header_bytes = 2048, .max_body_bytes = 100}, router);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::unique_ptr<Server> server_;
};

// Goal: what a handler takes is not counted as the peer's silence. Method: while
// it runs, another connection is closed for its silence.
TEST(ServerTimeTest, AHandlerMayTakeLongerThanAPeerMayBeSilent) {
  Notification begun, may_answer;
  Router router;
  router.Get("/slow", [&](const Request&) {
    begun.Notify();
    may_answer.Wait();
    return Response::Text("at last");
  });
  auto server = Server::Start({.host = "127.0.0.1", .idle_timeout = absl::Milliseconds(200)}, router);
  ASSERT_TRUE(server.ok()) << server.status();
  std::string answer;
  std::thread patient([&] {
    // On a busy machine the request may come too late, and is sent again.
    while (!begun.HasBeenNotified()) answer = Get((*server)->port(), "/slow");
  });
  begun.Wait();
  EXPECT_EQ(ExchangeWith((*server)->port(), ""), "");
  may_answer.Notify();
  patient.join();
  EXPECT_THAT(answer, HasSubstr("at last"));
}

// Goal: requests that are never finished keep nobody out.
// Method: they take all places, which the server gives away in the order in which
// they were taken; what is left of them is finished then.
TEST(ServerPlacesTest, TheLongestSilentConnectionMakesRoom) {
  Router router;
  router.Get("/hello", [](const Request&) { return Response::Text("hello"); });
  auto server = Server::Start({.host = "127.0.0.1", .max_connections = 4, .idle_timeout = absl::Hours(1)}, router);
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string half = "GET /hello HTTP/1.1\r\nHost: x\r\n";
  std::vector<UniqueFd> open;
  for (int i = 0; i < 4; ++i) {
    open.emplace_back(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_TRUE(Connect(open.back().get(), (*server)->port()));
    ASSERT_EQ(::send(open.back().get(), half.data(), half.size(), MSG_NOSIGNAL), static_cast<ssize_t>(half.size()));
  }
  EXPECT_THAT(Get((*server)->port(), "/hello"), HasSubstr("hello"));
  EXPECT_EQ(Exchange(open[0].get(), ""), "") << "the first one is closed";
  for (int i = 1; i < 4; ++i) {
    EXPECT_THAT(Exchange(open[i].get(), "Connection: close\r\n\r\n"), HasSubstr("hello")) << i;
  }
}

TEST(ServerPlacesTest, AConnectionThatIsAnsweredKeepsItsPlace) {
  Notification begun, may_answer;
  Router router;
  router.Get("/slow", [&](const Request&) {
    begun.Notify();
    may_answer.Wait();
    return Response::Text("at last");
  });
  auto server = Server::Start({.host = "127.0.0.1", .max_connections = 1}, router);
  ASSERT_TRUE(server.ok()) << server.status();
  std::string answer;
  std::thread patient([&] { answer = Get((*server)->port(), "/slow"); });
  begun.Wait();
  EXPECT_EQ(ExchangeWith((*server)->port(), ""), "");
  may_answer.Notify();
  patient.join();
  EXPECT_THAT(answer, HasSubstr("at last"));
}

// Goal: without a descriptor for the next connection the server waits, instead of
// asking again at once, until there is one.
TEST(ServerTimeTest, ADearthOfDescriptorsIsWaitedOut) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  Notification failed_thrice;
  int failures = 0;
  Router router;
  router.Get("/hello", [](const Request&) { return Response::Text("hello"); });
  auto server = Server::Start({.host = "127.0.0.1",
                               .accept_pause = absl::FromChrono(kPause),
                               .on_accept_failed = [&] {
                                 if (++failures == 3) failed_thrice.Notify();
                               }},
                              router);
  ASSERT_TRUE(server.ok()) << server.status();
  UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  rlimit none = usual;
  none.rlim_cur = 0;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool connected = Connect(client.get(), (*server)->port());
  if (connected) failed_thrice.Wait();
  const auto waited = std::chrono::steady_clock::now() - before;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  ASSERT_TRUE(connected);
  EXPECT_GE(waited, 2 * kPause);
  EXPECT_THAT(Exchange(client.get(), "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), HasSubstr("hello"));
}

TEST_F(ServerTest, AnswersEachRequestAsItDeserves) {
  struct Case {
    absl::string_view name;
    std::string request;
    absl::string_view status;
    absl::string_view body;
  };
  const std::string close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const Case kCases[] = {
      {"query, decoded", "GET /hello?name=a%20b+c" + close + "\r\n", "HTTP/1.1 200", "hello a b c"},
      {"prefix", "GET /files/a/b" + close + "\r\n", "HTTP/1.1 200", "file /files/a/b"},
      {"unknown path", "GET /nosuch" + close + "\r\n", "HTTP/1.1 404", "nothing at /nosuch"},
      {"GET changes nothing", "GET /change" + close + "\r\n", "HTTP/1.1 405", "not allowed"},
      {"POST", "POST /change" + close + "Content-Length: 2\r\n\r\nme", "HTTP/1.1 200", "changed by me"},
      {"dots", "GET /files/../etc/passwd" + close + "\r\n", "HTTP/1.1 400", "can't be understood"},
      {"encoded dots", "GET /files/%2e%2e/x" + close + "\r\n", "HTTP/1.1 400", "can't be understood"},
      {"NUL", "GET /hello?name=%00" + close + "\r\n", "HTTP/1.1 400", "can't be understood"},
      {"body too large", "POST /change" + close + "Content-Length: 101\r\n\r\n" + std::string(101, 'x'),
       "HTTP/1.1 413", "too large"},
      {"header too large", "GET /hello" + close + "X: " + std::string(4000, 'x') + "\r\n\r\n", "HTTP/1.1 431", "too large"},
      {"not HTTP", "nonsense\r\n\r\n", "HTTP/1.1 400", "not valid HTTP"},
      {"a handler that throws", "GET /throws" + close + "\r\n", "HTTP/1.1 500", "Internal error"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string answer = ExchangeWith(server_->port(), c.request);
    EXPECT_THAT(answer, StartsWith(std::string(c.status)));
    EXPECT_THAT(answer, HasSubstr(std::string(c.body)));
  }
}

TEST_F(ServerTest, HeadHasTheLengthButNoBody) {
  const std::string answer =
      ExchangeWith(server_->port(), "HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 12"));
  EXPECT_THAT(answer, Not(HasSubstr("hello nobody")));
}

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
  const std::string one = "GET /hello?name=1 HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answer =
      ExchangeWith(server_->port(), one + "GET /hello?name=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, testing::AllOf(HasSubstr("hello 1"), HasSubstr("hello 2")));
}

TEST_F(ServerTest, ATakenPortIsAnErrorThatNamesTheKey) {
  EXPECT_THAT(Server::Start({.host = "127.0.0.1", .port = server_->port(), .port_key = "alluxio.x.web.port"}, Router()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("alluxio.x.web.port")));
}

TEST_F(ServerTest, StopsWithAConnectionOpen) {
  EXPECT_THAT(Get(server_->port(), "/hello"), HasSubstr("hello"));
  server_->Stop();
  EXPECT_EQ(Get(server_->port(), "/hello"), "no connection");
}

TEST(TextTest, EscapesWhatGoesIntoAPage) {
  EXPECT_EQ(EscapeHtml("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(EncodePercent("/a b/\xC3\xA9?"), "/a%20b/%C3%A9%3F");
  EXPECT_EQ(DecodePercent("%4", false), std::nullopt);
}

}  // namespace
}  // namespace alluxio::http
