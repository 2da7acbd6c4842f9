// What the system's libraries keep for the life of the process, for LeakSanitizer. Linked
// into every program of --config=asan.
extern "C" const char* __lsan_default_suppressions() {
  // The resolver that gRPC uses.
  return "leak:libcares.so\n";
}
