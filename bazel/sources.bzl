"""The sources that programs are made of, for tests that read them."""

_Sources = provider(fields = ["files"])

def _sources_aspect_impl(target, ctx):
    own = []
    for attribute in ("srcs", "hdrs", "textual_hdrs"):
        own += [file for file in getattr(ctx.rule.files, attribute, []) if file.is_source]
    deps = getattr(ctx.rule.attr, "deps", [])
    return [_Sources(files = depset(own, transitive = [dep[_Sources].files for dep in deps if _Sources in dep]))]

_sources_aspect = aspect(implementation = _sources_aspect_impl, attr_aspects = ["deps"])

def _program_sources_impl(ctx):
    files = depset(transitive = [program[_Sources].files for program in ctx.attr.programs])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

# Nothing is compiled for it.
program_sources = rule(
    implementation = _program_sources_impl,
    attrs = {"programs": attr.label_list(aspects = [_sources_aspect])},
)
