import { describe, expect, it } from "vitest";

import { i18n, setLanguage } from "@/i18n";
import { cityName } from "@/i18n/cities";
import en from "@/i18n/en";
import { fieldText } from "@/i18n/refusals";
import ru from "@/i18n/ru";

function texts(messages: object, path = ""): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as [string, string]] : texts(value, `${path}${key}.`),
  );
}

const names = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

describe("the two languages", () => {
  const russian = new Map(texts(ru));

  it("say the same things", () => {
    expect([...russian.keys()].sort()).toEqual(texts(en).map(([key]) => key).sort());
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

  it("count", () => {
    const count = (n: number) => i18n.global.t("files.count", n);
    setLanguage("en");
    expect([1, 2].map(count)).toEqual(["1 file", "2 files"]);
    setLanguage("ru");
    expect([1, 3, 5, 11, 21].map(count)).toEqual(["1 файл", "3 файла", "5 файлов", "11 файлов", "21 файл"]);
  });

  it("name cities and refusals", () => {
    setLanguage("ru");
    expect(cityName("Cape Town")).toBe("Кейптаун");
    expect(cityName("Nairobi")).toBe("Nairobi");
    expect(fieldText("A well-known password.")).toBe("Слишком известный пароль.");
    expect(fieldText("Something new.")).toBe("Это значение не подходит.");
    setLanguage("en");
    expect(cityName("Cape Town")).toBe("Cape Town");
    expect(fieldText("Something new.")).toBe("Something new.");
  });
});
