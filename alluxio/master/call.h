#ifndef ALLUXIO_MASTER_CALL_H_
#define ALLUXIO_MASTER_CALL_H_

#include "alluxio/rpc/call.h"

namespace alluxio::master {

using rpc::Caller;
using rpc::Reply;
using rpc::Sink;

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_CALL_H_
