// The states of the history, of one person and of all.

export const HISTORY_STATES = [
  { name: "history", who: "full", path: "/history", ready: "[data-event]" },
  { name: "history-none", who: "empty", path: "/history", ready: ".blank" },
  { name: "history-nothing", who: "full", path: "/history?until=2020-01-01", ready: ".blank" },
  { name: "history-of-all", who: "admin", path: "/admin/history?event=FILE", ready: "[data-event]" },
];
