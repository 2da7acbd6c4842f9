"""C++ code from .proto files, by the system's protoc and grpc_cpp_plugin."""

load("//bazel:cc.bzl", "alluxio_cc_library")

ProtoTreeInfo = provider(
    doc = "The .proto files of a target and of all that it depends on.",
    fields = {
        "srcs": "depset of .proto files",
        "roots": "depset of import roots (directories, as strings)",
    },
)

_PROTOC = "/usr/bin/protoc"
_GRPC_PLUGIN = "/usr/bin/grpc_cpp_plugin"

def _proto_gen_impl(ctx):
    root = ctx.label.package if ctx.attr.package_is_root else ""
    srcs = depset(ctx.files.srcs, transitive = [d[ProtoTreeInfo].srcs for d in ctx.attr.deps])
    roots = depset([root or "."], transitive = [d[ProtoTreeInfo].roots for d in ctx.attr.deps])

    hdrs, ccs = [], []
    suffixes = ([".pb"] if ctx.attr.messages else []) + ([".grpc.pb"] if ctx.attr.grpc else [])
    names = []
    for src in ctx.files.srcs:
        rel = src.short_path[len(ctx.label.package) + 1:] if ctx.label.package else src.short_path
        stem = rel[:-len(".proto")]
        names.append(src.short_path[len(root) + 1:] if root else src.short_path)
        for suffix in suffixes:
            hdrs.append(ctx.actions.declare_file(stem + suffix + ".h"))
            ccs.append(ctx.actions.declare_file(stem + suffix + ".cc"))

    out = ctx.bin_dir.path + ("/" + root if root else "")
    args = ctx.actions.args()
    args.add_all(roots, format_each = "-I%s")
    if ctx.attr.messages:
        args.add("--cpp_out=" + out)
    if ctx.attr.grpc:
        args.add("--plugin=protoc-gen-grpc=" + _GRPC_PLUGIN)
        args.add("--grpc_out=" + ("generate_mock_code=true:" if ctx.attr.mocks else "") + out)
        if ctx.attr.mocks:
            for src in ctx.files.srcs:
                rel = src.short_path[len(ctx.label.package) + 1:] if ctx.label.package else src.short_path
                hdrs.append(ctx.actions.declare_file(rel[:-len(".proto")] + "_mock.grpc.pb.h"))
    args.add_all(names)
    ctx.actions.run(
        executable = _PROTOC,
        arguments = [args],
        inputs = srcs,
        outputs = hdrs + ccs,
        mnemonic = "ProtoCpp",
        progress_message = "Generating C++ of %s" % ctx.label,
    )
    return [
        DefaultInfo(files = depset(hdrs + ccs)),
        OutputGroupInfo(hdrs = depset(hdrs), srcs = depset(ccs)),
        ProtoTreeInfo(srcs = srcs, roots = roots),
    ]

_proto_gen = rule(
    implementation = _proto_gen_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"], mandatory = True),
        "deps": attr.label_list(providers = [ProtoTreeInfo]),
        "grpc": attr.bool(),
        "messages": attr.bool(default = True),
        "mocks": attr.bool(),
        "package_is_root": attr.bool(),
    },
)

def _library(name, gen_srcs, gen_deps, messages, grpc, mocks, package_is_root, deps, **kwargs):
    attrs = {k: v for k, v in kwargs.items() if k in ["visibility", "testonly", "tags"]}
    _proto_gen(
        name = name + "_gen",
        srcs = gen_srcs,
        deps = [_gen_label(d) for d in gen_deps],
        messages = messages,
        grpc = grpc,
        mocks = mocks,
        package_is_root = package_is_root,
        **attrs
    )
    native.filegroup(name = name + "_hdrs", srcs = [name + "_gen"], output_group = "hdrs", **attrs)
    native.filegroup(name = name + "_srcs", srcs = [name + "_gen"], output_group = "srcs", **attrs)
    alluxio_cc_library(
        name = name,
        srcs = [name + "_srcs"],
        hdrs = [name + "_hdrs"],
        includes = ["."] if package_is_root else [],
        warnings = False,
        deps = deps + (["//third_party:grpc++"] if grpc else ["//third_party:protobuf"]),
        **kwargs
    )

def cc_grpc_library(name, srcs, deps = [], grpc = True, mocks = False, package_is_root = False, services_apart = False, **kwargs):
    """C++ messages, and with grpc=True services, of .proto files.

    Args:
      name: the cc_library that others depend on.
      srcs: the .proto files.
      deps: other cc_grpc_library targets whose .proto files these import.
      grpc: whether services are generated too.
      mocks: whether *_mock.grpc.pb.h (for GoogleMock) is generated too.
      package_is_root: whether imports and includes are relative to this
        package (import "grpc/common.proto") and not to the workspace.
      services_apart: whether `name` (which must end in _proto) holds the
        messages alone and the services are in a target of their own that ends
        in _grpc, so that domain code does not compile against gRPC.
      **kwargs: for the cc_library: visibility, testonly, ...
    """
    _library(name, srcs, deps, True, grpc and not services_apart, mocks and not services_apart, package_is_root, deps, **kwargs)
    if services_apart:
        services = name[:-len("_proto")] + "_grpc"
        _library(services, srcs, deps, False, True, mocks, package_is_root, deps + [":" + name], **kwargs)

def _gen_label(label):
    if ":" in label:
        return label + "_gen"
    return label + ":" + label.split("/")[-1] + "_gen"
