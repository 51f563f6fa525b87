"""Runs dbt as one line of standard input says: `{"args": [...], "env": {...}}`.

Importing dbt takes longer than most days' models; started early, it is done when the line comes. Without a line, nothing runs.
"""

import json
import os
import sys

from dbt.cli.main import cli

line = sys.stdin.readline()
if line:
    request = json.loads(line)
    os.environ.update(request["env"])
    cli(request["args"])
