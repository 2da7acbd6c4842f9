#include "alluxio/conf/property_docs.h"

#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace alluxio::conf {
namespace {

TEST(PropertyDocsTest, CommittedFileIsUpToDate) {
  std::ifstream file("docs/properties.md");
  ASSERT_TRUE(file.good());
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_TRUE(committed.str() == PropertyDocs()) << "run: bazel run //alluxio/conf:property_docs > docs/properties.md";
}

TEST(PropertyDocsTest, HoldsNoHiddenProperty) {
  EXPECT_FALSE(absl::StrContains(PropertyDocs(), "alluxio.test.mode"));
  EXPECT_TRUE(absl::StrContains(PropertyDocs(), "| `alluxio.worker.ramdisk.size` | size |"));
}

}  // namespace
}  // namespace alluxio::conf
