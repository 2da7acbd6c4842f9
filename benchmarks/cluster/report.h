#ifndef ALLUXIO_BENCHMARKS_CLUSTER_REPORT_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_REPORT_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace alluxio::benchmarks {

// One measured quantity, the machine's limit beside it, and what it should be.
struct Row {
  std::string name;
  int in_flight = 1;
  std::string unit;  // "/s", "GB/s", "ms", "MB"
  double value = 0;
  // Milliseconds and megabytes; rates are better when larger.
  bool smaller_is_better = false;
  std::string limit_name;
  std::optional<double> limit;  // in the same unit, taken in the same minute
  // Goals: a share of the limit; an absolute bound; so many times better than
  // what the original gave on such a machine.
  std::optional<double> goal_share;
  std::optional<double> goal_bound;
  std::optional<double> original;
  std::optional<double> goal_factor;
  double p50_us = 0;
  double p99_us = 0;
  std::string note;

  std::optional<double> Share() const;   // of the limit
  std::optional<double> Factor() const;  // better than the original
  // Nothing where there is no goal.
  std::optional<bool> Met() const;
  std::string GoalText() const;
};

// Collects rows, prints each as it comes, and writes all of them as JSON.
class Report {
 public:
  // `machine` describes what it ran on; one line.
  Report(std::ostream& out, std::string machine) : out_(out), machine_(std::move(machine)) {}
  void Add(Row row);
  void PrintHead();
  void PrintSection(const std::string& title);
  std::string Json() const;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::ostream& out_;
  const std::string machine_;
  std::vector<Row> rows_;
};

// Number of processors, their name, the kernel, memory, load, date.
std::string DescribeMachine();

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_REPORT_H_
