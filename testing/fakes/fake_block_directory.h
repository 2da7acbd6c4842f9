#ifndef ALLUXIO_TESTING_FAKES_FAKE_BLOCK_DIRECTORY_H_
#define ALLUXIO_TESTING_FAKES_FAKE_BLOCK_DIRECTORY_H_

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/master/block/block_directory.h"
#include "alluxio/master/journaled/state_machine.h"

namespace alluxio::test {

// Block metadata without workers: a test says what is committed and cached.
// Thread-safe.
class FakeBlockDirectory final : public master::BlockDirectory, public master::Journaled {
 public:
  using JournalEntry = proto::journal::JournalEntry;

  // As if a worker had committed the block.
  void Commit(int64_t block_id, int64_t length, int64_t worker_id = 1) {
    MutexLock lock(&mutex_);
    lengths_[block_id] = length;
    cached_[block_id] = worker_id;
  }
  // As if its worker was lost.
  void Lose(int64_t block_id) {
    MutexLock lock(&mutex_);
    cached_.erase(block_id);
  }
  void AddWorker(int64_t id, const std::string& host) {
    MutexLock lock(&mutex_);
    LiveWorker worker;
    worker.id = id;
    worker.address.set_host(host);
    worker.address.set_dataport(static_cast<int32_t>(1000 + id));
    workers_.push_back(std::move(worker));
  }
  void SetSafeMode(bool on) {
    MutexLock lock(&mutex_);
    safe_mode_ = on;
  }
  std::set<int64_t> freed() const {
    MutexLock lock(&mutex_);
    return freed_;
  }

  int64_t NextContainerId(std::vector<JournalEntry>* entries) override {
    MutexLock lock(&mutex_);
    if (next_ >= reserved_) {
      reserved_ = next_ + 1000;
      entries->emplace_back().mutable_block_container_id_generator()->set_next_container_id(reserved_);
    }
    return next_++;
  }
  std::optional<int64_t> BlockLength(int64_t block_id) const override {
    MutexLock lock(&mutex_);
    const auto it = lengths_.find(block_id);
    if (it == lengths_.end()) return std::nullopt;
    return it->second;
  }
  absl::StatusOr<std::vector<grpc::BlockInfo>> BlockInfos(absl::Span<const int64_t> block_ids) const override {
    MutexLock lock(&mutex_);
    if (safe_mode_) return absl::UnavailableError("safe mode");
    std::vector<grpc::BlockInfo> infos;
    for (const int64_t id : block_ids) {
      grpc::BlockInfo& info = infos.emplace_back();
      info.set_blockid(id);
      if (const auto it = lengths_.find(id); it != lengths_.end()) info.set_length(it->second);
      const auto cached = cached_.find(id);
      if (cached == cached_.end()) continue;
      auto* location = info.add_locations();
      location->set_workerid(cached->second);
      location->set_tieralias("MEM");
      for (const LiveWorker& worker : workers_) {
        if (worker.id == cached->second) *location->mutable_workeraddress() = worker.address;
      }
    }
    return infos;
  }
  void AddBlocks(absl::Span<const std::pair<int64_t, int64_t>> blocks, std::vector<JournalEntry>* entries) override {
    for (const auto& [id, length] : blocks) {
      auto* info = entries->emplace_back().mutable_block_info();
      info->set_block_id(id);
      info->set_length(length);
    }
  }
  void ForgetBlocks(absl::Span<const int64_t> block_ids, std::vector<JournalEntry>* entries) override {
    for (const int64_t id : block_ids) entries->emplace_back().mutable_delete_block()->set_block_id(id);
  }
  void FreeBlocks(absl::Span<const int64_t> block_ids) override {
    MutexLock lock(&mutex_);
    for (const int64_t id : block_ids) {
      freed_.insert(id);
      cached_.erase(id);
    }
  }
  std::vector<LiveWorker> LiveWorkers() const override {
    MutexLock lock(&mutex_);
    return workers_;
  }

  bool Apply(const JournalEntry& entry, master::KvBatch* batch) override {
    MutexLock lock(&mutex_);
    if (entry.has_block_container_id_generator()) {
      const int64_t next = entry.block_container_id_generator().next_container_id();
      // After a restart the counter goes on at the next reservation.
      if (reserved_ != next) next_ = reserved_ = next;
      batch->Put(master::Family::kCounters, "container", master::EncodeId(next));
    } else if (entry.has_block_info()) {
      lengths_[entry.block_info().block_id()] = entry.block_info().length();
      batch->Put(master::Family::kBlocks, master::EncodeId(entry.block_info().block_id()),
                 master::EncodeId(entry.block_info().length()));
    } else if (entry.has_delete_block()) {
      lengths_.erase(entry.delete_block().block_id());
      batch->Delete(master::Family::kBlocks, master::EncodeId(entry.delete_block().block_id()));
    } else {
      return false;
    }
    return true;
  }

 private:
  mutable Mutex mutex_;
  int64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t reserved_ ABSL_GUARDED_BY(mutex_) = 0;
  bool safe_mode_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<int64_t, int64_t> lengths_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, int64_t> cached_ ABSL_GUARDED_BY(mutex_);
  std::set<int64_t> freed_ ABSL_GUARDED_BY(mutex_);
  std::vector<LiveWorker> workers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_FAKE_BLOCK_DIRECTORY_H_
