/** The pages that letters and invitations lead to, and what is said of new passwords. */
export default {
  forgot: {
    title: "Password forgotten?",
    hint: "A letter with a link for a new one goes to the e-mail address of your account.",
    email: "E-mail",
    submit: "Send the letter",
    back: "Back to the log-in",
    done: "Look into your mail",
    doneHint:
      "If {email} is the address of an account, a letter is on its way. Its link works once, for an hour. No letter? Look into the spam, or ask your administrator for a link.",
  },
  reset: {
    title: "Take a new password",
    hint: "You will be logged out everywhere else.",
    password: "New password",
    submit: "Save the password",
    done: "Your password is changed",
    doneHint: "The link has done its work. Log in with the new password.",
  },
  confirm: {
    title: "Confirm your e-mail address",
    hint: "So that a letter reaches you when you need it.",
    submit: "Confirm",
    done: "Your address is confirmed",
    doneHint: "Thank you. That was all.",
    on: "Go on",
  },
  invite: {
    title: "You are invited",
    hint: "Create your account; the invitation works once.",
  },
  strength: {
    none: "At least {count} characters. A sentence you remember is best.",
    short: "{count} more character, please. | {count} more characters, please.",
    repeated: "The same few characters again and again.",
    names: "Made of your own names or that of Meridian.",
    fair: "Good. Longer is still better.",
    strong: "Hard to guess.",
  },
  problems: {
    INVITATION_NOT_FOUND: "This invitation has been used, taken back or has run out. Please ask for another one.",
    MAIL_NOT_SET_UP: "This site sends no mail. Your administrator can give you a link for a new password.",
    RESET_NOT_FOUND: "This link has been used or has run out. Please ask for another one.",
    CONFIRMATION_NOT_FOUND:
      "This link has been used or has run out, or the address has changed. Your profile says whether it is confirmed, and sends another letter.",
  },
};
