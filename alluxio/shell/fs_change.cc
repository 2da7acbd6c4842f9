// Commands that change names and attributes.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/security/acl.h"
#include "alluxio/security/mode.h"
#include "alluxio/shell/fs_commands.h"
#include "alluxio/shell/paths.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {
namespace {

using client::FileSystem;
using client::UriStatus;

constexpr absl::string_view kMedia[] = {"MEM", "SSD", "HDD"};
constexpr absl::Duration kPersistPoll = absl::Milliseconds(100);

// Sets attributes on all that `text` matches and says so.
absl::StatusOr<int> SetAttributes(Environment& env, absl::string_view text, const client::SetAttributeOptions& options,
                                  absl::FunctionRef<std::string(absl::string_view path)> message) {
  return ForEachPath(env, text, [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_RETURN_IF_ERROR(fs.SetAttribute(FsPath(path), options));
    env.out() << message(path.ToString()) << "\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> IntOption(const Arguments& args, absl::string_view key) {
  int value = 0;
  if (!absl::SimpleAtoi(args.Value(key), &value)) {
    return absl::InvalidArgumentError(absl::StrCat("For input string: \"", args.Value(key), "\""));
  }
  return value;
}

// Appends the files below `path` that the under store does not have.
absl::Status FindUnpersisted(FileSystem& fs, const std::string& path, std::vector<std::string>* files) {
  ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(path));
  if (!status.folder) {
    if (!status.persisted) files->push_back(status.path);
    return absl::OkStatus();
  }
  return fs.IterateStatus(path, {.recursive = true, .exclude_mount_info = true}, [files](const UriStatus& child) {
    if (!child.folder && !child.persisted) files->push_back(child.path);
  });
}

absl::Status WaitUntilPersisted(Environment& env, FileSystem& fs, const std::string& path, absl::Time deadline) {
  while (true) {
    ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(path));
    if (status.persisted) return absl::OkStatus();
    if (env.clock()->Now() >= deadline) {
      return absl::DeadlineExceededError(absl::StrCat("Timed out waiting for file to be persisted: ", path));
    }
    env.clock()->Sleep(kPersistPoll);
  }
}

}  // namespace

absl::StatusOr<int> Chgrp(Environment& env, const Arguments& args) {
  return SetAttributes(env, args[1], {.group = args[0], .recursive = args.Has("R")}, [&](absl::string_view path) {
    return absl::StrCat("Changed group of ", path, " to ", args[0]);
  });
}

absl::StatusOr<int> Chmod(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const security::Mode mode, security::Mode::Parse(args[0]));
  return SetAttributes(
      env, args[1], {.mode = static_cast<uint32_t>(mode.value()), .recursive = args.Has("R")},
      [&](absl::string_view path) { return absl::StrFormat("Changed permission of %s to %o", path, mode.value()); });
}

absl::StatusOr<int> Chown(Environment& env, const Arguments& args) {
  const std::pair<std::string, std::string> names = absl::StrSplit(args[0], absl::MaxSplits(':', 1));
  const bool with_group = args[0].find(':') != std::string::npos;
  if (names.first.empty() || (with_group && names.second.empty())) {
    return absl::InvalidArgumentError(absl::StrCat("Failed to parse ", args[0], " as user or user:group"));
  }
  client::SetAttributeOptions options = {.owner = names.first, .recursive = args.Has("R")};
  if (with_group) options.group = names.second;
  return SetAttributes(env, args[1], options, [&](absl::string_view path) {
    return with_group ? absl::StrCat("Changed owner:group of ", path, " to ", args[0], ".")
                      : absl::StrCat("Changed owner of ", path, " to ", args[0]);
  });
}

absl::StatusOr<int> Free(Environment& env, const Arguments& args) {
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    ALLUXIO_RETURN_IF_ERROR(fs.Free(FsPath(path), {.recursive = true, .forced = args.Has("f")}));
    env.out() << path.ToString() << " was successfully freed from Alluxio space.\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Mkdir(Environment& env, const Arguments& args) {
  for (const std::string& argument : args.positional()) {
    ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri path, AlluxioPath(argument));
    ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
    ALLUXIO_RETURN_IF_ERROR(fs->CreateDirectory(FsPath(path), {.recursive = true}));
    env.out() << "Successfully created directory " << path.ToString() << "\n";
  }
  return 0;
}

absl::StatusOr<int> Mv(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri source, AlluxioPath(args[0]));
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri destination, AlluxioPath(args[1]));
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  ALLUXIO_RETURN_IF_ERROR(fs->Rename(FsPath(source), FsPath(destination)));
  env.out() << "Renamed " << source.ToString() << " to " << destination.ToString() << "\n";
  return 0;
}

absl::StatusOr<int> Persist(Environment& env, const Arguments& args) {
  absl::Duration timeout = absl::Minutes(20);
  if (args.Has("t")) {
    ALLUXIO_ASSIGN_OR_RETURN(const int ms, IntOption(args, "t"));
    timeout = absl::Milliseconds(ms);
  }
  client::PersistOptions options;
  if (args.Has("w")) {
    ALLUXIO_ASSIGN_OR_RETURN(const int ms, IntOption(args, "w"));
    options.persistence_wait_ms = ms;
  }
  if (args.Has("p")) {
    ALLUXIO_ASSIGN_OR_RETURN(const int parallelism, IntOption(args, "p"));
    if (parallelism < 1) return UsageError("Parallelism must be greater than 0");
  }
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  std::vector<std::string> files;
  for (const std::string& argument : args.positional()) {
    ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri uri, AlluxioPath(argument));
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<uri::AlluxioUri> paths, ExpandAlluxio(*fs, uri));
    for (const uri::AlluxioUri& path : paths) ALLUXIO_RETURN_IF_ERROR(FindUnpersisted(*fs, FsPath(path), &files));
  }
  env.out() << "Found " << files.size() << " files to persist.\n";
  // All are scheduled first: the cluster decides how many run side by side.
  std::vector<absl::Status> scheduled;
  for (const std::string& file : files) scheduled.push_back(fs->Persist(file, options));
  std::vector<std::string> failures;
  size_t done = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    absl::Status status = scheduled[i];
    if (status.ok()) status = WaitUntilPersisted(env, *fs, files[i], env.clock()->Now() + timeout);
    if (status.ok()) {
      env.out() << "(" << ++done << "/" << files.size() << ") Successfully persisted file: " << files[i] << "\n"
                << std::flush;
    } else {
      failures.push_back(absl::StrCat("Failed to persist file ", files[i], ": ", status.message()));
    }
  }
  ALLUXIO_RETURN_IF_ERROR(JoinErrors(failures));
  return 0;
}

absl::StatusOr<int> Pin(Environment& env, const Arguments& args) {
  std::vector<std::string> media(args.positional().begin() + 1, args.positional().end());
  std::vector<std::string> unknown;
  for (const std::string& medium : media) {
    if (std::find(std::begin(kMedia), std::end(kMedia), medium) == std::end(kMedia)) unknown.push_back(medium);
  }
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    if (!unknown.empty()) {
      // The original names no valid ones either; its text is kept.
      return absl::InvalidArgumentError(absl::StrCat("Invalid medium to pin the file. ", absl::StrJoin(unknown, ","),
                                                     " are invalid.  are valid medium types"));
    }
    ALLUXIO_RETURN_IF_ERROR(fs.SetAttribute(FsPath(path), {.pinned = true, .pinned_media = media}));
    env.out() << "File '" << path.ToString() << "' was successfully pinned.\n";
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Rm(Environment& env, const Arguments& args) {
  const bool recursive = args.Has("R") || args.Has("r");
  const bool alluxio_only = args.Has("alluxioOnly");
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) -> absl::Status {
    if (!recursive) {
      ALLUXIO_ASSIGN_OR_RETURN(const UriStatus status, fs.GetStatus(FsPath(path)));
      if (status.folder) {
        return absl::FailedPreconditionError(
            absl::StrCat(path.path(), " is a directory, to remove it, please use \"rm -R/-r/--recursive <path>\""));
      }
    }
    client::DeleteOptions options = {
        .recursive = recursive, .alluxio_only = alluxio_only, .delete_mount_point = args.Has("m")};
    if (args.Has("U")) options.unchecked = true;
    ALLUXIO_RETURN_IF_ERROR(fs.Delete(FsPath(path), options));
    env.out() << path.ToString()
              << (alluxio_only ? " has been removed only from Alluxio space\n" : " has been removed\n");
    return absl::OkStatus();
  });
}

absl::StatusOr<int> SetReplication(Environment& env, const Arguments& args) {
  if (!args.Has("max") && !args.Has("min")) {
    return absl::InvalidArgumentError("At least one option of '--max' or '--min' must be specified");
  }
  client::SetAttributeOptions options = {.recursive = args.Has("R")};
  if (args.Has("max")) {
    ALLUXIO_ASSIGN_OR_RETURN(options.replication_max, IntOption(args, "max"));
  }
  if (args.Has("min")) {
    ALLUXIO_ASSIGN_OR_RETURN(options.replication_min, IntOption(args, "min"));
  }
  if (options.replication_max && options.replication_min && *options.replication_max >= 0 &&
      *options.replication_min > *options.replication_max) {
    return absl::InvalidArgumentError("Invalid values for '--max' and '--min' options");
  }
  return SetAttributes(env, args[0], options, [&](absl::string_view path) {
    std::string text = absl::StrCat("Changed the replication level of ", path, "\n");
    if (options.replication_max) absl::StrAppend(&text, "replicationMax was set to ", *options.replication_max, "\n");
    if (options.replication_min) absl::StrAppend(&text, "replicationMin was set to ", *options.replication_min, "\n");
    return text;
  });
}

absl::StatusOr<int> SetTtl(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const int64_t ttl_ms, ParseMillis(args[1]));
  const std::string action = absl::AsciiStrToUpper(args.Value("action", "DELETE"));
  if (action != "DELETE" && action != "FREE") {
    return UsageError(absl::StrCat("TTL action should be DELETE OR FREE, not ", args.Value("action")));
  }
  return SetAttributes(
      env, args[0],
      {.ttl_ms = ttl_ms, .ttl_action = action == "FREE" ? client::TtlAction::kFree : client::TtlAction::kDelete},
      [&](absl::string_view path) {
        return absl::StrCat("TTL of path '", path, "' was successfully set to ", ttl_ms,
                            " milliseconds, with expiry action set to ", action);
      });
}

absl::StatusOr<int> UnsetTtl(Environment& env, const Arguments& args) {
  return SetAttributes(env, args[0], {.ttl_ms = -1}, [&](absl::string_view path) {
    return absl::StrCat("TTL of file '", path, "' was successfully removed.");
  });
}

absl::StatusOr<int> Unpin(Environment& env, const Arguments& args) {
  return SetAttributes(env, args[0], {.pinned = false}, [&](absl::string_view path) {
    return absl::StrCat("File '", path, "' was successfully unpinned.");
  });
}

absl::StatusOr<int> Setfacl(Environment& env, const Arguments& args) {
  client::SetAclAction action = client::SetAclAction::kReplace;
  std::string texts;
  if (args.Has("b")) {
    action = client::SetAclAction::kRemoveAll;
  } else if (args.Has("k")) {
    action = client::SetAclAction::kRemoveDefault;
  } else if (args.Has("m")) {
    action = client::SetAclAction::kModify;
    texts = args.Value("m");
  } else if (args.Has("x")) {
    action = client::SetAclAction::kRemove;
    texts = args.Value("x");
  } else if (args.Has("set")) {
    texts = args.Value("set");
  } else {
    return UsageError("No actions specified.");
  }
  std::vector<client::AclEntry> entries;
  for (absl::string_view text : absl::StrSplit(texts, ',', absl::SkipEmpty())) {
    // `-d` turns plain entries into default ones.
    ALLUXIO_ASSIGN_OR_RETURN(security::AclEntry entry, action == client::SetAclAction::kRemove
                                                           ? security::AclEntry::ParseCliWithoutPermissions(text)
                                                           : security::AclEntry::ParseCli(text));
    entry.is_default = entry.is_default || args.Has("d");
    entries.push_back(ToClient(entry));
  }
  return ForEachPath(env, args[0], [&](FileSystem& fs, const uri::AlluxioUri& path) {
    return fs.SetAcl(FsPath(path), action, entries, {.recursive = args.Has("R")});
  });
}

}  // namespace alluxio::shell
