#ifndef ALLUXIO_CLIENT_POLICY_WORKER_POLICY_H_
#define ALLUXIO_CLIENT_POLICY_WORKER_POLICY_H_

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/client/policy/tiered_identity.h"
#include "alluxio/client/types.h"

// Which worker takes a block: the original's policies, each one small type.
namespace alluxio::client {

// What a policy knows of a worker.
struct BlockWorker {
  WorkerNetAddress address;
  int64_t capacity_bytes = 0;
  int64_t used_bytes = 0;
  int64_t available_bytes() const { return capacity_bytes - used_bytes; }
};

struct BlockToPlace {
  int64_t block_id = 0;
  int64_t length = 0;  // bytes the worker must be able to hold
};

// A policy answers the index of a worker in the list, or nothing if none will do.
template <typename P>
concept WorkerPolicy = requires(P policy, std::span<const BlockWorker> workers, const BlockToPlace& block) {
  { policy(workers, block) } -> std::same_as<std::optional<size_t>>;
};

// The indices of the workers for which `holds`, in the list's order.
template <std::predicate<const BlockWorker&> F>
std::vector<size_t> Eligible(std::span<const BlockWorker> workers, F holds) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < workers.size(); ++i) {
    if (holds(workers[i])) indices.push_back(i);
  }
  return indices;
}

inline void Shuffle(std::vector<size_t>& indices, Random& random) {
  for (size_t i = indices.size(); i > 1; --i) std::swap(indices[i - 1], indices[random.Next() % i]);
}

// The nearest of those that are large enough; among equals, any.
class LocalFirstPolicy {
 public:
  LocalFirstPolicy(TieredIdentity self, Random* random,
                   std::function<std::string(const std::string&)> resolve = nullptr)
      : self_(std::move(self)), random_(random), resolve_(std::move(resolve)) {}

  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace& block) const {
    return NearestOf(workers, Eligible(workers, [&](const BlockWorker& w) { return w.capacity_bytes >= block.length; }));
  }

  std::optional<size_t> NearestOf(std::span<const BlockWorker> workers, std::vector<size_t> indices) const {
    Shuffle(indices, *random_);
    std::vector<WorkerNetAddress> addresses;
    for (size_t i : indices) addresses.push_back(workers[i].address);
    const std::optional<NearestResult> nearest = Nearest(self_, addresses, resolve_);
    if (!nearest) return std::nullopt;
    return indices[nearest->index];
  }

 private:
  TieredIdentity self_;
  Random* random_;
  std::function<std::string(const std::string&)> resolve_;
};

// As LocalFirst among those with room to spare; if there are none, among all.
class LocalFirstAvoidEvictionPolicy {
 public:
  LocalFirstAvoidEvictionPolicy(LocalFirstPolicy inner, int64_t reserved_bytes)
      : inner_(std::move(inner)), reserved_bytes_(reserved_bytes) {}

  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace& block) const {
    auto roomy = Eligible(workers, [&](const BlockWorker& w) {
      return w.available_bytes() - reserved_bytes_ >= block.length;
    });
    if (const auto index = inner_.NearestOf(workers, std::move(roomy))) return index;
    return inner_(workers, block);
  }

 private:
  LocalFirstPolicy inner_;
  int64_t reserved_bytes_;
};

// The one with the most room, whether or not that is enough.
struct MostAvailableFirstPolicy {
  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace&) const {
    const auto best = std::ranges::max_element(workers, {}, &BlockWorker::available_bytes);
    if (best == workers.end() || best->available_bytes() < 0) return std::nullopt;
    return best - workers.begin();
  }
};

// In turn over the first list it saw; a block asked for again goes to the same worker.
class RoundRobinPolicy {
 public:
  explicit RoundRobinPolicy(Random* random) : random_(random) {}

  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace& block);

 private:
  static std::optional<size_t> Find(std::span<const BlockWorker> workers, const WorkerNetAddress& address);

  Random* random_;
  std::vector<WorkerNetAddress> order_;
  size_t next_ = 0;
  // Bounded: forgotten when it has grown beyond some thousands.
  std::map<int64_t, WorkerNetAddress> chosen_;
};

// One of `shards` workers that the block's id alone determines, so that many
// clients spread over few copies. Hash and order are the original's.
class DeterministicHashPolicy {
 public:
  DeterministicHashPolicy(int shards, Random* random) : shards_(std::max(1, shards)), random_(random) {}

  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace& block) const;

 private:
  int shards_;
  Random* random_;
};

// Any, with a chance in proportion to its capacity.
class CapacityBaseRandomPolicy {
 public:
  explicit CapacityBaseRandomPolicy(Random* random) : random_(random) {}

  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace&) const;

 private:
  Random* random_;
};

// The worker on one host, or none.
class SpecificHostPolicy {
 public:
  explicit SpecificHostPolicy(std::string host) : host_(std::move(host)) {}

  std::optional<size_t> operator()(std::span<const BlockWorker> workers, const BlockToPlace&) const {
    const auto found = Eligible(workers, [&](const BlockWorker& w) { return w.address.host == host_; });
    if (found.empty()) return std::nullopt;
    return found.front();
  }

 private:
  std::string host_;
};

static_assert(WorkerPolicy<LocalFirstPolicy> && WorkerPolicy<LocalFirstAvoidEvictionPolicy> &&
              WorkerPolicy<MostAvailableFirstPolicy> && WorkerPolicy<RoundRobinPolicy> &&
              WorkerPolicy<DeterministicHashPolicy> && WorkerPolicy<CapacityBaseRandomPolicy> &&
              WorkerPolicy<SpecificHostPolicy>);

// A policy chosen at run time. Thread-safe: one call at a time.
class WorkerChooser {
 public:
  template <WorkerPolicy P>
  explicit WorkerChooser(P policy) : policy_(std::move(policy)) {}

  std::optional<size_t> Choose(std::span<const BlockWorker> workers, const BlockToPlace& block) {
    MutexLock lock(&mutex_);
    return policy_(workers, block);
  }

 private:
  Mutex mutex_;
  std::function<std::optional<size_t>(std::span<const BlockWorker>, const BlockToPlace&)> policy_
      ABSL_GUARDED_BY(mutex_);
};

// What policies are made of: values of the configuration.
struct PolicySettings {
  TieredIdentity self;
  Random* random = Random::System();
  std::function<std::string(const std::string&)> resolve;
  int64_t avoid_eviction_reserved_bytes = 0;  // alluxio.user.block.avoid.eviction.policy.reserved.size.bytes
  int hash_shards = 1;         // alluxio.user.ufs.block.read.location.policy.deterministic.hash.shards
  std::string specific_host;   // alluxio.worker.hostname
};

// By the original's class name, with or without its package
// ("alluxio.client.block.policy.LocalFirstPolicy", or of 1.8
// "alluxio.client.file.policy.LocalFirstPolicy").
// INVALID_ARGUMENT: another name; the text lists the known ones.
absl::StatusOr<std::unique_ptr<WorkerChooser>> MakeWorkerChooser(absl::string_view class_name,
                                                                const PolicySettings& settings);

// `copies` workers on different hosts for one block, the policy's choice first;
// fewer if there are not enough hosts.
std::vector<size_t> ChooseWorkers(WorkerChooser& chooser, std::span<const BlockWorker> workers,
                                  const BlockToPlace& block, int copies);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_POLICY_WORKER_POLICY_H_
