#ifndef ALLUXIO_CLIENT_FILE_OPTIONS_H_
#define ALLUXIO_CLIENT_FILE_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alluxio/client/types.h"

// Options of the calls. What is left absent (or at the default shown) is filled
// from the configuration with the cluster's and the path's values in it, and
// sent completely: servers don't fill in anything (PROTOCOL sections 1 and 20).
namespace alluxio::client {

struct CreateFileOptions {
  std::optional<int64_t> block_size_bytes;  // alluxio.user.block.size.bytes.default
  bool recursive = false;
  std::optional<uint32_t> mode;  // Unix bits, taken as they are; else 0666 & ~umask
  std::optional<WriteType> write_type;  // alluxio.user.file.writetype.default
  std::optional<int> write_tier;
  std::optional<int> replication_min;
  std::optional<int> replication_max;
  std::optional<int> replication_durable;
  std::optional<int64_t> ttl_ms;  // -1: never
  std::optional<TtlAction> ttl_action;
  std::optional<int64_t> persistence_wait_ms;
  bool overwrite = false;
  std::map<std::string, std::string> xattr;
  // Class name of alluxio.user.block.write.location.policy.class, or a short one.
  std::optional<std::string> location_policy;
};

struct OpenFileOptions {
  std::optional<ReadType> read_type;  // alluxio.user.file.readtype.default
  std::optional<int> max_ufs_read_concurrency;
  bool update_last_access_time = true;
};

struct GetStatusOptions {
  std::optional<LoadMetadataType> load_metadata_type;  // alluxio.user.file.metadata.load.type
  std::optional<int64_t> sync_interval_ms;             // sent only if set here or by the user's configuration
  bool update_timestamps = true;
};

struct ListStatusOptions {
  std::optional<LoadMetadataType> load_metadata_type;
  std::optional<int64_t> sync_interval_ms;
  bool recursive = false;
  bool load_metadata_only = false;
  bool exclude_mount_info = false;
};

struct ListStatusPartialOptions {
  ListStatusOptions list;
  int batch_size = 1000;
  // One of the three; none: from the start.
  std::optional<int64_t> offset_id;
  std::optional<std::string> start_after;
  std::optional<int> offset_count;
  std::string prefix;  // "" or begins with '/'
};

struct ListStatusPartialResult {
  std::vector<UriStatus> statuses;
  bool is_truncated = false;
  int64_t file_count = 0;
};

struct CreateDirectoryOptions {
  bool recursive = false;
  bool allow_exists = false;
  std::optional<uint32_t> mode;  // else 0777 & ~umask
  std::optional<WriteType> write_type;
  std::optional<int64_t> ttl_ms;
  std::optional<TtlAction> ttl_action;
  std::map<std::string, std::string> xattr;
};

struct DeleteOptions {
  bool recursive = false;
  bool alluxio_only = false;
  std::optional<bool> unchecked;  // alluxio.user.file.delete.unchecked
  bool delete_mount_point = false;
};

struct RenameOptions {
  // alluxio.user.file.persist.on.rename
  std::optional<bool> persist;
  bool overwrite = false;  // S3 syntax
};

struct FreeOptions {
  bool recursive = false;
  bool forced = false;
};

// Only what is present acts.
struct SetAttributeOptions {
  std::optional<bool> pinned;
  std::vector<std::string> pinned_media;
  std::optional<bool> persisted;
  std::optional<std::string> owner;
  std::optional<std::string> group;
  std::optional<uint32_t> mode;
  bool recursive = false;
  std::optional<int> replication_min;
  std::optional<int> replication_max;
  std::optional<int64_t> ttl_ms;
  std::optional<TtlAction> ttl_action;
  std::map<std::string, std::string> xattr;
  std::optional<XAttrUpdateStrategy> xattr_update_strategy;
  // Of a directory: whether what the under store has in it counts as known.
  std::optional<bool> direct_children_loaded;
};

struct MountOptions {
  bool read_only = false;
  bool shared = false;
  bool remount = false;
  std::map<std::string, std::string> properties;
};

struct SetAclOptions {
  bool recursive = false;
};

struct PersistOptions {
  std::optional<int64_t> persistence_wait_ms;
};

struct ExistsOptions {
  std::optional<LoadMetadataType> load_metadata_type;
  std::optional<int64_t> sync_interval_ms;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_OPTIONS_H_
