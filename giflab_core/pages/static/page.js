/* The page of a validated pair: one clock, a player of both clips, a chart for each metric. Needs no network. */
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  document.documentElement.classList.remove("no-script");

  /* The clock: `now` in ms, and whoever wants to know of it. Times are those of our own pairing, never the browser's. */
  const clock = { now: 0, watchers: [], pause() {} };
  const placeAt = (ms) => {
    let low = 0;
    for (let high = data.starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (data.starts[middle] <= ms) low = middle; else high = middle;
    }
    return low;
  };
  const seek = (ms) => {
    clock.now = Math.max(0, Math.min(data.end, ms));
    for (const watcher of clock.watchers) watcher(clock.now);
  };
  const step = (by) => {
    clock.pause();
    const place = placeAt(clock.now) + by;
    if (place < data.starts.length) seek(data.starts[Math.max(0, place)]);
  };

  /* One clip, frame by frame as the browser decodes it: cut to its own size, since browsers enlarge one whose first image
     exceeds it, and then scaled, if it was when it was compared. */
  class Film {
    static MOST = 48 << 20;

    constructor(base64, own, size) {
      this.own = own;
      this.size = size;
      this.isScaled = String(own) !== String(size);
      const text = atob(base64);
      this.bytes = new Uint8Array(text.length);
      for (let at = 0; at < text.length; at += 1) this.bytes[at] = text.charCodeAt(at);
      this.kept = new Map();
      this.held = 0;
    }

    async open(count) {
      this.decoder = new ImageDecoder({ data: this.bytes, type: "image/gif", preferAnimation: true });
      await this.decoder.tracks.ready;
      await this.decoder.completed;
      if (this.decoder.tracks.selectedTrack.frameCount < count) throw new Error("the browser finds fewer frames");
    }

    async frame(number) {
      let found = this.kept.get(number);
      if (!found) {
        const { image } = await this.decoder.decode({ frameIndex: number });
        found = await createImageBitmap(image, 0, 0, ...this.own);
        image.close();
        if (this.isScaled) found = await this.scaled(found);
        this.kept.set(number, found);
        this.held += 4 * found.width * found.height;
        for (const [old, bitmap] of this.kept) {
          if (this.held <= Film.MOST || old === number) break;
          this.held -= 4 * bitmap.width * bitmap.height;
          bitmap.close();
          this.kept.delete(old);
        }
      }
      return found;
    }

    async scaled(bitmap) {
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
      context.drawImage(bitmap, 0, 0);
      const found = bicubic(context.getImageData(0, 0, bitmap.width, bitmap.height), ...this.size);
      bitmap.close();
      return createImageBitmap(found);
    }
  }

  const ramp = new Uint32Array(data.ramp.map(([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r));

  /* How far two pictures are apart, as pages/difference.py has it. */
  const difference = (one, other, into, gain) => {
    const a = one.data, b = other.data, found = new Uint32Array(into.data.buffer);
    for (let at = 0; at < a.length; at += 4) {
      let far = 0;
      for (let channel = at; channel < at + 3; channel += 1) {
        const apart = a[at + 3] === b[at + 3]
          ? (a[at + 3] ? Math.abs(a[channel] - b[channel]) : 0)
          : Math.max(a[at + 3] ? a[channel] : b[channel], 255 - (a[at + 3] ? a[channel] : b[channel]));
        if (apart > far) far = apart;
      }
      found[at >> 2] = ramp[Math.min(255, far * gain)];
    }
  };

  const clips = () => {
    const text = $("clips") ? $("clips").textContent : "";
    return [...text.matchAll(/data:image\/gif;base64,([^"]*)/g)].map((match) => match[1]);
  };

  const player = async (sources) => {
    const films = sources.map((source, side) => new Film(source, data.own[side], data.size[side]));
    await Promise.all(films.map((film, side) => film.open(data.frames[side])));
    const canvases = ["original", "compressed", "difference"].map($);
    const contexts = canvases.map((canvas) => canvas.getContext("2d", { willReadFrequently: true }));
    const sizes = [data.size[0], data.size[1], data.size[0]];
    const isComparable = String(data.size[0]) === String(data.size[1]);
    let drawn = -1, isDrawing = false, gain = data.gain;

    const draw = async () => {
      if (isDrawing) return;
      isDrawing = true;
      for (let place = placeAt(clock.now); place !== drawn; place = placeAt(clock.now)) {
        const numbers = [data.original[place], data.compressed[place]];
        const pictures = await Promise.all(films.map((film, side) => film.frame(numbers[side])));
        pictures.forEach((picture, side) => {
          const [width, height] = sizes[side];
          contexts[side].clearRect(0, 0, width, height);
          contexts[side].drawImage(picture, 0, 0);
          canvases[side].setAttribute("aria-label", `${canvases[side].id}, frame ${numbers[side]} at ${seconds(data.starts[place])}`);
          $(`frame-${canvases[side].id}`).textContent = `frame ${numbers[side]} (0 to ${data.frames[side] - 1})`;
        });
        compare();
        drawn = place;
      }
      isDrawing = false;
      document.documentElement.dataset.drawn = String(drawn);
    };
    const compare = () => {
      $("frame-difference").textContent = isComparable ? `${gain} times` : "two sizes: none";
      if (!isComparable) return;
      const [width, height] = sizes[0];
      const into = contexts[2].createImageData(width, height);
      difference(...contexts.slice(0, 2).map((each) => each.getImageData(0, 0, width, height)), into, gain);
      contexts[2].putImageData(into, 0, 0);
    };
    clock.watchers.push(() => draw().catch(failed));
    $("gain").addEventListener("change", () => { gain = Number($("gain").value); compare(); });
    return { canvases, sizes };
  };

  /* A zoom at which every pixel of a clip takes a whole number of those of the screen, if there is one. */
  const whole = (zoom) => {
    const times = Math.floor(zoom * devicePixelRatio);
    return times ? Math.min(8, times / devicePixelRatio) : zoom;
  };

  /* How large pictures are shown, and where the worst place is. */
  const layout = ({ canvases, sizes }) => {
    const views = canvases.map((canvas) => canvas.closest(".view"));
    const places = data.region ? canvases.map((canvas) => {
      const place = document.createElement("div");
      place.className = "place";
      canvas.after(place);
      return place;
    }) : [];
    const fit = () => {
      const widest = Math.max(sizes[0][0], sizes[1][0]), highest = Math.max(sizes[0][1], sizes[1][1]);
      const room = Math.min(...views.map((view) => view.clientWidth).filter(Boolean));
      const zoom = $("zoom").value === "fit"
        ? whole(Math.min(room / widest, 0.74 * innerHeight / highest))
        : Number($("zoom").value);
      canvases.forEach((canvas, side) => {
        canvas.style.width = `${Math.max(1, sizes[side][0] * zoom)}px`;
        canvas.style.height = `${Math.max(1, sizes[side][1] * zoom)}px`;
        canvas.classList.toggle("smaller", zoom < 1);
      });
      for (const place of places) {
        const { x, y, width, height } = data.region;
        Object.assign(place.style, {
          left: `${x * zoom - 2}px`, top: `${y * zoom - 2}px`, width: `${width * zoom + 4}px`, height: `${height * zoom + 4}px`,
        });
        place.hidden = !$("box").checked;
      }
    };
    views.forEach((view) => view.addEventListener("scroll", () => {
      for (const other of views) {
        if (other.scrollLeft !== view.scrollLeft) other.scrollLeft = view.scrollLeft;
        if (other.scrollTop !== view.scrollTop) other.scrollTop = view.scrollTop;
      }
    }));
    const wipe = () => {
      const isWiping = document.querySelector("input[name=view]:checked").value === "wipe";
      $("stage").classList.toggle("wiping", isWiping);
      $("wiper").hidden = !isWiping;
      $("pane-compressed").inert = isWiping;
      $("stage").style.setProperty("--wipe", `${$("wipe").value / 10}%`);
      fit();
    };
    for (const input of document.querySelectorAll("input[name=view]")) input.addEventListener("change", wipe);
    $("wipe").addEventListener("input", wipe);
    const drag = (event) => {
      if (!event.buttons || !$("stage").classList.contains("wiping")) return;
      const box = canvases[0].getBoundingClientRect();
      $("wipe").value = String(Math.round(1000 * Math.max(0, Math.min(1, (event.clientX - box.left) / box.width))));
      wipe();
    };
    $("pane-original").addEventListener("pointermove", drag);
    $("pane-original").addEventListener("pointerdown", drag);
    $("zoom").addEventListener("change", fit);
    if ($("box")) $("box").addEventListener("change", fit);
    new ResizeObserver(fit).observe($("stage"));
    fit();
  };

  const controls = () => {
    let before = null;
    const isPlaying = () => before !== null;
    const pause = () => {
      before = null;
      $("play").textContent = "▶ play";
      $("play").setAttribute("aria-pressed", "false");
    };
    const tick = (time) => {
      if (!isPlaying()) return;
      const next = clock.now + (time - before) * Number($("speed").value);
      before = time;
      seek(next < data.end ? next : 0);
      requestAnimationFrame(tick);
    };
    const play = () => {
      if (isPlaying()) { pause(); return; }
      before = performance.now();
      $("play").textContent = "❚❚ pause";
      $("play").setAttribute("aria-pressed", "true");
      requestAnimationFrame(tick);
    };
    $("play").addEventListener("click", play);
    $("back").addEventListener("click", () => step(-1));
    $("on").addEventListener("click", () => step(1));
    $("worst").addEventListener("click", () => { pause(); seek(data.begin); });
    $("time").addEventListener("input", () => { pause(); seek(Number($("time").value)); });
    clock.watchers.push((now) => {
      const place = placeAt(now);
      const said = `${seconds(now)}, frame ${data.original[place]} | ${data.compressed[place]}`;
      $("time").value = String(now);
      $("time").setAttribute("aria-valuetext", said);
      $("now").textContent = said;
    });
    clock.pause = pause;
    keys({
      " ": play, ArrowLeft: () => step(-1), ArrowRight: () => step(1), ArrowDown: () => step(-1), ArrowUp: () => step(1),
      w: () => $("worst").click(), W: () => $("worst").click(),
    });
  };

  /* What each key does, unless what has the focus has a use for it; a control that was clicked leaves the space bar to us. */
  const keys = (does) => {
    let isClicked = false, isTaken = false;
    const isNeeded = (key, element) => {
      if (element.matches("select, textarea, input:not([type=range], [type=radio], [type=checkbox])")) return true;
      if (key === " ") return !isClicked && element.matches("button, input:not([type=range])");
      if (!key.startsWith("Arrow")) return false;
      const scrolls = element.matches(".view") && (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
      const isUpright = (key === "ArrowUp" || key === "ArrowDown") && !element.matches("#time");
      return scrolls || isUpright || element.matches("[type=radio], #wipe");
    };
    document.addEventListener("pointerdown", () => { isClicked = true; }, true);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Tab") isClicked = false;
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && does[event.key] && !$("play").disabled;
      isTaken = Boolean(isPlain) && !isNeeded(event.key, event.target);
      if (!isTaken) return;
      event.preventDefault();
      if (event.key !== " " || !event.repeat) does[event.key]();
    });
    document.addEventListener("keyup", (event) => {
      if (event.key === " " && isTaken) event.preventDefault(); // Firefox clicks a button only then
    });
  };

  /* Without ImageDecoder: the browser plays both by itself, unless its user wants no motion. */
  const plain = (sources, why) => {
    $("room").hidden = true;
    $("plain").hidden = false;
    $("plain-why").textContent = why;
    const show = () => {
      $("plain-start").hidden = true;
      sources.forEach((source, side) => {
        const figure = document.createElement("figure"), caption = document.createElement("figcaption");
        caption.textContent = ["original", "compressed"][side];
        const image = new Image();
        image.alt = `${caption.textContent} clip`;
        image.src = `data:image/gif;base64,${source}`;
        figure.append(caption, image);
        $("plain-clips").append(figure);
      });
    };
    $("plain-play").addEventListener("click", show);
    if (!still.matches) show();
  };
  let failed = () => {};

  /* A chart for each metric, in the place of the drawing that needs no script. */
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const charts = [];
  const chart = (place) => {
    const metric = data.metrics[place.dataset.metric];
    if (!metric || metric.values.length < 2) return;
    const drawing = place.querySelector("svg"), name = drawing.getAttribute("aria-label");
    drawing.remove();
    const times = metric.times.map((ms) => ms / 1000);
    const values = [...metric.values, metric.values[metric.values.length - 1]];
    const known = [...metric.values.filter((value) => value !== null), ...metric.limits.map((limit) => limit.value)];
    const low = Math.min(...known), high = Math.max(...known), pad = (high - low || Math.abs(high) || 1) * 0.12;
    const number = (value) => (value === null ? "infinite" : Number(value.toPrecision(4)));
    const draw = (plot) => {
      head.style.left = `${plot.valToPos(clock.now / 1000, "x")}px`;
      const { ctx, bbox } = plot, scale = devicePixelRatio;
      ctx.save();
      ctx.textAlign = "left";
      ctx.font = `${11 * scale}px system-ui, sans-serif`;
      const end = plot.valToPos(times[times.length - 1], "x", true), rest = bbox.left + bbox.width - end;
      if (rest > 2 * scale) {
        ctx.fillStyle = colour("--soft");
        ctx.fillRect(end, bbox.top, rest, bbox.height);
        ctx.fillStyle = colour("--faint");
        if (rest > 90 * scale) ctx.fillText("not compared", end + 8 * scale, bbox.top + bbox.height / 2);
      }
      for (const limit of metric.limits) {
        const y = plot.valToPos(limit.value, "y", true);
        ctx.strokeStyle = ctx.fillStyle = colour("--fail");
        ctx.lineWidth = 1.5 * scale;
        ctx.setLineDash([6 * scale, 5 * scale]);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        ctx.fillText(limit.title, bbox.left + 4 * scale, y - 4 * scale);
      }
      if (metric.worst.value !== null) {
        ctx.setLineDash([]);
        ctx.beginPath();
        ctx.arc(plot.valToPos(metric.worst.time / 1000, "x", true), plot.valToPos(metric.worst.value, "y", true), 5 * scale, 0, 7);
        ctx.fillStyle = colour("--fail");
        ctx.strokeStyle = colour("--card");
        ctx.fill();
        ctx.stroke();
      }
      ctx.restore();
    };
    const axis = { stroke: () => colour("--faint"), grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
    const head = document.createElement("div"), reading = document.createElement("div");
    const plot = new uPlot({
      width: place.clientWidth, height: 168, legend: { show: false }, padding: [20, 8, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: "time" }, points: { show: false } },
      scales: { x: { time: false, range: [0, data.end / 1000] }, y: { range: [low - pad, high + pad] } },
      axes: [{ ...axis, space: 60, size: 26, values: (_, splits) => splits.map((each) => `${each} s`) }, { ...axis, space: 26, size: 52 }],
      series: [{}, { stroke: () => colour("--series"), width: 2, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }],
      hooks: { draw: [draw] },
    }, [times, values], place);
    head.className = "playhead";
    reading.className = "reading";
    plot.over.append(head);
    place.append(reading);
    const read = (place) => (reading.textContent = `${number(values[place])}${metric.unit ? ` ${metric.unit}` : ""} at ${times[place].toFixed(2)} s`);
    const valueAt = (ms) => Math.min(metric.values.length - 1, Math.max(0, metric.times.findLastIndex((each) => each <= ms)));
    const label = (element, given) => Object.entries(given).forEach(([key, value]) => element.setAttribute(key, value));
    label(plot.ctx.canvas, { role: "img", "aria-label": name });
    label(plot.over, {
      role: "slider", tabindex: 0, "aria-label": `time, ${place.dataset.metric}`, "aria-valuemin": 0, "aria-valuemax": data.end / 1000,
    });
    plot.over.addEventListener("click", () => seek(1000 * plot.posToVal(plot.cursor.left, "x")));
    const goTo = (ms) => { clock.pause(); seek(ms); };
    const does = {
      ArrowLeft: () => step(-1), ArrowDown: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => step(1),
      Home: () => goTo(0), End: () => goTo(data.end), Enter: () => goTo(metric.worst.time),
    };
    plot.over.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !does[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      does[event.key]();
    });
    clock.watchers.push((now) => {
      head.style.left = `${plot.valToPos(now / 1000, "x")}px`;
      if (now >= metric.times[metric.times.length - 1] && now < data.end) reading.textContent = "not compared";
      else read(valueAt(now));
      label(plot.over, { "aria-valuenow": now / 1000, "aria-valuetext": `${seconds(now)}: ${reading.textContent}` });
    });
    new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - plot.width) > 1) {
        plot.setSize({ width: place.clientWidth, height: 168 });
      }
    }).observe(place);
    charts.push(plot);
  };

  const start = async () => {
    document.querySelectorAll(".chart").forEach(chart);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((each) => each.redraw()));
    const sources = clips();
    if (sources.length) {
      const why = "This browser cannot step through GIFs (it has no ImageDecoder): both clips play by themselves.";
      failed = (error) => plain(sources, `The player stopped: ${error.message}. Both clips play by themselves.`);
      if ("ImageDecoder" in window) {
        try {
          const stage = await player(sources);
          $("room").hidden = false;
          layout(stage);
          controls();
        } catch (error) {
          failed(error);
        }
      } else {
        plain(sources, why);
      }
    }
    for (const button of document.querySelectorAll("[data-seek]")) {
      button.addEventListener("click", () => {
        clock.pause();
        seek(Number(button.dataset.seek));
        if ($("player")) $("player").scrollIntoView({ behavior: still.matches ? "auto" : "smooth", block: "nearest" });
      });
    }
    seek(data.begin);
    document.documentElement.dataset.ready = "yes";
  };
  start();
})();
