#include "alluxio/conf/get_conf.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/conf/units.h"

namespace alluxio::conf {
namespace {

constexpr char kUsage[] =
    R"(usage: USAGE: GetConf [--unit <arg>] [--source] [--master] [key]

GetConf prints the configured value for the given key. If the key is
              invalid, the exit code will be nonzero. If the key is valid
              but isn't set, an empty string is printed. If no key is
              specified, all configuration is printed.
    --master       the configuration properties used by the master.
    --source       source of the configuration property will be printed.
    --unit <arg>   unit of the value to return. Values of configuration
                   will be converted to a quantity in the given unit.
                   E.g., with "--unit KB", a configuration value of
                   "4096B" will return 4, and with "--unit S", a
                   configuration value of "5000ms" will return 5. Possible
                   unit options include B, KB, MB, GB, TP, PB, MS, S, M,
                   H, D. "
)";

GetConfResult Misused(const std::string& message) { return {1, kUsage, absl::StrCat(message, "\n")}; }

struct Options {
  bool master = false;
  bool source = false;
  std::optional<std::string> unit;
  std::vector<std::string> keys;
};

// As the original's option parser: -name and --name, also cut short; the first
// word that is no option ends them.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  size_t at = 0;
  for (; at < arguments.size(); ++at) {
    absl::string_view name = arguments[at];
    if (name == "--") {
      ++at;
      break;
    }
    if (!absl::ConsumePrefix(&name, "-")) break;
    absl::ConsumePrefix(&name, "-");
    std::optional<std::string> value;
    if (const size_t equals = name.find('='); equals != absl::string_view::npos) {
      value = std::string(name.substr(equals + 1));
      name = name.substr(0, equals);
    }
    if (!name.empty() && absl::StartsWith("unit", name)) {
      if (!value.has_value()) {
        if (at + 1 == arguments.size()) return absl::InvalidArgumentError("Missing argument for option: unit");
        value = arguments[++at];
      }
      options.unit = *value;
    } else if (!name.empty() && absl::StartsWith("source", name) && !value.has_value()) {
      options.source = true;
    } else if (!name.empty() && absl::StartsWith("master", name) && !value.has_value()) {
      options.master = true;
    } else {
      break;
    }
  }
  options.keys.assign(arguments.begin() + at, arguments.end());
  return options;
}

std::optional<int64_t> BytesOfUnit(absl::string_view unit) {
  if (unit == "B") return 1;
  if (unit == "KB") return int64_t{1} << 10;
  if (unit == "MB") return int64_t{1} << 20;
  if (unit == "GB") return int64_t{1} << 30;
  if (unit == "TB") return int64_t{1} << 40;
  if (unit == "PB") return int64_t{1} << 50;
  return std::nullopt;
}

std::optional<int64_t> MillisOfUnit(absl::string_view unit) {
  if (unit == "MS" || unit == "MILLISECOND") return 1;
  if (unit == "S" || unit == "SEC" || unit == "SECOND") return 1000;
  if (unit == "M" || unit == "MIN" || unit == "MINUTE") return 60000;
  if (unit == "H" || unit == "HR" || unit == "HOUR") return 3600000;
  if (unit == "D" || unit == "DAY") return 86400000;
  return std::nullopt;
}

// The value in the unit; nullopt: no such unit, or a value that has none.
std::optional<int64_t> Convert(const std::string& value, absl::string_view unit) {
  if (const std::optional<int64_t> bytes = BytesOfUnit(unit); bytes.has_value()) {
    const absl::StatusOr<int64_t> parsed = ParseBytes(value);
    if (parsed.ok()) return *parsed / *bytes;
  } else if (const std::optional<int64_t> millis = MillisOfUnit(unit); millis.has_value()) {
    const absl::StatusOr<int64_t> parsed = ParseMillis(value);
    if (parsed.ok()) return *parsed / *millis;
  }
  return std::nullopt;
}

}  // namespace

std::vector<ShownProperty> ShownProperties(const Configuration& configuration, ShownValue which) {
  std::vector<ShownProperty> shown;
  for (Configuration::Entry& entry : configuration.All()) {
    if (entry.property == nullptr) continue;
    ShownProperty property;
    property.name = std::move(entry.key);
    property.source = std::move(entry.source_text);
    // What refers to a key without a value has none itself, raw or not.
    property.is_set = entry.is_set;
    if (entry.is_set) {
      property.value = which == ShownValue::kRaw ? std::move(entry.raw_value) : std::move(entry.value);
    }
    if (property.is_set && IsCredential(property.name)) property.value = "******";
    shown.push_back(std::move(property));
  }
  return shown;
}

GetConfResult GetConf(const std::vector<std::string>& arguments, const Configuration& configuration,
                      const std::function<absl::StatusOr<std::vector<ShownProperty>>()>& ask_master) {
  const absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) return Misused(absl::StrCat("Unable to parse input args: ", options.status().message()));

  std::vector<ShownProperty> properties;
  if (options->master) {
    absl::StatusOr<std::vector<ShownProperty>> answer = ask_master();
    if (!answer.ok()) {
      return {255, absl::StrCat("Unable to get master-side configuration: ", answer.status().message(), "\n"), ""};
    }
    properties = *std::move(answer);
    std::sort(properties.begin(), properties.end(),
              [](const ShownProperty& a, const ShownProperty& b) { return a.name < b.name; });
  } else {
    properties = ShownProperties(configuration, ShownValue::kResolved);
  }

  GetConfResult result;
  if (options->keys.empty()) {
    for (const ShownProperty& property : properties) {
      absl::StrAppend(&result.out, property.name, "=", property.value);
      if (options->source) absl::StrAppend(&result.out, " (", property.source, ")");
      absl::StrAppend(&result.out, "\n");
    }
    return result;
  }
  if (options->keys.size() > 1) {
    return Misused(absl::StrCat("More arguments than expected. Args: [", absl::StrJoin(options->keys, ", "), "]"));
  }
  const std::string& key = options->keys[0];
  const Property* declared = FindProperty(key);
  if (declared == nullptr && FindTemplate(key) == nullptr) {
    return Misused(absl::StrCat(key, " is not a valid configuration key"));
  }
  const std::string name = declared == nullptr ? key : declared->name;
  const auto property = std::find_if(properties.begin(), properties.end(),
                                     [&](const ShownProperty& shown) { return shown.name == name; });
  // Also of an instance of a template that nobody set: so does the original, against its usage text.
  if (property == properties.end()) return Misused(absl::StrCat(name, " is not found"));
  if (options->source) {
    result.out = absl::StrCat(property->source, "\n");
  } else if (options->unit.has_value()) {
    const std::string unit = absl::AsciiStrToUpper(*options->unit);
    const std::optional<int64_t> converted = Convert(property->value, unit);
    if (!converted.has_value()) return Misused(absl::StrCat(unit, " is not a valid unit"));
    result.out = absl::StrCat(*converted, "\n");
  } else {
    result.out = absl::StrCat(property->value, "\n");
  }
  return result;
}

}  // namespace alluxio::conf
