#include "benchmarks/cluster/metadata_rows.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/rpc/status_conversion.h"
#include "benchmarks/cluster/limits.h"
#include "grpc/file_system_master.grpc.pb.h"

namespace alluxio::benchmarks {
namespace {

using Service = grpc::file::FileSystemMasterClientService;

class Rows {
 public:
  Rows(const MetadataOptions& options, EchoServer* echo, Report* report)
      : options_(options),
        echo_(echo),
        report_(report),
        channel_(rpc::AuthenticatedChannel::Create(
            {.target = options.master,
             .authentication = options.authenticated ? rpc::AuthenticationType::kSimple : rpc::AuthenticationType::kNoSasl,
             .user = options.user})),
        stub_(Service::NewStub(channel_->channel())),
        run_(absl::StrCat(options.folder, "/", Random::System()->NextUuid())) {}

  absl::Status Connect() {
    rpc::KeepCallbackThreads();
    ::grpc::ClientContext probe;
    ALLUXIO_ASSIGN_OR_RETURN(channel_id_, channel_->PrepareContext(&probe));
    return absl::OkStatus();
  }

  absl::Status MakeMany(const std::string& folder, int64_t count) {
    constexpr int64_t kInFolder = 10'000;
    for (int64_t made = 0; made < count; made += kInFolder) {
      const std::string part = absl::StrCat(folder, "/", made / kInFolder);
      ALLUXIO_RETURN_IF_ERROR(MakeFolder(part));
      ALLUXIO_RETURN_IF_ERROR(RunInFlight(64, std::min(kInFolder, count - made), [&](int64_t i, OperationDone done) {
                                CreateAndComplete(FileName(part, i), std::move(done));
                              }).first_error);
    }
    return absl::OkStatus();
  }

  absl::Status Run() {
    ALLUXIO_RETURN_IF_ERROR(MakeFolder(run_));
    for (const int in_flight : options_.in_flight) {
      // About the same time for each: one in flight is some five times slower.
      const int64_t n = in_flight >= 64 ? options_.operations : in_flight >= 16 ? options_.operations / 2 : options_.operations / 8;
      ALLUXIO_RETURN_IF_ERROR(Level(in_flight, n));
    }
    ALLUXIO_RETURN_IF_ERROR(List());
    return DeleteTree(run_);
  }

 private:
  // One call of `method`; keeps context and messages alive until its end.
  template <typename Request, typename Response>
  void Start(void (Service::StubInterface::async_interface::*method)(::grpc::ClientContext*, const Request*, Response*,
                                                                     std::function<void(::grpc::Status)>),
             Request request, OperationDone done) {
    struct Call {
      ::grpc::ClientContext context;
      Request request;
      Response response;
    };
    auto call = std::make_shared<Call>();
    call->request = std::move(request);
    if (!channel_id_.empty()) call->context.AddMetadata("channel-id", channel_id_);
    (stub_->async()->*method)(&call->context, &call->request, &call->response,
                              [call, this, done = std::move(done)](::grpc::Status status) {
                                request_bytes_ = call->request.ByteSizeLong();
                                response_bytes_ = call->response.ByteSizeLong();
                                done(rpc::FromGrpc(status));
                              });
  }
  using Async = Service::StubInterface::async_interface;

  void FillCommon(grpc::file::FileSystemMasterCommonPOptions* common) {
    common->set_ttl(-1);
    const auto id = common->mutable_operationid();
    id->set_mostsignificantbits(static_cast<int64_t>(Random::System()->Next()));
    id->set_leastsignificantbits(static_cast<int64_t>(Random::System()->Next()));
  }

  absl::Status Wait(const std::function<void(OperationDone)>& start) {
    Notification ended;
    absl::Status result;
    start([&](const absl::Status& status) {
      result = status;
      ended.Notify();
    });
    ended.Wait();
    return result;
  }

  absl::Status MakeFolder(const std::string& path) {
    grpc::file::CreateDirectoryPRequest request;
    request.set_path(path);
    auto* options = request.mutable_options();
    options->set_recursive(true);
    options->set_allowexists(true);
    options->set_writetype(grpc::file::MUST_CACHE);
    auto* mode = options->mutable_mode();
    mode->set_ownerbits(grpc::ALL);
    mode->set_groupbits(grpc::READ_EXECUTE);
    mode->set_otherbits(grpc::READ_EXECUTE);
    FillCommon(options->mutable_commonoptions());
    return Wait([&](OperationDone done) { Start(&Async::CreateDirectory, request, std::move(done)); });
  }

  absl::Status DeleteTree(const std::string& path) {
    grpc::file::DeletePRequest request;
    request.set_path(path);
    request.mutable_options()->set_recursive(true);
    FillCommon(request.mutable_options()->mutable_commonoptions());
    return Wait([&](OperationDone done) { Start(&Async::Remove, request, std::move(done)); });
  }

  std::string FileName(const std::string& folder, int64_t index) { return absl::StrCat(folder, "/file-", index); }

  void CreateAndComplete(const std::string& path, OperationDone done) {
    grpc::file::CreateFilePRequest request;
    request.set_path(path);
    auto* options = request.mutable_options();
    options->set_blocksizebytes(64 << 20);
    options->set_writetype(grpc::file::MUST_CACHE);
    options->set_replicationmax(-1);
    options->set_replicationdurable(1);
    auto* mode = options->mutable_mode();
    mode->set_ownerbits(grpc::READ_WRITE);
    mode->set_groupbits(grpc::READ);
    mode->set_otherbits(grpc::READ);
    FillCommon(options->mutable_commonoptions());
    Start(&Async::CreateFile, std::move(request), [this, path, done = std::move(done)](const absl::Status& status) {
      if (!status.ok()) return done(status);
      grpc::file::CompleteFilePRequest complete;
      complete.set_path(path);
      FillCommon(complete.mutable_options()->mutable_commonoptions());
      Start(&Async::CompleteFile, std::move(complete), done);
    });
  }

  // The best of this row so far, beside the best limit.
  absl::Status Take(Row& row, const Measured& measured) {
    if (!measured.first_error.ok()) return Annotate(measured.first_error, row.name);
    const Measured limit =
        echo_->Echo(row.in_flight, std::max<int64_t>(measured.operations, 2000), request_bytes_, response_bytes_);
    ALLUXIO_RETURN_IF_ERROR(limit.first_error);
    row.limit = std::max(row.limit.value_or(0), limit.PerSecond());
    if (measured.PerSecond() > row.value) {
      row.value = measured.PerSecond();
      row.p50_us = measured.p50_us;
      row.p99_us = measured.p99_us;
    }
    return absl::OkStatus();
  }

  absl::Status Level(int in_flight, int64_t n) {
    const auto row = [&](const char* name, double share, double original, double factor) {
      Row made = {.name = name, .in_flight = in_flight, .unit = "/s", .limit_name = "gRPC echo"};
      if (in_flight < 64) return made;  // the goals are for 64
      made.goal_share = share;
      made.original = original;
      made.goal_factor = factor;
      return made;
    };
    Row rows[] = {row("getStatus", 0.70, 8700, 2.5), row("rename, durable", 0.45, 6600, 2),
                  row("delete, durable", 0.45, 5000, 2), row("create + complete, durable", 0.20, 1300, 3)};
    for (int round = 0; round < options_.rounds; ++round) {
      const std::string folder = absl::StrCat(run_, "/at-", in_flight, "-", round);
      ALLUXIO_RETURN_IF_ERROR(MakeFolder(folder));
      ALLUXIO_RETURN_IF_ERROR(Take(rows[3], RunInFlight(in_flight, n, [&](int64_t i, OperationDone done) {
                                     CreateAndComplete(FileName(folder, i), std::move(done));
                                   })));
      ALLUXIO_RETURN_IF_ERROR(Take(rows[0], RunInFlight(in_flight, n, [&](int64_t i, OperationDone done) {
                                     grpc::file::GetStatusPRequest request;
                                     request.set_path(FileName(folder, i * 7919 % n));
                                     auto* options = request.mutable_options();
                                     options->set_loadmetadatatype(grpc::file::ONCE);
                                     options->mutable_commonoptions()->set_ttl(-1);
                                     Start(&Async::GetStatus, std::move(request), std::move(done));
                                   })));
      ALLUXIO_RETURN_IF_ERROR(Take(rows[1], RunInFlight(in_flight, n, [&](int64_t i, OperationDone done) {
                                     grpc::file::RenamePRequest request;
                                     request.set_path(FileName(folder, i));
                                     request.set_dstpath(FileName(folder, i) + "-renamed");
                                     FillCommon(request.mutable_options()->mutable_commonoptions());
                                     Start(&Async::Rename, std::move(request), std::move(done));
                                   })));
      ALLUXIO_RETURN_IF_ERROR(Take(rows[2], RunInFlight(in_flight, n, [&](int64_t i, OperationDone done) {
                                     grpc::file::DeletePRequest request;
                                     request.set_path(FileName(folder, i) + "-renamed");
                                     FillCommon(request.mutable_options()->mutable_commonoptions());
                                     Start(&Async::Remove, std::move(request), std::move(done));
                                   })));
    }
    if (!options_.journal_folder.empty()) {
      ALLUXIO_ASSIGN_OR_RETURN(const double syncs, FdatasyncRate(options_.journal_folder));
      for (Row* durable : {&rows[1], &rows[2], &rows[3]}) {
        durable->note = absl::StrCat("fdatasync alone ", static_cast<int64_t>(syncs), "/s");
      }
    }
    for (Row& done : rows) report_->Add(std::move(done));
    return absl::OkStatus();
  }

  absl::Status List() {
    const std::string folder = run_ + "/listed";
    ALLUXIO_RETURN_IF_ERROR(MakeFolder(folder));
    const Measured made = RunInFlight(64, options_.listed, [&](int64_t i, OperationDone done) {
      CreateAndComplete(FileName(folder, i), std::move(done));
    });
    ALLUXIO_RETURN_IF_ERROR(made.first_error);
    for (int in_flight : options_.in_flight) ALLUXIO_RETURN_IF_ERROR(ListLevel(folder, in_flight));
    return absl::OkStatus();
  }

  // Lists `folder` once; adds the bytes of its messages.
  absl::Status ListOnce(const std::string& folder, std::atomic<int64_t>* bytes) {
    ::grpc::ClientContext context;
    if (!channel_id_.empty()) context.AddMetadata("channel-id", channel_id_);
    grpc::file::ListStatusPRequest request;
    request.set_path(folder);
    request.mutable_options()->set_loadmetadatatype(grpc::file::ONCE);
    request.mutable_options()->mutable_commonoptions()->set_ttl(-1);
    auto reader = stub_->ListStatus(&context, request);
    grpc::file::ListStatusPResponse message;
    int64_t seen = 0;
    while (reader->Read(&message)) {
      seen += message.fileinfos_size();
      *bytes += static_cast<int64_t>(message.ByteSizeLong());
    }
    ALLUXIO_RETURN_IF_ERROR(rpc::FromGrpc(reader->Finish()));
    if (seen != options_.listed) return absl::InternalError(absl::StrCat("listed ", seen, " entries"));
    return absl::OkStatus();
  }

  // Milliseconds for each of `total` runs of `body`, `threads` of them at a time.
  static absl::StatusOr<double> Each(int threads, int total, const std::function<absl::Status()>& body) {
    std::atomic<int> next{0};
    std::vector<absl::Status> results(static_cast<size_t>(threads));
    std::vector<std::thread> running;
    const absl::Time begin = absl::Now();
    for (absl::Status& result : results) {
      running.emplace_back([&] {
        while (result.ok() && next.fetch_add(1) < total) result = body();
      });
    }
    for (std::thread& thread : running) thread.join();
    const double took_ms = absl::ToDoubleMilliseconds(absl::Now() - begin);
    for (const absl::Status& result : results) ALLUXIO_RETURN_IF_ERROR(result);
    return took_ms / total;
  }

  absl::Status ListLevel(const std::string& folder, int in_flight) {
    const int total = in_flight == 1 ? 1 : 2 * in_flight;
    double best_ms = 1e9, limit_ms = 1e9;
    int64_t listing_bytes = 0;
    // A single one is short: what happens beside it counts much.
    for (int round = 0; round < options_.rounds + (in_flight == 1 ? 15 : 0); ++round) {
      std::atomic<int64_t> bytes{0};
      ALLUXIO_ASSIGN_OR_RETURN(const double took_ms,
                               Each(in_flight, total, [&] { return ListOnce(folder, &bytes); }));
      best_ms = std::min(best_ms, took_ms);
      listing_bytes = bytes / total;
      ALLUXIO_ASSIGN_OR_RETURN(const double raw_ms, Each(in_flight, total, [&] {
                                 return echo_->Stream(listing_bytes, static_cast<size_t>(listing_bytes)).first_error;
                               }));
      limit_ms = std::min(limit_ms, raw_ms);
    }
    Row row = {.name = absl::StrCat("list ", options_.listed, " entries"),
               .in_flight = in_flight,
               .unit = "ms",
               .value = best_ms,
               .smaller_is_better = true,
               .limit_name = absl::StrCat("the same ", listing_bytes >> 10, " KiB as raw slices"),
               .limit = limit_ms};
    if (in_flight == 1) {  // the goal is for one; of more, the time for each
      row.original = 64;
      row.goal_factor = 4;
    }
    report_->Add(std::move(row));
    return absl::OkStatus();
  }

  const MetadataOptions& options_;
  EchoServer* const echo_;  // null: for MakeMany
  Report* const report_;
  std::shared_ptr<rpc::AuthenticatedChannel> channel_;
  std::unique_ptr<Service::Stub> stub_;
  const std::string run_;
  std::string channel_id_;
  // Sizes of the last call's messages; written from callbacks, for the echo.
  std::atomic<size_t> request_bytes_{0}, response_bytes_{0};
};

}  // namespace

absl::Status RunMetadataRows(const MetadataOptions& options, EchoServer& echo, Report& report) {
  Rows rows(options, &echo, &report);
  ALLUXIO_RETURN_IF_ERROR(rows.Connect());
  return rows.Run();
}

absl::Status MakeManyFiles(const MetadataOptions& options, const std::string& folder, int64_t count) {
  Rows rows(options, nullptr, nullptr);
  ALLUXIO_RETURN_IF_ERROR(rows.Connect());
  return rows.MakeMany(folder, count);
}

}  // namespace alluxio::benchmarks
