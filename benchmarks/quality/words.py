"""How well words find what they mean on a catalogue, without standing in its texts.

    python -m benchmarks.quality.words WORKSPACE [--values 30] [--json FILE]

Values of text attributes that are one word are held out, the most frequent ones. Twice: from the texts of all products,
so that nothing but vectors of words can know what such a word means; and from those of every second product, where the
others show it. The word is asked for, and of the ten products that come first (among those whose text lacks it) it is
counted how many have the value: precision at 10, and recall at 10 of the ten that could be found at most. Beside it
chance, which is the share of products with the value, and plain text, which finds nobody.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.finding.picture_colours import colour_word, picture_colours, read_colours
from looks_like.explorer.search.finding.spelling import fold, forms, words_of
from looks_like.explorer.search.finding.word_looks import learn_word_looks, texts_of
from looks_like.model.disk.card import Card
from looks_like.model.networks import read_words

_FIRST, _PRODUCTS_MIN = 10, 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--values", type=int, default=30)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    found = measure(Lab(asked.workspace), asked.values)
    print(f"{'attribute':30} {'word':14} {'products':>8} {'chance':>7} {'nowhere':>8} {'half':>6} {'colours':>8}")
    for each in [*found["values"], found["mean"]]:
        cells = [f"{each[key]:.2f}" if each.get(key) is not None else "" for key in ("nowhere", "half", "colours")]
        head = f"{each['attribute'][:30]:30} {each['word'][:14]:14} {each['products']:8,.0f} {each['chance']:7.3f}"
        print(f"{head} {cells[0]:>8} {cells[1]:>6} {cells[2]:>8}")
    line = json.dumps(found | {"libraries": Card.here()}, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(line + "\n", "utf-8")
    print(line)


def measure(lab: Lab, values: int = 30) -> dict[str, object]:
    """Of each value and as the mean of all, precision at 10; RequestError where the workspace has no look."""
    looks = [model for model in lab.models() if not lab.decodes(model)]
    if not looks:
        raise RequestError("there is no look in this workspace: looks-like look")
    space = lab.space(looks[0])
    texts = texts_of(lab.catalogue(), space)
    for _ in read_colours(lab):
        pass
    found = []
    for attribute, word, has_n in held_out(lab, space, values):
        found.append(
            {
                "attribute": attribute,
                "word": word,
                "products": int(has_n.sum()),
                "chance": float(has_n.mean()),
                "nowhere": found_by(space, texts, word, has_n, np.ones(len(has_n), bool)),
                "half": found_by(space, texts, word, has_n, np.arange(len(has_n)) % 2 == 0),
                "colours": found_by_colour(lab, space, word, has_n),
                "plain text": 0.0,
            }
        )
    keys = ("products", "chance", "nowhere", "half", "plain text")
    mean = {key: float(np.mean([each[key] for each in found])) for key in keys}
    coloured = [each["colours"] for each in found if each["colours"] is not None]
    mean |= {"colours": float(np.mean(coloured)) if coloured else None}
    return {"values": found, "mean": {"attribute": "all", "word": f"{len(found)} words"} | mean}


def held_out(lab: Lab, space: Space, values: int) -> list[tuple[str, str, np.ndarray]]:
    """(attribute, value, bool (N,): who has it): of every text attribute in turn its most frequent ones of one word."""
    by_attribute = []
    for name in lab.catalogue().comparable_attributes:
        column = np.array([str(value) for value in lab.catalogue().rows[name].to_pylist()], object)[space.rows_n]
        words, counts = np.unique(column.astype(str), return_counts=True)
        order = np.argsort(-counts, kind="stable")
        usual = [str(words[i]) for i in order if _PRODUCTS_MIN <= counts[i] <= len(column) // 2]
        one = [word for word in usual if len(words_of(word)) == 1 and word.isalpha() and word != "None"]
        by_attribute.append([(name, word, column == word) for word in one])
    turns = [each for turn in range(values) for listed in by_attribute for each in listed[turn : turn + 1]]
    said, found = set[str](), []
    for name, word, has_n in turns:
        if fold(word) not in said:
            said.add(fold(word))
            found.append((name, word, has_n))
    return found[:values]


def found_by(space: Space, texts: Sequence[list[str]], word: str, has_n: np.ndarray, without_n: np.ndarray) -> float:
    """Precision at 10 among products of `without_n`, from whose texts the word is taken away."""
    asked = forms(word)
    cut = [
        [w for w in each if not forms(w) & asked] if gone else each for each, gone in zip(texts, without_n, strict=True)
    ]
    learnt = learn_word_looks(read_words(), cut, space)
    score_n = learnt.scores([word], int(space.rows_n.max()) + 1)[space.rows_n]
    first = np.argsort(-np.where(without_n, score_n, -9), kind="stable")[:_FIRST]
    return float(has_n[first].mean())


def found_by_colour(lab: Lab, space: Space, word: str, has_n: np.ndarray) -> float | None:
    """The same of a colour's word by what pictures show; None of another word."""
    colours, said = picture_colours(lab), colour_word(fold(word))
    if colours is None or not said:
        return None
    first = space.rows_n[np.argsort(-colours.share(said)[space.rows_n], kind="stable")[:_FIRST]]
    return float(np.mean(np.isin(first, space.rows_n[has_n])))


if __name__ == "__main__":
    main()
