#include "alluxio/master/process/storage.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "alluxio/base/disk.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/bad_value.h"
#include "alluxio/journal/local/local_journal.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "alluxio/master/metastore/rocks_kv_store.h"
#include "alluxio/master/process/known_workers.h"

namespace alluxio::master {
namespace {

// "/folder" of "/folder" and "file:///folder".
absl::StatusOr<std::string> LocalFolder(const conf::Configuration& configuration, absl::string_view key) {
  const std::string value = configuration.GetString(key);
  absl::string_view folder = value;
  absl::ConsumePrefix(&folder, "file://");
  if (absl::StartsWith(folder, "/")) return std::string(folder);
  return absl::InvalidArgumentError(
      absl::StrCat(key, "=", value, " (from ", conf::OriginOf(configuration, key), ") is not a folder of this machine: set an absolute path"));
}

}  // namespace

absl::StatusOr<StorageOptions> StorageOptionsOf(const conf::Configuration& configuration) {
  constexpr absl::string_view kZooKeeper = "alluxio.zookeeper.enabled";
  if (configuration.GetBool(kZooKeeper)) {
    return absl::InvalidArgumentError(absl::StrCat(kZooKeeper, "=true (from ", conf::OriginOf(configuration, kZooKeeper),
                                                   ") is not supported by this version, which runs one master: set it "
                                                   "to false"));
  }
  StorageOptions options;
  const std::string journal = configuration.GetEnum("alluxio.master.journal.type");
  if (journal == "NOOP") {
    options.journal = StorageOptions::JournalKind::kNone;
  } else if (journal == "EMBEDDED") {
    constexpr absl::string_view kKey = "alluxio.master.embedded.journal.addresses";
    const std::vector<std::string> addresses = configuration.GetList(kKey);
    if (addresses.size() > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(kKey, "=", absl::StrJoin(addresses, ","), " (from ", conf::OriginOf(configuration, kKey),
                       ") names several masters, but replication of the journal is not built yet: set one address or none"));
    }
  }
  if (configuration.GetEnum("alluxio.master.metastore") == "HEAP") options.store = StorageOptions::StoreKind::kHeap;
  if (options.journal == StorageOptions::JournalKind::kNone && options.store == StorageOptions::StoreKind::kRocks) {
    return absl::InvalidArgumentError(
        "alluxio.master.journal.type=NOOP keeps nothing across a restart: set alluxio.master.metastore=HEAP with it");
  }
  if (options.journal == StorageOptions::JournalKind::kLocal) {
    ALLUXIO_ASSIGN_OR_RETURN(
        options.journal_folder,
        LocalFolder(configuration, "alluxio.master.journal.folder"));
  }
  if (options.store == StorageOptions::StoreKind::kRocks) {
    ALLUXIO_ASSIGN_OR_RETURN(
        const std::string folder,
        LocalFolder(configuration, "alluxio.master.metastore.dir"));
    // A folder of its own: the original's stores may lie beside it.
    options.metastore_folder = absl::StrCat(absl::StripSuffix(folder, "/"), "/master");
  }
  if (options.journal == StorageOptions::JournalKind::kLocal) {
    const absl::StatusOr<std::string> folder =
        LocalFolder(configuration, "alluxio.master.metastore.dir");
    if (folder.ok()) options.known_workers_file = absl::StrCat(absl::StripSuffix(*folder, "/"), "/known_workers");
  }
  options.segment_bytes = static_cast<size_t>(configuration.GetBytes("alluxio.master.journal.log.size.bytes.max"));
  options.tolerate_corruption = configuration.GetBool("alluxio.master.journal.tolerate.corruption");
  return options;
}

absl::StatusOr<Storage> OpenStorage(const StorageOptions& options) {
  Storage storage;
  if (options.journal == StorageOptions::JournalKind::kLocal) {
    journal::LocalJournal::Options journal;
    journal.folder = options.journal_folder;
    journal.segment_bytes = options.segment_bytes;
    journal.tolerate_corruption = options.tolerate_corruption;
    journal.on_flush = options.on_journal_flush;
    ALLUXIO_ASSIGN_OR_RETURN(storage.journal, journal::LocalJournal::Open(std::move(journal)));
  } else {
    storage.journal = std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{.keep = false});
  }
  if (options.store == StorageOptions::StoreKind::kRocks) {
    RocksKvStore::Options store;
    store.folder = options.metastore_folder;
    ALLUXIO_ASSIGN_OR_RETURN(storage.store, RocksKvStore::Open(std::move(store)));
  } else {
    storage.store = std::make_unique<HeapKvStore>();
  }
  return storage;
}

RestoreMark RestoreMarkOf(const StorageOptions& options) {
  return {Disk::Posix(), options.journal == StorageOptions::JournalKind::kLocal ? options.journal_folder : ""};
}

absl::Status FormatStorage(const StorageOptions& options) {
  if (options.journal == StorageOptions::JournalKind::kLocal) {
    ALLUXIO_RETURN_IF_ERROR(journal::LocalJournal::Format(Disk::Posix(), options.journal_folder));
  }
  if (options.store == StorageOptions::StoreKind::kRocks) {
    ALLUXIO_RETURN_IF_ERROR(RocksKvStore::Destroy(options.metastore_folder));
  }
  ALLUXIO_RETURN_IF_ERROR(RestoreMarkOf(options).Remove());
  ALLUXIO_RETURN_IF_ERROR(KnownWorkers::Remove(*Disk::Posix(), options.known_workers_file));
  return OpenStorage(options).status();
}

}  // namespace alluxio::master
