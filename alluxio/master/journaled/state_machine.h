#ifndef ALLUXIO_MASTER_JOURNALED_STATE_MACHINE_H_
#define ALLUXIO_MASTER_JOURNALED_STATE_MACHINE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/journal/journal.h"
#include "alluxio/master/metastore/kv_store.h"
#include "proto/journal/journal.pb.h"

namespace alluxio::master {

// A part of the master whose state is made of journal entries: the inode tree,
// the mount table, block metadata, path configuration.
class Journaled {
 public:
  virtual ~Journaled() = default;

  // Applies `entry` if it is one of this part's kinds (false: it is not): adds
  // its effects on the store to `batch`, and changes what the part keeps in
  // memory. Must not fail on an entry that was validated before it was
  // committed; an entry that contradicts the state is a bug or damage, which
  // ends the process (ALLUXIO_CHECK) rather than to go on with wrong state.
  //
  // Deterministic: depends on the entry and on the state alone (no clock, no
  // chance), because a restart applies it again. Called with the part's own
  // latch held by the committer, or from replay, when there are no others.
  // Reads of the store during the call do not see `batch`, only earlier entries
  // of the same commit (each entry's batch is written before the next applies).
  virtual bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) = 0;

  using EntryVisitor = absl::FunctionRef<absl::Status(const proto::journal::JournalEntry&)>;
  // Visits entries that make what `state` holds of this part from nothing, in an
  // order in which they can be applied, until one is refused. Any thread.
  virtual absl::Status Dump(const KvReader& state, EntryVisitor visit) const {
    return absl::UnimplementedError("this part's state can't be dumped");
  }

  // Whether an entry that did not come from here (a backup's) can be applied now.
  // Nothing (nullopt): it is not one of those that Dump gives.
  virtual std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry) { return std::nullopt; }
};

// Joins journal and store: the one way by which state changes.
//
// Thread-safe. Committers of one part must hold that part's latch from
// validation to the return of Commit, so that entries are applied in the order
// in which they were validated; lock order is file system, then block, then
// meta, then this. No lock is held while the journal flushes.
class StateMachine {
 public:
  StateMachine(journal::Journal* journal, KvStore* store) : journal_(journal), store_(store) {}

  // All parts, before Replay.
  void AddPart(Journaled* part) { parts_.push_back(part); }

  // Brings the store up to the journal's end. What parts keep in memory beside
  // the store they have loaded before this. Errors:
  //   DATA_LOSS            the journal is damaged, or ends before the store does.
  //   FAILED_PRECONDITION  an entry of a kind that no part knows (a newer build's),
  //                        or a store made from another journal.
  absl::Status Replay();

  // Applies `entries` as one indivisible change, visible on return, and
  // appends them as one record; `done` runs once they are durable. An empty
  // list: `done` runs once everything that can be seen so far is durable.
  //
  // `done` may run within Commit (a journal that keeps nothing), where the
  // caller still holds its latch: so it must not take a part's latch, nor
  // commit; it answers, or hands on to an executor.
  void Commit(std::vector<proto::journal::JournalEntry> entries, journal::Journal::Done done);

  // Visits entries that make the whole state from nothing: all that was durable
  // when this was called, and no half of an operation. Blocks; nobody waits for it.
  absl::Status Dump(Journaled::EntryVisitor visit);

  // Commits one entry of a dump, after checking it: for the time before anything
  // else uses the parts. INVALID_ARGUMENT: it does not fit, or is no such entry.
  absl::Status Restore(const proto::journal::JournalEntry& entry);

  // Heartbeat: persists what is durable once it exceeds `max_pending_bytes` or
  // `force`, and trims the journal behind what the store would keep in a crash.
  absl::Status Checkpoint(bool force, size_t max_pending_bytes = size_t{8} << 20);

  KvStore* store() const { return store_; }
  journal::Journal* journal() const { return journal_; }

 private:
  // That the store was made from this journal; marks a fresh store.
  absl::Status CheckJournalId(uint64_t persisted);
  // False: no part knows such an entry.
  bool ApplyLocked(const proto::journal::JournalEntry& entry, uint64_t sequence)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  journal::Journal* const journal_;
  KvStore* const store_;
  std::vector<Journaled*> parts_;
  Mutex mutex_;             // orders appends and writes to the store alike
  Mutex checkpoint_mutex_;  // one checkpoint at a time; held over I/O, by nobody else
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_JOURNALED_STATE_MACHINE_H_
