"""sqlfluff with a lazier garbage collector: `python .ci/lint-models.py lint models`.

It makes large trees of small objects, which Python's collector walks again and again while they grow: 30 % of the time.
"""

import gc

gc.set_threshold(50_000, 20, 20)  # in each process that sqlfluff starts, too

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli(prog_name="sqlfluff")
