// Calls about the master itself (configuration, backups, proxies, metrics, the
// journal's quorum) and of load jobs, with any messages that can be decoded. Each
// is answered; the journal alone gives the same state, and so does a dump of it.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/java/load_job_request.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/backup/backup_master.h"
#include "alluxio/master/load/load_scheduler.h"
#include "alluxio/master/meta/config_checker.h"
#include "alluxio/master/meta/journal_master.h"
#include "alluxio/master/meta/meta_master.h"
#include "alluxio/master/meta/metrics_master.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "testing/fakes/fake_block_directory.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/fuzz/frames.h"

namespace {

using alluxio::master::BackupMaster;
using alluxio::master::Caller;
using alluxio::master::JournalMaster;
using alluxio::master::LoadJob;
using alluxio::master::LoadScheduler;
using alluxio::master::MetaMaster;
using alluxio::master::MetricsMaster;
using alluxio::master::Reply;
using alluxio::test::Frame;

constexpr const char* kUsers[] = {"root", "alice", "", "\xff"};

// Keeps orders until the input answers them.
class HeldClient final : public alluxio::master::LoadClient {
 public:
  void Load(const alluxio::grpc::WorkerNetAddress&, const alluxio::grpc::block::LoadRequest&, LoadDone done) override {
    held.push_back(std::move(done));
  }
  void Answer(absl::StatusOr<alluxio::grpc::block::LoadResponse> answer) {
    if (held.empty()) return;
    LoadDone done = std::move(held.front());
    held.pop_front();
    done(std::move(answer));
  }
  std::deque<LoadDone> held;
};

// Three files of two blocks each below whatever is asked for.
absl::StatusOr<LoadJob::Page> ListSome(const std::string& user, const std::string& path, const std::string& after,
                                       int) {
  if (user == "alice") return absl::PermissionDeniedError("not hers");
  LoadJob::Page page;
  const int from = after.empty() ? 0 : after.back() - '0';
  if (from < 0 || from > 2) return page;
  alluxio::grpc::file::FileInfo& file = page.files.emplace_back();
  page.last_path = absl::StrCat(path, "/", from + 1);
  file.set_path(page.last_path);
  file.set_ufspath(absl::StrCat("mem://one", page.last_path));
  file.set_length(2000);
  file.set_blocksizebytes(1024);
  file.set_completed(true);
  for (int64_t i = 0; i < 2; ++i) {
    const int64_t id = (from + 1) * int64_t{1} << 24 | i;
    file.add_blockids(id);
    auto* const block = file.add_fileblockinfos();
    block->mutable_blockinfo()->set_blockid(id);
    block->mutable_blockinfo()->set_length(1000);
    block->set_offset(i * 1024);
  }
  page.more = from < 2;
  return page;
}

const alluxio::conf::Configuration& Conf() {
  static const auto* const conf = [] {
    auto made = alluxio::conf::Configuration().With({{"alluxio.conf.dynamic.update.enabled", "true"}});
    ALLUXIO_CHECK(made.ok());
    return new alluxio::conf::Configuration(*std::move(made));
  }();
  return *conf;
}

struct Master {
  explicit Master(alluxio::journal::Journal* journal)
      : state(journal, &store),
        checker(Conf()),
        meta({.conf = Conf(),
              .state = &state,
              .clock = &clock,
              .random = random.get(),
              .executor = &executor,
              .hostname = "localhost",
              .config_report = [this] { return checker.Report("localhost:19998", {"w:1", "w:2"}); }}),
        loads({.state = &state,
               .blocks = &blocks,
               .client = &client,
               .list = ListSome,
               .executor = &executor,
               .clock = &clock,
               .random = random.get(),
               .metrics = &registry,
               .batch_blocks = 2}),
        metrics({.registry = &registry, .clock = &clock, .totals = {}, .leader_id = "localhost_19200"}),
        quorum(Conf(), "localhost"),
        backups({.state = &state,
                 .clock = &clock,
                 .random = random.get(),
                 .executor = &executor,
                 .hostname = "localhost",
                 .is_superuser = [](const std::string& user) { return user == "root"; },
                 .folder = "/backups",
                 .ufs_registry = &ufs_registry,
                 .root = [] { return BackupMaster::Options::Root{.uri = "mem://one/", .properties = {}}; }}) {
    const auto open = [this](absl::string_view, const std::map<std::string, std::string>&)
        -> absl::StatusOr<std::shared_ptr<alluxio::ufs::UnderFileSystem>> { return ufs; };
    ufs_registry.Register("mem", open);
    ufs_registry.Register("/", open);  // and nothing reaches the machine's disk
    ufs_registry.Register("file", open);
    blocks.AddWorker(1, "w1");
    blocks.AddWorker(2, "w2");
    state.AddPart(&meta);
    state.AddPart(&loads);
    ALLUXIO_CHECK(state.Replay().ok());
  }
  ~Master() {
    while (!client.held.empty()) client.Answer(absl::CancelledError("over"));
    loads.Stop();
  }

  std::map<std::string, std::string> Content() const {
    std::map<std::string, std::string> content;
    for (int family = 0; family < alluxio::master::kNumFamilies; ++family) {
      const absl::Status scanned =
          store.Scan(static_cast<alluxio::master::Family>(family), "", "",
                     [&](absl::string_view key, absl::string_view value) {
                       std::string& text = content[absl::StrCat(family, ":", key)];
                       if (family != static_cast<int>(alluxio::master::Family::kPathConf)) {
                         text = std::string(value);
                         return true;
                       }
                       // A map is written in any order.
                       alluxio::proto::journal::PathPropertiesEntry entry;
                       ALLUXIO_CHECK(entry.ParseFromArray(value.data(), static_cast<int>(value.size())));
                       const std::map<std::string, std::string> sorted(entry.properties().begin(),
                                                                       entry.properties().end());
                       for (const auto& [name, set] : sorted) absl::StrAppend(&text, name, "=", set, "\n");
                       return true;
                     });
      ALLUXIO_CHECK(scanned.ok());
    }
    return content;
  }

  alluxio::test::FakeClock clock;
  std::unique_ptr<alluxio::Random> random = alluxio::Random::Seeded(5);
  alluxio::InlineExecutor executor;
  alluxio::master::HeapKvStore store;
  alluxio::master::StateMachine state;
  alluxio::metrics::MetricsRegistry registry;
  alluxio::test::FakeBlockDirectory blocks;
  HeldClient client;
  std::shared_ptr<alluxio::test::MemoryUfs> ufs = std::make_shared<alluxio::test::MemoryUfs>("mem://one", &clock);
  alluxio::ufs::UfsRegistry ufs_registry;
  alluxio::master::ConfigChecker checker;
  MetaMaster meta;
  LoadScheduler loads;
  MetricsMaster metrics;
  JournalMaster quorum;
  BackupMaster backups;
};

template <typename Message>
bool Parse(const Frame& frame, Message* message) {
  return message->ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()));
}

template <typename Part, typename Request, typename Response>
void Make(Part& part, const Frame& frame, const Request& request,
          void (Part::*method)(const Caller&, const Request&, Reply<Response>)) {
  alluxio::Notification answered;
  (part.*method)({kUsers[frame.user % 4], "fuzz"}, request, [&](absl::StatusOr<Response> response) {
    // What is answered can be sent.
    if (response.ok()) ALLUXIO_CHECK(response->IsInitialized() && response->SerializeAsString().size() < 64 << 20);
    answered.Notify();
  });
  answered.Wait();
}

template <typename Part, typename Request, typename Response>
void Call(Part& part, const Frame& frame, void (Part::*method)(const Caller&, const Request&, Reply<Response>)) {
  Request request;
  if (Parse(frame, &request)) Make(part, frame, request, method);
}

// A whole request of Java's is longer than a frame: of its parts.
void SubmitLoad(Master& master, const Frame& frame) {
  alluxio::grpc::file::SubmitJobPRequest request;
  const size_t end = frame.message.find('\0');
  alluxio::java::LoadJobRequest job;
  job.path = std::string(frame.message.substr(0, end));
  if (end != absl::string_view::npos) {
    const absl::string_view options = frame.message.substr(end + 1);
    if (!job.options.ParseFromArray(options.data(), static_cast<int>(options.size()))) return;
  }
  const auto body = alluxio::java::SerializeLoadJobRequest(job);
  if (!body.ok()) return;
  request.set_request_body(*body);
  Make(master.loads, frame, request, &LoadScheduler::SubmitJob);
}

void RegisterConfig(Master& master, const Frame& frame) {
  alluxio::grpc::meta::ConfigProperties properties;
  if (Parse(frame, &properties)) master.checker.SetWorker(frame.user % 2 == 0 ? "w:1" : "w:2", properties.properties());
}

void WorkerMetrics(Master& master, const Frame& frame) {
  alluxio::grpc::metric::ClientMetrics reported;
  if (Parse(frame, &reported)) master.metrics.AddWorkerMetrics(reported.metrics());
}

void AnswerLoad(Master& master, const Frame& frame) {
  alluxio::grpc::block::LoadResponse response;
  if (frame.user % 4 == 3) return master.client.Answer(absl::UnavailableError("gone"));
  if (Parse(frame, &response)) master.client.Answer(std::move(response));
}

void Dispatch(Master& master, const Frame& frame) {
  switch (frame.method % 27) {
    case 0: return Call(master.meta, frame, &MetaMaster::GetConfiguration);
    case 1: return Call(master.meta, frame, &MetaMaster::GetConfigHash);
    case 2: return Call(master.meta, frame, &MetaMaster::SetPathConfiguration);
    case 3: return Call(master.meta, frame, &MetaMaster::RemovePathConfiguration);
    case 4: return Call(master.meta, frame, &MetaMaster::UpdateConfiguration);
    case 5: return Call(master.meta, frame, &MetaMaster::GetMasterInfo);
    case 6: return Call(master.meta, frame, &MetaMaster::GetConfigReport);
    case 7: return Call(master.meta, frame, &MetaMaster::Checkpoint);
    case 8: return Call(master.meta, frame, &MetaMaster::ListProxyStatus);
    case 9: return Call(master.meta, frame, &MetaMaster::ProxyHeartbeat);
    case 10: return Call(master.backups, frame, &BackupMaster::Backup);
    case 11: return Call(master.backups, frame, &BackupMaster::GetBackupStatus);
    case 12: return Call(master.metrics, frame, &MetricsMaster::MetricsHeartbeat);
    case 13: return Call(master.metrics, frame, &MetricsMaster::GetMetrics);
    case 14: return Call(master.metrics, frame, &MetricsMaster::ClearMetrics);
    case 15: return WorkerMetrics(master, frame);
    case 16: return Call(master.quorum, frame, &JournalMaster::GetQuorumInfo);
    case 17: return Call(master.quorum, frame, &JournalMaster::RemoveQuorumServer);
    case 18: return Call(master.quorum, frame, &JournalMaster::TransferLeadership);
    case 19:
      Call(master.quorum, frame, &JournalMaster::ResetPriorities);
      Call(master.quorum, frame, &JournalMaster::GetTransferLeaderMessage);
      return Call(master.quorum, frame, &JournalMaster::GetNodeState);
    case 20: return RegisterConfig(master, frame);
    case 21: return Call(master.loads, frame, &LoadScheduler::SubmitJob);
    case 22: return SubmitLoad(master, frame);
    case 23: return Call(master.loads, frame, &LoadScheduler::StopJob);
    case 24: return Call(master.loads, frame, &LoadScheduler::GetJobProgress);
    case 25: return AnswerLoad(master, frame);
    case 26:
      master.clock.Advance(absl::Seconds(frame.user * 60));
      return master.loads.Run();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alluxio::SetLogLevel(alluxio::LogLevel::kError);
  alluxio::journal::MemoryJournal journal({.auto_durable = true});
  std::map<std::string, std::string> content;
  std::vector<alluxio::proto::journal::JournalEntry> dumped;
  {
    Master master(&journal);
    master.meta.Start();
    alluxio::test::Frames frames(absl::string_view(reinterpret_cast<const char*>(data), size));
    for (Frame frame; frames.Next(&frame);) Dispatch(master, frame);
    content = master.Content();
    const absl::Status status = master.state.Dump([&](const alluxio::proto::journal::JournalEntry& entry) {
      dumped.push_back(entry);
      return absl::OkStatus();
    });
    ALLUXIO_CHECK(status.ok());
  }
  const auto after = journal.AfterCrash();
  ALLUXIO_CHECK(Master(after.get()).Content() == content);

  alluxio::journal::MemoryJournal empty({.auto_durable = true});
  Master copy(&empty);
  for (const auto& entry : dumped) copy.state.Commit({entry}, [](absl::Status) {});
  ALLUXIO_CHECK(copy.Content() == content);
  return 0;
}
