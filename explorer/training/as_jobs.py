"""What pages ask for and a process of its own does: a model, codes, maps, places."""

from looks_like.explorer.jobs import Job, Jobs

FIRST_FAMILY = "beta-vae"


def start_first_model(jobs: Jobs, name: str, minutes: int) -> Job:
    """A model of a catalogue that has none, and then its map."""
    job = jobs.start(["train", FIRST_FAMILY, "--name", name, "--budget", f"{minutes}m"], "Learning how products look")
    start_map(jobs, name, "umap", "UMAP")
    return job


def start_map(jobs: Jobs, model: str, method: str, title: str, name: str = "", *, refit: bool = False) -> Job:
    """Codes for the products that have none yet, then the map; `refit`: in place of the one of that name."""
    named = ["--name", name] if name and name != method else []
    anew = ["--refit"] if refit else []
    return jobs.start(["map", model, "--method", method, *named, "--encode", *anew], f"{title} map")


def start_place(jobs: Jobs, model: str) -> Job:
    """Codes for the products that have none yet, then places on every map; nothing on them moves."""
    return jobs.start(["place", model], "Placing new products")
