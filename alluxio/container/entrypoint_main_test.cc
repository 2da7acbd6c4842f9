#include "alluxio/container/entrypoint_main.h"

#include <gtest/gtest.h>

#include "testing/matchers/status_matchers.h"

namespace alluxio::container {
namespace {

constexpr int64_t kMb = 1 << 20;

TEST(CheckMemoryTest, NamesBothSizesAndTheFlag) {
  std::vector<std::string> notes;
  const absl::Status status = CheckMemory(
      {{.path = "/dev/shm", .wanted_bytes = 1024 * kMb, .in_memory = true, .size_bytes = 64 * kMb}}, std::nullopt, &notes);
  EXPECT_EQ(status.message(),
            "/dev/shm has 64.00MB but the worker shall keep 1024.00MB there: add --shm-size=1024M to docker run, or give "
            "less as ALLUXIO_WORKER_MEMORY_SIZE");
}

TEST(CheckMemoryTest, BelievesWhatDoesNotSayItsSizeAndDisks) {
  std::vector<std::string> notes;
  EXPECT_TRUE(CheckMemory({{.path = "/ram", .wanted_bytes = 1024 * kMb, .in_memory = true, .size_bytes = 0},
                           {.path = "/disk", .wanted_bytes = 1024 * kMb, .in_memory = false, .size_bytes = 1}},
                          2048 * kMb, &notes)
                  .ok());
  EXPECT_TRUE(notes.empty());
}

TEST(CheckMemoryTest, WarnsOfATightLimit) {
  std::vector<std::string> notes;
  EXPECT_TRUE(
      CheckMemory({{.path = "/ram", .wanted_bytes = 100 * kMb, .in_memory = true, .size_bytes = 0}}, 163 * kMb, &notes).ok());
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("--memory=164M"), std::string::npos) << notes[0];
}

}  // namespace
}  // namespace alluxio::container
