#ifndef ALLUXIO_SHELL_UFS_TESTS_H_
#define ALLUXIO_SHELL_UFS_TESTS_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "alluxio/shell/command.h"
#include "alluxio/ufs/under_file_system.h"

namespace alluxio::shell {

inline constexpr OptionSpec kUfsTestsOptions[] = {
    {.long_name = "help", .description = "show this text"},
    {.long_name = "path", .arg_name = "arg", .description = "The under filesystem path to run tests against."},
};

inline constexpr OptionSpec kUfsIoTestOptions[] = {
    {.long_name = "cluster", .description = "run the benchmark in the job service of the cluster"},
    {.long_name = "cluster-limit", .arg_name = "arg", .description = "how many job workers take part"},
    {.long_name = "help", .description = "show this text"},
    {.long_name = "io-size", .arg_name = "arg", .description = "size of data each thread writes to UFS (default 4G)"},
    {.long_name = "java-opt", .arg_name = "arg", .description = "without effect: there is no Java machine"},
    {.long_name = "path", .arg_name = "arg", .description = "the UFS folder to write temporary data in"},
    {.long_name = "threads", .arg_name = "arg", .description = "the number of threads for each IO test (default 4)"},
};

// `alluxio runUfsTests --path U`: whether a place does what Alluxio asks of an
// under store. Makes a folder of its own there and removes it. Returns 0, or 1 at
// the first test that fails.
int RunUfsTests(std::span<const std::string> args, Environment& env);

// The same on a store and a folder in it, which must be empty and stays so.
absl::Status CheckUfsContract(ufs::UnderFileSystem& store, const std::string& folder, std::ostream& out);

// `alluxio runUfsIOTest --path U`: how fast files are written there and read back;
// prints the original's JSON.
int RunUfsIoTest(std::span<const std::string> args, Environment& env);

// A store for a path on this machine, whose root is there, or an error that users understand.
absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> OpenUfs(const std::string& uri);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_UFS_TESTS_H_
