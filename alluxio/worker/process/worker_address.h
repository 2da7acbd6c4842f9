#ifndef ALLUXIO_WORKER_PROCESS_WORKER_ADDRESS_H_
#define ALLUXIO_WORKER_PROCESS_WORKER_ADDRESS_H_

#include <string>

#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "grpc/common.pb.h"

namespace alluxio::worker {

// Where the worker's Unix socket lies: `alluxio.worker.data.server.domain.socket.address`,
// or, with `...as.uuid`, a fresh name in the folder that it says. "" without.
std::string DomainSocketPath(const conf::Configuration& configuration, Random* random);

// Whether `port` is the original's default that nobody chose: 29998 is served too then.
bool ServesOldPort(const conf::Configuration& configuration);

// How clients find the worker, in the words of the wire (PROTOCOL.md §7): the
// tiered identity has at least `node`, as an empty one breaks Java clients.
grpc::WorkerNetAddress WorkerAddress(const conf::Configuration& configuration, const std::string& local_host_name,
                                     int port, const std::string& domain_socket);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_PROCESS_WORKER_ADDRESS_H_
