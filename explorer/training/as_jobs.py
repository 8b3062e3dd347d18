"""What pages ask for and a process of its own does: a model, codes, maps, places."""

from itertools import count

from looks_like.explorer.clusters import start_clusters
from looks_like.explorer.core import Lab
from looks_like.explorer.jobs import Job, Jobs
from looks_like.explorer.search import LOOK_NAME, needs_look
from looks_like.explorer.training.models import unfinished_models

FIRST_FAMILY, FIRST_MODEL = "beta-vae", "looks"


def start_look(jobs: Jobs, name: str = LOOK_NAME) -> Job:
    """The look of a catalogue, its map, and the clusters on it."""
    job = jobs.start(["look", name], "Looking at each product")
    start_map(jobs, name, "umap", "UMAP")
    start_clusters(jobs, name)
    return job


def look_was_asked_for(jobs: Jobs) -> bool:
    """Whether one was begun here already, be it that it failed or somebody cancelled it."""
    return any(job.words[0] == "look" for job in jobs.all())


def start_first_model(lab: Lab, minutes: int) -> Job:
    """A model of a catalogue that has none, and then its map; one that was stopped goes on."""
    jobs, stopped = Jobs(lab.workspace.folder), FIRST_MODEL in unfinished_models(lab)
    name = FIRST_MODEL
    for again in count(2):
        if stopped or not lab.folder(name).exists():
            break
        name = f"{FIRST_MODEL}-{again}"  # one that can't be used bears it
    words = ["train", FIRST_FAMILY, "--name", name, "--budget", f"{minutes}m", *(["--resume"] if stopped else [])]
    job = jobs.start(words, "Learning how products look")
    start_map(jobs, name, "umap", "UMAP")
    return job


def start_colours(jobs: Jobs) -> Job:
    """Reads which colours the pictures show, for what is typed."""
    return jobs.start(["colours"], "Reading the colours of the pictures")


def start_map(jobs: Jobs, model: str, method: str, title: str, name: str = "", *, refit: bool = False) -> Job:
    """Codes for the products that have none yet, then the map; `refit`: in place of the one of that name."""
    named = ["--name", name] if name and name != method else []
    anew = ["--refit"] if refit else []
    return jobs.start(["map", model, "--method", method, *named, "--encode", *anew], f"{title} map")


def start_duplicates(lab: Lab) -> Job:
    """Looks for products that may be one; before that at each product, where nothing has yet."""
    jobs = Jobs(lab.workspace.folder)
    if needs_look(lab):
        jobs.start(["look", LOOK_NAME], "Looking at each product")
    return jobs.start(["duplicates", "--again", "--json"], "Looking for duplicates")


def start_place(jobs: Jobs, model: str) -> Job:
    """Codes for the products that have none yet, then places on every map; nothing on them moves."""
    return jobs.start(["place", model], "Placing new products")
