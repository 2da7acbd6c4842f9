#ifndef ALLUXIO_CLIENT_BLOCK_WORKER_POOL_H_
#define ALLUXIO_CLIENT_BLOCK_WORKER_POOL_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/client/block/byte_stream.h"
#include "alluxio/client/block/small_block_files.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/stub/method.h"
#include "grpc/block_worker.pb.h"

namespace alluxio::client {

// Connections to workers, made when first used and kept. Thread-safe.
//
// One logical channel per connection serves any number of calls (the original
// makes two for each stream): an authentication is paid once per worker.
class WorkerPool {
 public:
  struct Options {
    // Target, group and connection index are filled in here.
    rpc::ChannelOptions channel;
    int streaming_connections = 4;  // to one worker, used in turn
    // Of unary calls, and of opening a stream: alluxio.user.rpc.retry.max.duration.
    absl::Duration call_timeout = absl::Minutes(2);
  };
  explicit WorkerPool(Options options);

  enum class Method { kReadBlock, kWriteBlock, kOpenLocalBlock, kCreateLocalBlock };
  // `target`: "host:port" or "unix:/path". UNAVAILABLE: nobody answers there.
  absl::StatusOr<std::unique_ptr<ByteStream>> OpenStream(const std::string& target, Method method);

  // Opens the file that the worker names for the block, and lets go of the block:
  // the descriptor keeps a small one's bytes. The path too. Without a stream, whose
  // threads would slow all calls of a client that reads but small files.
  struct NamedFile {
    UniqueFd fd;
    std::string path;
  };
  absl::StatusOr<NamedFile> OpenNamedFile(const std::string& target, int64_t block_id, absl::Time deadline);

  absl::Status Cache(const std::string& target, const grpc::block::CacheRequest& request);
  // The same without waiting; `done` runs in a thread of gRPC, in the end.
  void CacheInBackground(const std::string& target, const grpc::block::CacheRequest& request,
                         absl::AnyInvocable<void(absl::Status)> done);
  absl::Status RemoveBlock(const std::string& target, int64_t block_id);
  absl::Status FreeWorker(const std::string& target);
  absl::Status ClearMetrics(const std::string& target);

  SmallBlockFiles& small_files() { return small_files_; }
  // Tells each worker which of its blocks were read without asking it.
  void ReportUsedBlocks(absl::Time deadline);

 private:
  template <typename Request, typename Response>
  absl::Status Call(const std::string& target, const stub::Method<Request, Response>& method, const Request& request,
                    absl::Duration timeout);
  std::shared_ptr<rpc::AuthenticatedChannel> Channel(const std::string& target, rpc::ChannelGroup group);

  const Options options_;
  SmallBlockFiles small_files_;
  Mutex mutex_;
  std::map<std::pair<std::string, int>, std::shared_ptr<rpc::AuthenticatedChannel>> channels_ ABSL_GUARDED_BY(mutex_);
  uint32_t next_connection_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_WORKER_POOL_H_
