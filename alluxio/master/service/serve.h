#ifndef ALLUXIO_MASTER_SERVICE_SERVE_H_
#define ALLUXIO_MASTER_SERVICE_SERVE_H_

#include "alluxio/rpc/unary.h"

// One method of a generated CallbackService that hands the call to the method of
// the same name of `master_`. For classes with `env_`, `master_` and a macro
// ALLUXIO_SERVICE, "package.Service/". Methods that aren't listed answer
// UNIMPLEMENTED, as the generated base class does.
#define ALLUXIO_SERVE(Name, Request, Response) ALLUXIO_SERVE_BY(master_->Name, Name, Request, Response)

// The same, handed to `method` instead ("member_->Name").
#define ALLUXIO_SERVE_BY(method, Name, Request, Response)                                                  \
  ::grpc::ServerUnaryReactor* Name(::grpc::CallbackServerContext* context, const Request* request,         \
                                   Response* response) override {                                         \
    return rpc::ServeUnary(env_, ALLUXIO_SERVICE #Name, context, request, response,                        \
                           [this](const rpc::Caller& caller, const Request& q, rpc::Reply<Response> reply) { \
                             method(caller, q, std::move(reply));                                         \
                           });                                                                            \
  }

// The same for a service that needs no authentication.
#define ALLUXIO_SERVE_UNAUTHENTICATED(Name, Request, Response)                                            \
  ::grpc::ServerUnaryReactor* Name(::grpc::CallbackServerContext* context, const Request* request,         \
                                   Response* response) override {                                         \
    return rpc::ServeUnauthenticated(                                                                     \
        env_, ALLUXIO_SERVICE #Name, context, request, response,                                           \
        [this](const rpc::Caller& caller, const Request& q, rpc::Reply<Response> reply) {                   \
          master_->Name(caller, q, std::move(reply));                                                     \
        });                                                                                               \
  }

#endif  // ALLUXIO_MASTER_SERVICE_SERVE_H_
