#ifndef ALLUXIO_MASTER_PROCESS_STORAGE_H_
#define ALLUXIO_MASTER_PROCESS_STORAGE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/journal/journal.h"
#include "alluxio/master/backup/restore.h"
#include "alluxio/master/metastore/kv_store.h"

namespace alluxio::master {

// Where a master keeps its journal and its metastore, by the configuration.
struct StorageOptions {
  enum class JournalKind { kLocal, kNone };
  enum class StoreKind { kRocks, kHeap };
  JournalKind journal = JournalKind::kLocal;
  StoreKind store = StoreKind::kRocks;
  std::string journal_folder;    // `alluxio.master.journal.folder`
  std::string metastore_folder;  // below `alluxio.master.metastore.dir`
  // Beside the metastore (KnownWorkers); "" where nothing outlives the master.
  std::string known_workers_file;
  size_t segment_bytes = size_t{10} << 20;
  bool tolerate_corruption = false;
  // As LocalJournal::Options::on_flush.
  std::function<void(absl::Duration)> on_journal_flush;
};

// EMBEDDED with one address and UFS are the local journal, NOOP keeps nothing
// (and then the metastore must be HEAP).
//
// INVALID_ARGUMENT, in one sentence: several addresses of an embedded journal
// (replication is not built), a journal folder that isn't local, NOOP with ROCKS.
absl::StatusOr<StorageOptions> StorageOptionsOf(const conf::Configuration& configuration);

struct Storage {
  // In this order, so that the store goes first.
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<KvStore> store;
};

// Opens both, or makes them if they aren't there (the first start needs no
// formatting). Errors: as LocalJournal::Open and RocksKvStore::Open.
absl::StatusOr<Storage> OpenStorage(const StorageOptions& options);

// Of a restore into the journal's folder.
RestoreMark RestoreMarkOf(const StorageOptions& options);

// Removes both and the known workers, and makes the folders (`formatMasters`): all metadata is lost.
// FAILED_PRECONDITION: a master runs on them.
absl::Status FormatStorage(const StorageOptions& options);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_PROCESS_STORAGE_H_
