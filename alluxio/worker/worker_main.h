#ifndef ALLUXIO_WORKER_WORKER_MAIN_H_
#define ALLUXIO_WORKER_WORKER_MAIN_H_

namespace alluxio::worker {

// The whole of alluxio-worker: reads the configuration, serves until SIGTERM or
// SIGINT, returns the exit code. Called once, before there is any thread.
int WorkerMain(int argc, char** argv);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_WORKER_MAIN_H_
