#include "alluxio/client/file/file_system.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/core.h"
#include "alluxio/client/file/file_reader.h"
#include "alluxio/client/file/file_writer.h"
#include "alluxio/client/file/status_cache.h"
#include "alluxio/client/wire.h"
#include "alluxio/stub/file_system_methods.h"

namespace alluxio::client {
namespace {

using grpc::file::FileSystemMasterCommonPOptions;

constexpr char kSyncInterval[] = "alluxio.user.file.metadata.sync.interval";

grpc::file::LoadMetadataPType LoadTypeOf(const conf::Configuration& conf, std::optional<LoadMetadataType> given) {
  if (given) return static_cast<grpc::file::LoadMetadataPType>(*given);
  const std::string name = conf.GetEnum("alluxio.user.file.metadata.load.type");
  if (name == "ALWAYS") return grpc::file::ALWAYS;
  if (name == "NEVER") return grpc::file::NEVER;
  return grpc::file::ONCE;
}

WriteType WriteTypeOf(const std::string& name) {
  if (name == "MUST_CACHE") return WriteType::kMustCache;
  if (name == "TRY_CACHE") return WriteType::kTryCache;
  if (name == "CACHE_THROUGH") return WriteType::kCacheThrough;
  if (name == "THROUGH") return WriteType::kThrough;
  if (name == "NONE") return WriteType::kNone;
  return WriteType::kAsyncThrough;
}

TtlAction TtlActionOf(const std::string& name) {
  if (name == "DELETE") return TtlAction::kDelete;
  if (name == "DELETE_ALLUXIO") return TtlAction::kDeleteAlluxio;
  return TtlAction::kFree;
}

// What goes with every call; creations put their TTL over it.
FileSystemMasterCommonPOptions CommonOf(const conf::Configuration& conf, std::optional<int64_t> sync_interval_ms = {}) {
  FileSystemMasterCommonPOptions common;
  if (sync_interval_ms) {
    common.set_syncintervalms(*sync_interval_ms);
  } else if (conf.IsSetByUser(kSyncInterval)) {
    common.set_syncintervalms(conf.GetMillis(kSyncInterval));
  }
  common.set_ttl(conf.GetMillis("alluxio.user.file.create.ttl"));
  common.set_ttlaction(
      static_cast<grpc::TtlAction>(TtlActionOf(conf.GetEnum("alluxio.user.file.create.ttl.action"))));
  return common;
}

uint32_t UmaskOf(const conf::Configuration& conf) {
  uint32_t umask = 0;
  for (const char c : conf.GetString("alluxio.security.authorization.permission.umask")) {
    if (c < '0' || c > '7') return 022;
    umask = umask * 8 + static_cast<uint32_t>(c - '0');
  }
  return umask & 0777;
}

grpc::file::ListStatusPOptions ListOptionsOf(const conf::Configuration& conf, const ListStatusOptions& options) {
  grpc::file::ListStatusPOptions wire;
  wire.set_loadmetadatatype(LoadTypeOf(conf, options.load_metadata_type));
  *wire.mutable_commonoptions() = CommonOf(conf, options.sync_interval_ms);
  wire.set_recursive(options.recursive);
  wire.set_loadmetadataonly(options.load_metadata_only);
  wire.set_excludemountinfo(options.exclude_mount_info);
  return wire;
}

template <typename Map>
void PutAll(const std::map<std::string, std::string>& from, Map* to) {
  for (const auto& [key, value] : from) (*to)[key] = value;
}

class FileSystemClient final : public FileSystem {
 public:
  explicit FileSystemClient(std::shared_ptr<ClientContext> context)
      : context_(std::move(context)), core_(std::static_pointer_cast<ClientCore>(context_)) {
    if (!conf().GetBool("alluxio.user.metadata.cache.enabled")) return;
    cache_ = std::make_shared<StatusCache>(
        static_cast<size_t>(std::max<int64_t>(0, conf().GetInt("alluxio.user.metadata.cache.max.size"))),
        conf().GetDuration("alluxio.user.metadata.cache.expiration.time"), core_->clock());
  }

  const conf::Configuration& conf() const override { return core_->conf(); }
  const std::shared_ptr<ClientContext>& context() const override { return context_; }

  absl::StatusOr<std::unique_ptr<FileOutStream>> CreateFile(absl::string_view path_or_uri,
                                                            const CreateFileOptions& options) override {
    const std::string path = MasterPath(path_or_uri);
    const conf::Configuration conf = core_->ConfOf(path);
    WriterSettings settings;
    settings.type = options.write_type.value_or(WriteTypeOf(conf.GetEnum("alluxio.user.file.writetype.default")));
    settings.location_policy =
        options.location_policy.value_or(conf.GetString("alluxio.user.block.write.location.policy.class"));
    settings.persistence_wait_ms =
        options.persistence_wait_ms.value_or(conf.GetMillis("alluxio.user.file.persistence.initial.wait.time"));
    settings.write_tier =
        options.write_tier.value_or(static_cast<int>(conf.GetInt("alluxio.user.file.write.tier.default")));
    settings.common = CommonOf(conf);
    if (options.ttl_ms) settings.common.set_ttl(*options.ttl_ms);
    if (options.ttl_action) settings.common.set_ttlaction(static_cast<grpc::TtlAction>(*options.ttl_action));
    *settings.common.mutable_operationid() = NewOperationId(*core_->random());

    grpc::file::CreateFilePRequest request;
    request.set_path(path);
    auto* wire = request.mutable_options();
    wire->set_blocksizebytes(
        options.block_size_bytes.value_or(conf.GetBytes("alluxio.user.block.size.bytes.default")));
    wire->set_recursive(options.recursive);
    *wire->mutable_mode() = ToPMode(options.mode.value_or(0666 & ~UmaskOf(conf)));
    const int min =
        options.replication_min.value_or(static_cast<int>(conf.GetInt("alluxio.user.file.replication.min")));
    const int durable =
        options.replication_durable.value_or(static_cast<int>(conf.GetInt("alluxio.user.file.replication.durable")));
    wire->set_replicationmin(min);
    wire->set_replicationmax(
        options.replication_max.value_or(static_cast<int>(conf.GetInt("alluxio.user.file.replication.max"))));
    wire->set_replicationdurable(durable);
    settings.initial_copies = settings.type == WriteType::kAsyncThrough ? std::max(min, durable) : min;
    wire->set_writetier(settings.write_tier);
    wire->set_writetype(static_cast<grpc::file::WritePType>(settings.type));
    *wire->mutable_commonoptions() = settings.common;
    wire->set_persistencewaittime(settings.persistence_wait_ms);
    if (options.overwrite) wire->set_overwrite(true);
    PutAll(options.xattr, wire->mutable_xattr());
    Forget(path);  // it may be overwritten
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kCreateFile, request));
    auto writer = OpenFileWriter(core_, path, FromWire(response.fileinfo()), std::move(settings));
    // Nothing half-made is left: a new try would find the path taken.
    if (!writer.ok()) Delete(path, {}).IgnoreError();
    return writer;
  }

  absl::StatusOr<std::unique_ptr<FileInStream>> OpenFile(absl::string_view path_or_uri,
                                                         const OpenFileOptions& options) override {
    const std::string path = MasterPath(path_or_uri);
    if (cache_) {
      if (auto known = cache_->Get(path)) return Open(*std::move(known), options);
    }
    const conf::Configuration conf = core_->ConfOf(path);
    grpc::file::GetStatusPRequest request;
    request.set_path(path);
    auto* wire = request.mutable_options();
    wire->set_loadmetadatatype(LoadTypeOf(conf, std::nullopt));
    *wire->mutable_commonoptions() = CommonOf(conf);
    wire->set_accessmode(grpc::READ);
    wire->set_updatetimestamps(options.update_last_access_time &&
                               !conf.GetBool("alluxio.user.update.file.accesstime.disabled"));
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetStatus, request));
    UriStatus status = FromWire(response.fileinfo());
    if (cache_) cache_->Put(status);
    return Open(std::move(status), options);
  }

  absl::StatusOr<std::unique_ptr<FileInStream>> OpenFile(const UriStatus& status,
                                                         const OpenFileOptions& options) override {
    return Open(status, options);
  }

  absl::StatusOr<UriStatus> GetStatus(absl::string_view path_or_uri, const GetStatusOptions& options) override {
    const std::string path = MasterPath(path_or_uri);
    // An interval that the caller gives says how old the answer may be.
    if (cache_ && !options.sync_interval_ms) {
      if (auto known = cache_->Get(path)) return *std::move(known);
    }
    const conf::Configuration conf = core_->ConfOf(path);
    grpc::file::GetStatusPRequest request;
    request.set_path(path);
    auto* wire = request.mutable_options();
    wire->set_loadmetadatatype(LoadTypeOf(conf, options.load_metadata_type));
    *wire->mutable_commonoptions() = CommonOf(conf, options.sync_interval_ms);
    wire->set_updatetimestamps(options.update_timestamps &&
                               !conf.GetBool("alluxio.user.update.file.accesstime.disabled"));
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetStatus, request));
    UriStatus status = FromWire(response.fileinfo());
    if (cache_) cache_->Put(status);
    return status;
  }

  absl::StatusOr<std::vector<UriStatus>> ListStatus(absl::string_view path, const ListStatusOptions& options) override {
    std::vector<UriStatus> all;
    ALLUXIO_RETURN_IF_ERROR(IterateStatus(path, options, [&](const UriStatus& status) { all.push_back(status); }));
    return all;
  }

  absl::Status IterateStatus(absl::string_view path_or_uri, const ListStatusOptions& options,
                             absl::FunctionRef<void(const UriStatus&)> visit) override {
    grpc::file::ListStatusPRequest request;
    request.set_path(MasterPath(path_or_uri));
    *request.mutable_options() = ListOptionsOf(core_->ConfOf(request.path()), options);
    return core_->master().Stream(stub::kListStatus, request, [&](grpc::file::ListStatusPResponse& response) {
      for (const auto& info : response.fileinfos()) {
        const UriStatus status = FromWire(info);
        // What a listing leaves out an open would miss.
        if (cache_ && !options.exclude_mount_info) cache_->Put(status);
        visit(status);
      }
      return true;
    });
  }

  absl::StatusOr<ListStatusPartialResult> ListStatusPartial(absl::string_view path_or_uri,
                                                            const ListStatusPartialOptions& options) override {
    grpc::file::ListStatusPartialPRequest request;
    request.set_path(MasterPath(path_or_uri));
    auto* wire = request.mutable_options();
    *wire->mutable_options() = ListOptionsOf(core_->ConfOf(request.path()), options.list);
    wire->set_batchsize(options.batch_size);
    if (options.offset_id) {
      wire->set_offsetid(*options.offset_id);
    } else if (options.start_after) {
      wire->set_startafter(*options.start_after);
    } else if (options.offset_count) {
      wire->set_offsetcount(*options.offset_count);
    }
    if (!options.prefix.empty()) wire->set_prefix(options.prefix);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kListStatusPartial, request));
    ListStatusPartialResult result = {.is_truncated = response.istruncated(), .file_count = response.filecount()};
    for (const auto& info : response.fileinfos()) result.statuses.push_back(FromWire(info));
    return result;
  }

  absl::StatusOr<bool> Exists(absl::string_view path_or_uri, const ExistsOptions& options) override {
    grpc::file::ExistsPRequest request;
    request.set_path(MasterPath(path_or_uri));
    const conf::Configuration conf = core_->ConfOf(request.path());
    request.mutable_options()->set_loadmetadatatype(LoadTypeOf(conf, options.load_metadata_type));
    *request.mutable_options()->mutable_commonoptions() = CommonOf(conf, options.sync_interval_ms);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kExists, request));
    return response.exists();
  }

  absl::Status CreateDirectory(absl::string_view path_or_uri, const CreateDirectoryOptions& options) override {
    grpc::file::CreateDirectoryPRequest request;
    request.set_path(MasterPath(path_or_uri));
    const conf::Configuration conf = core_->ConfOf(request.path());
    auto* wire = request.mutable_options();
    wire->set_recursive(options.recursive);
    wire->set_allowexists(options.allow_exists);
    *wire->mutable_mode() = ToPMode(options.mode.value_or(0777 & ~UmaskOf(conf)));
    wire->set_writetype(static_cast<grpc::file::WritePType>(
        options.write_type.value_or(WriteTypeOf(conf.GetEnum("alluxio.user.file.writetype.default")))));
    auto* common = wire->mutable_commonoptions();
    *common = CommonOf(conf);
    if (options.ttl_ms) common->set_ttl(*options.ttl_ms);
    if (options.ttl_action) common->set_ttlaction(static_cast<grpc::TtlAction>(*options.ttl_action));
    *common->mutable_operationid() = NewOperationId(*core_->random());
    PutAll(options.xattr, wire->mutable_xattr());
    return core_->master().Call(stub::kCreateDirectory, request).status();
  }

  absl::Status Delete(absl::string_view path_or_uri, const DeleteOptions& options) override {
    grpc::file::DeletePRequest request;
    request.set_path(MasterPath(path_or_uri));
    const conf::Configuration conf = core_->ConfOf(request.path());
    auto* wire = request.mutable_options();
    wire->set_recursive(options.recursive);
    wire->set_alluxioonly(options.alluxio_only);
    wire->set_unchecked(options.unchecked.value_or(conf.GetBool("alluxio.user.file.delete.unchecked")));
    *wire->mutable_commonoptions() = CommonOf(conf);
    *wire->mutable_commonoptions()->mutable_operationid() = NewOperationId(*core_->random());
    wire->set_deletemountpoint(options.delete_mount_point);
    return Changed(request.path(), core_->master().Call(stub::kRemove, request).status());
  }

  absl::Status Rename(absl::string_view source, absl::string_view destination, const RenameOptions& options) override {
    grpc::file::RenamePRequest request;
    request.set_path(MasterPath(source));
    request.set_dstpath(MasterPath(destination));
    const conf::Configuration conf = core_->ConfOf(request.dstpath());
    auto* wire = request.mutable_options();
    *wire->mutable_commonoptions() = CommonOf(conf);
    *wire->mutable_commonoptions()->mutable_operationid() = NewOperationId(*core_->random());
    wire->set_persist(options.persist.value_or(conf.GetBool("alluxio.user.file.persist.on.rename")));
    if (options.overwrite) wire->mutable_s3syntaxoptions()->set_overwrite(true);
    Forget(request.dstpath());
    return Changed(request.path(), core_->master().Call(stub::kRename, request).status());
  }

  absl::Status Free(absl::string_view path_or_uri, const FreeOptions& options) override {
    grpc::file::FreePRequest request;
    request.set_path(MasterPath(path_or_uri));
    request.mutable_options()->set_recursive(options.recursive);
    request.mutable_options()->set_forced(options.forced);
    *request.mutable_options()->mutable_commonoptions() = CommonOf(core_->ConfOf(request.path()));
    return Changed(request.path(), core_->master().Call(stub::kFree, request).status());
  }

  absl::Status SetAttribute(absl::string_view path_or_uri, const SetAttributeOptions& options) override {
    grpc::file::SetAttributePRequest request;
    request.set_path(MasterPath(path_or_uri));
    auto* wire = request.mutable_options();
    if (options.pinned) wire->set_pinned(*options.pinned);
    for (const std::string& medium : options.pinned_media) wire->add_pinnedmedia(medium);
    if (options.persisted) wire->set_persisted(*options.persisted);
    if (options.owner) wire->set_owner(*options.owner);
    if (options.group) wire->set_group(*options.group);
    if (options.mode) *wire->mutable_mode() = ToPMode(*options.mode);
    wire->set_recursive(options.recursive);
    if (options.replication_min) wire->set_replicationmin(*options.replication_min);
    if (options.replication_max) wire->set_replicationmax(*options.replication_max);
    // Presence acts: no defaults here.
    auto* common = wire->mutable_commonoptions();
    if (options.ttl_ms) common->set_ttl(*options.ttl_ms);
    if (options.ttl_action) common->set_ttlaction(static_cast<grpc::TtlAction>(*options.ttl_action));
    PutAll(options.xattr, wire->mutable_xattr());
    if (options.xattr_update_strategy) {
      wire->set_xattrupdatestrategy(static_cast<proto::journal::XAttrUpdateStrategy>(*options.xattr_update_strategy));
    }
    if (options.direct_children_loaded) wire->set_directchildrenloaded(*options.direct_children_loaded);
    return Changed(request.path(), core_->master().Call(stub::kSetAttribute, request).status());
  }

  absl::Status SetAcl(absl::string_view path_or_uri, SetAclAction action, const std::vector<AclEntry>& entries,
                      const SetAclOptions& options) override {
    grpc::file::SetAclPRequest request;
    request.set_path(MasterPath(path_or_uri));
    request.set_action(static_cast<grpc::file::SetAclAction>(action));
    for (const AclEntry& entry : entries) *request.add_entries() = ToWire(entry);
    request.mutable_options()->set_recursive(options.recursive);
    *request.mutable_options()->mutable_commonoptions() = CommonOf(core_->ConfOf(request.path()));
    return Changed(request.path(), core_->master().Call(stub::kSetAcl, request).status());
  }

  absl::Status CheckAccess(absl::string_view path_or_uri, uint32_t bits) override {
    grpc::file::CheckAccessPRequest request;
    request.set_path(MasterPath(path_or_uri));
    request.mutable_options()->set_bits(ToBits(bits));
    *request.mutable_options()->mutable_commonoptions() = CommonOf(core_->ConfOf(request.path()));
    return core_->master().Call(stub::kCheckAccess, request).status();
  }

  absl::StatusOr<std::vector<std::string>> CheckConsistency(absl::string_view path_or_uri) override {
    grpc::file::CheckConsistencyPRequest request;
    request.set_path(MasterPath(path_or_uri));
    *request.mutable_options()->mutable_commonoptions() = CommonOf(core_->ConfOf(request.path()));
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kCheckConsistency, request));
    return std::vector<std::string>(response.inconsistentpaths().begin(), response.inconsistentpaths().end());
  }

  absl::Status Persist(absl::string_view path_or_uri, const PersistOptions& options) override {
    grpc::file::ScheduleAsyncPersistencePRequest request;
    request.set_path(MasterPath(path_or_uri));
    const conf::Configuration conf = core_->ConfOf(request.path());
    *request.mutable_options()->mutable_commonoptions() = CommonOf(conf);
    request.mutable_options()->set_persistencewaittime(
        options.persistence_wait_ms.value_or(conf.GetMillis("alluxio.user.file.persistence.initial.wait.time")));
    return Changed(request.path(), core_->master().Call(stub::kScheduleAsyncPersistence, request).status());
  }

  absl::Status LoadMetadata(absl::string_view path, bool recursive, bool forced) override {
    ListStatusOptions options = {
        .load_metadata_type = LoadMetadataType::kAlways, .recursive = recursive, .load_metadata_only = true};
    if (forced) options.sync_interval_ms = 0;
    return IterateStatus(path, options, [](const UriStatus&) {});
  }

  absl::Status NeedsSync(absl::string_view path) override {
    grpc::file::NeedsSyncRequest request;
    request.set_path(MasterPath(path));
    return core_->master().Call(stub::kNeedsSync, request).status();
  }

  absl::Status Mount(absl::string_view path, absl::string_view ufs_uri, const MountOptions& options) override {
    grpc::file::MountPRequest request;
    request.set_alluxiopath(MasterPath(path));
    request.set_ufspath(std::string(ufs_uri));
    *request.mutable_options() = MountOptionsOf(options);
    return Changed(request.alluxiopath(), core_->master().Call(stub::kMount, request).status());
  }

  absl::Status UpdateMount(absl::string_view path, const MountOptions& options) override {
    grpc::file::UpdateMountPRequest request;
    request.set_alluxiopath(MasterPath(path));
    *request.mutable_options() = MountOptionsOf(options);
    return Changed(request.alluxiopath(), core_->master().Call(stub::kUpdateMount, request).status());
  }

  absl::Status Unmount(absl::string_view path) override {
    grpc::file::UnmountPRequest request;
    request.set_alluxiopath(MasterPath(path));
    *request.mutable_options()->mutable_commonoptions() = CommonOf(conf());
    return Changed(request.alluxiopath(), core_->master().Call(stub::kUnmount, request).status());
  }

  absl::StatusOr<std::map<std::string, MountPointInfo>> GetMountTable(bool check_ufs) override {
    grpc::file::GetMountTablePRequest request;
    request.set_checkufs(check_ufs);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetMountTable, request));
    std::map<std::string, MountPointInfo> table;
    for (const auto& [path, info] : response.mountpoints()) table[path] = FromWire(info);
    return table;
  }

  absl::Status UpdateUfsMode(absl::string_view ufs_uri, UfsMode mode) override {
    grpc::file::UpdateUfsModePRequest request;
    request.set_ufspath(std::string(ufs_uri));
    request.mutable_options()->set_ufsmode(static_cast<grpc::file::UfsPMode>(mode));
    return core_->master().Call(stub::kUpdateUfsMode, request).status();
  }

  absl::StatusOr<std::string> ReverseResolve(absl::string_view ufs_uri) override {
    grpc::file::ReverseResolvePRequest request;
    request.set_ufsuri(std::string(ufs_uri));
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kReverseResolve, request));
    return response.alluxiopath();
  }

  absl::StatusOr<std::string> GetFilePath(int64_t file_id) override {
    grpc::file::GetFilePathPRequest request;
    request.set_fileid(file_id);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetFilePath, request));
    return response.path();
  }

  absl::Status StartSync(absl::string_view path) override {
    grpc::file::StartSyncPRequest request;
    request.set_path(MasterPath(path));
    *request.mutable_options()->mutable_commonoptions() = CommonOf(conf());
    return core_->master().Call(stub::kStartSync, request).status();
  }

  absl::Status StopSync(absl::string_view path) override {
    grpc::file::StopSyncPRequest request;
    request.set_path(MasterPath(path));
    *request.mutable_options()->mutable_commonoptions() = CommonOf(conf());
    return core_->master().Call(stub::kStopSync, request).status();
  }

  absl::StatusOr<std::vector<SyncPoint>> GetSyncPathList() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetSyncPathList, {}));
    std::vector<SyncPoint> points;
    for (const auto& point : response.syncpaths()) {
      points.push_back({point.syncpointuri(), grpc::file::SyncPointStatus_Name(point.syncstatus())});
    }
    return points;
  }

  absl::StatusOr<std::vector<std::string>> GetStateLockHolders() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetStateLockHolders, {}));
    return std::vector<std::string>(response.threads().begin(), response.threads().end());
  }

  absl::StatusOr<std::vector<std::string>> GetBlockHosts(absl::string_view path) override {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, GetStatus(path, {}));
    std::set<std::string> hosts;
    for (const FileBlockInfo& block : status.file_block_infos) {
      for (const BlockLocation& location : block.block.locations) hosts.insert(location.address.host);
    }
    return std::vector<std::string>(hosts.begin(), hosts.end());
  }

 private:
  absl::StatusOr<std::unique_ptr<FileInStream>> Open(UriStatus status, const OpenFileOptions& options) {
    if (status.folder) {
      return absl::InvalidArgumentError(absl::StrCat("Cannot read from ", status.path, " because it is a directory"));
    }
    if (!status.completed) {
      return absl::FailedPreconditionError(
          absl::StrCat("Cannot read from ", status.path,
                       " because it is incomplete. Wait for the file to be marked as complete by the writing thread or application."));
    }
    // The stream may outlive this client.
    auto forget = [cache = cache_, path = status.path] {
      if (cache) cache->Forget(path);
    };
    return OpenFileReader(core_, std::move(status), options, std::move(forget));
  }

  void Forget(absl::string_view path) {
    if (cache_) cache_->Forget(path);
  }
  // After a change of ours, also one that may have happened in spite of an error.
  absl::Status Changed(absl::string_view path, absl::Status status) {
    Forget(path);
    return status;
  }

  grpc::file::MountPOptions MountOptionsOf(const MountOptions& options) const {
    grpc::file::MountPOptions wire;
    wire.set_readonly(options.read_only);
    wire.set_shared(options.shared);
    if (options.remount) wire.set_remount(true);
    PutAll(options.properties, wire.mutable_properties());
    *wire.mutable_commonoptions() = CommonOf(conf());
    return wire;
  }

  const std::shared_ptr<ClientContext> context_;
  const std::shared_ptr<ClientCore> core_;
  std::shared_ptr<StatusCache> cache_;  // null: off
};

}  // namespace

absl::StatusOr<std::unique_ptr<FileSystem>> FileSystem::Create(const conf::Configuration& conf) {
  ALLUXIO_ASSIGN_OR_RETURN(auto context, ClientContext::Create(conf));
  return Create(std::move(context));
}

std::unique_ptr<FileSystem> FileSystem::Create(std::shared_ptr<ClientContext> context) {
  return std::make_unique<FileSystemClient>(std::move(context));
}

}  // namespace alluxio::client
