#ifndef ALLUXIO_WEB_PAGE_H_
#define ALLUXIO_WEB_PAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/http/server.h"

// Pages made on the server: plain HTML, one style sheet, one small script that
// nothing depends on.
namespace alluxio::web {

// Text that is HTML already. Only what is made here becomes one, so that no
// value reaches a page unescaped.
class Markup {
 public:
  Markup() = default;
  const std::string& html() const { return html_; }
  Markup& operator+=(const Markup& other) {
    html_ += other.html_;
    return *this;
  }
  friend Markup operator+(Markup a, const Markup& b) { return a += b; }
  bool empty() const { return html_.empty(); }

 private:
  friend Markup Raw(absl::string_view html);
  std::string html_;
};

// `html` as it stands: for literals in the source, never for values.
Markup Raw(absl::string_view html);

Markup Text(absl::string_view value);
Markup Code(absl::string_view value);
Markup Heading(absl::string_view value);
// A paragraph: for the one sentence that says what is (not) there.
Markup Note(absl::string_view value);
// A box that says what went wrong; nothing for an empty text.
Markup Problem(absl::string_view value);

// "/browse?path=%2Fa" of "/browse" and {{"path", "/a"}}.
std::string Url(absl::string_view path, const std::vector<std::pair<absl::string_view, std::string>>& query = {});
// `url` as Url makes it (or a path of ours).
Markup Link(absl::string_view url, absl::string_view text);
// Only http and https URLs are linked, everything else is text.
Markup ExternalLink(absl::string_view url, absl::string_view text);

// "45 %" with a bar.
Markup Meter(int64_t percent);
Markup Badge(absl::string_view text, bool good);

// A list of names and values.
Markup Facts(const std::vector<std::pair<std::string, Markup>>& facts);

struct TableOptions {
  // Rows can be narrowed by what is typed above (needs the script).
  bool filter = false;
  // What to say instead of an empty table.
  std::string if_empty = "Nothing here.";
  // Columns (from 0) that hold numbers.
  std::vector<size_t> numbers;
  // Columns that are not broken into lines.
  std::vector<size_t> short_texts;
};
// On narrow screens each row is a card whose lines carry the columns' names.
Markup Table(const std::vector<std::string>& columns, const std::vector<std::vector<Markup>>& rows,
             const TableOptions& options = {});

// Links to the pages before and after `offset`, and "1 to 20 of 57".
Markup Pager(absl::string_view path, std::vector<std::pair<absl::string_view, std::string>> query, int64_t offset,
             int64_t limit, int64_t total);

// File contents, with links to its beginning, end, and the parts around `offset`.
Markup ContentView(absl::string_view path, const std::string& file, int64_t offset, int64_t chunk, int64_t size,
                   absl::string_view content);

// What all pages of one server share.
struct Site {
  std::string name;  // "Alluxio master"
  std::vector<std::pair<std::string, std::string>> pages;  // path, label
  // How often the script loads a page again once somebody asked for that.
  absl::Duration refresh = absl::Seconds(15);
};

// `path` is the page's entry in the navigation.
http::Response Page(const Site& site, absl::string_view path, absl::string_view title, const Markup& body,
                    int status = 200);

// /static/alluxio.css, /static/alluxio.js and the icon.
void AddStatic(http::Router* router);

}  // namespace alluxio::web

#endif  // ALLUXIO_WEB_PAGE_H_
