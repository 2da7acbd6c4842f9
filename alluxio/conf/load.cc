#include "alluxio/conf/load.h"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/cgroup.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/effect.h"
#include "alluxio/conf/units.h"

namespace alluxio::conf {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return ErrnoStatus(errno, absl::StrCat("open ", path));
  std::string text;
  char buffer[16384];
  size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof(buffer), file)) > 0) text.append(buffer, count);
  const bool failed = std::ferror(file) != 0;
  const int error = errno;
  std::fclose(file);
  if (failed) return ErrnoStatus(error, absl::StrCat("read ", path));
  return text;
}

int Cores(const Cgroup& cgroup) {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int cores = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::max(1, std::min(cores, cgroup.CpuLimit().value_or(cores)));
}

// Splits at blanks outside quotes; the quotes go.
std::vector<std::string> Words(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (char c : text) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word.push_back(c);
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (absl::ascii_isspace(c)) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

// "key=value" of "-Dkey=value"; a lone "-Dkey" gives the key no text, as Java does.
std::pair<std::string, std::string> SplitProperty(absl::string_view word) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(word.substr(2), absl::MaxSplits('=', 1));
  return {std::string(parts.first), std::string(parts.second)};
}

bool IsProperty(absl::string_view word) { return absl::StartsWith(word, "-D") && word.size() > 2; }

absl::string_view Prefix(Process process) {
  switch (process) {
    case Process::kMaster: return "MASTER";
    case Process::kJobMaster: return "JOB_MASTER";
    case Process::kWorker: return "WORKER";
    case Process::kJobWorker: return "JOB_WORKER";
    case Process::kProxy: return "PROXY";
    case Process::kLogServer: return "LOGSERVER";
    case Process::kFuse: return "FUSE";
    case Process::kUser: return "USER";
  }
  return "USER";
}

bool FileExists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

}  // namespace

Host ThisHost() {
  const Cgroup cgroup = Cgroup::OfThisProcess();
  Host host;
  host.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  host.read_file = ReadFile;
  if (const char* home = std::getenv("HOME"); home != nullptr) host.machine.user_home = home;
  host.machine.cores = Cores(cgroup);
  const int64_t pages = sysconf(_SC_PHYS_PAGES);
  const int64_t page_bytes = sysconf(_SC_PAGESIZE);
  host.machine.memory_bytes = pages > 0 && page_bytes > 0 ? pages * page_bytes : 0;
  if (const int64_t limit = cgroup.MemoryLimit().value_or(0); limit > 0) {
    host.machine.memory_bytes = host.machine.memory_bytes > 0 ? std::min(host.machine.memory_bytes, limit) : limit;
  }
  // What a Java machine takes when nobody says -Xmx.
  host.machine.process_memory_bytes = host.machine.memory_bytes / 4;
  host.machine.file_exists = FileExists;
  return host;
}

std::vector<std::pair<std::string, std::string>> SystemPropertiesOf(absl::string_view java_opts,
                                                                    std::optional<int64_t>* max_memory) {
  std::vector<std::pair<std::string, std::string>> properties;
  for (const std::string& word : Words(java_opts)) {
    if (IsProperty(word)) {
      properties.push_back(SplitProperty(word));
    } else if (max_memory != nullptr && absl::StartsWith(word, "-Xmx")) {
      const absl::StatusOr<int64_t> bytes = ParseBytes(word.substr(4));
      if (bytes.ok() && *bytes > 0) *max_memory = *bytes;
    }
  }
  return properties;
}

absl::StatusOr<Loaded> Load(Process process, const std::vector<std::string>& arguments, const Host& host) {
  Loaded loaded;
  Sources& sources = loaded.sources;
  sources.machine = host.machine;
  auto& properties = sources.system_properties;

  const auto environment = [&](absl::string_view name) {
    const std::optional<std::string> value = host.environment(std::string(name));
    return value.value_or("");  // the scripts, too, take empty for unset
  };
  const auto give = [&](absl::string_view variable, absl::string_view key) {
    if (std::string value = environment(variable); !value.empty()) properties.emplace_back(key, std::move(value));
  };

  give("ALLUXIO_HOME", "alluxio.home");
  const std::string home = environment("ALLUXIO_HOME");
  std::string conf_dir = environment("ALLUXIO_CONF_DIR");
  if (conf_dir.empty() && !home.empty()) conf_dir = absl::StrCat(home, "/conf");
  std::string logs_dir = environment("ALLUXIO_LOGS_DIR");
  if (logs_dir.empty() && !home.empty()) logs_dir = absl::StrCat(home, "/logs");
  std::string user_logs_dir = environment("ALLUXIO_USER_LOGS_DIR");
  if (user_logs_dir.empty() && !logs_dir.empty()) user_logs_dir = absl::StrCat(logs_dir, "/user");
  if (!conf_dir.empty()) properties.emplace_back("alluxio.conf.dir", conf_dir);
  if (!logs_dir.empty()) properties.emplace_back("alluxio.logs.dir", logs_dir);
  if (!user_logs_dir.empty()) properties.emplace_back("alluxio.user.logs.dir", user_logs_dir);
  if (!environment("ALLUXIO_RAM_FOLDER").empty()) {
    properties.emplace_back("alluxio.worker.tieredstore.level0.alias", "MEM");
    give("ALLUXIO_RAM_FOLDER", "alluxio.worker.tieredstore.level0.dirs.path");
  }
  give("ALLUXIO_MASTER_HOSTNAME", "alluxio.master.hostname");
  if (!environment("ALLUXIO_MASTER_MOUNT_TABLE_ROOT_UFS").empty()) {
    give("ALLUXIO_MASTER_MOUNT_TABLE_ROOT_UFS", "alluxio.master.mount.table.root.ufs");
  } else if (!environment("ALLUXIO_UNDERFS_ADDRESS").empty()) {
    give("ALLUXIO_UNDERFS_ADDRESS", "alluxio.master.mount.table.root.ufs");
    loaded.warnings.push_back("ALLUXIO_UNDERFS_ADDRESS is deprecated by ALLUXIO_MASTER_MOUNT_TABLE_ROOT_UFS");
  }
  give("ALLUXIO_WORKER_MEMORY_SIZE", "alluxio.worker.ramdisk.size");
  give("ALLUXIO_LOGSERVER_HOSTNAME", "alluxio.logserver.hostname");
  give("ALLUXIO_LOGSERVER_PORT", "alluxio.logserver.port");
  give("ALLUXIO_LOGSERVER_LOGS_DIR", "alluxio.logserver.logs.dir");
  const absl::string_view prefix = Prefix(process);
  std::string logger = environment(absl::StrCat("ALLUXIO_", prefix, "_LOGGER"));
  if (logger.empty()) logger = absl::StrCat(prefix, "_LOGGER");
  properties.emplace_back("alluxio.logger.type", logger);

  std::optional<int64_t> max_memory;
  const std::string java_opts[] = {"ALLUXIO_JAVA_OPTS", absl::StrCat("ALLUXIO_", prefix, "_JAVA_OPTS")};
  for (const std::string& variable : java_opts) {
    for (auto& property : SystemPropertiesOf(environment(variable), &max_memory)) {
      properties.push_back(std::move(property));
    }
  }
  if (max_memory.has_value()) sources.machine.process_memory_bytes = *max_memory;

  bool options_ended = false;
  for (const std::string& argument : arguments) {
    options_ended = options_ended || argument == "--";
    if (!options_ended && IsProperty(argument)) {
      properties.push_back(SplitProperty(argument));
    } else {
      loaded.arguments.push_back(argument);
    }
  }
  // The command line can hold what belongs to Java, not to us.
  properties.erase(std::remove_if(properties.begin(), properties.end(),
                                  [](const auto& property) {
                                    return FindProperty(property.first) == nullptr &&
                                           FindTemplate(property.first) == nullptr &&
                                           !absl::StartsWith(property.first, "alluxio.");
                                  }),
                   properties.end());

  // Where the site file lies may itself be said by a system property.
  ALLUXIO_ASSIGN_OR_RETURN(const Configuration without_site, Configuration::Create(sources));
  for (const std::string& folder : without_site.GetList("alluxio.site.conf.dir")) {
    const std::string path = absl::StrCat(folder, absl::EndsWith(folder, "/") ? "" : "/", "alluxio-site.properties");
    absl::StatusOr<std::string> text = host.read_file(path);
    if (absl::IsNotFound(text.status())) continue;
    if (!text.ok()) return Annotate(text.status(), "reading the site file");
    sources.site_file = path;
    sources.site_properties = *std::move(text);
    break;
  }
  ALLUXIO_ASSIGN_OR_RETURN(loaded.configuration, Configuration::Create(sources, &loaded.warnings));
  // Of servers: who runs a command does not want to hear it every time.
  if (process == Process::kMaster || process == Process::kWorker) {
    const Scope scope = process == Process::kMaster ? Scope::kMaster : Scope::kWorker;
    if (std::string text = SetWithoutEffect(loaded.configuration, scope); !text.empty()) {
      loaded.warnings.push_back(std::move(text));
    }
  }
  if (loaded.configuration.GetBool("alluxio.debug")) {
    for (const std::string& variable : java_opts) {
      std::string ignored;
      for (const std::string& word : Words(environment(variable))) {
        if (!IsProperty(word) && !absl::StartsWith(word, "-Xmx")) absl::StrAppend(&ignored, " ", word);
      }
      if (ignored.empty()) continue;
      loaded.warnings.push_back(absl::StrCat(variable, " has options of a Java machine, which are ignored:", ignored));
    }
  }
  return loaded;
}

absl::StatusOr<Loaded> Load(Process process, int argc, const char* const* argv) {
  return Load(process, std::vector<std::string>(argv + std::min(argc, 1), argv + argc), ThisHost());
}

}  // namespace alluxio::conf
