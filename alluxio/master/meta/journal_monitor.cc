#include "alluxio/master/meta/journal_monitor.h"

#include <sys/statvfs.h>

#include <charconv>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

// The shortest text that is this number.
std::string NumberText(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

}  // namespace

double JournalDisk::PercentAvailable() const {
  const int64_t all = available_bytes + used_bytes;
  return all > 0 ? 100 * (static_cast<double>(available_bytes) / static_cast<double>(all)) : 0;
}

std::string JournalDisk::PathWithScheme() const {
  return absl::StrContains(disk_type, "nfs") ? absl::StrCat("nfs://", disk_path) : disk_path;
}

std::string JournalDisk::ToString() const {
  return absl::StrCat("JournalDiskInfo{diskPath=", disk_path, ", totalAllocatedBytes=", total_bytes,
                      ", usedBytes=", used_bytes, ", availableBytes=", available_bytes,
                      ", percentAvailable=", NumberText(PercentAvailable()), ", mountPath=", mount_path, "}");
}

absl::StatusOr<JournalDisk> JournalDisk::Of(const std::string& folder, const std::string& mounts) {
  char real[PATH_MAX];
  if (::realpath(folder.c_str(), real) == nullptr) return ErrnoStatus(errno, absl::StrCat("looking at ", folder));
  struct statvfs space {};
  if (::statvfs(real, &space) != 0) return ErrnoStatus(errno, absl::StrCat("asking for the space of ", folder));
  JournalDisk disk;
  const auto unit = static_cast<int64_t>(space.f_frsize);
  disk.total_bytes = unit * static_cast<int64_t>(space.f_blocks);
  disk.used_bytes = unit * static_cast<int64_t>(space.f_blocks - space.f_bfree);
  disk.available_bytes = unit * static_cast<int64_t>(space.f_bavail);
  // "36 35 98:0 /root /mount/point options - ext4 /dev/vda1 options"; of those that
  // hold the folder the deepest, and of several at one place the last hides the others.
  std::ifstream lines(mounts);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> halves = absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    const std::vector<std::string> place = absl::StrSplit(halves[0], ' ');
    if (halves.size() != 2 || place.size() < 5) continue;
    const std::vector<std::string> device = absl::StrSplit(halves[1], ' ');
    const std::string at =
        absl::StrReplaceAll(place[4], {{"\\040", " "}, {"\\011", "\t"}, {"\\012", "\n"}, {"\\134", "\\"}});
    if (device.size() < 2 || !uri::HasPathPrefix(real, at) || at.size() < disk.mount_path.size()) continue;
    disk.mount_path = at;
    disk.disk_type = device[0];
    disk.disk_path = device[1];
  }
  if (disk.mount_path.empty()) {
    return absl::NotFoundError(absl::StrCat(mounts, " names no file system that holds ", folder));
  }
  return disk;
}

JournalMonitor::Options JournalMonitor::FromConfiguration(const conf::Configuration& conf) {
  Options options;
  options.percent_free_threshold = conf.GetInt("alluxio.master.journal.space.monitor.percent.free.threshold");
  options.checkpoint_period_entries = conf.GetInt("alluxio.master.journal.checkpoint.period.entries");
  options.checkpoint_warning_time = conf.GetDuration("alluxio.master.journal.checkpoint.warning.threshold.time");
  return options;
}

JournalMonitor::JournalMonitor(Options options) : options_(std::move(options)) {
  checkpoint_ = options_.checkpoint_sequence();
  const auto add = [this](const std::string& name, std::function<metrics::GaugeValue()> value) {
    gauges_.push_back(options_.metrics->RegisterGauge(name, std::move(value)));
  };
  // One log serves all the parts that are masters of their own in the original.
  for (const char* part :
       {"BlockMaster", "FileSystemMaster", "JournalMaster", "MetaMaster", "MetricsMaster"}) {
    add(absl::StrCat(metrics::kMasterJournalSequenceNumber, ".", part),
        [this] { return static_cast<int64_t>(options_.last_sequence()); });
  }
  // What is appended was applied before.
  add(metrics::kMasterJournalLastAppliedCommitIndex,
      [this] { return static_cast<int64_t>(options_.last_sequence()); });
  add(metrics::kMasterJournalEntriesSinceCheckpoint, [this] { return EntriesSinceCheckpoint(); });
  add(metrics::kMasterJournalLastCheckpointTime, [this] { return LastCheckpointMs(); });
  add(metrics::kMasterJournalCheckpointWarn,
      [this] { return std::string(CheckpointWarning().has_value() ? "true" : "false"); });
}

std::vector<JournalDisk> JournalMonitor::Disks() {
  if (!options_.disk) return {};
  absl::StatusOr<JournalDisk> disk = options_.disk();
  MutexLock lock(&mutex_);
  if (!disk.ok()) {
    if (!std::exchange(said_unknown_, true)) {
      ALLUXIO_LOG(kWarning, "master", "the space of the journal's disk is not watched: ", disk.status().ToString());
    }
    return {};
  }
  const std::string path = disk->disk_path;
  const bool fresh = !seen_.contains(path);
  seen_[path] = *disk;
  if (fresh) {
    const std::string device = absl::StrCat("Device", metrics::EscapeTag(disk->PathWithScheme()));
    // Gauges that are in the registry already are never called while they are added, so
    // this lock is not waited for there.
    disk_gauges_.push_back(options_.metrics->RegisterGauge(
        metrics::kMasterJournalSpaceFreeBytes + device, [this, path]() -> metrics::GaugeValue {
          MutexLock gauge_lock(&mutex_);
          return seen_[path].available_bytes;
        }));
    disk_gauges_.push_back(options_.metrics->RegisterGauge(
        metrics::kMasterJournalSpaceFreePercent + device, [this, path]() -> metrics::GaugeValue {
          MutexLock gauge_lock(&mutex_);
          return seen_[path].PercentAvailable();
        }));
  }
  return {*std::move(disk)};
}

std::vector<std::string> JournalMonitor::DiskWarnings() {
  std::vector<std::string> warnings;
  for (const JournalDisk& disk : Disks()) {
    const double percent = disk.PercentAvailable();
    if (percent >= static_cast<double>(options_.percent_free_threshold)) continue;
    warnings.push_back(absl::StrFormat("The journal disk %s backing the journal has only %.2f%% space left - %s",
                                       disk.disk_path, percent, disk.ToString()));
  }
  return warnings;
}

void JournalMonitor::CheckSpace() {
  for (const std::string& warning : DiskWarnings()) ALLUXIO_LOG(kWarning, "master", warning);
}

void JournalMonitor::NoteCheckpoint() {
  const uint64_t now = options_.checkpoint_sequence();
  if (now <= checkpoint_.load(std::memory_order_relaxed)) return;
  checkpoint_ms_.store(options_.clock->NowMillis(), std::memory_order_relaxed);
  checkpoint_.store(now, std::memory_order_relaxed);
}

int64_t JournalMonitor::EntriesSinceCheckpoint() const {
  const uint64_t last = options_.last_sequence();
  const uint64_t checkpoint = checkpoint_.load(std::memory_order_relaxed);
  return last > checkpoint ? static_cast<int64_t>(last - checkpoint) : 0;
}

std::string JournalMonitor::LastCheckpointText() const {
  const int64_t at_ms = LastCheckpointMs();
  if (at_ms <= 0) return "N/A";
  // As Java's ISO_INSTANT: milliseconds only where there are some.
  return absl::FormatTime(at_ms % 1000 == 0 ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromUnixMillis(at_ms), absl::UTCTimeZone());
}

std::optional<std::string> JournalMonitor::CheckpointWarning() const {
  const int64_t entries = EntriesSinceCheckpoint();
  const absl::Duration since = options_.clock->Now() - absl::FromUnixMillis(LastCheckpointMs());
  if (entries <= options_.checkpoint_period_entries || since <= options_.checkpoint_warning_time) return std::nullopt;
  return absl::StrFormat(
      "Journal has not checkpointed in a timely manner since passing the checkpoint threshold (%d/%d). Last "
      "checkpoint: %s. It is recommended to use the fsadmin tool to checkpoint the journal. This will prevent the "
      "master from serving requests while checkpointing.",
      entries, options_.checkpoint_period_entries, LastCheckpointText());
}

}  // namespace alluxio::master
