#include "alluxio/conf/configuration.h"

#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/conf/bad_value.h"
#include "alluxio/conf/effect.h"
#include "alluxio/conf/properties_text.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/conf/units.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::conf {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Sources Site(const std::string& text) {
  Sources sources;
  sources.site_properties = text;
  sources.site_file = "/conf/alluxio-site.properties";
  return sources;
}

// Each line below was checked against FormatUtils of Alluxio 2.9.6.
TEST(UnitsTest, ReadsSizesAsTheOriginalDoes) {
  const std::pair<const char*, int64_t> good[] = {
      {"1GB", 1 << 30},
      {"512MB", 512 << 20},
      {"1g", 1 << 30},
      {"1gb", 1 << 30},
      {"10", 10},
      {"1.5GB", 1610612736},
      {"0B", 0},
      {"5kb", 5120},
      {"1TB", 1LL << 40},
      {"1PB", 1LL << 50},
      {"1e3", 1000},
      {"1b", 1},
      {"1TiB", 1LL << 40},
      {"-1", 0},
      {"-1KB", -1023},
      {"-0.5MB", -524287},
      {"9223372036854775807", std::numeric_limits<int64_t>::max()},
      {"9223372036854775808", std::numeric_limits<int64_t>::max()},
  };
  for (const auto& [text, bytes] : good) EXPECT_THAT(ParseBytes(text), IsOkAndHolds(bytes)) << text;
  for (const char* bad : {"1 GB", "1EB", "x", "GB", "1 k", "1.2.3", "1G B", " 1GB ", "", "nan", "1e999"}) {
    EXPECT_THAT(ParseBytes(bad), StatusIs(kInvalid)) << bad;
  }
}

TEST(UnitsTest, ReadsDurationsAsTheOriginalDoes) {
  const std::pair<const char*, int64_t> good[] = {
      {"5min", 300000},
      {"10sec", 10000},
      {"1h", 3600000},
      {"1day", 86400000},
      {"-1", -1},
      {"100", 100},
      {"1d", 86400000},
      {"1s", 1000},
      {"3m", 180000},
      {"5M", 300000},
      {"10ms", 10},
      {"2MS", 2},
      {"1hr", 3600000},
      {"1hour", 3600000},
      {"1minute", 60000},
      {"-1s", -1000},
      {"10millisecond", 10},
      {"1second", 1000},
      {"0", 0},
      {"9223372036854775807", std::numeric_limits<int64_t>::max()},
  };
  for (const auto& [text, millis] : good) EXPECT_THAT(ParseMillis(text), IsOkAndHolds(millis)) << text;
  for (const char* bad : {"1.5h", "1 hour", "7days", "1hours", "1mins", "x", "1y", "1w", "1sec ", "", "s", " 1s",
                          "9223372036854775807d"}) {
    EXPECT_THAT(ParseMillis(bad), StatusIs(kInvalid)) << bad;
  }
}

TEST(PropertiesTextTest, ReadsJavasSyntax) {
  const auto entries = ParsePropertiesText(
      "# comment = no\n"
      "  ! another\n"
      "\n"
      "a=1\r\n"
      "  b : 2 \n"
      "c 3\n"
      "d\\ e\\=f = x\\ty\\u00e9\\ud83d\\ude00\n"
      "list = one, \\\n"
      "       two\n"
      "#not joined \\\n"
      "empty\n"
      "eq==v\n"
      "last=\\\\\\\n end");
  ASSERT_THAT(entries, IsOk());
  std::vector<std::string> seen;
  for (const PropertiesEntry& e : *entries) seen.push_back(absl::StrCat(e.line, "|", e.key, "|", e.value));
  EXPECT_THAT(seen, ElementsAre("4|a|1", "5|b|2 ", "6|c|3", "7|d e=f|x\ty\xC3\xA9\xF0\x9F\x98\x80", "8|list|one, two",
                                "11|empty|", "12|eq|=v", "13|last|\\end"));
  EXPECT_THAT(ParsePropertiesText("a=1\nb=\\u12x4"), StatusIs(kInvalid, HasSubstr("line 2")));
}

TEST(PropertyTableTest, HasNoDuplicateNamesOrAliases) {
  std::set<std::string> names;
  for (const Property& property : AllProperties()) EXPECT_TRUE(names.insert(property.name).second) << property.name;
  for (const Property& property : AllProperties()) {
    for (absl::string_view alias : absl::StrSplit(property.aliases, ' ', absl::SkipEmpty())) {
      EXPECT_TRUE(names.insert(std::string(alias)).second) << alias << " of " << property.name;
      EXPECT_EQ(FindProperty(alias), &property);
    }
    EXPECT_STRNE(property.description, "") << property.name;
    EXPECT_EQ(property.type == Type::kEnum, property.type == Type::kEnum && *property.allowed != '\0');
    EXPECT_EQ(&AllProperties()[PropertyIndex(property)], &property);
  }
  EXPECT_EQ(FindProperty("alluxio.nosuch"), nullptr);
}

TEST(PropertyTableTest, EveryDefaultParsesOnSmallAndLargeMachines) {
  for (const Machine& machine :
       {Machine{}, Machine{.cores = 1, .memory_bytes = 0},
        Machine{.cores = 256, .memory_bytes = int64_t{4} << 40, .process_memory_bytes = int64_t{1} << 42}}) {
    Sources sources;
    sources.machine = machine;
    EXPECT_THAT(Configuration::Create(sources), IsOk());
  }
}

TEST(PropertyTableTest, FindsTemplates) {
  for (const char* name :
       {"alluxio.worker.tieredstore.level7.dirs.path", "alluxio.master.mount.table.a_1.option.fs.s3a.x",
        "alluxio.master.security.impersonation.joe@x.y-z.users", "alluxio.locality.zone",
        "alluxio.master.journal.ufs.option.a.b", "alluxio.master.rpc.address.ns1.m1",
        "fs.azure.account.key.abc.blob.core.windows.net", "alluxio.foo.rpc.executor.type"}) {
    EXPECT_NE(FindTemplate(name), nullptr) << name;
  }
  for (const char* name : {"alluxio.worker.tieredstore.levelx.dirs.path", "alluxio.worker.tieredstore.level.alias",
                           "alluxio.locality.a.b", "alluxio.nosuch", "fs.azure.account.key..blob.core.windows.net"}) {
    EXPECT_EQ(FindTemplate(name), nullptr) << name;
  }
  EXPECT_TRUE(IsCredential("s3a.secretKey"));
  EXPECT_TRUE(IsCredential("aws.accessKeyId"));
  EXPECT_TRUE(IsCredential("alluxio.master.mount.table.root.option.s3a.secretKey"));
  EXPECT_TRUE(IsCredential("alluxio.master.mount.table.root.option.fs.cos.secret.key"));
  EXPECT_TRUE(IsCredential("fs.adl.account.x.oauth2.credential"));
  EXPECT_FALSE(IsCredential("alluxio.master.hostname"));
}

TEST(ConfigurationTest, HasTheDefaultsOfTheOriginal) {
  const Configuration conf;
  EXPECT_EQ(conf.GetInt("alluxio.master.rpc.port"), 19998);
  EXPECT_EQ(conf.GetMillis("alluxio.master.worker.timeout"), 300000);
  EXPECT_EQ(conf.GetDuration("alluxio.worker.block.heartbeat.interval"), absl::Seconds(1));
  EXPECT_EQ(conf.GetBytes("alluxio.user.block.size.bytes.default"), 64 << 20);
  EXPECT_EQ(conf.GetEnum("alluxio.user.file.writetype.default"), "ASYNC_THROUGH");
  EXPECT_EQ(conf.GetDouble("alluxio.worker.tieredstore.level0.watermark.high.ratio"), 0.95);
  EXPECT_EQ(conf.GetString("alluxio.master.journal.folder"), "/opt/alluxio/journal");
  EXPECT_THAT(conf.GetList("alluxio.locality.order"), ElementsAre("node", "rack"));
  EXPECT_TRUE(conf.GetBool("alluxio.user.short.circuit.enabled"));
  EXPECT_FALSE(conf.IsSet("alluxio.master.hostname"));
  // Refers to a name that nobody gave.
  EXPECT_FALSE(conf.IsSet("alluxio.job.master.hostname"));
  EXPECT_EQ(conf.GetString("alluxio.job.master.hostname"), "");
  EXPECT_FALSE(conf.IsSetByUser("alluxio.master.rpc.port"));
  EXPECT_EQ(conf.GetMillis("alluxio.user.network.other.keepalive.time"), 0);
}

TEST(ConfigurationTest, StrongerSourcesWin) {
  Sources sources = Site(
      "alluxio.master.port=1001\n"  // an alias
      "alluxio.worker.memory.size = 2GB \n"
      "alluxio.web.threads=5\n"
      "alluxio.user.file.readtype.default = no_cache\n");
  sources.system_properties = {{"alluxio.master.rpc.port", "1002"}, {"alluxio.worker.rpc.port", "7"}};
  sources.cluster_defaults = {{"alluxio.user.file.buffer.bytes", "1MB"},
                              {"alluxio.user.file.readtype.default", "CACHE_PROMOTE"},
                              {"alluxio.master.worker.timeout", "1min"},  // not for clients
                              {"alluxio.from.the.future", "1"}};
  std::vector<std::string> warnings;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration conf, Configuration::Create(sources, &warnings));
  EXPECT_THAT(warnings, IsEmpty());
  EXPECT_EQ(conf.GetInt("alluxio.master.rpc.port"), 1002);
  EXPECT_EQ(conf.GetBytes("alluxio.worker.ramdisk.size"), int64_t{2} << 30);
  EXPECT_EQ(conf.GetString("alluxio.worker.tieredstore.level0.dirs.quota"), "2GB");
  EXPECT_EQ(conf.GetEnum("alluxio.user.file.readtype.default"), "NO_CACHE");
  EXPECT_EQ(conf.GetBytes("alluxio.user.file.buffer.bytes"), 1 << 20);
  EXPECT_EQ(conf.GetMillis("alluxio.master.worker.timeout"), 300000);
  EXPECT_EQ(conf.Find("alluxio.master.port")->source_text, "SYSTEM_PROPERTY");
  EXPECT_EQ(conf.Find("alluxio.web.threads")->source_text, "SITE_PROPERTY (/conf/alluxio-site.properties)");
  EXPECT_EQ(conf.Find("alluxio.user.file.buffer.bytes")->source_text, "CLUSTER_DEFAULT");
  EXPECT_EQ(conf.Find("alluxio.debug")->source_text, "DEFAULT");

  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration later, conf.With({{"alluxio.master.rpc.port", "1003"}}));
  EXPECT_EQ(later.GetInt("alluxio.master.rpc.port"), 1003);
  EXPECT_EQ(conf.GetInt("alluxio.master.rpc.port"), 1002);
  EXPECT_NE(later.Hash(), conf.Hash());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration weaker,
                               later.With({{"alluxio.master.rpc.port", "1004"}}, Source::kPathDefault));
  EXPECT_EQ(weaker.GetInt("alluxio.master.rpc.port"), 1003);
  EXPECT_EQ(weaker.Hash(), later.Hash());
}

TEST(ConfigurationTest, NamesEveryBadValueAndItsPlace) {
  const absl::Status status = Configuration::Create(Site("\n"
                                                         "alluxio.master.rpc.port=123x\n"
                                                         "alluxio.debug=yes\n"
                                                         "alluxio.worker.rpc.port=70000\n"
                                                         "alluxio.user.file.readtype.default=FAST\n"))
                                  .status();
  EXPECT_THAT(status, StatusIs(kInvalid));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("Invalid value for property key alluxio.master.rpc.port: 123x (from "
                              "/conf/alluxio-site.properties:2): must be a whole number from 0 to 65535"),
                    HasSubstr("alluxio.debug: yes (from /conf/alluxio-site.properties:3): must be true or false"),
                    HasSubstr("alluxio.worker.rpc.port: 70000"), HasSubstr("one of NO_CACHE, CACHE, CACHE_PROMOTE")));
  // No credential in a message.
  Sources sources = Site("s3a.secretKey=topsecret${alluxio.nosuch}");
  EXPECT_THAT(std::string(Configuration::Create(sources).status().message()),
              AllOf(HasSubstr("s3a.secretKey"), ::testing::Not(HasSubstr("topsecret"))));
}

TEST(ConfigurationTest, AUmaskIsOctal) {
  const auto with = [](const char* umask) {
    return Configuration::Create(
        {.system_properties = {{"alluxio.security.authorization.permission.umask", umask}}});
  };
  for (const char* good : {"0", "22", "022", "0777"}) EXPECT_THAT(with(good), IsOk()) << good;
  for (const char* bad : {"999", "1777", "00022", "u=rwx", "-1", "0x2"}) {
    EXPECT_THAT(with(bad), StatusIs(absl::StatusCode::kInvalidArgument,
                                    HasSubstr(absl::StrCat(bad, " (from -D on the command line or in the environment): "
                                                                "must be a mode in octal such as 022"))));
  }
}

TEST(BadValueTest, NamesKeyValueAndOrigin) {
  const auto configuration = Configuration::Create(
      {.system_properties = {{"alluxio.web.threads", "3"}, {"s3a.secretKey", "abc"}},
       .site_properties = "alluxio.worker.allocator.class=com.example.Mine",
       .site_file = "/c/alluxio-site.properties",
       .cluster_defaults = {{"alluxio.user.app.id", "x"}}});
  ASSERT_THAT(configuration, IsOk());
  EXPECT_EQ(BadValue(*configuration, "alluxio.worker.allocator.class", "use yours").message(),
            "Invalid value for property key alluxio.worker.allocator.class: com.example.Mine (from "
            "/c/alluxio-site.properties): use yours");
  EXPECT_THAT(BadValue(*configuration, "s3a.secretKey", "longer"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("s3a.secretKey: ****** (from -D")));
  EXPECT_THAT(BadValue(*configuration, "alluxio.worker.tieredstore.level2.alias", "name it"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "Property key alluxio.worker.tieredstore.level2.alias is not set: name it"));
  EXPECT_EQ(OriginOf(*configuration, "alluxio.user.app.id"), "the master's configuration");
  EXPECT_EQ(OriginOf(*configuration, "alluxio.master.rpc.port"), "the built-in default");
}

TEST(EffectTest, KnowsWhatNobodyReads) {
  EXPECT_TRUE(HasEffect(*FindProperty("alluxio.master.rpc.port")));
  EXPECT_TRUE(HasEffect(*FindProperty("alluxio.worker.tieredstore.level1.dirs.quota")));  // put together
  EXPECT_TRUE(HasEffect(*FindTemplate("alluxio.locality.zone")));
  EXPECT_TRUE(HasEffect(*FindTemplate("alluxio.master.mount.table.root.option.a.b")));
  EXPECT_FALSE(HasEffect(*FindTemplate("alluxio.master.mount.table.data.option.a.b")));
  EXPECT_FALSE(HasEffect(*FindProperty("alluxio.table.enabled")));
}

TEST(EffectTest, NamesWhatWasSetForThisProcess) {
  const auto configuration = Configuration::Create(
      {.system_properties = {{"alluxio.table.enabled", "true"}, {"alluxio.master.mount.table.data.ufs", "/d"}},
       .site_properties = "alluxio.worker.principal=p\nalluxio.web.threads=3\nalluxio.user.client.cache.enabled=true\n"
                          "alluxio.no.such.key=1\n"});
  ASSERT_THAT(configuration, IsOk());
  EXPECT_EQ(SetWithoutEffect(*configuration, Scope::kMaster),
            "Set, but without effect in this version: alluxio.master.mount.table.data.ufs, alluxio.table.enabled");
  EXPECT_THAT(SetWithoutEffect(*configuration, Scope::kWorker), HasSubstr("alluxio.worker.principal"));
  EXPECT_EQ(SetWithoutEffect(Configuration(), Scope::kMaster), "");
}

TEST(ConfigurationTest, SubstitutesAndFindsLoops) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const Configuration conf,
      Configuration::Create(Site("alluxio.work.dir=/w\n"
                                 "alluxio.tmp.dirs=${alluxio.work.dir}/a,${ alluxio.logs.dir }/b}{\n"
                                 "alluxio.web.threads=${alluxio.master.rpc.port}\n"
                                 "alluxio.user.app.id=x${alluxio.master.principal}\n")));
  EXPECT_THAT(conf.GetList("alluxio.tmp.dirs"), ElementsAre("/w/a", "/w/logs/b}{"));
  EXPECT_EQ(conf.GetInt("alluxio.web.threads"), 19998);
  EXPECT_FALSE(conf.IsSet("alluxio.user.app.id"));
  EXPECT_EQ(conf.Find("alluxio.tmp.dirs")->raw_value, "${alluxio.work.dir}/a,${ alluxio.logs.dir }/b}{");
  EXPECT_THAT(Configuration::Create(Site("alluxio.work.dir=${alluxio.home}\nalluxio.home=${alluxio.work.dir}")),
              StatusIs(kInvalid, HasSubstr("Circular dependency found while resolving alluxio.")));
  EXPECT_THAT(Configuration::Create(Site("alluxio.work.dir=${nosuch.key}")),
              StatusIs(kInvalid, HasSubstr("Invalid property key nosuch.key")));
}

TEST(ConfigurationTest, WarnsOfWhatHasNoEffect) {
  std::vector<std::string> warnings;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration conf,
                               Configuration::Create(Site("alluxio.master.hostnme=a\n"
                                                          "some.other.key=b\n"
                                                          "alluxio.logs.dir=/elsewhere\n"
                                                          "alluxio.master.rpc.port=\n"
                                                          "alluxio.worker.evictor.class=x.Y\n"
                                                          "alluxio.worker.tieredstore.level4.alias=TAPE\n"),
                                                     &warnings));
  ASSERT_EQ(warnings.size(), 4u);
  EXPECT_THAT(warnings[0], AllOf(HasSubstr("alluxio.master.hostnme (from /conf/alluxio-site.properties:1)"),
                                 HasSubstr("did you mean alluxio.master.hostname?")));
  EXPECT_THAT(warnings[1], HasSubstr("alluxio.logs.dir"));
  EXPECT_THAT(warnings[2], HasSubstr("is empty"));
  EXPECT_THAT(warnings[3], HasSubstr("deprecated"));
  EXPECT_EQ(conf.GetString("alluxio.logs.dir"), "/opt/alluxio/logs");
  EXPECT_EQ(conf.GetInt("alluxio.master.rpc.port"), 19998);
  EXPECT_EQ(conf.GetString("alluxio.worker.tieredstore.level4.alias"), "TAPE");
  EXPECT_EQ(conf.Find("some.other.key")->value, "b");
  EXPECT_THAT(conf.Find("alluxio.nosuch.key"), StatusIs(absl::StatusCode::kNotFound));
  // Sorted, with the user's own among the declared.
  std::string last;
  for (const auto& entry : conf.All()) {
    EXPECT_LT(last, entry.key);
    last = entry.key;
  }
}

TEST(ConfigurationTest, ChecksTemplatesByTheirType) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration conf,
                               Configuration::Create(Site("alluxio.master.mount.table.x.readonly=true\n"
                                                          "alluxio.master.mount.table.root.option.a=1\n"
                                                          "alluxio.master.mount.table.root.option.b.c=2\n"
                                                          "alluxio.worker.tieredstore.level3.dirs.path=/a, /b\n")));
  EXPECT_TRUE(conf.GetBool("alluxio.master.mount.table.x.readonly"));
  EXPECT_THAT(conf.GetList("alluxio.worker.tieredstore.level3.dirs.path"), ElementsAre("/a", "/b"));
  EXPECT_THAT(conf.GetList("alluxio.worker.tieredstore.level4.dirs.path"), IsEmpty());
  EXPECT_THAT(conf.WithPrefix("alluxio.master.mount.table.root.option."),
              ElementsAre(Pair("alluxio.master.mount.table.root.option.a", "1"),
                          Pair("alluxio.master.mount.table.root.option.b.c", "2")));
  EXPECT_THAT(Configuration::Create(Site("alluxio.master.mount.table.x.readonly=7")), StatusIs(kInvalid));
  EXPECT_THAT(Configuration::Create(Site("alluxio.worker.tieredstore.level3.watermark.low.ratio=x")),
              StatusIs(kInvalid));
}

TEST(ConfigurationDeathTest, StopsAtAnUndeclaredName) {
  const Configuration conf;
  EXPECT_DEATH(conf.GetInt("alluxio.nosuch"), "alluxio.nosuch is not declared");
  EXPECT_DEATH(conf.GetInt("alluxio.debug"), "alluxio.debug is not declared as a whole number");
}

}  // namespace
}  // namespace alluxio::conf
