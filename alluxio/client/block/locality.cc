#include "alluxio/client/block/locality.h"

#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace alluxio::client {
namespace {

// Whether the file's name is what a worker in UUID mode calls its socket. That
// such a file is here proves that its worker is, whatever our own configuration
// says: only the worker needs to be told of the mode.
bool IsNamedByUuid(absl::string_view path) {
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  if (name.size() != 36) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? name[i] != '-' : !absl::ascii_isxdigit(name[i])) return false;
  }
  return true;
}

// "" if the socket may be used.
std::string WhyNoSocket(const LocalityFacts& facts) {
  if (!facts.has_socket_path) return "the worker has none";
  if (!facts.socket_as_uuid && !facts.same_host_text) return "the worker's host name is not ours";
  if (!facts.socket_exists) return "the worker's socket is not on this file system";
  return "";
}

Locality Decide(const LocalityFacts& facts, const LocalityRules& rules, bool local, const char* why_not_local) {
  Locality result;
  result.node_local = local;
  std::string why_no_file;
  if (!local) {
    why_no_file = why_not_local;
  } else if (!rules.short_circuit_enabled) {
    why_no_file = "off by alluxio.user.short.circuit.enabled";
  } else if (facts.has_socket_path && !rules.short_circuit_preferred) {
    why_no_file = "the worker has a domain socket and alluxio.user.short.circuit.preferred is false";
  }
  if (why_no_file.empty()) {
    result.rungs.push_back(Rung::kFile);
  } else {
    result.why_not.emplace_back(Rung::kFile, why_no_file);
  }
  if (const std::string why_no_socket = WhyNoSocket(facts); why_no_socket.empty()) {
    result.rungs.push_back(Rung::kDomainSocket);
  } else {
    result.why_not.emplace_back(Rung::kDomainSocket, why_no_socket);
    result.rungs.push_back(Rung::kTcp);
  }
  return result;
}

}  // namespace

absl::string_view RungName(Rung rung) {
  switch (rung) {
    case Rung::kFile:
      return "file";
    case Rung::kDomainSocket:
      return "domain socket";
    case Rung::kTcp:
      return "TCP";
  }
  return "?";
}

bool PathExists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

LocalityFacts FactsOf(const WorkerNetAddress& worker, const LocalityRules& rules,
                      const std::function<bool(const std::string&)>& exists) {
  LocalityFacts facts;
  facts.has_socket_path = !worker.domain_socket_path.empty();
  facts.socket_exists = facts.has_socket_path && exists(worker.domain_socket_path);
  facts.socket_as_uuid = rules.socket_as_uuid || IsNamedByUuid(worker.domain_socket_path);
  facts.same_host_text = worker.host == rules.client_host;
  const auto nearest = Nearest(rules.self, std::span(&worker, 1), rules.resolve);
  facts.identity_local = nearest && nearest->node_local;
  return facts;
}

Locality DecideRead(const LocalityFacts& facts, const LocalityRules& rules) {
  const bool by_socket = facts.socket_as_uuid && facts.socket_exists;
  return Decide(facts, rules, by_socket || facts.identity_local,
                facts.socket_as_uuid ? "neither the worker's socket nor its node is here" : "the worker is on another node");
}

Locality DecideWrite(const LocalityFacts& facts, const LocalityRules& rules) {
  return Decide(facts, rules, facts.same_host_text, "the worker's host name is not ours");
}

std::string TargetOf(const WorkerNetAddress& worker, const LocalityFacts& facts) {
  if (WhyNoSocket(facts).empty()) return absl::StrCat("unix:", worker.domain_socket_path);
  return worker.DataAddress();
}

std::string Reasons(const std::vector<std::pair<Rung, std::string>>& why_not) {
  std::string text;
  for (const auto& [rung, reason] : why_not) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", RungName(rung), ": ", reason);
  }
  return text;
}

std::optional<NearestResult> NearestHolder(std::span<const WorkerNetAddress> holders, const LocalityRules& rules,
                                           const std::function<bool(const std::string&)>& exists) {
  for (size_t i = 0; i < holders.size(); ++i) {
    const std::string& path = holders[i].domain_socket_path;
    if (path.empty() || !(rules.socket_as_uuid || IsNamedByUuid(path))) continue;
    if (exists(path)) return NearestResult{.index = i, .node_local = true};
  }
  return Nearest(rules.self, holders, rules.resolve);
}

}  // namespace alluxio::client
