import { describe, expect, it } from "vitest";
import { effectScope, nextTick, ref } from "vue";

import { commandOf } from "@/areas/files/keys";
import { belongs, BY_NAME, compare, compareFolders } from "@/areas/files/query";
import { touched } from "@/areas/files/useRubberBand";
import { useSelection } from "@/areas/files/useSelection";

import { file, folder } from "@tests/sample";

const PLAIN = { shiftKey: false, ctrlKey: false, metaKey: false };
const SHIFT = { ...PLAIN, shiftKey: true };
const CTRL = { ...PLAIN, ctrlKey: true };

describe("a selection", () => {
  function selection(all = ["a", "b", "c", "d", "e"]) {
    const ids = ref(all);
    const made = effectScope().run(() => useSelection(() => ids.value));
    if (made === undefined) throw new Error("no selection");
    return { ids, made, chosen: () => [...made.chosen].sort().join("") };
  }

  it("is one by a click, a range with Shift, one more with Ctrl", () => {
    const { made, chosen } = selection();
    made.click("b", PLAIN);
    expect(chosen()).toBe("b");
    made.click("d", SHIFT);
    expect(chosen()).toBe("bcd");
    made.click("a", SHIFT);
    expect(chosen()).toBe("ab");
    made.click("e", CTRL);
    expect(chosen()).toBe("abe");
    made.click("a", CTRL);
    expect(chosen()).toBe("be");
    made.click("c", { ...SHIFT, ctrlKey: true });
    expect(chosen()).toBe("abce");
  });

  it("goes with the keys, grows with Shift and stops at the ends", () => {
    const { made, chosen } = selection();
    made.step(1, false);
    expect(chosen()).toBe("a");
    made.step(2, true);
    expect(chosen()).toBe("abc");
    made.step(-1, true);
    expect(chosen()).toBe("ab");
    made.step(9, false);
    expect(chosen()).toBe("e");
    made.step(-9, true);
    expect(chosen()).toBe("abcde");
  });

  it("loses what is not shown any more, and stands on what took its place", async () => {
    const { ids, made, chosen } = selection();
    made.click("b", PLAIN);
    made.click("c", SHIFT);
    ids.value = ["a", "b", "d", "e"];
    await nextTick();
    expect([chosen(), made.active]).toEqual(["b", "d"]);
    ids.value = [];
    await nextTick();
    expect([chosen(), made.active]).toEqual(["", null]);
  });
});

describe("a rubber band", () => {
  const list = { left: 100, right: 500, top: 200, bottom: 0 };
  const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

  it.each([
    ["rows", box(90, 210, 120, 290), { height: 40, perLine: 1 }, [0, 1, 2]],
    ["nothing beside the list", box(10, 210, 90, 290), { height: 40, perLine: 1 }, []],
    ["nothing above it", box(110, 10, 120, 190), { height: 40, perLine: 1 }, []],
    ["no more than there is", box(110, 300, 120, 9_000), { height: 40, perLine: 1 }, [2, 3, 4]],
    ["tiles of two columns", box(210, 210, 320, 310), { height: 100, perLine: 4 }, [1, 2]],
    ["tiles of the last line", box(110, 310, 480, 320), { height: 100, perLine: 4 }, [4]],
  ])("touches %s", (_what, drawn, layout, found) => {
    expect(touched(drawn, list, layout, 5)).toEqual(found);
  });
});

describe("a key", () => {
  const pressed = (key: string, more: KeyboardEventInit = {}) =>
    commandOf(new KeyboardEvent("keydown", { key, ...more }));

  it("means the same on a Russian keyboard", () => {
    expect(pressed("т", { code: "KeyN" })).toEqual({ do: "folder" });
    expect(pressed("ф", { code: "KeyA", ctrlKey: true })).toEqual({ do: "all" });
    expect(pressed(",", { code: "Slash", shiftKey: true })).toEqual({ do: "help" });
    expect(pressed("?", { code: "Slash", shiftKey: true })).toEqual({ do: "help" });
  });

  it("is left to the browser where it means something there", () => {
    expect(pressed("ArrowLeft", { altKey: true })).toBeNull();
    expect(pressed("n", { code: "KeyN", ctrlKey: true })).toBeNull();
    expect(pressed("r", { code: "KeyR", ctrlKey: true })).toBeNull();
    expect(pressed("v", { code: "KeyV", ctrlKey: true, shiftKey: true })).toBeNull();
  });

  it("steps, and takes more with Shift", () => {
    expect(pressed("ArrowDown", { shiftKey: true })).toEqual({ do: "step", by: "row", extends: true });
    expect(pressed("End")).toEqual({ do: "step", by: "last", extends: false });
  });
});

describe("the order of a list", () => {
  const byName = (one: string, other: string) =>
    Math.sign(compare(file("x", { name: one }), file("y", { name: other }), BY_NAME));

  it("is that of people: numbers by their value, without case", () => {
    expect(byName("file 2.txt", "file 10.txt")).toBe(-1);
    expect(byName("Ёлка", "ель")).toBe(-1);
    expect(byName("b", "A")).toBe(1);
  });

  it("turns folders round with it, but not by a size that they have not", () => {
    const [one, other] = [folder("a"), folder("b", { updated_at: "2026-11-21T10:00:00Z" })];
    expect(compareFolders(one, other, { ...BY_NAME, order: "desc" })).toBe(1);
    expect(compareFolders(one, other, { ...BY_NAME, sort: "size", order: "desc" })).toBe(-1);
    expect(compareFolders(one, other, { ...BY_NAME, sort: "updated_at", order: "desc" })).toBe(1);
  });

  it("holds what is in the folder, or what a search finds below it", () => {
    const inside = file("a", { name: "Йод.txt", folder_id: "f", folder: "/f" });
    const below = file("b", { name: "йота.txt", folder_id: "g", folder: "/f/g" });
    const beside = file("c", { name: "йога.txt", folder_id: "h", folder: "/ff" });
    const query = { ...BY_NAME, folderId: "f" };
    expect([inside, below, beside].map((one) => belongs(one, query))).toEqual([true, false, false]);
    const search = { ...query, q: "ЙО" };
    expect([inside, below, beside].map((one) => belongs(one, search, "/f"))).toEqual([true, true, false]);
    expect(belongs(beside, { ...search, everywhere: true }, "/f")).toBe(true);
    expect(belongs(file("d", { name: "иод", folder_id: "f", folder: "/f" }), search, "/f")).toBe(false);
  });
});
