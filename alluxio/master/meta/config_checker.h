#ifndef ALLUXIO_MASTER_META_CONFIG_CHECKER_H_
#define ALLUXIO_MASTER_META_CONFIG_CHECKER_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/conf/configuration.h"
#include "grpc/common.pb.h"
#include "grpc/meta_master.pb.h"

namespace alluxio::master {

// Where the configurations of the servers differ (`fsadmin doctor configuration`):
// each property that has to be equal on all nodes of its scope, or should be, with
// its values and who has which. Thread-safe.
class ConfigChecker {
 public:
  explicit ConfigChecker(const conf::Configuration& master);

  // What a worker, host:port, has registered with.
  void SetWorker(const std::string& worker,
                 const google::protobuf::RepeatedPtrField<grpc::ConfigProperty>& configuration);

  // Of the master at `master` and those of `workers` whose configuration is known;
  // the others' are forgotten.
  grpc::meta::ConfigCheckReport Report(const std::string& master, const std::set<std::string>& workers);

 private:
  // What is compared, of properties that have a value.
  using Values = std::map<std::string, std::string>;
  // Most nodes have the same: it is kept once.
  using ValuesPtr = std::shared_ptr<const Values>;

  const ValuesPtr master_;
  Mutex mutex_;
  std::map<std::string, ValuesPtr> workers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_META_CONFIG_CHECKER_H_
