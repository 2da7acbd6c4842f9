#ifndef ALLUXIO_MASTER_BLOCK_BLOCK_DIRECTORY_H_
#define ALLUXIO_MASTER_BLOCK_BLOCK_DIRECTORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "grpc/common.pb.h"
#include "proto/journal/journal.pb.h"

namespace alluxio::master {

// What the namespace needs of the block master. Thread-safe; nothing blocks.
class BlockDirectory {
 public:
  virtual ~BlockDirectory() = default;

  // A fresh container id (40 bits). `entries` receives the journal entry that
  // reserves the next thousand, when this one was the last reserved: the caller
  // commits it with its own.
  virtual int64_t NextContainerId(std::vector<proto::journal::JournalEntry>* entries) = 0;

  // Length of a committed block; nullopt: never committed.
  virtual std::optional<int64_t> BlockLength(int64_t block_id) const = 0;

  // `blockId`, `length` and the live locations, ordered by tier, of each id.
  // Unknown ids give an info without length. UNAVAILABLE in safe mode, where
  // any id is asked for.
  virtual absl::StatusOr<std::vector<grpc::BlockInfo>> BlockInfos(absl::Span<const int64_t> block_ids) const = 0;

  // Journal entries that make blocks known with their lengths without a
  // location (files that lie in the under store), or forget them.
  virtual void AddBlocks(absl::Span<const std::pair<int64_t, int64_t>> ids_and_lengths,
                         std::vector<proto::journal::JournalEntry>* entries) = 0;
  virtual void ForgetBlocks(absl::Span<const int64_t> block_ids,
                            std::vector<proto::journal::JournalEntry>* entries) = 0;

  // Orders the workers that hold these blocks to delete them; their metadata
  // stays (`free`) or is forgotten by the entries of ForgetBlocks.
  virtual void FreeBlocks(absl::Span<const int64_t> block_ids) = 0;

  // Live workers, for placement of background work.
  struct LiveWorker {
    int64_t id = 0;
    grpc::WorkerNetAddress address;
  };
  virtual std::vector<LiveWorker> LiveWorkers() const = 0;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_BLOCK_BLOCK_DIRECTORY_H_
