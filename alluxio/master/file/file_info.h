#ifndef ALLUXIO_MASTER_FILE_FILE_INFO_H_
#define ALLUXIO_MASTER_FILE_FILE_INFO_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "alluxio/master/inode/inode.h"
#include "grpc/common.pb.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::master {

// How an inode looks to callers. ListingBatch says the same without a message: what
// changes here changes there.

// All but the place in the under store and the blocks.
void FillFileInfo(const Inode& inode, absl::string_view path, grpc::file::FileInfo* info);

// Of a file before its blocks are counted, and of a directory.
inline int32_t PercentageWithoutBlocks(const Inode& inode) {
  return !inode.directory && inode.length_bytes == 0 ? 100 : 0;
}

// The blocks of one completed file, one after the other, and how much of them is cached.
class FileBlocks {
 public:
  FileBlocks(int64_t file_id, int64_t block_size_bytes, int64_t length_bytes)
      : file_id_(file_id), block_size_bytes_(block_size_bytes), length_bytes_(length_bytes) {}

  // Makes `to` of what the block master knows of the next block.
  void Next(grpc::BlockInfo&& known, grpc::file::FileBlockInfo* to);

  // nullopt: of nothing there is no part.
  std::optional<int32_t> InAlluxioPercentage() const { return PercentageOf(cached_bytes_); }
  std::optional<int32_t> InMemoryPercentage() const { return PercentageOf(memory_bytes_); }

 private:
  std::optional<int32_t> PercentageOf(int64_t bytes) const {
    if (length_bytes_ <= 0) return std::nullopt;
    return static_cast<int32_t>(bytes * 100 / length_bytes_);
  }

  const int64_t file_id_;
  const int64_t block_size_bytes_;
  const int64_t length_bytes_;
  int64_t index_ = 0;
  int64_t cached_bytes_ = 0;
  int64_t memory_bytes_ = 0;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_FILE_INFO_H_
