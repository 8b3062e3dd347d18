"""The rooms and their doors, read from the source: who may import whom, and what nobody does."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ("data", "model", "explorer")
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in PROGRAM
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
MAY_IMPORT = {"data": {"data"}, "model": {"model"}, "explorer": {"explorer", "model", "data"}}
# The rooms of explorer, lowest first: each may enter those before it. What people and programs come in by is last.
FLOORS = ["core", "jobs", "tags", "search", "clusters", "maps", "selecting", "paths", "training", "check", "interfaces"]
# Rooms with a face: whoever is outside takes names from the package, never from its modules.
ROOMS = {
    *(f"explorer.{floor}" for floor in FLOORS if floor != "interfaces"),
    *(f"model.{room}" for room in ("networks", "losses", "training", "geometry")),
    "data.tags",
}
ENTRIES_MAX = 12  # of a package in explorer or model: what fits one look
# Of the ways in, none enters another, except that pages are made of widgets and a server runs pages and routes.
WAYS_IN = {
    "access": set(),
    "commands": {"access"},
    "routes": {"browser_code"},
    "notebook": set(),
    "session": set(),
    "browser_code": set(),
}
WAYS_IN |= {
    "widgets": {"session", "browser_code", "access"},
    "pages": {"widgets", "session"},
    "app": {"routes", "access", "monitoring"},
    "monitoring": set(),
}
# library -> where it may be imported; a name that ends in / is a folder
ONLY_IN = {
    "streamlit": tuple(
        f"explorer/interfaces/{name}" for name in ("access/actors.py", "app.py", "session.py", "pages/", "widgets/")
    ),
    "typer": ("explorer/interfaces/commands/",),
    "lancedb": ("data/",),
    "torch": ("model/", "explorer/core/space.py", "explorer/training/", "explorer/interfaces/notebook/encoder.py"),
    "faiss": ("model/",),
    "ray": (
        "explorer/jobs/ray_cluster.py",
        "explorer/maps/growing/many_machines.py",
        "explorer/training/running/together.py",
    ),
    "jinja2": ("explorer/check/report/",),
    "uvicorn": ("explorer/interfaces/commands/workspace/app.py",),
}
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "joblib"}
# heavy, and not needed to answer most questions: imported where they are used
LATE = ("streamlit", "umap", "numba", "openTSNE", "sklearn", "matplotlib", "faiss", "imageio", "plotly", "ray")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


@cache
def imported(path: Path) -> set[str]:
    """Dotted names of all that a file imports, wherever in it, those of this program without `looks_like.`."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which room it enters"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("looks_like.") for name in found}


def rooms(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def room_of(name: str) -> str | None:
    return next((room for room in ROOMS if name == room or name.startswith(f"{room}.")), None)


def each(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test of all these files: thousands of tests of a line each took a minute longer."""

    def of_all(check: Callable[[Path], None]) -> Callable[[], None]:
        def check_all() -> None:
            wrong = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as reason:
                    wrong.append(f"{path}: {str(reason).splitlines()[0] if str(reason) else 'is not so'}")
            assert not wrong, "\n".join(wrong)

        check_all.__name__, check_all.__doc__ = check.__name__, check.__doc__
        return check_all

    return of_all


def test_the_reader_sees_the_source() -> None:
    assert {"data/catalogue.py", "model/training/trainer.py", "explorer/core/lab.py"} <= {str(path) for path in SOURCES}
    assert "model.geometry.path_points" in imported(Path("explorer/core/space.py"))


@each(SOURCES)
def test_imports_point_one_way(path: Path) -> None:
    assert rooms(path) & MAY_IMPORT.keys() <= MAY_IMPORT[path.parts[0]]


def test_what_is_imported_is_the_package_and_never_its_folders_beside_it() -> None:
    """A second `model` beside `looks_like.model` would be another module with other classes."""
    written = re.compile(r"^\s*(?:from|import) (?:data|model|explorer)\b", re.MULTILINE)
    files = [path for folder in (*PROGRAM, "tests", "benchmarks", "docs") for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 300
    assert not [str(path) for path in files if written.search(path.read_text("utf-8"))]


@each(SOURCES)
def test_nobody_imports_past_the_face_of_a_room(path: Path) -> None:
    own = room_of(dotted(path))
    for name in imported(path):
        entered = room_of(name)
        if entered and entered != own:
            assert name.count(".") <= entered.count(".") + 1, f"{path} imports {name}: take it from {entered}"


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_face_says_what_its_room_is_for_and_what_others_may_use(room: str) -> None:
    face = importlib.import_module(f"looks_like.{room}")
    assert face.__doc__
    assert len(face.__all__) == len(set(face.__all__))
    assert all(hasattr(face, name) for name in face.__all__)
    taken = {name for path in SOURCES if room_of(dotted(path)) != room for name in imported(path)}
    used = {name.rpartition(".")[2] for name in taken if name.startswith(f"{room}.")}
    assert used <= set(face.__all__)


@each([path for path in SOURCES if path.parts[0] == "explorer" and len(path.parts) > 2])
def test_lower_rooms_never_enter_higher_ones(path: Path) -> None:
    floor = FLOORS.index(path.parts[1])
    entered = {name.split(".")[1] for name in imported(path) if name.startswith("explorer.")} & set(FLOORS)
    assert not {name for name in entered if FLOORS.index(name) > floor}


@each([path for path in SOURCES if path.parts[:2] == ("explorer", "interfaces") and len(path.parts) > 2])
def test_no_way_in_enters_another(path: Path) -> None:
    own = path.parts[2].removesuffix(".py")
    inside = {name.split(".")[2] for name in imported(path) if name.startswith("explorer.interfaces.")}
    assert path.name == "__init__.py" or inside - {own} <= WAYS_IN[own]


def test_no_circle_of_imports() -> None:
    """Of those that run when a module is read; what a function imports when it is called can make none."""
    edges = {dotted(path): read_with(path) for path in SOURCES}
    TopologicalSorter(edges).prepare()  # CycleError names one


def read_with(path: Path) -> set[str]:
    """The modules that are read when this one is, without the packages that they stand in."""
    modules = {dotted(other) for other in SOURCES}
    top = [node for node in tree(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in top if isinstance(node, ast.ImportFrom) for alias in node.names}
    found = {name.removeprefix("looks_like.") for name in names if name.startswith("looks_like.")}
    return {name if name in modules else name.rpartition(".")[0] for name in found} - {dotted(path)}


@pytest.mark.parametrize(
    "folder",
    sorted({parent for path in SOURCES for parent in path.parents if parent.parts and path.parts[0] != "data"}),
    ids=str,
)
def test_a_package_holds_no_more_than_fits_one_look(folder: Path) -> None:
    entries = {entry.name for entry in (ROOT / folder).iterdir()} - {"__init__.py", "__pycache__"}
    assert len(entries) <= ENTRIES_MAX, sorted(entries)


BROWSER_LINES_MAX = 250
BROWSER_FILES = sorted(path.relative_to(ROOT) for path in (ROOT / "explorer").rglob("*.js"))


@each(BROWSER_FILES)
def test_a_module_of_the_browser_fits_a_few_screens(path: Path) -> None:
    assert len((ROOT / path).read_text("utf-8").splitlines()) <= BROWSER_LINES_MAX


PARAMETERS_MAX = 7
AS_THEY_ARE = {
    "explorer/interfaces/commands": "options of a command",
    "model/metrics/factors/boosted_trees.py": "numba takes arrays, not values that hold them",
}


@each([path for path in SOURCES if not str(path).startswith(tuple(AS_THEY_ARE))])
def test_a_function_takes_no_more_than_one_remembers(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            taken = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            assert len([name for name in taken if name not in ("self", "cls")]) <= PARAMETERS_MAX, node.name


@each([path for path in SOURCES if path.parts[:3] in (("explorer", "interfaces", d) for d in ("pages", "widgets"))])
def test_pages_and_widgets_know_neither_rows_nor_networks(path: Path) -> None:
    inner = {name for name in imported(path) if name.split(".")[0] in ("data", "model")}
    allowed = ("data.errors.", "data.acting.", "model.errors.", "data.sources.", "model.geometry.CURVES")
    assert not {name for name in inner if not name.startswith(allowed)}


@each([*SOURCES, Path("streamlit_app.py")])
def test_each_library_is_imported_in_its_room_alone(path: Path) -> None:
    for library in rooms(path) & ONLY_IN.keys():
        assert str(path).startswith(ONLY_IN[library]), library


@each([path for path in [*SOURCES, Path("streamlit_app.py")] if "streamlit" in rooms(path)])
def test_session_state_and_the_address_are_touched_in_one_file(path: Path) -> None:
    touched = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    touched |= {name.rpartition(".")[2] for name in imported(path)}
    mentions = touched & {"session_state", "query_params"}
    assert not mentions or path == Path("explorer/interfaces/session.py")


@each(SOURCES)
def test_nothing_unpickles_or_evaluates(path: Path) -> None:
    assert not rooms(path) & FORBIDDEN
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"eval", "exec", "torch.load", "os.system", "np.load"} or is_safe_load(node, name)
            assert not any(keyword.arg == "shell" for keyword in node.keywords)


def is_safe_load(call: ast.Call, name: str) -> bool:
    """np.load refuses pickles unless told otherwise; torch.load does when told to, and knows tensors then."""
    if name == "torch.load":
        return any(keyword.arg == "weights_only" and ast.unparse(keyword.value) == "True" for keyword in call.keywords)
    return name == "np.load" and not any(keyword.arg == "allow_pickle" for keyword in call.keywords)


@each(SOURCES)
def test_no_thread_that_works_is_left_behind_at_the_end(path: Path) -> None:
    """The interpreter takes everything down below a daemon, which crashes those that are inside a library."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and any(keyword.arg == "daemon" for keyword in node.keywords):
            work = next((ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "target"), "")
            assert work == "process.wait", f"{path}: {work} as a daemon"


@each(SOURCES)
def test_no_exception_is_swallowed_unnamed(path: Path) -> None:
    assert not [n.lineno for n in ast.walk(tree(path)) if isinstance(n, ast.ExceptHandler) and n.type is None]


def public_definitions(path: Path) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """Functions and classes of a module, and methods of its public classes."""
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                methods = (inner for inner in node.body if isinstance(inner, ast.FunctionDef))
                yield from ((f"{node.name}.{m.name}", m) for m in methods if not m.name.startswith("_"))


def lines_of(node: ast.ClassDef | ast.FunctionDef) -> int:
    return sum(statement.end_lineno - statement.lineno + 1 for statement in node.body if statement.end_lineno)


OBVIOUS_LINES = 5  # of a body that needs no sentence
KINDS = ("families", "maps", "sources")  # the folder's docstring says what each member is and does


@each([path for path in SOURCES if path.parts[0] in ("data", "model")])
def test_what_is_public_and_not_obvious_says_what_it_is(path: Path) -> None:
    if path.parent.name in KINDS:
        assert ast.get_docstring(tree(path))
        return
    silent = [name for name, node in public_definitions(path) if not ast.get_docstring(node) and not is_obvious(node)]
    assert not silent, f"{path}: no docstring on {', '.join(silent)}"


def is_obvious(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """A dataclass or protocol says itself by its fields; a function by a few lines."""
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base) for base in node.bases}
        return bool(node.decorator_list) or "Protocol" in bases
    return lines_of(node) <= OBVIOUS_LINES


@each(SOURCES)
def test_every_module_with_content_says_why_it_is_there(path: Path) -> None:
    module = tree(path)
    assert not module.body or ast.get_docstring(module)


@each([path for path in SOURCES if path.parts[0] in ("data", "model")])
def test_public_functions_are_typed(path: Path) -> None:
    for name, node in public_definitions(path):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
            assert node.returns is not None, name
            assert not bare, name


def test_importing_the_lab_opens_nothing_that_it_does_not_need() -> None:
    look = f"import sys, looks_like.explorer.core; print([name for name in {LATE!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_is_printed_before_anything_heavy_is_read() -> None:
    heavy = ("torch", "lancedb", "pyarrow", "numpy", *LATE)
    main = "looks_like.explorer.interfaces.commands.main"
    look = f"import sys, {main}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_packages_themselves_is_free() -> None:
    look = "import sys, looks_like.data, looks_like.model, looks_like.explorer\n"
    look += "print([n for n in ('torch', 'lancedb', 'numpy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
