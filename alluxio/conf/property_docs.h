#ifndef ALLUXIO_CONF_PROPERTY_DOCS_H_
#define ALLUXIO_CONF_PROPERTY_DOCS_H_

#include <string>

namespace alluxio::conf {

// The text of docs/properties.md, made of the table.
std::string PropertyDocs();

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_PROPERTY_DOCS_H_
