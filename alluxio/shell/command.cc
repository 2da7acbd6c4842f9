#include "alluxio/shell/command.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace alluxio::shell {
namespace {

constexpr absl::string_view kUsagePayload = "alluxio.shell/usage";
constexpr int kFailed = -1;

absl::Status CheckArity(const Command& command, size_t given) {
  const auto [min, max] = command.arity;
  const int count = static_cast<int>(given);
  if (min == max && count != min) {
    return absl::InvalidArgumentError(
        absl::StrCat("Command ", command.name, " takes ", min, " arguments, not ", count));
  }
  if (count < min) {
    return absl::InvalidArgumentError(
        absl::StrCat("Command ", command.name, " requires at least ", min, " arguments (", count, " provided)"));
  }
  if (max >= 0 && count > max) {
    return absl::InvalidArgumentError(
        absl::StrCat("Command ", command.name, " requires at most ", max, " arguments (", count, " provided)"));
  }
  return absl::OkStatus();
}

int Refuse(const Command& command, absl::string_view message, std::ostream& out) {
  out << message << "\nUsage: " << command.usage << "\n" << command.description << "\n";
  return kFailed;
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsagePayload, absl::Cord());
  return status;
}

bool IsUsageError(const absl::Status& status) { return status.GetPayload(kUsagePayload).has_value(); }

const Command* FindCommand(std::span<const Command> commands, absl::string_view name) {
  for (const Command& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

int RunTool(const Tool& tool, std::span<const std::string> args, Environment& env) {
  if (args.empty()) {
    PrintToolUsage(tool, env.out());
    return kFailed;
  }
  const Command* command = FindCommand(tool.commands, args[0]);
  if (command == nullptr) {
    for (const Tool::Alias& alias : tool.aliases) {
      if (alias.name != args[0]) continue;
      std::vector<std::string> replaced = {std::string(alias.command)};
      if (!alias.first_argument.empty()) replaced.push_back(std::string(alias.first_argument));
      replaced.insert(replaced.end(), args.begin() + 1, args.end());
      return RunTool(tool, replaced, env);
    }
    env.err() << args[0] << " is an unknown command.\n";
    PrintToolUsage(tool, env.out());
    return kFailed;
  }
  std::span<const std::string> rest = args.subspan(1);
  while (!command->subcommands.empty()) {
    if (rest.empty()) return Refuse(*command, "No sub-command is specified", env.out());
    const Command* inner = FindCommand(command->subcommands, rest[0]);
    if (inner == nullptr) return Refuse(*command, absl::StrCat("Unknown sub-command: ", rest[0]), env.out());
    command = inner;
    rest = rest.subspan(1);
  }
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(command->options, rest);
  if (!parsed.ok()) {
    return Refuse(*command, absl::StrCat("Failed to parse args for ", command->name, ": ", parsed.status().message()),
                  env.out());
  }
  if (absl::Status status = CheckArity(*command, parsed->size()); !status.ok()) {
    return Refuse(*command, status.message(), env.out());
  }
  const absl::StatusOr<int> result = command->run(env, *parsed);
  if (result.ok()) return *result;
  if (IsUsageError(result.status())) {
    return Refuse(*command, result.status().message(), env.out());
  }
  if (result.status().message().empty()) {
    // A server that does not know a call says no more than that.
    env.out() << absl::StatusCodeToString(result.status().code()) << ": the server gave no reason\n";
  } else {
    env.out() << result.status().message() << "\n";
  }
  return kFailed;
}

void PrintToolUsage(const Tool& tool, std::ostream& out) {
  out << "Usage: alluxio " << tool.name << " [generic options]\n";
  for (const Command& command : tool.commands) {
    out << absl::StrFormat("%-60s\n", absl::StrCat("\t [", command.usage, "]"));
  }
}

void PrintCommandHelp(const Command& command, std::ostream& out) {
  constexpr absl::string_view kPrefix = "usage: ";
  out << WrapText(absl::StrCat(command.name, ": ", command.description), 0) << "\n";
  // Without a blank there is nothing to align with: npos + 1 is 0.
  const size_t indent = kPrefix.size() + command.usage.find(' ') + 1;
  out << WrapText(absl::StrCat(kPrefix, command.usage), static_cast<int>(indent)) << "\n";
  if (const std::string options = FormatOptions(command.options); !options.empty()) out << options << "\n";
}

}  // namespace alluxio::shell
