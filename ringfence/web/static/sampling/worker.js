// Keeps the page itself on the device, so that it opens with no network. Nothing that is sent or answered
// passes through here.

const CACHE = 'sampling-EDITION-OF-THE-PAGE';
const FILES = [
  './', 'style.css', 'main.js', 'screen.js', 'tubes.js', 'kept.js', 'codes.js', 'words.js', 'sending.js',
  'enrolling.js', 'camera.js', 'manifest.webmanifest', 'icon.svg', 'icon-maskable.svg',
];
const SCOPE = new URL('./', self.location);
const ADDRESSES = new Set(FILES.map((file) => new URL(file, SCOPE).href));

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((file) => new Request(new URL(file, SCOPE), { cache: 'reload' })));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith('sampling-') && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const address = new URL(event.request.url);
  address.search = '';
  address.hash = '';
  if (event.request.method !== 'GET' || !ADDRESSES.has(address.href)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return (await cache.match(address.href)) ?? fetch(event.request);
  })());
});
