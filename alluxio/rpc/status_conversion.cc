#include "alluxio/rpc/status_conversion.h"

#include <string>

#include "absl/strings/string_view.h"

namespace alluxio::rpc {
namespace {

// How many bytes of `text` to keep so that no UTF-8 sequence is torn.
size_t CutAt(absl::string_view text, size_t limit) {
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return limit;
}

}  // namespace

::grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return ::grpc::Status::OK;
  const absl::string_view text = status.message();
  std::string message(text);
  if (text.size() > kMaxErrorText) {
    message.resize(CutAt(text, kMaxErrorText - 3));
    message += "...";
  }
  return ::grpc::Status(static_cast<::grpc::StatusCode>(status.code()), message);
}

absl::Status FromGrpc(const ::grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace alluxio::rpc
