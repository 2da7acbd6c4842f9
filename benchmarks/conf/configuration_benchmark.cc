// The configuration's share of a command's start, and of a call that asks for a value.
#include <string>

#include "absl/strings/str_cat.h"
#include "alluxio/conf/configuration.h"
#include "benchmark/benchmark.h"

namespace alluxio::conf {
namespace {

// All defaults, a site file of `range` lines and a word of the command line.
void BM_Create(benchmark::State& state) {
  Sources sources;
  sources.site_file = "alluxio-site.properties";
  for (int64_t i = 0; i < state.range(0); ++i) {
    absl::StrAppend(&sources.site_properties, "alluxio.master.mount.table.root.option.key", i, "=value\n");
  }
  sources.system_properties = {{"alluxio.master.hostname", "master-1"}};
  for (auto _ : state) {
    const auto made = Configuration::Create(sources);
    if (!made.ok()) return state.SkipWithError("not a configuration");
    benchmark::DoNotOptimize(made);
  }
}
BENCHMARK(BM_Create)->Arg(0)->Arg(100);

void BM_GetBytes(benchmark::State& state) {
  const Configuration conf;
  for (auto _ : state) benchmark::DoNotOptimize(conf.GetBytes("alluxio.user.block.size.bytes.default"));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_GetBytes);

void BM_GetString(benchmark::State& state) {
  const Configuration conf;
  for (auto _ : state) benchmark::DoNotOptimize(conf.GetString("alluxio.master.hostname"));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_GetString);

}  // namespace
}  // namespace alluxio::conf
