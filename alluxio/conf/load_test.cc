#include "alluxio/conf/load.h"

#include <map>

#include "alluxio/conf/nodes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::conf {
namespace {

using test::IsOkAndHolds;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct FakeHost {
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> files;

  Host Get() const {
    Host host;
    host.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    host.read_file = [this](const std::string& path) -> absl::StatusOr<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return absl::NotFoundError(path);
      if (found->second == "unreadable") return absl::PermissionDeniedError(path);
      return found->second;
    };
    host.machine.user_home = "/home/u";
    return host;
  }
};

TEST(LoadTest, NeedsNeitherEnvironmentNorFiles) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Loaded loaded, Load(Process::kUser, {"fs", "ls", "/"}, FakeHost().Get()));
  EXPECT_THAT(loaded.arguments, ElementsAre("fs", "ls", "/"));
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_EQ(loaded.configuration.GetString("alluxio.home"), "/opt/alluxio");
  EXPECT_EQ(loaded.configuration.GetString("alluxio.logger.type"), "USER_LOGGER");
}

TEST(LoadTest, TakesTheEnvironmentAsTheStartScriptsDo) {
  FakeHost host;
  host.environment = {{"ALLUXIO_HOME", "/a"},
                      {"ALLUXIO_RAM_FOLDER", "/dev/shm"},
                      {"ALLUXIO_UNDERFS_ADDRESS", "/ufs"},
                      {"ALLUXIO_JAVA_OPTS", "-Xmx2g -Dalluxio.web.threads=2 -Dalluxio.debug=true -XX:+UseG1GC"},
                      {"ALLUXIO_WORKER_JAVA_OPTS", "-Dalluxio.web.threads=3 -Dalluxio.user.app.id=\"a b\" -agentlib:x"},
                      {"ALLUXIO_MASTER_JAVA_OPTS", "-Dalluxio.web.threads=4"}};
  host.files["/a/conf/alluxio-site.properties"] =
      "alluxio.web.threads=1\nalluxio.master.hostname=m\nalluxio.mastr.hostname=x\n";
  host.files["/home/u/.alluxio/alluxio-site.properties"] = "alluxio.master.hostname=other\n";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const Loaded loaded,
      Load(Process::kWorker, {"-Dalluxio.debug=false", "x", "-Djava.io.tmpdir=/tmp", "--", "-Dy=z"}, host.Get()));
  const Configuration& conf = loaded.configuration;
  EXPECT_EQ(conf.GetInt("alluxio.web.threads"), 3);
  EXPECT_FALSE(conf.GetBool("alluxio.debug"));
  EXPECT_EQ(conf.GetString("alluxio.user.app.id"), "a b");
  EXPECT_EQ(conf.GetString("alluxio.master.hostname"), "m");
  EXPECT_EQ(conf.Find("alluxio.master.hostname")->source_text, "SITE_PROPERTY (/a/conf/alluxio-site.properties)");
  EXPECT_EQ(conf.GetString("alluxio.conf.dir"), "/a/conf");
  EXPECT_EQ(conf.GetString("alluxio.user.logs.dir"), "/a/logs/user");
  EXPECT_EQ(conf.GetString("alluxio.logger.type"), "WORKER_LOGGER");
  EXPECT_EQ(conf.GetString("alluxio.master.mount.table.root.ufs"), "/ufs");
  EXPECT_THAT(conf.GetList("alluxio.worker.tieredstore.level0.dirs.path"), ElementsAre("/dev/shm"));
  EXPECT_EQ(conf.GetInt("alluxio.master.metastore.inode.cache.max.size"), (int64_t{2} << 30) / 4000);
  EXPECT_THAT(loaded.arguments, ElementsAre("x", "--", "-Dy=z"));
  EXPECT_THAT(loaded.warnings, ElementsAre(HasSubstr("ALLUXIO_UNDERFS_ADDRESS"), HasSubstr("alluxio.mastr.hostname")));

  // The master's word comes below the site file and above the built-in default.
  Sources sources = loaded.sources;
  sources.cluster_scope = Scope::kWorker;
  sources.cluster_defaults = {{"alluxio.worker.session.timeout", "7s"}, {"alluxio.web.threads", "9"}};
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Configuration again, Configuration::Create(sources));
  EXPECT_EQ(again.GetMillis("alluxio.worker.session.timeout"), 7000);
  EXPECT_EQ(again.GetInt("alluxio.web.threads"), 3);
}

TEST(LoadTest, SaysInDebugWhichOptionsOfAJavaMachineHaveNoEffect) {
  FakeHost host;
  host.environment = {{"ALLUXIO_JAVA_OPTS", "-Dalluxio.web.threads=2 -Xmx2g"},
                      {"ALLUXIO_WORKER_JAVA_OPTS", "-XX:+UseG1GC -Dalluxio.user.app.id=a -agentlib:x"},
                      {"ALLUXIO_MASTER_JAVA_OPTS", "-verbose:gc"}};
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Loaded quiet, Load(Process::kWorker, {}, host.Get()));
  EXPECT_THAT(quiet.warnings, IsEmpty());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Loaded debug, Load(Process::kWorker, {"-Dalluxio.debug=true"}, host.Get()));
  EXPECT_THAT(debug.warnings, ElementsAre("ALLUXIO_WORKER_JAVA_OPTS has options of a Java machine, which are ignored: "
                                          "-XX:+UseG1GC -agentlib:x"));
}

TEST(LoadTest, NamesOnceWhatHasNoEffect) {
  FakeHost host;
  host.environment = {{"ALLUXIO_MASTER_JAVA_OPTS", "-Dalluxio.master.daily.backup.enabled=true"}};
  host.files["/opt/alluxio/conf/alluxio-site.properties"] = "alluxio.master.principal=p\n";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Loaded master, Load(Process::kMaster, {}, host.Get()));
  EXPECT_THAT(master.warnings, ElementsAre("Set, but without effect in this version: "
                                           "alluxio.master.daily.backup.enabled, alluxio.master.principal"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Loaded shell, Load(Process::kUser, {}, host.Get()));
  EXPECT_THAT(shell.warnings, IsEmpty());
}

TEST(LoadTest, LooksForTheSiteFileInOrder) {
  FakeHost host;
  host.files["/etc/alluxio/alluxio-site.properties"] = "alluxio.master.hostname=etc\n";
  EXPECT_EQ(Load(Process::kUser, {}, host.Get())->configuration.GetString("alluxio.master.hostname"), "etc");
  host.files["/home/u/.alluxio/alluxio-site.properties"] = "alluxio.master.hostname=home\n";
  EXPECT_EQ(Load(Process::kUser, {}, host.Get())->configuration.GetString("alluxio.master.hostname"), "home");
  host.files["/opt/alluxio/conf/alluxio-site.properties"] = "alluxio.master.rpc.port=none\n";
  EXPECT_THAT(Load(Process::kUser, {}, host.Get()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("none (from /opt/alluxio/conf/alluxio-site.properties:1)")));
  host.files["/opt/alluxio/conf/alluxio-site.properties"] = "unreadable";
  EXPECT_THAT(Load(Process::kUser, {}, host.Get()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(Load(Process::kUser, {"-Dalluxio.site.conf.dir=/etc/alluxio"}, host.Get())
                ->configuration.GetString("alluxio.master.hostname"),
            "etc");
}

TEST(LoadTest, ReadsJavaOptions) {
  std::optional<int64_t> max_memory;
  EXPECT_THAT(SystemPropertiesOf("  -Xmx1g -Da=b -Dc='d e' -Dk=x=y -Dlone -D -server \"-Df=g h\"", &max_memory),
              ElementsAre(Pair("a", "b"), Pair("c", "d e"), Pair("k", "x=y"), Pair("lone", ""), Pair("f", "g h")));
  EXPECT_EQ(max_memory, int64_t{1} << 30);
}

TEST(LoadTest, ThisHostIsSane) {
  const Host host = ThisHost();
  EXPECT_GE(host.machine.cores, 1);
  EXPECT_GT(host.machine.memory_bytes, 1 << 20);
  EXPECT_THAT(host.read_file("/nosuch/file"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(host.environment("ALLUXIO_NO_SUCH_VARIABLE"), std::nullopt);
}

TEST(NodesTest, ReadsHostNames) {
  EXPECT_THAT(ParseNodes("# header\n a \n\nb # the second\r\n#c\nd"), ElementsAre("a", "b", "d"));
  FakeHost host;
  host.files = {{"/c/masters", "m1\nm2\n"}, {"/c/workers", ""}};
  EXPECT_THAT(ReadMasters("/c", host.Get()), IsOkAndHolds(ElementsAre("m1", "m2")));
  EXPECT_THAT(ReadWorkers("/c", host.Get()), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ReadWorkers("/d", host.Get()), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace alluxio::conf
