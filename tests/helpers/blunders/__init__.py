"""What encoders, servers and editors do wrong to a whole clip, made of real clips: plain faults and milder ones.

1. `pictures`, `colours`: each picture becomes another one.
2. `coding`: what a wrong palette, delta, disposal or transparent index leaves on screen.
3. `moments`: pictures at other moments.
4. `captions`: what becomes of a line of text that was written over the clip.
5. `kinds`: all of these by name; `seen`: whether anybody sees one.
"""
