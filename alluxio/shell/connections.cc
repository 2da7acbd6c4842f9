#include "alluxio/shell/connections.h"

#include <utility>

#include "alluxio/base/status_macros.h"

namespace alluxio::shell {

Connections::Connections(conf::Configuration conf, bool interactive, std::ostream* out, std::ostream* err)
    : Environment(out, err), conf_(std::move(conf)), interactive_(interactive) {}

Connections::~Connections() = default;

void Connections::ReportMetrics() {
  if (context_ != nullptr) context_->ReportMetrics();
}

absl::Status Connections::Connect() {
  if (context_ != nullptr) return absl::OkStatus();
  ALLUXIO_ASSIGN_OR_RETURN(context_, client::ClientContext::Create(conf_));
  return absl::OkStatus();
}

absl::StatusOr<client::FileSystem*> Connections::fs() {
  if (fs_ == nullptr) {
    ALLUXIO_RETURN_IF_ERROR(Connect());
    fs_ = client::FileSystem::Create(context_);
  }
  return fs_.get();
}

absl::StatusOr<client::BlockMasterClient*> Connections::blocks() {
  if (blocks_ == nullptr) {
    ALLUXIO_RETURN_IF_ERROR(Connect());
    blocks_ = client::BlockMasterClient::Create(context_);
  }
  return blocks_.get();
}

absl::StatusOr<client::MetaMasterClient*> Connections::meta() {
  if (meta_ == nullptr) {
    ALLUXIO_RETURN_IF_ERROR(Connect());
    meta_ = client::MetaMasterClient::Create(context_);
  }
  return meta_.get();
}

}  // namespace alluxio::shell
