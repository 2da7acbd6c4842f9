#include "alluxio/worker/block/local_block_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>
#include <utility>

#include "alluxio/worker/block/block_store_for_test.h"
#include "testing/conformance/block_store_conformance.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

// A store whose folder goes with it.
test::BlockStoreUnderTest Stepped(EvictionOrderKind order, AllocatorKind allocator) {
  LocalBlockStore::Options options{.layout = OneDir(NewFolder()), .stepped = true};
  options.layout.order = order;
  options.layout.allocator = allocator;
  std::unique_ptr<LocalBlockStore> store = MustStart(std::move(options));
  LocalBlockStore* const raw = store.get();
  return {.store = std::move(store), .settle = [raw] { raw->SealRound(); }};
}

}  // namespace
}  // namespace alluxio::worker

namespace alluxio::test {
using worker::AllocatorKind;
using worker::EvictionOrderKind;
INSTANTIATE_TEST_SUITE_P(
    Local, BlockStoreConformanceTest,
    testing::Values([] { return worker::Stepped(EvictionOrderKind::kLru, AllocatorKind::kMaxFree); },
                    [] { return worker::Stepped(EvictionOrderKind::kLru, AllocatorKind::kRoundRobin); }));
}  // namespace alluxio::test

namespace alluxio::worker {
namespace {

TEST(LocalBlockStoreTest, FilesLieWhereTheOriginalHasThem) {
  const std::string path = NewFolder();
  auto store = MustStart({.layout = OneDir(path), .stepped = true});
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp,
                                 store->Create({.session_id = 0x1234abc, .block_id = 16777216, .client_writes = true}));
    EXPECT_EQ(temp->path(), absl::StrCat(path, "/alluxioworker/.tmp_blocks/", 0x1234abc % 1024, "/1234abc-16777216"));
    EXPECT_TRUE(fs::is_empty(temp->path()));
    // Others may write the file they are told, and see no other.
    EXPECT_EQ(ModeOf(temp->path()), 0666);
    EXPECT_EQ(ModeOf(fs::path(temp->path()).parent_path()), 0711);
    std::ofstream(temp->path()) << "content";
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const BlockPin pin, temp->Commit());
    EXPECT_FALSE(fs::exists(temp->path()));
    EXPECT_EQ(pin->path(), path + "/alluxioworker/16777216");
  }
  EXPECT_EQ(ModeOf(path + "/alluxioworker/16777216"), 01444) << "not to be mapped by clients yet";
  EXPECT_EQ(store->SealRound(), 0);
  EXPECT_EQ(ModeOf(path + "/alluxioworker/16777216"), 0444);
  EXPECT_EQ(ModeOf(path + "/alluxioworker"), 0711);
  store.reset();
  StoreLayout open = OneDir(path);
  open.folder_mode = 01777;
  store = MustStart({.layout = open, .stepped = true});
  EXPECT_EQ(ModeOf(path + "/alluxioworker"), 01777);
}

TEST(LocalBlockStoreTest, AGuardedFileIsReadableByOthersOnceTheMasterSaidSo) {
  test::FakeClock clock;
  const std::string path = NewFolder();
  const std::string file = path + "/alluxioworker/1";
  auto store = MustStart({.layout = OneDir(path), .clock = &clock, .guard_files = true, .stepped = true});
  EXPECT_FALSE(Put(*store, 1, "content")->readable_by_all());
  EXPECT_EQ(ModeOf(file), 0400);
  store->SetReadableByAll(1, true);
  EXPECT_EQ(ModeOf(file), 0444);
  EXPECT_TRUE((*store->Open(1))->readable_by_all());
  store->SetReadableByAll(99, true);  // not here, or gone meanwhile

  // A block that is sealed by a copy keeps what was said of it.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store->Create({.session_id = 7, .block_id = 2, .client_writes = true}));
  std::ofstream writer(temp->path());
  writer << "held" << std::flush;
  ALLUXIO_ASSERT_OK(temp->Commit());
  store->SetReadableByAll(2, true);
  clock.Advance(absl::Seconds(2));
  EXPECT_EQ(store->SealRound(), 0);
  EXPECT_EQ(ModeOf(path + "/alluxioworker/2"), 0444);

  store->SetReadableByAll(1, false);
  EXPECT_EQ(ModeOf(file), 0400);
  EXPECT_EQ(Read(*store, 1), "content");
  // The modes outlive the worker, and go where the user opens the folders.
  store.reset();
  store = MustStart({.layout = OneDir(path), .guard_files = true, .stepped = true});
  EXPECT_FALSE((*store->Open(1))->readable_by_all());
  EXPECT_TRUE((*store->Open(2))->readable_by_all());
  store.reset();
  store = MustStart({.layout = OneDir(path), .stepped = true});
  EXPECT_TRUE((*store->Open(1))->readable_by_all());
  EXPECT_EQ(ModeOf(file), 0444);
}

TEST(LocalBlockStoreTest, AWriterThatNeverClosesIsOutlivedByACopy) {
  test::FakeClock clock;
  const std::string path = NewFolder();
  auto store = MustStart({.layout = OneDir(path), .clock = &clock, .stepped = true});
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store->Create({.session_id = 7, .block_id = 1, .client_writes = true}));
  std::ofstream writer(temp->path());
  writer << "original" << std::flush;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(BlockPin pin, temp->Commit());
  EXPECT_EQ(store->SealRound(), 1);
  clock.Advance(absl::Seconds(2));
  EXPECT_EQ(store->SealRound(), 0);
  writer.seekp(0);
  writer << "forged!!" << std::flush;  // changes what it holds, and nobody reads that any more
  EXPECT_EQ(Read(*store, 1), "original");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const BlockPin fresh, store->Open(1));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view view, fresh->Map());
  EXPECT_EQ(view, "original");
  EXPECT_EQ(store->Usage()[0].used_bytes, 16);  // the old one is pinned still
  pin.reset();
  EXPECT_EQ(store->Usage()[0].used_bytes, 8);
}

TEST(LocalBlockStoreTest, ABlockThatItsWriterChangedAfterTheCommitIsDropped) {
  const std::string path = NewFolder();
  auto store = MustStart({.layout = OneDir(path), .stepped = true});
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store->Create({.session_id = 7, .block_id = 1, .client_writes = true}));
  std::ofstream writer(temp->path());
  writer << "12345" << std::flush;
  ALLUXIO_ASSERT_OK(temp->Commit());
  writer << "6" << std::flush;
  writer.close();
  EXPECT_EQ(store->SealRound(), 0);
  EXPECT_FALSE(store->Contains(1));
}

TEST(LocalBlockStoreTest, ARestartFindsCommittedBlocksAndRemovesTheRest) {
  const std::string path = NewFolder();
  const std::string folder = path + "/alluxioworker";
  auto store = MustStart({.layout = OneDir(path), .stepped = true});
  BlockPin held = Put(*store, 1, "kept");
  Put(*store, 2, "cut short");
  Put(*store, 3, "removed");
  Put(*store, 4, "pinned on creation", {.pin_on_create = true});
  ALLUXIO_ASSERT_OK(store->Remove(3));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store->Create({.session_id = 9, .block_id = 5, .client_writes = true}));
  const std::string temp_path = temp->path();
  temp.reset();
  store.reset();
  std::ofstream(temp_path) << "left by a kill";
  fs::permissions(folder + "/2", fs::perms::owner_write, fs::perm_options::add);
  fs::resize_file(folder + "/2", 3);
  std::ofstream(folder + "/77") << "not in the index";
  std::ofstream(folder + "/notes.txt") << "not a block's name";
  fs::create_symlink("/etc/passwd", folder + "/78");

  // A handle of the old store lives on and doesn't lock the new one out.
  store = MustStart({.layout = OneDir(path), .stepped = true});
  EXPECT_EQ(store->recovered().blocks, 2);
  EXPECT_EQ(store->recovered().bytes, 22);
  EXPECT_EQ(store->recovered().files_removed, 4);
  EXPECT_THAT(Names(folder), testing::ElementsAre(".block_index", ".recycled", ".tmp_blocks", "1", "4", "notes.txt"));
  EXPECT_FALSE(fs::exists(temp_path));
  EXPECT_EQ(store->Usage()[0].used_bytes, 22);
  EXPECT_EQ(Read(*store, 1), "kept");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const BlockPin pin, store->Open(1));
  EXPECT_THAT(pin->Map(), IsOk());
  EXPECT_THAT(held->Map(), IsOk());
  const auto all = store->TakeAllForReport();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].block_ids, testing::ElementsAre(1, 4));
}

// A loss of power may leave a block's name and length, but not its bytes.
TEST(LocalBlockStoreTest, ABlockThatLostItsBytesIsNotFoundAgain) {
  const std::string path = NewFolder();
  const std::string folder = path + "/alluxioworker";
  auto store = MustStart({.layout = OneDir(path, 1 << 20), .stepped = true});
  Put(*store, 1, std::string(20'000, 'x'));
  Put(*store, 2, std::string(20'000, 'x'));
  Put(*store, 3, std::string(20'000, 'x'), {.fixed_length_bytes = 20'000});
  Put(*store, 4, "");
  store.reset();
  fs::permissions(folder + "/2", fs::perms::owner_write, fs::perm_options::add);
  fs::resize_file(folder + "/2", 8192);
  fs::resize_file(folder + "/2", 20'000);
  store = MustStart({.layout = OneDir(path, 1 << 20), .stepped = true});
  EXPECT_EQ(Read(*store, 1), std::string(20'000, 'x'));
  EXPECT_FALSE(store->Contains(2));
  EXPECT_FALSE(fs::exists(folder + "/2"));
  EXPECT_EQ(Read(*store, 3), std::string(20'000, 'x'));
  EXPECT_TRUE(store->Contains(4));
}

TEST(LocalBlockStoreTest, FoundBlocksStayUntilTheMasterSaysWhatIsPinned) {
  const std::string path = NewFolder();
  auto store = MustStart({.layout = OneDir(path), .stepped = true});
  Put(*store, int64_t{1} << 24, std::string(400, 'x'));
  Put(*store, int64_t{2} << 24, std::string(400, 'y'));
  store = nullptr;
  store = MustStart({.layout = OneDir(path), .stepped = true});
  EXPECT_THAT(store->Open(int64_t{1} << 24), IsOk());
  EXPECT_EQ(store->EvictAll(), 0);
  store->SetPinnedFiles({FileIdOf(int64_t{2} << 24)});
  EXPECT_EQ(store->EvictAll(), 1);
  EXPECT_TRUE(store->Contains(int64_t{2} << 24));
}

TEST(LocalBlockStoreTest, EvictionsAreCounted) {
  int64_t evicted = 0;
  auto store = MustStart(
      {.layout = OneDir(NewFolder()), .stepped = true, .on_evicted = [&evicted](int64_t n) { evicted += n; }});
  for (int64_t id = 1; id <= 5; ++id) Put(*store, id, std::string(300, 'x'));
  EXPECT_EQ(evicted, 2);
  EXPECT_EQ(store->num_blocks(), 3);
}

TEST(LocalBlockStoreTest, PinOnCreateEndsAfterItsGraceWhenTheFileNeverCompletes) {
  test::FakeClock clock;
  auto store = MustStart({.layout = OneDir(NewFolder()), .clock = &clock, .stepped = true});
  Put(*store, 1, "x", {.pin_on_create = true});
  clock.Advance(absl::Minutes(9));
  store->SetPinnedFiles({});
  EXPECT_EQ(store->EvictAll(), 0);
  clock.Advance(absl::Minutes(2));
  store->SetPinnedFiles({});
  EXPECT_EQ(store->EvictAll(), 1);
}

TEST(LocalBlockStoreTest, KilledAtAnyMomentItKeepsWhatWasCommittedAndNothingElse) {
  const std::string path = NewFolder();
  for (int round = 0; round < 5; ++round) {
    int pipe_fd[2];
    ASSERT_EQ(::pipe(pipe_fd), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe_fd[0]);
      auto store = MustStart({.layout = OneDir(path, 1 << 20), .stepped = true});
      for (int64_t id = 0; id < 1'000'000; ++id) {
        const int64_t block = round * 1'000'000 + id % 500;
        if (store->Contains(block)) {
          store->Remove(block).IgnoreError();
          continue;
        }
        Put(*store, block, absl::StrCat("block ", block));
        if (::write(pipe_fd[1], &block, sizeof(block)) != sizeof(block)) ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(pipe_fd[1]);
    std::set<int64_t> committed;
    int64_t block = 0;
    for (int i = 0; i < 50 + round * 131; ++i) {
      ASSERT_EQ(::read(pipe_fd[0], &block, sizeof(block)), ssize_t{sizeof(block)});
      committed.insert(block);
    }
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(pipe_fd[0]);

    auto store = MustStart({.layout = OneDir(path, 1 << 20), .stepped = true});
    int64_t used = 0;
    for (const BlockSummary& summary : store->List(-1, 1'000'000)) {
      EXPECT_EQ(Read(*store, summary.block_id), absl::StrCat("block ", summary.block_id));
      used += summary.length_bytes;
    }
    EXPECT_EQ(store->Usage()[0].used_bytes, used);
    EXPECT_GE(store->num_blocks(), static_cast<int64_t>(committed.size()) - 500);
    if (round == 0) {  // no removals yet: all that was acknowledged is there
      for (const int64_t id : committed) EXPECT_TRUE(store->Contains(id)) << id;
    }
  }
}

TEST(LocalBlockStoreTest, TheIndexDoesNotGrowWithTheNumberOfWrites) {
  const std::string path = NewFolder();
  auto store = MustStart({.layout = OneDir(path), .stepped = true});
  for (int i = 0; i < 5000; ++i) {
    Put(*store, 1, "again");
    ALLUXIO_ASSERT_OK(store->Remove(1));
  }
  Put(*store, 2, "stays");
  store->SealRound();
  EXPECT_LT(fs::file_size(path + "/alluxioworker/.block_index"), 200u);
  Put(*store, 3, "after");
  store.reset();
  store = MustStart({.layout = OneDir(path), .stepped = true});
  EXPECT_EQ(store->num_blocks(), 2);
}

StoreLayout TwoTiers(const std::string& path) {
  return {.tiers = {{.alias = "MEM", .dirs = {{path + "/mem", 100, "MEM"}}},
                    {.alias = "SSD", .dirs = {{path + "/ssd1", 100, "SSD"}, {path + "/ssd2", 200, "SSD"}}}}};
}

TEST(LocalBlockStoreTest, BlocksGoToTheTierAskedForAndSpillDownWhenItIsFull) {
  const std::string path = NewFolder();
  auto store = MustStart({.layout = TwoTiers(path), .stepped = true});
  EXPECT_EQ(Put(*store, 1, std::string(80, 'x'), {.tier = 0})->place(), (BlockPlace{"MEM", "MEM"}));
  EXPECT_EQ(Put(*store, 2, std::string(80, 'x'), {.tier = 0, .reserve_bytes = 80})->place(), (BlockPlace{"SSD", "SSD"}));
  EXPECT_EQ(Put(*store, 3, "x", {.tier = 1})->place().tier_alias, "SSD");
  EXPECT_EQ(Put(*store, 4, "x", {.medium_type = "SSD"})->place().tier_alias, "SSD");
  EXPECT_TRUE(store->Contains(1));
  const auto usage = store->Usage();
  ASSERT_EQ(usage.size(), 2u);
  EXPECT_EQ(usage[0].used_bytes, 80);
  EXPECT_EQ(usage[1].used_bytes, 82);
  EXPECT_EQ(usage[1].capacity_bytes, 300);
}

TEST(LocalBlockStoreTest, ABlockMovesUnlessItIsInUse) {
  const std::string path = NewFolder();
  int promoted = 0;
  auto store = MustStart({.layout = TwoTiers(path), .stepped = true, .on_promoted = [&promoted] { ++promoted; }});
  BlockPin pin = Put(*store, 1, "moving", {.tier = 1});
  store->TakeDelta();
  EXPECT_THAT(store->Move(1, 0, ""), StatusIs(absl::StatusCode::kFailedPrecondition));
  pin.reset();
  EXPECT_THAT(store->Move(1, 7, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(store->Move(2, 0, ""), StatusIs(absl::StatusCode::kNotFound));
  ALLUXIO_ASSERT_OK(store->Move(1, 0, ""));
  EXPECT_EQ(Read(*store, 1), "moving");
  EXPECT_TRUE(fs::exists(path + "/mem/alluxioworker/1"));
  EXPECT_EQ(store->Usage()[0].used_bytes, 6);
  EXPECT_EQ(store->Usage()[1].used_bytes, 0);
  const BlockDelta delta = store->TakeDelta();
  ASSERT_EQ(delta.added.size(), 1u);
  EXPECT_EQ(delta.added[0].place.tier_alias, "MEM");
  ALLUXIO_ASSERT_OK(store->Move(1, kAnyTier, "SSD"));
  EXPECT_EQ(store->Usage()[0].used_bytes, 0);
  EXPECT_EQ(promoted, 1);
  store.reset();
  store = MustStart({.layout = TwoTiers(path), .stepped = true});
  EXPECT_EQ(Read(*store, 1), "moving");
}

TEST(LocalBlockStoreTest, AFolderThatVanishesIsLostWithItsBlocks) {
  const std::string path = NewFolder();
  int64_t lost = 0;
  auto store = MustStart({.layout = {.tiers = {{.alias = "SSD", .dirs = {{path + "/a", 100, "SSD"}, {path + "/b", 90, "SSD"}}}}},
                          .stepped = true,
                          .on_lost = [&lost](int64_t blocks) { lost += blocks; }});
  Put(*store, 1, "in a");
  Put(*store, 2, std::string(95, 'x'));  // a is full but for a byte
  BlockPin held = *store->Open(1);
  Put(*store, 3, "in b");
  store->TakeDelta();
  store->CheckStorage();
  EXPECT_EQ(store->num_blocks(), 3);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store->Create({.session_id = 7, .block_id = 4, .reserve_bytes = 1}));

  fs::remove_all(held->path().substr(0, held->path().rfind("/alluxioworker")));
  const bool a_is_lost = !fs::exists(path + "/a");
  store->CheckStorage();
  EXPECT_FALSE(store->Contains(1));
  EXPECT_EQ(lost, 3 - store->num_blocks());
  BlockDelta delta = store->TakeDelta();
  ASSERT_EQ(delta.lost_storage.size(), 1u);
  EXPECT_EQ(delta.lost_storage[0], std::pair(std::string("SSD"), path + (a_is_lost ? "/a" : "/b")));
  EXPECT_THAT(delta.removed, testing::Contains(1));
  EXPECT_EQ(store->Usage()[0].dirs.size(), 1u);
  EXPECT_EQ(store->Usage()[0].capacity_bytes, a_is_lost ? 90 : 100);
  std::string bytes(4, '?');
  ALLUXIO_ASSERT_OK(held->ReadAt(0, absl::MakeSpan(bytes)));  // who has it open has it
  EXPECT_EQ(bytes, "in a");
  held.reset();

  // A report that is lost is made again; nothing else goes there.
  store->ReturnDelta(delta);
  EXPECT_EQ(store->TakeDelta().lost_storage, delta.lost_storage);
  EXPECT_THAT(store->TakeDelta().lost_storage, testing::IsEmpty());
  EXPECT_EQ(store->LostStorage(), delta.lost_storage);
  EXPECT_NE(Put(*store, 5, "in the other one"), nullptr);
  EXPECT_EQ(Read(*store, 5), "in the other one");
  temp.reset();
  fs::remove_all(path + "/a");
  fs::remove_all(path + "/b");
  store->CheckStorage();
  EXPECT_EQ(store->num_blocks(), 0);
  EXPECT_THAT(store->Create({.session_id = 7, .block_id = 6}), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(LocalBlockStoreTest, AFolderThatCannotBeUsedIsNamedWithUserAndMode) {
  const std::string path = NewFolder();
  std::ofstream(path + "/file") << "x";
  EXPECT_THAT(LocalBlockStore::Start({.layout = OneDir(path + "/file"), .stepped = true}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::AllOf(testing::HasSubstr(path + "/file"), testing::HasSubstr("runs as"),
                                      testing::HasSubstr("mode"))));
  EXPECT_THAT(LocalBlockStore::Start({.layout = OneDir("relative"), .stepped = true}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  auto store = MustStart({.layout = OneDir(path), .stepped = true});
  EXPECT_THAT(LocalBlockStore::Start({.layout = OneDir(path), .stepped = true}),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("another worker")));
}

}  // namespace
}  // namespace alluxio::worker
