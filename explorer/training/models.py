"""Models on disk: renamed and deleted, with the codes, maps and clusters that hang on them; finished or not."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from looks_like.data import deletions
from looks_like.data.clusters import append_edit, list_clusterings, read_clusters, read_edits, write_clusters
from looks_like.data.deletion_log import Deletion
from looks_like.data.embeddings import read_embedding, read_fine, write_codes
from looks_like.data.maps import list_maps, read_map, rewrite_card
from looks_like.data.views import list_views, save_view
from looks_like.data.visual_attributes import follow_renamed_model
from looks_like.explorer.core import Lab, axes_of
from looks_like.explorer.errors import RequestError
from looks_like.model.disk.card import read_card, write_card
from looks_like.model.geometry import Axes, write_axes


def unfinished_models(lab: Lab) -> list[str]:
    """Those whose training was stopped, or goes on elsewhere; by name."""
    folders = {path.parent.name for path in lab.workspace.models.glob("*/card.json")}
    return sorted(folders - set(lab.models()) - lab.problems().keys())


def delete_model(lab: Lab, name: str, who: str) -> Deletion:
    """Takes a model away with its codes, maps and clusters, until it is undone; products, pictures and tags stay.

    RequestError for an unknown one, CatalogueError while it is trained or somebody writes.
    """
    if name not in unfinished_models(lab) and name not in lab.problems():
        lab.model_name(name)
    return deletions.delete_model(lab.workspace, name, who)


def rename_model(lab: Lab, old: str, new: str) -> None:
    """Calls a model by another name, and with it its codes, maps and clusters; saved views follow.

    RequestError for an unknown model or a name that is taken, CatalogueError for what can't be a name, while it is
    trained or somebody writes. Copies come first: a kill on the way leaves the old one whole.
    """
    target = lab.folder(new)
    with _alone(lab, old, *({new} - {old})):
        if target.exists():
            raise RequestError(f"there is a model {new!r} already: choose another name")
        _drop_tables(lab, new)  # what a kill left of a renaming
        _copy_tables(lab, old, new)
        aside = lab.workspace.folder / f".model-{new}.part"
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(lab.folder(old), aside, copy_function=shutil.copy2)
        write_card(aside, replace(read_card(aside), name=new))
        os.replace(aside, target)
        follow_renamed_model(lab.workspace, old, new, "somebody")  # while both are there: a kill leaves it either's
        _remove_folder(lab, old)
        _drop_tables(lab, old)
    _rename_in_views(lab, old, new)


def find_model_axes(lab: Lab, name: str) -> Axes:
    """Finds and keeps the axes of a finished model, from the codes of the catalogue's products; those it had give way.

    RequestError for an unknown one, ModelError where no product has a code, CatalogueError while it is trained or
    somebody writes.
    """
    with _alone(lab, lab.model_name(name)):
        space = lab.space(name)
        space.require_decoder()
        space.require_codes()
        axes = axes_of(space.net, space.z_nd, space.card.seed)
        write_axes(lab.folder(name), axes)
    return axes


@contextmanager
def _alone(lab: Lab, name: str, *others: str) -> Iterator[None]:
    """With a model of that name, while nobody else writes, or trains it or one of the others."""
    if name not in unfinished_models(lab) and name not in lab.problems():
        lab.model_name(name)
    with ExitStack() as held:
        for each in (name, *others):
            held.enter_context(lab.workspace.training_lock(each))
        held.enter_context(lab.workspace.write_lock(f"model {name}"))
        yield


def _remove_folder(lab: Lab, name: str) -> None:
    """At once: a kill leaves no half of a model, only a folder aside that the next one clears away."""
    aside = lab.workspace.folder / f".model-{name}.deleted"
    shutil.rmtree(aside, ignore_errors=True)
    os.replace(lab.folder(name), aside)
    shutil.rmtree(aside, ignore_errors=True)


def _rename_in_views(lab: Lab, old: str, new: str) -> None:
    for view in list_views(lab.workspace):
        said = parse_qsl(view.link, keep_blank_values=True)
        renamed = [(key, new if (key, value) == ("model", old) else value) for key, value in said]
        if renamed != said:
            save_view(lab.workspace, view.name, view.page, urlencode(renamed), view.who)


def _tables_of(lab: Lab, model: str) -> list[str]:
    begins = tuple(f"{kind}--{model}--" for kind in ("map", "clusters", "cluster-edits"))
    return [table for table in lab.workspace.table_names() if table == f"codes--{model}" or table.startswith(begins)]


def _drop_tables(lab: Lab, model: str) -> None:
    for table in _tables_of(lab, model):
        lab.workspace.tables.drop_table(table)


def _copy_tables(lab: Lab, old: str, new: str) -> None:
    workspace = lab.workspace
    if (codes := read_embedding(workspace, old)) is not None:
        fine = read_fine(workspace, old)  # in the order of the codes: one table's rows
        fine_nk = None if fine is None else fine.z_nd
        write_codes(workspace, new, codes.weights, codes.product_ids, codes.sha256, codes.z_nd, fine_nk)
    for map_card in list_maps(workspace, old):
        found = read_map(workspace, old, map_card.name)
        rewrite_card(workspace, found, replace(found.card, model=new))
    for card in list_clusterings(workspace, old):
        clustering, renamed = read_clusters(workspace, old, card.name), replace(card, model=new)
        write_clusters(workspace, renamed, clustering.product_ids, clustering.numbers_n)
        for edit in read_edits(workspace, card):
            append_edit(workspace, renamed, edit)
