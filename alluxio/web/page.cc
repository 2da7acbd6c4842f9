#include "alluxio/web/page.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/web/static_files.h"

namespace alluxio::web {
namespace {

std::string Escape(absl::string_view text) { return http::EscapeHtml(text); }

std::string Anchor(absl::string_view url, absl::string_view text, absl::string_view attributes = "") {
  return absl::StrCat("<a href=\"", Escape(url), "\"", attributes, ">", Escape(text), "</a>");
}

}  // namespace

Markup Raw(absl::string_view html) {
  Markup markup;
  markup.html_ = std::string(html);
  return markup;
}

Markup Text(absl::string_view value) { return Raw(Escape(value)); }
Markup Code(absl::string_view value) { return Raw(absl::StrCat("<code>", Escape(value), "</code>")); }
Markup Heading(absl::string_view value) { return Raw(absl::StrCat("<h2>", Escape(value), "</h2>\n")); }
Markup Note(absl::string_view value) { return Raw(absl::StrCat("<p class=\"note\">", Escape(value), "</p>\n")); }

Markup Problem(absl::string_view value) {
  if (value.empty()) return {};
  return Raw(absl::StrCat("<p class=\"problem\" role=\"alert\">", Escape(value), "</p>\n"));
}

std::string Url(absl::string_view path, const std::vector<std::pair<absl::string_view, std::string>>& query) {
  std::string url(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    absl::StrAppend(&url, absl::string_view(&separator, 1), name, "=", http::EncodePercent(value));
    separator = '&';
  }
  return url;
}

Markup Link(absl::string_view url, absl::string_view text) { return Raw(Anchor(url, text)); }

Markup ExternalLink(absl::string_view url, absl::string_view text) {
  if (!absl::StartsWith(url, "http://") && !absl::StartsWith(url, "https://")) return Text(text);
  return Raw(Anchor(url, text, " rel=\"noreferrer\""));
}

Markup Meter(int64_t percent) {
  percent = std::clamp<int64_t>(percent, 0, 100);
  return Raw(absl::StrCat("<span class=\"meter\"><meter min=\"0\" max=\"100\" high=\"90\" optimum=\"0\" value=\"",
                          percent, "\">", percent, " %</meter> ", percent, " %</span>"));
}

Markup Badge(absl::string_view text, bool good) {
  return Raw(absl::StrCat("<span class=\"badge ", good ? "good" : "bad", "\">", Escape(text), "</span>"));
}

Markup Facts(const std::vector<std::pair<std::string, Markup>>& facts) {
  std::string html = "<dl class=\"facts\">\n";
  for (const auto& [name, value] : facts) {
    absl::StrAppend(&html, "<div><dt>", Escape(name), "</dt><dd>", value.html(), "</dd></div>\n");
  }
  return Raw(absl::StrCat(html, "</dl>\n"));
}

Markup Table(const std::vector<std::string>& columns, const std::vector<std::vector<Markup>>& rows,
             const TableOptions& options) {
  if (rows.empty()) return Note(options.if_empty);
  const auto style = [&](size_t column) {
    const auto among = [column](const std::vector<size_t>& columns) {
      return std::find(columns.begin(), columns.end(), column) != columns.end();
    };
    return among(options.numbers) ? " class=\"number\"" : among(options.short_texts) ? " class=\"short\"" : "";
  };
  std::string html = absl::StrCat("<table", options.filter ? " data-filter" : "", ">\n<thead><tr>");
  for (size_t i = 0; i < columns.size(); ++i) {
    absl::StrAppend(&html, "<th scope=\"col\"", style(i), ">", Escape(columns[i]), "</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<Markup>& row : rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size() && i < columns.size(); ++i) {
      absl::StrAppend(&html, "<td", style(i), " data-label=\"", Escape(columns[i]), "\">", row[i].html(), "</td>");
    }
    html += "</tr>\n";
  }
  return Raw(absl::StrCat(html, "</tbody>\n</table>\n"));
}

Markup Pager(absl::string_view path, std::vector<std::pair<absl::string_view, std::string>> query, int64_t offset,
             int64_t limit, int64_t total) {
  if (total <= 0 || (offset == 0 && total <= limit)) return {};
  const auto page = [&](int64_t at, absl::string_view text) {
    auto with_offset = query;
    with_offset.emplace_back("offset", absl::StrCat(at));
    with_offset.emplace_back("limit", absl::StrCat(limit));
    return Anchor(Url(path, with_offset), text);
  };
  std::string html = "<p class=\"pager\">";
  if (offset > 0) absl::StrAppend(&html, page(std::max<int64_t>(0, offset - limit), "Previous"), " ");
  absl::StrAppend(&html, "<span>", offset + 1, " to ", std::min(total, offset + limit), " of ", total, "</span>");
  if (offset + limit < total) absl::StrAppend(&html, " ", page(offset + limit, "Next"));
  return Raw(absl::StrCat(html, "</p>\n"));
}

Markup ContentView(absl::string_view path, const std::string& file, int64_t offset, int64_t chunk, int64_t size,
                   absl::string_view content) {
  const auto part = [&](int64_t at, absl::string_view text) {
    return Anchor(Url(path, {{"path", file}, {"offset", absl::StrCat(at)}}), text);
  };
  std::string html = "<p class=\"pager\">";
  if (offset > 0 || size > chunk) {
    absl::StrAppend(&html, part(0, "First bytes"), " ");
    if (offset > 0) absl::StrAppend(&html, part(std::max<int64_t>(0, offset - chunk), "Earlier"), " ");
    if (offset + chunk < size) absl::StrAppend(&html, part(offset + chunk, "Later"), " ");
    absl::StrAppend(&html, Anchor(Url(path, {{"path", file}, {"offset", absl::StrCat(chunk)}, {"end", "1"}}),
                                  "Last bytes"), " ");
  }
  absl::StrAppend(&html, "<span>bytes ", offset, " to ", std::min(size, offset + chunk), " of ", size,
                  "</span></p>\n<pre class=\"content\" tabindex=\"0\">", Escape(content), "</pre>\n");
  return Raw(html);
}

http::Response Page(const Site& site, absl::string_view path, absl::string_view title, const Markup& body,
                    int status) {
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
      Escape(title), " - ", Escape(site.name),
      "</title>\n<link rel=\"icon\" href=\"/static/icon.svg\" type=\"image/svg+xml\">\n"
      "<link rel=\"stylesheet\" href=\"/static/alluxio.css\">\n<script src=\"/static/alluxio.js\" defer></script>\n"
      "</head>\n<body data-refresh=\"",
      absl::ToInt64Milliseconds(site.refresh), "\">\n<header>\n<a class=\"brand\" href=\"/overview\">",
      Escape(site.name), "</a>\n<nav aria-label=\"Pages\">\n");
  for (const auto& [target, label] : site.pages) {
    absl::StrAppend(&html, Anchor(target, label, target == path ? " aria-current=\"page\"" : ""), "\n");
  }
  absl::StrAppend(&html, "</nav>\n</header>\n<main>\n<h1>", Escape(title), "</h1>\n", body.html(),
                  "</main>\n</body>\n</html>\n");
  return http::Response::Html(std::move(html), status);
}

void AddStatic(http::Router* router) {
  const auto add = [router](std::string path, absl::string_view content, std::string type) {
    router->Get(std::move(path), [content, type](const http::Request&) {
      http::Response response;
      response.content_type = type;
      response.body = std::string(content);
      return response;
    });
  };
  add("/static/alluxio.css", kStyleSheet, "text/css; charset=utf-8");
  add("/static/alluxio.js", kScript, "text/javascript; charset=utf-8");
  add("/static/icon.svg", kIcon, "image/svg+xml");
}

}  // namespace alluxio::web
