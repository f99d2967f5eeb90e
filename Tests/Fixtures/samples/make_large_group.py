"""Writes large-group.parquet beside this script, with pyarrow 26.0.1: conversations in one row group of 1000 rows.

Row n asks what n is and answers n; row 500 has a picture as well, which is no picture but eight bytes.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

IMAGES = pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

images = [[{"bytes": bytes(range(8)), "path": "500.png"}] if row == 500 else [] for row in range(1000)]
messages = [
    [{"role": "user", "content": f"What is {row}?"}, {"role": "assistant", "content": f"{row}"}] for row in range(1000)
]
table = pa.table({"images": pa.array(images, IMAGES), "messages": pa.array(messages, MESSAGES)})
pq.write_table(table, Path(__file__).parent / "large-group.parquet", row_group_size=1000)
