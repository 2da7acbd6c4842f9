#ifndef ALLUXIO_SHELL_READ_JOURNAL_H_
#define ALLUXIO_SHELL_READ_JOURNAL_H_

#include <cstdint>
#include <ostream>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "alluxio/base/disk.h"
#include "alluxio/shell/command.h"

namespace alluxio::shell {

// As commons-cli shows options added with one name: -start <arg>.
inline constexpr OptionSpec kReadJournalOptions[] = {
    {.short_name = "end",
     .arg_name = "arg",
     .description = "The end log sequence number (exclusive). Set to +inf by default."},
    {.short_name = "help", .description = "Show help for this command."},
    {.short_name = "inputDir",
     .arg_name = "arg",
     .description = "The input directory on-disk to read journal content from. (Default: Read from system "
                    "configuration.)"},
    {.short_name = "master",
     .arg_name = "arg",
     .description = "The name of the master (e.g. FileSystemMaster, BlockMaster). Set to FileSystemMaster by default."},
    {.short_name = "outputDir",
     .arg_name = "arg",
     .description = "The output directory to write journal content to. (Default: journal_dump-${timestamp})"},
    {.short_name = "start",
     .arg_name = "arg",
     .description = "The start log sequence number (inclusive). Set to 0 by default."},
};

// `alluxio readJournal`: writes the entries of a journal folder as text to
// OUTPUT/edits.txt. Takes no lock and changes nothing, so that the master may run.
int ReadJournal(std::span<const std::string> args, Environment& env);

// The records of the journal in `folder` with numbers in [start, end), as text.
// Returns how many. Errors: NOT_FOUND no journal there; DATA_LOSS a damaged one
// (what is before it has been written).
absl::StatusOr<int64_t> DumpJournal(Disk* disk, const std::string& folder, uint64_t start, uint64_t end,
                                    std::ostream& out);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_READ_JOURNAL_H_
