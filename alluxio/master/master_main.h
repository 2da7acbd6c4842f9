#ifndef ALLUXIO_MASTER_MASTER_MAIN_H_
#define ALLUXIO_MASTER_MASTER_MAIN_H_

namespace alluxio::master {

// The whole of alluxio-master: reads the configuration, serves until SIGTERM or
// SIGINT (or formats), returns the exit code. Called once, before there is any
// thread.
int MasterMain(int argc, char** argv);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_MASTER_MAIN_H_
