#include "alluxio/conf/effect.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace alluxio::conf {
namespace {

// Sorted.
constexpr absl::string_view kUnread[] = {
#include "alluxio/conf/unread_properties.inc"
};

}  // namespace

bool HasEffect(const Property& property) {
  return !std::binary_search(std::begin(kUnread), std::end(kUnread), absl::string_view(property.name));
}

std::string SetWithoutEffect(const Configuration& configuration, Scope scope) {
  std::vector<std::string> keys;
  for (const Configuration::Entry& entry : configuration.All()) {
    const bool given = entry.source == Source::kSiteProperty || entry.source == Source::kSystemProperty;
    if (!given || entry.property == nullptr || HasEffect(*entry.property)) continue;
    if (!ScopeContains(entry.property->scope, scope) || absl::StartsWith(entry.key, "alluxio.user.")) continue;
    keys.push_back(entry.key);
  }
  if (keys.empty()) return "";
  return absl::StrCat("Set, but without effect in this version: ", absl::StrJoin(keys, ", "));
}

}  // namespace alluxio::conf
