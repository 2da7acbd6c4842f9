#include "alluxio/shell/ufs_tests.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/random.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/ufs/local/local_ufs.h"

namespace alluxio::shell {
namespace {

using ufs::UfsReader;
using ufs::UfsStatus;
using ufs::UfsWriter;
using ufs::UnderFileSystem;

constexpr absl::string_view kBytes = "tachyon";  // 7 bytes

// One contract test's view: a store, and an empty folder in it.
class Contract {
 public:
  Contract(UnderFileSystem& store, std::string folder) : store_(store), folder_(std::move(folder)) {}

  std::string Path(absl::string_view name) const { return absl::StrCat(folder_, "/", name); }

  absl::Status Put(absl::string_view name, absl::string_view bytes, bool create_parents = false) {
    ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<UfsWriter> writer,
                             store_.Create(Path(name), {.create_parents = create_parents}));
    ALLUXIO_RETURN_IF_ERROR(writer->Write(bytes));
    return writer->Close().status();
  }
  absl::StatusOr<std::string> Get(absl::string_view name, int64_t offset = 0) {
    ALLUXIO_ASSIGN_OR_RETURN(const std::unique_ptr<UfsReader> reader, store_.Open(Path(name)));
    std::string bytes(static_cast<size_t>(std::max<int64_t>(reader->length_bytes() - offset, 0)) + 1, 'x');
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, reader->ReadAt(offset, absl::MakeSpan(bytes)));
    bytes.resize(n);
    return bytes;
  }
  absl::StatusOr<std::vector<std::string>> Names(absl::string_view name) {
    std::vector<std::string> names;
    const std::string path = name.empty() ? folder_ : Path(name);
    ALLUXIO_RETURN_IF_ERROR(store_.List(path, [&names](const UfsStatus& status) {
      names.push_back(absl::StrCat(status.name, status.is_directory ? "/" : ""));
      return true;
    }));
    return names;
  }
  bool IsThere(absl::string_view name) { return store_.Status(Path(name)).ok(); }
  UnderFileSystem& store() { return store_; }

  absl::Status Clear() {
    std::vector<UfsStatus> entries;
    ALLUXIO_RETURN_IF_ERROR(store_.List(folder_, [&entries](const UfsStatus& status) {
      entries.push_back(status);
      return true;
    }));
    for (const UfsStatus& entry : entries) {
      ALLUXIO_RETURN_IF_ERROR(entry.is_directory ? store_.DeleteDirectory(Path(entry.name), /*recursive=*/true)
                                                 : store_.DeleteFile(Path(entry.name)));
    }
    return absl::OkStatus();
  }

 private:
  UnderFileSystem& store_;
  const std::string folder_;
};

absl::Status Expect(bool holds, absl::string_view what) {
  return holds ? absl::OkStatus() : absl::FailedPreconditionError(what);
}

std::string Large() {
  std::string bytes;
  for (int i = 0; bytes.size() < (size_t{3} << 20); ++i) absl::StrAppend(&bytes, i, ",");
  return bytes;
}

struct Test {
  absl::string_view name;
  std::function<absl::Status(Contract&)> run;
};

// What the original's tests of the same names ask, of what our servers use.
const std::vector<Test>& Tests() {
  static const auto* const tests = new std::vector<Test>{
      {"createAtomicTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_ASSIGN_OR_RETURN(const auto writer, c.store().Create(c.Path("f"), {}));
         ALLUXIO_RETURN_IF_ERROR(writer->Write(kBytes));
         ALLUXIO_RETURN_IF_ERROR(Expect(!c.IsThere("f"), "A file being written should not be seen"));
         ALLUXIO_RETURN_IF_ERROR(writer->Close().status());
         return Expect(c.IsThere("f"), "A file that was written should exist");
       }},
      {"createEmptyTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", ""));
         ALLUXIO_ASSIGN_OR_RETURN(const UfsStatus status, c.store().Status(c.Path("f")));
         return Expect(!status.is_directory && status.length_bytes == 0, "The file should be empty");
       }},
      {"createNoParentTest",
       [](Contract& c) -> absl::Status {
         return Expect(!c.Put("none/f", kBytes).ok(), "Creating a file in a missing folder should fail");
       }},
      {"createParentTest",
       [](Contract& c) -> absl::Status { return c.Put("a/b/f", kBytes, /*create_parents=*/true); }},
      {"createOpenTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_ASSIGN_OR_RETURN(const std::string got, c.Get("f"));
         return Expect(got == kBytes, "The content of the file should be what was written");
       }},
      {"createOpenAtPositionTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         for (size_t at = 0; at < kBytes.size(); ++at) {
           ALLUXIO_ASSIGN_OR_RETURN(const std::string got, c.Get("f", static_cast<int64_t>(at)));
           ALLUXIO_RETURN_IF_ERROR(Expect(got == kBytes.substr(at), "Reading at a position should start there"));
         }
         return absl::OkStatus();
       }},
      {"createOpenLargeTest",
       [](Contract& c) -> absl::Status {
         const std::string bytes = Large();
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", bytes));
         ALLUXIO_ASSIGN_OR_RETURN(const std::string got, c.Get("f"));
         return Expect(got == bytes, "The content of the file should be what was written");
       }},
      {"createThenGetExistingFileStatusTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_ASSIGN_OR_RETURN(const UfsStatus status, c.store().Status(c.Path("f")));
         return Expect(!status.is_directory && status.name == "f" &&
                           status.length_bytes == static_cast<int64_t>(kBytes.size()),
                       "The status of a file should give its name and length");
       }},
      {"createOverwriteTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", "old"));
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_ASSIGN_OR_RETURN(const std::string got, c.Get("f"));
         return Expect(got == kBytes, "Writing a file again should replace it");
       }},
      {"deleteFileTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_RETURN_IF_ERROR(c.store().DeleteFile(c.Path("f")));
         return Expect(!c.IsThere("f"), "A deleted file should not exist");
       }},
      {"deleteDirTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.store().Mkdir(c.Path("empty"), {}));
         ALLUXIO_RETURN_IF_ERROR(c.Put("full/f", kBytes, /*create_parents=*/true));
         ALLUXIO_RETURN_IF_ERROR(c.store().DeleteDirectory(c.Path("empty"), /*recursive=*/false));
         ALLUXIO_RETURN_IF_ERROR(Expect(!c.store().DeleteDirectory(c.Path("full"), /*recursive=*/false).ok(),
                                        "A folder that is not empty should not be deleted without recursion"));
         ALLUXIO_RETURN_IF_ERROR(c.store().DeleteDirectory(c.Path("full"), /*recursive=*/true));
         return Expect(!c.IsThere("empty") && !c.IsThere("full"), "Deleted folders should not exist");
       }},
      {"existsTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(Expect(absl::IsNotFound(c.store().Status(c.Path("f")).status()),
                                        "What is not there should be NOT_FOUND"));
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_RETURN_IF_ERROR(c.store().Mkdir(c.Path("d"), {}));
         return Expect(c.IsThere("f") && c.IsThere("d"), "File and folder should exist");
       }},
      {"getDirectoryStatusTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.store().Mkdir(c.Path("d"), {}));
         ALLUXIO_ASSIGN_OR_RETURN(const UfsStatus status, c.store().Status(c.Path("d")));
         return Expect(status.is_directory && status.name == "d", "The status should be a folder's");
       }},
      {"getFileSizeTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("empty", ""));
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_ASSIGN_OR_RETURN(const UfsStatus empty, c.store().Status(c.Path("empty")));
         ALLUXIO_ASSIGN_OR_RETURN(const UfsStatus status, c.store().Status(c.Path("f")));
         return Expect(empty.length_bytes == 0 && status.length_bytes == 7, "Files should have their sizes");
       }},
      {"getModTimeTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         ALLUXIO_ASSIGN_OR_RETURN(const UfsStatus status, c.store().Status(c.Path("f")));
         const int64_t apart = status.modified_ms - absl::ToUnixMillis(Clock::System()->Now());
         return Expect(apart > -60'000 && apart < 60'000, "The store's clock should be right to a minute");
       }},
      {"listStatusTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("d/f", kBytes, /*create_parents=*/true));
         ALLUXIO_RETURN_IF_ERROR(c.store().Mkdir(c.Path("d/sub"), {}));
         ALLUXIO_RETURN_IF_ERROR(c.Put("d/sub/below", kBytes));
         ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> names, c.Names("d"));
         return Expect(names == std::vector<std::string>{"f", "sub/"}, "A listing should have the children, no more");
       }},
      {"listStatusEmptyTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.store().Mkdir(c.Path("d"), {}));
         ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> names, c.Names("d"));
         return Expect(names.empty(), "An empty folder should list nothing");
       }},
      {"listStatusFileTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("f", kBytes));
         return Expect(!c.Names("f").ok(), "Listing a file should fail");
       }},
      {"listLargeDirectoryTest",
       [](Contract& c) -> absl::Status {
         std::vector<std::string> want;
         for (int i = 0; i < 100; ++i) {
           want.push_back(absl::StrFormat("f%03d", i));
           ALLUXIO_RETURN_IF_ERROR(c.Put(want.back(), ""));
         }
         ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> names, c.Names(""));
         return Expect(names == want, "A listing should have all children, in order");
       }},
      {"mkdirsTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.store().Mkdir(c.Path("a/b/c"), {}));
         ALLUXIO_RETURN_IF_ERROR(Expect(c.IsThere("a/b/c"), "Folders should be made with their parents"));
         ALLUXIO_RETURN_IF_ERROR(Expect(absl::IsAlreadyExists(c.store().Mkdir(c.Path("a/b/c"), {})),
                                        "Making a folder again should be ALREADY_EXISTS"));
         return Expect(!c.store().Mkdir(c.Path("x/y"), {.create_parents = false}).ok(),
                       "Making a folder in a missing one should fail without its parents");
       }},
      {"renameFileTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("from", kBytes));
         ALLUXIO_RETURN_IF_ERROR(c.store().Rename(c.Path("from"), c.Path("to")));
         ALLUXIO_ASSIGN_OR_RETURN(const std::string got, c.Get("to"));
         return Expect(!c.IsThere("from") && got == kBytes, "A renamed file should be at its new name alone");
       }},
      {"renameDirectoryTest",
       [](Contract& c) -> absl::Status {
         ALLUXIO_RETURN_IF_ERROR(c.Put("from/sub/f", kBytes, /*create_parents=*/true));
         ALLUXIO_RETURN_IF_ERROR(c.store().Rename(c.Path("from"), c.Path("to")));
         return Expect(!c.IsThere("from") && c.IsThere("to/sub/f"), "A folder should be renamed with all in it");
       }},
  };
  return *tests;
}

absl::Status RunIn(const std::string& uri, std::ostream& out) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::shared_ptr<UnderFileSystem> store, OpenUfs(uri));
  const std::string folder = absl::StrFormat("ufs-test-%016x", Random::System()->Next());
  ALLUXIO_RETURN_IF_ERROR(store->Mkdir(folder, {}));
  absl::Status status = CheckUfsContract(*store, folder, out);
  status.Update(store->DeleteDirectory(folder, /*recursive=*/true));
  return status;
}

}  // namespace

absl::StatusOr<std::shared_ptr<UnderFileSystem>> OpenUfs(const std::string& uri) {
  if (uri.rfind('/', 0) != 0 && uri.rfind("file:/", 0) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(uri, " is not a valid path: this version has under stores of this machine only, /folder"));
  }
  ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<UnderFileSystem> store, ufs::LocalUfs::Create({.uri = uri}));
  ALLUXIO_RETURN_IF_ERROR(store->CheckRoot());
  return store;
}

absl::Status CheckUfsContract(UnderFileSystem& store, const std::string& folder, std::ostream& out) {
  Contract contract(store, folder);
  for (const Test& test : Tests()) {
    out << "Running test: " << test.name << "..." << std::flush;
    absl::Status status = test.run(contract);
    status.Update(contract.Clear());
    if (!status.ok()) {
      out << "\n";
      return absl::Status(status.code(), absl::StrCat(test.name, " failed: ", status.message()));
    }
    out << "Test Passed!\n";
  }
  out << "All tests passed!\n";
  return absl::OkStatus();
}

int RunUfsTests(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kUfsTestsOptions, args);
  const bool help = parsed.ok() && parsed->Has("help");
  if (!parsed.ok() || help || !parsed->Has("path")) {
    if (!parsed.ok()) env.out() << parsed.status().message() << "\n";
    if (parsed.ok() && !help) env.out() << "The following option is required: --path\n";
    env.out() << "Usage: runUfsTests [options]\n"
              << FormatOptions(kUfsTestsOptions) << "\nTest description:\n"
              << "Test the integration between Alluxio and the under filesystem.\n"
              << "Command line example: 'bin/alluxio runUfsTests --path /folder'\n";
    return help ? 0 : 1;
  }
  const absl::Status status = RunIn(parsed->Value("path"), env.out());
  if (status.ok()) return 0;
  env.out() << std::flush;
  env.err() << status.message() << "\n";
  return 1;
}

}  // namespace alluxio::shell
