import { describe, expect, it } from "vitest";

import { placeOf } from "@/areas/account/places";
import { setLanguage } from "@/i18n";

describe("where somebody signed in", () => {
  it("is said in the language of the page, as far as it is known", async () => {
    const at = (city: string | null, country: string | null, locale: string) => placeOf({ city, country }, locale);
    await setLanguage("ru");
    expect(at("Cape Town", "ZA", "ru")).toBe("Кейптаун, Южно-Африканская Республика");
    expect(at("Nairobi", null, "ru")).toBe("Nairobi");
    await setLanguage("en");
    expect(at("Cape Town", "ZA", "en")).toBe("Cape Town, South Africa");
    expect(at(null, null, "en")).toBe("");
  });
});
