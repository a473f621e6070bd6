// A code typed once becomes a token, which stays on the device, encrypted.

import { post } from './sending.js';

/** Enrols; what is wrong as a word or the server's {zh, en}, or null where all went well. */
export async function enrol(tubes, code, by) {
  // First something is written: a store that refuses must not cost the code, which is good once.
  await tubes.setShift({});
  let answer;
  let body;
  try {
    answer = await post('/v1/devices', { code });
    body = await answer.json();
  } catch {
    return 'enrolOffline';
  }
  if (answer.status !== 201) return body;
  if (body.duty !== 'sampling' || !body.round) return 'enrolWrong';
  const { device, token, place, round } = body;
  await tubes.setDevice({ device, token, place, round, revoked: false });
  await tubes.setShift({ by });
  await tubes.forgetRounds();
  // Asks the browser not to clear us away when the disk runs short; what waits is nowhere else.
  await navigator.storage?.persist?.();
  return null;
}
