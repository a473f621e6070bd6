// How what waits gets to the server: in batches, again and again, until each tube has its answer.

const MOST_TUBES = 20;
const FIRST_WAIT = 2;
const LONGEST_WAIT = 60;
const PATIENCE = 30_000; // milliseconds for an answer

/** Sends whatever is ready; `changed(word)` is called whenever there is something to show. */
export class Sending {
  constructor(tubes, changed) {
    this.tubes = tubes;
    this.changed = changed;
    this.busy = false;
    this.timer = 0;
    this.wait = FIRST_WAIT;
    this.most = MOST_TUBES;
    // The browser's word that there is a network is a hint: it starts a try, and never prevents one.
    addEventListener('online', () => this.now());
    addEventListener('offline', () => this.changed('offline'));
    document.addEventListener('visibilitychange', () => document.hidden || this.now());
  }

  now() {
    clearTimeout(this.timer);
    this.wait = FIRST_WAIT;
    this.pump();
  }

  async pump() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.tubes.ready.length) {
        const seconds = await this.batch(this.tubes.ready.slice(0, this.most));
        if (seconds) {
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.pump(), seconds * 1000);
          return;
        }
      }
    } catch {
      // The answer could not be kept here: the tubes still wait, and asking again has the same answer.
      this.changed('notSaved');
      this.timer = setTimeout(() => this.pump(), LONGEST_WAIT * 1000);
    } finally {
      this.busy = false;
    }
  }

  /** Sends one batch; the seconds to wait before the next try, 0 where this one had an answer. */
  async batch(tubes) {
    this.changed('sending');
    const { token } = this.tubes.device;
    let answer;
    let body;
    try {
      answer = await post('/v1/tubes', { tubes: tubes.map(sentAs) }, token);
      body = await answer.json();
    } catch {
      this.changed('offline');
      return this.longer();
    }
    if (answer.status === 200 && body.answers?.length === tubes.length) {
      await this.tubes.settle(tubes, body.answers);
      this.wait = FIRST_WAIT;
      this.changed('online');
      return 0;
    }
    if (answer.status === 401 || answer.status === 403) return this.turnedAway(token);
    return this.unanswered(answer, body, tubes);
  }

  /** Nothing more is sent with this token, and all that waits is kept. Unless the device has a new one since. */
  async turnedAway(token) {
    if (this.tubes.device.token === token) {
      await this.tubes.setDevice({ ...this.tubes.device, revoked: true });
      this.changed('revoked');
    }
    return 0;
  }

  async unanswered(answer, body, tubes) {
    if ((answer.status === 400 || answer.status === 413) && tubes.length > 1) {
      this.most = Math.ceil(tubes.length / 2); // find the one that is not read, and let the others pass
      return FIRST_WAIT;
    }
    if (answer.status === 400 || answer.status === 413) {
      const fault = { kind: 'unreadable', zh: body.zh, en: body.en, right_zh: '', right_en: '' };
      await this.tubes.settle(tubes, [{ status: 'refused', faults: [fault] }]);
      this.most = MOST_TUBES;
      this.changed('online');
      return 0;
    }
    this.changed('busy');
    return Number(answer.headers.get('retry-after')) || this.longer();
  }

  /** Twice as long each time, and not all devices at once when the network comes back. */
  longer() {
    const seconds = this.wait * (0.5 + Math.random());
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    return seconds;
  }
}

/** Nothing about anybody stands in an address: it is all in the body. */
export function post(path, body, token = '') {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  return fetch(path, {
    method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store', credentials: 'omit',
    redirect: 'error', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(PATIENCE),
  });
}

function sentAs(tube) {
  const people = tube.people.map(({ code }) => (code.startsWith('P') ? { person: code } : { id_number: code }));
  return { key: tube.key, tube: tube.tube, pool: tube.pool, sampled_at: tube.sampledAt, people };
}
