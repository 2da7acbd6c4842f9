#include "alluxio/container/entrypoint_main.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/cgroup.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/host_name.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/conf/load.h"
#include "alluxio/container/entrypoint.h"
#include "alluxio/container/program.h"
#include "alluxio/worker/tier/tier_options.h"

namespace alluxio::container {
namespace {

// What a worker needs beside its blocks.
constexpr int64_t kProcessBytes = int64_t{64} << 20;
constexpr uint32_t kTmpfsMagic = 0x01021994;
constexpr uint32_t kRamfsMagic = 0x858458f6;

void Say(absl::string_view text) {
  std::fprintf(stderr, "alluxio entrypoint: %s\n", std::string(text).c_str());
}

int Fail(const absl::Status& status) {
  Say(status.message());
  return 1;
}

std::string Megabytes(int64_t bytes) { return absl::StrFormat("%.2fMB", static_cast<double>(bytes) / (1 << 20)); }

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path);
  if (!in) return ErrnoStatus(errno, absl::StrCat("reading ", path));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// In one step, so that nobody sees half of it. Not written where it is so already.
absl::Status WriteFile(const std::string& path, absl::string_view text) {
  if (const auto now = ReadFile(path); now.ok() ? *now == text : text.empty()) return absl::OkStatus();
  const std::string temp = absl::StrCat(path, ".new");
  UniqueFd file(::open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return ErrnoStatus(errno, absl::StrCat("writing ", temp));
  while (!text.empty()) {
    const ssize_t n = ::write(file.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, absl::StrCat("writing ", temp));
    text.remove_prefix(static_cast<size_t>(n));
  }
  // A file that was private, as it may hold secrets, stays so.
  if (struct stat old; ::stat(path.c_str(), &old) == 0 && ::fchmod(file.get(), old.st_mode & 0777) != 0) {
    return ErrnoStatus(errno, absl::StrCat("writing ", temp));
  }
  if (::rename(temp.c_str(), path.c_str()) != 0) return ErrnoStatus(errno, absl::StrCat("replacing ", path));
  return absl::OkStatus();
}

// A folder that exists has to be a folder of ours.
absl::Status CheckWritable(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return absl::OkStatus();  // the service makes it, or says why it can't
  if (S_ISDIR(info.st_mode) && ::access(path.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  const bool read_only = S_ISDIR(info.st_mode) && errno == EROFS;
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s is %s user %d: owner %d:%d, mode %04o. Mount a folder that this user may write%s", path,
      !S_ISDIR(info.st_mode) ? "not a folder, for" : read_only ? "read-only, for" : "not writable for", ::geteuid(),
      info.st_uid, info.st_gid, info.st_mode & 07777, read_only ? "" : ", or start with --user"));
}

// What somebody named has to be mounted there: a folder made in the container
// is neither shared nor memory.
absl::Status CheckMounted(const std::string& path, absl::string_view setting) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 || errno != ENOENT) return CheckWritable(path);
  return absl::FailedPreconditionError(absl::StrCat("there is no folder ", path, " in the container, which ", setting,
                                                    " names: add -v FOLDER:", path, " to docker run"));
}

// The under store that somebody named, if it is a folder. It may be read-only; that is said.
absl::Status CheckUnderStore(const conf::Configuration& configuration, std::vector<std::string>* notes) {
  constexpr char kRoot[] = "alluxio.master.mount.table.root.ufs";
  if (!configuration.IsSetByUser(kRoot)) return absl::OkStatus();
  std::string path = configuration.GetString(kRoot);
  if (absl::StartsWith(path, "file://")) path.erase(0, 7);
  if (!absl::StartsWith(path, "/")) return absl::OkStatus();
  if (const absl::Status status = CheckMounted(path, kRoot); !status.ok()) {
    if (::access(path.c_str(), R_OK | X_OK) != 0) return status;
    notes->emplace_back(status.message());
  }
  return absl::OkStatus();
}

// Adds to `arguments` what the master would not choose by itself.
absl::Status PrepareMaster(std::vector<std::string>* arguments, std::vector<std::string>* notes) {
  ALLUXIO_ASSIGN_OR_RETURN(const conf::Loaded loaded,
                           conf::Load(conf::Process::kMaster, *arguments, conf::ThisHost()));
  // Other containers reach it by the host's name, not as localhost.
  constexpr char kHostname[] = "alluxio.master.hostname";
  if (!loaded.configuration.IsSet(kHostname)) {
    arguments->push_back(absl::StrCat("-D", kHostname, "=", LocalHostName()));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckUnderStore(loaded.configuration, notes));
  for (const char* key : {"alluxio.master.journal.folder", "alluxio.master.metastore.dir"}) {
    ALLUXIO_RETURN_IF_ERROR(CheckWritable(loaded.configuration.GetString(key)));
  }
  return absl::OkStatus();
}

absl::Status CheckWorker(const std::vector<std::string>& arguments, std::vector<std::string>* notes) {
  ALLUXIO_ASSIGN_OR_RETURN(const conf::Loaded loaded,
                           conf::Load(conf::Process::kWorker, arguments, conf::ThisHost()));
  ALLUXIO_ASSIGN_OR_RETURN(const worker::StoreLayout layout, worker::LayoutFrom(loaded.configuration));
  if (const char* folder = std::getenv("ALLUXIO_RAM_FOLDER"); folder != nullptr && *folder) {
    for (const worker::DirOptions& dir : layout.tiers.front().dirs) {
      if (dir.path == folder) ALLUXIO_RETURN_IF_ERROR(CheckMounted(folder, "ALLUXIO_RAM_FOLDER"));
    }
  }
  constexpr char kSocket[] = "alluxio.worker.data.server.domain.socket.address";
  if (std::string address = loaded.configuration.GetString(kSocket); !address.empty()) {
    if (!loaded.configuration.GetBool("alluxio.worker.data.server.domain.socket.as.uuid")) {
      address = std::filesystem::path(address).parent_path();
    }
    ALLUXIO_RETURN_IF_ERROR(CheckMounted(address, kSocket));
  }
  // Blocks can be written and read without it.
  if (const absl::Status status = CheckUnderStore(loaded.configuration, notes); !status.ok()) {
    notes->emplace_back(status.message());
  }
  std::vector<TierFolder> folders;
  for (const worker::TierOptions& tier : layout.tiers) {
    for (const worker::DirOptions& dir : tier.dirs) {
      ALLUXIO_RETURN_IF_ERROR(CheckWritable(dir.path));
      struct statfs fs {};
      if (::statfs(dir.path.c_str(), &fs) != 0) continue;
      const auto type = static_cast<uint32_t>(fs.f_type);
      folders.push_back({.path = dir.path,
                         .wanted_bytes = dir.capacity_bytes,
                         .in_memory = type == kTmpfsMagic || type == kRamfsMagic,
                         .size_bytes = static_cast<int64_t>(fs.f_blocks) * static_cast<int64_t>(fs.f_bsize)});
    }
  }
  return CheckMemory(folders, Cgroup::OfThisProcess().MemoryLimit(), notes);
}

absl::Status Carry(const Plan& plan, const std::string& conf_dir, std::vector<std::string>* arguments) {
  std::vector<std::string> notes = plan.notes;
  absl::Status written = WriteFile(conf_dir + "/alluxio-site.properties", plan.site_properties);
  if (written.ok()) written = WriteFile(conf_dir + "/alluxio-env.sh", plan.env_script);
  if (written.ok() && plan.log4j_properties.has_value()) {
    written = WriteFile(conf_dir + "/log4j.properties", *plan.log4j_properties);
  }
  if (!written.ok()) {
    if (std::getenv("ALLUXIO_SITE_PROPERTIES") != nullptr) {
      return Annotate(written, "ALLUXIO_SITE_PROPERTIES needs a folder conf that can be written");
    }
    notes.push_back(absl::StrCat(written.message(), ": the settings are handed on as arguments instead; "
                                 "docker exec does not see them"));
    *arguments = plan.properties;
  }
  if (const char* fuse = std::getenv("ENABLE_FUSE"); fuse != nullptr && absl::EqualsIgnoreCase(fuse, "true")) {
    notes.push_back("ENABLE_FUSE is ignored: the FUSE mount is not part of this release");
  }
  if (!PrepareEnvironment()) {
    notes.push_back(absl::StrCat(conf_dir, "/alluxio-env.sh needs a shell: only docker exec sees what it sets"));
  }
  const absl::Status checked =
      plan.service == "worker" ? CheckWorker(*arguments, &notes) : PrepareMaster(arguments, &notes);
  for (const std::string& note : notes) Say(note);
  ALLUXIO_RETURN_IF_ERROR(checked);

  if (!plan.format.empty()) {
    std::vector<std::string> command = {"alluxio-client", plan.format};
    command.insert(command.end(), arguments->begin(), arguments->end());
    ALLUXIO_ASSIGN_OR_RETURN(const int code, RunProgram(command));
    if (code != 0) {
      return absl::FailedPreconditionError(absl::StrCat(plan.format, " failed with exit code ", code,
                                                        ": nothing was started (--no-format starts without)"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckMemory(const std::vector<TierFolder>& folders, std::optional<int64_t> memory_limit,
                         std::vector<std::string>* notes) {
  int64_t in_memory = 0;
  for (const TierFolder& folder : folders) {
    if (!folder.in_memory) continue;
    in_memory += folder.wanted_bytes;
    if (folder.size_bytes == 0 || folder.size_bytes >= folder.wanted_bytes) continue;
    const int64_t megabytes = (folder.wanted_bytes + (1 << 20) - 1) >> 20;
    const std::string flag = folder.path == "/dev/shm" ? absl::StrCat("--shm-size=", megabytes, "M to docker run")
                                                        : absl::StrCat("size=", megabytes, "M to its mount");
    return absl::FailedPreconditionError(absl::StrCat(
        folder.path, " has ", Megabytes(folder.size_bytes), " but the worker shall keep ",
        Megabytes(folder.wanted_bytes), " there: add ", flag, ", or give less as ALLUXIO_WORKER_MEMORY_SIZE"));
  }
  if (memory_limit.has_value() && in_memory > 0 && *memory_limit < in_memory + kProcessBytes) {
    notes->push_back(absl::StrCat("the container may use ", Megabytes(*memory_limit), " of memory, but blocks of up to ",
                                  Megabytes(in_memory), " count against that, and the worker needs ",
                                  Megabytes(kProcessBytes), " besides: it may be ended for that; add --memory=",
                                  (in_memory + kProcessBytes) >> 20, "M"));
  }
  return absl::OkStatus();
}

int EntrypointMain(int argc, char** argv) {
  Start start;
  start.arguments.assign(argv + 1, argv + argc);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const absl::string_view text = *variable;
    const size_t equals = text.find('=');
    if (equals != absl::string_view::npos) start.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  std::string home = ProgramHome();
  if (home.empty()) {
    const char* const given = std::getenv("ALLUXIO_HOME");
    home = given != nullptr ? given : "";
  }
  const char* const conf = std::getenv("ALLUXIO_CONF_DIR");
  if (home.empty() && conf == nullptr) {
    return Fail(absl::FailedPreconditionError("the program does not lie in a tarball's bin/: set ALLUXIO_HOME"));
  }
  const std::string conf_dir = conf != nullptr && *conf ? conf : home + "/conf";
  start.site_properties = ReadFile(conf_dir + "/alluxio-site.properties").value_or("");
  start.env_script = ReadFile(conf_dir + "/alluxio-env.sh").value_or("");

  const absl::StatusOr<Plan> plan = PlanStart(start);
  if (!plan.ok()) return Fail(plan.status());
  std::vector<std::string> arguments;
  if (const absl::Status status = Carry(*plan, conf_dir, &arguments); !status.ok()) return Fail(status);
  // The log goes to the file and to `docker logs`.
  arguments.insert(arguments.begin(), absl::StrCat("-Dalluxio.logger.type=Console,",
                                                   absl::AsciiStrToUpper(plan->service), "_LOGGER"));
  arguments.insert(arguments.begin(), "alluxio-" + plan->service);
  return Fail(BecomeProgram(arguments));
}

int GetConfKeyMain(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "Usage: runClass alluxio.cli.GetConfKey ENVIRONMENT_VARIABLE\n");
    return 1;
  }
  const std::optional<std::string> property = PropertyOfVariable(argv[1]);
  if (!property.has_value()) {
    std::fprintf(stderr, "%s is not a valid configuration key.\n", argv[1]);
    return 1;
  }
  std::printf("%s\n", property->c_str());
  return 0;
}

}  // namespace alluxio::container
