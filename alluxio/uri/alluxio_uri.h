#ifndef ALLUXIO_URI_ALLUXIO_URI_H_
#define ALLUXIO_URI_ALLUXIO_URI_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::uri {

// The part of a URI between `//` and the path.
struct Authority {
  enum class Kind {
    kNone,
    kSingleMaster,      // host:port
    kMultiMaster,       // h1:p1,h2:p2 (also with `;` or `+` between them)
    kZookeeper,         // zk@h1:p1,h2:p2
    kLogicalMaster,     // ebj@name
    kLogicalZookeeper,  // zk@name
    kUnknown,           // anything else, such as a bucket
  };
  struct HostPort {
    std::string host;
    int port = 0;
    friend bool operator==(const HostPort&, const HostPort&) = default;
  };

  static Authority Parse(absl::string_view text);

  Kind kind = Kind::kNone;
  std::vector<HostPort> hosts;  // of a master or ZooKeeper kind
  std::string name;             // of a logical or unknown kind
};

// A URI as users give it: scheme and authority are optional, nothing is
// escaped, queries and fragments do not exist (`?` and `#` are bytes of the
// path). The path is normalised: separators collapsed, `.` and `..` resolved
// where that is possible, no trailing `/`; it may be relative or empty.
//
// Mirrors AlluxioURI of the original, but for Windows drives. A value type.
class AlluxioUri {
 public:
  // The empty path.
  AlluxioUri() = default;

  // Errors:
  //   INVALID_ARGUMENT  the scheme has impossible characters, or a NUL byte.
  static absl::StatusOr<AlluxioUri> Parse(absl::string_view text);

  // Of parts; `path` is normalised.
  AlluxioUri(absl::string_view scheme, absl::string_view authority, absl::string_view path);

  const std::string& scheme() const { return scheme_; }        // "" if none
  const std::string& authority() const { return authority_; }  // "" if none
  const std::string& path() const { return path_; }

  bool HasScheme() const { return !scheme_.empty(); }
  bool HasAuthority() const { return !authority_.empty(); }
  // Whether it names something in Alluxio: no scheme, or `alluxio`.
  bool IsAlluxio() const { return scheme_.empty() || scheme_ == "alluxio"; }
  bool IsPathAbsolute() const { return !path_.empty() && path_.front() == '/'; }
  bool IsRoot() const { return path_ == "/" || (path_.empty() && HasAuthority()); }
  bool HasWildcard() const { return path_.find('*') != std::string::npos; }

  // The last component; "" of the root.
  absl::string_view Name() const;
  // Itself for the root and the empty path.
  AlluxioUri Parent() const;
  AlluxioUri Join(absl::string_view suffix) const;
  // The same scheme and authority with another path.
  AlluxioUri WithPath(absl::string_view path) const;

  // scheme://authority/path
  std::string ToString() const;

  friend bool operator==(const AlluxioUri&, const AlluxioUri&) = default;

 private:
  std::string scheme_;
  std::string authority_;
  std::string path_;
};

}  // namespace alluxio::uri

#endif  // ALLUXIO_URI_ALLUXIO_URI_H_
