"""What users run is optimised and fully static, however Bazel was called."""

def _bool_setting_impl(ctx):
    return []

# A setting of our own, because a transition can't set --define.
bool_setting = rule(
    implementation = _bool_setting_impl,
    build_setting = config.bool(flag = True),
)

def _release_transition_impl(settings, attr):
    copts = list(settings["//command_line_option:copt"])
    linkopts = list(settings["//command_line_option:linkopt"])

    # As .bazelrc's --config=release and --config=static; nothing twice where those are given.
    for opt in ["-O2", "-Wno-restrict", "-Wno-maybe-uninitialized"]:
        if opt not in copts:
            copts.append(opt)
    if "-static" not in linkopts:
        linkopts.append("-static")
    return {
        "//bazel:static": True,
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:copt": copts,
        "//command_line_option:linkopt": linkopts,
    }

_release_transition = transition(
    implementation = _release_transition_impl,
    inputs = [
        "//command_line_option:copt",
        "//command_line_option:linkopt",
    ],
    outputs = [
        "//bazel:static",
        "//command_line_option:compilation_mode",
        "//command_line_option:copt",
        "//command_line_option:linkopt",
    ],
)

def _release_program_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = out, target_file = ctx.executable.program, is_executable = True)
    return [DefaultInfo(files = depset([out]), executable = out)]

release_program = rule(
    implementation = _release_program_impl,
    doc = "A cc_binary as releases have it. Costs a compile of everything below it.",
    attrs = {
        "program": attr.label(cfg = _release_transition, executable = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
)
