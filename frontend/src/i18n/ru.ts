import { gather, type Texts } from "./gather";

export default gather(
  import.meta.glob<Texts>(
    [
      "../kit/texts/ru.ts",
      "../frame/texts/ru.ts",
      "../areas/*/texts/ru.ts",
      "!../areas/{opening,sending,cities,details,films,history,named,people,quotas,requests,sharing,trash}/**",
    ],
    {
      eager: true,
      import: "default",
    },
  ),
);
