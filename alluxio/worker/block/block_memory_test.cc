// Block folders on memory file systems: what they hold at most, and that memory
// is used again.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/block_store_for_test.h"
#include "gmock/gmock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

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

}  // namespace
}  // namespace alluxio::worker
