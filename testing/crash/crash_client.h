#ifndef ALLUXIO_TESTING_CRASH_CRASH_CLIENT_H_
#define ALLUXIO_TESTING_CRASH_CRASH_CLIENT_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/random.h"
#include "alluxio/client/file/file_system.h"
#include "testing/crash/crash_loop.h"

namespace alluxio::test {

// What a client was told of a file of its own.
struct CrashFile {
  uint64_t seed = 0;
  int64_t length = 0;
  client::WriteType type = client::WriteType::kMustCache;
  std::optional<uint32_t> mode;  // once it was changed
};

std::string ContentOf(const CrashFile& file);

// DATA_LOSS: what is wrong with `path`, and the error that says so.
absl::Status Wrong(absl::string_view what, const std::string& path, const absl::Status& status = absl::OkStatus());

// One client, and what it was told: works in a folder of its own and knows what
// must be there.
class CrashClient {
 public:
  CrashClient(int number, uint64_t seed) : folder_(absl::StrCat("/c", number)), random_(Random::Seeded(seed)) {}

  const std::string& folder() const { return folder_; }
  const std::map<std::string, CrashFile>& files() const { return files_; }

  // Works until `stop`, or until an operation's end can't be known.
  void Work(client::FileSystem& fs, const std::atomic<bool>& stop, std::atomic<int64_t>* acknowledged);
  // The same where errors are expected: it goes on after them as long as it knows
  // what became of the operation.
  void WorkOnErrors(client::FileSystem& fs, const std::atomic<bool>& stop, std::atomic<int64_t>* acknowledged);
  const absl::Status& error() const { return error_; }

  // After the restart: finds out what became of the operation under way.
  absl::Status Settle(client::FileSystem& fs, CrashLoopReport* report);

  // Gives up the files in memory alone of which the worker has evicted something.
  absl::Status RemoveEvicted(client::FileSystem& fs, CrashLoopReport* report);

  // Everything that was acknowledged is there, and nothing else. Adds the blocks.
  absl::Status Check(client::FileSystem& fs, std::set<int64_t>* blocks, CrashLoopReport* report) const;

 private:
  // An operation whose answer was not received.
  struct Unknown {
    std::string source;
    std::string target;             // of a rename
    std::optional<CrashFile> file;  // of a write
    std::optional<uint32_t> mode;   // of a chmod
  };

  static absl::Status CheckFile(client::FileSystem& fs, const client::UriStatus& status, const CrashFile& file,
                                CrashLoopReport* report);
  absl::Status SettleWrite(client::FileSystem& fs, const Unknown& op, bool there, CrashLoopReport* report);
  // One operation of the client's choice.
  absl::Status Step(client::FileSystem& fs);
  absl::Status Write(client::FileSystem& fs);
  std::string NewPath() { return absl::StrCat(folder_, "/f", ++last_name_); }
  void Rename(const std::string& from, const std::string& to) {
    files_[to] = files_.at(from);
    files_.erase(from);
  }

  const std::string folder_;
  const std::unique_ptr<Random> random_;
  std::map<std::string, CrashFile> files_;
  std::optional<Unknown> unknown_;
  int last_name_ = 0;
  absl::Status error_;
  int errors_ = 0;  // of one stretch of work
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_CRASH_CRASH_CLIENT_H_
