#include "alluxio/master/backup/backup_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/gzip_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <zlib.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::master {
namespace {

namespace io = google::protobuf::io;
using proto::journal::JournalEntry;

// More than a file of the most blocks makes.
constexpr uint32_t kMaxEntryBytes = uint32_t{1} << 28;

class ToUfs final : public io::CopyingOutputStream {
 public:
  explicit ToUfs(ufs::UfsWriter* out) : out_(out) {}
  bool Write(const void* buffer, int size) override {
    if (status.ok()) status = out_->Write(absl::string_view(static_cast<const char*>(buffer), size));
    return status.ok();
  }
  absl::Status status;

 private:
  ufs::UfsWriter* const out_;
};

// Bytes of a gzip member. (Protobuf's own stream takes one that is cut short for
// one that is over.)
class FromGzip final : public io::CopyingInputStream {
 public:
  explicit FromGzip(ufs::UfsReader* in) : in_(in) {
    constexpr int kGzipOnly = 16;
    ready_ = inflateInit2(&zlib_, MAX_WBITS + kGzipOnly) == Z_OK;
    if (!ready_) status = absl::ResourceExhaustedError("no memory to unpack a backup");
  }
  ~FromGzip() override {
    if (ready_) inflateEnd(&zlib_);
  }

  int Read(void* buffer, int size) override {
    zlib_.next_out = static_cast<Bytef*>(buffer);
    zlib_.avail_out = static_cast<uInt>(size);
    while (status.ok() && !over_ && zlib_.avail_out == static_cast<uInt>(size)) {
      if (zlib_.avail_in == 0) {
        const absl::StatusOr<size_t> read = in_->ReadAt(offset_, absl::MakeSpan(packed_));
        if (!read.ok()) {
          status = read.status();
          break;
        }
        if (*read == 0) {
          status = absl::DataLossError(absl::StrCat("it ends within its data, after ", offset_, " bytes"));
          break;
        }
        offset_ += static_cast<int64_t>(*read);
        zlib_.next_in = reinterpret_cast<Bytef*>(packed_.data());
        zlib_.avail_in = static_cast<uInt>(*read);
      }
      const int result = inflate(&zlib_, Z_NO_FLUSH);
      over_ = result == Z_STREAM_END;
      if (result != Z_OK && result != Z_STREAM_END) {
        status = absl::DataLossError(
            absl::StrCat("it is no gzip, or damaged before byte ", offset_, zlib_.msg ? ": " : "",
                         zlib_.msg ? zlib_.msg : ""));
      }
    }
    if (!status.ok()) return -1;
    return size - static_cast<int>(zlib_.avail_out);
  }

  absl::Status status;

 private:
  ufs::UfsReader* const in_;
  int64_t offset_ = 0;
  z_stream zlib_{};
  bool ready_ = false;
  bool over_ = false;
  std::array<char, 64 << 10> packed_;
};

absl::Status VisitSingly(const JournalEntry& entry, absl::FunctionRef<absl::Status(const JournalEntry&)> visit) {
  if (entry.journal_entries_size() == 0) return visit(entry);
  for (const JournalEntry& part : entry.journal_entries()) ALLUXIO_RETURN_IF_ERROR(VisitSingly(part, visit));
  return absl::OkStatus();
}

}  // namespace

std::string BackupFileName(absl::Time now) {
  return absl::StrCat("alluxio-backup-", absl::FormatTime("%Y-%m-%d", now, absl::UTCTimeZone()), "-",
                      absl::ToUnixMillis(now), ".gz");
}

struct BackupWriter::Streams {
  explicit Streams(ufs::UfsWriter* out) : to_ufs(out), adaptor(&to_ufs, 64 << 10), gzip(&adaptor) {}
  ToUfs to_ufs;
  io::CopyingOutputStreamAdaptor adaptor;
  io::GzipOutputStream gzip;
};

BackupWriter::BackupWriter(ufs::UfsWriter* out) : streams_(std::make_unique<Streams>(out)) {}
BackupWriter::~BackupWriter() = default;

absl::Status BackupWriter::Failed() const {
  if (!streams_->to_ufs.status.ok()) return streams_->to_ufs.status;
  return absl::InternalError("packing the backup failed");
}

absl::Status BackupWriter::Add(const JournalEntry& entry) {
  if (!google::protobuf::util::SerializeDelimitedToZeroCopyStream(entry, &streams_->gzip)) return Failed();
  ++entries_;
  return absl::OkStatus();
}

absl::Status BackupWriter::Finish() {
  if (!streams_->gzip.Close() || !streams_->adaptor.Flush()) return Failed();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReadBackup(ufs::UfsReader& in, absl::FunctionRef<absl::Status(const JournalEntry&)> visit) {
  FromGzip from(&in);
  io::CopyingInputStreamAdaptor adaptor(&from);
  int64_t entries = 0;
  std::string bytes;
  JournalEntry entry;
  for (;; ++entries) {
    // Anew for each entry, as one of these reads 2 GB at most.
    io::CodedInputStream coded(&adaptor);
    uint32_t size = 0;
    const bool has_size = coded.ReadVarint32(&size);
    if (!has_size && from.status.ok() && coded.CurrentPosition() == 0) return entries;
    if (has_size && size > kMaxEntryBytes) {
      return absl::DataLossError(absl::StrCat("entry ", entries, " says that it has ", size, " bytes"));
    }
    if (!has_size || !coded.ReadString(&bytes, static_cast<int>(size))) {
      if (!from.status.ok()) return from.status;
      return absl::DataLossError(absl::StrCat("it ends within entry ", entries));
    }
    if (!entry.ParseFromString(bytes)) {
      return absl::DataLossError(absl::StrCat("entry ", entries, " is no journal entry"));
    }
    ALLUXIO_RETURN_IF_ERROR(VisitSingly(entry, visit));
  }
}

}  // namespace alluxio::master
