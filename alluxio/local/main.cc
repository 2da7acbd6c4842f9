// A master and a worker in one process: `local [--folder F] [-Dkey=value ...]`.
#include "alluxio/local/local_main.h"

int main(int argc, char** argv) { return alluxio::local::LocalMain(argc, argv); }
