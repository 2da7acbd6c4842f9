#ifndef ALLUXIO_SECURITY_NAME_SERVICE_H_
#define ALLUXIO_SECURITY_NAME_SERVICE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// Users, groups and hosts in a statically linked program.
//
// glibc asks /etc/nsswitch.conf where names are looked up, and loads a plug-in for
// what is not built in (systemd, ldap, sss). The plug-ins belong to the shared C
// library: in a static program the first look-up of an unknown name crashes.
namespace alluxio::security {

// In a static program: users and groups come from the files, hosts from the file
// and DNS, and no plug-in is loaded. Elsewhere it does nothing. To be called
// before threads start.
void KeepNameServicesBuiltIn();

// Whether nsswitch.conf (its text) has users or groups elsewhere than in files.
bool NamesUsersBesideFiles(absl::string_view nsswitch);

// In a static program on a machine that has users beside the files: the groups
// that the command `id` knows, the primary one first; empty for an unknown user.
// Else empty.
std::vector<std::string> GroupsBesideFiles(const std::string& user);

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_NAME_SERVICE_H_
