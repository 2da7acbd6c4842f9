#include "alluxio/worker/tier/tier_options.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/bad_value.h"
#include "alluxio/conf/units.h"

namespace alluxio::worker {
namespace {

constexpr char kPrefix[] = "alluxio.worker.tieredstore.level";

// The value of an instance of a template, "" if it has none.
std::string Value(const conf::Configuration& configuration, absl::string_view key) {
  const absl::StatusOr<conf::Configuration::Entry> entry = configuration.Find(key);
  return entry.ok() && entry->is_set ? entry->value : "";
}

// "/alluxioworker/" -> "alluxioworker"
std::string TrimSlashes(absl::string_view text) {
  while (absl::ConsumePrefix(&text, "/")) {
  }
  while (absl::ConsumeSuffix(&text, "/")) {
  }
  return std::string(text);
}

absl::StatusOr<TierOptions> Tier(const conf::Configuration& configuration, int level) {
  const std::string prefix = absl::StrCat(kPrefix, level);
  TierOptions tier;
  tier.alias = absl::AsciiStrToUpper(Value(configuration, absl::StrCat(prefix, ".alias")));
  if (tier.alias != "MEM" && tier.alias != "SSD" && tier.alias != "HDD") {
    return conf::BadValue(configuration, absl::StrCat(prefix, ".alias"), "allowed are MEM, SSD and HDD");
  }
  const std::string path_key = absl::StrCat(prefix, ".dirs.path");
  const std::vector<std::string> paths = conf::ParseList(Value(configuration, path_key));
  if (paths.empty()) return conf::BadValue(configuration, path_key, "name at least one folder");
  const std::string quota_key = absl::StrCat(prefix, ".dirs.quota");
  const std::vector<std::string> quotas = conf::ParseList(Value(configuration, quota_key));
  constexpr char kSizes[] = "give a size such as 16GB, one or one for each folder";
  if (quotas.empty()) return conf::BadValue(configuration, quota_key, kSizes);
  std::vector<std::string> media = conf::ParseList(Value(configuration, absl::StrCat(prefix, ".dirs.mediumtype")));
  if (media.empty()) media.push_back(tier.alias);
  const bool is_default =
      !configuration.IsSetByUser(quota_key) && !configuration.IsSetByUser("alluxio.worker.ramdisk.size");
  for (size_t i = 0; i < paths.size(); ++i) {
    absl::StatusOr<int64_t> quota = conf::ParseBytes(quotas[std::min(i, quotas.size() - 1)]);
    if (!quota.ok() || *quota < 0) return conf::BadValue(configuration, quota_key, kSizes);
    absl::string_view path = paths[i];
    while (path.size() > 1 && absl::ConsumeSuffix(&path, "/")) {
    }
    for (const DirOptions& other : tier.dirs) {
      if (other.path == path) return conf::BadValue(configuration, path_key, "name each folder once");
    }
    tier.dirs.push_back({.path = std::string(path),
                         .capacity_bytes = *quota,
                         .medium_type = absl::AsciiStrToUpper(media[std::min(i, media.size() - 1)]),
                         .capacity_is_default = is_default});
  }
  return tier;
}

}  // namespace

absl::StatusOr<mode_t> ParseFolderMode(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const absl::Status bad =
      absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a mode such as rwxrwxrwx or 0777"));
  mode_t mode = 0;
  if (text.size() == 9) {
    for (size_t i = 0; i < 9; ++i) {
      if (text[i] != "rwx"[i % 3] && text[i] != '-') return bad;
      mode = mode << 1 | (text[i] != '-');
    }
    return mode;
  }
  if (text.empty() || text.size() > 4) return bad;
  for (const char c : text) {
    if (c < '0' || c > '7') return bad;
    mode = mode << 3 | static_cast<mode_t>(c - '0');
  }
  return mode & 0777;
}

absl::StatusOr<StoreLayout> LayoutFrom(const conf::Configuration& configuration) {
  constexpr char kStore[] = "alluxio.worker.block.store.type";
  if (configuration.GetEnum(kStore) != "FILE") {
    return conf::BadValue(configuration, kStore, "pages are not supported by this version: set it to FILE");
  }
  StoreLayout layout;
  const int64_t levels = configuration.GetInt("alluxio.worker.tieredstore.levels");
  if (levels < 1 || levels > 3) {
    return conf::BadValue(configuration, "alluxio.worker.tieredstore.levels", "allowed are 1 to 3");
  }
  for (int level = 0; level < levels; ++level) {
    ALLUXIO_ASSIGN_OR_RETURN(TierOptions tier, Tier(configuration, level));
    for (const TierOptions& above : layout.tiers) {
      const auto rank = [](const std::string& alias) { return alias == "MEM" ? 0 : alias == "SSD" ? 1 : 2; };
      if (rank(above.alias) >= rank(tier.alias)) {
        return conf::BadValue(configuration, absl::StrCat(kPrefix, level, ".alias"),
                              "tiers go down from MEM over SSD to HDD");
      }
    }
    layout.tiers.push_back(std::move(tier));
  }
  layout.data_folder = TrimSlashes(configuration.GetString("alluxio.worker.data.folder"));
  layout.tmp_folder = TrimSlashes(configuration.GetString("alluxio.worker.data.folder.tmp"));
  if (layout.data_folder.empty()) {
    return conf::BadValue(configuration, "alluxio.worker.data.folder", "name a folder below the tiers' folders");
  }
  if (layout.tmp_folder.empty() || absl::StrContains(layout.tmp_folder, "/")) {
    return conf::BadValue(configuration, "alluxio.worker.data.folder.tmp", "name a folder, without a path");
  }
  constexpr char kPermissions[] = "alluxio.worker.data.folder.permissions";
  if (configuration.IsSetByUser(kPermissions)) {
    const std::string text = configuration.GetString(kPermissions);
    const absl::StatusOr<mode_t> mode = ParseFolderMode(text);
    if (!mode.ok()) return conf::BadValue(configuration, kPermissions, "give a mode such as rwxrwxrwx or 0777");
    layout.folder_mode = *mode | 01000;
  }
  constexpr char kAnnotator[] = "alluxio.worker.block.annotator.class";
  const std::string annotator = configuration.GetString(kAnnotator);
  if (annotator == "alluxio.worker.block.annotator.LRFUAnnotator") {
    layout.order = EvictionOrderKind::kLrfu;
  } else if (annotator != "alluxio.worker.block.annotator.LRUAnnotator") {
    return conf::BadValue(configuration, kAnnotator,
                          "allowed are alluxio.worker.block.annotator.LRUAnnotator and LRFUAnnotator");
  }
  constexpr char kAllocator[] = "alluxio.worker.allocator.class";
  const std::string allocator = configuration.GetString(kAllocator);
  if (allocator == "alluxio.worker.block.allocator.GreedyAllocator") {
    layout.allocator = AllocatorKind::kGreedy;
  } else if (allocator == "alluxio.worker.block.allocator.RoundRobinAllocator") {
    layout.allocator = AllocatorKind::kRoundRobin;
  } else if (allocator != "alluxio.worker.block.allocator.MaxFreeAllocator") {
    return conf::BadValue(
        configuration, kAllocator,
        "allowed are alluxio.worker.block.allocator.MaxFreeAllocator, GreedyAllocator and RoundRobinAllocator");
  }
  return layout;
}

}  // namespace alluxio::worker
