#include "alluxio/client/policy/worker_policy.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace alluxio::client {
namespace {

constexpr size_t kMaxRemembered = 10'000;

// The text by which the original orders workers, as far as it orders them.
std::string SortKey(const WorkerNetAddress& a) {
  return absl::AsciiStrToLower(absl::StrCat("host=", a.host, ", containerHost=", a.container_host, ", rpcPort=",
                                            a.rpc_port, ", dataPort=", a.data_port, ", webPort=", a.web_port,
                                            ", domainSocketPath=", a.domain_socket_path));
}

// |first 32 bits| of the MD5 of the id, both little-endian (Guava's Hashing.md5).
uint32_t HashOf(int64_t block_id) {
  std::array<unsigned char, 8> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(static_cast<uint64_t>(block_id) >> (8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_md5(), nullptr);
  const uint32_t word = digest[0] | digest[1] << 8 | digest[2] << 16 | static_cast<uint32_t>(digest[3]) << 24;
  return static_cast<int32_t>(word) < 0 ? -word : word;
}

}  // namespace

std::optional<size_t> RoundRobinPolicy::Find(std::span<const BlockWorker> workers, const WorkerNetAddress& address) {
  const auto found = std::ranges::find(workers, address, &BlockWorker::address);
  if (found == workers.end()) return std::nullopt;
  return found - workers.begin();
}

std::optional<size_t> RoundRobinPolicy::operator()(std::span<const BlockWorker> workers, const BlockToPlace& block) {
  if (const auto chosen = chosen_.find(block.block_id); chosen != chosen_.end()) {
    if (const auto index = Find(workers, chosen->second)) return index;
  }
  if (order_.empty()) {
    std::vector<size_t> indices(workers.size());
    std::iota(indices.begin(), indices.end(), size_t{0});
    Shuffle(indices, *random_);
    for (size_t i : indices) order_.push_back(workers[i].address);
  }
  for (size_t tried = 0; tried < order_.size(); ++tried) {
    const WorkerNetAddress& candidate = order_[next_];
    next_ = (next_ + 1) % order_.size();
    const auto index = Find(workers, candidate);
    if (!index || workers[*index].capacity_bytes < block.length) continue;
    if (chosen_.size() >= kMaxRemembered) chosen_.clear();
    chosen_[block.block_id] = candidate;
    return index;
  }
  return std::nullopt;
}

std::optional<size_t> DeterministicHashPolicy::operator()(std::span<const BlockWorker> workers,
                                                          const BlockToPlace& block) const {
  if (workers.empty()) return std::nullopt;
  std::vector<std::pair<std::string, size_t>> sorted;
  for (size_t i = 0; i < workers.size(); ++i) sorted.emplace_back(SortKey(workers[i].address), i);
  std::ranges::sort(sorted);
  std::vector<size_t> shards;
  const size_t start = HashOf(block.block_id) % sorted.size();
  for (size_t i = 0; i < sorted.size() && shards.size() < static_cast<size_t>(shards_); ++i) {
    const size_t index = sorted[(start + i) % sorted.size()].second;
    if (workers[index].capacity_bytes >= block.length) shards.push_back(index);
  }
  if (shards.empty()) return std::nullopt;
  return shards[random_->Next() % shards.size()];
}

std::optional<size_t> CapacityBaseRandomPolicy::operator()(std::span<const BlockWorker> workers,
                                                           const BlockToPlace&) const {
  uint64_t total = 0;
  for (const BlockWorker& worker : workers) total += static_cast<uint64_t>(std::max<int64_t>(0, worker.capacity_bytes));
  if (total == 0) return std::nullopt;
  uint64_t point = random_->Next() % total;
  for (size_t i = 0; i < workers.size(); ++i) {
    const auto capacity = static_cast<uint64_t>(std::max<int64_t>(0, workers[i].capacity_bytes));
    if (point < capacity) return i;
    point -= capacity;
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<WorkerChooser>> MakeWorkerChooser(absl::string_view class_name,
                                                                const PolicySettings& settings) {
  const size_t dot = class_name.rfind('.');
  const absl::string_view name = dot == absl::string_view::npos ? class_name : class_name.substr(dot + 1);
  const LocalFirstPolicy local_first(settings.self, settings.random, settings.resolve);
  const auto make = [](auto policy) { return std::make_unique<WorkerChooser>(std::move(policy)); };
  if (name == "LocalFirstPolicy") return make(local_first);
  if (name == "LocalFirstAvoidEvictionPolicy") {
    return make(LocalFirstAvoidEvictionPolicy(local_first, settings.avoid_eviction_reserved_bytes));
  }
  if (name == "MostAvailableFirstPolicy") return make(MostAvailableFirstPolicy());
  if (name == "RoundRobinPolicy") return make(RoundRobinPolicy(settings.random));
  if (name == "DeterministicHashPolicy") return make(DeterministicHashPolicy(settings.hash_shards, settings.random));
  if (name == "CapacityBaseRandomPolicy") return make(CapacityBaseRandomPolicy(settings.random));
  if (name == "SpecificHostPolicy") return make(SpecificHostPolicy(settings.specific_host));
  return absl::InvalidArgumentError(absl::StrCat(
      "no such policy of choosing a worker: ", class_name,
      "; known are LocalFirstPolicy, LocalFirstAvoidEvictionPolicy, MostAvailableFirstPolicy, RoundRobinPolicy, "
      "DeterministicHashPolicy, CapacityBaseRandomPolicy and SpecificHostPolicy of alluxio.client.block.policy"));
}

std::vector<size_t> ChooseWorkers(WorkerChooser& chooser, std::span<const BlockWorker> workers,
                                  const BlockToPlace& block, int copies) {
  std::vector<size_t> chosen;
  std::vector<size_t> left(workers.size());
  std::iota(left.begin(), left.end(), size_t{0});
  for (int i = 0; i < copies && !left.empty(); ++i) {
    std::vector<BlockWorker> candidates;
    for (size_t index : left) candidates.push_back(workers[index]);
    // A policy that remembers a block's worker must not answer the same again:
    // that one is not among the candidates any more.
    const auto pick = chooser.Choose(candidates, block);
    if (!pick) break;
    chosen.push_back(left[*pick]);
    const std::string host = candidates[*pick].address.host;
    std::erase_if(left, [&](size_t index) { return workers[index].address.host == host; });
  }
  return chosen;
}

}  // namespace alluxio::client
