#ifndef ALLUXIO_CONF_LOAD_H_
#define ALLUXIO_CONF_LOAD_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::conf {

// Which process asks: decides which *_JAVA_OPTS count and what
// alluxio.logger.type says. kUser is the shell and every other client.
enum class Process { kMaster, kJobMaster, kWorker, kJobWorker, kProxy, kLogServer, kFuse, kUser };

// What loading asks of the machine; ThisHost() is the real one.
struct Host {
  // nullopt: not set.
  std::function<std::optional<std::string>(const std::string& name)> environment;
  // NOT_FOUND: no such file.
  std::function<absl::StatusOr<std::string>(const std::string& path)> read_file;
  Machine machine;
};
Host ThisHost();

struct Loaded {
  Configuration configuration;
  // What it was made of: add `cluster_defaults` and Create again to have the
  // master's defaults in it.
  Sources sources;
  // The command line without its -Dkey=value, program name excluded.
  std::vector<std::string> arguments;
  // For the log: unknown keys, values without effect.
  std::vector<std::string> warnings;
};

// The configuration of one process, as the original's start scripts make it.
//
// System properties, weakest first:
//   - ALLUXIO_HOME, ALLUXIO_CONF_DIR, ALLUXIO_LOGS_DIR, ALLUXIO_USER_LOGS_DIR,
//     ALLUXIO_RAM_FOLDER, ALLUXIO_MASTER_HOSTNAME,
//     ALLUXIO_MASTER_MOUNT_TABLE_ROOT_UFS (old: ALLUXIO_UNDERFS_ADDRESS),
//     ALLUXIO_WORKER_MEMORY_SIZE, ALLUXIO_LOGSERVER_{HOSTNAME,PORT,LOGS_DIR};
//   - -Dkey=value in ALLUXIO_JAVA_OPTS;
//   - -Dkey=value in ALLUXIO_{MASTER,JOB_MASTER,WORKER,JOB_WORKER,PROXY,
//     LOGSERVER,FUSE,USER}_JAVA_OPTS, the one of `process`;
//   - -Dkey=value among `arguments`, up to "--".
// Words in these may be quoted ("..." or '...'). All other words there are
// options of a Java machine and are ignored, but that -Xmx says how much memory
// the process may plan with (Machine::process_memory_bytes).
//
// The site file is the first alluxio-site.properties in the folders of
// alluxio.site.conf.dir: ${ALLUXIO_HOME}/conf, ~/.alluxio, /etc/alluxio.
//
// Errors:
//   INVALID_ARGUMENT  as Configuration::Create.
//   others            a site file is there but cannot be read.
absl::StatusOr<Loaded> Load(Process process, const std::vector<std::string>& arguments, const Host& host);

// For main(): the above with ThisHost(); argv[0] is dropped.
absl::StatusOr<Loaded> Load(Process process, int argc, const char* const* argv);

// The -Dkey=value of a text such as ALLUXIO_JAVA_OPTS, in order. `max_memory`
// (optional) receives the last -Xmx that can be read.
std::vector<std::pair<std::string, std::string>> SystemPropertiesOf(absl::string_view java_opts,
                                                                    std::optional<int64_t>* max_memory = nullptr);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_LOAD_H_
