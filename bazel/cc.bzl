"""The C++ rules of this workspace: native ones with its own compiler options."""

_WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wno-unused-parameter",
    "-Werror",
    "-Wno-error=deprecated-declarations",
    "-Wno-missing-field-initializers",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
]

# What each program has under a sanitizer.
_RUNTIME = select({
    "//bazel:asan": ["//testing/sanitizers:known_leaks"],
    "//bazel:tsan": ["//testing/sanitizers:tsan_edges"],
    "//conditions:default": [],
})

def _copts(copts, warnings):
    return (_WARNINGS if warnings else ["-w"]) + copts

def alluxio_cc_library(name, copts = [], warnings = True, **kwargs):
    native.cc_library(
        name = name,
        copts = _copts(copts, warnings),
        linkstatic = True,  # .a only: no lone .so of each library to link
        **kwargs
    )

def alluxio_cc_binary(name, copts = [], warnings = True, deps = [], **kwargs):
    native.cc_binary(
        name = name,
        copts = _copts(copts, warnings),
        deps = deps + _RUNTIME,
        **kwargs
    )

def alluxio_cc_test(name, copts = [], warnings = True, deps = [], size = "small", **kwargs):
    native.cc_test(
        name = name,
        size = size,
        copts = _copts(copts, warnings),
        linkstatic = True,
        deps = deps + ["//third_party:gtest_main"] + _RUNTIME,
        **kwargs
    )

def alluxio_cc_benchmark(name, copts = [], warnings = True, deps = [], tags = [], **kwargs):
    native.cc_binary(
        name = name,
        testonly = True,
        copts = _copts(copts, warnings),
        tags = tags + ["benchmark"],
        deps = deps + ["//third_party:benchmark_main"],
        **kwargs
    )

def alluxio_cc_fuzz_test(name, srcs, deps = [], copts = [], **kwargs):
    """A libFuzzer target: with --config=fuzz the fuzzer itself, else a test that replays corpus/NAME."""
    corpus = native.glob(["corpus/" + name + "/*"])
    native.cc_test(
        name = name,
        size = "medium",
        srcs = srcs,
        args = [native.package_name() + "/corpus/" + name],
        copts = _copts(copts, True),
        data = corpus,
        linkopts = select({
            "//bazel:fuzz": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        linkstatic = True,
        deps = deps + select({
            "//bazel:fuzz": [],
            "//conditions:default": ["//testing/fuzz:replay_main"],
        }) + _RUNTIME,
        **kwargs
    )
