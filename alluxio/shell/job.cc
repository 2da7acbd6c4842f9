#include "alluxio/shell/job.h"

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace alluxio::shell {
namespace {

constexpr absl::string_view kReason = "There is no job service in this version.";

absl::StatusOr<int> NoJobs(Environment& env, const Arguments& args) { return absl::UnimplementedError(kReason); }

// Those that name a job say first what the original says where it can't be had.
absl::StatusOr<int> NoJob(Environment& env, const Arguments& args, absl::string_view before, absl::string_view after) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(args[0], &id)) {
    return absl::InvalidArgumentError(absl::StrCat(args[0], " is not a valid id format."));
  }
  env.out() << before << id << after << "\n";
  return absl::UnimplementedError(kReason);
}

absl::StatusOr<int> Cancel(Environment& env, const Arguments& args) {
  return NoJob(env, args, "Failed to cancel the job ", "");
}
absl::StatusOr<int> GetCmdStatus(Environment& env, const Arguments& args) {
  return NoJob(env, args, "Unable to get detailed information for command ",
               ". Please retry using `getCmdStatus` to check command detailed status,");
}
absl::StatusOr<int> Stat(Environment& env, const Arguments& args) {
  return NoJob(env, args, "Failed to get status of the job ", "");
}

constexpr OptionSpec kStatOptions[] = {
    {.short_name = "v", .description = "Display the status of every task"},
};

constexpr Command kCommands[] = {
    {.name = "cancel",
     .usage = "cancel <id>",
     .description = "Cancels a job asynchronously.",
     .arity = {1, 1},
     .run = Cancel,
     .missing = kReason,
     .refused = true},
    {.name = "getCmdStatus",
     .usage = "getCmdStatus <jobControlId>",
     .description = "Get the status information for a distributed command.",
     .arity = {1, 1},
     .run = GetCmdStatus,
     .missing = kReason,
     .refused = true},
    {.name = "leader",
     .usage = "leader",
     .description = "Prints the hostname of the job master service leader.",
     .arity = {0, 0},
     .run = NoJobs,
     .missing = kReason,
     .refused = true},
    {.name = "ls",
     .usage = "ls",
     .description = "Prints the IDs of the most recent jobs, running and finished, in the history up to the capacity "
                    "set in alluxio.job.master.job.capacity",
     .arity = {0, 0},
     .run = NoJobs,
     .missing = kReason,
     .refused = true},
    {.name = "stat",
     .usage = "stat [-v] <id>",
     .description =
         "Displays the status info for the specific job. Use -v flag to display the status of every task",
     .options = kStatOptions,
     .arity = {1, 1},
     .run = Stat,
     .missing = kReason,
     .refused = true},
};

}  // namespace

const Tool& JobTool() {
  static constexpr Tool kTool = {.name = "job", .commands = kCommands};
  return kTool;
}

}  // namespace alluxio::shell
