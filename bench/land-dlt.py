"""dlt's landing of the same rows. Arguments: the rows, the folder of the database, arrow or records, how many rows."""

import itertools
import json
import os
import sys
import time

import dlt
import duckdb
import pyarrow
import pyarrow.json

rows_file, folder, path, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
BLOCK_BYTES = 16 * 1024 * 1024
BATCH_ROWS = 10_000


def tables():
    options = pyarrow.json.ReadOptions(block_size=BLOCK_BYTES)
    for batch in pyarrow.json.open_json(rows_file, read_options=options):
        yield pyarrow.Table.from_batches([batch])


def records():
    with open(rows_file, encoding="utf-8") as lines:
        wanted = itertools.islice(lines, count)
        while batch := list(itertools.islice(wanted, BATCH_ROWS)):
            yield [json.loads(line) for line in batch]


database = os.path.join(folder, "dlt.duckdb")
pipeline = dlt.pipeline(
    pipeline_name="bench",
    pipelines_dir=os.path.join(folder, "pipelines"),
    destination=dlt.destinations.duckdb(database),
    dataset_name="raw",
)
events = tables if path == "arrow" else records
started = time.perf_counter()
pipeline.run(dlt.resource(events, name="events", write_disposition="append"), loader_file_format="parquet")
seconds = time.perf_counter() - started
with duckdb.connect(database) as connection:
    rows = connection.sql("select count(*) from raw.events").fetchone()[0]
print(json.dumps({"seconds": seconds, "rows": rows}))
