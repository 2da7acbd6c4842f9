// Commands that only look.
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/fs_commands.h"
#include "alluxio/shell/fs_table.h"
#include "alluxio/shell/paths.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {
namespace {

using client::FileSystem;
using client::UriStatus;

constexpr size_t kBufferBytes = size_t{1} << 20;

// Hands `length` bytes from `offset` on to `consume`, in pieces.
absl::Status ReadRange(FileSystem& fs, const UriStatus& status, int64_t offset, int64_t length,
                       absl::FunctionRef<void(absl::string_view)> consume) {
  if (length <= 0) return absl::OkStatus();
  ALLUXIO_ASSIGN_OR_RETURN(std::unique_ptr<client::FileInStream> in, fs.OpenFile(status));
  if (offset > 0) ALLUXIO_RETURN_IF_ERROR(in->Seek(offset));
  std::vector<std::byte> buffer(std::min<int64_t>(length, kBufferBytes));
  while (length > 0) {
    const size_t want = std::min<int64_t>(length, static_cast<int64_t>(buffer.size()));
    ALLUXIO_ASSIGN_OR_RETURN(const size_t got, in->Read(std::span(buffer).first(want)));
    if (got == 0) {
      return absl::DataLossError(absl::StrCat("reading ", status.path, ": ended ", length, " bytes early"));
    }
    consume(absl::string_view(reinterpret_cast<const char*>(buffer.data()), got));
    length -= static_cast<int64_t>(got);
  }
  return in->Close();
}

absl::Status Print(Environment& env, FileSystem& fs, const UriStatus& status, int64_t offset, int64_t length) {
  absl::Status read = ReadRange(fs, status, offset, length, [&env](absl::string_view bytes) {
    env.out().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  });
  ALLUXIO_RETURN_IF_ERROR(read);
  if (!env.out()) return absl::UnknownError("writing to the standard output failed");
  return absl::OkStatus();
}

// `head` and `tail`: `from_end` says which.
absl::StatusOr<int> PrintPart(Environment& env, const Arguments& args, bool from_end) {
  int64_t wanted = 1024;
  if (args.Has("c")) {
    ALLUXIO_ASSIGN_OR_RETURN(wanted, ParseSize(args.Value("c")));
    if (wanted <= 0) return absl::InvalidArgumentError("specified bytes must be > 0");
  }
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, FileStatus(fs, path));
    const int64_t length = std::min(wanted, status.length);
    return Print(env, fs, status, from_end ? status.length - length : 0, length);
  });
}

// Bytes of the file that each worker holds, and the bytes that any does.
struct Held {
  int64_t in_alluxio = 0;
  int64_t in_memory = 0;
  std::map<std::string, int64_t> by_worker;

  void Add(const UriStatus& status) {
    in_alluxio += status.length * status.in_alluxio_percentage / 100;
    in_memory += status.length * status.in_memory_percentage / 100;
    for (const client::FileBlockInfo& block : status.file_block_infos) {
      for (const client::BlockLocation& location : block.block.locations) {
        by_worker[location.address.host] += block.block.length;
      }
    }
  }
};

struct DuColumns {
  bool readable;
  bool memory;
  bool workers;

  std::string Size(int64_t bytes) const { return readable ? SizeText(bytes) : absl::StrCat(bytes); }
  std::string Share(int64_t bytes, int64_t total) const {
    return absl::StrFormat("%s (%d%%)", Size(bytes), total == 0 ? 0 : bytes * 100 / total);
  }
  void Line(std::ostream& out, absl::string_view size, absl::string_view in_alluxio, absl::string_view in_memory,
            absl::string_view worker, absl::string_view path) const {
    out << absl::StrFormat("%-13s %-16s ", size, in_alluxio);
    if (memory) out << absl::StrFormat("%-16s ", in_memory);
    if (workers) out << absl::StrFormat("%-25s ", worker);
    out << path << "\n";
  }
  void Entry(std::ostream& out, int64_t length, const Held& held, absl::string_view path) const {
    Line(out, Size(length), Share(held.in_alluxio, length), Share(held.in_memory, length), "total", path);
    if (!workers) return;
    for (const auto& [host, bytes] : held.by_worker) Line(out, "", Size(bytes), "", host, "");
  }
};

using LessThan = std::function<bool(const UriStatus&, const UriStatus&)>;

absl::StatusOr<LessThan> OrderBy(absl::string_view field) {
  const auto by = [](auto value) -> LessThan {
    return [value](const UriStatus& a, const UriStatus& b) { return value(a) < value(b); };
  };
  if (field == "creationTime") return by([](const UriStatus& s) { return s.creation_time_ms; });
  if (field == "inMemoryPercentage") return by([](const UriStatus& s) { return s.in_memory_percentage; });
  if (field == "lastAccessTime") return by([](const UriStatus& s) { return s.last_access_time_ms; });
  if (field == "lastModificationTime") return by([](const UriStatus& s) { return s.last_modification_time_ms; });
  if (field == "name") return by([](const UriStatus& s) { return absl::AsciiStrToUpper(s.name); });
  if (field == "path") return by([](const UriStatus& s) { return s.path; });
  if (field == "size") return by([](const UriStatus& s) { return s.length; });
  return absl::InvalidArgumentError(absl::StrCat("Invalid sort option `", field, "` for --sort"));
}

class Lister {
 public:
  Lister(Environment& env, const conf::Configuration& conf, const Arguments& args)
      : env_(env),
        readable_(args.Has("h")),
        pinned_only_(args.Has("p")),
        timestamp_(args.Value("timestamp", "lastModificationTime")),
        with_owner_(conf.GetEnum("alluxio.security.authentication.type") != "NOSASL" &&
                    conf.GetBool("alluxio.security.authorization.permission.enabled")),
        pattern_(conf.GetString("alluxio.user.date.format.pattern")),
        zone_(absl::LocalTimeZone()) {}

  void Print(const UriStatus& s) const {
    if (pinned_only_ && !s.pinned) return;
    const int64_t time = timestamp_ == "creationTime"     ? s.creation_time_ms
                         : timestamp_ == "lastAccessTime" ? s.last_access_time_ms
                                                          : s.last_modification_time_ms;
    if (with_owner_) {
      env_.out() << absl::StrFormat("%-12s%-15s%-15s", ModeText(s.mode, s.folder, HasExtendedAcl(s)), s.owner, s.group);
    }
    env_.out() << absl::StrFormat("%15s%16s%24s%5s %-5s\n",
                                  readable_ && !s.folder ? SizeText(s.length) : absl::StrCat(s.length),
                                  s.persistence_state, DateText(time, pattern_, zone_),
                                  s.folder ? "DIR" : absl::StrCat(s.in_alluxio_percentage, "%"), s.path);
  }

 private:
  Environment& env_;
  const bool readable_;
  const bool pinned_only_;
  const std::string timestamp_;
  const bool with_owner_;
  const std::string pattern_;
  const absl::TimeZone zone_;
};

// `stat -f`.
std::string FormatStatus(const UriStatus& s, absl::string_view format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out.push_back(format[i]);
      continue;
    }
    switch (format[++i]) {
      case 'N': absl::StrAppend(&out, s.name); break;
      case 'z': absl::StrAppend(&out, s.length); break;
      case 'b': absl::StrAppend(&out, s.block_ids.size()); break;
      case 'u': absl::StrAppend(&out, s.owner); break;
      case 'g': absl::StrAppend(&out, s.group); break;
      case 'i': absl::StrAppend(&out, s.file_id); break;
      case 'y':
        absl::StrAppend(&out, DateText(s.last_modification_time_ms, "yyyy-MM-dd HH:mm:ss", absl::UTCTimeZone()));
        break;
      case 'Y': absl::StrAppend(&out, s.last_modification_time_ms); break;
      default: absl::StrAppend(&out, format.substr(i - 1, 2));
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<int> Cat(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, FileStatus(fs, path));
    return Print(env, fs, status, 0, status.length);
  });
}

absl::StatusOr<int> Head(Environment& env, const Arguments& args) { return PrintPart(env, args, /*from_end=*/false); }

absl::StatusOr<int> Tail(Environment& env, const Arguments& args) { return PrintPart(env, args, /*from_end=*/true); }

absl::StatusOr<int> Checksum(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, FileStatus(fs, path));
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    bool ok = digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_md5(), nullptr) == 1;
    ALLUXIO_RETURN_IF_ERROR(ReadRange(fs, status, 0, status.length, [&](absl::string_view bytes) {
      ok = ok && EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size()) == 1;
    }));
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (!ok || EVP_DigestFinal_ex(digest.get(), sum, &size) != 1) {
      return absl::UnavailableError("MD5 is not available in the OpenSSL library of this machine");
    }
    env.out() << "md5sum: " << absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(sum), size)) << "\n\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Count(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    int64_t files = 0;
    int64_t folders = 0;
    int64_t bytes = 0;
    ALLUXIO_RETURN_IF_ERROR(
        fs.IterateStatus(FsPath(path), {.recursive = true, .exclude_mount_info = true}, [&](const UriStatus& status) {
          ++(status.folder ? folders : files);
          if (!status.folder) bytes += status.length;
        }));
    env.out() << absl::StrFormat("%-25s%-25s%-15s\n", "File Count", "Folder Count", "Folder Size");
    env.out() << absl::StrFormat("%-25d%-25d%-15s\n", files, folders,
                                 args.Has("h") ? SizeText(bytes) : absl::StrCat(bytes));
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Du(Environment& env, const Arguments& args) {
  const DuColumns columns = {.readable = args.Has("h"), .memory = args.Has("m"), .workers = args.Has("g")};
  return ForEachPath(
      env, args[0],
      [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
        ALLUXIO_ASSIGN_OR_RETURN(std::vector<UriStatus> statuses, fs.ListStatus(FsPath(path), {.recursive = true}));
        std::sort(statuses.begin(), statuses.end(),
                  [](const UriStatus& a, const UriStatus& b) { return a.path < b.path; });
        int64_t total = 0;
        Held all;
        bool any = false;
        for (const UriStatus& status : statuses) {
          any = true;
          if (status.folder) continue;
          if (args.Has("s")) {
            total += status.length;
            all.Add(status);
          } else {
            Held held;
            held.Add(status);
            columns.Entry(env.out(), status.length, held, status.path);
          }
        }
        if (args.Has("s") && any) columns.Entry(env.out(), total, all, path.ToString());
        return absl::OkStatus();
      },
      [&] { columns.Line(env.out(), "File Size", "In Alluxio", "In Memory", "Worker Host Name", "Path"); });
}

absl::StatusOr<int> Getfacl(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(FsPath(path)));
    env.out() << "# file: " << status.path << "\n# owner: " << status.owner << "\n# group: " << status.group << "\n";
    for (const std::string& entry : AclEntries(status.acl, status)) env.out() << entry << "\n";
    for (const std::string& entry : DefaultAclEntries(status.default_acl)) env.out() << entry << "\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Help(Environment& env, const Arguments& args) {
  if (args.size() == 1) {
    const Command* command = FindCommand(FsTool().commands, args[0]);
    if (command == nullptr) {
      env.out() << args[0] << " is an unknown command.\n";
      return -1;
    }
    PrintCommandHelp(*command, env.out());
    return 0;
  }
  for (const Command& command : FsTool().commands) {
    PrintCommandHelp(command, env.out());
    env.out() << "\n";
  }
  return 0;
}

absl::StatusOr<int> Location(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(FsPath(path)));
    env.out() << path.ToString() << " with file id " << status.file_id << " is on nodes: \n";
    for (const client::FileBlockInfo& block : status.file_block_infos) {
      for (const client::BlockLocation& location : block.block.locations) env.out() << location.address.host << "\n";
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Ls(Environment& env, const Arguments& args) {
  if (args.Has("timestamp")) {
    const std::string wanted = args.Value("timestamp");
    if (wanted != "creationTime" && wanted != "lastAccessTime" && wanted != "lastModificationTime") {
      return UsageError(absl::StrCat("Unrecognized timestamp option ", wanted));
    }
  }
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  const Lister lister(env, fs->conf(), args);
  for (const std::string& argument : args.positional()) {
    const absl::StatusOr<int> listed =
        ForEachPath(env, argument, [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
          if (args.Has("d")) {
            ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(FsPath(path)));
            lister.Print(status);
            return absl::OkStatus();
          }
          client::ListStatusOptions options = {.recursive = args.Has("R"), .exclude_mount_info = args.Has("m")};
          if (args.Has("f")) options.load_metadata_type = client::LoadMetadataType::kAlways;
          // Without an order each entry is shown as it comes: no need to hold a
          // million of them. `-r` alone means nothing, as in the original.
          if (!args.Has("sort")) {
            return fs.IterateStatus(FsPath(path), options, [&](const UriStatus& status) { lister.Print(status); });
          }
          ALLUXIO_ASSIGN_OR_RETURN(LessThan less, OrderBy(args.Value("sort")));
          if (args.Has("r")) {
            less = [less](const UriStatus& a, const UriStatus& b) { return less(b, a); };
          }
          ALLUXIO_ASSIGN_OR_RETURN(std::vector<UriStatus> statuses, fs.ListStatus(FsPath(path), options));
          std::stable_sort(statuses.begin(), statuses.end(), less);
          for (const UriStatus& status : statuses) lister.Print(status);
          return absl::OkStatus();
        });
    ALLUXIO_RETURN_IF_ERROR(listed.status());
  }
  return 0;
}

absl::StatusOr<int> StatPath(Environment& env, const Arguments& args) {
  const auto show = [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(FsPath(path)));
    if (args.Has("f")) {
      env.out() << FormatStatus(status, args.Value("f")) << "\n";
      return absl::OkStatus();
    }
    env.out() << path.ToString() << (status.folder ? " is a directory path.\n" : " is a file path.\n");
    env.out() << UriStatusText(status) << "\n";
    if (status.folder) return absl::OkStatus();
    if (status.file_block_infos.empty()) {
      env.out() << "This file does not contain any blocks.\n";
      return absl::OkStatus();
    }
    env.out() << "Containing the following blocks: \n";
    for (const client::FileBlockInfo& block : status.file_block_infos) {
      env.out() << BlockInfoText(block.block) << "\n";
    }
    return absl::OkStatus();
  };
  if (!args.Has("file-id")) return ForEachPath(env, args[0], show);
  int64_t id = 0;
  if (!absl::SimpleAtoi(args[0], &id)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", args[0], "\" is not a valid file ID"));
  }
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, fs->GetFilePath(id));
  ALLUXIO_RETURN_IF_ERROR(show(*fs, uri::AlluxioUri("", "", path)));
  return 0;
}

absl::StatusOr<int> TestPath(Environment& env, const Arguments& args) {
  if (args.option_count() != 1) return -1;
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri path, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  const absl::StatusOr<UriStatus> status = fs->GetStatus(FsPath(path));
  if (!status.ok()) return 3;
  const bool folder = status->folder;
  const bool answer = args.Has("d")   ? folder
                      : args.Has("f") ? !folder
                      : args.Has("s") ? folder && status->length > 0
                      : args.Has("z") ? !folder && status->length == 0
                                      : true;
  return answer ? 0 : 1;
}

}  // namespace alluxio::shell
