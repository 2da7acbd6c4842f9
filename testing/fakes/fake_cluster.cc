#include "testing/fakes/fake_cluster.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/status_conversion.h"
#include "alluxio/rpc/unary.h"
#include "grpc/block_master.grpc.pb.h"
#include "grpc/block_worker.grpc.pb.h"
#include "grpc/file_system_master.grpc.pb.h"
#include "grpc/meta_master.grpc.pb.h"
#include "grpc/metric_master.grpc.pb.h"

namespace alluxio::test {
namespace {

namespace fs = std::filesystem;
using grpc::file::FileInfo;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

void WriteFile(const std::string& path, const std::string& content) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

::grpc::Status Error(::grpc::StatusCode code, const std::string& text) { return ::grpc::Status(code, text); }

// What every handler does first: finds the caller, as real servers do.
class Checked {
 protected:
  ::grpc::Status Check(const ::grpc::ServerContext* context, const char* method, std::string note) {
    auto caller = rpc::CallerOf({.sessions = &sessions_}, method, *context);
    if (!caller.ok()) return rpc::ToGrpc(caller.status());
    MutexLock lock(&calls_mutex_);
    calls_.push_back(note.empty() ? method : absl::StrCat(method, " ", note));
    return ::grpc::Status::OK;
  }
  void Note(std::string call) {
    MutexLock lock(&calls_mutex_);
    calls_.push_back(std::move(call));
  }

 public:
  std::vector<std::string> calls() const {
    MutexLock lock(&calls_mutex_);
    return calls_;
  }

 protected:
  rpc::SessionRegistry sessions_;

 private:
  mutable Mutex calls_mutex_;
  std::vector<std::string> calls_ ABSL_GUARDED_BY(calls_mutex_);
};

std::unique_ptr<rpc::RpcServer> Serve(std::vector<::grpc::Service*> services, rpc::SessionRegistry* sessions,
                                      std::vector<std::string> sockets, std::vector<grpc::version::ServiceType> types) {
  auto server = rpc::RpcServer::Start({.host = "127.0.0.1",
                                       .port = 0,
                                       .unix_paths = std::move(sockets),
                                       .services = std::move(services),
                                       .service_types = std::move(types),
                                       .sessions = sessions});
  ALLUXIO_CHECK(server.ok());
  return *std::move(server);
}

}  // namespace

#define CHECK_CALL(method, note)                                                              \
  do {                                                                                        \
    if (::grpc::Status checked = Check(context, method, note); !checked.ok()) return checked; \
  } while (false)

class FakeCluster::Master final : public Checked {
 public:
  void SetConfiguration(std::map<std::string, std::string> configuration) {
    MutexLock lock(&mutex_);
    configuration_ = std::move(configuration);
  }
  std::string HashLocked() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    std::string hash;
    for (const auto& [name, value] : configuration_) absl::StrAppend(&hash, name, "=", value, " ");
    return hash;
  }

  explicit Master(const Options& options) : options_(options), files_(this), blocks_(this), conf_(this), metrics_(this) {
    SetConfiguration(options.configuration);
    server_ = Serve({&files_, &blocks_, &conf_, &metrics_}, &sessions_, {},
                    {grpc::version::META_MASTER_CLIENT_SERVICE, grpc::version::FILE_SYSTEM_MASTER_CLIENT_SERVICE});
  }
  ~Master() { server_->Stop(absl::Seconds(1)); }

  std::string address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

  void AddWorker(int64_t id, const grpc::WorkerNetAddress& address) {
    MutexLock lock(&mutex_);
    grpc::block::WorkerInfo& info = workers_[id];
    info.set_id(id);
    *info.mutable_address() = address;
    info.set_state("ACTIVE");
    info.set_capacitybytes(options_.worker_capacity);
  }
  void RemoveWorker(int64_t id) {
    MutexLock lock(&mutex_);
    workers_.erase(id);
  }
  void Commit(int64_t block, int64_t worker, int64_t length) {
    MutexLock lock(&mutex_);
    lengths_[block] = length;
    locations_[block].insert(worker);
  }
  void Uncommit(int64_t block, int64_t worker) {
    MutexLock lock(&mutex_);
    locations_[block].erase(worker);
  }

  void AddUfsFile(const std::string& path, int64_t length, int64_t block_size) {
    MutexLock lock(&mutex_);
    FileInfo& info = NewFile(path);
    info.set_blocksizebytes(block_size);
    info.set_persistencestate("PERSISTED");
    info.set_persisted(true);
    Complete(info, length);
  }

  FileInfo Status(const std::string& path) {
    MutexLock lock(&mutex_);
    ALLUXIO_CHECK(infos_.contains(path));
    return Full(infos_[path]);
  }
  void Edit(const std::string& path, void (*edit)(FileInfo&)) {
    MutexLock lock(&mutex_);
    edit(infos_[path]);
  }
  grpc::file::CreateFilePRequest last_create() const {
    MutexLock lock(&mutex_);
    return last_create_;
  }
  grpc::file::CompleteFilePRequest last_complete() const {
    MutexLock lock(&mutex_);
    return last_complete_;
  }

 private:
  FileInfo& NewFile(const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    FileInfo& info = infos_[path];
    info = FileInfo();
    info.set_fileid((++containers_ << 24) | 0xFFFFFF);
    info.set_path(path);
    info.set_name(path.substr(path.rfind('/') + 1));
    info.set_ufspath(options_.folder + "/ufs" + path);
    info.set_mountid(1);
    info.set_owner("me");
    info.set_replicationmax(-1);
    info.set_persistencestate("NOT_PERSISTED");
    return info;
  }

  void Complete(FileInfo& info, int64_t ufs_length) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    info.set_completed(true);
    if (ufs_length < 0) {
      int64_t length = 0;
      for (const int64_t block : info.blockids()) length += lengths_[block];
      info.set_length(length);
      return;
    }
    info.set_length(ufs_length);
    info.clear_blockids();
    int64_t seq = 0;
    for (int64_t offset = 0; offset < ufs_length; offset += info.blocksizebytes(), ++seq) {
      const int64_t block = (info.fileid() & ~int64_t{0xFFFFFF}) + seq;
      info.add_blockids(block);
      lengths_[block] = std::min(info.blocksizebytes(), ufs_length - offset);
    }
  }

  grpc::BlockInfo Block(int64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    grpc::BlockInfo block;
    block.set_blockid(id);
    block.set_length(lengths_[id]);
    for (const int64_t worker : locations_[id]) {
      if (!workers_.contains(worker)) continue;
      auto* location = block.add_locations();
      location->set_workerid(worker);
      *location->mutable_workeraddress() = workers_[worker].address();
      location->set_tieralias("MEM");
      location->set_mediumtype("MEM");
    }
    return block;
  }

  FileInfo Full(FileInfo info) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    int64_t offset = 0;
    for (const int64_t id : info.blockids()) {
      auto* block = info.add_fileblockinfos();
      *block->mutable_blockinfo() = Block(id);
      block->set_offset(offset);
      offset += info.blocksizebytes();
    }
    return info;
  }

  struct Files final : public grpc::file::FileSystemMasterClientService::Service {
    explicit Files(Master* m) : master(m) {}
    Master* const master;

    ::grpc::Status CreateFile(::grpc::ServerContext* context, const grpc::file::CreateFilePRequest* request,
                              grpc::file::CreateFilePResponse* response) override {
      if (auto s = master->Check(context, "CreateFile", request->path()); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      master->last_create_ = *request;
      if (master->infos_.contains(request->path())) {
        return Error(::grpc::ALREADY_EXISTS, absl::StrCat("File ", request->path(), " already exists"));
      }
      FileInfo& info = master->NewFile(request->path());
      info.set_blocksizebytes(request->options().blocksizebytes());
      const auto type = request->options().writetype();
      if (type == grpc::file::THROUGH || type == grpc::file::CACHE_THROUGH) {
        info.set_persisted(true);
        info.set_persistencestate("PERSISTED");
      }
      *response->mutable_fileinfo() = info;
      return ::grpc::Status::OK;
    }

    ::grpc::Status GetNewBlockIdForFile(::grpc::ServerContext* context,
                                        const grpc::file::GetNewBlockIdForFilePRequest* request,
                                        grpc::file::GetNewBlockIdForFilePResponse* response) override {
      if (auto s = master->Check(context, "GetNewBlockIdForFile", request->path()); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      FileInfo& info = master->infos_[request->path()];
      const int64_t id = (info.fileid() & ~int64_t{0xFFFFFF}) + info.blockids_size();
      info.add_blockids(id);
      response->set_id(id);
      return ::grpc::Status::OK;
    }

    ::grpc::Status CompleteFile(::grpc::ServerContext* context, const grpc::file::CompleteFilePRequest* request,
                                grpc::file::CompleteFilePResponse*) override {
      if (auto s = master->Check(context, "CompleteFile", request->path()); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      master->last_complete_ = *request;
      FileInfo& info = master->infos_[request->path()];
      if (!info.persisted()) {
        for (const int64_t block : info.blockids()) {
          if (!master->lengths_.contains(block)) return Error(::grpc::INVALID_ARGUMENT, "a block is not committed");
        }
      }
      master->Complete(info, info.persisted() ? request->options().ufslength() : -1);
      if (request->options().has_asyncpersistoptions()) info.set_persistencestate("TO_BE_PERSISTED");
      return ::grpc::Status::OK;
    }

    ::grpc::Status Remove(::grpc::ServerContext* context, const grpc::file::DeletePRequest* request,
                          grpc::file::DeletePResponse*) override {
      if (auto s = master->Check(context, "Remove", request->path()); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      if (master->infos_.erase(request->path()) == 0) return Error(::grpc::NOT_FOUND, "no such file");
      return ::grpc::Status::OK;
    }

    ::grpc::Status GetStatus(::grpc::ServerContext* context, const grpc::file::GetStatusPRequest* request,
                             grpc::file::GetStatusPResponse* response) override {
      if (auto s = master->Check(context, "GetStatus", request->path()); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      const auto found = master->infos_.find(request->path());
      if (found == master->infos_.end()) {
        return Error(::grpc::NOT_FOUND, absl::StrCat("Path \"", request->path(), "\" does not exist."));
      }
      *response->mutable_fileinfo() = master->Full(found->second);
      return ::grpc::Status::OK;
    }

    ::grpc::Status ListStatus(::grpc::ServerContext* context, const grpc::file::ListStatusPRequest* request,
                              ::grpc::ServerWriter<grpc::file::ListStatusPResponse>* writer) override {
      if (auto s = master->Check(context, "ListStatus", request->path()); !s.ok()) return s;
      std::vector<FileInfo> all;
      {
        MutexLock lock(&master->mutex_);
        for (const auto& [path, info] : master->infos_) all.push_back(master->Full(info));
      }
      if (request->options().loadmetadataonly()) return ::grpc::Status::OK;
      for (const FileInfo& info : all) {  // one a message: the client has to put them together
        grpc::file::ListStatusPResponse response;
        *response.add_fileinfos() = info;
        writer->Write(response);
      }
      return ::grpc::Status::OK;
    }
  };

  struct Blocks final : public grpc::block::BlockMasterClientService::Service {
    explicit Blocks(Master* m) : master(m) {}
    Master* const master;

    ::grpc::Status GetWorkerInfoList(::grpc::ServerContext* context, const grpc::block::GetWorkerInfoListPOptions*,
                                     grpc::block::GetWorkerInfoListPResponse* response) override {
      if (auto s = master->Check(context, "GetWorkerInfoList", ""); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      for (const auto& [id, info] : master->workers_) *response->add_workerinfos() = info;
      return ::grpc::Status::OK;
    }
    ::grpc::Status GetBlockInfo(::grpc::ServerContext* context, const grpc::block::GetBlockInfoPRequest* request,
                                grpc::block::GetBlockInfoPResponse* response) override {
      if (auto s = master->Check(context, "GetBlockInfo", ""); !s.ok()) return s;
      MutexLock lock(&master->mutex_);
      *response->mutable_blockinfo() = master->Block(request->blockid());
      return ::grpc::Status::OK;
    }
  };

  struct Conf final : public grpc::meta::MetaMasterConfigurationService::Service {
    explicit Conf(Master* m) : master(m) {}
    Master* const master;

    ::grpc::Status GetConfiguration(::grpc::ServerContext*, const grpc::meta::GetConfigurationPOptions*,
                                    grpc::meta::GetConfigurationPResponse* response) override {
      master->Note("GetConfiguration");
      MutexLock lock(&master->mutex_);
      response->set_clusterconfighash(master->HashLocked());
      for (const auto& [name, value] : master->configuration_) {
        auto* property = response->add_clusterconfigs();
        property->set_name(name);
        property->set_value(value);
        property->set_source("SITE_PROPERTY");
      }
      for (const char* name : {"alluxio.version", "alluxio.underfs.version"}) {
        auto* property = response->add_clusterconfigs();
        property->set_name(name);
        property->set_value("2.9.6");
        property->set_source("DEFAULT");
      }
      return ::grpc::Status::OK;
    }
    ::grpc::Status GetConfigHash(::grpc::ServerContext*, const grpc::meta::GetConfigHashPOptions*,
                                 grpc::meta::GetConfigHashPResponse* response) override {
      master->Note("GetConfigHash");
      MutexLock lock(&master->mutex_);
      response->set_clusterconfighash(master->HashLocked());
      response->set_pathconfighash("");
      return ::grpc::Status::OK;
    }
  };

  struct Metrics final : public grpc::metric::MetricsMasterClientService::Service {
    explicit Metrics(Master* m) : master(m) {}
    Master* const master;

    ::grpc::Status MetricsHeartbeat(::grpc::ServerContext* context, const grpc::metric::MetricsHeartbeatPRequest* request,
                                    grpc::metric::MetricsHeartbeatPResponse*) override {
      std::string note;
      for (const auto& client : request->options().clientmetrics()) {
        for (const auto& metric : client.metrics()) absl::StrAppend(&note, metric.name(), "=", metric.value(), " ");
      }
      return master->Check(context, "MetricsHeartbeat", note);
    }
  };

  const Options options_;
  Files files_;
  Blocks blocks_;
  Conf conf_;
  Metrics metrics_;
  std::unique_ptr<rpc::RpcServer> server_;

  mutable Mutex mutex_;
  std::map<std::string, std::string> configuration_ ABSL_GUARDED_BY(mutex_);
  int64_t containers_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, FileInfo> infos_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, int64_t> lengths_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, std::set<int64_t>> locations_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, grpc::block::WorkerInfo> workers_ ABSL_GUARDED_BY(mutex_);
  grpc::file::CreateFilePRequest last_create_ ABSL_GUARDED_BY(mutex_);
  grpc::file::CompleteFilePRequest last_complete_ ABSL_GUARDED_BY(mutex_);
};

class FakeCluster::Worker final : public Checked, public grpc::block::BlockWorker::Service {
 public:
  Worker(Master* master, int64_t id, std::string folder, const std::string& host, bool socket)
      : master_(master), id_(id), folder_(std::move(folder)) {
    fs::create_directories(folder_ + "/tmp");
    std::vector<std::string> sockets;
    if (socket) {
      // A socket's path is at most 107 bytes long: test folders are longer.
      char name[] = "/tmp/fake-worker-XXXXXX";
      ALLUXIO_CHECK(::mkdtemp(name) != nullptr);
      socket_folder_ = name;
      sockets.push_back(socket_folder_ + "/socket");
    }
    server_ = Serve({this}, &sessions_, sockets, {});
    address_.set_host(host);
    address_.set_rpcport(server_->port());
    address_.set_dataport(server_->port());
    address_.set_containerhost("127.0.0.1");
    address_.set_domainsocketpath(socket ? sockets.front() : "");
    auto* node = address_.mutable_tieredidentity()->add_tiers();
    node->set_tiername("node");
    node->set_value(host);
    address_.mutable_tieredidentity()->add_tiers()->set_tiername("rack");
    master_->AddWorker(id_, address_);
  }
  ~Worker() override {
    Stop();
    if (!socket_folder_.empty()) fs::remove_all(socket_folder_);
  }

  void Stop() {
    if (server_) server_->Stop(absl::ZeroDuration());
    server_.reset();
  }

  std::string PathOf(int64_t block) const { return absl::StrCat(folder_, "/", block); }
  void FailReads(absl::Status status, int64_t after) {
    MutexLock lock(&mutex_);
    read_fault_ = std::move(status);
    fault_after_ = after;
  }
  void FailWrites(absl::Status status) {
    MutexLock lock(&mutex_);
    write_fault_ = std::move(status);
  }
  grpc::block::ReadRequest last_read() const {
    MutexLock lock(&mutex_);
    return last_read_;
  }
  grpc::block::WriteRequestCommand last_write() const {
    MutexLock lock(&mutex_);
    return last_write_;
  }
  std::atomic<int> open_local{0};
  std::atomic<bool> unsealed{false};

 private:
  void Commit(int64_t block, const std::string& temporary) {
    fs::rename(temporary, PathOf(block));
    ::chmod(PathOf(block).c_str(), unsealed ? 01444 : 0444);
    master_->Commit(block, id_, static_cast<int64_t>(fs::file_size(PathOf(block))));
    Note(absl::StrCat("commit ", block));
  }

  ::grpc::Status ReadBlock(
      ::grpc::ServerContext* context,
      ::grpc::ServerReaderWriter<grpc::block::ReadResponse, grpc::block::ReadRequest>* stream) override {
    grpc::block::ReadRequest request;
    if (!stream->Read(&request)) return ::grpc::Status::OK;
    CHECK_CALL("ReadBlock", absl::StrCat(request.block_id(), " ", request.offset(), "+", request.length()));
    absl::Status fault;
    int64_t fault_after = 0;
    {
      MutexLock lock(&mutex_);
      last_read_ = request;
      fault = read_fault_;
      fault_after = fault_after_;
    }
    if (request.length() <= 0 || request.chunk_size() <= 0) return Error(::grpc::INVALID_ARGUMENT, "bad read");
    std::string content;
    const auto& ufs = request.open_ufs_block_options();
    if (fs::exists(PathOf(request.block_id()))) {
      content = ReadFile(PathOf(request.block_id()));
    } else if (ufs.has_ufs_path()) {
      if (!fs::exists(ufs.ufs_path())) return Error(::grpc::NOT_FOUND, "no such file in the under store");
      const std::string whole = ReadFile(ufs.ufs_path());
      const auto from = std::min(whole.size(), static_cast<size_t>(ufs.offset_in_file()));
      content = whole.substr(from, static_cast<size_t>(ufs.block_size()));
    } else {
      return Error(::grpc::NOT_FOUND, absl::StrCat("BlockMeta not found for blockId ", request.block_id()));
    }
    int64_t sent = 0;
    while (true) {
      if (!fault.ok() && sent >= fault_after) return rpc::ToGrpc(fault);
      const int64_t at = request.offset() + sent;
      const int64_t end = std::min(request.offset() + request.length(), static_cast<int64_t>(content.size()));
      if (at >= end && sent > 0) break;
      const int64_t n = std::max<int64_t>(0, std::min(request.chunk_size(), end - at));
      grpc::block::ReadResponse response;
      response.mutable_chunk()->set_data(n > 0 ? content.substr(static_cast<size_t>(at), static_cast<size_t>(n)) : "");
      if (!stream->Write(response)) return ::grpc::Status::CANCELLED;
      if (n == 0) break;
      sent += n;
    }
    if (ufs.has_ufs_path() && !ufs.no_cache() && request.offset() == 0 && sent == ufs.block_size() &&
        !fs::exists(PathOf(request.block_id()))) {
      // A name of its own: the next block's stream runs at the same time.
      const std::string temporary = absl::StrCat(folder_, "/tmp/cache-", request.block_id());
      WriteFile(temporary, content);
      Commit(request.block_id(), temporary);
    }
    return ::grpc::Status::OK;
  }

  ::grpc::Status WriteBlock(
      ::grpc::ServerContext* context,
      ::grpc::ServerReaderWriter<grpc::block::WriteResponse, grpc::block::WriteRequest>* stream) override {
    grpc::block::WriteRequest request;
    if (!stream->Read(&request)) return ::grpc::Status::OK;
    if (!request.has_command()) return Error(::grpc::INVALID_ARGUMENT, "a chunk came first");
    const grpc::block::WriteRequestCommand command = request.command();
    CHECK_CALL("WriteBlock", absl::StrCat(command.id()));
    absl::Status fault;
    {
      MutexLock lock(&mutex_);
      last_write_ = command;
      fault = write_fault_;
    }
    if (!fault.ok()) return rpc::ToGrpc(fault);
    std::string content;
    while (stream->Read(&request)) {
      if (request.has_chunk()) {
        if (request.chunk().data().empty()) return Error(::grpc::INVALID_ARGUMENT, "an empty chunk");
        content += request.chunk().data();
      } else if (request.command().flush()) {
        if (request.command().offset() != static_cast<int64_t>(content.size())) {
          return Error(::grpc::INVALID_ARGUMENT, "Offsets do not match");
        }
        grpc::block::WriteResponse response;
        response.set_offset(static_cast<int64_t>(content.size()));
        stream->Write(response);
      }
    }
    if (context->IsCancelled()) {
      Note(absl::StrCat("cancel ", command.id()));
      return ::grpc::Status::CANCELLED;
    }
    if (command.type() == grpc::block::UFS_FILE) {
      WriteFile(command.create_ufs_file_options().ufs_path(), content);
      grpc::block::WriteResponse response;
      response.set_offset(static_cast<int64_t>(content.size()));
      response.set_contenthash("hash");
      stream->Write(response);
      return ::grpc::Status::OK;
    }
    const std::string temporary = absl::StrCat(folder_, "/tmp/", command.id());
    WriteFile(temporary, content);
    Commit(command.id(), temporary);
    return ::grpc::Status::OK;
  }

  ::grpc::Status OpenLocalBlock(
      ::grpc::ServerContext* context,
      ::grpc::ServerReaderWriter<grpc::block::OpenLocalBlockResponse, grpc::block::OpenLocalBlockRequest>* stream)
      override {
    grpc::block::OpenLocalBlockRequest request;
    if (!stream->Read(&request)) return ::grpc::Status::OK;
    CHECK_CALL("OpenLocalBlock", absl::StrCat(request.block_id()));
    if (!fs::exists(PathOf(request.block_id()))) return Error(::grpc::NOT_FOUND, "no such block");
    ++open_local;
    grpc::block::OpenLocalBlockResponse response;
    response.set_path(PathOf(request.block_id()));
    stream->Write(response);
    while (stream->Read(&request)) {
    }
    --open_local;
    return ::grpc::Status::OK;
  }

  ::grpc::Status CreateLocalBlock(
      ::grpc::ServerContext* context,
      ::grpc::ServerReaderWriter<grpc::block::CreateLocalBlockResponse, grpc::block::CreateLocalBlockRequest>* stream)
      override {
    grpc::block::CreateLocalBlockRequest request;
    if (!stream->Read(&request)) return ::grpc::Status::OK;
    const int64_t block = request.block_id();
    CHECK_CALL("CreateLocalBlock", absl::StrCat(block));
    {
      MutexLock lock(&mutex_);
      if (!write_fault_.ok()) return rpc::ToGrpc(write_fault_);
    }
    int64_t reserved = request.space_to_reserve();
    const std::string temporary = absl::StrCat(folder_, "/tmp/", block);
    WriteFile(temporary, "");
    grpc::block::CreateLocalBlockResponse response;
    response.set_path(temporary);
    stream->Write(response);
    while (stream->Read(&request)) {
      reserved += request.space_to_reserve();
      stream->Write({});
    }
    if (context->IsCancelled()) {
      fs::remove(temporary);
      Note(absl::StrCat("cancel ", block));
      return ::grpc::Status::CANCELLED;
    }
    if (static_cast<int64_t>(fs::file_size(temporary)) > reserved) {
      return Error(::grpc::INTERNAL, "more was written than reserved");
    }
    Commit(block, temporary);
    return ::grpc::Status::OK;
  }

  ::grpc::Status Cache(::grpc::ServerContext* context, const grpc::block::CacheRequest* request,
                       grpc::block::CacheResponse*) override {
    CHECK_CALL("Cache", absl::StrCat(request->block_id(), " from ", request->source_host(), ":", request->source_port()));
    return ::grpc::Status::OK;
  }

  Master* const master_;
  const int64_t id_;
  const std::string folder_;
  std::string socket_folder_;
  grpc::WorkerNetAddress address_;
  std::unique_ptr<rpc::RpcServer> server_;

  mutable Mutex mutex_;
  absl::Status read_fault_ ABSL_GUARDED_BY(mutex_);
  int64_t fault_after_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status write_fault_ ABSL_GUARDED_BY(mutex_);
  grpc::block::ReadRequest last_read_ ABSL_GUARDED_BY(mutex_);
  grpc::block::WriteRequestCommand last_write_ ABSL_GUARDED_BY(mutex_);
};

FakeCluster::FakeCluster(Options options) : options_(std::move(options)) {
  fs::create_directories(ufs_folder());
  master_ = std::make_unique<Master>(options_);
  for (int i = 0; i < options_.workers; ++i) {
    const std::string host = static_cast<size_t>(i) < options_.worker_hosts.size() ? options_.worker_hosts[i] : "localhost";
    workers_.push_back(std::make_unique<Worker>(master_.get(), i + 1, absl::StrCat(options_.folder, "/worker", i), host,
                                                options_.domain_sockets));
  }
}

FakeCluster::~FakeCluster() = default;

void FakeCluster::SetConfiguration(std::map<std::string, std::string> configuration) {
  master_->SetConfiguration(std::move(configuration));
}

std::string FakeCluster::master_address() const { return master_->address(); }
std::string FakeCluster::ufs_folder() const { return options_.folder + "/ufs"; }

void FakeCluster::AddUfsFile(const std::string& path, const std::string& content, int64_t block_size) {
  WriteFile(ufs_folder() + path, content);
  master_->AddUfsFile(path, static_cast<int64_t>(content.size()), block_size);
}

FileInfo FakeCluster::Status(const std::string& path) { return master_->Status(path); }
void FakeCluster::Edit(const std::string& path, void (*edit)(FileInfo&)) { master_->Edit(path, edit); }
std::vector<std::string> FakeCluster::master_calls() const { return master_->calls(); }
std::vector<std::string> FakeCluster::worker_calls(int index) const { return workers_[index]->calls(); }
grpc::file::CreateFilePRequest FakeCluster::last_create() const { return master_->last_create(); }
grpc::file::CompleteFilePRequest FakeCluster::last_complete() const { return master_->last_complete(); }
grpc::block::ReadRequest FakeCluster::last_read(int index) const { return workers_[index]->last_read(); }
grpc::block::WriteRequestCommand FakeCluster::last_write(int index) const { return workers_[index]->last_write(); }
void FakeCluster::StopWorker(int index) { workers_[index]->Stop(); }
void FakeCluster::FailReads(int index, absl::Status status, int64_t after_bytes) {
  workers_[index]->FailReads(std::move(status), after_bytes);
}
void FakeCluster::FailWrites(int index, absl::Status status) { workers_[index]->FailWrites(std::move(status)); }
void FakeCluster::TruncateBlock(int index, int64_t block_id, int64_t length) {
  ::chmod(workers_[index]->PathOf(block_id).c_str(), 0644);
  fs::resize_file(workers_[index]->PathOf(block_id), static_cast<uintmax_t>(length));
}
void FakeCluster::RemoveBlock(int index, int64_t block_id) {
  fs::remove(workers_[index]->PathOf(block_id));
  master_->Uncommit(block_id, index + 1);
}
bool FakeCluster::HasBlock(int index, int64_t block_id) const { return fs::exists(workers_[index]->PathOf(block_id)); }
int FakeCluster::open_local_blocks(int index) const { return workers_[index]->open_local; }
void FakeCluster::LeaveBlocksUnsealed(bool unsealed) {
  for (auto& worker : workers_) worker->unsealed = unsealed;
}

}  // namespace alluxio::test
