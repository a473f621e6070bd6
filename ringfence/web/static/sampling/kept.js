// What the device keeps: every record encrypted under a key that no script can read out.

const NAME = 'ringfence-sampling';
const IV_BYTES = 12;

/** Opens the device's store, and makes its two keys the first time. */
export async function openKept() {
  const base = await opened();
  const keys = await keysOf(base);
  return new Kept(base, keys);
}

class Kept {
  constructor(base, keys) {
    this.base = base;
    this.keys = keys;
  }

  /** Resolves once the record is on the disk, not before: only then may the screen say so. */
  async put(id, record) {
    await this.putAll([[id, record]]);
  }

  /** Several records, all or none. Encrypted first: a transaction does not wait for anything else. */
  async putAll(pairs) {
    const sealed = await Promise.all(pairs.map(async ([id, record]) => [id, await this.seal(id, record)]));
    await written(this.base, (records) => sealed.forEach(([id, value]) => records.put(value, id)));
  }

  async remove(id) {
    await written(this.base, (records) => records.delete(id));
  }

  /** Everything kept, by id. A record that cannot be opened is named, never dropped in silence. */
  async all() {
    const records = this.base.transaction('records').objectStore('records');
    const [ids, values] = await Promise.all([done(records.getAllKeys()), done(records.getAll())]);
    const found = new Map();
    const damaged = [];
    await Promise.all(ids.map(async (id, place) => {
      try {
        found.set(id, await this.unseal(id, values[place]));
      } catch {
        damaged.push(id);
      }
    }));
    return { found, damaged };
  }

  /** A mark of a person that stays when the code is gone: the same for the same code, on this device only. */
  async mark(code) {
    const bytes = await crypto.subtle.sign('HMAC', this.keys.mark, new TextEncoder().encode(code));
    return btoa(String.fromCharCode(...new Uint8Array(bytes).slice(0, 16)));
  }

  // The id is sealed with the record, so that one record cannot be put in another's place.
  async seal(id, record) {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const how = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(id) };
    const text = new TextEncoder().encode(JSON.stringify(record));
    return { iv, sealed: await crypto.subtle.encrypt(how, this.keys.seal, text) };
  }

  async unseal(id, { iv, sealed }) {
    const how = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(id) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, this.keys.seal, sealed)));
  }
}

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('keys');
    request.result.createObjectStore('records');
  };
  return done(request);
}

async function keysOf(base) {
  const kept = await done(base.transaction('keys').objectStore('keys').get('keys'));
  if (kept) return kept;
  const seal = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const mark = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const writing = base.transaction('keys', 'readwrite', { durability: 'strict' });
  writing.objectStore('keys').put({ seal, mark }, 'keys');
  await finished(writing);
  return { seal, mark };
}

/** Strict: a tablet whose battery is pulled a moment later still has it. */
async function written(base, change) {
  const writing = base.transaction('records', 'readwrite', { durability: 'strict' });
  change(writing.objectStore('records'));
  await finished(writing);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(writing) {
  return new Promise((resolve, reject) => {
    writing.oncomplete = () => resolve();
    writing.onabort = () => reject(writing.error);
    writing.onerror = () => reject(writing.error);
  });
}
