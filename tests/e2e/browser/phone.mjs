// Somebody at a Russian phone: a photo is uploaded, looked at, thrown away and taken back by taps.

/** A phone, for `open`. */
export const PHONE = { locale: "ru-RU", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PHOTO = "закат.png";

/** Ends at the files, with one more. */
export async function tapThrough(page, picture) {
  await page.locator(".plus").tap();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.locator(".v-overlay .v-list-item").first().tap(),
  ]);
  await chooser.setFiles({ name: PHOTO, mimeType: "image/png", buffer: picture });
  const row = page.locator(`[data-file-name="${PHOTO}"]`);
  await row.locator("[data-spread=everywhere]").waitFor({ timeout: 60_000 });

  await page.getByRole("button", { name: `Ещё действия с ${PHOTO}` }).tap();
  await page.locator(".v-overlay .look").tap();
  await page.waitForFunction(() => document.querySelector("dialog img")?.naturalWidth > 0);
  await page.getByRole("button", { name: "Закрыть" }).first().tap();

  await page.getByRole("button", { name: `Ещё действия с ${PHOTO}` }).tap();
  await page.locator(".v-overlay .trash").tap();
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Отменить" }).tap();
  await row.waitFor();
}
