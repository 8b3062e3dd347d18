"""Files that came over a page, by the token under which they are kept: looked at, then imported by a job or dropped."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from looks_like.data.preview import Preview, preview_of
from looks_like.data.sources import Columns
from looks_like.data.uploads import FOLDER, drop_upload, keep_upload, upload_source
from looks_like.data.vectors import VECTOR_ENDINGS
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.jobs import Job, Jobs
from looks_like.explorer.search import VectorsAdded, VectorsRequest, add_vectors

_PICTURES = 8


def keep_files(lab: Lab, files: Iterable[tuple[str, bytes]]) -> str:
    """(name, content) of each -> their token. CatalogueError when there is none."""
    return keep_upload(lab.workspace, files)


def preview_files(lab: Lab, token: str, columns: Columns) -> Preview:
    """How they would be read, with the first pictures. CatalogueError when they can't, or are there no more."""
    source = str(upload_source(lab.workspace, token))
    said = (columns.product_id, columns.image, columns.name, columns.tags, tuple(columns.kinds.items()))

    def make() -> Preview:
        listing = lab.offered(source, columns)
        try:
            return preview_of(listing, _PICTURES)
        finally:
            listing.close()

    return lab.cache.get_or_make(("upload", token, lab.version(), said), make, max_size=8)


def start_import(lab: Lab, token: str, found: Preview, kinds: Mapping[str, str]) -> Job:
    """Imports them in a job, as the preview shows them."""
    options = {"id": "id", "picture": "image", "name": "name", "tags": "tags"}
    chosen = [f"--{options[what]}={column}" for what, column in found.ours.items()]  # "" too: none was chosen
    read_as = [f"--as={column}={kind}" for column, kind in kinds.items()]
    source = str(upload_source(lab.workspace, token).absolute())
    return Jobs(lab.workspace.folder).start(["import", source, *chosen, *read_as], "Importing products")


def bring_vectors(lab: Lab, name: str, files: Iterable[tuple[str, bytes]], asked: VectorsRequest) -> VectorsAdded:
    """Vectors that came over a page, and perhaps a list of their ids: (name, content) of each. Nothing stays behind.

    Which file they are is found by its ending; all else is as `asked`. RequestError for whatever is wrong with them.
    """
    token = keep_upload(lab.workspace, files)
    try:
        source = upload_source(lab.workspace, token)
        kept = sorted(source.iterdir()) if source.is_dir() else [source]
        vectors = next((file for file in kept if file.suffix.lower() in VECTOR_ENDINGS), kept[0])
        ids = next((str(file) for file in kept if file != vectors), asked.ids)
        return add_vectors(lab, name, replace(asked, file=vectors, ids=ids))
    except MISTAKES as mistake:
        raise RequestError(without_folder(lab, str(mistake), token)) from None
    finally:
        drop_upload(lab.workspace, token)


def drop_files(lab: Lab, token: str) -> None:
    """Throws them away."""
    drop_upload(lab.workspace, token)


def without_folder(lab: Lab, text: str, token: str) -> str:
    """People know their file, not where it lies here."""
    folder = lab.workspace.folder / FOLDER / token
    return text.replace(f"{folder}/", "").replace(str(folder), "the files")
