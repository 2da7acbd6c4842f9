#ifndef ALLUXIO_TESTING_FAKES_MEMORY_UFS_H_
#define ALLUXIO_TESTING_FAKES_MEMORY_UFS_H_

#include <map>
#include <memory>
#include <string>

#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::test {

// An under store in memory, which passes the conformance suite. Every change of
// a file has a modification time of its own (at least one millisecond after
// the last one), so that content hashes tell versions apart under a FakeClock
// as well. Thread-safe.
class MemoryUfs final : public ufs::UnderFileSystem {
 public:
  explicit MemoryUfs(std::string uri = "mem://test", const Clock* clock = Clock::System());
  ~MemoryUfs() override;

  // While false, every call answers UNAVAILABLE, as for a root that is gone.
  void SetReachable(bool reachable);
  // What somebody else does to the store behind our back; parents are made.
  void PutFile(absl::string_view path, absl::string_view content);
  // The content of a file; NOT_FOUND or FAILED_PRECONDITION as `Open` says.
  absl::StatusOr<std::string> Content(absl::string_view path);
  // How many writers exist; one counts until it is destroyed.
  int writers_open() const;

  absl::string_view type() const override { return "memory"; }
  const std::string& uri() const override { return uri_; }
  absl::Status CheckRoot() override;
  absl::StatusOr<ufs::UfsStatus> Status(absl::string_view path) override;
  absl::Status List(absl::string_view path, absl::FunctionRef<bool(const ufs::UfsStatus&)> visit) override;
  absl::StatusOr<std::unique_ptr<ufs::UfsWriter>> Create(absl::string_view path, const CreateOptions& options) override;
  absl::StatusOr<std::unique_ptr<ufs::UfsReader>> Open(absl::string_view path) override;
  absl::Status Mkdir(absl::string_view path, const MkdirOptions& options) override;
  absl::Status DeleteFile(absl::string_view path) override;
  absl::Status DeleteDirectory(absl::string_view path, bool recursive) override;
  absl::Status Rename(absl::string_view from, absl::string_view to) override;
  absl::Status SetOwner(absl::string_view path, absl::string_view owner, absl::string_view group) override;
  absl::Status SetMode(absl::string_view path, int32_t mode) override;
  absl::StatusOr<Space> GetSpace() override;

  struct Node;   // of memory_ufs.cc
  struct State;  // what writers share with the store

 private:
  const std::string uri_;
  const std::shared_ptr<State> state_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_MEMORY_UFS_H_
