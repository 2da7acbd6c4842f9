#include "alluxio/client/file/status_cache.h"

#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::client {
namespace {

UriStatus File(const std::string& path, int64_t id = 1) {
  UriStatus status;
  status.path = path;
  status.file_id = id;
  status.completed = true;
  return status;
}

TEST(StatusCacheTest, KeepsAFileUntilItIsTooOld) {
  test::FakeClock clock;
  StatusCache cache(10, absl::Minutes(10), &clock);
  cache.Put(File("/a", 7));
  clock.Advance(absl::Minutes(9));
  ASSERT_TRUE(cache.Get("/a"));
  EXPECT_EQ(cache.Get("/a")->file_id, 7);
  clock.Advance(absl::Minutes(1));
  EXPECT_FALSE(cache.Get("/a"));
}

TEST(StatusCacheTest, TheEntryUsedLongestAgoMakesRoom) {
  test::FakeClock clock;
  StatusCache cache(2, absl::Minutes(10), &clock);
  cache.Put(File("/a"));
  cache.Put(File("/b"));
  ASSERT_TRUE(cache.Get("/a"));
  cache.Put(File("/c"));
  EXPECT_TRUE(cache.Get("/a"));
  EXPECT_FALSE(cache.Get("/b"));
  EXPECT_TRUE(cache.Get("/c"));
}

TEST(StatusCacheTest, ForgetsAPathAndWhatIsBelowIt) {
  test::FakeClock clock;
  StatusCache cache(10, absl::Minutes(10), &clock);
  for (const char* path : {"/d", "/d/x", "/d/y/z", "/d2", "/d!"}) cache.Put(File(path));
  cache.Forget("/d");
  EXPECT_FALSE(cache.Get("/d"));
  EXPECT_FALSE(cache.Get("/d/x"));
  EXPECT_FALSE(cache.Get("/d/y/z"));
  EXPECT_TRUE(cache.Get("/d2"));
  EXPECT_TRUE(cache.Get("/d!"));
  cache.Forget("/");
  EXPECT_FALSE(cache.Get("/d2"));
}

TEST(StatusCacheTest, DirectoriesAndIncompleteFilesAreNotKept) {
  test::FakeClock clock;
  StatusCache cache(10, absl::Minutes(10), &clock);
  UriStatus folder = File("/d");
  folder.folder = true;
  cache.Put(folder);
  UriStatus incomplete = File("/i");
  incomplete.completed = false;
  cache.Put(incomplete);
  EXPECT_FALSE(cache.Get("/d"));
  EXPECT_FALSE(cache.Get("/i"));
}

}  // namespace
}  // namespace alluxio::client
