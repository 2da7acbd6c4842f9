#include "alluxio/master/file/running_list.h"

#include <utility>

namespace alluxio::master {

void RunningList::Start(Executor* executor, std::unique_ptr<FileSystemCore::Listing> listing,
                        std::unique_ptr<rpc::Outlet> outlet) {
  std::shared_ptr<RunningList>(new RunningList(executor, std::move(listing), std::move(outlet)))->SubmitMake();
}

void RunningList::SubmitMake() {
  if (executor_->Submit([self = shared_from_this()] { self->Make(); })) return;
  {
    MutexLock lock(&mutex_);
    making_ = false;
    end_ = absl::ResourceExhaustedError("too many calls wait for under stores; try again later");
  }
  GoOn();
}

void RunningList::Make() {
  do {
    absl::StatusOr<std::string> message = listing_->Next();
    MutexLock lock(&mutex_);
    making_ = false;
    if (end_.has_value()) {
      // The reader has gone meanwhile.
    } else if (!message.ok()) {
      end_ = message.status();
    } else if (message->empty()) {
      end_ = absl::OkStatus();
    } else {
      ready_ = *std::move(message);
    }
  } while (GoOn());
}

bool RunningList::GoOn() {
  std::string message;
  bool make = false;
  absl::Status end;
  {
    MutexLock lock(&mutex_);
    if (writing_ || ended_) return false;
    if (!ready_.empty()) {
      message = std::exchange(ready_, std::string());
      writing_ = true;
      make = making_ = !end_.has_value();
    } else if (end_.has_value() && !making_) {
      ended_ = true;
      end = *end_;
    } else {
      return false;  // the maker will come by
    }
  }
  if (message.empty()) {
    outlet_->End(end);
  } else {
    outlet_->Write(std::move(message), [self = shared_from_this()](bool alive) { self->Written(alive); });
  }
  return make;
}

void RunningList::Written(bool alive) {
  {
    MutexLock lock(&mutex_);
    writing_ = false;
    if (!alive) {
      ready_.clear();
      end_ = absl::CancelledError("the caller has gone");
    }
  }
  if (GoOn()) SubmitMake();
}

}  // namespace alluxio::master
