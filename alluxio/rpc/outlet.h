#ifndef ALLUXIO_RPC_OUTLET_H_
#define ALLUXIO_RPC_OUTLET_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace alluxio::rpc {

// A streamed answer whose reader sets the pace: no thread waits for it.
//
// One thing at a time: Write, and once its `next` runs another Write, or End. One that
// is destroyed without End answers INTERNAL.
class Outlet {
 public:
  // Whether the reader is still there; if not, only End is left.
  using Next = absl::AnyInvocable<void(bool alive) &&>;

  virtual ~Outlet() = default;

  // `message` as serialized. `next` runs once the reader has room for another, in
  // whatever thread, maybe before this returns.
  virtual void Write(std::string message, Next next) = 0;
  // Once; nothing after it.
  virtual void End(const absl::Status& status) = 0;
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_OUTLET_H_
