/** The colours of both themes, by the names Vuetify gives them. */
export const light = {
  background: "#f4f6fb",
  surface: "#ffffff",
  "surface-light": "#eef1f8",
  "surface-variant": "#1b2440",
  "on-surface-variant": "#f2f5ff",
  "on-background": "#141b30",
  "on-surface": "#141b30",
  primary: "#3d55e6",
  secondary: "#0d8f84",
  success: "#08764f",
  info: "#3d55e6",
  warning: "#b45f06",
  error: "#c62f45",
};

export const dark = {
  background: "#0c1222",
  surface: "#141c31",
  "surface-light": "#1d2742",
  "surface-variant": "#dfe5f7",
  "on-surface-variant": "#141b30",
  "on-background": "#e8ecf8",
  "on-surface": "#e8ecf8",
  primary: "#8ea0ff",
  "on-primary": "#0c1222",
  "on-error": "#2a0710",
  secondary: "#4fd1c1",
  success: "#4ccf9c",
  info: "#8ea0ff",
  warning: "#f2b45c",
  error: "#ff8797",
};

export const lightLines = { "border-color": "#1b2440", "border-opacity": 0.1, "medium-emphasis-opacity": 0.76 };
export const darkLines = { "border-color": "#dfe5f7", "border-opacity": 0.12, "medium-emphasis-opacity": 0.72 };
