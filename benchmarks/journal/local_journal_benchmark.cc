// The journal on the disk below the temporary folder (TMPDIR): what a durable change
// waits for, alone and with others, beside fdatasync alone; and what a restart reads.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/journal/local/local_journal.h"
#include "benchmark/benchmark.h"

namespace alluxio::journal {
namespace {

constexpr size_t kRecordBytes = 150;  // a rename

struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / absl::StrCat("journal_benchmark_", ::getpid())) {
    SetLogLevel(LogLevel::kError);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  const std::filesystem::path path;
};

// `range` appends wait at a time; items are durable records.
void BM_DurableAppend(benchmark::State& state) {
  const Folder folder;
  auto journal = LocalJournal::Open({.folder = folder.path});
  if (!journal.ok()) return state.SkipWithError("no journal");
  const std::string record(kRecordBytes, 'x');
  for (auto _ : state) {
    std::atomic<int64_t> left = state.range(0);
    Notification all;
    for (int64_t i = 0; i < state.range(0); ++i) {
      (*journal)->Append(record, [&](const absl::Status&) {
        if (left.fetch_sub(1) == 1) all.Notify();
      });
    }
    all.Wait();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_DurableAppend)->ArgName("in_flight")->Arg(1)->Arg(16)->Arg(64)->UseRealTime();

// The disk's limit for one at a time: the same bytes, written into zeros and synced.
void BM_Fdatasync(benchmark::State& state) {
  const Folder folder;
  const int fd = ::open((folder.path / "f").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string zeros(size_t{1} << 20, '\0');
  const std::string record(kRecordBytes, 'x');
  if (fd < 0 || ::pwrite(fd, zeros.data(), zeros.size(), 0) < 0 || ::fsync(fd) != 0) return state.SkipWithError("disk");
  size_t at = 0;
  for (auto _ : state) {
    if (::pwrite(fd, record.data(), record.size(), static_cast<off_t>(at)) < 0 || ::fdatasync(fd) != 0) {
      state.SkipWithError("disk");
      break;
    }
    at = (at + record.size()) % (zeros.size() - record.size());
  }
  ::close(fd);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Fdatasync)->UseRealTime();

// Reads 100,000 records back, as a restart without a checkpoint does.
void BM_Replay(benchmark::State& state) {
  constexpr int64_t kRecords = 100'000;
  const Folder folder;
  {
    auto journal = LocalJournal::Open({.folder = folder.path});
    if (!journal.ok()) return state.SkipWithError("no journal");
    const std::string record(kRecordBytes, 'x');
    for (int64_t i = 0; i < kRecords; ++i) (*journal)->Append(record, [](const absl::Status&) {});
    (*journal)->Close();
  }
  for (auto _ : state) {
    auto journal = LocalJournal::Open({.folder = folder.path});
    int64_t seen = 0;
    if (!journal.ok() || !(*journal)
                              ->Replay(0,
                                       [&seen](uint64_t, absl::string_view) {
                                         ++seen;
                                         return absl::OkStatus();
                                       })
                              .ok() ||
        seen != kRecords) {
      return state.SkipWithError("records are missing");
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(BM_Replay)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace alluxio::journal
