#ifndef ALLUXIO_WORKER_BLOCK_BLOCK_STORE_FOR_TEST_H_
#define ALLUXIO_WORKER_BLOCK_BLOCK_STORE_FOR_TEST_H_

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/worker/block/local_block_store.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

// Local block stores, and what is in them, for the tests of this folder.
namespace alluxio::worker {

// Test folders lie on a disk, which each store says of its MEM tier.
[[maybe_unused]] inline const bool kQuiet = (SetLogLevel(LogLevel::kError), true);

// A folder of its own for each call; tests of one process don't share any.
inline std::string NewFolder() {
  static std::atomic<int> count{0};
  const std::string path = absl::StrCat(::testing::TempDir(), "/store-", getpid(), "-", count++);
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

inline StoreLayout OneDir(const std::string& path, int64_t capacity = 1000) {
  return {.tiers = {{.alias = "MEM", .dirs = {{path, capacity, "MEM"}}}}};
}

inline std::unique_ptr<LocalBlockStore> MustStart(LocalBlockStore::Options options) {
  auto store = LocalBlockStore::Start(std::move(options));
  EXPECT_THAT(store, test::IsOk());
  return store.ok() ? *std::move(store) : nullptr;
}

inline BlockPin Put(BlockStore& store, int64_t id, const std::string& content, CreateBlockOptions options = {}) {
  options.session_id = 7;
  options.block_id = id;
  auto temp = store.Create(options);
  EXPECT_THAT(temp, test::IsOk());
  if (!temp.ok()) return nullptr;
  EXPECT_THAT((*temp)->Append(content), test::IsOk());
  auto pin = (*temp)->Commit();
  EXPECT_THAT(pin, test::IsOk());
  store.Confirm(id);
  return pin.ok() ? *std::move(pin) : nullptr;
}

inline std::string Read(BlockStore& store, int64_t id) {
  auto pin = store.Open(id);
  if (!pin.ok()) return pin.status().ToString();
  std::string content((*pin)->length_bytes(), '?');
  EXPECT_THAT((*pin)->ReadAt(0, absl::MakeSpan(content)), test::IsOk());
  return content;
}

inline std::set<std::string> Names(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

inline mode_t ModeOf(const std::string& path) {
  struct stat st;
  return ::stat(path.c_str(), &st) == 0 ? st.st_mode & 07777 : 0;
}

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_BLOCK_BLOCK_STORE_FOR_TEST_H_
