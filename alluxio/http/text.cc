
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "alluxio/http/server.h"

namespace alluxio::http {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::optional<std::string> Request::Query(absl::string_view name) const {
  const auto it = query.find(std::string(name));
  if (it == query.end()) return std::nullopt;
  return it->second;
}

Response Response::Text(std::string body, int status) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(body), .headers = {}};
}

Response Response::Html(std::string body, int status) {
  return {.status = status, .content_type = "text/html; charset=utf-8", .body = std::move(body), .headers = {}};
}

Response Response::Json(std::string body, int status) {
  return {.status = status, .content_type = "application/json", .body = std::move(body), .headers = {}};
}

void Router::Get(std::string path, Handler handler) { exact_[std::move(path)]["GET"] = std::move(handler); }
void Router::Post(std::string path, Handler handler) { exact_[std::move(path)]["POST"] = std::move(handler); }
void Router::GetPrefix(std::string prefix, Handler handler) { prefixes_[std::move(prefix)] = std::move(handler); }

Response Router::Handle(const Request& request) const {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  if (const auto it = exact_.find(request.path); it != exact_.end()) {
    if (const auto found = it->second.find(method); found != it->second.end()) return found->second(request);
    Response refused = Response::Text(absl::StrCat("Method ", request.method, " is not allowed here.\n"), 405);
    refused.headers.emplace_back("Allow", absl::StrJoin(it->second, ", ", [](std::string* out, const auto& entry) {
                                   absl::StrAppend(out, entry.first);
                                 }));
    return refused;
  }
  if (method == "GET") {
    // The longest prefix that fits comes last among those that fit.
    const Handler* best = nullptr;
    for (const auto& [prefix, handler] : prefixes_) {
      if (absl::StartsWith(request.path, prefix)) best = &handler;
    }
    if (best != nullptr) return (*best)(request);
  }
  return Response::Text(absl::StrCat("There is nothing at ", request.path, "\n"), 404);
}

std::string EscapeHtml(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::optional<std::string> DecodePercent(absl::string_view text, bool plus_is_blank) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') return std::nullopt;
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::string EncodePercent(absl::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~' || c == '/') {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace alluxio::http
