#ifndef ALLUXIO_WORKER_DATA_REMOTE_READER_H_
#define ALLUXIO_WORKER_DATA_REMOTE_READER_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/worker/ufsread/cache_queue.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace alluxio::worker {

// Reads blocks of other workers by their ReadBlock streams. Thread-safe.
class RemoteReader final : public RemoteBlockReader {
 public:
  // `channel`: how to connect; its `target` is set for each worker.
  explicit RemoteReader(rpc::ChannelOptions channel, absl::Duration timeout = absl::Minutes(5))
      : channel_(std::move(channel)), timeout_(timeout) {}

  // UNAVAILABLE: the worker can't be reached, or sent less than the block.
  absl::Status Read(const std::string& host, int port, const ColdBlock& block,
                    absl::FunctionRef<absl::Status(absl::string_view)> sink) override;

  // Cancels the reads under way; later ones fail.
  void Stop();

 private:
  absl::Status ReadStream(const std::string& target, ::grpc::ClientContext* context, const ColdBlock& block,
                          absl::FunctionRef<absl::Status(absl::string_view)> sink);
  std::shared_ptr<rpc::AuthenticatedChannel> ChannelTo(const std::string& target);

  const rpc::ChannelOptions channel_;
  const absl::Duration timeout_;
  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<::grpc::ClientContext*> reads_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<rpc::AuthenticatedChannel>> channels_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_REMOTE_READER_H_
