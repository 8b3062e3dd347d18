"""The rooms and their doors, read from the source: who may import whom, and what nobody does."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("data", "model", "explorer")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
MAY_IMPORT = {"data": {"data"}, "model": {"model"}, "explorer": {"explorer", "model", "data"}}
# The Lab is where catalogue and models meet; the other only names exceptions of both.
JOIN = {"explorer/core/lab.py", "explorer/core/errors.py"}
# library -> where it may be imported; a name that ends in / is a folder
ONLY_IN = {
    "streamlit": ("explorer/main.py", "explorer/interfaces/session.py", "explorer/pages/", "explorer/widgets/"),
    "typer": ("explorer/interfaces/commands/main.py", "explorer/commands/"),
    "lancedb": ("data/",),
    "torch": ("model/", "explorer/core/space.py", "explorer/training/run.py"),
    "faiss": ("model/",),
    "uvicorn": ("explorer/interfaces/commands/workspace/app.py",),
}
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "joblib"}
# heavy, and not needed to answer most questions: imported where they are used
LATE = ("streamlit", "umap", "numba", "openTSNE", "sklearn", "matplotlib", "faiss", "imageio", "plotly")


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which room it enters"
            found.add(node.module or "")
    return found


def rooms(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=str)


def test_the_reader_sees_the_source() -> None:
    assert {"data/catalogue.py", "model/training/trainer.py", "explorer/core/lab.py"} <= {str(path) for path in SOURCES}
    assert "looks_like.model.geometry.curves" in imported(Path("explorer/core/space.py"))


@each(SOURCES)
def test_imports_point_one_way(path: Path) -> None:
    assert rooms(path) & MAY_IMPORT.keys() <= MAY_IMPORT[path.parts[0]]


@each([path for path in SOURCES if path.parts[0] == "explorer"])
def test_the_catalogue_and_the_models_meet_in_the_lab_alone(path: Path) -> None:
    if str(path) not in JOIN:
        assert not {"data", "model"} <= rooms(path)


@each([path for path in SOURCES if path.parts[:2] in (("explorer", "pages"), ("explorer", "widgets"))])
def test_pages_and_widgets_know_neither_rows_nor_networks(path: Path) -> None:
    inner = {name for name in imported(path) if name.split(".")[0] in ("data", "model")}
    assert not {name for name in inner if not name.endswith((".errors", ".sources", ".curves"))}


@each([*SOURCES, Path("streamlit_app.py")] if (ROOT / "streamlit_app.py").exists() else SOURCES)
def test_each_library_is_imported_in_its_room_alone(path: Path) -> None:
    for library in rooms(path) & ONLY_IN.keys():
        assert str(path).startswith(ONLY_IN[library]) or path == Path("streamlit_app.py"), library


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
    look = f"import sys, looks_like.explorer.core.lab; print([name for name in {LATE!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_is_printed_before_anything_heavy_is_read() -> None:
    heavy = ("torch", "lancedb", "pyarrow", "numpy", *LATE)
    look = f"import sys, looks_like.explorer.interfaces.commands.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_packages_themselves_is_free() -> None:
    look = "import sys, data, model, explorer; print([n for n in ('torch', 'lancedb', 'numpy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
