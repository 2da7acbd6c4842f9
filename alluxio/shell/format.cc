#include "alluxio/shell/format.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "alluxio/base/disk.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/journal/local/local_journal.h"
#include "alluxio/uri/path.h"

namespace alluxio::shell {

absl::Status ClearFolder(absl::string_view folder) {
  const absl::StatusOr<std::string> clean = uri::CleanPath(folder);
  if (!clean.ok() || uri::IsRoot(*clean)) {
    return absl::InvalidArgumentError(absl::StrCat("Refusing to clear \"", folder, "\": not a folder of Alluxio's"));
  }
  std::error_code error;
  std::filesystem::create_directories(*clean, error);
  if (error) return absl::UnknownError(absl::StrCat("Cannot make ", *clean, ": ", error.message()));
  std::filesystem::directory_iterator entries(*clean, error);
  std::vector<std::filesystem::path> doomed;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    doomed.push_back(entries->path());
  }
  for (size_t i = 0; !error && i < doomed.size(); ++i) std::filesystem::remove_all(doomed[i], error);
  if (error) return absl::UnknownError(absl::StrCat("Cannot clear ", *clean, ": ", error.message()));
  return absl::OkStatus();
}

absl::Status FormatMaster(const conf::Configuration& conf, std::ostream& out) {
  const std::string journal = conf.GetString("alluxio.master.journal.folder");
  if (!uri::CleanPath(journal).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("alluxio.master.journal.folder is \"", journal, "\", which is not an absolute local path"));
  }
  out << "Formatting master journal: " << journal << "\n";
  // First: it notices a master that still runs.
  ALLUXIO_RETURN_IF_ERROR(journal::LocalJournal::Format(Disk::Posix(), journal));
  const std::string metastore = conf.GetString("alluxio.master.metastore.dir");
  out << "Formatting master metastore: " << metastore << "\n";
  return ClearFolder(metastore);
}

absl::Status FormatWorker(const conf::Configuration& conf, std::ostream& out) {
  const std::string data_folder = conf.GetString("alluxio.worker.data.folder");
  const int64_t levels = conf.GetInt("alluxio.worker.tieredstore.levels");
  for (int64_t level = 0; level < levels; ++level) {
    for (const std::string& dir : conf.GetList(absl::StrCat("alluxio.worker.tieredstore.level", level, ".dirs.path"))) {
      const std::string folder = uri::JoinPath(dir, data_folder);
      out << "Formatting worker data folder: " << folder << "\n";
      ALLUXIO_RETURN_IF_ERROR(ClearFolder(folder));
    }
  }
  return absl::OkStatus();
}

}  // namespace alluxio::shell
