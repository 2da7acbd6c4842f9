#ifndef ALLUXIO_CLIENT_POLICY_TIERED_IDENTITY_H_
#define ALLUXIO_CLIENT_POLICY_TIERED_IDENTITY_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alluxio/client/types.h"

namespace alluxio::client {

// Where somebody stands, tiers from the nearest on: node=<host>, rack=<name>.
using TieredIdentity = std::vector<LocalityTier>;

struct NearestResult {
  size_t index = 0;
  // Whether it matched in our first tier, and that is `node`: the same machine,
  // as far as names can tell.
  bool node_local = false;
};

// Which of `candidates` is nearest to `self` (PROTOCOL section 7): for each tier
// of ours from the first, the first candidate with a tier of the same name and
// the same value; else the first candidate. Nothing only if there are none.
// `resolve`, if given, maps a node's name to an address, compared as well
// (alluxio.locality.compare.node.ip); it may answer "" for unknown names.
std::optional<NearestResult> Nearest(const TieredIdentity& self, std::span<const WorkerNetAddress> candidates,
                                     const std::function<std::string(const std::string&)>& resolve = nullptr);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_POLICY_TIERED_IDENTITY_H_
