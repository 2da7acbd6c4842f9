// `alluxio runUfsIOTest`.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/text.h"
#include "alluxio/shell/ufs_tests.h"
#include "nlohmann/json.hpp"

namespace alluxio::shell {
namespace {

using Json = nlohmann::ordered_json;
using ufs::UnderFileSystem;

constexpr size_t kBufferBytes = size_t{1} << 20;

struct Point {
  const char* mode = "";
  double seconds = 0;
  int64_t bytes = 0;
  absl::Status status;
  double Speed() const { return static_cast<double>(bytes) / (1 << 20) / std::max(seconds, 1e-9); }
};

absl::Status WriteOne(UnderFileSystem& store, const std::string& path, int64_t bytes) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto writer, store.Create(path, {}));
  std::string buffer(kBufferBytes, '\0');
  for (size_t i = 0; i < buffer.size(); ++i) buffer[i] = static_cast<char>(i * 31);
  for (int64_t left = bytes; left > 0;) {
    const size_t piece = static_cast<size_t>(std::min<int64_t>(left, kBufferBytes));
    ALLUXIO_RETURN_IF_ERROR(writer->Write(absl::string_view(buffer).substr(0, piece)));
    left -= static_cast<int64_t>(piece);
  }
  return writer->Close().status();
}

absl::Status ReadOne(UnderFileSystem& store, const std::string& path, int64_t bytes) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto reader, store.Open(path));
  std::string buffer(kBufferBytes, '\0');
  int64_t at = 0;
  while (true) {
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, reader->ReadAt(at, absl::MakeSpan(buffer)));
    if (n == 0) break;
    at += static_cast<int64_t>(n);
  }
  if (at == bytes) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path, " has ", at, " bytes instead of ", bytes));
}

using Step = absl::Status (*)(UnderFileSystem&, const std::string&, int64_t);

std::vector<Point> RunThreads(UnderFileSystem& store, const std::string& folder, int threads, int64_t bytes,
                              const char* mode, Step step, Clock* clock) {
  std::vector<Point> points(static_cast<size_t>(threads));
  std::vector<std::thread> running;
  for (size_t i = 0; i < points.size(); ++i) {
    running.emplace_back([&, i] {
      const absl::Time start = clock->Now();
      points[i] = {.mode = mode, .bytes = bytes};
      points[i].status = step(store, absl::StrCat(folder, "/io-benchmark-", i), bytes);
      points[i].seconds = absl::ToDoubleSeconds(clock->Now() - start);
    });
  }
  for (std::thread& thread : running) thread.join();
  return points;
}

Json SpeedStat(const std::vector<Point>& points) {
  double seconds = 0;
  int64_t bytes = 0;
  double min = 0;
  double max = 0;
  double sum = 0;
  for (const Point& point : points) {
    seconds += point.seconds;
    bytes += point.bytes;
    min = min == 0 ? point.Speed() : std::min(min, point.Speed());
    max = std::max(max, point.Speed());
    sum += point.Speed();
  }
  const double mean = points.empty() ? 0 : sum / static_cast<double>(points.size());
  double variance = 0;
  for (const Point& point : points) variance += (point.Speed() - mean) * (point.Speed() - mean);
  return {{"mTotalDurationSeconds", seconds},
          {"mTotalSizeBytes", bytes},
          {"mMaxSpeedMbps", max},
          {"mMinSpeedMbps", min},
          {"mAvgSpeedMbps", seconds > 0 ? static_cast<double>(bytes) / (1 << 20) / seconds : 0.0},
          {"mClusterAvgSpeedMbps", sum},
          {"mStdDev", points.empty() ? 0.0 : std::sqrt(variance / static_cast<double>(points.size()))},
          {"className", "alluxio.stress.worker.IOTaskSummary$SpeedStat"}};
}

absl::StatusOr<Json> Measure(const Arguments& args, Environment& env) {
  if (args.Has("cluster")) {
    return absl::UnimplementedError("--cluster needs a job service, which this version does not have");
  }
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t bytes, ParseSize(args.Value("io-size", "4g")));
  int threads = 0;
  if (!absl::SimpleAtoi(args.Value("threads", "4"), &threads) || threads < 1 || threads > 1000) {
    return absl::InvalidArgumentError(absl::StrCat("--threads ", args.Value("threads"), " is not in 1..1000"));
  }
  ALLUXIO_ASSIGN_OR_RETURN(const auto store, OpenUfs(args.Value("path")));
  const std::string folder = absl::StrFormat("io-benchmark-%016x", Random::System()->Next());
  ALLUXIO_RETURN_IF_ERROR(store->Mkdir(folder, {}));
  const std::vector<Point> written = RunThreads(*store, folder, threads, bytes, "WRITE", WriteOne, env.clock());
  const bool all_written =
      std::all_of(written.begin(), written.end(), [](const Point& point) { return point.status.ok(); });
  std::vector<Point> read;
  if (all_written) read = RunThreads(*store, folder, threads, bytes, "READ", ReadOne, env.clock());
  const absl::Status removed = store->DeleteDirectory(folder, /*recursive=*/true);

  Json errors = Json::array();
  Json points = Json::array();
  std::vector<Point> good_reads;
  std::vector<Point> good_writes;
  for (const std::vector<Point>* list : std::initializer_list<const std::vector<Point>*>{&read, &written}) {
    for (const Point& point : *list) {
      if (!point.status.ok()) {
        errors.push_back(std::string(point.status.message()));
        continue;
      }
      (list == &read ? good_reads : good_writes).push_back(point);
      points.push_back({{"mMode", point.mode},
                        {"mDurationSeconds", point.seconds},
                        {"mDataSizeBytes", point.bytes},
                        {"className", "alluxio.stress.worker.IOTaskResult$Point"}});
    }
  }
  if (!removed.ok()) errors.push_back(std::string(removed.message()));
  return Json{{"readSpeedStat", SpeedStat(good_reads)},
              {"writeSpeedStat", SpeedStat(good_writes)},
              {"points", points},
              {"errors", errors},
              {"baseParameters",
               {{"mCluster", false},
                {"mClusterLimit", 0},
                {"mClusterStartDelay", "10s"},
                {"mJavaOpts", Json::array()},
                {"mProfileAgent", ""},
                {"mBenchTimeout", "20m"},
                {"mId", "local-task-0"},
                {"mIndex", "local-task-0"},
                {"mDistributed", false},
                {"mStartMs", -1},
                {"mInProcess", true},
                {"mHelp", false}}},
              {"parameters",
               {{"mThreads", threads},
                {"mDataSize", args.Value("io-size", "4G")},
                {"mPath", args.Value("path")},
                {"className", "alluxio.stress.worker.UfsIOParameters"}}},
              {"className", "alluxio.stress.worker.IOTaskSummary"}};
}

}  // namespace

int RunUfsIoTest(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kUfsIoTestOptions, args);
  const bool help = parsed.ok() && parsed->Has("help");
  if (!parsed.ok() || help || !parsed->Has("path")) {
    if (!parsed.ok()) env.out() << parsed.status().message() << "\n";
    if (parsed.ok() && !help) env.out() << "The following option is required: --path\n";
    env.out() << "Usage: runUfsIOTest [options]\n" << FormatOptions(kUfsIoTestOptions) << "\n";
    return help ? 0 : 1;
  }
  const absl::StatusOr<Json> result = Measure(*parsed, env);
  if (!result.ok()) {
    env.err() << result.status().message() << "\n";
    return 1;
  }
  env.out() << result->dump(2) << "\n";
  return (*result)["errors"].empty() ? 0 : 1;
}

}  // namespace alluxio::shell
