// Backups: what a restored master knows, what a damaged file is answered, and the
// calls. The whole process: alluxio/master/process/master_process_test.cc.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/backup/backup_file.h"
#include "alluxio/master/backup/backup_master.h"
#include "alluxio/master/backup/restore.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/meta/meta_master.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/fakes/queue_executor.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;
using test::IsOk;
using test::IsOkAndHolds;
using test::MemoryUfs;
using test::StatusIs;
using ::testing::HasSubstr;

// Under stores in memory by their URIs, made at need; they outlive masters.
class Stores {
 public:
  Stores() {
    registry_.Register("mem", [this](absl::string_view uri, const auto&) {
      std::shared_ptr<MemoryUfs>& store = stores_[std::string(uri)];
      if (store == nullptr) store = std::make_shared<MemoryUfs>(std::string(uri));
      return absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>>(store);
    });
  }
  const ufs::UfsRegistry& registry() const { return registry_; }
  MemoryUfs& At(const std::string& uri) { return *stores_.at(uri); }

 private:
  std::map<std::string, std::shared_ptr<MemoryUfs>> stores_;
  ufs::UfsRegistry registry_;
};

struct Master {
  explicit Master(Stores* stores) : journal(journal::MemoryJournal::Options{}), state(&journal, &store) {
    BlockMaster::Options block_options;
    block_options.state = &state;
    block_options.safe_mode_wait = absl::ZeroDuration();
    blocks = std::make_unique<BlockMaster>(block_options);
    FileSystemMaster::Options file_options;
    file_options.conf = *conf::Configuration().With({{"alluxio.master.mount.table.root.ufs", "mem://one"}});
    file_options.state = &state;
    file_options.blocks = blocks.get();
    file_options.ufs_registry = &stores->registry();
    file_options.executor = &inline_executor;
    file_options.clock = &clock;
    file_options.random = Random::System();
    file_options.groups = [](const std::string& user) { return std::vector<std::string>{user}; };
    file_options.superuser = "root";
    files = std::make_unique<FileSystemMaster>(file_options);
    MetaMaster::Options meta_options;
    meta_options.state = &state;
    meta_options.clock = &clock;
    meta = std::make_unique<MetaMaster>(meta_options);
    state.AddPart(files.get());
    state.AddPart(blocks.get());
    state.AddPart(meta.get());
    BackupMaster::Options options;
    options.state = &state;
    options.clock = &clock;
    options.executor = &executor;
    options.hostname = "host";
    options.is_superuser = [](const std::string& user) { return user == "root"; };
    options.folder = "/alluxio_backups";
    options.ufs_registry = &stores->registry();
    options.root = [] { return BackupMaster::Options::Root{"mem://one/", {}}; };
    backups = std::make_unique<BackupMaster>(options);
  }
  void Start() {
    blocks->Start();
    meta->Start();
    EXPECT_THAT(files->Start(), IsOk());
  }

  template <typename Part, typename Request, typename Response>
  absl::StatusOr<Response> Do(Part& part, void (Part::*method)(const Caller&, const Request&, Reply<Response>),
                              const Request& request, const std::string& user = "root") {
    absl::StatusOr<Response> answer = absl::InternalError("no answer");
    (part.*method)({user, ""}, request, [&](absl::StatusOr<Response> result) { answer = std::move(result); });
    return answer;
  }

  // All but finished operations, which a backup leaves out.
  std::map<std::string, std::string> Content() const {
    std::map<std::string, std::string> content;
    for (int family = 0; family < kNumFamilies; ++family) {
      if (static_cast<Family>(family) == Family::kOperations) continue;
      EXPECT_THAT(store.Scan(static_cast<Family>(family), "", "",
                             [&](absl::string_view key, absl::string_view value) {
                               content[absl::StrCat(family, ":", key)] = std::string(value);
                               return true;
                             }),
                  IsOk());
    }
    return content;
  }

  test::FakeClock clock;
  InlineExecutor inline_executor;
  test::QueueExecutor executor;
  journal::MemoryJournal journal;
  HeapKvStore store;
  StateMachine state;
  std::unique_ptr<BlockMaster> blocks;
  std::unique_ptr<FileSystemMaster> files;
  std::unique_ptr<MetaMaster> meta;
  std::unique_ptr<BackupMaster> backups;
};

// Files, directories, a mount, ACLs, times to live, pins, intents, path properties.
void Fill(Master& master, Stores& stores) {
  for (const char* path : {"/d", "/d/e", "/d/e/f", "/a"}) {
    grpc::file::CreateDirectoryPRequest request;
    request.set_path(path);
    request.mutable_options()->mutable_commonoptions()->set_ttl(path[1] == 'a' ? 1'000'000 : -1);
    request.mutable_options()->mutable_commonoptions()->mutable_operationid()->set_mostsignificantbits(
        path[1] * 10 + static_cast<int64_t>(std::string(path).size()));
    ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::CreateDirectory, request), IsOk());
  }
  for (int i = 0; i < 20; ++i) {
    const std::string path = absl::StrCat("/d/e/", i);
    grpc::file::CreateFilePRequest create;
    create.set_path(path);
    create.mutable_options()->set_blocksizebytes(100);
    create.mutable_options()->mutable_commonoptions()->set_ttl(i % 3 == 0 ? 5000 + i : -1);
    (*create.mutable_options()->mutable_xattr())["k"] = absl::StrCat("v", i);
    ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::CreateFile, create), IsOk());
    if (i % 4 == 0) continue;  // stays open
    grpc::file::CompleteFilePRequest complete;
    complete.set_path(path);
    if (i % 2 == 0) complete.mutable_options()->mutable_asyncpersistoptions()->set_persistencewaittime(i * 1000);
    ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::CompleteFile, complete), IsOk());
  }
  // Renamed so that it has a smaller number than its parent.
  grpc::file::RenamePRequest rename;
  rename.set_path("/d/e");
  rename.set_dstpath("/a/e");
  ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::Rename, rename), IsOk());
  grpc::file::SetAttributePRequest pin;
  pin.set_path("/a/e/1");
  pin.mutable_options()->set_pinned(true);
  ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::SetAttribute, pin), IsOk());
  grpc::file::SetAclPRequest acl;
  acl.set_path("/a");
  acl.set_action(grpc::file::MODIFY);
  auto* entry = acl.add_entries();
  entry->set_type(grpc::file::NamedUser);
  entry->set_subject("alice");
  entry->add_actions(grpc::file::Read);
  entry->set_isdefault(true);
  ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::SetAcl, acl), IsOk());
  grpc::file::MountPRequest mount;
  mount.set_alluxiopath("/mnt");
  mount.set_ufspath("mem://two");
  (*mount.mutable_options()->mutable_properties())["alluxio.k"] = "v";
  ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::Mount, mount), IsOk());
  stores.At("mem://two").PutFile("x/y", "twenty bytes of data");
  grpc::file::GetStatusPRequest status;
  status.set_path("/mnt/x/y");
  status.mutable_options()->set_loadmetadatatype(grpc::file::ALWAYS);
  ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::GetStatus, status), IsOk());
  grpc::file::UpdateUfsModePRequest mode;
  mode.set_ufspath("mem://two");
  mode.mutable_options()->set_ufsmode(grpc::file::READ_ONLY);
  ASSERT_THAT(master.Do(*master.files, &FileSystemMaster::UpdateUfsMode, mode), IsOk());
  grpc::meta::SetPathConfigurationPRequest property;
  property.set_path("/d");
  (*property.mutable_properties())["alluxio.user.file.writetype.default"] = "THROUGH";
  ASSERT_THAT(master.Do(*master.meta, &MetaMaster::SetPathConfiguration, property), IsOk());
}

TEST(BackupTest, ARestoredMasterHoldsTheSame) {
  Stores stores;
  Master first(&stores);
  first.Start();
  Fill(first, stores);
  ASSERT_FALSE(::testing::Test::HasFatalFailure());

  grpc::meta::BackupPRequest request;
  request.mutable_options()->set_runasync(true);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto begun, first.Do(*first.backups, &BackupMaster::Backup, request));
  EXPECT_EQ(begun.backupstate(), grpc::meta::Initiating);
  EXPECT_THAT(first.Do(*first.backups, &BackupMaster::Backup, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Backup in progress")));
  first.executor.RunAll();
  grpc::meta::BackupStatusPRequest which;
  which.set_backupid(begun.backupid());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto done, first.Do(*first.backups, &BackupMaster::GetBackupStatus, which));
  EXPECT_EQ(done.backupstate(), grpc::meta::Completed);
  EXPECT_EQ(done.backuphost(), "host");
  EXPECT_GT(done.entrycount(), 30);
  EXPECT_EQ(done.backupuri(), absl::StrCat("mem://one/alluxio_backups/", BackupFileName(first.clock.Now())));

  Master second(&stores);
  ASSERT_THAT(RestoreBackup(done.backupuri(), {}, stores.registry(), &second.state), IsOk());
  second.Start();
  EXPECT_EQ(second.Content(), first.Content());
  EXPECT_EQ(second.meta->cluster_id(), first.meta->cluster_id());
  // And goes on with numbers that nobody has.
  grpc::file::CreateFilePRequest create;
  create.set_path("/new");
  create.mutable_options()->set_blocksizebytes(100);
  EXPECT_THAT(second.Do(*second.files, &FileSystemMaster::CreateFile, create), IsOk());
}

TEST(BackupTest, OnlyTheSuperuserMayAndErrorsAreTold) {
  Stores stores;
  Master master(&stores);
  master.Start();
  grpc::meta::BackupPRequest request;
  EXPECT_THAT(master.Do(*master.backups, &BackupMaster::Backup, request, "alice"),
              StatusIs(absl::StatusCode::kPermissionDenied));
  request.set_targetdirectory("relative");
  EXPECT_THAT(master.Do(*master.backups, &BackupMaster::Backup, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_targetdirectory("/x");
  std::vector<absl::Status> answers;
  const auto backup = [&] {
    master.backups->Backup({"root", ""}, request, [&](auto result) { answers.push_back(result.status()); });
    master.executor.RunAll();
  };
  backup();
  stores.At("mem://one/x").SetReachable(false);
  backup();
  stores.At("mem://one/x").SetReachable(true);
  master.clock.Advance(absl::Seconds(1));
  backup();
  EXPECT_THAT(answers, ::testing::ElementsAre(IsOk(), StatusIs(absl::StatusCode::kUnavailable), IsOk()));
  EXPECT_EQ(stores.At("mem://one/x").writers_open(), 0);
}

// A backup of `entries` in `store`.
void PutBackup(MemoryUfs& store, const std::string& name, const std::vector<JournalEntry>& entries) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto file, store.Create(name, {}));
  BackupWriter writer(file.get());
  for (const JournalEntry& entry : entries) ASSERT_THAT(writer.Add(entry), IsOk());
  ASSERT_THAT(writer.Finish(), IsOk());
  ASSERT_THAT(file->Close(), IsOk());
}

JournalEntry Block(int64_t id) {
  JournalEntry entry;
  entry.mutable_block_info()->set_block_id(id);
  entry.mutable_block_info()->set_length(7);
  return entry;
}

TEST(BackupTest, DamageIsNoticedWhereverItIs) {
  MemoryUfs store;
  std::vector<JournalEntry> entries;
  for (int i = 0; i < 100; ++i) entries.push_back(Block(int64_t{1} << 24 | i));
  *entries.emplace_back().add_journal_entries() = Block(1);  // one record of two
  *entries.back().add_journal_entries() = Block(2);
  PutBackup(store, "b", entries);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string whole, store.Content("b"));
  const auto read = [&](const std::string& content) -> absl::StatusOr<int64_t> {
    store.PutFile("c", content);
    int visited = 0;
    const auto result = ReadBackup(**store.Open("c"), [&](const JournalEntry& entry) {
      EXPECT_TRUE(entry.has_block_info());
      ++visited;
      return absl::OkStatus();
    });
    EXPECT_TRUE(!result.ok() || visited == 102) << visited;
    return result;
  };
  EXPECT_THAT(read(whole), IsOkAndHolds(101));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(read(whole.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss)) << size;
  }
  // But for the header's time and system, which say nothing.
  for (size_t at = 10; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    EXPECT_THAT(read(damaged), StatusIs(absl::StatusCode::kDataLoss)) << at;
  }
  EXPECT_THAT(read("plain text"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(BackupTest, EntriesThatDoNotFitAreRefusedByName) {
  JournalEntry orphan;
  orphan.mutable_inode_file()->set_id(16777215);
  orphan.mutable_inode_file()->set_parent_id(5);
  orphan.mutable_inode_file()->set_name("f");
  orphan.mutable_inode_file()->set_persistence_state("PERSISTED");
  JournalEntry state = orphan;
  state.mutable_inode_file()->set_persistence_state("NEW");
  JournalEntry table;
  table.mutable_attach_db()->set_db_name("db");
  JournalEntry deletion;
  deletion.mutable_delete_file()->set_id(3);
  JournalEntry mount;
  mount.mutable_add_mount_point()->set_alluxio_path("/a/../b");
  mount.mutable_add_mount_point()->set_ufs_path("mem://x");
  const std::pair<JournalEntry, const char*> cases[] = {
      {orphan, "there is no such directory"}, {state, "its state is \"NEW\""}, {table, "attach_db"},
      {deletion, "delete_file"},              {mount, "/a/../b"},
  };
  for (const auto& [entry, text] : cases) {
    Stores stores;
    Master master(&stores);
    const auto store = *stores.registry().Create("mem://b", {});
    PutBackup(static_cast<MemoryUfs&>(*store), "b", {Block(1), entry});
    EXPECT_THAT(RestoreBackup("mem://b/b", {}, stores.registry(), &master.state),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         ::testing::AllOf(HasSubstr("the backup mem://b/b can't be restored"), HasSubstr(text))));
  }
}

// The original's backups hold no mount of the root: it is the configuration's.
TEST(BackupTest, ABackupWithoutARootMountGetsTheConfigured) {
  Stores stores;
  Master master(&stores);
  const auto store = *stores.registry().Create("mem://b", {});
  JournalEntry root;
  root.mutable_inode_directory()->set_id(0);
  root.mutable_inode_directory()->set_parent_id(-1);
  root.mutable_inode_directory()->set_name("");
  root.mutable_inode_directory()->set_persistence_state("PERSISTED");
  root.mutable_inode_directory()->set_owner("root");
  root.mutable_inode_directory()->set_mode(0755);
  root.set_sequence_number(17);
  PutBackup(static_cast<MemoryUfs&>(*store), "b", {root});
  ASSERT_THAT(RestoreBackup("mem://b/b", {}, stores.registry(), &master.state), IsOk());
  master.Start();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const auto table,
      master.Do(*master.files, &FileSystemMaster::GetMountTable, grpc::file::GetMountTablePRequest()));
  EXPECT_EQ(table.mountpoints().at("/").ufsuri(), "mem://one");
}

}  // namespace
}  // namespace alluxio::master
