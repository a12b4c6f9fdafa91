import { afterEach, beforeEach, vi } from "vitest";

import { setLanguage } from "@/i18n";

// What a browser has and happy-dom lacks; nothing of the page itself is replaced.
vi.stubGlobal("visualViewport", Object.assign(new EventTarget(), { scale: 1, width: 1024, height: 768 }));

// One second is short where other work keeps the machine busy; what comes at once is waited for no longer.
const waitFor = vi.waitFor.bind(vi);
vi.waitFor = (look, options) => waitFor(look, options ?? { timeout: 15_000 });

await setLanguage("ru");
beforeEach(async () => {
  localStorage.clear();
  await setLanguage("en");
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});
