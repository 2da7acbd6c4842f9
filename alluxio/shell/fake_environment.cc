#include "alluxio/shell/fake_environment.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/context.h"
#include "alluxio/uri/alluxio_uri.h"
#include "alluxio/uri/path.h"

namespace alluxio::test {
namespace {

using client::UriStatus;

constexpr int64_t kTimeMs = 1'700'000'000'123;  // 2023-11-14 22:13:20.123 UTC

class FakeContext final : public client::ClientContext {
 public:
  explicit FakeContext(const conf::Configuration& conf) : conf_(conf) {}
  const conf::Configuration& conf() const override { return conf_; }
  absl::StatusOr<std::string> MasterAddress() override { return std::string("localhost:19998"); }
  void ReportMetrics() override {}

 private:
  const conf::Configuration& conf_;
};

class FakeIn final : public client::FileInStream {
 public:
  explicit FakeIn(std::string bytes) : bytes_(std::move(bytes)) {}
  absl::StatusOr<size_t> Read(std::span<std::byte> buffer) override {
    const size_t count = std::min(buffer.size(), bytes_.size() - static_cast<size_t>(position_));
    std::memcpy(buffer.data(), bytes_.data() + position_, count);
    position_ += static_cast<int64_t>(count);
    return count;
  }
  absl::StatusOr<size_t> ReadAt(int64_t, std::span<std::byte>) override { return absl::UnimplementedError("fake"); }
  absl::StatusOr<client::BlockView> View(int64_t, int64_t) override { return absl::UnimplementedError("fake"); }
  absl::Status Seek(int64_t offset) override {
    position_ = offset;
    return absl::OkStatus();
  }
  absl::StatusOr<int64_t> Skip(int64_t) override { return absl::UnimplementedError("fake"); }
  int64_t position() const override { return position_; }
  int64_t length() const override { return static_cast<int64_t>(bytes_.size()); }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  const std::string bytes_;
  int64_t position_ = 0;
};

class FakeFs final : public client::FileSystem {
 public:
  FakeFs(const conf::Configuration& conf, const FakeEnvironment& env)
      : conf_(conf), env_(env), context_(std::make_shared<FakeContext>(conf)) {
    Add("/", /*folder=*/true);
    nodes_["/"].status.persisted = true;
    mounts_["/"] = {.ufs_uri = "/under", .ufs_type = "local", .ufs_capacity_bytes = 1000, .ufs_used_bytes = 250};
  }

  const conf::Configuration& conf() const override { return conf_; }
  const std::shared_ptr<client::ClientContext>& context() const override { return context_; }

  absl::StatusOr<std::unique_ptr<client::FileOutStream>> CreateFile(absl::string_view path,
                                                                    const client::CreateFileOptions& options) override {
    ALLUXIO_RETURN_IF_ERROR(uri::ValidatePath(path));
    MutexLock lock(&mutex_);
    if (nodes_.contains(std::string(path)) && !options.overwrite) {
      return absl::AlreadyExistsError(absl::StrCat(
          path, " already exists. If you want to overwrite the file, you need to specify the overwrite option."));
    }
    AddParents(path);
    Add(path, /*folder=*/false);
    return std::make_unique<FakeOut>(this, std::string(path));
  }
  absl::StatusOr<std::unique_ptr<client::FileInStream>> OpenFile(absl::string_view path,
                                                                 const client::OpenFileOptions&) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    std::string bytes = node->bytes;
    if (env_.corrupt_reads() && !bytes.empty()) bytes[0] ^= 1;
    return std::make_unique<FakeIn>(std::move(bytes));
  }
  absl::StatusOr<std::unique_ptr<client::FileInStream>> OpenFile(const UriStatus& status,
                                                                 const client::OpenFileOptions& options) override {
    return OpenFile(status.path, options);
  }
  absl::StatusOr<UriStatus> GetStatus(absl::string_view path, const client::GetStatusOptions&) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    return StatusOf(*node);
  }
  absl::StatusOr<std::vector<UriStatus>> ListStatus(absl::string_view path,
                                                    const client::ListStatusOptions& options) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    if (!node->status.folder) return std::vector<UriStatus>{StatusOf(*node)};
    std::vector<UriStatus> found;
    for (const auto& [name, child] : nodes_) {
      if (name == path || !uri::HasPathPrefix(name, path)) continue;
      if (options.recursive || uri::ParentPath(name) == path) found.push_back(StatusOf(child));
    }
    return found;
  }
  absl::Status IterateStatus(absl::string_view path, const client::ListStatusOptions& options,
                             absl::FunctionRef<void(const UriStatus&)> visit) override {
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<UriStatus> found, ListStatus(path, options));
    for (const UriStatus& status : found) visit(status);
    return absl::OkStatus();
  }
  absl::StatusOr<client::ListStatusPartialResult> ListStatusPartial(absl::string_view,
                                                                    const client::ListStatusPartialOptions&) override {
    return absl::UnimplementedError("fake");
  }
  absl::StatusOr<bool> Exists(absl::string_view path, const client::ExistsOptions&) override {
    return nodes_.contains(std::string(path));
  }
  absl::Status CreateDirectory(absl::string_view path, const client::CreateDirectoryOptions& options) override {
    ALLUXIO_RETURN_IF_ERROR(uri::ValidatePath(path));
    MutexLock lock(&mutex_);
    if (nodes_.contains(std::string(path))) {
      return absl::AlreadyExistsError(
          absl::StrCat("Not allowed to create directory because path already exists: ", path));
    }
    AddParents(path);
    Add(path, /*folder=*/true);
    return absl::OkStatus();
  }
  absl::Status Delete(absl::string_view path, const client::DeleteOptions&) override {
    MutexLock lock(&mutex_);
    ALLUXIO_RETURN_IF_ERROR(Find(path).status());
    std::erase_if(nodes_, [path](const auto& entry) { return uri::HasPathPrefix(entry.first, path); });
    return absl::OkStatus();
  }
  absl::Status Rename(absl::string_view source, absl::string_view destination, const client::RenameOptions&) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(source));
    Node moved = *node;
    moved.status.path = std::string(destination);
    moved.status.name = std::string(uri::PathName(destination));
    nodes_.erase(std::string(source));
    nodes_[moved.status.path] = moved;
    return absl::OkStatus();
  }
  absl::Status Free(absl::string_view path, const client::FreeOptions& options) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    if (node->status.pinned && !options.forced) {
      return absl::UnknownError(absl::StrCat("Cannot free file ", path, " which is pinned."));
    }
    node->status.in_alluxio_percentage = node->status.in_memory_percentage = 0;
    return absl::OkStatus();
  }
  absl::Status SetAttribute(absl::string_view path, const client::SetAttributeOptions& options) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    UriStatus& status = node->status;
    if (options.pinned) status.pinned = *options.pinned;
    if (options.owner) status.owner = *options.owner;
    if (options.group) status.group = *options.group;
    if (options.mode) status.mode = *options.mode;
    if (options.ttl_ms) status.ttl_ms = *options.ttl_ms;
    if (options.ttl_action) status.ttl_action = *options.ttl_action;
    if (options.replication_max) status.replication_max = *options.replication_max;
    if (options.replication_min) status.replication_min = *options.replication_min;
    return absl::OkStatus();
  }
  absl::Status SetAcl(absl::string_view path, client::SetAclAction action, const std::vector<client::AclEntry>& entries,
                      const client::SetAclOptions&) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    if (action == client::SetAclAction::kModify) node->status.acl.entries = entries;
    if (action == client::SetAclAction::kRemoveAll) node->status.acl.entries.clear();
    return absl::OkStatus();
  }
  absl::Status CheckAccess(absl::string_view, uint32_t) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<std::string>> CheckConsistency(absl::string_view) override {
    return std::vector<std::string>();
  }
  absl::Status Persist(absl::string_view path, const client::PersistOptions&) override {
    MutexLock lock(&mutex_);
    ALLUXIO_ASSIGN_OR_RETURN(Node * node, Find(path));
    node->status.persisted = true;
    node->status.persistence_state = "PERSISTED";
    return absl::OkStatus();
  }
  absl::Status LoadMetadata(absl::string_view path, bool, bool) override { return GetStatus(path, {}).status(); }
  absl::Status NeedsSync(absl::string_view) override { return absl::OkStatus(); }
  absl::Status Mount(absl::string_view path, absl::string_view ufs_uri, const client::MountOptions& options) override {
    mounts_[std::string(path)] = {.ufs_uri = std::string(ufs_uri),
                                  .ufs_type = "local",
                                  .ufs_capacity_bytes = -1,
                                  .ufs_used_bytes = -1,
                                  .read_only = options.read_only,
                                  .properties = options.properties,
                                  .shared = options.shared};
    return absl::OkStatus();
  }
  absl::Status UpdateMount(absl::string_view, const client::MountOptions&) override { return absl::OkStatus(); }
  absl::Status Unmount(absl::string_view path) override {
    mounts_.erase(std::string(path));
    return absl::OkStatus();
  }
  absl::StatusOr<std::map<std::string, client::MountPointInfo>> GetMountTable(bool) override { return mounts_; }
  absl::Status UpdateUfsMode(absl::string_view, client::UfsMode) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> ReverseResolve(absl::string_view) override { return absl::UnimplementedError("fake"); }
  absl::StatusOr<std::string> GetFilePath(int64_t id) override {
    MutexLock lock(&mutex_);
    for (const auto& [path, node] : nodes_) {
      if (node.status.file_id == id) return path;
    }
    return absl::NotFoundError(absl::StrCat("inodeId ", id, " does not exist"));
  }
  absl::Status StartSync(absl::string_view) override {
    return absl::UnknownError("Active Syncing is not supported on this UFS type: local");
  }
  absl::Status StopSync(absl::string_view path) override {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a sync point"));
  }
  absl::StatusOr<std::vector<SyncPoint>> GetSyncPathList() override { return std::vector<SyncPoint>(); }
  absl::StatusOr<std::vector<std::string>> GetStateLockHolders() override { return std::vector<std::string>(); }
  absl::StatusOr<std::vector<std::string>> GetBlockHosts(absl::string_view) override {
    return std::vector<std::string>{"localhost"};
  }

 private:
  struct Node {
    UriStatus status;
    std::string bytes;
  };

  class FakeOut final : public client::FileOutStream {
   public:
    FakeOut(FakeFs* fs, std::string path) : fs_(fs), path_(std::move(path)) {}
    absl::Status Write(std::span<const std::byte> data) override {
      bytes_.append(reinterpret_cast<const char*>(data.data()), data.size());
      return absl::OkStatus();
    }
    absl::Status Flush() override { return absl::OkStatus(); }
    absl::Status Close() override {
      MutexLock lock(&fs_->mutex_);
      Node& node = fs_->nodes_[path_];
      node.bytes = bytes_;
      node.status.length = static_cast<int64_t>(bytes_.size());
      node.status.completed = true;
      if (!bytes_.empty()) {
        client::FileBlockInfo block;
        block.block.block_id = node.status.file_id & ~int64_t{0xFFFFFF};
        block.block.length = node.status.length;
        block.block.locations.push_back({.worker_id = 7,
                                         .address = {.host = "localhost", .rpc_port = 29999, .data_port = 29999},
                                         .tier_alias = "MEM",
                                         .medium_type = "MEM"});
        node.status.block_ids = {block.block.block_id};
        node.status.file_block_infos = {block};
      }
      return absl::OkStatus();
    }
    absl::Status Cancel() override { return absl::OkStatus(); }
    int64_t bytes_written() const override { return static_cast<int64_t>(bytes_.size()); }

   private:
    FakeFs* const fs_;
    const std::string path_;
    std::string bytes_;
  };

  absl::StatusOr<Node*> Find(absl::string_view path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ALLUXIO_RETURN_IF_ERROR(uri::ValidatePath(path));
    auto it = nodes_.find(std::string(path));
    if (it == nodes_.end()) return absl::NotFoundError(absl::StrCat("Path \"", path, "\" does not exist."));
    return &it->second;
  }
  UriStatus StatusOf(const Node& node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    UriStatus status = node.status;
    if (status.folder) {
      status.length = std::count_if(nodes_.begin(), nodes_.end(), [&status](const auto& entry) {
        return entry.first != status.path && uri::ParentPath(entry.first) == status.path;
      });
    }
    return status;
  }
  void AddParents(absl::string_view path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::string_view parent = uri::ParentPath(path);
    if (nodes_.contains(std::string(parent))) return;
    AddParents(parent);
    Add(parent, /*folder=*/true);
  }
  void Add(absl::string_view path, bool folder) {
    UriStatus status;
    status.file_id = folder ? next_id_++ : (next_id_++ << 24) | 0xFFFFFF;
    status.path = std::string(path);
    status.name = std::string(uri::PathName(path));
    status.folder = folder;
    status.completed = folder;
    status.owner = status.group = "root";
    status.mode = folder ? 0755 : 0644;
    status.creation_time_ms = status.last_modification_time_ms = status.last_access_time_ms = kTimeMs;
    status.persistence_state = "NOT_PERSISTED";
    status.block_size_bytes = folder ? 0 : 64 << 20;
    status.in_alluxio_percentage = status.in_memory_percentage = folder ? 0 : 100;
    nodes_[status.path] = {.status = status};
  }

  const conf::Configuration& conf_;
  const FakeEnvironment& env_;
  const std::shared_ptr<client::ClientContext> context_;
  Mutex mutex_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, client::MountPointInfo> mounts_;
  int64_t next_id_ = 1;
};

client::WorkerInfo Worker() {
  client::WorkerInfo worker;
  worker.id = 7;
  worker.address = {.host = "localhost", .rpc_port = 29999, .data_port = 29999, .web_port = 30000};
  worker.state = "ACTIVE";
  worker.capacity_bytes = int64_t{4} << 30;
  worker.used_bytes = 1066386;
  worker.capacity_bytes_on_tiers = {{"MEM", worker.capacity_bytes}};
  worker.used_bytes_on_tiers = {{"MEM", worker.used_bytes}};
  worker.version = "2.9.6";
  worker.revision = "f61a8b08ee0e0d0bbc357832f11fd84f401bc0cb";
  worker.num_vcpu = 2;
  return worker;
}

class FakeBlocks final : public client::BlockMasterClient {
 public:
  absl::StatusOr<std::vector<client::WorkerInfo>> GetWorkerInfoList() override { return std::vector{Worker()}; }
  absl::StatusOr<std::vector<client::WorkerInfo>> GetWorkerReport(WorkerRange range,
                                                                  const std::vector<std::string>&) override {
    if (range == WorkerRange::kLost) return std::vector<client::WorkerInfo>();
    return std::vector{Worker()};
  }
  absl::StatusOr<std::vector<LostStorage>> GetWorkerLostStorage() override { return std::vector<LostStorage>(); }
  absl::StatusOr<client::BlockInfo> GetBlockInfo(int64_t) override { return absl::NotFoundError("no block"); }
  absl::StatusOr<client::BlockMasterInfo> GetBlockMasterInfo() override {
    const client::WorkerInfo worker = Worker();
    return client::BlockMasterInfo{.capacity_bytes = worker.capacity_bytes,
                                   .capacity_bytes_on_tiers = worker.capacity_bytes_on_tiers,
                                   .free_bytes = worker.capacity_bytes - worker.used_bytes,
                                   .live_worker_num = 1,
                                   .used_bytes = worker.used_bytes,
                                   .used_bytes_on_tiers = worker.used_bytes_on_tiers};
  }
  absl::StatusOr<int64_t> GetCapacityBytes() override { return Worker().capacity_bytes; }
  absl::StatusOr<int64_t> GetUsedBytes() override { return Worker().used_bytes; }
  absl::Status DecommissionWorker(const std::string&, int, bool) override { return absl::OkStatus(); }
  absl::Status RemoveDisabledWorker(const std::string&, int) override { return absl::OkStatus(); }
  absl::Status FreeWorker(const client::WorkerNetAddress&) override { return absl::OkStatus(); }
  absl::Status ClearWorkerMetrics(const client::WorkerNetAddress&) override { return absl::OkStatus(); }
};

class FakeMeta final : public client::MetaMasterClient {
 public:
  absl::StatusOr<client::MasterInfo> GetMasterInfo() override {
    return client::MasterInfo{.leader_master_address = "localhost/<unresolved>:19998",
                              .rpc_port = 19998,
                              .start_time_ms = kTimeMs,
                              .up_time_ms = 350'000,
                              .version = "2.9.6",
                              .web_port = 19999,
                              .raft_journal = true,
                              .raft_addresses = {"localhost:19200"},
                              .master_versions = {{{"localhost", 19998}, "2.9.6", "PRIMARY"}}};
  }
  absl::StatusOr<std::map<std::string, client::MetricValue>> GetMetrics() override {
    using Type = client::MetricType;
    return std::map<std::string, client::MetricValue>{
        {"Cluster.BytesReadUfsThroughput", {Type::kGauge, 1780.0, {}}},
        {"Cluster.CapacityFree", {Type::kGauge, 4293900910.0, {}}},
        {"Cluster.LeaderId", {Type::kGauge, {}, "localhost_19200"}},
        {"Master.FilesCreated", {Type::kCounter, 16.0, {}}},
    };
  }
  absl::Status ClearMetrics() override { return absl::OkStatus(); }
  absl::StatusOr<Configuration> GetConfiguration(bool, bool, bool) override { return configuration_; }
  absl::StatusOr<ConfigReport> GetConfigReport() override { return ConfigReport(); }
  absl::Status SetPathConfiguration(const std::string& path,
                                    const std::map<std::string, std::string>& properties) override {
    for (const auto& [key, value] : properties) {
      configuration_.paths[path].push_back({.name = key, .source = "PATH_DEFAULT", .value = value});
    }
    return absl::OkStatus();
  }
  absl::Status RemovePathConfiguration(const std::string& path, const std::vector<std::string>& keys) override {
    std::erase_if(configuration_.paths[path], [&keys](const client::ConfigProperty& property) {
      return keys.empty() || std::find(keys.begin(), keys.end(), property.name) != keys.end();
    });
    if (configuration_.paths[path].empty()) configuration_.paths.erase(path);
    return absl::OkStatus();
  }
  absl::StatusOr<std::map<std::string, bool>> UpdateConfiguration(
      const std::map<std::string, std::string>& properties) override {
    std::map<std::string, bool> taken;
    for (const auto& [key, value] : properties) taken[key] = false;
    return taken;
  }
  // Begins at once, and is done when it is asked for.
  absl::StatusOr<BackupStatus> Backup(const BackupOptions& options) override {
    BackupStatus status = {.id = "id", .state = BackupStatus::State::kInitiating, .host = "localhost"};
    status.uri = absl::StrCat(options.target_directory, "/alluxio-backup-2023-11-14-1700000000000.gz");
    backup_ = status;
    return status;
  }
  absl::StatusOr<BackupStatus> GetBackupStatus(const std::string& id) override {
    if (id != backup_.id) return BackupStatus();
    backup_.state = BackupStatus::State::kCompleted;
    backup_.entry_count = 30;
    return backup_;
  }
  absl::StatusOr<std::string> Checkpoint() override { return std::string("localhost"); }
  absl::StatusOr<std::vector<ProxyStatus>> ListProxyStatus() override { return std::vector<ProxyStatus>(); }
  absl::StatusOr<QuorumInfo> GetQuorumInfo() override {
    return QuorumInfo{.domain = "MASTER",
                      .leader = {"localhost", 19200},
                      .servers = {{.address = {"localhost", 19200}, .state = "AVAILABLE"}}};
  }
  absl::Status RemoveQuorumServer(const client::NetAddress&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> TransferLeadership(const client::NetAddress&) override { return std::string("id"); }

 private:
  Configuration configuration_;
  BackupStatus backup_;
};

}  // namespace

FakeEnvironment::FakeEnvironment()
    : Environment(&out_, &err_),
      fs_(std::make_unique<FakeFs>(conf_, *this)),
      blocks_(std::make_unique<FakeBlocks>()),
      meta_(std::make_unique<FakeMeta>()) {}

FakeEnvironment::~FakeEnvironment() = default;

void FakeEnvironment::Configure(const std::vector<std::pair<std::string, std::string>>& values) {
  conf_ = conf_.With(values).value();
}

absl::StatusOr<client::FileSystem*> FakeEnvironment::fs() {
  ALLUXIO_RETURN_IF_ERROR(broken_);
  return fs_.get();
}
absl::StatusOr<client::BlockMasterClient*> FakeEnvironment::blocks() {
  ALLUXIO_RETURN_IF_ERROR(broken_);
  return blocks_.get();
}
absl::StatusOr<client::MetaMasterClient*> FakeEnvironment::meta() {
  ALLUXIO_RETURN_IF_ERROR(broken_);
  return meta_.get();
}

}  // namespace alluxio::test
