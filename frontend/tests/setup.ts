import { afterEach, beforeEach, vi } from "vitest";

import { setLanguage } from "@/i18n";

// What a browser has and happy-dom lacks; nothing of the page itself is replaced.
vi.stubGlobal("visualViewport", Object.assign(new EventTarget(), { scale: 1, width: 1024, height: 768 }));

await setLanguage("ru");
beforeEach(async () => {
  localStorage.clear();
  await setLanguage("en");
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});
