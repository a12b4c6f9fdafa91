export default {
  account: "Account",
  logOut: "Log out",
  language: "Language",
  toDark: "Switch to the dark theme",
  toLight: "Switch to the light theme",
  skip: "Skip to the content",
  restoring: "Opening Meridian",
  unreachable: "Meridian does not answer",
  offline: "You are offline. The page goes on when the network is back.",
  reconnecting: "Live updates are interrupted, reconnecting…",
  nowhere: {
    title: "There is no such page",
    text: "The address may be mistyped, or what was here has been moved or removed.",
    home: "Go to your files",
  },
  footer: {
    docs: "API",
    auth: "Accounts API",
    storage: "Files API",
    geo: "IP Geolocation by DB-IP",
  },
};
