#ifndef ALLUXIO_CONTAINER_ENTRYPOINT_H_
#define ALLUXIO_CONTAINER_ENTRYPOINT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::container {

// What a container was started with.
struct Start {
  std::vector<std::string> arguments;  // without the program's name
  std::vector<std::pair<std::string, std::string>> environment;
  // What the two files hold now; "" where they don't exist. They are the
  // image's at the first start, and the last start's after a restart.
  std::string site_properties;
  std::string env_script;
};

// What the entrypoint does, in this order: write the files, format, become the
// service.
struct Plan {
  std::string site_properties;
  std::string env_script;
  std::optional<std::string> log4j_properties;
  // "formatMaster", "formatWorker" or "".
  std::string format;
  // "master" or "worker".
  std::string service;
  // -Dkey=value for the service, where the files can't be written: the same
  // that the files say.
  std::vector<std::string> properties;
  // One line each, for the log.
  std::vector<std::string> notes;
};

// Decides what a container's start means. The union of what the images of 1.8
// and of 2.9 do:
//   - verbs master, worker, master-only, worker-only, in any case of letters; for
//     the others that 2.9 knows, an error that says what is missing;
//   - without --no-format the journal or the cache is formatted first;
//   - each variable whose name is a property's in upper case with underscores is
//     copied to the site file; those of kEnvScriptVariables to alluxio-env.sh;
//   - ALLUXIO_SITE_PROPERTIES and ALLUXIO_LOG4J_PROPERTIES are whole files;
//   - the RAM folder is /dev/shm unless ALLUXIO_RAM_FOLDER or level 0's paths say
//     otherwise.
// Started again it writes the same files: its lines stand between two marks.
//
// Errors (INVALID_ARGUMENT, one line): unknown verb or second argument, a verb
// that does not exist here, a property with a bad value.
absl::StatusOr<Plan> PlanStart(const Start& start);

// The property that a variable names: "ALLUXIO_MASTER_WEB_PORT" gives
// "alluxio.master.web.port"; nullopt if it names none.
std::optional<std::string> PropertyOfVariable(absl::string_view variable);

std::string Usage();

}  // namespace alluxio::container

#endif  // ALLUXIO_CONTAINER_ENTRYPOINT_H_
