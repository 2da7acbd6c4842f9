#ifndef ALLUXIO_SHELL_TEXT_H_
#define ALLUXIO_SHELL_TEXT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/client/types.h"
#include "alluxio/security/acl.h"

// How the original writes numbers, times and records for people.
namespace alluxio::shell {

// "8893B" is "8.68KB"; up to five of a unit stay in the smaller one (5120B).
std::string SizeText(int64_t bytes);

// "4KB", "1.5g", "20" (bytes). INVALID_ARGUMENT: `Fail to parse x to bytes`.
absl::StatusOr<int64_t> ParseSize(absl::string_view text);

// "1h", "30min", "3600000" (ms), in milliseconds. INVALID_ARGUMENT: `x is not valid time`.
absl::StatusOr<int64_t> ParseMillis(absl::string_view text);

// A point in time under a pattern of Java's SimpleDateFormat, of which the
// letters y M d H m s S and quoted text are known.
std::string DateText(int64_t time_ms, absl::string_view pattern, absl::TimeZone zone);

// "drwxr-xr-x", with a "+" if there are named ACL entries.
std::string ModeText(uint32_t mode, bool folder, bool has_extended);

// "{a=1, b=2}".
std::string MapText(const std::map<std::string, std::string>& map);

security::AclEntry ToSecurity(const client::AclEntry& entry);
client::AclEntry ToClient(const security::AclEntry& entry);
// With the base entries, as `getfacl` lists them.
std::vector<std::string> AclEntries(const client::Acl& acl, const client::UriStatus& status);
std::vector<std::string> DefaultAclEntries(const client::Acl& acl);
bool HasExtendedAcl(const client::UriStatus& status);

std::string BlockInfoText(const client::BlockInfo& block);
// URIStatus{info=FileInfo{...}, ...}, as `stat` shows it.
std::string UriStatusText(const client::UriStatus& status);

// The Java exception that `status` becomes in the original's client, which
// shows up where one error wraps another.
std::string JavaExceptionText(const absl::Status& status);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_TEXT_H_
