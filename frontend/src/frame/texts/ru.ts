import type en from "./en";

const ru: typeof en = {
  account: "Аккаунт",
  back: "Назад",
  logOut: "Выйти",
  navigation: "Страницы",
  administration: "Управление",
  more: "Ещё",
  appearance: "Тема и язык",
  language: "Язык",
  theme: "Тема",
  themes: { system: "Как в системе", light: "Светлая", dark: "Тёмная" },
  skip: "Перейти к содержимому",
  restoring: "Открываем Meridian",
  unreachable: "Meridian не отвечает",
  offline: "Нет сети. Страница продолжит работу, когда связь появится.",
  reconnecting: "Живые обновления прервались, подключаемся снова…",
  pages: {
    history: "История",
    allHistory: "Действия всех",
    shared: "Доступное мне",
    links: "Ссылки",
    trash: "Корзина",
    cities: "Города",
    city: "Город",
    letters: "Неудачные копии",
    policy: "Где лежат копии",
    people: "Люди",
    person: "Человек",
    invitations: "Приглашения",
    roles: "Роли",
    audit: "Журнал изменений",
    quotas: "Квоты",
  },
  nowhere: {
    title: "Такой страницы нет",
    text: "Возможно, в адресе опечатка, или то, что здесь было, переместили или удалили.",
    home: "К файлам",
  },
  footer: {
    docs: "API",
    auth: "API аккаунтов",
    storage: "API файлов",
    geo: "IP Geolocation by DB-IP",
  },
};

export default ru;
