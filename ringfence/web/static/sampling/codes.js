// What was scanned: a tube, a citizen's ID number, a person's code? Pure; knows no screen and no store.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]; // GB 11643
const CHECKS = '10X98765432';
const SHORTEST_TUBE = 4; // a stray key is no tube
const TUBE = /^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}$/; // what the server takes
const NEARLY_AN_ID = /^(\d{15,17}|\d{19}|\d{14,16}X|\d{18}X)$/; // one character lost or doubled by hand

/** One spelling: half-width letters and digits, no spaces around or within. A keyboard in a Chinese input
 *  mode sends full-width ones. */
export function plain(text) {
  return text.normalize('NFKC').replace(/[\s\u200b\ufeff]+/g, '');
}

/** {kind: 'person' | 'tube', code, id} or {kind: 'wrong', fault}, a fault being a word of words.js. */
export function understand(text) {
  const code = plain(text);
  const upper = code.toUpperCase();
  if (/^\d{17}[\dX]$/.test(upper)) {
    const fault = idFault(upper);
    return fault ? { kind: 'wrong', fault } : { kind: 'person', code: upper, id: true };
  }
  if (/^P\d{1,18}$/.test(upper)) return { kind: 'person', code: personCode(upper), id: false };
  if (NEARLY_AN_ID.test(upper)) return { kind: 'wrong', fault: 'idLength' };
  if (code.length >= SHORTEST_TUBE && TUBE.test(code)) return { kind: 'tube', code };
  return { kind: 'wrong', fault: 'unknownCode' };
}

/** P007 and P7 are one person. */
function personCode(upper) {
  return `P${BigInt(upper.slice(1))}`;
}

function idFault(id) {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(id[place]), 0);
  if (CHECKS[sum % CHECKS.length] !== id[17]) return 'idCheck';
  return isDay(id.slice(6, 14)) ? '' : 'idBirth';
}

function isDay(digits) {
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso) && day <= new Date();
}

/** What a screen shows of a person: enough to tell two apart, too little to know anyone by. */
export function masked(code) {
  return code.length === 18 ? `${code.slice(0, 2)}••••••${code.slice(-4)}` : code;
}
