// What orders threads inside gRPC and Abseil, told to ThreadSanitizer. Debian's libraries
// are not instrumented: it sees our callbacks on the threads of gRPC, and not the locks and
// queues by which they got there, and would take each hand-over for a race. The functions
// here stand before the libraries' own of the same (mangled) name, call them, and say who
// waited for whom. Nothing of our own code is exempt from being watched.
//
// Linked into every program of --config=tsan. A call stops by name if a library no longer
// has what it was made for (gRPC 1.51, Abseil 20220623).
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <cstdint>

extern "C" {

void __tsan_acquire(void* address);
void __tsan_release(void* address);

// The libraries among themselves.
const char* __tsan_default_suppressions() {
  return "race:^absl::\n"
         "race:^grpc_core::\n"
         "race:^rocksdb::\n"
         "deadlock:^absl::\n"
         "deadlock:^grpc_core::\n"
         "mutex:^absl::\n"
         "mutex:^grpc_core::\n";
}

}  // extern "C"

namespace {

template <typename Function>
Function Next(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) {
    fprintf(stderr, "testing/sanitizers/tsan_edges.cc: no library has %s\n", symbol);
    abort();
  }
  return reinterpret_cast<Function>(found);
}

// Of all combiners: which one goes on is known to its thread alone.
char g_combiners;

void Both(void* address) {
  __tsan_release(address);
  __tsan_acquire(address);
}

}  // namespace

// Classes that aren't trivial come as pointers, times and durations in two registers.
extern "C" {

// absl::Mutex and absl::CondVar

void _ZN4absl7debian35Mutex4LockEv(void* mutex) {
  static const auto next = Next<void (*)(void*)>(__func__);
  next(mutex);
  __tsan_acquire(mutex);
}

void _ZN4absl7debian35Mutex6UnlockEv(void* mutex) {
  static const auto next = Next<void (*)(void*)>(__func__);
  __tsan_release(mutex);
  next(mutex);
}

bool _ZN4absl7debian35Mutex7TryLockEv(void* mutex) {
  static const auto next = Next<bool (*)(void*)>(__func__);
  const bool locked = next(mutex);
  if (locked) __tsan_acquire(mutex);
  return locked;
}

void _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE(void* condition, void* mutex) {
  static const auto next = Next<void (*)(void*, void*)>(__func__);
  __tsan_release(mutex);
  next(condition, mutex);
  __tsan_acquire(mutex);
}

bool _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE(void* condition, void* mutex, uint64_t first,
                                                                          uint64_t second) {
  static const auto next = Next<bool (*)(void*, void*, uint64_t, uint64_t)>(__func__);
  __tsan_release(mutex);
  const bool expired = next(condition, mutex, first, second);
  __tsan_acquire(mutex);
  return expired;
}

bool _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE(void* condition, void* mutex, uint64_t first,
                                                                       uint64_t second) {
  static const auto next = Next<bool (*)(void*, void*, uint64_t, uint64_t)>(__func__);
  __tsan_release(mutex);
  const bool expired = next(condition, mutex, first, second);
  __tsan_acquire(mutex);
  return expired;
}

// grpc_core::MultiProducerSingleConsumerQueue: Push, Pop, PopAndCheckEnd

bool _ZN9grpc_core32MultiProducerSingleConsumerQueue4PushEPNS0_4NodeE(void* queue, void* node) {
  static const auto next = Next<bool (*)(void*, void*)>(__func__);
  __tsan_release(queue);
  return next(queue, node);
}

void* _ZN9grpc_core32MultiProducerSingleConsumerQueue3PopEv(void* queue) {
  static const auto next = Next<void* (*)(void*)>(__func__);
  void* const node = next(queue);
  if (node != nullptr) __tsan_acquire(queue);
  return node;
}

void* _ZN9grpc_core32MultiProducerSingleConsumerQueue14PopAndCheckEndEPb(void* queue, bool* empty) {
  static const auto next = Next<void* (*)(void*, bool*)>(__func__);
  void* const node = next(queue, empty);
  if (node != nullptr) __tsan_acquire(queue);
  return node;
}

// grpc_core::CallCombiner: Start, Stop

void _ZN9grpc_core12CallCombiner5StartEP12grpc_closureN4absl7debian36StatusEPKciS7_(void* combiner, void* closure,
                                                                                    void* status, const char* file,
                                                                                    int line, const char* reason) {
  static const auto next = Next<void (*)(void*, void*, void*, const char*, int, const char*)>(__func__);
  Both(combiner);
  next(combiner, closure, status, file, line, reason);
}

void _ZN9grpc_core12CallCombiner4StopEPKciS2_(void* combiner, const char* file, int line, const char* reason) {
  static const auto next = Next<void (*)(void*, const char*, int, const char*)>(__func__);
  Both(combiner);
  next(combiner, file, line, reason);
}

// grpc_core::Combiner: Run, FinallyRun, grpc_combiner_continue_exec_ctx

void _ZN9grpc_core8Combiner3RunEP12grpc_closureN4absl7debian36StatusE(void* combiner, void* closure, void* status) {
  static const auto next = Next<void (*)(void*, void*, void*)>(__func__);
  __tsan_release(&g_combiners);
  next(combiner, closure, status);
}

void _ZN9grpc_core8Combiner10FinallyRunEP12grpc_closureN4absl7debian36StatusE(void* combiner, void* closure,
                                                                              void* status) {
  static const auto next = Next<void (*)(void*, void*, void*)>(__func__);
  __tsan_release(&g_combiners);
  next(combiner, closure, status);
}

bool _Z31grpc_combiner_continue_exec_ctxv() {
  static const auto next = Next<bool (*)()>(__func__);
  __tsan_acquire(&g_combiners);
  const bool more = next();
  __tsan_release(&g_combiners);
  return more;
}

// grpc::internal::ServerCallbackCall: ScheduleOnDone, CallOnCancel. The counts that lead
// here, behind the table of virtual functions, go down in headers and in the library.

void _ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb(void* call, bool in_line) {
  static const auto next = Next<void (*)(void*, bool)>(__func__);
  __tsan_acquire(static_cast<char*>(call) + sizeof(void*) + sizeof(int));
  next(call, in_line);
}

void _ZN4grpc8internal18ServerCallbackCall12CallOnCancelEPNS0_13ServerReactorE(void* call, void* reactor) {
  static const auto next = Next<void (*)(void*, void*)>(__func__);
  __tsan_acquire(static_cast<char*>(call) + sizeof(void*));
  next(call, reactor);
}

}  // extern "C"
