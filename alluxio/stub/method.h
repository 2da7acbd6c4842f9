#ifndef ALLUXIO_STUB_METHOD_H_
#define ALLUXIO_STUB_METHOD_H_

namespace alluxio::stub {

// One unary method of a service: its path on the wire, with its messages in the
// type. Calling by path needs no generated client code, so that users of the
// stubs compile without gRPC; stub_test holds every path against the wire's table.
template <typename Request, typename Response>
struct Method {
  const char* path;
  // False for the services that need no authentication.
  bool authenticated = true;
};

// One method with a streamed answer.
template <typename Request, typename Response>
struct StreamMethod {
  const char* path;
};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_METHOD_H_
