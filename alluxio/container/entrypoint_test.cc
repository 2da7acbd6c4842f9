#include "alluxio/container/entrypoint.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::container {
namespace {

using test::StatusIs;
using testing::HasSubstr;
using testing::Not;

Start Master(std::vector<std::pair<std::string, std::string>> environment) {
  return {.arguments = {"master"}, .environment = std::move(environment), .site_properties = "", .env_script = ""};
}

TEST(EntrypointTest, VariablesOfPropertiesGoToTheSiteFile) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const Plan plan, PlanStart(Master({{"ALLUXIO_MASTER_WEB_PORT", "18888"},
                                         {"ALLUXIO_UNDERFS_ADDRESS", "/underStorage"},
                                         {"ALLUXIO_WORKER_TIEREDSTORE_LEVEL1_ALIAS", "SSD"},
                                         {"AWS_ACCESSKEYID", "me"},
                                         {"FOO", "1"},
                                         {"PATH", "/bin"}})));
  EXPECT_THAT(plan.site_properties, HasSubstr("\nalluxio.master.web.port=18888\n"));
  EXPECT_THAT(plan.site_properties, HasSubstr("=/underStorage\n"));
  EXPECT_THAT(plan.site_properties, HasSubstr("\nalluxio.worker.tieredstore.level1.alias=SSD\n"));
  EXPECT_THAT(plan.site_properties, HasSubstr("\naws.accessKeyId=me\n"));
  EXPECT_THAT(plan.site_properties, Not(HasSubstr("=1\n")));
}

TEST(EntrypointTest, ASecondStartWritesTheSameFiles) {
  Start start = Master({{"ALLUXIO_MASTER_WEB_PORT", "18888"}, {"ALLUXIO_JAVA_OPTS", "-Da=b -Dc=\"d e\""}});
  start.site_properties = "alluxio.user.file.readtype.default=NO_CACHE";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Plan first, PlanStart(start));
  start.site_properties = first.site_properties;
  start.env_script = first.env_script;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Plan second, PlanStart(start));
  EXPECT_EQ(first.site_properties, second.site_properties);
  EXPECT_EQ(first.env_script, second.env_script);
  EXPECT_THAT(second.site_properties, HasSubstr("alluxio.user.file.readtype.default=NO_CACHE\n"));
  EXPECT_THAT(second.env_script, HasSubstr("export ALLUXIO_JAVA_OPTS=\"-Da=b -Dc=\\\"d e\\\"\"\n"));
}

TEST(EntrypointTest, RamFolderIsSharedMemoryUnlessSomebodySaysOtherwise) {
  struct Case {
    std::vector<std::pair<std::string, std::string>> environment;
    absl::string_view want;
  };
  const Case kCases[] = {
      {{}, "alluxio.worker.tieredstore.level0.dirs.path=/dev/shm\n"},
      {{{"ALLUXIO_RAM_FOLDER", "/opt/ramdisk"}}, "alluxio.worker.tieredstore.level0.dirs.path=/opt/ramdisk\n"},
      {{{"ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_DIRS_PATH", "/data"}, {"ALLUXIO_RAM_FOLDER", "/opt/ramdisk"}},
       "alluxio.worker.tieredstore.level0.dirs.path=/data\n"},
      {{{"ALLUXIO_SITE_PROPERTIES", "alluxio.worker.tieredstore.level0.dirs.path=/ssd"}},
       "alluxio.worker.tieredstore.level0.dirs.path=/ssd"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.want);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(
        const Plan plan, PlanStart({.arguments = {"worker"}, .environment = c.environment, .site_properties = "", .env_script = ""}));
    EXPECT_THAT(plan.site_properties, HasSubstr(std::string(c.want)));
  }
}

TEST(EntrypointTest, VerbsInAnyCaseAndTheFormatOption) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Plan plan, PlanStart({.arguments = {"MASTER"}, .environment = {}, .site_properties = "", .env_script = ""}));
  EXPECT_EQ(plan.service, "master");
  EXPECT_EQ(plan.format, "formatMaster");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const Plan kept, PlanStart({.arguments = {"worker", "--no-format"}, .environment = {}, .site_properties = "", .env_script = ""}));
  EXPECT_EQ(kept.service, "worker");
  EXPECT_EQ(kept.format, "");
}

TEST(EntrypointTest, WhatIsWrongStopsWithOneClearLine) {
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    absl::string_view want;
  };
  const Case kCases[] = {
      {{}, {}, "no service was named"},
      {{"mastre"}, {}, "unknown service 'mastre'"},
      {{"master", "--format"}, {}, "unknown argument '--format'"},
      {{"proxy"}, {}, "not part of this release"},
      {{"master"}, {{"ALLUXIO_MASTER_WEB_PORT", "many"}}, "alluxio.master.web.port"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.want);
    EXPECT_THAT(PlanStart({.arguments = c.arguments, .environment = c.environment, .site_properties = "", .env_script = ""}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(c.want))));
  }
}

TEST(EntrypointTest, TheOldNameOfTheMastersHostIsTakenWithANote) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Plan plan, PlanStart(Master({{"ALLUXIO_MASTER_ADDRESS", "here"}})));
  EXPECT_THAT(plan.site_properties, HasSubstr("alluxio.master.hostname=here\n"));
  EXPECT_THAT(plan.notes, testing::Contains(HasSubstr("ALLUXIO_MASTER_HOSTNAME")));
}

}  // namespace
}  // namespace alluxio::container
