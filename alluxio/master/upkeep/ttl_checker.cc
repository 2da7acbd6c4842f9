#include "alluxio/master/upkeep/ttl_checker.h"

#include <string>
#include <vector>

#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::master {
namespace {

// Of one round; the rest waits for the next.
constexpr size_t kMaxExpired = 100'000;

}  // namespace

void TtlChecker::Run() {
  NamespaceState& ns = core_->ns();
  const int64_t now_ms = ns.clock->NowMillis();
  std::vector<int64_t> expired;
  const absl::Status scanned = ns.tree.ScanTtl(now_ms, [&](int64_t, int64_t id) {
    expired.push_back(id);
    return expired.size() < kMaxExpired;
  });
  if (!scanned.ok()) ALLUXIO_LOG(kError, "master/upkeep", "reading times to live: ", scanned.ToString());
  for (const int64_t id : expired) {
    if (const absl::Status done = Act(id, now_ms); !done.ok()) {
      ALLUXIO_LOG(kWarning, "master/upkeep", "the TTL of inode ", id, " is over, but: ", done.ToString());
    }
  }
}

absl::Status TtlChecker::Act(int64_t id, int64_t now_ms) {
  NamespaceState& ns = core_->ns();
  std::string path;
  TtlAction action;
  {
    ReaderMutexLock latch(&ns.latch);
    ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns.tree.ById(id));
    // Gone, perhaps with its parent in this round; or its TTL was changed.
    if (inode == nullptr || inode->ExpiryMs().value_or(now_ms + 1) > now_ms) return absl::OkStatus();
    ALLUXIO_ASSIGN_OR_RETURN(path, ns.tree.PathOf(id));
    action = inode->ttl_action;
  }
  Call call = core_->SystemCall();
  if (action != TtlAction::kFree) {
    grpc::file::DeletePRequest request;
    request.set_path(path);
    request.mutable_options()->set_recursive(true);
    request.mutable_options()->set_unchecked(true);
    request.mutable_options()->set_alluxioonly(action == TtlAction::kDeleteAlluxio);
    const absl::Status removed = core_->Remove(call, request).status();
    return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
  }
  grpc::file::FreePRequest request;
  request.set_path(path);
  request.mutable_options()->set_recursive(true);
  request.mutable_options()->set_forced(true);
  ALLUXIO_RETURN_IF_ERROR(core_->Free(call, request).status());
  grpc::file::SetAttributePRequest reset;
  reset.set_path(path);
  reset.mutable_options()->mutable_commonoptions()->set_ttl(kNoTtl);
  return core_->SetAttribute(call, reset).status();
}

}  // namespace alluxio::master
