// What happens when something is pressed: a number opens its rows, a list is chosen, words are searched.
const byId = (id) => document.getElementById(id);
const opened = byId("opened");
const trail = [];
let chosen = 0;

function sheetNumber() {
  return Number(document.querySelector("input[name=sheet]:checked").value);
}

// Shows a view's parts one below the other; returns how many rows they hold together.
function showView(into, view, words) {
  into.replaceChildren();
  let count = 0;
  for (const part of view.parts) {
    const box = el("div", { class: "part" });
    const title = el("h3", {});
    if (view.parts.length > 1) into.append(title);
    into.append(box);
    const rows = part.t ? showRows(box, part.t, part.ids, words) : showDoors(box, part, words);
    title.append(say(part.t ? ["逐项任务", "Tasks one by one"] : ["待采样,逐户", "To be sampled, door by door"]), ` ${thousands(rows)}`);
    count += rows;
  }
  if (!view.parts.length) into.append(el("p", { class: "empty" }, say(["没有。", "Nothing."])));
  return count;
}

function fillOpened() {
  const view = data.views[trail.at(-1)];
  const words = byId("opened-search").value;
  const count = showView(byId("opened-rows"), view, words);
  byId("opened-name").replaceChildren(say(data.texts[view.name]));
  const sum = byId("opened-sum");
  sum.dataset.count = count;
  sum.classList.toggle("wrong", !words && count !== view.n);
  if (words) sum.replaceChildren(say([`找到 ${thousands(count)} / ${thousands(view.n)}`, `${thousands(count)} of ${thousands(view.n)} found`]));
  else if (count === view.n) sum.replaceChildren(say([`共 ${thousands(count)} 行,与数字一致`, `${thousands(count)} rows: the number and its rows agree`]));
  else sum.replaceChildren(say([`数字 ${thousands(view.n)},明细 ${thousands(count)}:不一致!`, `the number says ${thousands(view.n)}, the rows are ${thousands(count)}: they do not agree!`]));
  byId("opened-back").hidden = trail.length < 2;
}

function openView(number) {
  if (!data) return;
  if (!opened.open) trail.length = 0;
  trail.push(number);
  byId("opened-search").value = "";
  fillOpened();
  if (!opened.open) opened.showModal();
  byId("opened-rows").scrollTop = 0;
}

function lists() {
  return [...document.querySelectorAll(`#lists .s${sheetNumber()} .tab`)];
}

function countIn(view, words) {
  return view.parts.reduce((sum, part) => sum + (part.t ? matching(part.t, part.ids, words) : found(words, people(part))).length, 0);
}

function showList() {
  if (!data) return;
  const tabs = lists();
  const words = byId("search").value.trim();
  const counts = tabs.map((tab) => (words ? countIn(data.views[tab.dataset.list], words) : data.views[tab.dataset.list].n));
  if (words && !counts[chosen]) chosen = Math.max(0, counts.findIndex(Boolean));
  tabs.forEach((tab, n) => {
    tab.setAttribute("aria-pressed", String(n === chosen));
    tab.classList.toggle("found", Boolean(words) && counts[n] > 0);
    tab.querySelector("b").textContent = words ? `${thousands(counts[n])} / ${thousands(data.views[tab.dataset.list].n)}` : thousands(counts[n]);
  });
  showView(byId("list"), data.views[tabs[chosen].dataset.list], words);
}

function later(doIt, wait) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(doIt, wait);
  };
}

function pressed(event) {
  const tab = event.target.closest("[data-list]");
  if (tab) {
    chosen = lists().indexOf(tab);
    showList();
    return;
  }
  const number = event.target.closest("[data-view]");
  if (number) openView(Number(number.dataset.view));
}

function keyed(event) {
  const mark = event.target.closest?.("g[data-view]");
  if (mark && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    openView(Number(mark.dataset.view));
  }
}

async function begin() {
  document.addEventListener("click", pressed);
  document.addEventListener("keydown", keyed);
  for (const choice of document.querySelectorAll("input[name=sheet]")) choice.addEventListener("change", showList);
  for (const choice of document.querySelectorAll("input[name=language]")) {
    choice.addEventListener("change", () => {
      document.documentElement.lang = choice.value === "en" ? "en" : "zh-Hans";
    });
  }
  byId("search").addEventListener("input", later(showList, 150));
  byId("opened-search").addEventListener("input", later(fillOpened, 150));
  byId("opened-close").addEventListener("click", () => opened.close());
  byId("opened-back").addEventListener("click", () => {
    trail.pop();
    fillOpened();
  });
  try {
    data = await unpack();
  } catch (error) {
    const trouble = byId("trouble");
    trouble.hidden = false;
    trouble.replaceChildren(say(["此浏览器打不开压缩的明细;请用新版浏览器。数字、地图、时间线和时限仍可读。", "This browser cannot unpack the rows; use a recent one. Figures, map, timeline and clocks can still be read."]), ` (${error})`);
    return;
  }
  document.documentElement.classList.add("ready");
  showList();
}

begin();
