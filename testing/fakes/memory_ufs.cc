#include "testing/fakes/memory_ufs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::test {

using ufs::UfsStatus;

struct MemoryUfs::Node {
  UfsStatus status;
  std::shared_ptr<const std::string> content = std::make_shared<std::string>();
  std::map<std::string, std::unique_ptr<Node>> children;
};

struct MemoryUfs::State {
  explicit State(const Clock* clock) : clock(clock) {
    root.status.is_directory = true;
    root.status.mode = 0755;
  }

  const Clock* const clock;
  mutable Mutex mutex;
  Node root ABSL_GUARDED_BY(mutex);
  bool reachable ABSL_GUARDED_BY(mutex) = true;
  int64_t last_modified_ms ABSL_GUARDED_BY(mutex) = 0;
  int writers ABSL_GUARDED_BY(mutex) = 0;

  absl::Status Reach(absl::string_view path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (!reachable) return absl::UnavailableError("The store in memory was made unreachable.");
    return ufs::CheckPath(path);
  }
  static absl::Status NoSuch(absl::string_view path) { return absl::NotFoundError(absl::StrCat(path, " is not there")); }

  absl::StatusOr<Node*> Find(absl::string_view path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    Node* node = &root;
    if (path.empty()) return node;
    for (absl::string_view part : absl::StrSplit(path, '/')) {
      const auto it = node->children.find(std::string(part));
      if (it == node->children.end()) return NoSuch(path);
      node = it->second.get();
    }
    return node;
  }
  absl::StatusOr<Node*> FindDirectory(absl::string_view path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    ALLUXIO_ASSIGN_OR_RETURN(Node* const node, Find(path));
    if (!node->status.is_directory) return absl::FailedPreconditionError(absl::StrCat(path, " is not a directory"));
    return node;
  }

  int64_t Stamp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return last_modified_ms = std::max(clock->NowMillis(), last_modified_ms + 1);
  }

  Node* Add(Node* parent, absl::string_view name, bool directory) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    auto& slot = parent->children[std::string(name)];
    slot = std::make_unique<Node>();
    slot->status.name = std::string(name);
    slot->status.is_directory = directory;
    slot->status.mode = directory ? 0755 : 0644;
    slot->status.modified_ms = parent->status.modified_ms = Stamp();
    return slot.get();
  }

  // The folder that holds `path`, with its parents made if `make`.
  absl::StatusOr<Node*> Parent(absl::string_view path, bool make, const UfsStatus& like)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    Node* node = &root;
    const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto it = node->children.find(std::string(parts[i]));
      if (it == node->children.end()) {
        if (!make) return NoSuch(path);
        node = Add(node, parts[i], /*directory=*/true);
        node->status.mode = like.mode;
        node->status.owner = like.owner;
        node->status.group = like.group;
        continue;
      }
      node = it->second.get();
      if (!node->status.is_directory) return absl::FailedPreconditionError(absl::StrCat(parts[i], " is not a directory"));
    }
    return node;
  }

  // A file under its final name, which replaces one of that name.
  absl::StatusOr<std::string> Put(absl::string_view path, std::string content, const CreateOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    ALLUXIO_RETURN_IF_ERROR(Creatable(path, options.overwrite));
    UfsStatus like;
    like.mode = 0755;
    ALLUXIO_ASSIGN_OR_RETURN(Node* const parent, Parent(path, options.create_parents, like));
    Node* const node = Add(parent, path.substr(path.rfind('/') + 1), /*directory=*/false);
    node->status.owner = options.owner;
    node->status.group = options.group;
    node->status.mode = options.mode;
    node->status.length_bytes = static_cast<int64_t>(content.size());
    node->status.content_hash = ufs::ApproximateContentHash(node->status.length_bytes, node->status.modified_ms);
    node->content = std::make_shared<std::string>(std::move(content));
    return node->status.content_hash;
  }
  absl::Status Creatable(absl::string_view path, bool overwrite) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    ALLUXIO_RETURN_IF_ERROR(Reach(path));
    if (path.empty()) return absl::FailedPreconditionError("the root is a directory");
    const absl::StatusOr<Node*> there = Find(path);
    if (!there.ok()) return absl::OkStatus();
    if ((*there)->status.is_directory) return absl::FailedPreconditionError(absl::StrCat(path, " is a directory"));
    if (!overwrite) return absl::AlreadyExistsError(absl::StrCat(path, " is there already"));
    return absl::OkStatus();
  }
};

namespace {

class Writer final : public ufs::UfsWriter {
 public:
  Writer(std::shared_ptr<MemoryUfs::State> state, absl::string_view path, ufs::UnderFileSystem::CreateOptions options)
      : state_(std::move(state)), path_(path), options_(std::move(options)) {}
  ~Writer() override {
    MutexLock lock(&state_->mutex);
    --state_->writers;
  }

  absl::Status Write(absl::string_view bytes) override {
    content_.append(bytes.data(), bytes.size());
    written_ += static_cast<int64_t>(bytes.size());
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Close() override {
    MutexLock lock(&state_->mutex);
    return state_->Put(path_, std::move(content_), options_);
  }
  int64_t bytes_written() const override { return written_; }

 private:
  const std::shared_ptr<MemoryUfs::State> state_;
  const std::string path_;
  const ufs::UnderFileSystem::CreateOptions options_;
  std::string content_;
  int64_t written_ = 0;
};

class Reader final : public ufs::UfsReader {
 public:
  explicit Reader(std::shared_ptr<const std::string> content) : content_(std::move(content)) {}

  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) override {
    if (offset < 0) return absl::InvalidArgumentError("negative offset");
    if (offset >= length_bytes()) return 0;
    return content_->copy(buffer.data(), buffer.size(), static_cast<size_t>(offset));
  }
  int64_t length_bytes() const override { return static_cast<int64_t>(content_->size()); }

 private:
  const std::shared_ptr<const std::string> content_;
};

}  // namespace

MemoryUfs::MemoryUfs(std::string uri, const Clock* clock)
    : uri_(std::move(uri)), state_(std::make_shared<State>(clock)) {}
MemoryUfs::~MemoryUfs() = default;

void MemoryUfs::SetReachable(bool reachable) {
  MutexLock lock(&state_->mutex);
  state_->reachable = reachable;
}

void MemoryUfs::PutFile(absl::string_view path, absl::string_view content) {
  MutexLock lock(&state_->mutex);
  state_->Put(path, std::string(content), {}).status().IgnoreError();  // only a test's mistake can fail
}

absl::StatusOr<std::string> MemoryUfs::Content(absl::string_view path) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto reader, Open(path));
  std::string out(static_cast<size_t>(reader->length_bytes()), '\0');
  ALLUXIO_RETURN_IF_ERROR(reader->ReadAt(0, absl::MakeSpan(out)).status());
  return out;
}

int MemoryUfs::writers_open() const {
  MutexLock lock(&state_->mutex);
  return state_->writers;
}

absl::Status MemoryUfs::CheckRoot() {
  MutexLock lock(&state_->mutex);
  return state_->Reach("");
}

absl::StatusOr<UfsStatus> MemoryUfs::Status(absl::string_view path) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  ALLUXIO_ASSIGN_OR_RETURN(const Node* const node, state_->Find(path));
  return node->status;
}

absl::Status MemoryUfs::List(absl::string_view path, absl::FunctionRef<bool(const UfsStatus&)> visit) {
  std::vector<UfsStatus> children;
  {
    MutexLock lock(&state_->mutex);
    ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
    ALLUXIO_ASSIGN_OR_RETURN(const Node* const node, state_->FindDirectory(path));
    for (const auto& [name, child] : node->children) {
      if (!ufs::IsTemporaryName(name)) children.push_back(child->status);
    }
  }
  for (const UfsStatus& child : children) {
    if (!visit(child)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> MemoryUfs::Create(absl::string_view path, const CreateOptions& options) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Creatable(path, options.overwrite));
  UfsStatus like;
  like.mode = 0755;
  ALLUXIO_RETURN_IF_ERROR(state_->Parent(path, options.create_parents, like).status());
  ++state_->writers;
  return std::make_unique<Writer>(state_, path, options);
}

absl::StatusOr<std::unique_ptr<ufs::UfsReader>> MemoryUfs::Open(absl::string_view path) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  ALLUXIO_ASSIGN_OR_RETURN(const Node* const node, state_->Find(path));
  if (node->status.is_directory) return absl::FailedPreconditionError(absl::StrCat(path, " is a directory"));
  return std::make_unique<Reader>(node->content);
}

absl::Status MemoryUfs::Mkdir(absl::string_view path, const MkdirOptions& options) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  if (state_->Find(path).ok()) return absl::AlreadyExistsError(absl::StrCat(path, " is there already"));
  UfsStatus like;
  like.mode = options.mode;
  like.owner = options.owner;
  like.group = options.group;
  ALLUXIO_ASSIGN_OR_RETURN(Node* const parent, state_->Parent(path, options.create_parents, like));
  Node* const node = state_->Add(parent, path.substr(path.rfind('/') + 1), /*directory=*/true);
  node->status.mode = options.mode;
  node->status.owner = options.owner;
  node->status.group = options.group;
  return absl::OkStatus();
}

absl::Status MemoryUfs::DeleteFile(absl::string_view path) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  ALLUXIO_ASSIGN_OR_RETURN(const Node* const node, state_->Find(path));
  if (node->status.is_directory) return absl::FailedPreconditionError(absl::StrCat(path, " is a directory"));
  ALLUXIO_ASSIGN_OR_RETURN(Node* const parent, state_->Parent(path, false, {}));
  parent->children.erase(node->status.name);
  return absl::OkStatus();
}

absl::Status MemoryUfs::DeleteDirectory(absl::string_view path, bool recursive) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  if (path.empty()) return absl::FailedPreconditionError("the root can't be deleted");
  ALLUXIO_ASSIGN_OR_RETURN(const Node* const node, state_->FindDirectory(path));
  if (!recursive && !node->children.empty()) return absl::FailedPreconditionError(absl::StrCat(path, " is not empty"));
  ALLUXIO_ASSIGN_OR_RETURN(Node* const parent, state_->Parent(path, false, {}));
  parent->children.erase(node->status.name);
  return absl::OkStatus();
}

absl::Status MemoryUfs::Rename(absl::string_view from, absl::string_view to) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(from));
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(to));
  if (from.empty() || to.empty()) return absl::FailedPreconditionError("the root can't be renamed");
  ALLUXIO_ASSIGN_OR_RETURN(Node* const source, state_->Find(from));
  if (from == to) return absl::OkStatus();
  if (absl::StartsWith(to, absl::StrCat(from, "/"))) return absl::InvalidArgumentError("rename into itself");
  ALLUXIO_ASSIGN_OR_RETURN(Node* const to_parent, state_->Parent(to, false, {}));
  if (const absl::StatusOr<Node*> there = state_->Find(to); there.ok()) {
    if ((*there)->status.is_directory) return absl::AlreadyExistsError(absl::StrCat(to, " is a directory"));
    if (source->status.is_directory) return absl::FailedPreconditionError(absl::StrCat(to, " is a file"));
  }
  ALLUXIO_ASSIGN_OR_RETURN(Node* const from_parent, state_->Parent(from, false, {}));
  std::unique_ptr<Node> moved = std::move(from_parent->children.extract(source->status.name).mapped());
  moved->status.name = std::string(to.substr(to.rfind('/') + 1));
  std::unique_ptr<Node>& slot = to_parent->children[moved->status.name];
  slot = std::move(moved);
  return absl::OkStatus();
}

absl::Status MemoryUfs::SetOwner(absl::string_view path, absl::string_view owner, absl::string_view group) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  ALLUXIO_ASSIGN_OR_RETURN(Node* const node, state_->Find(path));
  if (!owner.empty()) node->status.owner = std::string(owner);
  if (!group.empty()) node->status.group = std::string(group);
  return absl::OkStatus();
}

absl::Status MemoryUfs::SetMode(absl::string_view path, int32_t mode) {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(path));
  ALLUXIO_ASSIGN_OR_RETURN(Node* const node, state_->Find(path));
  node->status.mode = mode & 0777;
  return absl::OkStatus();
}

absl::StatusOr<ufs::UnderFileSystem::Space> MemoryUfs::GetSpace() {
  MutexLock lock(&state_->mutex);
  ALLUXIO_RETURN_IF_ERROR(state_->Reach(""));
  return Space{};
}

}  // namespace alluxio::test
