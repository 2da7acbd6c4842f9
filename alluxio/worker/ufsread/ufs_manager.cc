#include "alluxio/worker/ufsread/ufs_manager.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::worker {
namespace {

// "file:///a", "file:/a" and "/a" name one place.
absl::string_view WithoutFileScheme(absl::string_view uri) {
  if (absl::StartsWith(uri, "file:///")) return uri.substr(7);
  if (absl::StartsWith(uri, "file:/")) return uri.substr(5);
  return uri;
}

absl::StatusOr<std::string> RelativeTo(absl::string_view root, absl::string_view uri) {
  absl::string_view rest = WithoutFileScheme(uri);
  absl::string_view prefix = WithoutFileScheme(root);
  while (absl::EndsWith(prefix, "/")) prefix.remove_suffix(1);
  if (!absl::StartsWith(rest, prefix) || (rest.size() > prefix.size() && rest[prefix.size()] != '/')) {
    return absl::InvalidArgumentError(absl::StrCat("\"", uri, "\" is not below its mount's \"", root, "\"."));
  }
  rest.remove_prefix(prefix.size());
  return absl::StrJoin(absl::StrSplit(rest, '/', absl::SkipEmpty()), "/");
}

class CountingReader final : public ufs::UfsReader {
 public:
  CountingReader(std::unique_ptr<ufs::UfsReader> reader, metrics::Counter* bytes)
      : reader_(std::move(reader)), bytes_(*bytes) {}
  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) override {
    absl::StatusOr<size_t> n = reader_->ReadAt(offset, buffer);
    if (n.ok()) bytes_.Inc(static_cast<int64_t>(*n));
    return n;
  }
  int64_t length_bytes() const override { return reader_->length_bytes(); }

 private:
  const std::unique_ptr<ufs::UfsReader> reader_;
  metrics::Counter& bytes_;
};

class CountingWriter final : public ufs::UfsWriter {
 public:
  CountingWriter(std::unique_ptr<ufs::UfsWriter> writer, metrics::Counter* bytes)
      : writer_(std::move(writer)), bytes_(*bytes) {}
  absl::Status Write(absl::string_view bytes) override {
    absl::Status status = writer_->Write(bytes);
    if (status.ok()) bytes_.Inc(static_cast<int64_t>(bytes.size()));
    return status;
  }
  absl::StatusOr<std::string> Close() override { return writer_->Close(); }
  int64_t bytes_written() const override { return writer_->bytes_written(); }

 private:
  const std::unique_ptr<ufs::UfsWriter> writer_;
  metrics::Counter& bytes_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ufs::UfsReader>> UfsManager::Place::Open() const {
  absl::StatusOr<std::unique_ptr<ufs::UfsReader>> reader = ufs->Open(path);
  if (!reader.ok() || traffic.read == nullptr) return reader;
  return std::make_unique<CountingReader>(*std::move(reader), traffic.read);
}

absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> UfsManager::Place::Create(
    const ufs::UnderFileSystem::CreateOptions& options) const {
  absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> writer = ufs->Create(path, options);
  if (!writer.ok() || traffic.written == nullptr) return writer;
  return std::make_unique<CountingWriter>(*std::move(writer), traffic.written);
}

UfsManager::UfsManager(Options options) : options_(std::move(options)) {}

UfsManager::Traffic UfsManager::TrafficOf(const std::string& uri) {
  if (options_.metrics == nullptr) return {};
  bool tagged = true;
  {
    MutexLock lock(&mutex_);
    if (!counted_.contains(uri)) {
      tagged = counted_.size() < options_.max_counted;
      if (tagged) counted_.insert(uri);
    }
  }
  const auto counter = [&](const char* name) {
    if (!tagged) return &options_.metrics->GetCounter(name);
    return &options_.metrics->GetCounter(metrics::NameWithTags(name, {{"UFS", metrics::EscapeTag(uri)}}));
  };
  return {.read = counter(metrics::kWorkerBytesReadUfs), .written = counter(metrics::kWorkerBytesWrittenUfs)};
}

absl::StatusOr<UfsManager::EntryPtr> UfsManager::Get(int64_t mount_id) {
  EntryPtr entry;
  bool mine = false, old = false;
  {
    MutexLock lock(&mutex_);
    EntryPtr& slot = mounts_[mount_id];
    if (slot == nullptr) {
      mine = true;
      slot = std::make_shared<Entry>();
      slot->use = uses_.insert(uses_.begin(), mount_id);
    } else {
      uses_.splice(uses_.begin(), uses_, slot->use);
      const absl::Time now = options_.clock->Now();
      old = slot->fresh_until <= now;
      if (old) slot->fresh_until = now + options_.max_age;  // one asks, the others go on with what there is
    }
    entry = slot;
    if (mounts_.size() > options_.max_mounts) {
      mounts_.erase(uses_.back());
      uses_.pop_back();
    }
  }
  if (!mine) {
    entry->looked_up.Wait();
    if (!entry->error.ok()) return entry->error;
    if (old) return LookUpAgain(mount_id, std::move(entry));
    return entry;
  }
  const auto look_up = [&]() -> absl::Status {
    absl::StatusOr<Mount> mount = options_.look_up(mount_id);
    if (!mount.ok()) {
      return absl::UnavailableError(
          absl::StrCat("The master can't say what is mounted as ", mount_id, ": ", mount.status().message()));
    }
    ALLUXIO_ASSIGN_OR_RETURN(entry->ufs, options_.registry->Create(mount->uri, mount->properties));
    entry->mount = *std::move(mount);
    entry->traffic = TrafficOf(entry->mount.uri);
    return absl::OkStatus();
  };
  entry->error = look_up();
  {
    MutexLock lock(&mutex_);
    entry->fresh_until = options_.clock->Now() + options_.max_age;
  }
  if (!entry->error.ok()) {
    // Those who wait get the error; who comes later asks again.
    MutexLock lock(&mutex_);
    const auto it = mounts_.find(mount_id);
    if (it != mounts_.end() && it->second == entry) {
      uses_.erase(entry->use);
      mounts_.erase(it);
    }
  }
  entry->looked_up.Notify();
  if (!entry->error.ok()) return entry->error;
  return entry;
}

absl::StatusOr<UfsManager::EntryPtr> UfsManager::LookUpAgain(int64_t mount_id, EntryPtr entry) {
  const LookUp& look_up = options_.look_up_again ? options_.look_up_again : options_.look_up;
  absl::StatusOr<Mount> mount = look_up(mount_id);
  if (absl::IsNotFound(mount.status())) {
    Forget(mount_id);
    return absl::NotFoundError(absl::StrCat("Nothing is mounted as ", mount_id, " any more: ", mount.status().message()));
  }
  if (!mount.ok() || *mount == entry->mount) return entry;
  auto fresh = std::make_shared<Entry>();
  fresh->ufs = entry->ufs;
  if (mount->uri != entry->mount.uri || mount->properties != entry->mount.properties) {
    ALLUXIO_ASSIGN_OR_RETURN(fresh->ufs, options_.registry->Create(mount->uri, mount->properties));
  }
  fresh->mount = *std::move(mount);
  fresh->traffic = TrafficOf(fresh->mount.uri);
  fresh->looked_up.Notify();
  MutexLock lock(&mutex_);
  fresh->fresh_until = entry->fresh_until;
  const auto it = mounts_.find(mount_id);
  if (it != mounts_.end() && it->second == entry) {
    fresh->use = entry->use;
    it->second = fresh;
  }
  return fresh;
}

absl::StatusOr<UfsManager::Place> UfsManager::Resolve(int64_t mount_id, absl::string_view uri) {
  ALLUXIO_ASSIGN_OR_RETURN(const EntryPtr entry, Get(mount_id));
  ALLUXIO_ASSIGN_OR_RETURN(std::string path, RelativeTo(entry->mount.uri, uri));
  return Place{entry->ufs, std::move(path), entry->mount.read_only, entry->traffic};
}

absl::StatusOr<UfsManager::Place> UfsManager::ResolveRelative(int64_t mount_id, absl::string_view path) {
  ALLUXIO_ASSIGN_OR_RETURN(const EntryPtr entry, Get(mount_id));
  return Place{entry->ufs, std::string(path), entry->mount.read_only, entry->traffic};
}

void UfsManager::Forget(int64_t mount_id) {
  MutexLock lock(&mutex_);
  const auto it = mounts_.find(mount_id);
  if (it == mounts_.end()) return;
  uses_.erase(it->second->use);
  mounts_.erase(it);
}

}  // namespace alluxio::worker
