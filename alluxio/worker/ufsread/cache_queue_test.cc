#include "alluxio/worker/ufsread/cache_queue.h"

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/worker/ufsread/ufsread_fixture.h"
#include "gmock/gmock.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using testing::HasSubstr;

class FakeRemote final : public RemoteBlockReader {
 public:
  absl::Status Read(const std::string& host, int port, const ColdBlock& block,
                    absl::FunctionRef<absl::Status(absl::string_view)> sink) override {
    ++reads;
    if (hold) may_answer.Wait();
    if (!error.ok()) return error;
    for (char c : content) ALLUXIO_RETURN_IF_ERROR(sink(absl::string_view(&c, 1)));
    return absl::OkStatus();
  }
  std::atomic<int> reads{0};
  bool hold = false;
  Notification may_answer;
  absl::Status error;
  std::string content;
};

class CacheQueueTest : public UfsReadTest {
 protected:
  CacheQueue::Options QueueOptions() {
    return {.store = store_.get(),
            .fetcher = fetcher_.get(),
            .remote = &remote_,
            .executor = &remote_threads_,
            .report =
                [this](const BlockPin& pin) {
                  store_->Confirm(pin->block_id());
                  ++reported_;
                  return absl::OkStatus();
                },
            .is_self = [](absl::string_view host, int port) { return host == "me" && port == 29999; },
            .metrics = &metrics_};
  }
  static absl::Status CacheAndWait(CacheQueue& queue, const CacheQueue::Request& request) {
    Notification done;
    absl::Status result;
    queue.Cache(request, [&](absl::Status status) {
      result = std::move(status);
      done.Notify();
    });
    done.Wait();
    return result;
  }

  FakeRemote remote_;
  ThreadPool remote_threads_{{.name = "remote", .threads = 2}};
};

TEST_F(CacheQueueTest, TakesBlocksFromTheUnderStoreOrFromWorkers) {
  CacheQueue queue(QueueOptions());
  const std::string content = Pattern(3 * kRange);
  remote_.content = content;
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(1, content)}), IsOk());
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(2, content), .source_host = "me", .source_port = 29999}), IsOk());
  EXPECT_EQ(remote_.reads, 0);
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(3, content), .source_host = "other", .source_port = 29999}), IsOk());
  EXPECT_EQ(remote_.reads, 1);
  EXPECT_EQ(faults().calls("Open"), 2);
  for (int64_t id : {1, 2, 3}) EXPECT_THAT(Cached(id), IsOkAndHolds(testing::Eq(content)));
  EXPECT_EQ(reported_, 3);
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(3, content)}), IsOk());
  EXPECT_EQ(faults().calls("Open"), 2);
  EXPECT_EQ(Count("Worker.CacheUfsBlocks"), 2);
  EXPECT_EQ(Count("Worker.CacheRemoteBlocks"), 1);
  EXPECT_EQ(Count("Worker.CacheSucceededBlocks"), 4);
  EXPECT_EQ(Count("Worker.CacheFailedBlocks"), 0);
  EXPECT_EQ(Count("Worker.CacheBlocksSize"), 9 * kRange);  // the fourth was here
}

TEST_F(CacheQueueTest, UnderStoreMakesUpForAWorkerThatFails) {
  CacheQueue queue(QueueOptions());
  const std::string content = Pattern(3 * kRange);
  remote_.error = absl::UnavailableError("connection refused");
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(1, content), .source_host = "other"}), IsOk());
  remote_.error = absl::OkStatus();
  remote_.content = content.substr(1);
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(2, content), .source_host = "other"}), IsOk());
  for (int64_t id : {1, 2}) EXPECT_THAT(Cached(id), IsOkAndHolds(testing::Eq(content)));
  ColdBlock nowhere_else = Put(3, content);
  nowhere_else.ufs_uri = "";
  EXPECT_THAT(CacheAndWait(queue, {.block = nowhere_else, .source_host = "other"}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("2999 bytes")));
  EXPECT_EQ(Count("Worker.CacheRemoteBlocks"), 3);
  EXPECT_EQ(Count("Worker.CacheUfsBlocks"), 2);
  EXPECT_EQ(Count("Worker.CacheSucceededBlocks"), 2);
  EXPECT_EQ(Count("Worker.CacheFailedBlocks"), 1);
  EXPECT_EQ(Count("Worker.CacheBlocksSize"), 6 * kRange);
  EXPECT_EQ(Used(), 6 * kRange);
}

TEST_F(CacheQueueTest, SameBlockIsTakenOnceAndTheQueueIsBounded) {
  CacheQueue::Options options = QueueOptions();
  options.max_blocks = 2;
  options.max_running = 1;
  CacheQueue queue(options);
  const std::string content = Pattern(kRange);
  remote_.content = content;
  remote_.hold = true;
  const CacheQueue::Request first = {.block = Put(1, content), .source_host = "other"};
  EXPECT_THAT(queue.CacheAsync(first), IsOk());
  EXPECT_THAT(queue.CacheAsync(first), IsOk());
  EXPECT_THAT(queue.CacheAsync({.block = Put(2, content)}), IsOk());
  EXPECT_THAT(queue.CacheAsync({.block = Put(3, content)}), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(queue.blocks_under_way(), 2u);
  EXPECT_EQ(queue.blocks_queued(), 1u);
  EXPECT_EQ(Count("Worker.CacheRejectedBlocks"), 1);
  Notification done;
  queue.Cache(first, [&done](const absl::Status& status) {
    EXPECT_THAT(status, IsOk());
    done.Notify();
  });
  remote_.may_answer.Notify();
  done.Wait();
  EXPECT_EQ(remote_.reads, 1);
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(2, content)}), IsOk());
}

TEST_F(CacheQueueTest, ARequestForAnImpossibleBlockDoesNotStopTheOthers) {
  CacheQueue::Options options = QueueOptions();
  options.max_running = 1;
  CacheQueue queue(options);
  ColdBlock huge = Put(1, Pattern(kRange));
  huge.length_bytes = int64_t{1} << 62;
  EXPECT_THAT(CacheAndWait(queue, {.block = huge}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CacheAndWait(queue, {.block = Put(2, Pattern(kRange))}), IsOk());
}

TEST_F(CacheQueueTest, WhatIsQueuedIsCancelledAtTheEnd) {
  absl::Status queued;
  {
    CacheQueue::Options options = QueueOptions();
    options.max_running = 1;
    CacheQueue queue(options);
    faults().Block("ReadAt");
    queue.Cache({.block = Put(1, Pattern(kRange))}, [](const absl::Status& status) { EXPECT_THAT(status, IsOk()); });
    queue.Cache({.block = Put(2, Pattern(kRange))}, [this, &queued](absl::Status status) {
      queued = std::move(status);
      faults().Release("ReadAt");
    });
  }
  EXPECT_THAT(queued, StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace alluxio::worker
