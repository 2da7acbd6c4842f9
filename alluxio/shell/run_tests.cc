#include "alluxio/shell/run_tests.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/uri/path.h"

namespace alluxio::shell {
namespace {

using client::FileSystem;

constexpr absl::string_view kGreen = "\033[32m";
constexpr absl::string_view kRed = "\033[31m";
constexpr absl::string_view kReset = "\033[0m";
constexpr int kNumbers = 20;

template <typename T>
struct Named {
  absl::string_view name;
  T value;
};

enum class Operation { kBasic, kBasicNonByteBuffer };

constexpr Named<client::ReadType> kReadTypes[] = {
    {"CACHE_PROMOTE", client::ReadType::kCachePromote},
    {"CACHE", client::ReadType::kCache},
    {"NO_CACHE", client::ReadType::kNoCache},
};
constexpr Named<client::WriteType> kWriteTypes[] = {
    {"MUST_CACHE", client::WriteType::kMustCache},
    {"CACHE_THROUGH", client::WriteType::kCacheThrough},
    {"THROUGH", client::WriteType::kThrough},
    {"ASYNC_THROUGH", client::WriteType::kAsyncThrough},
};
constexpr Named<Operation> kOperations[] = {
    {"BASIC", Operation::kBasic},
    {"BASIC_NON_BYTE_BUFFER", Operation::kBasicNonByteBuffer},
};

constexpr OptionSpec kOptions[] = {
    {.long_name = "directory", .arg_name = "arg", .description = "Alluxio path for the tests working directory."},
    {.short_name = "h", .long_name = "help", .description = "Print this help."},
    {.long_name = "operation",
     .arg_name = "arg",
     .description = "The operation to test, either BASIC or BASIC_NON_BYTE_BUFFER. By default both operations are "
                    "tested."},
    {.long_name = "readType",
     .arg_name = "arg",
     .description = "The read type to use, one of NO_CACHE, CACHE, CACHE_PROMOTE. By default all readTypes are "
                    "tested."},
    {.long_name = "writeType",
     .arg_name = "arg",
     .description = "The write type to use, one of MUST_CACHE, CACHE_THROUGH, THROUGH, ASYNC_THROUGH. By default all "
                    "writeTypes are tested."},
};

// The rows that option `key` leaves.
template <typename T>
absl::StatusOr<std::vector<Named<T>>> Chosen(const Arguments& args, absl::string_view key,
                                             std::span<const Named<T>> all) {
  std::vector<Named<T>> chosen;
  for (const Named<T>& row : all) {
    if (!args.Has(key) || args.Value(key) == row.name) chosen.push_back(row);
  }
  if (chosen.empty()) {
    std::string known;
    for (const Named<T>& row : all) absl::StrAppend(&known, known.empty() ? "" : ", ", row.name);
    return absl::InvalidArgumentError(
        absl::StrCat("--", key, " is ", args.Value(key), ", which must be one of ", known));
  }
  return chosen;
}

// What the operation writes: numbers in one piece, or one by one, their count
// first and the high byte in front.
std::string Content(Operation operation) {
  std::string content;
  const auto append = [&content, operation](int32_t number) {
    char bytes[sizeof(number)];
    std::memcpy(bytes, &number, sizeof(number));
    if (operation == Operation::kBasicNonByteBuffer) {
      const uint32_t swapped = __builtin_bswap32(static_cast<uint32_t>(number));
      std::memcpy(bytes, &swapped, sizeof(swapped));
    }
    content.append(bytes, sizeof(bytes));
  };
  if (operation == Operation::kBasicNonByteBuffer) append(kNumbers);
  for (int i = 0; i < kNumbers; ++i) append(i);
  return content;
}

absl::Status WriteFile(FileSystem& fs, const std::string& path, Operation operation, client::WriteType type) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileOutStream> out,
                           fs.CreateFile(path, {.recursive = true, .write_type = type, .overwrite = true}));
  const std::string content = Content(operation);
  // The second kind of test is about many small writes.
  const size_t step = operation == Operation::kBasic ? content.size() : sizeof(int32_t);
  for (size_t at = 0; at < content.size(); at += step) {
    ALLUXIO_RETURN_IF_ERROR(out->Write(absl::string_view(content).substr(at, step)));
  }
  return out->Close();
}

absl::Status ReadFile(FileSystem& fs, const std::string& path, Operation operation, client::ReadType type) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<client::FileInStream> in, fs.OpenFile(path, {.read_type = type}));
  const std::string want = Content(operation);
  if (in->length() != static_cast<int64_t>(want.size())) {
    return absl::DataLossError(absl::StrCat(path, " has ", in->length(), " bytes, not ", want.size()));
  }
  std::string got(want.size(), '\0');
  const size_t step = operation == Operation::kBasic ? want.size() : sizeof(int32_t);
  size_t at = 0;
  while (at < got.size()) {
    const size_t piece = std::min(step - at % step, got.size() - at);
    ALLUXIO_ASSIGN_OR_RETURN(const size_t count,
                             in->Read(std::span(reinterpret_cast<std::byte*>(got.data()) + at, piece)));
    if (count == 0) return absl::DataLossError(absl::StrCat(path, " ended after ", at, " bytes"));
    at += count;
  }
  if (got != want) return absl::DataLossError(absl::StrCat(path, " does not hold what was written"));
  return in->Close();
}

absl::StatusOr<int> RunAll(const Arguments& args, Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(const auto reads, Chosen<client::ReadType>(args, "readType", kReadTypes));
  ALLUXIO_ASSIGN_OR_RETURN(const auto writes, Chosen<client::WriteType>(args, "writeType", kWriteTypes));
  ALLUXIO_ASSIGN_OR_RETURN(const auto operations, Chosen<Operation>(args, "operation", kOperations));
  const std::string directory = uri::JoinPath(args.Value("directory", "/"), "default_tests_files");
  ALLUXIO_ASSIGN_OR_RETURN(FileSystem * fs, env.fs());
  if (absl::Status status = fs->Delete(directory, {.recursive = true, .unchecked = true});
      !status.ok() && !absl::IsNotFound(status)) {
    return status;
  }
  int failed = 0;
  for (const auto& read : reads) {
    for (const auto& write : writes) {
      for (const auto& operation : operations) {
        env.out() << "runTest --operation " << operation.name << " --readType " << read.name << " --writeType "
                  << write.name << "\n";
        const std::string path =
            uri::JoinPath(directory, absl::StrCat(operation.name, "_", read.name, "_", write.name));
        absl::Status status = WriteFile(*fs, path, operation.value, write.value);
        if (status.ok()) status = ReadFile(*fs, path, operation.value, read.value);
        if (status.ok()) {
          env.out() << kGreen << "Passed the test!" << kReset << "\n" << std::flush;
        } else {
          ++failed;
          env.err() << path << ": " << status.message() << "\n";
          env.out() << kRed << "Failed the test!" << kReset << "\n" << std::flush;
        }
      }
    }
  }
  if (failed > 0) env.out() << "Number of failed tests: " << failed << "\n";
  return failed;
}

}  // namespace

int RunTests(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kOptions, args);
  if (!parsed.ok() || parsed->size() > 0 || parsed->Has("h")) {
    if (!parsed.ok()) env.err() << parsed.status().message() << "\n";
    if (parsed.ok() && parsed->size() > 0) env.err() << "Unexpected argument: " << (*parsed)[0] << "\n";
    env.out() << "Usage: runTests [options]\n" << FormatOptions(kOptions) << "\n";
    return parsed.ok() && parsed->Has("h") ? 0 : 1;
  }
  const absl::StatusOr<int> failed = RunAll(*parsed, env);
  if (failed.ok()) return *failed;
  env.err() << failed.status().message() << "\n";
  return 1;
}

}  // namespace alluxio::shell
