#ifndef ALLUXIO_WORKER_TIER_EVICTION_ORDER_H_
#define ALLUXIO_WORKER_TIER_EVICTION_ORDER_H_

#include <cmath>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <list>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"

namespace alluxio::worker {

// The order in which blocks have to go. Not thread-safe: the block store's lock
// guards it. `coldest_first` takes a visitor that returns false to stop.
template <typename T>
concept EvictionOrder = requires(T order, const T& fixed, int64_t id, bool (*visit)(int64_t)) {
  order.Touch(id);   // used now; a new id is added
  order.Forget(id);  // no effect if unknown
  fixed.VisitColdestFirst(visit);
};

// Least recently used first: `alluxio.worker.block.annotator.LRUAnnotator`.
class LruOrder {
 public:
  void Touch(int64_t id) {
    const auto [it, added] = where_.try_emplace(id);
    if (!added) {
      order_.splice(order_.end(), order_, it->second);
    } else {
      it->second = order_.insert(order_.end(), id);
    }
  }
  void Forget(int64_t id) {
    const auto it = where_.find(id);
    if (it == where_.end()) return;
    order_.erase(it->second);
    where_.erase(it);
  }
  template <typename Visitor>
  void VisitColdestFirst(Visitor&& visit) const {
    for (const int64_t id : order_) {
      if (!visit(id)) return;
    }
  }

 private:
  std::list<int64_t> order_;  // coldest first
  absl::flat_hash_map<int64_t, std::list<int64_t>::iterator> where_;
};

// Least recently and frequently used first: `...annotator.LRFUAnnotator`, with
// its defaults (attenuation factor 2, step factor 0.25).
//
// A block's value C halves every 1/step uses of any block and grows by one when
// it is used itself. All values decay alike, so log2(C) + step * t_of_last_use
// orders them for ever and nothing is recomputed.
class LrfuOrder {
 public:
  void Touch(int64_t id) {
    const double now = kStep * static_cast<double>(++uses_);
    const auto [it, added] = key_.try_emplace(id, now);
    if (!added) {
      order_.erase({it->second, id});
      it->second = std::log2(1.0 + std::exp2(it->second - now)) + now;
    }
    order_.insert({it->second, id});
  }
  void Forget(int64_t id) {
    const auto it = key_.find(id);
    if (it == key_.end()) return;
    order_.erase({it->second, id});
    key_.erase(it);
  }
  template <typename Visitor>
  void VisitColdestFirst(Visitor&& visit) const {
    for (const auto& [key, id] : order_) {
      if (!visit(id)) return;
    }
  }

 private:
  static constexpr double kStep = 0.25;
  int64_t uses_ = 0;
  absl::flat_hash_map<int64_t, double> key_;
  absl::btree_set<std::pair<double, int64_t>> order_;
};

static_assert(EvictionOrder<LruOrder> && EvictionOrder<LrfuOrder>);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_TIER_EVICTION_ORDER_H_
