"""Writes the Parquet files of ParquetTests into the folder of this script, and expected.json beside them.

Made with pyarrow 26.0.1. Every value is spelled out or computed from its row's number, so there is no seed, and running the
script again gives the same bytes. expected.json says for each file the kinds of its columns and the values of its rows: a value
is null or {kind: value}, where integers and numbers are texts, for JSON knows neither 64 bits nor infinity, and bytes base64.

    python make_parquet.py                 the fixtures
    python make_parquet.py --large FILE    a file of 1 GB with pictures of noise, to watch memory on; it is not committed
"""

import base64
import hashlib
import json
import struct
import sys
import zlib
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent
EXPECTED = {}


def kind(type):
    """A type in the words of the tests."""
    if isinstance(type, pa.BaseExtensionType):
        return kind(type.storage_type)
    if pa.types.is_dictionary(type):
        return kind(type.value_type)
    if pa.types.is_null(type):
        return "null"
    if pa.types.is_boolean(type):
        return "bool"
    if pa.types.is_integer(type):
        return "integer"
    if pa.types.is_floating(type):
        return "number"
    if pa.types.is_map(type):
        return f"list<structure<key: {kind(type.key_type)}, value: {kind(type.item_type)}>>"
    if pa.types.is_struct(type):
        return "structure<" + ", ".join(f"{field.name}: {kind(field.type)}" for field in type) + ">"
    if pa.types.is_binary(type) or pa.types.is_large_binary(type) or pa.types.is_binary_view(type):
        return "bytes"
    if pa.types.is_fixed_size_binary(type) and not pa.types.is_decimal(type):
        return "bytes"
    if hasattr(type, "value_type"):
        return f"list<{kind(type.value_type)}>"
    return "text"


def value(item, type):
    """A value as expected.json says it."""
    if item is None:
        return None
    name = kind(type)
    if name == "bool":
        return {"bool": item}
    if name == "integer":
        return {"integer" if item < 2**63 else "text": str(item)}
    if name == "number":
        single = pa.types.is_float32(type)
        return {"number": repr(struct.unpack("f", struct.pack("f", item))[0] if single else float(item))}
    if name == "text":
        return {"text": item}
    if name == "bytes":
        return {"bytes": base64.b64encode(item).decode()}
    if pa.types.is_map(type):
        pairs = pa.struct([("key", type.key_type), ("value", type.item_type)])
        return {"list": [value({"key": key, "value": inner}, pairs) for key, inner in item]}
    if name.startswith("list"):
        return {"list": [value(inner, type.value_type) for inner in item]}
    return {"structure": {field.name: value(item.get(field.name), field.type) for field in type}}


def write(name, columns, spelled={}, rows=True, **options):
    """Writes a file of (name, type, values); `spelled` gives the texts of columns whose values are written as others."""
    table = pa.table(
        [pa.array(values, type) for _, type, values in columns],
        schema=pa.schema([(column, type) for column, type, _ in columns], metadata=options.pop("metadata", None)),
    )
    options = {"row_group_size": 1000} | options
    pq.write_table(table, FOLDER / name, **options)
    EXPECTED[name] = {
        "columns": [[column, kind(type)] for column, type, _ in columns],
        "rowGroups": [
            pq.ParquetFile(FOLDER / name).metadata.row_group(group).num_rows
            for group in range(pq.ParquetFile(FOLDER / name).num_row_groups)
        ],
    }
    if rows:
        EXPECTED[name]["rows"] = [
            {column: value(spelled.get(column, values)[row], type) for column, type, values in columns}
            for row in range(table.num_rows)
        ]


def kinds():
    """Every type that is read, each with a null."""
    columns = [
        ("bool", pa.bool_(), [True, False, None]),
        ("null", pa.null(), [None, None, None]),
        ("float16", pa.float16(), [-1.5, 65504.0, None]),
        ("float32", pa.float32(), [0.1, float("-inf"), None]),
        ("float64", pa.float64(), [0.1, 1.7976931348623157e308, None]),
        ("string", pa.string(), ["", "модель 😀", None]),
        ("large_string", pa.large_string(), ["a\0b", "猫", None]),
        ("string_view", pa.string_view(), ["short", "longer than twelve bytes", None]),
        ("binary", pa.binary(), [b"", b"\xff\0\xfe", None]),
        ("large_binary", pa.large_binary(), [b"\x89PNG", b"x" * 300, None]),
        ("binary_view", pa.binary_view(), [b"short", b"longer than twelve bytes", None]),
        ("fixed_size_binary", pa.binary(3), [b"abc", b"\0\0\0", None]),
        ("dictionary", pa.dictionary(pa.int32(), pa.string()), ["yes", "no", None]),
        ("dictionary_of_bytes", pa.dictionary(pa.int8(), pa.binary()), [b"\xff", b"\xfe", None]),
        ("list", pa.list_(pa.int32()), [[1, None, 3], [], None]),
        ("large_list", pa.large_list(pa.string()), [["a"], [None], None]),
        ("fixed_size_list", pa.list_(pa.float32(), 2), [[0.5, 1.0], [2.0, None], None]),
        ("list_view", pa.list_view(pa.int32()), [[1, None, 3], [], None]),
        ("uuid", pa.uuid(), [b"0123456789abcdef", b"\0" * 16, None]),
        ("json", pa.json_(), ['{"a": 1}', "[]", None]),
        ("list_of_dictionary", pa.list_(pa.dictionary(pa.int32(), pa.string())), [["b", "a", "b"], [None], None]),
        ("structure", pa.struct([("a", pa.int64()), ("b", pa.string())]), [{"a": 1, "b": "x"}, {"a": None, "b": None}, None]),
        ("map", pa.map_(pa.string(), pa.int32()), [[("one", 1), ("none", None)], [], None]),
    ]
    for bits in (8, 16, 32, 64):
        signed, unsigned = getattr(pa, f"int{bits}")(), getattr(pa, f"uint{bits}")()
        columns.append((f"int{bits}", signed, [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, None]))
        columns.append((f"uint{bits}", unsigned, [2 ** (bits - 1) - 1, 2**bits - 1, None]))
    write("kinds.parquet", columns)


def spelled():
    """Types that are read as text."""
    moment = datetime(2024, 2, 29, 12, 30, 1)
    early = datetime(1950, 1, 2, 3, 4, 5, 678901)
    zone = timezone(timedelta(hours=-5))
    columns, texts = [], {}

    def add(name, type, values, text):
        columns.append((name, type, [*values, None]))
        texts[name] = [*text, None]

    add("date32", pa.date32(), [date(2024, 2, 29), date(1969, 12, 31)], ["2024-02-29", "1969-12-31"])
    add("date64", pa.date64(), [date(2024, 2, 29), date(1, 1, 1)], ["2024-02-29", "0001-01-01"])
    add("time32", pa.time32("ms"), [time(12, 30, 1, 500000), time(0)], ["12:30:01.500", "00:00:00.000"])
    add("time64", pa.time64("us"), [time(23, 59, 59, 999999), time(0)], ["23:59:59.999999", "00:00:00.000000"])
    add("milliseconds", pa.timestamp("ms"), [moment, early], ["2024-02-29 12:30:01.000", "1950-01-02 03:04:05.678"])
    add("microseconds", pa.timestamp("us"), [moment, early], ["2024-02-29 12:30:01.000000", "1950-01-02 03:04:05.678901"])
    add("duration", pa.duration("ms"), [1500, -1], ["1500ms", "-1ms"])
    add("nanoseconds", pa.timestamp("ns"), [1, -1], ["1970-01-01 00:00:00.000000001", "1969-12-31 23:59:59.999999999"])
    add(
        "zoned",
        pa.timestamp("ms", "America/New_York"),
        [moment.replace(tzinfo=zone), moment.replace(tzinfo=timezone.utc)],
        ["2024-02-29 17:30:01.000Z", "2024-02-29 12:30:01.000Z"],
    )
    for name, type in (
        ("decimal32", pa.decimal32(5, 2)),
        ("decimal64", pa.decimal64(12, 2)),
        ("decimal128", pa.decimal128(30, 2)),
        ("decimal256", pa.decimal256(60, 2)),
    ):
        add(name, type, [Decimal("-12.50"), Decimal("0.07")], ["-12.50", "0.07"])
    write("spelled.parquet", columns, texts)


def png(row, side=8):
    """A small grey picture that is another one for every row."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    pixels = b"".join(b"\0" + bytes((row * 16 + x * y) % 256 for x in range(side)) for y in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


IMAGES = pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

LEAVES = ["images.list.element.path", "messages.list.element.role", "messages.list.element.content", "id"]
# What `datasets` 5 asks of pyarrow: pictures, which are packed already, as they are, the rest as always.
EMBEDDED = {
    "compression": {"images.list.element.bytes": "none"} | {leaf: "snappy" for leaf in LEAVES},
    "use_dictionary": LEAVES,
    "column_encoding": {"images.list.element.bytes": "PLAIN"},
    "use_content_defined_chunking": True,
}


def conversations():
    """As `datasets` writes a set of conversations about pictures: its metadata, its row groups, its page index."""
    images, messages = [], []
    for row in range(25):
        count = row % 4
        images.append([{"bytes": png(row * 4 + i), "path": f"{row}-{i}.png"} for i in range(count)])
        question = "<image>" * count + f"What is shown in number {row}?"
        messages.append([{"role": "user", "content": question}, {"role": "assistant", "content": f"Grey {row}."}])
    images[3] = None
    images[7] = [{"bytes": None, "path": "elsewhere.png"}, None]
    images[9] = [{"bytes": png(9), "path": None}]
    messages[5] = []
    messages[6] = None
    messages[8] = [{"role": "user", "content": None}, {"role": "assistant", "content": ""}]
    features = {
        "images": {"feature": {"_type": "Image"}, "_type": "List"},
        "messages": {
            "feature": {name: {"dtype": "string", "_type": "Value"} for name in ("role", "content")},
            "_type": "List",
        },
        "id": {"dtype": "int64", "_type": "Value"},
    }
    columns = [("images", IMAGES, images), ("messages", MESSAGES, messages), ("id", pa.int64(), list(range(25)))]
    for name, options in (("snappy", {"compression": "snappy"}), ("zstd", {"compression": "zstd"}), ("embedded", EMBEDDED)):
        write(
            f"conversations-{name}.parquet",
            columns,
            row_group_size=10,
            write_page_index=True,
            metadata={"huggingface": json.dumps({"info": {"features": features}})},
            **options,
        )


def nested():
    """Lists in structures in lists, empty and null at every depth."""
    inner = pa.struct([("words", pa.list_(pa.string())), ("box", pa.struct([("x", pa.int32()), ("y", pa.int32())]))])
    values = [
        [[{"words": ["a", None, ""], "box": {"x": 1, "y": None}}, None], [], None],
        [],
        None,
        [[{"words": [], "box": None}], [{"words": None, "box": {"x": None, "y": None}}]],
        [None],
        [[]],
    ]
    write("nested.parquet", [("deep", pa.list_(pa.list_(inner)), values * 4)], row_group_size=7, data_page_size=64)


def encodings():
    """What writers make of columns: compressions, encodings, both versions of pages."""
    numbers = [row * row for row in range(40)]
    texts = [f"text {row % 7} " + "x" * (row % 5) for row in range(40)]
    columns = [("number", pa.int64(), numbers), ("text", pa.string(), texts), ("half", pa.float64(), [n / 2 for n in numbers])]
    for compression in ("none", "snappy", "gzip", "brotli", "lz4", "zstd"):
        write(f"compressed-{compression}.parquet", columns, compression=compression, row_group_size=15)
    write(
        "encodings.parquet",
        columns,
        use_dictionary=False,
        column_encoding={"number": "DELTA_BINARY_PACKED", "text": "DELTA_BYTE_ARRAY", "half": "BYTE_STREAM_SPLIT"},
        data_page_version="2.0",
        data_page_size=128,
    )
    plain = {"use_dictionary": False, "compression": "none", "store_schema": False}
    write("plain.parquet", columns, write_page_checksum=False, **plain)
    write("checksums.parquet", columns, write_page_checksum=True, **plain)


def shapes():
    """Files with little in them, and one of many row groups."""
    write("no-rows.parquet", [("images", IMAGES, []), ("id", pa.int64(), [])])
    write("repeated-name.parquet", [("a", pa.int64(), [1]), ("b", pa.int64(), [2]), ("a", pa.string(), ["x"])], rows=False)
    rows = range(600)
    columns = [
        ("id", pa.int32(), list(rows)),
        ("digest", pa.binary(), [hashlib.sha256(str(row).encode()).digest() for row in rows]),
    ]
    options = {"write_statistics": False, "use_dictionary": False, "compression": "none"}
    write("many-groups.parquet", columns, rows=False, row_group_size=3, **options)
    # 400 MB of zeros in a small file: whoever keeps what has been read is found out.
    columns = [("picture", pa.binary(), [bytes(2**20)] * 400)]
    options["compression"] = "zstd"
    write("zeros.parquet", columns, rows=False, row_group_size=4, **options)


def large(path):
    """A gigabyte: 5000 rows of 200 kB that cannot be packed, 100 MB a row group, as `datasets` does."""
    schema = pa.schema([("images", IMAGES), ("messages", MESSAGES), ("id", pa.int64())])
    noise = b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(12500))
    with pq.ParquetWriter(path, schema, **EMBEDDED) as writer:
        for group in range(10):
            ids = list(range(group * 500, group * 500 + 500))
            images = [[{"bytes": noise[i * 37 : i * 37 + 200000], "path": f"{i}.jpg"}] for i in ids]
            messages = [[{"role": "user", "content": f"<image>{i}"}] for i in ids]
            writer.write_table(pa.table([pa.array(images, IMAGES), pa.array(messages, MESSAGES), ids], schema=schema))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--large"]:
        large(sys.argv[2])
    else:
        for make in (kinds, spelled, conversations, nested, encodings, shapes):
            make()
        (FOLDER / "expected.json").write_text(json.dumps(EXPECTED, ensure_ascii=False, separators=(",", ":")) + "\n")
