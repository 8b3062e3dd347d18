"""Names go from an old model to a new one: what each score says of products is found again in the new one's codes."""

from dataclasses import dataclass

import numpy as np

from looks_like.data.visual_attributes import NamingEntry, VisualAttribute
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags.naming import Ends, name_dimension, name_read

_KNOWN_MIN = 50  # products with a score and a code: fewer tell nothing
_TOLD_MIN = (
    0.5  # share of a score's spread that the new codes tell of products left out; below it the name stays behind
)
_DIMENSION_MIN = 0.9  # correlation with one dimension from which on the name is that dimension's
_HELD_OUT_MIN, _RIDGE = 20, 1.0


@dataclass(frozen=True)
class Carried:
    """What became of a name. `entry` None: it could not be carried over, and means what it meant."""

    name: str
    told: float  # R² of the score by the new codes, on products left out
    dimension: int  # of the new model that it is, from 1; 0 = none alone
    entry: NamingEntry | None

    def words(self) -> str:
        """One sentence."""
        if self.entry is None:
            return f"{self.name}: stays behind, the new codes tell {max(0.0, self.told):.0%} of it"
        what = f"dimension {self.dimension}" if self.dimension else "a direction"
        return f"{self.name}: {what}, which tells {self.told:.0%} of it"


def carry_names(lab: Lab, old: str, new: str, who: str) -> list[Carried]:
    """Every visual attribute that is read from `old`, as `new` has it. What is told badly stays as it is.

    Undone name by name, as whatever is named. RequestError where nothing is named by the old model.
    """
    old_name, space = lab.model_name(old), lab.space(lab.model_name(new, decodes=True))
    space.require_codes()
    standing = [each for each in lab.naming().standing.values() if each.model == old_name]
    if not standing:
        raise RequestError(f"nothing is named by model {old_name!r}")
    scores = {each.name: _scores(lab, each.name, space) for each in standing}
    return [_carry(lab, space, each, scores[each.name], who) for each in standing]


def _scores(lab: Lab, name: str, space: Space) -> np.ndarray:
    """float (N,) of the products that have a code; NaN where they have no score."""
    catalogue = lab.catalogue()
    if name not in catalogue.visual:
        return np.full(len(space.rows_n), np.nan)
    return np.asarray(catalogue.rows[name].to_numpy()[space.rows_n], np.float64)


def _carry(lab: Lab, space: Space, named: VisualAttribute, score_n: np.ndarray, who: str) -> Carried:
    known = np.flatnonzero(np.isfinite(score_n))
    if len(known) < _KNOWN_MIN or not np.ptp(score_n[known]) > 0:
        return Carried(named.name, 0.0, 0, None)
    z_md, score_m = space.z_nd[known].astype(np.float64), score_n[known]
    apart_m = lab.catalogue().held_out[space.rows_n[known]]
    if apart_m.sum() < _HELD_OUT_MIN:
        apart_m = np.arange(len(known)) % 5 == 0
    told = _told(z_md, score_m, apart_m)
    if told < _TOLD_MIN:
        return Carried(named.name, told, 0, None)
    ends, model = Ends(named.name, named.low, named.high), space.card.name
    along_a = np.array([np.corrcoef(each, score_m)[0, 1] for each in space.axes.values(space.z_nd[known]).T])
    best = int(np.abs(np.nan_to_num(along_a)).argmax()) if len(along_a) else 0
    if len(along_a) and abs(along_a[best]) >= _DIMENSION_MIN:
        entry = name_dimension(lab, model, best + 1, ends, who, turned=bool(along_a[best] < 0))
        return Carried(named.name, told, best + 1, entry)
    words = f"carried over from model {named.model}, {told:.0%} of it told"
    return Carried(named.name, told, 0, name_read(lab, model, _weights(z_md, score_m), ends, words, who))


def _told(z_md: np.ndarray, score_m: np.ndarray, apart_m: np.ndarray) -> float:
    """R² on those apart, of ridge regression on the others."""
    weights_d = _weights(z_md[~apart_m], score_m[~apart_m])
    middle_d, middle = z_md[~apart_m].mean(0), score_m[~apart_m].mean()
    missed_k = score_m[apart_m] - middle - (z_md[apart_m] - middle_d) @ weights_d
    spread = float(((score_m[apart_m] - score_m[apart_m].mean()) ** 2).sum())
    return 1.0 - float((missed_k**2).sum()) / spread if spread > 0 else 0.0


def _weights(z_md: np.ndarray, score_m: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    scale = StandardScaler().fit(z_md)
    return np.asarray(Ridge(alpha=_RIDGE).fit(scale.transform(z_md), score_m).coef_ / scale.scale_)
