#include "alluxio/metrics/metrics.h"

#include <thread>

#include "alluxio/base/mutex.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/metrics/rate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;

TEST(MetricsTest, CountersAndTimersAreFoundAgain) {
  MetricsRegistry registry;
  Counter& created = registry.GetCounter(kMasterFilesCreated);
  created.Inc();
  registry.GetCounter("Master.FilesCreated").Inc(4);
  created.Dec(2);
  EXPECT_EQ(created.Value(), 3);

  test::FakeClock clock;
  Timer& timer = registry.GetTimer("Master.GetStatus.User:root");
  {
    ScopedTimer scoped(timer, clock);
    clock.Advance(absl::Milliseconds(5));
  }
  timer.Record(absl::Milliseconds(2));
  EXPECT_EQ(timer.Count(), 2);
  EXPECT_EQ(timer.Sum(), absl::Milliseconds(7));
  EXPECT_EQ(timer.Max(), absl::Milliseconds(5));

  Snapshot snapshot = registry.Collect();
  EXPECT_THAT(snapshot, ElementsAre(Key("Master.FilesCreated"), Key("Master.GetStatus.User:root")));
  EXPECT_EQ(snapshot["Master.FilesCreated"].type, MetricType::kCounter);
  EXPECT_EQ(snapshot["Master.FilesCreated"].AsDouble(), 3);
  EXPECT_EQ(snapshot["Master.GetStatus.User:root"].type, MetricType::kTimer);
  EXPECT_EQ(snapshot["Master.GetStatus.User:root"].AsDouble(), 2);

  registry.GetCounter("Worker.ActiveClients").Inc();
  registry.Reset();
  EXPECT_EQ(registry.GetCounter("Worker.ActiveClients").Value(), 1);
  EXPECT_EQ(created.Value(), 0);
  EXPECT_EQ(timer.Count(), 0);
  EXPECT_EQ(timer.Max(), absl::ZeroDuration());
}

TEST(MetricsTest, GaugesSpeakUntilTheirHandleGoes) {
  MetricsRegistry registry;
  int64_t free = 7;
  GaugeHandle handle = registry.RegisterGauge(kClusterCapacityFree, [&free] { return free; });
  {
    GaugeHandle leader = registry.RegisterGauge("Cluster.LeaderId", [] { return std::string("localhost_19200"); });
    free = 8;
    Snapshot snapshot = registry.Collect();
    EXPECT_EQ(snapshot["Cluster.CapacityFree"].value, GaugeValue(int64_t{8}));
    EXPECT_EQ(snapshot["Cluster.LeaderId"].value, GaugeValue(std::string("localhost_19200")));
    EXPECT_EQ(snapshot["Cluster.LeaderId"].AsDouble(), 0);
  }
  EXPECT_THAT(registry.Collect(), ElementsAre(Key("Cluster.CapacityFree")));

  // The newer one wins, and the older one's end does not take it away.
  GaugeHandle newer = registry.RegisterGauge(kClusterCapacityFree, [] { return 0.5; });
  handle.Release();
  EXPECT_EQ(registry.Collect()["Cluster.CapacityFree"].value, GaugeValue(0.5));
  GaugeHandle moved = std::move(newer);
  newer = GaugeHandle();
  EXPECT_EQ(registry.Collect().size(), 1u);
  moved = GaugeHandle();
  EXPECT_TRUE(registry.Collect().empty());
}

TEST(MetricsTest, ReleaseWaitsForARunningCallback) {
  MetricsRegistry registry;
  Notification entered;
  Notification go_on;
  bool finished = false;
  GaugeHandle handle = registry.RegisterGauge("Master.X", [&]() -> GaugeValue {
    entered.Notify();
    go_on.Wait();
    finished = true;
    return int64_t{1};
  });
  std::thread collector([&] { registry.Collect(); });
  entered.Wait();
  std::thread releaser([&] { go_on.Notify(); });
  handle.Release();
  EXPECT_TRUE(finished);
  collector.join();
  releaser.join();
}

TEST(MetricsTest, ManyThreadsCount) {
  MetricsRegistry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&registry, t] {
      for (int i = 0; i < 1000; ++i) {
        registry.GetCounter("Worker.BlocksCached").Inc();
        registry.GetTimer("Worker.T").Record(absl::Nanoseconds(t * 1000 + i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registry.GetCounter("Worker.BlocksCached").Value(), 4000);
  EXPECT_EQ(registry.GetTimer("Worker.T").Count(), 4000);
  EXPECT_EQ(registry.GetTimer("Worker.T").Max(), absl::Nanoseconds(3999));
}

TEST(MetricsTest, TheRateOfTheLastMinuteFades) {
  test::FakeClock clock;
  OneMinuteRate rate(&clock);
  rate.Mark(500);
  EXPECT_EQ(rate.PerSecond(), 0);  // until the first interval is over
  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(rate.PerSecond(), 100);
  for (int i = 0; i < 12; ++i) {
    rate.Mark(500);
    clock.Advance(absl::Seconds(5));
  }
  EXPECT_NEAR(rate.PerSecond(), 100, 1e-9);
  clock.Advance(absl::Minutes(1));
  EXPECT_NEAR(rate.PerSecond(), 100 / 2.71828, 0.01);
  clock.Advance(absl::Hours(1));
  EXPECT_LT(rate.PerSecond(), 1e-6);
}

TEST(MetricsTest, NamesAsTheOriginalWritesThem) {
  EXPECT_EQ(NameWithTags("Master.X", {{"User", "root"}, {"UFS", EscapeTag("/tmp/x")}}),
            "Master.X.User:root.UFS:%2Ftmp%2Fx");
  EXPECT_EQ(EscapeTag("hdfs://a.b:9/c%d/e"), "hdfs:%2F%2Fa%2Eb:9%2Fc%25d%2Fe");
  EXPECT_EQ(UnescapeTag(EscapeTag("hdfs://a.b:9/c%2Fd/e")), "hdfs://a.b:9/c%2Fd/e");
}

TEST(MetricsDeathTest, OneNameIsOneKind) {
  MetricsRegistry registry;
  registry.GetCounter("Master.X");
  EXPECT_DEATH(registry.GetTimer("Master.X"), "counters_");
}

}  // namespace
}  // namespace alluxio::metrics
