// Goal: what a master has acknowledged survives kill -9.
// Method: the real binary; clients create and complete files as fast as they
// can; it is killed in the middle; a new one on the same folders must know every
// file whose creation was acknowledged, complete if its completion was. Several
// rounds, so that a restart also recovers what a restart has recovered.
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/security/groups.h"
#include "alluxio/stub/file_system_methods.h"
#include "alluxio/stub/master_stub.h"
#include "testing/integration/child_process.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::test {
namespace {

using namespace grpc::file;  // NOLINT

class MasterCrashTest : public ::testing::Test {
 protected:
  MasterCrashTest() : folder_(std::string(getenv("TEST_TMPDIR")) + "/cluster") {
    std::filesystem::create_directories(folder_ + "/ufs");
  }

  std::vector<std::string> Arguments(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"alluxio/master/alluxio-master",
                                          "-Dalluxio.master.hostname=127.0.0.1",
                                          "-Dalluxio.master.bind.host=127.0.0.1",
                                          "-Dalluxio.master.rpc.port=0",
                                          "-Dalluxio.master.web.port=0",
                                          absl::StrCat("-Dalluxio.work.dir=", folder_),
                                          absl::StrCat("-Dalluxio.logs.dir=", folder_, "/logs"),
                                          absl::StrCat("-Dalluxio.master.journal.folder=", folder_, "/journal"),
                                          absl::StrCat("-Dalluxio.master.metastore.dir=", folder_, "/metastore"),
                                          absl::StrCat("-Dalluxio.master.mount.table.root.ufs=", folder_, "/ufs")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  absl::StatusOr<std::unique_ptr<ChildProcess>> StartProcess(const std::vector<std::string>& more = {}) const {
    return ChildProcess::Start(Arguments(more), {{"ALLUXIO_MASTER_LOGGER", "Console"}});
  }
  // Starts a master and waits until it serves; `address_` is where.
  void StartMaster() {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(master_, StartProcess());
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string line, master_->WaitForLine("serving at "));
    const std::vector<std::string> words = absl::StrSplit(line.substr(line.find("serving at ") + 11), ' ');
    address_ = words[0];
  }
  // One attempt for each call.
  std::unique_ptr<stub::MasterStub> Client() const {
    stub::MasterStubOptions options;
    options.addresses = {address_};
    options.channel.user = security::CurrentUserName();  // who starts the master owns the root
    options.retry.max_duration = absl::ZeroDuration();
    return std::make_unique<stub::MasterStub>(options);
  }
  static absl::Status Create(stub::MasterStub& client, const std::string& path) {
    CreateFilePRequest request;
    request.set_path(path);
    auto* options = request.mutable_options();
    options->set_blocksizebytes(1 << 20);
    options->set_recursive(true);
    auto* mode = options->mutable_mode();
    mode->set_ownerbits(grpc::READ_WRITE);
    mode->set_groupbits(grpc::READ);
    mode->set_otherbits(grpc::READ);
    options->mutable_commonoptions()->set_ttl(-1);
    return client.Call(stub::kCreateFile, request).status();
  }
  static absl::Status Complete(stub::MasterStub& client, const std::string& path) {
    CompleteFilePRequest request;
    request.set_path(path);
    return client.Call(stub::kCompleteFile, request).status();
  }

  struct Acknowledged {
    std::string path;
    bool completed = false;
  };

  const std::string folder_;
  std::unique_ptr<ChildProcess> master_;
  std::string address_;
};

TEST_F(MasterCrashTest, KnowsEveryAcknowledgedFileAfterKill9) {
  constexpr int kThreads = 4;
  constexpr int kEnough = 300;
  std::vector<Acknowledged> known;
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    ASSERT_NO_FATAL_FAILURE(StartMaster());
    std::vector<std::vector<Acknowledged>> by_thread(kThreads);
    std::atomic<int> acknowledged{0};
    std::atomic<int> running{kThreads};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        const absl::Cleanup ended = [&] { --running; };
        const auto client = Client();
        for (int i = 0;; ++i) {
          // A directory of its own every now and then: several entries per operation.
          const std::string path = absl::StrCat("/r", round, "/t", t, "/d", i / 10, "/f", i);
          if (!Create(*client, path).ok()) return;
          by_thread[t].push_back({path});
          ++acknowledged;
          if (i % 2 == 0) continue;
          if (!Complete(*client, path).ok()) return;
          by_thread[t].back().completed = true;
        }
      });
    }
    while (acknowledged < kEnough && running > 0) std::this_thread::yield();
    master_->Signal(SIGKILL);
    EXPECT_EQ(master_->Wait(), -SIGKILL);
    for (std::thread& thread : threads) thread.join();
    for (const auto& files : by_thread) known.insert(known.end(), files.begin(), files.end());

    ASSERT_NO_FATAL_FAILURE(StartMaster());
    const auto client = Client();
    for (const Acknowledged& file : known) {
      GetStatusPRequest request;
      request.set_path(file.path);
      const auto status = client->Call(stub::kGetStatus, request);
      ASSERT_THAT(status, IsOk()) << file.path;
      // More than was acknowledged may have happened; never less.
      if (file.completed) {
        EXPECT_TRUE(status->fileinfo().completed()) << file.path;
      }
    }
    master_->Signal(SIGTERM);
    EXPECT_EQ(master_->Wait(), 0);
  }
  EXPECT_GE(known.size(), 3u * kEnough);
}

TEST_F(MasterCrashTest, RefusesASecondMasterAndBadArgumentsInOneLine) {
  ASSERT_NO_FATAL_FAILURE(StartMaster());
  const auto fails = [&](const std::vector<std::string>& more, const std::string& text) {
    SCOPED_TRACE(text);
    const auto process = StartProcess(more);
    ALLUXIO_ASSERT_OK(process.status());
    EXPECT_THAT((*process)->WaitForLine(text), IsOk());
    EXPECT_EQ((*process)->Wait(), 1);
  };
  // The same folders.
  fails({}, "journal");
  // Folders of its own, the same port.
  const std::string port = address_.substr(address_.rfind(':') + 1);
  fails({absl::StrCat("-Dalluxio.master.journal.folder=", folder_, "/journal2"),
         absl::StrCat("-Dalluxio.master.metastore.dir=", folder_, "/metastore2"), "-Dalluxio.master.rpc.port=" + port},
        "port " + port + " on 127.0.0.1 is in use");
  fails({"-Dalluxio.master.embedded.journal.addresses=a:19200,b:19200"}, "names several masters");
  fails({"-Dalluxio.security.authentication.type=KERBEROS"}, "KERBEROS");
  fails({"nonsense"}, "unknown argument 'nonsense'");
}

TEST_F(MasterCrashTest, FormatDropsTheNamespace) {
  ASSERT_NO_FATAL_FAILURE(StartMaster());
  ALLUXIO_ASSERT_OK(Create(*Client(), "/f"));
  master_->Signal(SIGTERM);
  EXPECT_EQ(master_->Wait(), 0);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto format, StartProcess({"format"}));
  EXPECT_EQ(format->Wait(), 0);
  ASSERT_NO_FATAL_FAILURE(StartMaster());
  GetStatusPRequest request;
  request.set_path("/f");
  EXPECT_THAT(Client()->Call(stub::kGetStatus, request), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace alluxio::test
