#ifndef ALLUXIO_TESTING_COMPAT_GOLDEN_GOLDEN_H_
#define ALLUXIO_TESTING_COMPAT_GOLDEN_GOLDEN_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Recorded transcripts of the original's shell (`golden/` of the folder that
// ALLUXIO_REFERENCE names), and how ours are compared with them.
namespace alluxio::test {

// One line of `commands.list`.
struct GoldenCommand {
  std::string name;
  std::string tool;               // "sh": a shell line to run, not recorded
  std::vector<std::string> args;  // the tool's arguments; of "sh" the line
};

struct GoldenAnswer {
  int code = 0;
  std::string out;
  std::string err;
};

class Golden {
 public:
  // nullopt: ALLUXIO_REFERENCE is not set. An error: it is, but names no recording.
  static absl::StatusOr<std::optional<Golden>> FromEnvironment();

  // In the order in which they were recorded: later ones see what earlier ones did.
  const std::vector<GoldenCommand>& commands() const { return commands_; }
  // What the original answered; null if that was not recorded.
  const GoldenAnswer* Find(const std::string& name) const;

 private:
  std::vector<GoldenCommand> commands_;
  std::map<std::string, GoldenAnswer> answers_;
};

// `text` without what differs from run to run: times, durations, ids, hosts,
// ports, sizes of the machine's disks, persistence (a matter of time).
std::string MaskGolden(std::string text);

// "" if `ours` is what the original said, masked; else what differs.
std::string CompareGolden(const std::string& name, const GoldenAnswer& original, const GoldenAnswer& ours);

// Why this command may answer otherwise; "" if it may not.
absl::string_view AcceptedDifference(const std::string& name);

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_COMPAT_GOLDEN_GOLDEN_H_
