#ifndef ALLUXIO_MASTER_WEB_LIVE_VIEW_H_
#define ALLUXIO_MASTER_WEB_LIVE_VIEW_H_

#include <memory>

#include "absl/time/time.h"
#include "alluxio/master/call.h"
#include "alluxio/master/web/master_view.h"

namespace alluxio::master {

class BlockMaster;
class FileSystemMaster;
class MetaMaster;

struct LiveViewOptions {
  FileSystemMaster* files = nullptr;
  BlockMaster* blocks = nullptr;
  MetaMaster* meta = nullptr;
  // As whom the pages act: the master's own user, as in the original.
  Caller caller;
  absl::Duration timeout = absl::Seconds(10);
};

// The view of a running master. What the options point at outlives it, and the
// calls that it gave up waiting for.
std::unique_ptr<MasterView> NewLiveView(LiveViewOptions options);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_WEB_LIVE_VIEW_H_
