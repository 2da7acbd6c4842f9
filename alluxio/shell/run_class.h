#ifndef ALLUXIO_SHELL_RUN_CLASS_H_
#define ALLUXIO_SHELL_RUN_CLASS_H_

#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

// `alluxio runClass CLASS ARGS`: what the original's class of that name does, as far
// as a word of ours does it; for scripts of containers.
int RunClass(std::span<const std::string> args, Environment& env);

// `alluxio killAll [-s] WORD`: ends our servers and clients of this machine whose
// command lines have the word in them; what is left after 30 seconds is killed (not with -s).
int KillAll(std::span<const std::string> args, Environment& env);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_RUN_CLASS_H_
