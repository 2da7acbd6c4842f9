// The shell behind bin/alluxio: `client fs ls /`.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/load.h"
#include "alluxio/shell/tools.h"

namespace {

using namespace alluxio;  // NOLINT: this is main

// Connects when a command first asks for something.
class Connections final : public shell::Environment {
 public:
  explicit Connections(conf::Configuration conf) : Environment(&std::cout, &std::cerr), conf_(std::move(conf)) {}

  bool interactive() const override { return isatty(STDERR_FILENO) == 1; }
  const conf::Configuration& conf() override { return conf_; }

  absl::StatusOr<client::FileSystem*> fs() override {
    if (fs_ == nullptr) {
      ALLUXIO_RETURN_IF_ERROR(Connect());
      fs_ = client::FileSystem::Create(context_);
    }
    return fs_.get();
  }
  absl::StatusOr<client::BlockMasterClient*> blocks() override {
    if (blocks_ == nullptr) {
      ALLUXIO_RETURN_IF_ERROR(Connect());
      blocks_ = client::BlockMasterClient::Create(context_);
    }
    return blocks_.get();
  }
  absl::StatusOr<client::MetaMasterClient*> meta() override {
    if (meta_ == nullptr) {
      ALLUXIO_RETURN_IF_ERROR(Connect());
      meta_ = client::MetaMasterClient::Create(context_);
    }
    return meta_.get();
  }

 private:
  absl::Status Connect() {
    if (context_ != nullptr) return absl::OkStatus();
    ALLUXIO_ASSIGN_OR_RETURN(context_, client::ClientContext::Create(conf_));
    return absl::OkStatus();
  }

  const conf::Configuration conf_;
  std::shared_ptr<client::ClientContext> context_;
  std::unique_ptr<client::FileSystem> fs_;
  std::unique_ptr<client::BlockMasterClient> blocks_;
  std::unique_ptr<client::MetaMasterClient> meta_;
};

}  // namespace

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::ios::sync_with_stdio(false);
  const absl::StatusOr<conf::Loaded> loaded = conf::Load(conf::Process::kUser, argc, argv);
  if (!loaded.ok()) {
    std::cerr << loaded.status().message() << std::endl;
    return 1;
  }
  for (const std::string& warning : loaded->warnings) std::cerr << "warning: " << warning << "\n";
  // Left alone at the end: nothing in it needs more than the process's end, and
  // taking down connections costs more than most commands.
  auto* const connections = new Connections(loaded->configuration);
  const int code = shell::RunShell(loaded->arguments, *connections);
  std::cout.flush();
  std::cerr.flush();
  if (!std::cout) std::_Exit(74);
  std::_Exit(code & 0xFF);
}
