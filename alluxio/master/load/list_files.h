#ifndef ALLUXIO_MASTER_LOAD_LIST_FILES_H_
#define ALLUXIO_MASTER_LOAD_LIST_FILES_H_

#include "alluxio/master/load/load_scheduler.h"

namespace alluxio::master {

class FileSystemCore;

// LoadScheduler::Options::list over the namespace. The first page brings the tree
// into step with its under store where that was never done, as a listing does.
// `core` outlives it.
LoadScheduler::ListFiles ListFilesOf(FileSystemCore* core);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_LOAD_LIST_FILES_H_
