/** The pages that letters and invitations lead to, and what is said of new passwords. */
export default {
  forgot: {
    title: "Forgot your password?",
    hint: "We send a link for a new one to the e-mail address of your account.",
    email: "E-mail",
    submit: "Send the link",
    back: "Back to log in",
    done: "Check your mail",
    doneHint:
      "If {email} belongs to an account, a message is on its way. Its link works once, within an hour. Nothing there? Check your spam folder, or ask your administrator for a link.",
  },
  reset: {
    title: "Choose a new password",
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
    none: "At least {count} characters. A sentence you can remember works best.",
    short: "{count} more character, please. | {count} more characters, please.",
    repeated: "The same few characters over and over.",
    names: "Contains your own name, or Meridian’s.",
    fair: "Good. Longer is still better.",
    strong: "Hard to guess.",
  },
  problems: {
    INVITATION_NOT_FOUND: "This invitation has been used, withdrawn or has expired. Please ask for a new one.",
    MAIL_NOT_SET_UP: "This site sends no mail. Your administrator can give you a link for a new password.",
    RESET_NOT_FOUND: "This link has been used or has expired. Please ask for a new one.",
    CONFIRMATION_NOT_FOUND:
      "This link has been used or has run out, or the address has changed. Your profile says whether it is confirmed, and sends another letter.",
  },
};
