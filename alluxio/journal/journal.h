#ifndef ALLUXIO_JOURNAL_JOURNAL_H_
#define ALLUXIO_JOURNAL_JOURNAL_H_

#include <cstdint>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace alluxio::journal {

// The master's one ordered log: the truth about the namespace.
//
// A record is an opaque byte string that is applied wholly or not at all (for
// the master: a serialised JournalEntry whose `journal_entries` belong
// together). Sequence numbers start at 1 and have no gaps.
//
// Thread-safe. Records are durable in order: when `done` of n has run with OK,
// all records up to n survive kill -9 and power loss.
class Journal {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Journal() = default;

  // Puts `record` behind all earlier ones and returns its sequence number at
  // once; never blocks on I/O. `done` runs in the journal's own thread (or
  // inline, in a journal that keeps nothing) once the record is durable; one
  // flush serves all records that came meanwhile, and their `done`s run in
  // order. A failed write or sync ends the process: after one the page cache
  // can't be trusted. `done` gets an error only when the journal is closed.
  virtual uint64_t Append(absl::string_view record, Done done) = 0;

  // `done` runs after those of all records appended so far: inline if nothing
  // is on its way.
  virtual void Flush(Done done) = 0;

  // Whether Append runs `done` inline (a journal that keeps nothing, or only in
  // memory): its callers let go of their locks first.
  virtual bool inline_done() const { return false; }

  // Names this log, from its creation on, so that a store made from another log
  // is noticed; "" for one that does not outlive the process.
  virtual std::string id() const { return ""; }

  // The last sequence number given out; 0 for an empty journal.
  virtual uint64_t LastSequence() const = 0;
  // All records up to this one are durable.
  virtual uint64_t DurableSequence() const = 0;

  // Calls `visit` for each record with a sequence number above `after`, in
  // order, and stops at its first error, which is returned. Only before the
  // first Append. Errors: DATA_LOSS a record above `after` is missing or damaged.
  virtual absl::Status Replay(uint64_t after,
                              absl::FunctionRef<absl::Status(uint64_t sequence, absl::string_view record)> visit) = 0;

  // Allows the journal to drop what lies wholly at or below `sequence` (the
  // state is durable elsewhere up to there).
  virtual absl::Status Trim(uint64_t sequence) = 0;

  // Makes all appended records durable, runs their `done`s, and closes.
  // Append after this: returns 0, `done` gets FAILED_PRECONDITION (inline).
  virtual void Close() = 0;
};

}  // namespace alluxio::journal

#endif  // ALLUXIO_JOURNAL_JOURNAL_H_
