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
#include "testing/simulation/client.h"
#include "testing/simulation/worker.h"
#include "testing/simulation/world.h"

namespace alluxio::test {
namespace {

using namespace grpc::file;   // NOLINT: messages of both masters
using namespace grpc::block;  // NOLINT
using master::BlockMaster;
using master::FileSystemMaster;

class Simulation {
 public:
  Simulation(const SimulationOptions& options, SimulationReport* report) : options_(options), world_(options, report) {
    for (int i = 0; i < options.workers; ++i) workers_.push_back(std::make_unique<SimulatedWorker>(&world_, i));
  }

  absl::Status Run() {
    world_.SetAfterEvent([this] { CheckStep(); });
    world_.StartMaster();
    for (const auto& worker : workers_) worker->Start();
    for (int i = 0; i < options_.clients; ++i) {
      clients_.push_back(std::make_unique<SimulatedClient>(&world_, &workers_, &ids_, i, options_.operations / 2 + 1));
    }
    for (const auto& client : clients_) client->Start();
    if (options_.crashes) ScheduleCrash();
    for (int half = 0; half < 2 && world_.status().ok(); ++half) {
      if (half > 0) {
        world_.SetFaults(true);
        for (const auto& client : clients_) client->Work(options_.operations / 2 + 1);
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
      } else if (SimulatedWorker* worker = workers_[world_.Below(workers_.size())].get(); worker->up()) {
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
      // Also where a crash has taken back a delete that some had seen.
      if (!inode->completed || inode->maybe_in_ufs()) continue;
      for (const int64_t id : inode->BlockIds()) {
        if (IsGone(id)) return world_.Fail(absl::StrCat(path, " is there, and no worker has its block ", id));
      }
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
        if (known.count("/" + path) == 0) {
          world_.Fail(absl::StrCat("the under store keeps ", path, ", a ", status.is_directory ? "folder" : "file",
                                   " of nobody"));
        }
        if (status.is_directory) open.push_back(path);
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

  // Whether no worker has the block, and no disk was lost with it.
  bool IsGone(int64_t block_id) const {
    return ids_.lost_blocks.count(block_id) == 0 &&
           std::none_of(workers_.begin(), workers_.end(),
                        [&](const auto& worker) { return worker->blocks().count(block_id) > 0; });
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
      if (IsGone(ids[i])) return world_.Fail(absl::StrCat("no worker has block ", ids[i], " any more"));
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
  std::vector<std::unique_ptr<SimulatedWorker>> workers_;
  std::vector<std::unique_ptr<SimulatedClient>> clients_;
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
