#ifndef ALLUXIO_SHELL_SHELL_MAIN_H_
#define ALLUXIO_SHELL_SHELL_MAIN_H_

namespace alluxio::shell {

// The whole of alluxio-client. Ends the process with the command's exit code;
// returns only where the configuration is bad.
int ShellMain(int argc, char** argv);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_SHELL_MAIN_H_
