#include "alluxio/journal/memory/memory_journal.h"

#include "testing/conformance/journal_suite.h"

namespace alluxio::test {
namespace {

class MemoryHarness final : public JournalHarness {
 public:
  journal::Journal& journal() override { return *journal_; }
  void Restart() override { journal_ = journal_->AfterCrash(); }

 private:
  std::unique_ptr<journal::MemoryJournal> journal_ =
      std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{});
};

INSTANTIATE_TEST_SUITE_P(Memory, JournalSuite,
                         ::testing::Values([] { return std::make_unique<MemoryHarness>(); }));

}  // namespace
}  // namespace alluxio::test
