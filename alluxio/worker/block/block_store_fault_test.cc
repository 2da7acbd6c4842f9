// Calls of the file system that fail, and moments at which others come between.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "alluxio/base/errno_status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/block_store_for_test.h"
#include "gmock/gmock.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;
using testing::HasSubstr;
namespace fs = std::filesystem;

// Fails the call whose turn it is, once or from then on. A write that fails has put
// half of its bytes there, as on a disk that is full; a question that fails is
// answered by "nobody knows".
class FaultyIo final : public StorageIo {
 public:
  int fail_at = -1;
  int error = EIO;
  bool lasting = false;
  int calls = 0;
  bool leases = true;

  absl::StatusOr<UniqueFd> OpenAt(int dir, const std::string& name, int flags, mode_t mode) override {
    if (Fails()) return Error();
    return StorageIo::OpenAt(dir, name, flags, mode);
  }
  absl::Status WriteAt(int fd, int64_t offset, absl::string_view bytes) override {
    if (!Fails()) return StorageIo::WriteAt(fd, offset, bytes);
    EXPECT_THAT(StorageIo::WriteAt(fd, offset, bytes.substr(0, bytes.size() / 2)), IsOk());
    return Error();
  }
  absl::StatusOr<size_t> ReadAt(int fd, int64_t offset, absl::Span<char> buffer) override {
    if (Fails()) return Error();
    return StorageIo::ReadAt(fd, offset, buffer);
  }
  absl::Status Allocate(int fd, int64_t length) override { return Fails() ? Error() : StorageIo::Allocate(fd, length); }
  absl::Status Truncate(int fd, int64_t length) override { return Fails() ? Error() : StorageIo::Truncate(fd, length); }
  absl::Status Chmod(int fd, mode_t mode) override { return Fails() ? Error() : StorageIo::Chmod(fd, mode); }
  absl::Status RenameAt(int from_dir, const std::string& from, int to_dir, const std::string& to) override {
    return Fails() ? Error() : StorageIo::RenameAt(from_dir, from, to_dir, to);
  }
  absl::Status UnlinkAt(int dir, const std::string& name) override {
    return Fails() ? Error() : StorageIo::UnlinkAt(dir, name);
  }
  absl::StatusOr<struct stat> StatAt(int dir, const std::string& name) override {
    if (Fails()) return Error();
    return StorageIo::StatAt(dir, name);
  }
  bool HasHole(int fd, int64_t length) override { return !Fails() && StorageIo::HasHole(fd, length); }
  absl::StatusOr<FileSystem> FileSystemOf(int fd) override {
    if (Fails()) return Error();
    return StorageIo::FileSystemOf(fd);
  }
  bool NobodyWrites(int fd) override { return leases && !Fails() && StorageIo::NobodyWrites(fd); }
  bool NobodyElseUses(int fd) override { return leases && !Fails() && StorageIo::NobodyElseUses(fd); }

 private:
  bool Fails() {
    const int call = calls++;
    return fail_at >= 0 && (call == fail_at || (lasting && call > fail_at));
  }
  absl::Status Error() const { return ErrnoStatus(error, "a call"); }
};

// How a call fails: with which errno, and for how long.
class LocalBlockStoreFaultTest : public testing::TestWithParam<std::pair<int, bool>> {
 protected:
  void Arm(FaultyIo* io, int step) {
    io->calls = 0;
    io->fail_at = step;
    io->error = GetParam().first;
    io->lasting = GetParam().second;
  }
  bool lasting() const { return GetParam().second; }
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
TEST_P(LocalBlockStoreFaultTest, AFailedStepOfAWriteLeavesNoRoomTakenAndNoFile) {
  for (const bool fixed : {false, true}) {
    int failures = 0;
    for (int step = 0;; ++step) {
      SCOPED_TRACE(absl::StrCat("fixed ", fixed, " step ", step));
      const std::string path = NewFolder();
      FaultyIo io;
      auto store = MustStart({.layout = OneDir(path), .io = &io, .stepped = true});
      Arm(&io, step);
      const auto write = [&]() -> absl::Status {
        ALLUXIO_ASSIGN_OR_RETURN(auto temp, store->Create({.session_id = 7,
                                                           .block_id = 1,
                                                           .reserve_bytes = 50,
                                                           .fixed_length_bytes = fixed ? 5 : -1}));
        ALLUXIO_RETURN_IF_ERROR(temp->WriteAt(0, "hello"));
        return temp->Commit().status();
      };
      const absl::Status written = write();
      const bool failed = io.calls > step;
      io.fail_at = -1;
      EXPECT_EQ(store->Contains(1), written.ok());
      EXPECT_EQ(store->Usage()[0].used_bytes, written.ok() ? 5 : 0);
      // Where not even the file of a failed write can be removed, the next start does it.
      EXPECT_TRUE(lasting() || fs::is_empty(path + "/alluxioworker/.tmp_blocks/7"));
      store.reset();
      store = MustStart({.layout = OneDir(path), .stepped = true});
      EXPECT_TRUE(fs::is_empty(path + "/alluxioworker/.tmp_blocks/7"));
      EXPECT_EQ(store->num_blocks(), written.ok() ? 1 : 0);
      if (written.ok()) {
        EXPECT_EQ(Read(*store, 1), "hello");
      }
      if (!failed) break;
      if (written.ok()) continue;  // what a second try got over
      ++failures;
      Put(*store, 1, "again");  // and the id is free
    }
    EXPECT_GE(failures, GetParam().first == EIO || lasting() ? 5 : 1);
  }
}

// Blocks that are removed, evicted and written into the memory of removed ones,
// and one that a client writes.
TEST_P(LocalBlockStoreFaultTest, AFailedStepOfALifeLeavesWholeBlocksAndTheirRoom) {
  constexpr int64_t kSize = 1 << 20;
  const auto content = [](int64_t id) {
    return std::string(static_cast<size_t>(kSize - id), static_cast<char>('a' + id));
  };
  for (const bool in_memory : {false, true}) {
    int steps = 0;
    for (int step = 0;; ++step) {
      SCOPED_TRACE(absl::StrCat(in_memory ? "memory" : "disk", " step ", step));
      const std::string path = in_memory ? absl::StrCat("/dev/shm/alluxio-fault-", getpid()) : NewFolder();
      fs::create_directories(path);
      test::FakeClock clock;
      FaultyIo io;
      auto store = MustStart({.layout = OneDir(path, 3 * kSize), .io = &io, .clock = &clock, .stepped = true});
      Put(*store, 1, content(1));
      std::set<int64_t> acknowledged = {1};
      Arm(&io, step);
      const auto write = [&](int64_t id, bool fixed) -> absl::Status {
        ALLUXIO_ASSIGN_OR_RETURN(
            auto temp, store->Create({.session_id = 7, .block_id = id, .fixed_length_bytes = fixed ? kSize - id : -1}));
        ALLUXIO_RETURN_IF_ERROR(temp->WriteAt(0, content(id)));
        ALLUXIO_RETURN_IF_ERROR(temp->Commit().status());
        acknowledged.insert(id);
        store->Confirm(id);
        return absl::OkStatus();
      };
      const auto write_by_client = [&](int64_t id) -> absl::Status {
        ALLUXIO_ASSIGN_OR_RETURN(
            auto temp, store->Create({.session_id = 7, .block_id = id, .reserve_bytes = kSize, .client_writes = true}));
        std::ofstream(temp->path(), std::ios::binary) << content(id);
        ALLUXIO_RETURN_IF_ERROR(temp->Commit().status());
        acknowledged.insert(id);
        store->Confirm(id);
        return absl::OkStatus();
      };
      // The first error counts, but everything is tried.
      absl::Status first = store->Remove(1);
      if (first.ok()) acknowledged.erase(1);
      first.Update(write(2, /*fixed=*/false));  // shorter than block 1, and so cut
      first.Update(write_by_client(3));
      store->SealRound();
      clock.Advance(absl::Minutes(1));
      store->SealRound();
      first.Update(write(4, /*fixed=*/true));
      first.Update(write(5, /*fixed=*/false));  // for which one has to go
      store->EvictAll();
      first.Update(write(6, /*fixed=*/false));
      const bool failed = io.calls > step;
      io.fail_at = -1;

      int64_t used = 0;
      for (int64_t id = 1; id <= 6; ++id) {
        if (!store->Contains(id)) continue;
        used += kSize - id;
        EXPECT_TRUE(acknowledged.contains(id)) << id;
        EXPECT_EQ(Read(*store, id), content(id)) << id;
      }
      EXPECT_EQ(store->Usage()[0].used_bytes, used);
      const bool has_last = store->Contains(6);
      if (!failed) {
        EXPECT_THAT(first, IsOk());
        EXPECT_TRUE(has_last);
      }
      store.reset();
      store = MustStart({.layout = OneDir(path, 3 * kSize), .stepped = true});
      EXPECT_TRUE(fs::is_empty(path + "/alluxioworker/.tmp_blocks/7"));
      EXPECT_TRUE(store->Contains(6) || !has_last);
      for (int64_t id = 1; id <= 6; ++id) {
        // A removed one may be back if its file could not be removed; the master says so then.
        if (!store->Contains(id)) continue;
        EXPECT_EQ(Read(*store, id), content(id)) << id;
        EXPECT_THAT(store->Remove(id), IsOk());
      }
      EXPECT_EQ(store->Usage()[0].used_bytes, 0);
      Put(*store, 2, content(2));  // ids are free, and so is the room
      store.reset();
      if (in_memory) fs::remove_all(path);
      if (!failed) break;
      steps = step + 1;
      if (HasFailure()) break;
    }
    EXPECT_GE(steps, 30);
    RecordProperty(in_memory ? "memory_steps" : "disk_steps", steps);
  }
}

// Whatever fails while a store starts, it either refuses or has all its blocks,
// and the next start has them.
TEST_P(LocalBlockStoreFaultTest, AFailedStepOfAStartLosesNoBlock) {
  int refused = 0;
  for (int step = 0;; ++step) {
    SCOPED_TRACE(step);
    const std::string path = NewFolder();
    auto store = MustStart({.layout = OneDir(path), .stepped = true});
    for (int64_t id = 1; id <= 3; ++id) Put(*store, id, "hello");
    store.reset();
    std::ofstream(path + "/alluxioworker/77") << "a stray file";
    FaultyIo io;
    Arm(&io, step);
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
    EXPECT_FALSE(fs::exists(path + "/alluxioworker/77"));
    if (all_done) break;
  }
  EXPECT_GE(refused, 5);
}

INSTANTIATE_TEST_SUITE_P(Errors, LocalBlockStoreFaultTest,
                         testing::Values(std::pair(EIO, false), std::pair(EIO, true), std::pair(ENOSPC, false),
                                         std::pair(ENOSPC, true), std::pair(EMFILE, false), std::pair(EMFILE, true)));

TEST(LocalBlockStoreSealTest, WithoutLeasesBlocksOfClientsAreSealedByCopy) {
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
