#ifndef ALLUXIO_MASTER_FILE_LISTING_BATCH_H_
#define ALLUXIO_MASTER_FILE_LISTING_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/master/block/block_directory.h"
#include "alluxio/master/inode/inode.h"

namespace alluxio::master {

// One message of a listing (ListStatusPResponse) as it travels, written straight from
// inodes: byte by byte what FillFileInfo, FileBlocks and protobuf (deterministic) make.
//
// An inode is written when it is added, except for what the block master says of it;
// that is asked for all of a message at once, when nothing is locked any more.
class ListingBatch {
 public:
  // Where an inode lies.
  struct Place {
    absl::string_view folder;      // ends with a slash; the path is this and the inode's name
    absl::string_view ufs_folder;  // the under store's URI is this and `ufs_name`
    absl::string_view ufs_name;
    std::optional<int64_t> mount_id;  // without: neither URI nor mount are told
  };
  // Copies what it needs.
  void Add(const Inode& inode, const Place& place);

  size_t entries() const { return entries_.size(); }
  // Of the message, about.
  size_t bytes() const { return size_ + blocks_ * kBytesOfBlock; }

  // The message. The batch is empty then, and keeps its memory. Errors: those of the
  // block master, if there are blocks.
  absl::StatusOr<std::string> Take(const BlockDirectory& directory);

 private:
  static constexpr size_t kBytesOfBlock = 100;
  // One FileInfo in `bytes_`, in three parts: blocks come between the first two, and
  // with blocks the percentages, which begin the third, are written anew.
  struct Entry {
    size_t begin = 0;
    size_t blocks_at = 0;
    size_t percentages_at = 0;
    size_t end = 0;
    int64_t file_id = 0;
    int64_t block_size_bytes = 0;
    int64_t length_bytes = 0;
    int64_t blocks = 0;  // that the block master is asked for
  };

  std::string bytes_;  // of which `size_` are used
  size_t size_ = 0;
  size_t blocks_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_LISTING_BATCH_H_
