#include "testing/simulation/client.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "alluxio/master/inode/inode.h"

namespace alluxio::test {

using namespace grpc::file;  // NOLINT: messages
using master::FileSystemMaster;

void SimulatedClient::Start() {
  under_way_ = {home_, through_};
  Mkdir(home_, [this] { Mkdir(through_, [this] { Next(); }); });
}

bool SimulatedClient::IsUnderWay(const std::string& path) const {
  return std::any_of(under_way_.begin(), under_way_.end(), [&](const auto& top) { return IsUnder(path, top); });
}

void SimulatedClient::Next() {
  under_way_.clear();
  renaming_ = {};
  if (--left_ <= 0) {
    left_ = 0;
    return;
  }
  ++world_->report().operations;
  world_->At(static_cast<Micros>(world_->Below(20 * kMilli)), [this] { Choose(); });
}

void SimulatedClient::Choose() {
  switch (world_->Below(10)) {
    case 0: return Mkdir(NewPath(), [this] { Next(); });
    case 1:
    case 2:
    case 3: return CreateFile(NewPath());
    case 4: return Delete(Any());
    case 5: return Rename(Any(), NewPath(/*through=*/false));
    case 6: return Pin(Any());
    case 7: return List(home_);
    default: return Stat(Any());
  }
}

std::string SimulatedClient::NewPath(bool through) {
  std::vector<std::string> folders = {home_};
  for (const auto& [path, node] : nodes_) {
    if (node.directory && (through || !IsThrough(path))) folders.push_back(path);
  }
  return absl::StrCat(folders[world_->Below(folders.size())], "/n", ++last_name_);
}

std::string SimulatedClient::Any() {
  if (nodes_.size() <= 1) return home_;
  return std::next(nodes_.begin(), static_cast<ptrdiff_t>(world_->Below(nodes_.size())))->first;
}

bool SimulatedClient::IsUnder(const std::string& path, const std::string& folder) {
  return path == folder || absl::StartsWith(path, folder + "/");
}

bool SimulatedClient::Expect(const absl::Status& status, absl::string_view what, const std::string& path) {
  if (!status.ok()) world_->Fail(absl::StrCat(what, " ", path, ": ", status.ToString()));
  return status.ok();
}

void SimulatedClient::Mkdir(const std::string& path, std::function<void()> next, bool known) {
  under_way_.insert(path);
  CreateDirectoryPRequest request;
  request.set_path(path);
  request.mutable_options()->set_recursive(true);
  request.mutable_options()->mutable_mode()->set_ownerbits(grpc::ALL);
  request.mutable_options()->set_allowexists(known);
  request.mutable_options()->set_writetype(IsThrough(path) ? THROUGH : MUST_CACHE);
  request.mutable_options()->mutable_commonoptions()->set_ttl(-1);
  SetOperation(request.mutable_options());
  world_->CallUntilAnswered<FileSystemMaster, CreateDirectoryPRequest, CreateDirectoryPResponse>(
      &FileSystemMaster::CreateDirectory, request,
      [this, path, next, known](absl::StatusOr<CreateDirectoryPResponse> answer) {
        // A master may die between the namespace and the under store, and then
        // its client's second try finds the directory; the third one makes sure that it stays.
        if (!known && IsThrough(path) && absl::IsAlreadyExists(answer.status())) return Mkdir(path, next, true);
        if (!Expect(answer.status(), "making directory", path)) return;
        nodes_[path] = {.directory = true, .pinned = InheritsPin(path), .persisted = IsThrough(path) && !known};
        next();
      },
      // "It is there" is not remembered as this operation's end.
      /*runs_late=*/!IsThrough(path));
}

bool SimulatedClient::InheritsPin(const std::string& path) const {
  const auto parent = nodes_.find(path.substr(0, path.rfind('/')));
  return parent != nodes_.end() && parent->second.pinned;
}

void SimulatedClient::CreateFile(const std::string& path) {
  under_way_.insert(path);
  const bool through = IsThrough(path);
  CreateFilePRequest request;
  request.set_path(path);
  auto* const options = request.mutable_options();
  options->set_blocksizebytes(100);
  options->set_recursive(false);
  options->mutable_mode()->set_ownerbits(grpc::ALL);
  options->set_writetype(through ? THROUGH : MUST_CACHE);
  options->set_replicationmax(-1);
  options->mutable_commonoptions()->set_ttl(-1);
  SetOperation(options);
  world_->CallUntilAnswered<FileSystemMaster, CreateFilePRequest, CreateFilePResponse>(
      &FileSystemMaster::CreateFile, request, [this, path, through](absl::StatusOr<CreateFilePResponse> answer) {
        if (!Expect(answer.status(), "creating", path)) return;
        const int64_t id = answer->fileinfo().fileid();
        if (!ids_->files.insert(id).second) return world_->Fail(absl::StrCat(path, " got the id ", id, " of another file"));
        auto node = std::make_shared<Node>(Node{.pinned = InheritsPin(path)});
        if (through) {
          // As a worker does it, on this client's stream.
          node->persisted = true;
          node->length = static_cast<int64_t>(world_->Below(300));
          for (int64_t at = 0; at < node->length; at += 100) node->blocks.push_back(master::BlockIdOf(id, at / 100));
          world_->ufs().PutFile(path.substr(1), std::string(static_cast<size_t>(node->length), 'x'));
          return Complete(path, node);
        }
        WriteBlocks(path, node, static_cast<int>(world_->Below(3)));
      });
}

void SimulatedClient::WriteBlocks(const std::string& path, const std::shared_ptr<Node>& node, int blocks) {
  if (blocks == 0) return Complete(path, node);
  GetNewBlockIdForFilePRequest request;
  request.set_path(path);
  SetOperation(request.mutable_options());
  world_->CallUntilAnswered<FileSystemMaster, GetNewBlockIdForFilePRequest, GetNewBlockIdForFilePResponse>(
      &FileSystemMaster::GetNewBlockIdForFile, request,
      [this, path, node, blocks](absl::StatusOr<GetNewBlockIdForFilePResponse> answer) {
        if (!Expect(answer.status(), "adding a block to", path)) return;
        const int64_t id = answer->id();
        if (!ids_->blocks.insert(id).second) return world_->Fail(absl::StrCat(path, " got block ", id, " of another file"));
        // All but the last are full.
        const int64_t length = blocks > 1 ? 100 : 1 + static_cast<int64_t>(world_->Below(100));
        node->blocks.push_back(id);
        node->length += length;
        ToWorker(id, length, [this, path, node, blocks](bool written) {
          if (!written) return GiveUp(path);
          WriteBlocks(path, node, blocks - 1);
        });
      });
}

void SimulatedClient::ToWorker(int64_t block_id, int64_t length, std::function<void(bool)> done) {
  SimulatedWorker* const worker = (*workers_)[world_->Below(workers_->size())].get();
  auto answered = std::make_shared<std::function<void(bool)>>(std::move(done));
  const auto answer = [answered](bool written) {
    if (auto once = std::exchange(*answered, nullptr)) once(written);
  };
  world_->Send([this, worker, block_id, length, answer] {
    worker->Write(block_id, length, [this, answer](absl::Status status) {
      world_->Send([answer, status] { answer(status.ok()); });
    });
  });
  world_->At(3 * kSecond, [answer] { answer(false); });
}

void SimulatedClient::Complete(const std::string& path, const std::shared_ptr<Node>& node) {
  CompleteFilePRequest request;
  request.set_path(path);
  if (node->persisted) request.mutable_options()->set_ufslength(node->length);
  SetOperation(request.mutable_options());
  world_->CallUntilAnswered<FileSystemMaster, CompleteFilePRequest, CompleteFilePResponse>(
      &FileSystemMaster::CompleteFile, request, [this, path, node](absl::StatusOr<CompleteFilePResponse> answer) {
        if (!Expect(answer.status(), "completing", path)) return;
        nodes_[path] = *node;
        Next();
      });
}

void SimulatedClient::GiveUp(const std::string& path) {
  ++world_->report().given_up;
  nodes_[path] = {};
  Delete(path);
}

void SimulatedClient::Delete(const std::string& path) {
  if (path == home_ || path == through_) return Next();
  under_way_.insert(path);
  DeletePRequest request;
  request.set_path(path);
  request.mutable_options()->set_recursive(true);
  SetOperation(request.mutable_options());
  world_->CallUntilAnswered<FileSystemMaster, DeletePRequest, DeletePResponse>(
      &FileSystemMaster::Remove, request, [this, path, life = world_->life()](absl::StatusOr<DeletePResponse> answer) {
        // It was gone from the under store before the master died, and what came next noticed.
        const bool gone = IsThrough(path) && life != world_->life() && absl::IsNotFound(answer.status());
        if (!gone && !Expect(answer.status(), "removing", path)) return;
        for (auto it = nodes_.begin(); it != nodes_.end();) it = IsUnder(it->first, path) ? nodes_.erase(it) : ++it;
        Next();
      });
}

void SimulatedClient::Rename(const std::string& from, const std::string& to) {
  // A rename in the under store can't be repeated when its answer was lost.
  if (from == home_ || IsThrough(from) || IsUnder(to, from)) return Next();
  under_way_ = {from, to};
  renaming_ = {from, to};
  RenamePRequest request;
  request.set_path(from);
  request.set_dstpath(to);
  SetOperation(request.mutable_options());
  world_->CallUntilAnswered<FileSystemMaster, RenamePRequest, RenamePResponse>(
      &FileSystemMaster::Rename, request, [this, from, to](absl::StatusOr<RenamePResponse> answer) {
        if (!Expect(answer.status(), absl::StrCat("renaming to ", to), from)) return;
        Nodes moved;
        for (auto it = nodes_.begin(); it != nodes_.end();) {
          if (!IsUnder(it->first, from)) {
            ++it;
            continue;
          }
          moved[to + it->first.substr(from.size())] = it->second;
          it = nodes_.erase(it);
        }
        nodes_.merge(moved);
        Next();
      });
}

void SimulatedClient::Pin(const std::string& path) {
  const auto node = nodes_.find(path);
  if (path == home_ || node == nodes_.end() || node->second.directory) return Next();
  const bool pinned = !node->second.pinned;
  under_way_.insert(path);
  SetAttributePRequest request;
  request.set_path(path);
  request.mutable_options()->set_pinned(pinned);
  SetOperation(request.mutable_options());
  world_->CallUntilAnswered<FileSystemMaster, SetAttributePRequest, SetAttributePResponse>(
      &FileSystemMaster::SetAttribute, request,
      [this, path, pinned](absl::StatusOr<SetAttributePResponse> answer) {
        if (!Expect(answer.status(), pinned ? "pinning" : "unpinning", path)) return;
        nodes_[path].pinned = pinned;
        Next();
      },
      // As in the original, setting twice is setting once, unless it comes late.
      /*runs_late=*/false);
}

void SimulatedClient::Stat(const std::string& path) {
  GetStatusPRequest request;
  request.set_path(path);
  request.mutable_options()->set_loadmetadatatype(NEVER);
  world_->CallUntilAnswered<FileSystemMaster, GetStatusPRequest, GetStatusPResponse>(
      &FileSystemMaster::GetStatus, request, [this, path](absl::StatusOr<GetStatusPResponse> answer) {
        if (!Expect(answer.status(), "looking at", path)) return;
        CheckInfo(path, answer->fileinfo());
        Next();
      });
}

void SimulatedClient::CheckInfo(const std::string& path, const FileInfo& info) {
  const auto known = nodes_.find(path);
  if (known == nodes_.end()) return world_->Fail(path + " is there, though it should not");
  const Node& node = known->second;
  const std::vector<int64_t> blocks(info.blockids().begin(), info.blockids().end());
  if (info.folder() != node.directory || info.pinned() != node.pinned ||
      (!node.directory && (!info.completed() || info.length() != node.length || blocks != node.blocks))) {
    world_->Fail(absl::StrCat(path, " is not as its client left it: ", info.ShortDebugString()));
  }
}

void SimulatedClient::List(const std::string& path) {
  GetStatusPRequest request;  // a listing is a stream: its messages are checked when the world stands still
  request.set_path(path);
  request.mutable_options()->set_loadmetadatatype(NEVER);
  world_->CallUntilAnswered<FileSystemMaster, GetStatusPRequest, GetStatusPResponse>(
      &FileSystemMaster::GetStatus, request, [this, path](absl::StatusOr<GetStatusPResponse> answer) {
        if (!Expect(answer.status(), "looking at", path)) return;
        int64_t children = 0;
        for (const auto& [name, node] : nodes_) {
          if (name.substr(0, name.rfind('/')) == path) ++children;
        }
        if (answer->fileinfo().length() != children) {
          world_->Fail(absl::StrCat(path, " counts ", answer->fileinfo().length(), " children, there are ", children));
        }
        Next();
      });
}

}  // namespace alluxio::test
