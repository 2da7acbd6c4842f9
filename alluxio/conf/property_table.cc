#include "alluxio/conf/property_table.h"

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "alluxio/base/check.h"

namespace alluxio::conf {
namespace {

constexpr Property kProperties[] = {
#include "alluxio/conf/properties_common.inc"
//
#include "alluxio/conf/properties_master_a_i.inc"
//
#include "alluxio/conf/properties_master_journal_m.inc"
//
#include "alluxio/conf/properties_master_metastore_n.inc"
//
#include "alluxio/conf/properties_master_p_z.inc"
//
#include "alluxio/conf/properties_services.inc"
//
#include "alluxio/conf/properties_underfs.inc"
//
#include "alluxio/conf/properties_user_a_g.inc"
//
#include "alluxio/conf/properties_user_h_z.inc"
//
#include "alluxio/conf/properties_web.inc"
//
#include "alluxio/conf/properties_worker.inc"
//
#include "alluxio/conf/properties_zookeeper_schemes.inc"
};

constexpr bool Less(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return static_cast<unsigned char>(*a) < static_cast<unsigned char>(*b);
}

constexpr bool SortedWithoutDuplicates() {
  for (size_t i = 1; i < std::size(kProperties); ++i) {
    if (!Less(kProperties[i - 1].name, kProperties[i].name)) return false;
  }
  return true;
}
static_assert(SortedWithoutDuplicates(), "the rows of the property table are not sorted, or one is there twice");

// Place holders: {N} digits; {user} letters, digits and _-.@; {ns} and {member}
// letters, digits and _-.; {key} a nested key; all others a word.
constexpr Property kTemplates[] = {
    {"alluxio.locality.{tier}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "This node's place in the locality tier: the name of its rack, zone, ..."},
    {"alluxio.master.embedded.journal.ratis.config.{key}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0,
     "", "", "Setting handed to the embedded journal's consensus library."},
    {"alluxio.master.journal.ufs.option.{key}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Option of the under store that holds the journal."},
    // Before the one for all mount points, which is an instance of it, too.
    {"alluxio.master.mount.table.root.option.{key}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "One option of the root's under store."},
    {"alluxio.master.mount.table.{id}.alluxio", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Alluxio path of a mount point made at start."},
    {"alluxio.master.mount.table.{id}.option", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Prefix of the options of a mount point made at start."},
    {"alluxio.master.mount.table.{id}.option.{key}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "One option of a mount point made at start."},
    {"alluxio.master.mount.table.{id}.readonly", Type::kBool, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Whether a mount point made at start refuses writes."},
    {"alluxio.master.mount.table.{id}.shared", Type::kBool, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Whether a mount point made at start is shared by all users."},
    {"alluxio.master.mount.table.{id}.ufs", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Under store URI of a mount point made at start."},
    {"alluxio.master.nameservices.{ns}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Names of the masters that make up the logical name service."},
    {"alluxio.master.rpc.address.{ns}.{member}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "host:port of one master of the logical name service."},
    {"alluxio.master.security.impersonation.{user}.groups", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore,
     0, "", "", "Groups whose members this user may act for; * for all."},
    {"alluxio.master.security.impersonation.{user}.users", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0,
     "", "", "Users this user may act for; * for all."},
    {"alluxio.master.tieredstore.global.level{N}.alias", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0,
     "", "", "Name of the cluster-wide tier."},
    {"alluxio.master.zookeeper.address.{ns}.{member}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "host:port of one ZooKeeper server of the logical name service."},
    {"alluxio.master.zookeeper.nameservices.{ns}", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Names of the ZooKeeper servers of the logical name service."},
    {"alluxio.user.network.{word}.flowcontrol.window", Type::kBytes, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "HTTP/2 flow-control window of one kind of connection."},
    {"alluxio.user.network.{word}.keepalive.time", Type::kDuration, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "Idle time before a keep-alive ping on one kind of connection."},
    {"alluxio.user.network.{word}.keepalive.timeout", Type::kDuration, nullptr, Scope::kAll, Consistency::kIgnore, 0,
     "", "", "Wait for the answer to a keep-alive ping on one kind of connection."},
    {"alluxio.user.network.{word}.max.connections", Type::kLong, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Most physical connections of one kind to one server."},
    {"alluxio.user.network.{word}.max.inbound.message.size", Type::kBytes, nullptr, Scope::kAll, Consistency::kIgnore,
     0, "", "", "Largest message a client takes on one kind of connection."},
    {"alluxio.user.network.{word}.netty.channel", Type::kEnum, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "NIO,EPOLL", "Accepted for compatibility; without effect."},
    {"alluxio.user.network.{word}.netty.worker.threads", Type::kInt, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "Accepted for compatibility; without effect."},
    {"alluxio.worker.tieredstore.level{N}.alias", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Name of the worker's storage tier."},
    {"alluxio.worker.tieredstore.level{N}.dirs.mediumtype", Type::kList, nullptr, Scope::kAll, Consistency::kIgnore, 0,
     "", "", "Medium of each folder of the tier, or one for all."},
    {"alluxio.worker.tieredstore.level{N}.dirs.path", Type::kList, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "Folders that make up the tier."},
    {"alluxio.worker.tieredstore.level{N}.dirs.quota", Type::kList, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "", "Size of each folder of the tier, or one for all."},
    {"alluxio.worker.tieredstore.level{N}.watermark.high.ratio", Type::kDouble, nullptr, Scope::kAll,
     Consistency::kIgnore, 0, "", "", "Fill at which blocks leave the tier."},
    {"alluxio.worker.tieredstore.level{N}.watermark.low.ratio", Type::kDouble, nullptr, Scope::kAll,
     Consistency::kIgnore, 0, "", "", "Fill down to which blocks leave the tier."},
    {"alluxio.{word}.rpc.executor.core.pool.size", Type::kInt, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Threads a server's RPC pool keeps."},
    {"alluxio.{word}.rpc.executor.fjp.async", Type::kBool, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Accepted for compatibility; without effect."},
    {"alluxio.{word}.rpc.executor.fjp.min.runnable", Type::kInt, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Accepted for compatibility; without effect."},
    {"alluxio.{word}.rpc.executor.fjp.parallelism", Type::kInt, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Accepted for compatibility; without effect."},
    {"alluxio.{word}.rpc.executor.keepalive", Type::kDuration, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Idle time after which a thread of a server's RPC pool ends."},
    {"alluxio.{word}.rpc.executor.max.pool.size", Type::kInt, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "",
     "Most threads of a server's RPC pool."},
    {"alluxio.{word}.rpc.executor.tpe.allow.core.threads.timeout", Type::kBool, nullptr, Scope::kAll,
     Consistency::kIgnore, 0, "", "", "Whether idle threads of a server's RPC pool end."},
    {"alluxio.{word}.rpc.executor.tpe.queue.type", Type::kEnum, nullptr, Scope::kAll, Consistency::kIgnore, 0, "",
     "LINKED_BLOCKING_QUEUE,LINKED_BLOCKING_QUEUE_WITH_CAP,ARRAY_BLOCKING_QUEUE,SYNCHRONOUS_BLOCKING_QUEUE",
     "Accepted for compatibility; without effect."},
    {"alluxio.{word}.rpc.executor.type", Type::kEnum, nullptr, Scope::kAll, Consistency::kIgnore, 0, "", "TPE,FJP",
     "Accepted for compatibility; without effect."},
    {"fs.adl.account.{acct}.oauth2.client.id", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, kCredential,
     "", "", "Client id for Azure Data Lake (generation 1)."},
    {"fs.adl.account.{acct}.oauth2.credential", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, kCredential,
     "", "", "Client secret for Azure Data Lake (generation 1)."},
    {"fs.adl.account.{acct}.oauth2.refresh.url", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore, kCredential,
     "", "", "Token URL for Azure Data Lake (generation 1)."},
    {"fs.azure.account.key.{acct}.blob.core.windows.net", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore,
     kCredential, "", "", "Access key of an Azure Blob Storage account."},
    {"fs.azure.account.key.{acct}.dfs.core.windows.net", Type::kString, nullptr, Scope::kAll, Consistency::kIgnore,
     kCredential, "", "", "Access key of an Azure Data Lake (generation 2) account."},
};

bool InPlaceHolder(absl::string_view holder, char c) {
  if (holder == "N") return absl::ascii_isdigit(c);
  if (absl::ascii_isalnum(c) || c == '_') return true;
  if (holder == "user") return c == '-' || c == '.' || c == '@';
  if (holder == "ns" || holder == "member" || holder == "key") return c == '-' || c == '.';
  return false;
}

bool MatchesTemplate(absl::string_view pattern, absl::string_view name) {
  const size_t open = pattern.find('{');
  if (open == absl::string_view::npos) return pattern == name;
  if (!absl::ConsumePrefix(&name, pattern.substr(0, open))) return false;
  const size_t close = pattern.find('}', open);
  const absl::string_view holder = pattern.substr(open + 1, close - open - 1);
  const absl::string_view rest = pattern.substr(close + 1);
  for (size_t length = 1; length <= name.size() && InPlaceHolder(holder, name[length - 1]); ++length) {
    if (MatchesTemplate(rest, name.substr(length))) return true;
  }
  return false;
}

// Names and aliases to rows. Built once; never changes.
const absl::flat_hash_map<absl::string_view, const Property*>& Index() {
  static const auto* index = [] {
    auto* map = new absl::flat_hash_map<absl::string_view, const Property*>;
    for (const Property& property : kProperties) map->emplace(property.name, &property);
    for (const Property& property : kProperties) {
      for (absl::string_view alias : absl::StrSplit(property.aliases, ' ', absl::SkipEmpty())) {
        map->emplace(alias, &property);
      }
    }
    return map;
  }();
  return *index;
}

// Levenshtein's distance, or `bound` as soon as it cannot be smaller.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t bound) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= bound) return bound;
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    size_t smallest = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      smallest = std::min(smallest, row[j]);
    }
    if (smallest >= bound) return bound;
  }
  return row[b.size()];
}

std::string ComputedDefault(absl::string_view name, const Machine& machine) {
  const int cores = std::max(1, machine.cores);
  if (name == "alluxio.master.metadata.sync.executor.pool.size") return absl::StrCat(std::clamp(cores, 4, 32));
  if (name == "alluxio.master.metadata.sync.ufs.prefetch.pool.size") return absl::StrCat(std::min(16 * cores, 512));
  if (name == "alluxio.master.metastore.inode.cache.max.size") {
    return absl::StrCat(std::min<int64_t>(machine.process_memory_bytes / 2 / 2000, std::numeric_limits<int>::max()));
  }
  if (name == "alluxio.master.metastore.inode.iteration.crawler.count") return absl::StrCat(std::max(4, cores));
  if (name == "alluxio.master.metastore.rocks.parallel.backup.threads") return absl::StrCat(std::max(1, cores / 2));
  if (name == "alluxio.master.rpc.executor.fjp.parallelism") return absl::StrCat(std::max(8, 2 * cores));
  if (name == "alluxio.master.ufs.active.sync.thread.pool.size") return absl::StrCat(std::max(2, cores / 2));
  if (name == "alluxio.site.conf.dir") {
    return absl::StrCat("${alluxio.conf.dir}/,", machine.user_home, "/.alluxio/,/etc/alluxio/");
  }
  if (name == "alluxio.underfs.io.threads") return absl::StrCat(std::max(4, 3 * cores));
  if (name == "alluxio.worker.management.block.transfer.concurrency.limit") {
    return absl::StrCat(std::max(2, cores / 2));
  }
  if (name == "alluxio.worker.management.task.thread.count") return absl::StrCat(std::max(4, cores));
  if (name == "alluxio.worker.network.async.cache.manager.threads.max") return absl::StrCat(std::max(8, 2 * cores));
  if (name == "alluxio.worker.network.netty.worker.threads") return absl::StrCat(std::max(4, 2 * cores));
  if (name == "alluxio.worker.ramdisk.size") {
    return machine.memory_bytes > 0 ? absl::StrCat(machine.memory_bytes * 2 / 3) : "1GB";
  }
  if (name == "alluxio.worker.rpc.executor.fjp.parallelism") return absl::StrCat(std::max(8, 2 * cores));
  // A row marked kComputed without a rule here is a bug of the table.
  ALLUXIO_CHECK(false && "computed default without a rule");
  return "";
}

}  // namespace

absl::Span<const Property> AllProperties() { return kProperties; }
absl::Span<const Property> AllTemplates() { return kTemplates; }

const Property* FindProperty(absl::string_view name_or_alias) {
  const auto found = Index().find(name_or_alias);
  return found == Index().end() ? nullptr : found->second;
}

const Property* FindTemplate(absl::string_view name) {
  for (const Property& pattern : kTemplates) {
    if (MatchesTemplate(pattern.name, name)) return &pattern;
  }
  return nullptr;
}

int PropertyIndex(const Property& property) { return static_cast<int>(&property - kProperties); }

std::optional<std::string> DefaultOf(const Property& property, const Machine& machine) {
  if (property.Has(kComputed)) return ComputedDefault(property.name, machine);
  if (property.default_value == nullptr) return std::nullopt;
  return property.default_value;
}

bool IsCredential(absl::string_view name) {
  if (const Property* property = FindProperty(name); property != nullptr) return property->Has(kCredential);
  if (absl::StrContains(name, "accessKeyId") || absl::StrContains(name, "secretKey") ||
      absl::StrContains(name, "accessKeySecret") || absl::EndsWithIgnoreCase(name, "password")) {
    return true;
  }
  if (const Property* pattern = FindTemplate(name); pattern != nullptr && pattern->Has(kCredential)) return true;
  // Options of a mount are keys of their own: ".option.fs.cos.secret.key".
  if (const size_t option = name.find(".option."); option != absl::string_view::npos) {
    return IsCredential(name.substr(option + 8));
  }
  return false;
}

std::string NearestName(absl::string_view name) {
  absl::string_view best;
  size_t best_distance = std::numeric_limits<size_t>::max();
  for (const Property& property : kProperties) {
    const size_t distance = EditDistance(name, property.name, best_distance);
    if (distance < best_distance) {
      best_distance = distance;
      best = property.name;
    }
    for (absl::string_view alias : absl::StrSplit(property.aliases, ' ', absl::SkipEmpty())) {
      const size_t alias_distance = EditDistance(name, alias, best_distance);
      if (alias_distance < best_distance) {
        best_distance = alias_distance;
        best = alias;
      }
    }
  }
  return std::string(best);
}

std::string AllowedValues(const Property& property) {
  switch (property.type) {
    case Type::kBool: return "true or false";
    case Type::kInt:
    case Type::kLong:
      if (property.allowed[0] != '\0') {
        return absl::StrCat("a whole number from ", absl::StrReplaceAll(property.allowed, {{"..", " to "}}));
      }
      return property.type == Type::kInt ? "a whole number of 32 bits" : "a whole number of 64 bits";
    case Type::kDouble: return "a number such as 0.5";
    case Type::kBytes: return "a size such as 4096, 512MB, 1.5GB (units B, KB, MB, GB, TB, PB)";
    case Type::kDuration: return "a duration such as 500ms, 10sec, 5min, 1h, 1day, -1 (no unit: milliseconds)";
    case Type::kList: return "values separated by commas";
    case Type::kEnum: return absl::StrCat("one of ", absl::StrReplaceAll(property.allowed, {{",", ", "}}));
    case Type::kString:
      if (property.allowed[0] != '\0') return "a mode in octal such as 022, at most 0777";
      return property.Has(kFileExists) ? "the path of an existing file" : "any text";
    case Type::kClass: return "a class name";
  }
  return "";
}

absl::string_view TypeName(Type type) {
  switch (type) {
    case Type::kBool: return "boolean";
    case Type::kInt: return "integer";
    case Type::kLong: return "long";
    case Type::kDouble: return "double";
    case Type::kBytes: return "size";
    case Type::kDuration: return "duration";
    case Type::kList: return "list";
    case Type::kEnum: return "enum";
    case Type::kString: return "string";
    case Type::kClass: return "class";
  }
  return "";
}

absl::string_view ScopeName(Scope scope) {
  switch (scope) {
    case Scope::kNone: return "none";
    case Scope::kMaster: return "master";
    case Scope::kWorker: return "worker";
    case Scope::kClient: return "client";
    case Scope::kServer: return "server";
    case Scope::kAll: return "all";
  }
  return "";
}

absl::string_view ConsistencyName(Consistency consistency) {
  switch (consistency) {
    case Consistency::kIgnore: return "ignore";
    case Consistency::kWarn: return "warn";
    case Consistency::kEnforce: return "enforce";
  }
  return "";
}

}  // namespace alluxio::conf
