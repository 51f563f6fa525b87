"""Runs dbt once a line of standard input: `{"args": [...], "parse": [...], "env": {...}}`, and answers each with a line.

Importing dbt and parsing the project take longer than a day's models. Both are done once, and each run is a process of
its own that begins there, because a run leaves its traces in the parsed project.
"""

import json
import os
import sys

from dbt.cli.main import dbtRunner

parsed = {}
for line in sys.stdin:
    request = json.loads(line)
    os.environ.update(request["env"])
    key = json.dumps(request["parse"])
    if key not in parsed:
        read = dbtRunner().invoke(request["parse"])
        if not read.success:
            print(json.dumps({"ok": False, "said": [str(read.exception)]}), flush=True)
            continue
        parsed = {key: read.result}
    child = os.fork()
    if child == 0:
        run = dbtRunner(manifest=parsed[key]).invoke(request["args"])
        nodes = run.result.results if run.result else []
        said = [f"{each.node.name}: {each.message}" for each in nodes if each.status in ("error", "fail")]
        if run.exception is not None:
            said.append(str(run.exception))
        print(json.dumps({"ok": run.success, "said": said, "nodes": len(nodes)}), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
