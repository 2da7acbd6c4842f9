#ifndef ALLUXIO_JOURNAL_LOCAL_LOCAL_JOURNAL_H_
#define ALLUXIO_JOURNAL_LOCAL_LOCAL_JOURNAL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/disk.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/journal/journal.h"

namespace alluxio::journal {

// The journal in one folder of one machine; bytes as in docs/journal.md.
//
// One thread writes: it takes everything that was appended while it was busy,
// writes and syncs it once, and runs the `done`s. A failed write or sync ends
// the process. Thread-safe.
class LocalJournal final : public Journal {
 public:
  struct Options {
    std::string folder;
    Disk* disk = Disk::Posix();
    Random* random = Random::System();
    // `alluxio.master.journal.log.size.bytes.max`: a segment is closed beyond it.
    size_t segment_bytes = size_t{10} << 20;
    // Zeros written ahead of the records, so that most syncs change no metadata.
    size_t zero_ahead_bytes = size_t{1} << 20;
    // `alluxio.master.journal.tolerate.corruption`: a damaged record and all
    // behind it are dropped (their files kept as *.damaged) instead of an error; a
    // journal that ends before what `Replay` is asked for goes on behind that.
    bool tolerate_corruption = false;
    // Empty: logs, and ends the process (exit code 1). If it returns (in tests), the journal
    // is closed and what waits gets the error.
    std::function<void(const absl::Status&)> on_fatal;
    // Called by the writer with how long each write and its sync took; empty: nobody.
    std::function<void(absl::Duration)> on_flush;
    Clock* clock = Clock::System();  // for `on_flush`
  };

  // What opening found at the end of the last segment.
  struct Recovery {
    uint64_t torn_sequence = 0;  // 0: the end was clean
    size_t torn_bytes = 0;
    std::string file;
  };

  // Opens the journal in `folder`, or starts one. A record that a crash cut short
  // at the end is cut off, with a warning in the log. Errors:
  //   FAILED_PRECONDITION  another process uses the folder; or a newer version wrote it.
  //   DATA_LOSS            damage anywhere else: names file, offset and sequence number.
  static absl::StatusOr<std::unique_ptr<LocalJournal>> Open(Options options);

  // Removes a journal (`formatJournal`); fine if there is none.
  static absl::Status Format(Disk* disk, const std::string& folder);

  ~LocalJournal() override;

  uint64_t Append(absl::string_view record, Done done) override;
  void Flush(Done done) override;
  std::string id() const override { return id_; }
  uint64_t LastSequence() const override;
  uint64_t DurableSequence() const override { return durable_.load(std::memory_order_acquire); }
  absl::Status Replay(uint64_t after,
                      absl::FunctionRef<absl::Status(uint64_t sequence, absl::string_view record)> visit) override;
  absl::Status Trim(uint64_t sequence) override;
  void Close() override;

  const Recovery& recovery() const { return recovery_; }

 private:
  struct Pending {
    uint64_t sequence = 0;  // 0: a flush
    std::string record;
    Done done;
  };

  explicit LocalJournal(Options options) : options_(std::move(options)) {}

  std::string Path(const std::string& name) const { return options_.folder + "/" + name; }
  absl::Status Recover();
  absl::Status ReadHeaders();
  absl::Status RecoverLast();
  // Makes an empty segment, durably, and the current one.
  absl::Status StartSegment(uint64_t first_sequence);
  absl::Status OpenCurrent(const std::string& name, size_t used, bool cut);
  absl::Status DamageAt(const std::string& name, size_t offset, uint64_t sequence, absl::string_view what) const;
  // Drops everything from `offset` of the segment `index` on, keeping copies.
  absl::Status CutDamage(size_t index, size_t offset);
  absl::Status SetAside(const std::string& name);
  // Where what was dropped (or more) lies in the state already, the numbers go on behind
  // that: else new records would be taken for old ones.
  absl::Status GoOnAfter(uint64_t after);

  void Run();
  absl::Status WriteGroup(const std::vector<Pending>& group);
  void Fail(absl::Status error, std::vector<Pending> group);

  const Options options_;
  std::string id_;
  Recovery recovery_;
  std::unique_ptr<DiskLock> folder_lock_;

  // The writer's alone, once it runs.
  std::unique_ptr<DiskFile> file_;
  size_t used_ = 0;    // where the next record goes
  size_t zeroed_ = 0;  // the file's size: zeros from used_ to here
  std::string buffer_;

  mutable Mutex segments_mutex_;
  std::vector<uint64_t> segments_ ABSL_GUARDED_BY(segments_mutex_);  // first sequence numbers, ascending

  mutable Mutex mutex_;
  CondVar wake_;
  std::vector<Pending> queue_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<uint64_t> durable_{0};  // stored after the sync, before the `done`s
  Mutex close_mutex_;                 // one Close at a time
  std::thread writer_;
};

}  // namespace alluxio::journal

#endif  // ALLUXIO_JOURNAL_LOCAL_LOCAL_JOURNAL_H_
