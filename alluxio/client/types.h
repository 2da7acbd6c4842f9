#ifndef ALLUXIO_CLIENT_TYPES_H_
#define ALLUXIO_CLIENT_TYPES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What the client's users see of the wire: plain structs with every field of
// the messages they mirror (names as in PROTOCOL, spelled our way), so that
// commands compile without gRPC and Protobuf. Enumerators have the wire's numbers.
namespace alluxio::client {

enum class WriteType { kMustCache = 1, kTryCache = 2, kCacheThrough = 3, kThrough = 4, kAsyncThrough = 5, kNone = 6 };
enum class ReadType { kNoCache = 1, kCache = 2, kCachePromote = 3 };
enum class LoadMetadataType { kNever = 0, kOnce = 1, kAlways = 2 };
enum class TtlAction { kDelete = 0, kFree = 1, kDeleteAlluxio = 2 };
enum class SetAclAction { kReplace = 0, kModify = 1, kRemove = 2, kRemoveAll = 3, kRemoveDefault = 4 };
enum class UfsMode { kNoAccess = 1, kReadOnly = 2, kReadWrite = 3 };
enum class XAttrUpdateStrategy { kTruncate = 1, kUnionReplace = 2, kUnionPreserve = 3, kDeleteKeys = 4 };
enum class MetricType { kGauge = 0, kCounter = 1, kMeter = 2, kTimer = 3, kExecutorService = 4, kHistogram = 5 };

struct LocalityTier {
  std::string name;
  // Absent where the worker doesn't know (the rack, by default).
  std::optional<std::string> value;
  bool operator==(const LocalityTier&) const = default;
};

// Compared in all seven fields, as the original does (PROTOCOL section 7).
struct WorkerNetAddress {
  std::string host;
  int rpc_port = 0;
  int data_port = 0;
  int web_port = 0;
  std::string domain_socket_path;
  std::vector<LocalityTier> tiered_identity;
  std::string container_host;

  bool operator==(const WorkerNetAddress&) const = default;
  // host:data_port, containers' host first: what a client connects to.
  std::string DataAddress() const {
    return (container_host.empty() ? host : container_host) + ":" + std::to_string(data_port);
  }
};

struct BlockLocation {
  int64_t worker_id = 0;
  WorkerNetAddress address;
  std::string tier_alias;
  std::string medium_type;
};

struct BlockInfo {
  int64_t block_id = 0;
  int64_t length = 0;
  std::vector<BlockLocation> locations;
};

struct FileBlockInfo {
  BlockInfo block;
  int64_t offset = 0;  // in the file
  // Where the under store holds it: "host:port".
  std::vector<std::string> ufs_locations;
};

struct AclEntry {
  enum class Type { kOwner = 0, kNamedUser = 1, kOwningGroup = 2, kNamedGroup = 3, kMask = 4, kOther = 5 };
  Type type = Type::kOwner;
  std::string subject;  // "" for the base entries
  bool read = false;
  bool write = false;
  bool execute = false;
  bool is_default = false;
  bool operator==(const AclEntry&) const = default;
};

struct Acl {
  std::string owner;
  std::string owning_group;
  std::vector<AclEntry> entries;  // without the base ones
  uint32_t mode = 0;              // plain Unix bits
  bool is_default = false;
  bool is_default_empty = false;
};

// One file or directory: the wire's FileInfo, the Java client's URIStatus.
struct UriStatus {
  int64_t file_id = 0;
  std::string name;
  std::string path;
  std::string ufs_path;
  int64_t length = 0;
  int64_t block_size_bytes = 0;
  int64_t creation_time_ms = 0;
  bool completed = false;
  bool folder = false;
  bool pinned = false;
  bool cacheable = false;
  bool persisted = false;
  std::vector<int64_t> block_ids;
  int64_t last_modification_time_ms = 0;
  int64_t last_access_time_ms = 0;
  int64_t ttl_ms = -1;
  TtlAction ttl_action = TtlAction::kDelete;
  std::string owner;
  std::string group;
  uint32_t mode = 0;                // plain Unix bits
  std::string persistence_state;    // NOT_PERSISTED, TO_BE_PERSISTED, PERSISTED, LOST
  bool mount_point = false;
  std::vector<FileBlockInfo> file_block_infos;
  int64_t mount_id = 0;
  int in_alluxio_percentage = 0;
  int in_memory_percentage = 0;
  std::string ufs_fingerprint;
  Acl acl;
  Acl default_acl;
  int replication_max = 0;
  int replication_min = 0;
  std::map<std::string, std::string> xattr;
  std::vector<std::string> medium_types;
};

struct MountPointInfo {
  std::string ufs_uri;
  std::string ufs_type;
  int64_t ufs_capacity_bytes = -1;
  int64_t ufs_used_bytes = -1;
  bool read_only = false;
  std::map<std::string, std::string> properties;
  bool shared = false;
  int64_t mount_id = 0;
};

struct WorkerInfo {
  int64_t id = 0;
  WorkerNetAddress address;
  int last_contact_sec = 0;
  std::string state;
  int64_t capacity_bytes = 0;
  int64_t used_bytes = 0;
  int64_t start_time_ms = 0;
  std::map<std::string, int64_t> capacity_bytes_on_tiers;
  std::map<std::string, int64_t> used_bytes_on_tiers;
  std::string version;
  std::string revision;
  int num_vcpu = 0;
};

// Fields that the request's filter left out are zero or empty.
struct BlockMasterInfo {
  int64_t capacity_bytes = 0;
  std::map<std::string, int64_t> capacity_bytes_on_tiers;
  int64_t free_bytes = 0;
  int live_worker_num = 0;
  int lost_worker_num = 0;
  int decommissioned_worker_num = 0;
  int64_t used_bytes = 0;
  std::map<std::string, int64_t> used_bytes_on_tiers;
};

struct NetAddress {
  std::string host;
  int rpc_port = 0;
};

struct MasterVersion {
  NetAddress address;
  std::string version;
  std::string state;
};

struct MasterInfo {
  std::string leader_master_address;  // "host/ip:port" or "host/<unresolved>:port", or "host:port"
  std::vector<NetAddress> master_addresses;
  int rpc_port = 0;
  bool safe_mode = false;
  int64_t start_time_ms = 0;
  int64_t up_time_ms = 0;
  std::string version;
  int web_port = 0;
  std::vector<NetAddress> worker_addresses;
  std::vector<std::string> zookeeper_addresses;
  std::string cluster_id;
  bool raft_journal = false;
  std::vector<std::string> raft_addresses;
  std::vector<MasterVersion> master_versions;
};

struct MetricValue {
  MetricType type = MetricType::kGauge;
  std::optional<double> number;
  std::optional<std::string> text;
};

struct ConfigProperty {
  std::string name;
  std::string source;
  std::optional<std::string> value;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_TYPES_H_
