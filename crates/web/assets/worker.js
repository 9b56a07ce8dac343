// The worker of the site as an app: keeps the frame, and the programs that a listener has chosen to keep, sound and
// all. Pages come from the network; without one, those that were kept, or the page that says so.

const SHELL = "mimiyori-shell-{{ base }}";
const KEPT = "mimiyori-kept";
const FILES = "{{ files }}";

self.addEventListener("install", (event) => {
  const fill = async () => {
    const shell = await caches.open(SHELL);
    await shell.addAll([...FILES, "/offline"]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("mimiyori-shell-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (url.pathname.endsWith("/program.mp3")) event.respondWith(sound(request, url));
  else if (/^\/programs\/[^/]+(\/player\.json)?$/.test(url.pathname) || wantsPage(request)) {
    event.respondWith(page(request, url));
  }
});

/** What the service tells a browser that has asked for it: `{title, body, lang, tag, url}`. */
self.addEventListener("push", (event) => {
  const { title, body, lang, tag, url } = event.data?.json() ?? {};
  if (title) event.waitUntil(self.registration.showNotification(title, { body, lang, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.url ?? "/"));
});

const wantsPage = (request) =>
  request.mode === "navigate" || (request.headers.get("accept") ?? "").startsWith("text/html");

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(KEPT)).match(url.pathname);
    if (kept) return kept;
    const offline = wantsPage(request) && (await caches.match("/offline"));
    if (offline) return offline;
    throw error;
  }
}

/** Players ask for pieces: what was kept whole is cut for them. */
async function sound(request, url) {
  const kept = await (await caches.open(KEPT)).match(url.pathname);
  if (!kept) return fetch(request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range) return kept;
  const whole = await kept.arrayBuffer();
  const first = Number(range[1]);
  const last = Math.min(range[2] ? Number(range[2]) : Infinity, whole.byteLength - 1);
  if (first > last) return new Response(null, { status: 416 });
  return new Response(whole.slice(first, last + 1), {
    status: 206,
    headers: {
      "Content-Type": "audio/mpeg",
      "Content-Range": `bytes ${first}-${last}/${whole.byteLength}`,
      "Content-Length": String(last - first + 1),
      "Accept-Ranges": "bytes",
    },
  });
}
