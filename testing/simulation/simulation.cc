#include "testing/simulation/simulation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/inode/inode.h"
#include "testing/simulation/world.h"

namespace alluxio::test {
namespace {

using namespace grpc::file;   // NOLINT: messages of both masters
using namespace grpc::block;  // NOLINT
using master::BlockMaster;
using master::FileSystemMaster;

constexpr Micros kMilli = 1000;
constexpr Micros kSecond = 1'000'000;

// --- a worker --------------------------------------------------------------------

// Keeps blocks over its deaths, and tells the master as MasterReporter does: a
// block is named in reports only once the master has answered its commit.
class Worker {
 public:
  Worker(World* world, int number) : world_(world) {
    address_.set_host(absl::StrCat("worker", number));
    address_.set_rpcport(29999);
    address_.set_dataport(29999);
  }

  bool up() const { return up_; }
  const std::map<int64_t, int64_t>& blocks() const { return blocks_; }

  void Start() {
    if (up_) return;
    up_ = true;
    // What lies in its folders is found again, known to the master or not.
    for (const auto& [id, length] : blocks_) confirmed_.insert(id);
    Tick();
  }
  void Kill() {
    up_ = registered_ = false;
    ++life_;
    added_.clear();
    removed_.clear();
  }

  // Its folders come up empty.
  std::map<int64_t, int64_t> LoseDisk() {
    Kill();
    confirmed_.clear();
    return std::exchange(blocks_, {});
  }

  // A client's write, as the worker gets it. `done` runs here, once or never.
  void Write(int64_t block_id, int64_t length, std::function<void(absl::Status)> done) {
    if (!up_) return;
    if (world_->DiskFails(/*factor=*/5)) {
      ++world_->report().block_errors;
      return done(absl::ResourceExhaustedError("no space left on device"));
    }
    blocks_[block_id] = length;
    Commit(block_id, length, 40, std::move(done));
  }

 private:
  std::function<void()> Mine(std::function<void()> work) {
    return [this, life = life_, work = std::move(work)] {
      if (life == life_) work();
    };
  }

  void Commit(int64_t block_id, int64_t length, int tries, std::function<void(absl::Status)> done) {
    const auto again = [this, block_id, length, tries, done](absl::Status why) {
      if (tries == 0 || blocks_.count(block_id) == 0) {
        blocks_.erase(block_id);
        return done(why);
      }
      world_->At(50 * kMilli, Mine([this, block_id, length, tries, done] { Commit(block_id, length, tries - 1, done); }));
    };
    if (!registered_) return again(absl::UnavailableError("not registered"));
    CommitBlockPRequest request;
    request.set_workerid(id_);
    request.set_usedbytesontier(1);
    request.set_tieralias("MEM");
    request.set_mediumtype("MEM");
    request.set_blockid(block_id);
    request.set_length(length);
    world_->Call<BlockMaster, CommitBlockPRequest, CommitBlockPResponse>(
        &BlockMaster::CommitBlock, request,
        [this, life = life_, block_id, done, again](absl::StatusOr<CommitBlockPResponse> answer) {
          if (life != life_) return;
          if (answer.ok()) {
            if (blocks_.count(block_id) == 0) return done(absl::NotFoundError("removed meanwhile"));
            if (confirmed_.insert(block_id).second) added_.insert(block_id);
            return done(absl::OkStatus());
          }
          if (absl::IsNotFound(answer.status())) registered_ = false;
          again(answer.status());
        });
  }

  // One round of the heartbeat, and the next.
  void Tick() {
    const auto next = Mine([this] { Tick(); });
    if (!registered_) return Register(next);
    BlockHeartbeatPRequest request;
    request.set_workerid(id_);
    (*request.mutable_usedbytesontiers())["MEM"] = 1;
    const std::set<int64_t> added = std::exchange(added_, {}), removed = std::exchange(removed_, {});
    FillBlocks(added, request.mutable_addedblocks());
    for (const int64_t id : removed) request.add_removedblockids(id);
    world_->Call<BlockMaster, BlockHeartbeatPRequest, BlockHeartbeatPResponse>(
        &BlockMaster::BlockHeartbeat, request,
        [this, life = life_, added, removed, next](absl::StatusOr<BlockHeartbeatPResponse> answer) {
          if (life != life_) return;
          world_->At(100 * kMilli, next);
          if (answer.ok()) return Obey(answer->command());
          // Merged into the next report; what changed since counts more.
          for (const int64_t id : added) {
            if (blocks_.count(id) > 0) added_.insert(id);
          }
          for (const int64_t id : removed) {
            if (blocks_.count(id) == 0) removed_.insert(id);
          }
          if (absl::IsNotFound(answer.status())) registered_ = false;
        });
  }

  void Obey(const grpc::Command& command) {
    if (command.commandtype() == grpc::Register) registered_ = false;
    if (command.commandtype() != grpc::Free && command.commandtype() != grpc::Delete) return;
    for (const int64_t id : command.data()) {
      if (blocks_.erase(id) == 0 && confirmed_.count(id) == 0) continue;
      confirmed_.erase(id);
      added_.erase(id);
      removed_.insert(id);
    }
  }

  void Register(const std::function<void()>& next) {
    GetWorkerIdPRequest who;
    *who.mutable_workernetaddress() = address_;
    world_->Call<BlockMaster, GetWorkerIdPRequest, GetWorkerIdPResponse>(
        &BlockMaster::GetWorkerId, who, [this, life = life_, next](absl::StatusOr<GetWorkerIdPResponse> answer) {
          if (life != life_) return;
          if (!answer.ok()) return world_->At(100 * kMilli, next);
          id_ = answer->workerid();
          RegisterWorkerPRequest request;
          request.set_workerid(id_);
          request.add_storagetiers("MEM");
          (*request.mutable_totalbytesontiers())["MEM"] = int64_t{1} << 30;
          (*request.mutable_usedbytesontiers())["MEM"] = 1;
          FillBlocks(confirmed_, request.mutable_currentblocks());
          added_.clear();
          removed_.clear();
          Lease(request, next);
        });
  }

  void Lease(const RegisterWorkerPRequest& request, const std::function<void()>& next) {
    GetRegisterLeasePRequest lease;
    lease.set_workerid(id_);
    lease.set_blockcount(static_cast<int64_t>(confirmed_.size()));
    world_->Call<BlockMaster, GetRegisterLeasePRequest, GetRegisterLeasePResponse>(
        &BlockMaster::RequestRegisterLease, lease,
        [this, life = life_, request, next](absl::StatusOr<GetRegisterLeasePResponse> lease) {
          if (life != life_) return;
          if (!lease.ok() || !lease->allowed()) return world_->At(100 * kMilli, next);
          world_->Call<BlockMaster, RegisterWorkerPRequest, RegisterWorkerPResponse>(
              &BlockMaster::RegisterWorker, request,
              [this, life, next](absl::StatusOr<RegisterWorkerPResponse> answer) {
                if (life != life_) return;
                registered_ = answer.ok();
                world_->At(100 * kMilli, next);
              });
        });
  }

  template <typename Entries>
  static void FillBlocks(const std::set<int64_t>& ids, Entries* entries) {
    if (ids.empty()) return;
    auto* const entry = entries->Add();
    entry->mutable_key()->set_tieralias("MEM");
    entry->mutable_key()->set_mediumtype("MEM");
    for (const int64_t id : ids) entry->mutable_value()->add_blockid(id);
  }

  World* const world_;
  grpc::WorkerNetAddress address_;
  bool up_ = false;
  bool registered_ = false;
  int64_t id_ = -1;
  uint64_t life_ = 0;
  std::map<int64_t, int64_t> blocks_;  // as they lie in its folders
  std::set<int64_t> confirmed_;
  std::set<int64_t> added_, removed_;  // since the last report
};

// --- a client ----------------------------------------------------------------------

struct Node {
  bool directory = false;
  bool pinned = false;
  int64_t length = 0;
  std::vector<int64_t> blocks;
  bool persisted = false;  // surely in the under store
};

// What all clients share: ids that were given out.
struct Ids {
  std::set<int64_t> files, blocks;
  std::set<int64_t> lost_blocks;  // with a worker's disk
};

class Simulation;

// Works in a directory of its own, one operation after the other, and knows what
// must be there.
class Client {
 public:
  using Nodes = std::map<std::string, Node>;

  Client(World* world, std::vector<std::unique_ptr<Worker>>* workers, Ids* ids, int number, int operations)
      : world_(world),
        workers_(workers),
        ids_(ids),
        home_(absl::StrCat("/c", number)),
        through_(absl::StrCat("/u", number)),
        left_(operations) {
    number_ = number;
  }

  bool idle() const { return left_ == 0; }
  const std::string& home() const { return home_; }
  const Nodes& nodes() const { return nodes_; }

  void Start() {
    under_way_ = {home_, through_};
    Mkdir(home_, [this] { Mkdir(through_, [this] { Next(); }); });
  }

  bool Owns(const std::string& path) const { return IsUnder(path, home_) || IsUnder(path, through_); }
  // What an operation under way may have changed or not.
  bool IsUnderWay(const std::string& path) const {
    return std::any_of(under_way_.begin(), under_way_.end(), [&](const auto& top) { return IsUnder(path, top); });
  }
  // Both names of a rename under way; the first is empty if there is none.
  const std::pair<std::string, std::string>& renaming() const { return renaming_; }

 private:
  void Next() {
    under_way_.clear();
    renaming_ = {};
    if (--left_ <= 0) {
      left_ = 0;
      return;
    }
    ++world_->report().operations;
    world_->At(static_cast<Micros>(world_->Below(20 * kMilli)), [this] { Choose(); });
  }

  void Choose() {
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

  // Below through_ everything goes to the under store as well.
  bool IsThrough(const std::string& path) const { return IsUnder(path, through_); }
  std::string NewPath(bool through = true) {
    std::vector<std::string> folders = {home_};
    for (const auto& [path, node] : nodes_) {
      if (node.directory && (through || !IsThrough(path))) folders.push_back(path);
    }
    return absl::StrCat(folders[world_->Below(folders.size())], "/n", ++last_name_);
  }
  // The home if there is nothing else.
  std::string Any() {
    if (nodes_.size() <= 1) return home_;
    return std::next(nodes_.begin(), static_cast<ptrdiff_t>(world_->Below(nodes_.size())))->first;
  }
  static bool IsUnder(const std::string& path, const std::string& folder) {
    return path == folder || absl::StartsWith(path, folder + "/");
  }

  template <typename Options>
  void SetOperation(Options* options) {
    auto* const id = options->mutable_commonoptions()->mutable_operationid();
    id->set_mostsignificantbits(number_ + 1);
    id->set_leastsignificantbits(++last_operation_);
  }
  bool Expect(const absl::Status& status, absl::string_view what, const std::string& path) {
    if (!status.ok()) world_->Fail(absl::StrCat(what, " ", path, ": ", status.ToString()));
    return status.ok();
  }

  void Mkdir(const std::string& path, std::function<void()> next) {
    under_way_.insert(path);
    CreateDirectoryPRequest request;
    request.set_path(path);
    request.mutable_options()->set_recursive(true);
    request.mutable_options()->mutable_mode()->set_ownerbits(grpc::ALL);
    request.mutable_options()->set_writetype(IsThrough(path) ? THROUGH : MUST_CACHE);
    request.mutable_options()->mutable_commonoptions()->set_ttl(-1);
    SetOperation(request.mutable_options());
    world_->CallUntilAnswered<FileSystemMaster, CreateDirectoryPRequest, CreateDirectoryPResponse>(
        &FileSystemMaster::CreateDirectory, request,
        [this, path, next](absl::StatusOr<CreateDirectoryPResponse> answer) {
          // A master may die between the namespace and the under store, and then
          // its client's second try finds the directory.
          const bool was_there = IsThrough(path) && absl::IsAlreadyExists(answer.status());
          if (!was_there && !Expect(answer.status(), "making directory", path)) return;
          nodes_[path] = {.directory = true, .pinned = InheritsPin(path), .persisted = IsThrough(path) && !was_there};
          next();
        });
  }

  bool InheritsPin(const std::string& path) const {
    const auto parent = nodes_.find(path.substr(0, path.rfind('/')));
    return parent != nodes_.end() && parent->second.pinned;
  }

  void CreateFile(const std::string& path) {
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

  void WriteBlocks(const std::string& path, const std::shared_ptr<Node>& node, int blocks) {
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

  void ToWorker(int64_t block_id, int64_t length, std::function<void(bool)> done) {
    Worker* const worker = (*workers_)[world_->Below(workers_->size())].get();
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

  void Complete(const std::string& path, const std::shared_ptr<Node>& node) {
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

  // The file stays open: its maker removes it.
  void GiveUp(const std::string& path) {
    ++world_->report().given_up;
    nodes_[path] = {};
    Delete(path);
  }

  void Delete(const std::string& path) {
    if (path == home_ || path == through_) return Next();
    under_way_.insert(path);
    DeletePRequest request;
    request.set_path(path);
    request.mutable_options()->set_recursive(true);
    SetOperation(request.mutable_options());
    world_->CallUntilAnswered<FileSystemMaster, DeletePRequest, DeletePResponse>(
        &FileSystemMaster::Remove, request, [this, path](absl::StatusOr<DeletePResponse> answer) {
          if (!Expect(answer.status(), "removing", path)) return;
          for (auto it = nodes_.begin(); it != nodes_.end();) it = IsUnder(it->first, path) ? nodes_.erase(it) : ++it;
          Next();
        });
  }

  void Rename(const std::string& from, const std::string& to) {
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

  void Pin(const std::string& path) {
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

  void Stat(const std::string& path) {
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

  void CheckInfo(const std::string& path, const FileInfo& info) {
    const auto known = nodes_.find(path);
    if (known == nodes_.end()) return world_->Fail(path + " is there, though it should not");
    const Node& node = known->second;
    const std::vector<int64_t> blocks(info.blockids().begin(), info.blockids().end());
    if (info.folder() != node.directory || info.pinned() != node.pinned ||
        (!node.directory && (!info.completed() || info.length() != node.length || blocks != node.blocks))) {
      world_->Fail(absl::StrCat(path, " is not as its client left it: ", info.ShortDebugString()));
    }
  }

  void List(const std::string& path) {
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

  World* const world_;
  std::vector<std::unique_ptr<Worker>>* const workers_;
  Ids* const ids_;
  const std::string home_, through_;
  std::set<std::string> under_way_;
  std::pair<std::string, std::string> renaming_;
  int number_ = 0;
  int left_;
  int last_name_ = 0;
  int64_t last_operation_ = 0;
  Nodes nodes_;

  friend class Simulation;
};

// --- the whole ------------------------------------------------------------------------

class Simulation {
 public:
  Simulation(const SimulationOptions& options, SimulationReport* report) : options_(options), world_(options, report) {
    for (int i = 0; i < options.workers; ++i) workers_.push_back(std::make_unique<Worker>(&world_, i));
  }

  absl::Status Run() {
    world_.SetAfterEvent([this] { CheckStep(); });
    world_.StartMaster();
    for (const auto& worker : workers_) worker->Start();
    for (int i = 0; i < options_.clients; ++i) {
      clients_.push_back(std::make_unique<Client>(&world_, &workers_, &ids_, i, options_.operations / 2 + 1));
    }
    for (const auto& client : clients_) client->Start();
    if (options_.crashes) ScheduleCrash();
    for (int half = 0; half < 2 && world_.status().ok(); ++half) {
      if (half > 0) {
        world_.SetFaults(true);
        for (const auto& client : clients_) {
          client->left_ = options_.operations / 2 + 1;
          client->Next();
        }
      }
      const bool done = world_.RunUntil(
          [&] { return std::all_of(clients_.begin(), clients_.end(), [](const auto& c) { return c->idle(); }); },
          1000 * kSecond);
      if (!done && world_.status().ok()) world_.Fail("the clients do not get on");
      Rest();
    }
    return world_.status();
  }

 private:
  void ScheduleCrash() {
    world_.At(static_cast<Micros>(world_.Below(2 * kSecond)), [this] {
      if (!world_.faults()) return world_.At(kSecond, [this] { ScheduleCrash(); });
      const auto back = static_cast<Micros>(20 * kMilli + world_.Below(kSecond));
      if (world_.Below(2) == 0) {
        if (world_.master() != nullptr) {
          ++world_.report().master_deaths;
          world_.KillMaster();
          world_.At(back, [this] { world_.StartMaster(); });
        }
      } else if (Worker* worker = workers_[world_.Below(workers_.size())].get(); worker->up()) {
        ++world_.report().worker_deaths;
        if (world_.Below(10) == 0) {
          ++world_.report().lost_disks;
          for (const auto& [id, length] : worker->LoseDisk()) ids_.lost_blocks.insert(id);
        } else {
          worker->Kill();
        }
        world_.At(back, [worker] { worker->Start(); });
      }
      static constexpr const char* kUfsCalls[] = {"Status", "Mkdir", "DeleteFile", "DeleteDirectory", "List"};
      world_.FailUfs(kUfsCalls[world_.Below(std::size(kUfsCalls))], 1 + static_cast<int>(world_.Below(4)));
      ScheduleCrash();
    });
  }

  // The faults stop; soon everything must be as the clients know it.
  void Rest() {
    if (!world_.status().ok()) return;
    world_.SetFaults(false);
    world_.NoUfsFaults();
    const Micros settle = world_.now() + 6 * kSecond;
    world_.RunUntil([&] { return world_.now() >= settle; }, 7 * kSecond);
    if (!world_.status().ok()) return;
    CheckNamespace();
    CheckBlocks();
    CheckUnderStore();
    CheckReplay();
  }

  // After each event: that what clients were told is there and nothing else, but
  // for what is under way.
  void CheckStep() {
    World::Master* const master = world_.master();
    if (!world_.status().ok() || master == nullptr) return;
    const std::pair<uint64_t, uint64_t> now = {world_.life(), master->journal->LastSequence()};
    if (now == checked_) return;
    checked_ = now;
    ++world_.report().checks;
    std::map<std::string, const master::Inode*> inodes;
    if (!ReadTree(*master, &inodes)) return;
    for (const auto& client : clients_) {
      for (const auto& [path, node] : client->nodes()) {
        if (client->IsUnderWay(path)) continue;
        const auto there = inodes.find(path);
        if (there == inodes.end()) return world_.Fail(absl::StrCat(path, " is gone"));
        const master::Inode& inode = *there->second;
        if (inode.directory != node.directory || inode.pinned != node.pinned || (node.persisted && !inode.persisted()) ||
            (!node.directory &&
             (!inode.completed || inode.length_bytes != node.length || inode.BlockIds() != node.blocks))) {
          return world_.Fail(absl::StrCat(path, " is not what its client was told"));
        }
      }
      const auto& [from, to] = client->renaming();
      if (!from.empty() && (inodes.count(from) > 0) == (inodes.count(to) > 0) && client->nodes().count(from) > 0) {
        return world_.Fail(absl::StrCat(from, " and ", to, inodes.count(from) > 0 ? " are both there" : " are both gone"));
      }
    }
    for (const auto& [path, inode] : inodes) {
      if (path.empty()) continue;
      const bool known = std::any_of(clients_.begin(), clients_.end(), [&, path = path](const auto& client) {
        return client->Owns(path) && (client->IsUnderWay(path) || client->nodes().count(path) > 0);
      });
      if (!known) return world_.Fail(absl::StrCat(path, " is there, and should not"));
    }
  }

  // All inodes by path, the root as "". False, and a failure: they are no tree.
  bool ReadTree(const World::Master& master, std::map<std::string, const master::Inode*>* inodes) {
    std::map<int64_t, std::vector<const master::Inode*>> children;
    std::string wrong;
    const absl::Status scanned =
        master.store.Scan(master::Family::kInodes, "", "", [&](absl::string_view key, absl::string_view record) {
          // Few change from one event to the next.
          auto& [known, inode] = decoded_[std::string(key)];
          if (known != record) {
            known = std::string(record);
            inode = {};
            if (!master::DecodeInode(record, &inode).ok()) wrong = "an inode's record can't be read";
            inode.parent_id = master::DecodeId(key);
            inode.name = std::string(key.substr(8));
          }
          children[inode.parent_id].push_back(&inode);
          return true;
        });
    size_t left = 0;
    for (const auto& [id, of_one] : children) left += of_one.size();
    std::vector<std::pair<std::string, const master::Inode*>> open;
    for (const master::Inode* inode : children[master::kNoParent]) open.emplace_back("", inode);
    std::set<int64_t> ids;
    while (!open.empty()) {
      const auto [path, place] = std::move(open.back());
      const master::Inode& inode = *place;
      open.pop_back();
      --left;
      if (!ids.insert(inode.id).second) wrong = absl::StrCat("two inodes have the id ", inode.id);
      const auto below = children.find(inode.id);
      const int64_t count = below == children.end() ? 0 : static_cast<int64_t>(below->second.size());
      if (count != (inode.directory ? inode.child_count : 0)) {
        wrong = absl::StrCat(path, " counts ", inode.child_count, " children, there are ", count);
      }
      if (count > 0) {
        for (const master::Inode* child : below->second) {
          open.emplace_back(absl::StrCat(path, "/", child->name), child);
        }
      }
      (*inodes)[path] = place;
    }
    if (left != 0) wrong = absl::StrCat(left, " inodes have no parent");
    if (!scanned.ok()) wrong = scanned.ToString();
    if (!wrong.empty()) world_.Fail(wrong);
    return wrong.empty();
  }

  void CheckUnderStore() {
    if (!world_.status().ok()) return;
    std::map<std::string, const Node*> known;
    for (const auto& client : clients_) {
      for (const auto& [path, node] : client->nodes()) {
        known[path] = &node;
        if (!node.persisted) continue;
        const auto status = world_.ufs().Status(path.substr(1));
        if (!status.ok()) return world_.Fail(absl::StrCat(path, " is not in the under store: ", status.status().ToString()));
        if (status->is_directory != node.directory || (!node.directory && status->length_bytes != node.length)) {
          return world_.Fail(absl::StrCat(path, " is another thing in the under store"));
        }
      }
    }
    std::vector<std::string> open = {""};
    while (!open.empty()) {
      const std::string folder = std::move(open.back());
      open.pop_back();
      const absl::Status listed = world_.ufs().List(folder, [&](const ufs::UfsStatus& status) {
        const std::string path = absl::StrCat(folder, folder.empty() ? "" : "/", status.name);
        if (status.is_directory) {
          open.push_back(path);
        } else if (known.count("/" + path) == 0) {
          world_.Fail(absl::StrCat("the under store keeps ", path, ", a file of nobody"));
        }
        return true;
      });
      if (!listed.ok()) world_.Fail(listed.ToString());
    }
  }

  // Runs one call at once, without the network.
  template <typename Part, typename Request, typename Response>
  Response Ask(void (Part::*method)(const master::Caller&, const Request&, master::Reply<Response>), Part* part,
               const Request& request) {
    absl::StatusOr<Response> result = absl::UnavailableError("no answer");
    bool answered = false;
    (part->*method)({"root", "check"}, request, [&](absl::StatusOr<Response> answer) {
      result = std::move(answer);
      answered = true;
    });
    world_.ScheduleFlush();
    world_.RunUntil([&] { return answered; }, kSecond);
    if (!result.ok()) {
      world_.Fail(absl::StrCat("checking: ", result.status().ToString()));
      return Response();
    }
    return *result;
  }

  void CheckNamespace() {
    std::set<int64_t> pinned;
    size_t inodes = 1;  // the root
    for (const auto& client : clients_) {
      inodes += client->nodes().size();
      for (const auto& [path, node] : client->nodes()) {
        GetStatusPRequest request;
        request.set_path(path);
        request.mutable_options()->set_loadmetadatatype(NEVER);
        const auto info = Ask(&FileSystemMaster::GetStatus, world_.master()->files.get(), request).fileinfo();
        if (!world_.status().ok()) return;
        client->CheckInfo(path, info);
        if (node.pinned && !node.directory) pinned.insert(info.fileid());
        if (node.directory) {
          int64_t children = 0;
          for (const auto& [name, other] : client->nodes()) children += name.substr(0, name.rfind('/')) == path;
          if (info.length() != children) {
            world_.Fail(absl::StrCat(path, " counts ", info.length(), " children, there are ", children));
          }
        }
      }
    }
    const auto answer = Ask(&FileSystemMaster::GetPinnedFileIds, world_.master()->files.get(), GetPinnedFileIdsPRequest());
    const std::set<int64_t> told(answer.pinnedfileids().begin(), answer.pinnedfileids().end());
    if (told != pinned) {
      world_.Fail(absl::StrCat("pinned are ", absl::StrJoin(told, ","), ", should be ", absl::StrJoin(pinned, ",")));
    }
    const size_t stored = CountKeys(master::Family::kInodes);
    if (stored != inodes) world_.Fail(absl::StrCat("there are ", stored, " inodes, should be ", inodes));
  }

  size_t CountKeys(master::Family family) {
    size_t keys = 0;
    const absl::Status scanned = world_.master()->store.Scan(family, "", "", [&](absl::string_view, absl::string_view) {
      ++keys;
      return true;
    });
    if (!scanned.ok()) world_.Fail(scanned.ToString());
    return keys;
  }

  void CheckBlocks() {
    if (!world_.status().ok()) return;
    std::set<int64_t> blocks, all_blocks;
    for (const auto& client : clients_) {
      for (const auto& [path, node] : client->nodes()) {
        all_blocks.insert(node.blocks.begin(), node.blocks.end());
        // Those of persisted files are in nobody's cache here.
        if (!node.persisted) blocks.insert(node.blocks.begin(), node.blocks.end());
      }
    }
    std::set<int64_t> remembered;
    const absl::Status scanned =
        world_.master()->store.Scan(master::Family::kBlocks, "", "", [&](absl::string_view key, absl::string_view) {
          remembered.insert(master::DecodeId(key));
          return true;
        });
    if (!scanned.ok()) return world_.Fail(scanned.ToString());
    for (const int64_t id : remembered) {
      if (all_blocks.count(id) == 0) return world_.Fail(absl::StrCat("block ", id, " of no file is remembered"));
    }
    for (const auto& worker : workers_) {
      for (const auto& [id, length] : worker->blocks()) {
        if (blocks.count(id) == 0) return world_.Fail(absl::StrCat("a worker keeps block ", id, " of no file"));
      }
    }
    const std::vector<int64_t> ids(blocks.begin(), blocks.end());
    const auto infos = world_.master()->blocks->BlockInfos(ids);
    if (!infos.ok()) return world_.Fail(infos.status().ToString());
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto held = std::count_if(workers_.begin(), workers_.end(),
                                      [&](const auto& worker) { return worker->blocks().count(ids[i]) > 0; });
      if (held == 0 && ids_.lost_blocks.count(ids[i]) == 0) return world_.Fail(absl::StrCat("no worker has block ", ids[i], " any more"));
      if ((*infos)[i].locations_size() != held) {
        return world_.Fail(absl::StrCat("block ", ids[i], " lies in ", held, " workers, the master knows of ",
                                        (*infos)[i].locations_size()));
      }
    }
  }

  void CheckReplay() {
    if (!world_.status().ok()) return;
    const auto content = world_.master()->Content();
    World::Master again(&world_, world_.master()->journal->AfterCrash());
    if (absl::Status replayed = again.state.Replay(); !replayed.ok()) return world_.Fail(replayed.ToString());
    if (again.Content() != content) world_.Fail("the journal gives another state than the one in memory");
    for (const auto& [key, value] : content) world_.Digest(absl::StrCat(key, "=", value));
  }

  const SimulationOptions options_;
  World world_;
  Ids ids_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::map<std::string, std::pair<std::string, master::Inode>> decoded_;  // by key: record, inode
  std::optional<std::pair<uint64_t, uint64_t>> checked_;  // the state that CheckStep saw last
};

}  // namespace

std::string SimulationReport::ToString() const {
  return absl::StrCat(operations, " operations in ", events, " events, ", lost_messages, " messages lost, ",
                      master_deaths, " deaths of the master and ", worker_deaths, " of workers, ", journal_errors,
                      " errors of the journal's disk, ", block_errors, " of workers', ", lost_disks, " of them lost, ",
                      under_store_errors, " of the under store, ", given_up, " writes given up, ", checks,
                      " checks, digest ", absl::Hex(digest));
}

absl::Status RunSimulation(const SimulationOptions& options, SimulationReport* report) {
  *report = {};
  return Simulation(options, report).Run();
}

}  // namespace alluxio::test
