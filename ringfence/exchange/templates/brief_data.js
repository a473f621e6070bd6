"use strict";
// The rows behind the numbers, unpacked: texts, sentences, tables, views and doors.
const EM = "—";
let data = null;

async function unpack() {
  const packed = Uint8Array.from(atob(document.getElementById("payload").textContent), (c) => c.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(plain).text());
}

function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// A text in both languages: [zh, en], or one string for both.
function say(text) {
  if (typeof text === "string") return document.createTextNode(text);
  const made = document.createDocumentFragment();
  made.append(el("span", { class: "zh", lang: "zh-Hans" }, text[0]), el("span", { class: "en", lang: "en" }, text[1]));
  return made;
}

function plain(text) {
  return typeof text === "string" ? text : `${text[0]} ${text[1]}`;
}

function sentence(number) {
  return data.whys[number].map((pieces) => pieces.map((piece) => data.texts[piece]).join(""));
}

function thousands(count) {
  return count.toLocaleString("en-US");
}
