#ifndef ALLUXIO_CLIENT_BLOCK_BLOCK_OPENER_H_
#define ALLUXIO_CLIENT_BLOCK_BLOCK_OPENER_H_

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/mutex.h"
#include "alluxio/client/block/block_source.h"
#include "alluxio/client/core.h"
#include "alluxio/client/types.h"

namespace alluxio::client {

// Settings of one file's reads.
struct ReadSettings {
  ReadType type = ReadType::kCache;
  int max_ufs_read_concurrency = 0;
  bool passive_cache = true;
  int64_t chunk_bytes = int64_t{1} << 20;
  int64_t short_read_bytes = int64_t{2} << 20;
  absl::Duration data_timeout = absl::Minutes(3);
  absl::Duration close_timeout = absl::Seconds(5);
  // After which the blocks' places are asked for again.
  absl::Duration status_lifetime = absl::Minutes(5);
  std::string ufs_read_policy;
};

// One block as it was opened.
struct OpenBlock {
  size_t index = 0;  // in the file
  std::shared_ptr<BlockSource> source;
  WorkerNetAddress worker;
  bool node_local = false;  // cached by a worker of this host
  bool worker_has_block = false;
};

// Finds a place for each block of one file: chooses the worker (the nearest that
// holds it, else one that reads the under store), goes down the locality ladder
// there, and remembers which workers failed. Thread-safe.
class BlockOpener {
 public:
  static absl::StatusOr<std::unique_ptr<BlockOpener>> Create(std::shared_ptr<ClientCore> core, UriStatus status,
                                                             ReadSettings settings);

  // Errors:
  //   UNAVAILABLE  there is no worker, or the one chosen doesn't answer (it counts
  //                as failed then: the next call chooses another).
  //   NOT_FOUND    the block is in no worker and not in the under store.
  absl::StatusOr<OpenBlock> Open(size_t index);

  // Asks for the block's file ahead of its Open, which takes the answer: of one
  // block at a time. False if it won't come by a file.
  bool Ask(size_t index);
  // Lets go of what was asked for.
  void DropAsked();

  // Has a cold block cached that will be read soon, where its file can then be
  // read here. Best effort, once per block; doesn't wait.
  void CacheAhead(size_t index);

  // Takes note that reading from `block` failed.
  void Failed(const OpenBlock& block);
  // How many workers have failed so far.
  size_t NumFailed();
  // Whether Open would choose a worker that has not failed yet.
  bool HasUntried(size_t index);

  // Passive caching, after a block was read from elsewhere (PROTOCOL section 15):
  // asks the worker here, else the one that served it, to cache it. Best effort,
  // once per block.
  void CacheAfterwards(const OpenBlock& block, bool read_whole);

  const UriStatus& status() const { return status_; }
  const ReadSettings& settings() const { return settings_; }

 private:
  struct Choice {
    WorkerNetAddress worker;
    bool has_block = false;
    bool node_local = false;
    // Not null: it was asked to cache the block, and this says when it has answered.
    std::shared_ptr<Notification> ahead;
  };
  struct Asked {
    size_t index = 0;
    Choice choice;
    std::unique_ptr<AskedBlockFile> file;
  };

  BlockOpener(std::shared_ptr<ClientCore> core, UriStatus status, ReadSettings settings,
              std::unique_ptr<WorkerChooser> chooser);

  absl::StatusOr<BlockInfo> InfoOf(size_t index);
  absl::StatusOr<Choice> Choose(const BlockInfo& block);
  // What was chosen ahead of the block's Open, unless that worker failed since.
  std::optional<Choice> ChosenAhead(size_t index);
  absl::StatusOr<OpenBlock> OpenAt(size_t index, const BlockInfo& block, const Choice& choice,
                                   std::unique_ptr<AskedBlockFile> asked);
  absl::StatusOr<std::unique_ptr<BlockSource>> OpenFileOf(const std::string& target, const BlockSourceOptions& options,
                                                          const Choice& choice, std::unique_ptr<AskedBlockFile> asked);
  BlockSourceOptions SourceOptionsOf(const BlockInfo& block) const;
  proto::dataserver::OpenUfsBlockOptions UfsOptionsOf(const BlockInfo& block) const;
  grpc::block::CacheRequest CacheRequestOf(const BlockInfo& block, const WorkerNetAddress& source) const;
  bool in_ufs() const { return status_.persisted || to_be_persisted_; }

  bool HasFailed(const WorkerNetAddress& worker);
  void MarkFailed(const WorkerNetAddress& worker);
  // The candidates that have not failed; if all have, the one that failed first.
  template <typename T, typename AddressOf>
  std::vector<T> Usable(std::vector<T> candidates, AddressOf address_of);

  const std::shared_ptr<ClientCore> core_;
  const UriStatus status_;
  const bool to_be_persisted_;
  const ReadSettings settings_;
  const std::unique_ptr<WorkerChooser> chooser_;
  const absl::Time opened_;
  // A worker that had a block when the file was opened has lost one since: what
  // is known of the others may be as old.
  std::atomic<bool> lost_blocks_{false};

  Mutex mutex_;
  std::map<std::string, absl::Time> failed_ ABSL_GUARDED_BY(mutex_);  // by the worker's key
  std::set<int64_t> asked_to_cache_ ABSL_GUARDED_BY(mutex_);
  std::optional<Asked> asked_ ABSL_GUARDED_BY(mutex_);
  std::map<size_t, Choice> ahead_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_BLOCK_OPENER_H_
