// The worker: reads the configuration, starts the assembly, waits for a signal.
//
//   alluxio-worker [-Dkey=value]...   serves until SIGTERM or SIGINT
#include "alluxio/worker/worker_main.h"

int main(int argc, char** argv) { return alluxio::worker::WorkerMain(argc, argv); }
