#include "alluxio/master/metastore/kv_store.h"

#include "alluxio/base/check.h"

namespace alluxio::master {

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    if (const auto last = static_cast<unsigned char>(end.back()); last != 0xff) {
      end.back() = static_cast<char>(last + 1);
      return end;
    }
    end.pop_back();
  }
  return end;
}

std::string EncodeId(int64_t id) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(static_cast<uint64_t>(id) >> (56 - 8 * i));
  return bytes;
}

int64_t DecodeId(absl::string_view bytes) {
  ALLUXIO_CHECK(bytes.size() >= 8);
  uint64_t id = 0;
  for (int i = 0; i < 8; ++i) id = id << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<int64_t>(id);
}

}  // namespace alluxio::master
