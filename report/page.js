"use strict";
// The script of the page: one cursor for all figures over time, with the values there, and
// one stretch of time that all of them show. The page says the same without it. It draws
// no figure: gonum's drawing is stretched, and only the ticks of time are written anew.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const end = data.end, step = data.step || end / 600;
  const view = { from: 0, to: end, at: null };
  const byId = (id) => document.getElementById(id);
  const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

  // Numbers as the report prints them: a unit, and about three digits.

  function round(x) {
    if (x === 0) return "0";
    const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(x)) + 1e-9));
    return x.toLocaleString("en-US", { maximumFractionDigits: Math.min(decimals, 9) });
  }

  function clockwise(seconds) {
    const s = Math.round(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    if (h > 0) return `${h}h` + (m || s % 60 ? `${two(m)}m` : "") + (s % 60 ? `${two(s % 60)}s` : "");
    return m > 0 ? `${m}m` + (s % 60 ? `${two(s % 60)}s` : "") : `${s}s`;
  }

  function delay(ms) {
    if (ms === 0) return "0s";
    if (ms < 1) return round(ms * 1e3) + "µs";
    if (ms < 1e3) return round(ms) + "ms";
    return ms < 6e4 ? round(ms / 1e3) + "s" : clockwise(ms / 1e3);
  }

  function size(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let u = 0;
    for (; bytes >= 1023.5 && u < units.length - 1; u++) bytes /= 1024;
    return `${round(bytes)} ${units[u]}`;
  }

  const inUnit = {
    "count": round, "ms": delay, "bytes": size,
    "bytes/s": (v) => size(v) + "/s", "share": (v) => round(v * 100) + " %",
  };

  // A moment of the run by its clock, or counted from its start.
  function moment(seconds, short) {
    const fine = step < 1 || view.to - view.from < 120;
    if (!data.start) {
      return fine && seconds < 60 ? `${round(Math.round(seconds * 100) / 100)}s` : clockwise(seconds);
    }
    const local = new Date(Date.parse(data.start) + (seconds + (data.offset || 0)) * 1e3).toISOString();
    const day = end > 86400 ? `${local.slice(5, 10)} ` : "";
    return day + local.slice(11, fine || !short && step < 60 ? 19 : 16) + (short ? "" : ` ${data.zone}`);
  }

  // A tick is told as the axis of the whole run tells it.
  function tickText(seconds) {
    if (data.start) return moment(seconds, true);
    const two = (n) => String(Math.floor(n)).padStart(2, "0");
    const fine = view.to - view.from < 480 ? `:${two(seconds % 60)}` : "";
    if (end > 172800) return `${Math.floor(seconds / 86400)}d ${two(seconds / 3600 % 24)}h` + (view.to - view.from < 86400 ? `${two(seconds / 60 % 60)}m` : "");
    if (end > 3600) return `${Math.floor(seconds / 3600)}:${two(seconds / 60 % 60)}${fine}`;
    return end > 120 ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}` : `${round(seconds)} s`;
  }

  // Series.

  // valueAt is what a line says at an instant; null where it says nothing.
  function valueAt(series, seconds) {
    if (!series.x) return series.y[clamp(Math.floor(seconds / (series.step || step)), 0, series.y.length - 1)] ?? null;
    let low = 0, high = series.x.length; // the last point that is not later
    while (low < high) {
      const middle = (low + high) >> 1;
      if (series.x[middle] <= seconds) low = middle + 1; else high = middle;
    }
    return low > 0 ? series.y[low - 1] : null;
  }

  // fullest are the rows of a heat map with the largest shares at an instant.
  function fullest(heat, seconds) {
    const column = clamp(Math.floor(seconds / heat.step), 0, heat.use[0].length - 1);
    return heat.rows.map((name, i) => ({ name, share: heat.use[i][column] ?? 0 }))
      .sort((a, b) => b.share - a.share).slice(0, 4);
  }

  // Figures.

  function make(name, attributes, parent) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  }

  function html(name, className, parent, text) {
    const element = document.createElement(name);
    element.className = className;
    if (text) element.textContent = text;
    parent.append(element);
    return element;
  }

  class Figure {
    constructor(svg) {
      this.svg = svg;
      this.plot = svg.closest(".plot");
      this.info = data.figures[svg.dataset.figure] || {};
      [this.left, this.top, this.right, this.bottom] = svg.dataset.area.split(" ").map(Number);
      this.moving = svg.querySelector(".data");
      this.marks = [...svg.querySelectorAll(".mark")];
      this.baseline = svg.querySelector(".tick text")?.getAttribute("y");
      this.frame();
      this.values = html("div", "values", this.plot);
      this.values.hidden = true;
    }

    // frame adds what the script draws: the window onto the data, its own ticks, the cursor.
    frame() {
      const id = `${this.svg.dataset.figure}-window`;
      const size = { x: this.left, y: this.top, width: this.right - this.left, height: this.bottom - this.top };
      make("rect", size, make("clipPath", { id }, this.svg));
      this.window = make("g", {}, this.svg);
      this.moving.before(this.window);
      this.window.append(this.moving);
      this.clip = `url(#${id})`;
      this.ticks = make("g", { class: "ticks" }, this.svg);
      this.window.before(this.ticks);
      this.chosen = make("rect", { ...size, width: 0, class: "chosen" }, this.svg);
      this.line = make("line", { x1: 0, x2: 0, y1: this.top, y2: this.bottom, class: "cursor" }, this.svg);
      this.line.style.display = "none";
    }

    x(seconds) {
      return this.left + (seconds - view.from) / (view.to - view.from) * (this.right - this.left);
    }

    // seconds is the instant below a pointer.
    seconds(event) {
      const box = this.svg.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * this.svg.viewBox.baseVal.width;
      return clamp(view.from + (x - this.left) / (this.right - this.left) * (view.to - view.from), view.from, view.to);
    }

    // stretch shows the part of the run that all figures show.
    stretch() {
      const by = end / (view.to - view.from), whole = by === 1;
      this.svg.classList.toggle("zoomed", !whole);
      this.ticks.replaceChildren();
      if (whole) {
        this.window.removeAttribute("clip-path");
        this.moving.removeAttribute("transform");
        for (const mark of this.marks) mark.removeAttribute("transform");
        return;
      }
      this.window.setAttribute("clip-path", this.clip);
      this.moving.setAttribute("transform", `matrix(${by} 0 0 1 ${this.x(0) - by * this.left} 0)`);
      for (const mark of this.marks) mark.setAttribute("transform", `matrix(${1 / by} 0 0 1 ${mark.dataset.x * (1 - 1 / by)} 0)`);
      for (const t of ticksOf(view.from, view.to)) this.tick(t);
    }

    tick(seconds) {
      const x = this.x(seconds).toFixed(1);
      if (!this.info.heat) make("line", { x1: x, x2: x, y1: this.top, y2: this.bottom, stroke: "#e3e3e3", "stroke-width": 0.6 }, this.ticks);
      make("line", { x1: x, x2: x, y1: this.bottom, y2: this.bottom + 5, stroke: "#222222", "stroke-width": 0.7 }, this.ticks);
      const label = make("text", { x, y: this.baseline, "font-size": 10.5, "text-anchor": "middle" }, this.ticks);
      label.textContent = tickText(seconds);
    }

    // point moves the cursor and tells the values below it.
    point() {
      const shown = view.at !== null && view.at >= view.from && view.at <= view.to;
      this.line.style.display = shown ? "" : "none";
      this.values.hidden = !shown || this.svg.clientWidth === 0;
      if (!shown) return;
      const x = this.x(view.at), scale = this.svg.clientWidth / this.svg.viewBox.baseVal.width;
      this.line.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
      if (this.values.hidden) return;
      this.reveal(x * scale);
      this.tell();
      const late = x > (this.left + this.right) / 2;
      // Beside the cursor; on the timeline, which has little room, at the other end.
      const [place, leftward] = this.svg.dataset.figure === "timeline" ? [late ? this.left : this.right, !late] : [x, late];
      this.values.style.top = `${(this.top + 4) * scale}px`;
      const wide = this.values.offsetWidth, seen = this.plot.scrollLeft; // a figure may be wider than the screen
      const left = leftward ? place * scale - 8 - wide : place * scale + 8;
      this.values.style.left = `${clamp(left, seen + 4, Math.max(seen + 4, seen + this.plot.clientWidth - wide - 4))}px`;
    }

    // reveal scrolls a figure that is wider than the screen to its cursor.
    reveal(x) {
      const seen = this.plot.clientWidth, from = this.plot.scrollLeft;
      if (x < from || x > from + seen) this.plot.scrollLeft = x - seen / 2;
    }

    // lines are what there is to read at the cursor: a text, and the colour of its line.
    lines() {
      const list = [];
      for (const series of this.info.series || []) {
        const value = valueAt(series, view.at);
        list.push({ ...series, text: value === null ? "–" : inUnit[this.info.unit](value) });
      }
      if (this.info.heat) {
        for (const row of fullest(this.info.heat, view.at)) list.push({ name: row.name.includes("%") ? row.name : `shard ${row.name}`, text: `${row.share} %` });
      }
      if (this.svg.dataset.figure === "timeline") {
        for (const e of eventsAt(view.at)) list.push({ name: e.what, text: String(e.n) });
      }
      return list;
    }

    tell() {
      this.values.replaceChildren();
      html("div", "when", this.values, moment(view.at));
      for (const line of this.lines()) {
        const row = html("div", "", this.values);
        if (line.color) {
          const sample = make("svg", { viewBox: "0 0 18 8", "aria-hidden": "true" }, row);
          const dashes = ["", "5 2", "2 2", "1 2", "6 2 2 2", "4 2 1 2"][(line.dash || 0) % 6];
          make("path", { d: "M0 4H18", stroke: line.color, "stroke-width": 2.5, "stroke-dasharray": dashes }, sample);
        }
        html("b", "", row, line.text);
        row.append(` ${line.name}`);
      }
    }

    sentence() {
      return [moment(view.at), ...this.lines().map((l) => `${l.name} ${l.text}`)].join("; ");
    }

    choose(from, to) {
      const x = [this.x(from), this.x(to)].sort((a, b) => a - b);
      this.chosen.setAttribute("x", x[0]);
      this.chosen.setAttribute("width", x[1] - x[0]);
    }
  }

  function eventsAt(seconds) {
    const near = (view.to - view.from) / 100;
    return data.events.filter((e) => e.span[0] - near <= seconds && seconds <= e.span[1] + near).slice(0, 6);
  }

  // ticksOf are round instants, by the clock where the run has one.
  function ticksOf(from, to) {
    const wanted = (to - from) / 8;
    const spans = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
      60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
    const span = spans.find((s) => s >= wanted) || wanted;
    const since = data.start ? (Date.parse(data.start) / 1e3 + (data.offset || 0)) % 86400 : 0;
    const list = [];
    for (let i = Math.ceil((from + since) / span); i * span - since <= to; i++) list.push(i * span - since);
    return list;
  }

  const figures = [...document.querySelectorAll(".plot svg[data-area]")].map((svg) => new Figure(svg));

  // What all of them show.

  let asked = false;
  function redraw(stretched) {
    if (stretched) for (const f of figures) f.stretch();
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      for (const f of figures) f.point();
      const time = byId("time");
      time.value = view.at ?? (view.from + view.to) / 2;
      const part = view.to - view.from < end ? `from ${moment(view.from)} to ${moment(view.to)}` : "";
      byId("now").textContent = [view.at === null ? "" : moment(view.at), part].filter(Boolean).join(", ");
      time.setAttribute("aria-valuetext", view.at === null ? "no time chosen" : moment(view.at));
    });
  }

  function pointAt(seconds) {
    view.at = seconds === null ? null : clamp(seconds, 0, end);
    let stretched = false;
    if (view.at !== null && (view.at < view.from || view.at > view.to)) {
      const half = (view.to - view.from) / 2; // the window follows the cursor
      stretched = show(view.at - half, view.at + half);
    }
    if (!stretched) redraw(false);
  }

  // show sets the stretch of time, no shorter than a few bins.
  function show(from, to) {
    const span = clamp(to - from, Math.min(end, 5 * step), end);
    view.from = clamp(from, 0, end - span);
    view.to = view.from + span;
    byId("time").min = view.from;
    byId("time").max = view.to;
    byId("whole").disabled = byId("zoom-out").disabled = span >= end;
    byId("earlier").disabled = view.from <= 0;
    byId("later").disabled = view.to >= end;
    redraw(true);
    return true;
  }

  function zoom(by) {
    const around = view.at ?? (view.from + view.to) / 2;
    show(around - (around - view.from) * by, around + (view.to - around) * by);
  }

  const slide = (by) => show(view.from + by * (view.to - view.from), view.to + by * (view.to - view.from));
  const whole = () => show(0, end);

  // Pointers: pointing moves the cursor, dragging along the time chooses a stretch of it.
  // A finger that drags scrolls the page, so a touch only points.
  function listen(f) {
    let from = null;
    f.svg.addEventListener("pointerdown", (e) => {
      if (e.pointerType === "touch" || e.button !== 0) return pointAt(f.seconds(e));
      from = f.seconds(e);
      f.svg.setPointerCapture(e.pointerId);
    });
    f.svg.addEventListener("pointermove", (e) => {
      pointAt(f.seconds(e));
      if (from !== null) f.choose(from, view.at);
    });
    f.svg.addEventListener("pointerup", (e) => {
      if (from === null) return;
      const [a, b] = [from, f.seconds(e)].sort((x, y) => x - y);
      from = null;
      f.choose(0, 0);
      if (b - a > (view.to - view.from) / 100) show(a, b);
    });
    f.svg.addEventListener("pointercancel", () => { from = null; f.choose(0, 0); });
    f.svg.addEventListener("dblclick", whole);
    f.plot.addEventListener("keydown", (e) => press(f, e));
  }

  function press(f, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = step * (event.shiftKey ? 10 : 1), at = view.at ?? view.from;
    const moves = {
      ArrowLeft: () => pointAt(at - by), ArrowRight: () => pointAt(at + by),
      Home: () => pointAt(view.from), End: () => pointAt(view.to), Escape: () => pointAt(null),
    };
    const zooms = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": whole };
    const act = moves[event.key] || zooms[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    if (moves[event.key]) say(f);
  }

  // say tells those who listen what the figure in focus shows, once the keys rest.
  let soon;
  function say(f) {
    clearTimeout(soon);
    soon = setTimeout(() => { byId("told").textContent = view.at === null ? "" : f.sentence(); }, 300);
  }

  for (const f of figures) listen(f);
  byId("time").addEventListener("input", (e) => pointAt(Number(e.target.value)));
  byId("zoom-in").addEventListener("click", () => zoom(0.5));
  byId("zoom-out").addEventListener("click", () => zoom(2));
  byId("earlier").addEventListener("click", () => slide(-0.5));
  byId("later").addEventListener("click", () => slide(0.5));
  byId("whole").addEventListener("click", whole);
  for (const link of document.querySelectorAll("a[data-at]")) {
    link.addEventListener("click", () => pointAt(Number(link.dataset.at)));
  }
  // What was hidden had no size to place the values by.
  const again = () => redraw(false);
  byId("lens").addEventListener("change", again);
  addEventListener("resize", again);
  for (const details of document.querySelectorAll("details.more")) details.addEventListener("toggle", again);
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
  show(0, end);
})();
