#ifndef ALLUXIO_JOURNAL_LOCAL_FORMAT_H_
#define ALLUXIO_JOURNAL_LOCAL_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The bytes of a local journal: docs/journal.md. No I/O here.
namespace alluxio::journal {

inline constexpr size_t kSegmentHeaderBytes = 64;
inline constexpr size_t kRecordHeaderBytes = 20;
// A longer length field is damage, not a record.
inline constexpr size_t kMaxRecordBytes = size_t{256} << 20;
inline constexpr uint32_t kSegmentFormat = 1;

struct SegmentHeader {
  uint64_t first_sequence = 0;
  std::string journal_id;  // 36 characters of a UUID
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
// DATA_LOSS: not one; FAILED_PRECONDITION: of a newer format.
absl::StatusOr<SegmentHeader> DecodeSegmentHeader(absl::string_view segment);

// "journal-" and the first sequence number in 16 hex digits, so that names order
// as their segments; nullopt: some other file.
std::string SegmentName(uint64_t first_sequence);
std::optional<uint64_t> ParseSegmentName(absl::string_view name);

// Appends one record to `out`. `unsynced`: how many records up to this one, it
// included, were not known durable when it was written.
void AppendRecord(uint64_t sequence, uint32_t unsynced, absl::string_view payload, std::string* out);

struct Record {
  uint64_t sequence = 0;
  uint32_t unsynced = 0;
  absl::string_view payload;
  size_t end = 0;  // offset behind it
};
// The record at `offset` if its checksum holds.
std::optional<Record> ParseRecord(absl::string_view segment, size_t offset);

// Whether nothing but zeros lies at and after `offset`: the normal end.
bool IsEnd(absl::string_view segment, size_t offset);

// The offset of a record behind `offset` which was written when `sequence` was
// already durable: proof that the bad bytes at `offset`, where `sequence` should
// lie, are damage. nullopt: they may be a write that a crash cut short.
std::optional<size_t> FindProofOfDurability(absl::string_view segment, size_t offset, uint64_t sequence);

}  // namespace alluxio::journal

#endif  // ALLUXIO_JOURNAL_LOCAL_FORMAT_H_
