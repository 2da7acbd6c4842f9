#ifndef ALLUXIO_MASTER_META_JOURNAL_MASTER_H_
#define ALLUXIO_MASTER_META_JOURNAL_MASTER_H_

#include <string>
#include <utility>

#include "alluxio/conf/configuration.h"
#include "alluxio/master/call.h"
#include "grpc/journal_master.pb.h"

namespace alluxio::master {

// JournalMasterClientService of a journal that lies on this master alone: a quorum
// of one, of which nothing can be removed and whose leadership nobody else can
// take. A journal that is not EMBEDDED has none: FAILED_PRECONDITION. Thread-safe.
class JournalMaster {
 public:
  JournalMaster(const conf::Configuration& conf, std::string hostname);

  void GetQuorumInfo(const Caller& caller, const grpc::journal::GetQuorumInfoPRequest& request,
                     Reply<grpc::journal::GetQuorumInfoPResponse> reply);
  void RemoveQuorumServer(const Caller& caller, const grpc::journal::RemoveQuorumServerPRequest& request,
                          Reply<grpc::journal::RemoveQuorumServerPResponse> reply);
  void TransferLeadership(const Caller& caller, const grpc::journal::TransferLeadershipPRequest& request,
                          Reply<grpc::journal::TransferLeadershipPResponse> reply);
  void ResetPriorities(const Caller& caller, const grpc::journal::ResetPrioritiesPRequest& request,
                       Reply<grpc::journal::ResetPrioritiesPResponse> reply);
  void GetTransferLeaderMessage(const Caller& caller, const grpc::journal::GetTransferLeaderMessagePRequest& request,
                                Reply<grpc::journal::GetTransferLeaderMessagePResponse> reply);
  void GetNodeState(const Caller& caller, const grpc::journal::GetNodeStatePRequest& request,
                    Reply<grpc::journal::GetNodeStatePResponse> reply);

 private:
  absl::Status CheckEmbedded() const;
  std::string Member() const;

  const std::string kind_;
  const std::string host_;
  const int port_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_META_JOURNAL_MASTER_H_
