#include "alluxio/shell/text.h"

#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/human.h"

namespace alluxio::shell {
namespace {

// The number in front and the lower-case unit behind it.
bool SplitNumber(absl::string_view text, double* number, std::string* unit) {
  text = absl::StripAsciiWhitespace(text);
  size_t end = text.size();
  while (end > 0 && absl::ascii_isalpha(static_cast<unsigned char>(text[end - 1]))) --end;
  *unit = absl::AsciiStrToLower(text.substr(end));
  return absl::SimpleAtod(text.substr(0, end), number) && std::isfinite(*number);
}

// Saturates, as a cast of Java does.
int64_t ToInt64(double value) {
  if (value >= 9.2e18) return INT64_MAX;
  if (value <= -9.2e18) return INT64_MIN;
  return static_cast<int64_t>(value);
}

const char* BoolText(bool value) { return value ? "true" : "false"; }

const char* TtlActionText(client::TtlAction action) {
  switch (action) {
    case client::TtlAction::kDelete: return "DELETE";
    case client::TtlAction::kFree: return "FREE";
    case client::TtlAction::kDeleteAlluxio: return "DELETE_ALLUXIO";
  }
  return "";
}

std::string AddressText(const client::WorkerNetAddress& address) {
  const std::string tiers =
      absl::StrJoin(address.tiered_identity, ", ", [](std::string* out, const client::LocalityTier& tier) {
        absl::StrAppend(out, tier.name, "=", tier.value.value_or("null"));
      });
  return absl::StrCat("WorkerNetAddress{host=", address.host, ", containerHost=", address.container_host,
                      ", rpcPort=", address.rpc_port, ", dataPort=", address.data_port, ", webPort=", address.web_port,
                      ", domainSocketPath=", address.domain_socket_path, ", tieredIdentity=TieredIdentity(", tiers,
                      ")}");
}

}  // namespace

std::string SizeText(int64_t bytes) { return alluxio::SizeText(bytes); }

absl::StatusOr<int64_t> ParseSize(absl::string_view text) {
  double number;
  std::string unit;
  if (SplitNumber(text, &number, &unit)) {
    constexpr absl::string_view kUnits = "bkmgtp";
    if (unit.empty() || unit == "b") return ToInt64(number);
    const size_t power = kUnits.find(unit[0]);
    if (power != absl::string_view::npos && power > 0 && (unit.size() == 1 || unit.substr(1) == "b")) {
      return ToInt64(std::ldexp(number, static_cast<int>(10 * power)));
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("Fail to parse ", text, " to bytes"));
}

absl::StatusOr<int64_t> ParseMillis(absl::string_view text) {
  constexpr struct {
    absl::string_view unit;
    int64_t ms;
  } kUnits[] = {{"", 1},           {"ms", 1},           {"millisecond", 1}, {"s", 1000},        {"sec", 1000},
                {"second", 1000},  {"m", 60'000},       {"min", 60'000},    {"minute", 60'000}, {"h", 3'600'000},
                {"hr", 3'600'000}, {"hour", 3'600'000}, {"d", 86'400'000},  {"day", 86'400'000}};
  double number;
  std::string unit;
  if (SplitNumber(text, &number, &unit)) {
    for (const auto& known : kUnits) {
      if (known.unit == unit) return ToInt64(number * static_cast<double>(known.ms));
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(text, " is not valid time"));
}

std::string DateText(int64_t time_ms, absl::string_view pattern, absl::TimeZone zone) {
  return alluxio::DateText(time_ms, pattern, zone);
}

std::string ModeText(uint32_t mode, bool folder, bool has_extended) {
  return absl::StrCat(folder ? "d" : "-", security::Mode(static_cast<int>(mode)).ToString(), has_extended ? "+" : "");
}

std::string MapText(const std::map<std::string, std::string>& map) {
  return absl::StrCat("{", absl::StrJoin(map, ", ", absl::PairFormatter("=")), "}");
}

security::AclEntry ToSecurity(const client::AclEntry& entry) {
  security::Bits bits = security::Bits::kNone;
  if (entry.read) bits = bits | security::Bits::kRead;
  if (entry.write) bits = bits | security::Bits::kWrite;
  if (entry.execute) bits = bits | security::Bits::kExecute;
  return {.type = static_cast<security::AclEntryType>(entry.type),
          .subject = entry.subject,
          .actions = bits,
          .is_default = entry.is_default};
}

client::AclEntry ToClient(const security::AclEntry& entry) {
  return {.type = static_cast<client::AclEntry::Type>(entry.type),
          .subject = entry.subject,
          .read = Implies(entry.actions, security::Bits::kRead),
          .write = Implies(entry.actions, security::Bits::kWrite),
          .execute = Implies(entry.actions, security::Bits::kExecute),
          .is_default = entry.is_default};
}

std::vector<std::string> AclEntries(const client::Acl& acl, const client::UriStatus& status) {
  security::AccessControlList list(status.owner, status.group, security::Mode(static_cast<int>(status.mode)));
  for (const client::AclEntry& entry : acl.entries) list.SetEntry(ToSecurity(entry));
  return list.CliEntries();
}

std::vector<std::string> DefaultAclEntries(const client::Acl& acl) {
  if (!acl.is_default || acl.is_default_empty) return {};
  const security::AccessControlList base(acl.owner, acl.owning_group, security::Mode(static_cast<int>(acl.mode)));
  security::DefaultAccessControlList list;
  // The base entries are in the mode; setting one makes the list non-empty.
  list.SetEntry({.type = security::AclEntryType::kOwningUser, .actions = base.mode().owner()}, base);
  for (const client::AclEntry& entry : acl.entries) list.SetEntry(ToSecurity(entry), base);
  return list.CliEntries();
}

bool HasExtendedAcl(const client::UriStatus& status) {
  return !status.acl.entries.empty() || (status.default_acl.is_default && !status.default_acl.is_default_empty);
}

std::string BlockInfoText(const client::BlockInfo& block) {
  return absl::StrCat("BlockInfo{id=", block.block_id, ", length=", block.length, ", locations=[",
                      absl::StrJoin(block.locations, ", ",
                                    [](std::string* out, const client::BlockLocation& location) {
                                      absl::StrAppend(out, "BlockLocation{workerId=", location.worker_id,
                                                      ", address=", AddressText(location.address),
                                                      ", tierAlias=", location.tier_alias,
                                                      ", mediumType=", location.medium_type, "}");
                                    }),
                      "]}");
}

std::string UriStatusText(const client::UriStatus& s) {
  const std::string blocks =
      absl::StrJoin(s.file_block_infos, ", ", [](std::string* out, const client::FileBlockInfo& block) {
        absl::StrAppend(out, "FileBlockInfo{blockInfo=", BlockInfoText(block.block), ", offset=", block.offset,
                        ", ufsLocations=[", absl::StrJoin(block.ufs_locations, ", "), "]}");
      });
  std::string out = "URIStatus{info=FileInfo{";
  absl::StrAppend(&out, "fileId=", s.file_id, ", name=", s.name, ", path=", s.path, ", ufsPath=", s.ufs_path,
                  ", length=", s.length, ", blockSizeBytes=", s.block_size_bytes,
                  ", creationTimeMs=", s.creation_time_ms);
  absl::StrAppend(&out, ", completed=", BoolText(s.completed), ", folder=", BoolText(s.folder),
                  ", pinned=", BoolText(s.pinned), ", pinnedlocation=[", absl::StrJoin(s.medium_types, ", "),
                  "], cacheable=", BoolText(s.cacheable), ", persisted=", BoolText(s.persisted), ", blockIds=[",
                  absl::StrJoin(s.block_ids, ", "), "]");
  absl::StrAppend(&out, ", inMemoryPercentage=", s.in_memory_percentage,
                  ", lastModificationTimesMs=", s.last_modification_time_ms, ", ttl=", s.ttl_ms,
                  ", lastAccessTimesMs=", s.last_access_time_ms, ", ttlAction=", TtlActionText(s.ttl_action),
                  ", owner=", s.owner, ", group=", s.group, ", mode=", s.mode,
                  ", persistenceState=", s.persistence_state, ", mountPoint=", BoolText(s.mount_point));
  absl::StrAppend(&out, ", replicationMax=", s.replication_max, ", replicationMin=", s.replication_min,
                  ", fileBlockInfos=[", blocks, "], mountId=", s.mount_id,
                  ", inAlluxioPercentage=", s.in_alluxio_percentage, ", ufsFingerprint=", s.ufs_fingerprint,
                  ", acl=", absl::StrJoin(AclEntries(s.acl, s), ","),
                  ", defaultAcl=", absl::StrJoin(DefaultAclEntries(s.default_acl), ","), ", xattr=[",
                  absl::StrJoin(s.xattr, ", ", absl::PairFormatter(":")), "]}, cacheContext=null}");
  return out;
}

std::string JavaExceptionText(const absl::Status& status) {
  absl::string_view name;
  switch (status.code()) {
    case absl::StatusCode::kNotFound: name = "alluxio.exception.FileDoesNotExistException"; break;
    case absl::StatusCode::kAlreadyExists: name = "alluxio.exception.FileAlreadyExistsException"; break;
    case absl::StatusCode::kInvalidArgument: name = "alluxio.exception.InvalidPathException"; break;
    case absl::StatusCode::kFailedPrecondition: name = "alluxio.exception.DirectoryNotEmptyException"; break;
    case absl::StatusCode::kPermissionDenied: name = "alluxio.exception.AccessControlException"; break;
    case absl::StatusCode::kUnavailable: name = "alluxio.exception.status.UnavailableException"; break;
    case absl::StatusCode::kUnauthenticated: name = "alluxio.exception.status.UnauthenticatedException"; break;
    default: name = "alluxio.exception.AlluxioException"; break;
  }
  return absl::StrCat(name, ": ", status.message());
}

}  // namespace alluxio::shell
