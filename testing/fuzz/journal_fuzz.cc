// Segments of a journal: any bytes at all, or good ones with damage. Whatever
// lies there, opening ends in a journal that works or in an error that names the
// place; what replays once replays again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/journal/local/format.h"
#include "alluxio/journal/local/local_journal.h"
#include "testing/fakes/simulated_disk.h"

namespace {

using namespace alluxio;           // NOLINT
using namespace alluxio::journal;  // NOLINT

constexpr char kFolder[] = "/journal";
constexpr char kId[] = "00000000-0000-4000-8000-000000000000";

std::string PathOf(uint64_t first) { return absl::StrCat(kFolder, "/", SegmentName(first)); }

absl::StatusOr<std::vector<std::string>> ReplayAll(LocalJournal& journal) {
  std::vector<std::string> records;
  const absl::Status replayed = journal.Replay(0, [&](uint64_t sequence, absl::string_view record) {
    ALLUXIO_CHECK(sequence == records.size() + 1);
    records.emplace_back(record);
    return absl::OkStatus();
  });
  if (!replayed.ok()) return replayed;
  return records;
}

void Try(test::SimulatedDisk& disk, bool tolerate) {
  const auto ids = Random::Seeded(3);
  const auto open = [&] {
    return LocalJournal::Open({.folder = kFolder,
                               .disk = &disk,
                               .random = ids.get(),
                               .segment_bytes = 256,
                               .zero_ahead_bytes = 128,
                               .tolerate_corruption = tolerate});
  };
  auto journal = open();
  if (!journal.ok()) {
    ALLUXIO_CHECK(absl::StrContains(journal.status().message(), kFolder));
    return;
  }
  const auto records = ReplayAll(**journal);
  if (!records.ok()) {
    ALLUXIO_CHECK(absl::StrContains(records.status().message(), kFolder));
    return;
  }
  ALLUXIO_CHECK((*journal)->LastSequence() == records->size());
  Notification done;
  (*journal)->Append("after", [&](absl::Status status) {
    ALLUXIO_CHECK(status.ok());
    done.Notify();
  });
  done.Wait();
  journal->reset();
  journal = open();
  ALLUXIO_CHECK(journal.ok());
  const auto again = ReplayAll(**journal);
  ALLUXIO_CHECK(again.ok() && again->size() == records->size() + 1 && again->back() == "after");
  ALLUXIO_CHECK(std::equal(records->begin(), records->end(), again->begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SetLogLevel(LogLevel::kError);
  if (size < 4) return 0;
  const bool tolerate = data[0] & 1;
  const bool built = data[0] & 2;
  absl::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  test::SimulatedDisk disk;
  if (!built) {
    // Two files, the first as long as the first byte says.
    const size_t first = std::min<size_t>(static_cast<uint8_t>(input[0]), input.size() - 1);
    disk.Plant(PathOf(1), std::string(input.substr(1, first)));
    if (first + 1 < input.size()) disk.Plant(PathOf(3), std::string(input.substr(first + 1)));
  } else {
    // Records of the lengths given, in up to three segments; then pairs of place
    // and value to overwrite, and the length to cut to.
    const size_t count = static_cast<uint8_t>(input[0]) % 16;
    std::vector<std::pair<uint64_t, std::string>> segments;
    uint64_t sequence = 1;
    size_t at = 1;
    for (size_t i = 0; i < count && at < input.size(); ++i, ++at, ++sequence) {
      const auto byte = static_cast<uint8_t>(input[at]);
      if (segments.empty() || (byte >= 0xf0 && segments.size() < 3)) {
        segments.emplace_back(sequence, EncodeSegmentHeader({.first_sequence = sequence, .journal_id = kId}));
      }
      AppendRecord(sequence, 1 + byte % 3, std::string(byte % 64, static_cast<char>(byte)), &segments.back().second);
    }
    for (; at + 3 <= input.size() && !segments.empty(); at += 3) {
      std::string& segment = segments[static_cast<uint8_t>(input[at]) % segments.size()].second;
      const size_t place = static_cast<uint8_t>(input[at]) / 4 + 64u * (static_cast<uint8_t>(input[at + 1]) % 16);
      const auto value = input[at + 2];
      if (static_cast<uint8_t>(input[at + 1]) >= 0xf0) {
        segment.resize(std::min(segment.size(), place));
      } else if (place < segment.size()) {
        segment[place] = value;
      }
    }
    for (auto& [first, bytes] : segments) disk.Plant(PathOf(first), bytes);
  }
  Try(disk, tolerate);
  return 0;
}
