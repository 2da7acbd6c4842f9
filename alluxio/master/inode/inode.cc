#include "alluxio/master/inode/inode.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace alluxio::master {
namespace {

using security::AclEntry;
using security::AclEntryType;
using security::Bits;
using security::Mode;

constexpr char kVersion = 1;
constexpr absl::string_view kStateNames[] = {"NOT_PERSISTED", "TO_BE_PERSISTED", "PERSISTED", "LOST"};

// First field of a record: what the record holds.
enum Flag : uint64_t {
  kDirectory = 1 << 0,
  kPinned = 1 << 1,
  kMountPoint = 1 << 2,
  kChildrenLoaded = 1 << 3,
  kCompleted = 1 << 4,
  kCacheable = 1 << 5,
  kHasTtl = 1 << 6,
  kHasFingerprint = 1 << 7,
  kHasXattr = 1 << 8,
  kHasMedia = 1 << 9,
  kHasExtendedAcl = 1 << 10,
  kHasDefaultAcl = 1 << 11,
  kHasPersistJob = 1 << 12,
};

void PutVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void PutSigned(int64_t value, std::string* out) {
  PutVarint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63), out);
}

void PutText(absl::string_view text, std::string* out) {
  PutVarint(text.size(), out);
  out->append(text.data(), text.size());
}

void PutNamed(const security::AccessControlList::Named& named, std::string* out) {
  PutVarint(named.size(), out);
  for (const auto& [name, bits] : named) {
    PutText(name, out);
    out->push_back(static_cast<char>(bits));
  }
}

void PutExtended(const security::AccessControlList& acl, std::string* out) {
  PutNamed(acl.named_users(), out);
  PutNamed(acl.named_groups(), out);
  out->push_back(static_cast<char>(acl.mask()));
}

// Takes fields off the front; after a missing byte `ok` is false and the rest zero.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<uint8_t>(Byte());
      value |= uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  int64_t Signed() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  char Byte() {
    if (rest_.empty()) {
      ok_ = false;
      return 0;
    }
    const char byte = rest_.front();
    rest_.remove_prefix(1);
    return byte;
  }
  absl::string_view Text() {
    const uint64_t size = Varint();
    if (size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const absl::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  // A count of things that take a byte each at least.
  uint64_t Count() {
    const uint64_t count = Varint();
    if (count <= rest_.size()) return count;
    ok_ = false;
    return 0;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  absl::string_view rest_;
  bool ok_ = true;
};

template <typename Acl>
void ReadExtended(Reader& in, Acl* acl, const auto& set) {
  for (const AclEntryType type : {AclEntryType::kNamedUser, AclEntryType::kNamedGroup}) {
    for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
      const std::string name(in.Text());
      set(acl, AclEntry{type, name, Bits(in.Byte() & 7)});
    }
  }
  set(acl, AclEntry{AclEntryType::kMask, "", Bits(in.Byte() & 7)});
}

uint64_t FlagsOf(const Inode& inode) {
  uint64_t flags = 0;
  if (inode.directory) flags |= kDirectory;
  if (inode.pinned) flags |= kPinned;
  if (inode.mount_point) flags |= kMountPoint;
  if (inode.direct_children_loaded) flags |= kChildrenLoaded;
  if (inode.completed) flags |= kCompleted;
  if (inode.cacheable) flags |= kCacheable;
  if (inode.ttl_ms != kNoTtl) flags |= kHasTtl;
  if (!inode.ufs_fingerprint.empty()) flags |= kHasFingerprint;
  if (!inode.xattr.empty()) flags |= kHasXattr;
  if (!inode.medium_types.empty()) flags |= kHasMedia;
  if (inode.acl.HasExtended()) flags |= kHasExtendedAcl;
  if (!inode.default_acl.empty()) flags |= kHasDefaultAcl;
  if (inode.persist_job_id != -1 || !inode.temp_ufs_path.empty() || inode.should_persist_ms != 0) {
    flags |= kHasPersistJob;
  }
  return flags;
}

void ReadFile(Reader& in, Inode* inode) {
  inode->block_size_bytes = in.Signed();
  inode->length_bytes = in.Signed();
  inode->block_count = in.Signed();
  inode->replication_durable = static_cast<int32_t>(in.Signed());
  inode->replication_min = static_cast<int32_t>(in.Signed());
  inode->replication_max = static_cast<int32_t>(in.Signed());
}

// What ReadFile reads, for a directory that gets the memory of a file.
void ClearFile(Inode* inode) {
  inode->block_size_bytes = inode->length_bytes = inode->block_count = 0;
  inode->replication_durable = inode->replication_min = inode->replication_max = 0;
}

}  // namespace

absl::string_view PersistenceStateName(PersistenceState state) { return kStateNames[static_cast<int>(state)]; }

std::optional<PersistenceState> ParsePersistenceState(absl::string_view name) {
  for (int i = 0; i < 4; ++i) {
    if (kStateNames[i] == name) return static_cast<PersistenceState>(i);
  }
  return std::nullopt;
}

std::vector<int64_t> Inode::BlockIds() const {
  std::vector<int64_t> ids(block_count);
  for (int64_t i = 0; i < block_count; ++i) ids[i] = BlockIdOf(id, i);
  return ids;
}

std::optional<int64_t> Inode::ExpiryMs() const {
  if (ttl_ms < 0) return std::nullopt;
  int64_t expiry = 0;
  if (__builtin_add_overflow(creation_ms, ttl_ms, &expiry) || expiry < 0) return std::nullopt;
  return expiry;
}

size_t Inode::MemoryBytes() const {
  size_t bytes = sizeof(Inode) + name.capacity() + ufs_fingerprint.capacity() + temp_ufs_path.capacity() + 64;
  for (const auto& [key, value] : xattr) bytes += key.size() + value.size() + 96;
  for (const std::string& medium : medium_types) bytes += medium.size() + 32;
  bytes += 96 * (acl.named_users().size() + acl.named_groups().size() + default_acl.named_users().size() +
                 default_acl.named_groups().size());
  return bytes;
}

std::string EncodeInode(const Inode& inode) {
  std::string out;
  out.reserve(96 + inode.ufs_fingerprint.size());
  out.push_back(kVersion);
  const uint64_t flags = FlagsOf(inode);
  PutVarint(flags, &out);
  PutSigned(inode.id, &out);
  out.push_back(static_cast<char>(inode.persistence));
  out.push_back(static_cast<char>(inode.ttl_action));
  PutSigned(inode.creation_ms, &out);
  PutSigned(inode.modified_ms - inode.creation_ms, &out);
  PutSigned(inode.accessed_ms - inode.creation_ms, &out);
  PutText(inode.acl.owner(), &out);
  PutText(inode.acl.group(), &out);
  PutVarint(inode.acl.mode().value(), &out);
  if (inode.directory) {
    PutSigned(inode.child_count, &out);
  } else {
    PutSigned(inode.block_size_bytes, &out);
    PutSigned(inode.length_bytes, &out);
    PutSigned(inode.block_count, &out);
    PutSigned(inode.replication_durable, &out);
    PutSigned(inode.replication_min, &out);
    PutSigned(inode.replication_max, &out);
  }
  if (flags & kHasTtl) PutSigned(inode.ttl_ms, &out);
  if (flags & kHasFingerprint) PutText(inode.ufs_fingerprint, &out);
  if (flags & kHasXattr) {
    PutVarint(inode.xattr.size(), &out);
    for (const auto& [key, value] : inode.xattr) {
      PutText(key, &out);
      PutText(value, &out);
    }
  }
  if (flags & kHasMedia) {
    PutVarint(inode.medium_types.size(), &out);
    for (const std::string& medium : inode.medium_types) PutText(medium, &out);
  }
  if (flags & kHasExtendedAcl) PutExtended(inode.acl, &out);
  if (flags & kHasDefaultAcl) {
    PutVarint(inode.default_acl.mode().value(), &out);
    PutExtended(inode.default_acl, &out);
  }
  if (flags & kHasPersistJob) {
    PutSigned(inode.persist_job_id, &out);
    PutText(inode.temp_ufs_path, &out);
    PutSigned(inode.should_persist_ms, &out);
  }
  return out;
}

absl::Status DecodeInode(absl::string_view record, Inode* inode) {
  Reader in(record);
  if (const char version = in.Byte(); version != kVersion) {
    return absl::DataLossError(absl::StrCat("an inode record has format version ", static_cast<int>(version),
                                            "; this master reads version ", static_cast<int>(kVersion)));
  }
  const uint64_t flags = in.Varint();
  inode->directory = flags & kDirectory;
  inode->pinned = flags & kPinned;
  inode->mount_point = flags & kMountPoint;
  inode->direct_children_loaded = flags & kChildrenLoaded;
  inode->completed = flags & kCompleted;
  inode->cacheable = flags & kCacheable;
  inode->id = in.Signed();
  const char persistence = in.Byte();
  const char ttl_action = in.Byte();
  if (persistence < 0 || persistence > 3 || ttl_action < 0 || ttl_action > 2) {
    return absl::DataLossError("an inode record is damaged");
  }
  inode->persistence = static_cast<PersistenceState>(persistence);
  inode->ttl_action = static_cast<TtlAction>(ttl_action);
  inode->creation_ms = in.Signed();
  inode->modified_ms = inode->creation_ms + in.Signed();
  inode->accessed_ms = inode->creation_ms + in.Signed();
  const absl::string_view owner = in.Text();
  const absl::string_view group = in.Text();
  const Mode mode(static_cast<int>(in.Varint() & 0777));
  if (inode->acl.HasExtended() || !(inode->acl.mask() == Bits::kNone)) {
    inode->acl = security::AccessControlList(owner, group, mode);
  } else {
    inode->acl.set_owner(owner);
    inode->acl.set_group(group);
    inode->acl.set_mode(mode);
  }
  if (inode->directory) {
    inode->child_count = in.Signed();
    ClearFile(inode);
  } else {
    ReadFile(in, inode);
    inode->child_count = 0;
  }
  inode->ttl_ms = flags & kHasTtl ? in.Signed() : kNoTtl;
  if (flags & kHasFingerprint) {
    const absl::string_view fingerprint = in.Text();
    inode->ufs_fingerprint.assign(fingerprint.data(), fingerprint.size());
  } else {
    inode->ufs_fingerprint.clear();
  }
  inode->xattr.clear();
  if (flags & kHasXattr) {
    for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
      std::string key(in.Text());
      inode->xattr[std::move(key)] = std::string(in.Text());
    }
  }
  inode->medium_types.clear();
  if (flags & kHasMedia) {
    for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) inode->medium_types.emplace_back(in.Text());
  }
  if (flags & kHasExtendedAcl) {
    ReadExtended(in, &inode->acl, [](auto* acl, const AclEntry& entry) { acl->SetEntry(entry); });
  }
  if (flags & kHasDefaultAcl || !inode->default_acl.empty()) inode->default_acl = {};
  if (flags & kHasDefaultAcl) {
    const security::AccessControlList base(owner, group, Mode(static_cast<int>(in.Varint() & 0777)));
    ReadExtended(in, &inode->default_acl, [&](auto* acl, const AclEntry& entry) { acl->SetEntry(entry, base); });
    inode->default_acl.set_owner(owner);
    inode->default_acl.set_group(group);
    inode->default_acl.set_mode(base.mode());
    inode->default_acl.set_empty(false);
  }
  inode->persist_job_id = -1;
  inode->should_persist_ms = 0;
  inode->temp_ufs_path.clear();
  if (flags & kHasPersistJob) {
    inode->persist_job_id = in.Signed();
    inode->temp_ufs_path = std::string(in.Text());
    inode->should_persist_ms = in.Signed();
  }
  if (!in.done()) return absl::DataLossError("an inode record is damaged");
  return absl::OkStatus();
}

}  // namespace alluxio::master
