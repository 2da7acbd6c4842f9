#include "alluxio/container/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/container/env_script.h"

namespace alluxio::container {
namespace {

constexpr char kSelf[] = "/proc/self/exe";

std::vector<char*> Argv(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

std::string ProgramHome() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink(kSelf, error);
  if (error) return "";
  const std::filesystem::path folder = self.parent_path();
  if (folder.filename() != "bin" && folder.filename() != "lib") return "";
  const std::filesystem::path home = folder.parent_path();
  return std::filesystem::is_directory(home / "conf", error) ? home.string() : "";
}

bool PrepareEnvironment() {
  if (const std::string home = ProgramHome(); !home.empty()) ::setenv("ALLUXIO_HOME", home.c_str(), 1);
  const char* const home = std::getenv("ALLUXIO_HOME");
  const char* const given = std::getenv("ALLUXIO_CONF_DIR");
  if (std::getenv("ALLUXIO_ENV_SOURCED") != nullptr || (home == nullptr && given == nullptr)) return true;
  std::ifstream file(absl::StrCat(given != nullptr && *given ? given : absl::StrCat(home, "/conf"), "/alluxio-env.sh"));
  if (!file) return true;
  const auto variables = ReadPlainEnvScript(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!variables.has_value()) return false;
  for (const auto& [name, value] : *variables) ::setenv(name.c_str(), value.c_str(), 1);
  return true;
}

absl::Status BecomeProgram(const std::vector<std::string>& arguments) {
  ::execv(kSelf, Argv(arguments).data());
  return ErrnoStatus(errno, absl::StrCat("starting ", arguments[0]));
}

absl::StatusOr<int> RunProgram(const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child < 0) return ErrnoStatus(errno, absl::StrCat("starting ", arguments[0]));
  if (child == 0) {
    ::execv(kSelf, Argv(arguments).data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus(errno, absl::StrCat("waiting for ", arguments[0]));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace alluxio::container
