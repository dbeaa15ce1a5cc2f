// The tiles of the desk: one figure each, and a click anywhere on one asks for its cases.
// Texts arrive as texts and are set as texts; what has not changed is left alone.

const SVG = "http://www.w3.org/2000/svg";

function part(parent, tag, name) {
  const node = document.createElement(tag);
  node.className = name;
  parent.append(node);
  return node;
}

function drawn(tile) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.append(document.createElementNS(SVG, "path"));
  tile.append(svg);
  return svg;
}

function built(row, name) {
  const tile = part(row, "div", "desk-tile");
  tile.dataset.tile = name;
  const parts = { tile };
  for (const each of ["label", "value", "change", "note"]) parts[each] = part(tile, "div", each);
  parts.line = drawn(tile);
  parts.open = part(tile, "button", "open");
  parts.open.type = "button";
  parts.tip = part(tile, "div", "tip");
  parts.tip.id = `tile-tip-${name}`;
  parts.tip.setAttribute("role", "tooltip");
  parts.open.setAttribute("aria-describedby", parts.tip.id);
  return parts;
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function mark(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function tell(parts, tile, box) {
  for (const each of ["label", "value", "change", "note"]) say(parts[each], tile[each]);
  say(parts.tip, tile.help);
  mark(parts.tile, "data-chosen", String(tile.is_chosen));
  mark(parts.tile, "data-marked", String(Boolean(tile.mark)));
  if (tile.mark) parts.tile.style.setProperty("--mark", tile.mark);
  mark(parts.open, "aria-label", tile.opens);
  mark(parts.line, "viewBox", box);
  mark(parts.line, "aria-label", tile.line_label);
  mark(parts.line, "data-empty", String(!tile.line));
  mark(parts.line.firstChild, "d", tile.line);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector(".desk-tiles");
  row.shown ??= new Map();
  for (const tile of data.tiles) {
    if (!row.shown.has(tile.name)) row.shown.set(tile.name, built(row, tile.name));
    const parts = row.shown.get(tile.name);
    tell(parts, tile, data.box);
    parts.open.onclick = () => setTriggerValue("open", tile.name);
  }
}
