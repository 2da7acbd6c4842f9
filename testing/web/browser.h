#ifndef ALLUXIO_TESTING_WEB_BROWSER_H_
#define ALLUXIO_TESTING_WEB_BROWSER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace alluxio::test {

// Headless Chromium, driven over its debugging pipe. One process for all pages.
// Not thread-safe.
class Browser {
 public:
  // NOT_FOUND: there is no chromium on this machine.
  static absl::StatusOr<std::unique_ptr<Browser>> Start(const std::string& profile_folder);
  virtual ~Browser() = default;

  struct Look {
    int width = 1280;
    int height = 800;
    bool dark = false;
    bool screenshot = false;
  };
  struct Shown {
    std::string title;
    std::string text;  // as people see it
    std::string html;
    std::string background;  // "rgb(18, 23, 29)"
    int64_t content_width = 0;  // more than Look::width: one has to scroll sideways
    // What the console says is wrong: scripts that failed, resources that were refused.
    std::vector<std::string> problems;
    std::string png;  // of the whole page, if asked for
  };
  // Loads a page and its scripts. DEADLINE_EXCEEDED after half a minute.
  virtual absl::StatusOr<Shown> Open(const std::string& url, const Look& look) = 0;
  // The result of an expression on the page that was opened last, as text. A
  // promise is waited for.
  virtual absl::StatusOr<std::string> Evaluate(const std::string& expression) = 0;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_WEB_BROWSER_H_
