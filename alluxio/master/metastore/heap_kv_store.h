#ifndef ALLUXIO_MASTER_METASTORE_HEAP_KV_STORE_H_
#define ALLUXIO_MASTER_METASTORE_HEAP_KV_STORE_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/metastore/kv_store.h"

namespace alluxio::master {

// All state on the heap, none after a restart (`alluxio.master.metastore` HEAP).
//
// Thread-safe. `Scan` copies a few keys at a time and visits them without a
// lock, so a visitor may use the store.
class HeapKvStore final : public KvStore {
 public:
  absl::StatusOr<std::optional<std::string>> Get(Family family, absl::string_view key) const override;
  absl::Status Scan(Family family, absl::string_view begin, absl::string_view end,
                    absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const override;
  absl::StatusOr<std::vector<bool>> Contains(Family family, absl::Span<const std::string> keys) const override;
  void Write(KvBatch batch, uint64_t sequence) override;
  std::unique_ptr<KvReader> PersistedSnapshot() const override;
  size_t PendingBytes() const override { return 0; }
  absl::Status Persist(uint64_t durable_sequence) override { return absl::OkStatus(); }
  uint64_t PersistedSequence() const override { return 0; }
  absl::Status Sync() override { return absl::OkStatus(); }
  bool durable() const override { return false; }

 private:
  mutable Mutex mutex_;
  std::array<absl::btree_map<std::string, std::string>, kNumFamilies> families_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_METASTORE_HEAP_KV_STORE_H_
