#ifndef ALLUXIO_CLIENT_BLOCK_BLOCK_VIEW_H_
#define ALLUXIO_CLIENT_BLOCK_BLOCK_VIEW_H_

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "absl/strings/string_view.h"

namespace alluxio::client {

// Bytes of one cached block, mapped read-only from the worker's own file. They
// stay as they are while this object lives: the block can't be evicted, and a
// sealed block's bytes never change. Movable.
class BlockView {
 public:
  BlockView() = default;
  BlockView(std::span<const std::byte> bytes, std::shared_ptr<const void> hold)
      : bytes_(bytes), hold_(std::move(hold)) {}

  std::span<const std::byte> bytes() const { return bytes_; }
  absl::string_view text() const {
    return absl::string_view(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
  }
  size_t size() const { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> hold_;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_BLOCK_VIEW_H_
