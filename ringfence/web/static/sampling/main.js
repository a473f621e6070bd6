// The page of a sampling table: what is pressed and scanned, in order, one thing after the other.

import { canRead, look } from './camera.js';
import { understand } from './codes.js';
import { enrol } from './enrolling.js';
import { openKept } from './kept.js';
import { $, show, showCounts, showNetwork, showTable, showWhere, tell } from './screen.js';
import { Sending } from './sending.js';
import { Refusal, Tubes } from './tubes.js';

const WORDS_OF_NETWORK = ['online', 'offline', 'busy', 'sending'];
const SOON = 700; // milliseconds; a page that is reloaded lets go of the device's store within them

/** State of the page: the tubes, what sends them, which view is shown, the last word on the network. */
const page = { tubes: null, sending: null, view: 'enrol', network: 'online', queue: Promise.resolve() };

/** Scans come faster than a disk writes: each waits for the one before, and none is dropped. */
function then(act) {
  page.queue = page.queue.then(async () => {
    try {
      const word = await act();
      if (word) tell(word);
      if (word === 'tubeClosed') page.sending.now();
    } catch (error) {
      tell(error instanceof Refusal ? error.word : 'notSaved', true);
    }
    draw();
  });
  return page.queue;
}

function draw() {
  showWhere(page.tubes);
  showNetwork(page.network, page.tubes.waiting.length);
  if (page.view === 'table') showTable(page.tubes);
  if (page.view === 'handing') showCounts(page.tubes.counts());
}

function go(view) {
  page.view = view;
  show(view);
  draw();
  $({ enrol: 'code', table: 'scan', handing: 'next' }[view]).focus();
}

function scanned(text) {
  if (!text.trim()) return;
  then(() => {
    const found = understand(text);
    if (found.kind === 'wrong') throw new Refusal(found.fault);
    return found.kind === 'tube' ? page.tubes.scanTube(found.code) : page.tubes.scanPerson(found.code);
  });
}

function networkIs(word) {
  if (word === 'revoked' || word === 'notSaved') tell(word, true);
  page.network = WORDS_OF_NETWORK.includes(word) ? word : 'online';
  draw();
}

function listenToTheTable() {
  $('scan-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = $('scan').value;
    $('scan').value = '';
    scanned(text);
  });
  $('undo').addEventListener('click', () => then(() => page.tubes.undo()));
  $('change').addEventListener('click', () => then(() => page.tubes.changeTube()));
  $('close').addEventListener('click', () => then(() => page.tubes.close()));
  $('sizes').addEventListener('change', (event) => then(() => page.tubes.setPool(Number(event.target.value))));
  $('people').addEventListener('click', (event) => {
    const mark = event.target.closest('[data-remove]')?.dataset.remove;
    if (mark) then(() => page.tubes.removePerson(mark));
  });
  $('tubes').addEventListener('click', (event) => {
    const key = event.target.closest('[data-reopen]')?.dataset.reopen;
    if (key) then(() => page.tubes.reopen(key));
  });
}

/** A scanner types wherever the cursor is: its keys go to the one field. Tab still reaches every button, and
 *  whoever presses one by key stays there. */
function keepTheField() {
  document.addEventListener('keydown', (event) => {
    const typed = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (page.view === 'table' && typed) $('scan').focus();
  });
  $('table').addEventListener('click', (event) => {
    if (event.detail && page.view === 'table' && event.target.closest('button, label')) $('scan').focus();
  });
}

function listenToTheShift() {
  $('hand-over').addEventListener('click', () => then(() => {
    if (page.tubes.open) throw new Refusal('tubeOpen');
    go('handing');
  }));
  $('hand-back').addEventListener('click', () => go('table'));
  $('hand-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const by = $('next').value.trim();
    $('next').value = '';
    if (by) then(async () => {
      const word = await page.tubes.handOver(by);
      go('table');
      return word;
    });
  });
}

function listenToEnrolling() {
  $('enrol-again').addEventListener('click', () => go('enrol'));
  $('enrol-back').addEventListener('click', () => go('table'));
  $('enrol-form').addEventListener('submit', (event) => {
    event.preventDefault();
    then(async () => {
      const wrong = await enrol(page.tubes, $('code').value, $('by').value.trim());
      if (wrong) {
        tell(wrong, true);
        return null;
      }
      $('code').value = '';
      $('by').value = '';
      $('enrol-back').hidden = false;
      go('table');
      page.sending.now();
      return 'enrolled';
    });
  });
}

async function offerTheCamera() {
  if (!await canRead()) return;
  const button = $('camera');
  let stop = null;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      if (stop) stop();
      stop = stop ? null : await look($('view'), scanned);
    } catch {
      tell('cameraNone', true);
    }
    $('view').hidden = !stop;
    button.setAttribute('aria-pressed', String(Boolean(stop)));
  });
}

async function start() {
  let kept;
  try {
    kept = await openKept();
  } catch {
    tell('noStore', true);
    return;
  }
  $('message').hidden = true;
  const { found, damaged } = await kept.all();
  page.tubes = new Tubes(kept, found);
  page.network = navigator.onLine ? 'online' : 'offline';
  page.sending = new Sending(page.tubes, networkIs);
  listenToTheTable();
  keepTheField();
  listenToTheShift();
  listenToEnrolling();
  $('enrol-back').hidden = !page.tubes.device;
  go(page.tubes.device ? 'table' : 'enrol');
  if (damaged.length) tell('damaged', true);
  if (page.tubes.device?.revoked) tell('revoked', true);
  page.sending.now();
  offerTheCamera();
  document.documentElement.classList.add('ready');
}

/** One window at a time: two would each keep a different state of the same tube. */
function alone() {
  const notice = setTimeout(() => tell('otherWindow', true), SOON);
  return navigator.locks.request('ringfence-sampling', async () => {
    clearTimeout(notice);
    await start();
    await new Promise(() => {}); // until this window is closed
  });
}

// Where there is no worker (a private window), the page works all the same while there is a network.
navigator.serviceWorker?.register('worker.js').catch(() => {});
if (navigator.locks && crypto.subtle) alone();
else tell('noStore', true);
