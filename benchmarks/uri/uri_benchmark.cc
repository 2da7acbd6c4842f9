// What each call of the wire pays before it looks anything up: a path is checked and
// normalised, a URI of a client parsed.
#include <string>

#include "alluxio/uri/alluxio_uri.h"
#include "alluxio/uri/path.h"
#include "benchmark/benchmark.h"

namespace alluxio::uri {
namespace {

constexpr absl::string_view kClean = "/warehouse/sales.db/orders/date=2024-01-01/part-00042-c000.snappy.parquet";
constexpr absl::string_view kUnclean = "/warehouse//sales.db/./orders/x/../date=2024-01-01/part-00042-c000.snappy.parquet/";

void BM_CleanPath(benchmark::State& state) {
  const absl::string_view path = state.range(0) == 0 ? kClean : kUnclean;
  for (auto _ : state) benchmark::DoNotOptimize(CleanPath(path));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_CleanPath)->ArgName("unclean")->Arg(0)->Arg(1);

void BM_PathComponents(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(PathComponents(kClean));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PathComponents);

void BM_ParseUri(benchmark::State& state) {
  const std::string text = "alluxio://master-1:19998,master-2:19998" + std::string(kClean);
  for (auto _ : state) benchmark::DoNotOptimize(AlluxioUri::Parse(text));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ParseUri);

}  // namespace
}  // namespace alluxio::uri
