#ifndef ALLUXIO_TESTING_FAKES_NAMESPACE_FIXTURE_H_
#define ALLUXIO_TESTING_FAKES_NAMESPACE_FIXTURE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "alluxio/base/executor.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "testing/fakes/fake_block_directory.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/faulty_ufs.h"
#include "testing/fakes/memory_ufs.h"

namespace alluxio::test {

// A namespace over under stores in memory, with nothing real around it. User
// "root" started it; "alice" is in "staff" and "users", "bob" in "users".
//
// With `threads` 0 everything happens in the caller's thread.
class NamespaceFixture {
 public:
  struct Options {
    std::vector<std::pair<std::string, std::string>> properties;
    int threads = 0;
    Executor* executor = nullptr;  // instead of one of its own
    bool auto_durable = true;
    std::function<std::optional<std::vector<std::string>>(const std::string&)> known_groups;
  };

  NamespaceFixture() : NamespaceFixture(Options()) {}
  explicit NamespaceFixture(Options options);
  ~NamespaceFixture();

  // Throws the namespace's memory away and makes it anew from the journal.
  void Restart();
  // All keys and values of the store, as text.
  std::map<std::string, std::string> StoreContent() const { return Content(*store_); }
  // The same of a store made from the journal alone.
  std::map<std::string, std::string> ReplayedContent();

  // The answer of a call, waited for.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Do(void (master::FileSystemMaster::*method)(const master::Caller&, const Request&,
                                                                      master::Reply<Response>),
                              const Request& request, const std::string& user = "root") {
    auto answered = std::make_shared<Notification>();
    auto answer = std::make_shared<absl::StatusOr<Response>>();
    ((*fs_).*method)({user, "test"}, request, [answered, answer](absl::StatusOr<Response> result) {
      *answer = std::move(result);
      answered->Notify();
    });
    answered->Wait();
    return *answer;
  }

  // Short forms of the calls that tests make most.
  struct Create {
    grpc::file::WritePType write_type = grpc::file::MUST_CACHE;
    bool recursive = true;
    bool overwrite = false;
    int mode = 0644;
    int64_t ttl_ms = -1;
    grpc::TtlAction ttl_action = grpc::DELETE;
    int64_t block_size = 1024;
    int64_t operation = 0;
    std::string user = "root";
  };
  absl::StatusOr<grpc::file::FileInfo> CreateFile(const std::string& path) { return CreateFile(path, Create()); }
  absl::StatusOr<grpc::file::FileInfo> CreateFile(const std::string& path, const Create& options);
  absl::Status Mkdir(const std::string& path) { return Mkdir(path, Create{.mode = 0755}); }
  absl::Status Mkdir(const std::string& path, const Create& options, bool allow_exists = false);
  absl::Status Complete(const std::string& path) { return Complete(path, std::nullopt); }
  absl::Status Complete(const std::string& path, std::optional<int64_t> ufs_length, bool persist = false);
  // A completed file with one committed block of that many bytes (none: empty).
  absl::StatusOr<grpc::file::FileInfo> Write(const std::string& path, int64_t bytes, const Create& options,
                                             bool persist = false);
  absl::StatusOr<grpc::file::FileInfo> Write(const std::string& path, int64_t bytes = 0) {
    return Write(path, bytes, Create());
  }
  absl::StatusOr<grpc::file::FileInfo> Stat(const std::string& path, const std::string& user = "root",
                                            std::optional<int64_t> sync_interval_ms = std::nullopt);
  struct List {
    bool recursive = false;
    grpc::file::LoadMetadataPType load = grpc::file::ONCE;
    std::optional<int64_t> sync_interval_ms;
    std::string user = "root";
  };
  // Paths in the order of the answer.
  absl::StatusOr<std::vector<std::string>> Ls(const std::string& path) { return Ls(path, List()); }
  absl::StatusOr<std::vector<std::string>> Ls(const std::string& path, const List& options);
  absl::Status Rm(const std::string& path, bool recursive = false, const std::string& user = "root",
                  bool alluxio_only = false, bool unchecked = false);
  absl::Status Mv(const std::string& from, const std::string& to, const std::string& user = "root");
  absl::Status Mount(const std::string& path, const std::string& uri);

  master::FileSystemMaster& fs() { return *fs_; }
  FakeClock& clock() { return clock_; }
  FakeBlockDirectory& blocks() { return *blocks_; }
  journal::MemoryJournal& journal() { return *journal_; }
  // The root's under store; "mem://two" and "mem://three" can be mounted.
  MemoryUfs& ufs() { return *root_ufs_; }
  MemoryUfs& second_ufs() { return *second_ufs_; }
  UfsFaults& faults() { return faulty_->faults(); }

 private:
  void Build();
  static std::map<std::string, std::string> Content(const master::KvStore& store);
  master::FileSystemMaster::Options MasterOptions();

  const Options options_;
  FakeClock clock_;
  std::unique_ptr<Random> random_ = Random::Seeded(7);
  std::shared_ptr<MemoryUfs> root_ufs_ = std::make_shared<MemoryUfs>("mem://one", &clock_);
  std::shared_ptr<MemoryUfs> second_ufs_ = std::make_shared<MemoryUfs>("mem://two", &clock_);
  std::shared_ptr<MemoryUfs> third_ufs_ = std::make_shared<MemoryUfs>("mem://three", &clock_);
  std::shared_ptr<FaultyUfs> faulty_ = std::make_shared<FaultyUfs>(root_ufs_);
  ufs::UfsRegistry registry_;
  std::unique_ptr<journal::MemoryJournal> journal_;
  std::unique_ptr<master::HeapKvStore> store_;
  std::unique_ptr<master::StateMachine> state_;
  std::unique_ptr<FakeBlockDirectory> blocks_;
  std::unique_ptr<master::FileSystemMaster> fs_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_NAMESPACE_FIXTURE_H_
