export default {
  titles: {
    login: "Log in",
    register: "Create an account",
  },
  login: {
    title: "Welcome back",
    hint: "Log in to reach your files.",
    ended: "Your session has ended. Please log in again.",
    username: "Username",
    password: "Password",
    totp: "Code from your authenticator",
    submit: "Log in",
    noAccount: "New here?",
    register: "Create an account",
  },
  register: {
    title: "Create an account",
    hint: "A minute, and your first file can travel.",
    firstName: "First name",
    lastName: "Last name",
    email: "E-mail",
    passwordHint: "At least 15 characters. A sentence you remember is best.",
    submit: "Create account",
    haveAccount: "Already have an account?",
  },
  rules: {
    required: "Please fill this in.",
    username: "3 to 64 letters, digits, dots, hyphens or underscores.",
    email: "This does not look like an e-mail address.",
    short: "At least {count} characters, please.",
  },
  hero: {
    title: "One file. Three cities.",
    text: "A file lands in the city nearest to you, then travels to the others. Every copy is proved equal before anybody gets it.",
  },
};
