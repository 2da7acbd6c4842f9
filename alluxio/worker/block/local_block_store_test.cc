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

#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "testing/conformance/block_store_conformance.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

// Test folders lie on a disk, which each store says of its MEM tier.
[[maybe_unused]] const bool kQuiet = (SetLogLevel(LogLevel::kError), true);

// A folder of its own for each call; tests of one process don't share any.
std::string NewFolder() {
  static std::atomic<int> count{0};
  const std::string path = absl::StrCat(testing::TempDir(), "/store-", getpid(), "-", count++);
  fs::remove_all(path);
  fs::create_directories(path);
  return path;
}

StoreLayout OneDir(const std::string& path, int64_t capacity = 1000) {
  return {.tiers = {{.alias = "MEM", .dirs = {{path, capacity, "MEM"}}}}};
}

std::unique_ptr<LocalBlockStore> MustStart(LocalBlockStore::Options options) {
  auto store = LocalBlockStore::Start(std::move(options));
  EXPECT_THAT(store, IsOk());
  return store.ok() ? *std::move(store) : nullptr;
}

BlockPin Put(BlockStore& store, int64_t id, const std::string& content, CreateBlockOptions options = {}) {
  options.session_id = 7;
  options.block_id = id;
  auto temp = store.Create(options);
  EXPECT_THAT(temp, IsOk());
  if (!temp.ok()) return nullptr;
  EXPECT_THAT((*temp)->Append(content), IsOk());
  auto pin = (*temp)->Commit();
  EXPECT_THAT(pin, IsOk());
  store.Confirm(id);
  return pin.ok() ? *std::move(pin) : nullptr;
}

std::string Read(BlockStore& store, int64_t id) {
  auto pin = store.Open(id);
  if (!pin.ok()) return pin.status().ToString();
  std::string content((*pin)->length_bytes(), '?');
  EXPECT_THAT((*pin)->ReadAt(0, absl::MakeSpan(content)), IsOk());
  return content;
}

std::set<std::string> Names(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

mode_t ModeOf(const std::string& path) {
  struct stat st;
  return ::stat(path.c_str(), &st) == 0 ? st.st_mode & 07777 : 0;
}

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

// A store on a memory file system, with blocks of 1 MiB, and its folder.
class RecyclingTest : public testing::Test {
 protected:
  static constexpr int64_t kSize = 1 << 20;

  RecyclingTest() { Restart(); }
  ~RecyclingTest() override {
    store_.reset();
    fs::remove_all(path_);
  }
  void Restart(int64_t blocks = 8) {
    store_.reset();
    fs::create_directories(path_);
    store_ = MustStart({.layout = OneDir(path_, blocks * kSize), .stepped = true});
  }
  std::string File(int64_t id) const { return absl::StrCat(path_, "/alluxioworker/", id); }
  static ino_t InodeOf(const std::string& file) {
    struct stat st;
    return ::stat(file.c_str(), &st) == 0 ? st.st_ino : 0;
  }
  // Puts a block of 'a' and removes it. Its file's inode.
  ino_t PutAndRemove(int64_t id = 1) {
    Put(*store_, id, std::string(kSize, 'a'));
    const ino_t inode = InodeOf(File(id));
    EXPECT_THAT(store_->Remove(id), IsOk());
    return inode;
  }
  size_t Kept() const { return Names(path_ + "/alluxioworker/.recycled").size(); }

  const std::string path_ = absl::StrCat("/dev/shm/alluxio-recycling-", getpid());
  std::unique_ptr<LocalBlockStore> store_;
};

TEST_F(RecyclingTest, TheNextBlockThatTheWorkerFillsGetsThePagesOfARemovedOne) {
  ino_t inode = PutAndRemove();
  EXPECT_EQ(Kept(), 1u);
  EXPECT_EQ(store_->Usage()[0].used_bytes, 0);
  // Shorter, and appended: nothing of the old block is left.
  Put(*store_, 2, std::string(kSize - 5, 'b'), {.reserve_bytes = kSize});
  EXPECT_EQ(InodeOf(File(2)), inode);
  EXPECT_EQ(ModeOf(File(2)), 0444);
  EXPECT_EQ(Read(*store_, 2), std::string(kSize - 5, 'b'));
  EXPECT_EQ(fs::file_size(File(2)), static_cast<size_t>(kSize - 5));
  EXPECT_EQ(Kept(), 0u);
  // Longer, and in ranges.
  inode = PutAndRemove(3);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp,
                               store_->Create({.session_id = 7, .block_id = 4, .fixed_length_bytes = 2 * kSize}));
  ALLUXIO_ASSERT_OK(temp->WriteAt(kSize, std::string(kSize, 'd')));
  ALLUXIO_ASSERT_OK(temp->WriteAt(0, std::string(kSize, 'c')));
  EXPECT_EQ(InodeOf(temp->path()), inode);
  EXPECT_EQ(ModeOf(temp->path()), 0600);
  ALLUXIO_ASSERT_OK(temp->Commit());
  EXPECT_EQ(Read(*store_, 4), std::string(kSize, 'c') + std::string(kSize, 'd'));
}

TEST_F(RecyclingTest, WhoeverHoldsTheOldFileKeepsItsBytes) {
  Put(*store_, 1, std::string(kSize, 'a'));
  const int fd = ::open(File(1).c_str(), O_RDONLY);
  ALLUXIO_ASSERT_OK(store_->Remove(1));
  EXPECT_EQ(Kept(), 0u);

  Put(*store_, 2, std::string(kSize, 'b'));
  const int mapped = ::open(File(2).c_str(), O_RDONLY);
  auto* const bytes = static_cast<const char*>(::mmap(nullptr, kSize, PROT_READ, MAP_SHARED, mapped, 0));
  ::close(mapped);
  ALLUXIO_ASSERT_OK(store_->Remove(2));
  EXPECT_EQ(Kept(), 0u);

  Put(*store_, 3, std::string(kSize, 'c'));
  fs::create_hard_link(File(3), path_ + "/link");
  ALLUXIO_ASSERT_OK(store_->Remove(3));
  EXPECT_EQ(Kept(), 0u);

  BlockPin pin = Put(*store_, 4, std::string(kSize, 'd'));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view view, pin->Map());
  ALLUXIO_ASSERT_OK(store_->Remove(4));
  EXPECT_EQ(Kept(), 0u);

  Put(*store_, 5, std::string(kSize, 'e'));
  char byte = 0;
  EXPECT_EQ(::pread(fd, &byte, 1, 100), 1);
  EXPECT_EQ(byte, 'a');
  EXPECT_EQ(bytes[100], 'b');
  std::ifstream(path_ + "/link").read(&byte, 1);
  EXPECT_EQ(byte, 'c');
  EXPECT_EQ(view[100], 'd');
  ::munmap(const_cast<char*>(bytes), kSize);
  ::close(fd);
}

TEST_F(RecyclingTest, AKeptFileThatSomebodyGotHoldOfIsNotUsed) {
  const ino_t inode = PutAndRemove();
  const std::string kept = path_ + "/alluxioworker/.recycled/" + *Names(path_ + "/alluxioworker/.recycled").begin();
  EXPECT_EQ(ModeOf(kept), 0600);
  EXPECT_EQ(ModeOf(path_ + "/alluxioworker/.recycled"), 0700);
  const int fd = ::open(kept.c_str(), O_RDONLY);  // as root may
  Put(*store_, 2, std::string(kSize, 'b'), {.reserve_bytes = kSize});
  EXPECT_NE(InodeOf(File(2)), inode);
  EXPECT_EQ(Kept(), 0u);
  ::close(fd);
}

TEST_F(RecyclingTest, AClientGetsAnEmptyFileAndAGapIsNeverCommitted) {
  PutAndRemove();
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(
        auto temp, store_->Create({.session_id = 7, .block_id = 2, .reserve_bytes = kSize, .client_writes = true}));
    EXPECT_EQ(fs::file_size(temp->path()), 0u);
  }
  EXPECT_EQ(Kept(), 1u);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp,
                               store_->Create({.session_id = 7, .block_id = 3, .fixed_length_bytes = kSize}));
  ALLUXIO_ASSERT_OK(temp->WriteAt(0, std::string(kSize - 1, 'x')));
  EXPECT_THAT(temp->Commit(), StatusIs(absl::StatusCode::kInternal));
  temp.reset();
  EXPECT_FALSE(store_->Contains(3));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto other, store_->Create({.session_id = 7, .block_id = 4, .reserve_bytes = kSize}));
  ALLUXIO_ASSERT_OK(other->Append("new"));
  std::string read(10, '?');
  EXPECT_THAT(other->ReadAt(0, absl::MakeSpan(read)), test::IsOkAndHolds(3u));
}

TEST_F(RecyclingTest, KeptFilesGoWhenTheirRoomIsNeededAndWithTheStore) {
  const std::string content(kSize, 'x');
  for (int64_t id = 1; id <= 8; ++id) Put(*store_, id, content);
  for (int64_t id = 1; id <= 4; ++id) ALLUXIO_ASSERT_OK(store_->Remove(id));
  EXPECT_EQ(Kept(), 2u);  // a quarter of the room
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(
        auto temp, store_->Create({.session_id = 7, .block_id = 20, .reserve_bytes = 3 * kSize, .client_writes = true}));
    EXPECT_EQ(Kept(), 1u);
    ALLUXIO_ASSERT_OK(temp->Reserve(kSize));
    EXPECT_EQ(Kept(), 0u);
  }
  // A full directory: what is evicted is what the next block is filled into.
  for (int64_t id = 11; id <= 14; ++id) Put(*store_, id, content, {.reserve_bytes = kSize});
  const ino_t oldest = InodeOf(File(5));
  Put(*store_, 15, content, {.reserve_bytes = kSize});
  EXPECT_EQ(InodeOf(File(15)), oldest);
  EXPECT_EQ(store_->Usage()[0].used_bytes, 8 * kSize);
  ALLUXIO_ASSERT_OK(store_->Remove(15));
  EXPECT_EQ(Kept(), 1u);
  store_.reset();
  EXPECT_EQ(Kept(), 0u);
  std::ofstream(path_ + "/alluxioworker/.recycled/7") << "of a worker that was killed";
  Restart();
  EXPECT_EQ(Kept(), 0u);
  EXPECT_EQ(store_->num_blocks(), 7);
}

TEST_F(RecyclingTest, WithoutAFolderOfItsOwnForThemNothingIsKept) {
  store_.reset();
  fs::remove(path_ + "/alluxioworker/.recycled");
  std::ofstream(path_ + "/alluxioworker/.recycled") << "somebody else's";
  Restart();
  ASSERT_NE(store_, nullptr);
  PutAndRemove();
  EXPECT_FALSE(fs::exists(File(1)));
  EXPECT_NE(Put(*store_, 2, std::string(kSize, 'b'), {.reserve_bytes = kSize}), nullptr);
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
  auto store = MustStart({.layout = TwoTiers(path), .stepped = true});
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
  store.reset();
  store = MustStart({.layout = TwoTiers(path), .stepped = true});
  EXPECT_EQ(Read(*store, 1), "moving");
}

TEST(LocalBlockStoreTest, AMemoryFileSystemSmallerThanItsQuotaStopsTheStartIfSomebodyAskedForThat) {
  const std::string path = absl::StrCat("/dev/shm/alluxio-test-", getpid());
  fs::create_directories(path);
  const auto size = static_cast<int64_t>(fs::space(path).capacity);
  StoreLayout layout = OneDir(path, int64_t{1} << 50);
  const absl::Status status = LocalBlockStore::Start({.layout = layout, .stepped = true}).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition,
                               AllOf(HasSubstr(path), HasSubstr(absl::StrCat(size, " bytes")),
                                     HasSubstr("1125899906842624 bytes"), HasSubstr("--shm-size"),
                                     HasSubstr("alluxio.worker.ramdisk.size"))));
  EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
  // The whole of it may be asked for, and the default fits itself in.
  EXPECT_NE(MustStart({.layout = OneDir(path, size), .stepped = true}), nullptr);
  layout.tiers[0].dirs[0].capacity_is_default = true;
  auto store = MustStart({.layout = layout, .stepped = true});
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->Usage()[0].capacity_bytes, size);
  store.reset();
  fs::remove_all(path);
}

// A machine whose storage folders all lie on one memory file system of that size.
class OneMemoryIo final : public StorageIo {
 public:
  explicit OneMemoryIo(int64_t size) : size_(size) {}
  absl::StatusOr<FileSystem> FileSystemOf(int) override {
    return FileSystem{.in_memory = true, .size_bytes = size_, .device = 1};
  }

 private:
  const int64_t size_;
};

TEST(LocalBlockStoreTest, FoldersOnOneMemoryFileSystemShareItsSize) {
  const std::string path = NewFolder();
  OneMemoryIo io(1000);
  const auto start = [&](int64_t first, int64_t second, bool second_is_default) {
    return LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM",
                               .dirs = {{path + "/a", first, "MEM"}, {path + "/b", second, "MEM", second_is_default}}}}},
         .io = &io,
         .stepped = true});
  };
  EXPECT_THAT(start(501, 500, false).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(path + "/a and " + path + "/b"), HasSubstr("1001 bytes"), HasSubstr("1000 bytes"))));
  ASSERT_THAT(start(500, 500, false), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto store, start(400, 5000, true));
  EXPECT_EQ(store->Usage()[0].dirs[1].capacity_bytes, 600);
}

TEST(LocalBlockStoreTest, ARamfsWhichSaysNothingOfItsSizeIsBelievedToBeAsLargeAsConfigured) {
  OneMemoryIo io(0);
  const auto store = MustStart({.layout = OneDir(NewFolder(), int64_t{1} << 50), .io = &io, .stepped = true});
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->Usage()[0].capacity_bytes, int64_t{1} << 50);
  EXPECT_NE(Put(*store, 1, "fits"), nullptr);
}

TEST(LocalBlockStoreTest, AFolderThatVanishesIsLostWithItsBlocks) {
  const std::string path = NewFolder();
  auto store = MustStart({.layout = {.tiers = {{.alias = "SSD", .dirs = {{path + "/a", 100, "SSD"}, {path + "/b", 90, "SSD"}}}}},
                          .stepped = true});
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

// Fails the call whose turn it is, once.
class FaultyIo final : public StorageIo {
 public:
  int fail_at = -1;
  int calls = 0;

  absl::StatusOr<UniqueFd> OpenAt(int dir, const std::string& name, int flags, mode_t mode) override {
    if (Fails()) return Error();
    return StorageIo::OpenAt(dir, name, flags, mode);
  }
  absl::Status WriteAt(int fd, int64_t offset, absl::string_view bytes) override {
    return Fails() ? Error() : StorageIo::WriteAt(fd, offset, bytes);
  }
  absl::StatusOr<size_t> ReadAt(int fd, int64_t offset, absl::Span<char> buffer) override {
    if (Fails()) return Error();
    return StorageIo::ReadAt(fd, offset, buffer);
  }
  absl::Status Allocate(int fd, int64_t length) override { return Fails() ? Error() : StorageIo::Allocate(fd, length); }
  absl::Status Chmod(int fd, mode_t mode) override { return Fails() ? Error() : StorageIo::Chmod(fd, mode); }
  absl::Status RenameAt(int from_dir, const std::string& from, int to_dir, const std::string& to) override {
    return Fails() ? Error() : StorageIo::RenameAt(from_dir, from, to_dir, to);
  }
  bool NobodyWrites(int fd) override { return leases && StorageIo::NobodyWrites(fd); }
  bool leases = true;

 private:
  bool Fails() { return calls++ == fail_at; }
  static absl::Status Error() { return absl::UnknownError("Input/output error"); }
};

// A memory file system of `size` bytes, which gives whole pages. Block files are
// holes here, but for what is read again.
class SmallMemory final : public StorageIo {
 public:
  SmallMemory(std::string folder, int64_t size) : folder_(std::move(folder)), size_(size) {}
  int64_t taken_by_others = 0;
  int refused = 0;

  absl::Status WriteAt(int fd, int64_t offset, absl::string_view bytes) override {
    ALLUXIO_RETURN_IF_ERROR(Take(fd, offset + static_cast<int64_t>(bytes.size())));
    return StorageIo::WriteAt(fd, offset, bytes);
  }
  absl::Status Allocate(int fd, int64_t length) override {
    ALLUXIO_RETURN_IF_ERROR(Take(fd, length));
    return ::ftruncate(fd, length) == 0 ? absl::OkStatus() : absl::UnknownError("ftruncate");
  }
  absl::StatusOr<FileSystem> FileSystemOf(int) override { return FileSystem{.in_memory = true, .size_bytes = size_}; }

 private:
  static int64_t Pages(int64_t bytes) { return (bytes + 4095) / 4096 * 4096; }
  absl::Status Take(int fd, int64_t end) {
    struct stat st;
    if (::fstat(fd, &st) != 0) return absl::UnknownError("fstat");
    int64_t all = taken_by_others + Pages(std::max<int64_t>(st.st_size, end)) - Pages(st.st_size);
    for (const auto& file : fs::recursive_directory_iterator(folder_)) {
      if (file.is_regular_file()) all += Pages(static_cast<int64_t>(file.file_size()));
    }
    if (all <= size_) return absl::OkStatus();
    ++refused;
    return absl::ResourceExhaustedError("No space left on device");
  }
  const std::string folder_;
  const int64_t size_;
};

constexpr int64_t kMiB = 1 << 20;

// Of `length` bytes, of which the last is written, or all.
absl::Status PutLarge(BlockStore& store, int64_t id, int64_t length, bool fixed, bool whole = false) {
  ALLUXIO_ASSIGN_OR_RETURN(auto temp, store.Create({.session_id = 7,
                                                    .block_id = id,
                                                    .reserve_bytes = fixed ? 0 : length,
                                                    .fixed_length_bytes = fixed ? length : -1}));
  const std::string bytes(whole ? length : 1, 'x');
  ALLUXIO_RETURN_IF_ERROR(temp->WriteAt(length - static_cast<int64_t>(bytes.size()), bytes));
  return temp->Commit().status();
}

TEST(LocalBlockStoreMemoryTest, AFileSystemJustAsLargeAsTheTierTakesBlocksWithoutEnd) {
  for (const bool recycling : {false, true}) {
    for (const bool fixed : {false, true}) {
      SCOPED_TRACE(absl::StrCat(recycling, " ", fixed));
      const std::string path = NewFolder();
      SmallMemory io(path, 64 * kMiB);
      auto store = MustStart({.layout = OneDir(path, 64 * kMiB),
                              .io = &io,
                              .stepped = true,
                              .max_spare_bytes = recycling ? 64 * kMiB : 0});
      EXPECT_EQ(store->Usage()[0].capacity_bytes, 64 * kMiB);
      const int64_t blocks = recycling ? 20 : 40;  // those that use memory again have to be written in full
      for (int64_t id = 1; id <= blocks; ++id) {
        ASSERT_THAT(PutLarge(*store, id, 4 * kMiB, fixed, /*whole=*/recycling), IsOk()) << id;
      }
      EXPECT_EQ(io.refused, 0);
      EXPECT_EQ(store->num_blocks(), 15);
      EXPECT_TRUE(store->Contains(blocks));
      EXPECT_EQ(store->Usage()[0].used_bytes, 60 * kMiB);
    }
  }
}

TEST(LocalBlockStoreMemoryTest, SmallBlocksCountAsTheWholePagesThatTheyTake) {
  const std::string path = NewFolder();
  SmallMemory io(path, kMiB);
  auto store = MustStart({.layout = OneDir(path, kMiB), .io = &io, .stepped = true});
  for (int64_t id = 1; id <= 400; ++id) Put(*store, id, "x");
  EXPECT_EQ(io.refused, 0);
  EXPECT_GE(store->num_blocks(), 150);
  EXPECT_EQ(store->Usage()[0].used_bytes, store->num_blocks());  // nobody is shown the pages
}

TEST(LocalBlockStoreMemoryTest, RoomThatOthersTookIsMadeUpForByEviction) {
  const std::string path = NewFolder();
  SmallMemory io(path, 64 * kMiB);
  auto store = MustStart({.layout = OneDir(path, 64 * kMiB), .io = &io, .stepped = true});
  for (int64_t id = 1; id <= 8; ++id) ASSERT_THAT(PutLarge(*store, id, 4 * kMiB, false), IsOk());
  io.taken_by_others = 32 * kMiB - 4096;  // and the index has a page
  for (int64_t id = 9; id <= 20; ++id) ASSERT_THAT(PutLarge(*store, id, 4 * kMiB, id % 2 == 0), IsOk()) << id;
  EXPECT_GT(io.refused, 0);
  EXPECT_EQ(store->num_blocks(), 8);
  EXPECT_TRUE(store->Contains(20));
  // What nothing can be evicted for is an error, and leaves nothing.
  io.taken_by_others = 64 * kMiB;
  EXPECT_THAT(PutLarge(*store, 21, 40 * kMiB, true), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(store->Usage()[0].used_bytes, store->num_blocks() * 4 * kMiB);
}

TEST(LocalBlockStoreMemoryTest, AClientMayReserveAsMuchAsADirectoryHas) {
  const std::string path = NewFolder();
  SmallMemory io(path, 64 * kMiB);
  auto store = MustStart({.layout = OneDir(path, 64 * kMiB), .io = &io, .stepped = true});
  Put(*store, 1, "a small file of the usual client", {.reserve_bytes = 64 * kMiB});
  EXPECT_THAT(store->Create({.session_id = 7, .block_id = 2, .reserve_bytes = 64 * kMiB + 1}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("67108864 bytes")));
}

// Calls a function once, before a block file goes or is opened.
class HookedIo final : public StorageIo {
 public:
  absl::Status UnlinkAt(int dir, const std::string& name) override {
    if (auto hook = std::exchange(before_unlink, nullptr)) hook();
    return StorageIo::UnlinkAt(dir, name);
  }
  absl::StatusOr<UniqueFd> OpenAt(int dir, const std::string& name, int flags, mode_t mode) override {
    if (name == "1" && before_open) {
      std::exchange(before_open, nullptr)();
      return absl::NotFoundError("it went meanwhile");
    }
    return StorageIo::OpenAt(dir, name, flags, mode);
  }
  std::function<void()> before_unlink, before_open;
};

// Goal: who is given room that another writer makes gets it when the files are
// gone. Method: while the first eviction is before its unlink, a second writer
// reserves what will be left of the same block.
TEST(LocalBlockStoreEvictionTest, RoomIsGivenOutOnceItIsThere) {
  HookedIo io;
  auto store = MustStart({.layout = OneDir(NewFolder()), .io = &io, .stepped = true});
  Put(*store, 1, std::string(900, 'x'));
  Notification second_has_room;
  bool too_early = false;
  std::unique_ptr<TempBlock> kept;
  std::thread second;
  io.before_unlink = [&] {
    second = std::thread([&] {
      ALLUXIO_ASSERT_OK_AND_ASSIGN(kept, store->Create({.session_id = 7, .block_id = 3, .reserve_bytes = 400}));
      second_has_room.Notify();
    });
    // Its claim is counted before it waits, or doesn't.
    while (store->Usage()[0].used_bytes < 800) std::this_thread::yield();
    too_early = second_has_room.WaitFor(absl::Milliseconds(50));
  };
  EXPECT_THAT(store->Create({.session_id = 7, .block_id = 2, .reserve_bytes = 400}), IsOk());
  second.join();
  EXPECT_FALSE(too_early);
  EXPECT_FALSE(store->Contains(1));
}

TEST(LocalBlockStoreEvictionTest, AnOpenThatARemovalOvertakesLeavesTheNextBlockOfThatId) {
  HookedIo io;
  auto store = MustStart({.layout = OneDir(NewFolder()), .io = &io, .stepped = true, .max_cached_files = 0});
  Put(*store, 1, "old");
  io.before_open = [&] {
    EXPECT_THAT(store->Remove(1), IsOk());
    Put(*store, 1, "new");
  };
  EXPECT_THAT(store->Open(1), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Read(*store, 1), "new");
}

// Whatever fails while a block is written, either it is there in full or
// nothing of it is, now and after a restart.
TEST(LocalBlockStoreFaultTest, AFailedStepOfAWriteLeavesNoRoomTakenAndNoFile) {
  for (const bool fixed : {false, true}) {
    int failures = 0;
    for (int step = 0;; ++step) {
      SCOPED_TRACE(absl::StrCat("fixed ", fixed, " step ", step));
      const std::string path = NewFolder();
      FaultyIo io;
      auto store = MustStart({.layout = OneDir(path), .io = &io, .stepped = true});
      io.calls = 0;
      io.fail_at = step;
      const auto write = [&]() -> absl::Status {
        ALLUXIO_ASSIGN_OR_RETURN(auto temp, store->Create({.session_id = 7,
                                                           .block_id = 1,
                                                           .reserve_bytes = 50,
                                                           .fixed_length_bytes = fixed ? 5 : -1}));
        ALLUXIO_RETURN_IF_ERROR(temp->WriteAt(0, "hello"));
        return temp->Commit().status();
      };
      const absl::Status written = write();
      io.fail_at = -1;
      EXPECT_EQ(store->Contains(1), written.ok());
      EXPECT_EQ(store->Usage()[0].used_bytes, written.ok() ? 5 : 0);
      EXPECT_TRUE(fs::is_empty(path + "/alluxioworker/.tmp_blocks/7"));
      store.reset();
      store = MustStart({.layout = OneDir(path), .stepped = true});
      EXPECT_EQ(store->num_blocks(), written.ok() ? 1 : 0);
      if (written.ok()) {
        EXPECT_EQ(Read(*store, 1), "hello");
        break;
      }
      ++failures;
      Put(*store, 1, "again");  // and the id is free
    }
    EXPECT_GE(failures, 5);
  }
}

// Whatever fails while a store starts, it either refuses or has all its blocks,
// and the next start has them.
TEST(LocalBlockStoreFaultTest, AFailedStepOfAStartLosesNoBlock) {
  int refused = 0;
  for (int step = 0;; ++step) {
    SCOPED_TRACE(step);
    const std::string path = NewFolder();
    auto store = MustStart({.layout = OneDir(path), .stepped = true});
    for (int64_t id = 1; id <= 3; ++id) Put(*store, id, "hello");
    store.reset();
    FaultyIo io;
    io.fail_at = step;
    auto faulty = LocalBlockStore::Start({.layout = OneDir(path), .io = &io, .stepped = true});
    const bool all_done = io.calls <= step;
    if (faulty.ok()) {
      EXPECT_EQ((*faulty)->num_blocks(), 3);
      faulty->reset();
    } else {
      EXPECT_THAT(std::string(faulty.status().message()), HasSubstr(path));
      ++refused;
    }
    store = MustStart({.layout = OneDir(path), .stepped = true});
    EXPECT_EQ(store->num_blocks(), 3);
    for (int64_t id = 1; id <= 3; ++id) EXPECT_EQ(Read(*store, id), "hello");
    if (all_done) break;
  }
  EXPECT_GE(refused, 4);
}

TEST(LocalBlockStoreFaultTest, WithoutLeasesBlocksOfClientsAreSealedByCopy) {
  test::FakeClock clock;
  FaultyIo io;
  io.leases = false;
  auto store = MustStart({.layout = OneDir(NewFolder()), .io = &io, .clock = &clock, .stepped = true});
  ALLUXIO_ASSERT_OK_AND_ASSIGN(auto temp, store->Create({.session_id = 7, .block_id = 1, .client_writes = true}));
  std::ofstream(temp->path()) << "abc";
  ALLUXIO_ASSERT_OK(temp->Commit());
  EXPECT_EQ(store->SealRound(), 1);
  clock.Advance(absl::Seconds(2));
  io.fail_at = io.calls + 2;  // somewhere within the copy
  EXPECT_EQ(store->SealRound(), 1);
  EXPECT_EQ(Read(*store, 1), "abc");
  EXPECT_EQ(store->Usage()[0].used_bytes, 3);
  io.fail_at = -1;
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(store->SealRound(), 0);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const BlockPin pin, store->Open(1));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const absl::string_view view, pin->Map());
  EXPECT_EQ(view, "abc");
}

}  // namespace
}  // namespace alluxio::worker
