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
  city: {
    ready: "{city}: проверенная копия на месте",
    travelling: "{city}: копия в пути",
    failed: "{city}: сделать копию здесь не удалось",
    readyAway: "{city}: проверенная копия на месте, но город сейчас не отвечает",
    travellingAway: "{city}: копия ждёт, пока город ответит",
    down: "не отвечает",
    off: "отключён",
    inactive: "не принимает новые файлы",
  },
};

export default ru;
