#include "alluxio/shell/process.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/unique_fd.h"

namespace alluxio::shell {

absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& words, absl::Duration patience) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "making a pipe");
  const UniqueFd in(ends[0]);
  UniqueFd out(ends[1]);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), STDERR_FILENO);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return ErrnoStatus(error, absl::StrCat("starting ", words[0]));
  out.Reset();
  ProcessResult result;
  const absl::Time deadline = absl::Now() + patience;
  bool killed = false;
  while (true) {
    pollfd ready = {.fd = in.get(), .events = POLLIN, .revents = 0};
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    const int polled = ::poll(&ready, 1, static_cast<int>(left > 0 ? left : 0));
    if (polled < 0 && errno == EINTR) continue;
    if (polled == 0) {
      // Its children may keep the pipe: what comes later is not waited for.
      ::kill(child, SIGKILL);
      killed = true;
      break;
    }
    char buffer[16384];
    const ssize_t n = ::read(in.get(), buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    result.output.append(buffer, static_cast<size_t>(n));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus(errno, absl::StrCat("waiting for ", words[0]));
  }
  if (killed) absl::StrAppend(&result.output, "\n(ended after ", absl::FormatDuration(patience), ")\n");
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::string OwnProgram() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

std::string OwnBuildId() {
  std::string id = "unknown";
  // The first object is the program itself.
  const auto look = [](dl_phdr_info* info, size_t, void* found) {
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const ElfW(Phdr)& segment = info->dlpi_phdr[i];
      if (segment.p_type != PT_NOTE) continue;
      const char* note = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
      const char* const end = note + segment.p_memsz;
      const auto padded = [](size_t size) { return (size + 3) & ~size_t{3}; };
      while (note + sizeof(ElfW(Nhdr)) <= end) {
        const auto* header = reinterpret_cast<const ElfW(Nhdr)*>(note);
        const char* name = note + sizeof(*header);
        const char* data = name + padded(header->n_namesz);
        if (data + header->n_descsz > end) break;
        if (header->n_type == NT_GNU_BUILD_ID &&
            absl::string_view(name, header->n_namesz) == absl::string_view("GNU", 4)) {
          *static_cast<std::string*>(found) = absl::BytesToHexString(absl::string_view(data, header->n_descsz));
        }
        note = data + padded(header->n_descsz);
      }
    }
    return 1;  // enough
  };
  ::dl_iterate_phdr(look, &id);
  return id;
}

std::vector<ServerProcess> ServerProcesses() {
  std::vector<ServerProcess> found;
  std::error_code error;
  std::filesystem::directory_iterator it("/proc", error);
  for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    ServerProcess process;
    if (!absl::SimpleAtoi(it->path().filename().string(), &process.pid)) continue;
    std::ifstream file(it->path() / "cmdline", std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const std::string program = std::filesystem::path(text.substr(0, text.find('\0'))).filename().string();
    for (const char* name : {"master", "worker", "local"}) {
      if (program == absl::StrCat("alluxio-", name)) process.name = name;
    }
    if (!process.name.empty()) found.push_back(process);
  }
  return found;
}

}  // namespace alluxio::shell
