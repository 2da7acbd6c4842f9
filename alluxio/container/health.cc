#include "alluxio/container/health.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/conf/load.h"

namespace alluxio::container {

absl::Status AskPages(int port, absl::Duration patience) {
  const std::string where = absl::StrCat("127.0.0.1:", port);
  UniqueFd connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection.valid()) return ErrnoStatus(errno, "making a socket");
  const timeval timeout = absl::ToTimeval(patience);
  ::setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  ::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoStatus(errno, absl::StrCat("connecting to ", where));
  }
  const std::string request = absl::StrCat("GET /metrics/json/ HTTP/1.1\r\nHost: ", where, "\r\nConnection: close\r\n\r\n");
  if (::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    return ErrnoStatus(errno, absl::StrCat("asking ", where));
  }
  std::string answer;
  char buffer[64];
  while (answer.size() < 12) {
    const ssize_t n = ::recv(connection.get(), buffer, sizeof(buffer), 0);
    if (n < 0) return ErrnoStatus(errno, absl::StrCat("waiting for ", where));
    if (n == 0) return absl::UnavailableError(absl::StrCat(where, " closed the connection"));
    answer.append(buffer, static_cast<size_t>(n));
  }
  if (answer.substr(9, 3) == "200") return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(where, " answers ", answer.substr(0, 12)));
}

int HealthCheckMain() {
  const auto fail = [](absl::string_view text) {
    std::fprintf(stderr, "alluxio healthCheck: %s\n", std::string(text).c_str());
    return 1;
  };
  std::ifstream file("/proc/1/cmdline");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::vector<std::string> words = absl::StrSplit(text, '\0', absl::SkipEmpty());
  const bool master = !words.empty() && absl::EndsWith(words[0], "alluxio-master");
  if (!master && (words.empty() || !absl::EndsWith(words[0], "alluxio-worker"))) {
    return fail("PID 1 is neither a master nor a worker");
  }
  words.erase(words.begin());
  const auto loaded =
      conf::Load(master ? conf::Process::kMaster : conf::Process::kWorker, words, conf::ThisHost());
  if (!loaded.ok()) return fail(loaded.status().message());
  const int64_t port =
      loaded->configuration.GetInt(master ? "alluxio.master.web.port" : "alluxio.worker.web.port");
  const absl::Status status = AskPages(static_cast<int>(port), absl::Seconds(4));
  return status.ok() ? 0 : fail(status.message());
}

}  // namespace alluxio::container
