#ifndef ALLUXIO_LOCAL_LOCAL_MAIN_H_
#define ALLUXIO_LOCAL_LOCAL_MAIN_H_

namespace alluxio::local {

// The whole of alluxio-local: a master and a worker in one process until SIGTERM
// or SIGINT. Called once, before there is any thread.
int LocalMain(int argc, char** argv);

}  // namespace alluxio::local

#endif  // ALLUXIO_LOCAL_LOCAL_MAIN_H_
