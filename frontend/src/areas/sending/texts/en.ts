export default {
  pageTitle: "File request · Meridian",
  title: "Somebody asks you for files",
  sender: "Your name, so they know who sent the files",
  choose: "Choose files",
  drop: "or drop them here",
  maxFiles: "at most {files} files",
  maxBytes: "{size} in all",
  until: "until {moment}",
  full: "Everything that was asked for has arrived; nothing more is accepted.",
  sent: "What you send",
  privacy: "You see only what you send. Keep this page open until all of it has arrived.",
  retry: "Try {name} again",
  leave: "Remove {name} from the list",
  state: {
    queued: "waits for its turn",
    sending: "on its way",
    finishing: "is being checked",
    done: "has arrived",
    failed: "did not arrive",
  },
  over: {
    DROP_NOT_FOUND: {
      title: "There is no such file request",
      text: "The request was ended, or a part of its address is missing. Ask whoever sent it to you.",
    },
    DROP_EXPIRED: {
      title: "The time for this request is over",
      text: "Whoever asked for files can make it last longer.",
    },
  },
  problems: {
    DROP_FULL: "This request accepts no more than that.",
    FILE_UNREADABLE: "This cannot be read as a file: a folder, or it was changed since it was chosen.",
    STORAGE_REFUSED: "The city did not take the file. Try again.",
    CITY_UNREACHABLE: "The city did not answer. Try again.",
  },
};
