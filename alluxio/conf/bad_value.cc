#include "alluxio/conf/bad_value.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "alluxio/conf/property_table.h"

namespace alluxio::conf {

std::string OriginOf(const Configuration& configuration, absl::string_view key) {
  const absl::StatusOr<Configuration::Entry> entry = configuration.Find(key);
  if (!entry.ok()) return "nowhere";
  switch (entry->source) {
    case Source::kDefault: return "the built-in default";
    case Source::kClusterDefault: return "the master's configuration";
    case Source::kSystemProperty: return "-D on the command line or in the environment";
    case Source::kSiteProperty: {
      absl::string_view file = entry->source_text;
      absl::ConsumePrefix(&file, "SITE_PROPERTY (");
      absl::ConsumeSuffix(&file, ")");
      return std::string(file);
    }
    case Source::kPathDefault:
    case Source::kRuntime:
    case Source::kMountOption: break;
  }
  return absl::StrCat("a value set as ", entry->source_text);
}

absl::Status BadValue(const Configuration& configuration, absl::string_view key, absl::string_view allowed) {
  const absl::StatusOr<Configuration::Entry> entry = configuration.Find(key);
  if (!entry.ok() || !entry->is_set) {
    return absl::FailedPreconditionError(absl::StrCat("Property key ", key, " is not set: ", allowed));
  }
  const absl::string_view shown = IsCredential(key) ? "******" : absl::string_view(entry->value);
  return absl::InvalidArgumentError(absl::StrCat("Invalid value for property key ", key, ": ", shown, " (from ",
                                                 OriginOf(configuration, key), "): ", allowed));
}

}  // namespace alluxio::conf
