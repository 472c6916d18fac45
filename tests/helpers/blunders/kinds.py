"""The kinds by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tests.helpers.blunders import captions, coding, colours, moments, pictures
from tests.helpers.local_faults.scenes import Footage

Blunder = Callable[[Footage, float, np.random.Generator], Footage | None]
"""Makes of a clip a faulty one, or None if the clip has nothing to spoil in this way."""

OF_CLIPS: Mapping[str, Blunder] = {
    each.__name__: each
    for each in (
        pictures.rows_off,
        pictures.half_frames_a_row_down,
        pictures.first_passes,
        pictures.interlaced_order,
        pictures.last_rows_black,
        pictures.cropped_and_stretched,
        pictures.wider,
        pictures.mirrored_part,
        pictures.halos,
        pictures.outlines_gone,
        pictures.coarse_pixels,
        pictures.half_size_and_back,
        pictures.jpeg,
        pictures.rolled,
        pictures.torn,
        pictures.bar_below,
        pictures.stamped,
        colours.without_blue,
        colours.green_and_blue_swapped_below,
        colours.blue_shadows,
        colours.warm_lights,
        colours.burnt_out,
        colours.drowned,
        colours.limited_range,
        colours.full_range,
        colours.chroma_in_blocks,
        colours.ordered,
        colours.bands_of_luma,
        colours.oversaturated,
        colours.sepia_part,
        colours.grain,
        colours.one_colour_replaced,
        coding.palette_in_another_order,
        coding.stale_palette,
        coding.colour_transparent,
        coding.colour_kept_from_before,
        coding.cleared,
        coding.restored,
        coding.delta_lost,
        coding.delta_of_half,
        coding.black_instead_of_transparent,
        coding.white_rim,
        coding.ground_replaced,
        moments.swapped_pairwise,
        moments.frozen_corner,
        moments.late_below,
        moments.seam_missing,
        moments.first_skipped,
        moments.delays_of_half,
        moments.all_delays_alike,
        moments.ghosts,
        moments.smeared,
        moments.blended,
        moments.backwards_part,
        moments.shaking,
        moments.hue_to_and_fro,
        moments.light_to_and_fro,
        moments.dips,
        moments.faded_in,
        moments.another_clip_flashes,
    )
}
# Made of clips without the caption that their originals have.
OF_CAPTIONS: Mapping[str, Blunder] = {
    f"caption_{each.__name__}": each
    for each in (
        captions.missing_for_half,
        captions.late,
        captions.stays,
        captions.in_another_colour,
        captions.moved,
        captions.other_words,
        captions.without_rim,
        captions.faint,
    )
}
