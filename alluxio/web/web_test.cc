#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "alluxio/base/human.h"
#include "alluxio/base/log_levels.h"
#include "alluxio/web/common.h"
#include "alluxio/web/log_files.h"
#include "alluxio/web/metrics_output.h"
#include "alluxio/web/page.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::web {
namespace {

using ::alluxio::test::IsOk;
using ::alluxio::test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string NewFolder(const std::string& name) {
  const std::string folder = ::testing::TempDir() + "/" + name;
  mkdir(folder.c_str(), 0755);
  return folder;
}

void Write(const std::string& path, const std::string& content) { std::ofstream(path) << content; }

TEST(HumanTest, WritesSizesAndTimesAsTheOriginalDoes) {
  EXPECT_EQ(SizeText(0), "0B");
  EXPECT_EQ(SizeText(5120), "5120B");
  EXPECT_EQ(SizeText(5121), "5.00KB");
  EXPECT_EQ(SizeText(int64_t{4} << 30), "4096.00MB");
  EXPECT_EQ(SizeText(int64_t{6} << 40), "6.00TB");
  EXPECT_EQ(ClockTimeText(absl::Hours(28) + absl::Seconds(61)), "1 day(s), 4 hour(s), 1 minute(s), and 1 second(s)");
  EXPECT_EQ(DateText(1700000000123, "MM-dd-yyyy HH:mm:ss:SSS", absl::UTCTimeZone()), "11-14-2023 22:13:20:123");
}

TEST(PageTest, EscapesEveryValue) {
  const std::string evil = "<script>alert('x')</script>\"&";
  const std::string html =
      Page({.name = evil, .pages = {{"/p", evil}}}, "/p", evil,
           Facts({{evil, Text(evil)}}) + Table({evil}, {{Link(Url("/p", {{"path", evil}}), evil)}}) + Problem(evil) +
               ContentView("/p", evil, 0, 10, 100, evil) + Heading(evil) + Code(evil) + Badge(evil, true) +
               Pager("/p", {{"path", evil}}, 10, 10, 100) + ExternalLink("javascript:" + evil, evil) + Note(evil))
          .body;
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("'x'")));
  EXPECT_THAT(html, Not(HasSubstr("javascript:")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, HasSubstr("/p?path=%3Cscript%3E"));
}

TEST(LogFilesTest, ReadsLogsOfItsFolderAndNothingElse) {
  const std::string folder = NewFolder("logs_only");
  Write(folder + "/master.log", "0123456789");
  Write(folder + "/notes.txt", "no log");
  Write(::testing::TempDir() + "/outside.log", "secret");
  ASSERT_EQ(symlink((::testing::TempDir() + "/outside.log").c_str(), (folder + "/link.log").c_str()), 0);
  mkdir((folder + "/folder.log").c_str(), 0755);
  ASSERT_EQ(mkfifo((folder + "/pipe.log").c_str(), 0644), 0);
  const LogFiles logs(folder);
  const std::vector<LogFiles::File> files = logs.List();
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].name, "master.log");
  EXPECT_EQ(files[0].size_bytes, 10);

  ALLUXIO_ASSERT_OK_AND_ASSIGN(LogFiles::Part part, logs.Read("master.log", 2, false, 3));
  EXPECT_EQ(part.content, "234");
  EXPECT_EQ(part.size_bytes, 10);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(part, logs.Read("master.log", 4, true, 100));
  EXPECT_EQ(part.content, "6789");
  EXPECT_EQ(part.offset, 6);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(part, logs.Read("master.log", 1000, true, 4));
  EXPECT_EQ(part.content, "0123");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(part, logs.Read("master.log", INT64_MAX, false, 4));
  EXPECT_EQ(part.content, "");

  for (const char* name : {"notes.txt", "../outside.log", "link.log", "folder.log", "pipe.log", "/etc/passwd", "",
                           "./master.log", "none.log"}) {
    EXPECT_THAT(logs.Read(name, 0, false, 10).status(), StatusIs(absl::StatusCode::kNotFound)) << name;
  }
  EXPECT_TRUE(LogFiles(folder + "/missing").List().empty());
}

class CommonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = NewFolder(std::string("logs_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    Init({});
  }

  void Init(std::vector<std::pair<std::string, std::string>> properties) {
    properties.emplace_back("alluxio.logs.dir", folder_);
    auto conf = conf::Configuration().With(properties, conf::Source::kSystemProperty);
    ASSERT_THAT(conf.status(), IsOk());
    common_.emplace(CommonOptions{.conf = *conf,
                                  .metrics = &metrics_,
                                  .metric_instance = "Worker",
                                  .host = "10.0.0.7",
                                  .rest_prefix = "/api/v1/worker",
                                  .site = {.name = "Alluxio worker"},
                                  .clock = &clock_,
                                  .start_time = clock_.Now()});
    router_.emplace();
    common_->AddTo(&*router_);
  }

  http::Response Do(const std::string& method, const std::string& path, std::map<std::string, std::string> query = {}) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    return router_->Handle(request);
  }
  Json Get(const std::string& path, std::map<std::string, std::string> query = {}) {
    const http::Response response = Do("GET", path, std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }

  std::string folder_;
  test::FakeClock clock_;
  metrics::MetricsRegistry metrics_;
  std::optional<Common> common_;
  std::optional<http::Router> router_;
};

TEST_F(CommonTest, ListsTheConfigurationWithCredentialsMasked) {
  Init({{"alluxio.underfs.s3.proxy.port", "7"}, {"s3a.secretKey", "very-secret"}});
  const Json json = Get("/api/v1/worker/webui_config");
  EXPECT_THAT(json["whitelist"], ElementsAre("/"));
  int seen = 0;
  for (const Json& property : json["configuration"]) {
    ASSERT_TRUE(property["left"].is_string() && property["middle"].is_string() && property["right"].is_string());
    seen += property["left"] == "alluxio.web.file.info.enabled" && property["middle"] == "true" &&
            property["right"] == "DEFAULT";
  }
  EXPECT_EQ(seen, 1);
  EXPECT_THAT(Dump(json), Not(HasSubstr("very-secret")));
  EXPECT_THAT(Do("GET", "/config").body, Not(HasSubstr("very-secret")));
  EXPECT_THAT(Do("GET", "/config").body, HasSubstr("alluxio.web.file.info.enabled"));
}

TEST_F(CommonTest, ShowsLogsInBoundedParts) {
  Write(folder_ + "/worker.log", std::string(20000, 'a') + "<script>end\n");
  Write(folder_ + "/user.log", "x");
  Json json = Get("/api/v1/worker/webui_logs");
  EXPECT_EQ(json["ntotalFile"], 2);
  ASSERT_EQ(json["fileInfos"].size(), 2u);
  const Json& file = json["fileInfos"][1];
  EXPECT_EQ(file["name"], "worker.log");
  EXPECT_EQ(file["size"], "19.54KB");
  EXPECT_EQ(file["mode"], "----------");
  json = Get("/api/v1/worker/webui_logs", {{"offset", "1"}, {"limit", "100000"}});
  EXPECT_EQ(json["fileInfos"].size(), 1u);
  json = Get("/api/v1/worker/webui_logs", {{"limit", "x"}});
  EXPECT_EQ(json["fatalError"], "Error: offset or limit parse error, For input string: \"x\"");
  json = Get("/api/v1/worker/webui_logs", {{"offset", "-1"}});
  EXPECT_THAT(json["fatalError"].get<std::string>(), HasSubstr("out of bound"));

  json = Get("/api/v1/worker/webui_logs", {{"path", "worker.log"}});
  EXPECT_EQ(json["fileData"].get<std::string>().size(), static_cast<size_t>(kChunkBytes));
  json = Get("/api/v1/worker/webui_logs", {{"path", "worker.log"}, {"offset", "12"}, {"end", "1"}});
  EXPECT_EQ(json["fileData"], "<script>end\n");
  EXPECT_EQ(json["viewingOffset"], 20000);
  json = Get("/api/v1/worker/webui_logs", {{"path", "../worker.log"}});
  EXPECT_THAT(json["invalidPathError"].get<std::string>(), HasSubstr("is not available"));

  EXPECT_THAT(Do("GET", "/logs").body, HasSubstr("worker.log</a>"));
  const std::string page = Do("GET", "/logs", {{"path", "worker.log"}, {"offset", "12"}, {"end", "1"}}).body;
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;end"));
  EXPECT_THAT(page, HasSubstr("Last bytes"));
  EXPECT_EQ(Do("GET", "/logs", {{"path", "none.log"}}).status, 404);
}

TEST_F(CommonTest, ShowsNoFilesWhereThatIsSwitchedOff) {
  Write(folder_ + "/worker.log", "content");
  Init({{"alluxio.web.file.info.enabled", "false"}});
  EXPECT_TRUE(Get("/api/v1/worker/webui_logs", {{"path", "worker.log"}})["fileData"].is_null());
  EXPECT_THAT(Do("GET", "/logs", {{"path", "worker.log"}}).body, Not(HasSubstr("content\n</pre>")));
  EXPECT_THAT(Do("GET", "/logs").body, HasSubstr("alluxio.web.file.info.enabled"));
}

TEST_F(CommonTest, ServesNoPagesWhereTheyAreSwitchedOff) {
  Init({{"alluxio.web.ui.enabled", "false"}});
  EXPECT_EQ(Do("GET", "/config").status, 404);
  EXPECT_EQ(Do("GET", "/").status, 404);
  EXPECT_EQ(Do("GET", "/metrics/json/").status, 200);
  EXPECT_EQ(Do("GET", "/api/v1/worker/webui_config").status, 200);
}

TEST_F(CommonTest, SetsLogLevelsWithPostOnly) {
  const std::string path = "/api/v1/worker/logLevel";
  const LogLevel before = AreaLogLevel("");
  Json json = Get(path, {{"logName", "web/test"}});
  EXPECT_EQ(json["logName"], "web/test");
  EXPECT_EQ(json["level"], std::string(LogLevelName(before)));
  EXPECT_EQ(Do("GET", path, {{"logName", "web/test"}, {"level", "DEBUG"}}).status, 405);
  EXPECT_EQ(AreaLogLevel("web/test"), before);

  json = Json::parse(Do("POST", path, {{"logName", "web/test"}, {"level", "DEBUG"}}).body);
  EXPECT_EQ(json["level"], "DEBUG");
  EXPECT_EQ(json["message"], "Setting Level to DEBUG");
  EXPECT_EQ(AreaLogLevel("web/test/below"), LogLevel::kDebug);
  EXPECT_EQ(AreaLogLevel("web"), before);
  EXPECT_EQ(AreaLogLevel("web/tester"), before);
  EXPECT_TRUE(LogEnabled(LogLevel::kDebug));
  json = Json::parse(Do("POST", path, {{"logName", "web/test"}, {"level", "LOUD"}}).body);
  EXPECT_EQ(json["message"], "Bad level : LOUD");
  EXPECT_EQ(json["level"], "DEBUG");
  json = Json::parse(Do("POST", path, {{"logName", "web/test"}, {"level", "WARN"}}).body);
  EXPECT_EQ(json["level"], "WARN");
  EXPECT_EQ(Get(path)["message"], "Please specify a correct logName.");
  for (int i = 0; i < 200; ++i) {
    json = Json::parse(Do("POST", path, {{"logName", "area" + std::to_string(i)}, {"level", "ERROR"}}).body);
  }
  EXPECT_EQ(json["message"], "Too many logs have a level of their own.");
  // The original's names are classes.
  json = Get(path, {{"logName", "alluxio.web.test.SomeClass"}});
  EXPECT_EQ(json["logName"], "alluxio.web.test.SomeClass");
  EXPECT_EQ(json["level"], "WARN");
  json = Json::parse(Do("POST", path, {{"logName", "root"}, {"level", "ERROR"}}).body);
  EXPECT_EQ(AreaLogLevel("elsewhere"), LogLevel::kError);
  SetAreaLogLevel("", before);
}

TEST_F(CommonTest, GivesMetricsInBothShapes) {
  metrics_.GetCounter("Worker.BlocksAccessed").Inc(5);
  metrics_.GetCounter("Worker.GetBlockOps").Inc(2);
  metrics_.GetTimer("Worker.Open").Record(absl::Milliseconds(10));
  metrics_.GetTimer("Worker.Open").Record(absl::Milliseconds(30));
  const auto text = metrics_.RegisterGauge("Worker.Text", [] { return std::string("a \"b\""); });
  const auto ratio = metrics_.RegisterGauge("Cluster.Ratio.UFS:%2Fa", [] { return 0.5; });
  clock_.Advance(absl::Seconds(10));

  const Json json = Get("/metrics/json/");
  EXPECT_TRUE(json["version"].is_string() && json["histograms"].is_object() && json["meters"].is_object());
  EXPECT_EQ(json["counters"]["Worker.BlocksAccessed.10_0_0_7"]["count"], 5);
  EXPECT_EQ(json["gauges"]["Worker.Text.10_0_0_7"]["value"], "a \"b\"");
  EXPECT_EQ(json["gauges"]["Cluster.Ratio.UFS:%2Fa"]["value"], 0.5);
  const Json& timer = json["timers"]["Worker.Open.10_0_0_7"];
  EXPECT_EQ(timer["count"], 2);
  EXPECT_DOUBLE_EQ(timer["mean"].get<double>(), 20);
  EXPECT_DOUBLE_EQ(timer["max"].get<double>(), 30);
  EXPECT_DOUBLE_EQ(timer["mean_rate"].get<double>(), 0.2);

  const http::Response prometheus = Do("GET", "/metrics/prometheus/");
  EXPECT_EQ(prometheus.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(prometheus.body, HasSubstr("\nCluster_Ratio_UFS:_2Fa 0.5\n"));
  EXPECT_THAT(prometheus.body, HasSubstr("# TYPE Worker_BlocksAccessed_10_0_0_7 gauge\n"
                                         "Worker_BlocksAccessed_10_0_0_7 5\n"));
  EXPECT_THAT(prometheus.body, HasSubstr("# TYPE Worker_Open_10_0_0_7 summary\nWorker_Open_10_0_0_7_sum 0.040000"));
  EXPECT_THAT(prometheus.body, HasSubstr("Worker_Open_10_0_0_7_count 2\n"));
  EXPECT_THAT(prometheus.body, Not(HasSubstr("Worker_Text")));
}

TEST_F(CommonTest, ServesStyleAndScriptFromPathsOfTheirOwn) {
  EXPECT_EQ(Do("GET", "/static/alluxio.css").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(Do("GET", "/static/alluxio.js").content_type, "text/javascript; charset=utf-8");
  const http::Response home = Do("GET", "/");
  EXPECT_EQ(home.status, 302);
  const std::string page = Do("GET", "/stacks").body;
  EXPECT_THAT(page, HasSubstr("<script src=\"/static/alluxio.js\" defer></script>"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
}

}  // namespace
}  // namespace alluxio::web
