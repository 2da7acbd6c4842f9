#ifndef ALLUXIO_TESTING_SIMULATION_CLIENT_H_
#define ALLUXIO_TESTING_SIMULATION_CLIENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "testing/simulation/worker.h"
#include "testing/simulation/world.h"

namespace alluxio::test {

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

// Works in a directory of its own, one operation after the other, and knows what
// must be there.
class SimulatedClient {
 public:
  using Nodes = std::map<std::string, Node>;

  SimulatedClient(World* world, std::vector<std::unique_ptr<SimulatedWorker>>* workers, Ids* ids, int number,
                  int operations)
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

  // Makes its folders and works until `operations` are done.
  void Start();
  // So many more.
  void Work(int operations) {
    left_ = operations;
    Next();
  }

  bool Owns(const std::string& path) const { return IsUnder(path, home_) || IsUnder(path, through_); }
  // What an operation under way may have changed or not.
  bool IsUnderWay(const std::string& path) const;
  // Both names of a rename under way; the first is empty if there is none.
  const std::pair<std::string, std::string>& renaming() const { return renaming_; }

  // What the master says of a path is what this client was told.
  void CheckInfo(const std::string& path, const grpc::file::FileInfo& info);

 private:
  void Next();
  void Choose();

  // Below through_ everything goes to the under store as well.
  bool IsThrough(const std::string& path) const { return IsUnder(path, through_); }
  std::string NewPath(bool through = true);
  // The home if there is nothing else.
  std::string Any();
  static bool IsUnder(const std::string& path, const std::string& folder);

  template <typename Options>
  void SetOperation(Options* options) {
    auto* const id = options->mutable_commonoptions()->mutable_operationid();
    id->set_mostsignificantbits(number_ + 1);
    id->set_leastsignificantbits(++last_operation_);
  }
  bool Expect(const absl::Status& status, absl::string_view what, const std::string& path);
  void Mkdir(const std::string& path, std::function<void()> next, bool known = false);
  bool InheritsPin(const std::string& path) const;
  void CreateFile(const std::string& path);
  void WriteBlocks(const std::string& path, const std::shared_ptr<Node>& node, int blocks);
  void ToWorker(int64_t block_id, int64_t length, std::function<void(bool)> done);
  void Complete(const std::string& path, const std::shared_ptr<Node>& node);

  // The file stays open: its maker removes it.
  void GiveUp(const std::string& path);
  void Delete(const std::string& path);
  void Rename(const std::string& from, const std::string& to);
  void Pin(const std::string& path);
  void Stat(const std::string& path);
  void List(const std::string& path);

  World* const world_;
  std::vector<std::unique_ptr<SimulatedWorker>>* const workers_;
  Ids* const ids_;
  const std::string home_, through_;
  std::set<std::string> under_way_;
  std::pair<std::string, std::string> renaming_;
  int number_ = 0;
  int left_;
  int last_name_ = 0;
  int64_t last_operation_ = 0;
  Nodes nodes_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_SIMULATION_CLIENT_H_
