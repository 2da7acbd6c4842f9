#ifndef ALLUXIO_CLIENT_BLOCK_LOCALITY_H_
#define ALLUXIO_CLIENT_BLOCK_LOCALITY_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "alluxio/client/policy/tiered_identity.h"
#include "alluxio/client/types.h"

// The locality ladder: by which way a client reaches a worker's block. Pure
// decisions after the original's rules (PROTOCOL section 14), so that a table
// tests them; what can really be opened is found out by opening it, and the
// client then falls to the next rung.
namespace alluxio::client {

enum class Rung {
  kFile,          // the block's file, opened by its path: no byte goes through the worker
  kDomainSocket,  // gRPC over the worker's Unix socket
  kTcp,           // gRPC over the network
};

// "file", "domain socket", "TCP".
absl::string_view RungName(Rung rung);

// What the configuration says.
struct LocalityRules {
  bool short_circuit_enabled = true;     // alluxio.user.short.circuit.enabled
  bool short_circuit_preferred = false;  // alluxio.user.short.circuit.preferred
  bool socket_as_uuid = false;           // alluxio.worker.data.server.domain.socket.as.uuid
  std::string client_host;               // alluxio.user.hostname, else alluxio.locality.node, else this host
  TieredIdentity self;
  // alluxio.locality.compare.node.ip: name to address, or null.
  std::function<std::string(const std::string&)> resolve;
};

// What is so for one worker.
struct LocalityFacts {
  bool has_socket_path = false;
  bool socket_exists = false;       // on our file system
  bool socket_as_uuid = false;      // its file alone proves that the worker is here
  bool same_host_text = false;      // the worker's host is, as text, our host
  bool identity_local = false;      // our node by tiered identity
};

// Whether a path can be seen from here.
bool PathExists(const std::string& path);

// `exists` is PathExists but in tests.
LocalityFacts FactsOf(const WorkerNetAddress& worker, const LocalityRules& rules,
                      const std::function<bool(const std::string&)>& exists);

struct Locality {
  // The rungs to try, cheapest first; the last one is the domain socket or TCP.
  std::vector<Rung> rungs;
  // Why the cheaper ones are not among them: one sentence each.
  std::vector<std::pair<Rung, std::string>> why_not;
  // Whether passive caching regards the worker as being here.
  bool node_local = false;
};

// Both follow the original's conditions, which differ: reads go by socket file
// or identity, writes by the plain text of the host name.
Locality DecideRead(const LocalityFacts& facts, const LocalityRules& rules);
Locality DecideWrite(const LocalityFacts& facts, const LocalityRules& rules);

// "unix:<socket>" or "host:port" for the rung (kFile: the call that opens it).
std::string TargetOf(const WorkerNetAddress& worker, const LocalityFacts& facts);

// "file: off by alluxio.user.short.circuit.enabled; domain socket: ..."
std::string Reasons(const std::vector<std::pair<Rung, std::string>>& why_not);

// Which of the holders to read from: in UUID mode one whose socket file is
// here, else the nearest by identity. Empty only if there are none.
std::optional<NearestResult> NearestHolder(std::span<const WorkerNetAddress> holders, const LocalityRules& rules,
                                           const std::function<bool(const std::string&)>& exists);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_LOCALITY_H_
