#ifndef ALLUXIO_MASTER_METASTORE_ROCKS_KV_STORE_H_
#define ALLUXIO_MASTER_METASTORE_ROCKS_KV_STORE_H_

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/metastore/kv_store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace alluxio::master {

// State in RocksDB (`alluxio.master.metastore` ROCKS), younger batches in memory
// above it. RocksDB's own log is off: the journal is the log.
//
// Thread-safe. No lock is held while RocksDB works. A visitor of `Scan` may use
// the store.
class RocksKvStore final : public KvStore {
 public:
  struct Options {
    std::string folder;
    // For blocks, indexes and filters that were read.
    size_t block_cache_bytes = size_t{8} << 20;
    // What RocksDB keeps before it flushes: bounds the journal's tail as well.
    size_t write_buffer_bytes = size_t{8} << 20;
  };

  // Opens the store in `folder`, or makes one. Errors:
  //   FAILED_PRECONDITION  another process uses it; or a newer version made it.
  //   DATA_LOSS            it is damaged.
  static absl::StatusOr<std::unique_ptr<RocksKvStore>> Open(Options options);
  // Removes the store; fine if there is none.
  static absl::Status Destroy(const std::string& folder);

  ~RocksKvStore() override;

  absl::StatusOr<std::optional<std::string>> Get(Family family, absl::string_view key) const override;
  absl::Status Scan(Family family, absl::string_view begin, absl::string_view end,
                    absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const override;
  absl::StatusOr<std::vector<bool>> Contains(Family family, absl::Span<const std::string> keys) const override;
  std::unique_ptr<KvReader> PersistedSnapshot() const override;
  void Write(KvBatch batch, uint64_t sequence) override;
  size_t PendingBytes() const override { return pending_bytes_.load(std::memory_order_relaxed); }
  absl::Status Persist(uint64_t durable_sequence) override;
  uint64_t PersistedSequence() const override;
  absl::Status Sync() override;
  bool durable() const override { return true; }

 private:
  // A batch that RocksDB does not have yet. Lies still in the deque, so that
  // `overlay_` can point into it.
  struct Pending {
    uint64_t sequence;
    KvBatch batch;
    size_t bytes;
  };
  // Keys and changes of `pending_`, the newest of each key.
  using Overlay = absl::btree_map<absl::string_view, const KvBatch::Change*>;

  explicit RocksKvStore(Options options);
  absl::Status OpenDb();
  absl::Status CheckFormat();
  void ForgetOldestLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;  // format and sequence number
  std::array<rocksdb::ColumnFamilyHandle*, kNumFamilies> families_{};

  mutable Mutex mutex_;
  std::deque<Pending> pending_ ABSL_GUARDED_BY(mutex_);
  std::array<Overlay, kNumFamilies> overlay_ ABSL_GUARDED_BY(mutex_);
  // Counts changes leaving the overlay for RocksDB: an iterator made before one
  // may lack what the overlay no longer has.
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  // Sizes of `overlay_`, stored under the lock: most reads find 0 and take none.
  // (Falls to 0 only after RocksDB has the changes.)
  std::array<std::atomic<size_t>, kNumFamilies> overlay_size_{};
  std::atomic<size_t> pending_bytes_{0};
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_METASTORE_ROCKS_KV_STORE_H_
