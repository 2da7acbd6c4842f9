#ifndef ALLUXIO_TESTING_CONFORMANCE_JOURNAL_SUITE_H_
#define ALLUXIO_TESTING_CONFORMANCE_JOURNAL_SUITE_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/journal/journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

// What every journal::Journal does. A test of an implementation includes this
// and instantiates JournalSuite with makers of harnesses:
//
//   INSTANTIATE_TEST_SUITE_P(Local, JournalSuite, ::testing::Values(&MakeLocal));
namespace alluxio::test {

class JournalHarness {
 public:
  virtual ~JournalHarness() = default;
  virtual journal::Journal& journal() = 0;
  // As after the end of the process: what was durable is there again.
  virtual void Restart() = 0;
};

class JournalSuite : public ::testing::TestWithParam<std::function<std::unique_ptr<JournalHarness>()>> {
 protected:
  using Records = std::vector<std::pair<uint64_t, std::string>>;

  void SetUp() override { harness_ = GetParam()(); }
  journal::Journal& journal() { return harness_->journal(); }
  void Restart() { harness_->Restart(); }

  // Appends and waits until it is durable.
  uint64_t Append(absl::string_view record) {
    Notification done;
    const uint64_t sequence = journal().Append(record, [&](absl::Status status) {
      EXPECT_THAT(status, IsOk());
      done.Notify();
    });
    done.Wait();
    EXPECT_GE(journal().DurableSequence(), sequence);
    return sequence;
  }

  Records ReplayAfter(uint64_t after) {
    Records records;
    EXPECT_THAT(journal().Replay(after,
                                 [&](uint64_t sequence, absl::string_view record) {
                                   records.emplace_back(sequence, std::string(record));
                                   return absl::OkStatus();
                                 }),
                IsOk());
    return records;
  }

 private:
  std::unique_ptr<JournalHarness> harness_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JournalSuite);

TEST_P(JournalSuite, ANewOneIsEmpty) {
  EXPECT_EQ(journal().LastSequence(), 0u);
  EXPECT_EQ(journal().DurableSequence(), 0u);
  EXPECT_TRUE(ReplayAfter(0).empty());
}

TEST_P(JournalSuite, NumbersHaveNoGapsAndDonesRunInOrder) {
  Mutex mutex;
  std::vector<uint64_t> done;
  for (uint64_t n = 1; n <= 100; ++n) {
    EXPECT_EQ(journal().Append("x",
                               [&, n](absl::Status status) {
                                 EXPECT_THAT(status, IsOk());
                                 MutexLock lock(&mutex);
                                 done.push_back(n);
                               }),
              n);
  }
  Notification flushed;
  journal().Flush([&](absl::Status) { flushed.Notify(); });
  flushed.Wait();
  MutexLock lock(&mutex);
  ASSERT_EQ(done.size(), 100u);
  for (uint64_t n = 1; n <= 100; ++n) EXPECT_EQ(done[n - 1], n);
}

TEST_P(JournalSuite, ARestartFindsEveryRecordAndGoesOn) {
  const std::string large(3 << 20, 'L');
  const std::string binary("\0\xff\0", 3);
  Append("one");
  Append("");
  Append(large);
  Append(binary);
  Restart();
  EXPECT_EQ(journal().LastSequence(), 4u);
  EXPECT_EQ(journal().DurableSequence(), 4u);
  EXPECT_THAT(ReplayAfter(0),
              ::testing::ElementsAre(std::pair(1, "one"), std::pair(2, ""), std::pair(3, large), std::pair(4, binary)));
  EXPECT_EQ(Append("five"), 5u);
  Restart();
  EXPECT_THAT(ReplayAfter(4), ::testing::ElementsAre(std::pair(5, "five")));
  EXPECT_TRUE(ReplayAfter(5).empty());
}

TEST_P(JournalSuite, ReplayStopsAtTheVisitorsError) {
  Append("a");
  Append("b");
  Restart();
  int calls = 0;
  EXPECT_THAT(journal().Replay(0,
                               [&](uint64_t, absl::string_view) {
                                 ++calls;
                                 return absl::CancelledError("enough");
                               }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(calls, 1);
}

TEST_P(JournalSuite, TrimDropsNothingThatIsNeeded) {
  const std::string record(1000, 'r');
  for (int i = 0; i < 50; ++i) Append(record);
  EXPECT_THAT(journal().Trim(30), IsOk());
  Append("last");
  Restart();
  const Records records = ReplayAfter(30);
  ASSERT_EQ(records.size(), 21u);
  EXPECT_EQ(records.front().first, 31u);
  EXPECT_EQ(records.back().second, "last");
}

TEST_P(JournalSuite, ManyThreadsAppend) {
  constexpr int kThreads = 4, kEach = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) journal().Append(absl::StrCat(t, ":", i), [](absl::Status) {});
    });
  }
  for (std::thread& thread : threads) thread.join();
  journal().Close();
  Restart();
  const Records records = ReplayAfter(0);
  ASSERT_EQ(records.size(), size_t{kThreads * kEach});
  // Each thread's own records keep their order.
  std::vector<int> next(kThreads, 0);
  for (const auto& [sequence, record] : records) {
    const int t = record[0] - '0';
    EXPECT_EQ(record, absl::StrCat(t, ":", next[t]++));
  }
}

TEST_P(JournalSuite, CloseFinishesWhatWasAppendedAndRefusesMore) {
  bool done = false;
  journal().Append("a", [&](absl::Status status) {
    EXPECT_THAT(status, IsOk());
    done = true;
  });
  journal().Close();
  EXPECT_TRUE(done);
  absl::Status late;
  EXPECT_EQ(journal().Append("b", [&](absl::Status status) { late = status; }), 0u);
  EXPECT_THAT(late, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(journal().LastSequence(), 1u);
}

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CONFORMANCE_JOURNAL_SUITE_H_
