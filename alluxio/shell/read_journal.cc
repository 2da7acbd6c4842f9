#include "alluxio/shell/read_journal.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/format.h"
#include "proto/journal/journal.pb.h"

namespace alluxio::shell {
namespace {

void Print(const journal::Record& record, std::ostream& out) {
  out << std::string(80, '-') << "\n";
  proto::journal::JournalEntry entry;
  if (!entry.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
    out << "# record " << record.sequence << " of " << record.payload.size() << " bytes is no journal entry\n";
    return;
  }
  entry.set_sequence_number(static_cast<int64_t>(record.sequence));
  out << entry.DebugString();
}

// Where the records of `segment` end. False: with bytes that are neither a record
// nor the zeros behind the last.
bool PrintSegment(absl::string_view segment, uint64_t sequence, uint64_t start, uint64_t end, int64_t* count,
                  size_t* offset, std::ostream& out) {
  *offset = journal::kSegmentHeaderBytes;
  while (!journal::IsEnd(segment, *offset)) {
    const std::optional<journal::Record> record = journal::ParseRecord(segment, *offset);
    if (!record.has_value() || record->sequence != sequence) return false;
    if (sequence >= start && sequence < end) {
      Print(*record, out);
      ++*count;
    }
    ++sequence;
    *offset = record->end;
  }
  return true;
}

// Decimal, or hexadecimal behind 0x, as Java's Long.decode.
absl::StatusOr<uint64_t> Number(const Arguments& args, absl::string_view key, uint64_t otherwise) {
  if (!args.Has(key)) return otherwise;
  const std::string text = args.Value(key);
  uint64_t value = 0;
  if (absl::SimpleAtoi(text, &value) || (text.rfind("0x", 0) == 0 && absl::SimpleHexAtoi(text, &value))) return value;
  return absl::InvalidArgumentError(absl::StrCat("-", key, " ", text, " is not a number"));
}

absl::Status Run(const Arguments& args, Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(const uint64_t start, Number(args, "start", 0));
  ALLUXIO_ASSIGN_OR_RETURN(const uint64_t end, Number(args, "end", std::numeric_limits<int64_t>::max()));
  const std::string input = args.Has("inputDir")
                                ? std::filesystem::absolute(args.Value("inputDir")).string()
                                : env.conf().GetString("alluxio.master.journal.folder");
  const std::filesystem::path output = std::filesystem::absolute(args.Value(
      "outputDir", absl::StrCat("journal_dump-", absl::ToUnixMillis(env.clock()->Now()))));
  env.out() << "Dumping journal of type " << env.conf().GetString("alluxio.master.journal.type") << " to "
            << output.string() << "\n";
  std::error_code error;
  std::filesystem::create_directories(output, error);
  std::ofstream file(output / "edits.txt", std::ios::binary | std::ios::trunc);
  if (!file) return absl::UnknownError(absl::StrCat("cannot write ", (output / "edits.txt").string()));
  const absl::StatusOr<int64_t> count = DumpJournal(Disk::Posix(), input, start, end, file);
  file.flush();
  if (!file) return absl::UnknownError(absl::StrCat("cannot write ", (output / "edits.txt").string()));
  ALLUXIO_RETURN_IF_ERROR(count.status());
  env.out() << *count << " entries written to " << (output / "edits.txt").string() << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> DumpJournal(Disk* disk, const std::string& folder, uint64_t start, uint64_t end,
                                    std::ostream& out) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> names, disk->List(folder));
  std::vector<std::string> segments;
  for (const std::string& name : names) {
    if (journal::ParseSegmentName(name).has_value()) segments.push_back(name);
  }
  if (segments.empty()) return absl::NotFoundError(absl::StrCat("there is no journal in ", folder));
  int64_t count = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string path = absl::StrCat(folder, "/", segments[i]);
    // What lies wholly before `start` need not be read.
    if (i + 1 < segments.size() && *journal::ParseSegmentName(segments[i + 1]) <= start) continue;
    if (*journal::ParseSegmentName(segments[i]) >= end) break;
    ALLUXIO_ASSIGN_OR_RETURN(const std::string bytes, disk->ReadAll(path));
    const absl::StatusOr<journal::SegmentHeader> header = journal::DecodeSegmentHeader(bytes);
    if (!header.ok()) return absl::Status(header.status().code(), absl::StrCat(path, ": ", header.status().message()));
    size_t offset = 0;
    if (PrintSegment(bytes, header->first_sequence, start, end, &count, &offset, out)) continue;
    // The master may be in the middle of a write there, or have died in one.
    if (i + 1 == segments.size()) {
      out << "# " << path << " ends at offset " << offset << " with a record that is not complete\n";
      break;
    }
    return absl::DataLossError(absl::StrCat(path, " is damaged at offset ", offset));
  }
  return count;
}

int ReadJournal(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kReadJournalOptions, args);
  if (!parsed.ok()) env.out() << "Failed to parse input args: " << parsed.status().message() << "\n";
  if (!parsed.ok() || parsed->Has("help")) {
    env.out() << FormatUsage("readJournal", kReadJournalOptions)
              << "\nRead an Alluxio journal and write it to a directory in a human-readable\nformat.\n"
              << FormatOptions(kReadJournalOptions, kHelpWidth) << "\n";
    return parsed.ok() ? 0 : -1;
  }
  if (const absl::Status status = Run(*parsed, env); !status.ok()) {
    env.out() << "Journal tool failed: " << status.message() << "\n";
    return -1;
  }
  return 0;
}

}  // namespace alluxio::shell
