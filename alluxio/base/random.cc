#include "alluxio/base/random.h"

#include <random>

#include "absl/strings/str_format.h"
#include "alluxio/base/mutex.h"

namespace alluxio {
namespace {

class Generator final : public Random {
 public:
  explicit Generator(std::mt19937_64 engine) : engine_(engine) {}
  uint64_t Next() override {
    MutexLock lock(&mutex_);
    return engine_();
  }

 private:
  Mutex mutex_;
  std::mt19937_64 engine_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::string Random::NextUuid() {
  const uint64_t high = (Next() & 0xFFFF'FFFF'FFFF'0FFFULL) | 0x4000ULL;
  const uint64_t low = (Next() & 0x3FFF'FFFF'FFFF'FFFFULL) | 0x8000'0000'0000'0000ULL;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                         low & 0xFFFF'FFFF'FFFFULL);
}

Random* Random::System() {
  static auto* const random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
    return new Generator(std::mt19937_64(seed));
  }();
  return random;
}

std::unique_ptr<Random> Random::Seeded(uint64_t seed) {
  return std::make_unique<Generator>(std::mt19937_64(seed));
}

}  // namespace alluxio
