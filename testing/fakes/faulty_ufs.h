#ifndef ALLUXIO_TESTING_FAKES_FAULTY_UFS_H_
#define ALLUXIO_TESTING_FAKES_FAULTY_UFS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::test {

// What goes wrong, by name of the method: those of UnderFileSystem ("Status",
// "Create", ...), of its writers ("Write", "Close") and its readers ("ReadAt").
// Thread-safe.
class UfsFaults {
 public:
  // The `nth` call from now, and the `times - 1` after it, answer `status`
  // without reaching the store. `times` < 0: all of them.
  void Fail(const std::string& method, absl::Status status, int nth = 1, int times = 1) {
    MutexLock lock(&mutex_);
    Entry& entry = entries_[method];
    entry.status = std::move(status);
    entry.pass = nth - 1;
    entry.fail = times;
  }
  // Calls wait from now on, but for the first `after`, until `Release`, then go to the store.
  void Block(const std::string& method, int after = 0) {
    MutexLock lock(&mutex_);
    entries_[method].blocked = true;
    entries_[method].pass_block = after;
  }
  void Release(const std::string& method) {
    MutexLock lock(&mutex_);
    entries_[method].blocked = false;
    changed_.SignalAll();
  }
  // Returns once `count` calls wait at the same time.
  void WaitUntilBlocked(const std::string& method, int count = 1) {
    MutexLock lock(&mutex_);
    while (entries_[method].waiting < count) changed_.Wait(&mutex_);
  }
  // No call fails from now on.
  void Clear() {
    MutexLock lock(&mutex_);
    for (auto& [method, entry] : entries_) entry.fail = 0;
  }
  int failures() const {
    MutexLock lock(&mutex_);
    return failures_;
  }
  // Calls so far, failed and blocked ones too.
  int calls(const std::string& method) const {
    MutexLock lock(&mutex_);
    const auto it = entries_.find(method);
    return it == entries_.end() ? 0 : it->second.calls;
  }

  // What a wrapped method does first.
  absl::Status Enter(const std::string& method) {
    MutexLock lock(&mutex_);
    Entry& entry = entries_[method];
    ++entry.calls;
    ++entry.waiting;
    changed_.SignalAll();
    if (entry.pass_block > 0) {
      --entry.pass_block;
    } else {
      while (entry.blocked) changed_.Wait(&mutex_);
    }
    --entry.waiting;
    if (entry.fail == 0) return absl::OkStatus();
    if (entry.pass > 0) {
      --entry.pass;
      return absl::OkStatus();
    }
    if (entry.fail > 0) --entry.fail;
    ++failures_;
    return entry.status;
  }

 private:
  struct Entry {
    absl::Status status;
    int pass = 0;
    int fail = 0;
    bool blocked = false;
    int pass_block = 0;
    int waiting = 0;
    int calls = 0;
  };
  mutable Mutex mutex_;
  CondVar changed_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
};

// An under store with faults before it. Thread-safe.
class FaultyUfs final : public ufs::UnderFileSystem {
 public:
  explicit FaultyUfs(std::shared_ptr<ufs::UnderFileSystem> inner) : inner_(std::move(inner)) {}

  UfsFaults& faults() { return *faults_; }

  absl::string_view type() const override { return inner_->type(); }
  const std::string& uri() const override { return inner_->uri(); }
  absl::Status CheckRoot() override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("CheckRoot"));
    return inner_->CheckRoot();
  }
  absl::StatusOr<ufs::UfsStatus> Status(absl::string_view path) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Status"));
    return inner_->Status(path);
  }
  absl::Status List(absl::string_view path, absl::FunctionRef<bool(const ufs::UfsStatus&)> visit) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("List"));
    return inner_->List(path, visit);
  }
  absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> Create(absl::string_view path,
                                                         const CreateOptions& options) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Create"));
    ALLUXIO_ASSIGN_OR_RETURN(auto writer, inner_->Create(path, options));
    return std::make_unique<Writer>(faults_, std::move(writer));
  }
  absl::StatusOr<std::unique_ptr<ufs::UfsReader>> Open(absl::string_view path) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Open"));
    ALLUXIO_ASSIGN_OR_RETURN(auto reader, inner_->Open(path));
    return std::make_unique<Reader>(faults_, std::move(reader));
  }
  absl::Status Mkdir(absl::string_view path, const MkdirOptions& options) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Mkdir"));
    return inner_->Mkdir(path, options);
  }
  absl::Status DeleteFile(absl::string_view path) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("DeleteFile"));
    return inner_->DeleteFile(path);
  }
  absl::Status DeleteDirectory(absl::string_view path, bool recursive) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("DeleteDirectory"));
    return inner_->DeleteDirectory(path, recursive);
  }
  absl::Status Rename(absl::string_view from, absl::string_view to) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Rename"));
    return inner_->Rename(from, to);
  }
  absl::Status SetOwner(absl::string_view path, absl::string_view owner, absl::string_view group) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("SetOwner"));
    return inner_->SetOwner(path, owner, group);
  }
  absl::Status SetMode(absl::string_view path, int32_t mode) override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("SetMode"));
    return inner_->SetMode(path, mode);
  }
  absl::StatusOr<Space> GetSpace() override {
    ALLUXIO_RETURN_IF_ERROR(faults_->Enter("GetSpace"));
    return inner_->GetSpace();
  }

 private:
  class Writer final : public ufs::UfsWriter {
   public:
    Writer(std::shared_ptr<UfsFaults> faults, std::unique_ptr<ufs::UfsWriter> inner)
        : faults_(std::move(faults)), inner_(std::move(inner)) {}
    absl::Status Write(absl::string_view bytes) override {
      ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Write"));
      return inner_->Write(bytes);
    }
    absl::StatusOr<std::string> Close() override {
      ALLUXIO_RETURN_IF_ERROR(faults_->Enter("Close"));
      return inner_->Close();
    }
    int64_t bytes_written() const override { return inner_->bytes_written(); }

   private:
    const std::shared_ptr<UfsFaults> faults_;
    const std::unique_ptr<ufs::UfsWriter> inner_;
  };
  class Reader final : public ufs::UfsReader {
   public:
    Reader(std::shared_ptr<UfsFaults> faults, std::unique_ptr<ufs::UfsReader> inner)
        : faults_(std::move(faults)), inner_(std::move(inner)) {}
    absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) override {
      ALLUXIO_RETURN_IF_ERROR(faults_->Enter("ReadAt"));
      return inner_->ReadAt(offset, buffer);
    }
    int64_t length_bytes() const override { return inner_->length_bytes(); }

   private:
    const std::shared_ptr<UfsFaults> faults_;
    const std::unique_ptr<ufs::UfsReader> inner_;
  };

  const std::shared_ptr<ufs::UnderFileSystem> inner_;
  const std::shared_ptr<UfsFaults> faults_ = std::make_shared<UfsFaults>();
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_FAULTY_UFS_H_
