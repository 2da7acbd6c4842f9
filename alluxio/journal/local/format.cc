#include "alluxio/journal/local/format.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/check.h"
#include "alluxio/base/crc32c.h"

namespace alluxio::journal {
namespace {

constexpr absl::string_view kMagic = "ALXJRNL\n";
constexpr size_t kIdBytes = 36;
constexpr absl::string_view kNamePrefix = "journal-";

template <typename T>
void Put(T value, char* to) {
  for (size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<char>(value >> (8 * i));
}

template <typename T>
T Take(absl::string_view from, size_t offset) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(static_cast<unsigned char>(from[offset + i])) << (8 * i);
  return value;
}

}  // namespace

// magic 8 | format u32 | first sequence u64 | journal id 36 | zeros 4 | crc u32
std::string EncodeSegmentHeader(const SegmentHeader& header) {
  ALLUXIO_CHECK(header.journal_id.size() == kIdBytes);
  std::string bytes(kSegmentHeaderBytes, '\0');
  std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
  Put<uint32_t>(kSegmentFormat, &bytes[8]);
  Put<uint64_t>(header.first_sequence, &bytes[12]);
  std::copy(header.journal_id.begin(), header.journal_id.end(), bytes.begin() + 20);
  Put<uint32_t>(Crc32c(absl::string_view(bytes).substr(0, 60)), &bytes[60]);
  return bytes;
}

absl::StatusOr<SegmentHeader> DecodeSegmentHeader(absl::string_view segment) {
  if (segment.size() < kSegmentHeaderBytes || segment.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError("not a journal segment (no magic number)");
  }
  if (const auto format = Take<uint32_t>(segment, 8); format > kSegmentFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat("journal format ", format, " of a newer version; this one reads up to ", kSegmentFormat));
  }
  if (Crc32c(segment.substr(0, 60)) != Take<uint32_t>(segment, 60)) {
    return absl::DataLossError("the segment's header is damaged (checksum)");
  }
  return SegmentHeader{.first_sequence = Take<uint64_t>(segment, 12),
                       .journal_id = std::string(segment.substr(20, kIdBytes))};
}

std::string SegmentName(uint64_t first_sequence) { return absl::StrFormat("%s%016x", kNamePrefix, first_sequence); }

std::optional<uint64_t> ParseSegmentName(absl::string_view name) {
  if (name.size() != kNamePrefix.size() + 16 || name.substr(0, kNamePrefix.size()) != kNamePrefix) return std::nullopt;
  uint64_t value = 0;
  for (const char c : name.substr(kNamePrefix.size())) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<uint64_t>(digit);
  }
  return value;
}

// length u32 | sequence u64 | unsynced u32 | crc u32 | payload
void AppendRecord(uint64_t sequence, uint32_t unsynced, absl::string_view payload, std::string* out) {
  ALLUXIO_CHECK(payload.size() <= kMaxRecordBytes);
  char header[kRecordHeaderBytes];
  Put<uint32_t>(static_cast<uint32_t>(payload.size()), header);
  Put<uint64_t>(sequence, header + 4);
  Put<uint32_t>(unsynced, header + 12);
  Put<uint32_t>(Crc32c(payload, Crc32c(absl::string_view(header, 16))), header + 16);
  out->append(header, kRecordHeaderBytes);
  out->append(payload.data(), payload.size());
}

std::optional<Record> ParseRecord(absl::string_view segment, size_t offset) {
  if (segment.size() < offset || segment.size() - offset < kRecordHeaderBytes) return std::nullopt;
  const size_t length = Take<uint32_t>(segment, offset);
  const size_t begin = offset + kRecordHeaderBytes;
  if (length > kMaxRecordBytes || length > segment.size() - begin) return std::nullopt;
  Record record{.sequence = Take<uint64_t>(segment, offset + 4),
                .unsynced = Take<uint32_t>(segment, offset + 12),
                .payload = segment.substr(begin, length),
                .end = begin + length};
  if (record.sequence == 0) return std::nullopt;
  if (Crc32c(record.payload, Crc32c(segment.substr(offset, 16))) != Take<uint32_t>(segment, offset + 16)) {
    return std::nullopt;
  }
  return record;
}

bool IsEnd(absl::string_view segment, size_t offset) {
  const absl::string_view rest = segment.substr(std::min(offset, segment.size()));
  return std::all_of(rest.begin(), rest.end(), [](char c) { return c == '\0'; });
}

std::optional<size_t> FindProofOfDurability(absl::string_view segment, size_t offset, uint64_t sequence) {
  if (segment.size() < kRecordHeaderBytes) return std::nullopt;
  // A segment can't hold more records than this: most places fail here already,
  // before a checksum is made.
  const uint64_t highest = sequence + segment.size() / kRecordHeaderBytes;
  for (size_t at = offset; at <= segment.size() - kRecordHeaderBytes; ++at) {
    const auto found = Take<uint64_t>(segment, at + 4);
    if (found <= sequence || found > highest) continue;
    const auto unsynced = Take<uint32_t>(segment, at + 12);
    if (unsynced > found || found - unsynced < sequence) continue;
    if (ParseRecord(segment, at).has_value()) return at;
  }
  return std::nullopt;
}

}  // namespace alluxio::journal
