// A table of rows: sorted by any column, filtered by words, a page at a time, each row with its why.
const PAGE = 100;
const GRADES_WEAK = ["M", "?", "R"];

function cellText(kind, value) {
  if (value === null || value === undefined) return EM;
  if (kind === "person") return `P${value}`;
  if (kind === "number") return thousands(value);
  if (kind === "view") return thousands(data.views[value].n);
  const text = data.texts[value];
  if (kind === "time") return text ? text.slice(5) : EM;
  return text;
}

function cellNode(kind, value) {
  if (kind === "view") {
    return el("button", { type: "button", class: data.views[value].n ? "number" : "number none", "data-view": value }, cellText(kind, value));
  }
  const text = cellText(kind, value);
  if (kind === "grade") {
    return el("span", { class: `grade grade-${text === "?" ? "x" : text}${GRADES_WEAK.includes(text) ? " weak" : ""}` }, text);
  }
  return say(text);
}

function sortKey(kind, value) {
  if (value === null || value === undefined) return null;
  if (kind === "person" || kind === "number") return value;
  if (kind === "view") return data.views[value].n;
  return plain(data.texts[value]) || null;
}

function rowWords(table, id) {
  const held = data.tables[table];
  held.words ??= [];
  held.words[id] ??= held.columns
    .map(([, kind], n) => (kind === "why" ? "" : plain(cellText(kind, held.rows[id][n]))))
    .join(" ")
    .toLowerCase();
  return held.words[id];
}

function matching(table, ids, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.length ? ids.filter((id) => wanted.every((word) => rowWords(table, id).includes(word))) : ids;
}

function sorted(table, ids, order) {
  if (!order) return ids;
  const held = data.tables[table];
  const kind = held.columns[order.column][1];
  const keyed = ids.map((id, n) => [sortKey(kind, held.rows[id][order.column]), n, id]);
  keyed.sort(([a, n], [b, m]) => {
    if (a === null || b === null) return a === b ? n - m : a === null ? 1 : -1;
    if (a === b) return n - m;
    return (a < b ? -1 : 1) * order.direction;
  });
  return keyed.map(([, , id]) => id);
}

// Fills `into` with the table; returns how many rows match.
function showRows(into, table, ids, words) {
  const held = data.tables[table];
  const state = { order: null, shown: PAGE };
  const kept = matching(table, ids, words);
  const draw = () => {
    const rows = sorted(table, kept, state.order);
    const head = el("tr", {}, ...(held?.columns ?? []).map((column, n) => heading(column, n, state, draw)));
    const body = el("tbody");
    for (const id of rows.slice(0, state.shown)) body.append(rowNode(held, id));
    const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "明细 / rows" },
      el("table", { "data-table": table, "data-rows": kept.length }, el("thead", {}, head), body));
    into.replaceChildren(scroll, more(rows.length, state, draw));
  };
  if (kept.length) draw();
  else into.replaceChildren(el("p", { class: "empty" }, say(["没有。", "Nothing."])));
  return kept.length;
}

function heading([, kind, zh, en], n, state, draw) {
  if (kind === "why") return el("th", { scope: "col" }, say([zh, en]));
  const mine = state.order?.column === n;
  const direction = mine ? state.order.direction : 0;
  const arrow = direction > 0 ? " ▲" : direction < 0 ? " ▼" : "";
  const sort = () => {
    state.order = { column: n, direction: direction === 1 ? -1 : 1 };
    draw();
  };
  return el("th", { scope: "col", class: kind === "number" || kind === "view" ? "n" : "", "aria-sort": mine ? (direction > 0 ? "ascending" : "descending") : "none" },
    el("button", { type: "button", class: "sort", onclick: sort }, say([zh, en]), arrow));
}

function rowNode(held, id) {
  const row = el("tr", { class: "row" });
  held.columns.forEach(([key, kind], n) => {
    const value = held.rows[id][n];
    if (kind === "why") row.append(el("td", {}, whyButton(row, held.columns.length, () => sentence(value))));
    else row.append(el("td", { class: `${kind === "number" || kind === "view" ? "n " : ""}c-${key} ${stateClass(key, value)}` }, cellNode(kind, value)));
  });
  return row;
}

function stateClass(key, value) {
  if (key !== "state") return "";
  const word = data.texts[value][1];
  return /late|held|conditions not met/.test(word) ? "is-late" : "";
}

// A button that opens the sentence in a row below.
function whyButton(row, columns, sentences) {
  const button = el("button", { type: "button", class: "why-button", "aria-expanded": "false" }, say(["为何", "why"]));
  let opened = null;
  button.addEventListener("click", () => {
    if (opened) {
      opened.remove();
      opened = null;
    } else {
      const [zh, en] = sentences();
      opened = el("tr", { class: "because" }, el("td", { colspan: columns },
        el("p", { class: "zh", lang: "zh-Hans" }, zh), el("p", { class: "en", lang: "en" }, en)));
      row.after(opened);
    }
    button.setAttribute("aria-expanded", String(Boolean(opened)));
  });
  return button;
}

function more(count, state, draw) {
  if (count <= state.shown) return el("p", { class: "more" }, say([`共 ${thousands(count)} 行`, `${thousands(count)} rows`]));
  const show = (shown) => () => {
    state.shown = shown;
    draw();
  };
  return el("p", { class: "more" },
    say([`显示 ${thousands(state.shown)} / ${thousands(count)} 行 `, `${thousands(state.shown)} of ${thousands(count)} rows `]),
    el("button", { type: "button", class: "next", onclick: show(state.shown + PAGE * 2) }, say(["再显示 200", "200 more"])), " ",
    el("button", { type: "button", class: "all", onclick: show(count) }, say(["全部", "all"])));
}
