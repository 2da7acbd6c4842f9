#ifndef ALLUXIO_BASE_STATUS_MACROS_H_
#define ALLUXIO_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace alluxio {

// `status` with "context: " in front of its message; OK stays OK.
inline absl::Status Annotate(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(context, ": ", status.message()));
}

}  // namespace alluxio

#define ALLUXIO_MACRO_JOIN_INNER_(a, b) a##b
#define ALLUXIO_MACRO_JOIN_(a, b) ALLUXIO_MACRO_JOIN_INNER_(a, b)

// Returns from the enclosing function when `expr` (an absl::Status) is not OK.
// (Its variable's long name can't be that of a member that `expr` names.)
#define ALLUXIO_RETURN_IF_ERROR(expr)                                                        \
  do {                                                                                       \
    if (absl::Status alluxio_returned_status = (expr); !alluxio_returned_status.ok()) {      \
      return alluxio_returned_status;                                                        \
    }                                                                                        \
  } while (false)

// Evaluates `expr` (an absl::StatusOr) and either returns its error or assigns
// its value: ALLUXIO_ASSIGN_OR_RETURN(auto file, Open(path));
#define ALLUXIO_ASSIGN_OR_RETURN(lhs, expr) \
  ALLUXIO_ASSIGN_OR_RETURN_IMPL_(ALLUXIO_MACRO_JOIN_(status_or_, __LINE__), lhs, expr)
#define ALLUXIO_ASSIGN_OR_RETURN_IMPL_(result, lhs, expr) \
  auto result = (expr);                                   \
  if (!result.ok()) return std::move(result).status();    \
  lhs = *std::move(result)

#endif  // ALLUXIO_BASE_STATUS_MACROS_H_
