// A fuzz target as an ordinary test: every input of its corpus, and some
// changed ones, always the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::string Changed(std::string input, std::mt19937& random) {
  for (int i = 0; i < 1 + static_cast<int>(random() % 4); ++i) {
    const size_t at = input.empty() ? 0 : random() % input.size();
    switch (random() % 4) {
      case 0: input.insert(at, 1, static_cast<char>(random())); break;
      case 1: input.erase(at, 1 + random() % 4); break;
      case 2: if (!input.empty()) input[at] = static_cast<char>(random()); break;
      case 3: if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << random() % 8)); break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kChangedPerInput = 5;
  std::vector<std::string> files;
  if (argc > 1 && std::filesystem::is_directory(argv[1])) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Run("");
  std::mt19937 random(1);
  size_t inputs = 1;
  for (const std::string& file : files) {
    std::stringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    std::printf("%s\n", file.c_str());  // the last one is to blame
    std::fflush(stdout);
    Run(content.str());
    for (int i = 0; i < kChangedPerInput; ++i) Run(Changed(content.str(), random));
    inputs += 1 + kChangedPerInput;
  }
  std::printf("%zu inputs\n", inputs);
  // A target without a corpus tests nothing.
  return files.empty() ? 1 : 0;
}
