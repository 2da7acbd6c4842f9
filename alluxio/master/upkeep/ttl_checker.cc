#include "alluxio/master/upkeep/ttl_checker.h"

#include <utility>
#include <vector>

#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::master {
namespace {

// Of one round; the rest waits for the next.
constexpr size_t kMaxExpired = 100'000;
constexpr int kMaxTries = 5;

}  // namespace

void TtlChecker::Run() {
  NamespaceState& ns = core_->ns();
  const int64_t now_ms = ns.clock->NowMillis();
  std::vector<std::pair<int64_t, int>> expired;  // and failures so far
  absl::flat_hash_map<int64_t, int> failures;
  const absl::Status scanned = ns.tree.ScanTtl(now_ms, [&](int64_t, int64_t id) {
    const auto failed = failures_.find(id);
    const int tries = failed == failures_.end() ? 0 : failed->second;
    if (tries < kMaxTries) {
      expired.emplace_back(id, tries);
    } else {
      failures[id] = tries;
    }
    return expired.size() < kMaxExpired;
  });
  if (!scanned.ok()) ALLUXIO_LOG(kError, "master/upkeep", "reading times to live: ", scanned.ToString());
  for (auto [id, tries] : expired) {
    if (stopped_.load(std::memory_order_relaxed)) return;
    const absl::Status done = Act(id, now_ms);
    if (done.ok()) continue;
    if (!absl::IsUnavailable(done)) ++tries;
    failures[id] = tries;
    ALLUXIO_LOG(kWarning, "master/upkeep", "the TTL of inode ", id, " is over, but: ", done.ToString(),
                tries < kMaxTries ? "" : "; given up until the next start");
  }
  failures_ = std::move(failures);
}

absl::Status TtlChecker::Act(int64_t id, int64_t now_ms) {
  TtlAction action;
  {
    NamespaceState& ns = core_->ns();
    ReaderMutexLock latch(&ns.latch);
    ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns.tree.ById(id));
    // Gone, perhaps with its parent in this round; or its TTL was changed.
    if (inode == nullptr || !inode->ExpiredAt(now_ms)) return absl::OkStatus();
    action = inode->ttl_action;
  }
  if (action == TtlAction::kFree) return core_->FreeExpired(id, now_ms);
  return core_->RemoveExpired(id, action == TtlAction::kDeleteAlluxio, now_ms);
}

}  // namespace alluxio::master
