// Goal: people see the state of a running cluster on its pages, in any window and
// any light. Method: headless Chromium opens each page of a cluster with files,
// odd names among them; looks at the text, the width, and what the console says.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"
#include "testing/minicluster/mini_cluster.h"
#include "testing/web/browser.h"

namespace alluxio::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kEvil[] = "<script>document.title='broken'<img src=x onerror=alert(1)>&\"'.txt";

absl::Status Write(client::FileSystem& fs, const std::string& path, const std::string& content,
                   client::WriteType type = client::WriteType::kMustCache) {
  client::CreateFileOptions options;
  options.recursive = true;
  options.block_size_bytes = 64 << 10;
  options.write_type = type;
  auto out = fs.CreateFile(path, options);
  if (!out.ok()) return out.status();
  if (absl::Status status = (*out)->Write(content); !status.ok()) return status;
  return (*out)->Close();
}

class PagesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string tmp = std::getenv("TEST_TMPDIR") != nullptr ? std::getenv("TEST_TMPDIR") : "/tmp";
    auto browser = Browser::Start(tmp + "/profile");
    if (absl::IsNotFound(browser.status())) {
      std::cout << "SKIPPED: " << browser.status().message() << std::endl;
      GTEST_SKIP() << browser.status();
    }
    ALLUXIO_ASSERT_OK_AND_ASSIGN(browser_, std::move(browser));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(cluster_, MiniCluster::Start({.web = true}));
    ASSERT_THAT(Write(cluster_->client(), "/reports/2026/summary.txt",
                      "first line\n" + std::string(100'000, '.') + "\nlast line\n", client::WriteType::kCacheThrough),
                IsOk());
    ASSERT_THAT(Write(cluster_->client(), absl::StrCat("/reports/", kEvil), absl::StrCat("within: ", kEvil, "\n")), IsOk());
    for (int i = 0; i < 30; ++i) {
      ASSERT_THAT(Write(cluster_->client(), absl::StrCat("/many/file-", 10 + i), "x"), IsOk());
    }
    std::filesystem::create_directories(cluster_->folder() + "/logs");
    std::ofstream(cluster_->folder() + "/logs/node.log") << "a line of the log\n";
    master_ = absl::StrCat("http://127.0.0.1:", cluster_->processes().master()->web_port());
    worker_ = absl::StrCat("http://127.0.0.1:", cluster_->processes().worker(0)->web_port());
  }

  // Opens a page in a wide light, a narrow light and a narrow dark window; returns
  // the text of the first.
  std::string See(const std::string& url) {
    std::string first;
    for (const Browser::Look& look : {Browser::Look{.width = 1280}, Browser::Look{.width = 360},
                                      Browser::Look{.width = 360, .dark = true},
                                      Browser::Look{.width = 1280, .dark = true}}) {
      Browser::Look with_picture = look;
      const char* pictures = std::getenv("PAGES_TEST_PICTURES");
      with_picture.screenshot = pictures != nullptr;
      auto shown = browser_->Open(url, with_picture);
      EXPECT_THAT(shown.status(), IsOk()) << url;
      if (!shown.ok()) return "";
      const std::string where = absl::StrCat(url, " at ", look.width, look.dark ? " dark" : "");
      EXPECT_LE(shown->content_width, look.width) << where << " has to be scrolled sideways";
      EXPECT_THAT(shown->problems, IsEmpty()) << where;
      EXPECT_EQ(shown->background, look.dark ? "rgb(18, 23, 29)" : "rgb(245, 246, 248)") << where;
      EXPECT_THAT(shown->title, Not(::testing::StrEq("broken"))) << where;
      EXPECT_THAT(shown->text, HasSubstr("Refresh every")) << where;  // the script ran
      if (pictures != nullptr) {
        const size_t slash = url.find('/', 8);
        const std::string name = absl::StrReplaceAll(url.substr(slash + 1), {{"/", "_"}, {"?", "_"}});
        std::ofstream(absl::StrCat(pictures, "/", url.rfind(master_, 0) == 0 ? "master-" : "worker-",
                                   name.substr(0, 60), "-", look.width, look.dark ? "-dark" : "", ".png"))
            << shown->png;
      }
      if (first.empty()) first = shown->text;
    }
    return first;
  }

  std::unique_ptr<Browser> browser_;
  std::unique_ptr<MiniCluster> cluster_;
  std::string master_, worker_;
};

TEST_F(PagesTest, MasterPagesShowTheCluster) {
  EXPECT_THAT(See(master_ + "/"), AllOf(HasSubstr("Overview"), HasSubstr("Live workers"), HasSubstr("64.00MB")));
  EXPECT_THAT(See(master_ + "/browse"), AllOf(HasSubstr("reports/"), HasSubstr("many/")));
  EXPECT_THAT(See(master_ + "/browse?path=/reports"), AllOf(HasSubstr(kEvil), HasSubstr("2026/")));
  const std::string many = See(master_ + "/browse?path=/many");
  EXPECT_THAT(many, AllOf(HasSubstr("file-10"), HasSubstr("1 to 20 of 30"), HasSubstr("Next")));
  EXPECT_THAT(many, Not(HasSubstr("file-35")));
  EXPECT_THAT(See(master_ + "/browse?path=/many&offset=20"), HasSubstr("file-35"));
  EXPECT_THAT(See(master_ + "/browse?path=/reports/2026/summary.txt"),
              AllOf(HasSubstr("first line"), HasSubstr("PERSISTED"), HasSubstr("Last bytes"), HasSubstr("localhost")));
  EXPECT_THAT(See(master_ + "/browse?path=/reports/2026/summary.txt&offset=100&end=1"), HasSubstr("last line"));
  EXPECT_THAT(See(master_ + "/data?limit=100"), HasSubstr("/reports/2026/summary.txt"));
  EXPECT_THAT(See(master_ + "/workers"), AllOf(HasSubstr("localhost"), HasSubstr("ACTIVE"), HasSubstr("64.00MB")));
  EXPECT_THAT(See(master_ + "/mounttable"), HasSubstr(cluster_->ufs_folder()));
  EXPECT_THAT(See(master_ + "/config"), HasSubstr("alluxio.master.rpc.port"));
  EXPECT_THAT(See(master_ + "/logs"), HasSubstr("node.log"));
  EXPECT_THAT(See(master_ + "/logs?path=node.log"), HasSubstr("a line of the log"));
  EXPECT_THAT(See(master_ + "/metrics"), HasSubstr("Master.CompleteFileOps"));
  EXPECT_THAT(See(master_ + "/stacks"), HasSubstr("no thread dumps"));
}

TEST_F(PagesTest, NamesAndContentsStayText) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Browser::Shown folder, browser_->Open(master_ + "/browse?path=/reports", {}));
  EXPECT_THAT(folder.text, HasSubstr(kEvil));
  // The link of that name leads to the file, whose content is shown as it is.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const std::string link,
      browser_->Evaluate("[...document.querySelectorAll('td a')].find(a => a.textContent.includes('onerror')).href"));
  const std::string file = See(link);
  EXPECT_THAT(file, AllOf(HasSubstr(absl::StrCat("within: ", kEvil)), HasSubstr("Blocks")));
}

TEST_F(PagesTest, WorkerPagesShowItsBlocks) {
  EXPECT_THAT(See(worker_ + "/"), AllOf(HasSubstr("MEM"), HasSubstr("64.00MB"), HasSubstr("/ram0")));
  EXPECT_THAT(See(worker_ + "/blockInfo"), AllOf(HasSubstr("/reports/2026/summary.txt"), HasSubstr("MEM 100 %")));
  EXPECT_THAT(See(worker_ + "/blockInfo?path=/reports/2026/summary.txt"), HasSubstr("MEM"));
  EXPECT_THAT(See(worker_ + "/config"), HasSubstr("alluxio.worker.ramdisk.size"));
  EXPECT_THAT(See(worker_ + "/logs"), HasSubstr("node.log"));
  EXPECT_THAT(See(worker_ + "/metrics"), HasSubstr("Worker.BlocksCached.localhost"));
  EXPECT_THAT(See(worker_ + "/stacks"), HasSubstr("no thread dumps"));
}

TEST_F(PagesTest, TheScriptNarrowsTablesAndLoadsPagesAgain) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Browser::Shown page, browser_->Open(master_ + "/config", {}));
  EXPECT_THAT(page.text, HasSubstr("alluxio.worker.web.port"));
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const std::string rows,
      browser_->Evaluate("(() => { const i = document.querySelector('input[type=search]'); i.value = 'alluxio.MASTER.web.PORT';"
                         "i.dispatchEvent(new Event('input'));"
                         "return [...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).length; })()"));
  EXPECT_EQ(rows, "1");
  // Checking the box loads the page at once: the new file is seen without a reload.
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const Browser::Shown browse, browser_->Open(master_ + "/browse?path=/reports/2026", {}));
  EXPECT_THAT(browse.text, Not(HasSubstr("later.txt")));
  ASSERT_THAT(Write(cluster_->client(), "/reports/2026/later.txt", "x"), IsOk());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(
      const std::string text,
      browser_->Evaluate("new Promise(seen => { new MutationObserver(() => seen(document.body.innerText))"
                         ".observe(document.body, {childList: true});"
                         "document.querySelector('input[type=checkbox]').click(); })"));
  EXPECT_THAT(text, AllOf(HasSubstr("later.txt"), HasSubstr("Refresh every")));
}

}  // namespace
}  // namespace alluxio::test
