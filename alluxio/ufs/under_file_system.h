#ifndef ALLUXIO_UFS_UNDER_FILE_SYSTEM_H_
#define ALLUXIO_UFS_UNDER_FILE_SYSTEM_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace alluxio::ufs {

// What an under store knows of one path.
struct UfsStatus {
  std::string name;  // last component; "" for the root of the store
  bool is_directory = false;
  int64_t length_bytes = 0;
  int64_t modified_ms = 0;
  std::string owner;
  std::string group;
  int32_t mode = 0;  // plain Unix permission bits
  // Changes whenever the content may have changed (size and time for a local
  // file, the ETag for an object store). "" if unknown.
  std::string content_hash;
};

// The original's fingerprint text of a path, with its blank at the end:
//   TYPE|FILE UFS|local OWNER|alice GROUP|staff MODE|420 CONTENT_HASH|(len:1,_modtime:2)
// (blanks and bars in values become "_"); kInvalidFingerprint if it can't be had.
inline constexpr absl::string_view kInvalidFingerprint = "";
std::string Fingerprint(absl::string_view ufs_type, const UfsStatus& status);
// Whether two fingerprints have the same content (owner and mode may differ).
// False if either is invalid.
bool SameContent(absl::string_view a, absl::string_view b);
// The content hash of stores that have no better: the original's "(len:1, modtime:2)".
std::string ApproximateContentHash(int64_t length_bytes, int64_t modified_ms);

// What a path's component may have at most.
inline constexpr size_t kMaxNameBytes = 255;
// The original's name of a file being written, `<name>.alluxio.0x<16 hex digits>.tmp`;
// without `<name>` where that would be too long.
std::string TemporaryName(absl::string_view name, uint64_t nonce);
bool IsTemporaryName(absl::string_view name);

// INVALID_ARGUMENT unless `path` has the form that an under store takes: "" or
// components with single slashes between, none of them "." or "..", none above
// kMaxNameBytes, no zero byte.
absl::Status CheckPath(absl::string_view path);

// A file being written. Nobody sees it under its name before Close (the store
// writes beside and renames, where it can). Destroyed unclosed: nothing is left.
// One thread at a time.
class UfsWriter {
 public:
  virtual ~UfsWriter() = default;
  virtual absl::Status Write(absl::string_view bytes) = 0;
  // Makes what was written durable and visible. Returns the content hash, or "".
  virtual absl::StatusOr<std::string> Close() = 0;
  virtual int64_t bytes_written() const = 0;
};

// An open file for positioned reads. Thread-safe.
class UfsReader {
 public:
  virtual ~UfsReader() = default;
  // Fills `buffer` from `offset`; fewer bytes only at the end of the file.
  virtual absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) = 0;
  virtual int64_t length_bytes() const = 0;
};

// One under store, below one root: a mount's. Paths are relative to that root,
// normalised, without leading slash; "" is the root itself. No path, and no
// symbolic link, leads outside the root.
//
// Thread-safe; calls block. Errors, by code, everywhere:
//   NOT_FOUND            the path is not there (and the store was reached)
//   ALREADY_EXISTS, FAILED_PRECONDITION (not empty, wrong kind)
//   PERMISSION_DENIED    the store refuses, or the path leads outside
//   UNAVAILABLE          the store can't be reached: never NOT_FOUND
//   RESOURCE_EXHAUSTED   no space, no descriptors
class UnderFileSystem {
 public:
  virtual ~UnderFileSystem() = default;

  virtual absl::string_view type() const = 0;  // "local", "s3", ...
  // The root's URI as users wrote it, without a slash at the end.
  virtual const std::string& uri() const = 0;
  std::string UriOf(absl::string_view path) const;

  // UNAVAILABLE with path, user and mode, if the root is missing, not a folder
  // or may not be used.
  virtual absl::Status CheckRoot() = 0;

  virtual absl::StatusOr<UfsStatus> Status(absl::string_view path) = 0;
  // Children in the order of their names, streamed; `visit` returns false to stop.
  // Temporary names of writes under way are left out.
  virtual absl::Status List(absl::string_view path, absl::FunctionRef<bool(const UfsStatus&)> visit) = 0;

  struct CreateOptions {
    std::string owner;  // "" keeps the process's; failures to set are ignored
    std::string group;
    int32_t mode = 0644;
    bool create_parents = true;
    bool overwrite = true;
  };
  virtual absl::StatusOr<std::unique_ptr<UfsWriter>> Create(absl::string_view path, const CreateOptions& options) = 0;
  virtual absl::StatusOr<std::unique_ptr<UfsReader>> Open(absl::string_view path) = 0;

  struct MkdirOptions {
    std::string owner;
    std::string group;
    int32_t mode = 0755;
    bool create_parents = true;
  };
  // ALREADY_EXISTS if it is there as a directory or a file.
  virtual absl::Status Mkdir(absl::string_view path, const MkdirOptions& options) = 0;
  virtual absl::Status DeleteFile(absl::string_view path) = 0;
  virtual absl::Status DeleteDirectory(absl::string_view path, bool recursive) = 0;
  // Atomic where the store can; replaces a file at `to`, not a directory.
  virtual absl::Status Rename(absl::string_view from, absl::string_view to) = 0;
  virtual absl::Status SetOwner(absl::string_view path, absl::string_view owner, absl::string_view group) = 0;
  virtual absl::Status SetMode(absl::string_view path, int32_t mode) = 0;

  struct Space {
    int64_t total_bytes = -1;
    int64_t used_bytes = -1;
  };
  virtual absl::StatusOr<Space> GetSpace() = 0;
};

// Makes under stores from URIs. "/folder" and "file:///folder" are local.
// Thread-safe once built.
class UfsRegistry {
 public:
  using Factory = std::function<absl::StatusOr<std::shared_ptr<UnderFileSystem>>(
      absl::string_view uri, const std::map<std::string, std::string>& properties)>;
  // `scheme` without "://"; "" and "file" for local folders.
  void Register(std::string scheme, Factory factory);
  // INVALID_ARGUMENT: no store for this scheme; the text lists the known ones.
  absl::StatusOr<std::shared_ptr<UnderFileSystem>> Create(absl::string_view uri,
                                                          const std::map<std::string, std::string>& properties) const;

 private:
  std::map<std::string, Factory> factories_;
};

}  // namespace alluxio::ufs

#endif  // ALLUXIO_UFS_UNDER_FILE_SYSTEM_H_
