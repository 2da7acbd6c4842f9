#ifndef ALLUXIO_MASTER_MOUNT_NAMESPACE_STATE_H_
#define ALLUXIO_MASTER_MOUNT_NAMESPACE_STATE_H_

#include <string>
#include <utility>
#include <vector>

#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/block/block_directory.h"
#include "alluxio/master/inode/inode_tree.h"
#include "alluxio/master/inode/path_locks.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/mount/mount_table.h"

namespace alluxio::master {

// What the parts of the namespace share: its state, the latch that guards it and
// the locks that order operations. Lock order: path locks, latch, and below the
// latch those of the mount table, the block master and the state machine.
struct NamespaceState {
  NamespaceState(conf::Configuration conf, StateMachine* state, BlockDirectory* blocks,
                 const ufs::UfsRegistry* registry, Clock* clock, Random* random, size_t inode_cache_bytes)
      : conf(std::move(conf)),
        state(state),
        blocks(blocks),
        clock(clock),
        random(random),
        tree(state->store(), inode_cache_bytes),
        mounts(state->store(), registry) {}

  // Applies and journals one indivisible change; the latch is held exclusively.
  // Whoever answers for it waits for durability by Commit({}, done) later.
  void Commit(std::vector<proto::journal::JournalEntry> entries) ABSL_EXCLUSIVE_LOCKS_REQUIRED(latch) {
    if (!entries.empty()) state->Commit(std::move(entries), [](absl::Status) {});
  }

  int64_t NextDirectoryId(std::vector<proto::journal::JournalEntry>* entries) {
    // A container is reserved by an entry of its own, before the id's.
    std::vector<proto::journal::JournalEntry> reserve;
    const int64_t id = tree.NextDirectoryId([&] { return blocks->NextContainerId(&reserve); }, entries);
    entries->insert(entries->begin(), reserve.begin(), reserve.end());
    return id;
  }
  int64_t NextFileId(std::vector<proto::journal::JournalEntry>* entries) {
    return FileIdOfContainer(blocks->NextContainerId(entries));
  }

  const conf::Configuration conf;
  StateMachine* const state;
  BlockDirectory* const blocks;
  Clock* const clock;
  Random* const random;

  Mutex latch;
  InodeTree tree;  // guarded by `latch`: shared to read, exclusive to commit
  MountTable mounts;
  PathLocks locks;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_MOUNT_NAMESPACE_STATE_H_
