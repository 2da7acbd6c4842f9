#include "alluxio/rpc/session_registry.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace alluxio::rpc {
namespace {

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<uint64_t> SessionRegistry::Register(absl::string_view channel_id, std::string user) {
  if (!IsUuid(channel_id)) {
    return absl::InternalError(absl::StrCat("Invalid UUID string: ", channel_id.substr(0, 64)));
  }
  if (user.size() > kMaxUserBytes) {
    return absl::UnauthenticatedError(absl::StrCat("A user name may have ", kMaxUserBytes, " bytes"));
  }
  std::string key = absl::AsciiStrToLower(channel_id);
  MutexLock lock(&mutex_);
  if (sessions_.size() >= kMaxSessions && !sessions_.contains(key)) {
    return absl::ResourceExhaustedError(absl::StrCat("there are ", kMaxSessions, " authenticated channels"));
  }
  const auto [it, inserted] = sessions_.try_emplace(std::move(key));
  if (!inserted) {
    sessions_.erase(it);
    return absl::InternalError(absl::StrCat("Channel: ", channel_id,
                                            " has been registered already; both registrations are void. "
                                            "Authenticate with a new id."));
  }
  it->second = {std::move(user), ++last_registration_,
                std::make_unique<std::atomic<int64_t>>(clock_->NowMillis())};
  return it->second.registration;
}

void SessionRegistry::Forget(absl::string_view channel_id, uint64_t registration) {
  const std::string key = absl::AsciiStrToLower(channel_id);
  MutexLock lock(&mutex_);
  const auto it = sessions_.find(key);
  if (it != sessions_.end() && it->second.registration == registration) sessions_.erase(it);
}

std::vector<uint64_t> SessionRegistry::TakeStale() {
  std::vector<uint64_t> stale;
  const absl::Time now = clock_->Now();
  if (stale_after_ <= absl::ZeroDuration()) return stale;
  const int64_t oldest_ms = absl::ToUnixMillis(now - stale_after_);
  MutexLock lock(&mutex_);
  if (now < last_look_ + stale_after_ / 100) return stale;
  last_look_ = now;
  absl::erase_if(sessions_, [&](const auto& session) {
    if (session.second.last_use->load(std::memory_order_relaxed) >= oldest_ms) return false;
    stale.push_back(session.second.registration);
    return true;
  });
  return stale;
}

absl::StatusOr<std::string> SessionRegistry::UserOf(absl::string_view channel_id, absl::string_view method) const {
  if (!IsUuid(channel_id)) return absl::UnknownError("");
  {
    const std::string key = absl::AsciiStrToLower(channel_id);
    ReaderMutexLock lock(&mutex_);
    const auto it = sessions_.find(key);
    if (it != sessions_.end()) {
      it->second.last_use->store(clock_->NowMillis(), std::memory_order_relaxed);
      return it->second.user;
    }
  }
  return absl::UnauthenticatedError(
      absl::StrCat("Channel: ", channel_id, " is not authenticated for call: ", method));
}

absl::Status SessionRegistry::MissingChannelId(absl::string_view method) {
  return absl::UnauthenticatedError(absl::StrCat("Channel Id is missing for call: ", method, "."));
}

size_t SessionRegistry::size() const {
  ReaderMutexLock lock(&mutex_);
  return sessions_.size();
}

}  // namespace alluxio::rpc
