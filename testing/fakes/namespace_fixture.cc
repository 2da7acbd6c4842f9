#include "testing/fakes/namespace_fixture.h"

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/security/acl_proto.h"

namespace alluxio::test {

using grpc::file::FileInfo;
using master::FileSystemMaster;

NamespaceFixture::NamespaceFixture(Options options)
    : options_(std::move(options)),
      journal_(std::make_unique<journal::MemoryJournal>(
          journal::MemoryJournal::Options{.auto_durable = options_.auto_durable})) {
  registry_.Register("mem", [this](absl::string_view uri, const std::map<std::string, std::string>&)
                                -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> {
    if (uri == "mem://one") return std::shared_ptr<ufs::UnderFileSystem>(faulty_);
    if (uri == "mem://two") return std::shared_ptr<ufs::UnderFileSystem>(second_ufs_);
    if (uri == "mem://three") return std::shared_ptr<ufs::UnderFileSystem>(third_ufs_);
    return absl::NotFoundError(absl::StrCat(uri, " does not exist"));
  });
  if (options_.threads > 0) {
    executor_ = std::make_unique<ThreadPool>(ThreadPool::Options{.name = "ns", .threads = options_.threads});
  } else {
    executor_ = std::make_unique<InlineExecutor>();
  }
  Build();
}

NamespaceFixture::~NamespaceFixture() { executor_.reset(); }

FileSystemMaster::Options NamespaceFixture::MasterOptions() {
  FileSystemMaster::Options options;
  auto properties = options_.properties;
  properties.emplace_back("alluxio.master.mount.table.root.ufs", "mem://one");
  auto conf = conf::Configuration().With(properties);
  ALLUXIO_CHECK(conf.ok());
  options.conf = *conf;
  options.ufs_registry = &registry_;
  options.executor = options_.executor != nullptr ? options_.executor : executor_.get();
  options.clock = &clock_;
  options.random = random_.get();
  options.groups = [](const std::string& user) -> std::vector<std::string> {
    if (user == "alice") return {"staff", "users"};
    if (user == "bob") return {"users"};
    return {user};
  };
  options.known_groups = options_.known_groups;
  options.superuser = "root";
  return options;
}

void NamespaceFixture::Build() {
  store_ = std::make_unique<master::HeapKvStore>();
  state_ = std::make_unique<master::StateMachine>(journal_.get(), store_.get());
  blocks_ = std::make_unique<FakeBlockDirectory>();
  FileSystemMaster::Options options = MasterOptions();
  options.state = state_.get();
  options.blocks = blocks_.get();
  fs_ = std::make_unique<FileSystemMaster>(std::move(options));
  state_->AddPart(fs_.get());
  state_->AddPart(blocks_.get());
  ALLUXIO_CHECK(state_->Replay().ok());
  ALLUXIO_CHECK(fs_->Start().ok());
}

void NamespaceFixture::Restart() {
  journal_ = journal_->AfterCrash();
  Build();
}

std::map<std::string, std::string> NamespaceFixture::Content(const master::KvStore& store) {
  std::map<std::string, std::string> content;
  for (int family = 0; family < master::kNumFamilies; ++family) {
    const absl::Status scanned =
        store.Scan(static_cast<master::Family>(family), "", "", [&](absl::string_view key, absl::string_view value) {
          content[absl::StrCat(family, ":", key)] = std::string(value);
          return true;
        });
    ALLUXIO_CHECK(scanned.ok());
  }
  return content;
}

std::map<std::string, std::string> NamespaceFixture::ReplayedContent() {
  const auto journal = journal_->AfterCrash();
  master::HeapKvStore store;
  master::StateMachine state(journal.get(), &store);
  FakeBlockDirectory blocks;
  FileSystemMaster::Options options = MasterOptions();
  options.state = &state;
  options.blocks = &blocks;
  FileSystemMaster fs(std::move(options));
  state.AddPart(&fs);
  state.AddPart(&blocks);
  ALLUXIO_CHECK(state.Replay().ok());
  return Content(store);
}

absl::StatusOr<FileInfo> NamespaceFixture::CreateFile(const std::string& path, const Create& create) {
  grpc::file::CreateFilePRequest request;
  request.set_path(path);
  auto* options = request.mutable_options();
  options->set_blocksizebytes(create.block_size);
  options->set_recursive(create.recursive);
  options->set_overwrite(create.overwrite);
  *options->mutable_mode() = security::ModeToProto(security::Mode(create.mode));
  options->set_replicationmax(-1);
  options->set_writetype(create.write_type);
  options->mutable_commonoptions()->set_ttl(create.ttl_ms);
  options->mutable_commonoptions()->set_ttlaction(create.ttl_action);
  if (create.operation != 0) {
    options->mutable_commonoptions()->mutable_operationid()->set_mostsignificantbits(create.operation);
    options->mutable_commonoptions()->mutable_operationid()->set_leastsignificantbits(1);
  }
  auto response = Do(&FileSystemMaster::CreateFile, request, create.user);
  if (!response.ok()) return response.status();
  return response->fileinfo();
}

absl::Status NamespaceFixture::Mkdir(const std::string& path, const Create& create, bool allow_exists) {
  grpc::file::CreateDirectoryPRequest request;
  request.set_path(path);
  auto* options = request.mutable_options();
  options->set_recursive(create.recursive);
  options->set_allowexists(allow_exists);
  *options->mutable_mode() = security::ModeToProto(security::Mode(create.mode));
  options->set_writetype(create.write_type);
  options->mutable_commonoptions()->set_ttl(create.ttl_ms);
  return Do(&FileSystemMaster::CreateDirectory, request, create.user).status();
}

absl::Status NamespaceFixture::Complete(const std::string& path, std::optional<int64_t> ufs_length, bool persist) {
  grpc::file::CompleteFilePRequest request;
  request.set_path(path);
  if (ufs_length.has_value()) request.mutable_options()->set_ufslength(*ufs_length);
  if (persist) request.mutable_options()->mutable_asyncpersistoptions()->set_persistencewaittime(0);
  return Do(&FileSystemMaster::CompleteFile, request).status();
}

absl::StatusOr<FileInfo> NamespaceFixture::Write(const std::string& path, int64_t bytes, const Create& options,
                                                 bool persist) {
  auto created = CreateFile(path, options);
  if (!created.ok()) return created.status();
  if (bytes > 0) {
    grpc::file::GetNewBlockIdForFilePRequest request;
    request.set_path(path);
    auto block = Do(&FileSystemMaster::GetNewBlockIdForFile, request, options.user);
    if (!block.ok()) return block.status();
    blocks_->Commit(block->id(), bytes);
  }
  const bool through =
      options.write_type == grpc::file::THROUGH || options.write_type == grpc::file::CACHE_THROUGH;
  if (absl::Status done = Complete(path, through ? std::optional<int64_t>(bytes) : std::nullopt, persist); !done.ok()) {
    return done;
  }
  return Stat(path);
}

absl::StatusOr<FileInfo> NamespaceFixture::Stat(const std::string& path, const std::string& user,
                                                std::optional<int64_t> sync_interval_ms) {
  grpc::file::GetStatusPRequest request;
  request.set_path(path);
  request.mutable_options()->set_loadmetadatatype(grpc::file::ONCE);
  if (sync_interval_ms.has_value()) {
    request.mutable_options()->mutable_commonoptions()->set_syncintervalms(*sync_interval_ms);
  }
  auto response = Do(&FileSystemMaster::GetStatus, request, user);
  if (!response.ok()) return response.status();
  return response->fileinfo();
}

absl::StatusOr<std::vector<std::string>> NamespaceFixture::Ls(const std::string& path, const List& list) {
  grpc::file::ListStatusPRequest request;
  request.set_path(path);
  request.mutable_options()->set_loadmetadatatype(list.load);
  request.mutable_options()->set_recursive(list.recursive);
  if (list.sync_interval_ms.has_value()) {
    request.mutable_options()->mutable_commonoptions()->set_syncintervalms(*list.sync_interval_ms);
  }
  std::vector<std::string> paths;
  absl::Status status;
  Notification done;
  fs_->ListStatus(
      {list.user, "test"}, request,
      [&](const grpc::file::ListStatusPResponse& response) {
        for (const FileInfo& info : response.fileinfos()) paths.push_back(info.path());
        return true;
      },
      [&](absl::Status result) {
        status = std::move(result);
        done.Notify();
      });
  done.Wait();
  if (!status.ok()) return status;
  return paths;
}

absl::Status NamespaceFixture::Rm(const std::string& path, bool recursive, const std::string& user, bool alluxio_only,
                                  bool unchecked) {
  grpc::file::DeletePRequest request;
  request.set_path(path);
  request.mutable_options()->set_recursive(recursive);
  request.mutable_options()->set_alluxioonly(alluxio_only);
  request.mutable_options()->set_unchecked(unchecked);
  return Do(&FileSystemMaster::Remove, request, user).status();
}

absl::Status NamespaceFixture::Mv(const std::string& from, const std::string& to, const std::string& user) {
  grpc::file::RenamePRequest request;
  request.set_path(from);
  request.set_dstpath(to);
  return Do(&FileSystemMaster::Rename, request, user).status();
}

absl::Status NamespaceFixture::Mount(const std::string& path, const std::string& uri) {
  grpc::file::MountPRequest request;
  request.set_alluxiopath(path);
  request.set_ufspath(uri);
  request.mutable_options()->set_readonly(false);
  request.mutable_options()->set_shared(false);
  request.mutable_options()->mutable_commonoptions()->set_ttl(-1);
  request.mutable_options()->mutable_commonoptions()->set_ttlaction(grpc::FREE);
  return Do(&FileSystemMaster::Mount, request).status();
}

}  // namespace alluxio::test
