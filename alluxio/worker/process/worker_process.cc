#include "alluxio/worker/process/worker_process.h"

#include <grpcpp/impl/codegen/service_type.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/heartbeat.h"
#include "alluxio/base/host_name.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/http/server.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/rpc/authentication.h"
#include "alluxio/rpc/call_env.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/session_registry.h"
#include "alluxio/security/groups.h"
#include "alluxio/security/groups_conf.h"
#include "alluxio/stub/file_system_methods.h"
#include "alluxio/stub/master_stub.h"
#include "alluxio/ufs/local/local_ufs.h"
#include "alluxio/ufs/under_file_system.h"
#include "alluxio/worker/block/local_block_store.h"
#include "alluxio/worker/data/block_worker_service.h"
#include "alluxio/worker/data/remote_reader.h"
#include "alluxio/worker/heartbeat/master_link.h"
#include "alluxio/worker/heartbeat/master_reporter.h"
#include "alluxio/worker/persist/persister.h"
#include "alluxio/worker/process/native_service.h"
#include "alluxio/worker/process/worker_address.h"
#include "alluxio/worker/tier/tier_options.h"
#include "alluxio/worker/ufsread/block_fetcher.h"
#include "alluxio/worker/ufsread/cache_queue.h"
#include "alluxio/worker/ufsread/load_pacer.h"
#include "alluxio/worker/ufsread/ufs_manager.h"
#include "alluxio/worker/web/worker_web.h"

namespace alluxio::worker {
namespace {

constexpr char kBlockSync[] = "Worker Block Sync";
constexpr char kStorageHealth[] = "Worker Storage Health";
constexpr char kPinSync[] = "Worker Pin List Sync";
constexpr int kOldPort = 29998;

std::unique_ptr<ThreadPool> Pool(std::string name, int threads, size_t queue_limit) {
  return std::make_unique<ThreadPool>(
      ThreadPool::Options{.name = std::move(name), .threads = threads, .queue_limit = queue_limit});
}

}  // namespace

// In the order of their making; destroyed in the reverse. What runs tasks stands
// behind what the tasks use.
struct WorkerProcess::Parts {
  explicit Parts(WorkerOptions o) : options(std::move(o)), heartbeats(options.stepped_heartbeats) {}

  absl::Status Open();
  absl::Status Serve();
  bool guards_files() const { return !folder_mode_is_set; }
  absl::Status ServeWeb(const grpc::WorkerNetAddress& address);
  void AddHeartbeats();
  void AddGauges();
  // What calls of clients and of the master wait for a thread to do.
  int64_t WaitingOperations() const;
  void Stop(absl::Duration grace);
  const conf::Configuration& conf() const { return options.conf; }

  WorkerOptions options;
  bool folder_mode_is_set = false;  // then everybody may read all blocks, as in the original
  metrics::MetricsRegistry metrics;
  std::unique_ptr<ufs::UfsRegistry> own_registry;
  std::unique_ptr<security::GroupResolver> groups;
  std::unique_ptr<LocalBlockStore> store;
  std::unique_ptr<stub::MasterStub> once, patient;
  std::unique_ptr<MasterLink> link;
  std::unique_ptr<MasterReporter> reporter;
  std::unique_ptr<UfsManager> ufs;
  std::unique_ptr<RemoteReader> remote;
  // Each kind of work has threads of its own, so that none waits behind another:
  // disks and the under store for clients, reads of the under store for caching,
  // commits of both (which wait for a master that is away), copies from other
  // workers with their commits, persistence, removals.
  std::unique_ptr<ThreadPool> data_pool, fetch_pool, commit_pool, cache_pool, persist_pool, remove_pool;
  std::unique_ptr<BlockFetcher> fetcher;
  std::unique_ptr<CacheQueue> cache_queue;
  LoadPacer load_pacer{/*stepped=*/false, options.clock};
  std::unique_ptr<Persister> persister;
  std::vector<metrics::GaugeHandle> gauges;
  HeartbeatSet heartbeats;

  rpc::SessionRegistry sessions{options.clock,
                               conf().GetDuration("alluxio.security.stale.channel.purge.interval")};
  rpc::CallEnv env;
  std::string domain_socket;
  std::vector<std::unique_ptr<::grpc::Service>> services;
  std::unique_ptr<rpc::RpcServer> server;
  std::unique_ptr<WorkerWeb> web;
  std::unique_ptr<http::Server> web_server;

  Mutex stop_mutex;
  bool stopped ABSL_GUARDED_BY(stop_mutex) = false;
};

absl::Status WorkerProcess::Parts::Open() {
  ALLUXIO_ASSIGN_OR_RETURN(StoreLayout layout, LayoutFrom(conf()));
  ALLUXIO_ASSIGN_OR_RETURN(stub::MasterStubOptions stub_options, stub::MasterStubOptionsOf(conf()));
  ALLUXIO_ASSIGN_OR_RETURN(groups, security::GroupResolverOf(conf(), options.clock));
  if (options.ufs_registry == nullptr) {
    own_registry = std::make_unique<ufs::UfsRegistry>();
    ufs::RegisterLocalUfs(*own_registry);
    options.ufs_registry = own_registry.get();
  }
  folder_mode_is_set = layout.folder_mode.has_value();
  ALLUXIO_ASSIGN_OR_RETURN(store, LocalBlockStore::Start({
                                      .layout = std::move(layout),
                                      .clock = options.clock,
                                      .guard_files = guards_files(),
                                      .on_evicted = [&evicted = metrics.GetCounter(metrics::kWorkerBlocksEvicted)](
                                                        int64_t blocks) { evicted.Inc(blocks); },
                                      .on_lost = [&lost = metrics.GetCounter(metrics::kWorkerBlocksLost)](
                                                     int64_t blocks) { lost.Inc(blocks); },
                                      .on_promoted = [&promoted = metrics.GetCounter(metrics::kWorkerBlocksPromoted)] {
                                        promoted.Inc();
                                      },
                                  }));

  stub_options.clock = options.clock;
  const rpc::ChannelOptions channel = stub_options.channel;
  patient = std::make_unique<stub::MasterStub>(stub_options);
  stub_options.retry.max_duration = absl::ZeroDuration();
  once = std::make_unique<stub::MasterStub>(stub_options);
  link = MakeMasterLink(once.get(), patient.get());
  data_pool = Pool("worker-data", 16, 10'000);
  fetch_pool = Pool("worker-fetch", 8, 10'000);
  commit_pool = Pool("worker-commit", 16, 10'000);
  cache_pool = Pool("worker-cache", 4, 10'000);
  persist_pool = Pool("worker-persist", 4, 1'000);
  remove_pool = Pool("worker-remove", 1, 100);

  std::vector<grpc::ConfigProperty> configuration;
  for (const conf::Configuration::Entry& entry : conf().All()) {
    if (!entry.is_set || conf::IsCredential(entry.key)) continue;
    grpc::ConfigProperty& property = configuration.emplace_back();
    property.set_name(entry.key);
    property.set_value(entry.value);
    property.set_source(entry.source_text);
  }
  reporter = std::make_unique<MasterReporter>(MasterReporter::Options{
      .store = store.get(),
      .link = link.get(),
      .configuration = std::move(configuration),
      .version = conf().GetString("alluxio.version"),
      .metrics = &metrics,
      .executor = remove_pool.get(),
      .clock = options.clock,
      .ask_for_lease = conf().GetBool("alluxio.worker.register.lease.enabled"),
      .batch_size = conf().GetInt("alluxio.worker.register.stream.batch.size"),
      .heartbeat_timeout = conf().GetDuration("alluxio.worker.block.heartbeat.timeout"),
      .give_up = options.give_up,
  });
  const auto report = [this](const BlockPin& pin) { return reporter->Report(pin); };
  ufs = std::make_unique<UfsManager>(UfsManager::Options{
      .registry = options.ufs_registry,
      .look_up = [this](int64_t mount_id) { return link->GetUfsInfo(mount_id, /*patient=*/true); },
      .look_up_again = [this](int64_t mount_id) { return link->GetUfsInfo(mount_id, /*patient=*/false); },
      .clock = options.clock,
      .metrics = &metrics});
  fetcher = BlockFetcher::Create({.store = store.get(),
                                  .ufs = ufs.get(),
                                  .executor = fetch_pool.get(),
                                  .commit_executor = commit_pool.get(),
                                  .random = options.random,
                                  .report = report});
  remote = std::make_unique<RemoteReader>(channel);
  persister = std::make_unique<Persister>(Persister::Options{
      .store = store.get(), .ufs = ufs.get(), .remote = remote.get(), .executor = persist_pool.get()});
  return absl::OkStatus();
}

absl::Status WorkerProcess::Parts::Serve() {
  ALLUXIO_ASSIGN_OR_RETURN(const rpc::AuthenticationType authentication, rpc::AuthenticationTypeOf(conf()));
  if (authentication == rpc::AuthenticationType::kSimple) env.sessions = &sessions;
  const std::string host_name = LocalHostName();
  const std::string own_host = WorkerAddress(conf(), host_name, 0, "").host();
  cache_queue = std::make_unique<CacheQueue>(CacheQueue::Options{
      .store = store.get(),
      .fetcher = fetcher.get(),
      .remote = remote.get(),
      .executor = cache_pool.get(),
      .random = options.random,
      .report = [this](const BlockPin& pin) { return reporter->Report(pin); },
      .is_self =
          [this, own_host, container = conf().GetString("alluxio.worker.container.hostname")](absl::string_view host,
                                                                                               int port) {
            return port == server->port() && (host == own_host || (!container.empty() && host == container));
          },
      .metrics = &metrics,
  });
  services.push_back(MakeBlockWorkerService({
      .store = store.get(),
      .fetcher = fetcher.get(),
      .ufs = ufs.get(),
      .pacer = &load_pacer,
      .cache = std::bind_front(&CacheQueue::Cache, cache_queue.get()),
      .cache_async = std::bind_front(&CacheQueue::CacheAsync, cache_queue.get()),
      .executor = data_pool.get(),
      .commit_executor = commit_pool.get(),
      .report = [this](const BlockPin& pin) { return reporter->Report(pin); },
      .report_in_ufs = [this](int64_t id, int64_t length) { return reporter->ReportInUfs(id, length); },
      .env = &env,
      .metrics = &metrics,
      .random = options.random,
      .max_chunk_bytes = conf().GetBytes("alluxio.worker.network.reader.max.chunk.size.bytes"),
  }));
  services.push_back(MakeNativeWorkerService(&env, persister.get(), store.get()));

  domain_socket = DomainSocketPath(conf(), options.random);
  const auto start = [&](bool old_port) {
    rpc::ServerOptions server_options;
    server_options.host = conf().GetString("alluxio.worker.bind.host");
    server_options.port = static_cast<int>(conf().GetInt("alluxio.worker.rpc.port"));
    server_options.port_key = "alluxio.worker.rpc.port";
    if (old_port) server_options.more_ports = {kOldPort};
    if (!domain_socket.empty()) server_options.unix_paths = {domain_socket};
    for (const auto& service : services) server_options.services.push_back(service.get());
    server_options.service_types = {grpc::version::BLOCK_WORKER_CLIENT_SERVICE};
    server_options.authentication = authentication;
    server_options.impersonation = rpc::ImpersonationRules(
        conf(), [resolver = groups.get()](const std::string& user) { return resolver->Groups(user); });
    server_options.sessions = &sessions;
    server_options.keepalive_time = conf().GetDuration("alluxio.worker.network.keepalive.time");
    server_options.keepalive_timeout = conf().GetDuration("alluxio.worker.network.keepalive.timeout");
    server_options.max_inbound_message_bytes = conf().GetBytes("alluxio.worker.network.max.inbound.message.size");
    server_options.bulk_data = true;
    return rpc::RpcServer::Start(std::move(server_options));
  };
  absl::StatusOr<std::unique_ptr<rpc::RpcServer>> started = start(ServesOldPort(conf()));
  // The old port may be somebody else's; the real one may not.
  if (!started.ok() && ServesOldPort(conf())) started = start(false);
  ALLUXIO_RETURN_IF_ERROR(started.status());
  server = *std::move(started);
  grpc::WorkerNetAddress address = WorkerAddress(conf(), host_name, server->port(), domain_socket);
  if (options.web) {
    ALLUXIO_RETURN_IF_ERROR(ServeWeb(address));
    address.set_webport(web_server->port());
  }
  ALLUXIO_LOG(kInfo, "worker", "serving on port ", server->port(),
              domain_socket.empty() ? "" : absl::StrCat(" and ", domain_socket), " as ", address.host());
  reporter->SetAddress(address);
  return absl::OkStatus();
}

absl::Status WorkerProcess::Parts::ServeWeb(const grpc::WorkerNetAddress& address) {
  // A page may wait for the master, but not for long.
  const auto call_options = [] { return stub::CallOptions{.deadline = absl::Now() + absl::Seconds(5)}; };
  web = std::make_unique<WorkerWeb>(WorkerWebOptions{
      .conf = conf(),
      .metrics = &metrics,
      .store = store.get(),
      .host = address.host(),
      .rpc_address = absl::StrCat(address.host(), ":", address.rpcport()),
      .clock = options.clock,
      .start_time = options.clock->Now(),
      .file_by_id = [this, call_options](int64_t file_id) -> absl::StatusOr<grpc::file::FileInfo> {
        grpc::file::GetFileInfoPRequest request;
        request.set_fileid(file_id);
        ALLUXIO_ASSIGN_OR_RETURN(auto response, once->Call(stub::kWorkerGetFileInfo, request, call_options()));
        return std::move(*response.mutable_fileinfo());
      },
      .file_by_path = [this, call_options](const std::string& path) -> absl::StatusOr<grpc::file::FileInfo> {
        grpc::file::GetStatusPRequest request;
        request.set_path(path);
        request.mutable_options()->set_updatetimestamps(false);
        ALLUXIO_ASSIGN_OR_RETURN(auto response, once->Call(stub::kGetStatus, request, call_options()));
        return std::move(*response.mutable_fileinfo());
      },
      .active_operations =
          [this, &reads = metrics.GetCounter(metrics::kWorkerActiveRpcReadCount),
           &writes = metrics.GetCounter(metrics::kWorkerActiveRpcWriteCount)] {
            // Clearing the metrics may have taken one that is still under way.
            return std::max<int64_t>(0, reads.Value()) + std::max<int64_t>(0, writes.Value()) +
                   static_cast<int64_t>(cache_queue->blocks_under_way());
          },
      .waiting_operations = [this] { return WaitingOperations(); },
  });
  http::ServerOptions server_options;
  server_options.host = conf().GetString("alluxio.worker.web.bind.host");
  server_options.port = static_cast<int>(conf().GetInt("alluxio.worker.web.port"));
  server_options.port_key = "alluxio.worker.web.port";
  server_options.threads = static_cast<int>(std::max<int64_t>(4, conf().GetInt("alluxio.web.threads")));
  ALLUXIO_ASSIGN_OR_RETURN(web_server, http::Server::Start(std::move(server_options), web->NewRouter()));
  return absl::OkStatus();
}

void WorkerProcess::Parts::AddHeartbeats() {
  const absl::Duration interval = conf().GetDuration("alluxio.worker.block.heartbeat.interval");
  heartbeats.Add(kBlockSync, interval, [this] { reporter->Round(); });
  if (conf().GetBool("alluxio.worker.storage.checker.enabled")) {
    heartbeats.Add(kStorageHealth, interval, [this] { store->CheckStorage(); });
  }
  heartbeats.Add(kPinSync, interval, [this] {
    reporter->SyncPins();
    if (guards_files()) reporter->SyncReadAccess();
  });
  if (options.stepped_heartbeats) {
    reporter->Round();
    reporter->SyncPins();
    if (guards_files()) reporter->SyncReadAccess();
  } else {
    heartbeats.Wake(kBlockSync);
    heartbeats.Wake(kPinSync);
  }
}

int64_t WorkerProcess::Parts::WaitingOperations() const {
  size_t waiting = 0;
  for (const ThreadPool* pool : {data_pool.get(), fetch_pool.get(), commit_pool.get(), persist_pool.get()}) {
    waiting += pool->QueueLength();
  }
  return static_cast<int64_t>(waiting);
}

void WorkerProcess::Parts::AddGauges() {
  const auto sum = [this](int64_t TierUsage::*field) {
    int64_t bytes = 0;
    for (const TierUsage& tier : store->Usage()) bytes += tier.*field;
    return bytes;
  };
  const auto add = [this](absl::string_view name, std::function<int64_t()> value) {
    gauges.push_back(metrics.RegisterGauge(name, [value = std::move(value)] { return metrics::GaugeValue(value()); }));
  };
  add(metrics::kWorkerCapacityTotal, [sum] { return sum(&TierUsage::capacity_bytes); });
  add(metrics::kWorkerCapacityUsed, [sum] { return sum(&TierUsage::used_bytes); });
  add(metrics::kWorkerCapacityFree, [sum] { return sum(&TierUsage::capacity_bytes) - sum(&TierUsage::used_bytes); });
  const std::vector<TierUsage> tiers = store->Usage();
  for (size_t tier = 0; tier < tiers.size(); ++tier) {
    const auto usage = [this, tier] { return store->Usage()[tier]; };
    const std::string suffix = absl::StrCat("Tier", tiers[tier].alias);
    add(metrics::kWorkerCapacityTotal + suffix, [usage] { return usage().capacity_bytes; });
    add(metrics::kWorkerCapacityUsed + suffix, [usage] { return usage().used_bytes; });
    add(metrics::kWorkerCapacityFree + suffix, [usage] {
      const TierUsage now = usage();
      return now.capacity_bytes - now.used_bytes;
    });
  }
  add(metrics::kWorkerBlocksCached, [this] { return store->num_blocks(); });
  add(metrics::kWorkerRpcQueueLength, [this] { return WaitingOperations(); });
  add(metrics::kWorkerCacheManagerThreadQueueWaitingTaskCount,
      [this] { return static_cast<int64_t>(cache_queue->blocks_queued()); });
  add(metrics::kWorkerBlockRemoverTryRemoveBlocksSize, [this] { return reporter->blocks_to_free(); });
  // Names of our own: what is written into memory counts against a container's limit, which the capacity doesn't show.
  const auto charged = [this](int64_t CgroupMemory::*field) {
    const std::optional<CgroupMemory> memory = options.cgroup.Memory();
    return memory.has_value() ? (*memory).*field : 0;
  };
  if (options.cgroup.Memory().has_value()) {
    add("Worker.CgroupMemoryPageCache", [charged] { return charged(&CgroupMemory::page_cache_bytes); });
    add("Worker.CgroupMemoryShmem", [charged] { return charged(&CgroupMemory::shmem_bytes); });
  }
  if (options.cgroup.MemoryLimit().has_value()) {
    add("Worker.CgroupMemoryLimit", [this] { return options.cgroup.MemoryLimit().value_or(0); });
  }
}

void WorkerProcess::Parts::Stop(absl::Duration grace) {
  MutexLock lock(&stop_mutex);
  if (stopped) return;
  stopped = true;
  if (web_server) web_server->Stop();
  // First of the rest, so that a commit which waits for a master, or a block for its turn, doesn't keep the server.
  if (reporter) reporter->Stop();
  load_pacer.Stop();
  if (remote) remote->Stop();
  if (server) server->Stop(grace);
  heartbeats.Stop();
  gauges.clear();  // they ask what goes now
  cache_queue.reset();
  persister.reset();
  fetcher.reset();
  data_pool.reset();
  fetch_pool.reset();
  commit_pool.reset();
  cache_pool.reset();
  persist_pool.reset();
  remove_pool.reset();
}

absl::StatusOr<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(WorkerOptions options) {
  auto parts = std::make_unique<Parts>(std::move(options));
  absl::Status status = parts->Open();
  if (status.ok()) status = parts->Serve();
  if (!status.ok()) {
    parts->Stop(absl::ZeroDuration());
    return status;
  }
  parts->AddGauges();
  parts->AddHeartbeats();
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(std::move(parts)));
}

WorkerProcess::WorkerProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
WorkerProcess::~WorkerProcess() { Stop(); }

int WorkerProcess::port() const { return parts_->server->port(); }
int WorkerProcess::web_port() const { return parts_->web_server ? parts_->web_server->port() : 0; }
const std::string& WorkerProcess::domain_socket() const { return parts_->domain_socket; }
bool WorkerProcess::registered() const { return parts_->reporter->registered(); }
absl::Status WorkerProcess::EnsureRegistered() { return parts_->reporter->EnsureRegistered(); }
absl::Status WorkerProcess::RunHeartbeat(absl::string_view name) { return parts_->heartbeats.Run(name); }
void WorkerProcess::Stop(absl::Duration grace) { parts_->Stop(grace); }
BlockStore& WorkerProcess::store() { return *parts_->store; }
metrics::MetricsRegistry& WorkerProcess::metrics() { return parts_->metrics; }

}  // namespace alluxio::worker
