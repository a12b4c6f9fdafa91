import { describe, expect, it } from "vitest";

import { cityName } from "@/areas/map/cityName";
import openingEn from "@/areas/opening/texts/en";
import openingRu from "@/areas/opening/texts/ru";
import sendingEn from "@/areas/sending/texts/en";
import sendingRu from "@/areas/sending/texts/ru";
import { i18n, setLanguage } from "@/i18n";
import { fieldText } from "@/kit/refusals";

// Areas that few people open bring their own texts; the pages of links and requests have their own.
import.meta.glob(["../src/areas/*/bring*.ts", "../src/frame/bring.ts"], { eager: true });
await setLanguage("ru");
await setLanguage("en");
const en = { ...i18n.global.getLocaleMessage("en"), opening: openingEn, sending: sendingEn };
const ru = { ...i18n.global.getLocaleMessage("ru"), opening: openingRu, sending: sendingRu };

const sources = import.meta.glob<string>("../src/**/*.{ts,vue}", { eager: true, query: "?raw", import: "default" });

function texts(messages: object, path = ""): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as [string, string]] : texts(value, `${path}${key}.`),
  );
}

/** Never said of one: how many more there are, and how long a password is. */
const SAID_OF_MANY = ["account.rules.short", "account.strength.none", "files.countMore"];

const names = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

describe("the two languages", () => {
  const russian = new Map(texts(ru));

  it("say the same things", () => {
    expect([...russian.keys()].sort()).toEqual(
      texts(en)
        .map(([key]) => key)
        .sort(),
    );
  });

  it("name the same values", () => {
    const wanted = texts(en).map(([key, text]) => [key, names(text)]);
    expect(texts(ru).map(([key, text]) => [key, names(text)])).toEqual(wanted);
  });

  it("have the plural forms of their grammar", () => {
    const forms = (text: string) => text.split(" | ").length;
    const counted = texts(en).filter(([, text]) => forms(text) > 1);
    expect(counted.length).toBeGreaterThan(0);
    expect(counted.filter(([key]) => forms(russian.get(key) ?? "") !== 3)).toEqual([]);
  });

  it("have a word for one wherever things are counted", () => {
    const counted = /\{(count|files|links|requests|most|parts|versions)\} [a-z]+s\b/;
    const onlyMany = texts(en).filter(([, text]) => counted.test(text) && !text.includes(" | "));
    expect(onlyMany.map(([key]) => key).sort()).toEqual(SAID_OF_MANY);
  });

  it("hold every text that the page asks for", () => {
    const known = new Set(texts(en).map(([key]) => key));
    const asked = Object.values(sources).flatMap((source) =>
      [...source.matchAll(/\b(?:t\(|title: |text: |keypath=)"([a-z]+\.[\w.]+)"|\$t\(["']([\w.]+)["']/g)].map(
        ([, plain, inTemplate]) => plain ?? inTemplate ?? "",
      ),
    );
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
  });

  it("count", async () => {
    const count = (n: number) => i18n.global.t("files.count", n);
    await setLanguage("en");
    expect([1, 2].map(count)).toEqual(["1 item", "2 items"]);
    await setLanguage("ru");
    expect([1, 3, 5, 11, 21].map(count)).toEqual(["1 объект", "3 объекта", "5 объектов", "11 объектов", "21 объект"]);
  });

  it("name cities and refusals", async () => {
    await setLanguage("ru");
    expect(cityName("Cape Town")).toBe("Кейптаун");
    expect(cityName("Nairobi")).toBe("Nairobi");
    expect(fieldText("A well-known password.")).toBe("Слишком известный пароль.");
    expect(fieldText("Something new.")).toBe("Это значение не подходит.");
    await setLanguage("en");
    expect(cityName("Cape Town")).toBe("Cape Town");
    expect(fieldText("Something new.")).toBe("Something new.");
  });
});
