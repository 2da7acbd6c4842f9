#include "alluxio/security/groups.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/user_name.h"
#include "alluxio/security/name_service.h"

namespace alluxio::security {
namespace {

constexpr size_t kMaxNameBytes = 256;
// What the databases ask for is small; more than this is a broken one.
constexpr size_t kMaxBufferBytes = size_t{1} << 20;
constexpr int kMaxGroups = 1 << 16;

// Calls a *_r function of the user database with a buffer that grows.
template <typename Entry, typename Lookup>
int LookUp(Lookup lookup, Entry* entry, std::vector<char>* buffer, bool* found) {
  buffer->resize(1024);
  while (true) {
    Entry* result = nullptr;
    const int error = lookup(entry, buffer->data(), buffer->size(), &result);
    if (error == EINTR) continue;
    if (error == ERANGE && buffer->size() < kMaxBufferBytes) {
      buffer->resize(buffer->size() * 2);
      continue;
    }
    *found = result != nullptr;
    // glibc reports "no such entry" by some of these as well.
    return error == ENOENT || error == ESRCH ? 0 : error;
  }
}

absl::Status DatabaseError(absl::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat("Cannot look up ", what, " in the user database: ", std::strerror(error)));
}

class SystemGroupResolver final : public GroupResolver {
 public:
  absl::StatusOr<std::vector<std::string>> Groups(absl::string_view user) override {
    ALLUXIO_RETURN_IF_ERROR(ValidateUserName(user));
    const std::string name(user);
    if (std::vector<std::string> beside = GroupsBesideFiles(name); !beside.empty()) return beside;
    struct passwd account;
    std::vector<char> buffer;
    bool found = false;
    if (int error =
            LookUp([&name](struct passwd* entry, char* data, size_t size,
                           struct passwd** result) { return getpwnam_r(name.c_str(), entry, data, size, result); },
                   &account, &buffer, &found)) {
      return DatabaseError(absl::StrCat("user ", user), error);
    }
    if (!found) return std::vector<std::string>();

    std::vector<gid_t> ids(32);
    int count = static_cast<int>(ids.size());
    while (getgrouplist(name.c_str(), account.pw_gid, ids.data(), &count) < 0) {
      if (ids.size() >= static_cast<size_t>(kMaxGroups)) {
        return absl::UnavailableError(absl::StrCat("User ", user, " is in more than ", kMaxGroups, " groups"));
      }
      ids.resize(std::max<size_t>(count, ids.size() * 2));
      count = static_cast<int>(ids.size());
    }
    ids.resize(count);
    std::stable_partition(ids.begin(), ids.end(), [&account](gid_t id) { return id == account.pw_gid; });

    std::vector<std::string> groups;
    for (gid_t id : ids) {
      struct group entry;
      if (int error = LookUp([id](struct group* out, char* data, size_t size,
                                  struct group** result) { return getgrgid_r(id, out, data, size, result); },
                             &entry, &buffer, &found)) {
        return DatabaseError(absl::StrCat("group ", id), error);
      }
      // A group without a name is shown by its number, as `id` does.
      std::string group = found ? std::string(entry.gr_name) : absl::StrCat(id);
      if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(std::move(group));
    }
    return groups;
  }
};

class IdentityGroupResolver final : public GroupResolver {
 public:
  absl::StatusOr<std::vector<std::string>> Groups(absl::string_view user) override {
    ALLUXIO_RETURN_IF_ERROR(ValidateUserName(user));
    return std::vector<std::string>{std::string(user)};
  }
  std::optional<std::vector<std::string>> KnownGroups(absl::string_view user) override {
    return Groups(user).value_or(std::vector<std::string>());
  }
};

class CachingGroupResolver final : public GroupResolver {
 public:
  CachingGroupResolver(std::unique_ptr<GroupResolver> resolver, const Clock* clock, absl::Duration ttl,
                       size_t max_users)
      : resolver_(std::move(resolver)), clock_(clock), ttl_(ttl), max_users_(max_users) {}

  absl::StatusOr<std::vector<std::string>> Groups(absl::string_view user) override {
    if (ttl_ <= absl::ZeroDuration()) return resolver_->Groups(user);
    const absl::Time now = clock_->Now();
    if (std::optional<std::vector<std::string>> known = Remembered(user, now)) return *std::move(known);
    ALLUXIO_ASSIGN_OR_RETURN(std::vector<std::string> groups, resolver_->Groups(user));
    MutexLock lock(&mutex_);
    // A flood of made-up names empties the memory rather than filling it.
    if (answers_.size() >= max_users_ && !answers_.contains(user)) answers_.clear();
    answers_.insert_or_assign(std::string(user), Answer{groups, now + ttl_});
    return groups;
  }

  std::optional<std::vector<std::string>> KnownGroups(absl::string_view user) override {
    return ttl_ <= absl::ZeroDuration() ? resolver_->KnownGroups(user) : Remembered(user, clock_->Now());
  }

 private:
  struct Answer {
    std::vector<std::string> groups;
    absl::Time expires;
  };

  std::optional<std::vector<std::string>> Remembered(absl::string_view user, absl::Time now) {
    ReaderMutexLock lock(&mutex_);
    const auto it = answers_.find(user);
    if (it == answers_.end() || now >= it->second.expires) return std::nullopt;
    return it->second.groups;
  }

  const std::unique_ptr<GroupResolver> resolver_;
  const Clock* const clock_;
  const absl::Duration ttl_;
  const size_t max_users_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Answer> answers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status ValidateUserName(absl::string_view name) {
  bool valid = !name.empty() && name.size() <= kMaxNameBytes && name.front() != '-' && name.front() != ' ';
  for (size_t i = 0; valid && i < name.size(); ++i) {
    const char c = name[i];
    valid = !absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != ':' && c != ',' && c != '/';
  }
  if (valid) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("Invalid user or group name \"", name.substr(0, kMaxNameBytes), "\""));
}

std::unique_ptr<GroupResolver> NewSystemGroupResolver() { return std::make_unique<SystemGroupResolver>(); }

std::unique_ptr<GroupResolver> NewIdentityGroupResolver() { return std::make_unique<IdentityGroupResolver>(); }

std::unique_ptr<GroupResolver> NewCachingGroupResolver(std::unique_ptr<GroupResolver> resolver, const Clock* clock,
                                                       absl::Duration ttl, size_t max_users) {
  return std::make_unique<CachingGroupResolver>(std::move(resolver), clock, ttl, max_users);
}

absl::StatusOr<std::unique_ptr<GroupResolver>> NewGroupResolver(absl::string_view mapping_class, const Clock* clock,
                                                                absl::Duration cache_timeout) {
  std::unique_ptr<GroupResolver> resolver;
  if (mapping_class == "alluxio.security.group.provider.ShellBasedUnixGroupsMapping") {
    resolver = NewSystemGroupResolver();
  } else if (mapping_class == "alluxio.security.group.provider.IdentityUserGroupsMapping") {
    return NewIdentityGroupResolver();
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        mapping_class, " is not supported; use alluxio.security.group.provider.ShellBasedUnixGroupsMapping (the machine's "
        "groups) or alluxio.security.group.provider.IdentityUserGroupsMapping"));
  }
  return NewCachingGroupResolver(std::move(resolver), clock, cache_timeout);
}

std::string CurrentUserName() {
  return UserNameOf(geteuid()).value_or(absl::StrCat(geteuid()));
}

}  // namespace alluxio::security
