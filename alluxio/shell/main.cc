// The shell behind bin/alluxio: `alluxio-client fs ls /`.
#include "alluxio/shell/shell_main.h"

int main(int argc, char** argv) { return alluxio::shell::ShellMain(argc, argv); }
