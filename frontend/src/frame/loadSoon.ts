/** Fetches what the next click may want, once the page is seen and nothing else is to be done. */
export function loadSoon(): void {
  const whenIdle = (work: () => void) =>
    "requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 3_000 }) : setTimeout(work, 1_000);
  whenIdle(() => {
    void Promise.allSettled([
      import("@/areas/uploads/components/UploadTray.vue"),
      import("@/areas/files/components/EntryMenu.vue"),
      import("@/areas/files/components/NameEditor.vue"),
      import("@/areas/files/components/BlankList.vue"),
      import("@/areas/files/components/SelectionBar.vue"),
      import("@/kit/PopUp.vue"),
      import("@/kit/AskDialog.vue"),
    ]);
  });
}
