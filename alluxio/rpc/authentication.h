#ifndef ALLUXIO_RPC_AUTHENTICATION_H_
#define ALLUXIO_RPC_AUTHENTICATION_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::rpc {

// `alluxio.security.authentication.type`, as far as it is served: CUSTOM needs
// a Java class and KERBEROS was never built in the original.
enum class AuthenticationType { kNoSasl, kSimple };

// INVALID_ARGUMENT: CUSTOM or KERBEROS, with what to set instead; or TLS is asked
// for (`alluxio.network.tls.enabled`): better no connection than one in clear text.
absl::StatusOr<AuthenticationType> AuthenticationTypeOf(const conf::Configuration& configuration);

// The user of this process: `alluxio.security.login.username`, else the one the
// operating system knows it by (its number if it has no name).
std::string LoginUser(const conf::Configuration& configuration);

// The groups of a user, as the group mapping of the configuration says.
using GroupsOf = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& user)>;

// Who may act as whom: `alluxio.master.security.impersonation.<user>.users` and
// `.groups`, on masters and workers alike. Immutable, hence thread-safe.
class ImpersonationRules {
 public:
  // Nobody may.
  ImpersonationRules() = default;
  ImpersonationRules(const conf::Configuration& configuration, GroupsOf groups_of);
  // From the properties themselves: key -> value.
  ImpersonationRules(const std::map<std::string, std::string>& properties, GroupsOf groups_of);

  // UNAUTHENTICATED, naming both: `connection_user` may not act as `user`.
  // Equal names need no permission.
  absl::Status Check(const std::string& connection_user, const std::string& user) const;

 private:
  struct Rule {
    std::set<std::string> users;
    std::set<std::string> groups;
  };
  std::map<std::string, Rule> rules_;
  GroupsOf groups_of_;
};

// The PLAIN payload `authorizationId NUL authenticationId NUL password`.
std::string PlainMessage(absl::string_view impersonated_user, absl::string_view user, absl::string_view password);

// The user whom a PLAIN payload makes of its channel, for SIMPLE: any user and
// any password that is not empty. UNAUTHENTICATED "Plain authentication failed:
// ..." when it is malformed or the impersonation is not allowed.
absl::StatusOr<std::string> CheckPlainMessage(absl::string_view message, const ImpersonationRules& rules);

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_AUTHENTICATION_H_
