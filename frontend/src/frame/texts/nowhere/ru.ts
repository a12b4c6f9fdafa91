import type en from "./en";

const ru: typeof en = {
  nowhere: {
    text: "Возможно, в адресе опечатка, или то, что здесь было, переместили или удалили.",
    home: "К файлам",
  },
};

export default ru;
