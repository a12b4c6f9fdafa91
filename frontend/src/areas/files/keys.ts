/** What a key means in the list. */
export type Command =
  | { do: "step"; by: number | "page" | "-page" | "first" | "last" | "row" | "-row"; extends: boolean }
  | {
      do: "open" | "look" | "rename" | "trash" | "all" | "cut" | "paste" | "clear" | "folder" | "help" | "up" | "undo";
    };

type Step = Extract<Command, { do: "step" }>["by"];

const STEPS: Record<string, Step> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: "row",
  ArrowUp: "-row",
  PageDown: "page",
  PageUp: "-page",
  Home: "first",
  End: "last",
};
/** By where the key is, so that they work with a Russian layout, too. */
const WITH_CTRL: Record<string, Command> = {
  KeyA: { do: "all" },
  KeyX: { do: "cut" },
  KeyV: { do: "paste" },
  KeyZ: { do: "undo" },
};
const PLAIN: Record<string, Command> = {
  Enter: { do: "open" },
  " ": { do: "look" },
  F2: { do: "rename" },
  Delete: { do: "trash" },
  Backspace: { do: "up" },
  Escape: { do: "clear" },
  "?": { do: "help" },
};

export function commandOf(event: KeyboardEvent): Command | null {
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    if (event.metaKey && event.key === "Backspace") return { do: "trash" };
    return event.shiftKey ? null : (WITH_CTRL[event.code] ?? null);
  }
  const by = STEPS[event.key];
  if (by !== undefined) return { do: "step", by, extends: event.shiftKey };
  if (event.code === "KeyN" && !event.shiftKey) return { do: "folder" };
  // Where the question mark is differs from layout to layout; on some it takes other keys to type it.
  if (event.key === "," && event.code === "Slash" && event.shiftKey) return { do: "help" };
  return PLAIN[event.key] ?? null;
}

/** Whether the key belongs to a field or a button, and not to the list. */
export function isElsewhere(event: KeyboardEvent, list: HTMLElement | null): boolean {
  const { target } = event;
  if (event.defaultPrevented || document.querySelector(".v-overlay--active, dialog[open]") !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  const isFree = target === document.body || target.id === "main" || target === list;
  return !isFree && /^(Enter| |Arrow\w+|Home|End|PageUp|PageDown|Backspace)$/.test(event.key);
}
