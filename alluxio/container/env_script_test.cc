#include "alluxio/container/env_script.h"

#include <gtest/gtest.h>

namespace alluxio::container {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(EnvScriptTest, PlainLines) {
  EXPECT_EQ(ReadPlainEnvScript(""), Pairs());
  EXPECT_EQ(ReadPlainEnvScript("# text $(x)\n\n  A=1\nexport B=\"x=\\\"d e\\\" \\$5 \\\\\" # why\nC='$a b'\nD=\n"),
            Pairs({{"A", "1"}, {"B", "x=\"d e\" $5 \\"}, {"C", "$a b"}, {"D", ""}}));
}

TEST(EnvScriptTest, WhatNeedsAShell) {
  for (const char* text : {"A+=1", "A=$B", "A=\"$B\"", "A=`x`", "if true; then A=1; fi", "A=1 run", "A=\"open", "A='open",
                           "A=1;B=2", "export A", "A=a\"b\"", "1A=2", ". ./other"}) {
    EXPECT_EQ(ReadPlainEnvScript(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace alluxio::container
