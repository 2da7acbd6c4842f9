#include "alluxio/base/cgroup.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace alluxio {
namespace {

// Version 1 says "no limit" with a number near the largest, version 2 with a word.
constexpr int64_t kUnlimited = int64_t{1} << 60;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<absl::string_view> Words(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
}

std::optional<int64_t> NumberAt(const std::string& path) {
  const std::string text = ReadFile(path);
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

// The value of a line "NAME VALUE".
std::optional<int64_t> Field(absl::string_view text, absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    int64_t number = 0;
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, " ") && absl::SimpleAtoi(line, &number)) {
      return number;
    }
  }
  return std::nullopt;
}

struct Mount {
  std::string root;   // what of the hierarchy is mounted
  std::string point;  // where
};

// The mount of `controller` in version 1, of the one hierarchy in version 2 (controller "").
std::optional<Mount> FindMount(absl::string_view mountinfo, absl::string_view controller) {
  for (absl::string_view line : absl::StrSplit(mountinfo, '\n')) {
    // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS TAGS... - TYPE SOURCE OPTIONS
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    const std::vector<absl::string_view> left = Words(parts.first);
    const std::vector<absl::string_view> right = Words(parts.second);
    if (left.size() < 5 || right.size() < 3) continue;
    const std::vector<absl::string_view> options = absl::StrSplit(right[2], ',');
    const bool wanted = controller.empty() ? right[0] == "cgroup2"
                                           : right[0] == "cgroup" &&
                                                 std::find(options.begin(), options.end(), controller) != options.end();
    if (wanted) return Mount{.root = std::string(left[3]), .point = std::string(left[4])};
  }
  return std::nullopt;
}

// The group's path in the hierarchy of `controller`, "" the one of version 2.
std::string FindGroup(absl::string_view groups, absl::string_view controller) {
  for (absl::string_view line : absl::StrSplit(groups, '\n')) {
    // ID:CONTROLLER,CONTROLLER:PATH
    const std::vector<absl::string_view> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() < 3) continue;
    const std::vector<absl::string_view> controllers = absl::StrSplit(fields[1], ',');
    if (std::find(controllers.begin(), controllers.end(), controller) != controllers.end())
      return std::string(fields[2]);
  }
  return "/";
}

// From the group's folder up to the mount's.
std::vector<std::string> Folders(const std::string& root, const Mount& mount, absl::string_view group) {
  const std::string top = root == "/" ? mount.point : root + mount.point;
  // In a container the mount may show the group itself, while its path is the host's, or of a
  // namespace ("/.."): what doesn't lie below the mount's root is taken to be at it.
  absl::string_view below = group;
  if (mount.root != "/" && !(absl::ConsumePrefix(&below, mount.root) && (below.empty() || below[0] == '/'))) below = "";
  if (absl::StrContains(below, "..")) below = "";
  std::string folder = top;
  std::vector<std::string> folders = {folder};
  for (absl::string_view name : absl::StrSplit(below, '/', absl::SkipEmpty())) {
    folder.append("/").append(name.data(), name.size());
    folders.push_back(folder);
  }
  // A group that can't be seen (a host's path in a container that has its own mount at "/").
  while (folders.size() > 1 && !std::ifstream(folders.back() + "/cgroup.procs")) folders.pop_back();
  std::reverse(folders.begin(), folders.end());
  return folders;
}

}  // namespace

Cgroup Cgroup::OfThisProcess(const std::string& root) {
  const std::string proc = root == "/" ? "/proc" : root + "/proc";
  const std::string mountinfo = ReadFile(proc + "/self/mountinfo");
  const std::string groups = ReadFile(proc + "/self/cgroup");
  const auto find = [&](absl::string_view name) {
    Controller controller;
    // A controller is in one hierarchy only; where both versions are mounted, version 1 has it if it is there.
    std::optional<Mount> mount = FindMount(mountinfo, name);
    if (!mount.has_value()) {
      controller.version_2 = true;
      mount = FindMount(mountinfo, "");
    }
    if (mount.has_value())
      controller.folders = Folders(root, *mount, FindGroup(groups, controller.version_2 ? "" : name));
    return controller;
  };
  Cgroup cgroup;
  cgroup.memory_ = find("memory");
  cgroup.cpu_ = find("cpu");
  return cgroup;
}

std::optional<int64_t> Cgroup::MemoryLimit() const {
  std::optional<int64_t> smallest;
  const auto take = [&](std::optional<int64_t> limit) {
    if (limit.has_value() && *limit < kUnlimited) smallest = std::min(smallest.value_or(*limit), *limit);
  };
  for (const std::string& folder : memory_.folders) {
    take(NumberAt(folder + (memory_.version_2 ? "/memory.max" : "/memory.limit_in_bytes")));
  }
  // Version 1 knows of the groups above what a container can't see.
  if (!memory_.version_2 && !memory_.folders.empty()) {
    take(Field(ReadFile(memory_.folders.front() + "/memory.stat"), "hierarchical_memory_limit"));
  }
  return smallest;
}

std::optional<CgroupMemory> Cgroup::Memory() const {
  if (memory_.folders.empty()) return std::nullopt;
  const std::string stat = ReadFile(memory_.folders.front() + "/memory.stat");
  const auto cache = Field(stat, memory_.version_2 ? "file" : "total_cache");
  const auto shmem = Field(stat, memory_.version_2 ? "shmem" : "total_shmem");
  if (!cache.has_value()) return std::nullopt;
  return CgroupMemory{.page_cache_bytes = *cache, .shmem_bytes = shmem.value_or(0)};
}

std::optional<int> Cgroup::CpuLimit() const {
  std::optional<int> smallest;
  for (const std::string& folder : cpu_.folders) {
    int64_t quota = 0;
    int64_t period = 0;
    if (cpu_.version_2) {
      // "max 100000" or "200000 100000": microseconds of processor time per period.
      const std::string text = ReadFile(folder + "/cpu.max");
      const std::vector<absl::string_view> words = Words(text);
      if (words.size() != 2 || !absl::SimpleAtoi(words[0], &quota) || !absl::SimpleAtoi(words[1], &period)) continue;
    } else {
      quota = NumberAt(folder + "/cpu.cfs_quota_us").value_or(-1);
      period = NumberAt(folder + "/cpu.cfs_period_us").value_or(0);
    }
    if (quota <= 0 || period <= 0) continue;  // -1: none
    const int cores = static_cast<int>(std::max<int64_t>(1, (quota + period - 1) / period));
    smallest = std::min(smallest.value_or(cores), cores);
  }
  return smallest;
}

}  // namespace alluxio
