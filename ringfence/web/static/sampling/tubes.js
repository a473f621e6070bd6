// The tubes of this device: what may be done to them, and what is kept before the screen shows it.
// A tube: {key, tube, pool, round, by, shift, order, state, sampledAt, people: [{mark, code, faults}], faults}.
// state: open -> waiting -> sent, or refused -> open again under the same key.

/** Something a sampler did that is not done, with the word that says why. */
export class Refusal extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

const TUBE = 'tube:';

export class Tubes {
  constructor(kept, found) {
    this.kept = kept;
    this.device = found.get('device') ?? null;
    this.shift = found.get('shift') ?? { number: 1, by: '', pool: 10 };
    this.list = [...found].filter(([id]) => id.startsWith(TUBE)).map(([, tube]) => tube);
    this.list.sort((one, other) => one.order - other.order);
    this.changing = false;
  }

  get open() {
    return this.list.find((tube) => tube.state === 'open') ?? null;
  }

  get waiting() {
    return this.list.filter((tube) => tube.state === 'waiting');
  }

  /** What may be sent now: a tube belongs to the round it was filled in, whichever the device is in since. */
  get ready() {
    return this.device && !this.device.revoked
      ? this.waiting.filter((tube) => tube.round === this.device.round) : [];
  }

  /** Kept first, shown after: in memory nothing changes until the disk has it. */
  async save(tube, change) {
    const next = { ...tube, ...change };
    await this.kept.put(TUBE + next.key, next);
    this.replace(next);
    return next;
  }

  replace(next) {
    const place = this.list.findIndex((tube) => tube.key === next.key);
    if (place < 0) this.list.push(next);
    else this.list[place] = next;
  }

  async setShift(change) {
    const next = { ...this.shift, ...change };
    await this.kept.put('shift', next);
    this.shift = next;
  }

  async setDevice(device) {
    await this.kept.put('device', device);
    this.device = device;
  }

  /** What other rounds have sent is of no more use: nobody is sampled twice by being in two rounds. */
  async forgetRounds() {
    const gone = this.list.filter((tube) => tube.state === 'sent' && tube.round !== this.device.round);
    for (const tube of gone) await this.kept.remove(TUBE + tube.key);
    this.list = this.list.filter((tube) => !gone.includes(tube));
  }

  async setPool(pool) {
    const { open } = this;
    if (open && open.people.length > pool) throw new Refusal('sizeSmall');
    if (open) await this.save(open, { pool });
    await this.setShift({ pool });
  }

  async scanTube(code) {
    const { open, changing } = this;
    if (open && !changing && open.people.length) throw new Refusal('tubeOpen');
    const used = this.list.some((tube) => tube.tube === code && tube !== open && tube.round === this.device.round);
    if (used) throw new Refusal('tubeTwice');
    this.changing = false;
    if (open) {
      await this.save(open, { tube: code });
      return 'tubeChanged';
    }
    const order = this.list.reduce((most, tube) => Math.max(most, tube.order), 0) + 1;
    const { pool, by, number: shift } = this.shift;
    await this.save({}, {
      key: crypto.randomUUID(), tube: code, pool, round: this.device.round, by, shift, order,
      state: 'open', sampledAt: '', people: [], faults: [],
    });
    return 'tubeBegun';
  }

  async scanPerson(code) {
    const { open } = this;
    if (!open) throw new Refusal('noTube');
    const mark = await this.kept.mark(code);
    const holds = (tube) => tube.people.some((person) => person.mark === mark);
    if (holds(open)) throw new Refusal('twiceHere');
    if (this.list.some((tube) => tube.round === open.round && holds(tube))) throw new Refusal('twiceRound');
    if (open.people.length >= open.pool) throw new Refusal('tubeFull');
    await this.save(open, { people: [...open.people, { mark, code, faults: [] }] });
    return 'personIn';
  }

  /** Takes back the last person; with nobody left, the tube itself. */
  async undo() {
    const { open } = this;
    if (!open) throw new Refusal('nothing');
    if (open.people.length) {
      await this.save(open, { people: open.people.slice(0, -1) });
    } else {
      await this.kept.remove(TUBE + open.key);
      this.list = this.list.filter((tube) => tube !== open);
    }
    this.changing = false;
    return 'undone';
  }

  async removePerson(mark) {
    const { open } = this;
    if (!open) throw new Refusal('nothing');
    await this.save(open, { people: open.people.filter((person) => person.mark !== mark) });
    return 'removed';
  }

  changeTube() {
    if (!this.open) throw new Refusal('noTube');
    this.changing = true;
    return 'changeArmed';
  }

  async close() {
    const { open } = this;
    if (!open) throw new Refusal('noTube');
    if (!open.people.length) throw new Refusal('empty');
    if (open.people.length > open.pool) throw new Refusal('sizeSmall');
    const people = open.people.map((person) => ({ ...person, faults: [] }));
    await this.save(open, { state: 'waiting', sampledAt: instant(open.sampledAt), people, faults: [] });
    this.changing = false;
    return 'tubeClosed';
  }

  /** Only a refused tube: of one that waits, the server may have kept what it was sent. */
  async reopen(key) {
    if (this.open) throw new Refusal('tubeOpen');
    const tube = this.list.find((one) => one.key === key);
    if (tube?.state !== 'refused') throw new Refusal('nothing');
    await this.save(tube, { state: 'open' });
    return 'reopened';
  }

  /** What the server answered. Who is in a tube it has accepted is its to know: the codes go from here, and
   *  the marks stay, by which a second scan is known. */
  async settle(tubes, answers) {
    const settled = tubes.map((tube, place) => {
      const answer = answers[place];
      if (answer.status === 'accepted') {
        return { ...tube, state: 'sent', faults: [], people: tube.people.map(({ mark }) => ({ mark, faults: [] })) };
      }
      const faults = answer.faults ?? [];
      const people = tube.people.map((person, order) =>
        ({ ...person, faults: faults.filter((fault) => fault.person === order) }));
      return { ...tube, state: 'refused', faults, people };
    });
    await this.kept.putAll(settled.map((tube) => [TUBE + tube.key, tube]));
    settled.forEach((tube) => this.replace(tube));
  }

  /** Of the present shift. */
  counts() {
    const ours = this.list.filter((tube) => tube.shift === this.shift.number && tube.state !== 'open');
    const people = ours.reduce((sum, tube) => sum + tube.people.length, 0);
    return {
      tubes: ours.length, people, waiting: this.waiting.length,
      refused: this.list.filter((tube) => tube.state === 'refused').length,
    };
  }

  async handOver(by) {
    if (this.open) throw new Refusal('tubeOpen');
    await this.setShift({ number: this.shift.number + 1, by });
    return 'handed';
  }
}

/** When a tube was first closed; a clock that ran ahead then and is right now is the exception. */
function instant(before) {
  const now = new Date().toISOString();
  return before && before <= now ? before : now;
}
