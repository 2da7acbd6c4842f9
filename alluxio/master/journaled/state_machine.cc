#include "alluxio/master/journaled/state_machine.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;

std::string Serialize(const std::vector<JournalEntry>& entries) {
  if (entries.size() == 1) return entries.front().SerializeAsString();
  JournalEntry all;
  for (const JournalEntry& entry : entries) *all.add_journal_entries() = entry;
  return all.SerializeAsString();
}

}  // namespace

bool StateMachine::ApplyLocked(const JournalEntry& entry, uint64_t sequence) {
  if (entry.journal_entries_size() > 0) {
    for (const JournalEntry& part : entry.journal_entries()) {
      if (!ApplyLocked(part, sequence)) return false;
    }
    return true;
  }
  KvBatch batch;
  for (Journaled* part : parts_) {
    if (!part->Apply(entry, &batch)) continue;
    store_->Write(std::move(batch), sequence);
    return true;
  }
  return false;
}

absl::Status StateMachine::CheckJournalId(uint64_t persisted) {
  const std::string id = journal_->id();
  if (id.empty()) return absl::OkStatus();
  const std::string key = "journal.id";
  ALLUXIO_ASSIGN_OR_RETURN(const std::optional<std::string> known, store_->Get(Family::kMisc, key));
  if (known.has_value() && *known != id) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the metadata store was made from journal ", *known, ", but alluxio.master.journal.folder holds journal ", id,
        ": put the right folder back, or remove alluxio.master.metastore.dir if the journal is complete"));
  }
  if (!known.has_value()) {
    KvBatch batch;
    batch.Put(Family::kMisc, key, id);
    store_->Write(std::move(batch), persisted);
  }
  return absl::OkStatus();
}

absl::Status StateMachine::Replay() {
  const uint64_t persisted = store_->PersistedSequence();
  ALLUXIO_RETURN_IF_ERROR(CheckJournalId(persisted));
  constexpr size_t kMaxPendingBytes = size_t{8} << 20;
  ALLUXIO_RETURN_IF_ERROR(journal_->Replay(persisted, [this](uint64_t sequence, absl::string_view record) -> absl::Status {
    JournalEntry entry;
    if (!entry.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
      return absl::DataLossError(absl::StrCat("journal record ", sequence, " is no journal entry"));
    }
    {
      MutexLock lock(&mutex_);
      if (!ApplyLocked(entry, sequence)) {
        return absl::FailedPreconditionError(absl::StrCat(
            "journal record ", sequence,
            " holds an entry that this version does not know; start the version that wrote it: ",
            entry.ShortDebugString().substr(0, 200)));
      }
    }
    // Bounds the memory of a long replay; all that is read is durable.
    if (store_->PendingBytes() > kMaxPendingBytes) return store_->Persist(sequence);
    return absl::OkStatus();
  }));
  // After the replay: a journal that tolerates damage goes on behind what the store holds.
  if (journal_->LastSequence() < persisted) {
    return absl::DataLossError(absl::StrCat(
        "the metadata store holds the journal up to record ", persisted, ", but the journal ends at ",
        journal_->LastSequence(),
        ": is alluxio.master.journal.folder the folder that belongs to alluxio.master.metastore.dir?"));
  }
  return absl::OkStatus();
}

void StateMachine::Commit(std::vector<JournalEntry> entries, journal::Journal::Done done) {
  if (entries.empty()) {
    // What can be seen may still be on its way to the journal, below.
    { MutexLock lock(&mutex_); }
    return journal_->Flush(std::move(done));
  }
  const std::string record = Serialize(entries);
  absl::Status inline_result;
  const bool inline_done = journal_->inline_done();
  {
    MutexLock lock(&mutex_);
    // Applied before it is appended: once the journal says that a record is
    // durable, all its batches are in the store, so that a checkpoint never
    // takes half of them. A crash in between loses both.
    const uint64_t sequence = journal_->LastSequence() + 1;
    for (const JournalEntry& entry : entries) ALLUXIO_CHECK(ApplyLocked(entry, sequence));
    uint64_t appended;
    if (inline_done) {
      appended = journal_->Append(record, [&inline_result](absl::Status status) { inline_result = std::move(status); });
    } else {
      appended = journal_->Append(record, std::move(done));
    }
    ALLUXIO_CHECK(appended == sequence || appended == 0);  // 0: closed
  }
  if (inline_done) std::move(done)(std::move(inline_result));
}

absl::Status StateMachine::Dump(Journaled::EntryVisitor visit) {
  std::unique_ptr<KvReader> state;
  {
    MutexLock lock(&checkpoint_mutex_);
    ALLUXIO_RETURN_IF_ERROR(store_->Persist(journal_->DurableSequence()));
    state = store_->PersistedSnapshot();
  }
  for (const Journaled* part : parts_) ALLUXIO_RETURN_IF_ERROR(part->Dump(*state, visit));
  return absl::OkStatus();
}

absl::Status StateMachine::Restore(const JournalEntry& entry) {
  for (Journaled* part : parts_) {
    const std::optional<absl::Status> check = part->CheckForeign(entry);
    if (!check.has_value()) continue;
    ALLUXIO_RETURN_IF_ERROR(*check);
    Commit({entry}, [](absl::Status) {});
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("an entry of a kind that this version does not restore: ", entry.ShortDebugString().substr(0, 200)));
}

absl::Status StateMachine::Checkpoint(bool force, size_t max_pending_bytes) {
  MutexLock lock(&checkpoint_mutex_);
  if (!force && store_->PendingBytes() <= max_pending_bytes) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(store_->Persist(journal_->DurableSequence()));
  if (!store_->durable()) return absl::OkStatus();
  if (force) ALLUXIO_RETURN_IF_ERROR(store_->Sync());
  return journal_->Trim(store_->PersistedSequence());
}

}  // namespace alluxio::master
