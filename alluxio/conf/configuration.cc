#include "alluxio/conf/configuration.h"

#include <openssl/evp.h>

#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/properties_text.h"
#include "alluxio/conf/units.h"

namespace alluxio::conf {
namespace {

// What somebody (or the table) said about one key, and what became of it.
struct Value {
  const Property* property = nullptr;  // nullptr: nobody declared the key
  Source source = Source::kDefault;
  std::string origin;              // "FILE:LINE", "the command line", ...: for messages
  std::optional<std::string> raw;  // nullopt: no value

  // Filled by Resolve().
  bool is_set = false;
  std::string text;
  int64_t number = 0;  // of kBool, kInt, kLong, kBytes, kDuration
  double real = 0;     // of kDouble
};

absl::string_view SourceName(Source source) {
  switch (source) {
    case Source::kDefault: return "DEFAULT";
    case Source::kClusterDefault: return "CLUSTER_DEFAULT";
    case Source::kSiteProperty: return "SITE_PROPERTY";
    case Source::kSystemProperty: return "SYSTEM_PROPERTY";
    case Source::kPathDefault: return "PATH_DEFAULT";
    case Source::kRuntime: return "RUNTIME";
    case Source::kMountOption: return "MOUNT_OPTION";
  }
  return "";
}

bool InRange(absl::string_view range, int64_t number) {
  if (range.empty()) return true;
  const std::vector<absl::string_view> ends = absl::StrSplit(range, "..");
  int64_t low = 0;
  int64_t high = 0;
  ALLUXIO_CHECK(ends.size() == 2 && absl::SimpleAtoi(ends[0], &low) && absl::SimpleAtoi(ends[1], &high));
  return number >= low && number <= high;
}

// Up to four digits, as the original counts them; three can say something.
bool IsOctalMode(absl::string_view text) {
  if (text.size() == 4 && text[0] != '0') return false;
  return !text.empty() && text.size() <= 4 && text.find_first_not_of("01234567") == absl::string_view::npos;
}

// Fills the typed fields of `value` from its text; false: not an allowed value.
bool ParseTyped(const Property& property, const Machine& machine, Value& value) {
  switch (property.type) {
    case Type::kBool: {
      const std::optional<bool> parsed = ParseBool(value.text);
      if (!parsed.has_value()) return false;
      value.number = *parsed ? 1 : 0;
      value.text = *parsed ? "true" : "false";
      return true;
    }
    case Type::kInt: {
      int32_t number = 0;
      if (!absl::SimpleAtoi(value.text, &number)) return false;
      value.number = number;
      return InRange(property.allowed, number);
    }
    case Type::kLong: return absl::SimpleAtoi(value.text, &value.number) && InRange(property.allowed, value.number);
    case Type::kDouble: return absl::SimpleAtod(value.text, &value.real) && std::isfinite(value.real);
    case Type::kBytes: {
      const absl::StatusOr<int64_t> bytes = ParseBytes(value.text);
      if (!bytes.ok()) return false;
      value.number = *bytes;
      return true;
    }
    case Type::kDuration: {
      const absl::StatusOr<int64_t> millis = ParseMillis(value.text);
      if (!millis.ok()) return false;
      value.number = *millis;
      return true;
    }
    case Type::kEnum:
      for (absl::string_view allowed : absl::StrSplit(property.allowed, ',')) {
        if (absl::EqualsIgnoreCase(value.text, allowed)) {
          value.text = std::string(allowed);
          return true;
        }
      }
      return false;
    case Type::kString:
      if (property.allowed == absl::string_view("octal") && !IsOctalMode(value.text)) return false;
      return !property.Has(kFileExists) || machine.file_exists == nullptr || machine.file_exists(value.text);
    case Type::kList:
    case Type::kClass: return true;
  }
  return false;
}

std::string Trim(absl::string_view text) { return std::string(absl::StripAsciiWhitespace(text)); }

}  // namespace

struct Configuration::State {
  Machine machine;
  std::string site_file;
  std::vector<Value> known;             // by PropertyIndex
  std::map<std::string, Value> others;  // instances of templates, and what nobody declared

  explicit State(const Machine& machine);

  Value* FindValue(absl::string_view key);
  const Value* FindValue(absl::string_view key) const { return const_cast<State*>(this)->FindValue(key); }

  // Records what `source` said, if nothing stronger did.
  void Give(const std::string& key, const std::string& raw, Source source, const std::string& origin,
            std::vector<std::string>* warnings);
  // Substitutes and parses everything.
  absl::Status Resolve();

  Entry EntryOf(absl::string_view key, const Value& value) const;
  std::string SourceText(const Value& value) const;

 private:
  // nullopt: refers to a key without a value.
  absl::StatusOr<std::optional<std::string>> Substitute(const std::string& raw, std::vector<std::string>& seen) const;
};

Configuration::State::State(const Machine& machine) : machine(machine) {
  known.resize(AllProperties().size());
  for (size_t i = 0; i < known.size(); ++i) {
    known[i].property = &AllProperties()[i];
    known[i].raw = DefaultOf(AllProperties()[i], machine);
  }
}

Value* Configuration::State::FindValue(absl::string_view key) {
  if (const Property* property = FindProperty(key); property != nullptr) return &known[PropertyIndex(*property)];
  const auto found = others.find(std::string(key));
  return found == others.end() ? nullptr : &found->second;
}

void Configuration::State::Give(const std::string& key, const std::string& raw, Source source,
                                const std::string& origin, std::vector<std::string>* warnings) {
  const auto warn = [&](const std::string& text) {
    if (warnings != nullptr) warnings->push_back(text);
  };
  Value* value = FindValue(key);
  if (value == nullptr) {
    const Property* pattern = FindTemplate(key);
    if (pattern == nullptr && absl::StartsWith(key, "alluxio.")) {
      warn(absl::StrCat("Unknown property ", key, " (from ", origin, ") has no effect; did you mean ", NearestName(key),
                        "?"));
    }
    value = &others[key];
    value->property = pattern;
  }
  const Property* property = value->property;
  if (property != nullptr) {
    if (property->Has(kSiteIgnored) && source == Source::kSiteProperty) {
      warn(absl::StrCat("Property ", key, " (from ", origin,
                        ") has no effect in a site file: give it with -D or through the environment"));
      return;
    }
    if (property->Has(kDeprecated) && source != Source::kClusterDefault) {
      warn(absl::StrCat("Property ", key, " (from ", origin, ") is deprecated: ", property->description));
    }
    // What a line left empty means for a number, the original does not say: it
    // fails when the value is read. The default is what was meant.
    const bool may_be_empty = property->type == Type::kString || property->type == Type::kList;
    if (raw.empty() && !may_be_empty) {
      if (source != Source::kClusterDefault) {
        warn(absl::StrCat("Property ", key, " (from ", origin, ") is empty: its default is used"));
      }
      return;
    }
  }
  if (value->raw.has_value() && value->source > source) return;
  value->raw = raw;
  value->source = source;
  value->origin = origin;
}

absl::StatusOr<std::optional<std::string>> Configuration::State::Substitute(const std::string& raw,
                                                                            std::vector<std::string>& seen) const {
  std::string result;
  size_t at = 0;
  while (at < raw.size()) {
    const size_t close = raw.find('}', at);
    if (close == std::string::npos) break;
    const absl::string_view before = absl::string_view(raw).substr(at, close - at);
    at = close + 1;
    // "${name}" without braces inside; other braces are text.
    const size_t brace = before.rfind('{');
    if (brace == absl::string_view::npos || brace == 0 || before[brace - 1] != '$') {
      absl::StrAppend(&result, before, "}");
      continue;
    }
    absl::StrAppend(&result, before.substr(0, brace - 1));
    const std::string name = Trim(before.substr(brace + 1));
    for (const std::string& outer : seen) {
      if (outer == name) {
        return absl::InvalidArgumentError(absl::StrCat("Circular dependency found while resolving ", name));
      }
    }
    const Value* value = FindValue(name);
    if (value == nullptr) return absl::InvalidArgumentError(absl::StrCat("Invalid property key ", name));
    if (!value->raw.has_value()) return std::optional<std::string>();
    seen.push_back(name);
    ALLUXIO_ASSIGN_OR_RETURN(const std::optional<std::string> inner, Substitute(*value->raw, seen));
    seen.pop_back();
    if (!inner.has_value()) return std::optional<std::string>();
    absl::StrAppend(&result, *inner);
  }
  if (at < raw.size()) absl::StrAppend(&result, raw.substr(at));
  return std::optional<std::string>(result);
}

absl::Status Configuration::State::Resolve() {
  // All faults in one message: who mends a site file should not start three times.
  std::vector<std::string> faults;
  const auto resolve = [&](absl::string_view key, Value& value) {
    value.is_set = false;
    value.text.clear();
    if (!value.raw.has_value()) return;
    std::vector<std::string> seen = {std::string(key)};
    absl::StatusOr<std::optional<std::string>> text = Substitute(*value.raw, seen);
    const std::string shown = IsCredential(key) ? "******" : *value.raw;
    const std::string origin = value.origin.empty() ? "the built-in default" : value.origin;
    if (!text.ok()) {
      faults.push_back(absl::StrCat("Invalid value for property key ", key, ": ", shown, " (from ", origin,
                                    "): ", text.status().message()));
      return;
    }
    if (!text->has_value()) return;
    value.text = **text;
    value.is_set = true;
    if (value.property == nullptr) return;
    if (!ParseTyped(*value.property, machine, value)) {
      const std::string got = IsCredential(key) ? shown : value.text;
      faults.push_back(absl::StrCat("Invalid value for property key ", key, ": ", got, " (from ", origin, "): must be ",
                                    AllowedValues(*value.property)));
    }
  };
  for (Value& value : known) resolve(value.property->name, value);
  for (auto& [key, value] : others) resolve(key, value);
  if (!faults.empty()) return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
  return absl::OkStatus();
}

std::string Configuration::State::SourceText(const Value& value) const {
  if (value.source == Source::kSiteProperty) return absl::StrCat("SITE_PROPERTY (", site_file, ")");
  return std::string(SourceName(value.source));
}

Configuration::Entry Configuration::State::EntryOf(absl::string_view key, const Value& value) const {
  Entry entry;
  entry.key = std::string(key);
  entry.raw_value = value.raw.value_or("");
  entry.value = value.text;
  entry.is_set = value.is_set;
  entry.source = value.source;
  entry.source_text = SourceText(value);
  entry.property = value.property;
  return entry;
}

Configuration::Configuration(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Configuration::Configuration() {
  auto state = std::make_shared<State>(Machine());
  ALLUXIO_CHECK(state->Resolve().ok());  // the table's own defaults: tested
  state_ = std::move(state);
}

absl::StatusOr<Configuration> Configuration::Create(const Sources& sources, std::vector<std::string>* warnings) {
  auto state = std::make_shared<State>(sources.machine);
  state->site_file = sources.site_file;
  for (const auto& [key, raw] : sources.cluster_defaults) {
    const Property* property = FindProperty(key);
    if (property == nullptr) property = FindTemplate(key);
    // What the master has beyond our table is not ours to complain about.
    if (property == nullptr || !ScopeContains(property->scope, sources.cluster_scope)) continue;
    // A master masks what must not leave it.
    if (raw == "******") continue;
    state->Give(Trim(key), Trim(raw), Source::kClusterDefault, "the master's configuration", nullptr);
  }
  absl::StatusOr<std::vector<PropertiesEntry>> site = ParsePropertiesText(sources.site_properties);
  if (!site.ok()) return Annotate(site.status(), sources.site_file);
  for (const PropertiesEntry& line : *site) {
    state->Give(Trim(line.key), Trim(line.value), Source::kSiteProperty,
                absl::StrCat(sources.site_file, ":", line.line), warnings);
  }
  for (const auto& [key, raw] : sources.system_properties) {
    state->Give(Trim(key), Trim(raw), Source::kSystemProperty, "-D on the command line or in the environment",
                warnings);
  }
  ALLUXIO_RETURN_IF_ERROR(state->Resolve());
  return Configuration(std::move(state));
}

absl::StatusOr<Configuration> Configuration::With(const std::vector<std::pair<std::string, std::string>>& values,
                                                  Source source) const {
  auto state = std::make_shared<State>(*state_);
  for (const auto& [key, raw] : values) {
    state->Give(Trim(key), Trim(raw), source, absl::StrCat("a value set as ", SourceName(source)), nullptr);
  }
  ALLUXIO_RETURN_IF_ERROR(state->Resolve());
  return Configuration(std::move(state));
}

bool Configuration::IsSet(absl::string_view key) const {
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set;
}

bool Configuration::IsSetByUser(absl::string_view key) const {
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set && value->source != Source::kDefault;
}

namespace {

[[noreturn]] void Undeclared(absl::string_view key, absl::string_view as) {
  CheckFailed(__FILE__, __LINE__, absl::StrCat("property ", key, " is not declared as ", as));
}

// The type `key` is declared with, in the table or by a template.
const Property& Declared(absl::string_view key) {
  const Property* property = FindProperty(key);
  if (property == nullptr) property = FindTemplate(key);
  if (property == nullptr) Undeclared(key, "anything");
  return *property;
}

}  // namespace

std::string Configuration::GetString(absl::string_view key) const {
  const Value* value = state_->FindValue(key);
  if (value == nullptr) Declared(key);
  return value == nullptr ? "" : value->text;
}

bool Configuration::GetBool(absl::string_view key) const {
  if (Declared(key).type != Type::kBool) Undeclared(key, "a boolean");
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set && value->number != 0;
}

int64_t Configuration::GetInt(absl::string_view key) const {
  const Type type = Declared(key).type;
  if (type != Type::kInt && type != Type::kLong) Undeclared(key, "a whole number");
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set ? value->number : 0;
}

double Configuration::GetDouble(absl::string_view key) const {
  if (Declared(key).type != Type::kDouble) Undeclared(key, "a number");
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set ? value->real : 0;
}

int64_t Configuration::GetBytes(absl::string_view key) const {
  if (Declared(key).type != Type::kBytes) Undeclared(key, "a size");
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set ? value->number : 0;
}

int64_t Configuration::GetMillis(absl::string_view key) const {
  if (Declared(key).type != Type::kDuration) Undeclared(key, "a duration");
  const Value* value = state_->FindValue(key);
  return value != nullptr && value->is_set ? value->number : 0;
}

absl::Duration Configuration::GetDuration(absl::string_view key) const { return absl::Milliseconds(GetMillis(key)); }

std::string Configuration::GetEnum(absl::string_view key) const {
  if (Declared(key).type != Type::kEnum) Undeclared(key, "an enum");
  const Value* value = state_->FindValue(key);
  return value == nullptr ? "" : value->text;
}

std::vector<std::string> Configuration::GetList(absl::string_view key) const {
  if (Declared(key).type != Type::kList) Undeclared(key, "a list");
  const Value* value = state_->FindValue(key);
  return value == nullptr ? std::vector<std::string>() : ParseList(value->text);
}

absl::StatusOr<Configuration::Entry> Configuration::Find(absl::string_view key) const {
  if (const Property* property = FindProperty(key); property != nullptr) {
    return state_->EntryOf(property->name, state_->known[PropertyIndex(*property)]);
  }
  if (const Value* value = state_->FindValue(key); value != nullptr) return state_->EntryOf(key, *value);
  if (const Property* pattern = FindTemplate(key); pattern != nullptr) {
    Entry entry;
    entry.key = std::string(key);
    entry.source_text = "DEFAULT";
    entry.property = pattern;
    return entry;
  }
  return absl::NotFoundError(
      absl::StrCat(key, " is not a valid configuration key; the nearest one is ", NearestName(key)));
}

std::vector<Configuration::Entry> Configuration::All() const {
  std::vector<Entry> entries;
  entries.reserve(state_->known.size() + state_->others.size());
  auto other = state_->others.begin();
  for (const Value& value : state_->known) {
    for (; other != state_->others.end() && other->first < value.property->name; ++other) {
      entries.push_back(state_->EntryOf(other->first, other->second));
    }
    entries.push_back(state_->EntryOf(value.property->name, value));
  }
  for (; other != state_->others.end(); ++other) entries.push_back(state_->EntryOf(other->first, other->second));
  return entries;
}

std::map<std::string, std::string> Configuration::WithPrefix(absl::string_view prefix) const {
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : state_->others) {
    if (absl::StartsWith(key, prefix) && value.is_set) result.emplace(key, value.text);
  }
  for (const Value& value : state_->known) {
    if (absl::StartsWith(value.property->name, prefix) && value.is_set && value.source != Source::kDefault) {
      result.emplace(value.property->name, value.text);
    }
  }
  return result;
}

std::string Configuration::Hash() const {
  std::string all;
  for (const Entry& entry : All()) {
    if (entry.is_set) absl::StrAppend(&all, entry.key, "=", entry.value, "\n", entry.source_text, "\n");
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ALLUXIO_CHECK(EVP_Digest(all.data(), all.size(), digest, &size, EVP_md5(), nullptr) == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace alluxio::conf
