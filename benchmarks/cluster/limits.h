#ifndef ALLUXIO_BENCHMARKS_CLUSTER_LIMITS_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

// What the machine gives a program that does nothing but the system calls: the
// figures that rows of data are held against. Rates are per second.
namespace alluxio::benchmarks {

// Opens each file, reads it into `buffer`, piece by piece, closes it. Bytes.
absl::StatusOr<double> ReadFilesRate(const std::vector<std::string>& files, std::span<char> buffer);

// Preads of `size` at random places of files that are open. Reads.
absl::StatusOr<double> RandomReadRate(const std::vector<std::string>& files, size_t size, int64_t reads);

// Copies files that are mapped, and were touched before, to one buffer. Bytes.
absl::StatusOr<double> MappedCopyRate(const std::vector<std::string>& files, size_t chunk);
// The same at random places. Copies.
absl::StatusOr<double> MappedRandomRate(const std::vector<std::string>& files, size_t size, int64_t copies);

// Writes `total` bytes into new files of up to `file_bytes` each, and removes
// them afterwards, which isn't counted. Bytes.
absl::StatusOr<double> WriteNewRate(const std::string& folder, int64_t total, int64_t file_bytes, size_t chunk);

// Opens, reads whole and closes each file. Files.
absl::StatusOr<double> OpenReadCloseRate(const std::vector<std::string>& files, size_t size);

// fdatasync after each 4 KiB written over a preallocated file. Calls.
absl::StatusOr<double> FdatasyncRate(const std::string& folder);

// Starting /bin/true and waiting for it. Milliseconds, the best of 20.
absl::StatusOr<double> SpawnMillis();

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_LIMITS_H_
