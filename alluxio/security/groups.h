#ifndef ALLUXIO_SECURITY_GROUPS_H_
#define ALLUXIO_SECURITY_GROUPS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"

namespace alluxio::security {

// INVALID_ARGUMENT unless `name` can name a user or group: 1 to 256 bytes, no
// control character, no `:`, `,` or `/`, no leading `-` or blank. Nothing of
// ours hands names to a shell; this keeps them from spoiling lists and logs.
absl::Status ValidateUserName(absl::string_view name);

// Which groups a user is in. Implementations are thread-safe.
class GroupResolver {
 public:
  virtual ~GroupResolver() = default;

  // The primary group first, each once; none for a user nobody knows.
  // May block on the machine's user database.
  //
  // Errors:
  //   INVALID_ARGUMENT  not a user name.
  //   UNAVAILABLE       the user database cannot be read.
  virtual absl::StatusOr<std::vector<std::string>> Groups(absl::string_view user) = 0;

  // The same without blocking; nullopt: Groups has to be asked.
  virtual std::optional<std::vector<std::string>> KnownGroups(absl::string_view /*user*/) { return std::nullopt; }
};

// The machine's own database (getpwnam_r, getgrouplist). Answers what
// ShellBasedUnixGroupsMapping of the original does, without a shell.
std::unique_ptr<GroupResolver> NewSystemGroupResolver();

// Each user is in the group of the same name (IdentityUserGroupsMapping).
std::unique_ptr<GroupResolver> NewIdentityGroupResolver();

// Remembers answers (not errors) for `ttl` (alluxio.security.group.mapping.cache.timeout);
// zero or less remembers nothing. At most `max_users` are remembered. No lock is
// held while `resolver` is asked. `clock` must outlive the result.
std::unique_ptr<GroupResolver> NewCachingGroupResolver(std::unique_ptr<GroupResolver> resolver, const Clock* clock,
                                                       absl::Duration ttl, size_t max_users = 100'000);

// The one named by alluxio.security.group.mapping.class: the original's class
// names for the two above.
//
// Errors:
//   INVALID_ARGUMENT  another class: says which are known.
absl::StatusOr<std::unique_ptr<GroupResolver>> NewGroupResolver(absl::string_view mapping_class, const Clock* clock,
                                                                absl::Duration cache_timeout);

// The name of the user this process runs as, or its uid if it has no name.
std::string CurrentUserName();

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_GROUPS_H_
