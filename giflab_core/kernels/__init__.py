"""Arithmetic on plain arrays: one file a kernel, each of them a door.

1. `extension`: the module in C, or None. A kernel whose arithmetic is in C has it in `csrc/`, under its own name, and a
   twin in NumPy for where the module is not built.
2. `boxes`: parts of a picture, which others take.
3. Of planes: `luma`, `moments`, `ssim`, `ms_ssim`, `gmsd`, `fsim`, `cambi`, `canny`, `laplacian`, `cells`; over time
   `change`, `large_change`. Of pictures in colour: `mdsi`, `haarpsi`, `same`, `look_up`; of their tiles `tile_marks`,
   `tiles`, `tile_measures`, `specks`; of their `blocks`, and over time of those, `colour_history`. Of vectors:
   `distances`; of cells of two clips: `nearness`, `courses`.
4. Of colours, however many pixels have them: `joint` counts them, `lab`, `ciede2000`, `histogram`, `palette`,
   `matches`, `nearest` and `chroma` go on from there.
"""
