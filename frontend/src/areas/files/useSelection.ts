import { computed, reactive, ref, shallowRef, watch } from "vue";

/** Which rows are chosen, and on which one the keyboard stands. */
export function useSelection(ids: () => readonly string[]) {
  const chosen = shallowRef<ReadonlySet<string>>(new Set());
  const active = ref<string | null>(null);
  /** Where a range begins. */
  let anchor: string | null = null;

  const count = computed(() => chosen.value.size);

  function only(id: string): void {
    chosen.value = new Set([id]);
    active.value = anchor = id;
  }

  function toggle(id: string): void {
    const next = new Set(chosen.value);
    if (!next.delete(id)) next.add(id);
    chosen.value = next;
    active.value = anchor = id;
  }

  /** Chooses all from where the range began to this one; `adds`: beside what was chosen before. */
  function reach(id: string, adds = false): void {
    const all = ids();
    const [from, to] = [all.indexOf(anchor ?? id), all.indexOf(id)].sort((one, other) => one - other) as [
      number,
      number,
    ];
    const range = all.slice(Math.max(0, from), to + 1);
    chosen.value = new Set(adds ? [...chosen.value, ...range] : range);
    active.value = id;
    anchor ??= id;
  }

  /** As a click on a row does, with the keys that are held. */
  function click(
    id: string,
    { shiftKey, ctrlKey, metaKey }: Pick<MouseEvent, "shiftKey" | "ctrlKey" | "metaKey">,
  ): void {
    if (shiftKey) reach(id, ctrlKey || metaKey);
    else if (ctrlKey || metaKey) toggle(id);
    else only(id);
  }

  /** Steps over so many rows, and stops at the ends. */
  function step(by: number, extends_: boolean): void {
    const all = ids();
    const at = active.value === null ? -1 : all.indexOf(active.value);
    const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    const id = all[to];
    if (id === undefined) return;
    if (extends_) reach(id);
    else only(id);
  }

  function set(wanted: Iterable<string>): void {
    chosen.value = new Set(wanted);
  }

  function all(): void {
    set(ids());
  }

  function clear(): void {
    chosen.value = new Set();
    anchor = null;
  }

  /** What is not shown any more is not chosen; the keyboard goes on where it stood. */
  watch(ids, (now, before) => {
    if (chosen.value.size === 0 && active.value === null) return;
    const there = new Set(now);
    const left = [...chosen.value].filter((id) => there.has(id));
    if (left.length < chosen.value.size) chosen.value = new Set(left);
    if (anchor !== null && !there.has(anchor)) anchor = null;
    if (active.value === null || there.has(active.value)) return;
    const at = before.indexOf(active.value);
    active.value = before.slice(at).find((id) => there.has(id)) ?? now.at(-1) ?? null;
  });

  return reactive({ chosen, active, count, only, toggle, reach, click, step, set, all, clear });
}
