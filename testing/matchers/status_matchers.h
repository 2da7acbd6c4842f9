#ifndef ALLUXIO_TESTING_MATCHERS_STATUS_MATCHERS_H_
#define ALLUXIO_TESTING_MATCHERS_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

// gMock matchers of absl::Status and absl::StatusOr, which this Abseil lacks.
namespace alluxio::test {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

MATCHER_P(IsOkAndHolds, inner, "is OK and holds a value that matches") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(inner, *arg, result_listener);
}

MATCHER_P(StatusIs, code, "") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code;
}

// The message, too, has to match.
MATCHER_P2(StatusIs, code, message, "") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code &&
         testing::ExplainMatchResult(message, std::string(GetStatus(arg).message()), result_listener);
}

}  // namespace alluxio::test

#define ALLUXIO_ASSERT_OK(expr) ASSERT_THAT((expr), ::alluxio::test::IsOk())
#define ALLUXIO_EXPECT_OK(expr) EXPECT_THAT((expr), ::alluxio::test::IsOk())
#define ALLUXIO_ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ALLUXIO_ASSERT_OK_AND_ASSIGN_IMPL_(ALLUXIO_MACRO_JOIN_(assert_or_, __LINE__), lhs, expr)
#define ALLUXIO_ASSERT_OK_AND_ASSIGN_IMPL_(result, lhs, expr) \
  auto result = (expr);                                       \
  ASSERT_TRUE(result.ok()) << result.status();                \
  lhs = *std::move(result)

#endif  // ALLUXIO_TESTING_MATCHERS_STATUS_MATCHERS_H_
