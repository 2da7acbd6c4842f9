#include "alluxio/shell/http_fetch.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::shell {
namespace {

constexpr size_t kMaxAnswer = size_t{64} << 20;

absl::Status Unavailable(absl::string_view where, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("http://", where, ": ", why));
}

absl::StatusOr<UniqueFd> Connect(const HttpRequest& request, absl::string_view where) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(request.host.c_str(), std::to_string(request.port).c_str(), &hints, &list);
      error != 0) {
    return Unavailable(where, ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, ::freeaddrinfo);
  int last_error = ECONNREFUSED;
  for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
    UniqueFd connection(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval timeout = absl::ToTimeval(request.patience);
    if (connection.valid()) {
      ::setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
      ::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
      if (::connect(connection.get(), address->ai_addr, address->ai_addrlen) == 0) return connection;
    }
    last_error = errno == EINPROGRESS ? ETIMEDOUT : errno;
  }
  return Unavailable(where, std::strerror(last_error));
}

}  // namespace

std::string EncodeQuery(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._~", absl::string_view(&c, 1))) {
      out.push_back(c);
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

absl::StatusOr<std::string> HttpFetch(const HttpRequest& request) {
  const std::string where = absl::StrCat(request.host, ":", request.port);
  ALLUXIO_ASSIGN_OR_RETURN(const UniqueFd connection, Connect(request, where));
  const std::string text = absl::StrCat(request.method, " ", request.target, " HTTP/1.0\r\nHost: ", where,
                                        "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t n = ::send(connection.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR) return Unavailable(where, std::strerror(errno));
    if (n > 0) sent += static_cast<size_t>(n);
  }
  std::string answer;
  char buffer[16384];
  while (true) {
    const ssize_t n = ::recv(connection.get(), buffer, sizeof(buffer), 0);
    if (n == 0) break;
    if (n < 0) {
      if (errno == EINTR) continue;
      return Unavailable(where, errno == EAGAIN ? "no answer in time" : std::strerror(errno));
    }
    answer.append(buffer, static_cast<size_t>(n));
    if (answer.size() > kMaxAnswer) return Unavailable(where, "the answer is too long");
  }
  const size_t end = answer.find("\r\n\r\n");
  if (!absl::StartsWith(answer, "HTTP/1.") || end == std::string::npos) return Unavailable(where, "not an HTTP server");
  if (answer.substr(9, 3) != "200") {
    return Unavailable(where, absl::StrCat(request.method, " ", request.target, " answered ",
                                           answer.substr(9, answer.find("\r\n") - 9)));
  }
  return answer.substr(end + 4);
}

}  // namespace alluxio::shell
