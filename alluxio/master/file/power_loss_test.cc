// Goal: whatever power loss does to what was not synced, the namespace afterwards is
// that of all acknowledged operations, and of whole ones only. Method: clients
// create, complete, make folders, rename, remove and set attributes on a simulated
// disk; before each sync of that work, and within recovery again, the disk is
// crashed many times over, each time with another subset of the unsynced writes and
// names, torn; a master starts on each, and what it lists must be a state of the
// model that is not older than the last answer.
#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/local_journal.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "alluxio/security/acl_proto.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_block_directory.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/fakes/simulated_disk.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using journal::LocalJournal;
using test::SimulatedDisk;

constexpr uint64_t kSeed = 20260402;
constexpr int kOperations = 200;
constexpr int kCrashesPerSync = 5;
const Caller kCaller{.user = "root", .peer = "test"};

// What a listing shows of an inode.
struct Node {
  bool folder = false;
  bool complete = false;
  int mode = 0;

  friend bool operator==(const Node&, const Node&) = default;
};
using Names = std::map<std::string, Node>;  // by path, without the root

std::string Difference(const Names& found, const Names& expected) {
  std::string text;
  const auto add = [&text](char sign, const std::string& path, const Node& node) {
    absl::StrAppend(&text, "\n  ", std::string(1, sign), " ", path, node.folder ? "/" : node.complete ? "" : " (open)", " ",
                    absl::Hex(node.mode));
  };
  for (const auto& [path, node] : found) {
    if (const auto it = expected.find(path); it == expected.end() || it->second != node) add('+', path, node);
  }
  for (const auto& [path, node] : expected) {
    if (const auto it = found.find(path); it == found.end() || it->second != node) add('-', path, node);
  }
  return text;
}

// A master over a journal on `disk`.
struct Master {
  static absl::StatusOr<std::unique_ptr<Master>> Start(Disk* disk, uint64_t seed) {
    auto master = std::make_unique<Master>();
    master->random = Random::Seeded(seed);
    ALLUXIO_ASSIGN_OR_RETURN(master->journal, LocalJournal::Open({.folder = "/journal",
                                                                  .disk = disk,
                                                                  .random = master->random.get(),
                                                                  .segment_bytes = 4096,
                                                                  .zero_ahead_bytes = 1024}));
    master->registry.Register("mem", [ufs = std::make_shared<test::MemoryUfs>("mem://one", &master->clock)](
                                         absl::string_view, const std::map<std::string, std::string>&) {
      return absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>>(ufs);
    });
    FileSystemMaster::Options options;
    ALLUXIO_ASSIGN_OR_RETURN(options.conf,
                             conf::Configuration().With({{"alluxio.master.mount.table.root.ufs", "mem://one"}}));
    options.ufs_registry = &master->registry;
    options.executor = &master->executor;
    options.clock = &master->clock;
    options.random = master->random.get();
    options.groups = [](const std::string& user) { return std::vector<std::string>{user}; };
    options.superuser = "root";
    master->state = std::make_unique<StateMachine>(master->journal.get(), &master->store);
    options.state = master->state.get();
    options.blocks = &master->blocks;
    master->fs = std::make_unique<FileSystemMaster>(std::move(options));
    master->state->AddPart(master->fs.get());
    master->state->AddPart(&master->blocks);
    ALLUXIO_RETURN_IF_ERROR(master->state->Replay());
    ALLUXIO_RETURN_IF_ERROR(master->fs->Start());
    return master;
  }

  absl::StatusOr<Names> List() {
    grpc::file::ListStatusPRequest request;
    request.set_path("/");
    request.mutable_options()->set_loadmetadatatype(grpc::file::NEVER);
    request.mutable_options()->set_recursive(true);
    Names names;
    absl::Status status;
    Notification done;
    fs->ListStatus(
        kCaller, request,
        [&](const grpc::file::ListStatusPResponse& response) {
          for (const auto& info : response.fileinfos()) {
            names[info.path()] = {.folder = info.folder(), .complete = info.completed(), .mode = info.mode()};
          }
          return true;
        },
        [&](absl::Status result) {
          status = std::move(result);
          done.Notify();
        });
    done.Wait();
    if (!status.ok()) return status;
    return names;
  }

  std::unique_ptr<Random> random;
  test::FakeClock clock;
  InlineExecutor executor;
  ufs::UfsRegistry registry;
  HeapKvStore store;
  test::FakeBlockDirectory blocks;
  std::unique_ptr<LocalJournal> journal;
  std::unique_ptr<StateMachine> state;
  std::unique_ptr<FileSystemMaster> fs;
};

using Answer = std::function<void(absl::Status)>;

template <typename Request, typename Response>
void Call(Master& master, void (FileSystemMaster::*method)(const Caller&, const Request&, Reply<Response>),
          const Request& request, Answer answer) {
  ((*master.fs).*method)(kCaller, request,
                         [answer = std::move(answer)](absl::StatusOr<Response> response) { answer(response.status()); });
}

void MakeFolder(Master& master, const std::string& path, int mode, Answer answer) {
  grpc::file::CreateDirectoryPRequest request;
  request.set_path(path);
  *request.mutable_options()->mutable_mode() = security::ModeToProto(security::Mode(mode));
  request.mutable_options()->set_writetype(grpc::file::MUST_CACHE);
  Call(master, &FileSystemMaster::CreateDirectory, request, std::move(answer));
}

// Operations that succeed, and what is there after each.
class Clients {
 public:
  Clients() { states_.emplace_back(); }

  // How many were begun, and the state after the first `count`.
  int begun() const {
    MutexLock lock(&mutex_);
    return static_cast<int>(states_.size()) - 1;
  }
  Names After(int count) const {
    MutexLock lock(&mutex_);
    return states_[static_cast<size_t>(count)];
  }

  void Begin(Master& master, Answer answer) {
    Names names = After(begun());
    // What is expected is known before the master is asked.
    const auto expect = [this](Names after) {
      MutexLock lock(&mutex_);
      states_.push_back(std::move(after));
    };
    std::vector<std::string> open, folders = {""}, all;
    for (const auto& [path, node] : names) {
      all.push_back(path);
      if (node.folder) folders.push_back(path);
      if (!node.folder && !node.complete) open.push_back(path);
    }
    const auto pick = [this](const std::vector<std::string>& from) { return from[random_->Next() % from.size()]; };
    const std::string fresh = absl::StrCat(pick(folders), "/n", ++last_name_);
    uint64_t kind = random_->Next() % 12;
    if (all.size() < 4) kind = 0;
    if (all.size() > 60) kind = 8;
    ++kinds_[kind];
    if (kind <= 2) {
      grpc::file::CreateFilePRequest request;
      request.set_path(kind == 2 ? absl::StrCat(fresh, "/with/parents") : fresh);
      auto* const options = request.mutable_options();
      options->set_recursive(kind == 2);
      options->set_blocksizebytes(1024);
      options->set_writetype(grpc::file::MUST_CACHE);
      *options->mutable_mode() = security::ModeToProto(security::Mode(0640));
      if (kind == 2) names[fresh] = names[fresh + "/with"] = {.folder = true, .complete = true, .mode = 0755};
      names[request.path()] = {.folder = false, .complete = false, .mode = 0640};
      expect(std::move(names));
      return Call(master, &FileSystemMaster::CreateFile, request, std::move(answer));
    }
    if (kind <= 4 && !open.empty()) {
      grpc::file::CompleteFilePRequest request;
      request.set_path(pick(open));
      names[request.path()].complete = true;
      expect(std::move(names));
      return Call(master, &FileSystemMaster::CompleteFile, request, std::move(answer));
    }
    if (kind <= 5) {
      names[fresh] = {.folder = true, .complete = true, .mode = 0750};
      expect(std::move(names));
      return MakeFolder(master, fresh, 0750, std::move(answer));
    }
    const std::string path = pick(all);
    const auto is_below = [&path](const std::string& other) { return absl::StartsWith(other, path + "/"); };
    if (kind <= 7) {
      grpc::file::RenamePRequest request;
      request.set_path(path);
      // Not into itself.
      request.set_dstpath(is_below(fresh) ? absl::StrCat("/n", last_name_) : fresh);
      Names after;
      for (const auto& [name, node] : names) {
        const bool moves = name == path || is_below(name);
        after[moves ? absl::StrCat(request.dstpath(), name.substr(path.size())) : name] = node;
      }
      expect(std::move(after));
      return Call(master, &FileSystemMaster::Rename, request, std::move(answer));
    }
    if (kind <= 9) {
      grpc::file::DeletePRequest request;
      request.set_path(path);
      request.mutable_options()->set_recursive(true);
      std::erase_if(names, [&](const auto& entry) { return entry.first == path || is_below(entry.first); });
      expect(std::move(names));
      return Call(master, &FileSystemMaster::Remove, request, std::move(answer));
    }
    grpc::file::SetAttributePRequest request;
    request.set_path(path);
    const int mode = static_cast<int>(0700 | (random_->Next() % 64));
    *request.mutable_options()->mutable_mode() = security::ModeToProto(security::Mode(mode));
    // Not recursively: a tree is changed folder by folder.
    names[path].mode = mode;
    expect(std::move(names));
    Call(master, &FileSystemMaster::SetAttribute, request, std::move(answer));
  }

  const std::map<uint64_t, int>& kinds() const { return kinds_; }

 private:
  const std::unique_ptr<Random> random_ = Random::Seeded(kSeed);
  int last_name_ = 0;
  std::map<uint64_t, int> kinds_;
  mutable Mutex mutex_;
  std::vector<Names> states_ ABSL_GUARDED_BY(mutex_);
};

TEST(NamespacePowerLossTest, TheNamespaceIsThatOfWholeAcknowledgedOperations) {
  SetLogLevel(LogLevel::kError);  // each state has its warning
  const std::unique_ptr<Random> random = Random::Seeded(kSeed + 1);
  Clients clients;
  std::atomic<int> acknowledged{0};
  int syncs = 0, states = 0, ahead = 0;

  // Starts on `disk` as it is; one in four goes on, and starts again.
  std::function<void(SimulatedDisk&, int)> check = [&](SimulatedDisk& disk, int depth) {
    ++states;
    if (depth > 0) {
      disk.SetBeforeSync([&, depth] {
        const std::unique_ptr<SimulatedDisk> again = disk.Crash(*random);
        check(*again, depth - 1);
      });
    }
    Names found;
    {
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(&disk, static_cast<uint64_t>(states)));
      disk.SetBeforeSync(nullptr);
      ALLUXIO_ASSERT_OK_AND_ASSIGN(found, master->List());
      const int last = clients.begun();
      int which = acknowledged;
      while (which <= last && found != clients.After(which)) ++which;
      ASSERT_LE(which, last) << "after " << acknowledged << " of " << last << " operations it is the state of none."
                             << "\nFrom the last: " << Difference(found, clients.After(last))
                             << "\nFrom the acknowledged: " << Difference(found, clients.After(acknowledged));
      ahead += which > acknowledged ? 1 : 0;
      if (states % 4 != 0) return;
      Notification made;
      MakeFolder(*master, "/afterwards", 0700, [&](absl::Status status) {
        EXPECT_THAT(status, test::IsOk());
        made.Notify();
      });
      made.Wait();
    }
    found["/afterwards"] = {.folder = true, .complete = true, .mode = 0700};
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(&disk, static_cast<uint64_t>(states)));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const Names again, master->List());
    EXPECT_EQ(again, found);
  };

  SimulatedDisk disk;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Master::Start(&disk, kSeed));
  disk.SetBeforeSync([&] {
    ++syncs;
    for (int i = 0; i < kCrashesPerSync && !::testing::Test::HasFailure(); ++i) {
      const std::unique_ptr<SimulatedDisk> crashed = disk.Crash(*random);
      check(*crashed, /*depth=*/i == 0 ? 1 : 0);
    }
  });
  for (int i = 0; clients.begun() < kOperations && !HasFailure(); ++i) {
    // In groups: the writer is held within the first answer until all are begun.
    const int size = 1 + i % 2;
    Notification all_begun, last_answer;
    std::atomic<int> left{size};
    for (int n = 0; n < size; ++n) {
      clients.Begin(*master, [&, n](absl::Status status) {
        EXPECT_THAT(status, test::IsOk());
        ++acknowledged;
        if (n == 0) all_begun.Wait();
        if (--left == 0) last_answer.Notify();
      });
    }
    all_begun.Notify();
    last_answer.Wait();
  }
  disk.SetBeforeSync(nullptr);
  EXPECT_EQ(clients.kinds().size(), 12u) << "not every operation came up";
  EXPECT_GE(acknowledged, kOperations);
  EXPECT_GE(syncs, 130);
  EXPECT_GE(states, 1000);
  EXPECT_GE(ahead, 100) << "too few of the states have what was not acknowledged yet";
  RecordProperty("syncs", syncs);
  RecordProperty("states", states);
  RecordProperty("ahead", ahead);
}

}  // namespace
}  // namespace alluxio::master
