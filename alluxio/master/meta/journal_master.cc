#include "alluxio/master/meta/journal_master.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace alluxio::master {
namespace {

// Of "host:port"; -1 where there is none.
int PortOf(const std::string& address) {
  int port = -1;
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) return -1;
  return port;
}

std::string OnlyAddress(const conf::Configuration& conf) {
  const auto addresses = conf.GetList("alluxio.master.embedded.journal.addresses");
  return addresses.size() == 1 ? addresses.front() : "";
}

}  // namespace

JournalMaster::JournalMaster(const conf::Configuration& conf, std::string hostname)
    : kind_(conf.GetEnum("alluxio.master.journal.type")),
      host_(PortOf(OnlyAddress(conf)) < 0 ? std::move(hostname)
                                          : OnlyAddress(conf).substr(0, OnlyAddress(conf).rfind(':'))),
      port_(PortOf(OnlyAddress(conf)) < 0 ? static_cast<int>(conf.GetInt("alluxio.master.embedded.journal.port"))
                                          : PortOf(OnlyAddress(conf))) {}

std::string JournalMaster::Member() const { return absl::StrCat(host_, ":", port_); }

absl::Status JournalMaster::CheckEmbedded() const {
  if (kind_ == "EMBEDDED") return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("alluxio.master.journal.type is ", kind_, ": only the EMBEDDED journal has a quorum"));
}

void JournalMaster::GetQuorumInfo(const Caller& caller, const grpc::journal::GetQuorumInfoPRequest& request,
                                  Reply<grpc::journal::GetQuorumInfoPResponse> reply) {
  if (absl::Status status = CheckEmbedded(); !status.ok()) return std::move(reply)(std::move(status));
  grpc::journal::GetQuorumInfoPResponse response;
  response.set_domain(grpc::journal::MASTER);
  auto* server = response.add_serverinfo();
  server->mutable_serveraddress()->set_host(host_);
  server->mutable_serveraddress()->set_rpcport(port_);
  server->set_serverstate(grpc::journal::AVAILABLE);
  server->set_isleader(true);
  server->set_priority(0);
  std::move(reply)(std::move(response));
}

void JournalMaster::RemoveQuorumServer(const Caller& caller, const grpc::journal::RemoveQuorumServerPRequest& request,
                                       Reply<grpc::journal::RemoveQuorumServerPResponse> reply) {
  if (absl::Status status = CheckEmbedded(); !status.ok()) return std::move(reply)(std::move(status));
  std::move(reply)(absl::FailedPreconditionError(
      absl::StrCat("the journal's quorum has one server, ", Member(), ", which can't be removed; ",
                   request.serveraddress().host(), ":", request.serveraddress().rpcport(), " was asked for")));
}

void JournalMaster::TransferLeadership(const Caller& caller, const grpc::journal::TransferLeadershipPRequest& request,
                                       Reply<grpc::journal::TransferLeadershipPResponse> reply) {
  if (absl::Status status = CheckEmbedded(); !status.ok()) return std::move(reply)(std::move(status));
  std::move(reply)(absl::FailedPreconditionError(
      absl::StrCat("the journal's quorum has one server, ", Member(), ", which leads it: ",
                   request.serveraddress().host(), ":", request.serveraddress().rpcport(), " can't")));
}

void JournalMaster::ResetPriorities(const Caller& caller, const grpc::journal::ResetPrioritiesPRequest& request,
                                    Reply<grpc::journal::ResetPrioritiesPResponse> reply) {
  if (absl::Status status = CheckEmbedded(); !status.ok()) return std::move(reply)(std::move(status));
  std::move(reply)(grpc::journal::ResetPrioritiesPResponse());  // one server, whose priority is 0
}

void JournalMaster::GetTransferLeaderMessage(const Caller& caller,
                                             const grpc::journal::GetTransferLeaderMessagePRequest& request,
                                             Reply<grpc::journal::GetTransferLeaderMessagePResponse> reply) {
  if (absl::Status status = CheckEmbedded(); !status.ok()) return std::move(reply)(std::move(status));
  grpc::journal::GetTransferLeaderMessagePResponse response;
  response.mutable_transmsg()->set_msg("");  // no transfer has ever begun
  std::move(reply)(std::move(response));
}

void JournalMaster::GetNodeState(const Caller& caller, const grpc::journal::GetNodeStatePRequest& request,
                                 Reply<grpc::journal::GetNodeStatePResponse> reply) {
  grpc::journal::GetNodeStatePResponse response;
  response.set_node_state(grpc::journal::PRIMARY);
  std::move(reply)(std::move(response));
}

}  // namespace alluxio::master
