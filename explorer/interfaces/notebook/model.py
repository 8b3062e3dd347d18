"""A trained model, and the list of all."""

from collections.abc import Iterator
from html import escape

import numpy as np

from looks_like.data.maps import MapCard
from looks_like.data.pictures import pixels_of
from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.notebook.pictures import Pictures, pixels_from, strips_html
from looks_like.explorer.tags import default_who
from looks_like.explorer.training import delete_model, rename_model, unfinished_models
from looks_like.model.disk.card import Card

NO_MODEL = "<p>No model yet: ws.train(&quot;vae&quot;)</p>"


class Model:
    """A trained encoder and decoder of a workspace.

    >>> model = ws.model()
    >>> ids, z = model.codes()
    >>> model.decode(z[:2]).shape
    (2, 32, 32, 3)
    """

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab, self.name = lab, name

    @property
    def card(self) -> Card:
        """Family, settings, seed, what it learnt from and how good it is."""
        return self._lab.card(self.name)

    @property
    def maps(self) -> list[MapCard]:
        """What each of its maps was made by, the oldest first; `ws.map(name)` opens one."""
        return self._lab.maps(self.name)

    def codes(self) -> tuple[list[str], np.ndarray]:
        """-> (product ids, codes float32 (N, D)), in the order of the catalogue. ModelError while it has none."""
        space, ids = self._lab.space(self.name), self._lab.catalogue().product_ids
        space.require_codes()
        return [ids[row] for row in space.rows_n], space.z_nd.copy()

    def encode(self, pictures: Pictures) -> np.ndarray:
        """Codes float32 (N, D) of files, PIL images or uint8 arrays (H, W, 3) of any size.

        >>> pictures = np.random.default_rng(0).integers(0, 255, (3, 50, 40, 3), dtype=np.uint8)
        >>> ws.model().encode(pictures).shape
        (3, 6)
        """
        space = self._lab.space(self.name)
        return space.encode(pixels_from(pictures, space.size))

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Pictures uint8 (N, S, S, 3) of codes (N, D), or of one code (D,)."""
        return self._lab.space(self.name).decode(np.atleast_2d(z))

    def rename(self, new: str) -> "Model":
        """-> the model under its new name, with its codes, maps and clusters."""
        rename_model(self._lab, self.name, new)
        return Model(self._lab, new)

    def delete(self) -> None:
        """Takes it away with its codes, maps and clusters; products and tags stay. `looks-like delete undo`
        brings it back.
        """
        delete_model(self._lab, self.name, default_who())

    def __repr__(self) -> str:
        card = self.card
        return f"Model({self.name!r}, family={card.family!r}, latent={card.settings['latent']}, steps={card.steps:,})"

    def _repr_html_(self) -> str:
        return table_html([_row(self)], HEAD) + self._rebuilt_html()

    def _rebuilt_html(self) -> str:
        """Some products above what the decoder makes of their codes; nothing while no product has one."""
        if self.name not in self._lab.models() or not len((space := self._lab.space(self.name)).z_nd):
            return ""
        if not space.decodes:
            return ""
        at = np.linspace(0, len(space.z_nd) - 1, min(_SHOWN, len(space.z_nd))).astype(int)
        contents = self._lab.catalogue().pictures(space.rows_n[at])
        seen_nhwc = np.stack([pixels_of(content, space.size) for content in contents])
        words = f"{len(at)} products, and below them what model {self.name} makes of their codes"
        return strips_html([seen_nhwc, space.decode(space.z_nd[at])], words)


HEAD = ("Model", "Family", "Latent", "Picture", "Learnt from", "Error, times PCA's", "Maps", "Trained")
_SHOWN = 8  # products of a model's picture


class Models:
    """All finished models, the newest first: index by name or number. A model whose training was stopped is not among
    them, but found by its name, to be deleted or looked at; `ws.train(family, name=…, resume=True)` goes on with it.

    >>> [model.name for model in ws.models]
    ['tiny']
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def __len__(self) -> int:
        return len(self._lab.models())

    def __iter__(self) -> Iterator[Model]:
        return (Model(self._lab, name) for name in self._lab.models())

    def __getitem__(self, name: str | int) -> Model:
        if isinstance(name, int):
            return Model(self._lab, self._lab.models()[name])
        return Model(self._lab, name if name in unfinished_models(self._lab) else self._lab.model_name(name))

    def __contains__(self, name: object) -> bool:
        return name in self._lab.models()

    def __repr__(self) -> str:
        return f"Models({', '.join(map(repr, self._lab.models()))})"

    def _repr_html_(self) -> str:
        stopped = [Model(self._lab, name) for name in unfinished_models(self._lab)]
        return table_html([_row(model) for model in (*self, *stopped)], HEAD) if len(self) or stopped else NO_MODEL


def _row(model: Model) -> tuple[str, ...]:
    card = model.card
    beside = card.measures.get("mse_over_pca")
    return (
        model.name,
        card.family,
        str(card.settings["latent"]),
        f"{card.settings['size']} px",
        f"{card.products:,} products",
        ("" if beside is None else f"{beside:.3f}") if card.finished else "not finished",
        ", ".join(each.name for each in model.maps),
        card.started[:10],
    )


_LEFT = 'style="text-align:left"'  # notebooks set all cells to the right


def table_html(rows: list[tuple[str, ...]], head: tuple[str, ...]) -> str:
    """A small table; every cell is text, never HTML."""
    cells = ["".join(f"<td {_LEFT}>{escape(cell)}</td>" for cell in row) for row in rows]
    heads = "".join(f'<th scope="col" {_LEFT}>{escape(name)}</th>' for name in head)
    lines = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
