#include "alluxio/client/block/locality.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace alluxio::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Rung kFile = Rung::kFile;
constexpr Rung kSocket = Rung::kDomainSocket;
constexpr Rung kTcp = Rung::kTcp;

// The conditions of PROTOCOL section 14, one row each. A worker's address is
// built from the row, so that gathering the facts is tested as well.
TEST(LocalityTest, RungsAreTheOriginalsChoice) {
  struct Case {
    const char* name;
    bool same_host, socket, socket_here, uuid, enabled, preferred;
    std::vector<Rung> read, write;
  };
  const Case cases[] = {
      // name                                     host   socket here   uuid   enabl. pref.
      {"same host, no socket",                    true,  false, false, false, true,  false, {kFile, kTcp}, {kFile, kTcp}},
      {"same host, no socket, off",               true,  false, false, false, false, false, {kTcp}, {kTcp}},
      {"other host, no socket",                   false, false, false, false, true,  false, {kTcp}, {kTcp}},
      {"same host, socket",                       true,  true,  true,  false, true,  false, {kSocket}, {kSocket}},
      {"same host, socket, file preferred",       true,  true,  true,  false, true,  true,  {kFile, kSocket}, {kFile, kSocket}},
      {"same host, socket, preferred but off",    true,  true,  true,  false, false, true,  {kSocket}, {kSocket}},
      {"same host, socket not shared",            true,  true,  false, false, true,  false, {kTcp}, {kTcp}},
      {"same host, not shared, preferred",        true,  true,  false, false, true,  true,  {kFile, kTcp}, {kFile, kTcp}},
      {"other host, socket path exists here too", false, true,  true,  false, true,  true,  {kTcp}, {kTcp}},
      {"UUID, other name, socket here",           false, true,  true,  true,  true,  false, {kSocket}, {kSocket}},
      {"UUID, other name, here, preferred",       false, true,  true,  true,  true,  true,  {kFile, kSocket}, {kSocket}},
      {"UUID, other name, socket not here",       false, true,  false, true,  true,  true,  {kTcp}, {kTcp}},
      {"UUID, same name, socket not here",        true,  true,  false, true,  true,  true,  {kFile, kTcp}, {kFile, kTcp}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    WorkerNetAddress worker;
    worker.host = c.same_host ? "me" : "other";
    worker.data_port = 29999;
    worker.tiered_identity = {{"node", worker.host}};
    if (c.socket) worker.domain_socket_path = "/run/worker.sock";
    const LocalityRules rules = {.short_circuit_enabled = c.enabled,
                                 .short_circuit_preferred = c.preferred,
                                 .socket_as_uuid = c.uuid,
                                 .client_host = "me",
                                 .self = {{"node", "me"}}};
    const auto exists = [&](const std::string&) { return c.socket_here; };
    const LocalityFacts facts = FactsOf(worker, rules, exists);
    const Locality read = DecideRead(facts, rules);
    EXPECT_EQ(read.rungs, c.read);
    EXPECT_EQ(DecideWrite(facts, rules).rungs, c.write);
    EXPECT_EQ(TargetOf(worker, facts), read.rungs.back() == kSocket ? "unix:/run/worker.sock" : worker.host + ":29999");
    // Every rung is either tried or explained, down to the one that always works.
    const size_t rungs_to_explain = read.rungs.back() == kTcp ? 3 : 2;
    EXPECT_EQ(read.rungs.size() + read.why_not.size(), rungs_to_explain);
  }
}

TEST(LocalityTest, ReasonsNameTheProperty) {
  LocalityRules rules = {.short_circuit_enabled = false, .client_host = "me", .self = {{"node", "me"}}};
  const LocalityFacts facts = {.same_host_text = true, .identity_local = true};
  EXPECT_THAT(Reasons(DecideRead(facts, rules).why_not),
              testing::AllOf(HasSubstr("file: off by alluxio.user.short.circuit.enabled"),
                             HasSubstr("domain socket: the worker has none")));
}

TEST(LocalityTest, ReadsGoByIdentityAndWritesByName) {
  WorkerNetAddress worker;
  worker.host = "10.0.0.1";
  worker.tiered_identity = {{"node", "me"}};
  const LocalityRules rules = {.client_host = "me", .self = {{"node", "me"}}};
  const LocalityFacts facts = FactsOf(worker, rules, [](const std::string&) { return false; });
  EXPECT_THAT(DecideRead(facts, rules).rungs, ElementsAre(kFile, kTcp));
  EXPECT_THAT(DecideWrite(facts, rules).rungs, ElementsAre(kTcp));
}

TEST(LocalityTest, AHolderWhoseSocketIsHereIsTheNearest) {
  std::vector<WorkerNetAddress> holders(2);
  holders[0].host = holders[1].host = "x";
  holders[0].tiered_identity = {{"node", "me"}};
  holders[0].domain_socket_path = "/elsewhere";
  holders[1].domain_socket_path = "/here";
  LocalityRules rules = {.client_host = "me", .self = {{"node", "me"}}};
  const auto exists = [](const std::string& path) { return path == "/here"; };
  EXPECT_EQ(NearestHolder(holders, rules, exists)->index, 0u);
  rules.socket_as_uuid = true;
  EXPECT_EQ(NearestHolder(holders, rules, exists)->index, 1u);
}

// Only the worker is told of the UUID mode, as the container guide has it.
TEST(LocalityTest, ASocketNamedByAUuidNeedsNoPropertyHere) {
  const LocalityRules rules = {.client_host = "dummy", .self = {{"node", "dummy"}}};
  WorkerNetAddress worker;
  worker.host = "other";
  worker.tiered_identity = {{"node", "other"}};
  for (const auto& [path, rung] : {std::pair{"/d/0b1f6d2e-8a4c-4f1e-9d53-6a7b8c9d0e1f", kSocket}, {"/d/d", kTcp},
                                   {"/d/0b1f6d2e-8a4c-4f1e-9d53-6a7b8c9d0e1g", kTcp}}) {
    SCOPED_TRACE(path);
    worker.domain_socket_path = path;
    const LocalityFacts facts = FactsOf(worker, rules, [](const std::string&) { return true; });
    EXPECT_THAT(DecideRead(facts, rules).rungs, ElementsAre(rung));
    EXPECT_THAT(DecideWrite(facts, rules).rungs, ElementsAre(rung));
    const auto nearest = NearestHolder(std::span(&worker, 1), rules, [](const std::string&) { return true; });
    ASSERT_TRUE(nearest.has_value());
    EXPECT_EQ(nearest->node_local, rung == kSocket);
  }
}

}  // namespace
}  // namespace alluxio::client
