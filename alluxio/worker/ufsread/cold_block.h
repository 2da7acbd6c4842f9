#ifndef ALLUXIO_WORKER_UFSREAD_COLD_BLOCK_H_
#define ALLUXIO_WORKER_UFSREAD_COLD_BLOCK_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace alluxio::worker {

// A block that lies in the under store: what OpenUfsBlockOptions says of it.
struct ColdBlock {
  int64_t block_id = 0;
  int64_t length_bytes = 0;
  int64_t mount_id = 0;
  // Absolute URI of the file, and where in it the block begins. "" with
  // `in_ufs_tier`: the block was put into the under store by itself.
  std::string ufs_uri;
  int64_t offset_in_file = 0;
  bool in_ufs_tier = false;
  // The block stays in the worker afterwards (`no_cache` is false).
  bool cache = true;
};

// Bytes of a block, valid as long as `owner` lives (also beyond the reader, the
// fetcher and the store): memory of the block file, or a buffer of their own.
struct ColdBytes {
  absl::string_view bytes;
  std::shared_ptr<const void> owner;
};

// One reader of a cold block. Destroying it cancels a read under way. One read
// at a time; any thread.
class ColdReader {
 public:
  virtual ~ColdReader() = default;

  // Bytes from `offset` (in the block) on as soon as there are any: at least
  // one, at most `max_bytes`, and none at the end of the range that was
  // asked for, or of the file, if it has become shorter than the master thinks:
  // the reader finds that out by counting, as with the original. The end of a
  // block that gets cached is answered once the block is committed and the
  // master knows, so that who sends OK then is right.
  //
  // `done` runs at once, or on a thread of the fetcher's executor; it must not block.
  //   NOT_FOUND    the under store has no such file
  //   UNAVAILABLE  it failed
  using Done = absl::AnyInvocable<void(absl::StatusOr<ColdBytes>)>;
  virtual void Read(int64_t offset, size_t max_bytes, Done done) = 0;

  // The callback of a read under way will not run, or has returned, once this
  // returns (or the destructor): so neither may be called within the callback.
  virtual void Cancel() = 0;

  // As Read, waiting. DEADLINE_EXCEEDED: nothing came in time; another read may follow.
  absl::StatusOr<ColdBytes> ReadBlocking(int64_t offset, size_t max_bytes, absl::Time deadline);
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_COLD_BLOCK_H_
