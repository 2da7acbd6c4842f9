// Calls of the block master, of clients and of workers, with any messages that
// can be decoded. Each is answered; the journal alone gives the same state.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fuzz/frames.h"

namespace {

using namespace alluxio::grpc::block;  // NOLINT: the messages of some fifteen methods
using alluxio::master::BlockMaster;
using alluxio::master::Caller;
using alluxio::master::Reply;
using alluxio::test::Frame;

struct Master {
  explicit Master(alluxio::journal::Journal* journal)
      : state(journal, &store), blocks({.state = &state, .clock = &clock, .random = random.get(), .safe_mode_wait = {}}) {
    state.AddPart(&blocks);
    ALLUXIO_CHECK(state.Replay().ok());
    blocks.Start();
  }
  std::map<std::string, std::string> Content() const {
    std::map<std::string, std::string> content;
    for (int family = 0; family < alluxio::master::kNumFamilies; ++family) {
      const absl::Status scanned =
          store.Scan(static_cast<alluxio::master::Family>(family), "", "",
                     [&](absl::string_view key, absl::string_view value) {
                       content[absl::StrCat(family, ":", key)] = std::string(value);
                       return true;
                     });
      ALLUXIO_CHECK(scanned.ok());
    }
    return content;
  }

  alluxio::test::FakeClock clock;
  std::unique_ptr<alluxio::Random> random = alluxio::Random::Seeded(5);
  alluxio::master::HeapKvStore store;
  alluxio::master::StateMachine state;
  BlockMaster blocks;
};

template <typename Request, typename Response>
void Call(Master& master, const Frame& frame,
          void (BlockMaster::*method)(const Caller&, const Request&, Reply<Response>)) {
  Request request;
  if (!request.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()))) return;
  alluxio::Notification answered;
  (master.blocks.*method)({"root", "fuzz"}, request, [&](absl::StatusOr<Response>) { answered.Notify(); });
  answered.Wait();
}

class Streams {
 public:
  void Start(Master& master, const Frame& frame) {
    RegisterWorkerPRequest request;
    if (!request.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()))) return;
    if (auto started = master.blocks.RegisterStart({"root", "fuzz"}, request); started.ok()) stream_ = *started;
  }
  void Batch(Master& master, const Frame& frame) {
    RegisterWorkerPRequest request;
    if (stream_ == nullptr || !request.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()))) {
      return;
    }
    (void)master.blocks.RegisterBatch(*stream_, request);
  }
  void Finish(Master& master) {
    if (stream_ != nullptr) (void)master.blocks.RegisterFinish(*stream_);
    stream_.reset();
  }

 private:
  std::shared_ptr<BlockMaster::Registration> stream_;
};

void Dispatch(Master& master, Streams& streams, const Frame& frame) {
  using M = BlockMaster;
  switch (frame.method % 19) {
    case 0: return Call(master, frame, &M::GetWorkerId);
    case 1: return Call(master, frame, &M::RequestRegisterLease);
    case 2: return Call(master, frame, &M::RegisterWorker);
    case 3: return Call(master, frame, &M::BlockHeartbeat);
    case 4: return Call(master, frame, &M::CommitBlock);
    case 5: return Call(master, frame, &M::CommitBlockInUfs);
    case 6: return Call(master, frame, &M::GetBlockInfo);
    case 7: return Call(master, frame, &M::GetBlockMasterInfo);
    case 8: return Call(master, frame, &M::GetWorkerReport);
    case 9: return Call(master, frame, &M::GetWorkerInfoList);
    case 10: return Call(master, frame, &M::GetWorkerLostStorage);
    case 11: return Call(master, frame, &M::DecommissionWorker);
    case 12: return Call(master, frame, &M::RemoveDisabledWorker);
    case 13: return Call(master, frame, &M::NotifyWorkerId);
    case 14: return streams.Start(master, frame);
    case 15: return streams.Batch(master, frame);
    case 16: return streams.Finish(master);
    case 17: master.clock.Advance(absl::Seconds(frame.user * 10)); return master.blocks.DetectLostWorkers();
    case 18: return Call(master, frame, &M::GetUsedBytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alluxio::SetLogLevel(alluxio::LogLevel::kError);
  alluxio::journal::MemoryJournal journal({.auto_durable = true});
  std::map<std::string, std::string> content;
  {
    Master master(&journal);
    Streams streams;
    alluxio::test::Frames frames(absl::string_view(reinterpret_cast<const char*>(data), size));
    for (Frame frame; frames.Next(&frame);) Dispatch(master, streams, frame);
    const auto totals = master.blocks.GetTotals();
    ALLUXIO_CHECK(totals.live_workers >= 0 && totals.block_replicas >= 0 && totals.unique_blocks >= 0);
    content = master.Content();
  }
  const auto after = journal.AfterCrash();
  ALLUXIO_CHECK(Master(after.get()).Content() == content);
  return 0;
}
