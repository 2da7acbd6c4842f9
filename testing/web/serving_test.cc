// Goal: what a running cluster's web servers answer is what its clients see.
// Method: plain HTTP to master and worker of a MiniCluster.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/base/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"

namespace alluxio::test {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

// Status line, headers and body.
std::string Http(int port, const std::string& request) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return "";
  const std::string text = absl::StrCat(request, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  if (send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) return "";
  std::string answer;
  char buffer[65536];
  for (ssize_t n; (n = recv(socket.get(), buffer, sizeof(buffer), 0)) > 0;) answer.append(buffer, static_cast<size_t>(n));
  return answer;
}

Json GetJson(int port, const std::string& path) {
  const std::string answer = Http(port, absl::StrCat("GET ", path));
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 200")) << path;
  return Json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
}

class ServingTest : public ::testing::Test {
 protected:
  void Start(MiniClusterOptions options) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(cluster_, MiniCluster::Start(std::move(options)));
  }
  int master_port() { return cluster_->processes().master()->web_port(); }
  int worker_port() { return cluster_->processes().worker(0)->web_port(); }

  void Write(const std::string& path, const std::string& content) {
    client::CreateFileOptions options;
    options.recursive = true;
    options.block_size_bytes = 64 << 10;
    options.write_type = client::WriteType::kMustCache;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto out, cluster_->client().CreateFile(path, options));
    ASSERT_THAT(out->Write(content), IsOk());
    ASSERT_THAT(out->Close(), IsOk());
  }

  std::unique_ptr<MiniCluster> cluster_;
};

TEST_F(ServingTest, TestClustersServeNoHttpUnlessAsked) {
  Start({});
  EXPECT_EQ(master_port(), 0);
  EXPECT_EQ(worker_port(), 0);
}

TEST_F(ServingTest, AnswersWithTheStateOfTheCluster) {
  Start({.stepped_heartbeats = true, .web = true});
  Write("/d/f", std::string(100'000, 'a') + "end");
  ASSERT_THAT(cluster_->RunHeartbeat("Worker Block Sync"), IsOk());

  const Json info = GetJson(master_port(), "/api/v1/master/info");
  EXPECT_EQ(info["workers"].size(), 1u);
  EXPECT_EQ(info["workers"][0]["address"]["webPort"], worker_port());
  EXPECT_EQ(info["workers"][0]["blockCount"], 2);
  EXPECT_EQ(info["mountPoints"]["/"]["ufsUri"], cluster_->ufs_folder());
  EXPECT_EQ(info["capacity"]["total"], 64 << 20);
  EXPECT_GT(info["ufsCapacity"]["total"].get<int64_t>(), 0);
  EXPECT_FALSE(GetJson(master_port(), "/api/v1/master/webui_overview")["clusterId"].get<std::string>().empty());

  const Json folder = GetJson(master_port(), "/api/v1/master/webui_browse?path=%2Fd");
  EXPECT_EQ(folder["ntotalFile"], 1);
  EXPECT_EQ(folder["fileInfos"][0]["inAlluxioPercentage"], 100);
  const Json file = GetJson(master_port(), "/api/v1/master/webui_browse?path=/d/f&offset=10&end=1");
  EXPECT_EQ(file["fileData"], "aaaaaaaend");
  EXPECT_EQ(file["fileBlocks"].size(), 2u);
  EXPECT_EQ(file["fileBlocks"][0]["locations"], Json::array({"localhost"}));
  EXPECT_EQ(GetJson(master_port(), "/api/v1/master/webui_data")["inAlluxioFileNum"], 1);
  EXPECT_THAT(GetJson(master_port(), "/api/v1/master/webui_browse?path=/none")["invalidPathError"].get<std::string>(),
              HasSubstr("does not exist"));

  const Json blocks = GetJson(worker_port(), "/api/v1/worker/webui_blockinfo");
  EXPECT_EQ(blocks["ntotalFile"], 1);
  EXPECT_EQ(blocks["fileInfos"][0]["absolutePath"], "/d/f");
  EXPECT_EQ(blocks["fileInfos"][0]["onTierPercentages"]["MEM"], 100);
  EXPECT_EQ(GetJson(worker_port(), "/api/v1/worker/webui_blockinfo?path=/d/f")["fileBlocksOnTier"][0]["MEM"].size(), 2u);
  EXPECT_GE(GetJson(worker_port(), "/metrics/json/")["gauges"]["Worker.BlocksCached.localhost"]["value"], 2);
  EXPECT_THAT(Http(master_port(), "GET /metrics/prometheus/"), HasSubstr("\nCluster_Workers 1\n"));
}

TEST_F(ServingTest, LookingChangesNothing) {
  Start({.web = true});
  Write("/d/f", "x");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const client::UriStatus before, cluster_->client().GetStatus("/d/f"));
  GetJson(master_port(), "/api/v1/master/webui_browse?path=/d/f");
  GetJson(worker_port(), "/api/v1/worker/webui_blockinfo?path=/d/f");
  client::GetStatusOptions quiet;
  quiet.update_timestamps = false;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const client::UriStatus after, cluster_->client().GetStatus("/d/f", quiet));
  EXPECT_EQ(after.last_access_time_ms, before.last_access_time_ms);
  EXPECT_THAT(Http(master_port(), "DELETE /browse?path=/d/f"), HasSubstr("HTTP/1.1 405"));
}

TEST_F(ServingTest, KeepsItsPortsOverRestarts) {
  Start({.web = true});
  const int master = master_port(), worker = worker_port();
  ASSERT_THAT(cluster_->RestartMaster(), IsOk());
  ASSERT_THAT(cluster_->RestartWorker(0), IsOk());
  EXPECT_EQ(master_port(), master);
  EXPECT_EQ(worker_port(), worker);
  EXPECT_THAT(Http(master, "GET /overview"), HasSubstr("Live workers"));
}

TEST_F(ServingTest, AnOccupiedPortIsNamedWithItsProperty) {
  Start({.web = true});
  const auto master = MiniCluster::Start(
      {.conf = {{"alluxio.master.web.port", absl::StrCat(master_port())}}, .web = true});
  EXPECT_THAT(std::string(master.status().message()), HasSubstr("set alluxio.master.web.port to a free port"));
  const auto worker = MiniCluster::Start(
      {.conf = {{"alluxio.worker.web.port", absl::StrCat(worker_port())}}, .web = true});
  EXPECT_THAT(std::string(worker.status().message()), HasSubstr("set alluxio.worker.web.port to a free port"));
}

}  // namespace
}  // namespace alluxio::test
