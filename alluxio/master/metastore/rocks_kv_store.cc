#include "alluxio/master/metastore/rocks_kv_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/disk.h"
#include "alluxio/base/status_macros.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/options.h"
#include "rocksdb/slice.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"

namespace alluxio::master {
namespace {

constexpr int kFormat = 1;
constexpr char kFormatKey[] = "format";
constexpr char kSequenceKey[] = "sequence";

// On disk: one column family each, in the order of `Family`.
constexpr const char* kFamilyNames[kNumFamilies] = {
    "inodes", "inode_ids", "blocks",     "counters",    "mounts",    "operations",
    "ttl",    "pinned",    "to_persist", "replication", "path_conf", "misc",
};

rocksdb::Slice ToSlice(absl::string_view s) { return {s.data(), s.size()}; }
absl::string_view ToView(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

absl::Status ToStatus(const rocksdb::Status& status, absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("metadata store: ", what, ": ", status.ToString());
  if (status.IsCorruption()) return absl::DataLossError(text);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  return absl::UnknownError(text);
}

rocksdb::CompressionType Compression() {
  const std::vector<rocksdb::CompressionType> known = rocksdb::GetSupportedCompressions();
  return std::find(known.begin(), known.end(), rocksdb::kLZ4Compression) != known.end() ? rocksdb::kLZ4Compression
                                                                                          : rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const RocksKvStore::Options& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = options.write_buffer_bytes;
  // The arena's first block of each family is touched at once: keep it small.
  family.arena_block_size = size_t{64} << 10;
  family.target_file_size_base = uint64_t{32} << 20;
  family.max_bytes_for_level_base = uint64_t{128} << 20;
  family.level_compaction_dynamic_level_bytes = true;
  family.compression = Compression();
  return family;
}

rocksdb::DBOptions DbOptions(const RocksKvStore::Options& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.atomic_flush = true;  // a crash finds all families as of one sequence number
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.max_open_files = 512;
  db.table_cache_numshardbits = 2;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.keep_log_file_num = 2;
  db.max_log_file_size = size_t{1} << 20;
  db.info_log_level = rocksdb::WARN_LEVEL;
  return db;
}

rocksdb::WriteOptions NoLog() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

class RocksSnapshot final : public KvReader {
 public:
  RocksSnapshot(rocksdb::DB* db, const std::array<rocksdb::ColumnFamilyHandle*, kNumFamilies>& families)
      : db_(db), families_(families), snapshot_(db->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }

  absl::StatusOr<std::optional<std::string>> Get(Family family, absl::string_view key) const override {
    rocksdb::ReadOptions read;
    read.snapshot = snapshot_;
    std::string value;
    const rocksdb::Status status = db_->Get(read, families_[static_cast<size_t>(family)], ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    ALLUXIO_RETURN_IF_ERROR(ToStatus(status, "reading"));
    return std::optional<std::string>(std::move(value));
  }

  absl::Status Scan(Family family, absl::string_view begin, absl::string_view end,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) const override {
    const rocksdb::Slice upper = ToSlice(end);
    rocksdb::ReadOptions read;
    read.snapshot = snapshot_;
    read.fill_cache = false;  // for what reads all of it once
    if (!end.empty()) read.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(read, families_[static_cast<size_t>(family)]));
    for (at->Seek(ToSlice(begin)); at->Valid(); at->Next()) {
      if (!visit(ToView(at->key()), ToView(at->value()))) return absl::OkStatus();
    }
    return ToStatus(at->status(), "scanning");
  }

 private:
  rocksdb::DB* const db_;
  const std::array<rocksdb::ColumnFamilyHandle*, kNumFamilies> families_;
  const rocksdb::Snapshot* const snapshot_;
};

size_t BytesOf(const KvBatch& batch) {
  size_t bytes = 0;
  for (const KvBatch::Change& change : batch.changes) {
    // The strings, and about what they and the overlay's node cost beside.
    bytes += change.key.size() + (change.value ? change.value->size() : 0) + sizeof(change) + 32;
  }
  return bytes;
}

}  // namespace

RocksKvStore::RocksKvStore(Options options) : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<RocksKvStore>> RocksKvStore::Open(Options options) {
  ALLUXIO_RETURN_IF_ERROR(Disk::Posix()->CreateDirectories(options.folder));
  std::unique_ptr<RocksKvStore> store(new RocksKvStore(std::move(options)));
  ALLUXIO_RETURN_IF_ERROR(store->OpenDb());
  ALLUXIO_RETURN_IF_ERROR(store->CheckFormat());
  return store;
}

absl::Status RocksKvStore::OpenDb() {
  const std::string& folder = options_.folder;
  const rocksdb::DBOptions db_options = DbOptions(options_);
  std::vector<std::string> existing;
  // Fails if there is no database yet; what else is wrong, the opening says.
  static_cast<void>(rocksdb::DB::ListColumnFamilies(db_options, folder, &existing));
  for (const std::string& name : existing) {
    if (name != rocksdb::kDefaultColumnFamilyName &&
        std::find(std::begin(kFamilyNames), std::end(kFamilyNames), name) == std::end(kFamilyNames)) {
      return absl::FailedPreconditionError(absl::StrCat("the metadata store in ", folder, " has a family \"", name,
                                                        "\" that this version does not know: a newer one made it"));
    }
  }
  const auto cache = rocksdb::NewLRUCache(options_.block_cache_bytes, /*num_shard_bits=*/2);
  const rocksdb::ColumnFamilyOptions family = FamilyOptions(options_, cache);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors = {{rocksdb::kDefaultColumnFamilyName, family}};
  for (const char* name : kFamilyNames) descriptors.emplace_back(name, family);

  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(db_options, folder, descriptors, &handles, &db);
  if (status.IsIOError() && absl::string_view(status.ToString()).find("lock ") != absl::string_view::npos) {
    return absl::FailedPreconditionError(absl::StrCat(
        "another process uses the metadata store in ", folder,
        ": stop it first, or give this one its own alluxio.master.metastore.dir (", status.ToString(), ")"));
  }
  ALLUXIO_RETURN_IF_ERROR(ToStatus(status, absl::StrCat("opening ", folder)));
  db_.reset(db);
  meta_ = handles[0];
  std::copy(handles.begin() + 1, handles.end(), families_.begin());
  return absl::OkStatus();
}

absl::Status RocksKvStore::CheckFormat() {
  std::string value;
  const rocksdb::Status status = db_->Get({}, meta_, kFormatKey, &value);
  if (status.IsNotFound()) {
    return ToStatus(db_->Put(NoLog(), meta_, kFormatKey, std::to_string(kFormat)), "marking a new store");
  }
  ALLUXIO_RETURN_IF_ERROR(ToStatus(status, "reading the format"));
  int format = 0;
  if (!absl::SimpleAtoi(value, &format) || format != kFormat) {
    return absl::FailedPreconditionError(absl::StrCat("the metadata store in ", options_.folder, " has format ", value,
                                                      "; this version reads format ", kFormat));
  }
  return absl::OkStatus();
}

absl::Status RocksKvStore::Destroy(const std::string& folder) {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const char* name : kFamilyNames) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  return ToStatus(rocksdb::DestroyDB(folder, rocksdb::Options(), descriptors), absl::StrCat("removing ", folder));
}

RocksKvStore::~RocksKvStore() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  db_->DestroyColumnFamilyHandle(meta_).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

// --- reading ---------------------------------------------------------------

absl::StatusOr<std::optional<std::string>> RocksKvStore::Get(Family family, absl::string_view key) const {
  const auto index = static_cast<size_t>(family);
  if (overlay_size_[index].load(std::memory_order_acquire) > 0) {
    ReaderMutexLock lock(&mutex_);
    const auto it = overlay_[index].find(key);
    if (it != overlay_[index].end()) return it->second->value;
  }
  std::string value;
  const rocksdb::Status status = db_->Get({}, families_[index], ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  ALLUXIO_RETURN_IF_ERROR(ToStatus(status, "reading"));
  return std::optional<std::string>(std::move(value));
}

absl::Status RocksKvStore::Scan(Family family, absl::string_view begin, absl::string_view end,
                                absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) const {
  const auto index = static_cast<size_t>(family);
  const rocksdb::Slice upper = ToSlice(end);
  rocksdb::ReadOptions read;
  if (!end.empty()) read.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> disk;
  uint64_t disk_generation = 0;

  // In rounds: a piece of the overlay is copied, then merged with RocksDB up to
  // its last key. The overlay is read first, as changes move down, never up.
  size_t limit = 16;
  std::string from(begin);
  std::vector<std::pair<std::string, std::optional<std::string>>> young;
  while (true) {
    young.clear();
    uint64_t generation = disk_generation;
    bool overlay_done = true;
    if (disk == nullptr ? overlay_size_[index].load(std::memory_order_acquire) > 0 : true) {
      ReaderMutexLock lock(&mutex_);
      generation = generation_;
      const Overlay& overlay = overlay_[index];
      for (auto it = overlay.lower_bound(from); it != overlay.end(); ++it) {
        if (!end.empty() && it->first >= end) break;
        if (young.size() == limit) {
          overlay_done = false;
          break;
        }
        young.emplace_back(std::string(it->first), it->second->value);
      }
    }
    if (disk == nullptr) {
      disk.reset(db_->NewIterator(read, families_[index]));
      disk->Seek(from);
    } else if (generation != disk_generation) {
      ALLUXIO_RETURN_IF_ERROR(ToStatus(disk->Refresh(), "scanning"));
      disk->Seek(from);
    }
    disk_generation = generation;

    auto next = young.begin();
    while (true) {
      const bool has_young = next != young.end();
      const bool has_disk = disk->Valid();
      if (!has_young && (!overlay_done || !has_disk)) break;
      const int order = !has_disk ? -1 : !has_young ? 1 : absl::string_view(next->first).compare(ToView(disk->key()));
      if (order <= 0) {
        if (next->second.has_value() && !visit(next->first, *next->second)) return absl::OkStatus();
        ++next;
        if (order == 0) disk->Next();
      } else {
        if (!visit(ToView(disk->key()), ToView(disk->value()))) return absl::OkStatus();
        disk->Next();
      }
    }
    if (overlay_done) return ToStatus(disk->status(), "scanning");
    from = std::move(young.back().first);
    from.push_back('\0');
    limit = 256;
  }
}

absl::StatusOr<std::vector<bool>> RocksKvStore::Contains(Family family, absl::Span<const std::string> keys) const {
  const auto index = static_cast<size_t>(family);
  std::vector<bool> there(keys.size());
  std::vector<size_t> below;  // those that the overlay says nothing of
  below.reserve(keys.size());
  if (overlay_size_[index].load(std::memory_order_acquire) > 0) {
    ReaderMutexLock lock(&mutex_);
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto it = overlay_[index].find(keys[i]);
      if (it == overlay_[index].end()) {
        below.push_back(i);
      } else {
        there[i] = it->second->value.has_value();
      }
    }
  } else {
    for (size_t i = 0; i < keys.size(); ++i) below.push_back(i);
  }
  // Many together: neighbours share a table's index, filter and block.
  constexpr size_t kStep = 256;
  std::vector<rocksdb::Slice> slices(std::min(kStep, below.size()));
  std::vector<rocksdb::PinnableSlice> values(slices.size());
  std::vector<rocksdb::Status> statuses(slices.size());
  for (size_t begin = 0; begin < below.size(); begin += kStep) {
    const size_t count = std::min(kStep, below.size() - begin);
    for (size_t i = 0; i < count; ++i) slices[i] = ToSlice(keys[below[begin + i]]);
    db_->MultiGet({}, families_[index], count, slices.data(), values.data(), statuses.data(), /*sorted_input=*/true);
    for (size_t i = 0; i < count; ++i) {
      values[i].Reset();
      if (!statuses[i].IsNotFound()) ALLUXIO_RETURN_IF_ERROR(ToStatus(statuses[i], "reading"));
      there[below[begin + i]] = statuses[i].ok();
    }
  }
  return there;
}

std::unique_ptr<KvReader> RocksKvStore::PersistedSnapshot() const {
  return std::make_unique<RocksSnapshot>(db_.get(), families_);
}

// --- writing ---------------------------------------------------------------

void RocksKvStore::Write(KvBatch batch, uint64_t sequence) {
  const size_t bytes = sizeof(Pending) + BytesOf(batch);
  MutexLock lock(&mutex_);
  ALLUXIO_CHECK(pending_.empty() || pending_.back().sequence <= sequence);
  pending_.push_back({sequence, std::move(batch), bytes});
  pending_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  for (const KvBatch::Change& change : pending_.back().batch.changes) {
    const auto index = static_cast<size_t>(change.family);
    Overlay& overlay = overlay_[index];
    auto [it, inserted] = overlay.try_emplace(change.key, &change);
    if (!inserted) {
      // The key's bytes belong to an older batch, which goes before this one.
      it = overlay.erase(it);
      overlay.emplace_hint(it, change.key, &change);
    }
    overlay_size_[index].store(overlay.size(), std::memory_order_release);
  }
}

absl::Status RocksKvStore::Persist(uint64_t durable_sequence) {
  std::vector<const Pending*> ready;
  {
    ReaderMutexLock lock(&mutex_);
    for (const Pending& pending : pending_) {
      if (pending.sequence > durable_sequence) break;
      ready.push_back(&pending);
    }
  }
  if (ready.empty()) return absl::OkStatus();
  // Only the one caller removes from `pending_`, so these lie still.
  rocksdb::WriteBatch write;
  for (const Pending* pending : ready) {
    for (const KvBatch::Change& change : pending->batch.changes) {
      rocksdb::ColumnFamilyHandle* const family = families_[static_cast<size_t>(change.family)];
      ALLUXIO_RETURN_IF_ERROR(ToStatus(change.value.has_value() ? write.Put(family, change.key, *change.value)
                                                                : write.Delete(family, change.key),
                                       "collecting changes"));
    }
  }
  const std::string last = EncodeId(static_cast<int64_t>(ready.back()->sequence));
  ALLUXIO_RETURN_IF_ERROR(ToStatus(write.Put(meta_, kSequenceKey, last), "collecting changes"));
  ALLUXIO_RETURN_IF_ERROR(ToStatus(db_->Write(NoLog(), &write), "writing"));

  // In steps, so that readers wait for none of them long.
  for (size_t left = ready.size(); left > 0;) {
    MutexLock lock(&mutex_);
    for (size_t changes = 0; left > 0 && changes < 256; --left) {
      changes += pending_.front().batch.changes.size();
      ForgetOldestLocked();
    }
  }
  return absl::OkStatus();
}

void RocksKvStore::ForgetOldestLocked() {
  const Pending& oldest = pending_.front();
  for (const KvBatch::Change& change : oldest.batch.changes) {
    const auto index = static_cast<size_t>(change.family);
    Overlay& overlay = overlay_[index];
    const auto it = overlay.find(change.key);
    if (it != overlay.end() && it->second == &change) overlay.erase(it);
    overlay_size_[index].store(overlay.size(), std::memory_order_release);
  }
  pending_bytes_.fetch_sub(oldest.bytes, std::memory_order_relaxed);
  ++generation_;
  pending_.pop_front();
}

uint64_t RocksKvStore::PersistedSequence() const {
  // Skips what only memory holds.
  rocksdb::ReadOptions read;
  read.read_tier = rocksdb::kPersistedTier;
  std::string value;
  const rocksdb::Status status = db_->Get(read, meta_, kSequenceKey, &value);
  // After an error nothing counts as persisted: the journal keeps everything.
  if (!status.ok() || value.size() != 8) return 0;
  return static_cast<uint64_t>(DecodeId(value));
}

absl::Status RocksKvStore::Sync() {
  std::vector<rocksdb::ColumnFamilyHandle*> all(families_.begin(), families_.end());
  all.push_back(meta_);
  return ToStatus(db_->Flush(rocksdb::FlushOptions(), all), "flushing");
}

}  // namespace alluxio::master
