#include "alluxio/base/user_name.h"

#include <pwd.h>

#include <cerrno>
#include <vector>

namespace alluxio {

std::optional<std::string> UserNameOf(uid_t uid) {
  // An entry of a directory service may be long; beyond this it is a fault of its.
  constexpr size_t kMaxBytes = size_t{1} << 20;
  for (std::vector<char> buffer(1024); buffer.size() <= kMaxBytes; buffer.resize(buffer.size() * 4)) {
    passwd entry;
    passwd* found = nullptr;
    int error = 0;
    do {
      error = ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    } while (error == EINTR);
    if (error == ERANGE) continue;
    if (error != 0 || found == nullptr) return std::nullopt;
    return std::string(found->pw_name);
  }
  return std::nullopt;
}

}  // namespace alluxio
