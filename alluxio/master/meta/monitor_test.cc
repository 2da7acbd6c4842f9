// Goal: what the web UI and metrics say of the journal and of the past is true,
// and bounded.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "alluxio/master/meta/journal_monitor.h"
#include "alluxio/master/meta/time_series.h"
#include "alluxio/metrics/metric_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using metrics::GaugeValue;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(JournalDiskTest, IsTheDeepestMountThatHoldsTheFolder) {
  const std::string base = std::filesystem::canonical(getenv("TEST_TMPDIR")).string() + "/disks";
  const std::string folder = base + "/a b/journal";
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(base + "/a");
  const std::string mounts = base + "/mountinfo";
  std::ofstream(mounts) << "1 0 8:1 / / rw - ext4 /dev/root rw\n"
                        << "no mount\n"
                        << "2 1 8:2 / " << base << "/a\\040b rw shared:1 - nfs4 server:/export rw\n"
                        << "3 1 8:3 / " << base << "/a rw - xfs /dev/other rw\n";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const JournalDisk far, JournalDisk::Of(folder, mounts));
  EXPECT_EQ(far.mount_path, base + "/a b");
  EXPECT_EQ(far.PathWithScheme(), "nfs://server:/export");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const JournalDisk near, JournalDisk::Of(base, mounts));
  EXPECT_EQ(near.mount_path, "/");
  EXPECT_EQ(near.PathWithScheme(), "/dev/root");
  // The numbers are the machine's own.
  EXPECT_GT(near.total_bytes, 0);
  EXPECT_LE(near.used_bytes + near.available_bytes, near.total_bytes);
  EXPECT_FALSE(JournalDisk::Of(base + "/none", mounts).ok());
  EXPECT_FALSE(JournalDisk::Of(base, base + "/none").ok());
}

class JournalMonitorTest : public ::testing::Test {
 protected:
  JournalMonitor::Options Options() {
    return {.disk = [this] { return disk_; },
            .last_sequence = [this] { return last_; },
            .checkpoint_sequence = [this] { return checkpoint_; },
            .clock = &clock_,
            .metrics = &metrics_,
            .percent_free_threshold = 10,
            .checkpoint_period_entries = 100,
            .checkpoint_warning_time = absl::Hours(1)};
  }
  GaugeValue Gauge(const std::string& name) { return metrics_.Collect()[name].value; }

  test::FakeClock clock_;
  metrics::MetricsRegistry metrics_;
  absl::StatusOr<JournalDisk> disk_ = JournalDisk{.disk_path = "/dev/vda",
                                                  .disk_type = "ext4",
                                                  .mount_path = "/",
                                                  .total_bytes = 1100,
                                                  .used_bytes = 900,
                                                  .available_bytes = 100};
  uint64_t last_ = 40, checkpoint_ = 30;
};

TEST_F(JournalMonitorTest, WarnsOfADiskThatIsNearlyFull) {
  JournalMonitor monitor(Options());
  EXPECT_THAT(monitor.DiskWarnings(), IsEmpty());  // ten per cent are enough
  EXPECT_EQ(Gauge("Master.JournalFreeBytesDevice%2Fdev%2Fvda"), GaugeValue(int64_t{100}));
  EXPECT_EQ(Gauge("Master.JournalFreePercentDevice%2Fdev%2Fvda"), GaugeValue(10.0));
  disk_->used_bytes = 999;
  disk_->available_bytes = 1;
  EXPECT_EQ(Gauge("Master.JournalFreeBytesDevice%2Fdev%2Fvda"), GaugeValue(int64_t{100}));  // no look at a disk
  EXPECT_THAT(monitor.DiskWarnings(),
              ElementsAre("The journal disk /dev/vda backing the journal has only 0.10% space left - "
                          "JournalDiskInfo{diskPath=/dev/vda, totalAllocatedBytes=1100, usedBytes=999, "
                          "availableBytes=1, percentAvailable=0.1, mountPath=/}"));
  EXPECT_EQ(Gauge("Master.JournalFreeBytesDevice%2Fdev%2Fvda"), GaugeValue(int64_t{1}));
  disk_ = absl::UnavailableError("gone");
  EXPECT_THAT(monitor.Disks(), IsEmpty());
}

TEST_F(JournalMonitorTest, WarnsOfCheckpointsThatDoNotCome) {
  JournalMonitor monitor(Options());
  EXPECT_EQ(Gauge(metrics::kMasterJournalEntriesSinceCheckpoint), GaugeValue(int64_t{10}));
  EXPECT_EQ(Gauge(metrics::kMasterJournalLastCheckpointTime), GaugeValue(int64_t{-1}));
  EXPECT_EQ(Gauge("Master.JournalSequenceNumber.FileSystemMaster"), GaugeValue(int64_t{40}));
  EXPECT_EQ(monitor.LastCheckpointText(), "N/A");
  monitor.NoteCheckpoint();  // the same as before
  EXPECT_EQ(monitor.LastCheckpointMs(), -1);
  checkpoint_ = 40;
  monitor.NoteCheckpoint();
  EXPECT_EQ(monitor.LastCheckpointMs(), clock_.NowMillis());
  EXPECT_EQ(monitor.LastCheckpointText(), "2023-11-14T22:13:20Z");
  EXPECT_EQ(Gauge(metrics::kMasterJournalEntriesSinceCheckpoint), GaugeValue(int64_t{0}));

  last_ = 141;
  EXPECT_EQ(monitor.CheckpointWarning(), std::nullopt);  // it is not long ago
  EXPECT_EQ(Gauge(metrics::kMasterJournalCheckpointWarn), GaugeValue("false"));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(monitor.CheckpointWarning().value_or(""), HasSubstr("(101/100). Last checkpoint: 2023-11-14T22:13:20Z."));
  EXPECT_EQ(Gauge(metrics::kMasterJournalCheckpointWarn), GaugeValue("true"));
  last_ = 140;
  EXPECT_EQ(monitor.CheckpointWarning(), std::nullopt);  // there are not many
}

TEST(TimeSeriesTest, KeepsTheLatestPoints) {
  test::FakeClock clock;
  metrics::MetricsRegistry registry;
  int64_t used = 0;
  const auto used_gauge = registry.RegisterGauge(metrics::kClusterCapacityUsed, [&] { return used; });
  const auto total_gauge = registry.RegisterGauge(metrics::kClusterCapacityTotal, [] { return int64_t{300}; });
  TimeSeries series(&registry, &clock, /*points=*/2);
  EXPECT_THAT(series.Get(), IsEmpty());
  for (used = 0; used < 300; used += 100) {
    series.Record();
    clock.Advance(absl::Minutes(5));
  }
  const auto all = series.Get();
  ASSERT_EQ(all.size(), 10u);
  EXPECT_EQ(all[0].name, "% Alluxio Space Used");
  const int64_t now_ms = clock.NowMillis();
  EXPECT_THAT(all[0].points, ElementsAre(std::pair<int64_t, double>(now_ms - 600'000, 33),
                                         std::pair<int64_t, double>(now_ms - 300'000, 66)));
  EXPECT_EQ(all[2].name, "Cluster.BytesReadLocalThroughput");
  EXPECT_THAT(all[2].points, ::testing::SizeIs(2));
}

}  // namespace
}  // namespace alluxio::master
