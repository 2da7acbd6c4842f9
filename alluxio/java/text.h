#ifndef ALLUXIO_JAVA_TEXT_H_
#define ALLUXIO_JAVA_TEXT_H_

#include <string>

namespace alluxio::java {

// A finite number as Double.toString has it: "0.0", "139.70588235294116", "1.0E-4".
std::string DoubleText(double value);

}  // namespace alluxio::java

#endif  // ALLUXIO_JAVA_TEXT_H_
