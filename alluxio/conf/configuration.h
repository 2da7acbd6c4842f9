#ifndef ALLUXIO_CONF_CONFIGURATION_H_
#define ALLUXIO_CONF_CONFIGURATION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/conf/property_table.h"

namespace alluxio::conf {

// Where a value came from, weakest first (`Source.java` of the original).
enum class Source { kDefault, kClusterDefault, kSiteProperty, kSystemProperty, kPathDefault, kRuntime, kMountOption };

// What one process takes its configuration from.
struct Sources {
  // -Dkey=value of the command line and of ALLUXIO_JAVA_OPTS and its siblings.
  std::vector<std::pair<std::string, std::string>> system_properties;
  // Text of the site file; `site_file` names it in messages and in `--source`.
  std::string site_properties;
  std::string site_file;
  // What the master said, for clients and workers (raw values). Only properties
  // whose scope has `cluster_scope` in it are taken over.
  std::vector<std::pair<std::string, std::string>> cluster_defaults;
  Scope cluster_scope = Scope::kClient;
  // What computed defaults depend on.
  Machine machine;
};

// An immutable snapshot of all properties, checked: every value of every known
// key parses as its type, so the typed getters cannot fail. Getters take the
// names without aliasing ("alluxio.master.rpc.port"); an undeclared name is a
// bug and stops the process. Substitution (`${other.key}`) is done.
//
// Copyable (shares its content) and thread-safe.
class Configuration {
 public:
  // Built-in defaults alone.
  Configuration();

  // Errors:
  //   INVALID_ARGUMENT  a value does not parse or is not allowed: the text names
  //                     the key, the value, where it came from, what is allowed.
  // `warnings` (optional) receives one line for each unknown alluxio.* key, with
  // the nearest known name, and for each value that has no effect.
  static absl::StatusOr<Configuration> Create(const Sources& sources, std::vector<std::string>* warnings = nullptr);

  // This one with `values` set at run time (highest precedence but mounts').
  absl::StatusOr<Configuration> With(const std::vector<std::pair<std::string, std::string>>& values,
                                     Source source = Source::kRuntime) const;

  // Whether the key has a value (its default counts).
  bool IsSet(absl::string_view key) const;
  // Whether somebody gave it a value other than the built-in default.
  bool IsSetByUser(absl::string_view key) const;

  std::string GetString(absl::string_view key) const;  // "" if unset
  bool GetBool(absl::string_view key) const;
  int64_t GetInt(absl::string_view key) const;
  double GetDouble(absl::string_view key) const;
  int64_t GetBytes(absl::string_view key) const;
  // InfiniteDuration for -1 where the original means "never" is not implied:
  // GetMillis gives the raw number.
  absl::Duration GetDuration(absl::string_view key) const;
  int64_t GetMillis(absl::string_view key) const;
  // Enum values in upper case, as declared.
  std::string GetEnum(absl::string_view key) const;
  // Split at the key's delimiter (a comma), blanks trimmed, empty ones dropped.
  std::vector<std::string> GetList(absl::string_view key) const;

  struct Entry {
    std::string key;
    std::string raw_value;  // before substitution
    std::string value;      // "" unless is_set
    bool is_set = false;    // false also if it refers to a key without a value
    Source source = Source::kDefault;
    std::string source_text;  // DEFAULT, SITE_PROPERTY (<file>), SYSTEM_PROPERTY, ...
    // The row of the table or the template; nullptr for a key nobody declared.
    const Property* property = nullptr;
  };
  // One key by its name or alias. NOT_FOUND: no such key, with the nearest name.
  absl::StatusOr<Entry> Find(absl::string_view key) const;
  // All declared and all user-given keys, sorted by name. Credentials are not masked.
  std::vector<Entry> All() const;
  // The user-given keys that start with `prefix`: template instances such as
  // "alluxio.master.mount.table.root.option.".
  std::map<std::string, std::string> WithPrefix(absl::string_view prefix) const;

  // MD5 in hex over all keys and values that differ from process to process by
  // configuration only; equal contents give equal hashes.
  std::string Hash() const;

 private:
  struct State;
  explicit Configuration(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_CONFIGURATION_H_
