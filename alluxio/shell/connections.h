#ifndef ALLUXIO_SHELL_CONNECTIONS_H_
#define ALLUXIO_SHELL_CONNECTIONS_H_

#include <memory>
#include <ostream>

#include "alluxio/client/context.h"
#include "alluxio/shell/command.h"

namespace alluxio::shell {

// The real world: connects to the cluster that `conf` names when a command first
// asks for something.
class Connections final : public Environment {
 public:
  Connections(conf::Configuration conf, bool interactive, std::ostream* out, std::ostream* err);
  ~Connections() override;

  // For a process that ends without taking the connections down: the master
  // learns all the same how many bytes went which way.
  void ReportMetrics();

  bool interactive() const override { return interactive_; }
  const conf::Configuration& conf() override { return conf_; }
  absl::StatusOr<client::FileSystem*> fs() override;
  absl::StatusOr<client::BlockMasterClient*> blocks() override;
  absl::StatusOr<client::MetaMasterClient*> meta() override;

 private:
  absl::Status Connect();

  const conf::Configuration conf_;
  const bool interactive_;
  std::shared_ptr<client::ClientContext> context_;
  std::unique_ptr<client::FileSystem> fs_;
  std::unique_ptr<client::BlockMasterClient> blocks_;
  std::unique_ptr<client::MetaMasterClient> meta_;
};

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_CONNECTIONS_H_
