export default {
  pageTitle: "Shared with you · Meridian",
  title: "A file was shared with you",
  looking: "Looking…",
  noAnswer: "Meridian does not answer right now",
  locked: "This link needs a password",
  password: "Password, from whoever sent you the link",
  unlock: "Open",
  download: "Download",
  again: "Download again",
  look: "Take a look",
  until: "until {moment}",
  coming: "Your download comes from {city}. If it breaks off, take it again here.",
  about: "Meridian keeps files close to the people who use them.",
  more: "Learn more",
  over: {
    LINK_NOT_FOUND: {
      title: "This link leads nowhere",
      text: "It was ended by whoever shared it, or a part of its address is missing. Ask for a new one.",
    },
    LINK_EXPIRED: { title: "This link has expired", text: "Whoever sent it to you can make it last longer." },
    LINK_USED_UP: {
      title: "This link is used up",
      text: "It was good for a number of downloads, and all of them are taken. Whoever sent it can allow more.",
    },
  },
  wrongPassword: "This is not the password.",
};
