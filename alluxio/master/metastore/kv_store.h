#ifndef ALLUXIO_MASTER_METASTORE_KV_STORE_H_
#define ALLUXIO_MASTER_METASTORE_KV_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace alluxio::master {

// The families of the master's state. Numbers and names are on disk: only add.
enum class Family : uint8_t {
  kInodes = 0,      // parent id (8 bytes, big-endian) + name -> inode record
  kInodeIds = 1,    // inode id -> parent id + name
  kBlocks = 2,      // block id -> length
  kCounters = 3,    // name -> number: id generators and the like
  kMounts = 4,      // Alluxio path -> mount point record
  kOperations = 5,  // finished operation ids, with their order
  kTtl = 6,         // expiry time + inode id -> nothing
  kPinned = 7,      // file id -> nothing
  kToPersist = 8,   // file id -> state of the intent to persist
  kReplication = 9, // file id -> nothing: files with a minimum or maximum
  kPathConf = 10,   // path -> properties
  kMisc = 11,
};
inline constexpr int kNumFamilies = 12;

// Changes that become visible, and later durable, together.
struct KvBatch {
  struct Change {
    Family family;
    std::string key;
    std::optional<std::string> value;  // nullopt deletes
  };
  std::vector<Change> changes;

  void Put(Family family, std::string key, std::string value) {
    changes.push_back({family, std::move(key), std::move(value)});
  }
  void Delete(Family family, std::string key) { changes.push_back({family, std::move(key), std::nullopt}); }
};

// What can be read of ordered key-value families. Thread-safe.
class KvReader {
 public:
  virtual ~KvReader() = default;

  // NOT_FOUND is nullopt; errors are those of the disk.
  virtual absl::StatusOr<std::optional<std::string>> Get(Family family, absl::string_view key) const = 0;

  // Visits keys in [begin, end) in order (empty `end`: to the end of the
  // family) until `visit` returns false. The views live during the call.
  virtual absl::Status Scan(Family family, absl::string_view begin, absl::string_view end,
                            absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const = 0;
};

// Ordered key-value families: what has been flushed lies on disk (or nowhere,
// in the heap store), younger changes lie in memory above it.
//
// Readers see a batch as soon as `Write` returns. Nothing reaches the disk that
// the journal does not hold durably: `Persist(n)` takes only batches with a
// sequence number up to n. Each flush writes its batches and the number of the
// last one atomically.
//
// Thread-safe; a scan sees some state between its start and its end for each
// key (callers that need more hold their own latch).
class KvStore : public KvReader {
 public:
  // Which of `keys`, which ascend, are there: cheaper than a Get of each.
  virtual absl::StatusOr<std::vector<bool>> Contains(Family family, absl::Span<const std::string> keys) const = 0;

  // Applies `batch`, which belongs to journal record `sequence`. Sequence
  // numbers do not fall from call to call (several batches may share one).
  virtual void Write(KvBatch batch, uint64_t sequence) = 0;

  // Bytes of memory held by batches that are not persisted.
  virtual size_t PendingBytes() const = 0;

  // Writes all batches up to `durable_sequence` to disk, atomically, and lets
  // their memory go. Cheap when there is nothing. One caller at a time.
  virtual absl::Status Persist(uint64_t durable_sequence) = 0;

  // Number of the last batch that would be there after a crash now: a restart
  // replays the journal after it. Advances some time after `Persist` (the store
  // buffers); `Sync` makes it advance now.
  virtual uint64_t PersistedSequence() const = 0;
  virtual absl::Status Sync() = 0;

  // What has been persisted so far, of one sequence number, whatever is written
  // later. Does not outlive the store. (The heap store: a copy of all there is.)
  virtual std::unique_ptr<KvReader> PersistedSnapshot() const = 0;

  // Whether the store survives a restart (false: the whole journal is replayed,
  // and must not be trimmed).
  virtual bool durable() const = 0;
};

// [begin, end) of all keys that start with `prefix`: the smallest string above
// them all, or "" if there is none.
std::string PrefixEnd(absl::string_view prefix);
// 8 bytes, big-endian, so that numbers order as keys (ids are not negative).
std::string EncodeId(int64_t id);
// Of the first 8 bytes; fewer are a bug or damage, which stops the process.
int64_t DecodeId(absl::string_view bytes);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_METASTORE_KV_STORE_H_
