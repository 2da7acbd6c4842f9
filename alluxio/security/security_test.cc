#include <memory>
#include <string>
#include <vector>

#include "alluxio/security/acl.h"
#include "alluxio/security/acl_proto.h"
#include "alluxio/security/groups.h"
#include "alluxio/security/mode.h"
#include "alluxio/security/permission.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::security {
namespace {

using ::alluxio::test::IsOk;
using ::alluxio::test::IsOkAndHolds;
using ::alluxio::test::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

AclEntry Entry(absl::string_view text) {
  const auto entry = AclEntry::ParseCli(text);
  EXPECT_THAT(entry, IsOk()) << text;
  return entry.ok() ? *entry : AclEntry();
}

std::vector<AclEntry> EntryList(std::vector<std::string> texts) {
  std::vector<AclEntry> entries;
  for (const std::string& text : texts) entries.push_back(Entry(text));
  return entries;
}

TEST(ModeTest, ParsesNumbersAndAssignments) {
  EXPECT_THAT(Mode::Parse("755"), IsOkAndHolds(Mode(0755)));
  EXPECT_THAT(Mode::Parse("0640"), IsOkAndHolds(Mode(0640)));
  EXPECT_THAT(Mode::Parse("1777"), IsOkAndHolds(Mode(0777)));
  EXPECT_THAT(Mode::Parse("u=rwx,go=rx"), IsOkAndHolds(Mode(0755)));
  EXPECT_THAT(Mode::Parse("a=r"), IsOkAndHolds(Mode(0444)));
  EXPECT_EQ(Mode(0751).ToString(), "rwxr-x--x");
  EXPECT_EQ(Mode(0666).WithUmask(Mode(022)), Mode(0644));
}

TEST(ModeTest, RefusalsUseTheOriginalsWords) {
  const auto message = [](absl::string_view text) { return std::string(Mode::Parse(text).status().message()); };
  EXPECT_EQ(message("999"), "Invalid mode 999 - contains invalid segment 999");
  EXPECT_EQ(message("u+x"), "Invalid mode u+x - contains invalid segment u+x");
  EXPECT_EQ(message("u=q"), "Invalid mode u=q - contains invalid segment u=q which has invalid permissions q");
  EXPECT_EQ(message("z=r"), "Invalid mode z=r - contains invalid segment z=r which has invalid targets z");
  EXPECT_EQ(message(" "), "Invalid mode  ");
  EXPECT_EQ(message("-755"), "Invalid mode -755 - contains invalid segment -755");
}

TEST(ModeTest, WireCountsBitsFromOne) {
  const grpc::PMode message = ModeToProto(Mode(0750));
  EXPECT_EQ(message.ownerbits(), grpc::ALL);
  EXPECT_EQ(message.groupbits(), grpc::READ_EXECUTE);
  EXPECT_EQ(message.otherbits(), grpc::NONE);
  for (int mode = 0; mode <= 0777; ++mode) EXPECT_EQ(ModeFromProto(ModeToProto(Mode(mode))), Mode(mode));
}

TEST(AclTest, EntriesAreParsedAndRefusedAsSetfaclDoes) {
  EXPECT_EQ(Entry("default:user:carol:rwx").ToCliString(), "default:user:carol:rwx");
  EXPECT_EQ(Entry("group::r--").type, AclEntryType::kOwningGroup);
  const auto message = [](absl::string_view text) { return std::string(AclEntry::ParseCli(text).status().message()); };
  EXPECT_EQ(message("nonsense"), "Unexpected acl components: nonsense");
  EXPECT_EQ(message("user::"), "Unexpected acl components: user::");
  EXPECT_EQ(message("who::rwx"), "Unexpected ACL entry type: who::rwx");
  EXPECT_EQ(message("mask:x:rwx"), "Subject for acl mask type must be empty: mask:x:rwx");
  EXPECT_EQ(message("user:a:rwz"), "Invalid mode string: rwz");
  EXPECT_THAT(AclEntry::ParseCliWithoutPermissions("user:bob"),
              IsOkAndHolds(AclEntry{.type = AclEntryType::kNamedUser, .subject = "bob"}));
  EXPECT_THAT(AclEntry::ParseCliWithoutPermissions("default:mask"),
              IsOkAndHolds(AclEntry{.type = AclEntryType::kMask, .is_default = true}));
  EXPECT_EQ(AclEntry::ParseCliWithoutPermissions("user:bob:rwx").status().message(),
            "ACL permissions cannot be specified: user:bob:rwx");
  EXPECT_EQ(AclEntry::ParseCliWithoutPermissions("user").status().message(), "ACL entry must have subject: user");
}

// The sequence of the recorded getfacl and setfacl commands.
TEST(AclTest, SetAclLeavesWhatGetfaclOfTheOriginalShowed) {
  AccessControlList file("root", "root", Mode(0640));
  ASSERT_THAT(ApplySetAcl(SetAclAction::kModify, EntryList({"user:alice:rwx"}), &file, nullptr), IsOk());
  EXPECT_THAT(file.CliEntries(), ElementsAre("user::rw-", "group::r--", "other::---", "user:alice:rwx", "mask::rwx"));
  ASSERT_THAT(
      ApplySetAcl(SetAclAction::kReplace,
                  EntryList({"user::rw-", "user:bob:r--", "group::r--", "other::---", "mask::rw-"}), &file, nullptr),
      IsOk());
  EXPECT_THAT(file.CliEntries(), ElementsAre("user::rw-", "group::r--", "other::---", "user:bob:r--", "mask::rw-"));
  ASSERT_THAT(
      ApplySetAcl(SetAclAction::kRemove, {{.type = AclEntryType::kNamedUser, .subject = "bob"}}, &file, nullptr),
      IsOk());
  EXPECT_THAT(file.CliEntries(), ElementsAre("user::rw-", "group::r--", "other::---"));

  AccessControlList dir("root", "root", Mode(0755));
  DefaultAccessControlList dir_default;
  ASSERT_THAT(ApplySetAcl(SetAclAction::kModify, EntryList({"default:user:carol:rwx"}), &dir, &dir_default), IsOk());
  EXPECT_THAT(dir_default.CliEntries(), ElementsAre("default:user::rwx", "default:group::r-x", "default:other::r-x",
                                                    "default:user:carol:rwx", "default:mask::rwx"));
  ASSERT_THAT(ApplySetAcl(SetAclAction::kRemoveDefault, {}, &dir, &dir_default), IsOk());
  EXPECT_THAT(dir_default.CliEntries(), IsEmpty());
  EXPECT_THAT(dir.CliEntries(), ElementsAre("user::rwx", "group::r-x", "other::r-x"));
}

TEST(AclTest, RefusedChangesChangeNothing) {
  AccessControlList acl("root", "root", Mode(0640));
  ASSERT_THAT(ApplySetAcl(SetAclAction::kModify, EntryList({"group:staff:r-x"}), &acl, nullptr), IsOk());
  const AccessControlList before = acl;
  EXPECT_THAT(ApplySetAcl(SetAclAction::kReplace, EntryList({"user::rwx", "user:x:rwx"}), &acl, nullptr),
              StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT(ApplySetAcl(SetAclAction::kRemove,
                          {{.type = AclEntryType::kNamedGroup, .subject = "other"}, {.type = AclEntryType::kMask}},
                          &acl, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ApplySetAcl(SetAclAction::kRemove, {{.type = AclEntryType::kOther}}, &acl, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ApplySetAcl(SetAclAction::kModify, EntryList({"default:user:x:rwx"}), &acl, nullptr),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ApplySetAcl(SetAclAction::kModify, {{.type = AclEntryType::kNamedUser}}, &acl, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(acl, before);
}

TEST(AclTest, TheFirstFittingEntryDecides) {
  AccessControlList acl("owner", "group", Mode(0741));
  EXPECT_EQ(acl.Permitted("owner", {}), Bits::kAll);
  EXPECT_EQ(acl.Permitted("x", {"a", "group"}), Bits::kRead);
  EXPECT_EQ(acl.Permitted("x", {"a"}), Bits::kExecute);
  acl.SetEntry(Entry("user:named:rwx"));
  acl.SetEntry(Entry("group:more:-w-"));
  acl.SetEntry(Entry("mask::rw-"));
  EXPECT_EQ(acl.Permitted("owner", {"more"}), Bits::kAll);
  EXPECT_EQ(acl.Permitted("named", {"more"}), Bits::kReadWrite);
  EXPECT_EQ(acl.Permitted("x", {"group", "more"}), Bits::kReadWrite);
  EXPECT_EQ(acl.Permitted("x", {"more"}), Bits::kWrite);
  EXPECT_EQ(acl.Permitted("x", {}), Bits::kExecute);
}

TEST(AclTest, ChildrenInheritTheDefaultListWithinTheirMode) {
  const AccessControlList access("root", "root", Mode(0777));
  DefaultAccessControlList plain;
  plain.SetEntry(Entry("default:group::r-x"), access);
  EXPECT_EQ(plain.ForChildFile(Mode(0644)).mode(), Mode(0644));

  DefaultAccessControlList extended = plain;
  extended.SetEntry(Entry("default:user:bob:rwx"), access);
  extended.UpdateMask();
  const auto [child, child_default] = extended.ForChildDirectory(Mode(0740));
  EXPECT_EQ(child.mode(), Mode(0750));
  EXPECT_EQ(child.mask(), Bits::kRead);
  EXPECT_EQ(child_default, extended);
}

TEST(AclTest, BothWireShapesKeepEverything) {
  AccessControlList acl("o", "g", Mode(0751));
  EXPECT_EQ(AclFromProto(AclToProto(acl)), acl);
  EXPECT_EQ(AclToProto(acl).entries_size(), 0);
  EXPECT_EQ(AclFromShared(AclToShared(acl)), acl);
  acl.SetEntry(Entry("user:u:r-x"));
  acl.SetEntry(Entry("group:h:-w-"));
  acl.UpdateMask();
  EXPECT_EQ(AclFromProto(AclToProto(acl)), acl);
  EXPECT_EQ(AclToProto(acl).entries_size(), 3);
  EXPECT_EQ(AclFromShared(AclToShared(acl)), acl);

  DefaultAccessControlList empty;
  EXPECT_TRUE(DefaultAclFromProto(DefaultAclToProto(empty)).empty());
  EXPECT_TRUE(DefaultAclFromShared(DefaultAclToShared(empty)).empty());
  EXPECT_TRUE(DefaultAclFromProto(grpc::file::PAcl()).empty());
  DefaultAccessControlList filled;
  filled.SetEntry(Entry("default:user:u:rwx"), acl);
  EXPECT_EQ(DefaultAclFromProto(DefaultAclToProto(filled)), filled);
  EXPECT_EQ(DefaultAclFromShared(DefaultAclToShared(filled)), filled);
  const AclEntry entry = Entry("default:group:g:r-x");
  EXPECT_EQ(AclEntryFromProto(AclEntryToProto(entry)), entry);
  EXPECT_EQ(AclEntryFromShared(AclEntryToShared(entry)), entry);
}

TEST(PermissionTest, DenialsUseTheOriginalsWords) {
  const AccessControlList acl("root", "root", Mode(0755));
  Subject alice{.user = "alice", .groups = {"staff"}};
  EXPECT_THAT(CheckPermission(alice, Bits::kReadExecute, "/d/x", "d", acl), IsOk());
  const absl::Status denied = CheckPermission(alice, Bits::kWrite, "/d/x", "d", acl);
  EXPECT_THAT(denied, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(denied.message(),
            "Permission denied: user=alice, access=-w-, path=/d/x: failed at d, inode owner=root, inode group=root, "
            "inode mode=rwxr-xr-x");
  EXPECT_EQ(PermittedByMode(alice, "root", "staff", Mode(0751)), Bits::kReadExecute);
  alice.is_superuser = true;
  EXPECT_THAT(CheckPermission(alice, Bits::kWrite, "/d/x", "d", acl), IsOk());
}

class CountingResolver final : public GroupResolver {
 public:
  explicit CountingResolver(int* calls) : calls_(calls) {}
  absl::StatusOr<std::vector<std::string>> Groups(absl::string_view user) override {
    ++*calls_;
    if (user == "down") return absl::UnavailableError("down");
    return std::vector<std::string>{std::string(user)};
  }

 private:
  int* const calls_;
};

TEST(GroupsTest, AnswersAreRememberedForTheTimeoutAndErrorsAreNot) {
  test::FakeClock clock;
  int calls = 0;
  const auto resolver =
      NewCachingGroupResolver(std::make_unique<CountingResolver>(&calls), &clock, absl::Minutes(1), 2);
  EXPECT_EQ(resolver->KnownGroups("a"), std::nullopt);
  EXPECT_THAT(resolver->Groups("a"), IsOkAndHolds(ElementsAre("a")));
  EXPECT_THAT(resolver->Groups("a"), IsOkAndHolds(ElementsAre("a")));
  EXPECT_THAT(resolver->KnownGroups("a"), ::testing::Optional(ElementsAre("a")));
  EXPECT_EQ(calls, 1);
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(resolver->KnownGroups("a"), std::nullopt);
  EXPECT_THAT(resolver->Groups("a"), IsOk());
  EXPECT_EQ(calls, 2);
  EXPECT_THAT(resolver->Groups("down"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(resolver->Groups("down"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(calls, 4);
  EXPECT_THAT(resolver->Groups("b"), IsOk());
  EXPECT_THAT(resolver->Groups("c"), IsOk());  // the third: forgets the others
  EXPECT_THAT(resolver->Groups("a"), IsOk());
  EXPECT_EQ(calls, 7);
}

TEST(GroupsTest, TheMachineKnowsRootAndNobodyElse) {
  const auto resolver = NewSystemGroupResolver();
  ALLUXIO_ASSERT_OK_AND_ASSIGN(std::vector<std::string> groups, resolver->Groups("root"));
  ASSERT_FALSE(groups.empty());
  EXPECT_EQ(groups[0], "root");
  EXPECT_THAT(resolver->Groups("no-such-user-here"), IsOkAndHolds(IsEmpty()));
  for (absl::string_view name : {"", "a:b", "../x", "-rf", "a\nb"}) {
    EXPECT_THAT(resolver->Groups(name), StatusIs(absl::StatusCode::kInvalidArgument)) << name;
  }
}

TEST(GroupsTest, MappingClassesAreTheOriginals) {
  test::FakeClock clock;
  const auto identity =
      NewGroupResolver("alluxio.security.group.provider.IdentityUserGroupsMapping", &clock, absl::Minutes(1));
  ASSERT_THAT(identity, IsOk());
  EXPECT_THAT((*identity)->Groups("alice"), IsOkAndHolds(ElementsAre("alice")));
  EXPECT_THAT(NewIdentityGroupResolver()->KnownGroups("alice"), ::testing::Optional(ElementsAre("alice")));
  EXPECT_THAT(NewGroupResolver("com.example.Mine", &clock, absl::Minutes(1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace alluxio::security
