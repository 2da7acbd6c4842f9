#ifndef ALLUXIO_WORKER_TIER_STORAGE_DIR_H_
#define ALLUXIO_WORKER_TIER_STORAGE_DIR_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/worker/tier/storage_io.h"

namespace alluxio::worker {

// One storage directory on disk, as the original lays it out:
//   <path>/<data folder>/<block id>                                    committed
//   <path>/<data folder>/<tmp folder>/<session mod 1024>/<session in hex>-<block id>
// and beside them a private folder `.recycled` for the files of removed blocks
// whose memory may be used again, and our `.block_index`, a record for each committed block, so that
// a restart believes only files that it names, with their length.
//
// Knows nothing of room or of who uses a block. Thread-safe. Two stores never
// share a directory: an open one holds a lock on its folder.
class StorageDir {
 public:
  struct Options {
    std::string path;
    std::string data_folder = "alluxioworker";
    std::string tmp_folder = ".tmp_blocks";
    // What the user set for the folders; by default the worker owns them and
    // others may pass but not list or change them (0711).
    std::optional<mode_t> folder_mode;
    StorageIo* io = StorageIo::System();
  };

  // A committed block of an earlier run.
  struct Found {
    int64_t block_id = 0;
    int64_t length_bytes = 0;
    int64_t modified_ns = 0;
    bool pin_on_create = false;
    bool readable_by_all = false;  // as its mode says
  };
  struct Recovery {
    std::vector<Found> blocks;  // oldest first
    // Deleted: temp files; block files that the index doesn't name, or names
    // with another length, or that somebody else owns, or that have holes.
    int64_t temp_files_removed = 0;
    int64_t block_files_removed = 0;
  };

  // Makes the folders, removes temp files and finds the blocks again.
  //   FAILED_PRECONDITION  the folder can't be used: names path, user and mode,
  //                        or the other worker that has it
  static absl::StatusOr<std::unique_ptr<StorageDir>> Open(Options options, Recovery* recovery);
  ~StorageDir();

  const std::string& path() const { return options_.path; }
  std::string BlockPath(int64_t block_id) const;
  std::string TempPath(int64_t session_id, int64_t block_id) const;

  // An empty temp file. For a client: mode 0666 whatever the umask, and the
  // descriptor can only read (it must not count as a writer). Else mode 0600.
  absl::StatusOr<UniqueFd> CreateTemp(int64_t session_id, int64_t block_id, bool client_writes);
  void RemoveTemp(int64_t session_id, int64_t block_id);

  struct CommitOptions {
    mode_t mode = 0444;
    bool pin_on_create = false;
  };
  // Index record, mode, rename: the block exists from the rename on.
  absl::Status CommitTemp(int64_t session_id, int64_t block_id, int fd, int64_t length_bytes, CommitOptions options);
  absl::StatusOr<UniqueFd> OpenTemp(int64_t session_id, int64_t block_id);
  absl::StatusOr<UniqueFd> OpenBlock(int64_t block_id);
  absl::Status SetBlockMode(int64_t block_id, mode_t mode);
  // NOT_FOUND if it is gone already. No index record: a file that isn't there
  // needs none.
  absl::Status RemoveBlock(int64_t block_id);

  // Removing a block in order to use its pages again. SetAside takes its name
  // away, as RemoveBlock does, and puts its file into the private folder, under a
  // number. When the caller has closed its own descriptors, Claim gives the one
  // descriptor (for reading and writing) of a file that nobody else has, or will:
  //   FAILED_PRECONDITION  somebody has it still
  // Reuse makes it a temp file, of mode 0600 and with the old bytes in it, if that
  // is still so. DropAside deletes it.
  absl::StatusOr<int64_t> SetAside(int64_t block_id);
  absl::StatusOr<UniqueFd> ClaimAside(int64_t number);
  absl::Status ReuseAside(int64_t number, int fd, int64_t session_id, int64_t block_id);
  void DropAside(int64_t number);

  // Rewrites the index when most of it is of blocks gone. `is_live` is asked
  // with the index locked; it must be true for blocks under commit, too.
  absl::Status CompactIndex(int64_t live_blocks, absl::FunctionRef<bool(int64_t)> is_live);

  // Lets another store open the directory although handles of this one live.
  void Unlock();

  absl::StatusOr<StorageIo::FileSystem> GetFileSystem() const;

  // Whether its folder can still be found by its path, and is the one that was opened.
  bool IsThere() const;

 private:
  explicit StorageDir(Options options) : options_(std::move(options)) {}
  absl::Status Prepare();
  absl::Status RemoveTempFiles(Recovery* recovery);
  absl::Status MakeTempSubfolder(int64_t session_id);
  absl::Status Recover(Recovery* recovery);
  absl::Status AppendToIndex(int64_t block_id, int64_t length_bytes, bool pin_on_create);
  absl::Status WriteIndex(const std::string& records, UniqueFd* fd);
  std::string TempName(int64_t session_id, int64_t block_id) const;

  const Options options_;
  UniqueFd folder_;  // <path>/<data folder>
  UniqueFd tmp_;     // its temp folder
  UniqueFd aside_;   // its folder of files set aside
  std::atomic<int64_t> next_aside_{0};
  std::string folder_path_;

  // Held shared while a record is written (each at its own offset), alone while
  // the file is replaced: the one lock here that is held over I/O, as it is the
  // file itself that it guards.
  mutable Mutex index_mutex_;
  UniqueFd index_ ABSL_GUARDED_BY(index_mutex_);
  std::atomic<int64_t> index_records_{0};
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_TIER_STORAGE_DIR_H_
