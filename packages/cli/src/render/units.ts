export { bytesText, count, durationText, shortRevision } from "@hawser/report/text";

/** `hh:mm:ss` on the clock of the person who looks. */
export const clockText = (time: number): string => {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
};

/** `yyyy-mm-dd hh:mm` on the clock of the person who looks. */
export const dateText = (time: number): string => {
  const date = new Date(time);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  return `${day} ${clockText(time).slice(0, 5)}`;
};
