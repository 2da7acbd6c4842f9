#include "alluxio/local/file_contents.h"

#include <memory>
#include <span>
#include <utility>

#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/file/file_system.h"

namespace alluxio::local {
namespace {

class Reader {
 public:
  explicit Reader(std::function<conf::Configuration()> conf) : conf_(std::move(conf)) {}

  absl::StatusOr<std::string> Read(const std::string& path, int64_t offset, int64_t length) {
    ALLUXIO_ASSIGN_OR_RETURN(const std::shared_ptr<client::FileSystem> files, Client());
    client::OpenFileOptions options;
    options.read_type = client::ReadType::kNoCache;
    options.update_last_access_time = false;
    ALLUXIO_ASSIGN_OR_RETURN(const auto stream, files->OpenFile(path, options));
    std::string content(static_cast<size_t>(length), '\0');
    ALLUXIO_ASSIGN_OR_RETURN(const size_t read, stream->ReadAt(offset, std::as_writable_bytes(std::span(content))));
    content.resize(read);
    return content;
  }

 private:
  absl::StatusOr<std::shared_ptr<client::FileSystem>> Client() {
    {
      MutexLock lock(&mutex_);
      if (client_) return client_;
    }
    // Not under the lock: it asks the master. Who comes second throws his away.
    ALLUXIO_ASSIGN_OR_RETURN(const conf::Configuration conf,
                             conf_().With({{"alluxio.user.rpc.retry.max.duration", "5sec"},
                                           {"alluxio.user.block.read.retry.max.duration", "3sec"}}));
    ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<client::FileSystem> made, client::FileSystem::Create(conf));
    MutexLock lock(&mutex_);
    if (!client_) client_ = std::move(made);
    return client_;
  }

  const std::function<conf::Configuration()> conf_;
  Mutex mutex_;
  std::shared_ptr<client::FileSystem> client_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::function<absl::StatusOr<std::string>(const std::string& path, int64_t offset, int64_t length)> FileContents(
    std::function<conf::Configuration()> conf) {
  auto reader = std::make_shared<Reader>(std::move(conf));
  return [reader](const std::string& path, int64_t offset, int64_t length) {
    return reader->Read(path, offset, length);
  };
}

}  // namespace alluxio::local
