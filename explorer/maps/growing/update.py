"""An update: what a source has by now goes into the catalogue, and onto all that hangs on it; nothing else moves.

What is done for a product follows from that product alone (its picture's code, its place, its colours), so the work
grows with what is new. All of it can be stopped anywhere, and done again: what is done already is found to be so.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.data.deletions import delete_rows
from looks_like.data.sources import Columns, Listing
from looks_like.explorer import tags as tagging
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.maps.growing.novelty import Novelty, novelty
from looks_like.explorer.maps.growing.placing import catch_up, followed
from looks_like.explorer.maps.growing.tag_proposals import TagProposal, tag_proposals
from looks_like.explorer.maps.growing.update_log import UpdateReport, begin, end, keep_report
from looks_like.explorer.search import read_colours

ABSENT_MAX = 0.2  # share of the catalogue that a source may lack before its lack is taken for a mistake


@dataclass(frozen=True)
class UpdateRequest:
    sources: tuple[str, ...] = ()  # none: what is here already is brought up to date
    columns: Columns = field(default_factory=Columns)
    delete_absent: bool = False  # products that no source lists are deleted
    absent_max: float = ABSENT_MAX
    who: str = "somebody"


@dataclass(frozen=True)
class UpdateProgress:
    stage: str  # for people
    done: int
    total: int
    report: UpdateReport | None = None  # at the end


@dataclass
class _Found:
    """What is known so far."""

    report: UpdateReport
    listed: set[str] = field(default_factory=set)  # ids that the sources list

    def say(self, sentence: str) -> None:
        self.report = replace(self.report, said=(*self.report.said, sentence))

    def fail(self, sentence: str) -> None:
        self.report = replace(self.report, failed=(*self.report.failed, sentence))


def update(lab: Lab, request: UpdateRequest) -> Iterator[UpdateProgress]:
    """Imports, encodes, places, reads colours, and says what changed and which models have not seen the like of it.

    The last progress has the report, which is kept where something changed. CatalogueError where a source can't be
    read or another process writes; RequestError where so many products are absent that the source may be the wrong one.
    """
    now, begun = lab.version(), begin(lab)
    before = _as_it_began(lab, begun, now)
    found = _Found(UpdateReport(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), request.who, request.sources, ()))
    for source in request.sources:
        yield from _take_in(lab, request, source, found)
    if request.delete_absent:
        yield UpdateProgress("Deleting what no source lists", 0, 1)
        _delete_absent(lab, request, before, found)
    if not lab.version():
        end(lab)
        yield UpdateProgress("Done", 1, 1, found.report)
        return
    yield from _bring_up_to_date(lab, found)
    rows_m = _changed_rows(before, lab.imported_catalogue())
    if begun < now and len(rows_m):
        found.say(f"An update that was stopped is finished: {len(rows_m):,} products came with both")
    for model in followed(lab) if len(rows_m) else ():
        yield UpdateProgress(f"Comparing what is new with what {model} has seen", 0, 1)
        _judge(lab, model, rows_m, found)
    if len(rows_m):
        yield UpdateProgress("Looking for tags of what is new", 0, 1)
        _propose(lab, rows_m, found)
    report = replace(found.report, version=lab.version())
    if report.changed or len(rows_m):
        keep_report(lab, report)
    end(lab)
    yield UpdateProgress("Done", 1, 1, report)


def _take_in(lab: Lab, request: UpdateRequest, source: str, found: _Found) -> Iterator[UpdateProgress]:
    name = Path(source).name or source
    yield UpdateProgress(f"Reading {name}", 0, 1)
    listing = lab.offered(source, request.columns)
    found.listed.update(listing.product_ids)
    for now in lab.import_listing(listing, source):
        yield UpdateProgress(f"Importing {name}", now.done, now.total)
    was = found.report
    found.report = replace(
        was,
        added=was.added + now.added,
        updated=was.updated + now.updated,
        unchanged=was.unchanged + now.unchanged,
        refused=was.refused + now.refused,
    )
    found.say(f"{name}: {now.words()}")
    if now.added + now.updated and any(listing.tags or ()):
        found.say(f"{name}: {_give_tags(lab, listing, request.who, name)}")


def _give_tags(lab: Lab, listing: Listing, who: str, name: str) -> str:
    return tagging.import_listed_tags(lab, listing, who, name).words()


def _delete_absent(lab: Lab, request: UpdateRequest, before: Catalogue | None, found: _Found) -> None:
    """Those that were here before and stand in no source; to be undone in the log of deletions."""
    if before is None or not request.sources:
        return
    catalogue = lab.imported_catalogue()
    absent_m = catalogue.rows_of([key for key in before.product_ids if key and key not in found.listed])
    absent_m = absent_m[absent_m >= 0]
    if not len(absent_m):
        return
    if len(absent_m) > request.absent_max * before.count:
        raise RequestError(
            f"{len(absent_m):,} of {before.count:,} products stand in none of these sources, more than "
            f"{request.absent_max:.0%}: nothing was deleted. If that is right, say so: --absent-max 1"
        )
    entry = delete_rows(lab.workspace, absent_m, request.who, f"absent from {', '.join(request.sources)}")
    found.report = replace(found.report, deleted=found.report.deleted + len(absent_m))
    found.say(f"{len(absent_m):,} products that no source lists were deleted (looks-like delete undo {entry.number})")


def _bring_up_to_date(lab: Lab, found: _Found) -> Iterator[UpdateProgress]:
    """Codes, places and colours of what has none; what can't be done is said, and keeps nothing else back."""
    for model in followed(lab):
        try:
            for now in catch_up(lab, model):
                yield UpdateProgress(f"{model}: {now.stage}", now.done, now.total)
        except MISTAKES as reason:
            found.fail(f"the maps of {model} stay as they are: {reason}")
            continue
        if now.encoded or now.placed or now.replaced:
            found.say(f"Model {model}: {now.words()}")
        for sentence in now.left:
            found.fail(sentence)
    try:
        for done, total in read_colours(lab):
            yield UpdateProgress("Reading the colours of the pictures", done, total)
    except (*MISTAKES, OSError) as reason:
        found.fail(f"the colours of the pictures were not read: {reason}")


def _as_it_began(lab: Lab, begun: int, now: int) -> Catalogue | None:
    if not begun:
        return None
    return lab.imported_catalogue() if begun == now else lab.catalogue_begun_with(begun)


def _changed_rows(before: Catalogue | None, after: Catalogue) -> np.ndarray:
    """int64: rows that are new, or have another picture."""
    if before is None:
        return np.empty(0, np.int64)  # a first import has nothing that it could be unlike
    then, now = np.array(before.sha256), np.array(after.sha256)
    changed_n = after.there_n.copy()
    changed_n[: len(then)] &= then != now[: len(then)]
    return np.flatnonzero(changed_n)


def _judge(lab: Lab, model: str, rows_m: np.ndarray, found: _Found) -> None:
    judged: Novelty | None = None
    with suppress(*MISTAKES):
        judged = novelty(lab, model, rows_m)
    if judged is None:
        return
    stale = (*found.report.stale, *([model] if judged.stale else []))
    unlike = found.report.unlike | ({model: [*judged.product_ids]} if judged.product_ids else {})
    found.report = replace(found.report, stale=stale, unlike=unlike)
    if judged.unlike:
        found.say(judged.words())


def _propose(lab: Lab, rows_m: np.ndarray, found: _Found) -> None:
    proposed: Sequence[TagProposal] = ()
    with suppress(*MISTAKES):
        proposed = tag_proposals(lab, lab.model_name(None), rows_m)
    found.report = replace(found.report, proposed={each.tag: [*each.product_ids] for each in proposed})
    for each in proposed:
        found.say(f"{len(each.product_ids):,} new products may deserve the tag {each.tag!r}")
