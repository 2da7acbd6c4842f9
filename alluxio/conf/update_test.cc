#include "alluxio/conf/update.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::conf {
namespace {

using absl::StatusCode;
using test::StatusIs;
using ::testing::HasSubstr;

Configuration Enabled() {
  return Configuration().With({{"alluxio.conf.dynamic.update.enabled", "true"}}, Source::kSiteProperty).value();
}

TEST(UpdatePropertyTest, TheNewValueHasItsSource) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration updated,
                               UpdateProperty(Enabled(), "alluxio.master.ttl.checker.interval.ms", "2s"));
  EXPECT_EQ(updated.GetDuration("alluxio.master.ttl.checker.interval"), absl::Seconds(2));
  EXPECT_EQ(updated.Find("alluxio.master.ttl.checker.interval")->source_text, "RUNTIME");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration again,
                               UpdateProperty(updated, "alluxio.master.ttl.checker.interval", "3s"));
  EXPECT_EQ(again.GetDuration("alluxio.master.ttl.checker.interval"), absl::Seconds(3));
}

TEST(UpdatePropertyTest, RefusesWhatWouldHaveNoEffectOrABadOne) {
  struct Case {
    absl::string_view key, value;
    StatusCode code;
    absl::string_view text;
  };
  constexpr Case kCases[] = {
      {"alluxio.master.rpc.port", "5", StatusCode::kFailedPrecondition, "counts from the next start on"},
      {"alluxio.master.audit.logging.enabled", "true", StatusCode::kFailedPrecondition, "next start"},
      {"alluxio.worker.block.heartbeat.interval", "1s", StatusCode::kFailedPrecondition, "next start"},
      {"alluxio.security.authentication.type", "NOSASL", StatusCode::kFailedPrecondition, "next start"},
      {"alluxio.worker.tieredstore.level0.alias", "SSD", StatusCode::kFailedPrecondition, "next start"},
      {"nosuch.key", "1", StatusCode::kInvalidArgument, "Invalid property key nosuch.key"},
      {"alluxio.master.worker.timeout", "", StatusCode::kInvalidArgument, "must be a duration"},
      {"alluxio.master.worker.timeout", "soon", StatusCode::kInvalidArgument, "must be a duration"},
      {"alluxio.master.ttl.checker.interval", "0", StatusCode::kInvalidArgument, "must be more than 0"},
      {"alluxio.master.ttl.checker.interval", "-1", StatusCode::kInvalidArgument, "must be more than 0"},
      {"alluxio.user.file.readtype.default", "NONSENSE", StatusCode::kInvalidArgument, "must be one of"},
  };
  const Configuration configuration = Enabled();
  for (const Case& c : kCases) {
    SCOPED_TRACE(absl::StrCat(c.key, "=", c.value));
    const auto updated = UpdateProperty(configuration, std::string(c.key), std::string(c.value));
    EXPECT_THAT(updated, StatusIs(c.code));
    EXPECT_THAT(updated.status().message(), HasSubstr(std::string(c.text)));
  }
}

TEST(UpdatePropertyTest, NothingChangesUnlessThatIsAllowed) {
  const std::string key = "alluxio.master.worker.timeout";
  EXPECT_THAT(UpdateProperty(Configuration(), key, "1min"), StatusIs(StatusCode::kFailedPrecondition));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration closed,
                               UpdateProperty(Enabled(), "alluxio.conf.dynamic.update.enabled", "false"));
  EXPECT_THAT(UpdateProperty(closed, key, "1min"), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(UpdatePropertyTest, ClientsPropertiesAreHandedOut) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration updated,
                               UpdateProperty(Enabled(), "alluxio.user.file.metadata.sync.interval", "-1"));
  EXPECT_EQ(updated.GetMillis("alluxio.user.file.metadata.sync.interval"), -1);
}

}  // namespace
}  // namespace alluxio::conf
