#ifndef ALLUXIO_TESTING_FUZZ_FRAMES_H_
#define ALLUXIO_TESTING_FUZZ_FRAMES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace alluxio::test {

// A fuzzer's input as calls: method, user, length of the message, message.
struct Frame {
  uint8_t method = 0;
  uint8_t user = 0;
  absl::string_view message;
};

class Frames {
 public:
  explicit Frames(absl::string_view input) : rest_(input) {}

  // False: no more.
  bool Next(Frame* frame) {
    if (rest_.size() < 3 || count_++ == 32) return false;
    *frame = {.method = Byte(0), .user = Byte(1)};
    const size_t length = std::min<size_t>(Byte(2), rest_.size() - 3);
    frame->message = rest_.substr(3, length);
    rest_.remove_prefix(3 + length);
    return true;
  }

 private:
  uint8_t Byte(size_t i) const { return static_cast<uint8_t>(rest_[i]); }
  absl::string_view rest_;
  int count_ = 0;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FUZZ_FRAMES_H_
