import type en from "./en";

const ru: typeof en = {
  drop: {
    title: "Перетащите файлы сюда",
    titleTouch: "Отправьте файлы в путь",
    choose: "Выбрать файлы",
    hint: "Они отправятся прямо в ближайший город",
    hintCity: "Они отправятся прямо сюда: {city}",
    over: "Отпустите, чтобы загрузить",
    folders: "Папки пока загружать нельзя — перетащите файлы из них.",
  },
  title: "Загрузки",
  left: "Остался {count} файл | Осталось {count} файла | Осталось {count} файлов",
  lost: "{count} файл не дошёл | {count} файла не дошли | {count} файлов не дошли",
  allDone: "Все файлы на месте",
  queued: "В очереди",
  preparing: "Выбираем город…",
  sending: "В город {city}",
  sendingFar: "В город {city}, {distance}",
  finishing: "Проверяем…",
  done: "Прибыл в город {city}",
  doneFar: "Прибыл в город {city}, {distance} от вас",
  timeLeft: "осталось {time}",
  progress: "Загрузка файла {name}",
  cancel: "Отменить загрузку {name}",
  retry: "Повторить",
  dismiss: "Убрать {name} из списка",
  clear: "Убрать готовые",
};

export default ru;
