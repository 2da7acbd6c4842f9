#include "alluxio/master/process/master_process.h"

#include <grpcpp/impl/codegen/service_type.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/disk.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/heartbeat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/http/server.h"
#include "alluxio/master/backup/backup_master.h"
#include "alluxio/master/backup/restore.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/file/sync_tasks.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/master/load/list_files.h"
#include "alluxio/master/load/load_scheduler.h"
#include "alluxio/master/meta/config_checker.h"
#include "alluxio/master/meta/journal_master.h"
#include "alluxio/master/meta/journal_monitor.h"
#include "alluxio/master/meta/meta_master.h"
#include "alluxio/master/meta/metrics_master.h"
#include "alluxio/master/meta/time_series.h"
#include "alluxio/master/process/call_metrics.h"
#include "alluxio/master/process/known_workers.h"
#include "alluxio/master/process/master_metrics.h"
#include "alluxio/master/process/storage.h"
#include "alluxio/master/service/services.h"
#include "alluxio/master/service/worker_client.h"
#include "alluxio/master/upkeep/persistence_scheduler.h"
#include "alluxio/master/upkeep/ttl_checker.h"
#include "alluxio/master/web/live_view.h"
#include "alluxio/master/web/master_web.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/rpc/authentication.h"
#include "alluxio/rpc/call_env.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/session_registry.h"
#include "alluxio/security/groups.h"
#include "alluxio/security/groups_conf.h"
#include "alluxio/ufs/local/local_ufs.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::master {
namespace {

// Threads for calls that wait: for an under store, for one another, for a slow
// reader of a listing.
constexpr int kBlockingThreads = 64;

std::shared_ptr<ufs::UfsRegistry> LocalUfsRegistry() {
  auto registry = std::make_shared<ufs::UfsRegistry>();
  ufs::RegisterLocalUfs(*registry);
  return registry;
}

}  // namespace

// In the order of their making; destroyed in the reverse.
struct MasterProcess::Parts {
  explicit Parts(MasterOptions o) : options(std::move(o)), heartbeats(options.stepped_heartbeats) {}

  absl::Status Open();
  absl::Status OpenState(const StorageOptions& storage_options);
  absl::Status ReplayOrRestore(const StorageOptions& storage_options);
  void AddMetrics(const StorageOptions& storage_options);
  grpc::meta::ConfigCheckReport ConfigReport() const;
  std::vector<grpc::NetAddress> WorkerAddresses() const;
  absl::Status Serve();
  absl::Status ServeWeb();
  void AddHeartbeats();
  void ApplyUpdate();
  void RememberWorkers();
  void Stop(absl::Duration grace);

  const conf::Configuration& conf() const { return options.conf; }
  // As clients reach this master.
  std::string Host() const {
    const std::string host = conf().GetString("alluxio.master.hostname");
    return host.empty() ? "localhost" : host;
  }

  MasterOptions options;
  metrics::MetricsRegistry metrics;
  rpc::AuthenticationType authentication = rpc::AuthenticationType::kSimple;
  std::shared_ptr<ufs::UfsRegistry> own_registry;
  std::unique_ptr<security::GroupResolver> groups;
  Storage storage;
  Mutex known_workers_mutex;  // held over I/O, by heartbeats alone
  std::unique_ptr<KnownWorkers> known_workers ABSL_PT_GUARDED_BY(known_workers_mutex);
  bool said_unknown_workers ABSL_GUARDED_BY(known_workers_mutex) = false;
  std::unique_ptr<StateMachine> state;
  // For `master_metrics`; "restored": the backup that this start began with.
  std::shared_ptr<const KvReader> before_replay;
  bool before_replay_empty = false;
  int64_t restored_entries = -1, restore_took_ms = -1;
  CallMetrics call_metrics{&metrics};
  std::unique_ptr<MetricsMaster> metrics_master;
  std::unique_ptr<BlockMaster> blocks;
  std::unique_ptr<FileSystemMaster> files;
  std::unique_ptr<SyncTasks> syncs;
  std::unique_ptr<MetaMaster> meta;
  std::unique_ptr<JournalMaster> journal_master;
  std::unique_ptr<ConfigChecker> config_checker;
  std::unique_ptr<BackupMaster> backups;
  std::unique_ptr<JournalMonitor> journal_monitor;
  std::unique_ptr<TimeSeries> time_series;
  std::unique_ptr<MasterMetrics> master_metrics;
  std::unique_ptr<ThreadPool> executor;  // runs dry before what its tasks use goes
  std::unique_ptr<WorkerClient> worker_client;
  std::unique_ptr<LoadScheduler> loads;
  std::unique_ptr<PersistenceScheduler> persistence;
  std::unique_ptr<TtlChecker> ttl;
  HeartbeatSet heartbeats;
  Mutex update_mutex;  // one at a time, so that the last update is what stays

  rpc::SessionRegistry sessions{options.clock,
                               conf().GetDuration("alluxio.security.stale.channel.purge.interval")};
  rpc::CallEnv env;
  std::vector<ServicePtr> services;
  std::unique_ptr<rpc::RpcServer> server;

  std::unique_ptr<MasterView> view;
  std::unique_ptr<MasterWeb> web;
  std::unique_ptr<http::Server> web_server;

  std::atomic<int> bound_port{0}, bound_web_port{0};  // order nothing
  bool serving = false;  // set once, before anybody else sees this
  Mutex stop_mutex;
  bool stopped ABSL_GUARDED_BY(stop_mutex) = false;
};

absl::Status MasterProcess::Parts::Open() {
  ALLUXIO_ASSIGN_OR_RETURN(authentication, rpc::AuthenticationTypeOf(conf()));
  ALLUXIO_ASSIGN_OR_RETURN(StorageOptions storage_options, StorageOptionsOf(conf()));
  storage_options.on_journal_flush = [timer = &metrics.GetTimer(metrics::kMasterJournalFlushTimer)](
                                         absl::Duration took) { timer->Record(took); };
  ALLUXIO_ASSIGN_OR_RETURN(groups, security::GroupResolverOf(conf(), options.clock));
  if (!options.ufs_registry) {
    own_registry = LocalUfsRegistry();
    options.ufs_registry = own_registry.get();
  }
  ALLUXIO_RETURN_IF_ERROR(OpenState(storage_options));
  known_workers = std::make_unique<KnownWorkers>(Disk::Posix(), storage_options.known_workers_file);
  {
    MutexLock lock(&known_workers_mutex);
    const int known = known_workers->Read();
    if (options.expected_workers <= 0) options.expected_workers = known;
  }

  BlockMaster::Options block_options = BlockMaster::OptionsFrom(conf());
  block_options.state = state.get();
  block_options.clock = options.clock;
  block_options.random = options.random;
  block_options.expected_workers = options.expected_workers;
  block_options.on_metrics = [this](const std::string&, const auto& metrics) {
    metrics_master->AddWorkerMetrics(metrics);
  };
  config_checker = std::make_unique<ConfigChecker>(conf());
  block_options.on_worker_configuration = [this](const grpc::WorkerNetAddress& address, const auto& configuration) {
    config_checker->SetWorker(absl::StrCat(address.host(), ":", address.rpcport()), configuration);
  };
  block_options.with_file_of = [this](int64_t block_id, absl::FunctionRef<void(bool)> body) {
    files->WithFileOf(block_id, body);
  };
  blocks = std::make_unique<BlockMaster>(std::move(block_options));
  metrics_master = std::make_unique<MetricsMaster>(MetricsMaster::Options{
      .registry = &metrics,
      .clock = options.clock,
      .totals = [this] { return blocks->GetTotals(); },
      .leader_id = absl::StrCat(Host(), "_", conf().GetInt("alluxio.master.rpc.port")),
  });

  executor = std::make_unique<ThreadPool>(
      ThreadPool::Options{.name = "master-wait", .threads = kBlockingThreads, .queue_limit = 10'000});
  FileSystemMaster::Options file_options;
  file_options.conf = conf();
  file_options.state = state.get();
  file_options.blocks = blocks.get();
  file_options.ufs_registry = options.ufs_registry;
  file_options.executor = executor.get();
  file_options.clock = options.clock;
  file_options.random = options.random;
  file_options.groups = [resolver = groups.get()](const std::string& user) {
    return resolver->Groups(user).value_or(std::vector<std::string>());
  };
  file_options.known_groups = [resolver = groups.get()](const std::string& user) { return resolver->KnownGroups(user); };
  file_options.superuser = rpc::LoginUser(conf());
  files = std::make_unique<FileSystemMaster>(std::move(file_options));
  syncs = std::make_unique<SyncTasks>(files->core());

  MetaMaster::Options meta_options;
  meta_options.conf = conf();
  meta_options.state = state.get();
  meta_options.clock = options.clock;
  meta_options.random = options.random;
  meta_options.executor = executor.get();
  meta_options.hostname = Host();
  meta_options.rpc_port = [this] { return bound_port.load(std::memory_order_relaxed); };
  meta_options.web_port = [this] { return bound_web_port.load(std::memory_order_relaxed); };
  meta_options.in_safe_mode = [this] { return blocks->InSafeMode(); };
  meta_options.worker_addresses = [this] { return WorkerAddresses(); };
  meta_options.config_report = [this] { return ConfigReport(); };
  meta_options.on_update = [this] { ApplyUpdate(); };
  meta = std::make_unique<MetaMaster>(std::move(meta_options));
  journal_master = std::make_unique<JournalMaster>(conf(), Host());

  BackupMaster::Options backup_options;
  backup_options.state = state.get();
  backup_options.clock = options.clock;
  backup_options.random = options.random;
  backup_options.executor = executor.get();
  backup_options.hostname = Host();
  backup_options.is_superuser = [this](const std::string& user) {
    return files->core()->MakeCall(user, /*may_block=*/true).subject.is_superuser;  // seldom asked
  };
  backup_options.folder = conf().GetString("alluxio.master.backup.directory");
  backup_options.ufs_registry = options.ufs_registry;
  backup_options.root = [this] {
    const MountPtr root = files->core()->ns().mounts.At("/");
    return BackupMaster::Options::Root{UfsRootOf(root->uri), root->properties};
  };
  backups = std::make_unique<BackupMaster>(std::move(backup_options));

  WorkerClient::Options client_options;
  client_options.channel.authentication = authentication;
  client_options.channel.user = rpc::LoginUser(conf());
  // A stop waits for this long at most.
  client_options.channel.authentication_timeout = absl::Seconds(5);
  worker_client = std::make_unique<WorkerClient>(std::move(client_options));
  LoadScheduler::Options load_options = LoadScheduler::FromConfiguration(conf());
  load_options.state = state.get();
  load_options.blocks = blocks.get();
  load_options.client = worker_client.get();
  load_options.list = ListFilesOf(files->core());
  load_options.executor = executor.get();
  load_options.clock = options.clock;
  load_options.random = options.random;
  load_options.metrics = &metrics;
  loads = std::make_unique<LoadScheduler>(std::move(load_options));

  state->AddPart(files.get());
  state->AddPart(blocks.get());
  state->AddPart(meta.get());
  state->AddPart(loads.get());
  ALLUXIO_RETURN_IF_ERROR(ReplayOrRestore(storage_options));
  blocks->Start();
  meta->Start();
  files->core()->UseMetrics(&metrics);
  ALLUXIO_RETURN_IF_ERROR(files->Start());

  ttl = std::make_unique<TtlChecker>(files->core());
  PersistenceScheduler::Options scheduler_options = PersistenceScheduler::FromConfiguration(conf());
  scheduler_options.core = files->core();
  scheduler_options.client = worker_client.get();
  scheduler_options.executor = executor.get();
  scheduler_options.metrics = &metrics;
  persistence = std::make_unique<PersistenceScheduler>(scheduler_options);
  AddMetrics(storage_options);
  return absl::OkStatus();
}

void MasterProcess::Parts::AddMetrics(const StorageOptions& storage_options) {
  JournalMonitor::Options journal_options = JournalMonitor::FromConfiguration(conf());
  if (const std::string folder = storage_options.journal_folder; !folder.empty()) {
    journal_options.disk = [folder] { return JournalDisk::Of(folder); };
  }
  journal_options.last_sequence = [this] { return storage.journal->LastSequence(); };
  journal_options.checkpoint_sequence = [this] { return storage.store->PersistedSequence(); };
  journal_options.clock = options.clock;
  journal_options.metrics = &metrics;
  journal_monitor = std::make_unique<JournalMonitor>(std::move(journal_options));
  journal_monitor->CheckSpace();
  time_series = std::make_unique<TimeSeries>(&metrics, options.clock);
  master_metrics = std::make_unique<MasterMetrics>(MasterMetrics::Options{
      .registry = &metrics,
      .clock = options.clock,
      .core = files->core(),
      .backups = backups.get(),
      .executor = executor.get(),
      .executor_threads = kBlockingThreads,
      .start_time = meta->start_time(),
      .primary_since = options.clock->Now(),
      .before_replay = std::exchange(before_replay, nullptr),
      .before_replay_empty = before_replay_empty,
      .restored_entries = restored_entries,
      .restore_took_ms = restore_took_ms,
  });
}

absl::Status MasterProcess::Parts::OpenState(const StorageOptions& storage_options) {
  RestoreMark mark = RestoreMarkOf(storage_options);
  ALLUXIO_ASSIGN_OR_RETURN(const bool interrupted, mark.IsSet());
  if (interrupted) {
    if (!conf().IsSet("alluxio.master.journal.init.from.backup")) {
      return absl::FailedPreconditionError(absl::StrCat(
          "a backup was only restored in part into ", storage_options.journal_folder,
          ": start again with alluxio.master.journal.init.from.backup, or format the master to begin anew"));
    }
    ALLUXIO_LOG(kWarning, "master", "a backup was only restored in part; begins anew");
    ALLUXIO_RETURN_IF_ERROR(FormatStorage(storage_options));
  }
  ALLUXIO_ASSIGN_OR_RETURN(storage, OpenStorage(storage_options));
  state = std::make_unique<StateMachine>(storage.journal.get(), storage.store.get());
  return absl::OkStatus();
}

absl::Status MasterProcess::Parts::ReplayOrRestore(const StorageOptions& storage_options) {
  // A store that holds nothing yet needs no counting.
  before_replay_empty = storage.store->PersistedSequence() == 0;
  if (!before_replay_empty) before_replay = storage.store->PersistedSnapshot();
  {
    metrics::ScopedTimer gaining(metrics.GetTimer(metrics::kMasterJournalGainPrimacyTimer), *options.clock);
    ALLUXIO_RETURN_IF_ERROR(state->Replay());
  }
  const std::string backup = conf().GetString("alluxio.master.journal.init.from.backup");
  if (backup.empty()) return absl::OkStatus();
  if (state->journal()->LastSequence() > 0) {
    ALLUXIO_LOG(kInfo, "master", "the journal is not empty: the backup ", backup, " is not restored");
    return absl::OkStatus();
  }
  RestoreMark mark = RestoreMarkOf(storage_options);
  ALLUXIO_RETURN_IF_ERROR(mark.Set());
  std::map<std::string, std::string> properties;
  constexpr absl::string_view kOption = "alluxio.master.mount.table.root.option.";
  for (const auto& [key, value] : conf().WithPrefix(kOption)) properties[key.substr(kOption.size())] = value;
  const absl::Time begun = options.clock->Now();
  ALLUXIO_RETURN_IF_ERROR(RestoreBackup(backup, properties, *options.ufs_registry, state.get()));
  restore_took_ms = absl::ToInt64Milliseconds(options.clock->Now() - begun);
  restored_entries = static_cast<int64_t>(state->journal()->LastSequence());  // a record for each
  return mark.Remove();
}

grpc::meta::ConfigCheckReport MasterProcess::Parts::ConfigReport() const {
  std::set<std::string> workers;
  for (const grpc::NetAddress& worker : WorkerAddresses()) {
    workers.insert(absl::StrCat(worker.host(), ":", worker.rpcport()));
  }
  return config_checker->Report(absl::StrCat(Host(), ":", bound_port.load(std::memory_order_relaxed)), workers);
}

std::vector<grpc::NetAddress> MasterProcess::Parts::WorkerAddresses() const {
  std::vector<grpc::NetAddress> addresses;
  for (const BlockDirectory::LiveWorker& worker : blocks->LiveWorkers()) {
    grpc::NetAddress& address = addresses.emplace_back();
    address.set_host(worker.address.host());
    address.set_rpcport(worker.address.rpcport());
  }
  return addresses;
}

void MasterProcess::Parts::AddHeartbeats() {
  MutexLock lock(&update_mutex);
  // Calls are served already, and may have changed something.
  const conf::Configuration now = meta->configuration();
  heartbeats.Add("Master Lost Worker Detection", now.GetDuration("alluxio.master.lost.worker.detection.interval"),
                 [this] {
                   blocks->DetectLostWorkers();
                   RememberWorkers();
                 });
  heartbeats.Add("Master TTL Check", now.GetDuration("alluxio.master.ttl.checker.interval"), [this] { ttl->Run(); });
  heartbeats.Add("Master Persistence Scheduler", now.GetDuration("alluxio.master.persistence.scheduler.interval"),
                 [this] { persistence->Run(); });
  heartbeats.Add("Master Load Scheduler", absl::Milliseconds(100), [this] { loads->Run(); });
  // Bounds what a restart replays, and the memory of what isn't stored yet.
  heartbeats.Add("Master Checkpoint", absl::Seconds(1), [this] {
    if (absl::Status status = state->Checkpoint(false); !status.ok()) {
      ALLUXIO_LOG(kError, "master", "writing the metastore failed: ", status.message());
    }
    journal_monitor->NoteCheckpoint();
    master_metrics->NoteLoaded();
    RememberWorkers();
  });
  heartbeats.Add("Master Journal Space Monitor", conf().GetDuration("alluxio.master.journal.space.monitor.interval"),
                 [this] { journal_monitor->CheckSpace(); });
  time_series->Record();  // the first point, as the original's
  heartbeats.Add("Master Metrics Time Series", conf().GetDuration("alluxio.master.metrics.time.series.interval"),
                 [this] { time_series->Record(); });
}

// What conf::IsDynamic promises, but for what MetaMaster reads each time it is asked.
void MasterProcess::Parts::ApplyUpdate() {
  MutexLock lock(&update_mutex);
  const conf::Configuration now = meta->configuration();
  const auto set_interval = [&](absl::string_view beat, absl::string_view key) {
    // Not there yet: AddHeartbeats() comes, and looks for itself.
    heartbeats.SetInterval(beat, now.GetDuration(key)).IgnoreError();
  };
  set_interval("Master Lost Worker Detection", "alluxio.master.lost.worker.detection.interval");
  set_interval("Master TTL Check", "alluxio.master.ttl.checker.interval");
  set_interval("Master Persistence Scheduler", "alluxio.master.persistence.scheduler.interval");
  blocks->Reconfigure(BlockMaster::OptionsFrom(now));
  persistence->Reconfigure(PersistenceScheduler::FromConfiguration(now));
  files->core()->Reconfigure(now);
}

void MasterProcess::Parts::RememberWorkers() {
  // Those that are not back yet are not gone.
  if (blocks->InSafeMode()) return;
  const int live = blocks->GetTotals().live_workers;
  MutexLock lock(&known_workers_mutex);
  const absl::Status status = known_workers->Write(live);
  if (status.ok() || std::exchange(said_unknown_workers, true)) return;
  ALLUXIO_LOG(kWarning, "master", "the number of workers is not remembered for the next start: ", status.message());
}

absl::Status MasterProcess::Parts::Serve() {
  env.observer = &call_metrics;
  if (authentication == rpc::AuthenticationType::kSimple) env.sessions = &sessions;
  services.push_back(NewFileSystemMasterClientService(env, files.get(), syncs.get(), loads.get()));
  services.push_back(NewFileSystemMasterWorkerService(env, files.get()));
  services.push_back(NewFileSystemMasterJobService(env, files.get()));
  services.push_back(NewBlockMasterClientService(env, blocks.get()));
  services.push_back(NewBlockMasterWorkerService(env, blocks.get(), executor.get()));
  services.push_back(NewNativeMasterService(env, files.get(), blocks.get()));
  services.push_back(NewMetaMasterConfigurationService(env, meta.get()));
  services.push_back(NewMetaMasterClientService(env, meta.get(), backups.get()));
  services.push_back(NewJournalMasterClientService(env, journal_master.get()));
  services.push_back(NewMetaMasterProxyService(env, meta.get()));
  services.push_back(NewMetricsMasterClientService(env, metrics_master.get()));

  rpc::ServerOptions server_options;
  server_options.host = conf().GetString("alluxio.master.bind.host");
  server_options.port = static_cast<int>(conf().GetInt("alluxio.master.rpc.port"));
  server_options.port_key = "alluxio.master.rpc.port";
  for (const ServicePtr& service : services) server_options.services.push_back(service.get());
  using namespace grpc::version;  // NOLINT
  server_options.service_types = {FILE_SYSTEM_MASTER_CLIENT_SERVICE, FILE_SYSTEM_MASTER_WORKER_SERVICE,
                                  FILE_SYSTEM_MASTER_JOB_SERVICE,    BLOCK_MASTER_CLIENT_SERVICE,
                                  BLOCK_MASTER_WORKER_SERVICE,       META_MASTER_CONFIG_SERVICE,
                                  META_MASTER_CLIENT_SERVICE,        META_MASTER_PROXY_SERVICE,
                                  METRICS_MASTER_CLIENT_SERVICE,     JOURNAL_MASTER_CLIENT_SERVICE};
  server_options.authentication = authentication;
  server_options.impersonation = rpc::ImpersonationRules(
      conf(), [resolver = groups.get()](const std::string& user) { return resolver->Groups(user); });
  server_options.sessions = &sessions;
  server_options.keepalive_time = conf().GetDuration("alluxio.master.network.keepalive.time");
  server_options.keepalive_timeout = conf().GetDuration("alluxio.master.network.keepalive.timeout");
  server_options.max_inbound_message_bytes = conf().GetBytes("alluxio.master.network.max.inbound.message.size");
  ALLUXIO_ASSIGN_OR_RETURN(server, rpc::RpcServer::Start(std::move(server_options)));
  bound_port = server->port();
  return absl::OkStatus();
}

absl::Status MasterProcess::Parts::ServeWeb() {
  view = NewLiveView({.files = files.get(),
                      .blocks = blocks.get(),
                      .meta = meta.get(),
                      .caller = {.user = rpc::LoginUser(conf()), .peer = "web"}});
  web = std::make_unique<MasterWeb>(MasterWebOptions{
      .conf = conf(),
      .current_conf = [this] { return meta->configuration(); },
      .metrics = &metrics,
      .view = view.get(),
      .rpc_address = absl::StrCat(Host(), ":", bound_port.load(std::memory_order_relaxed)),
      .clock = options.clock,
      .start_time = meta->start_time(),
      .journal = journal_monitor.get(),
      .time_series = time_series.get(),
      .on_file_blocks =
          [asked = &metrics.GetCounter(metrics::kMasterGetFileBlockInfoOps),
           got = &metrics.GetCounter(metrics::kMasterFileBlockInfosGot)]() {
            asked->Inc();
            got->Inc();
          },
      .read_file = options.read_file,
  });
  http::ServerOptions server_options;
  server_options.host = conf().GetString("alluxio.master.web.bind.host");
  server_options.port = static_cast<int>(conf().GetInt("alluxio.master.web.port"));
  server_options.port_key = "alluxio.master.web.port";
  // Some may wait for a slow under store.
  server_options.threads = static_cast<int>(std::max<int64_t>(4, conf().GetInt("alluxio.web.threads")));
  ALLUXIO_ASSIGN_OR_RETURN(web_server, http::Server::Start(std::move(server_options), web->NewRouter()));
  bound_web_port = web_server->port();
  return absl::OkStatus();
}

// Whoever was acknowledged is in the journal already; the rest is order: no new
// calls, no new rounds, nothing left on threads, then the log and the store.
void MasterProcess::Parts::Stop(absl::Duration grace) {
  MutexLock lock(&stop_mutex);
  if (stopped) return;
  stopped = true;
  if (web_server) web_server->Stop();
  if (server) server->Stop(grace);
  if (ttl) ttl->Stop();
  heartbeats.Stop();
  if (syncs) syncs->Cancel();
  if (worker_client) worker_client->Cancel();
  if (loads) loads->Stop();
  if (master_metrics) master_metrics->Stop();
  persistence.reset();
  // Closed, not gone: what waits for the journal may still ask it for a thread.
  if (executor) executor->Close();
  if (storage.journal) storage.journal->Close();
  if (serving) {
    if (absl::Status status = state->Checkpoint(true); !status.ok()) {
      ALLUXIO_LOG(kWarning, "master", "writing the metastore at the end failed, a start replays more: ",
                  status.message());
    }
  }
}

absl::StatusOr<std::unique_ptr<MasterProcess>> MasterProcess::Start(MasterOptions options) {
  auto parts = std::make_unique<Parts>(std::move(options));
  absl::Status status = parts->Open();
  if (status.ok()) status = parts->Serve();
  if (status.ok() && parts->options.web) status = parts->ServeWeb();
  if (!status.ok()) {
    parts->Stop(absl::ZeroDuration());
    return status;
  }
  parts->serving = true;
  parts->AddHeartbeats();
  return std::unique_ptr<MasterProcess>(new MasterProcess(std::move(parts)));
}

MasterProcess::MasterProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MasterProcess::~MasterProcess() { Stop(); }

int MasterProcess::port() const { return parts_->server->port(); }

int MasterProcess::web_port() const { return parts_->bound_web_port.load(std::memory_order_relaxed); }

std::string MasterProcess::address() const { return absl::StrCat(parts_->Host(), ":", port()); }

absl::Status MasterProcess::RunHeartbeat(absl::string_view name) { return parts_->heartbeats.Run(name); }

void MasterProcess::Stop(absl::Duration grace) { parts_->Stop(grace); }

FileSystemMaster& MasterProcess::file_system() { return *parts_->files; }
BlockMaster& MasterProcess::blocks() { return *parts_->blocks; }
metrics::MetricsRegistry& MasterProcess::metrics() { return parts_->metrics; }

}  // namespace alluxio::master
