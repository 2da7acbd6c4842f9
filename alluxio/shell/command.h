#ifndef ALLUXIO_SHELL_COMMAND_H_
#define ALLUXIO_SHELL_COMMAND_H_

#include <ostream>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/clock.h"
#include "alluxio/client/block/block_master_client.h"
#include "alluxio/client/file/file_system.h"
#include "alluxio/client/meta/meta_master_client.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/shell/command_line.h"

namespace alluxio::shell {

// What a command sees of the world. Connections are made at their first use and
// kept; a command that needs none makes none.
class Environment {
 public:
  Environment(std::ostream* out, std::ostream* err) : out_(out), err_(err) {}
  virtual ~Environment() = default;

  std::ostream& out() { return *out_; }
  std::ostream& err() { return *err_; }
  // Whether somebody watches `err`: long copies tell how far they are.
  virtual bool interactive() const { return false; }

  // The configuration of this process, without the cluster's defaults.
  virtual const conf::Configuration& conf() = 0;
  virtual Clock* clock() { return Clock::System(); }

  virtual absl::StatusOr<client::FileSystem*> fs() = 0;
  virtual absl::StatusOr<client::BlockMasterClient*> blocks() = 0;
  virtual absl::StatusOr<client::MetaMasterClient*> meta() = 0;

 private:
  std::ostream* const out_;
  std::ostream* const err_;
};

// How many arguments besides options a command takes.
struct Arity {
  int min = 0;
  int max = -1;  // -1: any number
};

// A row of a command table: drives parsing, help and dispatch.
struct Command {
  absl::string_view name;
  absl::string_view usage;
  absl::string_view description;
  std::span<const OptionSpec> options;
  Arity arity;
  // The exit code (-1 is 255), or an error whose message is shown; see UsageError.
  absl::StatusOr<int> (*run)(Environment& env, const Arguments& args) = nullptr;
  // Sub-commands; then `run` is null.
  std::span<const Command> subcommands = {};
  // What of the original's command is not there, for docs/compatibility.md; ""
  // if all of it is. `refused`: it only says so.
  absl::string_view missing = {};
  bool refused = false;
};

// One of the tools: `fs`, `fsadmin`.
struct Tool {
  absl::string_view name;
  std::span<const Command> commands;  // sorted by name
  struct Alias {
    absl::string_view name;
    absl::string_view command;
    absl::string_view first_argument;  // "" if none
  };
  std::span<const Alias> aliases = {};
};

// An error after which the command's usage is shown as well.
absl::Status UsageError(absl::string_view message);
bool IsUsageError(const absl::Status& status);

const Command* FindCommand(std::span<const Command> commands, absl::string_view name);

// Runs `args` (the command's name first) as `alluxio TOOL ARGS`. Errors go to
// `out`, as in the original. Returns what `main` returns.
int RunTool(const Tool& tool, std::span<const std::string> args, Environment& env);

// "Usage: alluxio fs [generic options]" and one line per command.
void PrintToolUsage(const Tool& tool, std::ostream& out);

// Name and description, usage, options; as `help COMMAND` shows them.
void PrintCommandHelp(const Command& command, std::ostream& out);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_COMMAND_H_
