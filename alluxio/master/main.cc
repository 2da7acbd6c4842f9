// The master: reads the configuration, starts the assembly, waits for a signal.
//
//   alluxio-master [-Dkey=value]...          serves until SIGTERM or SIGINT
//   alluxio-master [-Dkey=value]... format   drops all metadata (formatMasters)
#include "alluxio/master/master_main.h"

int main(int argc, char** argv) { return alluxio::master::MasterMain(argc, argv); }
