#include "alluxio/security/name_service.h"

#include "alluxio/security/groups.h"
#include "gtest/gtest.h"

namespace alluxio::security {
namespace {

TEST(NameServiceTest, OnlyFilesOrWhatKnowsNoPeopleNeedsNobodyElse) {
  EXPECT_FALSE(NamesUsersBesideFiles(""));
  EXPECT_FALSE(NamesUsersBesideFiles("passwd: files\ngroup:\tfiles systemd [!UNAVAIL=return]\nhosts: files dns\n"));
  EXPECT_FALSE(NamesUsersBesideFiles("# passwd: ldap\npasswd: compat # ldap\n"));
  EXPECT_TRUE(NamesUsersBesideFiles("passwd: files\ngroup: files sss\n"));
  EXPECT_TRUE(NamesUsersBesideFiles("passwd:         files ldap"));
}

// Statically linked (--config=static) this ended the process where nsswitch.conf
// names a plug-in, as Debian's does.
TEST(NameServiceTest, AnUnknownUserIsNoCrash) {
  KeepNameServicesBuiltIn();
  const auto groups = NewSystemGroupResolver()->Groups("nobody-of-that-name");
  ASSERT_TRUE(groups.ok()) << groups.status();
  EXPECT_TRUE(groups->empty());
}

}  // namespace
}  // namespace alluxio::security
