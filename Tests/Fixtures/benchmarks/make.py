"""Writes small files in the layouts of the seven benchmarks, and how their questions are to be read and put.

    python make.py        (pandas 3.1.1, pyarrow 26.0.1, Pillow 13.0.0, numpy)

tsv/*.tsv       as VLMEvalKit has them, written by pandas: real columns and kinds, our own questions and pictures.
jsonl/*.jsonl   one of these as JSON lines.
parquet/*       the same questions as the Hub's Parquet releases have them.
wrong/*         two of these with a column of another kind.
expected.json   per file the questions that reading must give. `number` is the row from 1, `pictures` are the SHA-256 digests of
                the files' bytes, `pixels` those of their RGB bytes as Pillow converts them, `styles` the pieces of the prompt of
                each style: texts, and numbers of pictures from 0.

How TSV files are read is asked of pandas; how questions are put is written down here once more from VLMEvalKit's rules (commit
e8e78f05), apart from the Swift code. Nothing is drawn by chance.
"""
import ast, base64, hashlib, io, json, os, re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REASONING = (
    "Think about the picture and the question first, then answer. Put your reasoning between <think> and </think> "
    "and the final answer between <answer> and </answer>."
)


# Pictures ---------------------------------------------------------------------------------------------------------

def picture(number, mode="RGB", kind="PNG", size=(24, 18)):
    """A pattern that no other number has."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([(x * 7 + number * 31) % 256, (y * 11 + number * 17) % 256, (x * y + number * 5) % 256], 2)
    image = Image.fromarray(rgb.astype(np.uint8), "RGB")
    alpha = Image.fromarray(((x + y) * 5 % 256).astype(np.uint8), "L")
    if mode == "RGBA":
        image.putalpha(alpha)
    elif mode == "P":
        image = image.quantize(16)
    elif mode == "LA":
        image = Image.merge("LA", (image.convert("L"), alpha))
    elif mode == "L":
        image = image.convert("L")
    file = io.BytesIO()
    image.save(file, kind, **({"transparency": 3} if mode == "P" else {}))
    return file.getvalue()


def encoded(data):
    return base64.b64encode(data).decode()


def pixels(data):
    return hashlib.sha256(Image.open(io.BytesIO(data)).convert("RGB").tobytes()).hexdigest()


# VLMEvalKit's prompts ---------------------------------------------------------------------------------------------

def lettered(line, hint=True):
    text = f"Hint: {line['hint']}\n" if hint and line.get("hint") is not None else ""
    text += f"Question: {line['question']}\n"
    options = options_of(line)
    if options:
        text += "Options:\n" + "".join(f"{letter}. {option}\n" for letter, option in options)
    return text, bool(options)


def options_of(line):
    return [(letter, line[letter]) for letter in LETTERS if line.get(letter) is not None]


def cut(text, count):
    parts = text.split("<image ")
    if len(parts) == 1:
        return list(range(count)) + [text]
    pieces = [parts[0]]
    for part in parts[1:]:
        assert part[0].isdigit() and part[1] == ">" and int(part[0]) <= count
        pieces += [int(part[0]) - 1, part[2:]]
    return [piece for piece in pieces if piece != ""]


SELECT = "Please select the correct answer from the options above."
DIRECT = "Answer directly with the option letter from the given choices. "
LAST = (
    "The last line of your response should be of the following format: 'Answer: $LETTER' (without quotes) where "
    "LETTER is one of the options. Think step by step before answering. "
)
INSIDE = "Answer the following multiple-choice question in the image. "


def styles(name, line, count):
    first = list(range(count))
    if name in ("mathvista", "mathvision", "mathverse", "hallusionbench"):
        question = line["question"]
        cot = line["query_cot"] if name == "mathverse" else question
        short = "\nPlease try to answer the question with short words or phrases if possible."
        custom = question + (" Please answer yes or no." if name == "hallusionbench" else short)
        return {
            "kit": first + [question],
            "kit-cot": first + [cot],
            "custom": first + [custom],
            "reasoning": first + [cot.rstrip() + "\n" + REASONING],
        }
    if name == "mmmu-pro-vision":
        return {
            "kit": first + [INSIDE + DIRECT],
            "kit-cot": first + [INSIDE + LAST],
            "custom": first + [INSIDE + DIRECT],
            "reasoning": first + [INSIDE.rstrip() + "\n" + REASONING],
        }
    text, has_options = lettered(line)
    bare = (text + (SELECT if has_options else "")).rstrip() + "\n" + REASONING
    if name == "mmmu-pro":
        plain, _ = lettered(line, hint=False)
        kit = plain + (DIRECT if has_options else "")
        cot = plain + ("Answer the following multiple-choice question. " + LAST if has_options else "")
        return {"kit": cut(kit, count), "kit-cot": cut(cot, count), "custom": cut(kit, count),
                "reasoning": cut(bare, count)}
    kit = text + (SELECT + " \n" if has_options else "")
    if name == "mmmu":
        return {"kit": cut(kit, count), "kit-cot": cut(kit, count), "custom": first + [kit.rstrip()],
                "reasoning": cut(bare, count)}
    chinese = re.search("[\u4e00-\u9fff]", text) is not None
    custom = (text + ("请直接回答选项字母。" if chinese else SELECT)).rstrip() if has_options else text.rstrip()
    return {"kit": first + [kit], "kit-cot": first + [kit], "custom": first + [custom], "reasoning": first + [bare]}


# What is scored -----------------------------------------------------------------------------------------------------

def exercise(name, line):
    """Kind, options and right answer."""
    if name == "mathvista":
        if line["question_type"] != "multi_choice":
            return "free_form", [], line["answer"]
        choices = [str(choice) for choice in ast.literal_eval(line["choices"])]
        return "multiple_choice", list(zip(LETTERS, choices)), line["answer_option"]
    if name == "mathvision":
        choices = [str(choice) for choice in ast.literal_eval(line["choices"])]
        return ("multiple_choice" if choices else "free_form"), list(zip(LETTERS, choices)), line["answer"]
    if name == "mathverse":
        return ("multiple_choice" if line["question_type"] == "multi-choice" else "free_form"), [], line["answer"]
    if name == "hallusionbench":
        return "yes_no", [], line["answer"]
    options = options_of(line)
    if not options or options[0][0] != "A":
        return "free_form", [], line["answer"]
    return "multiple_choice", options, line["answer"]


def expected(name, line, number, files, index=None, metadata=None):
    kind, choices, answer = exercise(name, line)
    return {
        "number": number,
        "index": index or line["index"],
        "kind": kind,
        "choices": [list(choice) for choice in choices],
        "answer": answer,
        "pictures": [hashlib.sha256(file).hexdigest() for file in files],
        "pixels": [pixels(file) for file in files],
        "metadata": metadata or {},
        "styles": styles(name, line, len(files)),
    }


# Tables ---------------------------------------------------------------------------------------------------------------

def write_tsv(name, file, rows, metadata):
    """Writes rows by pandas, reads them again by pandas, and says what that gives."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    frame = pd.DataFrame([{key: row.get(key) for key in columns} for row in rows], columns=columns, dtype=object)
    path = os.path.join(HERE, "tsv", file + ".tsv")
    frame.to_csv(path, sep="\t", index=False)
    again = pd.read_csv(path, sep="\t", dtype=str)
    lines = [{key: None if pd.isna(value) else value for key, value in row.items()} for _, row in again.iterrows()]
    cells = {line["index"]: line["image"] for line in lines if line["image"] is not None}
    found = []
    for number, line in enumerate(lines, 1):
        cell = line["image"]
        if cell is None:
            continue
        if len(cell) <= 64:
            cell = cells[cell]
            assert len(cell) > 64
        texts = ast.literal_eval(cell) if cell[0] == "[" else [cell]
        files = [base64.b64decode(text) for text in texts]
        if name == "mmmu-pro-vision":
            line = {**line, "question": None}
        named = {key: line[key] for key in metadata if line.get(key) is not None}
        if "skills" in named:
            named["skills"] = ", ".join(ast.literal_eval(named["skills"]))
        found.append(expected(name, line, number, files, metadata=named))
    return {"rows": found, "without_picture": sum(line["image"] is None for line in lines)}, lines


def image(data, path=None):
    return {"bytes": data, "path": path}


IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def write_parquet(file, rows, schema, folder="parquet"):
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(schema)), os.path.join(HERE, folder, file + ".parquet"),
                   row_group_size=100)


# Questions ------------------------------------------------------------------------------------------------------------

def mathvista():
    query = "Hint: Please answer the question and provide the correct option letter, e.g., A, B, at the end.\n" \
            "Question: Which bar is taller?\nChoices:\n(A) the red one\n(B) the blue one"
    rows = [
        dict(index="1", image=encoded(picture(1)), question=query, choices="['the red one', 'the blue one']", unit=None,
             precision=None, answer="the blue one", question_type="multi_choice", answer_type="text",
             task="figure question answering", skills="['statistical reasoning', 'arithmetic reasoning']",
             category="math-targeted-vqa", answer_option="B"),
        dict(index="2", image=encoded(picture(2, kind="JPEG")), question="Hint: Please answer the question requiring a "
             "floating-point number with one decimal place.\nQuestion: How long is the side? (Unit: cm)", choices=None,
             unit="cm", precision="1.0", answer="2.5", question_type="free_form", answer_type="float",
             task="geometry problem solving", skills="['geometry reasoning']", category="math-targeted-vqa",
             answer_option=None),
        dict(index="3", image=encoded(picture(3, "L")), question='Hint: an integer.\nQuestion: What does "3 <image>" add to\t4?',
             choices=None, unit=None, precision=None, answer="7", question_type="free_form", answer_type="integer",
             task="math word problem", skills="['arithmetic reasoning', \"children's reasoning\"]",
             category="general-vqa", answer_option=None),
        dict(index="4", image=encoded(picture(4)), question="Hint: a list.\nQuestion: Which two?", choices=None, unit=None,
             precision=None, answer="[1, 2]", question_type="free_form", answer_type="list", task="math word problem",
             skills="['arithmetic reasoning']", category="general-vqa", answer_option=None),
    ]
    tsv, lines = write_tsv("mathvista", "MathVista_MINI", rows, ["task", "skills", "category"])
    hub, hub_expected = [], []
    for number, line in enumerate(lines, 1):
        data = base64.b64decode(line["image"])
        meta = dict(category=line["category"], context="bar chart", grade="elementary school", img_height=18, img_width=24,
                    language="english", skills=ast.literal_eval(line["skills"]), source="ours", split="testmini",
                    task=line["task"])
        hub.append(dict(pid=line["index"], question=line["question"].split("Question: ")[1].split("\nChoices")[0],
                        image=f"images/{number}.jpg", decoded_image=image(data),
                        choices=ast.literal_eval(line["choices"]) if line["choices"] else None, unit=line["unit"],
                        precision=float(line["precision"]) if line["precision"] else None, answer=line["answer"],
                        question_type=line["question_type"], answer_type=line["answer_type"], metadata=meta,
                        query=line["question"]))
        named = {"task": meta["task"], "skills": ", ".join(meta["skills"]), "category": meta["category"],
                 "grade": meta["grade"], "img_height": "18"}
        hub_expected.append(expected("mathvista", line, number, [data], metadata=named))
    text = pa.string()
    meta = pa.struct([("category", text), ("context", text), ("grade", text), ("img_height", pa.int64()),
                      ("img_width", pa.int64()), ("language", text), ("skills", pa.list_(text)), ("source", text),
                      ("split", text), ("task", text)])
    write_parquet("mathvista", hub, [
        ("pid", text), ("question", text), ("image", text), ("decoded_image", IMAGE), ("choices", pa.list_(text)),
        ("unit", text), ("precision", pa.float64()), ("answer", text), ("question_type", text), ("answer_type", text),
        ("metadata", meta), ("query", text)])
    return tsv, {"rows": hub_expected, "without_picture": 0}


def mathvision():
    rows = [
        dict(index="1", question="Which of the figures is different?\n<image1>", answer="B", image=encoded(picture(11)),
             choices="['A', 'B', 'C', 'D', 'E']", category="logic", level="2"),
        dict(index="2", question="How many squares are there?\n<image1>", answer="14", image=encoded(picture(12, "P")),
             choices="[]", category="counting", level="3"),
        dict(index="3", question="What is the area?\n<image1>\nChoices:\n(A) $\\frac{1}{2}$\n(B) $\\sqrt{2}$", answer="A",
             image=encoded(picture(13, "LA")), choices="['$\\\\frac{1}{2}$', '$\\\\sqrt{2}$']",
             category="metric geometry - area", level="5"),
    ]
    tsv, lines = write_tsv("mathvision", "MathVision", rows, ["category", "level"])
    hub, hub_expected = [], []
    for number, line in enumerate(lines, 1):
        data = base64.b64decode(line["image"])
        hub.append(dict(id=line["index"], question=line["question"].split("\nChoices")[0],
                        options=ast.literal_eval(line["choices"]), image=f"images/{number}.jpg", decoded_image=image(data),
                        answer=line["answer"], solution="", level=int(line["level"]), subject=line["category"]))
        named = {"category": line["category"], "subject": line["category"], "level": line["level"]}
        hub_expected.append(expected("mathvision", line, number, [data], metadata=named))
    text = pa.string()
    write_parquet("mathvision", hub, [
        ("id", text), ("question", text), ("options", pa.list_(text)), ("image", text), ("decoded_image", IMAGE),
        ("answer", text), ("solution", text), ("level", pa.int64()), ("subject", text)])
    return tsv, {"rows": hub_expected, "without_picture": 0}


def mathverse():
    direct = "Please directly answer the question and provide the correct option letter, e.g., A, B, C, D.\nQuestion: "
    reason = "Please first conduct reasoning, and then answer the question.\nQuestion: "
    meta = {"split": "testmini", "source": "ours", "subject": "Plane Geometry", "subfield": "Angle"}
    rows = [
        dict(index="5", image=encoded(picture(21)), question=direct, answer="C", query_cot=reason,
             question_for_eval="What is the angle?\nChoices:\nA:1\nB:2\nC:3\nD:4", problem_version="Vision Only",
             question_type="multi-choice", metadata=str(meta), problem_index="1"),
        dict(index="10", image=encoded(picture(22)), question=direct, answer="x=3", query_cot=reason,
             question_for_eval="What is x?", problem_version="Vision Only", question_type="free-form",
             metadata=str({**meta, "subfield": "Length"}), problem_index="2"),
    ]
    tsv, lines = write_tsv("mathverse", "MathVerse_MINIVOnly", rows, ["problem_version", "question_for_eval"])
    for row, subfield in zip(tsv["rows"], ["Angle", "Length"]):
        row["metadata"].update(subject="Plane Geometry", subfield=subfield, source="ours")
    hub, hub_expected = [], []
    for line, old in zip(lines, tsv["rows"]):
        data = base64.b64decode(line["image"])
        for version in ["Text Dominant", "Vision Only"]:
            only = version == "Vision Only"
            hub.append(dict(sample_index=line["index"] if only else line["index"] + "0", problem_index=line["problem_index"],
                            problem_version=version, question="" if only else line["question_for_eval"],
                            image=image(data), answer=line["answer"], question_type=line["question_type"],
                            metadata=ast.literal_eval(line["metadata"]), query_wo=line["question"],
                            query_cot=line["query_cot"], question_for_eval=line["question_for_eval"]))
        hub_expected.append(expected("mathverse", line, len(hub), [data], metadata=old["metadata"]))
    text = pa.string()
    write_parquet("mathverse", hub, [
        ("sample_index", text), ("problem_index", text), ("problem_version", text), ("question", text), ("image", IMAGE),
        ("answer", text), ("question_type", text),
        ("metadata", pa.struct([(key, text) for key in ["split", "source", "subject", "subfield"]])),
        ("query_wo", text), ("query_cot", text), ("question_for_eval", text)])
    return tsv, {"rows": hub_expected, "without_picture": 0, "of_other_versions": 2}


def mmmu(name, file, letters, pictures):
    """MMMU and MMMU-Pro with the question as text: marks in questions and options, open questions, None as option."""
    def listed(*numbers):
        data = [encoded(picture(pictures + number)) for number in numbers]
        return data[0] if len(data) == 1 else str(data)
    def options(*texts):
        return {letter: texts[place] if place < len(texts) else None for place, letter in enumerate(letters)}
    rows = [
        dict(index="1", image=listed(1), question="What is shown in <image 1> here?", **options("a boat", "a tent", "a tree",
             "a house"), answer="B", category="Art_Theory", **{"l2-category": "Art & Design"}, split="validation",
             id="validation_Art_Theory_1"),
        dict(index="2", image=listed(2, 3), question="<image 1> Which follows?", **options("<image 2>", "the same: <image 1>"),
             answer="A", category="Music", **{"l2-category": "Art & Design"}, split="validation", id="validation_Music_7"),
        dict(index="3", image=listed(4), question="How high is the tower? <image 1>", **options(), answer="['24', '24.0']",
             category="Math", **{"l2-category": "Science"}, split="dev", id="dev_Math_2"),
        dict(index="4", image=listed(5, 6), question="No mark at all?",
             **options("1", "10", "100"), answer="C", category="Physics", **{"l2-category": "Science"}, split="dev",
             id="dev_Physics_3"),
        # Only in the table: hints, missing options, pictures of other rows.
        dict(index="5", image="1", question='Which "one"\nis <image 1>?', **options("NA", "None", "a\ttab", "n/a"),
             answer="C", category="Physics", **{"l2-category": "Science"}, split="validation", hint="look\ntwice"),
        dict(index="6", image="2", question="Of both: <image 2>", **options("one", "None", "three"), answer="C",
             category="Physics", **{"l2-category": "Science"}, split="validation"),
    ]
    kept = [{key: value for key, value in row.items() if key != "id"} for row in rows]
    names = ["category", "l2-category", "split"] if name == "mmmu" else ["category"]
    if name == "mmmu-pro":
        kept = [{key: value for key, value in row.items() if key not in ("split", "l2-category")} for row in kept]
    tsv, lines = write_tsv(name, file, kept, names)
    hub, hub_expected = [], []
    for number, (row, line) in enumerate(zip(rows[:4], lines), 1):
        cell = line["image"]
        files = [base64.b64decode(text) for text in (ast.literal_eval(cell) if cell[0] == "[" else [cell])]
        texts = [option for _, option in options_of(line)]
        item = dict(id=row["id"], question=line["question"], options=str(texts), explanation="",
                    **{f"image_{place + 1}": image(files[place]) if place < len(files) else None for place in range(7)},
                    img_type="['Paintings']", answer=line["answer"], topic_difficulty="Easy")
        if name == "mmmu":
            item.update(question_type="multiple-choice" if texts else "open", subfield="Ours")
        else:
            item.update(subject=line["category"])
        hub.append(item)
        named = {key: row[key] for key in (["category", "l2-category", "split"] if name == "mmmu" else ["category"])}
        hub_expected.append(expected(name, line, number, files, index=row["id"], metadata=named))
    text = pa.string()
    last = [("question_type", text), ("subfield", text)] if name == "mmmu" else [("subject", text)]
    write_parquet(name, hub, [("id", text), ("question", text), ("options", text), ("explanation", text)]
                  + [(f"image_{place}", IMAGE) for place in range(1, 8)]
                  + [("img_type", text), ("answer", text), ("topic_difficulty", text)] + last)
    return tsv, {"rows": hub_expected, "without_picture": 0}


def mmmu_pro_vision():
    rows = [
        dict(index=f"test_History_{number}", image=encoded(picture(50 + number, size=(40, 30))), question="placeholder",
             **{letter: f"option {letter} of {number}" for letter in LETTERS[:10 - number]}, answer="CD"[number - 1],
             category="History")
        for number in (1, 2)
    ]
    tsv, lines = write_tsv("mmmu-pro-vision", "MMMU_Pro_V", rows, ["category"])
    hub, hub_expected = [], []
    for number, line in enumerate(lines, 1):
        data = base64.b64decode(line["image"])
        hub.append(dict(id=line["index"], image=image(data, "test.png"), options=str([text for _, text in options_of(line)]),
                        answer=line["answer"], subject="History"))
        hub_expected.append(expected("mmmu-pro-vision", line, number, [data], metadata={"category": "History"}))
    text = pa.string()
    write_parquet("mmmu-pro-vision", hub, [("id", text), ("image", IMAGE), ("options", text), ("answer", text),
                                           ("subject", text)])
    return tsv, {"rows": hub_expected, "without_picture": 0}


def mmstar():
    base = dict(category="coarse perception", **{"l2-category": "image style & quality"})
    rows = [
        dict(index="0", question="What is in the middle?", image=encoded(picture(61, kind="JPEG")), **base, A="A boat, blue",
             B="A tent", C="A tree", D="A house", answer="A"),
        dict(index="1", question="Which number?", image=encoded(picture(62, "RGBA")), **base, A="1", B="10", C="100",
             D="1000", answer="D"),
        dict(index="2", question="图中有几只猫？", image=encoded(picture(63)), **base, A="一", B="二", C="三", D="四", answer="B"),
        dict(index="3", question="Say \"yes\"\r\nor\tno", image=encoded(picture(64)), **base, A="\"yes\"", B="no", C="None",
             D="nan", answer="A", hint="It is\n\"not\" hard"),
        dict(index="4", question="  blanks stay  ", image=encoded(picture(65)), **base, A=" one ", B="two\u00a0", C="three",
             D="four", answer="B"),
    ]
    tsv, lines = write_tsv("mmstar", "MMStar", rows, ["category", "l2-category"])
    hub, hub_expected = [], []
    for number, line in enumerate(lines[:3], 1):
        data = base64.b64decode(line["image"])
        text = line["question"] + "\nOptions: " + ", ".join(f"{letter}: {option}" for letter, option in options_of(line))
        hub.append(dict(index=number - 1, question=text, image=image(data), answer=line["answer"], category=line["category"],
                        l2_category=line["l2-category"], meta_info=dict(source="ours", split="val", image_path="a.jpg")))
        named = {"category": line["category"], "l2-category": line["l2-category"], "source": "ours"}
        hub_expected.append(expected("mmstar", line, number, [data], metadata=named))
    text = pa.string()
    write_parquet("mmstar", hub, [
        ("index", pa.int64()), ("question", text), ("image", IMAGE), ("answer", text), ("category", text),
        ("l2_category", text), ("meta_info", pa.struct([("source", text), ("split", text), ("image_path", text)]))])
    wrong = [dict(index=0, question="What?", image="a.jpg", answer="A", l2_category="k")]
    for name, kinds in [("image-is-text", (text, text)), ("question-is-list", (pa.list_(text), IMAGE))]:
        rows = [{**row, "question": ["What?"], "image": image(picture(66))} for row in wrong] if kinds[1] == IMAGE else wrong
        write_parquet("mmstar-" + name, rows, [("index", pa.int64()), ("question", kinds[0]), ("image", kinds[1]),
                                               ("answer", text), ("l2_category", text)], folder="wrong")
    with open(os.path.join(HERE, "jsonl", "MMStar.jsonl"), "w") as file:
        for line in lines:
            file.write(json.dumps({**line, "index": int(line["index"])}, ensure_ascii=False) + "\n")
    return tsv, {"rows": hub_expected, "without_picture": 0}


def hallusionbench():
    rows = [
        dict(index="hallusion_VD_figure_0_1_0", image=encoded(picture(71)), question="Is the red line longer?", answer="Yes",
             category="VD", **{"l2-category": "figure"}),
        dict(index="hallusion_VD_figure_0_1_1", image="hallusion_VD_figure_0_1_0", question="Is the blue line longer?",
             answer="No", category="VD", **{"l2-category": "figure"}),
        dict(index="hallusion_VS_map_0_0_0", image=None, question="Is it larger than the other?", answer="No", category="VS",
             **{"l2-category": "map"}),
        dict(index="hallusion_VS_map_0_2_0", image=encoded(picture(72)), question="According to the map, is it larger?",
             answer="Yes", category="VS", **{"l2-category": "map"}),
    ]
    tsv, lines = write_tsv("hallusionbench", "HallusionBench", rows, ["category", "l2-category"])
    hub, hub_expected = [], []
    for number, line in enumerate(lines, 1):
        cell = line["image"]
        if cell is not None and len(cell) <= 64:
            cell = lines[0]["image"]
        data = base64.b64decode(cell) if cell else None
        parts = line["index"].split("_")
        hub.append(dict(category=line["category"], subcategory=line["l2-category"], visual_input="1" if data else "0",
                        set_id=parts[3], figure_id=parts[4], sample_note="", question_id=parts[5],
                        question=line["question"], gt_answer_details="It is.", gt_answer="1" if line["answer"] == "Yes" else "0",
                        filename="./a.png", image=image(data, "a.png") if data else None))
        if data:
            named = {"category": line["category"], "l2-category": line["l2-category"], "set_id": parts[3],
                     "figure_id": parts[4], "question_id": parts[5]}
            hub_expected.append(expected("hallusionbench", line, number, [data], metadata=named))
    for row, parts in zip(tsv["rows"], [("0", "1", "0"), ("0", "1", "1"), ("0", "2", "0")]):
        row["metadata"].update(zip(["set_id", "figure_id", "question_id"], parts))
    text = pa.string()
    write_parquet("hallusionbench", hub, [(key, text) for key in [
        "category", "subcategory", "visual_input", "set_id", "figure_id", "sample_note", "question_id", "question",
        "gt_answer_details", "gt_answer", "filename"]] + [("image", IMAGE)])
    return tsv, {"rows": hub_expected, "without_picture": 1}


def main():
    for folder in ["tsv", "parquet", "jsonl", "wrong"]:
        os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    made = {
        "mathvista": ("MathVista_MINI", mathvista()),
        "mathvision": ("MathVision", mathvision()),
        "mathverse": ("MathVerse_MINIVOnly", mathverse()),
        "mmmu": ("MMMU_DEV_VAL", mmmu("mmmu", "MMMU_DEV_VAL", LETTERS[:9], 30)),
        "mmmu-pro": ("MMMU_Pro_10c", mmmu("mmmu-pro", "MMMU_Pro_10c", LETTERS[:10], 40)),
        "mmmu-pro-vision": ("MMMU_Pro_V", mmmu_pro_vision()),
        "mmstar": ("MMStar", mmstar()),
        "hallusionbench": ("HallusionBench", hallusionbench()),
    }
    files = []
    for name, (file, (tsv, hub)) in made.items():
        for path, content in [(f"tsv/{file}.tsv", tsv), (f"parquet/{name}.parquet", hub)]:
            files.append({"set": name, "file": path, "of_other_versions": 0, **content})
    with open(os.path.join(HERE, "expected.json"), "w") as file:
        json.dump(files, file, indent=1, ensure_ascii=False, sort_keys=True)
        file.write("\n")


main()
