import { beforeEach, describe, expect, it, vi } from "vitest";
import { type ComputedRef, defineComponent, nextTick } from "vue";

import { useUploads } from "@/areas/uploads/store";
import { newUpload, type Upload } from "@/areas/uploads/upload";
import { useCalm, useIsMany, useOwn, useShown } from "@/areas/uploads/useShown";

import { show } from "@tests/mount";

const MANY = 40;

/** What a component reads, as long as it is shown. */
function using<Value>(read: () => Value): Value {
  let value: Value | undefined;
  show(
    defineComponent({
      setup() {
        value = read();
        return () => null;
      },
    }),
  );
  return value as Value;
}

function add(count: number): Upload[] {
  const chosen = Array.from({ length: count }, (_, index) => new File(["hello"], `${index}.txt`));
  useUploads().items = chosen.map((file, index) => newUpload(index + 1, { file, path: "", handle: null }));
  return useUploads().items;
}

describe("uploads as they are shown", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it("are the uploads themselves, and follow at once, as long as they are few", async () => {
    const shown = using(useShown);
    const [first] = add(12);
    (first as Upload).sent = 3;
    await nextTick();
    expect(shown.value[0]).toBe(first);
    expect(shown.value[0]?.sent).toBe(3);
  });

  it("follow now and then when they are many, and draw only what has changed", async () => {
    const shown = using(useShown);
    const items = add(MANY);
    await vi.advanceTimersByTimeAsync(300);
    const before = shown.value;
    expect(before).toHaveLength(MANY);
    (items[5] as Upload).sent = 4;
    (items[5] as Upload).state = "sending";
    await nextTick();
    expect(shown.value).toBe(before);
    await vi.advanceTimersByTimeAsync(300);
    expect(shown.value[5]).toMatchObject({ state: "sending", sent: 4 });
    expect(shown.value.filter((one, index) => one !== before[index])).toHaveLength(1);
  });

  it("are looked at a last time after they have ended, and go when they are cleared", async () => {
    const shown = using(useShown);
    for (const upload of add(MANY)) upload.state = "done";
    await vi.advanceTimersByTimeAsync(300);
    expect(new Set(shown.value.map(({ state }) => state))).toEqual(new Set(["done"]));
    useUploads().items = [];
    await nextTick();
    expect(shown.value).toEqual([]);
  });

  it("lead back to the upload itself, which is what is paused or cancelled", async () => {
    const [shown, own] = using(() => [useShown(), useOwn()] as const);
    const items = add(MANY);
    await vi.advanceTimersByTimeAsync(300);
    expect(shown.value[7]).not.toBe(items[7]);
    expect(own(shown.value[7] as Upload)).toBe(items[7]);
    const stranger = newUpload(99, { file: new File([], "x"), path: "", handle: null });
    expect(own(stranger)).toBe(stranger);
  });

  it("may be read otherwise when they are many, and nothing is read once nobody looks", async () => {
    const readMany = vi.fn(() => "many");
    const [calm, isMany] = using<[ComputedRef<string>, ComputedRef<boolean>]>(() => [
      useCalm(() => "few", readMany),
      useIsMany(),
    ]);
    expect([calm.value, isMany.value]).toEqual(["few", false]);
    add(MANY);
    expect([calm.value, isMany.value]).toEqual(["many", true]);
    const times = readMany.mock.calls.length;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(readMany.mock.calls.length).toBe(times + 4);
  });
});
