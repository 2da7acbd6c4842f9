// What authentication takes from the configuration.
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/user_name.h"
#include "alluxio/conf/bad_value.h"
#include "alluxio/rpc/authentication.h"

namespace alluxio::rpc {

absl::StatusOr<AuthenticationType> AuthenticationTypeOf(const conf::Configuration& configuration) {
  constexpr absl::string_view kTls = "alluxio.network.tls.enabled";
  if (configuration.GetBool(kTls)) {
    return absl::InvalidArgumentError(absl::StrCat(kTls, "=true (from ", conf::OriginOf(configuration, kTls),
                                                   ") is not supported by this version, whose connections are not "
                                                   "encrypted: set it to false"));
  }
  constexpr absl::string_view kKey = "alluxio.security.authentication.type";
  const std::string type = configuration.GetEnum(kKey);
  if (type == "NOSASL") return AuthenticationType::kNoSasl;
  if (type == "SIMPLE") return AuthenticationType::kSimple;
  return absl::InvalidArgumentError(absl::StrCat(
      kKey, "=", type, " (from ", conf::OriginOf(configuration, kKey), ") is not supported",
      type == "CUSTOM" ? " (its provider is a Java class)" : "", ": set SIMPLE or NOSASL"));
}

std::string LoginUser(const conf::Configuration& configuration) {
  std::string user = configuration.GetString("alluxio.security.login.username");
  if (!user.empty()) return user;
  return UserNameOf(geteuid()).value_or(absl::StrCat(geteuid()));
}

ImpersonationRules::ImpersonationRules(const conf::Configuration& configuration, GroupsOf groups_of)
    : ImpersonationRules(configuration.WithPrefix("alluxio.master.security.impersonation."), std::move(groups_of)) {}

}  // namespace alluxio::rpc
