// Goal: docs/compatibility.md lists every method of the wire, and says of each
// what the servers really answer.
// Method: call every method of alluxio/proto/wire/descriptors.tsv on a running
// master and worker with an empty request (but for required fields); UNIMPLEMENTED is not built, anything
// else is.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/process/master_process.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/worker/process/worker_process.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::test {
namespace {

using States = std::map<std::string, std::string>;  // "package.Service/Method" -> state

States ReadTheDocument() {
  States states;
  std::ifstream file("docs/compatibility.md");
  std::string service;
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, "# ")) service.clear();  // the shell's words: //alluxio/shell:words_test
    if (absl::StartsWith(line, "## ")) service = line.substr(3);
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    if (service.empty() || cells.size() < 5 || absl::StrContains(line, "---")) continue;
    const std::string method(absl::StripAsciiWhitespace(cells[1]));
    if (method == "method") continue;
    states[absl::StrCat(service, "/", method)] = std::string(absl::StripAsciiWhitespace(cells[3]));
  }
  return states;
}

std::vector<std::string> MethodsOfTheWire() {
  std::vector<std::string> methods;
  std::ifstream file("alluxio/proto/wire/descriptors.tsv");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> c = absl::StrSplit(line, '\t');
    if (c[0] == "method") methods.push_back(absl::StrCat(c[2], "/", c[3]));
  }
  return methods;
}

// Sets what must be there, to nothing.
void SetRequired(google::protobuf::Message* message) {
  using google::protobuf::FieldDescriptor;
  const auto& reflection = *message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = message->GetDescriptor()->field(i);
    if (!field->is_required()) continue;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: reflection.SetString(message, field, ""); break;
      case FieldDescriptor::CPPTYPE_INT64: reflection.SetInt64(message, field, 0); break;
      case FieldDescriptor::CPPTYPE_INT32: reflection.SetInt32(message, field, 0); break;
      case FieldDescriptor::CPPTYPE_BOOL: reflection.SetBool(message, field, false); break;
      case FieldDescriptor::CPPTYPE_MESSAGE: SetRequired(reflection.MutableMessage(message, field)); break;
      default: ADD_FAILURE() << "how to set " << field->full_name() << "?";
    }
  }
}

// The request of `method` with nothing in it but what must be there.
std::string EmptyRequest(const std::string& method) {
  std::string name = method;
  name[name.rfind('/')] = '.';
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  if (descriptor == nullptr) return "";  // of a service that nobody here links
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor->input_type())->New());
  SetRequired(message.get());
  return message->SerializePartialAsString();
}

// The code that a call with one such message, half-closed, ends with.
::grpc::StatusCode CallEmpty(rpc::AuthenticatedChannel& channel, const std::string& method) {
  ::grpc::ClientContext context;
  EXPECT_THAT(channel.PrepareContext(&context), IsOk());
  // A built method may wait for more (an open session): that is an answer too.
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
  ::grpc::GenericStub stub(channel.channel());
  ::grpc::CompletionQueue queue;
  const auto step = [&queue] {
    void* tag;
    bool ok;
    return queue.Next(&tag, &ok) && ok;
  };
  auto call = stub.PrepareCall(&context, "/" + method, &queue);
  call->StartCall(nullptr);
  step();
  const ::grpc::Slice request(EmptyRequest(method));
  ::grpc::ByteBuffer message(&request, 1);
  call->WriteLast(message, ::grpc::WriteOptions(), nullptr);
  step();
  bool more = true;
  while (more) {
    ::grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    more = step();
  }
  ::grpc::Status status;
  call->Finish(&status, nullptr);
  step();
  return status.error_code();
}

bool IsOfTheWorker(const std::string& method) { return absl::StrContains(method, ".BlockWorker/"); }

TEST(CompatibilityTest, TheDocumentListsEveryMethodOnce) {
  const States states = ReadTheDocument();
  const std::vector<std::string> methods = MethodsOfTheWire();
  ASSERT_GT(methods.size(), 100u);
  for (const std::string& method : methods) EXPECT_TRUE(states.contains(method)) << method;
  EXPECT_EQ(states.size(), methods.size());
  for (const auto& [method, state] : states) EXPECT_TRUE(state == "built" || state == "UNIMPLEMENTED") << method;
}

TEST(CompatibilityTest, TheServersAnswerAsTheDocumentSays) {
  const std::string folder = std::string(getenv("TEST_TMPDIR")) + "/compat";
  std::filesystem::create_directories(folder + "/ufs");
  master::MasterOptions options;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(options.conf, conf::Configuration().With({
                                                 {"alluxio.work.dir", folder},
                                                 {"alluxio.master.hostname", "127.0.0.1"},
                                                 {"alluxio.master.bind.host", "127.0.0.1"},
                                                 {"alluxio.master.rpc.port", "0"},
                                                 {"alluxio.master.journal.type", "NOOP"},
                                                 {"alluxio.master.metastore", "HEAP"},
                                                 {"alluxio.master.mount.table.root.ufs", folder + "/ufs"},
                                                 {"alluxio.master.backup.directory", folder + "/backups"},
                                             }));
  options.stepped_heartbeats = true;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, master::MasterProcess::Start(options));
  worker::WorkerOptions worker_options;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(worker_options.conf,
                               options.conf.With({
                                   {"alluxio.master.rpc.port", std::to_string(master->port())},
                                   {"alluxio.worker.hostname", "127.0.0.1"},
                                   {"alluxio.worker.rpc.port", "0"},
                                   {"alluxio.worker.ramdisk.size", "1MB"},
                                   {"alluxio.worker.tieredstore.level0.dirs.path", folder + "/ram"},
                               }));
  worker_options.stepped_heartbeats = true;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto worker, worker::WorkerProcess::Start(worker_options));

  const auto to_master = rpc::AuthenticatedChannel::Create({.target = master->address(), .user = "root"});
  const auto to_worker =
      rpc::AuthenticatedChannel::Create({.target = absl::StrCat("127.0.0.1:", worker->port()), .user = "root"});
  const States states = ReadTheDocument();
  for (const auto& [method, state] : states) {
    const auto code = CallEmpty(IsOfTheWorker(method) ? *to_worker : *to_master, method);
    EXPECT_EQ(state, code == ::grpc::StatusCode::UNIMPLEMENTED ? "UNIMPLEMENTED" : "built")
        << method << " ended with code " << code;
    // Else it would say nothing about the method itself.
    EXPECT_TRUE(code != ::grpc::StatusCode::UNAUTHENTICATED || absl::EndsWith(method, "/authenticate")) << method;
  }
}

}  // namespace
}  // namespace alluxio::test
