// What is shown. Reads the tubes and changes nothing; all of it is text, none of it markup.

import { masked } from './codes.js';
import { WORDS, both, said } from './words.js';

const VIEWS = ['enrol', 'table', 'handing'];
const MOST_SENT = 60; // on the list; a day's tubes would make a small tablet slow

export const $ = (id) => document.getElementById(id);

/** Shows one of the views. Who was in a tube leaves the screen with the table. */
export function show(view) {
  VIEWS.forEach((id) => { $(id).hidden = id !== view; });
  if (view !== 'table') ['people', 'tubes', 'tube-faults', 'tube'].forEach((id) => $(id).replaceChildren());
}

/** Says a word, or the {zh, en} a server said; bad ones stay until the next. */
export function tell(word, bad = false) {
  const message = $('message');
  const [zh, en] = typeof word === 'string' ? WORDS[word] : [word.zh, word.en];
  message.hidden = false;
  message.className = bad ? 'bad' : '';
  message.replaceChildren(both(zh, en));
  if (bad) navigator.vibrate?.(200);
}

export function showNetwork(word, waiting) {
  $('network').replaceChildren(said(word), ` · ${waiting} `, said('waiting'));
}

/** Where the device stands. */
export function showWhere(tubes) {
  const { device, shift } = tubes;
  $('where').textContent = device ? `${device.round} · ${device.place} · ${shift.by}` : '';
}

/** The tube that is open, its people, and the tubes closed. */
export function showTable(tubes) {
  const { open, shift } = tubes;
  const pool = open?.pool ?? shift.pool;
  const filled = open?.people.length ?? 0;
  if (open) $('tube').textContent = open.tube;
  else $('tube').replaceChildren(said('tubeNone'));
  $('count').textContent = `${filled}/${pool}`;
  $('count').className = filled === pool ? 'full' : '';
  document.querySelector(`#sizes input[value="${pool}"]`).checked = true;
  $('tube-faults').replaceChildren(...faultsShown((open?.faults ?? []).filter((one) => one.person == null)));
  $('people').replaceChildren(...(open?.people ?? []).map(personShown));
  $('tubes').replaceChildren(...listed(tubes).map((tube) => tubeShown(tube, tubes.device.round)));
}

export function showCounts(counts) {
  for (const [name, count] of Object.entries(counts)) $(`n-${name}`).textContent = count;
}

/** What needs a hand first, then what waits, then what this shift has sent, the newest first. */
function listed(tubes) {
  const newest = tubes.list.filter((tube) => tube.state !== 'open').reverse();
  const of = (state) => newest.filter((tube) => tube.state === state);
  const sent = of('sent').filter((tube) => tube.shift === tubes.shift.number).slice(0, MOST_SENT);
  return [...of('refused'), ...of('waiting'), ...sent];
}

function personShown(person, place) {
  const line = document.createElement('li');
  const code = document.createElement('span');
  code.className = 'code';
  code.textContent = `${place + 1}. ${masked(person.code)}`;
  const remove = said('remove', 'button');
  remove.type = 'button';
  remove.dataset.remove = person.mark;
  remove.setAttribute('aria-label', `${WORDS.remove.join(' ')} ${place + 1}`);
  line.append(code, remove, ...faultList(person.faults));
  return line;
}

function tubeShown(tube, round) {
  const line = document.createElement('li');
  line.className = tube.state;
  line.dataset.tube = tube.tube;
  const code = document.createElement('span');
  code.className = 'code';
  code.textContent = `${tube.tube} · ${tube.people.length}/${tube.pool}`;
  const state = said(tube.state);
  state.className = 'state';
  line.append(code, state);
  if (tube.state === 'refused') {
    const reopen = said('reopen', 'button');
    reopen.type = 'button';
    reopen.dataset.reopen = tube.key;
    line.append(reopen, ...faultList(tube.faults));
  }
  if (tube.state === 'waiting' && tube.round !== round) line.append(said('otherRound'));
  return line;
}

function faultList(faults) {
  if (!faults.length) return [];
  const list = document.createElement('ul');
  list.className = 'faults';
  list.append(...faultsShown(faults));
  return [list];
}

/** What the server said is wrong, and what would be right. */
function faultsShown(faults) {
  return faults.map((fault) => {
    const line = document.createElement('li');
    const who = fault.person == null ? '' : `${fault.person + 1}. `;
    line.append(who, both(fault.zh, fault.en));
    if (fault.right_zh) line.append(' — ', said('rightIs'), ' ', both(fault.right_zh, fault.right_en));
    return line;
  });
}
