// Reads codes through the camera, where the browser itself can: nothing leaves the device.

const EVERY = 200; // milliseconds between looks
const SAME = 3000; // milliseconds in which the same code in view is not a second scan

/** Whether to offer the camera at all. */
export async function canRead() {
  if (!('BarcodeDetector' in self) || !navigator.mediaDevices?.getUserMedia) return false;
  const formats = await BarcodeDetector.getSupportedFormats();
  return formats.includes('code_128') || formats.includes('qr_code');
}

/** Looks until `stop` is called; `seen(text)` gets each code once while it stays in view. */
export async function look(video, seen) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const detector = new BarcodeDetector();
  const before = new Map();
  video.srcObject = stream;
  await video.play();
  const timer = setInterval(async () => {
    const found = await detector.detect(video).catch(() => []); // a frame that is not ready yet
    for (const { rawValue } of found) {
      const fresh = Date.now() - (before.get(rawValue) ?? 0) > SAME;
      before.set(rawValue, Date.now());
      if (fresh) seen(rawValue);
    }
  }, EVERY);
  return () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
