#include "testing/simulation/world.h"

#include <algorithm>

#include "alluxio/base/check.h"

namespace alluxio::test {

World::World(const SimulationOptions& options, SimulationReport* report)
    : options_(options),
      report_(report),
      random_(Random::Seeded(options.seed)),
      master_random_(Random::Seeded(options.seed ^ 0x5eed)),
      disk_(std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{.auto_durable = false})) {
  registry_.Register("mem", [this](absl::string_view, const std::map<std::string, std::string>&)
                                -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> {
    return std::shared_ptr<ufs::UnderFileSystem>(faulty_ufs_);
  });
}

World::~World() {
  report_->under_store_errors = faulty_ufs_->faults().failures();
  if (master_ != nullptr) KillMaster();
  events_.clear();
}

bool World::RunUntil(const std::function<bool()>& done, Micros limit) {
  const Micros end = now_ + limit;
  while (status_.ok() && !done()) {
    if (events_.empty() || events_.begin()->first > end) return false;
    auto event = events_.extract(events_.begin());
    if (event.key() > now_) clock_.Advance(absl::Microseconds(event.key() - now_));
    now_ = std::max(now_, event.key());
    event.mapped()();
    ++report_->events;
    // Of where time went, so that a run that took another way is noticed.
    report_->digest = (report_->digest ^ static_cast<uint64_t>(now_)) * 0x100000001b3;
    if (after_event_) after_event_();
  }
  return status_.ok();
}

void World::Fail(std::string what) {
  if (status_.ok()) {
    status_ = absl::InternalError(absl::StrCat("seed ", options_.seed, ", event ", report_->events, ", ",
                                               now_ / 1000, " ms: ", what));
  }
}

void World::Digest(absl::string_view bytes) {
  for (const char c : bytes) report_->digest = (report_->digest ^ static_cast<unsigned char>(c)) * 0x100000001b3;
}

void World::Send(std::function<void()> deliver) {
  if (faults_ && Chance(options_.lost_messages)) {
    ++report_->lost_messages;
    return;
  }
  Micros delay = 50 + static_cast<Micros>(Below(1000));
  if (faults_ && Chance(options_.slow_messages)) delay += static_cast<Micros>(Below(1'000'000));
  At(delay, std::move(deliver));
}

// --- the master's process ------------------------------------------------------

bool World::Master::Queue::Submit(std::function<void()> task) {
  tasks.push_back(std::move(task));
  world_->At(static_cast<Micros>(world_->Below(500)), [this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) RunOne();
  });
  return true;
}

void World::Master::Queue::RunOne() {
  if (tasks.empty()) return;
  const std::function<void()> task = std::move(tasks.front());
  tasks.pop_front();
  task();
  world_->ScheduleFlush();
}

void World::Master::Queue::RunDry() {
  while (!tasks.empty()) {
    const std::function<void()> task = std::move(tasks.front());
    tasks.pop_front();
    task();
  }
}

World::Master::Master(World* world, std::unique_ptr<journal::MemoryJournal> from)
    : journal(std::move(from)), state(journal.get(), &store), queue(world) {
  blocks = std::make_unique<master::BlockMaster>(
      master::BlockMaster::Options{.state = &state,
                                   .clock = &world->clock_,
                                   .random = world->master_random_.get(),
                                   .safe_mode_wait = absl::Milliseconds(500),
                                   .expected_workers = world->options_.workers,
                                   .worker_timeout = absl::Seconds(5),
                                   .with_file_of = [this](int64_t block_id, absl::FunctionRef<void(bool)> body) {
                                     files->WithFileOf(block_id, body);
                                   }});
  auto conf = conf::Configuration().With({{"alluxio.master.mount.table.root.ufs", "mem://one"}});
  ALLUXIO_CHECK(conf.ok());
  files = std::make_unique<master::FileSystemMaster>(
      master::FileSystemMaster::Options{.conf = *conf,
                                        .state = &state,
                                        .blocks = blocks.get(),
                                        .ufs_registry = &world->registry_,
                                        .executor = &queue,
                                        .clock = &world->clock_,
                                        .random = world->master_random_.get(),
                                        .groups = [](const std::string& user) { return std::vector<std::string>{user}; },
                                        .superuser = "root"});
  state.AddPart(files.get());
  state.AddPart(blocks.get());
}

std::map<std::string, std::string> World::Master::Content() const {
  std::map<std::string, std::string> content;
  for (int family = 0; family < master::kNumFamilies; ++family) {
    const absl::Status scanned = store.Scan(static_cast<master::Family>(family), "", "",
                                            [&](absl::string_view key, absl::string_view value) {
                                              content[absl::StrCat(family, ":", key)] = std::string(value);
                                              return true;
                                            });
    ALLUXIO_CHECK(scanned.ok());
  }
  return content;
}

void World::StartMaster() {
  if (master_ != nullptr) return;
  master_ = std::make_unique<Master>(this, std::move(disk_));
  if (absl::Status replayed = master_->state.Replay(); !replayed.ok()) return Fail(replayed.ToString());
  master_->blocks->Start();
  if (absl::Status started = master_->files->Start(); !started.ok()) return Fail(started.ToString());
  ScheduleFlush();
}

void World::KillMaster() {
  if (master_ == nullptr) return;
  ++life_;
  const uint64_t unsynced = master_->journal->LastSequence() - master_->journal->DurableSequence();
  disk_ = master_->journal->AfterCrash(Below(unsynced + 1));
  // What they do now is lost with the journal's unsynced end; their objects must
  // go before what they refer to.
  master_->queue.RunDry();
  master_.reset();
}

void World::ScheduleFlush() {
  if (flushing_ || master_ == nullptr) return;
  const uint64_t behind = master_->journal->LastSequence() - master_->journal->DurableSequence();
  if (behind == 0) return;
  flushing_ = true;
  // A slow one leaves time for what must not follow from a change before it is durable.
  const Micros slow = faults_ && Chance(options_.slow_messages) ? static_cast<Micros>(Below(kSecond)) : 0;
  At(static_cast<Micros>(50 + Below(3000)) + slow, [this, life = life_] {
    flushing_ = false;
    if (master_ == nullptr || life != life_) return ScheduleFlush();
    if (DiskFails()) {
      // Nobody is told anything; what had reached the disk is there, acknowledged or not.
      ++report_->journal_errors;
      KillMaster();
      At(static_cast<Micros>(20'000 + Below(500'000)), [this] { StartMaster(); });
      return;
    }
    const uint64_t durable = master_->journal->DurableSequence();
    const uint64_t pending = master_->journal->LastSequence() - durable;
    if (pending > 0) master_->journal->MakeDurable(durable + 1 + Below(pending));
    ScheduleFlush();
  });
}

}  // namespace alluxio::test
