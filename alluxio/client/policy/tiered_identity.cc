#include "alluxio/client/policy/tiered_identity.h"

namespace alluxio::client {
namespace {

bool SameTier(const LocalityTier& mine, const LocalityTier& theirs,
              const std::function<std::string(const std::string&)>& resolve) {
  if (mine.name != theirs.name || !mine.value || !theirs.value) return false;
  if (*mine.value == *theirs.value) return true;
  if (!resolve || mine.name != "node") return false;
  const std::string address = resolve(*mine.value);
  return !address.empty() && address == resolve(*theirs.value);
}

}  // namespace

std::optional<NearestResult> Nearest(const TieredIdentity& self, std::span<const WorkerNetAddress> candidates,
                                     const std::function<std::string(const std::string&)>& resolve) {
  if (candidates.empty()) return std::nullopt;
  for (size_t tier = 0; tier < self.size(); ++tier) {
    for (size_t i = 0; i < candidates.size(); ++i) {
      const TieredIdentity& theirs = candidates[i].tiered_identity;
      for (size_t their_tier = 0; their_tier < theirs.size(); ++their_tier) {
        if (!SameTier(self[tier], theirs[their_tier], resolve)) continue;
        return NearestResult{.index = i, .node_local = tier == 0 && their_tier == 0 && self[tier].name == "node"};
      }
    }
  }
  return NearestResult{};
}

}  // namespace alluxio::client
