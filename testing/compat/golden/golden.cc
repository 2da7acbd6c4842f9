#include "testing/compat/golden/golden.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "alluxio/metrics/metric_table.h"

namespace alluxio::test {
namespace {

// Commands whose lines the original prints in the order of threads or of a hash map.
constexpr absl::string_view kUnordered[] = {"fs_copyFromLocal_dir", "fs_mount_list", "fs_mount_list2", "fs_mount_list3",
                                            "fsadmin_report_ufs"};

constexpr struct {
  absl::string_view prefix;  // of the command's name
  absl::string_view reason;
} kAccepted[] = {
    // The first that fits counts: nothing is accepted where there is no reason.
    {"fs_distributedCp_noargs", ""},
    {"fs_distributedLoad", ""},
    {"fs_distributedMv", ""},
    {"fs_distributed", "there is no job service"},
    {"fs_loadMetadata_v2a", "the first look at the task came while it ran; ours has ended by then"},
    {"fs_loadMetadata_v2", "the original forgets folders that exist in Alluxio alone; ours keeps what was made"},
    {"fs_freeWorker_noargs", "an exception's text of Java; ours says what is missing"},
    {"fs_ls_after_rm", "the original leaves its folder of temporary files in the namespace"},
    {"fsadmin_journal_quorum_info_job", "there is no job master"},
    {"fsadmin_report_jobservice", "there is no job service"},
    {"fsadmin_report_proxy", "no proxy runs in the test"},
    {"getConf_bad", ""},
    {"getConf_unit_s", ""},
    {"getConf", "compared in alluxio/conf: here the configuration is the test's own"},
    {"job_cancel_noargs", ""},
    {"job_nosuch", ""},
    {"job_stat_noargs", ""},
    {"job_", "there is no job service"},
};

// Whose numbers depend on what has happened, so that only their names are compared.
constexpr absl::string_view kMetrics = "fsadmin_report_metrics";

// The original's metrics that ours need not have.
constexpr struct {
  const char* pattern;  // of the whole name
  const char* reason;
} kOtherMetrics[] = {
    {R"(.*\.(User|UFS|UFS_TYPE):.*|.*-Ufs:.*|Master\.MetadataSyncUfsMount\..*)",
     "one for each user or under store that there was"},
    {R"(Master\.[a-z]\w*(InProgress)?)", "calls of clients that are not authenticated"},
    {R"(Master\.(Client|Process|Server)\..*|Master\.system\.status)", "Java's memory, pauses and clients"},
    {R"(Master\.Rocks\w+)", "the tables of the original's store"},
    {R"(Master\.EmbeddedJournal\w+)", "snapshots between several masters"},
    {R"(Master\.JournalSequenceNumber\.ThrottleMaster)", "there is no such part"},
    {R"(Master\.(Edge|Listing)(Cache|LockPool)\w+|Master\.Inode(LockPoolSize|CacheLoadTimes))",
     "caches and lock pools that are not there"},
    {R"(Master\.UfsStatusCache\w+|Master\.CachedBlockLocations|Master\.AbsentPathCacheQueueSize)",
     "caches that are not there"},
    {R"(Master\.MetadataSync(V2|Prefetch)\w+|Master\.MetadataSync(ExecutorQueueSize|NoChange|PathsCancel))",
     "steps of the original's sync"},
    {R"(Master\.Lost(Block|File)Count|Master\.FileSize|Master\.TTLBuckets)", "not counted: docs/compatibility.md"},
    {R"(Master\.(AuditLogEntriesSize|ReplicaMgmtActiveJobSize|RpcThreadActiveCount|ToRemoveBlockCount))",
     "not counted: docs/compatibility.md"},
};

// The names in the lines of `report metrics`, without the device of the journal's
// disk; of ours also whether it is a timer.
std::map<std::string, bool> MetricNames(absl::string_view report) {
  std::map<std::string, bool> names;
  for (absl::string_view line : absl::StrSplit(report, '\n')) {
    const size_t end = line.find("  (Type: ");
    if (end == absl::string_view::npos) continue;
    std::string name(line.substr(0, end));
    const size_t device = name.find("Device");
    if (absl::StartsWith(name, "Master.JournalFree") && device != std::string::npos) name.resize(device);
    names[std::move(name)] = absl::StrContains(line.substr(end), "Type: TIMER");
  }
  return names;
}

// What is missing of the original's names, or is none of its metrics.
std::string CompareMetricNames(const std::string& original, const std::string& ours) {
  const std::map<std::string, bool> was = MetricNames(original), is = MetricNames(ours);
  std::vector<std::regex> others;
  for (const auto& row : kOtherMetrics) others.emplace_back(row.pattern);
  std::string difference;
  for (const auto& [name, timer] : was) {
    if (is.count(name) > 0) continue;
    const bool other = std::any_of(others.begin(), others.end(), [&name = name](const std::regex& pattern) {
      return std::regex_match(name, pattern);
    });
    if (!other) absl::StrAppend(&difference, "missing: ", name, "\n");
  }
  for (const auto& [name, timer] : is) {
    // Timers bear the names of calls.
    if (timer || was.count(name) > 0) continue;
    const std::string base = name.substr(0, std::min(name.find(".UFS:"), name.find(".User:")));
    const bool known = std::any_of(metrics::AllMetricNames().begin(), metrics::AllMetricNames().end(),
                                   [&base](const metrics::MetricRow& row) { return row.name == base; });
    if (!known) absl::StrAppend(&difference, "not the original's: ", name, "\n");
  }
  return difference;
}

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Split at blanks; single quotes group.
std::vector<std::string> SplitWords(absl::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  bool quoted = false;
  for (char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      in_word = true;
    } else if (c == ' ' && !quoted) {
      if (in_word) words.push_back(std::exchange(word, ""));
      in_word = false;
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (in_word) words.push_back(word);
  return words;
}

std::vector<GoldenCommand> ParseCommands(absl::string_view text) {
  std::vector<GoldenCommand> commands;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits('|', 2));
    if (parts.size() != 3) continue;
    GoldenCommand command = {.name = parts[0], .tool = parts[1]};
    command.args = command.tool == "sh" ? std::vector<std::string>{parts[2]} : SplitWords(parts[2]);
    commands.push_back(std::move(command));
  }
  return commands;
}

absl::StatusOr<GoldenAnswer> ParseAnswer(absl::string_view text) {
  constexpr absl::string_view kCode = "\nrc: ";
  constexpr absl::string_view kOut = "\n--- stdout\n";
  constexpr absl::string_view kErr = "--- stderr\n";
  const size_t code = text.find(kCode);
  const size_t out = text.find(kOut);
  const size_t err = text.rfind(kErr);
  GoldenAnswer answer;
  if (code == absl::string_view::npos || out == absl::string_view::npos || err == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(code + kCode.size(), out - code - kCode.size()), &answer.code)) {
    return absl::DataLossError("not a transcript");
  }
  answer.out = std::string(text.substr(out + kOut.size(), err - out - kOut.size()));
  answer.err = std::string(text.substr(err + kErr.size()));
  return answer;
}

std::string Sorted(absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

// Lines about the recording's terminal say nothing about the command.
std::string WithoutTerminalWarnings(absl::string_view text) {
  std::vector<absl::string_view> kept;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StrContains(line, "org.jline.utils.Log") && !absl::StrContains(line, "dumb terminal")) {
      kept.push_back(line);
    }
  }
  return absl::StrJoin(kept, "\n");
}

}  // namespace

absl::StatusOr<std::optional<Golden>> Golden::FromEnvironment() {
  const char* reference = std::getenv("ALLUXIO_REFERENCE");
  if (reference == nullptr || *reference == '\0') return std::optional<Golden>();
  const std::filesystem::path folder = std::filesystem::path(reference) / "golden";
  Golden golden;
  absl::StatusOr<std::string> list = ReadFile(folder / "commands.list");
  if (!list.ok()) return list.status();
  golden.commands_ = ParseCommands(*list);
  for (const GoldenCommand& command : golden.commands_) {
    const absl::StatusOr<std::string> text = ReadFile(folder / "transcripts" / (command.name + ".txt"));
    if (!text.ok()) continue;
    absl::StatusOr<GoldenAnswer> answer = ParseAnswer(*text);
    if (!answer.ok()) return absl::DataLossError(absl::StrCat(command.name, ": ", answer.status().message()));
    golden.answers_[command.name] = *std::move(answer);
  }
  if (golden.answers_.empty()) return absl::NotFoundError(absl::StrCat("no transcripts in ", folder.string()));
  return std::optional<Golden>(std::move(golden));
}

const GoldenAnswer* Golden::Find(const std::string& name) const {
  const auto it = answers_.find(name);
  return it == answers_.end() ? nullptr : &it->second;
}

std::string MaskGolden(std::string text) {
  static const auto* const kMasks = new std::vector<std::pair<std::regex, std::string>>{
      {std::regex(R"(\d\d-\d\d-\d{4} \d\d:\d\d:\d\d:\d{3})"), "DATE"},
      {std::regex(R"(alluxio-backup-\d{4}-\d\d-\d\d-\d+\.gz)"), "alluxio-backup-DATE.gz"},
      {std::regex(R"((Backup Host +: ).*)"), "$1HOST"},
      {std::regex(R"((Backup Entry Count : )\d+)"), "$1N"},
      {std::regex(R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"), "DATE"},
      {std::regex(R"(\b1[6-9]\d{11}\b)"), "MILLIS"},
      {std::regex(R"(ufsFingerprint=.*?, acl=)"), "ufsFingerprint=PRINT, acl="},
      {std::regex(R"(blockIds=\[[^\]]*\])"), "blockIds=[IDS]"},
      {std::regex(R"((fileId=|file id |mountId=|workerId=|\{id=|mount point: |\|)\d{4,}\b)"), "$1ID"},
      {std::regex(R"(fileId=\d+|file id \d+|mountId=\d+)"), "ID"},
      {std::regex(R"(WorkerNetAddress\{.*?\)\})"), "WORKER"},
      {std::regex(R"(capacity=[^,]*, used=[^,]*,)"), "SPACE,"},
      {std::regex(R"( *\b(TO_BE_PERSISTED|NOT_PERSISTED|PERSISTED)\b)"), " STATE"},
      {std::regex(R"(persisted=(true|false))"), "persisted=BOOL"},
      {std::regex(R"(JobId: [0-9a-f-]{36})"), "JobId: ID"},
      {std::regex(R"(Time elapsed \d+)"), "Time elapsed N"},
      {std::regex(R"(Uptime: .*)"), "Uptime: T"},
      {std::regex(R"(\b[0-9a-f]{40}\b)"), "REVISION"},
      {std::regex(R"(vCPUs: \d+)"), "vCPUs: N"},
      {std::regex(R"(ACTIVE +\d+ +)"), "ACTIVE N "},
      {std::regex(R"(\b(localhost|127\.0\.0\.1)\b)"), "HOST"},
      {std::regex(R"(:\d{4,5}\b|(HOST):0\b)"), "$1:PORT"},
      {std::regex(R"((HOST:PORT) +(PRIMARY))"), "$1 $2"},
      {std::regex(R"(2\.9\.6 +(REVISION)?)"), "2.9.6 "},
      {std::regex(R"( +on +(/\S*) +\()"), " on $1 ("},
      {std::regex(R"(Port: \d+)"), "Port: N"},
  };
  for (const auto& [pattern, replacement] : *kMasks) text = std::regex_replace(text, pattern, replacement);
  return text;
}

std::string CompareGolden(const std::string& name, const GoldenAnswer& original, const GoldenAnswer& ours) {
  std::string difference;
  if (original.code != ours.code) absl::StrAppend(&difference, "exit code ", ours.code, ", was ", original.code, "\n");
  if (name == kMetrics) return difference + CompareMetricNames(original.out, ours.out);
  const bool unordered = std::find(std::begin(kUnordered), std::end(kUnordered), name) != std::end(kUnordered);
  const auto compare = [&difference, unordered](absl::string_view what, const std::string& was, const std::string& is) {
    if (was == is) return;  // the masks take their time on long texts
    std::string want = MaskGolden(WithoutTerminalWarnings(was));
    // The recording has ends of line where a line was written over.
    std::string got = MaskGolden(absl::StrReplaceAll(is, {{"\r", "\n"}}));
    if (want == got || (unordered && Sorted(want) == Sorted(got))) return;
    absl::StrAppend(&difference, what, " is\n", got, what, " was\n", want);
  };
  compare("stdout", original.out, ours.out);
  compare("stderr", original.err, ours.err);
  return difference;
}

absl::string_view AcceptedDifference(const std::string& name) {
  for (const auto& [prefix, reason] : kAccepted) {
    if (absl::StartsWith(name, prefix)) return reason;
  }
  return "";
}

}  // namespace alluxio::test
