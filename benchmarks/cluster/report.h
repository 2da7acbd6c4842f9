#ifndef ALLUXIO_BENCHMARKS_CLUSTER_REPORT_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_REPORT_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace alluxio::benchmarks {

struct Row {
  std::string name;
  int in_flight = 1;
  std::string unit;  // "/s", "MB/s", "ms", "MB"
  double value = 0;
  std::string limit_name;
  std::optional<double> limit;  // in the same unit, taken in the same minute
  std::optional<double> goal_share;  // of the limit
  double p50_us = 0;
  double p99_us = 0;
  std::string note;
};

// Collects rows, prints each as it comes, and writes all of them as JSON.
class Report {
 public:
  explicit Report(std::ostream& out) : out_(out) {}
  void Add(Row row);
  void PrintHead();
  std::string Json() const;

 private:
  std::ostream& out_;
  std::vector<Row> rows_;
};

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_REPORT_H_
