// Measures a running cluster end to end and prints a table and, with --json,
// a file. Beside each row stands the machine's limit taken in the same minute.
//
//   bazel run --config=release //benchmarks:cluster -- --master 127.0.0.1:19998
#include <fstream>
#include <iostream>

#include "CLI/CLI.hpp"
#include "benchmarks/cluster/echo.h"
#include "benchmarks/cluster/metadata_rows.h"
#include "benchmarks/cluster/report.h"

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  alluxio::benchmarks::MetadataOptions metadata;
  std::string json;
  CLI::App app("Measures a running cluster beside the machine's limits.");
  app.add_option("--master", metadata.master, "host:port of the master")->capture_default_str();
  app.add_option("--user", metadata.user, "who we say we are")->capture_default_str();
  app.add_option("--folder", metadata.folder, "where in the namespace to work")->capture_default_str();
  app.add_option("--operations", metadata.operations, "calls per row")->capture_default_str();
  app.add_option("--json", json, "also write the rows to this file");
  bool nosasl = false;
  app.add_flag("--nosasl", nosasl, "the cluster runs without authentication");
  CLI11_PARSE(app, argc, argv);
  metadata.authenticated = !nosasl;

  auto echo = alluxio::benchmarks::EchoServer::Fork();
  if (!echo.ok()) {
    std::cerr << echo.status() << "\n";
    return 1;
  }
  alluxio::benchmarks::Report report(std::cout);
  report.PrintHead();
  const absl::Status status = alluxio::benchmarks::RunMetadataRows(metadata, **echo, report);
  if (!json.empty()) std::ofstream(json) << report.Json() << "\n";
  if (!status.ok()) {
    std::cerr << "stopped: " << status << "\n";
    return 1;
  }
  return 0;
}
