#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/java/load_job_request.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/load/list_files.h"
#include "alluxio/master/load/load_scheduler.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "alluxio/metrics/metric_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_block_directory.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using grpc::block::LoadRequest;
using grpc::block::LoadResponse;
using test::IsOk;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Keeps orders until the test answers them.
class HeldClient final : public LoadClient {
 public:
  struct Held {
    std::string host;
    LoadRequest request;
    LoadDone done;
  };
  void Load(const grpc::WorkerNetAddress& worker, const LoadRequest& request, LoadDone done) override {
    held.push_back({worker.host(), request, std::move(done)});
  }

  // The first order is answered: all loaded, but for `failed` blocks (by id).
  void Answer(const std::map<int64_t, grpc::block::BlockStatus>& failed = {}) {
    Held order = Take();
    LoadResponse response;
    for (const auto& block : order.request.blocks()) {
      const auto failure = failed.find(block.block_id());
      if (failure == failed.end()) continue;
      auto& status = *response.add_block_status();
      status = failure->second;
      *status.mutable_block() = block;
    }
    const int count = response.block_status_size();
    response.set_status(count == 0                              ? grpc::block::SUCCESS
                        : count < order.request.blocks_size() ? grpc::block::PARTIAL_FAILURE
                                                                : grpc::block::FAILURE);
    order.done(std::move(response));
  }
  void Break(absl::Status status) { Take().done(std::move(status)); }
  Held Take() {
    Held order = std::move(held.front());
    held.erase(held.begin());
    return order;
  }

  std::vector<Held> held;
};

grpc::block::BlockStatus Failure(bool retryable, const std::string& message = "broken") {
  grpc::block::BlockStatus status;
  status.set_code(14);
  status.set_message(message);
  status.set_retryable(retryable);
  return status;
}

// A scheduler over a list of files that the test makes up.
class LoadTest : public ::testing::Test {
 protected:
  LoadTest() {
    journal_ = std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options());
    Build();
  }
  ~LoadTest() override { End(); }

  // How many jobs are written down.
  int JobsKept() {
    int kept = 0;
    EXPECT_THAT(scheduler_->Dump(*store_,
                                 [&](const proto::journal::JournalEntry&) {
                                   ++kept;
                                   return absl::OkStatus();
                                 }),
                IsOk());
    return kept;
  }

  void Build() {
    store_ = std::make_unique<HeapKvStore>();
    state_ = std::make_unique<StateMachine>(journal_.get(), store_.get());
    LoadScheduler::Options options;
    options.state = state_.get();
    options.blocks = &blocks_;
    options.client = &client_;
    options.executor = &executor_;
    options.clock = &clock_;
    options.random = random_.get();
    options.metrics = &metrics_;
    options.batch_blocks = 2;
    options.list = [this](const std::string& user, const std::string& path, const std::string& after,
                          int limit) -> absl::StatusOr<LoadJob::Page> {
      ++listings_;
      listed_as_ = user;
      if (!list_status_.ok()) return list_status_;
      LoadJob::Page page;
      for (auto it = files_.upper_bound(after); it != files_.end(); ++it) {
        if (!page.files.empty() && page.files.size() == page_size_) {
          page.more = true;
          break;
        }
        page.files.push_back(it->second);
        page.last_path = it->first;
      }
      return page;
    };
    scheduler_ = std::make_unique<LoadScheduler>(options);
    state_->AddPart(scheduler_.get());
    ASSERT_THAT(state_->Replay(), IsOk());
  }
  void End() {
    while (!client_.held.empty()) client_.Break(absl::CancelledError("over"));
    scheduler_.reset();
  }
  void Restart() {
    End();
    journal_ = journal_->AfterCrash();
    Build();
  }

  // A file with cold blocks of 100 bytes each.
  void AddFile(const std::string& path, std::vector<int64_t> block_ids) {
    grpc::file::FileInfo& file = files_[path];
    file.set_path(path);
    file.set_ufspath("mem://one" + path);
    file.set_completed(true);
    file.set_persisted(true);
    file.set_mountid(7);
    for (size_t i = 0; i < block_ids.size(); ++i) {
      auto& info = *file.add_fileblockinfos();
      info.set_offset(static_cast<int64_t>(i) * 100);
      info.mutable_blockinfo()->set_blockid(block_ids[i]);
      info.mutable_blockinfo()->set_length(100);
    }
  }
  void MarkLoaded(const std::string& path) {
    files_[path].set_inalluxiopercentage(100);
    for (auto& info : *files_[path].mutable_fileblockinfos()) info.mutable_blockinfo()->add_locations();
  }

  // The answer's job id; empty: it was there already.
  absl::StatusOr<std::string> Submit(const std::string& path, const grpc::file::LoadJobPOptions& options = {}) {
    grpc::file::SubmitJobPRequest request;
    request.set_request_body(java::SerializeLoadJobRequest({path, options}).value());
    return SubmitBody(request);
  }
  absl::StatusOr<std::string> SubmitBody(const grpc::file::SubmitJobPRequest& request) {
    absl::StatusOr<std::string> id;
    scheduler_->SubmitJob({"alice", "test"}, request, [&](absl::StatusOr<grpc::file::SubmitJobPResponse> response) {
      if (!response.ok()) {
        id = response.status();
      } else {
        id = response->jobid();
      }
    });
    return id;
  }
  bool StopJob(const std::string& path, const std::string& type = "load") {
    grpc::file::StopJobPRequest request;
    request.mutable_jobdescription()->set_type(type);
    request.mutable_jobdescription()->set_path(path);
    bool stopped = false;
    scheduler_->StopJob({"alice", "test"}, request, [&](absl::StatusOr<grpc::file::StopJobPResponse> response) {
      stopped = response.ok() && response->jobstopped();
    });
    return stopped;
  }
  absl::StatusOr<std::string> Progress(const std::string& path, bool verbose = false,
                                       grpc::file::JobProgressReportFormat format = grpc::file::TEXT) {
    grpc::file::GetJobProgressPRequest request;
    request.mutable_jobdescription()->set_type("load");
    request.mutable_jobdescription()->set_path(path);
    request.mutable_options()->set_format(format);
    request.mutable_options()->set_verbose(verbose);
    absl::StatusOr<std::string> report;
    scheduler_->GetJobProgress({"alice", "test"}, request,
                               [&](absl::StatusOr<grpc::file::GetJobProgressPResponse> response) {
                                 if (!response.ok()) {
                                   report = response.status();
                                 } else {
                                   report = response->progressreport();
                                 }
                               });
    return report;
  }
  std::string Text(const std::string& path, bool verbose = false) { return Progress(path, verbose).value_or("none"); }
  static std::vector<int64_t> BlocksOf(const HeldClient::Held& order) {
    std::vector<int64_t> ids;
    for (const auto& block : order.request.blocks()) ids.push_back(block.block_id());
    return ids;
  }

  test::FakeClock clock_;
  std::unique_ptr<Random> random_ = Random::Seeded(3);
  metrics::MetricsRegistry metrics_;
  test::FakeBlockDirectory blocks_;
  InlineExecutor executor_;
  HeldClient client_;
  std::map<std::string, grpc::file::FileInfo> files_;
  absl::Status list_status_;
  size_t page_size_ = 1000;
  int listings_ = 0;
  std::string listed_as_;
  std::unique_ptr<journal::MemoryJournal> journal_;
  std::unique_ptr<HeapKvStore> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<LoadScheduler> scheduler_;
};

grpc::file::LoadJobPOptions Options(int64_t bandwidth, bool verify, bool partial = false) {
  grpc::file::LoadJobPOptions options;
  if (bandwidth > 0) options.set_bandwidth(bandwidth);
  options.set_verify(verify);
  options.set_partiallisting(partial);
  return options;
}

TEST_F(LoadTest, GivesEachWorkerABatchAtATimeUntilAllIsLoaded) {
  AddFile("/g/a", {1, 2, 3});
  AddFile("/g/b", {4, 5});
  AddFile("/g/loaded", {6});
  MarkLoaded("/g/loaded");
  blocks_.AddWorker(1, "one");
  blocks_.AddWorker(2, "two");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string id, Submit("/g", Options(1000, false)));
  EXPECT_EQ(id.size(), 36);
  EXPECT_EQ(Text("/g"),
            "\tSettings:\tbandwidth: 1000\tverify: false\n\tJob State: RUNNING\n\tFiles Processed: 0\n\tBytes Loaded: 0B\n"
            "\tBlock load failure rate: 0.00%\n\tFiles Failed: 0\n");

  scheduler_->Run();
  EXPECT_EQ(listed_as_, "alice");
  ASSERT_EQ(client_.held.size(), 2);
  EXPECT_THAT(BlocksOf(client_.held[0]), ElementsAre(1, 2));
  EXPECT_EQ(client_.held[0].host, "one");
  EXPECT_THAT(BlocksOf(client_.held[1]), ElementsAre(3, 4));
  const LoadRequest& request = client_.held[1].request;
  EXPECT_EQ(request.options().tag(), id);
  EXPECT_EQ(request.options().bandwidth(), 1000);
  EXPECT_EQ(request.options().user(), "alice");
  EXPECT_EQ(request.blocks(0).offset_in_file(), 200);
  EXPECT_EQ(request.blocks(1).ufs_path(), "mem://one/g/b");
  EXPECT_EQ(request.blocks(1).mountid(), 7);

  scheduler_->Run();  // both are busy
  EXPECT_EQ(client_.held.size(), 2);
  clock_.Advance(absl::Seconds(2));
  client_.Answer();
  ASSERT_EQ(client_.held.size(), 2);  // the rest, at once
  EXPECT_THAT(BlocksOf(client_.held[1]), ElementsAre(5));
  client_.Answer();
  client_.Answer();
  scheduler_->Run();
  EXPECT_EQ(Text("/g"),
            "\tSettings:\tbandwidth: 1000\tverify: false\n\tJob State: SUCCEEDED\n\tFiles Processed: 2\n"
            "\tBytes Loaded: 500B out of 500B\n\tThroughput: 250B/s\n\tBlock load failure rate: 0.00%\n"
            "\tFiles Failed: 0\n");
  EXPECT_EQ(metrics_.GetCounter(metrics::kMasterJobLoadBlockCount).Value(), 5);
  EXPECT_EQ(metrics_.GetCounter(metrics::kMasterJobLoadSuccess).Value(), 1);
}

TEST_F(LoadTest, ReportsJsonAsTheOriginal) {
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  EXPECT_EQ(Progress("/g", true, grpc::file::JSON).value(),
            R"({"mVerbose":true,"mJobState":"SUCCEEDED","mVerificationEnabled":false,"mProcessedFileCount":0,)"
            R"("mLoadedByteCount":0,"mTotalByteCount":0,"mFailurePercentage":0.0,"mFailedFileCount":0})");
  EXPECT_THAT(Progress("/other"), StatusIs(absl::StatusCode::kNotFound,
                                           HasSubstr("JobDescription{Path=/other, Type=load} cannot be found.")));
}

TEST_F(LoadTest, WaitsForWorkers) {
  AddFile("/g/a", {1});
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  EXPECT_EQ(listings_, 0);
  EXPECT_THAT(Text("/g"), HasSubstr("RUNNING"));
  blocks_.AddWorker(1, "one");
  scheduler_->Run();
  EXPECT_EQ(client_.held.size(), 1);
}

TEST_F(LoadTest, AFailedBlockIsTriedAgainIfThatHelps) {
  AddFile("/g/a", {1});
  AddFile("/g/b", {2});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  client_.Answer({{1, Failure(true)}, {2, Failure(false, "no such file")}});
  EXPECT_TRUE(client_.held.empty());  // not before the next round, as it loaded nothing
  scheduler_->Run();
  ASSERT_EQ(client_.held.size(), 1);
  EXPECT_THAT(BlocksOf(client_.held[0]), ElementsAre(1));
  client_.Answer();
  scheduler_->Run();
  EXPECT_EQ(Text("/g", true),
            "\tSettings:\tbandwidth: unlimited\tverify: false\n\tJob State: SUCCEEDED\n\tFiles Processed: 2\n"
            "\tBytes Loaded: 100B out of 200B\n\tBlock load failure rate: 100.00%\n\tFiles Failed: 1\n"
            "\t\tmem://one/g/b: Status code: 14, message: no such file\n");
  EXPECT_THAT(Progress("/g", true, grpc::file::JSON).value(),
              HasSubstr(R"("mFailurePercentage":100.0,"mFailedFileCount":1,"mFailedFilesWithReasons":)"
                        R"({"mem://one/g/b":"Status code: 14, message: no such file"}})"));
}

TEST_F(LoadTest, AWorkerThatCannotBeReachedLosesItsBatchToTheNext) {
  AddFile("/g/a", {1, 2});
  blocks_.AddWorker(1, "one");
  blocks_.AddWorker(2, "two");
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  ASSERT_EQ(client_.held.size(), 1);
  client_.Break(absl::UnavailableError("gone"));
  scheduler_->Run();
  ASSERT_EQ(client_.held.size(), 1);
  EXPECT_THAT(BlocksOf(client_.held[0]), ElementsAre(1, 2));
  client_.Answer();
  scheduler_->Run();
  EXPECT_THAT(Text("/g"), HasSubstr("SUCCEEDED"));
}

TEST_F(LoadTest, AJobThatFailsTooOftenEnds) {
  for (int i = 0; i < 20; ++i) AddFile(absl::StrCat("/g/", i), {i});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g"), IsOk());
  int rounds = 0;
  for (; rounds < 1000 && Text("/g").find("RUNNING") != std::string::npos; ++rounds) {
    scheduler_->Run();
    if (!client_.held.empty()) client_.Break(absl::UnavailableError("gone"));
  }
  EXPECT_LT(rounds, 100);
  EXPECT_THAT(Text("/g"), HasSubstr("Job State: FAILED (alluxio.exception.runtime.InternalRuntimeException: Job failed "
                                    "because it's not healthy.)\n"));
  EXPECT_EQ(metrics_.GetCounter(metrics::kMasterJobLoadFail).Value(), 1);
}

TEST_F(LoadTest, APathThatIsNotThereFailsTheJobAndATroubledStoreDelaysIt) {
  blocks_.AddWorker(1, "one");
  list_status_ = absl::UnavailableError("safe mode");
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  EXPECT_THAT(Text("/g"), HasSubstr("RUNNING"));
  list_status_ = absl::NotFoundError("Path \"/g\" does not exist.");
  scheduler_->Run();
  EXPECT_THAT(Text("/g"), HasSubstr("Job State: FAILED (alluxio.exception.runtime.NotFoundRuntimeException: "
                                    "Path \"/g\" does not exist.)\n"));
}

TEST_F(LoadTest, VerificationLooksAgainUntilNothingIsLeft) {
  AddFile("/g/a", {1});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g", Options(0, true)), IsOk());
  scheduler_->Run();
  MarkLoaded("/g/a");
  AddFile("/g/late", {2});
  client_.Answer();
  EXPECT_THAT(Text("/g"), HasSubstr("Job State: VERIFYING\n"));
  ASSERT_EQ(client_.held.size(), 1);
  EXPECT_THAT(BlocksOf(client_.held[0]), ElementsAre(2));
  MarkLoaded("/g/late");
  client_.Answer();
  EXPECT_THAT(Text("/g"), HasSubstr("Job State: SUCCEEDED\n\tFiles Processed: 2\n\tBytes Loaded: 200B"));
  EXPECT_EQ(listings_, 3);
}

TEST_F(LoadTest, VerificationGivesUpWhatCannotBeLoaded) {
  AddFile("/g/a", {1});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g", Options(0, true)), IsOk());
  scheduler_->Run();
  client_.Answer({{1, Failure(false)}});
  scheduler_->Run();
  EXPECT_THAT(Text("/g"), HasSubstr("SUCCEEDED"));
}

TEST_F(LoadTest, TakesTheListingPageByPage) {
  for (int i = 0; i < 2500; ++i) AddFile(absl::StrCat("/g/", 10000 + i), {i});
  page_size_ = 700;
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g", Options(0, false, /*partial=*/true)), IsOk());
  scheduler_->Run();
  EXPECT_EQ(listings_, 2);  // the rest is asked for when these are nearly used up
  std::vector<int64_t> loaded;
  for (int rounds = 0; rounds < 5000 && Text("/g").find("RUNNING") != std::string::npos; ++rounds) {
    if (client_.held.empty()) {
      scheduler_->Run();
      continue;
    }
    for (const int64_t id : BlocksOf(client_.held[0])) loaded.push_back(id);
    client_.Answer();
  }
  ASSERT_EQ(loaded.size(), 2500);
  for (size_t i = 0; i < loaded.size(); ++i) ASSERT_EQ(loaded[i], static_cast<int64_t>(i));
  // How much there is in all was not to be counted.
  EXPECT_THAT(Text("/g"), HasSubstr("Files Processed: 2500\n\tBytes Loaded: 244.14KB\n"));
}

TEST_F(LoadTest, ASecondSubmissionChangesTheJobThatIsUnderWay) {
  AddFile("/g/a", {1, 2, 3});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g", Options(1000, true)), IsOk());
  scheduler_->Run();
  EXPECT_EQ(Submit("/g", Options(2000, false)).value(), "");
  EXPECT_THAT(Text("/g"), StartsWith("\tSettings:\tbandwidth: 2000\tverify: false\n"));
  client_.Answer();
  EXPECT_EQ(client_.held[0].request.options().bandwidth(), 2000);
  client_.Answer();
  scheduler_->Run();
  // One that has ended begins anew.
  EXPECT_EQ(Submit("/g").value().size(), 36);
  EXPECT_THAT(Text("/g"), HasSubstr("Files Processed: 0\n"));
}

TEST_F(LoadTest, AStoppedJobGoesOnWhereItWas) {
  AddFile("/g/a", {1, 2, 3});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  EXPECT_FALSE(StopJob("/g", "copy"));
  EXPECT_TRUE(StopJob("/g"));
  EXPECT_FALSE(StopJob("/g"));
  EXPECT_FALSE(StopJob("/other"));
  client_.Answer();
  scheduler_->Run();
  EXPECT_TRUE(client_.held.empty());
  EXPECT_THAT(Text("/g"), HasSubstr("Job State: STOPPED\n\tFiles Processed: 1\n\tBytes Loaded: 200B"));
  EXPECT_EQ(Submit("/g").value(), "");
  scheduler_->Run();
  ASSERT_EQ(client_.held.size(), 1);
  EXPECT_THAT(BlocksOf(client_.held[0]), ElementsAre(3));
  client_.Answer();
  scheduler_->Run();
  EXPECT_THAT(Text("/g"), HasSubstr("SUCCEEDED"));
}

TEST_F(LoadTest, StoppedJobsTakeNoRoomForGood) {
  for (int i = 0; i < 1001; ++i) {
    const std::string path = absl::StrCat("/stopped", i);
    ASSERT_THAT(Submit(path), IsOk());
    ASSERT_TRUE(StopJob(path));
  }
  EXPECT_EQ(JobsKept(), 1000);
}

TEST_F(LoadTest, JobsSurviveARestart) {
  AddFile("/done/a", {1});
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/done"), IsOk());
  scheduler_->Run();
  client_.Answer();
  scheduler_->Run();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const std::string id, Submit("/g", Options(1000, true)));
  scheduler_->Run();
  ASSERT_THAT(Submit("/stopped"), IsOk());
  ASSERT_TRUE(StopJob("/stopped"));

  Restart();
  EXPECT_THAT(Text("/done"), HasSubstr("Job State: SUCCEEDED\n\tFiles Processed: 0\n\tBytes Loaded: 0B\n"));
  EXPECT_THAT(Text("/stopped"), HasSubstr("STOPPED"));
  EXPECT_THAT(Text("/g"), HasSubstr("bandwidth: 1000\tverify: true\n\tJob State: RUNNING"));
  scheduler_->Run();
  ASSERT_EQ(client_.held.size(), 1);
  EXPECT_EQ(client_.held[0].request.options().tag(), id);

  // What a backup holds makes the same state elsewhere.
  std::vector<std::string> dumped;
  ASSERT_THAT(scheduler_->Dump(*store_,
                               [&](const proto::journal::JournalEntry& entry) {
                                 dumped.push_back(entry.load_job().load_path());
                                 return scheduler_->CheckForeign(entry).value_or(absl::InternalError("not mine"));
                               }),
              IsOk());
  EXPECT_THAT(dumped, ElementsAre("/done", "/g", "/stopped"));
}

TEST_F(LoadTest, AnEndedJobIsForgottenAfterItsTime) {
  blocks_.AddWorker(1, "one");
  ASSERT_THAT(Submit("/g"), IsOk());
  scheduler_->Run();
  clock_.Advance(absl::Hours(23));
  scheduler_->Run();
  EXPECT_THAT(Progress("/g"), IsOk());
  clock_.Advance(absl::Hours(2));
  scheduler_->Run();
  EXPECT_THAT(Progress("/g"), StatusIs(absl::StatusCode::kNotFound));
  // The journal still knows it; the first round after a restart forgets it again.
  Restart();
  scheduler_->Run();
  EXPECT_THAT(Progress("/g"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(LoadTest, TheStoreKeepsABoundedNumberOfEndedJobs) {
  blocks_.AddWorker(1, "one");
  for (int i = 0; i < 1100; ++i) {
    ASSERT_THAT(Submit(absl::StrCat("/", i)), IsOk());
    scheduler_->Run();
    clock_.Advance(absl::Milliseconds(1));
  }
  EXPECT_EQ(JobsKept(), 1000);
  EXPECT_THAT(Progress("/99"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Progress("/100"), IsOk());
}

TEST_F(LoadTest, RefusesWhatItCannotDo) {
  grpc::file::SubmitJobPRequest request;
  request.set_request_body("no Java");
  EXPECT_THAT(SubmitBody(request), StatusIs(absl::StatusCode::kInternal, StartsWith("fail to parse job request")));
  EXPECT_THAT(Submit("/g", [] {
                grpc::file::LoadJobPOptions options;
                options.set_bandwidth(0);
                return options;
              }()),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("bandwidth should be greater than 0 if provided")));
  for (int i = 0; i < 100; ++i) ASSERT_THAT(Submit(absl::StrCat("/", i)), IsOk());
  EXPECT_THAT(Submit("/g"), StatusIs(absl::StatusCode::kResourceExhausted,
                                     HasSubstr("Too many jobs running, please submit later.")));
}

// The listing that jobs really use.
TEST(ListFilesTest, FindsColdFilesInPages) {
  test::NamespaceFixture fixture;
  for (int i = 0; i < 5; ++i) fixture.ufs().PutFile(absl::StrCat("g/sub", i, "/f"), std::string(2000, 'x'));
  const LoadScheduler::ListFiles list = ListFilesOf(fixture.fs().core());
  std::vector<std::string> files;
  std::string after;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const LoadJob::Page page, list("alice", "/g", after, 3));
    for (const auto& file : page.files) {
      if (file.folder()) continue;
      files.push_back(file.path());
      EXPECT_TRUE(file.persisted());
      EXPECT_EQ(file.ufspath(), "mem://one" + file.path());
      EXPECT_FALSE(file.fileblockinfos().empty());
    }
    more = page.more;
    after = page.last_path;
    ASSERT_LT(pages, 10);
  }
  EXPECT_THAT(files, ElementsAre("/g/sub0/f", "/g/sub1/f", "/g/sub2/f", "/g/sub3/f", "/g/sub4/f"));
  EXPECT_GT(pages, 3);
  EXPECT_THAT(list("alice", "/nosuch", "", 3), StatusIs(absl::StatusCode::kNotFound));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const LoadJob::Page one, list("", "/g/sub1/f", "", 3));
  EXPECT_EQ(one.files.size(), 1);
  EXPECT_FALSE(one.more);
}

}  // namespace
}  // namespace alluxio::master
