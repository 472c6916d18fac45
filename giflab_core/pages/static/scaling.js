/* A picture at another size, to the bit as `decoding.scaled()` makes it: Pillow's bicubic filter on premultiplied colours. */
const bicubic = (() => {
  "use strict";
  const BITS = 22, HALF = 1 << (BITS - 1);

  const filter = (x) => {
    const far = Math.abs(x);
    if (far < 1) return (1.5 * far - 2.5) * far * far + 1;
    return far < 2 ? (((far - 5) * far + 8) * far - 4) * -0.5 : 0;
  };

  /* For each new pixel the first old one that it is made of, and their shares as whole numbers. */
  const shares = (before, after) => {
    const scale = before / after, wide = Math.max(1, scale), support = 2 * wide;
    return Array.from({ length: after }, (_, place) => {
      const centre = (place + 0.5) * scale;
      const first = Math.max(0, Math.trunc(centre - support + 0.5));
      const end = Math.min(before, Math.trunc(centre + support + 0.5));
      const parts = Array.from({ length: end - first }, (_, at) => filter((at + first - centre + 0.5) * (1 / wide)));
      const sum = parts.reduce((total, part) => total + part, 0);
      return { first, parts: Int32Array.from(parts, (part) => Math.round(Math.abs(part / sum) * (1 << BITS)) * Math.sign(part)) };
    });
  };

  /* One direction: `after` new pixels a line of `before`, `along` bytes from one to the next; `lines` lines, `across` bytes. */
  const pass = (pixels, before, after, lines, [along, across], [newAlong, newAcross]) => {
    if (before === after) return pixels;
    const found = new Uint8ClampedArray(4 * after * lines);
    shares(before, after).forEach(({ first, parts }, place) => {
      for (let line = 0; line < lines; line += 1) {
        const from = line * across + first * along, to = line * newAcross + place * newAlong;
        let red = HALF, green = HALF, blue = HALF, alpha = HALF;
        for (let at = 0, own = from; at < parts.length; at += 1, own += along) {
          const part = parts[at];
          red += part * pixels[own];
          green += part * pixels[own + 1];
          blue += part * pixels[own + 2];
          alpha += part * pixels[own + 3];
        }
        found[to] = red >> BITS;
        found[to + 1] = green >> BITS;
        found[to + 2] = blue >> BITS;
        found[to + 3] = alpha >> BITS;
      }
    });
    return found;
  };

  /* `picture`: ImageData in which alpha is 0 or 255, as it is in what is given back. */
  return (picture, width, height) => {
    const rows = pass(picture.data, picture.width, width, picture.height, [4, 4 * picture.width], [4, 4 * width]);
    const found = pass(rows, picture.height, height, width, [4 * width, 4], [4 * width, 4]);
    for (let at = 0; at < found.length; at += 4) {
      const alpha = found[at + 3];
      if (alpha === 255) continue;
      for (let channel = at; channel < at + 3; channel += 1) {
        found[channel] = alpha < 128 ? 0 : Math.min(255, Math.floor((255 * found[channel]) / alpha));
      }
      found[at + 3] = alpha < 128 ? 0 : 255;
    }
    return new ImageData(found, width, height);
  };
})();
