#include "alluxio/shell/command_line.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace alluxio::shell {
namespace {


const OptionSpec* FindShort(std::span<const OptionSpec> options, absl::string_view name) {
  for (const OptionSpec& option : options) {
    if (!name.empty() && option.short_name == name) return &option;
  }
  return nullptr;
}

// Those whose long name is, or else begins with, `name`.
std::vector<const OptionSpec*> FindLong(std::span<const OptionSpec> options, absl::string_view name) {
  std::vector<const OptionSpec*> matches;
  if (name.empty()) return matches;
  for (const OptionSpec& option : options) {
    if (option.long_name == name) return {&option};
    if (absl::StartsWith(option.long_name, name)) matches.push_back(&option);
  }
  return matches;
}

bool IsNegativeNumber(absl::string_view token) {
  double number;
  return absl::StartsWith(token, "-") && absl::SimpleAtod(token, &number);
}

absl::Status Unrecognized(absl::string_view token) {
  return absl::InvalidArgumentError(absl::StrCat("Unrecognized option: ", token));
}

absl::Status MissingArgument(const OptionSpec& option) {
  return absl::InvalidArgumentError(absl::StrCat("Missing argument for option: ", option.key()));
}

size_t FindWrap(absl::string_view text, size_t width) {
  constexpr size_t kNone = absl::string_view::npos;
  for (const char end : {'\n', '\t'}) {
    const size_t found = text.find(end);
    if (found != kNone && found <= width) return found + 1;
  }
  if (text.size() <= width) return kNone;
  for (size_t pos = width; pos > 0; --pos) {
    if (text[pos] == ' ') return pos;
  }
  return width;
}

void WrapLine(absl::string_view line, int indent, int wide, std::string* out) {
  const size_t width = static_cast<size_t>(wide);
  size_t pos = FindWrap(line, width);
  if (pos == absl::string_view::npos) {
    absl::StrAppend(out, absl::StripTrailingAsciiWhitespace(line));
    return;
  }
  absl::StrAppend(out, absl::StripTrailingAsciiWhitespace(line.substr(0, pos)), "\n");
  const std::string padding(indent >= wide ? 1 : indent, ' ');
  std::string rest(line);
  while (true) {
    rest = absl::StrCat(padding, absl::StripAsciiWhitespace(absl::string_view(rest).substr(pos)));
    pos = FindWrap(rest, width);
    if (pos == absl::string_view::npos) {
      absl::StrAppend(out, rest);
      return;
    }
    // A word longer than the line: cut it.
    if (rest.size() > width && pos + 1 == padding.size()) pos = width;
    absl::StrAppend(out, absl::StripTrailingAsciiWhitespace(absl::string_view(rest).substr(0, pos)), "\n");
  }
}

// Those that help shows, in its order.
std::vector<const OptionSpec*> ShownOptions(std::span<const OptionSpec> options) {
  std::vector<const OptionSpec*> sorted;
  for (const OptionSpec& option : options) {
    if (!option.hidden) sorted.push_back(&option);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const OptionSpec* a, const OptionSpec* b) {
    return absl::AsciiStrToLower(a->key()) < absl::AsciiStrToLower(b->key());
  });
  return sorted;
}

}  // namespace

std::string Arguments::Value(absl::string_view key, absl::string_view otherwise) const {
  auto it = options_.find(key);
  return it == options_.end() || it->second.empty() ? std::string(otherwise) : it->second.back();
}

std::vector<std::string> Arguments::Values(absl::string_view key) const {
  auto it = options_.find(key);
  return it == options_.end() ? std::vector<std::string>() : it->second;
}

absl::StatusOr<Arguments> ParseCommandLine(std::span<const OptionSpec> options, std::span<const std::string> args) {
  Arguments result;
  const OptionSpec* waiting = nullptr;  // for its argument
  const auto add = [&result](const OptionSpec& option) {
    ++result.option_count_;
    return &result.options_[std::string(option.key())];
  };
  // An option without a value in its own token.
  const auto begin = [&waiting, &add](const OptionSpec& option) {
    add(option);
    if (!option.arg_name.empty()) waiting = &option;
  };
  bool only_arguments = false;
  for (const std::string& token : args) {
    if (only_arguments) {
      result.positional_.push_back(token);
      continue;
    }
    const absl::string_view text = token;
    const bool dashed = absl::StartsWith(text, "-") && text.size() > 1;
    // What of it names an option: before '=', without dashes.
    const size_t equals = text.find('=');
    const absl::string_view name = absl::StripPrefix(absl::StripPrefix(text.substr(0, equals), "-"), "-");
    const auto is_option = [&] {
      if (!dashed) return false;
      if (text == "--" || !FindLong(options, name).empty()) return true;
      return !absl::StartsWith(text, "--") &&
             (FindShort(options, name) != nullptr || FindShort(options, text.substr(1, 1)) != nullptr);
    };
    if (waiting != nullptr && (!is_option() || IsNegativeNumber(text))) {
      result.options_[std::string(waiting->key())].push_back(token);
      waiting = nullptr;
      continue;
    }
    if (text == "--") {
      if (waiting != nullptr) return MissingArgument(*waiting);
      only_arguments = true;
      continue;
    }
    if (!dashed) {
      result.positional_.push_back(token);
      continue;
    }
    if (waiting != nullptr) return MissingArgument(*waiting);
    if (const OptionSpec* option = absl::StartsWith(text, "--") ? nullptr : FindShort(options, name)) {
      if (equals == absl::string_view::npos) {
        begin(*option);
      } else if (option->arg_name.empty()) {
        return Unrecognized(text);
      } else {
        add(*option)->push_back(std::string(text.substr(equals + 1)));
      }
      continue;
    }
    const std::vector<const OptionSpec*> matches = FindLong(options, name);
    if (matches.size() > 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          "Ambiguous option: '", text.substr(0, equals), "'  (could be: ",
          absl::StrJoin(matches, ", ",
                        [](std::string* out, const OptionSpec* o) { absl::StrAppend(out, "'", o->long_name, "'"); }),
          ")"));
    }
    if (matches.size() == 1) {
      if (equals == absl::string_view::npos) {
        begin(*matches[0]);
      } else if (matches[0]->arg_name.empty()) {
        return Unrecognized(text);
      } else {
        add(*matches[0])->push_back(std::string(text.substr(equals + 1)));
      }
      continue;
    }
    if (absl::StartsWith(text, "--")) return Unrecognized(text);
    // -xy: -x -y, or -x with the value y. A number is no option.
    if (FindShort(options, text.substr(1, 1)) == nullptr) {
      if (IsNegativeNumber(text)) {
        result.positional_.push_back(token);
        continue;
      }
      return Unrecognized(text);
    }
    for (size_t i = 1; i < text.size(); ++i) {
      const OptionSpec* option = FindShort(options, text.substr(i, 1));
      if (option == nullptr) return Unrecognized(text);
      if (option->arg_name.empty()) {
        add(*option);
      } else if (i + 1 < text.size()) {
        add(*option)->push_back(std::string(text.substr(i + 1)));
        break;
      } else {
        begin(*option);
      }
    }
  }
  if (waiting != nullptr) return MissingArgument(*waiting);
  std::vector<absl::string_view> missing;
  for (const OptionSpec& option : options) {
    if (option.required && !result.Has(option.key())) missing.push_back(option.key());
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("Missing required option", missing.size() == 1 ? "" : "s", ": ", absl::StrJoin(missing, ", ")));
  }
  return result;
}

std::string WrapText(absl::string_view text, int indent, int width) {
  std::string out;
  bool first = true;
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    if (!first) out.push_back('\n');
    first = false;
    WrapLine(line, indent, width, &out);
  }
  return out;
}

std::string FormatUsage(absl::string_view name, std::span<const OptionSpec> options, int width) {
  std::string usage = absl::StrCat("usage: ", name);
  for (const OptionSpec* option : ShownOptions(options)) {
    std::string word = option->short_name.empty() ? absl::StrCat("--", option->long_name)
                                                  : absl::StrCat("-", option->short_name);
    if (!option->arg_name.empty()) absl::StrAppend(&word, " <", option->arg_name, ">");
    absl::StrAppend(&usage, " ", option->required ? word : absl::StrCat("[", word, "]"));
  }
  return WrapText(usage, static_cast<int>(usage.find(' ') + 1), width);
}

std::string FormatOptions(std::span<const OptionSpec> options, int width) {
  const std::vector<const OptionSpec*> sorted = ShownOptions(options);
  std::vector<std::string> prefixes;
  size_t max = 0;
  for (const OptionSpec* option : sorted) {
    std::string prefix = option->short_name.empty() ? "    " : absl::StrCat(" -", option->short_name);
    if (!option->long_name.empty()) {
      absl::StrAppend(&prefix, option->short_name.empty() ? "--" : ",--", option->long_name);
    }
    if (!option->arg_name.empty()) absl::StrAppend(&prefix, " <", option->arg_name, ">");
    max = std::max(max, prefix.size());
    prefixes.push_back(std::move(prefix));
  }
  std::string out;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0) out.push_back('\n');
    prefixes[i].resize(max + 3, ' ');
    WrapLine(absl::StrCat(prefixes[i], sorted[i]->description), static_cast<int>(max + 3), width, &out);
  }
  return out;
}

}  // namespace alluxio::shell
