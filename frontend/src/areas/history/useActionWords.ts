import {
  mdiAccountArrowRightOutline,
  mdiDeleteForeverOutline,
  mdiDownload,
  mdiFolderOutline,
  mdiGauge,
  mdiLinkVariant,
  mdiLinkVariantOff,
  mdiMapMarkerOutline,
  mdiPencilOutline,
  mdiRestore,
  mdiTrashCanOutline,
  mdiTrayArrowDown,
  mdiUpload,
} from "@mdi/js";
import { useI18n } from "vue-i18n";

import type { Action } from "@/api/types";
import { useCities } from "@/areas/map/cities";
import { cityName } from "@/areas/map/cityName";

/** The first that fits the name of the event. */
const ICONS: [RegExp, string][] = [
  [/\.UPLOAD$/, mdiUpload],
  [/^DROP\./, mdiTrayArrowDown],
  [/^LINK\.OPEN$|\.DOWNLOAD$/, mdiDownload],
  [/^(FILE|FOLDER)\.TRASH$/, mdiTrashCanOutline],
  [/\.RESTORE$/, mdiRestore],
  [/^LINK\.(DELETE|REFUSE)$/, mdiLinkVariantOff],
  [/^LINK\./, mdiLinkVariant],
  [/^GRANT\./, mdiAccountArrowRightOutline],
  [/^(SERVER|POLICY)\./, mdiMapMarkerOutline],
  [/^QUOTA\./, mdiGauge],
  [/\.(DELETE|LOSE)$/, mdiDeleteForeverOutline],
  [/^FOLDER\./, mdiFolderOutline],
];

/** A line of the history in words. */
export function useActionWords() {
  const { t, te } = useI18n();
  const cities = useCities();

  function icon({ event }: Action): string {
    return ICONS.find(([pattern]) => pattern.test(event))?.[1] ?? mdiPencilOutline;
  }

  /** What the page has no words for is called by its name. */
  function title({ event, data, server }: Action, person: string): string {
    const key = `history.events.${event}`;
    if (!te(key)) return event;
    const name = server === null ? "" : cities.label(server);
    return t(key, { name, folder: "", path: "", person, ...data }).trim();
  }

  /** Where it was done, and which city was chosen for it. */
  function circumstances({ place, server, link_id, event, data }: Action): string[] {
    return [
      typeof data["target"] === "string" ? t("history.linkTo", { name: data["target"] }) : "",
      /^GRANT\.(CREATE|CHANGE)$/.test(event) && data["access"] === "write" ? t("history.mayWrite") : "",
      typeof data["sender"] === "string" && data["sender"] !== "" ? t("history.from", { name: data["sender"] }) : "",
      link_id !== null && !/^(LINK|DROP)\./.test(event) ? t("history.byLink") : "",
      place === null || place === "" ? "" : t("history.inPlace", { place: cityName(place.replace(/ \(.*\)$/, "")) }),
      server === null || event.startsWith("SERVER.") ? "" : t("history.byCity", { city: cities.label(server) }),
    ].filter((text) => text !== "");
  }

  return { icon, title, circumstances };
}
