// One GET after the other on one connection over loopback, as a scraper of metrics does.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/http/server.h"
#include "benchmark/benchmark.h"

namespace alluxio::http {
namespace {

// A body of `range` bytes.
void BM_Get(benchmark::State& state) {
  const std::string body(static_cast<size_t>(state.range(0)), 'x');
  Router router;
  router.Get("/metrics", [&body](const Request&) { return Response::Text(body); });
  auto server = Server::Start({.host = "127.0.0.1"}, std::move(router));
  if (!server.ok()) return state.SkipWithError("no server");
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>((*server)->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return state.SkipWithError("not connected");
  }
  constexpr absl::string_view kRequest = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::string buffer(size_t{1} << 20, '\0');
  for (auto _ : state) {
    bool ok = ::send(fd.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(kRequest.size());
    size_t have = 0;
    size_t whole = 0;  // 0: the head isn't there yet
    while (ok && (whole == 0 || have < whole)) {
      const ssize_t got = ::recv(fd.get(), buffer.data() + have, buffer.size() - have, 0);
      ok = got > 0;
      if (!ok) break;
      have += static_cast<size_t>(got);
      const size_t head = absl::string_view(buffer.data(), have).find("\r\n\r\n");
      if (whole == 0 && head != absl::string_view::npos) whole = head + 4 + body.size();
    }
    if (!ok || !absl::StartsWith(buffer, "HTTP/1.1 200")) {
      state.SkipWithError("no answer");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations());
  (*server)->Stop();
}
BENCHMARK(BM_Get)->ArgName("body")->Arg(100)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace alluxio::http
