"""What is in a GIF as JSON: the schema `giflab.inspect/1`, shipped beside this file."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from giflab_core.inspection import InspectedFrame, Inspection
from giflab_core.text import as_utf8

SCHEMA = "giflab.inspect/1"


def inspection_json(inspection: Inspection) -> str:
    """One strict JSON object, without a line break at the end."""
    return json.dumps(to_document(inspection), indent=2, allow_nan=False)


def print_inspection_json(inspection: Inspection) -> None:
    """Print the inspection as one JSON object and nothing else."""
    print(inspection_json(inspection))


def to_document(inspection: Inspection) -> dict[str, Any]:
    """The inspection as plain values, all frames; texts of the file are as stored, JSON escapes them."""
    canvas_pixels = inspection.width * inspection.height
    return {
        "schema": SCHEMA,
        "path": as_utf8(inspection.path),
        "sha256": inspection.digest,
        "bytes": inspection.size_bytes,
        "version": inspection.version,
        "width": inspection.width,
        "height": inspection.height,
        "global_colours": inspection.global_colours,
        "loop_count": inspection.loop_count,
        "duration_ms": inspection.duration_ms,
        "parts": dict(inspection.parts),
        "frames": [_frame(frame, canvas_pixels) for frame in inspection.frames],
        "texts": [{"kind": text.kind, "text": text.text, "bytes": text.size_bytes} for text in inspection.texts],
        "n_texts": inspection.n_texts,
        "oddities": [
            {"kind": oddity.kind, "message": oddity.message, "frames": list(oddity.frames)}
            for oddity in inspection.oddities
        ],
    }


def _frame(frame: InspectedFrame, canvas_pixels: int) -> dict[str, Any]:
    values = asdict(frame)
    values["bytes"] = values.pop("size_bytes")
    values["whole"] = values.pop("is_whole")
    values["dirty_share"] = frame.dirty_pixels / canvas_pixels
    return values
