// Calls of the file system that fail, and moments at which others come between.
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "alluxio/base/mutex.h"
#include "alluxio/worker/block/block_store_for_test.h"
#include "gmock/gmock.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;
using testing::HasSubstr;
namespace fs = std::filesystem;

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
