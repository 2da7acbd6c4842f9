#include "alluxio/conf/update.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::conf {
namespace {

constexpr absl::string_view kEnabled = "alluxio.conf.dynamic.update.enabled";

// What a running master applies (`MasterProcess` and `MetaMaster` do).
struct Applied {
  absl::string_view key;
  bool positive;  // 0 and less are times that nothing could be done by
};
constexpr Applied kApplied[] = {
    {kEnabled, false},
    {"alluxio.master.file.access.time.update.precision", false},
    {"alluxio.master.lost.proxy.deletion.timeout", true},
    {"alluxio.master.lost.worker.deletion.timeout", true},
    {"alluxio.master.lost.worker.detection.interval", true},
    {"alluxio.master.persistence.initial.interval", true},
    {"alluxio.master.persistence.max.interval", true},
    {"alluxio.master.persistence.max.total.wait.time", true},
    {"alluxio.master.persistence.scheduler.interval", true},
    {"alluxio.master.proxy.timeout", true},
    {"alluxio.master.ttl.checker.interval", true},
    {"alluxio.master.worker.timeout", true},
};

const Applied* FindApplied(const Property& property) {
  const auto found = std::find_if(std::begin(kApplied), std::end(kApplied),
                                  [&](const Applied& applied) { return applied.key == property.name; });
  return found == std::end(kApplied) ? nullptr : found;
}

}  // namespace

bool IsDynamic(const Property& property) {
  if (property.Has(kStatic)) return false;
  return FindApplied(property) != nullptr || absl::StartsWith(property.name, "alluxio.user.");
}

absl::StatusOr<Configuration> UpdateProperty(const Configuration& configuration, const std::string& key,
                                             const std::string& value) {
  if (!configuration.GetBool(kEnabled)) {
    return absl::FailedPreconditionError(absl::StrCat(kEnabled, " is false"));
  }
  const Property* const property = FindProperty(key);
  if (property == nullptr && FindTemplate(key) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid property key ", key));
  }
  if (property == nullptr || !IsDynamic(*property)) {
    return absl::FailedPreconditionError(absl::StrCat(key, " counts from the next start on, in the site file"));
  }
  const bool may_be_empty = property->type == Type::kString || property->type == Type::kList;
  if (value.empty() && !may_be_empty) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid value for property key ", key, ": nothing: must be ",
                                                   AllowedValues(*property)));
  }
  ALLUXIO_ASSIGN_OR_RETURN(Configuration updated, configuration.With({{key, value}}));
  const Applied* const applied = FindApplied(*property);
  if (applied != nullptr && applied->positive && updated.GetMillis(property->name) <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("Invalid value for property key ", key, ": ", value, ": must be more than 0"));
  }
  return updated;
}

}  // namespace alluxio::conf
