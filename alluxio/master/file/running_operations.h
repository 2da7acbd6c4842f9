#ifndef ALLUXIO_MASTER_FILE_RUNNING_OPERATIONS_H_
#define ALLUXIO_MASTER_FILE_RUNNING_OPERATIONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/call.h"

namespace alluxio::master {

// Calls with an operation id from their arrival to their answer. A client that
// saw its connection break sends the call again under the same id: if the first
// one is still being executed then, both get its answer. (What has finished is
// known by the journal: InodeTree::IsFinished.)
//
// Thread-safe.
class RunningOperations {
 public:
  // Of one user and one method, so that nobody is given another's answer.
  struct Key {
    const void* method = nullptr;
    std::string user;
    int64_t high = 0;
    int64_t low = 0;

    friend bool operator==(const Key& a, const Key& b) = default;
    template <typename H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.method, key.user, key.high, key.low);
    }
  };

  // Answers for a call that executes, and for those that have joined it. Destroyed
  // unanswered it drops them all, which answers each of them with an error.
  template <typename Response>
  class Answer {
   public:
    Answer(std::shared_ptr<RunningOperations> running, Key key, Reply<Response> reply)
        : running_(std::move(running)), key_(std::move(key)), reply_(std::move(reply)) {}
    Answer(Answer&&) noexcept = default;
    Answer& operator=(Answer&&) = delete;
    ~Answer() {
      if (running_) running_->End(key_);
    }

    void operator()(absl::StatusOr<Response> result) {
      // Ended first: who comes from now on finds that the operation is finished.
      for (Joined& joined : std::exchange(running_, nullptr)->End(key_)) joined(&result);
      std::move(reply_)(std::move(result));
    }

   private:
    std::shared_ptr<RunningOperations> running_;
    Key key_;
    Reply<Response> reply_;
  };

  // The reply with which to execute the call; empty if one of that key executes
  // already, which will answer for this one too.
  template <typename Response>
  static Reply<Response> Begin(const std::shared_ptr<RunningOperations>& running, Key key, Reply<Response> reply) {
    {
      MutexLock lock(&running->mutex_);
      const auto [it, first] = running->joined_.try_emplace(key);
      if (!first) {
        it->second.push_back([reply = std::move(reply)](const void* result) mutable {
          std::move(reply)(*static_cast<const absl::StatusOr<Response>*>(result));
        });
        return nullptr;
      }
    }
    return Answer<Response>(running, std::move(key), std::move(reply));
  }

 private:
  using Joined = absl::AnyInvocable<void(const void* result)>;

  std::vector<Joined> End(const Key& key) {
    MutexLock lock(&mutex_);
    const auto it = joined_.find(key);
    std::vector<Joined> joined = std::move(it->second);
    joined_.erase(it);
    return joined;
  }

  Mutex mutex_;
  absl::flat_hash_map<Key, std::vector<Joined>> joined_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_RUNNING_OPERATIONS_H_
