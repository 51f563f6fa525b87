"""Runs dbt once a line of standard input, until that ends:
`{"flags": [...], "project": [...], "command": [...], "environment": {...}, "told": {...}}`.

Importing dbt and reading the parsed project take longer than most days' models. Both are done here, the first before a line
comes, and each run is a child that begins there, because a run leaves its traces in the parsed project. Read again it is when
its arguments, its environment or one of its files differ; what is `told` to a run is of that run alone. After a run both
outputs say `{"ended": <exit code>}`; one that a signal ended has 128 and the signal's number.

With arguments it is dbt's own command line instead.
"""

import json
import os
import signal
import sys

from dbt.cli.main import cli, dbtRunner
from dbt.contracts.files import FileHash
from dbt.parser.manifest import ManifestLoader

PARSED = (".sql", ".yml", ".csv", ".md")


def state_check(loader, whole=ManifestLoader.build_manifest_state_check):
    """What dbt asks of a kept parse, but for where a warehouse's file lies, of which no model knows: kept for one folder,
    it holds in each."""
    asked = whole(loader)
    connection = sorted(each for each in loader.root_project.credentials.connection_info() if each[0] != "path")
    asked.profile_hash = FileHash.from_contents(repr(connection))
    return asked


ManifestLoader.build_manifest_state_check = state_check


def files_of(folder):
    """Each file that dbt may read, through links too, with its size and time."""
    found = []
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [each for each in folders if each != "target" and not each.startswith(".")]
        for name in names:
            if name.endswith(PARSED):
                state = os.stat(os.path.join(place, name))
                found.append((os.path.join(place, name), state.st_size, state.st_mtime_ns))
    return sorted(found)


def exit_code(ended):
    return 0 if ended.success else 1 if ended.exception is None else 2


def run(manifest, arguments):
    """The exit code of dbt with these arguments, in a child."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = exit_code(dbtRunner(manifest=manifest).invoke(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if len(sys.argv) > 1:
    cli(prog_name="dbt")

# Asked to end, the child takes back the queries that a warehouse still runs; here is nothing to take back.
signal.signal(signal.SIGINT, signal.SIG_DFL)
parsed_from, manifest = None, None
for line in sys.stdin:
    request = json.loads(line)
    flags, project = request["flags"], request["project"]
    os.environ.update(request["environment"])
    os.environ.update(request["told"])
    read_from = (flags, project, request["environment"], files_of(project[project.index("--project-dir") + 1]))
    code = 0
    if parsed_from != read_from:
        read = dbtRunner().invoke([*flags, "--quiet", "parse", *project])
        parsed_from, manifest, code = (read_from, read.result, 0) if read.success else (None, None, exit_code(read))
    if code == 0:
        code = run(manifest, [*flags, *request["command"], *project])
    for output in (sys.stdout, sys.stderr):
        print(json.dumps({"ended": code}), file=output, flush=True)
