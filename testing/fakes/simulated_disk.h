#ifndef ALLUXIO_TESTING_FAKES_SIMULATED_DISK_H_
#define ALLUXIO_TESTING_FAKES_SIMULATED_DISK_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "alluxio/base/disk.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"

namespace alluxio::test {

// A disk in memory that knows what was synced. `Crash` gives the disk as a
// machine may find it after power loss: what was synced is there; of writes,
// cuts and directory changes that were not, any subset is, in any order of
// arrival, and a write may be torn between sectors or within one.
//
// It promises no more than POSIX does: a synced file whose name was not synced
// with its directory may be gone, and after a failed sync of a file nobody knows
// which writes arrived, nor does a later sync bring the others, though they can
// be read until the machine goes down.
//
// Thread-safe.
class SimulatedDisk final : public Disk {
 public:
  // `seed` decides what survives failed syncs.
  explicit SimulatedDisk(uint64_t seed = 1);

  // Runs before each sync of a file or a directory, in its caller's thread.
  void SetBeforeSync(std::function<void()> observer);

  // Calls are counted from 1 over all operations of the disk and its files.
  // The call `nth`, and with `lasting` all after it, fails with errno `error`;
  // a write that fails puts a part of its bytes there before it does.
  struct Fault {
    uint64_t nth = 0;  // 0: none
    int error = 0;
    bool lasting = false;
  };
  void SetFault(Fault fault);
  uint64_t calls() const;
  // Whether the fault has been met.
  bool failed() const;

  // Locks held on this disk are free on that one.
  std::unique_ptr<SimulatedDisk> Crash(Random& random) const;

  // Puts a file there, durably, as a test's starting point or as damage.
  void Plant(const std::string& path, std::string content);

  absl::StatusOr<std::unique_ptr<DiskFile>> Open(const std::string& path, Mode mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Unlink(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::Status CreateDirectories(const std::string& directory) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<DiskLock>> Lock(const std::string& path) override;

 private:
  class File;
  class HeldLock;

  struct Change {
    int64_t offset = 0;  // of a write; the new size of a cut
    std::string bytes;
    bool cut = false;
  };
  struct Inode {
    std::string content;          // as the page cache has it
    std::string synced;           // what power loss leaves for certain
    std::vector<Change> pending;  // since the last sync, in order
  };
  // "`path` names `inode` from now on" (null: nothing does).
  struct NameChange {
    std::string path;
    std::shared_ptr<Inode> inode;
    std::shared_ptr<Inode> gone;  // only if this is what it names
    size_t group = 0;             // changes of one group happen together
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  static std::string Parent(const std::string& path);
  static void Apply(const Change& change, std::string* content);
  static void ApplyTorn(const Change& change, Random& random, std::string* content);
  static void ApplyName(const NameChange& change, Names* names);

  absl::Status Enter(absl::string_view what, const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Observe();
  std::shared_ptr<Inode> Find(const std::string& path) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  const std::unique_ptr<Random> random_;
  std::function<void()> before_sync_ ABSL_GUARDED_BY(mutex_);
  Fault fault_ ABSL_GUARDED_BY(mutex_);
  uint64_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  Names names_ ABSL_GUARDED_BY(mutex_);
  Names synced_names_ ABSL_GUARDED_BY(mutex_);
  std::vector<NameChange> pending_names_ ABSL_GUARDED_BY(mutex_);
  size_t next_group_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<std::string> directories_ ABSL_GUARDED_BY(mutex_);  // durable at once, as CreateDirectories promises
  std::set<std::string> locked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_SIMULATED_DISK_H_
