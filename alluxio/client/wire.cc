#include "alluxio/client/wire.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace alluxio::client {
namespace {

template <typename Map>
std::map<std::string, int64_t> ToMap(const Map& wire) {
  return std::map<std::string, int64_t>(wire.begin(), wire.end());
}

}  // namespace

WorkerNetAddress FromWire(const grpc::WorkerNetAddress& wire) {
  WorkerNetAddress address = {.host = wire.host(),
                              .rpc_port = wire.rpcport(),
                              .data_port = wire.dataport(),
                              .web_port = wire.webport(),
                              .domain_socket_path = wire.domainsocketpath(),
                              .container_host = wire.containerhost()};
  for (const auto& tier : wire.tieredidentity().tiers()) {
    LocalityTier ours = {.name = tier.tiername()};
    if (tier.has_value()) ours.value = tier.value();
    address.tiered_identity.push_back(std::move(ours));
  }
  return address;
}

BlockInfo FromWire(const grpc::BlockInfo& wire) {
  BlockInfo block = {.block_id = wire.blockid(), .length = wire.length()};
  for (const auto& location : wire.locations()) {
    block.locations.push_back({.worker_id = location.workerid(),
                               .address = FromWire(location.workeraddress()),
                               .tier_alias = location.tieralias(),
                               .medium_type = location.mediumtype()});
  }
  return block;
}

Acl FromWire(const grpc::file::PAcl& wire) {
  Acl acl = {.owner = wire.owner(),
             .owning_group = wire.owninggroup(),
             .mode = static_cast<uint32_t>(wire.mode()),
             .is_default = wire.isdefault(),
             .is_default_empty = wire.isdefaultempty()};
  for (const auto& entry : wire.entries()) {
    AclEntry ours = {.type = static_cast<AclEntry::Type>(entry.type()),
                     .subject = entry.subject(),
                     .is_default = entry.isdefault()};
    for (const int action : entry.actions()) {
      if (action == grpc::file::Read) ours.read = true;
      if (action == grpc::file::Write) ours.write = true;
      if (action == grpc::file::Execute) ours.execute = true;
    }
    acl.entries.push_back(std::move(ours));
  }
  return acl;
}

UriStatus FromWire(const grpc::file::FileInfo& wire) {
  UriStatus status = {.file_id = wire.fileid(),
                      .name = wire.name(),
                      .path = wire.path(),
                      .ufs_path = wire.ufspath(),
                      .length = wire.length(),
                      .block_size_bytes = wire.blocksizebytes(),
                      .creation_time_ms = wire.creationtimems(),
                      .completed = wire.completed(),
                      .folder = wire.folder(),
                      .pinned = wire.pinned(),
                      .cacheable = wire.cacheable(),
                      .persisted = wire.persisted(),
                      .block_ids = {wire.blockids().begin(), wire.blockids().end()},
                      .last_modification_time_ms = wire.lastmodificationtimems(),
                      .last_access_time_ms = wire.lastaccesstimems(),
                      .ttl_ms = wire.ttl(),
                      .ttl_action = static_cast<TtlAction>(wire.ttlaction()),
                      .owner = wire.owner(),
                      .group = wire.group(),
                      .mode = static_cast<uint32_t>(wire.mode()),
                      .persistence_state = wire.persistencestate(),
                      .mount_point = wire.mountpoint(),
                      .mount_id = wire.mountid(),
                      .in_alluxio_percentage = wire.inalluxiopercentage(),
                      .in_memory_percentage = wire.inmemorypercentage(),
                      .ufs_fingerprint = wire.ufsfingerprint(),
                      .acl = FromWire(wire.acl()),
                      .default_acl = FromWire(wire.defaultacl()),
                      .replication_max = wire.replicationmax(),
                      .replication_min = wire.replicationmin(),
                      .xattr = {wire.xattr().begin(), wire.xattr().end()},
                      .medium_types = {wire.mediumtype().begin(), wire.mediumtype().end()}};
  for (const auto& block : wire.fileblockinfos()) {
    status.file_block_infos.push_back({.block = FromWire(block.blockinfo()),
                                       .offset = block.offset(),
                                       .ufs_locations = {block.ufsstringlocations().begin(),
                                                         block.ufsstringlocations().end()}});
  }
  return status;
}

MountPointInfo FromWire(const grpc::file::MountPointInfo& wire) {
  return {.ufs_uri = wire.ufsuri(),
          .ufs_type = wire.ufstype(),
          .ufs_capacity_bytes = wire.ufscapacitybytes(),
          .ufs_used_bytes = wire.ufsusedbytes(),
          .read_only = wire.readonly(),
          .properties = {wire.properties().begin(), wire.properties().end()},
          .shared = wire.shared(),
          .mount_id = wire.mountid()};
}

WorkerInfo FromWire(const grpc::block::WorkerInfo& wire) {
  return {.id = wire.id(),
          .address = FromWire(wire.address()),
          .last_contact_sec = wire.lastcontactsec(),
          .state = wire.state(),
          .capacity_bytes = wire.capacitybytes(),
          .used_bytes = wire.usedbytes(),
          .start_time_ms = wire.starttimems(),
          .capacity_bytes_on_tiers = ToMap(wire.capacitybytesontiers()),
          .used_bytes_on_tiers = ToMap(wire.usedbytesontiers()),
          .version = wire.buildversion().version(),
          .revision = wire.buildversion().revision(),
          .num_vcpu = wire.numvcpu()};
}

BlockMasterInfo FromWire(const grpc::block::BlockMasterInfo& wire) {
  return {.capacity_bytes = wire.capacitybytes(),
          .capacity_bytes_on_tiers = ToMap(wire.capacitybytesontiers()),
          .free_bytes = wire.freebytes(),
          .live_worker_num = wire.liveworkernum(),
          .lost_worker_num = wire.lostworkernum(),
          .decommissioned_worker_num = wire.decommissionedworkernum(),
          .used_bytes = wire.usedbytes(),
          .used_bytes_on_tiers = ToMap(wire.usedbytesontiers())};
}

grpc::file::PAclEntry ToWire(const AclEntry& entry) {
  grpc::file::PAclEntry wire;
  wire.set_type(static_cast<grpc::file::PAclEntryType>(entry.type));
  wire.set_subject(entry.subject);
  if (entry.read) wire.add_actions(grpc::file::Read);
  if (entry.write) wire.add_actions(grpc::file::Write);
  if (entry.execute) wire.add_actions(grpc::file::Execute);
  wire.set_isdefault(entry.is_default);
  return wire;
}

grpc::Bits ToBits(uint32_t rwx) { return static_cast<grpc::Bits>((rwx & 7) + 1); }

grpc::PMode ToPMode(uint32_t mode) {
  grpc::PMode wire;
  wire.set_ownerbits(ToBits(mode >> 6));
  wire.set_groupbits(ToBits(mode >> 3));
  wire.set_otherbits(ToBits(mode));
  return wire;
}

proto::shared::AccessControlList ToSharedAcl(const Acl& acl) {
  using proto::shared::AclActions;
  proto::shared::AccessControlList wire;
  const auto put = [](AclActions* actions, bool read, bool write, bool execute) {
    if (read) actions->add_actions(proto::shared::READ);
    if (write) actions->add_actions(proto::shared::WRITE);
    if (execute) actions->add_actions(proto::shared::EXECUTE);
  };
  const auto put_bits = [&](AclActions* actions, uint32_t bits) { put(actions, bits & 4, bits & 2, bits & 1); };
  wire.set_owninguser(acl.owner);
  wire.set_owninggroup(acl.owning_group);
  wire.set_isdefault(acl.is_default);
  // The base entries are named "" among the users and groups.
  auto* user = wire.add_useractions();
  user->set_name("");
  put_bits(user->mutable_actions(), acl.mode >> 6);
  auto* group = wire.add_groupactions();
  group->set_name("");
  put_bits(group->mutable_actions(), acl.mode >> 3);
  put_bits(wire.mutable_otheractions(), acl.mode);
  for (const AclEntry& entry : acl.entries) {
    AclActions* actions = nullptr;
    switch (entry.type) {
      case AclEntry::Type::kNamedUser: {
        auto* named = wire.add_useractions();
        named->set_name(entry.subject);
        actions = named->mutable_actions();
        break;
      }
      case AclEntry::Type::kNamedGroup: {
        auto* named = wire.add_groupactions();
        named->set_name(entry.subject);
        actions = named->mutable_actions();
        break;
      }
      case AclEntry::Type::kMask:
        actions = wire.mutable_maskactions();
        break;
      default:
        continue;  // base entries: the mode has them
    }
    put(actions, entry.read, entry.write, entry.execute);
  }
  return wire;
}

std::string MasterPath(absl::string_view path_or_uri) {
  constexpr absl::string_view kScheme = "alluxio://";
  if (!absl::StartsWith(path_or_uri, kScheme)) return std::string(path_or_uri);
  absl::string_view rest = path_or_uri.substr(kScheme.size());
  const size_t slash = rest.find('/');
  return slash == absl::string_view::npos ? "/" : std::string(rest.substr(slash));
}

}  // namespace alluxio::client
