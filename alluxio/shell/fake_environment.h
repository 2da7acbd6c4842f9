#ifndef ALLUXIO_SHELL_FAKE_ENVIRONMENT_H_
#define ALLUXIO_SHELL_FAKE_ENVIRONMENT_H_

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "alluxio/shell/command.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::test {

// A cluster in memory, of one worker: enough of the file system for commands to
// run, with the texts of the original's errors. Not thread-safe but for creating
// and writing files (`copyFromLocal` does that on several threads).
class FakeEnvironment final : public shell::Environment {
 public:
  FakeEnvironment();
  ~FakeEnvironment() override;

  const conf::Configuration& conf() override { return conf_; }
  Clock* clock() override { return &clock_; }
  absl::StatusOr<client::FileSystem*> fs() override;
  absl::StatusOr<client::BlockMasterClient*> blocks() override;
  absl::StatusOr<client::MetaMasterClient*> meta() override;

  // What was written since the last call.
  std::string TakeOut() { return Take(out_); }
  std::string TakeErr() { return Take(err_); }

  // Properties over the defaults, before anything else is done.
  void Configure(const std::vector<std::pair<std::string, std::string>>& values);
  // Every later call fails with this.
  void Break(absl::Status status) { broken_ = std::move(status); }
  // What files are made of when they are read back: a fault of the cluster.
  void CorruptReads() { corrupt_reads_ = true; }
  bool corrupt_reads() const { return corrupt_reads_; }

 private:
  static std::string Take(std::ostringstream& stream) {
    std::string text = stream.str();
    stream.str("");
    return text;
  }

  std::ostringstream out_;
  std::ostringstream err_;
  FakeClock clock_;
  conf::Configuration conf_;
  absl::Status broken_;
  bool corrupt_reads_ = false;
  std::unique_ptr<client::FileSystem> fs_;
  std::unique_ptr<client::BlockMasterClient> blocks_;
  std::unique_ptr<client::MetaMasterClient> meta_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_SHELL_FAKE_ENVIRONMENT_H_
