export default {
  pageTitle: "Files wanted · Meridian",
  title: "You are asked for files",
  sender: "Your name, so that it is known who sends them",
  choose: "Choose files",
  drop: "or drop them here",
  maxFiles: "at most {files} files",
  maxBytes: "{size} in all",
  until: "until {moment}",
  full: "All that was asked for has come in; nothing more is taken.",
  sent: "What you send",
  privacy: "You see only what you send. Keep this page open until all of it has arrived.",
  retry: "Try {name} again",
  leave: "Take {name} off the list",
  state: {
    queued: "waits for its turn",
    sending: "on its way",
    finishing: "is being checked",
    done: "has arrived",
    failed: "did not arrive",
  },
  over: {
    DROP_NOT_FOUND: {
      title: "Nobody asks for files here",
      text: "The request was ended, or a part of its address is missing. Ask whoever sent it to you.",
    },
    DROP_EXPIRED: {
      title: "The time for this request is over",
      text: "Whoever asked for files can make it last longer.",
    },
  },
  problems: {
    DROP_FULL: "More than this is not taken by this request.",
    FILE_UNREADABLE: "This cannot be read as a file: a folder, or it was changed since it was chosen.",
    STORAGE_REFUSED: "The city did not take the file. Try again.",
    CITY_UNREACHABLE: "The city did not answer. Try again.",
  },
};
