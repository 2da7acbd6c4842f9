#include "alluxio/shell/fs_table.h"

#include "alluxio/shell/fs_commands.h"

namespace alluxio::shell {
namespace {

// Name, usage, description and options of every command, word for word the
// original's (2.9.6): scripts and people know them.

constexpr OptionSpec kCheckConsistencyOptions[] = {
    {.short_name = "r", .long_name = "", .arg_name = "", .description = "repair inconsistent files"},
    {.short_name = "t",
     .long_name = "threads",
     .arg_name = "arg",
     .description = "Number of threads used when repairing consistency. Defaults to <number of cores> * 2. This "
                    "option has no effect if -r is not specified"},
};

constexpr OptionSpec kChgrpOptions[] = {
    {.short_name = "R", .long_name = "recursive", .arg_name = "", .description = "change group recursively"},
};

constexpr OptionSpec kChmodOptions[] = {
    {.short_name = "R", .long_name = "recursive", .arg_name = "", .description = "change mode recursively"},
};

constexpr OptionSpec kChownOptions[] = {
    {.short_name = "R", .long_name = "recursive", .arg_name = "", .description = "change owner recursively"},
};

constexpr OptionSpec kCopyFromLocalOptions[] = {
    {.short_name = "",
     .long_name = "buffersize",
     .arg_name = "buffer size",
     .description = "Read buffer size in bytes, default is 8MB when copying from local, and 64MB when copying to "
                    "local"},
    {.short_name = "",
     .long_name = "thread",
     .arg_name = "threads",
     .description = "Number of threads used to copy files in parallel, default value is CPU cores * 2"},
};

constexpr OptionSpec kCopyToLocalOptions[] = {
    {.short_name = "",
     .long_name = "buffersize",
     .arg_name = "buffer size",
     .description = "Read buffer size in bytes, default is 8MB when copying from local, and 64MB when copying to "
                    "local"},
};

constexpr OptionSpec kCountOptions[] = {
    {.short_name = "h",
     .long_name = "",
     .arg_name = "",
     .description = "print sizes in human readable format (e.g. 1KB 234MB 2GB)"},
};

constexpr OptionSpec kCpOptions[] = {
    {.short_name = "p",
     .long_name = "preserve",
     .arg_name = "",
     .description = "Preserve file permission attributes when copying files. All ownership, permissions and ACLs "
                    "will be preserved"},
    {.short_name = "R",
     .long_name = "recursive",
     .arg_name = "",
     .description = "copy files in subdirectories recursively"},
    {.short_name = "r", .long_name = "", .arg_name = "", .description = "copy files in subdirectories recursively"},
    {.short_name = "",
     .long_name = "thread",
     .arg_name = "threads",
     .description = "Number of threads used to copy files in parallel, default value is CPU cores * 2"},
    {.short_name = "", .long_name = "buffersize", .arg_name = "buffer size", .description = "", .hidden = true},
};

constexpr OptionSpec kDistributedCpOptions[] = {
    {.short_name = "",
     .long_name = "active-jobs",
     .arg_name = "active job count",
     .description = "Number of active jobs that can run at the same time. Later jobs must wait. The default upper "
                    "limit is 3000"},
    {.short_name = "",
     .long_name = "async",
     .arg_name = "",
     .description = "Use async to submit the command asynchronously and not wait for command to finish"},
    {.short_name = "",
     .long_name = "batch-size",
     .arg_name = "batch-size",
     .description = "Number of files per request"},
    {.short_name = "",
     .long_name = "overwrite",
     .arg_name = "overwrite",
     .description = "Whether to overwrite the destination. Default is true."},
};

constexpr OptionSpec kDuOptions[] = {
    {.short_name = "g",
     .long_name = "",
     .arg_name = "",
     .description = "display information for In-Alluxio data size under the path, grouped by worker."},
    {.short_name = "h",
     .long_name = "",
     .arg_name = "",
     .description = "print sizes in human readable format (e.g., 1KB 234MB 2GB)"},
    {.short_name = "m",
     .long_name = "memory",
     .arg_name = "",
     .description = "display the in memory size and in memory percentage"},
    {.short_name = "s",
     .long_name = "",
     .arg_name = "",
     .description = "display the aggregate summary of file lengths being displayed"},
};

constexpr OptionSpec kFreeOptions[] = {
    {.short_name = "f", .long_name = "", .arg_name = "", .description = "force to free files even pinned"},
};

constexpr OptionSpec kHeadOptions[] = {
    {.short_name = "c", .long_name = "", .arg_name = "arg", .description = "number of bytes (e.g., 1024, 4KB)"},
};

constexpr OptionSpec kLoadOptions[] = {
    {.short_name = "",
     .long_name = "bandwidth",
     .arg_name = "arg",
     .description = "Single worker read bandwidth limit."},
    {.short_name = "",
     .long_name = "format",
     .arg_name = "arg",
     .description = "Format of the progress report, supports TEXT and JSON. If not set, TEXT is used."},
    {.short_name = "", .long_name = "local", .arg_name = "", .description = "load the file to local worker."},
    {.short_name = "",
     .long_name = "partial-listing",
     .arg_name = "",
     .description = "Use partial directory listing. This limits the memory usage and starts load sooner for larger "
                    "directory. But progress report cannot report on the total number of files because the whole "
                    "directory is not listed yet."},
    {.short_name = "", .long_name = "progress", .arg_name = "", .description = "Get progress report of a load job."},
    {.short_name = "", .long_name = "stop", .arg_name = "", .description = "Stop a load job if it's still running."},
    {.short_name = "",
     .long_name = "submit",
     .arg_name = "",
     .description = "Submit load job to Alluxio master, update job options if already exists."},
    {.short_name = "",
     .long_name = "verbose",
     .arg_name = "",
     .description = "Whether to return a verbose progress report with detailed errors"},
    {.short_name = "",
     .long_name = "verify",
     .arg_name = "",
     .description = "Run verification when load finish and load new files if any."},
};

constexpr OptionSpec kLoadMetadataOptions[] = {
    {.short_name = "a", .long_name = "async", .arg_name = "", .description = "load the metadata asynchronously"},
    {.short_name = "d",
     .long_name = "",
     .arg_name = "arg",
     .description = "load directory type, can be SINGLE_LISTING, BFS, or DFS"},
    {.short_name = "F",
     .long_name = "",
     .arg_name = "",
     .description = "update the metadata of the existing sub file forcibly"},
    {.short_name = "id", .long_name = "", .arg_name = "arg", .description = "the numeric task group id"},
    {.short_name = "o", .long_name = "option", .arg_name = "arg", .description = "operation, can be load, get, cancel"},
    {.short_name = "p",
     .long_name = "polling",
     .arg_name = "arg",
     .description = "when running a task asynchronously, how often to poll the task progress in ms"},
    {.short_name = "R", .long_name = "", .arg_name = "", .description = "load metadata subdirectories recursively"},
    {.short_name = "v2", .long_name = "", .arg_name = "", .description = "use the load metadata v2 implementation"},
};

constexpr OptionSpec kLsOptions[] = {
    {.short_name = "d", .long_name = "", .arg_name = "", .description = "list directories as plain files"},
    {.short_name = "f",
     .long_name = "",
     .arg_name = "",
     .description = "force to load metadata for immediate children in a directory"},
    {.short_name = "h", .long_name = "", .arg_name = "", .description = "print human-readable format sizes"},
    {.short_name = "m",
     .long_name = "omit-mount-info",
     .arg_name = "",
     .description = "if specified, the status will not include mount point related information, like the UFS path"},
    {.short_name = "p", .long_name = "", .arg_name = "", .description = "list all pinned files"},
    {.short_name = "R", .long_name = "recursive", .arg_name = "", .description = "list subdirectories recursively"},
    {.short_name = "r", .long_name = "", .arg_name = "", .description = "reverse order while sorting"},
    {.short_name = "",
     .long_name = "sort",
     .arg_name = "arg",
     .description = "sort statuses by the given field "
                    "{path|lastAccessTime|creationTime|size|lastModificationTime|inMemoryPercentage|name}"},
    {.short_name = "",
     .long_name = "timestamp",
     .arg_name = "arg",
     .description = "display specific timestamp(default is last modification time) "
                    "{lastAccessTime|creationTime|lastModificationTime}"},
};

constexpr OptionSpec kMountOptions[] = {
    {.short_name = "",
     .long_name = "option",
     .arg_name = "key=value",
     .description = "options associated with this mount point"},
    {.short_name = "", .long_name = "readonly", .arg_name = "", .description = "mount point is readonly in Alluxio"},
    {.short_name = "",
     .long_name = "remount",
     .arg_name = "",
     .description = "unmount and remount in one locked operation, with atomicity"},
    {.short_name = "", .long_name = "shared", .arg_name = "", .description = "mount point is shared"},
};

constexpr OptionSpec kPersistOptions[] = {
    {.short_name = "p",
     .long_name = "parallelism",
     .arg_name = "# concurrent operations",
     .description = "Number of concurrent persist operations, default: 4"},
    {.short_name = "t",
     .long_name = "timeout",
     .arg_name = "timeout in milliseconds",
     .description = "Time in milliseconds for a single file persist to time out; default:1200000"},
    {.short_name = "w",
     .long_name = "wait",
     .arg_name = "the initial persistence wait time",
     .description = "The time to wait before persisting. default: 0"},
};

constexpr OptionSpec kRmOptions[] = {
    {.short_name = "",
     .long_name = "alluxioOnly",
     .arg_name = "",
     .description = "remove data and metadata from Alluxio space only"},
    {.short_name = "m",
     .long_name = "deleteMountPoint",
     .arg_name = "",
     .description = "remove mount points in the directory"},
    {.short_name = "R",
     .long_name = "recursive",
     .arg_name = "",
     .description = "delete files and subdirectories recursively"},
    {.short_name = "r", .long_name = "", .arg_name = "", .description = "copy files in subdirectories recursively"},
    {.short_name = "s",
     .long_name = "syncParentNextTime",
     .arg_name = "arg",
     .description = "Marks a directory to either trigger a metadata sync or skip the metadata sync on next access."},
    {.short_name = "U",
     .long_name = "",
     .arg_name = "",
     .description = "remove directories without checking UFS contents are in sync"},
};

constexpr OptionSpec kSetReplicationOptions[] = {
    {.short_name = "", .long_name = "max", .arg_name = "arg", .description = "the maximum number of replicas"},
    {.short_name = "", .long_name = "min", .arg_name = "arg", .description = "the minimum number of replicas"},
    {.short_name = "R", .long_name = "", .arg_name = "", .description = "set replication recursively"},
};

constexpr OptionSpec kSetTtlOptions[] = {
    {.short_name = "",
     .long_name = "action",
     .arg_name = "arg",
     .description = "Action to take after TTL expiry. Delete (default) or free the target"},
};

constexpr OptionSpec kSetfaclOptions[] = {
    {.short_name = "b",
     .long_name = "",
     .arg_name = "",
     .description = "Removes all of the ACL entries, except for the base entries."},
    {.short_name = "d", .long_name = "", .arg_name = "", .description = "Operations apply to the default ACL"},
    {.short_name = "k",
     .long_name = "",
     .arg_name = "",
     .description = "Remove the default acl. If no default acl exists, no warnings are given."},
    {.short_name = "m",
     .long_name = "",
     .arg_name = "arg",
     .description = "Modify the ACL by adding/overwriting new entries."},
    {.short_name = "R",
     .long_name = "",
     .arg_name = "",
     .description = "Apply to all files and directories recursively"},
    {.short_name = "",
     .long_name = "set",
     .arg_name = "arg",
     .description = "Fully replace the ACL while discarding existing entries. New ACL must be a comma separated list "
                    "of entries, and must include user, group, and other for compatibility with permission bits."},
    {.short_name = "x", .long_name = "", .arg_name = "arg", .description = "Removes specified ACL entries."},
};

constexpr OptionSpec kStatOptions[] = {
    {.short_name = "f", .long_name = "", .arg_name = "arg", .description = "format"},
    {.short_name = "", .long_name = "file-id", .arg_name = "", .description = "specify a file by file-id"},
};

constexpr OptionSpec kTailOptions[] = {
    {.short_name = "c", .long_name = "", .arg_name = "arg", .description = "number of bytes (e.g., 1024, 4KB)"},
};

constexpr OptionSpec kTestOptions[] = {
    {.short_name = "d", .long_name = "", .arg_name = "", .description = "test whether path is a directory."},
    {.short_name = "e", .long_name = "", .arg_name = "", .description = "test whether path exists."},
    {.short_name = "f", .long_name = "", .arg_name = "", .description = "test whether path is a file."},
    {.short_name = "s", .long_name = "", .arg_name = "", .description = "test whether path is not empty."},
    {.short_name = "z", .long_name = "", .arg_name = "", .description = "test whether file is zero length."},
};

constexpr OptionSpec kUpdateMountOptions[] = {
    {.short_name = "",
     .long_name = "option",
     .arg_name = "key=value",
     .description = "options for this mount point. For security reasons, no options from existing mount point will "
                    "be inherited."},
    {.short_name = "", .long_name = "readonly", .arg_name = "", .description = "mount point is readonly in Alluxio"},
    {.short_name = "", .long_name = "shared", .arg_name = "", .description = "mount point is shared"},
};

constexpr Command kCommands[] = {
    {.name = "cat",
     .usage = "cat <path>",
     .description = "Prints the file's contents to the console.",
     .arity = {1, -1},
     .run = Cat},
    {.name = "checkConsistency",
     .usage = "checkConsistency [-r] [-t|--threads <threads>] <Alluxio path>",
     .description =
         "Checks the consistency of a persisted file or directory in Alluxio. Any files or directories which only "
         "exist in Alluxio or do not match the metadata of files in the under storage will be returned. An "
         "administrator should then reconcile the  differences. Specify -r to repair the inconsistent files. Use -t "
         "or --threads to specify the number of threads that should be used when repairing. Defaults to 2*<number of "
         "CPU cores>",
     .options = kCheckConsistencyOptions,
     .arity = {1, 1},
     .run = CheckConsistency},
    {.name = "checksum",
     .usage = "checksum <Alluxio path>",
     .description = "Calculates the md5 checksum of a file in the Alluxio filesystem.",
     .arity = {1, 1},
     .run = Checksum},
    {.name = "chgrp",
     .usage = "chgrp [-R/--recursive] <group> <path>",
     .description =
         "Changes the group of a file or directory specified by args. Specify -R/--recursive to change the group "
         "recursively.",
     .options = kChgrpOptions,
     .arity = {2, 2},
     .run = Chgrp},
    {.name = "chmod",
     .usage = "chmod [-R/--recursive] <mode> <path>",
     .description =
         "Changes the permission of a file or directory specified by args. Specify -R/--recursive to change the "
         "permission recursively.",
     .options = kChmodOptions,
     .arity = {2, 2},
     .run = Chmod},
    {.name = "chown",
     .usage = "chown [-R/--recursive] <owner>[:<group>] <path>",
     .description =
         "Changes the owner of a file or directory specified by args. Specify -R/--recursive to change the owner "
         "recursively.",
     .options = kChownOptions,
     .arity = {2, 2},
     .run = Chown},
    {.name = "copyFromLocal",
     .usage = "copyFromLocal [--thread <num>] [--buffersize <bytes>] <src> <remoteDst>",
     .description =
         "Copies a file or a directory from local filesystem to Alluxio filesystem in parallel at file level.",
     .options = kCopyFromLocalOptions,
     .arity = {0, -1},
     .run = CopyFromLocal},
    {.name = "copyToLocal",
     .usage = "copyToLocal [--buffersize <bytes>]  <src> <localDst>",
     .description = "Copies a file or a directory from the Alluxio filesystem to the local filesystem.",
     .options = kCopyToLocalOptions,
     .arity = {0, -1},
     .run = CopyToLocal},
    {.name = "count",
     .usage = "count [-h] <path>",
     .description = "Displays the number of files and directories matching the specified prefix.",
     .options = kCountOptions,
     .arity = {1, 1},
     .run = Count},
    {.name = "cp",
     .usage = "cp [-R/-r/--recursive] [--buffersize <bytes>] <src> <dst>",
     .description =
         "Copies a file or a directory in the Alluxio filesystem or between local filesystem and Alluxio filesystem. "
         "The -R/-r/--recursive flags are needed to copydirectories in the Alluxio filesystem. Local Path with "
         "schema \"file\".",
     .options = kCpOptions,
     .arity = {2, 2},
     .run = Cp},
    {.name = "distributedCp",
     .usage = "distributedCp [--active-jobs <num>] [--batch-size <num>] <src> <dst>",
     .description = "Copies a file or directory in parallel at file level.",
     .options = kDistributedCpOptions,
     .arity = {2, 2},
     .run = DistributedCp,
     .missing = "There is no job service in this version; `cp -R` copies.",
     .refused = true},
    {.name = "du",
     .usage = "du [-h|-s|-g|-m] <path>",
     .description = "Displays the total size and the in Alluxio size of the specified file or directory.",
     .options = kDuOptions,
     .arity = {1, 1},
     .run = Du},
    {.name = "free",
     .usage = "free [-f] <path>",
     .description =
         "Frees the space occupied by a file or a directory in Alluxio. Specify -f to force freeing pinned files in "
         "the directory.",
     .options = kFreeOptions,
     .arity = {1, -1},
     .run = Free},
    {.name = "freeWorker",
     .usage = "freeWorker <worker host name>",
     .description = "Synchronously free all blocks and directories of specific worker in Alluxio.",
     .arity = {1, 1},
     .run = FreeWorker},
    {.name = "getCapacityBytes",
     .usage = "getCapacityBytes",
     .description = "Gets the capacity of the Alluxio file system.",
     .arity = {0, 0},
     .run = GetCapacityBytes},
    {.name = "getSyncPathList",
     .usage = "getSyncPathList",
     .description = "Gets all the paths that are under active syncing right now.",
     .arity = {0, 0},
     .run = GetSyncPathList},
    {.name = "getUsedBytes",
     .usage = "getUsedBytes",
     .description = "Gets number of bytes used in the Alluxio file system.",
     .arity = {0, 0},
     .run = GetUsedBytes},
    {.name = "getfacl",
     .usage = "getfacl <path>",
     .description = "Displays the access control lists (ACLs) for a path.",
     .arity = {1, 1},
     .run = Getfacl},
    {.name = "head",
     .usage = "head [-c <bytes>] <path>",
     .description = "Prints the file's first n bytes (by default, 1KB) to the console.",
     .options = kHeadOptions,
     .arity = {1, 1},
     .run = Head},
    {.name = "help",
     .usage = "help [<command>]",
     .description =
         "Prints help message for the given command. If there isn't given command, prints help messages for all "
         "supported commands.",
     .arity = {0, 1},
     .run = Help},
    {.name = "leader",
     .usage = "leader",
     .description = "Prints the current leader master host name.",
     .arity = {0, 0},
     .run = Leader},
    {.name = "load",
     .usage = "For backward compatibility: load [--local] <path>\nFor distributed load:\n\tload <path> --submit "
              "[--bandwidth N] [--verify] [--partial-listing]\n\tload <path> --stop\n\tload <path> --progress "
              "[--format TEXT|JSON] [--verbose]\n",
     .description = "Loads a file or directory in Alluxio space, makes it resident in Alluxio.",
     .options = kLoadOptions,
     .arity = {1, -1},
     .run = Load},
    {.name = "loadMetadata",
     .usage = "loadMetadata [-R] [-F] [-v2] [-a/--async] [-o/--operation <operation>] [-d <type>] [-p <polling "
              "interval ms>] <path>",
     .description = "Loads metadata for the given Alluxio path from the under file system.",
     .options = kLoadMetadataOptions,
     .arity = {0, -1},
     .run = LoadMetadata,
     .missing =
         "`-v2` keeps folders that exist in Alluxio alone; each folder is a listing of its own whatever `-d` says"},
    {.name = "location",
     .usage = "location <path>",
     .description = "Displays the list of hosts storing the specified file.",
     .arity = {1, 1},
     .run = Location},
    {.name = "ls",
     .usage = "ls [-d|-f|-p|-R/--recursive|-h|--sort=option|--timestamp=option|-r|-m/--omit-mount-info] <path> ...",
     .description =
         "Displays information for all files and directories directly under the specified paths, including "
         "permission, owner, group, size (bytes for files or the number of children for directories, persistence "
         "state, last modified time, the percentage of content already in Alluxio and the path in order.",
     .options = kLsOptions,
     .arity = {1, -1},
     .run = Ls},
    {.name = "masterInfo",
     .usage = "masterInfo",
     .description =
         "Prints information regarding master fault tolerance such as leader address, list of master addresses, and "
         "the configured Zookeeper address.",
     .arity = {0, 0},
     .run = MasterInfo},
    {.name = "mkdir",
     .usage = "mkdir <path1> [path2] ... [pathn]",
     .description = "Creates the specified directories, including any parent directories that are required.",
     .arity = {1, -1},
     .run = Mkdir},
    {.name = "mount",
     .usage = "mount [--readonly] [--shared] [--remount] [--option <key=val>] <alluxioPath> <ufsURI>",
     .description = "Mounts a UFS path onto an Alluxio path.",
     .options = kMountOptions,
     .arity = {0, -1},
     .run = MountUfs},
    {.name = "mv",
     .usage = "mv <src> <dst>",
     .description = "Renames a file or directory.",
     .arity = {2, 2},
     .run = Mv},
    {.name = "needsSync",
     .usage = "needsSync <path>",
     .description =
         "Marks the path in Alluxio as needing synchronization with the under file system. The next time the path or "
         "any of its children are accessed a metadata synchronization will be performed.",
     .arity = {1, 1},
     .run = NeedsSync},
    {.name = "persist",
     .usage = "persist [-p|--parallelism <#>] [-t|--timeout <milliseconds>] [-w|--wait <milliseconds>] <path> "
              "[<path> ...]",
     .description = "Persists files or directories currently stored only in Alluxio to the UnderFileSystem.",
     .options = kPersistOptions,
     .arity = {1, -1},
     .run = Persist},
    {.name = "pin",
     .usage = "pin <path> media1 media2 media3 ...",
     .description =
         "Pins the given file or directory in memory (works recursively for directories). Pinned files are never "
         "evicted from memory, unless TTL is set.",
     .arity = {1, -1},
     .run = Pin},
    {.name = "rm",
     .usage = "rm [-R/-r/--recursive] [-U] [--alluxioOnly] [-m/--deleteMountPoint] <path>",
     .description =
         "Removes the specified file. Specify -R/-r/--recursive to remove file or directory recursively. Specify -U "
         "to remove directories without checking  UFS contents are in sync. Specify --alluxioOnly to remove data and "
         "metadata from alluxio space only. Specify -m/--deleteMountPoint to allow removing mount points, otherwise "
         "the rm will fail if the directory contains mount points.",
     .options = kRmOptions,
     .arity = {1, -1},
     .run = Rm},
    {.name = "setReplication",
     .usage = "setReplication [-R] [--max <num> | --min <num>] <path>",
     .description =
         "Sets the minimum/maximum number of replicas for the file or directory at given path. Specify '-1' as the "
         "argument of '--max' option to indicate no limit of the maximum number of replicas. If 'path' is a "
         "directory and '-R' is specified, it will recursively set all files in this directory.",
     .options = kSetReplicationOptions,
     .arity = {1, 1},
     .run = SetReplication},
    {.name = "setTtl",
     .usage = "setTtl [--action delete|free] <path> <time to live>",
     .description =
         "Sets a new TTL value for the file at path, performing an action, delete(default)/free after TTL expiry. "
         "The TTL to set can be in one of the unit: ms, millisecond, s, second, m, min, minute, h, hour, d, day, "
         "default to ms",
     .options = kSetTtlOptions,
     .arity = {2, 2},
     .run = SetTtl},
    {.name = "setfacl",
     .usage = "setfacl [-d] [-R] [--set | -m | -x <acl_entries> <path>] | [-b | -k <path>]",
     .description = "Sets the access control list (ACL) for a path.",
     .options = kSetfaclOptions,
     .arity = {1, 1},
     .run = Setfacl},
    {.name = "startSync",
     .usage = "startSync <path>",
     .description = "Starts the automatic syncing process of the specified path). ",
     .arity = {1, -1},
     .run = StartSync},
    {.name = "stat",
     .usage = "stat [-f <format>] <path> or stat [-f <format>] --file-id <file-id>",
     .description =
         "Displays info for the specified file or directory.\nSpecify --file-id to treat the first positional "
         "argument as a file ID.\nSpecify -f to display info in given format:\n   \"%N\": name of the file;\n   "
         "\"%z\": size of file in bytes;\n   \"%u\": owner;\n   \"%g\": group name of owner;\n   \"%i\": file id of "
         "the file;\n   \"%y\": modification time in UTC in 'yyyy-MM-dd HH:mm:ss' format;\n   \"%Y\": modification "
         "time as Unix timestamp in milliseconds;\n   \"%b\": Number of blocks allocated for file",
     .options = kStatOptions,
     .arity = {1, 1},
     .run = StatPath},
    {.name = "stopSync",
     .usage = "stopSync <path>",
     .description = "Stops the automatic syncing process of the specified path). ",
     .arity = {1, -1},
     .run = StopSync},
    {.name = "syncDirNextTime",
     .usage = "syncDirNextTime <true|false> <path>\n\ttrue means the next access will trigger a metadata sync on the "
              "dir\tfalse means the next metadata sync is disabled",
     .description = "Marks a directory to either trigger a metadata sync or skip the metadata sync on next access.",
     .arity = {2, 2},
     .run = SyncDirNextTime},
    {.name = "tail",
     .usage = "tail [-c <bytes>] <path>",
     .description = "Prints the file's last n bytes (by default, 1KB) to the console.",
     .options = kTailOptions,
     .arity = {1, 1},
     .run = Tail},
    {.name = "test",
     .usage = "test [-d|-f|-e|-s|-z] <path>",
     .description = "Test a property of a path, returning 0 if the property is true, or 1 otherwise.",
     .options = kTestOptions,
     .arity = {1, 1},
     .run = TestPath},
    {.name = "touch",
     .usage = "touch <path>",
     .description = "Creates a 0 byte file. The file will be written to the under file system.",
     .arity = {1, 1},
     .run = Touch},
    {.name = "unmount",
     .usage = "unmount <alluxioPath>",
     .description = "Unmounts an Alluxio path.",
     .arity = {1, 1},
     .run = UnmountUfs},
    {.name = "unpin",
     .usage = "unpin <path>",
     .description = "Unpins the given file or folder from memory (works recursively for a directory).",
     .arity = {1, -1},
     .run = Unpin},
    {.name = "unsetTtl",
     .usage = "unsetTtl <path>",
     .description = "Unsets the TTL value for the given path.",
     .arity = {1, 1},
     .run = UnsetTtl},
    {.name = "updateMount",
     .usage = "updateMount [--readonly] [--shared] [--option <key=val>] <alluxioPath>",
     .description = "Updates options for a mount point while keeping the Alluxio metadata under the path.",
     .options = kUpdateMountOptions,
     .arity = {0, -1},
     .run = UpdateMount},
};

constexpr Tool::Alias kAliases[] = {
    {.name = "lsr", .command = "ls", .first_argument = "-R"},
    {.name = "rmr", .command = "rm", .first_argument = "-R"},
    {.name = "umount", .command = "unmount", .first_argument = ""},
};

}  // namespace

const Tool& FsTool() {
  static constexpr Tool kTool = {.name = "fs", .commands = kCommands, .aliases = kAliases};
  return kTool;
}

}  // namespace alluxio::shell
