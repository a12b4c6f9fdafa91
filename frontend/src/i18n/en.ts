import { gather, type Texts } from "./gather";

export default gather(
  import.meta.glob<Texts>(
    [
      "../kit/texts/en.ts",
      "../frame/texts/en.ts",
      "../areas/*/texts/en.ts",
      "!../areas/{opening,sending,cities,details,films,history,named,people,quotas,requests,sharing,trash}/**",
    ],
    {
      eager: true,
      import: "default",
    },
  ),
);
