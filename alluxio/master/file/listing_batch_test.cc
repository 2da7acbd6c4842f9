// Goal: a listing's messages are byte by byte those that protobuf makes of FileInfos.
// Method: every combination of what an inode may have, written both ways.
#include "alluxio/master/file/listing_batch.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/master/file/file_info.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_block_directory.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using grpc::file::FileInfo;
using grpc::file::ListStatusPResponse;
using test::IsOkAndHolds;
using test::StatusIs;

std::string Serialized(const ListStatusPResponse& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);  // maps in the order of their keys
    message.SerializeToCodedStream(&out);
  }
  return bytes;
}

// The same as a message. `blocks` as the block master says.
void AddPlain(const Inode& inode, const ListingBatch::Place& place, const BlockDirectory& directory,
              ListStatusPResponse* response) {
  FileInfo* const info = response->add_fileinfos();
  FillFileInfo(inode, absl::StrCat(place.folder, inode.name), info);
  if (place.mount_id.has_value()) {
    info->set_ufspath(absl::StrCat(place.ufs_folder, place.ufs_name));
    info->set_mountid(*place.mount_id);
  }
  if (inode.directory || !inode.completed || inode.block_count == 0) return;
  auto known = directory.BlockInfos(inode.BlockIds());
  ASSERT_THAT(known, test::IsOk());
  FileBlocks blocks(inode.id, inode.block_size_bytes, inode.length_bytes);
  for (grpc::BlockInfo& block : *known) blocks.Next(std::move(block), info->add_fileblockinfos());
  if (inode.length_bytes > 0) {
    info->set_inalluxiopercentage(*blocks.InAlluxioPercentage());
    info->set_inmemorypercentage(*blocks.InMemoryPercentage());
  }
}

Inode MakeInode(int64_t id, bool directory, absl::string_view name) {
  Inode inode;
  inode.id = FileIdOfContainer(id);
  inode.name = std::string(name);
  inode.directory = directory;
  inode.creation_ms = 1'700'000'000'000;
  inode.modified_ms = inode.creation_ms + id;
  inode.accessed_ms = inode.creation_ms + 2 * id;
  inode.acl = security::AccessControlList("alice", "staff", security::Mode(directory ? 0755 : 0644));
  if (directory) {
    inode.child_count = id;
  } else {
    inode.block_size_bytes = 100;
    inode.replication_max = -1;
  }
  return inode;
}

// Takes the next choice out of a number that counts through all of them.
class Choices {
 public:
  explicit Choices(int number) : left_(number) {}
  int Of(int count) {
    const int choice = left_ % count;
    left_ /= count;
    return choice;
  }
  bool Flag() { return Of(2) == 1; }
  bool over() const { return left_ > 0; }

 private:
  int left_;
};

// False: `number` is past the last combination.
bool Combine(int number, Inode* inode, ListingBatch::Place* place) {
  using security::AclEntryType;
  using security::Bits;
  Choices next(number);
  const bool directory = next.Flag();
  *inode = MakeInode(number + 1, directory, next.Flag() ? std::string(200, 'n') : "name");
  if (next.Flag()) inode->ttl_ms = 1000 + number;
  inode->ttl_action = static_cast<TtlAction>(number % 3);
  if (next.Flag()) inode->xattr = {{"zone", "a"}, {"", std::string("\0\x80", 2)}, {"big", std::string(300, 'x')}};
  if (next.Flag()) inode->medium_types = {"MEM", "", "SSD"};
  if (next.Flag()) inode->ufs_fingerprint = std::string(130, 'f');
  if (next.Flag()) {
    inode->acl.SetEntry({.type = AclEntryType::kNamedUser, .subject = "bob", .actions = Bits::kReadWrite});
    inode->acl.SetEntry({.type = AclEntryType::kNamedGroup, .subject = std::string(150, 'g'), .actions = Bits::kAll});
    inode->acl.UpdateMask();
  }
  const bool more = next.Flag();
  const bool also = next.Flag();
  const int blocks = next.Of(3);
  // These have one size each: every value beside many others is enough.
  inode->persistence = static_cast<PersistenceState>(number / 5 % 4);
  inode->pinned = number % 11 == 0;
  if (directory) {
    inode->mount_point = blocks == 2;
    if (more) {
      const AclEntryType type = also ? AclEntryType::kNamedUser : AclEntryType::kOther;
      inode->default_acl.SetEntry({.type = type, .subject = "carol", .actions = Bits::kRead}, inode->acl);
    }
  } else {
    inode->completed = more;
    inode->cacheable = also;
    inode->block_count = blocks;
    inode->length_bytes = number % 13 == 0 ? 0 : blocks * 80;
  }
  switch (next.Of(3)) {
    case 0: *place = {.folder = "/"}; break;
    case 1: *place = {.folder = "/d/", .ufs_folder = "s3://bucket/d/", .ufs_name = inode->name, .mount_id = 1}; break;
    default: *place = {.folder = "/d/", .ufs_folder = "/mnt", .mount_id = int64_t{-1}};
  }
  return !next.over();
}

TEST(ListingBatchTest, WritesWhatProtobufWrites) {
  test::FakeBlockDirectory directory;
  directory.AddWorker(1, "host-of-the-worker");
  ListingBatch batch;
  ListStatusPResponse plain;
  int combinations = 0;
  Inode inode;
  ListingBatch::Place place;
  for (; Combine(combinations, &inode, &place); ++combinations) {
    if (inode.block_count > 0 && combinations % 3 != 0) {
      directory.Commit(BlockIdOf(inode.id, 0), 100);
      if (combinations % 3 == 2) directory.Lose(BlockIdOf(inode.id, 0));
    }
    batch.Add(inode, place);
    AddPlain(inode, place, directory, &plain);
    if (combinations % 7 != 0) continue;
    ASSERT_EQ(batch.entries(), static_cast<size_t>(plain.fileinfos_size()));
    const auto message = batch.Take(directory);
    ASSERT_THAT(message, test::IsOk());
    ASSERT_EQ(*message, Serialized(plain)) << combinations;
    ASSERT_EQ(batch.entries(), 0u);
    plain.Clear();
  }
  EXPECT_EQ(combinations, 2 * 2 * 2 * 2 * 2 * 2 * 2 * 2 * 2 * 3 * 3);
}

// What lies at the ends of numbers and lengths.
TEST(ListingBatchTest, WritesExtremes) {
  constexpr int64_t kNumbers[] = {0, -1, 127, 128, 16383, 16384, INT64_MAX, INT64_MIN};
  test::FakeBlockDirectory directory;
  for (const int64_t number : kNumbers) {
    for (const size_t length : {size_t{0}, size_t{1}, size_t{127}, size_t{128}, size_t{255}, size_t{17'000}}) {
      Inode inode = MakeInode(1, false, std::string(length, 'n'));
      inode.id = inode.creation_ms = inode.modified_ms = inode.accessed_ms = inode.ttl_ms = number;
      inode.block_size_bytes = inode.length_bytes = number;
      inode.replication_min = inode.replication_max = static_cast<int32_t>(number);
      inode.acl = security::AccessControlList(inode.name, inode.name, security::Mode(0777));
      const std::string folder(length + 1, '/');
      const ListingBatch::Place place = {
          .folder = folder, .ufs_folder = folder, .ufs_name = inode.name, .mount_id = number};
      ListingBatch batch;
      batch.Add(inode, place);
      ListStatusPResponse plain;
      AddPlain(inode, place, directory, &plain);
      EXPECT_THAT(batch.Take(directory), IsOkAndHolds(Serialized(plain))) << number << " " << length;
    }
  }
}

// More may be cached than a file's length says, if it was completed shorter.
TEST(ListingBatchTest, PercentagesMayPassOneHundred) {
  test::FakeBlockDirectory directory;
  Inode inode = MakeInode(1, false, "f");
  inode.completed = true;
  inode.block_count = 1;
  inode.length_bytes = 1;
  directory.Commit(BlockIdOf(inode.id, 0), 5000);
  ListingBatch batch;
  ListStatusPResponse plain;
  for (int i = 0; i < 2; ++i) {
    batch.Add(inode, {.folder = "/"});
    AddPlain(inode, {.folder = "/"}, directory, &plain);
  }
  EXPECT_EQ(plain.fileinfos(0).inmemorypercentage(), 500'000);
  EXPECT_THAT(batch.Take(directory), IsOkAndHolds(Serialized(plain)));
}

TEST(ListingBatchTest, PassesOnThatBlocksAreUnknownYet) {
  test::FakeBlockDirectory directory;
  directory.SetSafeMode(true);
  ListingBatch batch;
  Inode inode = MakeInode(1, false, "f");
  inode.completed = true;
  batch.Add(inode, {.folder = "/"});
  EXPECT_THAT(batch.Take(directory), test::IsOk());  // has none
  inode.block_count = 1;
  batch.Add(inode, {.folder = "/"});
  EXPECT_THAT(batch.Take(directory), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace alluxio::master
