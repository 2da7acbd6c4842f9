#ifndef ALLUXIO_CONF_PROPERTY_TABLE_H_
#define ALLUXIO_CONF_PROPERTY_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace alluxio::conf {

// What a value must look like; see ParseValue. kInt is 32 bits wide, kLong 64.
enum class Type : uint8_t { kBool, kInt, kLong, kDouble, kBytes, kDuration, kList, kEnum, kString, kClass };

// Who reads the property; the numbers of `alluxio.grpc.Scope`.
enum class Scope : uint8_t { kNone = 0, kMaster = 1, kWorker = 2, kClient = 4, kServer = 3, kAll = 7 };

inline bool ScopeContains(Scope whole, Scope part) {
  return (static_cast<int>(whole) & static_cast<int>(part)) == static_cast<int>(part);
}

// How the master reports that nodes disagree on a property.
enum class Consistency : uint8_t { kIgnore, kWarn, kEnforce };

enum PropertyFlag : uint16_t {
  kNone = 0,
  kHidden = 1,       // not in the documentation
  kCredential = 2,   // shown as ******
  kSiteIgnored = 4,  // no effect in a site file: the start scripts give it
  kDeprecated = 8,   // still read, with a warning
  kStatic = 16,      // not to be changed at run time
  kComputed = 32,    // the default depends on the machine: ComputedDefault
  kFileExists = 64,  // the value must name a file that exists
};

// One row of the table. All texts have static lifetime.
struct Property {
  const char* name;
  Type type;
  // nullptr: not set. May hold ${other.key}. Of a kComputed one: words for the
  // documentation.
  const char* default_value;
  Scope scope;
  Consistency consistency;
  uint16_t flags;
  // Old spellings, separated by blanks.
  const char* aliases;
  // Of enums: the values, separated by commas. Of numbers: "min..max", or "".
  const char* allowed;
  const char* description;

  bool Has(PropertyFlag flag) const { return (flags & flag) != 0; }
};

// What defaults take from the machine they are used on.
struct Machine {
  std::string user_home = "/root";
  int cores = 4;
  int64_t memory_bytes = int64_t{8} << 30;
  // What a process may fill with caches: sizes the master's inode cache.
  int64_t process_memory_bytes = int64_t{4} << 30;
  // For properties that must name an existing file. nullptr: not checked.
  bool (*file_exists)(const std::string& path) = nullptr;
};

// All properties, sorted by name.
absl::Span<const Property> AllProperties();

// The property with this name or alias; nullptr if there is none. Names win
// over aliases.
const Property* FindProperty(absl::string_view name_or_alias);

// The template this name is an instance of ("alluxio.worker.tieredstore.level7.alias"),
// nullptr if none. Its `name` shows the place holders: "...level{N}.alias".
const Property* FindTemplate(absl::string_view name);
absl::Span<const Property> AllTemplates();

// The place of `property` in AllProperties(); it must be one of them.
int PropertyIndex(const Property& property);

// The default as a site file would have it; nullopt: not set.
std::optional<std::string> DefaultOf(const Property& property, const Machine& machine);

// Whether values of this name are to be masked. Also true for nested options
// such as "alluxio.master.mount.table.root.option.s3a.secretKey".
bool IsCredential(absl::string_view name);

// The known name or alias with the smallest edit distance to `name`.
std::string NearestName(absl::string_view name);

// Words for messages and documentation: "a duration such as 500ms, ...".
std::string AllowedValues(const Property& property);
absl::string_view TypeName(Type type);
absl::string_view ScopeName(Scope scope);
absl::string_view ConsistencyName(Consistency consistency);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_PROPERTY_TABLE_H_
