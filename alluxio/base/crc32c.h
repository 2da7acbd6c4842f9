#ifndef ALLUXIO_BASE_CRC32C_H_
#define ALLUXIO_BASE_CRC32C_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace alluxio {

// CRC-32C (Castagnoli) of `data`, continuing from `seed` (the CRC of what came
// before; 0 at the start). By the SSE 4.2 instruction where the CPU has it.
uint32_t Crc32c(absl::string_view data, uint32_t seed = 0);

}  // namespace alluxio

#endif  // ALLUXIO_BASE_CRC32C_H_
