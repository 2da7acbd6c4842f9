#include <vector>

#include "alluxio/worker/tier/eviction_order.h"
#include "alluxio/worker/tier/tier_options.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::worker {
namespace {

using test::StatusIs;
using testing::ElementsAre;
using testing::HasSubstr;

template <typename Order>
std::vector<int64_t> ColdestFirst(const Order& order) {
  std::vector<int64_t> ids;
  order.VisitColdestFirst([&](int64_t id) {
    ids.push_back(id);
    return true;
  });
  return ids;
}

TEST(EvictionOrderTest, LruGoesByTheLastUseAlone) {
  LruOrder order;
  for (const int64_t id : {1, 2, 3, 1, 1, 2}) order.Touch(id);
  EXPECT_THAT(ColdestFirst(order), ElementsAre(3, 1, 2));
  order.Forget(1);
  order.Forget(9);
  EXPECT_THAT(ColdestFirst(order), ElementsAre(3, 2));
}

TEST(EvictionOrderTest, LrfuLetsAnOftenUsedBlockOutliveALaterUseOfAnother) {
  LrfuOrder order;
  for (const int64_t id : {1, 1, 1, 1, 2, 3}) order.Touch(id);
  EXPECT_THAT(ColdestFirst(order), ElementsAre(2, 3, 1));
  for (int i = 0; i < 20; ++i) order.Touch(3);  // but not for ever
  order.Touch(2);
  EXPECT_THAT(ColdestFirst(order), ElementsAre(1, 2, 3));
  order.Forget(2);
  EXPECT_THAT(ColdestFirst(order), ElementsAre(1, 3));
}

absl::StatusOr<StoreLayout> Layout(std::vector<std::pair<std::string, std::string>> properties) {
  absl::StatusOr<conf::Configuration> configuration = conf::Configuration::Create({.system_properties = properties});
  if (!configuration.ok()) return configuration.status();
  return LayoutFrom(*configuration);
}
constexpr char kLevel0[] = "alluxio.worker.tieredstore.level0.";

TEST(TierOptionsTest, TheDefaultIsOneMemFolderOwnedByTheWorker) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const StoreLayout layout, Layout({{"alluxio.worker.ramdisk.size", "3GB"}}));
  ASSERT_EQ(layout.tiers.size(), 1u);
  EXPECT_EQ(layout.tiers[0].alias, "MEM");
  ASSERT_EQ(layout.tiers[0].dirs.size(), 1u);
  EXPECT_EQ(layout.tiers[0].dirs[0].path, "/mnt/ramdisk");
  EXPECT_EQ(layout.tiers[0].dirs[0].capacity_bytes, int64_t{3} << 30);
  EXPECT_EQ(layout.tiers[0].dirs[0].medium_type, "MEM");
  EXPECT_EQ(layout.data_folder, "alluxioworker");
  EXPECT_EQ(layout.tmp_folder, ".tmp_blocks");
  EXPECT_EQ(layout.folder_mode, std::nullopt);
}

TEST(TierOptionsTest, WhoeverNamesASizeMeansIt) {
  const auto is_default = [](std::vector<std::pair<std::string, std::string>> properties) {
    const auto layout = Layout(std::move(properties));
    EXPECT_THAT(layout, test::IsOk());
    return layout.ok() && layout->tiers[0].dirs[0].capacity_is_default;
  };
  EXPECT_TRUE(is_default({}));
  EXPECT_FALSE(is_default({{"alluxio.worker.ramdisk.size", "3GB"}}));
  EXPECT_FALSE(is_default({{"alluxio.worker.memory.size", "3GB"}}));
  EXPECT_FALSE(is_default({{absl::StrCat(kLevel0, "dirs.quota"), "3GB"}}));
}

TEST(TierOptionsTest, ALevelHasManyFoldersAndNeedNotBeMemory) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const StoreLayout layout,
                               Layout({{absl::StrCat(kLevel0, "alias"), "SSD"},
                                       {absl::StrCat(kLevel0, "dirs.path"), "/a/, /b,/c"},
                                       {absl::StrCat(kLevel0, "dirs.quota"), "10GB,1.5g"},
                                       {absl::StrCat(kLevel0, "dirs.mediumtype"), "SSD,HDD"},
                                       {"alluxio.worker.data.folder.permissions", "rwxrwx---"},
                                       {"alluxio.worker.block.annotator.class",
                                        "alluxio.worker.block.annotator.LRFUAnnotator"},
                                       {"alluxio.worker.allocator.class",
                                        "alluxio.worker.block.allocator.RoundRobinAllocator"}}));
  ASSERT_EQ(layout.tiers.size(), 1u);
  EXPECT_EQ(layout.tiers[0].alias, "SSD");
  const std::vector<DirOptions>& dirs = layout.tiers[0].dirs;
  ASSERT_EQ(dirs.size(), 3u);
  EXPECT_EQ(dirs[0].path, "/a");
  EXPECT_EQ(dirs[0].capacity_bytes, int64_t{10} << 30);
  EXPECT_EQ(dirs[2].path, "/c");
  EXPECT_EQ(dirs[2].capacity_bytes, int64_t{3} << 29);
  EXPECT_EQ(dirs[2].medium_type, "HDD");
  EXPECT_EQ(layout.folder_mode, mode_t{01770});
  EXPECT_EQ(layout.order, EvictionOrderKind::kLrfu);
  EXPECT_EQ(layout.allocator, AllocatorKind::kRoundRobin);
}

TEST(TierOptionsTest, ThreeLevelsGoDown) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const StoreLayout layout,
                               Layout({{"alluxio.worker.tieredstore.levels", "2"},
                                       {"alluxio.worker.tieredstore.level1.alias", "HDD"},
                                       {"alluxio.worker.tieredstore.level1.dirs.path", "/disk"},
                                       {"alluxio.worker.tieredstore.level1.dirs.quota", "1TB"}}));
  ASSERT_EQ(layout.tiers.size(), 2u);
  EXPECT_EQ(layout.tiers[1].alias, "HDD");
  EXPECT_EQ(layout.tiers[1].dirs[0].medium_type, "HDD");
}

TEST(TierOptionsTest, WhatCannotBeIsNamedByItsKey) {
  const struct {
    const char* name;
    std::vector<std::pair<std::string, std::string>> properties;
    const char* key;
  } kCases[] = {
      {"no levels", {{"alluxio.worker.tieredstore.levels", "0"}}, "tieredstore.levels"},
      {"alias", {{absl::StrCat(kLevel0, "alias"), "TAPE"}}, "level0.alias"},
      {"folder twice", {{absl::StrCat(kLevel0, "dirs.path"), "/a,/a/"}}, "level0.dirs.path"},
      {"quota", {{absl::StrCat(kLevel0, "dirs.quota"), "much"}}, "level0.dirs.quota"},
      {"turned round",
       {{"alluxio.worker.tieredstore.levels", "2"},
        {absl::StrCat(kLevel0, "alias"), "HDD"},
        {"alluxio.worker.tieredstore.level1.alias", "MEM"},
        {"alluxio.worker.tieredstore.level1.dirs.path", "/m"},
        {"alluxio.worker.tieredstore.level1.dirs.quota", "1GB"}},
       "level1.alias"},
      {"permissions", {{"alluxio.worker.data.folder.permissions", "everybody"}}, "data.folder.permissions"},
      {"pages", {{"alluxio.worker.block.store.type", "PAGE"}}, "block.store.type: PAGE"},
      {"allocator", {{"alluxio.worker.allocator.class", "com.example.Mine"}}, "allocator.class"},
      {"annotator", {{"alluxio.worker.block.annotator.class", "com.example.Mine"}}, "annotator.class"},
      {"tmp folder", {{"alluxio.worker.data.folder.tmp", "a/b"}}, "data.folder.tmp"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(Layout(c.properties),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(c.key), HasSubstr("(from -D on the command line or in the environment)"))));
  }
  // The master may have what is missing here.
  EXPECT_THAT(Layout({{"alluxio.worker.tieredstore.levels", "2"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("level1.alias is not set")));
}

}  // namespace
}  // namespace alluxio::worker
