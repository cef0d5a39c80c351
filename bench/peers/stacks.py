"""Two stacks of ready-made libraries on the texts and phrases of bench/engine.py.

Run by that file in an environment of its own. A step whose library is missing is left out and
named. Both do what the engine does: JSON in, look-alikes folded, phrases, indicators, a linear
score, a near-duplicate signature, JSON out; their quality is not compared here.
"""

import contextlib
import importlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any


Step = Callable[[str], Any]
LOOKALIKES = str.maketrans("aeopcyxkmthb03@$", "аеорсухкмтнвозас")


def library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def simple(expression: str) -> str:
    """A phrase in the syntax that all engines share."""
    plain = expression.replace(r"(?!\w)", "").replace("(?![мпб][ае])", "").replace(r"к\b", "к")
    return re.sub(r"([}+*?])[+?]", r"\1", plain)


def phones(region: str) -> Step | None:
    numbers = library("phonenumbers")
    return numbers and (lambda text: [str(m) for m in numbers.PhoneNumberMatcher(text, region)])


def naive(phrases: list[str], texts: list[str]) -> dict[str, Step | None]:
    compiled = [re.compile(r"\b" + phrase) for phrase in phrases]
    searcher, learn, sketch = (
        library("iocsearcher.searcher"),
        library("sklearn"),
        library("datasketch"),
    )
    found = searcher and searcher.Searcher()
    return {
        "re": lambda text: [p.search(text) is not None for p in compiled],
        "phonenumbers": phones("KZ"),
        "iocsearcher": found and (lambda text: list(found.search_raw(text))),
        "sklearn": learn and sklearn_score(texts),
        "datasketch": sketch and (lambda text: minhash(sketch, text)),
    }


def sklearn_score(texts: list[str]) -> Step:
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**18)
    model = LogisticRegression(max_iter=20).fit(
        vectors.transform(texts[:400]), [n % 2 for n in range(len(texts[:400]))]
    )
    return lambda text: model.predict_proba(vectors.transform([text]))


def minhash(sketch: Any, text: str) -> Any:
    made = sketch.MinHash(num_perm=64)
    for at in range(max(1, len(text) - 4)):
        made.update(text[at : at + 5].encode())
    return made.hashvalues


def best(phrases: list[str], texts: list[str]) -> dict[str, Step | None]:
    ioc, rensa = library("iocextract"), library("rensa")
    return {
        "re2": re2_set(phrases),
        "phonenumbers": phones("KZ"),
        "iocextract": ioc and (lambda text: list(ioc.extract_urls(text)) + list(ioc.extract_emails(text))),
        "fasttext": fasttext_score(texts),
        "rensa": rensa and (lambda text: rensa_signature(rensa, text)),
    }  # fmt: skip


def re2_set(phrases: list[str]) -> Step | None:
    re2 = library("re2")
    if re2 is None:
        return None
    options = re2.Options()
    options.max_mem = 1 << 30
    options.log_errors = False
    together = re2.Set.SearchSet(options)
    for phrase in phrases:
        with contextlib.suppress(re2.error):
            together.Add(r"\b" + phrase)
    together.Compile()
    return lambda text: together.Match(text)


def fasttext_score(texts: list[str]) -> Step | None:
    fasttext = library("fasttext")
    if fasttext is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for number, text in enumerate(texts[:2000]):
            file.write(f"__label__{number % 2} {' '.join(text.split())}\n")
        file.flush()
        model = fasttext.train_supervised(
            file.name, dim=16, wordNgrams=2, minn=3, maxn=5, epoch=1, verbose=0
        )
    return lambda text: model.f.predict(text + "\n", 1, 0.0, "strict")


def rensa_signature(rensa: Any, text: str) -> Any:
    made = rensa.RMinHash(num_perm=64, seed=1)
    made.update([text[at : at + 5] for at in range(max(1, len(text) - 4))])
    return made.digest()


def run(lines: list[bytes], steps: dict[str, Step | None], loads: Any, dumps: Any) -> list[float]:
    """CPU seconds of every text."""
    taken = []
    ready = {name: step for name, step in steps.items() if step}
    for line in lines:
        begun = time.thread_time()
        item = loads(line)
        text = item["text"].lower().translate(LOOKALIKES)
        dumps({"id": item["id"], **{name: len(str(step(text))) for name, step in ready.items()}})
        taken.append(time.thread_time() - begun)
    return taken


def main() -> None:
    given = json.load(sys.stdin)
    phrases, texts = [simple(phrase) for phrase in given["phrases"]], given["texts"]
    lines = [
        json.dumps({"id": n, "text": t}, ensure_ascii=False).encode() for n, t in enumerate(texts)
    ]
    orjson = library("orjson")
    loads, dumps = (orjson.loads, orjson.dumps) if orjson else (json.loads, json.dumps)
    answer = {}
    for name, steps, sample, read, write in (
        ("naive", naive(phrases, texts), 150, json.loads, json.dumps),
        ("best", best(phrases, texts), 1500, loads, dumps),
    ):
        missing = [step for step, function in steps.items() if function is None]
        run(lines[:sample], steps, read, write)  # re2 makes its automaton while it reads
        passes = [run(lines[:sample], steps, read, write) for _ in range(3)]
        answer[name] = {
            "rate": sample / min(map(sum, passes)),
            "seconds": passes[-1],
            "missing": missing,
        }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
