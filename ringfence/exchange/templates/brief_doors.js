// Everyone a round concerns, door by door: added up by area, down to the household and its people.
const LETTERS = {
  m: ["未采样", "missing"], M: ["未采样,已超时", "missing, late"], n: ["未采样", "missing"], s: ["已采样", "sampled"],
  c: ["实验室已收", "received"], r: ["已出结果", "resulted"], e: ["免检", "exempt"], a: ["不在本地", "away"],
  l: ["采了,住在外区", "sampled, lives elsewhere"], u: ["采了但未登记", "sampled, not registered"],
};
const NOWHERE = ["住址不明", "address not known"];
const FINER = { 2: ["网格 #", "grid #"], 3: ["#幢", "block #"], 4: ["#单元", "stairwell #"], 5: ["#室", "door #"] };
let doors = null;

function openDoors() {
  if (doors) return doors;
  const held = data.doors;
  const homes = [];
  let before = "";
  for (const line of held.homes.split("\n")) {
    before = before.slice(0, line.charCodeAt(0) - 48) + line.slice(1);
    homes.push(before);
  }
  const count = held.person.length;
  const home = new Int32Array(count);
  const person = new Array(count);
  const fact = new Array(count);
  for (let n = 0, at = -1, p = 0, f = 0; n < count; n += 1) {
    if (held.moved[n] === "1") at += 1;
    home[n] = at;
    person[n] = p += held.person[n];
    fact[n] = f += held.fact[n];
  }
  doors = { homes, home, person, fact, count };
  return doors;
}

// The people a part asks for: their numbers among all.
function people(part) {
  const { homes, home, count } = openDoors();
  const held = data.doors;
  const letters = held.letters[part.d];
  const unit = part.u === undefined ? null : held.unitCodes.indexOf(part.u);
  const found = [];
  for (let n = 0; n < count; n += 1) {
    if (!part.st.includes(letters[n])) continue;
    if (unit !== null && held.units[home[n]] !== unit) continue;
    if (part.a && !homes[home[n]].startsWith(part.a)) continue;
    found.push(n);
  }
  return part.r === undefined ? found : found.filter((n) => roundOf(n)[1] === part.r);
}

function roundOf(n) {
  return data.doors.rounds.filter(([first]) => first <= n).at(-1);
}

function grouped(numbers, keyOf) {
  const groups = new Map();
  for (const n of numbers) {
    const key = keyOf(n);
    if (groups.has(key)) groups.get(key).push(n);
    else groups.set(key, [n]);
  }
  return groups;
}

function above(code) {
  const parts = code.split("-");
  const digits = [6, 9, 12].filter((width) => parts[0].length >= width).map((width) => parts[0].slice(0, width));
  return digits.concat(parts.slice(1).map((_, n) => parts.slice(0, n + 2).join("-")));
}

function nameOf(code) {
  const named = data.doors.names[code];
  if (named !== undefined) return data.texts[named];
  if (!code) return NOWHERE;
  const parts = code.split("-");
  const word = FINER[parts.length];
  return word ? word.map((said) => said.replace("#", parts.at(-1))) : parts.at(-1);
}

function address(code) {
  if (!code) return NOWHERE;
  const parts = above(code).map((part) => (data.doors.names[part] === undefined ? part.split("-").at(-1) : data.texts[data.doors.names[part]]));
  return [0, 1].map((n) => parts.map((name) => (typeof name === "string" ? name : name[n])).join(" "));
}

function found(words, numbers) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return numbers;
  const { homes, home, person } = openDoors();
  const known = new Map();
  const text = (at) => {
    if (!known.has(at)) known.set(at, `${homes[at]} ${plain(address(homes[at]))}`.toLowerCase());
    return known.get(at);
  };
  return numbers.filter((n) => wanted.every((word) => (/^p\d+$/.test(word) ? word === `p${person[n]}` : text(home[n]).includes(word))));
}

// Fills `into` with the tree of areas; returns how many people match.
function showDoors(into, part, words) {
  const kept = found(words, people(part));
  const rounds = [...grouped(kept, (n) => roundOf(n)[2])];
  const tree = el("ul", { class: "tree", "data-rows": kept.length });
  const open = kept.length <= 60;
  if (rounds.length > 1) {
    for (const [name, numbers] of rounds) tree.append(branch(data.texts[name], numbers, part, 0, true));
  } else {
    for (const node of level(kept, part, 0, open || rounds.length === 1)) tree.append(node);
  }
  into.replaceChildren(kept.length ? tree : el("p", { class: "empty" }, say(["没有。", "Nothing."])));
  return kept.length;
}

function level(numbers, part, depth, open) {
  const { homes, home } = openDoors();
  const groups = grouped(numbers, (n) => above(homes[home[n]])[depth] ?? "");
  if (groups.size === 1 && groups.has("")) return [persons(numbers, part)];
  const only = open && groups.size === 1 && numbers.length <= 400;
  return [...groups].map(([code, inside]) => branch(nameOf(code), inside, part, depth + 1, only));
}

function branch(name, numbers, part, depth, open) {
  const inside = el("ul", { hidden: true });
  const button = el("button", { type: "button", class: "branch", "aria-expanded": "false" },
    el("span", { class: "branch-name" }, say(name)), el("b", {}, thousands(numbers.length)));
  const toggle = () => {
    if (!inside.hasChildNodes()) inside.append(...level(numbers, part, depth, true));
    inside.hidden = !inside.hidden;
    button.setAttribute("aria-expanded", String(!inside.hidden));
  };
  button.addEventListener("click", toggle);
  if (open) toggle();
  return el("li", { "data-count": numbers.length }, button, inside);
}

function persons(numbers, part) {
  const { person } = openDoors();
  const list = el("li", { class: "people" });
  for (const n of numbers) {
    const letter = data.doors.letters[part.d][n];
    const line = el("div", { class: "person" }, el("b", {}, `P${person[n]}`), " ", say(LETTERS[letter]), " ");
    const why = doorWhy(n, part.d, letter);
    if (why) {
      line.append(el("details", { class: "why" }, el("summary", {}, say(["为何", "why"])),
        el("p", { class: "zh", lang: "zh-Hans" }, why[0]), el("p", { class: "en", lang: "en" }, why[1])));
    }
    list.append(line);
  }
  return list;
}

// The sentence of a person who is missing: said once for a round, with who, where, whose and which fact put in.
function doorWhy(n, sheet, letter) {
  const { homes, home, person, fact } = openDoors();
  const said = data.doors.whys[sheet][`${roundOf(n)[1]}|${letter}`];
  if (!said) return null;
  const unit = data.doors.units[home[n]];
  const unitName = unit < 0 ? EM : data.texts[data.doors.unitNames[unit]];
  const place = address(homes[home[n]]);
  const both = (text, language) => (typeof text === "string" ? text : text[language]);
  const factText = `${Math.floor(fact[n] / 2 ** 32)}.${fact[n] % 2 ** 32}`;
  return said.map((text, language) => text
    .replaceAll("\u0001", `P${person[n]}`)
    .replaceAll("\u0002", both(place, language))
    .replaceAll("\u0003", both(unitName, language))
    .replaceAll("\u0004", factText));
}
