#ifndef ALLUXIO_CLIENT_CONTEXT_H_
#define ALLUXIO_CLIENT_CONTEXT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::client {

// What all clients of one process share: the connection to the leading master,
// the cluster's configuration, connections to workers, the list of workers.
//
// Thread-safe. Streams and clients made from it share it and may outlive the
// caller's handle.
class ClientContext {
 public:
  struct Options {
    Clock* clock = Clock::System();
    Random* random = Random::System();
    // Who we are to the servers; empty: alluxio.security.login.username, else
    // the operating system's user.
    std::string user;
    // Whom the user acts for; empty: nobody.
    std::string impersonated_user;
  };

  // Asks the master (alluxio.master.hostname and .rpc.port, or
  // alluxio.master.rpc.addresses) for the cluster's configuration and puts its
  // values under `conf`'s own ones. Nothing else is opened before it is needed.
  //
  // Errors:
  //   UNAVAILABLE       no master answered within alluxio.user.rpc.retry.max.duration.
  //   INVALID_ARGUMENT  the configuration names no master, or a value is wrong.
  static absl::StatusOr<std::shared_ptr<ClientContext>> Create(const conf::Configuration& conf, Options options);
  static absl::StatusOr<std::shared_ptr<ClientContext>> Create(const conf::Configuration& conf);

  virtual ~ClientContext() = default;

  // With the cluster's defaults in it.
  virtual const conf::Configuration& conf() const = 0;
  // "host:port" of the leading master, as last found.
  virtual absl::StatusOr<std::string> MasterAddress() = 0;
  // Tells the master at once what has been read and written since the last
  // report. Done every alluxio.user.metrics.heartbeat.interval and at the end
  // anyway; for programs that end without taking the context down.
  virtual void ReportMetrics() = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_CONTEXT_H_
