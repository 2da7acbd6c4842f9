#ifndef ALLUXIO_BENCHMARKS_CLUSTER_ECHO_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_ECHO_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "benchmarks/cluster/in_flight.h"

namespace alluxio::benchmarks {

// The machine's limit for calls: a gRPC server in a process of its own that
// answers bytes without looking at them, and streams slices of memory.
class EchoServer {
 public:
  // Forks; call it before the process has threads.
  static absl::StatusOr<std::unique_ptr<EchoServer>> Fork();
  virtual ~EchoServer() = default;

  // Unary calls with these message sizes, over TCP or a Unix socket.
  virtual Measured Echo(int in_flight, int64_t total, size_t request_bytes, size_t response_bytes,
                        bool unix_socket = false) = 0;
  // One stream of `total_bytes` in messages of `chunk_bytes`; the reader copies
  // each once, as a client that fills a buffer does. Operations are bytes.
  virtual Measured Stream(int64_t total_bytes, size_t chunk_bytes, bool unix_socket = false) = 0;
};

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_ECHO_H_
