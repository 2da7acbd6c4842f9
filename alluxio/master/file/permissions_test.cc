// Who may do what in the namespace: owners, groups, modes, ACLs.
#include "absl/strings/str_cat.h"
#include "alluxio/master/file/file_system_master.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/namespace_fixture.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::NamespaceFixture;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Create = NamespaceFixture::Create;

TEST(PermissionsTest, AclsAreSetAndCount) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Write("/f", 1, Create{.mode = 0600}), IsOk());
  grpc::file::CheckAccessPRequest access;
  access.set_path("/f");
  access.mutable_options()->set_bits(grpc::READ);
  EXPECT_THAT(ns.Do(&FileSystemMaster::CheckAccess, access, "bob"), StatusIs(absl::StatusCode::kPermissionDenied));
  grpc::file::SetAclPRequest request;
  request.set_path("/f");
  request.set_action(grpc::file::MODIFY);
  auto* entry = request.add_entries();
  entry->set_type(grpc::file::NamedUser);
  entry->set_subject("bob");
  entry->add_actions(grpc::file::Read);
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAcl, request), IsOk());
  EXPECT_THAT(ns.Do(&FileSystemMaster::CheckAccess, access, "bob"), IsOk());
  EXPECT_THAT(ns.Do(&FileSystemMaster::SetAcl, request, "alice"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(ns.Stat("/f")->acl().entries_size(), 2);  // bob and the mask
  ns.Restart();
  EXPECT_THAT(ns.Do(&FileSystemMaster::CheckAccess, access, "bob"), IsOk());
}

TEST(PermissionsTest, WhoMayReadIsAskedByFileAndKnownByItsGeneration) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/d"), IsOk());
  ASSERT_THAT(ns.Mkdir("/closed", Create{.mode = 0750}), IsOk());
  std::vector<int64_t> ids = {12345};  // no such file
  for (const auto& [path, mode] : std::vector<std::pair<std::string, int>>{
           {"/d/open", 0644}, {"/d/group", 0640}, {"/closed/f", 0644}, {"/closed/g", 0644}, {"/acl", 0644}}) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, ns.Write(path, 1, Create{.mode = mode}));
    ids.push_back(info.fileid());
  }
  const auto readable = [&] { return ns.fs().GetReadAccess(ids).readable_by_all; };
  const auto generation = [&] { return ns.fs().GetReadAccess({}).generation; };
  EXPECT_THAT(readable(), testing::ElementsAre(false, true, false, false, false, true));
  int64_t before = generation();
  ASSERT_THAT(ns.Write("/d/new", 1), IsOk());
  EXPECT_EQ(generation(), before);

  ASSERT_THAT(ns.Mv("/closed/f", "/d/moved"), IsOk());
  EXPECT_NE(generation(), before);
  before = generation();
  grpc::file::SetAclPRequest request;
  request.set_path("/acl");
  request.set_action(grpc::file::MODIFY);
  auto* entry = request.add_entries();
  entry->set_type(grpc::file::NamedUser);
  entry->set_subject("bob");  // may do nothing
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAcl, request), IsOk());
  EXPECT_NE(generation(), before);
  before = generation();
  grpc::file::SetAttributePRequest chmod;
  chmod.set_path("/d/open");
  chmod.mutable_options()->mutable_mode()->set_ownerbits(grpc::READ);
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAttribute, chmod), IsOk());
  EXPECT_NE(generation(), before);
  EXPECT_THAT(readable(), testing::ElementsAre(false, false, false, true, false, false));
  before = generation();
  ns.clock().Advance(absl::Seconds(1));
  ns.Restart();
  EXPECT_NE(generation(), before);
  EXPECT_THAT(readable(), testing::ElementsAre(false, false, false, true, false, false));
}

// /p 0755 root, /p/open 0777, /p/alice 0750 alice:staff with file /p/alice/f 0640.
TEST(PermissionsTest, PermissionsAreCheckedOnEveryCall) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/p"), IsOk());
  ASSERT_THAT(ns.Mkdir("/p/open", Create{.mode = 0777}), IsOk());
  ASSERT_THAT(ns.Mkdir("/p/alice", Create{.mode = 0750}), IsOk());
  grpc::file::SetAttributePRequest chown;
  chown.set_path("/p/alice");
  chown.mutable_options()->set_owner("alice");
  chown.mutable_options()->set_group("staff");
  ASSERT_THAT(ns.Do(&FileSystemMaster::SetAttribute, chown), IsOk());
  ASSERT_THAT(ns.CreateFile("/p/alice/f", Create{.mode = 0640, .user = "alice"}), IsOk());
  EXPECT_EQ(ns.Stat("/p/alice/f")->owner(), "alice");
  EXPECT_EQ(ns.Stat("/p/alice/f")->group(), "staff");
  const auto chmod = [&](const std::string& path, const std::string& user) {
    grpc::file::SetAttributePRequest request;
    request.set_path(path);
    auto* mode = request.mutable_options()->mutable_mode();
    mode->set_ownerbits(grpc::ALL);
    mode->set_groupbits(grpc::READ_EXECUTE);
    mode->set_otherbits(grpc::NONE);
    return ns.Do(&FileSystemMaster::SetAttribute, request, user).status();
  };
  const std::string denied =
      "Permission denied: user=bob, access=--x, path=/p/alice/f: failed at alice, inode owner=alice, inode "
      "group=staff, inode mode=rwxr-x---";
  EXPECT_THAT(ns.Stat("/p/alice/f", "bob"), StatusIs(absl::StatusCode::kPermissionDenied, denied));
  const absl::Status denials[] = {
      ns.CreateFile("/p/x", Create{.user = "bob"}).status(),
      ns.Mkdir("/p/x", Create{.user = "bob"}),
      ns.Ls("/p/alice", {.user = "bob"}).status(),
      ns.Rm("/p/alice", true, "bob"),
      ns.Rm("/p/open", true, "bob"),
      ns.Mv("/p/open", "/p/o2", "bob"),
      chmod("/p/open", "bob"),
      chmod("/p/alice/f", "bob"),
      ns.Do(&FileSystemMaster::SetAttribute, chown, "alice").status(),  // owners may not give away
  };
  for (const absl::Status& status : denials) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  }
  EXPECT_THAT(chmod("/p/alice", "alice"), IsOk());
  EXPECT_THAT(ns.CreateFile("/p/open/b", Create{.user = "bob"}), IsOk());
  EXPECT_THAT(ns.Rm("/p/open/b", false, "bob"), IsOk());

  NamespaceFixture off({.properties = {{"alluxio.security.authorization.permission.enabled", "false"}}});
  EXPECT_THAT(off.Mkdir("/p", Create{.mode = 0, .user = "bob"}), IsOk());
  EXPECT_THAT(off.CreateFile("/p/x", Create{.user = "alice"}), IsOk());
}

// /d of bob, 0777; /d/a of bob and /d/b of alice, 0644.
TEST(PermissionsTest, ARecursiveChangeIsCheckedEverywhereBeforeItBegins) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/p", Create{.mode = 0777}), IsOk());
  ASSERT_THAT(ns.Mkdir("/p/d", Create{.mode = 0777, .user = "bob"}), IsOk());
  ASSERT_THAT(ns.CreateFile("/p/d/a", Create{.user = "bob"}), IsOk());
  ASSERT_THAT(ns.CreateFile("/p/d/b", Create{.user = "alice"}), IsOk());
  const auto set = [&](auto&& change) {
    grpc::file::SetAttributePRequest request;
    request.set_path("/p/d");
    request.mutable_options()->set_recursive(true);
    change(request.mutable_options());
    return ns.Do(&FileSystemMaster::SetAttribute, request, "bob").status();
  };
  grpc::file::SetAclPRequest acl;
  acl.set_path("/p/d");
  acl.set_action(grpc::file::MODIFY);
  acl.mutable_options()->set_recursive(true);
  auto* entry = acl.add_entries();
  entry->set_type(grpc::file::NamedUser);
  entry->set_subject("bob");
  entry->add_actions(grpc::file::Write);
  const uint64_t sequence = ns.journal().LastSequence();
  const absl::Status denials[] = {
      set([](auto* o) { o->mutable_commonoptions()->set_ttl(0); }),
      set([](auto* o) { o->mutable_mode()->set_otherbits(grpc::ALL); }),
      ns.Do(&FileSystemMaster::SetAcl, acl, "bob").status(),
  };
  for (const absl::Status& status : denials) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  }
  EXPECT_EQ(ns.journal().LastSequence(), sequence);
  ASSERT_THAT(ns.Rm("/p/d/b"), IsOk());
  EXPECT_THAT(set([](auto* o) { o->mutable_commonoptions()->set_ttl(1000); }), IsOk());
  EXPECT_EQ(ns.Stat("/p/d/a")->ttl(), 1000);
  EXPECT_THAT(ns.Do(&FileSystemMaster::SetAcl, acl, "bob"), IsOk());
}

TEST(PermissionsTest, ListingADirectoryNeedsReadAndExecute) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/r", Create{.mode = 0744}), IsOk());
  ASSERT_THAT(ns.Write("/r/f", 1), IsOk());
  EXPECT_THAT(ns.Ls("/r", {.user = "bob"}),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       "Permission denied: user=bob, access=--x, path=/r: failed at r, inode owner=root, inode "
                       "group=root, inode mode=rwxr--r--"));
  EXPECT_THAT(ns.Ls("/r", {.recursive = true, .user = "bob"}), IsOkAndHolds(IsEmpty()));
  grpc::file::ListStatusPartialPRequest partial;
  partial.set_path("/r");
  EXPECT_THAT(ns.Do(&FileSystemMaster::ListStatusPartial, partial, "bob"),
              StatusIs(absl::StatusCode::kPermissionDenied));
  partial.mutable_options()->mutable_options()->set_recursive(true);
  EXPECT_THAT(ns.Do(&FileSystemMaster::ListStatusPartial, partial, "bob")->fileinfos(), IsEmpty());
  // A file of the same mode lists itself.
  ASSERT_THAT(ns.Write("/f", 1, Create{.mode = 0744}), IsOk());
  EXPECT_THAT(ns.Ls("/f", {.user = "bob"}), IsOkAndHolds(ElementsAre("/f")));
}

TEST(PermissionsTest, MakingWhatExistsNeedsWriteOnTheParentToo) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/d/e", Create{.mode = 0755}), IsOk());
  EXPECT_THAT(ns.Mkdir("/d/e", Create{.user = "bob"}, /*allow_exists=*/true),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(ns.Mkdir("/d/e", Create(), /*allow_exists=*/true), IsOk());
}

TEST(PermissionsTest, DeletingNeedsWriteOnEveryDescendant) {
  NamespaceFixture ns;
  ASSERT_THAT(ns.Mkdir("/d", Create{.mode = 0777}), IsOk());
  ASSERT_THAT(ns.Mkdir("/d/e", Create{.mode = 0777}), IsOk());
  ASSERT_THAT(ns.Write("/d/e/f", 1), IsOk());  // 0644 root
  EXPECT_THAT(ns.Rm("/d/e", true, "bob"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(ns.Stat("/d/e/f"), IsOk());
}

}  // namespace
}  // namespace alluxio::master
