#include "alluxio/shell/tools.h"

#include "alluxio/shell/words.h"

namespace alluxio::shell {

int RunShell(std::span<const std::string> args, Environment& env) {
  if (args.empty()) {
    PrintUsage(env.out());
    return 1;
  }
  for (const Word& word : Words()) {
    if (word.name != args[0]) continue;
    if (word.tool != nullptr) return RunTool(word.tool(), args.subspan(1), env);
    if (word.run != nullptr) return word.run(args.subspan(1), env);
    if (word.refused) {
      env.err() << word.missing << "\n";
    } else {
      env.err() << word.name << " is done by the script bin/alluxio.\n";
    }
    return 1;
  }
  env.err() << "Unsupported command " << args[0] << "\n";
  PrintUsage(env.out());
  return 1;
}

}  // namespace alluxio::shell
