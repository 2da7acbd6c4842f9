#include <string>

#include "absl/strings/escaping.h"
#include "alluxio/base/random.h"
#include "alluxio/java/load_job_request.h"
#include "alluxio/java/object_stream.h"
#include "alluxio/java/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::java {
namespace {

using test::IsOk;
using test::IsOkAndHolds;
using test::StatusIs;
using ::testing::HasSubstr;

// Written by the classes of alluxio-core-common and alluxio-core-transport 2.9.6 on Java 17.

// "/g/cold", bandwidth 1048576, verify and partialListing true.
constexpr char kFull[] =
    "aced00057372001a616c6c7578696f2e6a6f622e4c6f61644a6f6252657175657374c716bcd55b627e370200024c00086d4f7074696f6e"
    "7374001e4c616c6c7578696f2f677270632f4c6f61644a6f62504f7074696f6e733b4c00056d506174687400124c6a6176612f6c616e67"
    "2f537472696e673b787073720037636f6d2e676f6f676c652e70726f746f6275662e47656e6572617465644d6573736167654c69746524"
    "53657269616c697a6564466f726d00000000000000000200035b0007617342797465737400025b424c000c6d657373616765436c617373"
    "7400114c6a6176612f6c616e672f436c6173733b4c00106d657373616765436c6173734e616d6571007e00027870757200025b42acf317"
    "f8060854e002000078700000000808808040100118017672001c616c6c7578696f2e677270632e4c6f61644a6f62504f7074696f6e7300"
    "000000000000000200054a000a62616e6477696474685f49000a6269744669656c64305f4200156d656d6f697a65644973496e69746961"
    "6c697a65645a000f7061727469616c4c697374696e675f5a00077665726966795f78720026636f6d2e676f6f676c652e70726f746f6275"
    "662e47656e6572617465644d657373616765563300000000000000010200014c000d756e6b6e6f776e4669656c64737400254c636f6d2f"
    "676f6f676c652f70726f746f6275662f556e6b6e6f776e4669656c645365743b787074001c616c6c7578696f2e677270632e4c6f61644a"
    "6f62504f7074696f6e737400072f672f636f6c64";

// "/\u00e4\0\U0001f600", no option set.
constexpr char kEmpty[] =
    "aced00057372001a616c6c7578696f2e6a6f622e4c6f61644a6f6252657175657374c716bcd55b627e370200024c00086d4f7074696f6e"
    "7374001e4c616c6c7578696f2f677270632f4c6f61644a6f62504f7074696f6e733b4c00056d506174687400124c6a6176612f6c616e67"
    "2f537472696e673b787073720037636f6d2e676f6f676c652e70726f746f6275662e47656e6572617465644d6573736167654c69746524"
    "53657269616c697a6564466f726d00000000000000000200035b0007617342797465737400025b424c000c6d657373616765436c617373"
    "7400114c6a6176612f6c616e672f436c6173733b4c00106d657373616765436c6173734e616d6571007e00027870757200025b42acf317"
    "f8060854e00200007870000000007672001c616c6c7578696f2e677270632e4c6f61644a6f62504f7074696f6e73000000000000000002"
    "00054a000a62616e6477696474685f49000a6269744669656c64305f4200156d656d6f697a65644973496e697469616c697a65645a000f"
    "7061727469616c4c697374696e675f5a00077665726966795f78720026636f6d2e676f6f676c652e70726f746f6275662e47656e657261"
    "7465644d657373616765563300000000000000010200014c000d756e6b6e6f776e4669656c64737400254c636f6d2f676f6f676c652f70"
    "726f746f6275662f556e6b6e6f776e4669656c645365743b787074001c616c6c7578696f2e677270632e4c6f61644a6f62504f7074696f"
    "6e7374000b2fc3a4c080eda0bdedb880";

// A CopyJobRequest.
constexpr char kCopy[] =
    "aced00057372001a616c6c7578696f2e6a6f622e436f70794a6f62526571756573748921913ed2054b7c0200034c00046d447374740012"
    "4c6a6176612f6c616e672f537472696e673b4c00086d4f7074696f6e7374001e4c616c6c7578696f2f677270632f436f70794a6f62504f"
    "7074696f6e733b4c00046d53726371007e000178707400022f6273720037636f6d2e676f6f676c652e70726f746f6275662e47656e6572"
    "617465644d6573736167654c6974652453657269616c697a6564466f726d00000000000000000200035b0007617342797465737400025b"
    "424c000c6d657373616765436c6173737400114c6a6176612f6c616e672f436c6173733b4c00106d657373616765436c6173734e616d65"
    "71007e00017870757200025b42acf317f8060854e002000078700000000210007672001c616c6c7578696f2e677270632e436f70794a6f"
    "62504f7074696f6e7300000000000000000200064a000a62616e6477696474685f49000a6269744669656c64305f4200156d656d6f697a"
    "65644973496e697469616c697a65645a000a6f76657277726974655f5a000f7061727469616c4c697374696e675f5a0007766572696679"
    "5f78720026636f6d2e676f6f676c652e70726f746f6275662e47656e6572617465644d657373616765563300000000000000010200014c"
    "000d756e6b6e6f776e4669656c64737400254c636f6d2f676f6f676c652f70726f746f6275662f556e6b6e6f776e4669656c645365743b"
    "787074001c616c6c7578696f2e677270632e436f70794a6f62504f7074696f6e737400022f61";

std::string Bytes(absl::string_view hex) { return absl::HexStringToBytes(hex); }

LoadJobRequest FullRequest() {
  LoadJobRequest request = {.path = "/g/cold"};
  request.options.set_bandwidth(1048576);
  request.options.set_verify(true);
  request.options.set_partiallisting(true);
  return request;
}

TEST(LoadJobRequestTest, ReadsWhatJavaWrote) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const LoadJobRequest full, ParseLoadJobRequest(Bytes(kFull)));
  EXPECT_EQ(full.path, "/g/cold");
  EXPECT_EQ(full.options.SerializeAsString(), FullRequest().options.SerializeAsString());

  ALLUXIO_ASSERT_OK_AND_ASSIGN(const LoadJobRequest empty, ParseLoadJobRequest(Bytes(kEmpty)));
  EXPECT_EQ(empty.path, std::string("/\xc3\xa4\0\xf0\x9f\x98\x80", 8));
  EXPECT_FALSE(empty.options.has_bandwidth());
  EXPECT_FALSE(empty.options.has_verify());
}

TEST(LoadJobRequestTest, WritesWhatJavaWrites) {
  EXPECT_THAT(SerializeLoadJobRequest(FullRequest()), IsOkAndHolds(Bytes(kFull)));
  EXPECT_THAT(SerializeLoadJobRequest({.path = std::string("/\xc3\xa4\0\xf0\x9f\x98\x80", 8)}),
              IsOkAndHolds(Bytes(kEmpty)));
}

TEST(LoadJobRequestTest, TheShadedClientsMessagesAreTheSame) {
  std::string body = Bytes(kFull);
  const std::string name = "com.google.protobuf.GeneratedMessageLite$SerializedForm";
  const size_t at = body.find(name);
  body.replace(at, name.size(), "alluxio.shaded.client." + name);
  body[at - 1] = static_cast<char>(body[at - 1] + 22);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const LoadJobRequest request, ParseLoadJobRequest(body));
  EXPECT_EQ(request.options.bandwidth(), 1048576);
}

TEST(LoadJobRequestTest, RefusesEverythingElseByName) {
  EXPECT_THAT(ParseLoadJobRequest(Bytes(kCopy)),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("alluxio.job.CopyJobRequest")));
  const struct {
    absl::string_view name;
    std::string body;
    absl::string_view text;
  } cases[] = {
      {"nothing", "", "cut off"},
      {"no stream of Java", "hello, world", "not a stream"},
      {"a string", Bytes("aced0005740005") + "hello", "not a job request"},
      {"null", Bytes("aced000570"), "not a job request"},
      {"something behind it", Bytes(kFull) + "x", "follows"},
      {"more than a request can be", std::string((1 << 20) + 1, 'x'), "1 MiB"},
      // A hash set's class writes itself; only its descriptor and the null above it count here.
      {"a class that writes itself", Bytes("aced000573720001580000000000000000030000" "7870"), "its own way"},
      {"a block of data", Bytes("aced000577021234"), "tag 119"},
      {"an unknown class", Bytes("aced00057372000158000000000000000002000078" "70"), "class X is not"},
      // Its field refers to the object itself.
      {"a cycle",
       Bytes("aced000573720001580000000000000000020001" "4c000161" "740003" "4c583b" "7870" "71007e0002"), "itself"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(ParseLoadJobRequest(c.body), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.text)));
  }
}

TEST(LoadJobRequestTest, AClassOfAnotherVersionIsRefused) {
  std::string body = Bytes(kFull);
  body[body.find("LoadJobRequest") + 14] ^= 1;
  EXPECT_THAT(ParseLoadJobRequest(body), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("version")));
}

// Whatever is cut off or changed: an error or a request, never more than the bytes that are there.
TEST(LoadJobRequestTest, NothingBreaksIt) {
  const std::string body = Bytes(kFull);
  for (size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(ParseLoadJobRequest(std::string(body, 0, length)).ok()) << length;
  }
  constexpr uint64_t kSeed = 11;
  const auto random = Random::Seeded(kSeed);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = body;
    for (uint64_t n = 0; n <= random->Next() % 3; ++n) {
      changed[random->Next() % changed.size()] = static_cast<char>(random->Next());
    }
    read += ParseLoadJobRequest(changed).ok() ? 1 : 0;
  }
  EXPECT_GT(read, 0) << "seed " << kSeed;  // in a path, for one
}

TEST(LoadJobRequestTest, DeepNestingIsRefused) {
  // Each object is of a class with one field, which holds the next.
  std::string body = Bytes("aced0005" "73720001580000000000000000020001" "4c000161" "740003" "4c583b" "7870");
  for (int i = 0; i < 100; ++i) body += Bytes("7371007e0000");
  EXPECT_THAT(ReadObjectStream(body), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deeply")));
}

// A reference is five bytes, and the object of a known class six.
TEST(LoadJobRequestTest, SmallStreamsMakeNoLargeObjects) {
  const auto number = [](size_t value) {
    return std::string({static_cast<char>(value >> 8), static_cast<char>(value)});
  };
  constexpr size_t kFields = 1000;
  const std::string long_text = number(50'000) + std::string(50'000, 'x');
  const auto object = [&](const std::string& class_name) {
    std::string body = Bytes("aced00057372") + class_name + std::string(8, '\0') + "\x02" + number(kFields);
    for (size_t i = 0; i < kFields; ++i) {
      body += "L" + number(4) + absl::StrCat(1000 + i) + (i == 0 ? Bytes("740003") + "LX;" : Bytes("71007e0001"));
    }
    return body + Bytes("7870");
  };
  std::string texts = object(number(1) + "X") + "\x74" + long_text;
  for (size_t i = 1; i < kFields; ++i) texts += Bytes("71007e0003");
  EXPECT_THAT(ReadObjectStream(texts), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("16 MiB")));
  // Its first field is an object of another class, with a long name and no fields; so are the others.
  std::string objects = object(number(1) + "X") + Bytes("7372") + long_text + std::string(8, '\0') + "\x02" + number(0) +
                        Bytes("7870");
  for (size_t i = 1; i < kFields; ++i) objects += Bytes("7371007e0003");
  EXPECT_THAT(ReadObjectStream(objects), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("16 MiB")));
}

TEST(LoadJobRequestTest, APathThatJavaCannotHoldIsRefused) {
  for (const absl::string_view path : {"/\xc1\xa1", "/\xe0\x81\xa1", "/\xf0\x80\x81\xa1", "/\xed\xa0\x80"}) {
    EXPECT_THAT(SerializeLoadJobRequest({.path = std::string(path)}), StatusIs(absl::StatusCode::kInvalidArgument))
        << absl::CHexEscape(path);
  }
  EXPECT_THAT(SerializeLoadJobRequest({.path = std::string(70'000, 'a')}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(SerializeLoadJobRequest({.path = "/\xff"}), StatusIs(absl::StatusCode::kInvalidArgument));
}

// As printed by Java 17.
TEST(TextTest, NumbersAreWrittenAsJavaDoes) {
  const struct {
    double value;
    absl::string_view text;
  } cases[] = {{0, "0.0"},         {100, "100.0"},           {139.70588235294116, "139.70588235294116"},
               {0.001, "0.001"},   {0.0001, "1.0E-4"},       {12345678, "1.2345678E7"},
               {9999999, "9999999.0"}, {-1.5, "-1.5"}};
  for (const auto& c : cases) EXPECT_EQ(DoubleText(c.value), c.text);
}

}  // namespace
}  // namespace alluxio::java
