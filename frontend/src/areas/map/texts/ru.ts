import type en from "./en";

const ru: typeof en = {
  place: {
    label: "Где вы",
    unknown: "Где-то",
    address: "Ваш адрес: {ip}",
    drawn: "Город, выбранный для этого сеанса",
    nearest: "Ближайший город: {city}, до него {distance}",
    pretend: "Представить, что вы здесь",
    automatic: "Пусть выберет Meridian",
    other: "Другой IP-адрес",
    otherBad: "Это не IP-адрес.",
    apply: "Перенестись",
  },
  cities: "Города",
  title: "Где живут ваши файлы",
  open: "Открыть карту",
  count: "{count} город | {count} города | {count} городов",
  others: "и ещё {count} | и ещё {count} | и ещё {count}",
  here: "вы здесь",
  source: "IP Geolocation by DB-IP",
  states: {
    slow: "отвечает медленно",
    offline: "не отвечает",
    off: "отключён",
    inactive: "не принимает новые файлы",
    draining: "освобождается",
  },
};

export default ru;
