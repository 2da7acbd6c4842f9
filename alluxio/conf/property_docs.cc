#include "alluxio/conf/property_docs.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "alluxio/conf/effect.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/conf/update.h"

namespace alluxio::conf {
namespace {

// Sections in the order of the document. A property goes to the first whose
// prefix it has.
struct Section {
  const char* title;
  const char* prefix;
};
constexpr Section kSections[] = {
    {"Journal", "alluxio.master.journal."},
    {"Embedded journal", "alluxio.master.embedded.journal."},
    {"Metastore", "alluxio.master.metastore"},
    {"Metadata sync", "alluxio.master.metadata."},
    {"Backup", "alluxio.master.backup."},
    {"Backup, daily", "alluxio.master.daily.backup."},
    {"Master", "alluxio.master."},
    {"Worker's page store", "alluxio.worker.page.store."},
    {"Worker", "alluxio.worker."},
    {"Client's page cache", "alluxio.user.client.cache."},
    {"Client", "alluxio.user."},
    {"Under stores", "alluxio.underfs."},
    {"Under stores: keys and endpoints", "fs."},
    {"Under stores: S3 keys", "s3a."},
    {"Security", "alluxio.security."},
    {"Job service", "alluxio.job."},
    {"Proxy", "alluxio.proxy."},
    {"S3 API", "alluxio.s3."},
    {"FUSE", "alluxio.fuse."},
    {"Web", "alluxio.web."},
    {"Log server", "alluxio.logserver."},
    {"Metrics", "alluxio.metrics."},
    {"Network", "alluxio.network."},
    {"ZooKeeper", "alluxio.zookeeper."},
    {"Tables", "alluxio.table."},
    {"Common", ""},
};

const Section& SectionOf(const Property& property) {
  for (const Section& section : kSections) {
    if (absl::StartsWith(property.name, section.prefix)) return section;
  }
  return kSections[std::size(kSections) - 1];
}

std::string Cell(absl::string_view text) { return absl::StrReplaceAll(text, {{"|", "\\|"}}); }

std::string Row(const Property& property) {
  std::string value = "—";
  if (property.Has(kComputed)) {
    value = property.default_value;
  } else if (property.default_value != nullptr) {
    value = absl::StrCat("`", property.default_value, "`");
  }
  std::string meaning = property.description;
  // Some descriptions say so themselves.
  if (!HasEffect(property) && !absl::StrContains(meaning, "ccepted for compatibility")) {
    meaning = absl::StrCat("*Without effect.* ", meaning);
  }
  if (property.Has(kDeprecated)) meaning = absl::StrCat("*Deprecated.* ", meaning);
  if (property.allowed[0] != '\0') absl::StrAppend(&meaning, " Allowed: ", AllowedValues(property), ".");
  if (property.aliases[0] != '\0') {
    absl::StrAppend(&meaning, " Also: `", absl::StrReplaceAll(property.aliases, {{" ", "`, `"}}), "`.");
  }
  // Of clients' properties the head says so once.
  if (IsDynamic(property) && !absl::StartsWith(property.name, "alluxio.user.")) {
    absl::StrAppend(&meaning, " *May change at run time.*");
  }
  return absl::StrCat("| `", property.name, "` | ", TypeName(property.type), " | ", Cell(value), " | ",
                      ScopeName(property.scope), " | ", Cell(meaning), " |\n");
}

constexpr char kHead[] =
    "| Property | Type | Default | Read by | Meaning |\n"
    "| --- | --- | --- | --- | --- |\n";

}  // namespace

std::string PropertyDocs() {
  std::string docs =
      "<!-- Made by //alluxio/conf:property_docs from the property table: change that, and run\n"
      "     bazel run //alluxio/conf:property_docs > docs/properties.md -->\n"
      "# Properties\n\n"
      "What `conf/alluxio-site.properties`, `-Dkey=value` and the `*_JAVA_OPTS` understand. Strongest first: mount "
      "option, value set at run time, path default, `-D`, site file, the master's defaults (for clients), the default "
      "below. `${other.key}` stands for that key's value.\n\n"
      "Sizes: `512MB`, `1.5GB`, `4096` (units B, KB, MB, GB, TB, PB). Durations: `500ms`, `10sec`, `5min`, `1h`, "
      "`1day`, `-1` (no unit: milliseconds). Lists: values separated by commas.\n\n"
      "`alluxio fsadmin updateConf key=value` changes what is marked *May change at run time* in a running master, at "
      "once and until it ends, if `alluxio.conf.dynamic.update.enabled` was true at its start. It also takes "
      "`alluxio.user.*`: clients that start afterwards get the new value, running ones ask for it every "
      "`alluxio.user.conf.sync.interval`. Everything else counts from the next start on, and is refused.\n";
  absl::StrAppend(&docs,
                  "\n*Without effect* marks what is taken from a site file of the original and read by nothing in this "
                  "version; masters and workers name in their logs what was set of it. `alluxio.user.*` among them still "
                  "reach Java clients, through the master.\n");
  for (const Section& section : kSections) {
    absl::StrAppend(&docs, "\n## ", section.title, "\n\n", kHead);
    for (const Property& property : AllProperties()) {
      if (!property.Has(kHidden) && &SectionOf(property) == &section) absl::StrAppend(&docs, Row(property));
    }
  }
  absl::StrAppend(&docs, "\n## Templates\n\nEvery name of one of these forms is a property, too.\n\n", kHead);
  for (const Property& pattern : AllTemplates()) absl::StrAppend(&docs, Row(pattern));
  return docs;
}

}  // namespace alluxio::conf
