// Prints docs/properties.md.
#include <cstdio>

#include "alluxio/conf/property_docs.h"

int main() {
  const std::string docs = alluxio::conf::PropertyDocs();
  return std::fwrite(docs.data(), 1, docs.size(), stdout) == docs.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
