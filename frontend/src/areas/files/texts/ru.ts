import type en from "./en";

const ru: typeof en = {
  title: "Файлы",
  count: "{count} файл | {count} файла | {count} файлов",
  countMore: "больше {count} файлов",
  search: "Поиск по имени",
  more: "Показать ещё",
  loading: "Читаем список файлов",
  showAll: "Показать все файлы",
  columns: { name: "Имя", size: "Размер", added: "Добавлен", where: "Где" },
  spread: {
    arriving: "прибывает",
    everywhere: "{wanted} город | {wanted} города | {wanted} городов",
    travelling: "{ready} из {wanted}",
    waiting: "{ready} из {wanted}, ждёт: {cities}",
    failed: "нет копии: {cities}",
  },
  copy: {
    ready: "проверенная копия",
    readyAway: "проверенная копия, но город сейчас не отвечает",
    travelling: "в пути",
    travellingAway: "ждёт, пока город ответит",
    failed: "копию сделать не удалось",
  },
  noneTitle: "Ничего не найдено",
  noneText: "Нет файлов, в имени которых есть «{text}».",
  download: "Скачать {name}",
  downloadShort: "Скачать",
  share: "Поделиться ссылкой",
  actions: "Ещё действия с {name}",
  rename: "Переименовать",
  remove: "Удалить",
  renaming: {
    title: "Переименовать файл",
    label: "Новое имя",
    submit: "Переименовать",
    cancel: "Отмена",
  },
  removing: {
    title: "Удалить файл?",
    text: "«{name}» будет стёрт во всех городах. Вернуть его будет нельзя.",
    submit: "Удалить навсегда",
    cancel: "Оставить",
  },
  notices: {
    everywhere: "{name}: теперь во всех городах",
    downloading: "Скачиваем из города {city}",
    downloadingFar: "Скачиваем из города {city}, {distance} от вас",
    fellOver: "{lost} не отвечает. Скачиваем из города {city}.",
    noCity: "Ни один город с этим файлом сейчас не отвечает. Попробуйте чуть позже.",
    removed: "{name} удалён",
    renamed: "Новое имя: {name}",
  },
  listFailed: "Не удалось прочитать список файлов",
};

export default ru;
