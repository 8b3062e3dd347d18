"""What can be measured: a name, a function, and whether it takes so long that it must be asked for."""

from benchmarks.measure import Case
from benchmarks.peers import disentanglement_lib as disentangling
from benchmarks.peers import pythae as peers
from benchmarks.quality import models as quality
from benchmarks.speed import (
    clustering,
    demo,
    dsprites,
    exploring,
    growing,
    load,
    map_frame,
    map_layout,
    million,
    serving,
    sneakers,
    store,
    tagging,
    training,
)
from benchmarks.speed import similarity as alike

CASES: dict[str, Case] = {
    "import": store.importing,
    "sneakers": sneakers.drawing,
    "dsprites": dsprites.rendering,
    "encode": store.encoding,
    "train-step": training.training_step,
    "map-frame": map_frame.framing,
    "tag": tagging.bulk_tagging,
    "live-slider": serving.live_slider,
    "film": exploring.filming,
    "nearest": exploring.finding_nearest,
    "alike": alike.finding_alike,
    "clusters": clustering.clustering,
    "contrast": clustering.contrasting,
    "quality": quality.quality,
    "disentangle": disentangling.scoring,
    "maps": map_layout.mapping,
    "grow": growing.growing,
    "update": growing.updating,
    "million": million.opening,
    "crowd": load.crowd,
    "long-films": load.long_films,
    "memory": serving.memory,
    "app-start": serving.app_start,
    "demo": demo.demo,
    "pythae": peers.beside_pythae,
}
SLOW = (
    "disentangle",
    "maps",
    "grow",
    "update",
    "million",
    "quality",
    "demo",
    "pythae",
)  # minutes: only by name or with --full


def sentence(case: Case) -> str:
    """The first line of its docstring."""
    return (case.__doc__ or "").strip().splitlines()[0]
