"""A model leaves as files that other programs run: ONNX gives what PyTorch gives, or is not written."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from looks_like.explorer.core import encode_pixels
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.selecting import write_model
from looks_like.model.device import Device
from looks_like.model.disk import onnx_files
from looks_like.model.disk.card import load_model
from looks_like.model.errors import ModelError
from looks_like.model.images import to_uint8


def answered(file: Path, given: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(file.read_bytes(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: given})[0])


def test_what_leaves_encodes_and_decodes_as_the_model_does_however_many(lab: Lab, tmp_path: Path) -> None:
    said = write_model(lab, "tiny", tmp_path / "out")
    assert {"card.json", "weights.safetensors"} <= set(said)
    assert load_model(tmp_path / "out")[1].family == lab.card("tiny").family
    net, pixels_nhwc = lab.net("tiny"), lab.pixels(32)[:7]
    exact = Device("cpu", torch.float32, "as ONNX reckons, also where this processor multiplies bf16")
    pictures_nchw = np.ascontiguousarray(pixels_nhwc.transpose(0, 3, 1, 2), np.float32) / 255
    codes_nd = answered(tmp_path / "out" / "encoder.onnx", pictures_nchw)
    np.testing.assert_allclose(codes_nd, encode_pixels(net, pixels_nhwc, exact), atol=1e-4)
    drawn_nchw = answered(tmp_path / "out" / "decoder.onnx", codes_nd)
    drawn_nhwc = (drawn_nchw.clip(0, 1).transpose(0, 2, 3, 1) * 255).round()
    with torch.inference_mode():
        here_nhwc = to_uint8(net.decode(torch.as_tensor(codes_nd)))
    np.testing.assert_allclose(drawn_nhwc, here_nhwc.astype(float), atol=1)


def test_a_file_that_gives_other_numbers_is_not_written(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = onnx_files._run
    monkeypatch.setattr(onnx_files, "_run", lambda *given: runs(*given) + 2e-4)
    with pytest.raises(ModelError, match=r"encoder\.onnx gives numbers 0\.0002 from PyTorch's"):
        write_model(lab, "tiny", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_without_the_packages_the_rest_leaves_and_a_sentence_says_what_is_needed(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_files, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install looks-like\[onnx\]"):
        write_model(lab, "tiny", tmp_path / "out")
    assert "weights.safetensors" in write_model(lab, "tiny", tmp_path / "out", onnx=False)
    with pytest.raises(RequestError, match="is there already"):
        write_model(lab, "tiny", tmp_path / "out")


def test_the_command_says_how_near_it_is(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["export", "model", "tiny", "--out", str(tmp_path / "out"), "--json"]
    assert run([*words, "--workspace", str(lab.workspace.folder)]) == (0, "")
    files = json.loads(capsys.readouterr().out)["files"]
    assert any(said.startswith("decoder.onnx (within ") for said in files)
