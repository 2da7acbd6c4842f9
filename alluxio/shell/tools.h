#ifndef ALLUXIO_SHELL_TOOLS_H_
#define ALLUXIO_SHELL_TOOLS_H_

#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

// The version of the original that we answer as.
inline constexpr absl::string_view kVersion = "2.9.6";

// `alluxio ARGS`, a word of words.h first. -Dkey=value has been taken out. Returns
// what `main` returns.
int RunShell(std::span<const std::string> args, Environment& env);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_TOOLS_H_
