#include <set>

#include "alluxio/client/policy/worker_policy.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::client {
namespace {

using ::alluxio::test::IsOk;
using ::alluxio::test::StatusIs;

BlockWorker Worker(std::string host, int64_t capacity, int64_t used = 0, std::optional<std::string> rack = {}) {
  BlockWorker worker;
  worker.address.host = host;
  worker.address.data_port = 29999;
  worker.address.tiered_identity = {{"node", host}, {"rack", std::move(rack)}};
  worker.capacity_bytes = capacity;
  worker.used_bytes = used;
  return worker;
}

const TieredIdentity kSelf = {{"node", "me"}, {"rack", "r1"}};

TEST(TieredIdentityTest, NearestIsTheFirstMatchOfTheFirstTierThatMatches) {
  struct Case {
    const char* name;
    TieredIdentity self;
    std::vector<WorkerNetAddress> candidates;
    std::optional<size_t> want;
    bool node_local;
  };
  const auto at = [](std::string host, std::optional<std::string> rack = {}) {
    return Worker(std::move(host), 1, 0, std::move(rack)).address;
  };
  const Case cases[] = {
      {"nobody", kSelf, {}, std::nullopt, false},
      {"same node", kSelf, {at("a"), at("me")}, 1, true},
      {"same rack", kSelf, {at("a"), at("b", "r1")}, 1, false},
      {"node before rack", kSelf, {at("a", "r1"), at("me")}, 1, true},
      {"none matches", kSelf, {at("a", "r2"), at("b")}, 0, false},
      {"no value never matches", {{"node", "me"}, {"rack", std::nullopt}}, {at("a"), at("b", "r1")}, 0, false},
      {"no identity", {}, {at("a")}, 0, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto got = Nearest(c.self, c.candidates);
    ASSERT_EQ(got.has_value(), c.want.has_value());
    if (!got) continue;
    EXPECT_EQ(got->index, *c.want);
    EXPECT_EQ(got->node_local, c.node_local);
  }
}

TEST(TieredIdentityTest, NamesOfOneAddressAreOneNodeWhenAsked) {
  const std::vector<WorkerNetAddress> candidates = {Worker("a", 1).address, Worker("me.example", 1).address};
  const auto resolve = [](const std::string& name) { return name.starts_with("me") ? "10.0.0.1" : ""; };
  EXPECT_FALSE(Nearest(kSelf, candidates)->node_local);
  EXPECT_TRUE(Nearest(kSelf, candidates, resolve)->node_local);
}

// Each row: the only worker that may be chosen, or none.
TEST(WorkerPolicyTest, EachPolicyChoosesAsTheOriginal) {
  struct Case {
    const char* name;
    const char* policy;
    std::vector<BlockWorker> workers;
    std::optional<std::string> want;
  };
  const Case cases[] = {
      {"local", "LocalFirstPolicy", {Worker("a", 100), Worker("me", 100)}, "me"},
      {"local is too small", "LocalFirstPolicy", {Worker("a", 100), Worker("me", 9)}, "a"},
      {"full counts as large enough", "LocalFirstPolicy", {Worker("a", 100), Worker("me", 100, 100)}, "me"},
      {"all are too small", "LocalFirstPolicy", {Worker("a", 9), Worker("me", 9)}, std::nullopt},
      {"nobody", "LocalFirstPolicy", {}, std::nullopt},
      {"local would evict", "LocalFirstAvoidEvictionPolicy", {Worker("a", 100), Worker("me", 100, 91)}, "a"},
      {"the reserve counts", "LocalFirstAvoidEvictionPolicy", {Worker("a", 100), Worker("me", 100, 88)}, "a"},
      {"all would evict", "LocalFirstAvoidEvictionPolicy", {Worker("a", 100, 95), Worker("me", 100, 95)}, "me"},
      {"most room", "MostAvailableFirstPolicy", {Worker("a", 100, 50), Worker("b", 80), Worker("me", 70)}, "b"},
      {"the host", "SpecificHostPolicy", {Worker("a", 100), Worker("b", 1)}, "b"},
      {"no such host", "SpecificHostPolicy", {Worker("a", 100)}, std::nullopt},
      {"only one has capacity", "CapacityBaseRandomPolicy", {Worker("a", 0), Worker("c", 10)}, "c"},
      {"nobody has capacity", "CapacityBaseRandomPolicy", {Worker("a", 0)}, std::nullopt},
      {"skips the small", "DeterministicHashPolicy", {Worker("a", 9), Worker("c", 10)}, "c"},
      {"in turn skips the small", "RoundRobinPolicy", {Worker("a", 9), Worker("c", 10)}, "c"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto random = Random::Seeded(1);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(
        auto chooser,
        MakeWorkerChooser(std::string("alluxio.client.block.policy.") + c.policy,
                          {.self = kSelf, .random = random.get(), .avoid_eviction_reserved_bytes = 5, .specific_host = "b"}));
    const auto got = chooser->Choose(c.workers, {.block_id = 7, .length = 10});
    ASSERT_EQ(got.has_value(), c.want.has_value());
    if (!got) continue;
    EXPECT_EQ(c.workers[*got].address.host, *c.want);
  }
}

TEST(WorkerPolicyTest, RoundRobinVisitsAllAndRemembersABlock) {
  const auto random = Random::Seeded(2);
  RoundRobinPolicy policy(random.get());
  const std::vector<BlockWorker> workers = {Worker("a", 10), Worker("b", 10), Worker("c", 10)};
  std::set<size_t> seen;
  for (int64_t block = 0; block < 3; ++block) seen.insert(*policy(workers, {block, 10}));
  EXPECT_EQ(seen.size(), 3u);
  const auto first = policy(workers, {100, 10});
  ASSERT_TRUE(policy(workers, {101, 10}));
  EXPECT_EQ(policy(workers, {100, 10}), first);
}

TEST(WorkerPolicyTest, TheHashDependsOnTheBlockAloneAndSpreadsOverShards) {
  const auto random = Random::Seeded(3);
  const std::vector<BlockWorker> workers = {Worker("a", 10), Worker("b", 10), Worker("c", 10)};
  const std::vector<BlockWorker> turned = {workers[2], workers[0], workers[1]};
  std::set<std::string> hosts;
  for (int64_t block = 0; block < 50; ++block) {
    const DeterministicHashPolicy one(1, random.get());
    const std::string host = workers[*one(workers, {block, 1})].address.host;
    EXPECT_EQ(turned[*one(turned, {block, 1})].address.host, host);
    hosts.insert(host);
  }
  EXPECT_EQ(hosts.size(), 3u);
  std::set<size_t> shards;
  const DeterministicHashPolicy two(2, random.get());
  for (int i = 0; i < 50; ++i) shards.insert(*two(workers, {7, 1}));
  EXPECT_EQ(shards.size(), 2u);
}

TEST(WorkerPolicyTest, CopiesGoToDifferentHosts) {
  const auto random = Random::Seeded(4);
  WorkerChooser chooser(LocalFirstPolicy(kSelf, random.get()));
  const std::vector<BlockWorker> workers = {Worker("a", 10), Worker("me", 10), Worker("me", 10), Worker("a", 10)};
  const auto chosen = ChooseWorkers(chooser, workers, {1, 1}, 3);
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_EQ(workers[chosen[0]].address.host, "me");
  EXPECT_EQ(workers[chosen[1]].address.host, "a");
}

TEST(WorkerPolicyTest, OldPackagesAndUnknownNames) {
  EXPECT_THAT(MakeWorkerChooser("alluxio.client.file.policy.LocalFirstPolicy", {}), IsOk());
  EXPECT_THAT(MakeWorkerChooser("com.example.MyPolicy", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("com.example.MyPolicy")));
}

}  // namespace
}  // namespace alluxio::client
