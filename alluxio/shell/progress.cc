#include "alluxio/shell/progress.h"

#include "absl/strings/str_cat.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {

Progress::Progress(Environment& env, int64_t total_bytes)
    : env_(env),
      enabled_(env.interactive()),
      total_bytes_(total_bytes),
      start_(enabled_ ? env.clock()->Now() : absl::InfinitePast()),
      last_draw_(start_) {}

Progress::~Progress() {
  MutexLock lock(&mutex_);
  if (drawn_) env_.err() << "\r\033[K" << std::flush;
}

void Progress::Add(int64_t bytes) {
  if (!enabled_) return;
  const absl::Time now = env_.clock()->Now();
  MutexLock lock(&mutex_);
  done_bytes_ += bytes;
  if (now - start_ > absl::Seconds(1) && now - last_draw_ > absl::Milliseconds(200)) DrawLocked(now);
}

void Progress::DrawLocked(absl::Time now) {
  const double seconds = absl::ToDoubleSeconds(now - start_);
  std::string line = SizeText(done_bytes_);
  if (total_bytes_ > 0) {
    absl::StrAppend(&line, " of ", SizeText(total_bytes_), " (", done_bytes_ * 100 / total_bytes_, "%)");
  }
  absl::StrAppend(&line, ", ", SizeText(static_cast<int64_t>(static_cast<double>(done_bytes_) / seconds)), "/s");
  env_.err() << "\r\033[K" << line << std::flush;
  last_draw_ = now;
  drawn_ = true;
}

}  // namespace alluxio::shell
