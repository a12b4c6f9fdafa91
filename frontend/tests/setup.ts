import { afterEach, beforeEach, vi } from "vitest";

// What a browser has and happy-dom lacks; nothing of the page itself is replaced.
vi.stubGlobal("visualViewport", Object.assign(new EventTarget(), { scale: 1, width: 1024, height: 768 }));

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});
