#ifndef ALLUXIO_STUB_NATIVE_METHODS_H_
#define ALLUXIO_STUB_NATIVE_METHODS_H_

#include "alluxio/stub/method.h"
#include "alluxio_native/master.pb.h"

// NativeMasterService: our own worker's calls to our own master.
namespace alluxio::stub {

inline constexpr Method<native::CommitBlockRequest, native::CommitBlockResponse> kNativeCommitBlock{
    "/alluxio.native.NativeMasterService/CommitBlock"};
inline constexpr Method<native::GetReadAccessRequest, native::GetReadAccessResponse> kGetReadAccess{
    "/alluxio.native.NativeMasterService/GetReadAccess"};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_NATIVE_METHODS_H_
