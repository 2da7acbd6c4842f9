#ifndef ALLUXIO_SHELL_COMMAND_LINE_H_
#define ALLUXIO_SHELL_COMMAND_LINE_H_

#include <map>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::shell {

// One option of a command. Constant: lives in a command's table.
struct OptionSpec {
  absl::string_view short_name;  // "R", or "v2"; "" if it has only a long one
  absl::string_view long_name;   // "recursive", or ""
  absl::string_view arg_name;    // shown as <arg_name>; "" if it takes none
  absl::string_view description;
  bool required = false;
  bool hidden = false;  // understood, but not shown

  // The name by which commands ask for it and errors call it.
  absl::string_view key() const { return short_name.empty() ? long_name : short_name; }
};

// A parsed command line.
class Arguments {
 public:
  const std::vector<std::string>& positional() const { return positional_; }
  const std::string& operator[](size_t i) const { return positional_[i]; }
  size_t size() const { return positional_.size(); }

  // `key` as OptionSpec::key.
  bool Has(absl::string_view key) const { return options_.find(key) != options_.end(); }
  // The last value given, or `otherwise`.
  std::string Value(absl::string_view key, absl::string_view otherwise = "") const;
  // All of them, in order.
  std::vector<std::string> Values(absl::string_view key) const;
  // How many options were given, repetitions included.
  int option_count() const { return option_count_; }

 private:
  friend absl::StatusOr<Arguments> ParseCommandLine(std::span<const OptionSpec> options,
                                                    std::span<const std::string> args);
  std::vector<std::string> positional_;
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  int option_count_ = 0;
};

// Understands what the DefaultParser of commons-cli does: options anywhere,
// -x, -xVALUE, -xy for -x -y, -x=VALUE, --long, --long VALUE, --long=VALUE, -long,
// unambiguous beginnings of long names, `--` to end options; a negative number
// is a value.
//
// Errors: INVALID_ARGUMENT with its words, such as `Unrecognized option: --worker`.
absl::StatusOr<Arguments> ParseCommandLine(std::span<const OptionSpec> options, std::span<const std::string> args);

// What commands of fs, fsadmin and job are shown in; words beside them use
// HelpFormatter's own.
inline constexpr int kTerminalWidth = 80;
inline constexpr int kHelpWidth = 74;

// The layout of commons-cli's HelpFormatter: `text` broken at blanks, its later
// lines indented by `indent`.
std::string WrapText(absl::string_view text, int indent, int width = kTerminalWidth);
// "usage: NAME [--level <arg>] --logName <arg>", as printHelp with autoUsage does.
std::string FormatUsage(absl::string_view name, std::span<const OptionSpec> options, int width = kHelpWidth);
// One entry per option, sorted, without a final newline; "" if there are none.
std::string FormatOptions(std::span<const OptionSpec> options, int width = kTerminalWidth);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_COMMAND_LINE_H_
