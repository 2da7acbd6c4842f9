// What it costs to bring 10,000 inode records to the wire: as messages of FileInfos, as
// GetStatus does, and as the bytes of a ListingBatch, as ListStatus does.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/master/file/file_info.h"
#include "alluxio/master/file/listing_batch.h"
#include "benchmark/benchmark.h"
#include "google/protobuf/arena.h"
#include "testing/fakes/fake_block_directory.h"

namespace alluxio::master {
namespace {

constexpr int kEntries = 10'000;
constexpr absl::string_view kFolder = "/benchmark/6a2f41c2-1111-2222-3333-444455556666/listed/";
constexpr absl::string_view kUfsFolder = "/tmp/ufs/benchmark/6a2f41c2-1111-2222-3333-444455556666/listed/";

// Calls `visit` with each inode of a folder of empty files, decoded as a scan does.
template <typename Visit>
void ForEach(const std::vector<std::string>& records, const Visit& visit) {
  Inode inode;
  for (size_t i = 0; i < records.size(); ++i) {
    inode.name = absl::StrCat("file-", i);
    if (!DecodeInode(records[i], &inode).ok()) continue;
    visit(inode);
  }
}

std::vector<std::string> Records() {
  std::vector<std::string> records;
  for (int i = 0; i < kEntries; ++i) {
    Inode inode;
    inode.id = FileIdOfContainer(1000 + i);
    inode.creation_ms = inode.modified_ms = inode.accessed_ms = 1'700'000'000'000 + i;
    inode.acl = security::AccessControlList("root", "root", security::Mode(0644));
    inode.completed = true;
    inode.block_size_bytes = 64 << 20;
    inode.replication_max = -1;
    records.push_back(EncodeInode(inode));
  }
  return records;
}

void BM_ListingAsMessages(benchmark::State& state) {
  const std::vector<std::string> records = Records();
  size_t bytes = 0;
  for (auto _ : state) {
    google::protobuf::Arena arena;
    auto* const response = google::protobuf::Arena::CreateMessage<grpc::file::ListStatusPResponse>(&arena);
    ForEach(records, [&](const Inode& inode) {
      grpc::file::FileInfo* const info = response->add_fileinfos();
      FillFileInfo(inode, absl::StrCat(kFolder, inode.name), info);
      info->set_ufspath(absl::StrCat(kUfsFolder, inode.name));
      info->set_mountid(1);
    });
    bytes += response->SerializeAsString().size();
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_ListingAsMessages);

void BM_ListingAsBytes(benchmark::State& state) {
  const std::vector<std::string> records = Records();
  const test::FakeBlockDirectory directory;
  size_t bytes = 0;
  for (auto _ : state) {
    ListingBatch batch;
    ForEach(records, [&](const Inode& inode) {
      batch.Add(inode, {.folder = kFolder, .ufs_folder = kUfsFolder, .ufs_name = inode.name, .mount_id = 1});
      if (batch.bytes() >= size_t{128} << 10) bytes += batch.Take(directory)->size();
    });
    bytes += batch.Take(directory)->size();
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_ListingAsBytes);

}  // namespace
}  // namespace alluxio::master
