#ifndef ALLUXIO_TESTING_FAKES_FAKE_CLUSTER_H_
#define ALLUXIO_TESTING_FAKES_FAKE_CLUSTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "alluxio/base/mutex.h"
#include "grpc/block_worker.pb.h"
#include "grpc/common.pb.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::test {

// A master and workers of a few hundred lines that speak the real wire over
// loopback: for tests of clients that need to see what was sent, or servers that
// fail on command. The namespace is a map, blocks are files in a folder.
//
// Thread-safe.
class FakeCluster {
 public:
  struct Options {
    std::string folder;  // of its own; must exist
    int workers = 1;
    // What GetConfiguration answers besides the two versions, as set in the
    // master's site file.
    std::map<std::string, std::string> configuration;
    bool domain_sockets = false;
    // Names that the workers report as theirs; what is missing is "localhost".
    // They are reached at 127.0.0.1 all the same (as containerHost).
    std::vector<std::string> worker_hosts;
    int64_t worker_capacity = int64_t{1} << 30;
  };
  explicit FakeCluster(Options options);
  ~FakeCluster();

  // What the configuration says from now on.
  void SetConfiguration(std::map<std::string, std::string> configuration);

  std::string master_address() const;
  std::string ufs_folder() const;

  // A persisted file that no worker has cached, with these bytes in the under store.
  void AddUfsFile(const std::string& path, const std::string& content, int64_t block_size);
  // The path as the master has it; aborts if it has none.
  grpc::file::FileInfo Status(const std::string& path);
  void Edit(const std::string& path, void (*edit)(grpc::file::FileInfo&));

  // "CreateFile /a", "GetWorkerInfoList", ...: all calls of the master so far.
  std::vector<std::string> master_calls() const;
  // "ReadBlock 16777216", "Cache 16777216 ...": of worker `index`.
  std::vector<std::string> worker_calls(int index) const;
  grpc::file::CreateFilePRequest last_create() const;
  grpc::file::CompleteFilePRequest last_complete() const;
  grpc::block::ReadRequest last_read(int index) const;
  grpc::block::WriteRequestCommand last_write(int index) const;

  void StopWorker(int index);
  // From now on ReadBlock fails with this after so many bytes of a stream, and
  // opening fails at once if that is 0; OK heals it.
  void FailReads(int index, absl::Status status, int64_t after_bytes);
  void FailWrites(int index, absl::Status status);
  // Cuts the cached file of a block.
  void TruncateBlock(int index, int64_t block_id, int64_t length);
  void RemoveBlock(int index, int64_t block_id);
  bool HasBlock(int index, int64_t block_id) const;
  // Streams of OpenLocalBlock that are open now.
  int open_local_blocks(int index) const;
  // Committed block files keep a write bit: they don't count as sealed.
  void LeaveBlocksUnsealed(bool unsealed);

 private:
  class Master;
  class Worker;

  const Options options_;
  std::unique_ptr<Master> master_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_FAKE_CLUSTER_H_
