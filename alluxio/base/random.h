#ifndef ALLUXIO_BASE_RANDOM_H_
#define ALLUXIO_BASE_RANDOM_H_

#include <cstdint>
#include <memory>
#include <string>

namespace alluxio {

// Where chance comes from. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // Uniform over all 64-bit values.
  virtual uint64_t Next() = 0;

  // Uniform in [1, 2^63): what ids of workers, mounts and sessions are.
  int64_t NextPositiveId() {
    while (true) {
      if (const auto id = static_cast<int64_t>(Next() >> 1); id > 0) return id;
    }
  }
  // A random (version 4) UUID in lower-case text form, 36 characters.
  std::string NextUuid();

  // From the kernel's entropy; lives for ever.
  static Random* System();
  // The same sequence for the same seed.
  static std::unique_ptr<Random> Seeded(uint64_t seed);
};

}  // namespace alluxio

#endif  // ALLUXIO_BASE_RANDOM_H_
