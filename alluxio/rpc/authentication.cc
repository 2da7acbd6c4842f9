#include "alluxio/rpc/authentication.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace alluxio::rpc {
namespace {

constexpr absl::string_view kPrefix = "alluxio.master.security.impersonation.";

std::set<std::string> Names(absl::string_view list) {
  std::set<std::string> names;
  for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    names.insert(std::string(absl::StripAsciiWhitespace(name)));
  }
  return names;
}

absl::Status Refused(absl::string_view connection_user, absl::string_view user, absl::string_view why) {
  return absl::UnauthenticatedError(
      absl::StrCat("Plain authentication failed: Failed to authenticate client user=\"", connection_user,
                   "\" connecting to Alluxio server and impersonating as impersonationUser=\"", user,
                   "\" to access Alluxio file system. ", why, " Set ", kPrefix, connection_user, ".users or ", kPrefix,
                   connection_user, ".groups on the servers to allow it."));
}

absl::Status Malformed(absl::string_view what) {
  return absl::UnauthenticatedError(absl::StrCat("Plain authentication failed: ", what));
}

}  // namespace

ImpersonationRules::ImpersonationRules(const std::map<std::string, std::string>& properties, GroupsOf groups_of)
    : groups_of_(std::move(groups_of)) {
  for (const auto& [key, value] : properties) {
    absl::string_view rest = key;
    if (!absl::ConsumePrefix(&rest, kPrefix)) continue;
    if (absl::ConsumeSuffix(&rest, ".users")) {
      rules_[std::string(rest)].users = Names(value);
    } else if (absl::ConsumeSuffix(&rest, ".groups")) {
      rules_[std::string(rest)].groups = Names(value);
    }
  }
}

absl::Status ImpersonationRules::Check(const std::string& connection_user, const std::string& user) const {
  if (connection_user == user) return absl::OkStatus();
  const auto found = rules_.find(connection_user);
  if (found == rules_.end()) {
    return Refused(connection_user, user,
                   absl::StrCat("User \"", connection_user, "\" is not configured to allow any impersonation."));
  }
  const Rule& rule = found->second;
  if (rule.users.contains("*") || rule.users.contains(user) || rule.groups.contains("*")) return absl::OkStatus();
  if (!rule.groups.empty() && groups_of_) {
    const auto groups = groups_of_(user);
    if (!groups.ok()) {
      return Refused(connection_user, user,
                     absl::StrCat("The groups of user \"", user, "\" are unknown: ", groups.status().message(), "."));
    }
    for (const std::string& group : *groups) {
      if (rule.groups.contains(group)) return absl::OkStatus();
    }
  }
  return Refused(connection_user, user,
                 absl::StrCat("User \"", connection_user, "\" is not configured to impersonate \"", user, "\"."));
}

std::string PlainMessage(absl::string_view impersonated_user, absl::string_view user, absl::string_view password) {
  const absl::string_view nul("\0", 1);
  return absl::StrCat(impersonated_user, nul, user, nul, password);
}

absl::StatusOr<std::string> CheckPlainMessage(absl::string_view message, const ImpersonationRules& rules) {
  const std::vector<std::string> parts = absl::StrSplit(message, absl::MaxSplits(absl::ByChar('\0'), 2));
  if (parts.size() != 3) return Malformed("Invalid message format, parts must contain 3 items");
  if (parts[1].empty()) return Malformed("No authentication identity provided");
  if (parts[2].empty()) return Malformed("No password provided");
  const std::string& user = parts[0].empty() ? parts[1] : parts[0];
  if (absl::Status allowed = rules.Check(parts[1], user); !allowed.ok()) return allowed;
  return user;
}

}  // namespace alluxio::rpc
