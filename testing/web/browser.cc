#include "testing/web/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "nlohmann/json.hpp"

namespace alluxio::test {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kTimeout = absl::Seconds(30);
// Where the browser expects its pipe.
constexpr int kCommands = 3, kAnswers = 4;

std::string FindChromium() {
  const char* path = std::getenv("PATH");
  std::vector<std::string> folders = absl::StrSplit(path == nullptr ? "" : path, ':', absl::SkipEmpty());
  folders.push_back("/usr/bin");
  for (const std::string& folder : folders) {
    std::string file = folder + "/chromium";
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

// A pipe whose ends are in nobody's way.
absl::Status Pipe(UniqueFd* read_end, UniqueFd* write_end) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return ErrnoStatus(errno, "making a pipe");
  const UniqueFd low_read(fds[0]), low_write(fds[1]);
  *read_end = UniqueFd(fcntl(fds[0], F_DUPFD_CLOEXEC, 10));
  *write_end = UniqueFd(fcntl(fds[1], F_DUPFD_CLOEXEC, 10));
  return absl::OkStatus();
}

class Chromium final : public Browser {
 public:
  ~Chromium() override {
    commands_.Reset();  // which it takes as an order to end
    const absl::Time deadline = absl::Now() + absl::Seconds(5);
    int status;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (absl::Now() > deadline) {
        kill(-pid_, SIGKILL);
        waitpid(pid_, &status, 0);
        break;
      }
      struct pollfd wait = {.fd = answers_.get(), .events = POLLIN, .revents = 0};
      char rest[4096];
      if (poll(&wait, 1, 50) <= 0 || read(answers_.get(), rest, sizeof(rest)) <= 0) absl::SleepFor(absl::Milliseconds(20));
    }
  }

  absl::Status Spawn(const std::string& program, const std::string& profile) {
    UniqueFd commands_out, answers_in;
    ALLUXIO_RETURN_IF_ERROR(Pipe(&commands_out, &commands_));
    ALLUXIO_RETURN_IF_ERROR(Pipe(&answers_, &answers_in));
    std::vector<std::string> arguments = {program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                                          "--no-first-run", "--disable-background-networking",
                                          "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                                          "--disable-extensions", "--mute-audio", "--hide-scrollbars",
                                          "--remote-debugging-pipe", "--user-data-dir=" + profile, "about:blank"};
    std::vector<std::string> environment = {"HOME=" + profile, "PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> out;
      for (std::string& text : texts) out.push_back(text.data());
      out.push_back(nullptr);
      return out;
    };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, commands_out.get(), kCommands);
    posix_spawn_file_actions_adddup2(&actions, answers_in.get(), kAnswers);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int error = posix_spawn(&pid_, program.c_str(), &actions, &attributes, pointers(arguments).data(),
                                  pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return ErrnoStatus(error, absl::StrCat("starting ", program));

    ALLUXIO_ASSIGN_OR_RETURN(const Json target, Call("Target.createTarget", {{"url", "about:blank"}}));
    ALLUXIO_ASSIGN_OR_RETURN(const Json session, Call("Target.attachToTarget", {{"targetId", target["targetId"]},
                                                                                {"flatten", true}}));
    session_ = session["sessionId"];
    for (const char* domain : {"Page.enable", "Runtime.enable", "Log.enable"}) {
      ALLUXIO_RETURN_IF_ERROR(Call(domain, Json::object()).status());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Shown> Open(const std::string& url, const Look& look) override {
    ALLUXIO_RETURN_IF_ERROR(
        Call("Emulation.setDeviceMetricsOverride",
             {{"width", look.width}, {"height", look.height}, {"deviceScaleFactor", 1}, {"mobile", false}})
            .status());
    const Json scheme = {{"name", "prefers-color-scheme"}, {"value", look.dark ? "dark" : "light"}};
    ALLUXIO_RETURN_IF_ERROR(Call("Emulation.setEmulatedMedia", {{"features", Json::array({scheme})}}).status());
    problems_.clear();
    loaded_ = false;
    ALLUXIO_ASSIGN_OR_RETURN(const Json navigation, Call("Page.navigate", {{"url", url}}));
    if (navigation.contains("errorText")) {
      return absl::UnavailableError(absl::StrCat(url, ": ", navigation["errorText"].get<std::string>()));
    }
    const absl::Time deadline = absl::Now() + kTimeout;
    while (!loaded_) ALLUXIO_RETURN_IF_ERROR(ReadMessage(deadline).status());
    Shown shown;
    ALLUXIO_ASSIGN_OR_RETURN(shown.title, Evaluate("document.title"));
    ALLUXIO_ASSIGN_OR_RETURN(shown.text, Evaluate("document.body.innerText"));
    ALLUXIO_ASSIGN_OR_RETURN(shown.html, Evaluate("document.documentElement.outerHTML"));
    ALLUXIO_ASSIGN_OR_RETURN(shown.background, Evaluate("getComputedStyle(document.body).backgroundColor"));
    ALLUXIO_ASSIGN_OR_RETURN(const std::string width, Evaluate("document.documentElement.scrollWidth"));
    shown.content_width = std::atoll(width.c_str());
    shown.problems = problems_;
    if (look.screenshot) {
      ALLUXIO_ASSIGN_OR_RETURN(const std::string height, Evaluate("document.documentElement.scrollHeight"));
      const int64_t clip_height = std::min<int64_t>(std::max<int64_t>(look.height, std::atoll(height.c_str())), 2400);
      ALLUXIO_ASSIGN_OR_RETURN(
          const Json picture,
          Call("Page.captureScreenshot",
               {{"format", "png"},
                {"captureBeyondViewport", true},
                {"clip", {{"x", 0}, {"y", 0}, {"width", look.width}, {"height", clip_height}, {"scale", 1}}}}));
      absl::Base64Unescape(picture["data"].get<std::string>(), &shown.png);
    }
    return shown;
  }

  absl::StatusOr<std::string> Evaluate(const std::string& expression) override {
    ALLUXIO_ASSIGN_OR_RETURN(const Json answer, Call("Runtime.evaluate", {{"expression", expression},
                                                                          {"returnByValue", true},
                                                                          {"awaitPromise", true}}));
    if (answer.contains("exceptionDetails")) return absl::InternalError(answer["exceptionDetails"].dump());
    const Json value = answer["result"].value("value", Json());
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

 private:
  absl::StatusOr<Json> Call(const std::string& method, const Json& parameters) {
    const int id = ++last_id_;
    Json message = {{"id", id}, {"method", method}, {"params", parameters}};
    if (!session_.empty()) message["sessionId"] = session_;
    const std::string text = message.dump() + '\0';
    for (size_t sent = 0; sent < text.size();) {
      const ssize_t n = write(commands_.get(), text.data() + sent, text.size() - sent);
      if (n <= 0) return ErrnoStatus(errno, "writing to the browser");
      sent += static_cast<size_t>(n);
    }
    const absl::Time deadline = absl::Now() + kTimeout;
    while (true) {
      ALLUXIO_ASSIGN_OR_RETURN(Json answer, ReadMessage(deadline));
      if (answer.value("id", 0) != id) continue;
      if (answer.contains("error")) return absl::InternalError(absl::StrCat(method, ": ", answer["error"].dump()));
      return answer["result"];
    }
  }

  // The next answer or event; notes what events tell.
  absl::StatusOr<Json> ReadMessage(absl::Time deadline) {
    size_t end;
    while ((end = unread_.find('\0')) == std::string::npos) {
      const int64_t left_ms = absl::ToInt64Milliseconds(deadline - absl::Now());
      if (left_ms <= 0) return absl::DeadlineExceededError("the browser does not answer");
      struct pollfd wait = {.fd = answers_.get(), .events = POLLIN, .revents = 0};
      if (poll(&wait, 1, static_cast<int>(left_ms)) <= 0) continue;
      char buffer[65536];
      const ssize_t n = read(answers_.get(), buffer, sizeof(buffer));
      if (n <= 0) return absl::UnavailableError("the browser has ended");
      unread_.append(buffer, static_cast<size_t>(n));
    }
    Json message = Json::parse(unread_.substr(0, end));
    unread_.erase(0, end + 1);
    const std::string method = message.value("method", "");
    if (method == "Page.loadEventFired") loaded_ = true;
    if (method == "Runtime.exceptionThrown") problems_.push_back(message["params"]["exceptionDetails"].dump());
    if (method == "Log.entryAdded" && message["params"]["entry"]["level"] == "error") {
      problems_.push_back(message["params"]["entry"].dump());
    }
    return message;
  }

  pid_t pid_ = 0;
  UniqueFd commands_, answers_;
  std::string session_;
  std::string unread_;
  int last_id_ = 0;
  bool loaded_ = false;
  std::vector<std::string> problems_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Browser>> Browser::Start(const std::string& profile_folder) {
  const std::string program = FindChromium();
  if (program.empty()) return absl::NotFoundError("chromium is not installed");
  auto browser = std::make_unique<Chromium>();
  ALLUXIO_RETURN_IF_ERROR(browser->Spawn(program, profile_folder));
  return browser;
}

}  // namespace alluxio::test
