#include "alluxio/master/file/listing_batch.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "alluxio/base/check.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/file_info.h"
#include "alluxio/security/acl_proto.h"

namespace alluxio::master {
namespace {

using grpc::file::FileBlockInfo;
using grpc::file::FileInfo;
using grpc::file::ListStatusPResponse;
using grpc::file::PAcl;

enum WireType : uint32_t { kVarint = 0, kDelimited = 2 };

// Those that Add writes, 0 or 100: two bytes of a tag and one of a value each.
constexpr size_t kPercentageBytes = 6;
// And of any.
constexpr size_t kMaxPercentageBytes = 24;
// More than the numbers, tags and fixed texts of a FileInfo need.
constexpr size_t kFixedBytes = 768;
// More than the tags and lengths of a text, a map's entry or a named entry need.
constexpr size_t kTextBytes = 48;

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

// Writes fields one after the other; whoever made it knows that there is room.
class FieldWriter {
 public:
  explicit FieldWriter(char* at) : at_(at) {}

  char* at() const { return at_; }

  // Any whole number, boolean or enumeration: negative ones take ten bytes.
  template <int kField>
  void Number(int64_t value) {
    Tag<kField, kVarint>();
    Varint(static_cast<uint64_t>(value));
  }
  template <int kField>
  void Text(absl::string_view text, absl::string_view more = {}) {
    Tag<kField, kDelimited>();
    Varint(text.size() + more.size());
    Raw(text);
    Raw(more);
  }
  // A message whose fields `body` writes.
  template <int kField, typename Body>
  void Nested(const Body& body) {
    Tag<kField, kDelimited>();
    char* const length_at = at_++;  // most are short
    body();
    const auto size = static_cast<size_t>(at_ - length_at - 1);
    const size_t length_size = VarintSize(size);
    if (length_size > 1) std::memmove(length_at + length_size, length_at + 1, size);
    at_ = length_at;
    Varint(size);
    at_ += size;
  }
  template <int kField>
  void Message(const google::protobuf::MessageLite& message) {
    Tag<kField, kDelimited>();
    Varint(message.ByteSizeLong());
    at_ = reinterpret_cast<char*>(message.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(at_)));
  }

 private:
  template <int kField, WireType kType>
  void Tag() {
    constexpr uint32_t kTag = kField << 3 | kType;
    static_assert(kTag < 1 << 14);
    if constexpr (kTag < 0x80) {
      *at_++ = static_cast<char>(kTag);
    } else {
      *at_++ = static_cast<char>((kTag & 0x7F) | 0x80);
      *at_++ = static_cast<char>(kTag >> 7);
    }
  }
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void Raw(absl::string_view text) {
    if (text.empty()) return;
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

  char* at_;
};

template <int kField>
void WriteAcl(const security::AccessControlList& acl, FieldWriter& out) {
  if (acl.HasExtended()) return out.Message<kField>(security::AclToProto(acl));
  out.Nested<kField>([&] {
    out.Text<PAcl::kOwnerFieldNumber>(acl.owner());
    out.Text<PAcl::kOwningGroupFieldNumber>(acl.group());
    out.Number<PAcl::kModeFieldNumber>(acl.mode().value());
    out.Number<PAcl::kIsDefaultFieldNumber>(false);
  });
}

template <int kField>
void WriteAcl(const security::DefaultAccessControlList& acl, FieldWriter& out) {
  if (acl.HasExtended()) return out.Message<kField>(security::DefaultAclToProto(acl));
  out.Nested<kField>([&] {
    out.Text<PAcl::kOwnerFieldNumber>(acl.owner());
    out.Text<PAcl::kOwningGroupFieldNumber>(acl.group());
    out.Number<PAcl::kModeFieldNumber>(acl.mode().value());
    out.Number<PAcl::kIsDefaultFieldNumber>(true);
    out.Number<PAcl::kIsDefaultEmptyFieldNumber>(acl.empty());
  });
}

size_t AclBound(const security::AccessControlList& acl) {
  size_t bytes = kTextBytes + acl.owner().size() + acl.group().size();
  for (const auto* named : {&acl.named_users(), &acl.named_groups()}) {
    for (const auto& [name, bits] : *named) bytes += kTextBytes + name.size();
  }
  return bytes;
}

// A damaged record may say anything.
size_t BlocksOf(const Inode& inode) { return static_cast<size_t>(std::max<int64_t>(inode.block_count, 0)); }

// No fewer bytes than Add writes.
size_t Bound(const Inode& inode, const ListingBatch::Place& place) {
  size_t bytes = kFixedBytes + 2 * inode.name.size() + place.folder.size() + place.ufs_folder.size() +
                 place.ufs_name.size() + inode.acl.owner().size() + inode.acl.group().size() +
                 inode.ufs_fingerprint.size() + AclBound(inode.acl) + AclBound(inode.default_acl) +
                 BlocksOf(inode) * 11;
  for (const auto& [key, value] : inode.xattr) bytes += kTextBytes + key.size() + value.size();
  for (const std::string& medium : inode.medium_types) bytes += kTextBytes + medium.size();
  return bytes;
}

void AppendVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

}  // namespace

void ListingBatch::Add(const Inode& inode, const Place& place) {
  const size_t room = size_ + Bound(inode, place);
  if (room > bytes_.size()) bytes_.resize(std::max(room, bytes_.size() * 2));
  Entry& entry = entries_.emplace_back();
  entry.begin = size_;
  const auto here = [&](const FieldWriter& out) { return static_cast<size_t>(out.at() - bytes_.data()); };

  FieldWriter out(bytes_.data() + size_);
  out.Number<FileInfo::kFileIdFieldNumber>(inode.id);
  out.Text<FileInfo::kNameFieldNumber>(inode.name);
  out.Text<FileInfo::kPathFieldNumber>(place.folder, inode.name);
  if (place.mount_id.has_value()) out.Text<FileInfo::kUfsPathFieldNumber>(place.ufs_folder, place.ufs_name);
  out.Number<FileInfo::kLengthFieldNumber>(inode.directory ? inode.child_count : inode.length_bytes);
  out.Number<FileInfo::kBlockSizeBytesFieldNumber>(inode.directory ? 0 : inode.block_size_bytes);
  out.Number<FileInfo::kCreationTimeMsFieldNumber>(inode.creation_ms);
  out.Number<FileInfo::kCompletedFieldNumber>(inode.directory || inode.completed);
  out.Number<FileInfo::kFolderFieldNumber>(inode.directory);
  out.Number<FileInfo::kPinnedFieldNumber>(inode.pinned);
  out.Number<FileInfo::kCacheableFieldNumber>(!inode.directory && inode.cacheable);
  out.Number<FileInfo::kPersistedFieldNumber>(inode.persisted());
  for (int64_t i = 0; i < inode.block_count; ++i) {
    out.Number<FileInfo::kBlockIdsFieldNumber>(BlockIdOf(inode.id, i));
  }
  out.Number<FileInfo::kLastModificationTimeMsFieldNumber>(inode.modified_ms);
  out.Number<FileInfo::kTtlFieldNumber>(inode.ttl_ms);
  out.Text<FileInfo::kOwnerFieldNumber>(inode.acl.owner());
  out.Text<FileInfo::kGroupFieldNumber>(inode.acl.group());
  out.Number<FileInfo::kModeFieldNumber>(inode.acl.mode().value());
  out.Text<FileInfo::kPersistenceStateFieldNumber>(PersistenceStateName(inode.persistence));
  out.Number<FileInfo::kMountPointFieldNumber>(inode.mount_point);
  entry.blocks_at = here(out);
  out.Number<FileInfo::kTtlActionFieldNumber>(static_cast<int64_t>(inode.ttl_action));
  if (place.mount_id.has_value()) out.Number<FileInfo::kMountIdFieldNumber>(*place.mount_id);
  entry.percentages_at = here(out);
  out.Number<FileInfo::kInAlluxioPercentageFieldNumber>(PercentageWithoutBlocks(inode));
  out.Number<FileInfo::kInMemoryPercentageFieldNumber>(PercentageWithoutBlocks(inode));
  ALLUXIO_DCHECK(here(out) == entry.percentages_at + kPercentageBytes);
  out.Text<FileInfo::kUfsFingerprintFieldNumber>(inode.ufs_fingerprint);
  WriteAcl<FileInfo::kAclFieldNumber>(inode.acl, out);
  if (inode.directory) WriteAcl<FileInfo::kDefaultAclFieldNumber>(inode.default_acl, out);
  out.Number<FileInfo::kReplicationMaxFieldNumber>(inode.directory ? 0 : inode.replication_max);
  out.Number<FileInfo::kReplicationMinFieldNumber>(inode.directory ? 0 : inode.replication_min);
  out.Number<FileInfo::kLastAccessTimeMsFieldNumber>(inode.accessed_ms);
  for (const auto& attribute : inode.xattr) {
    out.Nested<FileInfo::kXattrFieldNumber>([&] {
      out.Text<1>(attribute.first);
      out.Text<2>(attribute.second);
    });
  }
  for (const std::string& medium : inode.medium_types) out.Text<FileInfo::kMediumTypeFieldNumber>(medium);
  entry.end = size_ = here(out);
  ALLUXIO_CHECK(size_ <= bytes_.size());

  if (inode.directory || !inode.completed) return;
  entry.file_id = inode.id;
  entry.block_size_bytes = inode.block_size_bytes;
  entry.length_bytes = inode.length_bytes;
  entry.blocks = static_cast<int64_t>(BlocksOf(inode));
  blocks_ += BlocksOf(inode);
}

absl::StatusOr<std::string> ListingBatch::Take(const BlockDirectory& directory) {
  std::vector<grpc::BlockInfo> known;
  if (blocks_ > 0) {
    std::vector<int64_t> ids;
    ids.reserve(blocks_);
    for (const Entry& entry : entries_) {
      for (int64_t i = 0; i < entry.blocks; ++i) ids.push_back(BlockIdOf(entry.file_id, i));
    }
    ALLUXIO_ASSIGN_OR_RETURN(known, directory.BlockInfos(ids));
    if (known.size() != ids.size()) return absl::InternalError("the block master answered for other blocks");
  }
  std::string message;
  message.reserve(bytes() + entries_.size() * 4);
  std::string blocks;
  FileBlockInfo block;
  auto next = known.begin();
  for (const Entry& entry : entries_) {
    blocks.clear();
    absl::string_view percentages(bytes_.data() + entry.percentages_at, kPercentageBytes);
    char counted[kMaxPercentageBytes];
    if (entry.blocks > 0) {
      FileBlocks file(entry.file_id, entry.block_size_bytes, entry.length_bytes);
      for (int64_t i = 0; i < entry.blocks; ++i) {
        file.Next(std::move(*next++), &block);
        AppendVarint(FileInfo::kFileBlockInfosFieldNumber << 3 | kDelimited, &blocks);
        AppendVarint(block.ByteSizeLong(), &blocks);
        block.AppendToString(&blocks);
      }
      if (const auto in_alluxio = file.InAlluxioPercentage()) {
        FieldWriter out(counted);
        out.Number<FileInfo::kInAlluxioPercentageFieldNumber>(*in_alluxio);
        out.Number<FileInfo::kInMemoryPercentageFieldNumber>(*file.InMemoryPercentage());
        percentages = absl::string_view(counted, static_cast<size_t>(out.at() - counted));
      }
    }
    AppendVarint(ListStatusPResponse::kFileInfosFieldNumber << 3 | kDelimited, &message);
    AppendVarint(entry.end - entry.begin + blocks.size() + percentages.size() - kPercentageBytes, &message);
    message.append(bytes_, entry.begin, entry.blocks_at - entry.begin);
    message.append(blocks);
    message.append(bytes_, entry.blocks_at, entry.percentages_at - entry.blocks_at);
    message.append(percentages.data(), percentages.size());
    message.append(bytes_, entry.percentages_at + kPercentageBytes, entry.end - entry.percentages_at - kPercentageBytes);
  }
  entries_.clear();
  size_ = 0;
  blocks_ = 0;
  return message;
}

}  // namespace alluxio::master
