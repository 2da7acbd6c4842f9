#include <string>

#include "alluxio/rpc/authentication.h"
#include "alluxio/rpc/retry.h"
#include "alluxio/rpc/session_registry.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using test::FakeClock;
using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;

constexpr char kId[] = "11111111-2222-4333-8444-555555555555";

TEST(SessionRegistryTest, AnswersWhoAChannelIs) {
  SessionRegistry registry;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const uint64_t registration, registry.Register(kId, "alice"));
  EXPECT_THAT(registry.UserOf(kId, "s/M"), IsOkAndHolds(std::string("alice")));
  registry.Forget(kId, registration);
  EXPECT_THAT(registry.UserOf(kId, "s/M"),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       std::string("Channel: ") + kId + " is not authenticated for call: s/M"));
  EXPECT_EQ(SessionRegistry::MissingChannelId("s/M").message(), "Channel Id is missing for call: s/M.");
}

TEST(SessionRegistryTest, DoubleRegistrationDropsBoth) {
  SessionRegistry registry;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const uint64_t first, registry.Register(kId, "alice"));
  EXPECT_THAT(registry.Register(kId, "eve"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(registry.UserOf(kId, "s/M"), StatusIs(absl::StatusCode::kUnauthenticated));
  // The stream that made the first registration ends later than a third one began.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const uint64_t third, registry.Register(kId, "bob"));
  registry.Forget(kId, first);
  EXPECT_THAT(registry.UserOf(kId, "s/M"), IsOkAndHolds(std::string("bob")));
  registry.Forget(kId, third);
  EXPECT_EQ(registry.size(), 0u);
}

TEST(SessionRegistryTest, ForgetsChannelsThatNobodyUses) {
  FakeClock clock;
  SessionRegistry registry(&clock, absl::Hours(72));
  const std::string other = "21111111-2222-4333-8444-555555555555";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const uint64_t unused, registry.Register(kId, "alice"));
  ALLUXIO_ASSERT_OK(registry.Register(other, "bob"));
  EXPECT_THAT(registry.TakeStale(), ::testing::IsEmpty());
  for (int i = 0; i < 71; ++i) {
    clock.Advance(absl::Hours(1));
    EXPECT_THAT(registry.UserOf(other, "s/M"), IsOkAndHolds(std::string("bob")));
    EXPECT_THAT(registry.TakeStale(), ::testing::IsEmpty());
  }
  clock.Advance(absl::Hours(2));
  EXPECT_THAT(registry.TakeStale(), ::testing::ElementsAre(unused));
  EXPECT_THAT(registry.UserOf(kId, "s/M"), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(registry.UserOf(other, "s/M"), IsOkAndHolds(std::string("bob")));
  EXPECT_EQ(registry.size(), 1u);
}

TEST(SessionRegistryTest, BoundsWhatAChannelHolds) {
  SessionRegistry registry;
  EXPECT_THAT(registry.Register(kId, std::string(SessionRegistry::kMaxUserBytes + 1, 'u')),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(registry.Register(kId, std::string(SessionRegistry::kMaxUserBytes, 'u')), IsOk());
}

TEST(SessionRegistryTest, RefusesWhatIsNoUuid) {
  SessionRegistry registry;
  for (const char* id : {"", "x", "11111111-2222-4333-8444-55555555555", "11111111x2222-4333-8444-555555555555",
                         "g1111111-2222-4333-8444-555555555555"}) {
    SCOPED_TRACE(id);
    EXPECT_THAT(registry.Register(id, "u"), StatusIs(absl::StatusCode::kInternal));
    EXPECT_THAT(registry.UserOf(id, "s/M"), StatusIs(absl::StatusCode::kUnknown, std::string()));
  }
}

TEST(PlainMessageTest, GivesTheUserOrSaysWhatIsWrong) {
  const ImpersonationRules nobody;
  EXPECT_EQ(PlainMessage("", "root", "noPassword"), std::string("\0root\0noPassword", 16));
  EXPECT_THAT(CheckPlainMessage(PlainMessage("", "root", "x"), nobody), IsOkAndHolds(std::string("root")));
  EXPECT_THAT(CheckPlainMessage(PlainMessage("root", "root", "x"), nobody), IsOkAndHolds(std::string("root")));
  // The password may hold anything.
  EXPECT_THAT(CheckPlainMessage(PlainMessage("", "root", absl::string_view("a\0b", 3)), nobody),
              IsOkAndHolds(std::string("root")));
  for (const std::string& bad :
       {std::string(), std::string("root"), std::string("\0root", 5), PlainMessage("", "", "x"),
        PlainMessage("bob", "", "x"), PlainMessage("", "root", "")}) {
    EXPECT_THAT(CheckPlainMessage(bad, nobody),
                StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("Plain authentication failed: ")));
  }
}

TEST(ImpersonationTest, IsAllowedByUserOrGroupOrStar) {
  const std::string p = "alluxio.master.security.impersonation.";
  const ImpersonationRules rules(
      {{p + "hive.users", "alice, bob"}, {p + "spark.groups", "eng"}, {p + "root.users", "*"}, {p + "etl.groups", "*"}},
      [](const std::string& user) -> absl::StatusOr<std::vector<std::string>> {
        if (user == "ghost") return absl::NotFoundError("no such user");
        return std::vector<std::string>{user == "carol" ? "eng" : "ops"};
      });
  struct Case {
    const char* connection;
    const char* user;
    bool allowed;
  };
  for (const Case& c : {Case{"hive", "alice", true}, {"hive", "bob", true}, {"hive", "carol", false},
                        {"spark", "carol", true}, {"spark", "alice", false}, {"spark", "ghost", false},
                        {"root", "carol", true}, {"etl", "alice", true}, {"mallory", "alice", false},
                        {"mallory", "mallory", true}, {"hive", "*", false}}) {
    SCOPED_TRACE(std::string(c.connection) + " as " + c.user);
    const absl::Status status = rules.Check(c.connection, c.user);
    if (c.allowed) {
      EXPECT_THAT(status, IsOk());
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated,
                                   AllOf(HasSubstr(std::string("user=\"") + c.connection + "\""),
                                         HasSubstr(std::string("impersonationUser=\"") + c.user + "\""))));
    }
  }
}

TEST(RetryTest, SleepsLongerAndLongerUntilTheTimeIsOver) {
  FakeClock clock;
  RetryPolicy retry({.max_duration = absl::Seconds(10)}, &clock);
  std::vector<int64_t> at_ms;
  const absl::Time start = clock.Now();
  while (retry.Attempt()) at_ms.push_back(absl::ToInt64Milliseconds(clock.Now() - start));
  EXPECT_THAT(at_ms, ::testing::ElementsAre(0, 50, 150, 350, 750, 1550, 3150, 6150, 9150, 10000));
}

TEST(RetryTest, OnlySomeErrorsAreRepeated) {
  using absl::StatusCode;
  for (const auto code : {StatusCode::kUnavailable, StatusCode::kCancelled, StatusCode::kUnauthenticated,
                          StatusCode::kUnimplemented}) {
    EXPECT_TRUE(IsRetryable(absl::Status(code, ""))) << code;
  }
  for (const auto code : {StatusCode::kOk, StatusCode::kNotFound, StatusCode::kInternal, StatusCode::kUnknown,
                          StatusCode::kDeadlineExceeded, StatusCode::kResourceExhausted, StatusCode::kAborted}) {
    EXPECT_FALSE(IsRetryable(absl::Status(code, ""))) << code;
  }
}

}  // namespace
}  // namespace alluxio::rpc
