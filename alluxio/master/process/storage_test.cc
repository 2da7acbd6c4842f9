#include "alluxio/master/process/storage.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "alluxio/base/disk.h"
#include "alluxio/master/process/known_workers.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using ::testing::HasSubstr;
using test::IsOk;
using test::StatusIs;
using Properties = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<StorageOptions> OptionsOf(const Properties& properties) {
  const auto configuration = conf::Configuration().With(properties);
  if (!configuration.ok()) return configuration.status();
  return StorageOptionsOf(*configuration);
}

TEST(StorageTest, KindsFollowTheProperties) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto options, OptionsOf({{"alluxio.master.journal.folder", "/j"},
                                                        {"alluxio.master.metastore.dir", "/m/"},
                                                        {"alluxio.master.embedded.journal.addresses", "a:1"}}));
  EXPECT_EQ(options.journal, StorageOptions::JournalKind::kLocal);
  EXPECT_EQ(options.store, StorageOptions::StoreKind::kRocks);
  EXPECT_EQ(options.journal_folder, "/j");
  EXPECT_EQ(options.metastore_folder, "/m/master");
  EXPECT_EQ(options.known_workers_file, "/m/known_workers");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(options, OptionsOf({{"alluxio.master.journal.type", "UFS"},
                                                   {"alluxio.master.journal.folder", "file:///j"},
                                                   {"alluxio.master.metastore", "HEAP"}}));
  EXPECT_EQ(options.journal, StorageOptions::JournalKind::kLocal);
  EXPECT_EQ(options.store, StorageOptions::StoreKind::kHeap);
  EXPECT_EQ(options.journal_folder, "/j");
}

TEST(StorageTest, WhatIsNotBuiltIsRefusedInOneSentence) {
  const std::pair<Properties, const char*> cases[] = {
      {{{"alluxio.master.embedded.journal.addresses", "a:1,b:1"}}, "names several masters"},
      {{{"alluxio.zookeeper.enabled", "true"}}, "alluxio.zookeeper.enabled=true (from a value set as RUNTIME) is not supported"},
      {{{"alluxio.master.journal.type", "NOOP"}}, "alluxio.master.metastore=HEAP"},
      {{{"alluxio.master.journal.type", "UFS"}, {"alluxio.master.journal.folder", "hdfs://n/j"}},
       "alluxio.master.journal.folder=hdfs://n/j (from a value set as RUNTIME) is not a folder of this machine"},
  };
  for (const auto& [properties, text] : cases) {
    EXPECT_THAT(OptionsOf(properties), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text)));
  }
}

TEST(StorageTest, OpenMakesWhatIsMissingAndFormatDropsWhatIsThere) {
  StorageOptions options;
  const std::string folder = std::string(getenv("TEST_TMPDIR")) + "/storage";
  options.journal_folder = folder + "/a/journal";
  options.metastore_folder = folder + "/b/metastore";
  options.known_workers_file = folder + "/b/known_workers";
  KnownWorkers known(Disk::Posix(), options.known_workers_file);
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const Storage storage, OpenStorage(options));
    EXPECT_EQ(storage.journal->Append("record", [](absl::Status) {}), 1u);
    // In use.
    EXPECT_THAT(FormatStorage(options), StatusIs(absl::StatusCode::kFailedPrecondition));
    ALLUXIO_ASSERT_OK(known.Write(3));
    EXPECT_EQ(known.Read(), 3);
    storage.journal->Close();
  }
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const Storage storage, OpenStorage(options));
    EXPECT_EQ(storage.journal->LastSequence(), 1u);
  }
  ALLUXIO_ASSERT_OK(FormatStorage(options));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Storage storage, OpenStorage(options));
  EXPECT_EQ(storage.journal->LastSequence(), 0u);
  EXPECT_EQ(known.Read(), 0);
}

}  // namespace
}  // namespace alluxio::master
