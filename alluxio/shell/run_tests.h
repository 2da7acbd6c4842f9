#ifndef ALLUXIO_SHELL_RUN_TESTS_H_
#define ALLUXIO_SHELL_RUN_TESTS_H_

#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

// `alluxio runTest` and `alluxio runTests`: writes and reads files through a
// running cluster, once for each combination of operation, read type and write
// type (24 in all; options narrow them down). Returns how many failed.
//
// Options: --directory, --operation BASIC|BASIC_NON_BYTE_BUFFER, --readType,
// --writeType, --help. The files stay, under default_tests_files, and go at the
// next run's start.
int RunTests(std::span<const std::string> args, Environment& env);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_RUN_TESTS_H_
