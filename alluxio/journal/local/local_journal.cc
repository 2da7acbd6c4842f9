#include "alluxio/journal/local/local_journal.h"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/format.h"

namespace alluxio::journal {
namespace {

constexpr char kLockName[] = "lock";
constexpr char kTemporarySuffix[] = ".tmp";

absl::Status Closed() { return absl::FailedPreconditionError("the journal is closed"); }

absl::StatusOr<std::unique_ptr<DiskLock>> LockFolder(Disk* disk, const std::string& folder) {
  absl::StatusOr<std::unique_ptr<DiskLock>> lock = disk->Lock(folder + "/" + kLockName);
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat("another master uses the journal folder ", folder,
                     ": stop it first, or give this one its own alluxio.master.journal.folder (",
                     lock.status().message(), ")"));
  }
  return lock;
}

// Checks the records from `*offset` on; at the first that can't be used, or at
// the end, leaves its place in `*offset` and `*sequence`. True: a clean end.
absl::StatusOr<bool> ScanRecords(absl::string_view segment, size_t* offset, uint64_t* sequence,
                                 absl::FunctionRef<absl::Status(uint64_t, absl::string_view)> visit) {
  while (true) {
    const std::optional<Record> record = ParseRecord(segment, *offset);
    if (!record.has_value()) return IsEnd(segment, *offset);
    if (record->sequence != *sequence) return false;
    ALLUXIO_RETURN_IF_ERROR(visit(record->sequence, record->payload));
    *offset = record->end;
    ++*sequence;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalJournal>> LocalJournal::Open(Options options) {
  std::unique_ptr<LocalJournal> journal(new LocalJournal(std::move(options)));
  ALLUXIO_RETURN_IF_ERROR(journal->Recover());
  journal->writer_ = std::thread([j = journal.get()] { j->Run(); });
  pthread_setname_np(journal->writer_.native_handle(), "journal");
  return journal;
}

absl::Status LocalJournal::Format(Disk* disk, const std::string& folder) {
  ALLUXIO_RETURN_IF_ERROR(disk->CreateDirectories(folder));
  ALLUXIO_ASSIGN_OR_RETURN(const auto lock, LockFolder(disk, folder));
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> names, disk->List(folder));
  for (const std::string& name : names) {
    const absl::string_view base = absl::string_view(name).substr(0, SegmentName(0).size());
    if (ParseSegmentName(base).has_value()) ALLUXIO_RETURN_IF_ERROR(disk->Unlink(folder + "/" + name));
  }
  return disk->SyncDirectory(folder);
}

LocalJournal::~LocalJournal() { Close(); }

// --- opening ---------------------------------------------------------------

absl::Status LocalJournal::Recover() {
  ALLUXIO_RETURN_IF_ERROR(options_.disk->CreateDirectories(options_.folder));
  ALLUXIO_ASSIGN_OR_RETURN(folder_lock_, LockFolder(options_.disk, options_.folder));
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> names, options_.disk->List(options_.folder));
  {
    MutexLock lock(&segments_mutex_);
    for (const std::string& name : names) {
      if (const auto first = ParseSegmentName(name)) segments_.push_back(*first);
    }
  }
  for (const std::string& name : names) {
    // A segment whose making a crash interrupted: nothing was written to it.
    if (absl::StartsWith(name, "journal-") && absl::EndsWith(name, kTemporarySuffix)) {
      ALLUXIO_RETURN_IF_ERROR(options_.disk->Unlink(Path(name)));
    }
  }
  ALLUXIO_RETURN_IF_ERROR(ReadHeaders());
  bool fresh;
  {
    MutexLock lock(&segments_mutex_);
    fresh = segments_.empty();
  }
  if (!fresh) {
    // A name may be as little durable as what was written last.
    ALLUXIO_RETURN_IF_ERROR(options_.disk->SyncDirectory(options_.folder));
    return RecoverLast();
  }
  id_ = options_.random->NextUuid();
  return StartSegment(1);
}

absl::Status LocalJournal::ReadHeaders() {
  std::vector<uint64_t> segments;
  {
    MutexLock lock(&segments_mutex_);
    segments = segments_;
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string name = SegmentName(segments[i]);
    ALLUXIO_ASSIGN_OR_RETURN(const auto file, options_.disk->Open(Path(name), Disk::Mode::kRead));
    std::string bytes(kSegmentHeaderBytes, '\0');
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, file->Read(0, bytes.data(), bytes.size()));
    bytes.resize(n);
    const absl::StatusOr<SegmentHeader> header = DecodeSegmentHeader(bytes);
    if (absl::IsFailedPrecondition(header.status())) return Annotate(header.status(), Path(name));
    std::string wrong;
    if (!header.ok()) {
      wrong = std::string(header.status().message());
    } else if (header->first_sequence != segments[i]) {
      wrong = absl::StrCat("its header says that it begins with record ", header->first_sequence);
    } else if (!id_.empty() && header->journal_id != id_) {
      wrong = absl::StrCat("it belongs to journal ", header->journal_id, ", the ones before to ", id_);
    }
    if (wrong.empty()) {
      id_ = header->journal_id;
      continue;
    }
    const absl::Status damage = DamageAt(name, 0, segments[i], wrong);
    if (!options_.tolerate_corruption || i == 0) return damage;
    ALLUXIO_LOG(kError, "journal", damage.message(), "; tolerated");
    return CutDamage(i, 0);
  }
  return absl::OkStatus();
}

absl::Status LocalJournal::RecoverLast() {
  uint64_t first;
  {
    MutexLock lock(&segments_mutex_);
    first = segments_.back();
  }
  const std::string name = SegmentName(first);
  ALLUXIO_ASSIGN_OR_RETURN(const std::string content, options_.disk->ReadAll(Path(name)));
  size_t offset = kSegmentHeaderBytes;
  uint64_t sequence = first;
  std::vector<size_t> records;  // where each begins
  ALLUXIO_ASSIGN_OR_RETURN(const bool clean,
                           ScanRecords(content, &offset, &sequence, [&](uint64_t, absl::string_view record) {
                             records.push_back(static_cast<size_t>(record.data() - content.data()) - kRecordHeaderBytes);
                             return absl::OkStatus();
                           }));
  if (!clean) {
    if (const auto proof = FindProofOfDurability(content, offset, sequence)) {
      const absl::Status damage = DamageAt(
          name, offset, sequence, absl::StrCat("bad checksum, though the record at offset ", *proof, " came after it"));
      if (!options_.tolerate_corruption) return damage;
      ALLUXIO_LOG(kError, "journal", damage.message(), "; tolerated");
      ALLUXIO_RETURN_IF_ERROR(SetAside(name));
    } else {
      recovery_ = {.torn_sequence = sequence, .torn_bytes = content.size() - offset, .file = Path(name)};
      while (content[offset + recovery_.torn_bytes - 1] == '\0') --recovery_.torn_bytes;
      ALLUXIO_LOG(kWarning, "journal", Path(name), ": cut ", recovery_.torn_bytes, " bytes at offset ", offset,
                  ", a write that a crash cut short; no acknowledged record is in them (the next is ", sequence, ")");
    }
  }
  {
    MutexLock lock(&mutex_);
    last_ = sequence - 1;
  }
  durable_.store(sequence - 1, std::memory_order_release);
  ALLUXIO_RETURN_IF_ERROR(OpenCurrent(name, offset, !clean));
  if (records.empty()) return absl::OkStatus();
  // The group written last may be in the page cache only: its writer was killed
  // before the sync, or died of one that failed, after which no later sync
  // writes those pages. Written again, they count as appended now.
  const size_t unsynced = std::min<size_t>(ParseRecord(content, records.back())->unsynced, records.size());
  const size_t from = unsynced == 0 ? offset : records[records.size() - unsynced];
  ALLUXIO_RETURN_IF_ERROR(
      file_->Write(static_cast<int64_t>(from), absl::string_view(content).substr(from, offset - from)));
  return file_->SyncData();
}

absl::Status LocalJournal::OpenCurrent(const std::string& name, size_t used, bool cut) {
  ALLUXIO_ASSIGN_OR_RETURN(file_, options_.disk->Open(Path(name), Disk::Mode::kReadWrite));
  used_ = used;
  // What a torn write left behind must not be taken for the records that follow
  // later in the same place.
  if (cut) ALLUXIO_RETURN_IF_ERROR(file_->Truncate(static_cast<int64_t>(used)));
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t size, file_->Size());
  zeroed_ = static_cast<size_t>(size);
  return file_->SyncData();
}

absl::Status LocalJournal::StartSegment(uint64_t first_sequence) {
  const std::string name = SegmentName(first_sequence);
  const std::string temporary = name + kTemporarySuffix;
  std::string content = EncodeSegmentHeader({.first_sequence = first_sequence, .journal_id = id_});
  content.resize(std::max(content.size(), options_.zero_ahead_bytes), '\0');
  ALLUXIO_ASSIGN_OR_RETURN(file_, options_.disk->Open(Path(temporary), Disk::Mode::kCreate));
  ALLUXIO_RETURN_IF_ERROR(file_->Write(0, content));
  ALLUXIO_RETURN_IF_ERROR(file_->SyncData());
  ALLUXIO_RETURN_IF_ERROR(options_.disk->Rename(Path(temporary), Path(name)));
  ALLUXIO_RETURN_IF_ERROR(options_.disk->SyncDirectory(options_.folder));
  used_ = kSegmentHeaderBytes;
  zeroed_ = content.size();
  MutexLock lock(&segments_mutex_);
  segments_.push_back(first_sequence);
  return absl::OkStatus();
}

absl::Status LocalJournal::DamageAt(const std::string& name, size_t offset, uint64_t sequence,
                                    absl::string_view what) const {
  return absl::DataLossError(absl::StrCat(
      "the journal is damaged: ", Path(name), " at offset ", offset, ", where record ", sequence, " should be: ", what,
      ". Put a good copy of the file in its place, or start once with alluxio.master.journal.tolerate.corruption=true, "
      "which drops record ",
      sequence, " and all that follow (the files are kept as *.damaged)"));
}

absl::Status LocalJournal::SetAside(const std::string& name) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string content, options_.disk->ReadAll(Path(name)));
  std::string copy = Path(name) + ".damaged";
  absl::StatusOr<std::unique_ptr<DiskFile>> file = options_.disk->Open(copy, Disk::Mode::kCreate);
  for (int i = 1; absl::IsAlreadyExists(file.status()) && i < 1000; ++i) {
    file = options_.disk->Open(absl::StrCat(copy, ".", i), Disk::Mode::kCreate);
  }
  ALLUXIO_RETURN_IF_ERROR(file.status());
  ALLUXIO_RETURN_IF_ERROR((*file)->Write(0, content));
  ALLUXIO_RETURN_IF_ERROR((*file)->SyncData());
  return options_.disk->SyncDirectory(options_.folder);
}

absl::Status LocalJournal::CutDamage(size_t index, size_t offset) {
  std::vector<uint64_t> segments;
  {
    MutexLock lock(&segments_mutex_);
    segments = segments_;
  }
  // From the last one backwards: a crash on the way leaves the damage where it is,
  // never a gap.
  while (segments.size() > index + (offset > 0 ? 1 : 0)) {
    const std::string name = SegmentName(segments.back());
    ALLUXIO_RETURN_IF_ERROR(SetAside(name));
    ALLUXIO_RETURN_IF_ERROR(options_.disk->Unlink(Path(name)));
    ALLUXIO_RETURN_IF_ERROR(options_.disk->SyncDirectory(options_.folder));
    segments.pop_back();
  }
  if (offset > 0) {
    const std::string name = SegmentName(segments.back());
    ALLUXIO_RETURN_IF_ERROR(SetAside(name));
    ALLUXIO_RETURN_IF_ERROR(OpenCurrent(name, offset, /*cut=*/true));
  }
  MutexLock lock(&segments_mutex_);
  segments_ = std::move(segments);
  return absl::OkStatus();
}

absl::Status LocalJournal::Replay(uint64_t after,
                                  absl::FunctionRef<absl::Status(uint64_t, absl::string_view)> visit) {
  std::vector<uint64_t> segments;
  {
    MutexLock lock(&segments_mutex_);
    segments = segments_;
  }
  if (segments.front() > after + 1) {
    return absl::DataLossError(absl::StrCat("the journal in ", options_.folder, " begins with record ",
                                            segments.front(), ", but records from ", after + 1,
                                            " on are needed: segments were removed, or the metadata store "
                                            "(alluxio.master.metastore.dir) was; put them back from a copy"));
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (!last && segments[i + 1] <= after + 1) continue;
    const std::string name = SegmentName(segments[i]);
    ALLUXIO_ASSIGN_OR_RETURN(const std::string content, options_.disk->ReadAll(Path(name)));
    size_t offset = kSegmentHeaderBytes;
    uint64_t sequence = segments[i];
    ALLUXIO_ASSIGN_OR_RETURN(const bool clean,
                             ScanRecords(content, &offset, &sequence, [&](uint64_t number, absl::string_view record) {
                               return number > after ? visit(number, record) : absl::OkStatus();
                             }));
    if (clean && (last || sequence == segments[i + 1])) continue;
    const absl::Status damage =
        DamageAt(name, offset, sequence, clean ? "the records up to the next segment are missing" : "bad checksum");
    if (!options_.tolerate_corruption) return damage;
    ALLUXIO_LOG(kError, "journal", damage.message(), "; tolerated");
    ALLUXIO_RETURN_IF_ERROR(CutDamage(i, offset));
    {
      MutexLock lock(&mutex_);
      last_ = sequence - 1;
    }
    durable_.store(sequence - 1, std::memory_order_release);
    break;
  }
  return options_.tolerate_corruption ? GoOnAfter(after) : absl::OkStatus();
}

absl::Status LocalJournal::GoOnAfter(uint64_t after) {
  const uint64_t last = LastSequence();
  if (last >= after) return absl::OkStatus();
  ALLUXIO_LOG(kError, "journal", "the journal in ", options_.folder, " ends with record ", last,
              ", but the metadata store holds all up to ", after, ": nothing is lost, and it goes on with record ",
              after + 1, "; tolerated");
  ALLUXIO_RETURN_IF_ERROR(StartSegment(after + 1));
  {
    MutexLock lock(&mutex_);
    last_ = after;
  }
  durable_.store(after, std::memory_order_release);
  return absl::OkStatus();
}

// --- appending -------------------------------------------------------------

uint64_t LocalJournal::Append(absl::string_view record, Done done) {
  std::string copy(record);
  {
    MutexLock lock(&mutex_);
    if (!closed_) {
      queue_.push_back({.sequence = ++last_, .record = std::move(copy), .done = std::move(done)});
      wake_.Signal();
      return last_;
    }
  }
  std::move(done)(Closed());
  return 0;
}

void LocalJournal::Flush(Done done) {
  {
    MutexLock lock(&mutex_);
    if (busy_ || !queue_.empty()) {
      queue_.push_back({.done = std::move(done)});
      wake_.Signal();
      return;
    }
  }
  std::move(done)(absl::OkStatus());
}

uint64_t LocalJournal::LastSequence() const {
  MutexLock lock(&mutex_);
  return last_;
}

void LocalJournal::Run() {
  std::vector<Pending> group;
  while (true) {
    {
      MutexLock lock(&mutex_);
      busy_ = false;
      while (queue_.empty() && !closed_) wake_.Wait(&mutex_);
      if (queue_.empty()) return;
      busy_ = true;
      group.swap(queue_);
    }
    if (absl::Status status = WriteGroup(group); !status.ok()) return Fail(std::move(status), std::move(group));
    for (Pending& pending : group) std::move(pending.done)(absl::OkStatus());
    group.clear();
  }
}

absl::Status LocalJournal::WriteGroup(const std::vector<Pending>& group) {
  const uint64_t durable = DurableSequence();
  uint64_t last = durable;
  buffer_.clear();
  for (const Pending& pending : group) {
    if (pending.sequence == 0) continue;
    last = pending.sequence;
    AppendRecord(last, static_cast<uint32_t>(last - durable), pending.record, &buffer_);
  }
  if (last == durable) return absl::OkStatus();
  if (used_ >= options_.segment_bytes) {
    ALLUXIO_RETURN_IF_ERROR(file_->Truncate(static_cast<int64_t>(used_)));
    ALLUXIO_RETURN_IF_ERROR(file_->SyncData());
    ALLUXIO_RETURN_IF_ERROR(StartSegment(durable + 1));
  }
  const size_t end = used_ + buffer_.size();
  if (end > zeroed_) {
    zeroed_ = end + options_.zero_ahead_bytes;
    buffer_.resize(zeroed_ - used_, '\0');
  }
  const absl::Time begun = options_.on_flush ? options_.clock->Now() : absl::Time();
  ALLUXIO_RETURN_IF_ERROR(file_->Write(static_cast<int64_t>(used_), buffer_));
  ALLUXIO_RETURN_IF_ERROR(file_->SyncData());
  used_ = end;
  durable_.store(last, std::memory_order_release);
  if (options_.on_flush) options_.on_flush(options_.clock->Now() - begun);
  // One large group should not cost its memory for ever.
  if (buffer_.capacity() > size_t{4} << 20) std::string().swap(buffer_);
  return absl::OkStatus();
}

void LocalJournal::Fail(absl::Status error, std::vector<Pending> group) {
  error = Annotate(error, "the journal can't be written, so the master stops");
  ALLUXIO_LOG(kError, "journal", error.message());
  FlushLog();
  if (!options_.on_fatal) {
    std::fprintf(stderr, "%s\n", std::string(error.message()).c_str());
    std::_Exit(1);  // nothing that runs at an ordinary end may touch what is there
  }
  options_.on_fatal(error);
  {
    MutexLock lock(&mutex_);
    closed_ = true;
    for (Pending& pending : queue_) group.push_back(std::move(pending));
    queue_.clear();
  }
  for (Pending& pending : group) std::move(pending.done)(error);
}

void LocalJournal::Close() {
  MutexLock only(&close_mutex_);
  {
    MutexLock lock(&mutex_);
    closed_ = true;
    wake_.Signal();
  }
  if (writer_.joinable()) writer_.join();
}

absl::Status LocalJournal::Trim(uint64_t sequence) {
  std::vector<uint64_t> drop;
  {
    MutexLock lock(&segments_mutex_);
    for (size_t i = 0; i + 1 < segments_.size() && segments_[i + 1] <= sequence + 1; ++i) drop.push_back(segments_[i]);
  }
  // Oldest first: a crash on the way leaves no gap.
  for (const uint64_t first : drop) {
    ALLUXIO_RETURN_IF_ERROR(options_.disk->Unlink(Path(SegmentName(first))));
    MutexLock lock(&segments_mutex_);
    segments_.erase(segments_.begin());
  }
  return drop.empty() ? absl::OkStatus() : options_.disk->SyncDirectory(options_.folder);
}

}  // namespace alluxio::journal
