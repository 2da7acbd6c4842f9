#include "alluxio/security/name_service.h"

#include <fcntl.h>
#include <nss.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::security {
namespace {

// Without a program interpreter there is nothing between the kernel and us.
bool IsStatic() { return ::getauxval(AT_BASE) == 0; }

// What `id` says; empty if it fails.
std::string RunId(const std::string& user) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return "";
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string words[] = {"id", "-Gn", "--", user};
  char* const argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  std::string path = "PATH=/usr/bin:/bin";
  char* const envp[] = {path.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, "/usr/bin/id", &actions, nullptr, argv, envp);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return "";
  writer.Reset();
  std::string out;
  char buffer[4096];
  for (ssize_t n; (n = ::read(reader.get(), buffer, sizeof(buffer))) > 0 || (n < 0 && errno == EINTR);) {
    if (n > 0) out.append(buffer, static_cast<size_t>(n));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? out : "";
}

bool HasUsersBesideFiles() {
  std::ifstream file("/etc/nsswitch.conf");
  std::stringstream text;
  text << file.rdbuf();
  return NamesUsersBesideFiles(text.str());
}

}  // namespace

void KeepNameServicesBuiltIn() {
  if (!IsStatic()) return;
  for (const char* database : {"passwd", "group", "initgroups", "shadow"}) ::__nss_configure_lookup(database, "files");
  ::__nss_configure_lookup("hosts", "files dns");
}

bool NamesUsersBesideFiles(absl::string_view nsswitch) {
  for (absl::string_view line : absl::StrSplit(nsswitch, '\n')) {
    line = line.substr(0, line.find('#'));
    const std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.empty() || (words[0] != "passwd:" && words[0] != "group:")) continue;
    for (size_t i = 1; i < words.size(); ++i) {
      // systemd only invents users of its own services; [...] says what to do next.
      if (words[i] != "files" && words[i] != "compat" && words[i] != "systemd" && !absl::StartsWith(words[i], "[")) {
        return true;
      }
    }
  }
  return false;
}

std::vector<std::string> GroupsBesideFiles(const std::string& user) {
  static const bool asks = IsStatic() && HasUsersBesideFiles();
  if (!asks) return {};
  return absl::StrSplit(RunId(user), absl::ByAnyChar(" \n"), absl::SkipEmpty());
}

}  // namespace alluxio::security
