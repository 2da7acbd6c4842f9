#include "testing/fakes/simulated_disk.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::test {
namespace {

constexpr size_t kSectorBytes = 512;

}  // namespace

class SimulatedDisk::File final : public DiskFile {
 public:
  File(SimulatedDisk* disk, std::shared_ptr<Inode> inode, std::string path, bool writable)
      : disk_(disk), inode_(std::move(inode)), path_(std::move(path)), writable_(writable) {}

  absl::Status Write(int64_t offset, absl::string_view data) override {
    MutexLock lock(&disk_->mutex_);
    if (!writable_) return ErrnoStatus(EBADF, absl::StrCat("writing to ", path_));
    const absl::Status fault = disk_->Enter("writing to", path_);
    if (!fault.ok()) data = data.substr(0, data.size() / 2);
    Add({.offset = offset, .bytes = std::string(data)});
    return fault;
  }

  absl::StatusOr<size_t> Read(int64_t offset, char* buffer, size_t size) const override {
    MutexLock lock(&disk_->mutex_);
    ALLUXIO_RETURN_IF_ERROR(disk_->Enter("reading", path_));
    const std::string& content = inode_->content;
    const size_t begin = std::min(static_cast<size_t>(offset), content.size());
    const size_t n = std::min(size, content.size() - begin);
    std::copy_n(content.data() + begin, n, buffer);
    return n;
  }

  absl::StatusOr<int64_t> Size() const override {
    MutexLock lock(&disk_->mutex_);
    ALLUXIO_RETURN_IF_ERROR(disk_->Enter("looking at", path_));
    return static_cast<int64_t>(inode_->content.size());
  }

  absl::Status SyncData() override {
    disk_->Observe();
    MutexLock lock(&disk_->mutex_);
    const absl::Status fault = disk_->Enter("syncing", path_);
    for (const Change& change : inode_->pending) {
      if (fault.ok()) {
        Apply(change, &inode_->synced);
      } else {
        ApplyTorn(change, *disk_->random_, &inode_->synced);
      }
    }
    inode_->pending.clear();
    return fault;
  }

  absl::Status Truncate(int64_t size) override {
    MutexLock lock(&disk_->mutex_);
    if (!writable_) return ErrnoStatus(EBADF, absl::StrCat("cutting ", path_));
    ALLUXIO_RETURN_IF_ERROR(disk_->Enter("cutting", path_));
    Add({.offset = size, .cut = true});
    return absl::OkStatus();
  }

 private:
  void Add(Change change) {
    Apply(change, &inode_->content);
    inode_->pending.push_back(std::move(change));
  }

  SimulatedDisk* const disk_;
  const std::shared_ptr<Inode> inode_;
  const std::string path_;
  const bool writable_;
};

class SimulatedDisk::HeldLock final : public DiskLock {
 public:
  HeldLock(SimulatedDisk* disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  ~HeldLock() override {
    MutexLock lock(&disk_->mutex_);
    disk_->locked_.erase(path_);
  }

 private:
  SimulatedDisk* const disk_;
  const std::string path_;
};

SimulatedDisk::SimulatedDisk(uint64_t seed) : random_(Random::Seeded(seed)) {}

void SimulatedDisk::SetBeforeSync(std::function<void()> observer) {
  MutexLock lock(&mutex_);
  before_sync_ = std::move(observer);
}

void SimulatedDisk::SetFault(Fault fault) {
  MutexLock lock(&mutex_);
  fault_ = fault;
  failed_ = false;
}

uint64_t SimulatedDisk::calls() const {
  MutexLock lock(&mutex_);
  return calls_;
}

bool SimulatedDisk::failed() const {
  MutexLock lock(&mutex_);
  return failed_;
}

void SimulatedDisk::Observe() {
  std::function<void()> observer;
  {
    MutexLock lock(&mutex_);
    observer = before_sync_;
  }
  if (observer) observer();
}

absl::Status SimulatedDisk::Enter(absl::string_view what, const std::string& path) {
  ++calls_;
  if (fault_.nth == 0 || calls_ < fault_.nth || (calls_ > fault_.nth && !fault_.lasting)) return absl::OkStatus();
  failed_ = true;
  return ErrnoStatus(fault_.error, absl::StrCat(what, " ", path));
}

std::string SimulatedDisk::Parent(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::shared_ptr<SimulatedDisk::Inode> SimulatedDisk::Find(const std::string& path) const {
  const auto it = names_.find(path);
  return it == names_.end() ? nullptr : it->second;
}

void SimulatedDisk::Apply(const Change& change, std::string* content) {
  if (change.cut) {
    content->resize(static_cast<size_t>(change.offset), '\0');
    return;
  }
  const size_t end = static_cast<size_t>(change.offset) + change.bytes.size();
  if (content->size() < end) content->resize(end, '\0');
  content->replace(static_cast<size_t>(change.offset), change.bytes.size(), change.bytes);
}

// Lost, whole, only its beginning, or some of its sectors; the file's new
// length may arrive without the bytes.
void SimulatedDisk::ApplyTorn(const Change& change, Random& random, std::string* content) {
  const uint64_t kind = random.Next() % 5;
  if (kind == 0) return;
  if (kind == 1 || change.cut) return Apply(change, content);
  if (kind == 2) {
    const size_t n = random.Next() % (change.bytes.size() + 1);
    return Apply({.offset = change.offset, .bytes = change.bytes.substr(0, n)}, content);
  }
  const auto begin = static_cast<size_t>(change.offset);
  const size_t end = begin + change.bytes.size();
  if (kind == 3 && content->size() < end) content->resize(end, '\0');
  for (size_t at = begin; at < end;) {
    const size_t next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
    if (random.Next() % 2 == 0) {
      Apply({.offset = static_cast<int64_t>(at), .bytes = change.bytes.substr(at - begin, next - at)}, content);
    }
    at = next;
  }
}

void SimulatedDisk::ApplyName(const NameChange& change, Names* names) {
  if (change.inode != nullptr) {
    (*names)[change.path] = change.inode;
  } else if (const auto it = names->find(change.path); it != names->end() && it->second == change.gone) {
    names->erase(it);
  }
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::Crash(Random& random) const {
  auto crashed = std::make_unique<SimulatedDisk>(random.Next());
  MutexLock lock(&mutex_);
  Names names = synced_names_;
  // Often all or none, as there are few changes and each of the two is likely.
  const uint64_t kind = random.Next() % 4;
  size_t group = static_cast<size_t>(-1);
  bool keep = false;
  for (const NameChange& change : pending_names_) {
    if (change.group != group) {
      group = change.group;
      keep = kind == 0 || (kind != 1 && random.Next() % 2 == 0);
    }
    if (keep) ApplyName(change, &names);
  }
  MutexLock other(&crashed->mutex_);
  std::map<const Inode*, std::shared_ptr<Inode>> copies;
  for (const auto& [path, inode] : names) {
    std::shared_ptr<Inode>& copy = copies[inode.get()];
    if (copy == nullptr) {
      copy = std::make_shared<Inode>(Inode{.synced = inode->synced});
      const uint64_t all = random.Next() % 4;  // 0: none of the changes, 1: all, else each has its own fate
      for (const Change& change : inode->pending) {
        if (all == 1) Apply(change, &copy->synced);
        if (all > 1) ApplyTorn(change, random, &copy->synced);
      }
      copy->content = copy->synced;
    }
    crashed->names_[path] = copy;
  }
  crashed->synced_names_ = crashed->names_;
  crashed->directories_ = directories_;
  return crashed;
}

void SimulatedDisk::Plant(const std::string& path, std::string content) {
  MutexLock lock(&mutex_);
  auto inode = std::make_shared<Inode>(Inode{.content = content, .synced = content});
  for (std::string parent = Parent(path); directories_.insert(parent).second;) parent = Parent(parent);
  names_[path] = inode;
  synced_names_[path] = std::move(inode);
}

absl::StatusOr<std::unique_ptr<DiskFile>> SimulatedDisk::Open(const std::string& path, Mode mode) {
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter("opening", path));
  std::shared_ptr<Inode> inode = Find(path);
  if (mode == Mode::kCreate) {
    if (inode != nullptr) return ErrnoStatus(EEXIST, absl::StrCat("opening ", path));
    if (directories_.count(Parent(path)) == 0) return ErrnoStatus(ENOENT, absl::StrCat("opening ", path));
    inode = std::make_shared<Inode>();
    names_[path] = inode;
    pending_names_.push_back({.path = path, .inode = inode, .group = next_group_++});
  }
  if (inode == nullptr) return ErrnoStatus(ENOENT, absl::StrCat("opening ", path));
  return std::make_unique<File>(this, std::move(inode), path, mode != Mode::kRead);
}

absl::Status SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter(absl::StrCat("renaming ", from, " to"), to));
  const std::shared_ptr<Inode> inode = Find(from);
  if (inode == nullptr) return ErrnoStatus(ENOENT, absl::StrCat("renaming ", from, " to ", to));
  const size_t group = next_group_++;
  for (const NameChange& change : {NameChange{.path = to, .inode = inode, .group = group},
                                   NameChange{.path = from, .gone = inode, .group = group}}) {
    ApplyName(change, &names_);
    pending_names_.push_back(change);
  }
  return absl::OkStatus();
}

absl::Status SimulatedDisk::Unlink(const std::string& path) {
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter("removing", path));
  const std::shared_ptr<Inode> inode = Find(path);
  if (inode == nullptr) return ErrnoStatus(ENOENT, absl::StrCat("removing ", path));
  names_.erase(path);
  pending_names_.push_back({.path = path, .gone = inode, .group = next_group_++});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SimulatedDisk::List(const std::string& directory) {
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter("listing", directory));
  if (directories_.count(directory) == 0) return ErrnoStatus(ENOENT, absl::StrCat("listing ", directory));
  std::set<std::string> found;
  const std::string prefix = directory + "/";
  for (const auto& [path, inode] : names_) {
    if (Parent(path) == directory) found.insert(path.substr(prefix.size()));
  }
  for (const std::string& path : directories_) {
    if (path != directory && Parent(path) == directory) found.insert(path.substr(prefix.size()));
  }
  return std::vector<std::string>(found.begin(), found.end());
}

absl::Status SimulatedDisk::CreateDirectories(const std::string& directory) {
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter("creating directory", directory));
  if (Find(directory) != nullptr) return absl::FailedPreconditionError(absl::StrCat(directory, " is not a directory"));
  for (std::string path = directory; directories_.insert(path).second;) path = Parent(path);
  return absl::OkStatus();
}

absl::Status SimulatedDisk::SyncDirectory(const std::string& directory) {
  Observe();
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter("syncing", directory));
  std::vector<NameChange> elsewhere;
  for (NameChange& change : pending_names_) {
    if (Parent(change.path) != directory) {
      elsewhere.push_back(std::move(change));
    } else {
      ApplyName(change, &synced_names_);
    }
  }
  pending_names_ = std::move(elsewhere);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<DiskLock>> SimulatedDisk::Lock(const std::string& path) {
  MutexLock lock(&mutex_);
  ALLUXIO_RETURN_IF_ERROR(Enter("locking", path));
  if (!locked_.insert(path).second) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is locked by another process"));
  }
  if (Find(path) == nullptr) {
    auto inode = std::make_shared<Inode>();
    names_[path] = inode;
    pending_names_.push_back({.path = path, .inode = std::move(inode), .group = next_group_++});
  }
  return std::make_unique<HeldLock>(this, path);
}

}  // namespace alluxio::test
