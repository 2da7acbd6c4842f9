#ifndef ALLUXIO_WORKER_UFSREAD_UFSREAD_FIXTURE_H_
#define ALLUXIO_WORKER_UFSREAD_UFSREAD_FIXTURE_H_

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/worker/block/local_block_store.h"
#include "alluxio/worker/ufsread/block_fetcher.h"
#include "alluxio/worker/ufsread/ufs_manager.h"
#include "gtest/gtest.h"
#include "testing/fakes/faulty_ufs.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

// A block store, an under store in memory that fails on command, and the fetcher
// between them, for the tests of this folder.
namespace alluxio::worker {

[[maybe_unused]] inline const bool kQuiet = (SetLogLevel(LogLevel::kError), true);

inline constexpr int64_t kRange = 1000;
inline constexpr int64_t kMount = 1;
inline constexpr absl::Time kNoDeadline = absl::InfiniteFuture();

inline std::string Pattern(int64_t length) {
  std::string out;
  for (int i = 0; static_cast<int64_t>(out.size()) < length; ++i) absl::StrAppend(&out, i, ",");
  out.resize(static_cast<size_t>(length));
  return out;
}

// A disk whose writes fail from one on.
class FullDisk final : public StorageIo {
 public:
  absl::Status WriteAt(int fd, int64_t offset, absl::string_view bytes) override {
    if (writes_left.fetch_sub(1) <= 0) return absl::UnknownError("the disk broke");
    return StorageIo::WriteAt(fd, offset, bytes);
  }
  std::atomic<int> writes_left{1'000'000};
};

class UfsReadTest : public ::testing::Test {
 protected:
  UfsReadTest() {
    static std::atomic<int> count{0};
    folder_ = absl::StrCat(::testing::TempDir(), "/ufsread-", ::getpid(), "-", count++);
    std::filesystem::create_directories(folder_);
    registry_.Register("mem", [this](absl::string_view, const std::map<std::string, std::string>&)
                                  -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> { return ufs_; });
    manager_.emplace(UfsManager::Options{.registry = &registry_, .look_up = [this](int64_t id) {
                                           ++look_ups_;
                                           return LookUp(id);
                                         },
                                         .metrics = &metrics_});
    StartStore(1 << 20);
    Restart({});
  }

  absl::StatusOr<UfsManager::Mount> LookUp(int64_t id) const {
    if (!master_error_.ok()) return master_error_;
    if (id == kMount) return UfsManager::Mount{.uri = "mem://test/root"};
    return absl::NotFoundError("no such mount");
  }

  void StartStore(int64_t capacity) {
    fetcher_ = nullptr;
    store_ = nullptr;
    auto store = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM", .dirs = {{folder_, capacity, "MEM"}}}}}, .io = &disk_, .stepped = true});
    ASSERT_THAT(store, test::IsOk());
    store_ = *std::move(store);
  }

  void Restart(BlockFetcher::Options options) {
    fetcher_ = nullptr;
    options.store = store_.get();
    options.ufs = &*manager_;
    options.executor = &threads_;
    options.commit_executor = &commit_threads_;
    options.range_bytes = kRange;
    options.report = [this](const BlockPin& pin) {
      if (hold_report_.load()) may_report_.Wait();
      if (!report_error_.ok()) return report_error_;
      store_->Confirm(pin->block_id());
      ++reported_;
      return absl::OkStatus();
    };
    fetcher_ = BlockFetcher::Create(std::move(options));
  }

  // A file of one block with this content, and a bit before and behind.
  ColdBlock Put(int64_t block_id, absl::string_view content) {
    const std::string name = absl::StrCat("f", block_id);
    memory_->PutFile(name, absl::StrCat("before", content, "behind"));
    return {.block_id = block_id,
            .length_bytes = static_cast<int64_t>(content.size()),
            .mount_id = kMount,
            .ufs_uri = absl::StrCat("mem://test/root/", name),
            .offset_in_file = 6};
  }

  static absl::StatusOr<std::string> ReadAll(ColdReader& reader, int64_t offset, int64_t end, size_t step = 700) {
    std::string out;
    while (true) {
      ALLUXIO_ASSIGN_OR_RETURN(const ColdBytes piece, reader.ReadBlocking(offset, step, kNoDeadline));
      if (piece.bytes.empty()) break;
      if (piece.bytes.size() > step) return absl::InternalError("more than asked for");
      out.append(piece.bytes.data(), piece.bytes.size());
      offset += static_cast<int64_t>(piece.bytes.size());
    }
    if (offset != end) return absl::InternalError("ended early");
    return out;
  }
  absl::StatusOr<std::string> ReadAll(const ColdBlock& block) {
    ALLUXIO_ASSIGN_OR_RETURN(const auto reader, fetcher_->Open(block, 0, block.length_bytes));
    return ReadAll(*reader, 0, block.length_bytes);
  }
  absl::StatusOr<std::string> Cached(int64_t block_id) {
    ALLUXIO_ASSIGN_OR_RETURN(const BlockPin pin, store_->Open(block_id));
    ALLUXIO_ASSIGN_OR_RETURN(const absl::string_view bytes, pin->Map());
    return std::string(bytes);
  }
  void WaitForFetches() {
    while (fetcher_->stats().fetches > 0) std::this_thread::yield();
  }
  int64_t Count(absl::string_view name) { return metrics_.GetCounter(name).Value(); }
  int64_t Used() const { return store_->Usage()[0].used_bytes; }
  test::UfsFaults& faults() { return ufs_->faults(); }

  std::string folder_;
  const std::shared_ptr<test::MemoryUfs> memory_ = std::make_shared<test::MemoryUfs>("mem://test/root");
  const std::shared_ptr<test::FaultyUfs> ufs_ = std::make_shared<test::FaultyUfs>(memory_);
  metrics::MetricsRegistry metrics_;
  ufs::UfsRegistry registry_;
  std::atomic<int> look_ups_{0};
  absl::Status master_error_;
  std::optional<UfsManager> manager_;
  FullDisk disk_;
  ThreadPool threads_{{.name = "ufs", .threads = 4}};
  ThreadPool commit_threads_{{.name = "commit", .threads = 4}};
  std::unique_ptr<LocalBlockStore> store_;
  std::atomic<int> reported_{0};
  std::atomic<bool> hold_report_{false};
  Notification may_report_;
  absl::Status report_error_;
  std::unique_ptr<BlockFetcher> fetcher_;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_UFSREAD_FIXTURE_H_
