// What the master's namespace itself costs, without network and disk: heap store,
// journal in memory, everything in the caller's thread.
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "testing/fakes/namespace_fixture.h"

namespace alluxio::master {
namespace {

using test::NamespaceFixture;

// Stands for the call that opens a file, `range` directories down.
void BM_GetStatus(benchmark::State& state) {
  NamespaceFixture ns;
  std::string path;
  for (int64_t depth = 0; depth < state.range(0); ++depth) absl::StrAppend(&path, "/directory", depth);
  path += "/file";
  if (!ns.Write(path, 100).ok()) return state.SkipWithError("write");
  grpc::file::GetStatusPRequest request;
  request.set_path(path);
  for (auto _ : state) {
    ns.fs().GetStatus({"root", ""}, request, [](auto response) { benchmark::DoNotOptimize(response); });
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_GetStatus)->Arg(1)->Arg(8);

// Stands for `ls` of a directory with `range` files of one block each.
void BM_ListStatus(benchmark::State& state) {
  NamespaceFixture ns;
  for (int64_t i = 0; i < state.range(0); ++i) {
    if (!ns.Write(absl::StrCat("/d/file-", i), 100).ok()) return state.SkipWithError("write");
  }
  grpc::file::ListStatusPRequest request;
  request.set_path("/d");
  for (auto _ : state) {
    ns.fs().ListStatus({"root", ""}, request,
                       [](const auto& response) {
                         benchmark::DoNotOptimize(response.fileinfos_size());
                         return true;
                       },
                       [](absl::Status status) { benchmark::DoNotOptimize(status); });
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ListStatus)->Arg(100)->Arg(10'000);

// Stands for the metadata half of writing an empty file: create and complete.
void BM_CreateAndComplete(benchmark::State& state) {
  NamespaceFixture ns;
  if (!ns.Mkdir("/d").ok()) return state.SkipWithError("mkdir");
  int64_t n = 0;
  for (auto _ : state) {
    const std::string path = absl::StrCat("/d/file-", n++);
    if (!ns.CreateFile(path).ok() || !ns.Complete(path).ok()) state.SkipWithError("create");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_CreateAndComplete)->Iterations(50'000);

}  // namespace
}  // namespace alluxio::master
