"""Faults of one part of the picture for some of the time, such as encoders and their users make.

1. `scenes`: values: a clip's frames, the place and time of a fault. `grounds`: what is around, and over time.
2. `erasing`, `drawing`, `moving`, `softening`: what is shown instead; `kinds`: the table of them, by name.
   `twisting`, `tinting`, `timing`: others, which no limit was set by; `unusual`: their table.
3. `places`: where a kind has something to spoil; `visibility`: whether anybody sees it.
4. `making`: one fault of a clip, drawn again until it is visible. `writing`: a clip as a GIF file.
"""
