"""A trained model, and the list of all."""

from collections.abc import Iterator
from html import escape

import numpy as np

from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.notebook.pictures import Pictures, pixels_from
from looks_like.explorer.training import delete_model, rename_model
from looks_like.model.card import Card


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
        """Takes it away for good, with its codes, maps and clusters; products and tags stay."""
        delete_model(self._lab, self.name)

    def __repr__(self) -> str:
        card = self.card
        return f"Model({self.name!r}, family={card.family!r}, latent={card.settings['latent']}, steps={card.steps:,})"

    def _repr_html_(self) -> str:
        return table_html([_row(self)], HEAD)


HEAD = ("Model", "Family", "Latent", "Picture", "Learnt from", "Error, times PCA's", "Trained")


class Models:
    """All finished models, the newest first: index by name or number.

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
        return Model(self._lab, self._lab.models()[name] if isinstance(name, int) else self._lab.model_name(name))

    def __repr__(self) -> str:
        return f"Models({', '.join(map(repr, self._lab.models()))})"

    def _repr_html_(self) -> str:
        return table_html([_row(model) for model in self], HEAD)


def _row(model: Model) -> tuple[str, ...]:
    card = model.card
    beside = card.measures.get("mse_over_pca")
    return (
        model.name,
        card.family,
        str(card.settings["latent"]),
        f"{card.settings['size']} px",
        f"{card.products:,} products",
        "" if beside is None else f"{beside:.3f}",
        card.started[:10],
    )


def table_html(rows: list[tuple[str, ...]], head: tuple[str, ...]) -> str:
    """A small table; every cell is text, never HTML."""
    cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
