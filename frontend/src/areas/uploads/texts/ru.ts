import type en from "./en";

const ru: typeof en = {
  upload: "Загрузить",
  plus: "Добавить файлы",
  drop: {
    title: "Перетащите файлы сюда",
    titleTouch: "Отправьте файлы в путь",
    choose: "Выбрать файлы",
    hint: "Они отправятся прямо в ближайший город",
    hintCity: "Они отправятся прямо сюда: {city}",
    over: "Отпустите, чтобы загрузить",
  },
};

export default ru;
