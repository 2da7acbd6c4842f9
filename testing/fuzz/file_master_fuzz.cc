// Calls of the namespace with any messages that can be decoded, one after the
// other. Each is answered; afterwards a state made from the journal alone is the
// state that is there.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/fuzz/frames.h"

namespace {

using namespace alluxio::grpc::file;  // NOLINT: the messages of some thirty methods
using alluxio::master::Caller;
using alluxio::master::FileSystemMaster;
using alluxio::master::Reply;
using alluxio::test::Frame;
using alluxio::test::NamespaceFixture;

constexpr const char* kUsers[] = {"root", "alice", "bob", ""};

template <typename Request, typename Response>
void Call(NamespaceFixture& ns, const Frame& frame,
          void (FileSystemMaster::*method)(const Caller&, const Request&, Reply<Response>)) {
  Request request;
  if (!request.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()))) return;
  (void)ns.Do(method, request, kUsers[frame.user % 4]);
}

void List(NamespaceFixture& ns, const Frame& frame) {
  ListStatusPRequest request;
  if (!request.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()))) return;
  alluxio::Notification done;
  int messages = 0;
  ns.fs().ListStatus({kUsers[frame.user % 4], "fuzz"}, request,
                     [&](const ListStatusPResponse& response) { return ++messages < 100; },
                     [&](absl::Status) { done.Notify(); });
  done.Wait();
}

void Dispatch(NamespaceFixture& ns, const Frame& frame) {
  using M = FileSystemMaster;
  switch (frame.method % 30) {
    case 0: return Call(ns, frame, &M::CreateFile);
    case 1: return Call(ns, frame, &M::CompleteFile);
    case 2: return Call(ns, frame, &M::CreateDirectory);
    case 3: return Call(ns, frame, &M::Remove);
    case 4: return Call(ns, frame, &M::Rename);
    case 5: return Call(ns, frame, &M::GetStatus);
    case 6: return List(ns, frame);
    case 7: return Call(ns, frame, &M::SetAttribute);
    case 8: return Call(ns, frame, &M::SetAcl);
    case 9: return Call(ns, frame, &M::Mount);
    case 10: return Call(ns, frame, &M::Unmount);
    case 11: return Call(ns, frame, &M::UpdateMount);
    case 12: return Call(ns, frame, &M::GetNewBlockIdForFile);
    case 13: return Call(ns, frame, &M::Free);
    case 14: return Call(ns, frame, &M::CheckAccess);
    case 15: return Call(ns, frame, &M::CheckConsistency);
    case 16: return Call(ns, frame, &M::Exists);
    case 17: return Call(ns, frame, &M::GetFilePath);
    case 18: return Call(ns, frame, &M::GetMountTable);
    case 19: return Call(ns, frame, &M::ListStatusPartial);
    case 20: return Call(ns, frame, &M::ReverseResolve);
    case 21: return Call(ns, frame, &M::ScheduleAsyncPersistence);
    case 22: return Call(ns, frame, &M::UpdateUfsMode);
    case 23: return Call(ns, frame, &M::NeedsSync);
    case 24: return Call(ns, frame, &M::GetFileInfo);
    case 25: return Call(ns, frame, &M::GetPinnedFileIds);
    case 26: return Call(ns, frame, &M::GetUfsInfo);
    case 27: return Call(ns, frame, &M::GetSyncPathList);
    case 28: return Call(ns, frame, &M::StartSync);
    case 29: return Call(ns, frame, &M::StopSync);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alluxio::SetLogLevel(alluxio::LogLevel::kError);
  NamespaceFixture ns;
  alluxio::test::Frames frames(absl::string_view(reinterpret_cast<const char*>(data), size));
  for (Frame frame; frames.Next(&frame);) Dispatch(ns, frame);
  ALLUXIO_CHECK(ns.ReplayedContent() == ns.StoreContent());
  ns.Restart();
  ALLUXIO_CHECK(ns.Stat("/").ok());
  return 0;
}
