#ifndef ALLUXIO_SHELL_WORDS_H_
#define ALLUXIO_SHELL_WORDS_H_

#include <ostream>
#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

// What may follow `alluxio`: drives dispatch, usage, completion and the list in
// docs/compatibility.md.
struct Word {
  absl::string_view name;
  absl::string_view arguments;  // shown behind the name
  absl::string_view description;
  // For completion; `run` parses for itself.
  std::span<const OptionSpec> options = {};
  std::span<const absl::string_view> choices = {};  // of the first argument
  // The commands below it.
  const Tool& (*tool)() = nullptr;
  // Neither this nor `tool`: bin/alluxio does it, with other programs' help.
  int (*run)(std::span<const std::string> args, Environment& env) = nullptr;
  // Understood, but not shown.
  bool hidden = false;
  // As in Command. `ours`: the original has no such word.
  absl::string_view missing = {};
  bool refused = false;
  bool ours = false;
};

std::span<const Word> Words();

// "Usage: alluxio COMMAND ..." and a line for each word.
void PrintUsage(std::ostream& out);

// The completion for bash: libexec/alluxio-completion.bash.
std::string BashCompletion();

// The part of docs/compatibility.md about the shell: a line for each word and
// command with its state.
std::string CompatibilityText();

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_WORDS_H_
