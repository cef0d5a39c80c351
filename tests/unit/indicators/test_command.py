"""``tereze extract`` as a person or a script uses it."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tereze.indicators.cli import main
from tereze.indicators.documents import Entry, Unreadable, read_documents


PHONE = "звоните 8 701 123 45 67"


class Output:
    def __init__(self, code: int, out: bytes, err: str) -> None:
        self.code, self.err = code, err
        self.rows: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]

    @property
    def ids(self) -> list[Any]:
        return [row["id"] for row in self.rows]

    @property
    def values(self) -> list[list[str]]:
        return [[i["value"] for i in row["indicators"]] for row in self.rows]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    def run_command(*argv: str, stdin: bytes = b"") -> Output:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))
        code = main(argv)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Output(code, out, err.decode())

    return run_command


def test_a_text_file_is_one_document(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "a b.txt"
    file.write_text(f"привет\n{PHONE}\n", "utf-8")
    output = run(str(file))
    assert (output.code, output.ids, output.values) == (0, [str(file)], [["+77011234567"]])
    start, end = output.rows[0]["indicators"][0]["span"]
    assert file.read_text("utf-8")[start:end] == "8 701 123 45 67"


def test_lines_are_documents_when_asked(run: Any) -> None:
    output = run("--lines", "-", stdin=f"{PHONE}\r\n\nпусто\n".encode())
    assert output.ids == ["-:1", "-:2", "-:3"]
    assert output.values == [["+77011234567"], [], []]


@pytest.mark.parametrize("argv", [(), ("-",), ("--jsonl",)])
def test_json_lines_keep_order_and_id(run: Any, argv: tuple[str, ...]) -> None:
    rows = [{"id": n, "text": PHONE if n % 2 else "нет"} for n in (3, 1, 2)]
    rows.append({"id": "x", "text": "", "quoted": "y"})
    output = run(*argv, stdin="\n".join(json.dumps(row) for row in rows).encode())
    assert (output.code, output.ids) == (0, [3, 1, 2, "x"])
    assert output.values == [["+77011234567"], ["+77011234567"], [], []]


def test_unreadable_lines_are_told_and_the_rest_is_done(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    lines = ['{"id": 1, "text": "a"}', "oops", "", "[1]", '{"id": 2}', "[" * 100_000]
    file.write_text("\n".join([*lines, '{"id": 3, "text": "b"}']), "utf-8")
    output = run(str(file))
    assert (output.code, output.ids) == (3, [1, 3])
    for number in (2, 4, 5, 6):
        assert f"line {number}:" in output.err
    assert "line 3:" not in output.err


def test_an_object_without_id_gets_its_place(run: Any) -> None:
    assert run(stdin=b'\n{"text": "a"}\n').ids == ["-:2"]


@pytest.mark.parametrize("argv", [("--nonsense",), ("/nowhere/at/all",), ("--lines", "--jsonl")])
def test_bad_usage(run: Any, argv: tuple[str, ...]) -> None:
    output = run(*argv)
    assert output.code == 2
    assert output.rows == []
    assert "tereze extract" in output.err


def test_a_folder_is_bad_usage(run: Any, tmp_path: Path) -> None:
    assert run(str(tmp_path)).code == 2


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "JSON Lines" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(PHONE.encode()),
        b"\xef\xbb\xbf" + PHONE.encode(),
        PHONE.encode("utf-16"),
        PHONE.encode("kz1048"),
        b"\xff\xfa " + PHONE.encode() + b" \xd0",
    ],
    ids=["gzip", "byte order mark", "utf-16", "windows", "not utf-8"],
)
def test_encodings(run: Any, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "in.txt"
    file.write_bytes(content)
    for output in (run(str(file)), run("-", stdin=content)):
        assert (output.code, output.values) == (0, [["+77011234567"]])


def test_the_windows_code_page_keeps_its_words(tmp_path: Path) -> None:
    file = tmp_path / "in.txt"
    for text in ("Картаңызды сатып аламын", "куплю карту", "Қыздың шоқпары"):
        file.write_bytes(text.encode("kz1048"))
        (entry,) = read_documents([str(file)])
        assert isinstance(entry, Entry)
        assert entry.text == text


@pytest.mark.parametrize("page", ["koi8-r", "cp866", "mac-cyrillic"])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_older_code_pages_keep_their_words(tmp_path: Path, page: str, name: str) -> None:
    file = tmp_path / name
    text = "Куплю карту Каспи, оплата сразу, пишите в личку"
    written = {
        "a.txt": text,
        "a.jsonl": json.dumps({"text": text}, ensure_ascii=False),
        "a.csv": f'id,text\n1,"{text}"\n',
    }
    file.write_bytes(written[name].encode(page))
    (entry,) = read_documents([str(file)])
    assert isinstance(entry, Entry)
    assert entry.text == text


def test_what_is_no_text_is_told(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(bytes(range(256)) * 40)
    output = run(str(file))
    assert (output.code, output.rows) == (3, [])
    assert "photo.jpg, line 1: no text" in output.err


def test_a_rubbish_first_line_hides_no_documents(run: Any) -> None:
    output = run(stdin=f'{{"id": 1, "te\n{{"id": 2, "text": "{PHONE}"}}\n'.encode())
    assert (output.code, output.ids) == (3, [2])
    assert "line 1: not JSON" in output.err


def test_a_value_that_json_does_not_have_is_told(run: Any) -> None:
    output = run("--jsonl", stdin=b'{"id": NaN, "text": "a"}\n{"id": 1, "text": "b"}\n')
    assert (output.code, output.ids) == (3, [1])


def test_a_broken_archive_is_told(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl.gz"
    rows = "".join(f'{{"id": {n}, "text": "{os.urandom(20).hex()}"}}\n' for n in range(5000))
    file.write_bytes(gzip.compress(rows.encode())[:-2000])
    output = run(str(file))
    assert output.code == 3
    assert output.ids == list(range(len(output.ids)))
    assert "reading stopped" in output.err


def test_half_a_surrogate_pair_passes_through(run: Any) -> None:
    output = run(stdin=rb'{"id": "\ud800", "text": "\udc00 @some_name"}')
    assert (output.code, output.values) == (0, [["some_name"]])


def test_other_fields_reach_the_caller(tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_text('{"text": "a", "id": 7, "quoted": "b", "context": [1]}\nx\n', "utf-8")
    entry, problem = read_documents([str(file)])
    assert entry == Entry(7, "a", str(file), 1, {"quoted": "b", "context": [1]})
    assert isinstance(problem, Unreadable)


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "tereze", "extract", "--lines", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        try:
            process.stdin.write(f"{PHONE}\n".encode() * 20_000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    command = [sys.executable, "-m", "tereze", "scan", "--jsonl", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(b'{"id": %d, "text": "a"}\n' % number)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.stdout.read() == b""


def test_a_long_stream_is_answered_in_order(run: Any) -> None:
    output = run("--lines", "-", stdin=f"{PHONE}\n".encode() * 1_000)
    assert output.ids == [f"-:{number}" for number in range(1, 1_001)]


TABLE = (
    'id;дата;текст\r\n7;12.03;"звоните 8 701 123 45 67;\r\nи пишите"\r\n8;одна\r\n;13.03;нет\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "kz1048"])
def test_a_table_with_its_column_named(run: Any, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "reports.csv"
    path.write_bytes(TABLE.encode(encoding))
    output = run("--csv", "текст", str(path))
    assert output.code == 3
    assert output.ids == ["7", f"{path}:5"]
    assert output.values == [["+77011234567"], []]
    assert "line 4: 2 cells under a heading of 3" in output.err


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.tsv", "text\tx\n+77011234567\t1\n"), ("t.csv", "x,text\n,87011234567\n")],
)
def test_a_file_named_as_a_table_has_a_column_text(
    run: Any, tmp_path: Path, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    output = run(str(path))
    assert (output.code, output.values) == (0, [["+77011234567"]])


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", '"', "\x00\n", "a" * 200_000])
def test_a_table_without_the_column_is_told(run: Any, tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    output = run("--csv", "c", str(path))
    assert (output.code, output.rows) == (3, [])
    assert "no column 'c'" in output.err


def test_a_quote_that_is_never_closed_is_told(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,a\n2,"b\n3,c\n4,d\n', "utf-8")
    output = run(str(path))
    assert (output.code, output.ids) == (3, ["1"])
    assert "line 5: no table" in output.err


def test_a_table_may_be_divided_by_bars(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id|text\n1|{PHONE}, прошу; спасибо\n", "utf-8")
    assert run(str(path)).values == [["+77011234567"]]


def test_a_table_comes_by_standard_input_too(run: Any) -> None:
    output = run("--column", "msg", stdin=f"id,msg\n1,{PHONE}\n".encode())
    assert (output.code, output.ids, output.values) == (0, ["1"], [["+77011234567"]])


def test_what_came_without_a_text_is_read_in_its_parts(run: Any) -> None:
    lines = [
        {"id": "photo", "caption": PHONE},
        {"id": "voice", "text": None, "transcript": PHONE},
        {"id": "blank", "text": " \n", "caption": PHONE},
        {"id": "picture", "text": "смотрите", "ocr": PHONE, "quoted": "нет", "profile": 7},
    ]
    output = run("-", stdin="\n".join(map(json.dumps, lines)).encode())
    assert (output.code, output.values) == (0, [["+77011234567"]] * 3 + [[]])
    (found,) = output.rows[3]["parts"]["ocr"]
    assert PHONE[slice(*found["span"])] == found["raw"]
    assert [list(row) for row in output.rows[:3]] == [["id", "indicators"]] * 3


@pytest.mark.parametrize(
    ("above", "heading"),
    [("sep=;\r\n", "id;text"), ("\r\n \n", "id,text"), ("", "ID\tText")],
)
def test_a_table_as_programs_write_it(run: Any, tmp_path: Path, above: str, heading: str) -> None:
    file = tmp_path / "a.csv"
    row = heading.replace(heading[:2], "7").replace(heading[-4:], PHONE)
    file.write_text(f"{above}{heading}\r\n{row}\r\nодна\r\n", "utf-8", newline="")
    output = run(str(file))
    assert output.values == [["+77011234567"]]
    assert f"line {3 + above.count(chr(10))}: 1 cells" in output.err


@pytest.mark.parametrize("command", ["extract", "scan", "explain", "radar"])
def test_a_full_disk_is_told_in_a_line(command: str, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "привет", "date": "2026-11-20"}\n', "utf-8")
    argv = [sys.executable, "-m", "tereze", command, str(file)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert f"tereze {command}: [Errno 28]" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["extract", "scan"])
def test_a_full_disk_is_no_trouble_of_the_input(command: str) -> None:
    argv = [sys.executable, "-m", "tereze", command, "--lines"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            argv, input="привет\n", stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, done.stderr) == (
        2,
        f"tereze {command}: [Errno 28] {os.strerror(28)}\n",
    )


@pytest.mark.parametrize(
    ("closed", "code", "out", "err"),
    [
        ("<&-", 2, 0, "standard input is closed"),
        (">&-", 3, 0, "line 2: not JSON"),
        ("2>&-", 3, 2, ""),
    ],
)
@pytest.mark.parametrize("command", ["extract", "scan"])
def test_a_closed_stream_is_no_crash(
    command: str, closed: str, code: int, out: int, err: str, tmp_path: Path
) -> None:
    rows = tmp_path / "a.jsonl"
    rows.write_text('{"text": "привет"}\nбеда\n{"text": "пока"}\n', "utf-8")
    shell = f"{sys.executable} -m tereze {command} - <{rows} {closed}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True)
    assert (done.returncode, len(done.stdout.splitlines())) == (code, out)
    assert err in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", ['[{"id": 1,\n"text": "a"}]', '{"messages":\n[{"text": "a"}]}'])
def test_json_that_has_no_document_a_line_is_told(run: Any, tmp_path: Path, content: str) -> None:
    export = tmp_path / "result.json"
    export.write_text(content, "utf-8")
    output = run(str(export))
    assert (output.code, output.rows) == (3, [])
    assert "not JSON Lines" in output.err
    assert run("--text", str(export)).code == 0
