// What is made of the table of words: usage, completion, documentation.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "alluxio/shell/words.h"

namespace alluxio::shell {
namespace {

// What may come next and which options there are, by the words before.
struct Choices {
  std::vector<std::string> words;
  std::vector<std::string> options;
};
using Tree = std::map<std::string, Choices>;

constexpr absl::string_view kRoot = "alluxio";  // bash takes no empty keys

void AddOptions(std::span<const OptionSpec> options, Choices* choices) {
  for (const OptionSpec& option : options) {
    if (option.hidden) continue;
    if (!option.short_name.empty()) choices->options.push_back(absl::StrCat("-", option.short_name));
    if (!option.long_name.empty()) choices->options.push_back(absl::StrCat("--", option.long_name));
  }
}

void AddCommands(const std::string& before, std::span<const Command> commands, Tree* tree) {
  for (const Command& command : commands) {
    (*tree)[before].words.push_back(std::string(command.name));
    const std::string path = absl::StrCat(before, " ", command.name);
    AddOptions(command.options, &(*tree)[path]);
    AddCommands(path, command.subcommands, tree);
  }
  // `help ls`.
  if (FindCommand(commands, "help") != nullptr) (*tree)[absl::StrCat(before, " help")].words = (*tree)[before].words;
}

Tree CompletionTree() {
  Tree tree;
  for (const Word& word : Words()) {
    if (word.hidden) continue;
    tree[std::string(kRoot)].words.push_back(std::string(word.name));
    const std::string path = absl::StrCat(kRoot, " ", word.name);
    Choices& choices = tree[path];
    AddOptions(word.options, &choices);
    for (absl::string_view choice : word.choices) choices.words.push_back(std::string(choice));
    if (word.tool != nullptr) AddCommands(path, word.tool().commands, &tree);
  }
  return tree;
}

absl::string_view State(absl::string_view missing, bool refused) {
  return refused ? "refused" : missing.empty() ? "built" : "partly";
}

void AddRows(absl::string_view before, std::span<const Command> commands, std::string* out) {
  for (const Command& command : commands) {
    const std::string name = before.empty() ? std::string(command.name) : absl::StrCat(before, " ", command.name);
    if (command.subcommands.empty()) {
      absl::StrAppend(out, "| ", name, " | ", State(command.missing, command.refused), " | ", command.missing, " |\n");
    } else {
      AddRows(name, command.subcommands, out);
    }
  }
}

constexpr absl::string_view kHead = "| word | state | note |\n| --- | --- | --- |\n";

}  // namespace

void PrintUsage(std::ostream& out) {
  out << "Usage: alluxio COMMAND [GENERIC_COMMAND_OPTIONS] [COMMAND_ARGS]\n\nCOMMAND is one of:\n";
  for (const Word& word : Words()) {
    if (word.hidden || word.refused) continue;
    const std::string name = word.arguments.empty() ? std::string(word.name)
                                                    : absl::StrCat(word.name, " ", word.arguments);
    out << absl::StrFormat("  %-14s\t %s\n", name, word.description);
  }
  out << "\nGENERIC_COMMAND_OPTIONS supports:\n"
         "  -D<property=value>\t Use a value for a given Alluxio property\n"
         "\nCommands print help when invoked without parameters.\n";
}

std::string BashCompletion() {
  std::string words;
  std::string options;
  for (const auto& [path, choices] : CompletionTree()) {
    const std::string key = absl::StrCat("  [\"", path, "\"]=\"");
    if (!choices.words.empty()) absl::StrAppend(&words, key, absl::StrJoin(choices.words, " "), "\"\n");
    if (!choices.options.empty()) absl::StrAppend(&options, key, absl::StrJoin(choices.options, " "), "\"\n");
  }
  return absl::StrCat(R"bash(# Completes the words of alluxio in bash 4 and later. Made by `alluxio completion`;
# to use it: . libexec/alluxio-completion.bash

declare -A _alluxio_words=(
)bash",
                      words, R"bash()
declare -A _alluxio_options=(
)bash",
                      options, R"bash()

_alluxio() {
  local current=${COMP_WORDS[COMP_CWORD]} path=alluxio word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == -* ]] && continue
    [[ " ${_alluxio_words[$path]-} " == *" $word "* ]] || break
    path="$path $word"
  done
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "${_alluxio_options[$path]-}" -- "$current"))
  elif [[ $path == "alluxio getConf" ]]; then
    COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" getConf 2>/dev/null | sed 's/=.*//')" -- "$current"))
  elif ((i == COMP_CWORD)); then
    COMPREPLY=($(compgen -W "${_alluxio_words[$path]-}" -- "$current"))
  fi
}
# Where there is nothing of ours to say, names of local files.
complete -o default -F _alluxio alluxio
)bash");
}

std::string CompatibilityText() {
  std::string out = R"(# Compatibility: every word of the shell

What follows `bin/alluxio`, and below `fs`, `fsadmin` and `job` their commands. `built`: it does what the original's does;
`partly`: but for what the note says; `refused`: it is understood, and answered with one clear line; `ours`: the original has
no such word. This part is the shell's own table, printed by `alluxio completion --words`; `//alluxio/shell:words_test`
compares.

)";
  absl::StrAppend(&out, "### alluxio\n\n", kHead);
  for (const Word& word : Words()) {
    if (word.tool != nullptr || (word.hidden && word.missing.empty())) continue;
    absl::StrAppend(&out, "| ", word.name, " | ", word.ours ? "ours" : State(word.missing, word.refused), " | ",
                    word.missing, " |\n");
  }
  for (const Word& word : Words()) {
    if (word.tool == nullptr) continue;
    absl::StrAppend(&out, "\n### alluxio ", word.name, "\n\n", kHead);
    AddRows("", word.tool().commands, &out);
  }
  return out;
}

}  // namespace alluxio::shell
